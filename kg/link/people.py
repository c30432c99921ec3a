"""Persons by name, office and date: who is meant, who held an office, whom somebody spoke for."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from kg.link.catalogue import ACTOR, Catalogue, Term
from kg.link.lexicon import Lexicon, Role

_WEIGHT = {
    **dict.fromkeys(("head_of_state", "head_of_government", "president", "secretary_general", "leader"), 3),
    "realm_monarch": 0,
    **dict.fromkeys(("foreign_minister", "high_representative", "defence_minister", "crown_prince", "director_general"), 2),
}
_WAITING, _TOPPLED, _CANDIDATE = 120, 7, 700
"""Days for which somebody is the one to come, still called by the office that was taken away, and in the news before the first office."""
_GOVERNING = "head of government"
"""Said of a president, too, where there is no prime minister."""
_AGE = 1
"""Years for which an open end is believed after it was last checked."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A person (or None, when undecided) with everybody who was considered and why."""

    person: str | None
    considered: tuple[str, ...]
    reason: str
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Holding:
    """An office found: its row and the owner it belongs to."""

    term: Term
    office: str

    @property
    def owner(self) -> str:
        """The IRI of the state or organisation."""
        return ACTOR + self.term.owner


def known_on(term: Term, date: str | None) -> bool:
    """Whether the row may be trusted on the date: its end is known, or it was checked at most a year before."""
    if date is None or term.end:
        return True
    return date[:7] <= f"{int(term.as_of[:4]) + _AGE}{term.as_of[4:7]}"


def _days_after(date: str, days: int) -> str:
    """The date so many days after a date; a date without a day counts from its first."""
    return (
        datetime.date.fromisoformat(f"{date}-01-01"[:10] if len(date) == 4 else f"{date}-01"[:10]) + datetime.timedelta(days)
    ).isoformat()


def _enough(namesakes: int) -> float:
    """How much standing a surname alone asks for: much where many have the name ("Khan", "Lee"), little where few have it."""
    return 3.5 if namesakes > 3 else 2.0 if namesakes > 1 else 1.0


class People:
    """Answers questions about persons from a catalogue's terms of office."""

    def __init__(self, catalogue: Catalogue, lexicon: Lexicon) -> None:
        """Use this catalogue's terms and this lexicon's role phrases."""
        self._catalogue = catalogue
        self._lexicon = lexicon

    def roles(self, phrase: str, owner: str) -> list[tuple[str, str]]:
        """The (owner, office) pairs that a role phrase may mean for an owner, the most specific first."""
        found: list[tuple[str, str]] = []
        for role in self._lexicon.roles.get(phrase, ()):
            for holder in self._owners(role, owner):
                offices = [real for office in role.offices for real in self._real(office, holder)]
                kept = next((office for office in offices if self._catalogue.has_office(holder, office)), None)
                if kept is not None and (holder, kept) not in found:
                    found.append((holder, kept))
        return found

    def implied_owner(self, phrase: str) -> str | None:
        """The only owner that an office can have ("taoiseach", "home secretary"), None where there are several."""
        owners = {scope for role in self._lexicon.roles.get(phrase, ()) for scope in role.scope or ("any",)}
        only = owners.pop() if len(owners) == 1 else ""
        return ACTOR + only if "/" in only else None

    def holder(self, phrase: str, owner: str, date: str | None) -> Holding | None:
        """Who held the office that a phrase names ("prime minister" of an owner) on a date; None rather than a guess."""
        for holder, office in self.roles(phrase, owner):
            for term in self._catalogue.office_holders(holder, office, date):
                if office == "head_of_government" and phrase != _GOVERNING and self._is_head_of_state(holder, term.person, date):
                    continue
                return Holding(term, office) if self._is_current(term, date) else None
            left = self._just_left(holder, office, date)
            if left is not None:
                return Holding(left, office)
        return self.holder("president", owner, date) if phrase == _GOVERNING and not self._has_premier(owner, date) else None

    def _has_premier(self, owner: str, date: str | None) -> bool:
        """Whether a state is known to have a head of government at all in the year of the date."""
        around = [term for term in self._catalogue.terms_of(owner, "head_of_government") if date is None or term.covers(date[:4])]
        return bool(around)

    def next_holder(self, phrase: str, owner: str, date: str | None) -> Holding | None:
        """Who took the office that a phrase names within four months after a date."""
        if date is None or len(date) < 10:
            return None
        last = _days_after(date, _WAITING)
        for holder, office in self.roles(phrase, owner):
            coming = [term for term in self._catalogue.terms_of(holder, office) if date < term.start <= last]
            if coming:
                return Holding(min(coming, key=lambda term: term.start), office)
        return None

    def _just_left(self, owner: str, office: str, date: str | None) -> Term | None:
        """Whose term ended within a week before the date while nobody has come in: the news still calls a toppled president that."""
        if date is None or len(date) < 10 or self._catalogue.office_holders(owner, office, date):
            return None
        left = [
            term for term in self._catalogue.terms_of(owner, office) if term.end and term.end <= date <= _days_after(term.end, _TOPPLED)
        ]
        return max(left, key=lambda term: term.end, default=None)

    def affiliation(self, person: str, date: str | None, owner: str | None = None, *, past: bool = False) -> tuple[str | None, str]:
        """Whom a person speaks for on a date, and why in words.

        The phrase's own owner counts most where the person ever held an office there, unless the phrase says "former";
        then the office of the date, then the last one before it, then the first after it.
        """
        terms = self._catalogue.offices(person, None)
        side = self._catalogue.side(person)
        if side:
            return side, "as the actors file says"
        if owner and not past and any(ACTOR + term.owner == owner for term in terms):
            return owner, "as the phrase says"
        if date is None:
            date = max((term.start for term in terms), default="")
        now = [term for term in terms if term.covers(date)]
        if now:
            best = max(now, key=lambda term: (known_on(term, date), _WEIGHT.get(term.role, 1), term.start, term.owner))
            return self.speaking_for(best.owner), f"{best.role.replace('_', ' ')} since {best.start}"
        before = [term for term in terms if term.start <= date]
        if before:
            last = max(before, key=lambda term: (term.end, term.start))
            return self.speaking_for(last.owner), f"last office: {last.role.replace('_', ' ')} until {last.end or 'an unknown day'}"
        if terms:
            first = min(terms, key=lambda term: (term.start, term.owner))
            return self.speaking_for(first.owner), f"first office: {first.role.replace('_', ' ')} from {first.start}"
        return owner, "as the phrase says" if owner else "no office is known"

    def speaking_for(self, owner: str) -> str:
        """The president of the Commission speaks for the Union: organs of an organisation of states act for it."""
        parent = self._catalogue.parent(owner)
        both = parent is not None and self._catalogue.actor(owner).kind == "igo" and self._catalogue.actor(parent).kind == "igo"
        return parent if parent is not None and both else ACTOR + owner

    def choose(self, people: Iterable[str], date: str | None, *, phrase: str | None = None, owner: str | None = None) -> Choice:
        """Which of several persons is meant, by the role and the owner in the phrase and by who is in office on the date."""
        everybody = tuple(sorted(set(people)))
        if not everybody:
            return Choice(None, (), "nobody of this name is known")
        fitting = [person for person in everybody if self._fits(person, phrase, owner)]
        if (phrase or owner) and not fitting:
            return Choice(None, everybody, "nobody of this name is known in this office")
        if len(fitting) == 1 and (phrase or owner):
            return Choice(fitting[0], everybody, "the only one of this name in this office", 0.95)
        ranked = sorted(((self._standing(person, date, phrase, owner), person) for person in fitting), reverse=True)
        if not ranked:
            return Choice(None, everybody, "nobody of this name is known in an office")
        (first, person), second = ranked[0], ranked[1][0] if len(ranked) > 1 else 0.0
        told = bool(phrase or owner)
        if first > second and first >= (1.0 if told else _enough(len(everybody))):
            return Choice(person, everybody, "in office on the date", 0.85)
        if len(ranked) == 1 and first > 0:
            return Choice(person, everybody, "the only one of this name", 0.6)
        if first > second and first > 0 and told:
            return Choice(person, everybody, "held this office last", 0.7)
        return Choice(None, everybody, "several persons have this name")

    def _owners(self, role: Role, owner: str) -> list[str]:
        if not role.scope:
            return [owner] if self._catalogue.actor(owner).kind in ("state", "territory") else []
        ids = [ACTOR + scope for scope in role.scope if "/" in scope]
        if not ids:
            return [owner] if self._catalogue.actor(owner).kind in role.scope else []
        if owner not in ids:
            return []
        return [owner, *(other for other in ids if self._catalogue.parent(other) == owner)]

    def _real(self, office: str, owner: str) -> list[str]:
        if office == "none":
            return []
        if office == "leader" and self._catalogue.actor(owner).kind in ("state", "territory"):
            return [self._lexicon.leaders.get(owner, "head_of_state")]
        return [office]

    def _is_current(self, term: Term, date: str | None) -> bool:
        if date is None or term.end:
            return True
        rows = self._catalogue.office_holders(ACTOR + term.owner, term.role, date)
        return known_on(term, date) and rows[0].person == term.person

    def _is_head_of_state(self, owner: str, person: str, date: str | None) -> bool:
        return any(term.person == person for term in self._catalogue.office_holders(owner, "head_of_state", date))

    def _fits(self, person: str, phrase: str | None, owner: str | None) -> bool:
        terms = self._catalogue.offices(person, None)
        if owner:
            parent = self._catalogue.parent(owner)
            terms = [term for term in terms if ACTOR + term.owner in (owner, parent) or self._catalogue.parent(term.owner) == owner]
        if phrase:
            offices = {office for role in self._lexicon.roles.get(phrase, ()) for office in role.offices}
            if "leader" in offices:
                offices |= {"head_of_state", "head_of_government"}
            if "none" not in offices:
                terms = [term for term in terms if term.role in offices]
        return bool(terms)

    def _is_prominent(self, owner: str) -> bool:
        """Whether an owner is an organisation of states or of the twenty large economies, of whom the news speaks most."""
        return owner.startswith("igo/") or any(row.igo == "igo/G20" for row in self._catalogue.memberships(owner, None))

    def _standing(self, person: str, date: str | None, phrase: str | None, owner: str | None) -> float:
        """1 to 3 for an office held on the date, below 1 for one that ended before it (the later the more)."""
        best = 0.0
        for term in self._catalogue.offices(person, None):
            if owner and ACTOR + term.owner != owner and self._catalogue.parent(term.owner) != owner:
                continue
            if date is None or term.covers(date):
                recent = int(term.start[:4]) / 1e5 if date is None else 0.0
                weight = _WEIGHT.get(term.role, 1) + (0.5 if self._is_prominent(term.owner) else 0.0)
                best = max(best, weight * (1.0 if known_on(term, date) else 0.4) + recent)
            elif term.end and term.end <= date:
                best = max(best, int(term.end[:4]) / 1e4 + int(term.end[5:7] or "0") / 1e6)
            elif date < term.start <= _days_after(date, _CANDIDATE):
                best = max(best, 0.05 + _WEIGHT.get(term.role, 1) / 100)  # who will come in is in the news before
        return best
