"""Heads of state and of government, and foreign ministers, on three days: cases/offices.csv, from the catalogue's public sources.

A row names everybody whom a source has in the office on the day (a governor-general beside the monarch, two captains).
"""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from kg.link import Catalogue, Linker
from kg.link.keys import key
from kg.model import Link

ROWS = list(csv.DictReader((Path(__file__).parent / "cases" / "offices.csv").open(encoding="utf-8", newline="")))
RIGHT = 0.97


@pytest.fixture(scope="module")
def linker() -> Linker:
    return Linker(Catalogue.load())


def answer(linker: Linker, row: dict[str, str]) -> Link:
    state = linker.catalogue.actor(row["state"]).label
    return linker.resolve(f"{state}'s {row['role'].replace('_', ' ')}", date=row["date"])


def is_right(linker: Linker, row: dict[str, str], link: Link) -> bool:
    if link.actor is None or link.actor.kind != "person":
        return False
    return bool({key(name) for name in row["persons"].split("|")} & {key(name) for name in linker.catalogue.labels(link.actor.id)})


@pytest.mark.parametrize("role", ["head_of_state", "head_of_government"])
@pytest.mark.parametrize("date", ["2010-03-01", "2018-03-01", "2025-03-01"])
def test_who_led_every_state(linker: Linker, role: str, date: str) -> None:
    rows = [row for row in ROWS if (row["role"], row["date"]) == (role, date)]
    wrong = [row["state"] for row in rows if not is_right(linker, row, answer(linker, row))]
    assert len(rows) >= 175
    assert 1 - len(wrong) / len(rows) >= RIGHT, wrong


def test_foreign_ministers_are_right_or_nobody(linker: Linker) -> None:
    rows = [row for row in ROWS if row["role"] == "foreign_minister"]
    verdicts: Counter[str] = Counter()
    for row in rows:
        link = answer(linker, row)
        unnamed = link.actor is None or link.actor.kind != "person"
        verdicts["right" if is_right(linker, row, link) else "unnamed" if unnamed else f"wrong {row['state']}"] += 1
    assert set(verdicts) <= {"right", "unnamed"}
    assert verdicts["right"] >= 100


def test_old_knowledge_names_no_foreign_minister(linker: Linker) -> None:
    """Where no source of 2025 says who it was, the phrase is an agent of its state."""
    known = {row["state"] for row in ROWS if row["role"] == "foreign_minister"}
    members = {row.actor for row in linker.catalogue.memberships("igo/UN", "2025-03-01")} - known
    for state in sorted(members):
        link = linker.resolve(f"{linker.catalogue.actor(state).label}'s foreign minister", date="2025-03-01")
        assert link.actor is None or link.actor.kind != "person", f"{state}: {link.actor.label}, {link.reason}"
