"""What rules and models say of a marked pair together; with the shipped files."""

from __future__ import annotations

import math

import pytest

from kg.classifier import Classifier, PairWeights, decide, weighed


@pytest.fixture(scope="module")
def free(models_once: None) -> Classifier:
    return Classifier()


@pytest.fixture(scope="module")
def bound(models_once: None) -> Classifier:
    return Classifier(None, ("SANCTION", "COERCE", "SUPPORT", "ASSAULT", "AID", "REJECT"))


def judged(classifier: Classifier, text: str, source: str, target: str) -> tuple[str, str]:
    spans = [(text.index(end), text.index(end) + len(end)) for end in (source, target)]
    answer = classifier.classify(text, spans[0], spans[1])
    return str(answer["relation"]), str(answer["status"])


def test_no_relation_stays_none_where_that_may_be_said(free: Classifier) -> None:
    assert judged(free, "The river flows from Togo past Benin.", "Togo", "Benin")[0] == "NONE"


def test_what_the_syntax_says_stands(free: Classifier) -> None:
    assert judged(free, "Kenya refused to arm Somalia.", "Kenya", "Somalia") == ("REJECT", "asserted")


def test_sanctions_are_sanctions_by_our_codebook(free: Classifier) -> None:
    assert judged(free, "Brussels imposed sanctions on Minsk.", "Brussels", "Minsk")[0] == "SANCTION"


def test_an_answer_is_one_of_those_allowed(bound: Classifier) -> None:
    assert judged(bound, "The river flows from Togo past Benin.", "Togo", "Benin")[0] in (
        "SANCTION",
        "COERCE",
        "SUPPORT",
        "ASSAULT",
        "AID",
        "REJECT",
    )


def test_the_model_reads_what_no_row_of_the_lexicon_says(bound: Classifier) -> None:
    assert len(bound.models) == 2
    text = "Rebels laid an ambush in which seven Kenyan soldiers perished."
    assert judged(bound, text, "Rebels", "seven Kenyan soldiers")[0] == "ASSAULT"


WEIGHTS = PairWeights(1.0, (0.5, 1.0, 2.0), (0.1, 0.2))


def test_the_rules_gain_what_they_are_sure_of() -> None:
    logs = {"ACCUSE": math.log(0.6), "REJECT": math.log(0.3), "AID": math.log(0.1)}
    assert decide(logs, "REJECT", 0.2, WEIGHTS)[0] == "ACCUSE"
    assert decide(logs, "REJECT", 0.8, WEIGHTS)[0] == "REJECT"
    assert weighed(logs, "REJECT", 0.8, WEIGHTS, ("AID", "REJECT")).keys() == {"AID", "REJECT"}
    assert sum(weighed(logs, "NONE", 0.3, WEIGHTS).values()) == pytest.approx(1)


def test_concede_and_retreat_stand_together() -> None:
    logs = {"ACCUSE": math.log(0.36), "CONCEDE": math.log(0.3), "RETREAT": math.log(0.34)}
    relation, sure = decide(logs, "NONE", 0.3, WEIGHTS)
    assert relation == "RETREAT"
    assert sure == pytest.approx(0.64)
