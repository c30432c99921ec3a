"""The actors known beforehand: their names, offices and memberships by date.

The tables come from kg/data/catalogue/, written by tools/build_catalogue.py. Tables named `*-wikidata.json` are
optional. An id is the catalogue's path ("state/TUR") after `ACTOR`; every method takes either form.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Literal, NamedTuple, cast, get_args

from kg.errors import InputError, UnknownNameError
from kg.link.keys import key, without_article
from kg.link.policy import Choice, read_policy
from kg.model import Actor, ActorKind

ACTOR = "https://w3id.org/geopolitical-kg/actor/"
_DATA = Path(__file__).resolve().parent.parent / "data" / "catalogue"

NameKind = Literal["name", "acronym", "adjective", "people", "seat", "capital", "place", "surname"]
"""How a name stands for its actor: "Turkey", "NATO", "Turkish", "Turks", "Kremlin", "Ankara", "Istanbul", "Erdoğan"."""

_ORDER = {kind: place for place, kind in enumerate(get_args(NameKind))}
_COLUMNS = ["id", "label", "kind", "iso3", "qid", "aliases", "side"]


class Candidate(NamedTuple):
    """An actor that a surface may name, and how."""

    actor: str
    kind: NameKind


class Term(NamedTuple):
    """A person in an office, [start, end). An empty `end` was open when the row was last checked, on `as_of`."""

    owner: str
    role: str
    person: str
    start: str
    end: str
    as_of: str

    def covers(self, date: str) -> bool:
        """Whether the office was held on the date, as far as the row knows."""
        return self.start[: len(date)] <= date[: len(self.start)] and (not self.end or date < self.end)


class Membership(NamedTuple):
    """A state in an organisation, [start, end); `precision` is "exact" or "edition year" (an upper bound)."""

    actor: str
    igo: str
    start: str
    end: str
    precision: str


class Catalogue:
    """Actors and how they are named. Load one with `Catalogue.load()`."""

    def __init__(self, tables: dict[str, list[list[str]]], lexicon: dict[str, list[list[str]]]) -> None:
        """Index the tables (see `load`)."""
        self.lexicon = lexicon
        self._memberships = tables["memberships"]
        self._rows: dict[str, tuple[str, str, str, str, str, str, str]] = {}
        self._parents: dict[str, str] = {}
        self._types: dict[str, str] = {}
        self._genders: dict[str, str] = {}
        self._sides: dict[str, str] = {}
        self._actors: dict[str, Actor] = {}
        self._names: dict[str, list[tuple[str, NameKind]]] = {}
        self._longest: dict[str, int] = {}
        self._surfaces: list[list[str]] = []
        self._shouted_words = frozenset(name for name, _ in lexicon["ambiguous"] if name.isupper())
        self._add_actors(tables)
        self._add_names(tables["names"])
        self._terms = [Term(*row) for row in tables["terms"]]
        self._by_office: dict[tuple[str, str], list[Term]] = {}
        self._by_person: dict[str, list[Term]] = {}
        for term in self._terms:
            self._by_office.setdefault((term.owner, term.role), []).append(term)
            self._by_person.setdefault(term.person, []).append(term)

    @classmethod
    def load(cls, actors_file: Path | None = None, names: str | None = None) -> Catalogue:
        """The shipped catalogue, with the user's actors added where a file is given.

        Args:
            names: how contested names and territories are called: profiles of the policy file ("un"), or the path of a
                file of one's own, several separated by commas; None leaves everything as the press has it.
            actors_file: CSV with the columns id, label, kind, iso3, qid, aliases (separated by "|") and side (the id of
                the state or organisation that the actor acts for). Only id and label must be filled. An id that the
                catalogue knows is overridden in the columns that are filled, and its aliases are added.

        Raises:
            InputError: if a file cannot be read or a row is wrong; the message names the line.
            UnknownNameError: if there is no such profile.
        """
        tables = {name: _read_table(name) for name in ("actors", "places", "persons", "names", "terms", "memberships")}
        for name in ("persons", "names", "terms"):
            tables[name] = tables[name] + _read_table(f"{name}-wikidata", optional=True)
        lexicon: dict[str, list[list[str]]] = json.loads((_DATA / "lexicon.json").read_text(encoding="utf-8"))
        catalogue = cls(tables, lexicon)
        for choice in read_policy(names, _DATA / "policies.json") if names else ():
            catalogue._apply(choice)
        if actors_file is not None:
            catalogue._add_file(actors_file)
        return catalogue

    # -- look-up ------------------------------------------------------------------------------------------------

    def actor(self, actor_id: str) -> Actor:
        """The actor of an id.

        Raises:
            UnknownNameError: if there is none.
        """
        short = _short(actor_id)
        if short not in self._actors:
            if short not in self._rows:
                raise UnknownNameError(f"no actor has the id {actor_id!r}")
            label, kind, iso3, qid, cow, start, end = self._rows[short]
            self._actors[short] = Actor(
                ACTOR + short, label, cast(ActorKind, kind), iso3 or None, qid or None, cow or None, start or None, end or None
            )
        return self._actors[short]

    def by_cow(self) -> dict[int, str]:
        """The id of the actor that each COW number means: of several in the course of time, the one that still exists."""
        numbered = sorted((bool(end), short, int(cow)) for short, (_, _, _, _, cow, _, end) in self._rows.items() if cow.isdigit())
        return {cow: ACTOR + short for _, short, cow in reversed(numbered)}

    def find(self, surface: str) -> list[Candidate]:
        """The actors that a surface may name, names before adjectives, capitals, places and surnames.

        "The" is left out. Capitals count, but a word all in capitals (4 letters and more) finds the usual spelling too.
        """
        bare = without_article(surface)
        found = self._names.get(key(bare)) or (self._capitals.get(key(bare), []) if _shouted(bare) else [])
        return sorted(
            (Candidate(ACTOR + actor, kind) for actor, kind in found), key=lambda candidate: (_ORDER[candidate.kind], candidate.actor)
        )

    def is_name(self, text: str) -> bool:
        """Whether the text names somebody, surnames left out."""
        return any(candidate.kind != "surname" for candidate in self.find(text))

    def longest_name(self, tokens: Sequence[str], start: int) -> int:
        """How many tokens the longest name that begins at `start` has; 0 if none does. Surnames do not count."""
        word = key(tokens[start])
        if not word or (word in self._shouted_words and self._in_capitals(tokens, start)):
            return 0
        shouted = _shouted(tokens[start])
        first = word.split()[0]
        limit = self._longest.get(first) or (self._longest_capitals.get(first, 0) if shouted else 0)
        best, parts = 0, []
        for length in range(1, min(limit, len(tokens) - start) + 1):
            part = key(tokens[start + length - 1])
            if not part:
                continue
            parts.append(part)
            if part[0] != "'" and self._named(" ".join(parts), shouted):
                best = length
        return best

    def _in_capitals(self, tokens: Sequence[str], start: int) -> bool:
        """Whether a neighbour is a word in capitals, as in a headline, where "IS" and "WHO" are words."""
        neighbours = [*tokens[max(0, start - 1) : start], *tokens[start + 1 : start + 2]]
        return any(token.isupper() and token.isalpha() and len(token) > 1 for token in neighbours)

    def labels(self, actor_id: str) -> list[str]:
        """The preferred label first, then the actor's other names in alphabetical order (no adjectives, capitals, surnames)."""
        label = self.actor(actor_id).label
        others = {surface for surface, kind in self._named_by(actor_id) if kind in ("name", "acronym")}
        return [label, *sorted(others - {label})]

    def aliases(self, actor_id: str) -> list[str]:
        """Every surface that may stand for the actor, in alphabetical order."""
        return sorted({surface for surface, _ in self._named_by(actor_id)})

    def adjectives(self, actor_id: str) -> list[str]:
        """The adjectives of a state ("Turkish"), in alphabetical order."""
        return sorted({surface for surface, kind in self._named_by(actor_id) if kind == "adjective"})

    def surfaces(self) -> Iterable[tuple[str, str, NameKind]]:
        """Every surface with the catalogue's path of its actor and how it stands for it, places by their own name left out."""
        return ((surface, actor, cast(NameKind, kind)) for surface, actor, kind in self._surfaces)

    def parent(self, actor_id: str) -> str | None:
        """Whom an organ acts for, or which state a place lies in."""
        found = self._parents.get(_short(actor_id), "")
        return ACTOR + found if found else None

    def side(self, actor_id: str) -> str | None:
        """Whom the user's file says an actor acts for."""
        found = self._sides.get(_short(actor_id), "")
        return ACTOR + found if found else None

    def type(self, actor_id: str) -> str:
        """The sort of organisation ("military alliance"), or ""."""
        return self._types.get(_short(actor_id), "")

    def gender(self, actor_id: str) -> str:
        """ "m", "f", or "" where it is not known."""
        return self._genders.get(_short(actor_id), "")

    def __contains__(self, actor_id: str) -> bool:
        """Whether the catalogue has an actor of this id."""
        return _short(actor_id) in self._rows

    def __len__(self) -> int:
        """How many actors and places there are."""
        return len(self._rows)

    # -- offices and memberships ---------------------------------------------------------------------------------

    def office_holders(self, actor_id: str, role: str, date: str | None) -> list[Term]:
        """Who held a role of an actor on a date, the latest to come in first.

        A row whose end is open counts after the day it was last checked (`Term.as_of`) only if nobody has come in
        since; how old that knowledge may be is for the caller to judge. Without a date the latest holders.
        """
        terms = self._by_office.get((_short(actor_id), role), [])
        if date is None:
            latest = max((term.start for term in terms), default="")
            return [term for term in terms if term.start == latest]
        last = max((term.start for term in terms if term.start <= date), default="")
        held = [term for term in terms if term.covers(date) and (term.end or term.start == last or date <= term.as_of)]
        return sorted(held, key=lambda term: term.start, reverse=True)

    def terms(self) -> Sequence[Term]:
        """Every known term of office."""
        return self._terms

    def terms_of(self, actor_id: str, role: str) -> list[Term]:
        """Every known term of a role of an actor."""
        return self._by_office.get((_short(actor_id), role), [])

    def has_office(self, actor_id: str, role: str) -> bool:
        """Whether anybody is known to have held a role of an actor."""
        return (_short(actor_id), role) in self._by_office

    def offices(self, person_id: str, date: str | None) -> list[Term]:
        """A person's offices on a date (all of them without one), the latest first."""
        terms = self._by_person.get(_short(person_id), [])
        return sorted(
            (term for term in terms if date is None or term.covers(date)), key=lambda term: (term.start, term.owner), reverse=True
        )

    def memberships(self, actor_id: str, date: str | None) -> list[Membership]:
        """The organisations an actor belonged to on a date, or an organisation's members; all of them without a date."""
        return [
            row
            for row in self._members.get(_short(actor_id), [])
            if date is None or (row.start <= date and (not row.end or date < row.end))
        ]

    @cached_property
    def _members(self) -> dict[str, list[Membership]]:
        found: dict[str, list[Membership]] = {}
        for row in self._memberships:
            membership = Membership(*row)
            found.setdefault(membership.actor, []).append(membership)
            found.setdefault(membership.igo, []).append(membership)
        return found

    # -- names ---------------------------------------------------------------------------------------------------

    @cached_property
    def _capitals(self) -> dict[str, list[tuple[str, NameKind]]]:
        """Names by their form in capitals, for headlines."""
        found: dict[str, list[tuple[str, NameKind]]] = {}
        for name, candidates in self._names.items():
            found.setdefault(name.upper(), []).extend(candidates)
        return found

    @cached_property
    def _longest_capitals(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for word, length in self._longest.items():
            found[word.upper()] = max(found.get(word.upper(), 0), length)
        return found

    @cached_property
    def _by_actor(self) -> dict[str, list[tuple[str, NameKind]]]:
        found: dict[str, list[tuple[str, NameKind]]] = {}
        for surface, actor, kind in self._surfaces:
            found.setdefault(actor, []).append((surface, cast(NameKind, kind)))
        return found

    def _named_by(self, actor_id: str) -> list[tuple[str, NameKind]]:
        return self._by_actor.get(_short(actor_id), [])

    def _named(self, joined: str, shouted: bool) -> bool:
        found = self._names.get(joined) or (self._capitals.get(joined, []) if shouted and joined.isupper() else [])
        return any(kind != "surname" for _, kind in found)

    def _add_actors(self, tables: dict[str, list[list[str]]]) -> None:
        for actor, kind, label, iso3, qid, cow, start, end, parent, type_ in tables["actors"]:
            self._rows[actor] = (label, kind, iso3, qid, cow, start, end)
            self._parents[actor] = parent
            self._types[actor] = type_
        for person, label, qid, gender in tables["persons"]:
            self._rows[person] = (label, "person", "", qid, "", "", "")
            self._genders[person] = gender
        for place, label, country, qid in tables["places"]:
            self._rows[place] = (label, "place", "", qid, "", "", "")
            self._parents[place] = country
            self._add_names([[label, place, "place"]])

    def _add_names(self, rows: Iterable[list[str]]) -> None:
        names, longest = self._names, self._longest
        for row in rows:
            surface, actor, kind = row
            self._surfaces.append(row)
            town = kind in ("place", "capital") and surface.startswith("The ")  # "The Hague", but not the party "The Left"
            bare = without_article(surface) if town or surface.startswith("the ") else surface
            candidate = (actor, cast(NameKind, kind))
            found = names.setdefault(key(bare), [])
            if candidate not in found:
                found.append(candidate)
            if kind == "surname":
                continue
            words = bare.split()
            length = len(words) + 2 * (bare.count("-") + bare.count("'") + bare.count("’") + bare.count(","))
            first = key(words[0]).split()[0] if key(words[0]) else ""
            if longest.get(first, 0) < length:
                longest[first] = length

    def _apply(self, choice: Choice) -> None:
        """Call an actor, or place it, as a names policy has it."""
        if choice.actor not in self._rows:
            raise InputError(f"the names policy has a row for {choice.actor!r}, which is no actor of the catalogue")
        label, kind, iso3, qid, cow, start, end = self._rows[choice.actor]
        self._actors.pop(choice.actor, None)
        if choice.field == "label":
            self._add_names([[choice.value, choice.actor, "name"]])
            label = choice.value
        elif choice.field == "kind":
            kind = choice.value
        else:
            self._parents[choice.actor] = choice.value
        self._rows[choice.actor] = (label, kind, iso3, qid, cow, start, end)

    # -- the user's actors ---------------------------------------------------------------------------------------

    def _add_file(self, path: Path) -> None:
        try:
            with path.open(encoding="utf-8-sig", newline="") as handle:
                rows = list(csv.DictReader(handle))
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise InputError(f"{path}: cannot be read as a CSV file in UTF-8 ({error})") from error
        for number, row in enumerate(rows, start=2):
            self._add_row(row, f"{path}, line {number}")

    def _add_row(self, row: dict[str, str | None], place: str) -> None:
        cells = {name: (row.get(name) or "").strip() for name in _COLUMNS}
        actor = _short(cells["id"])
        if not actor or not (cells["label"] or actor in self._rows):
            raise InputError(f"{place}: a row needs an id and a label (columns: {', '.join(_COLUMNS)})")
        if cells["kind"] and cells["kind"] not in get_args(ActorKind):
            raise InputError(f"{place}: {cells['kind']!r} is no kind of actor; use one of {', '.join(get_args(ActorKind))}")
        side = _short(cells["side"])
        if side and side not in self._rows:
            raise InputError(f"{place}: side {cells['side']!r} is no actor of the catalogue; use an id such as state/TUR")
        label, kind, iso3, qid, cow, start, end = self._rows.get(actor, ("", "unknown", "", "", "", "", ""))
        label = cells["label"] or label
        self._rows[actor] = (label, cells["kind"] or kind, cells["iso3"] or iso3, cells["qid"] or qid, cow, start, end)
        self._actors.pop(actor, None)
        if side:
            self._sides[actor] = side
        names = [label, *(alias.strip() for alias in cells["aliases"].split("|") if alias.strip())]
        for name in names:
            self._names.pop(key(name), None)
        self._add_names([[name, actor, "name"] for name in names])
        for derived in ("_capitals", "_longest_capitals", "_by_actor"):
            self.__dict__.pop(derived, None)


def _read_table(name: str, *, optional: bool = False) -> list[list[str]]:
    path = _DATA / f"{name}.json"
    if optional and not path.is_file():
        return []
    rows: list[list[str]] = json.loads(path.read_text(encoding="utf-8"))
    return rows


def _short(actor_id: str) -> str:
    return actor_id.removeprefix(ACTOR)


def _shouted(text: str) -> bool:
    """Whether a text is all in capitals and long enough not to be an acronym or "US"."""
    return text.isupper() and sum(character.isalpha() for character in text) >= 4
