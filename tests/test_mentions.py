"""Own mentions in sentences through parser, phrases and linker: how many are right, how many are linked to a wrong actor, by kind."""

from __future__ import annotations

from collections import Counter

import pytest

from kg.link import Catalogue
from tests.mentions import FILE, Verdict, answers, read_cases

RIGHT, WRONG = 0.92, 0.04
LATER = FILE.with_name("mentions_later.txt")
CASES = read_cases()


def test_the_set_is_large_and_sound() -> None:
    catalogue = Catalogue.load()
    assert len(CASES) >= 300
    assert len({case.kind for case in CASES}) >= 15
    for case in CASES:
        for name in case.answer.split("@") if case.answer not in ("-", "-~", "place") and case.answer[0] != "~" else ():
            assert not name.strip() or catalogue.find(name.strip()), f"line {case.line}: {name!r} is no name of the catalogue"


@pytest.fixture(scope="module")
def verdicts(models_once: None) -> list[tuple[str, str, Verdict]]:
    return [
        (case.kind, f"line {case.line}: {case.words!r} -> {link.actor.label if link and link.actor else None}", verdict)
        for case, link, verdict in answers(CASES)
    ]


def test_mentions_in_sentences(verdicts: list[tuple[str, str, Verdict]]) -> None:
    shown = "\n".join(f"{verdict} {kind} {said}" for kind, said, verdict in verdicts if verdict != "right")
    count = Counter(verdict for _, _, verdict in verdicts)
    assert count["right"] / len(verdicts) >= RIGHT, shown
    assert count["wrong"] / len(verdicts) <= WRONG, shown


def test_mentions_that_were_written_later(models_once: None) -> None:
    """Read once before any rule changed for them (benchmarks/linking.md); since then they are to stay right."""
    verdicts = Counter(verdict for _, _, verdict in answers(read_cases(LATER)))
    assert verdicts["right"] / verdicts.total() >= RIGHT
    assert verdicts["wrong"] / verdicts.total() <= WRONG


def test_no_kind_lags_behind(verdicts: list[tuple[str, str, Verdict]]) -> None:
    total = Counter(kind for kind, _, _ in verdicts)
    right = Counter(kind for kind, _, verdict in verdicts if verdict == "right")
    assert {kind for kind in total if right[kind] / total[kind] < 0.75 and total[kind] > 5} == set()
