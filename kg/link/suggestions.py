"""Whom an unknown actor may be: names that are nearly the same, of the same kind and side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from kg.link.catalogue import ACTOR, Catalogue
from kg.link.keys import plain
from kg.model import Actor

_NEAR = 86.0
"""How alike two names are, of 100, at least: "Ada Quil" and "Ada Quill" are, "Ada Quill" and "Ida Null" are not."""
_SORTS = {"person": "person", "place": "place", "state": "state", "territory": "state"}


@dataclass(frozen=True, slots=True)
class Unknown:
    """A local actor with the side that it acts for, "" if none is known."""

    actor: Actor
    side: str = ""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Who an unknown actor may be, how alike the names are of 100, and the name that is like it."""

    actor: str
    name: str
    likeness: float


class Suggester:
    """Suggests actors of the catalogue, and other unknown ones, for an unknown one."""

    def __init__(self, catalogue: Catalogue, others: Iterable[Unknown] = ()) -> None:
        """Index the catalogue's names and those of the unknown actors themselves."""
        self._catalogue = catalogue
        self._names: dict[str, list[tuple[str, str, str]]] = {}
        for surface, actor, kind in catalogue.surfaces():
            if kind in ("name", "acronym"):
                self._names.setdefault(_sort(catalogue.actor(actor).kind), []).append((_form(surface), surface, ACTOR + actor))
        self._sides = {unknown.actor.id: unknown.side for unknown in others}
        for unknown in others:
            self._names.setdefault(_sort(unknown.actor.kind), []).append(
                (_form(unknown.actor.label), unknown.actor.label, unknown.actor.id)
            )

    def suggest(self, unknown: Unknown, limit: int = 3) -> list[Suggestion]:
        """The likeliest actors, best first; none below the bar, none of another kind or side, never the actor itself."""
        rows = self._names.get(_sort(unknown.actor.kind), [])
        near = process.extract(
            _form(unknown.actor.label), [form for form, _, _ in rows], scorer=fuzz.token_sort_ratio, score_cutoff=_NEAR, limit=50
        )
        found: dict[str, Suggestion] = {}
        for _, likeness, i in near:
            _, name, actor = rows[i]
            if actor != unknown.actor.id and self._same_side(unknown.side, actor) and actor not in found:
                found[actor] = Suggestion(actor, name, round(likeness, 1))
        return sorted(found.values(), key=lambda suggestion: (-suggestion.likeness, suggestion.actor))[:limit]

    def _same_side(self, side: str, actor: str) -> bool:
        """Whether nothing says that two actors act for different sides."""
        theirs = self._sides_of(actor)
        return not side or not theirs or side in theirs

    def _sides_of(self, actor: str) -> set[str]:
        if actor not in self._catalogue:
            return {self._sides[actor]} - {""} if actor in self._sides else set()
        parent = self._catalogue.side(actor) or self._catalogue.parent(actor)
        return {ACTOR + term.owner for term in self._catalogue.offices(actor, None)} | ({parent} if parent else set())


def _sort(kind: str) -> str:
    """Persons, places and states are compared with their like; organisations of every sort, and what is unknown, with each other."""
    return _SORTS.get(kind, "body")


def _form(name: str) -> str:
    return plain(name).lower().replace("-", " ")


def by_frequency(counted: Sequence[tuple[Unknown, int]]) -> list[tuple[Unknown, int]]:
    """The commonest first, equal ones by name."""
    return sorted(counted, key=lambda row: (-row[1], row[0].actor.label, row[0].actor.id))
