"""Deep subjects and objects in passives, relative clauses, control, coordination and headlines."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from kg.extract.roles import (
    antecedent,
    is_headline_future,
    is_passive,
    meant,
    noun_subjects,
    particles,
    prepositional,
    roles,
    surface_subjects,
)
from kg.extract.tree import Tree
from tests.parsed import parse


def words(tree: Tree, tokens: Iterable[int]) -> str:
    return " ".join(tree.words[t] for t in tokens)


def at(tree: Tree, word: str) -> int:
    return tree.words.index(word)


ACTIVE = "Peru/NNP/nsubj>2 urged/VBD/root>0 Chile/NNP/obj>2 to/TO/mark>5 leave/VB/xcomp>2 Bolivia/NNP/obj>5"
PASSIVE = "Peru/NNP/nsubj:pass>3 was/VBD/aux:pass>3 urged/VBN/root>0 by/IN/case>5 Chile/NNP/obl:agent>3"
GIVEN = (
    "Mali/NNP/nsubj:pass>3 was/VBD/aux:pass>3 offered/VBN/root>0 training/NN/obj>3 by/IN/case>6 Italy/NNP/nmod>4"  # "by" under the object
)
SHARED = "Peru/NNP/nsubj>2 criticised/VBD/root>0 and/CC/cc>5 later/RB/advmod>5 sanctioned/VBD/conj>2 Iran/NNP/obj>5"
OWN_SUBJECT = "Peru/NNP/nsubj>2 acted/VBD/root>0 and/CC/cc>5 Chile/NNP/nsubj>5 sanctioned/VBD/conj>2 Iran/NNP/obj>5"
RELATIVE = "Peru/NNP/nsubj>5 ,/,/punct>4 which/WDT/nsubj>4 attacked/VBD/acl:relcl>1 Chile/NNP/obj>4 ,/,/punct>1 protested/VBD/root>0"
RELATIVE_OBJECT = "Peru/NNP/nsubj>7 ,/,/punct>5 which/WDT/obj>5 Chile/NNP/nsubj>5 attacked/VBD/acl:relcl>1 ,/,/punct>1 protested/VBD/root>0"
BARE_RELATIVE = "The/DT/det>2 deal/NN/nsubj>6 Peru/NNP/nsubj>4 rejected/VBD/acl:relcl>2 was/VBD/cop>6 old/JJ/root>0"
REDUCED = "Troops/NNS/nsubj>5 backed/VBN/acl>1 by/IN/case>4 Chad/NNP/obl:agent>2 attacked/VBD/root>0 Mali/NNP/obj>5"
BOTH_PASSIVE = (
    "Chad/NNP/nsubj:pass>3 was/VBD/aux:pass>3 accused/VBN/root>0 and/CC/cc>5 sanctioned/VBN/conj>3 by/IN/case>7 Mali/NNP/obl:agent>5"
)
PERSUADED = "Peru/NNP/nsubj>2 persuaded/VBD/root>0 Chile/NNP/obj>2 to/TO/mark>5 arm/VB/xcomp>2 Mali/NNP/obj>5"
PROMISED = "Peru/NNP/nsubj>2 promised/VBD/root>0 Chile/NNP/obj>2 to/TO/mark>5 arm/VB/xcomp>2 Mali/NNP/obj>5"
WANTS = "Peru/NNP/nsubj>2 wants/VBZ/root>0 to/TO/mark>4 arm/VB/xcomp>2 Chile/NNP/obj>4"
STOPPED = "Peru/NNP/nsubj>2 stopped/VBD/root>0 Mali/NNP/obj>2 from/IN/mark>5 joining/VBG/advcl>2 Chile/NNP/obj>5"
CALLED = "Peru/NNP/nsubj>2 called/VBD/root>0 on/IN/case>4 Chile/NNP/obl>2 to/TO/mark>6 attack/VB/advcl>2 Mali/NNP/obj>6"
DECISION = (
    "Peru/NNP/nmod:poss>3 's/POS/case>1 decision/NN/nsubj>7 to/TO/mark>5 attack/VB/acl>3 Chile/NNP/obj>5 angered/VBD/root>0 Mali/NNP/obj>7"
)
TOOK_DECISION = "Peru/NNP/nsubj>2 took/VBD/root>0 a/DT/det>4 decision/NN/obj>2 to/TO/mark>6 attack/VB/acl>4 Chile/NNP/obj>6"
HEADLINE = "Macron/NNP/root>0 to/TO/mark>3 visit/VB/acl>1 Mali/NNP/obj>3"
HEADLINE_ROOT = "Macron/NNP/nsubj>3 to/TO/mark>3 visit/VB/root>0 Mali/NNP/obj>3"
MEANS = "Chad/NNP/nsubj>2 threatened/VBD/root>0 Mali/NNP/obj>2 by/IN/mark>5 massing/VBG/advcl>2 troops/NNS/obj>5"
ACCUSED = "Chad/NNP/nsubj:pass>3 is/VBZ/aux:pass>3 accused/VBN/root>0 of/IN/mark>5 attacking/VBG/advcl>3 Mali/NNP/obj>5"
FIRST = "She/PRP/nsubj>4 is/VBZ/cop>4 the/DT/det>4 first/JJ/root>0 to/TO/mark>6 lead/VB/acl>4 Mali/NNP/obj>6"
RECIPIENT = "Peru/NNP/nsubj>2 gave/VBD/root>0 Chile/NNP/iobj>2 aid/NN/obj>2"


@pytest.mark.parametrize(
    ("text", "verb", "agents", "patients", "recipients"),
    [
        pytest.param(ACTIVE, "urged", "Peru", "Chile", "", id="active"),
        pytest.param(RECIPIENT, "gave", "Peru", "aid", "Chile", id="indirect object"),
        pytest.param(PASSIVE, "urged", "Chile", "Peru", "", id="by-agent of a passive"),
        pytest.param(GIVEN, "offered", "Italy", "training", "Mali", id="passive of giving: the subject receives"),
        pytest.param(SHARED, "criticised", "Peru", "Iran", "", id="shared object"),
        pytest.param(SHARED, "sanctioned", "Peru", "Iran", "", id="shared subject"),
        pytest.param(OWN_SUBJECT, "acted", "Peru", "", "", id="a conjunct with its own subject shares nothing"),
        pytest.param(OWN_SUBJECT, "sanctioned", "Chile", "Iran", "", id="own subject"),
        pytest.param(RELATIVE, "attacked", "Peru", "Chile", "", id="relative subject"),
        pytest.param(RELATIVE_OBJECT, "attacked", "Chile", "Peru", "", id="relative object"),
        pytest.param(BARE_RELATIVE, "rejected", "Peru", "deal", "", id="relative without pronoun"),
        pytest.param(REDUCED, "backed", "Chad", "Troops", "", id="participle after its noun"),
        pytest.param(REDUCED, "attacked", "Troops", "Mali", "", id="clause around a participle"),
        pytest.param(BOTH_PASSIVE, "sanctioned", "Mali", "Chad", "", id="second of two passives"),
        pytest.param(PERSUADED, "arm", "Chile", "Mali", "", id="object control"),
        pytest.param(PROMISED, "arm", "Peru", "Mali", "", id="subject control"),
        pytest.param(WANTS, "arm", "Peru", "Chile", "", id="open complement without object"),
        pytest.param(STOPPED, "joining", "Mali", "Chile", "", id="stopped Mali from"),
        pytest.param(CALLED, "attack", "Chile", "Mali", "", id="called on Chile to"),
        pytest.param(DECISION, "attack", "Peru", "Chile", "", id="infinitive under a noun with an owner"),
        pytest.param(TOOK_DECISION, "attack", "Peru", "Chile", "", id="infinitive under the object of a verb"),
        pytest.param(HEADLINE, "visit", "Macron", "Mali", "", id="headline infinitive under a name"),
        pytest.param(HEADLINE_ROOT, "visit", "Macron", "Mali", "", id="headline infinitive as root"),
        pytest.param(MEANS, "massing", "Chad", "troops", "", id="by doing"),
        pytest.param(ACCUSED, "attacking", "Chad", "Mali", "", id="accused of doing"),
        pytest.param(FIRST, "lead", "She", "Mali", "", id="the first to"),
    ],
)
def test_roles(text: str, verb: str, agents: str, patients: str, recipients: str) -> None:
    tree = parse(text)
    found = roles(tree, at(tree, verb))
    assert (words(tree, found.agents), words(tree, found.patients), words(tree, found.recipients)) == (agents, patients, recipients)


@pytest.mark.parametrize(
    ("text", "verb", "passive"),
    [
        (ACTIVE, "urged", False),
        (PASSIVE, "urged", True),
        (BOTH_PASSIVE, "sanctioned", True),
        (REDUCED, "backed", True),
        (REDUCED, "attacked", False),
        (SHARED, "sanctioned", False),
        ("Peru/NNP/nsubj>3 has/VBZ/aux>3 urged/VBN/root>0 Chile/NNP/obj>3", "urged", False),
        ("Peru/NNP/nsubj>3 has/VBZ/aux>3 urged/VBN/root>0 Chile/NNP/obj>3 and/CC/cc>6 met/VBN/conj>3 Mali/NNP/obj>6", "met", False),
    ],
)
def test_passive(text: str, verb: str, passive: bool) -> None:
    tree = parse(text)
    assert is_passive(tree, at(tree, verb)) is passive
    assert roles(tree, at(tree, verb)).passive is passive


def test_antecedent_of_a_relative_pronoun() -> None:
    tree = parse(RELATIVE)
    assert antecedent(tree, at(tree, "which")) == at(tree, "Peru")
    assert antecedent(tree, at(tree, "Chile")) == at(tree, "Chile")


def test_antecedent_through_a_complement_within_the_relative_clause() -> None:
    tree = parse("the/DT/det>2 pact/NN/root>0 that/WDT/obj>7 Peru/NNP/nsubj>5 wants/VBZ/acl:relcl>2 to/TO/mark>7 scrap/VB/xcomp>5")
    assert antecedent(tree, at(tree, "that")) == at(tree, "pact")


@pytest.mark.parametrize("text", [HEADLINE, HEADLINE_ROOT])
def test_headline_infinitive(text: str) -> None:
    assert is_headline_future(parse(text), 2)


@pytest.mark.parametrize(("text", "verb"), [(WANTS, "arm"), (DECISION, "attack"), (ACTIVE, "urged")])
def test_no_headline_infinitive(text: str, verb: str) -> None:
    tree = parse(text)
    assert not is_headline_future(tree, at(tree, verb))


@pytest.mark.parametrize(
    ("text", "subjects"),
    [
        ("Peru/NNP/nmod:poss>3 's/POS/case>1 raid/NN/root>0", "Peru"),
        ("the/DT/det>2 raid/NN/root>0 by/IN/case>4 Peru/NNP/nmod>2", "Peru"),
        ("the/DT/det>3 Peru/NNP/compound>3 raid/NN/root>0", "Peru"),
        ("Peru/NNP/nsubj>2 planned/VBD/root>0 the/DT/det>4 raid/NN/obj>2", "Peru"),
        ("the/DT/det>2 raid/NN/nsubj>3 angered/VBD/root>0 Peru/NNP/obj>3", ""),
    ],
)
def test_who_does_what_a_noun_reports(text: str, subjects: str) -> None:
    tree = parse(text)
    assert words(tree, noun_subjects(tree, at(tree, "raid"))) == subjects


def test_a_clause_without_any_subject_has_none() -> None:
    tree = parse("Attack/VB/root>0 Mali/NNP/obj>1 !/./punct>1")
    assert surface_subjects(tree, 0) == []
    assert roles(tree, 0).agents == ()


def test_prepositional_complements_leave_out_agents_and_owners() -> None:
    tree = parse("fell/VBD/root>0 to/IN/case>3 Chad/NNP/obl>1 by/IN/case>5 Mali/NNP/obl:agent>1 to/IN/case>7 Niger/NNP/nmod>1")
    assert words(tree, prepositional(tree, 0, "to")) == "Chad Niger"
    assert prepositional(tree, 0, "by") == []


def test_the_noun_that_is_meant() -> None:
    tree = parse("a/DT/det>2 series/NN/root>0 of/IN/case>4 dozens/NNS/nmod>2 of/IN/case>6 strikes/NNS/nmod>4 of/IN/case>8 Chad/NNP/nmod>6")
    assert meant(tree, 1) == at(tree, "strikes")
    assert meant(tree, at(tree, "strikes")) == at(tree, "strikes")


def test_particles_and_short_adverbs() -> None:
    tree = parse("Chad/NNP/nsubj>2 pulled/VBD/root>0 back/RB/advmod>2 out/RP/compound:prt>2 yesterday/RB/advmod>2")
    assert particles(tree, 1) == ["back", "out"]
