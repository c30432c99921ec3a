"""Phrases that name a person, with or without a title."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kg.link.answers import Case, again, nobody
from kg.link.keys import key
from kg.link.memory import Seen
from kg.link.owners import Owners
from kg.link.phrases import bare
from kg.link.strangers import StrangerRules
from kg.model import Link


class PersonRules:
    """A name, taken free of its title, and whom the person speaks for."""

    def __init__(self, owners: Owners) -> None:
        """Use this catalogue, lexicon and people."""
        self.owners = owners
        self.catalogue = owners.catalogue
        self.lexicon = owners.lexicon
        self.people = owners.people
        self.strangers = StrangerRules(owners)

    def person(self, case: Case) -> Link | None:
        """A person's name, with or without a title."""
        phrase, mention = case.phrase, case.mention
        name = phrase.name or (case.text if mention.label == "PER" else None)
        if name is None:
            found = self.catalogue.find(case.text)
            if not found or not all(candidate.kind == "surname" for candidate in found):
                return None
            name = case.text
        if bare(name) == case.text:
            case = replace(case, phrase=replace(phrase, name=name, role=None, titled=False, office=None))
        name = bare(name)
        full = [candidate.actor for candidate in self.catalogue.find(name) if candidate.kind == "name" and "/person/" in candidate.actor]
        owner = self.owners.of(case)
        if full:
            choice = self.people.choose(full, case.date, owner=owner if len(full) > 1 else None)
            if choice.person is None and len(set(full)) == 1:
                choice = replace(choice, person=full[0], score=0.9)
            if choice.person is None:
                return nobody(case, "ambiguous-person", f"{choice.reason}: “{name}”", choice.considered)
            return self._known_person(case, choice.person, owner, "person-name", f"“{name}” is a name of", 1.0, choice.considered)
        if " " in name and not self._only_surname(name):
            return self._variant(case, name, owner) or self.strangers.person(case, name, owner)
        return self._surname(case, name, owner)

    def _variant(self, case: Case, name: str, owner: str | None) -> Link | None:
        """The same first and last name with others between: "Emmanuel J. Macron" is Emmanuel Macron."""
        words = name.split()
        people = [candidate.actor for candidate in self.catalogue.find(words[-1]) if candidate.kind == "surname"]
        given = {key(word) for word in words}
        labels = {person: [key(word) for word in self.catalogue.actor(person).label.split()] for person in people}
        same = [person for person, known in labels.items() if known[0] == key(words[0]) != known[-1] and given >= set(known)]
        choice = self.people.choose(same, case.date, owner=owner)
        if len(words) < 3 or choice.person is None:
            return None
        return self._known_person(case, choice.person, owner, "person-variant", f"“{name}” has the names of", 0.8, choice.considered)

    def _only_surname(self, name: str) -> bool:
        """Whether a name of several words is a surname as a whole ("von der Leyen")."""
        return any(candidate.kind == "surname" for candidate in self.catalogue.find(name))

    def _surname(self, case: Case, name: str, owner: str | None) -> Link | None:
        seen = case.memory.person(name)
        if seen and not _contradicts(seen, case.phrase.gender):
            return again(case, seen, "surname", f"“{name}” was named in full before", 0.95)
        people = [candidate.actor for candidate in self.catalogue.find(name) if candidate.kind == "surname"]
        if not case.phrase.titled and self._is_word(case, name, people):
            return None if case.mention.label != "PER" else self.strangers.person(case, name, owner)
        choice = self.people.choose(people, case.date, phrase=case.phrase.office, owner=owner)
        if choice.person is None and (case.phrase.office and not owner):
            choice = self.people.choose(people, case.date)
        if choice.person is None and people and not case.phrase.titled:
            return nobody(case, "ambiguous-person", f"{choice.reason}: “{name}”", choice.considered)
        if choice.person is None:
            return self.strangers.person(case, name, owner) if case.phrase.titled or case.mention.label == "PER" else None
        rule = "title-and-surname" if case.phrase.titled else "surname-alone"
        return self._known_person(case, choice.person, owner, rule, f"“{name}”, {choice.reason}, is", choice.score, choice.considered)

    def _is_word(self, case: Case, name: str, people: Sequence[str]) -> bool:
        """Whether a surname alone is a language ("English") or one of the world's commonest, borne by nobody of whom the text speaks."""
        if case.mention.label == "MISC":
            return True
        if not self.lexicon.is_(name, "common_surname"):
            return False
        spoken = {other for actor in case.memory.context.actors for other in (actor, self.catalogue.parent(actor))}
        return not any(self.people.affiliation(person, case.date)[0] in spoken for person in people)

    def _known_person(
        self, case: Case, person: str, owner: str | None, rule: str, reason: str, score: float, candidates: tuple[str, ...]
    ) -> Link:
        actor = self.catalogue.actor(person)
        side, why = self.people.affiliation(person, case.date, owner, past="past" in case.phrase.effects)
        affiliation = self.catalogue.actor(side) if side else None
        label = f", who speaks for {affiliation.label} ({why})" if affiliation else ""
        return Link(
            case.mention,
            actor,
            rule,
            f"{reason} {actor.label}{label}",
            score,
            affiliation,
            case.phrase.role,
            candidates=candidates or (person,),
        )


def _contradicts(seen: Seen, gender: str) -> bool:
    return bool(gender and seen.gender and gender != seen.gender)
