"""Every state by its names, official and former names, peoples and capitals: cases/states.txt, written by hand."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.link import Catalogue, Linker

FILE = Path(__file__).parent / "cases" / "states.txt"


def read_cases() -> Iterator[tuple[str, str, str]]:
    """Kind, surface, label of the state; "Turkish, Turks = Turkey" are two surfaces of one."""
    for line in FILE.read_text(encoding="utf-8").splitlines():
        kind, _, rest = line.partition(": ")
        if line.startswith("#"):
            continue
        groups = rest.split("; ") if kind == "people" else rest.split(", ")
        for group in groups:
            surfaces, _, state = group.partition(" = ")
            for surface in surfaces.split(", "):
                yield kind, surface, state or surface


CASES = list(read_cases())


def plain(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


@pytest.fixture(scope="module")
def linker() -> Linker:
    return Linker(Catalogue.load())


def test_there_are_cases_for_all_kinds() -> None:
    assert len(CASES) >= 400
    assert len({surface for kind, surface, _ in CASES if kind == "name"}) >= 150


@pytest.mark.parametrize("kind", sorted({kind for kind, _, _ in CASES}))
def test_every_surface_is_its_state(linker: Linker, kind: str) -> None:
    wrong = []
    for _, surface, state in (case for case in CASES if case[0] == kind):
        bare = surface.removeprefix("the ").removeprefix("The ")
        for form in {surface, bare, f"the {bare}", plain(surface), surface.replace("'", "’")}:
            link = linker.resolve(form, date="2024-05-20")
            if link.actor is None or link.actor.label != state:
                wrong.append(f"{form!r} is {state}, got {link.actor.label if link.actor else None} ({link.rule})")
    assert wrong == []


def test_members_of_the_united_nations_have_codes(linker: Linker) -> None:
    catalogue = linker.catalogue
    members = {row.actor for row in catalogue.memberships("igo/UN", "2025-03-01")}
    assert len(members) == 193
    for member in members:
        actor = catalogue.actor(member)
        assert actor.iso3, actor
        assert actor.qid, actor
        assert actor.cow, actor
