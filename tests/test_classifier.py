"""When the rules decide about a marked pair and when the model joins in; with the shipped files."""

from __future__ import annotations

import pytest

from kg.pipeline import Classifier


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


def test_sanctions_are_sanctions_by_our_codebook(free: Classifier, bound: Classifier) -> None:
    for classifier in (free, bound):
        assert judged(classifier, "Brussels imposed sanctions on Minsk.", "Brussels", "Minsk")[0] == "SANCTION"


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
    assert bound.relations is not None
    text = "Gunmen loyal to the general left four Ugandan policemen dead."
    assert judged(bound, text, "Gunmen loyal to the general", "four Ugandan policemen")[0] == "ASSAULT"
