"""Whose something is: the owner in a phrase, and whom an organ acts for."""

from __future__ import annotations

from collections.abc import Sequence

from kg.link.answers import PRECEDENCE, Case
from kg.link.catalogue import Catalogue
from kg.link.lexicon import Lexicon
from kg.link.people import People
from kg.link.phrases import Segment
from kg.model import Actor


class Owners:
    """Finds owners in a catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Use this catalogue and the lexicon it was loaded with."""
        self.catalogue = catalogue
        self.lexicon = Lexicon.of(catalogue)
        self.people = People(catalogue, self.lexicon)

    def of(self, case: Case) -> str | None:
        """The owner's id: a person's owner is whom the person speaks for."""
        owner = case.phrase.owner
        if owner is None:
            return None
        if owner.text in self.lexicon.ambiguous and len(self.lexicon.ambiguous[owner.text]) > 1:
            candidates = self.lexicon.ambiguous[owner.text]
            seen = case.memory.recent(lambda entry: entry.actor.id in candidates)
            states = [actor for actor in candidates if "/state/" in actor]
            return seen.actor.id if seen else states[0] if len(states) == 1 else None
        return self._owner_of(owner, case)

    def _owner_of(self, owner: Segment, case: Case) -> str | None:
        for kind in PRECEDENCE:
            actors = sorted({candidate.actor for candidate in owner.candidates if candidate.kind == kind})
            if not actors:
                continue
            if kind == "place":
                return actors[0]
            if kind == "surname" or "/person/" in actors[0]:
                return self._owner_person(owner.text, actors, case)
            return actors[0] if len(actors) == 1 else None
        return None

    def _owner_person(self, name: str, people: Sequence[str], case: Case) -> str | None:
        seen = case.memory.person(name)
        if seen:
            return seen.affiliation.id if seen.affiliation else None
        person = self.people.choose(people, case.date).person
        return self.people.affiliation(person, case.date)[0] if person else None

    def acts_for(self, actor: Actor) -> Actor | None:
        """Whom an organ acts for; organisations of states act for themselves."""
        parent = self.catalogue.side(actor.id) or (self.catalogue.parent(actor.id) if actor.kind == "organ" else None)
        return self.catalogue.actor(parent) if parent else None
