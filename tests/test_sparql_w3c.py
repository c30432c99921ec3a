"""The W3C's SPARQL 1.1 tests through our API: nothing may fail that the engine passes, but what is refused on purpose."""

from __future__ import annotations

from collections import Counter

import pytest

from benchmarks.sparql import SUITE, Answer, Case, Outcome, is_refused, on_engine, read_cases, read_csv, through_api
from kg.query.guard import solid_tokens
from kg.query.hints import KEYWORDS

suite = pytest.mark.skipif(not SUITE.is_dir(), reason="the W3C's tests are not beside this checkout")
PASSED_BY_THE_ENGINE = 486
"""Of 498, by pyoxigraph 0.5.13."""


@pytest.fixture(scope="module")
def outcomes() -> list[tuple[Case, Outcome, Outcome]]:
    return [(case, on_engine(case), through_api(case, None)) for case in read_cases(SUITE)]


@suite
def test_no_worse_than_the_engine(outcomes: list[tuple[Case, Outcome, Outcome]]) -> None:
    assert len(outcomes) == 498
    assert sum(engine.state == "passed" for _, engine, _ in outcomes) >= PASSED_BY_THE_ENGINE
    worse = {case.name: api for case, engine, api in outcomes if engine.state == "passed" and api.state != "passed"}
    assert {name: api.said.split(" is refused")[0] for name, api in worse.items()} == {
        f"syntax-fed/test_{number}": "SERVICE" for number in (1, 2, 3)
    }


@suite
def test_every_part_is_there(outcomes: list[tuple[Case, Outcome, Outcome]]) -> None:
    assert Counter(case.kind for case, _, _ in outcomes) == {
        "query": 235, "syntax": 66, "bad syntax": 48, "update": 94, "update syntax": 42, "bad update syntax": 13,
    }  # fmt: skip


@suite
def test_every_update_of_the_suite_is_refused_as_a_query() -> None:
    updates = [case for case in read_cases(SUITE) if case.kind in {"update", "update syntax"}]
    assert [case.name for case in updates if not is_refused(case)] == []


@suite
def test_the_hints_know_every_word_of_the_language() -> None:
    """Else a valid word would be named as the mistake."""
    texts = (case.text() for case in read_cases(SUITE) if case.kind in {"query", "syntax"} and case.folder != "syntax-fed")
    words = {token.lower() for text in texts for kind, token in solid_tokens(text) if kind == "word" and token[0].isalpha()}
    assert words - KEYWORDS == set()


# --- the comparison itself can fail


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ([(("l", "1"), ("b", "x"))], [(("l", "1"), ("b", "y"))], True),
        ([(("b", "x"), ("b", "x"))], [(("b", "x"), ("b", "y"))], False),
        ([(("b", "x"), ("b", "y"))], [(("b", "x"), ("b", "x"))], False),
        ([(("l", "1"), None)], [(("l", "1"), ("l", ""))], False),
        ([(("l", "1"), ("l", "2"))] * 2, [(("l", "1"), ("l", "2"))], False),
        ([(("b", "x"), ("l", "1")), (("b", "y"), ("l", "2"))], [(("b", "p"), ("l", "2")), (("b", "q"), ("l", "1"))], True),
    ],
)
def test_comparison_of_answers(one: list[tuple[object, ...]], other: list[tuple[object, ...]], same: bool) -> None:
    assert Answer(("a", "b"), one).same_as(Answer(("a", "b"), other)) is same  # type: ignore[arg-type]


def test_columns_may_stand_in_any_order() -> None:
    assert read_csv("a,b\r\n1,2\r\n").same_as(read_csv("b,a\r\n2,1\r\n"))
    assert not read_csv("a,b\r\n1,2\r\n").same_as(read_csv("b,a\r\n1,2\r\n"))
    assert not read_csv("a,b\r\n1,2\r\n").same_as(read_csv("a,c\r\n1,2\r\n"))
