"""How the words around an act report it: negation, mood, operators, claims."""

from __future__ import annotations

import pytest

from kg.extract.reading import Reading, is_negated, operator_at, read
from tests.parsed import lexicon_of, parse

LEXICON = lexicon_of(
    "attack,VERB,,,obj,ASSAULT,",
    """
    refuse,VERB,,refuse,
    refusal,NOUN,,refuse,
    dismiss,VERB,,refuse,
    rule,VERB,out,refuse,
    threaten,VERB,,threaten,
    promise,VERB,,promise,
    plan,VERB,,plan,
    plan,NOUN,,plan,
    want,VERB,,want,
    ask,VERB,,ask,obj
    demand,VERB,,demand,of
    call,VERB,for,demand,on
    deny,VERB,,deny,
    fail,VERB,,fail,
    stop,VERB,,stop,
    prevent,VERB,,prevent,
    try,VERB,,transparent,
    consider,VERB,,consider,
    let,VERB,,allow,
    make,VERB,,cause,
    say,VERB,,claim,
    claim,VERB,,claim,
    claim,NOUN,,claim,
    allegation,NOUN,,claim,
    """,
)


def in_words(text: str, word: str = "attack") -> str:
    """What is read of an act: "negated possible future planned requested-by-X duty speakers X (kind, kind)"."""
    tree = parse(text)
    reading = read(tree, LEXICON, next(i for i, lemma in enumerate(tree.lemmas) if lemma == word))
    parts = [name for name in ("negated", "possible", "future", "planned", "requested") if getattr(reading, name)]
    parts += [f"by {tree.words[t]}" for t in reading.requested_by]
    parts += [f"duty {tree.words[reading.duty]}"] if reading.duty >= 0 else []
    parts += [f"says {tree.words[t]}" for t in reading.speakers]
    parts += [f"({'not ' if negated else ''}{operator.kind})" for operator, _, negated in reading.wrappers]
    return " ".join(parts)


def chad(*middle: str, tail: str = "") -> str:
    return " ".join(("Chad/NNP/nsubj>2", *middle, tail)).strip()


IF = "If/IN/mark>3 Chad/NNP/nsubj>3 attacks/VBZ/advcl>8 Mali/NNP/obj>3 ,/,/punct>3 Niger/NNP/nsubj>8 will/MD/aux>8 suffer/VB/root>0"
INVERTED = "Should/MD/aux>3 Chad/NNP/nsubj>3 attack/VB/advcl>8 Mali/NNP/obj>3 ,/,/punct>3 Niger/NNP/nsubj>8 will/MD/aux>8 suffer/VB/root>0"
WOULD_IF = "Chad/NNP/nsubj>3 would/MD/aux>3 attack/VB/root>0 Mali/NNP/obj>3 if/IN/mark>7 Niger/NNP/nsubj>7 fell/VBD/advcl>3"
NEITHER_NOR = "Neither/CC/cc:preconj>2 Chad/NNP/nsubj>5 nor/CC/cc>4 Niger/NNP/conj>2 attacked/VBD/root>0 Mali/NNP/obj>5"
NO_LONGER = "Chad/NNP/nsubj>4 no/RB/advmod>3 longer/RB/advmod>4 attacks/VBZ/root>0 Mali/NNP/obj>4"


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        pytest.param("Chad/NNP/nsubj>2 attacked/VBD/root>0 Mali/NNP/obj>2", "", id="plain"),
        pytest.param("Chad/NNP/nsubj>4 did/VBD/aux>4 not/RB/advmod>4 attack/VB/root>0 Mali/NNP/obj>4", "negated", id="not"),
        pytest.param("Chad/NNP/nsubj>4 did/VBD/aux>4 n't/RB/advmod>4 attack/VB/root>0 Mali/NNP/obj>4", "negated", id="n't"),
        pytest.param("Chad/NNP/nsubj>3 never/RB/advmod>3 attacked/VBD/root>0 Mali/NNP/obj>3", "negated", id="never"),
        pytest.param(NO_LONGER, "negated", id="no longer"),
        pytest.param(NEITHER_NOR, "negated", id="neither ... nor, subjects"),
        pytest.param("No/DT/det>2 attack/NN/nsubj>5 by/IN/case>4 Chad/NNP/nmod>2 hit/VBD/root>0", "negated", id="no attack"),
        pytest.param("Chad/NNP/nsubj>2 left/VBD/root>0 without/IN/mark>4 attacking/VBG/advcl>2 Mali/NNP/obj>4", "negated", id="without"),
        pytest.param(
            "Chad/NNP/nsubj>2 attacked/VBD/root>0 no/DT/det>4 town/NN/obj>2 of/IN/case>6 Mali/NNP/nmod>4", "negated", id="no object"
        ),
        pytest.param("Nobody/NN/nsubj>2 attacked/VBD/root>0 Mali/NNP/obj>2", "negated", id="nobody"),
        pytest.param(
            "Chad/NNP/nsubj>4 did/VBD/aux>4 not/RB/advmod>4 raid/VB/root>0 or/CC/cc>6 attack/VB/conj>4 Mali/NNP/obj>6",
            "negated",
            id="not ... or",
        ),
        pytest.param(
            "Chad/NNP/nsubj>4 did/VBD/aux>4 not/RB/advmod>4 talk/VB/root>0 but/CC/cc>6 attacked/VBD/conj>4 Mali/NNP/obj>6",
            "",
            id="not ... but",
        ),
        pytest.param(
            "Chad/NNP/nsubj>3 will/MD/aux>3 arm/VB/root>0 and/CC/cc>5 attack/VB/conj>3 Mali/NNP/obj>5", "future", id="will for both"
        ),
        pytest.param("Chad/NNP/nsubj>3 will/MD/aux>3 attack/VB/root>0 Mali/NNP/obj>3", "future", id="will"),
        pytest.param("Chad/NNP/nsubj>3 may/MD/aux>3 attack/VB/root>0 Mali/NNP/obj>3", "possible", id="may"),
        pytest.param("Chad/NNP/nsubj>3 must/MD/aux>3 attack/VB/root>0 Mali/NNP/obj>3", "duty attack", id="must"),
        pytest.param(
            "Chad/NNP/nsubj>3 would/MD/aux>3 attack/VB/root>0 Mali/NNP/obj>3", "future", id="would alone is the future of the past"
        ),
        pytest.param(WOULD_IF, "possible", id="would ... if"),
        pytest.param(IF, "possible", id="if"),
        pytest.param(INVERTED, "possible", id="inversion"),
        pytest.param("Chad/NNP/nsubj>4 is/VBZ/aux>4 to/TO/mark>4 attack/VB/root>0 Mali/NNP/obj>4", "future", id="is to"),
        pytest.param("Chad/NNP/root>0 to/TO/mark>3 attack/VB/acl>1 Mali/NNP/obj>3", "future", id="headline"),
        pytest.param(
            "Chad/NNP/nsubj>3 could/MD/aux>3 retaliate/VB/root>0 by/IN/mark>5 attacking/VBG/advcl>3 Mali/NNP/obj>5",
            "possible",
            id="the means shares the mood",
        ),
    ],
)
def test_own_words_of_an_act(text: str, reading: str) -> None:
    assert in_words(text) == reading


TO_ATTACK = "to/TO/mark>4 attack/VB/xcomp>2 Mali/NNP/obj>4"
ATTACKING = "attacking/VBG/xcomp>2 Mali/NNP/obj>3"
NIGER_TO_ATTACK = "Niger/NNP/obj>2 to/TO/mark>5 attack/VB/xcomp>2 Mali/NNP/obj>5"


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        (chad("refused/VBD/root>0", TO_ATTACK), "(refuse)"),
        (
            "Chad/NNP/nsubj>4 did/VBD/aux>4 not/RB/advmod>4 refuse/VB/root>0 to/TO/mark>6 attack/VB/xcomp>4 Mali/NNP/obj>6",
            "(not refuse)",
        ),
        (chad("ruled/VBD/root>0 out/RP/compound:prt>2 attacking/VBG/xcomp>2 Mali/NNP/obj>4"), "(refuse)"),
        (chad("threatened/VBD/root>0", TO_ATTACK), "(threaten)"),
        (chad("promised/VBD/root>0", TO_ATTACK), "(promise)"),
        (chad("promised/VBD/root>0 not/RB/advmod>5 to/TO/mark>5 attack/VB/xcomp>2 Mali/NNP/obj>5"), "negated (promise)"),
        (chad("plans/VBZ/root>0", TO_ATTACK), "planned (plan)"),
        (chad("wants/VBZ/root>0", TO_ATTACK), "planned (want)"),
        (chad("wants/VBZ/root>0", NIGER_TO_ATTACK), "requested by Chad (want)"),
        (chad("asked/VBD/root>0", NIGER_TO_ATTACK), "requested by Chad (ask)"),
        (
            chad("demanded/VBD/root>0 that/IN/mark>5 Niger/NNP/nsubj>5 attack/VB/ccomp>2 Mali/NNP/obj>5"),
            "requested by Chad (demand)",
        ),
        (chad("denied/VBD/root>0", ATTACKING), "negated says Chad (deny)"),
        (
            "Chad/NNP/nsubj>4 did/VBD/aux>4 not/RB/advmod>4 deny/VB/root>0 attacking/VBG/xcomp>4 Mali/NNP/obj>5",
            "says Chad (not deny)",
        ),
        (chad("failed/VBD/root>0", TO_ATTACK), "negated (fail)"),
        (chad("stopped/VBD/root>0", ATTACKING), "negated (stop)"),
        (chad("tried/VBD/root>0", TO_ATTACK), "(transparent)"),
        ("Chad/NNP/nsubj>3 will/MD/aux>3 try/VB/root>0 to/TO/mark>5 attack/VB/xcomp>3 Mali/NNP/obj>5", "future (transparent)"),
        (
            "Chad/NNP/nsubj>4 did/VBD/aux>4 not/RB/advmod>4 try/VB/root>0 to/TO/mark>6 attack/VB/xcomp>4 Mali/NNP/obj>6",
            "negated (not transparent)",
        ),
        (chad("considered/VBD/root>0", ATTACKING), "possible (consider)"),
        (chad("prevented/VBD/root>0 Niger/NNP/obj>2 from/IN/mark>5 attacking/VBG/advcl>2 Mali/NNP/obj>5"), "negated (prevent)"),
        (chad("let/VBD/root>0 Niger/NNP/obj>2 attack/VB/xcomp>2 Mali/NNP/obj>4"), "possible (allow)"),
        (chad("made/VBD/root>0 Niger/NNP/obj>2 attack/VB/xcomp>2 Mali/NNP/obj>4"), "(cause)"),
    ],
)
def test_operators(text: str, reading: str) -> None:
    assert in_words(text) == reading


def test_operators_add_up_from_the_inside_out() -> None:
    text = "Chad/NNP/nsubj>2 denied/VBD/root>0 planning/VBG/xcomp>2 to/TO/mark>5 attack/VB/xcomp>3 Mali/NNP/obj>5"
    assert in_words(text) == "negated planned says Chad (plan) (deny)"


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        (
            "Chad/NNP/nmod:poss>3 's/POS/case>1 plan/NN/nsubj>6 to/TO/mark>5 attack/VB/acl>3 failed/VBD/root>0",
            "planned (plan)",
        ),
        (
            "Niger/NNP/nmod:poss>3 's/POS/case>1 claim/NN/nsubj>7 that/IN/mark>6 Chad/NNP/nsubj>6 attacked/VBD/acl>3 spread/VBD/root>0",
            "says Niger",
        ),
        (
            "Niger/NNP/nsubj>2 dismissed/VBD/root>0 the/DT/det>4 allegation/NN/obj>2 that/IN/mark>7 Chad/NNP/nsubj>7 attacked/VBD/acl>4",
            "negated says Niger (deny)",
        ),
        ("Niger/NNP/nsubj>2 denied/VBD/root>0 an/DT/det>4 attack/NN/obj>2", "negated says Niger (deny)"),
        (
            "Niger/NNP/nsubj>2 called/VBD/root>0 for/IN/case>5 an/DT/det>5 attack/NN/obl>2 on/IN/case>7 Mali/NNP/nmod>5",
            "requested by Niger (demand)",
        ),
        ("Niger/NNP/nsubj>2 wants/VBZ/root>0 an/DT/det>4 attack/NN/obj>2", "requested by Niger (want)"),
        ("Niger/NNP/nsubj>2 plans/VBZ/root>0 an/DT/det>4 attack/NN/obj>2", "planned (plan)"),
    ],
)
def test_nouns_over_and_under_operators(text: str, reading: str) -> None:
    assert in_words(text) == reading


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        pytest.param(
            "Niger/NNP/nsubj>2 said/VBD/root>0 that/IN/mark>5 Chad/NNP/nsubj>5 attacked/VBD/ccomp>2 Mali/NNP/obj>5",
            "says Niger",
            id="said that",
        ),
        pytest.param(
            "Niger/NNP/nsubj>2 said/VBD/root>0 Chad/NNP/nsubj>5 would/MD/aux>5 attack/VB/ccomp>2", "future says Niger", id="said would"
        ),
        pytest.param(
            "Niger/NNP/nsubj>4 did/VBD/aux>4 not/RB/advmod>4 say/VB/root>0 that/IN/mark>7 Chad/NNP/nsubj>7 attacked/VBD/ccomp>4",
            "possible says Niger",
            id="who did not say so left it open",
        ),
        pytest.param(
            "Chad/NNP/nsubj:pass>3 was/VBD/aux:pass>3 said/VBN/root>0 to/TO/mark>6 have/VB/aux>6 attacked/VBN/xcomp>3", "", id="was said to"
        ),
        pytest.param(
            "Chad/NNP/nsubj>2 attacked/VBD/ccomp>6 Mali/NNP/obj>2 ,/,/punct>5 Niger/NNP/nsubj>6 said/VBD/root>0",
            "says Niger",
            id="said behind",
        ),
        pytest.param(
            "Chad/NNP/nsubj>2 attacked/VBD/root>0 Mali/NNP/obj>2 ,/,/punct>6 Niger/NNP/nsubj>6 said/VBD/parataxis>2",
            "says Niger",
            id="said in parenthesis",
        ),
        pytest.param(
            "Chad/NNP/nsubj>2 attacked/VBD/root>0 Mali/NNP/obj>2 according/VBG/case>6 to/IN/fixed>4 Niger/NNP/obl>2",
            "says Niger",
            id="according to",
        ),
        pytest.param(
            "Niger/NNP/nsubj>2 claimed/VBD/root>0 Oman/NNP/nsubj>4 said/VBD/ccomp>2 Chad/NNP/nsubj>6 attacked/VBD/ccomp>4",
            "says Oman",
            id="the nearest speaker",
        ),
        pytest.param(
            "Niger/NNP/nsubj>2 asked/VBD/root>0 whether/IN/mark>5 Chad/NNP/nsubj>5 attacked/VBD/ccomp>2 Mali/NNP/obj>5",
            "possible requested by Niger (ask)",
            id="whether",
        ),
    ],
)
def test_claims(text: str, reading: str) -> None:
    assert in_words(text) == reading


def test_a_relative_clause_keeps_the_mood_of_its_sentence_out() -> None:
    text = "Niger/NNP/nsubj>3 may/MD/aux>3 thank/VB/root>0 Chad/NNP/obj>3 which/WDT/nsubj>6 attacked/VBD/acl:relcl>4 Mali/NNP/obj>6"
    assert in_words(text) == ""


@pytest.mark.parametrize(
    ("text", "token", "negated"),
    [
        (NO_LONGER, 3, True),
        (NEITHER_NOR, 4, True),
        ("Chad/NNP/nsubj>5 did/VBD/aux>5 not/RB/advmod>5 never/RB/advmod>5 attack/VB/root>0", 4, False),
        ("Chad/NNP/nsubj>2 attacked/VBD/root>0 Mali/NNP/obj>2 again/RB/advmod>2", 1, False),
    ],
)
def test_negation_of_a_word(text: str, token: int, negated: bool) -> None:
    assert is_negated(parse(text), token) is negated


def test_an_operator_needs_its_particle() -> None:
    assert operator_at(parse("Chad/NNP/nsubj>2 ruled/VBD/root>0"), LEXICON, 1) is None
    found = operator_at(parse("Chad/NNP/nsubj>2 ruled/VBD/root>0 out/RP/compound:prt>2"), LEXICON, 1)
    assert found is not None
    assert found.kind == "refuse"


def test_nothing_read_is_an_assertion() -> None:
    assert read(parse("Chad/NNP/nsubj>2 attacked/VBD/root>0"), LEXICON, 1) == Reading()
