"""Whom an unknown actor may be: names that are nearly the same, of the same kind and side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz, process

from kg.link.catalogue import ACTOR, Catalogue
from kg.link.keys import plain, shared_id
from kg.model import Actor

_NEAR = 86.0
"""How alike two names are, of 100, at least: "Ada Quil" and "Ada Quill" are, "Ada Quill" and "Ida Null" are not."""
_SORTS = {"person": "person", "place": "place", "state": "state", "territory": "state"}


@dataclass(frozen=True, slots=True)
class Unknown:
    """A local actor, one document's or all of a name, with the side that it acts for, "" if none is known."""

    actor: Actor
    side: str = ""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Who an unknown actor may be, how alike the names are of 100, and the name that is like it.

    `actor` is an id of the catalogue, the id of an unknown actor, or of its name where several documents have one ("local/ada-quill").
    """

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
        self._bearers: dict[str, dict[str, str]] = {}
        for unknown in others:
            name = _name_of(unknown.actor)
            row = (_form(unknown.actor.label), unknown.actor.label, name)
            rows = self._names.setdefault(_sort(unknown.actor.kind), [])
            if name not in self._bearers or row not in rows:
                rows.append(row)
            self._bearers.setdefault(name, {})[unknown.actor.id] = unknown.side

    def suggest(self, unknown: Unknown, limit: int = 3) -> list[Suggestion]:
        """The likeliest actors, best first; none below the bar, none of another kind or side, never the actor itself.

        Of equally like ones those of other documents come before the catalogue's.
        """
        rows = self._names.get(_sort(unknown.actor.kind), [])
        near = process.extract(
            _form(unknown.actor.label), [form for form, _, _ in rows], scorer=fuzz.token_sort_ratio, score_cutoff=_NEAR, limit=50
        )
        found: dict[str, Suggestion] = {}
        for _, likeness, i in near:
            _, name, actor = rows[i]
            meant = self._bearer(unknown, actor) if actor in self._bearers else actor if self._same_side(unknown.side, actor) else None
            if meant is not None and meant not in found:
                found[meant] = Suggestion(meant, name, round(likeness, 1))
        return sorted(found.values(), key=lambda one: (-one.likeness, one.actor in self._catalogue, one.actor))[:limit]

    def _bearer(self, unknown: Unknown, name: str) -> str | None:
        """The other unknown actor of a name and of no other side, the name itself where there are several, None where there is none."""
        sides = self._bearers[name].items()
        others = [actor for actor, side in sides if actor != unknown.actor.id and (not side or not unknown.side or side == unknown.side)]
        return others[0] if len(others) == 1 else name if others else None

    def _same_side(self, side: str, actor: str) -> bool:
        """Whether nothing says that an actor of the catalogue acts for another side."""
        theirs = self._sides_of(actor)
        return not side or not theirs or side in theirs

    def _sides_of(self, actor: str) -> set[str]:
        parent = self._catalogue.side(actor) or self._catalogue.parent(actor)
        return {ACTOR + term.owner for term in self._catalogue.offices(actor, None)} | ({parent} if parent else set())


def _sort(kind: str) -> str:
    """Persons, places and states are compared with their like; organisations of every sort, and what is unknown, with each other."""
    return _SORTS.get(kind, "body")


def _name_of(actor: Actor) -> str:
    """The id that stands for an unknown actor's name in all documents."""
    return ACTOR + shared_id(actor.id.removeprefix(ACTOR))


def _form(name: str) -> str:
    return plain(name).lower().replace("-", " ")


def by_name(unknown: Iterable[tuple[Unknown, int]]) -> list[tuple[Unknown, int]]:
    """Unknown actors of one name, kind and side in several documents as one row, under the name's id, with their mentions added up."""
    groups: dict[tuple[str, str, str], list[tuple[Unknown, int]]] = {}
    for one, count in unknown:
        groups.setdefault((_name_of(one.actor), one.actor.kind, one.side), []).append((one, count))
    found = []
    for (name, _, side), rows in groups.items():
        first = min((one.actor for one, _ in rows), key=lambda actor: actor.id)
        actor = first if len(rows) == 1 else replace(first, id=name)
        found.append((Unknown(actor, side), sum(count for _, count in rows)))
    return found


def by_frequency(counted: Sequence[tuple[Unknown, int]]) -> list[tuple[Unknown, int]]:
    """The commonest first, equal ones by name."""
    return sorted(counted, key=lambda row: (-row[1], row[0].actor.label, row[0].actor.id))
