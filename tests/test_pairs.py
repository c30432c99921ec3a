"""The relation of a given pair."""

from __future__ import annotations

import pytest

from kg.extract.pairs import NONE, Judgement, judge_pair
from kg.model import Span
from tests.parsed import lexicon_of, parse

LEXICON = lexicon_of(
    """
    arm,VERB,,,obj,AID,
    attack,VERB,,,obj,ASSAULT,
    attack,NOUN,,,on,ASSAULT,
    meet,VERB,,,obj|with,CONSULT,reciprocal
    thank,VERB,,,obj,SUPPORT,
    """,
    """
    refuse,VERB,,refuse,
    threaten,VERB,,threaten,
    """,
)
ATTACK = "Peru/NNP/nsubj>2 attacked/VBD/root>0 Chile/NNP/obj>2 near/IN/case>5 Mali/NNP/obl>2"
REFUSED = "Peru/NNP/nsubj>2 refused/VBD/root>0 to/TO/mark>4 arm/VB/xcomp>2 Chile/NNP/obj>4"
UNKNOWN = "Peru/NNP/nsubj>2 refused/VBD/root>0 to/TO/mark>4 paint/VB/xcomp>2 a/DT/det>6 wall/NN/obj>4 in/IN/case>8 Chile/NNP/nmod>6"
NOTHING = "Peru/NNP/nsubj>2 borders/VBZ/root>0 Chile/NNP/obj>2"


def judge(text: str, source: str, target: str, allowed: tuple[str, ...] | None = None) -> Judgement:
    tree = parse(text, begin=7)
    spans = [Span(tree.begins[i], tree.ends[i]) for i in (tree.words.index(source), tree.words.index(target))]
    return judge_pair([tree], LEXICON, spans[0], spans[1], allowed)


@pytest.mark.parametrize(
    ("text", "source", "target", "relation", "status"),
    [
        (ATTACK, "Peru", "Chile", "ASSAULT", "asserted"),
        (REFUSED, "Peru", "Chile", "REJECT", "asserted"),
        (
            ATTACK.replace("attacked/VBD/root>0", "attacked/VBD/root>0 not/RB/advmod>2").replace("5 Mali", "6 Mali"),
            "Peru",
            "Chile",
            "ASSAULT",
            "negated",
        ),
        (NOTHING, "Peru", "Chile", NONE, "asserted"),
    ],
)
def test_what_the_rules_read(text: str, source: str, target: str, relation: str, status: str) -> None:
    found = judge(text, source, target)
    assert (found.relation, found.status) == (relation, status)
    assert 0 <= found.confidence <= 1


def test_the_nearest_act_where_no_rule_has_both() -> None:
    found = judge(ATTACK, "Peru", "Mali")
    assert found.relation == "ASSAULT"
    assert found.confidence < judge(ATTACK, "Peru", "Chile").confidence


def test_a_refusal_of_no_known_act() -> None:
    assert judge(UNKNOWN, "Peru", "Chile").relation == "REJECT"


def test_only_what_is_allowed_is_answered() -> None:
    assert judge(ATTACK, "Peru", "Chile", ("AID", NONE)).relation == NONE
    assert judge(ATTACK, "Peru", "Chile", ("AID", "CONSULT")) == Judgement("CONSULT", "asserted", 0.1)
    assert judge(ATTACK, "Peru", "Chile", ("AID", "ACCUSE")) == Judgement("ACCUSE", "asserted", 0.1)
    assert judge(ATTACK, "Peru", "Chile", ("AID", "ASSAULT")).relation == "ASSAULT"


def test_a_pair_outside_every_sentence_has_no_relation() -> None:
    assert judge_pair([parse(ATTACK)], LEXICON, Span(900, 904), Span(905, 909), None).relation == NONE
    assert judge_pair([], LEXICON, Span(0, 4), Span(5, 9), None).relation == NONE


def test_ends_in_different_sentences_have_no_relation() -> None:
    first = parse(ATTACK)
    second = parse("Chad/NNP/nsubj>2 fell/VBD/root>0", index=1, begin=100)
    assert judge_pair([first, second], LEXICON, Span(0, 4), Span(100, 104), None).relation == NONE
