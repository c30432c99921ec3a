"""Which rows of the act lexicon fit a word in its place."""

from __future__ import annotations

import pytest

from kg.codebook import RELATIONS
from kg.extract.lexicon import load_lexicon, read_rows
from kg.extract.words import word_set
from tests.parsed import lexicon_of

LEXICON = lexicon_of(
    """
    lift,VERB,,,obj,SUPPORT,weak
    lift,VERB,,ban|sanction,on|against,CONCEDE,
    back,VERB,up,,obj,SUPPORT,
    back,VERB,,,obj,SUPPORT,weak|speech
    agree,VERB,on,pact|deal,with,AGREE,reciprocal
    give,VERB,,*,iobj|to,AID,
    """,
    """
    rule,VERB,out,refuse,
    rule,VERB,,claim,
    ask,VERB,,ask,obj
    """,
    "launch carry",
)


def relations(lemma: str, *particles: str, objects: tuple[str, ...] = (), **complements: set[str]) -> list[str]:
    rows = LEXICON.acts_of(lemma, "VERB", particles, objects, complements)
    return [f"{r.relation} {'|'.join(r.slots)}" for r in rows]


def test_cells_become_tuples_and_sets() -> None:
    (row,) = LEXICON.acts_of("agree", "VERB", ("on",), ("deal",))
    assert (row.lemma, row.pos, row.particle, row.slots, row.relation) == ("agree", "VERB", "on", ("with",), "AGREE")
    assert row.objects == {"pact", "deal"}
    assert row.flags == {"reciprocal"}
    assert LEXICON.light == {"launch", "carry"}


def test_the_most_specific_row_comes_first() -> None:
    assert relations("lift", objects=("ban",)) == ["CONCEDE on|against", "SUPPORT obj"]
    assert relations("lift", objects=("box",)) == ["SUPPORT obj"]
    assert [r.specificity for r in LEXICON.acts_of("back", "VERB", ("up",))] == [1, 0]


def test_a_particle_is_needed_where_a_row_has_one() -> None:
    assert relations("back") == ["SUPPORT obj"]
    assert len(relations("back", "up")) == 2
    assert relations("agree", objects=("pact",)) == []


def test_a_prepositional_complement_does_for_a_particle_if_its_noun_fits() -> None:
    assert relations("agree", on={"pact"}) == ["AGREE with"]
    assert relations("agree", on={"menu"}) == []
    assert relations("agree", to={"pact"}) == []


def test_any_object() -> None:
    assert relations("give", objects=("hope",)) == ["AID iobj|to"]
    assert relations("give") == []


def test_unknown_words_and_other_parts_of_speech_have_no_rows() -> None:
    assert relations("sing") == []
    assert LEXICON.acts_of("lift", "NOUN") == []


@pytest.mark.parametrize(("particles", "kind"), [((), "claim"), (("out",), "refuse"), (("in",), "claim")])
def test_an_operator_with_its_particle_wins(particles: tuple[str, ...], kind: str) -> None:
    found = LEXICON.operator("rule", "VERB", particles)
    assert found is not None
    assert found.kind == kind


def test_no_operator() -> None:
    assert LEXICON.operator("sing", "VERB", ()) is None
    assert LEXICON.operator("ask", "NOUN", ()) is None


def test_comments_and_empty_lines_are_no_rows() -> None:
    assert list(read_rows(["# a remark", "lemma,pos", "", "ask,VERB", "# another", "raid,NOUN"])) == [
        {"lemma": "ask", "pos": "VERB"},
        {"lemma": "raid", "pos": "NOUN"},
    ]


def test_the_shipped_lexicon_knows_every_relation() -> None:
    lexicon = load_lexicon()
    assert {row.relation for rows in lexicon.acts.values() for row in rows} == set(RELATIONS)
    assert load_lexicon() is lexicon
    assert "launch" in lexicon.light


def test_every_operator_kind_that_the_rules_know_is_in_use() -> None:
    kinds = {row.kind for rows in load_lexicon().operators.values() for row in rows}
    assert kinds == {
        "refuse", "threaten", "promise", "plan", "want", "deny", "fail", "transparent", "consider", "prevent", "ask", "demand", "claim",
        "cause", "allow", "stop",
    }  # fmt: skip


def test_word_sets() -> None:
    assert "promise" in word_set("subject-control")
    assert "series" in word_set("quantity")
    with pytest.raises(KeyError):
        word_set("no such set")
