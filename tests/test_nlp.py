"""The English pipeline: trees are trees, entities are whole, and a text's analysis depends on nothing but the text."""

from __future__ import annotations

import ast
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from spacy.language import Language
from spacy.tokens import Doc

from kg.errors import ModelError
from kg.nlp import load_pipeline
from kg.nlp.clearnlp import universal
from kg.nlp.english import SHIPPED, EnglishAnnotator
from kg.nlp.entities import EntityDecoder, best_tags, may_follow
from kg.nlp.lemmas import Lemmas
from kg.nlp.network import LONGEST_INPUT, LONGEST_WORD, Network, Scores, Vocabulary, shape_of
from kg.nlp.sentences import LONGEST_STRETCH, Border, Word, borders, windows
from kg.nlp.trees import best_heads, is_tree, spanning_tree

NEWS = (
    "Norway’s foreign minister, Kari Lund, met Gen. Paul Okafor in Oslo on Monday. “We won’t leave the alliance,” she said.\n\n"
    "The U.S.-led mission, which has lost two helicopters, was criticised by Hungary and Slovakia. Non-EU  members kept silent.",
    "Kenya to host talks between Sudan's army and rebels\nThe talks begin in Nairobi next week, officials said.",
    "Peru recalled its ambassador.",
    "",
    " \n ",
    "\n\nWho asked?  Nobody did ... or so they claim! (It was Chile.) ",
)


@pytest.fixture(scope="module")
def nlp() -> Language:
    return load_pipeline()


def layers(doc: Doc) -> list[tuple[object, ...]]:
    """Everything that the component writes."""
    return [
        (t.text, t.idx, t.tag_, t.pos_, str(t.morph), t.lemma_, t.dep_, t.head.i, t.is_sent_start, t.ent_iob_, t.ent_type_) for t in doc
    ]


def check_doc(doc: Doc) -> None:
    """Every sentence one tree with one root, labels in accord, entities inside sentences and well formed."""
    for sentence in doc.sents:
        roots = [t for t in sentence if t.head.i == t.i]
        assert len(roots) == 1
        assert all(t.head.i in range(sentence.start, sentence.end) for t in sentence)
        for token in sentence:
            seen = set()
            while token.head.i != token.i:
                assert token.i not in seen
                seen.add(token.i)
                token = token.head
    for token in doc:
        assert (token.dep_ == "root") == (token.head.i == token.i) or token.is_space
        assert token.tag_
        assert token.pos_
        assert token.lemma_
        if token.is_space:
            assert (token.tag_, token.pos_, token.dep_) == ("_SP", "SPACE", "dep")
    begins = {t.i for t in doc if t.is_sent_start}
    for entity in doc.ents:
        assert entity.label_ in ("PER", "ORG", "LOC", "MISC")
        assert not begins & set(range(entity.start + 1, entity.end))
        assert not entity[0].is_space
        assert not entity[-1].is_space


# The shipped pipeline


@pytest.mark.parametrize("text", NEWS)
def test_annotation_is_well_formed(nlp: Language, text: str) -> None:
    doc = nlp(text)
    check_doc(doc)
    assert doc.text == text
    assert all(text[t.idx : t.idx + len(t)] == t.text for t in doc)


def test_reads_a_plain_sentence(nlp: Language) -> None:
    doc = nlp("Kenya has accused Sudan of arming rebels in Chad.")
    roles = {t.text: (t.dep_, t.head.text, t.lemma_) for t in doc}
    assert roles["Kenya"] == ("nsubj", "accused", "Kenya")
    assert roles["accused"] == ("root", "accused", "accuse")
    assert roles["Sudan"] == ("obj", "accused", "Sudan")
    assert roles["arming"][2] == "arm"
    assert {e.text: e.label_ for e in doc.ents} == {"Kenya": "LOC", "Sudan": "LOC", "Chad": "LOC"}


def test_reads_a_passive(nlp: Language) -> None:
    doc = nlp("The embassy was attacked by militants yesterday.")
    roles = {t.text: t.dep_ for t in doc}
    assert roles["embassy"] == "nsubj:pass"
    assert roles["was"] == "aux:pass"
    assert roles["militants"] in ("obl:agent", "obl")
    assert doc[3].morph.get("Voice") == ["Pass"]


def test_sentences_respect_quotes_titles_and_paragraphs(nlp: Language) -> None:
    first = [s.text.strip() for s in nlp(NEWS[0]).sents]
    assert first[0].endswith("Monday.")
    assert first[1] == "“We won’t leave the alliance,” she said."
    assert first[2].startswith("The U.S.-led")
    assert len(first) == 4
    assert next(nlp(NEWS[1]).sents).text.strip().endswith("rebels")


def test_company_and_order_change_nothing(nlp: Language) -> None:
    alone = [layers(nlp(text)) for text in NEWS]
    assert [layers(doc) for doc in nlp.pipe(NEWS, batch_size=4)] == alone
    assert [layers(doc) for doc in nlp.pipe(NEWS[::-1])][::-1] == alone


def test_processes_change_nothing(nlp: Language) -> None:
    assert [layers(doc) for doc in nlp.pipe(NEWS, n_process=2, batch_size=2)] == [layers(nlp(text)) for text in NEWS]


def test_more_threads_change_nothing(nlp: Language) -> None:
    assert layers(load_pipeline(threads=2)(NEWS[0])) == layers(nlp(NEWS[0]))


def test_a_saved_pipeline_reads_the_same(nlp: Language, tmp_path: Path) -> None:
    nlp.to_disk(tmp_path / "saved")
    again = spacy.load(tmp_path / "saved")
    assert [layers(again(text)) for text in NEWS] == [layers(nlp(text)) for text in NEWS]
    annotator = again.get_pipe("kg_english")
    assert isinstance(annotator, EnglishAnnotator)
    assert annotator.network.folder.is_relative_to(tmp_path)
    assert load_pipeline(str(tmp_path / "saved")).pipe_names == ["kg_english"]
    again.to_disk(tmp_path / "saved")
    assert layers(spacy.load(tmp_path / "saved")(NEWS[2])) == layers(nlp(NEWS[2]))


def test_one_long_line_is_read_in_windows(nlp: Language) -> None:
    doc = nlp("envoys from both banks of the river spoke at length and " * 600 + "!" * 3000 + " " + "Ж" * 5000 + " (" * 40)
    check_doc(doc)
    assert max(len(sentence) for sentence in doc.sents) <= LONGEST_STRETCH + 1


def test_declares_what_it_writes(nlp: Language) -> None:
    analysis = nlp.analyze_pipes()
    assert "token.dep" in analysis["summary"]["kg_english"]["assigns"]
    assert analysis["problems"] == {"kg_english": []}


def test_unknown_pipeline_says_how_to_install_it() -> None:
    with pytest.raises(ModelError, match=r"en_no_such_model.*spacy download en_no_such_model"):
        load_pipeline("en_no_such_model")


def test_a_pipeline_without_parser_is_refused(tmp_path: Path) -> None:
    spacy.blank("en").to_disk(tmp_path / "bare")
    with pytest.raises(ModelError, match="has no parser"):
        load_pipeline(str(tmp_path / "bare"))


def test_an_incomplete_model_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"english\.onnx is missing"):
        Network(tmp_path)


def test_shipped_model_is_small() -> None:
    assert sum(f.stat().st_size for f in SHIPPED.iterdir()) <= 30_000_000


# Words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Lund’s", "Lund ’s"),
        ("Erdoğan’s ally", "Erdoğan ’s ally"),
        ("the U.S. and the U.K.", "the U.S. and the U.K."),
        ("U.S.-led", "U.S. - led"),
        ("EU-Turkey ties", "EU - Turkey ties"),
        ("non-EU states", "non-EU states"),
        ("Anti-war, pro-Kremlin", "Anti-war , pro-Kremlin"),
        ("re-elected 19-year-old", "re-elected 19 - year - old"),
        ("they won’t", "they wo n’t"),
        ("“No,” he said", "“ No , ” he said"),
        ("Abe‘s trip", "Abe ‘s trip"),
    ],
)
def test_words_are_parted_as_in_the_treebanks(nlp: Language, text: str, words: str) -> None:
    assert [t.text for t in nlp.make_doc(text)] == words.split()


def test_a_ruler_of_signs_is_one_word(nlp: Language) -> None:
    assert len(nlp.make_doc("(" * 300_000)) == 1
    assert [len(t) for t in nlp.make_doc("end" + "-" * 20)] == [3, 20]


SHAPES = {
    "": 0, "12": 0, "—": 0, "a": 1, "the": 1, "non-eu": 1, "n’t": 1, "A": 2, "Oslo": 2, "Ж": 2, "Non-eu": 2, "Lund's": 2, "UN": 3,
    "U.S.": 3, "F-16": 2, "SU-35": 3, "iPhone": 4, "McKay": 4, "MPs": 4, "non-EU": 4, "ß": 1, "Ǆ": 2, "中国": 4, "2nd": 1, "USA2": 3,
}  # fmt: skip


@pytest.mark.parametrize(("word", "shape"), SHAPES.items())
def test_shape(word: str, shape: int) -> None:
    assert shape_of(word) == shape


def test_shape_is_the_rule_of_training() -> None:
    source = (Path(__file__).parent.parent / "training/english/batches.py").read_text(encoding="utf-8")
    rule = next(node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef) and node.name == "shape_of")
    space: dict[str, object] = {}
    exec(compile(ast.Module([rule], []), "batches.py", "exec"), space)
    trained = space["shape_of"]
    assert callable(trained)
    assert {word: trained(word) for word in SHAPES} == SHAPES


def test_every_word_has_pieces() -> None:
    network = Network(SHIPPED)
    for word in ("Oslo", "\u200b", "\ufffd", "x" * 9999, "!" * 9999):
        assert 1 <= len(network.piece(word).ids) <= LONGEST_WORD


@pytest.mark.parametrize(
    ("form", "upos", "xpos", "feats", "lemma"),
    [
        ("accused", "VERB", "VBD", "", "accuse"), ("stems", "VERB", "VBZ", "", "stem"), ("Fighting", "VERB", "VBG", "", "fight"),
        ("sanctioned", "VERB", "VBN", "", "sanction"), ("tweeted", "VERB", "VBD", "", "tweet"), ("was", "AUX", "VBD", "", "be"),
        ("’s", "AUX", "VBZ", "", "be"), ("wo", "AUX", "MD", "", "will"), ("n’t", "PART", "RB", "", "not"), ("’s", "PART", "POS", "", "'s"),
        ("allies", "NOUN", "NNS", "", "ally"), ("troops", "NOUN", "NNS", "", "troops"), ("ex-ministers", "NOUN", "NNS", "", "ex-minister"),
        ("MPs", "NOUN", "NNS", "", "MP"), ("NGOs", "NOUN", "NNS", "", "NGO"), ("Officials", "NOUN", "NNS", "", "official"),
        ("Netherlands", "PROPN", "NNP", "", "Netherlands"), ("Turkish", "ADJ", "JJ", "", "Turkish"), ("closer", "ADJ", "JJR", "", "close"),
        ("him", "PRON", "PRP", "", "he"), ("He", "PRON", "PRP", "", "he"), ("her", "PRON", "PRP", "Case=Acc|Gender=Fem", "she"),
        ("Their", "PRON", "PRP$", "", "their"), ("i", "PRON", "PRP", "", "I"), ("an", "DET", "DT", "", "a"),
        ("Those", "DET", "DT", "", "that"), ("”", "PUNCT", "''", "", '"'), ("5,000", "NUM", "CD", "", "5000"),
        ("Although", "SCONJ", "IN", "", "although"),
    ],
)  # fmt: skip
def test_lemma(form: str, upos: str, xpos: str, feats: str, lemma: str) -> None:
    assert LEMMAS.lemma(form, upos, xpos, feats) == lemma


LEMMAS = Lemmas.read(SHIPPED / "lemmas.json")


# Sentences and windows


def as_words(text: str) -> list[Word]:
    """Words of a text that is written with a space wherever a word begins; "_" stands for no gap."""
    found = []
    for i, line in enumerate(text.split("\n")):
        for k, part in enumerate(line.split(" ")):
            gap = ("\n" if i and not k else " ") if not part.startswith("_") else ""
            found.append(Word(part.removeprefix("_"), gap if found else ""))
    return found


@pytest.mark.parametrize(
    ("text", "place", "border"),
    [
        ("He left _. She stayed _.", 3, Border.CERTAIN),
        ("He left _. “ _She stayed _.", 3, Border.CERTAIN),
        ("“ _He left _. _” She stayed _.", 5, Border.CERTAIN),
        ("He left _. _” She stayed _.", 3, Border.NONE),
        ("Gen _. Okafor left _.", 2, Border.POSSIBLE),
        ("J _. Okafor left _.", 2, Border.POSSIBLE),
        ("the U.S. It left _.", 2, Border.POSSIBLE),
        ("at No _. 10 today", 3, Border.POSSIBLE),
        ("he asked _: Who left", 3, Border.POSSIBLE),
        ("he asked _, who left", 3, Border.NONE),
        ("President Okafor left", 1, Border.NONE),
        ("Talks fail\nThe envoy left", 2, Border.CERTAIN),
        ("the envoy said that\nhe left", 4, Border.NONE),
        ("the very long line of a report that somebody wrapped by hand near President\nOkafor left", 14, Border.POSSIBLE),
    ],
)
def test_borders(text: str, place: int, border: Border) -> None:
    assert borders(as_words(text))[place] == border


@given(st.lists(st.tuples(st.sampled_from(list(Border)), st.integers(1, LONGEST_WORD)), min_size=1, max_size=900))
@settings(max_examples=60, deadline=None)
def test_windows_cover_the_text_within_limits(words: list[tuple[Border, int]]) -> None:
    places, pieces = np.array([w[0] for w in words]), np.array([w[1] for w in words])
    found = list(windows(places, pieces, LONGEST_INPUT))
    assert [b for b, _ in found] == [0, *(e for _, e in found[:-1])]
    assert found[-1][1] == len(words)
    for begin, end in found:
        assert 0 < end - begin <= LONGEST_STRETCH
        assert pieces[begin:end].sum() <= LONGEST_INPUT


# Decoding


def every_tree(n: int) -> list[np.ndarray]:
    return [np.array(heads) for heads in product(range(n + 1), repeat=n) if is_tree(np.array(heads))]


def weight(scores: np.ndarray, heads: np.ndarray) -> float:
    return float(scores[np.arange(len(heads)), heads].sum())


@given(st.integers(1, 5).flatmap(lambda n: arrays.arrays(np.float64, (n, n + 1), elements=st.integers(-20, 20).map(float))))
@settings(max_examples=150, deadline=None)
def test_spanning_tree_is_the_best_of_all(scores: np.ndarray) -> None:
    heads = spanning_tree(scores.copy())
    assert is_tree(heads)
    assert weight(scores, heads) == max(weight(scores, tree) for tree in every_tree(len(scores)))


def test_number_of_trees() -> None:
    assert [len(every_tree(n)) for n in (1, 2, 3, 4)] == [1, 2, 9, 64]  # n ** (n - 1)


@given(st.integers(0, 2**32 - 1), st.lists(st.integers(1, 12), min_size=1, max_size=6))
@settings(max_examples=60, deadline=None)
def test_heads_of_a_window_are_one_tree_a_sentence(seed: int, lengths: list[int]) -> None:
    n, first = sum(lengths), np.cumsum([0, *lengths[:-1]])
    arcs = np.random.default_rng(seed).normal(size=(n, n + 1)).astype(np.float32)
    heads = best_heads(arcs, first)
    for begin, length in zip(first, lengths, strict=True):
        own = heads[begin : begin + length]
        local = np.where(own > 0, own - begin, 0)
        assert is_tree(local)
        block = arcs[begin : begin + length, np.r_[0, begin + 1 : begin + length + 1]].astype(np.float64)
        assert weight(block, local) == pytest.approx(weight(block, spanning_tree(block)))


def test_a_large_cycle_is_opened() -> None:
    n = 300
    scores = np.zeros((n, n + 1))
    scores[np.arange(n), (np.arange(n) + 1) % n + 1] = 5
    assert is_tree(spanning_tree(scores))


TAGS = ("O", "B-PER", "I-PER", "B-ORG", "I-ORG")


@given(st.integers(0, 2**32 - 1), st.integers(1, 5))
@settings(max_examples=60, deadline=None)
def test_tags_are_the_best_well_formed_ones(seed: int, n: int) -> None:
    scores = np.random.default_rng(seed).normal(size=(n, len(TAGS))).astype(np.float32)
    first = np.array([0, 3] if n > 3 else [0])
    allowed = may_follow(TAGS)

    def is_good(path: tuple[int, ...]) -> bool:
        return all(allowed[-1 if i in first else path[i - 1], tag] for i, tag in enumerate(path))

    best = max((p for p in product(range(len(TAGS)), repeat=n) if is_good(p)), key=lambda p: scores[np.arange(n), p].sum())
    assert tuple(best_tags(scores, first, allowed)) == best


def test_entities_of_adjectives_are_no_places() -> None:
    classes = Vocabulary(("ADJ", "NOUN", "PROPN"), ("JJ", "NNP"), ("_",), ("root",), ("O", "B-LOC", "I-LOC", "B-MISC", "I-MISC"))
    words = [
        ("ADJ", "JJ", "B-LOC"),
        ("ADJ", "JJ", "B-LOC"),
        ("PROPN", "NNP", "I-LOC"),
        ("NOUN", "JJ", "O"),
        ("ADJ", "NNP", "B-LOC"),
        ("ADJ", "JJ", "O"),
    ]
    columns = [np.array([names.index(word[k]) for word in words]) for k, names in enumerate((classes.upos, classes.xpos, classes.ner))]
    upos, xpos, ner = (np.eye(size, dtype=np.float32)[column] for size, column in zip((3, 2, 5), columns, strict=True))
    none = np.zeros((len(words), 1), np.float32)
    found = EntityDecoder(classes).tags(Scores(upos, xpos, none, ner, none, none, none, none), np.array([0]))
    assert [classes.ner[i] for i in found] == ["B-MISC", "B-LOC", "I-LOC", "O", "B-LOC", "O"]


# Other pipelines: ClearNLP to Universal Dependencies


def clear(rows: str) -> Doc:
    """A Doc from lines of word, lemma, tag, pos, head (counted from 1, 0 the root), label and, where there is one, an entity tag."""
    cells = [line.split() for line in rows.strip().splitlines()]
    heads = [int(c[4]) - 1 if c[4] != "0" else i for i, c in enumerate(cells)]
    columns = [[c[k] for c in cells] for k in (0, 1, 2, 3, 5)]
    ents = [c[6] if len(c) > 6 else "O" for c in cells]
    vocab = spacy.blank("en").vocab
    words, lemmas, tags, pos, deps = columns
    return Doc(vocab, words=words, lemmas=lemmas, tags=tags, pos=pos, heads=heads, deps=deps, ents=ents)


def tree_of(doc: Doc) -> dict[str, tuple[str, str]]:
    return {t.text: (t.dep_, t.head.text if t.head.i != t.i else "") for t in doc}


def test_passive_agent_and_prepositions() -> None:
    doc = universal(clear("""
        Bases base NNS NOUN 4 nsubjpass
        were be VBD AUX 4 auxpass
        not not RB PART 4 neg
        hit hit VBN VERB 0 ROOT
        by by IN ADP 4 agent
        jets jet NNS NOUN 5 pobj
        of of IN ADP 6 prep
        Chad Chad NNP PROPN 7 pobj
        in in IN ADP 4 prep
        March March NNP PROPN 9 pobj
    """))  # fmt: skip
    assert tree_of(doc) == {
        "Bases": ("nsubj:pass", "hit"), "were": ("aux:pass", "hit"), "not": ("advmod", "hit"), "hit": ("root", ""),
        "by": ("case", "jets"), "jets": ("obl:agent", "hit"), "of": ("case", "Chad"), "Chad": ("nmod", "jets"),
        "in": ("case", "March"), "March": ("obl", "hit"),
    }  # fmt: skip


def test_copula_with_noun_and_adjective() -> None:
    doc = universal(clear("""
        Peru Peru NNP PROPN 2 nsubj
        is be VBZ AUX 0 ROOT
        a a DT DET 4 det
        member member NN NOUN 2 attr
        of of IN ADP 4 prep
        it it PRP PRON 5 pobj
        and and CC CCONJ 2 cc
        Lima Lima NNP PROPN 9 nsubj
        seems seem VBZ VERB 2 conj
        glad glad JJ ADJ 9 acomp
    """))  # fmt: skip
    assert tree_of(doc) == {
        "Peru": ("nsubj", "member"), "is": ("cop", "member"), "a": ("det", "member"), "member": ("root", ""), "of": ("case", "it"),
        "it": ("nmod", "member"), "and": ("cc", "seems"), "Lima": ("nsubj", "seems"), "seems": ("conj", "member"),
        "glad": ("xcomp", "seems"),
    }  # fmt: skip
    assert doc[1].pos_ == "AUX"


def test_prepositional_and_existential_be() -> None:
    doc = universal(clear("""
        Envoys envoy NNS NOUN 2 nsubj
        were be VBD AUX 0 ROOT
        in in IN ADP 2 prep
        Oslo Oslo NNP PROPN 3 pobj
        as as IN SCONJ 7 mark
        there there EX PRON 7 expl
        was be VBD VERB 2 advcl
        hope hope NN NOUN 7 attr
    """))  # fmt: skip
    assert tree_of(doc) == {
        "Envoys": ("nsubj", "Oslo"), "were": ("cop", "Oslo"), "in": ("case", "Oslo"), "Oslo": ("root", ""), "as": ("mark", "was"),
        "there": ("expl", "was"), "was": ("advcl", "Oslo"), "hope": ("nsubj", "was"),
    }  # fmt: skip


def test_coordination_relatives_possessives_and_names() -> None:
    doc = universal(clear("""
        Mali Mali NNP PROPN 3 poss B-GPE
        's 's POS PART 1 case
        envoy envoy NN NOUN 6 nsubj
        Awa Awa NNP PROPN 5 compound B-PERSON
        Diallo Diallo NNP PROPN 3 appos I-PERSON
        met meet VBD VERB 0 ROOT
        Togo Togo NNP PROPN 6 dobj B-GPE
        , , , PUNCT 7 punct
        Benin Benin NNP PROPN 7 conj B-GPE
        and and CC CCONJ 9 cc
        Ghana Ghana NNP PROPN 9 conj B-GPE
        which which WDT PRON 13 nsubj
        pulled pull VBD VERB 11 relcl
        out out RP ADP 13 prt
        to to TO PART 16 aux
        wait wait VB VERB 13 advcl
    """))  # fmt: skip
    found = tree_of(doc)
    assert found["Mali"] == ("nmod:poss", "envoy")
    assert found["Awa"] == ("appos", "envoy")
    assert found["Diallo"] == ("flat", "Awa")
    assert found["Togo"] == ("obj", "met")
    assert found["Benin"] == ("conj", "Togo")
    assert found["Ghana"] == ("conj", "Togo")
    assert found["and"] == ("cc", "Ghana")
    assert found["pulled"] == ("acl:relcl", "Ghana")
    assert found["out"] == ("compound:prt", "pulled")
    assert found["to"] == ("mark", "wait")
    assert [(e.text, e.label_) for e in doc.ents] == [
        ("Mali", "LOC"),
        ("Awa Diallo", "PER"),
        ("Togo", "LOC"),
        ("Benin", "LOC"),
        ("Ghana", "LOC"),
    ]


def test_datives_clauses_and_chains_of_prepositions() -> None:
    doc = universal(clear("""
        They they PRP PRON 2 nsubj
        sent send VBD VERB 0 ROOT
        Kyiv Kyiv NNP PROPN 2 dative
        tanks tank NNS NOUN 2 dobj
        and and CC CCONJ 2 cc
        gave give VBD VERB 2 conj
        arms arm NNS NOUN 6 dobj
        to to IN ADP 6 dative
        Riga Riga NNP PROPN 8 pobj
        after after IN ADP 6 prep
        leaving leave VBG VERB 10 pcomp
        from from IN ADP 11 prep
        inside inside IN ADP 12 prep
        Iran Iran NNP PROPN 13 pobj
        Monday Monday NNP PROPN 6 npadvmod
    """))  # fmt: skip
    assert tree_of(doc) == {
        "They": ("nsubj", "sent"), "sent": ("root", ""), "Kyiv": ("iobj", "sent"), "tanks": ("obj", "sent"), "and": ("cc", "gave"),
        "gave": ("conj", "sent"), "arms": ("obj", "gave"), "to": ("case", "Riga"), "Riga": ("obl", "gave"), "after": ("mark", "leaving"),
        "leaving": ("advcl", "gave"), "from": ("case", "Iran"), "inside": ("case", "Iran"), "Iran": ("obl", "leaving"),
        "Monday": ("obl:unmarked", "gave"),
    }  # fmt: skip


def test_entity_types_of_others() -> None:
    rows = "\n".join(f"w{i} w NN NOUN {0 if i == 0 else 1} {'ROOT' if i == 0 else 'dep'} B-{kind}" for i, kind in enumerate(
        ("PERSON", "ORG", "GPE", "LOC", "FAC", "NORP", "EVENT", "LAW", "WORK_OF_ART", "DATE", "MONEY")))  # fmt: skip
    doc = universal(clear(rows))
    assert [e.label_ for e in doc.ents] == ["PER", "ORG", "LOC", "LOC", "LOC", "MISC", "MISC", "MISC", "MISC"]


def test_universal_trees_pass_unchanged(nlp: Language) -> None:
    for text in NEWS:
        doc = nlp(text)
        before = [(t.dep_, t.head.i, t.ent_type_) for t in doc]
        assert [(t.dep_, t.head.i, t.ent_type_) for t in universal(doc)] == before
