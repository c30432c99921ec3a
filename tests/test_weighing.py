"""Rules and relation model weighed together: which pairs are asked, what speaks for a candidate, and which stand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from kg.codebook import RELATIONS
from kg.extract.proposals import propose
from kg.extract.weighing import (
    MODEL_RULE,
    MOST_PAIRS,
    Candidate,
    Opinion,
    Weights,
    asked_pairs,
    candidates,
    load_weights,
    probability,
    weighed,
)
from kg.model import Link, Status
from tests.parsed import lexicon_of, linked, parse

LEXICON = lexicon_of("thank,VERB,,,obj,SUPPORT,")
GHANA = "Ghana/NNP/nsubj>2 met/VBD/root>0 while/IN/mark>5 Kenya/NNP/nsubj>5 thanked=thank/VBD/advcl>2 Togo/NNP/obj>5"
SURE = Weights({"one": 2.0}, {"one": 0.0, "log none": -1.0}, {"known": 0.5, "all": 0.3})


def opinion(source: int, target: int, relation: str, sure: float, status: Status = "asserted") -> Opinion:
    rest = (1 - sure) / 2
    given = dict.fromkeys((*RELATIONS, "NONE"), rest / len(RELATIONS)) | {relation: sure, "NONE": rest}
    return Opinion(source, target, given, status)


def names(links: Sequence[Link], pair: tuple[int, int]) -> tuple[str, str]:
    a, b = (links[i].actor for i in pair)
    assert a is not None
    assert b is not None
    return a.label, b.label


def test_every_ordered_pair_of_two_actors_is_asked_once() -> None:
    tree = parse(GHANA)
    phrases, links = linked(tree)
    asked = [names(links, pair) for pair in asked_pairs(tree, phrases, links)]
    assert sorted(asked) == sorted((a, b) for a in ("Ghana", "Kenya", "Togo") for b in ("Ghana", "Kenya", "Togo") if a != b)


def test_of_two_mentions_of_an_actor_the_nearer_is_asked() -> None:
    tree = parse("Ghana/NNP/nsubj>2 said=say/VBD/root>0 that/IN/mark>5 Ghana/NNP/nsubj>5 thanked=thank/VBD/ccomp>2 Togo/NNP/obj>5")
    phrases, links = linked(tree)
    assert [phrases[s].token for s, t in asked_pairs(tree, phrases, links) if names(links, (s, t)) == ("Ghana", "Togo")] == [3]


def test_a_crowded_sentence_is_asked_of_its_nearest_pairs() -> None:
    states = "Ghana Kenya Togo Mali Niger Chad Peru Chile".split()
    words = [f"{state}/NNP/{'nsubj>9' if i == 0 else 'conj>1'}" for i, state in enumerate(states)]
    tree = parse(" ".join([*words, "met=meet/VBD/root>0"]))
    phrases, links = linked(tree)
    asked = asked_pairs(tree, phrases, links)
    assert len(asked) == MOST_PAIRS
    assert max(abs(phrases[s].token - phrases[t].token) for s, t in asked) < len(states) - 1


def test_the_model_proposes_where_the_rules_are_silent() -> None:
    tree = parse(GHANA)
    phrases, links = linked(tree)
    by = {names(links, pair): pair for pair in asked_pairs(tree, phrases, links)}
    opinions = [opinion(*by["Ghana", "Togo"], "AID", 0.7), opinion(*by["Kenya", "Togo"], "SUPPORT", 0.9)]
    rules = propose(tree, LEXICON, phrases, links)
    found = candidates(tree, LEXICON, phrases, links, rules, opinions)
    assert [
        (names(links, (c.proposal.source, c.proposal.target)), c.proposal.relation) for c in found if c.proposal.rule == MODEL_RULE
    ] == [(("Ghana", "Togo"), "AID")]
    [rule] = [c for c in found if c.proposal.rule != MODEL_RULE]
    assert (rule.proposal.relation, rule.features["no opinion"]) == ("SUPPORT", 0.0)
    assert rule.features["log relation"] == pytest.approx(-0.105, abs=0.01)


def test_a_rule_without_an_opinion_says_so() -> None:
    tree = parse(GHANA)
    phrases, links = linked(tree)
    [found] = candidates(tree, LEXICON, phrases, links, propose(tree, LEXICON, phrases, links), [])
    assert found.features["no opinion"] == 1.0


def test_what_the_model_finds_unlikely_is_no_candidate() -> None:
    tree = parse(GHANA)
    phrases, links = linked(tree)
    [pair, *_] = asked_pairs(tree, phrases, links)
    given = dict.fromkeys((*RELATIONS, "NONE"), 0.001) | {"NONE": 0.97}
    assert candidates(tree, LEXICON, phrases, links, [], [Opinion(*pair, given, "asserted")]) == []


def of_model(found: list[Candidate], source: int, target: int, relation: str, log_none: float) -> Candidate:
    """A candidate of the model as the first one is, with other ends."""
    p = replace(found[0].proposal, source=source, target=target, relation=relation, rule=MODEL_RULE)
    return Candidate(p, {"one": 1.0, "log none": log_none})


@pytest.fixture
def scene() -> tuple[list[Candidate], list[Link]]:
    tree = parse(GHANA)
    phrases, links = linked(tree)
    return candidates(tree, LEXICON, phrases, links, propose(tree, LEXICON, phrases, links), []), list(links)


def told(found: list[Candidate], links: list[Link], floor: float) -> list[tuple[int, str, int, float]]:
    return [(p.source, p.relation, p.target, round(p.confidence, 2)) for p in weighed(found, links, SURE, floor)]


def test_rules_stand_whatever_the_floor(scene: tuple[list[Candidate], list[Link]]) -> None:
    found, links = scene
    p = found[0].proposal
    assert told(found, links, 1.0) == [(p.source, "SUPPORT", p.target, 0.88)]


def test_the_model_needs_the_floor(scene: tuple[list[Candidate], list[Link]]) -> None:
    found, links = scene
    ghana = next(i for i, link in enumerate(links) if link.actor and link.actor.label == "Ghana")
    more = [*found, of_model(found, ghana, found[0].proposal.target, "AID", -1.0)]
    assert len(told(more, links, 0.7)) == 2
    assert told(more, links, 0.75) == told(found, links, 0.75)


def test_of_two_readings_of_a_pair_the_surer_stands(scene: tuple[list[Candidate], list[Link]]) -> None:
    found, links = scene
    p = found[0].proposal
    weak, strong = of_model(found, p.source, p.target, "AID", -1.0), of_model(found, p.source, p.target, "AID", -4.0)
    assert [r for _, r, _, _ in told([*found, weak], links, 0.1)] == ["SUPPORT"]
    assert [r for _, r, _, _ in told([*found, strong], links, 0.1)] == ["AID"]


def test_an_act_turned_round_is_told_once(scene: tuple[list[Candidate], list[Link]]) -> None:
    found, links = scene
    p = found[0].proposal
    assert told([*found, of_model(found, p.target, p.source, "SUPPORT", -4.0)], links, 0.1) == told(found, links, 0.1)


def test_shipped_weights_are_read_and_name_features_that_exist(scene: tuple[list[Candidate], list[Link]]) -> None:
    weights = load_weights()
    assert set(weights.floors) == {"known", "all"}
    assert 0 < probability(weights.rule, scene[0][0].features) < 1
    assert set(scene[0][0].features) <= set(weights.rule)


def test_weights_are_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "weights.json"
    path.write_text(json.dumps({"rule": {"one": 1.0}, "model": {}, "floors": {"known": 0.5, "all": 0.2}}), encoding="utf-8")
    assert load_weights(path) == Weights({"one": 1.0}, {}, {"known": 0.5, "all": 0.2})
