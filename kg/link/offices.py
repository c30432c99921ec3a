"""Phrases with an owner: offices by date, agents, things."""

from __future__ import annotations

from dataclasses import replace

from kg.link.answers import Case, again, local, nobody
from kg.link.catalogue import Term
from kg.link.lexicon import singulars
from kg.link.owners import Owners
from kg.link.phrases import Phrase
from kg.model import Link

_STATE_PLACES = ("state", "territory")
_OTHERS_OF_A_STATE = frozenset({"ally", "partner", "neighbour", "neighbor", "coalition", "bloc", "alliance"})


def is_indefinite(text: str) -> bool:
    """ "A Fijian minister" is one of several, never the holder of an office."""
    return text.lower().startswith(("a ", "an ", "one of "))


class OwnerRules:
    """Who holds an owner's office, who acts for an owner, what only belongs to one."""

    def __init__(self, owners: Owners) -> None:
        """Use this catalogue, lexicon and people."""
        self.owners = owners
        self.catalogue = owners.catalogue
        self.lexicon = owners.lexicon
        self.people = owners.people

    def office(self, case: Case) -> Link | None:
        """An office with its owner: the holder on the date, or an unnamed agent of the owner."""
        phrase = case.phrase
        owner = self.owners.of(case)
        if phrase.office is None or owner is None or phrase.name:
            return None
        if "future" in phrase.effects:
            next_one = self._next_of(case, owner)
            if next_one is not None:
                return next_one
        if {"past", "future", "claimed"} & phrase.effects:
            reason = f"“{case.text}” does not hold the office, and nobody says who it is"
            return nobody(case, "not-the-incumbent", reason, (owner,))
        return self._office_of(case, owner)

    def _next_of(self, case: Case, owner: str) -> Link | None:
        """ "The incoming chancellor", "the president-elect": who took the office within four months."""
        holding = self.people.next_holder(case.phrase.office or "", owner, case.date)
        if holding is None or is_indefinite(case.mention.text):
            return None
        person, side = self.catalogue.actor(holding.term.person), self.catalogue.actor(self.people.speaking_for(holding.term.owner))
        reason = f"{person.label} became {holding.office.replace('_', ' ')} of {side.label} on {holding.term.start}"
        return Link(case.mention, person, "next-in-office", reason, 0.8, side, case.phrase.role, candidates=(person.id, owner))

    def _office_of(self, case: Case, owner: str) -> Link | None:
        phrase = case.phrase
        if phrase.office is None or self.catalogue.actor(owner).kind == "place" or is_indefinite(case.mention.text):
            return None
        holding = None if phrase.effects else self.people.holder(phrase.office, owner, case.date)
        if holding is None:
            return None
        person = self.catalogue.actor(holding.term.person)
        side = self.catalogue.actor(self.people.speaking_for(holding.term.owner))
        reason = f"{person.label} was {holding.office.replace('_', ' ')} of {side.label} from {holding.term.start}"
        reason += f" until {holding.term.end}" if holding.term.end else f" (last checked {holding.term.as_of})"
        return Link(case.mention, person, "role-at-date", reason, 0.9, side, phrase.role, candidates=(person.id, owner))

    def counterpart(self, case: Case) -> Link | None:
        """ "His Greek counterpart" holds the office that the last person named by an office holds."""
        owner = self.owners.of(case)
        if owner is None or "counterpart" not in singulars(case.phrase.head):
            return None
        seen = case.memory.recent(lambda entry: bool(entry.offices) and entry.affiliation is not None and entry.affiliation.id != owner)
        for office in seen.offices if seen else ():
            holding = self.people.holder(office, owner, case.date)
            if holding:
                person = self.catalogue.actor(holding.term.person)
                reason = f"{person.label} holds in {self.catalogue.actor(owner).label} the office that was named before"
                return Link(
                    case.mention,
                    person,
                    "counterpart",
                    reason,
                    0.75,
                    self.catalogue.actor(owner),
                    case.phrase.role,
                    candidates=(person.id, owner),
                )
        return None

    def bare_office(self, case: Case) -> Link | None:
        """ "The president" without an owner: the person of that office named last, else the holder in the state named last."""
        phrase = case.phrase
        if phrase.office is None or phrase.owner is not None or phrase.name:
            return None
        if "past" in phrase.effects:
            return self._former(case)
        if phrase.effects:
            return None
        if case.mention.role == "vocative" and phrase.office == "president":
            return nobody(case, "vocative", f"“{case.text}” is somebody present, perhaps of another body")
        office = phrase.office
        implied = self.people.implied_owner(office)
        if implied is not None:
            return self._office_of(case, implied)
        seen = case.memory.recent(lambda entry: office in entry.offices and entry.actor.kind == "person")
        if seen:
            return replace(
                again(case, seen, "office-in-document", f"“{case.text}” was named by that office before", 0.75), role=phrase.role
            )
        state = case.memory.recent_side(
            lambda entry: (
                entry.actor.kind in ("state", "igo", "armed_group") and self.people.holder(office, entry.actor.id, case.date) is not None
            )
        )
        main = case.memory.context.main_state(self.catalogue)
        owner = state.actor.id if state else main
        holding = self.people.holder(office, owner, case.date) if owner else None
        if owner is None or holding is None or is_indefinite(case.mention.text):
            return None
        person = self.catalogue.actor(holding.term.person)
        told = "named last" if state else "of which the document speaks most"
        reason = f"{person.label} held that office in {self.catalogue.actor(owner).label}, {told}"
        return Link(
            case.mention,
            person,
            "office-in-document",
            reason,
            0.6,
            self.catalogue.actor(holding.owner),
            phrase.role,
            candidates=(person.id,),
        )

    def _former(self, case: Case) -> Link | None:
        """ "The former president": the last person in the document who held such an office and left it, or is just leaving."""
        offices = {office for role in self.lexicon.roles.get(case.phrase.office or "", ()) for office in role.offices}
        seen = case.memory.recent(
            lambda entry: (
                entry.actor.kind == "person"
                and any(t.role in offices and t.end and (case.date is None or t.end <= case.date) for t in self._terms(entry.actor.id))
            )
        )
        if seen is None or is_indefinite(case.mention.text):
            return None
        return replace(again(case, seen, "former-in-document", f"“{case.text}” held that office before", 0.7), affiliation=None)

    def _terms(self, person: str) -> list[Term]:
        return self.catalogue.offices(person, None) if person in self.catalogue else []

    def agent(self, case: Case) -> Link | None:
        """An owner's officials, troops, government: an agent of the owner."""
        phrase = case.phrase
        group = self.lexicon.agent_group(phrase.head)
        if phrase.owner is None or phrase.name or (group is None and not self._speaks(phrase)):
            return None
        owner = self.owners.of(case)
        if owner is None:
            return self._undecided_owner(case)
        actor = self.catalogue.actor(owner)
        nouns = frozenset(singulars(phrase.head))
        if group == "opposition" and actor.kind in ("state", "territory", "igo", "collective"):
            return local(case, case.text, "movement")
        if group == "member" and actor.kind in _STATE_PLACES and nouns & _OTHERS_OF_A_STATE and "-led" not in case.mention.text:
            return nobody(case, "others", f"“{case.text}” are others than {actor.label}", (owner,))
        if actor.kind == "place":
            return Link(
                case.mention,
                actor,
                "owner",
                f"“{case.text}” is something of {actor.label}",
                0.7,
                None,
                phrase.role,
                agent=False,
                candidates=(owner,),
            )
        reason = f"“{phrase.role}” acts for {actor.label}"
        return Link(case.mention, actor, "agent", reason, 0.9, self.owners.acts_for(actor), phrase.role, candidates=(owner,))

    def _speaks(self, phrase: Phrase) -> bool:
        """Whether the head is an office that acts for its owner although no noun of the agents list."""
        offices = [office for role in self.lexicon.roles.get(phrase.office or "", ()) for office in role.offices]
        return (bool(offices) and offices != ["none"]) or (phrase.office or "").endswith(
            ("minister", "secretary", "adviser", "advisor", "chief")
        )

    def thing(self, case: Case) -> Link | None:
        """A thing of an owner: "Belarusian assets"."""
        phrase = case.phrase
        if phrase.owner is None or phrase.name or not phrase.role or case.mention.label == "PER":
            return None
        owner = self.owners.of(case)
        if owner is None:
            return self._undecided_owner(case)
        actor = self.catalogue.actor(owner)
        if any(candidate.kind == "capital" for candidate in phrase.owner.candidates) and not phrase.owner.possessive:
            places = [candidate.actor for candidate in phrase.owner.candidates if candidate.kind == "place"]
            actor = self.catalogue.actor(places[0]) if places else actor
        if actor.kind == "person":
            return None
        return Link(
            case.mention,
            actor,
            "owner",
            f"“{case.text}” is a thing of {actor.label}",
            0.7,
            None,
            phrase.role,
            agent=False,
            candidates=(actor.id,),
        )

    def _undecided_owner(self, case: Case) -> Link:
        owner = case.phrase.owner
        considered = tuple(sorted({candidate.actor for candidate in owner.candidates})) if owner else ()
        return nobody(case, "ambiguous", f"whose “{case.text}” is cannot be told", considered)
