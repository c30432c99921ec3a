"""From mentions to actors: a chain of small rules, each of which gives a reason.

The rules are tried in the order of `Linker._rules`; the first that answers wins. A rule that cannot decide keeps its
candidates and links to nobody: a wrong actor costs more than none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from kg.link.catalogue import ACTOR, Candidate, Catalogue
from kg.link.keys import slug, without_article
from kg.link.lexicon import Lexicon, singulars
from kg.link.memory import Memory, Seen
from kg.link.people import People
from kg.link.phrases import Phrase, Segment, bare, parenthesis, parse, split_words
from kg.model import Actor, ActorKind, Link, Mention, Span

_MALE, _FEMALE = frozenset({"he", "him", "his", "himself"}), frozenset({"she", "her", "hers", "herself"})
_THING, _MANY = frozenset({"it", "its", "itself"}), frozenset({"they", "them", "their", "theirs", "themselves"})
_OTHER_PRONOUNS = frozenset(
    "i me my we us our you your who whom which that this these those one others some many both all each there what".split()  # noqa: SIM905
)
_PRECEDENCE = ("name", "acronym", "adjective", "people", "seat", "capital", "place", "surname")
_SUBJECT = ("nsubj", "csubj")
_BACKED = re.compile(
    r"^(?:pro|anti)-\w|\w-(?:backed|aligned|linked|allied|funded|sponsored|supported|affiliated|armed|trained|financed)$", re.I
)
_STATE_PLACES = ("state", "territory")
_OTHERS_OF_A_STATE = frozenset({"ally", "partner", "neighbour", "neighbor", "coalition", "bloc", "alliance"})


@dataclass(frozen=True, slots=True)
class _Case:
    """One mention with everything the rules look at."""

    mention: Mention
    text: str
    phrase: Phrase
    date: str | None
    memory: Memory

    @property
    def words(self) -> list[str]:
        """The phrase's words in lower case."""
        return [word.lower() for word in self.text.split()]


class Linker:
    """Links the mentions of a document to actors.

    Args:
        catalogue: the actors known beforehand.
        profile: "careful" links nothing below 0.5; "eager" keeps every answer of the rules.
    """

    def __init__(self, catalogue: Catalogue, profile: str = "careful") -> None:
        """Build a linker over a catalogue."""
        if profile not in ("careful", "eager"):
            raise ValueError(f"profile is {profile!r}; it must be 'careful' or 'eager'")
        self.catalogue = catalogue
        self.lexicon = Lexicon.of(catalogue)
        self.people = People(catalogue, self.lexicon)
        self._floor = 0.5 if profile == "careful" else 0.0
        self._rules: tuple[Callable[[_Case], Link | None], ...] = (
            self._pronoun,
            self._several,
            self._introduced,
            self._exact,
            self._description,
            self._person,
            self._final_name,
            self._organisation,
            self._office,
            self._counterpart,
            self._agent,
            self._thing,
            self._bare_office,
            self._unknown,
        )

    def link(self, mentions: Sequence[Mention], *, date: str | None) -> list[Link]:
        """Link the mentions of one document, given in the order of the text.

        Args:
            mentions: all mentions, one document's.
            date: the document's date (ISO 8601 of any precision), by which offices are read; None reads the latest.

        Returns:
            One link a mention, in the same order.
        """
        memory = Memory()
        links = []
        for mention in mentions:
            link = self._link(mention, date, memory)
            self._remember(link, memory)
            links.append(link)
        return links

    def resolve(self, text: str, *, date: str | None) -> Link:
        """Link a phrase that stands alone; a capital or a seat is then the state.

        Args:
            text: the phrase, such as "the Turkish president".
            date: the day on which it is said.
        """
        words = bare(text).split()
        head = singulars(words[-1])[-1] if words else ""
        return self._link(Mention(Span(0, len(text)), text, head), date, Memory())

    def _link(self, mention: Mention, date: str | None, memory: Memory) -> Link:
        text = bare(mention.text)
        phrase = parse(mention.text, self.catalogue, self.lexicon, name=_person_name(mention))
        case = _Case(mention, text, phrase, date, memory)
        for rule in self._rules:
            link = rule(case)
            if link is None:
                continue
            if link.actor is not None and link.score < self._floor:
                considered = link.candidates or (link.actor.id,)
                return Link(mention, None, link.rule, f"too uncertain: {link.reason}", 0.0, agent=False, candidates=considered)
            return link
        return _nobody(case, "unknown", f"nobody is known as “{text}”")

    # -- names ---------------------------------------------------------------------------------------------------

    def _exact(self, case: _Case) -> Link | None:
        """The whole phrase is a name."""
        found = self.catalogue.find(case.text)
        if not found:
            return None
        if case.text in self.lexicon.ambiguous:
            return self._ambiguous(case, found)
        best = min(_PRECEDENCE.index(candidate.kind) for candidate in found)
        kind = _PRECEDENCE[best]
        chosen = sorted({candidate.actor for candidate in found if candidate.kind == kind})
        everybody = tuple(dict.fromkeys(candidate.actor for candidate in sorted(found, key=lambda c: (_PRECEDENCE.index(c.kind), c.actor))))
        if case.mention.label == "PER" and kind in ("capital", "place", "seat"):
            return None
        if kind == "surname" or "/person/" in chosen[0]:
            return None
        if kind == "capital":
            return self._capital(case, chosen, found)
        if kind == "place":
            return self._place(case, chosen[0], "place", "a place of the catalogue")
        if len(chosen) > 1:
            return self._among(case, chosen)
        return self._named(case, chosen[0], "seat" if kind == "seat" else "alias", 1.0 if kind != "seat" else 0.9, everybody)

    def _several(self, case: _Case) -> Link | None:
        """Two names joined are two mentions, which the caller splits: "Russian and Chinese officials"."""
        if self.catalogue.find(case.text):
            return None
        sorts = [segment.text.lower() if segment.text.lower() in ("and", "or") else segment.sort for segment in case.phrase.segments]
        joined = any(sorts[i] in ("and", "or") and {sorts[i - 1], sorts[i + 1]} == {"name"} for i in range(1, len(sorts) - 1))
        return _nobody(case, "several", f"“{case.text}” names more than one actor") if joined else None

    def _named(self, case: _Case, actor_id: str, rule: str, score: float, candidates: tuple[str, ...] = ()) -> Link:
        actor = self.catalogue.actor(actor_id)
        if actor.kind == "place":
            return self._place(case, actor_id, "place", "a place of the catalogue")
        words = {"alias": "is a name of", "seat": "is the seat of", "capital": "is the capital of and stands for"}.get(rule, "means")
        reason = f"“{case.text}” {words} {actor.label}"
        return Link(case.mention, actor, rule, reason, score, self._acts_for(actor), candidates=candidates or (actor_id,))

    def _place(self, case: _Case, actor_id: str, rule: str, reason: str) -> Link:
        return Link(
            case.mention, self.catalogue.actor(actor_id), rule, f"“{case.text}” is {reason}", 0.9, agent=False, candidates=(actor_id,)
        )

    def _among(self, case: _Case, chosen: list[str]) -> Link:
        """Several actors share the name: the one the document has named, else nobody."""
        seen = case.memory.recent(lambda entry: entry.actor.id in chosen)
        if seen:
            return Link(
                case.mention,
                seen.actor,
                "alias-in-document",
                f"“{case.text}” is {seen.actor.label}, named before",
                0.8,
                candidates=tuple(chosen),
            )
        return _nobody(case, "ambiguous", f"“{case.text}” may be any of {len(chosen)} actors", tuple(chosen))

    def _ambiguous(self, case: _Case, found: Sequence[Candidate]) -> Link | None:
        """Names that are also somebody's or somewhere else's: decided by the document and the syntax."""
        candidates = self.lexicon.ambiguous[case.text] or tuple(sorted({candidate.actor for candidate in found}))
        mention = case.mention
        if mention.label == "PER" or self.lexicon.is_(mention.governor, "sport"):
            return None if mention.label == "PER" else _nobody(case, "ambiguous", f"“{case.text}” may be a person or a team", candidates)
        if any(candidate.kind == "capital" for candidate in found):
            return self._capital(case, [c.actor for c in found if c.kind == "capital"], found)
        states = [actor for actor in candidates if "/state/" in actor]
        seen = case.memory.recent(lambda entry: entry.actor.id in candidates)
        if seen:
            return Link(
                mention, seen.actor, "alias-in-document", f"“{case.text}” is {seen.actor.label}, named before", 0.85, candidates=candidates
            )
        if len(states) != 1:
            return _nobody(case, "ambiguous", f"“{case.text}” may be any of {len(candidates)} actors", candidates)
        if len(candidates) > 1 and self.lexicon.is_(mention.preposition, "locative"):
            return _nobody(case, "ambiguous", f"“{case.text}” is a place that the document does not tell apart", candidates)
        return self._named(case, states[0], "alias", 0.9 if len(candidates) == 1 else 0.7, candidates)

    def _capital(self, case: _Case, chosen: Sequence[str], found: Sequence[Candidate]) -> Link:
        """A capital is the state where it acts or is acted on, and a place where things are."""
        places = sorted(candidate.actor for candidate in found if candidate.kind == "place")
        if self._is_place(case.mention):
            where = places[0] if places else None
            if where:
                return self._place(case, where, "capital-as-place", f"a place here (“{case.mention.preposition or case.mention.governor}”)")
            local = self._local(case, case.text, "place")
            return replace(local, rule="capital-as-place", reason=f"“{case.text}” is a place here", agent=False)
        return self._named(case, sorted(chosen)[0], "capital", 0.85, tuple(sorted(chosen)) + tuple(places))

    def _is_place(self, mention: Mention) -> bool:
        lexicon = self.lexicon
        if lexicon.is_(mention.preposition, "locative") or (mention.preposition == "of" and lexicon.is_(mention.governor, "place_noun")):
            return True
        return lexicon.is_(mention.governor, "place_verb") or (
            mention.role in ("compound", "appos") and lexicon.is_(mention.governor, "place_noun")
        )

    def _introduced(self, case: _Case) -> Link | None:
        """A short form or a name that the document has introduced itself."""
        seen = case.memory.named(case.text)
        if seen is None or not seen.local:
            return None
        return self._again(case, seen, "introduced", f"“{case.text}” was introduced before", 0.9)

    # -- persons -------------------------------------------------------------------------------------------------

    def _person(self, case: _Case) -> Link | None:
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
        owner = self._owner_id(case)
        if full:
            choice = self.people.choose(full, case.date, owner=owner if len(full) > 1 else None)
            if choice.person is None and len(set(full)) == 1:
                choice = replace(choice, person=full[0], score=0.9)
            if choice.person is None:
                return _nobody(case, "ambiguous-person", f"{choice.reason}: “{name}”", choice.considered)
            return self._known_person(case, choice.person, owner, "person-name", f"“{name}” is a name of", 1.0, choice.considered)
        if " " in name and not self._only_surname(name):
            return self._unknown_person(case, name, owner)
        return self._surname(case, name, owner)

    def _only_surname(self, name: str) -> bool:
        """Whether a name of several words is a surname as a whole ("von der Leyen")."""
        return any(candidate.kind == "surname" for candidate in self.catalogue.find(name))

    def _surname(self, case: _Case, name: str, owner: str | None) -> Link | None:
        seen = case.memory.person(name)
        if seen and not _contradicts(seen, case.phrase.gender):
            return self._again(case, seen, "surname", f"“{name}” was named in full before", 0.95)
        people = [candidate.actor for candidate in self.catalogue.find(name) if candidate.kind == "surname"]
        choice = self.people.choose(people, case.date, phrase=case.phrase.office, owner=owner)
        if choice.person is None and (case.phrase.office and not owner):
            choice = self.people.choose(people, case.date)
        if choice.person is None and people and not case.phrase.titled:
            return _nobody(case, "ambiguous-person", f"{choice.reason}: “{name}”", choice.considered)
        if choice.person is None:
            return self._unknown_person(case, name, owner) if case.phrase.titled or case.mention.label == "PER" else None
        rule = "title-and-surname" if case.phrase.titled else "surname-alone"
        return self._known_person(case, choice.person, owner, rule, f"“{name}”, {choice.reason}, is", choice.score, choice.considered)

    def _known_person(
        self, case: _Case, person: str, owner: str | None, rule: str, reason: str, score: float, candidates: tuple[str, ...]
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

    def _unknown_person(self, case: _Case, name: str, owner: str | None) -> Link:
        words = name.split()
        seen = case.memory.person(words[-1]) if len(words) == 1 else case.memory.named(name)
        if seen and seen.local:
            return self._again(case, seen, "local", f"“{name}” was named before", 0.9)
        kind = self._kind_of_name(case, words)
        side = self.catalogue.actor(owner) if owner and self.catalogue.actor(owner).kind != "place" else None
        if kind != "person":
            return self._local(case, name, kind)
        reason = f"“{name}” is a person whom the catalogue does not know" + (f", of {side.label}" if side else "")
        return Link(case.mention, _local_actor(name, "person"), "local-person", reason, 0.6, side, case.phrase.role, local=True)

    def _kind_of_name(self, case: _Case, words: Sequence[str]) -> ActorKind:
        """A person, unless the words say an organisation or a country's name makes it uncertain."""
        if case.mention.label == "PER" or case.phrase.titled:
            return "person"
        if any(self.lexicon.is_(word, "organisation_noun") for word in words):
            return "organisation"
        return "unknown" if any(self.catalogue.is_name(word) for word in words) else "person"

    def _again(self, case: _Case, seen: Seen, rule: str, reason: str, score: float) -> Link:
        role = case.phrase.role if case.phrase.titled else None
        return Link(
            case.mention,
            seen.actor,
            rule,
            f"{reason}: {seen.actor.label}",
            score,
            seen.affiliation,
            role,
            local=seen.local,
            candidates=(seen.actor.id,),
        )

    # -- phrases with an owner -----------------------------------------------------------------------------------

    def _final_name(self, case: _Case) -> Link | None:
        """A name with words before it: "NATO ally Turkey", "Communist China"."""
        segments = case.phrase.segments
        if self._is_given_name(segments):
            return self._unknown_person(case, case.text, None)
        if len(segments) < 2 or segments[-1].sort != "name" or case.phrase.name:
            return None
        last = segments[-1]
        before = segments[-2]
        strange = before.sort == "word" and before.text[:1].isupper()
        if strange and (last.text in self.lexicon.ambiguous or case.mention.label == "PER"):
            return self._unknown_person(case, case.text, None)
        if strange and all(candidate.kind in ("capital", "place") for candidate in last.candidates):
            return None
        inner = replace(case, text=last.text)
        found = self._exact(inner)
        return replace(found, rule="name-with-modifier") if found and found.actor else found

    def _organisation(self, case: _Case) -> Link | None:
        """An organisation that the catalogue does not know, though its name holds one that it does: "Bank of Japan"."""
        words = split_words(case.text)
        if case.phrase.name or not _titled(words) or self.lexicon.agent_group(words[-1]) or case.phrase.office:
            return None
        head = case.phrase.head
        named = case.mention.label == "ORG" and self._local_name(case) == case.text and len(words) > 1
        if named or (head[:1].isupper() and self.lexicon.is_(head, "organisation_noun")):
            return self._local(case, case.text, "organisation") if not self.catalogue.find(case.text) else None
        return None

    def _is_given_name(self, segments: Sequence[Segment]) -> bool:
        """Whether a country's name is a given name here ("Chad Smith")."""
        if len(segments) < 2 or segments[0].possessive or segments[0].text not in self.lexicon.ambiguous:
            return False
        rest = segments[1:]
        return all(segment.sort == "word" and segment.text[:1].isupper() for segment in rest) and not self.lexicon.agent_group(
            rest[-1].text
        )

    def _office(self, case: _Case) -> Link | None:
        """An office with its owner: the holder on the date, or an unnamed agent of the owner."""
        phrase = case.phrase
        owner = self._owner_id(case)
        if phrase.office is None or owner is None or phrase.name:
            return None
        if {"past", "future"} & phrase.effects:
            return _nobody(case, "not-the-incumbent", f"“{case.text}” is not who holds the office", (owner,))
        return self._office_of(case, owner)

    def _office_of(self, case: _Case, owner: str) -> Link | None:
        phrase = case.phrase
        if phrase.office is None or self.catalogue.actor(owner).kind == "place":
            return None
        holding = None if phrase.effects else self.people.holder(phrase.office, owner, case.date)
        if holding is None:
            return None
        person = self.catalogue.actor(holding.term.person)
        side = self.catalogue.actor(holding.owner)
        reason = f"{person.label} was {holding.office.replace('_', ' ')} of {side.label} from {holding.term.start}"
        reason += f" until {holding.term.end}" if holding.term.end else f" (last checked {holding.term.as_of})"
        return Link(case.mention, person, "role-at-date", reason, 0.9, side, phrase.role, candidates=(person.id, owner))

    def _counterpart(self, case: _Case) -> Link | None:
        """ "His Greek counterpart" holds the office that the last person named by an office holds."""
        owner = self._owner_id(case)
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

    def _agent(self, case: _Case) -> Link | None:
        """An owner's officials, troops, government: an agent of the owner."""
        phrase = case.phrase
        group = self.lexicon.agent_group(phrase.head)
        if phrase.owner is None or phrase.name or (group is None and not self._speaks(phrase)):
            return None
        if {"past", "future"} & phrase.effects:
            return _nobody(case, "not-the-incumbent", f"“{case.text}” no longer acts for the owner", ())
        owner = self._owner_id(case)
        if owner is None:
            return self._undecided_owner(case)
        actor = self.catalogue.actor(owner)
        nouns = frozenset(singulars(phrase.head))
        if group == "opposition" and actor.kind in ("state", "territory", "igo", "collective"):
            return self._local(case, case.text, "movement")
        if group == "member" and actor.kind in _STATE_PLACES and nouns & _OTHERS_OF_A_STATE and "-led" not in case.mention.text:
            return _nobody(case, "others", f"“{case.text}” are others than {actor.label}", (owner,))
        if actor.kind == "place":
            return replace(self._place(case, owner, "owner", f"something of {actor.label}"), role=phrase.role)
        reason = f"“{phrase.role}” acts for {actor.label}"
        return Link(case.mention, actor, "agent", reason, 0.9, self._acts_for(actor), phrase.role, candidates=(owner,))

    def _speaks(self, phrase: Phrase) -> bool:
        """Whether the head is an office that acts for its owner although no noun of the agents list."""
        offices = [office for role in self.lexicon.roles.get(phrase.office or "", ()) for office in role.offices]
        return (bool(offices) and offices != ["none"]) or (phrase.office or "").endswith(
            ("minister", "secretary", "adviser", "advisor", "chief")
        )

    def _thing(self, case: _Case) -> Link | None:
        """A thing of an owner: "Belarusian assets"."""
        phrase = case.phrase
        if phrase.owner is None or phrase.name or not phrase.role or case.mention.label == "PER":
            return None
        owner = self._owner_id(case)
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

    def _undecided_owner(self, case: _Case) -> Link:
        owner = case.phrase.owner
        considered = tuple(sorted({candidate.actor for candidate in owner.candidates})) if owner else ()
        return _nobody(case, "ambiguous", f"whose “{case.text}” is cannot be told", considered)

    def _owner_id(self, case: _Case) -> str | None:
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

    def _owner_of(self, owner: Segment, case: _Case) -> str | None:
        for kind in _PRECEDENCE:
            actors = sorted({candidate.actor for candidate in owner.candidates if candidate.kind == kind})
            if not actors:
                continue
            if kind == "place":
                return actors[0]
            if kind == "surname" or "/person/" in actors[0]:
                return self._owner_person(owner.text, actors, case)
            return actors[0] if len(actors) == 1 else None
        return None

    def _owner_person(self, name: str, people: Sequence[str], case: _Case) -> str | None:
        seen = case.memory.person(name)
        if seen:
            return seen.affiliation.id if seen.affiliation else None
        person = self.people.choose(people, case.date).person
        return self.people.affiliation(person, case.date)[0] if person else None

    def _acts_for(self, actor: Actor) -> Actor | None:
        """Whom an organ acts for; organisations of states act for themselves."""
        parent = self.catalogue.side(actor.id) or (self.catalogue.parent(actor.id) if actor.kind == "organ" else None)
        return self.catalogue.actor(parent) if parent else None

    # -- descriptions and pronouns -------------------------------------------------------------------------------

    def _pronoun(self, case: _Case) -> Link | None:
        """A pronoun means the last actor of its number and gender, the subject first."""
        word = case.text.lower()
        if word in _OTHER_PRONOUNS and case.text in (word, word.capitalize()):
            return _nobody(case, "pronoun", f"“{case.text}” names nobody")
        fits = _pronoun_fits(word)
        if fits is None:
            return None
        seen = case.memory.antecedent(case.mention.sentence, fits)
        if seen is None:
            return _nobody(case, "pronoun", f"nobody before “{case.text}” fits it")
        link = self._again(case, seen, "pronoun", f"“{case.text}” means the last actor that fits", 0.6)
        return replace(link, role=seen.role)

    def _description(self, case: _Case) -> Link | None:
        """ "The bloc", "the Nordic country": the last actor of that kind."""
        words = case.words
        start = next((i for i in range(len(words)) if " ".join(words[i:]) in self.lexicon.descriptions), None)
        if start is None:
            return None
        noun = " ".join(words[start:])
        region = self._region(words[:start], noun)
        if words[:start] and region is None:
            return None
        description = self.lexicon.descriptions[noun]

        def fits(entry: Seen) -> bool:
            actor = entry.actor
            if actor.kind not in description.kinds or (region is not None and actor.id not in region):
                return False
            type_ = self.catalogue.type(actor.id) if actor.id in self.catalogue else ""
            return not description.types or any(part in type_ for part in description.types)

        seen = case.memory.recent(fits)
        if seen is None:
            return self._default(case, description.default)
        agent_noun = self.lexicon.agent_group(words[-1]) is not None and description.kinds[0] == "state"
        link = self._again(case, seen, "description", f"“{case.text}” means the last actor of that kind", 0.65)
        return replace(link, role=case.text if agent_noun else None)

    def _default(self, case: _Case, default: str | None) -> Link:
        spoken = [entry.actor.id for entry in case.memory]
        if default is None or (spoken and not any(actor == default or self._under(actor, default) for actor in spoken)):
            return _nobody(case, "description", f"nothing named before fits “{case.text}”")
        return self._named(case, default, "description-default", 0.55)

    def _under(self, actor: str, organisation: str) -> bool:
        return actor in self.catalogue and self.catalogue.parent(actor) == organisation

    def _region(self, words: Sequence[str], noun: str) -> frozenset[str] | None:
        """The states that the words before the noun allow ("Nordic"), or the noun itself ("kingdom")."""
        kept = [word for word in words if self.lexicon.modifiers.get(word) != "plain"]
        if kept:
            return self.lexicon.regions.get(" ".join(kept))
        return self.lexicon.regions.get(noun)

    def _bare_office(self, case: _Case) -> Link | None:
        """ "The president" without an owner: the person of that office named last, else the holder in the state named last."""
        phrase = case.phrase
        if phrase.office is None or phrase.owner is not None or phrase.name or phrase.effects:
            return None
        office = phrase.office
        implied = self.people.implied_owner(office)
        if implied is not None:
            return self._office_of(case, implied)
        seen = case.memory.recent(lambda entry: office in entry.offices)
        if seen:
            return replace(
                self._again(case, seen, "office-in-document", f"“{case.text}” was named by that office before", 0.75), role=phrase.role
            )
        state = case.memory.recent(
            lambda entry: (
                entry.actor.kind in ("state", "igo", "armed_group") and self.people.holder(office, entry.actor.id, case.date) is not None
            )
        )
        holding = self.people.holder(office, state.actor.id, case.date) if state else None
        if state is None or holding is None:
            return None
        person = self.catalogue.actor(holding.term.person)
        reason = f"{person.label} held that office in {state.actor.label}, named last"
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

    def _unknown(self, case: _Case) -> Link | None:
        """A name that the catalogue does not know becomes an actor of the document."""
        label = case.mention.label
        words = split_words(case.text)
        if self._backed(words):
            return self._local(case, case.text, "movement")
        if label == "ORG" or (not label and len(words) >= 2 and _titled(words) and not case.phrase.owner):
            return self._local(case, self._local_name(case), "organisation" if label == "ORG" else "unknown")
        return None

    def _backed(self, words: Sequence[str]) -> bool:
        """Whether the phrase is a force that a state only supports: "Iran-backed militias", "pro-Russian separatists"."""
        group = self.lexicon.agent_group(words[-1]) if words else None
        return group in ("military", "opposition") and any(_BACKED.search(word) for word in words[:-1])

    def _local_name(self, case: _Case) -> str:
        name = case.mention.name
        inner = _inside(case.mention, name) if name else None
        return bare(inner) if inner else case.text

    def _local(self, case: _Case, name: str, kind: ActorKind) -> Link:
        reason = f"“{name}” is not in the catalogue; an actor of this document"
        return Link(case.mention, _local_actor(name, kind), "local", reason, 0.5, role=None, local=True)

    # -- memory --------------------------------------------------------------------------------------------------

    def _remember(self, link: Link, memory: Memory) -> None:
        actor, mention = link.actor, link.mention
        if actor is None:
            return
        text = bare(mention.text)
        phrase = parse(mention.text, self.catalogue, self.lexicon, name=_person_name(mention))
        gender = self.catalogue.gender(actor.id) if actor.id in self.catalogue else ""
        gender = gender or phrase.gender or {"spokeswoman": "f", "spokesman": "m"}.get(phrase.office or "", "")
        if link.rule == "pronoun":
            gender = "m" if text.lower() in _MALE else "f" if text.lower() in _FEMALE else ""
        entry = Seen(
            actor,
            mention.sentence,
            subject=mention.role.startswith(_SUBJECT) and link.agent,
            plural=_is_plural(link),
            gender=gender,
            affiliation=link.affiliation,
            role=link.role,
            offices=(phrase.office,) if phrase.office and actor.kind == "person" and not phrase.effects else self._titles(phrase),
            local=link.local,
            named=link.rule not in ("pronoun", "description"),
        )
        short = parenthesis(mention.text)
        surfaces = [text] if link.local or link.rule in ("alias", "person-name") else []
        memory.note(entry, *surfaces, *([short] if short else []), *([phrase.name] if phrase.name else []), *_initials(link))

    def _titles(self, phrase: Phrase) -> tuple[str, ...]:
        """The offices that stand before a name ("Foreign Minister Hakan Fidan")."""
        return tuple(segment.text.lower() for segment in phrase.segments if segment.sort == "role")


def _person_name(mention: Mention) -> str | None:
    if mention.label != "PER" or mention.name is None:
        return None
    return _inside(mention, mention.name)


def _inside(mention: Mention, name: Span) -> str | None:
    """The words of a name within the mention, None where the offsets do not fit (the text leaves something out)."""
    if mention.span.end - mention.span.begin != len(mention.text) or not mention.span.begin <= name.begin < name.end <= mention.span.end:
        return None
    return mention.text[name.begin - mention.span.begin : name.end - mention.span.begin]


def _pronoun_fits(word: str) -> Callable[[Seen], bool] | None:
    if word in _MALE:
        return lambda entry: entry.actor.kind == "person" and entry.gender != "f"
    if word in _FEMALE:
        return lambda entry: entry.actor.kind == "person" and entry.gender != "m"
    if word in _THING:
        return lambda entry: entry.actor.kind not in ("person", "people", "place") and not entry.plural
    if word in _MANY:
        return lambda entry: entry.plural
    return None


def _is_plural(link: Link) -> bool:
    actor = link.actor
    if actor is None:
        return False
    if link.role and link.rule in ("agent", "local"):
        return link.role.endswith("s") or link.role.lower().endswith(("troops", "police", "men", "people"))
    return actor.kind in ("people", "collective", "movement") or (actor.kind == "armed_group" and actor.label.endswith("s"))


def _contradicts(seen: Seen, gender: str) -> bool:
    return bool(gender and seen.gender and gender != seen.gender)


def _initials(link: Link) -> list[str]:
    """The short form that a name of several words may take later, for actors of the document."""
    if not link.local or link.actor is None or link.actor.kind == "person":
        return []
    capitals = re.findall(r"\b[A-Z]", link.actor.label)
    return ["".join(capitals)] if len(capitals) >= 3 else []


def _titled(words: Sequence[str]) -> bool:
    """Whether every word but small ones begins with a capital."""
    return bool(words) and all(word[:1].isupper() for word in words if len(word) > 3) and words[0][:1].isupper() and words[-1][:1].isupper()


def _local_actor(name: str, kind: ActorKind) -> Actor:
    return Actor(f"{ACTOR}local/{slug(name)}", without_article(name), kind)


def _nobody(case: _Case, rule: str, reason: str, candidates: tuple[str, ...] = ()) -> Link:
    return Link(case.mention, None, rule, reason, 0.0, agent=False, candidates=candidates)
