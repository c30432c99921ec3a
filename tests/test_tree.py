"""A sentence as tuples: navigation by labels, spans of names, and what a spaCy Doc turns into."""

from __future__ import annotations

import doctest

import pytest
import spacy
from spacy.tokens import Doc, Span

from kg.extract.tree import Tree, trees
from tests import parsed
from tests.parsed import parse

PACT = parse("The/DT/det>2 pact/NN/nsubj>7 between/IN/case>4 Oman/NNP/nmod>2 and/CC/cc>6 Qatar/NNP/conj>4 holds/VBZ/root>0")


def test_the_builders_own_example() -> None:
    assert doctest.testmod(parsed) == (0, 2)


def test_columns_and_offsets() -> None:
    tree = parse("Peru/PROPN/NNP/nsubj>3 's=be/VBZ/aux>3 met/VERB/VBN/root>0 Chile/NNP/obj>3 ./PUNCT/./punct>3", begin=10)
    assert tree.pos == ("PROPN", "AUX", "VERB", "PROPN", "PUNCT")
    assert tree.lemmas == ("Peru", "be", "meet", "Chile", ".")
    assert tree.heads == (2, 2, -1, 2, 2)
    assert tree.begins == (10, 14, 17, 21, 26)
    assert tree.ends == (14, 16, 20, 26, 27)
    assert len(tree) == 5


def test_a_label_takes_its_subtypes_and_a_subtype_only_itself() -> None:
    tree = parse("Peru/NNP/nsubj:pass>3 was/VBD/aux:pass>3 urged/VBN/root>0 by/IN/case>5 Chile/NNP/obl:agent>3")
    assert tree.kids(2, "nsubj") == [0]
    assert tree.kids(2, "nsubj", "obl") == [0, 4]
    assert tree.kids(2, "nsubj:pass") == [0]
    assert tree.kids(2, "nsubj:outer") == []
    assert tree.kid(2, "obl") == 4
    assert tree.kid(2, "obj") is None
    assert tree.base(4) == "obl"


def test_up_and_down() -> None:
    assert PACT.subtree(1) == [0, 1, 2, 3, 4, 5]
    assert PACT.subtree(5) == [4, 5]
    assert list(PACT.ancestors(5)) == [3, 1, 6]
    assert list(PACT.ancestors(6)) == []


@pytest.mark.parametrize(
    ("text", "token", "case"),
    [
        ("Mali/NNP/nsubj>2 fell/VBD/root>0", 0, ""),
        ("fell/VBD/root>0 In/IN/case>3 Mali/NNP/obl>1", 2, "in"),
        ("fell/VBD/root>0 out/IN/case>4 of/IN/case>4 Mali/NNP/obl>1", 3, "out of"),
        ("fell/VBD/root>0 according/VBG/case>4 to/IN/fixed>2 Mali/NNP/obl>1", 3, "according to"),
        ("Mali/NNP/nmod:poss>3 's/POS/case>1 envoy/NN/root>0", 0, "'s"),
    ],
)
def test_case_marker(text: str, token: int, case: str) -> None:
    assert parse(text).case(token) == case


CHAIN = "Oman/NNP/nsubj>6 ,/,/punct>3 Qatar/NNP/conj>1 and/CC/cc>5 Iran/NNP/conj>3 met/VBD/root>0"
CONTRASTS = (
    "Iran/NNP/nsubj>5 rather/RB/cc>4 than/IN/fixed>2 Yemen/NNP/conj>1 attacked/VBD/root>0 Oman/NNP/obj>5",
    "Oman/NNP/nsubj>5 but/CC/cc>4 not/RB/advmod>4 Qatar/NNP/conj>1 backed/VBD/root>0 Iran/NNP/obj>5",
    "Oman/NNP/nsubj>5 instead/RB/cc>4 of/IN/fixed>2 Qatar/NNP/conj>1 backed/VBD/root>0 Iran/NNP/obj>5",
)


def test_conjuncts_of_a_chain() -> None:
    assert parse(CHAIN).conjuncts(0) == [0, 2, 4]
    assert PACT.conjuncts(3) == [3, 5]


@pytest.mark.parametrize("text", CONTRASTS)
def test_what_is_contrasted_is_no_conjunct(text: str) -> None:
    assert parse(text).conjuncts(0) == [0]


def test_equal_trees_are_equal() -> None:
    assert parse(CHAIN) == parse(CHAIN)
    assert parse(CHAIN) != parse(CHAIN, index=1)


def test_sentences_of_a_doc() -> None:
    nlp = spacy.blank("en")
    doc = Doc(
        nlp.vocab,
        words=["Mali", "fell", ".", "New", "Delhi", "Left", "."],
        spaces=[True, False, True, True, True, False, False],
        pos=["PROPN", "VERB", "PUNCT", "PROPN", "PROPN", "VERB", "PUNCT"],
        tags=["NNP", "VBD", ".", "NNP", "NNP", "VBD", "."],
        lemmas=["Mali", "fall", ".", "New", "Delhi", "Leave", "."],
        deps=["nsubj", "ROOT", "punct", "compound", "nsubj", "ROOT", "punct"],
        heads=[1, 1, 1, 4, 5, 5, 5],
        sent_starts=[True, False, False, True, False, False, False],
    )
    doc.set_ents([Span(doc, 0, 1, "LOC"), Span(doc, 3, 5, "LOC")])
    first, second = trees(doc)
    assert (first.index, second.index) == (0, 1)
    assert first.names == ((0, 1, "LOC"),)
    assert second.names == ((0, 2, "LOC"),)  # counted from the sentence's first token
    assert second.heads == (1, 2, -1, 2)
    assert second.deps[2] == "root"
    assert second.lemmas == ("New", "Delhi", "leave", ".")  # proper names keep their capitals
    assert [doc.text[b:e] for b, e in zip(second.begins, second.ends, strict=True)] == list(second.words)


def test_nothing_in_nothing_out() -> None:
    assert trees(spacy.blank("en")("")) == []
    assert len(Tree(0, (), (), (), (), (), (), (), ())) == 0
