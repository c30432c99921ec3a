"""Shingles, MinHash signatures and the groups that like texts make."""

from __future__ import annotations

import zlib

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.minhash import first_of_groups, minima_of, shingles_of


def test_shingles_ignore_case_and_punctuation() -> None:
    assert shingles_of("The lake, it rose: by a metre.") == shingles_of("the LAKE it rose by a metre")
    assert len(shingles_of("one two three four five")) == 2
    assert shingles_of("one two three") == frozenset()


@given(st.integers(0, 400), st.integers(1, 400), st.integers(1, 400))
@settings(max_examples=40, deadline=None)
def test_share_of_equal_places_estimates_the_jaccard_index(common: int, one: int, other: int) -> None:
    first = {zlib.crc32(f"word {number}".encode()) for number in range(common + one)}
    second = {zlib.crc32(f"word {number}".encode()) for number in (*range(common), *range(10_000, 10_000 + other))}
    estimate = float(np.mean(minima_of(first) == minima_of(second)))
    assert abs(estimate - common / (common + one + other)) < 0.25  # five standard errors of 128 places, and some


def test_a_long_text_is_hashed_in_parts_as_a_whole() -> None:
    values = range(0, 5000, 2)
    parts = [minima_of(set(values[at : at + 700])) for at in range(0, len(values), 700)]
    assert (minima_of(set(values)) == np.minimum.reduce(parts)).all()


def test_groups_bear_the_first_name_and_join_through_chains() -> None:
    minima = {name: minima_of({1, 2, 3}) for name in ("d", "b", "c", "a")} | {"e": minima_of({70, 80, 90})}
    chain = {("a", "b"), ("b", "c")}
    groups = first_of_groups(minima, lambda one, other: (one, other) in chain)
    assert groups == {"a": "a", "b": "a", "c": "a", "d": "d", "e": "e"}
    assert list(groups) == sorted(minima)
    assert first_of_groups(minima, lambda one, other: False) == {name: name for name in minima}


def test_texts_that_share_nothing_are_not_compared() -> None:
    minima = {str(number): minima_of(set(range(number * 100, number * 100 + 50))) for number in range(40)}
    asked: list[tuple[str, str]] = []
    first_of_groups(minima, lambda *pair: bool(asked.append(pair)))
    assert len(asked) < 5  # of 780
