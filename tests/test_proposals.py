"""From acts and readings to statements: what is announced, refused, threatened, stopped, demanded, claimed."""

from __future__ import annotations

import pytest

from kg.extract.proposals import Proposal, propose
from kg.extract.quotes import quoting_phrases
from tests.parsed import in_words, lexicon_of, linked, parse, stated

LEXICON = lexicon_of(
    """
    arm,VERB,,,obj,AID,
    attack,VERB,,,obj,ASSAULT,
    attack,NOUN,,,on,ASSAULT,
    meet,VERB,,,obj|with,CONSULT,reciprocal
    condemn,VERB,,,obj,ACCUSE,
    accuse,VERB,,,obj,ACCUSE,speech
    thank,VERB,,,obj,SUPPORT,
    urge,VERB,,,obj,APPEAL,
    join,VERB,,,obj,MEMBER,
    dispute,NOUN,,,with,RIVAL,reciprocal
    """,
    """
    refuse,VERB,,refuse,
    threaten,VERB,,threaten,
    promise,VERB,,promise,
    pledge,VERB,,promise,
    urge,VERB,,ask,obj
    want,VERB,,want,
    stop,VERB,,stop,
    deny,VERB,,deny,
    say,VERB,,claim,
    accuse,VERB,of,claim,obj
    """,
)
TO_ARM = "to/TO/mark>4 arm/VB/xcomp>2 Chile/NNP/obj>4"
TO_ATTACK = "to/TO/mark>4 attack/VB/xcomp>2 Chile/NNP/obj>4"
NOT_TO_ATTACK = "not/RB/advmod>5 to/TO/mark>5 attack/VB/xcomp>2 Chile/NNP/obj>5"
PERU = "Peru/NNP/nsubj>2"

OWN = [
    ("asserted", f"{PERU} armed/VBD/root>0 Chile/NNP/obj>2", ["Peru AID Chile asserted"]),
    ("negated", "Peru/NNP/nsubj>4 did/VBD/aux>4 not/RB/advmod>4 arm/VB/root>0 Chile/NNP/obj>4", ["Peru AID Chile negated"]),
    ("possible", "Peru/NNP/nsubj>3 may/MD/aux>3 arm/VB/root>0 Chile/NNP/obj>3", ["Peru AID Chile possible"]),
    ("future cooperation is agreement", "Peru/NNP/nsubj>3 will/MD/aux>3 arm/VB/root>0 Chile/NNP/obj>3", ["Peru AGREE Chile asserted"]),
    ("future hostility is planned", "Peru/NNP/nsubj>3 will/MD/aux>3 attack/VB/root>0 Chile/NNP/obj>3", ["Peru ASSAULT Chile planned"]),
    ("future words stay", "Peru/NNP/nsubj>3 will/MD/aux>3 condemn/VB/root>0 Chile/NNP/obj>3", ["Peru ACCUSE Chile asserted"]),
    (
        "will not help refuses",
        "Peru/NNP/nsubj>4 will/MD/aux>4 not/RB/advmod>4 arm/VB/root>0 Chile/NNP/obj>4",
        ["Peru REJECT Chile asserted"],
    ),
    (
        "will not attack is negated",
        "Peru/NNP/nsubj>4 will/MD/aux>4 not/RB/advmod>4 attack/VB/root>0 Chile/NNP/obj>4",
        ["Peru ASSAULT Chile negated"],
    ),
    (
        "a planned act noun",
        "an/DT/det>3 upcoming/JJ/amod>3 attack/NN/root>0 by/IN/case>5 Peru/NNP/nmod>3 on/IN/case>7 Chile/NNP/nmod>3",
        ["Peru ASSAULT Chile planned"],
    ),
    (
        "a possible act noun",
        "a/DT/det>3 possible/JJ/amod>3 attack/NN/root>0 by/IN/case>5 Peru/NNP/nmod>3 on/IN/case>7 Chile/NNP/nmod>3",
        ["Peru ASSAULT Chile possible"],
    ),
    (
        "a pair each",
        "Peru/NNP/nsubj>4 and/CC/cc>3 Mali/NNP/conj>1 armed/VBD/root>0 Chile/NNP/obj>4 and/CC/cc>7 Chad/NNP/conj>5",
        ["Peru AID Chile asserted", "Peru AID Chad asserted", "Mali AID Chile asserted", "Mali AID Chad asserted"],
    ),
    (
        "joint acts go both ways",
        "Peru/NNP/nsubj>4 and/CC/cc>3 Chile/NNP/conj>1 met/VBD/root>0",
        ["Peru CONSULT Chile asserted", "Chile CONSULT Peru asserted"],
    ),
    (
        "rivalry goes both ways",
        "Peru/NNP/nmod:poss>3 's/POS/case>1 dispute/NN/root>0 with/IN/case>5 Chile/NNP/nmod>3",
        ["Peru RIVAL Chile asserted", "Chile RIVAL Peru asserted"],
    ),
]


@pytest.mark.parametrize(("text", "statements"), [pytest.param(text, s, id=name) for name, text, s in OWN])
def test_acts(text: str, statements: list[str]) -> None:
    assert stated(text, LEXICON) == statements


OUTER = [
    ("refusal", f"{PERU} refused/VBD/root>0 {TO_ARM}", ["Peru REJECT Chile asserted"]),
    ("refusal of an attack", f"{PERU} refused/VBD/root>0 {TO_ATTACK}", ["Peru REJECT Chile asserted"]),
    (
        "refusal of a joint act",
        "Peru/NNP/nsubj>4 and/CC/cc>3 Chile/NNP/conj>1 refused/VBD/root>0 to/TO/mark>6 meet/VB/xcomp>4",
        ["Peru REJECT Chile asserted", "Chile REJECT Peru asserted"],
    ),
    (
        "no refusal",
        "Peru/NNP/nsubj>4 did/VBD/aux>4 not/RB/advmod>4 refuse/VB/root>0 to/TO/mark>6 arm/VB/xcomp>4 Chile/NNP/obj>6",
        ["Peru REJECT Chile negated"],
    ),
    ("threat", f"{PERU} threatened/VBD/root>0 {TO_ATTACK}", ["Peru THREATEN Chile asserted"]),
    (
        "possible threat",
        "Peru/NNP/nsubj>3 may/MD/aux>3 threaten/VB/root>0 to/TO/mark>5 attack/VB/xcomp>3 Chile/NNP/obj>5",
        ["Peru THREATEN Chile possible"],
    ),
    (
        "threat of what is no act",
        f"{PERU} threatened/VBD/root>0 to/TO/mark>4 strangle/VB/xcomp>2 Chile/NNP/obj>4",
        ["Peru THREATEN Chile asserted"],
    ),
    (
        "threat with a prepositional target",
        f"{PERU} threatened/VBD/root>0 to/TO/mark>4 march/VB/xcomp>2 into/IN/case>6 Chile/NNP/obl>4",
        ["Peru THREATEN Chile asserted"],
    ),
    ("promise of help", f"{PERU} promised/VBD/root>0 {TO_ARM}", ["Peru AGREE Chile asserted"]),
    ("promise of war is a threat", f"{PERU} promised/VBD/root>0 {TO_ATTACK}", ["Peru THREATEN Chile asserted"]),
    ("promise not to attack", f"{PERU} pledged/VBD/root>0 {NOT_TO_ATTACK}", ["Peru AGREE Chile asserted"]),
    ("promise to nobody", f"{PERU} promised/VBD/root>0 to/TO/mark>4 sing/VB/xcomp>2", []),
    ("help that stops", f"{PERU} stopped/VBD/root>0 arming/VBG/xcomp>2 Chile/NNP/obj>3", ["Peru SANCTION Chile asserted"]),
    ("an attack that stops", f"{PERU} stopped/VBD/root>0 attacking/VBG/xcomp>2 Chile/NNP/obj>3", ["Peru RETREAT Chile asserted"]),
    ("words that stop", f"{PERU} stopped/VBD/root>0 thanking/VBG/xcomp>2 Chile/NNP/obj>3", ["Peru SUPPORT Chile negated"]),
    (
        "nested request",
        f"{PERU} urged/VBD/root>0 Mali/NNP/obj>2 to/TO/mark>5 arm/VB/xcomp>2 Chile/NNP/obj>5",
        ["Peru APPEAL Mali asserted", "Mali AID Chile requested by Peru"],
    ),
    (
        "a request not to do leaves the appeal alone",
        f"{PERU} urged/VBD/root>0 Mali/NNP/obj>2 not/RB/advmod>6 to/TO/mark>6 arm/VB/xcomp>2 Chile/NNP/obj>6",
        ["Peru APPEAL Mali asserted"],
    ),
    (
        "who wants to join is a candidate",
        f"{PERU} wants/VBZ/root>0 to/TO/mark>4 join/VB/xcomp>2 NATO/NNP/obj>4",
        ["Peru CANDIDATE NATO asserted"],
    ),
    ("who wants to help agrees", f"{PERU} wants/VBZ/root>0 {TO_ARM}", ["Peru AGREE Chile asserted"]),
    ("who wants to attack plans", f"{PERU} wants/VBZ/root>0 {TO_ATTACK}", ["Peru ASSAULT Chile planned"]),
    (
        "denial",
        f"{PERU} denied/VBD/root>0 attacking/VBG/xcomp>2 Chile/NNP/obj>3",
        ["Peru ASSAULT Chile negated by Peru"],
    ),
    (
        "claim",
        f"{PERU} said/VBD/root>0 Mali/NNP/nsubj>4 attacked/VBD/ccomp>2 Chile/NNP/obj>4",
        ["Mali ASSAULT Chile asserted by Peru"],
    ),
    (
        "claim of a refusal",
        f"{PERU} said/VBD/root>0 Mali/NNP/nsubj>4 refused/VBD/ccomp>2 to/TO/mark>6 arm/VB/xcomp>4 Chile/NNP/obj>6",
        ["Mali REJECT Chile asserted by Peru"],
    ),
    (
        "accusation of an act",
        f"{PERU} accused/VBD/root>0 Mali/NNP/obj>2 of/IN/mark>5 attacking/VBG/advcl>2 Chile/NNP/obj>5",
        ["Peru ACCUSE Mali asserted", "Mali ASSAULT Chile asserted by Peru"],
    ),
]


@pytest.mark.parametrize(("text", "statements"), [pytest.param(text, s, id=name) for name, text, s in OUTER])
def test_operators(text: str, statements: list[str]) -> None:
    assert stated(text, LEXICON) == statements


@pytest.mark.parametrize(
    ("text", "statements"),
    [
        pytest.param(
            "Chile/NNP/nsubj>3 must/MD/aux>3 leave/VB/ccomp>7 Mali/NNP/obj>3 ,/,/punct>3 Peru/NNP/nsubj>7 said/VBD/root>0",
            ["Peru REQUEST Chile asserted"],
            id="must",
        ),
        pytest.param(
            "Peru/NNP/nsubj>2 said/VBD/root>0 that/IN/mark>6 Chile/NNP/nsubj>6 should/MD/aux>6 leave/VB/ccomp>2 Mali/NNP/obj>6",
            ["Peru APPEAL Chile asserted"],
            id="should",
        ),
        pytest.param(
            "Peru/NNP/nsubj>2 said/VBD/root>0 Chile/NNP/nsubj>4 needs/VBZ/ccomp>2 to/TO/mark>6 leave/VB/xcomp>4",
            ["Peru REQUEST Chile asserted"],
            id="needs to",
        ),
        pytest.param(
            "Chile/NNP/nsubj>3 must/MD/aux>3 leave/VB/root>0 ,/,/punct>3 Peru/NNP/nsubj>6 said/VBD/parataxis>3",
            ["Peru REQUEST Chile asserted"],
            id="in parenthesis",
        ),
        pytest.param("Peru/NNP/nsubj>2 said/VBD/root>0 Chile/NNP/nsubj>5 had/VBD/aux>5 left/VBN/ccomp>2", [], id="had is no duty"),
        pytest.param("Chile/NNP/nsubj>3 must/MD/aux>3 leave/VB/root>0", [], id="nobody says so"),
    ],
)
def test_duties(text: str, statements: list[str]) -> None:
    assert stated(text, LEXICON) == statements


def of(text: str) -> list[Proposal]:
    tree = parse(text)
    phrases, links = linked(tree)
    return propose(tree, LEXICON, phrases, links)


def test_verbs_are_surer_than_nouns_and_assertions_surer_than_others() -> None:
    (verb,) = of("Peru/NNP/nsubj>2 attacked/VBD/root>0 Chile/NNP/obj>2")
    (noun,) = of("an/DT/det>2 attack/NN/root>0 by/IN/case>4 Peru/NNP/nmod>2 on/IN/case>6 Chile/NNP/nmod>2")
    (possible,) = of("Peru/NNP/nsubj>3 may/MD/aux>3 attack/VB/root>0 Chile/NNP/obj>3")
    assert 1 >= verb.confidence > noun.confidence > 0
    assert verb.confidence > possible.confidence > 0
    assert (verb.rule, noun.rule) == ("verb", "noun")


def test_triggers_and_their_order() -> None:
    found = of(f"{PERU} urged/VBD/root>0 Mali/NNP/obj>2 to/TO/mark>5 arm/VB/xcomp>2 Chile/NNP/obj>5")
    assert [p.trigger for p in found] == [1, 4]
    assert found == of(f"{PERU} urged/VBD/root>0 Mali/NNP/obj>2 to/TO/mark>5 arm/VB/xcomp>2 Chile/NNP/obj>5")


def test_the_same_pair_and_relation_is_stated_once() -> None:
    text = f"{PERU} attacked/VBD/root>0 Chile/NNP/obj>2 and/CC/cc>5 attacked/VBD/conj>2 Chile/NNP/obj>5"
    assert len({(p.source, p.relation, p.target, p.status) for p in of(text)}) == len(of(text))


def test_a_sentence_within_a_quotation_is_its_speakers() -> None:
    first = parse("Peru/NNP/nsubj>2 said/VBD/root>0 :/:/punct>2 “/``/punct>5 Enough/JJ/ccomp>2")
    second = parse("Chile/NNP/nsubj>2 attacked/VBD/root>0 Mali/NNP/obj>2", index=1, begin=40)
    third = parse("Chile/NNP/nsubj>3 must/MD/aux>3 leave/VB/root>0 ”/''/punct>3", index=2, begin=80)
    sentences = (first, second, third)
    read = [linked(tree) for tree in sentences]
    phrases, links = [p for some, _ in read for p in some], [link for _, some in read for link in some]
    quoting = quoting_phrases(sentences, LEXICON, phrases, links)
    assert quoting == {1: 0, 2: 0}
    for tree, expected in ((second, "Chile ASSAULT Mali asserted by Peru"), (third, "Peru REQUEST Chile asserted")):
        own = [i for i, p in enumerate(phrases) if p.tree == tree.index]
        chosen = [*own, quoting[tree.index]]
        here = [links[i] for i in chosen]
        found = propose(tree, LEXICON, [phrases[i] for i in chosen], here, len(own))
        assert [in_words(p, here) for p in found] == [expected]
