"""Phrases that are names as a whole: of states, organisations, capitals, seats and places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kg.link.answers import PRECEDENCE, Case, again, inside, local, nobody
from kg.link.catalogue import Candidate
from kg.link.keys import key
from kg.link.owners import Owners
from kg.link.phrases import Segment
from kg.link.strangers import StrangerRules
from kg.model import Link


class NameRules:
    """The whole phrase, or its last words, name an actor."""

    def __init__(self, owners: Owners) -> None:
        """Use this catalogue, lexicon and people."""
        self.owners = owners
        self.catalogue = owners.catalogue
        self.lexicon = owners.lexicon
        self.people = owners.people
        self.strangers = StrangerRules(owners)

    def exact(self, case: Case) -> Link | None:
        """The whole phrase is a name."""
        found = self.catalogue.find(case.text)
        if not found:
            return self._contextual(case)
        if self._is_team(case, found):
            return nobody(case, "team", f"“{case.text}” is a team here", tuple(sorted({candidate.actor for candidate in found})))
        if case.text in self.lexicon.ambiguous:
            return self._ambiguous(case, found)
        best = min(PRECEDENCE.index(candidate.kind) for candidate in found)
        kind = PRECEDENCE[best]
        chosen = sorted({candidate.actor for candidate in found if candidate.kind == kind})
        everybody = tuple(dict.fromkeys(candidate.actor for candidate in sorted(found, key=lambda c: (PRECEDENCE.index(c.kind), c.actor))))
        if case.mention.label == "PER" and self._may_be_person(case, kind, found):
            return None
        if kind == "surname" or "/person/" in chosen[0]:
            return None
        if kind == "capital" or (kind == "seat" and any(candidate.kind == "place" for candidate in found)):
            return self._capital(case, chosen, found)
        if kind == "place":
            return self.place(case, chosen[0], "place", "a place of the catalogue")
        if len(chosen) > 1:
            return self._among(case, chosen)
        return self.named(case, chosen[0], "seat" if kind == "seat" else "alias", 1.0 if kind != "seat" else 0.9, everybody)

    def _may_be_person(self, case: Case, kind: str, found: Sequence[Candidate]) -> bool:
        """Whether to trust the recogniser that takes a place's name for a person's; it often errs on capitals alone."""
        if kind not in ("capital", "place"):
            return False
        surname = any(candidate.kind == "surname" for candidate in found)
        return kind == "place" or surname or case.memory.person(case.text) is not None

    def _contextual(self, case: Case) -> Link | None:
        """ "The Senate" where the document is most of all about the United States, "the North" where it is about the Koreas."""
        rows = self.lexicon.contextual.get(case.text, ())
        main = case.memory.context.main_state(self.catalogue) if rows else None
        chosen = next((actor for actor, about in rows if main in about), None)
        return self.named(case, chosen, "contextual", 0.8) if chosen is not None else None

    def _is_team(self, case: Case, found: Sequence[Candidate]) -> bool:
        """Whether a country is its team: where the document is of sport, or the sentence is and somebody wins."""
        context, mention = case.memory.context, case.mention
        if not context.sport or self.lexicon.is_(mention.preposition, "locative"):
            return False
        if not any(candidate.kind in ("name", "people", "place") for candidate in found) or any("/igo/" in c.actor for c in found):
            return False
        contest = self.lexicon.is_(mention.governor, "contest") or self.lexicon.is_(mention.governor, "sport")
        return context.sporting or (mention.sentence in context.sport and contest)

    def address(self, case: Case) -> Link | None:
        """ "Sydney, Australia" is the city, not its country."""
        first, comma, rest = case.text.partition(", ")
        if not comma:
            return None
        around = {candidate.actor for candidate in self.catalogue.find(rest)}
        here = sorted(c.actor for c in self.catalogue.find(first) if c.kind == "place" and self.catalogue.parent(c.actor) in around)
        return self.place(case, here[0], "address", f"a place in {rest}") if here else None

    def several(self, case: Case) -> Link | None:
        """Two names joined are two mentions, which the caller splits: "Russian and Chinese officials"."""
        if self.catalogue.find(case.text):
            return None
        sorts = [segment.text.lower() if segment.text.lower() in ("and", "or") else segment.sort for segment in case.phrase.segments]
        joined = any(sorts[i] in ("and", "or") and {sorts[i - 1], sorts[i + 1]} == {"name"} for i in range(1, len(sorts) - 1))
        joined = joined or self._clause(case)
        return nobody(case, "several", f"“{case.text}” names more than one actor") if joined else None

    def _clause(self, case: Case) -> bool:
        """Whether a parse has taken a clause for a phrase: "East Timor urged Papua New Guinea"."""
        segments = case.phrase.segments
        if len(segments) < 3 or {segments[0].sort, segments[-1].sort} != {"name"} or segments[0].possessive:
            return False
        between = segments[1:-1]
        return all(s.sort == "word" and s.text.islower() and s.text.endswith("ed") and "-" not in s.text for s in between)

    def introduced(self, case: Case) -> Link | None:
        """A short form or a name that the document has introduced itself."""
        seen = case.memory.named(case.text)
        if seen is None or not seen.local:
            return None
        return again(case, seen, "introduced", f"“{case.text}” was introduced before", 0.9)

    def final_name(self, case: Case) -> Link | None:
        """A name with words before it: "NATO ally Turkey", "Communist China"."""
        segments = case.phrase.segments
        if self.strangers.is_given_name(segments):
            return self.strangers.person(case, case.text, None)
        if len(segments) < 2 or segments[-1].sort != "name" or case.phrase.name:
            return None
        last = segments[-1]
        before = segments[-2]
        strange = before.sort == "word" and before.text[:1].isupper()
        if strange and (last.text in self.lexicon.ambiguous or case.mention.label == "PER"):
            return self.strangers.person(case, case.text, None)
        if before.text[:1].isupper() and self._in_longer_name(case, before.text):
            return self._part_of_state(case, last) if case.mention.label == "LOC" else None
        if strange and all(candidate.kind in ("capital", "place") for candidate in last.candidates):
            return None
        inner = replace(case, text=last.text)
        found = self.exact(inner)
        return replace(found, rule="name-with-modifier") if found and found.actor else found

    def _in_longer_name(self, case: Case, word: str) -> bool:
        """Whether the recogniser takes the word before a name for a part of it: "Food Standards Australia New Zealand"."""
        name = case.mention.name
        inner = inside(case.mention, name) if name else None
        return inner is not None and word in inner

    def _part_of_state(self, case: Case, last: Segment) -> Link:
        """ "Western Australia" is a place in Australia; "Latin America" is none in the United States."""
        states = tuple(sorted({c.actor for c in last.candidates if "/state/" in c.actor and c.kind == "name"}))
        before = case.phrase.segments[-2].text
        if len(states) == 1 and self.lexicon.is_(before, "direction") and last.text == self.catalogue.actor(states[0]).label:
            return replace(self.place_here(case, states), rule="part-of-state")
        return nobody(case, "longer-name", f"“{last.text}” is a part of a longer name", states)

    def place_here(self, case: Case, states: tuple[str, ...]) -> Link:
        """A place that only this document knows, of a state."""
        here = local(case, case.text, "place")
        return replace(here, rule="capital-as-place", reason=f"“{case.text}” is a place here", agent=False, candidates=states)

    def named(self, case: Case, actor_id: str, rule: str, score: float, candidates: tuple[str, ...] = ()) -> Link:
        actor = self.catalogue.actor(actor_id)
        if actor.kind == "place":
            return self.place(case, actor_id, "place", "a place of the catalogue")
        words = {"alias": "is a name of", "seat": "is the seat of", "capital": "is the capital of and stands for"}.get(rule, "means")
        reason = f"“{case.text}” {words} {actor.label}"
        return Link(case.mention, actor, rule, reason, score, self.owners.acts_for(actor), candidates=candidates or (actor_id,))

    def place(self, case: Case, actor_id: str, rule: str, reason: str) -> Link:
        case.memory.places.add((case.mention.sentence, case.text))
        place = self.catalogue.actor(actor_id)
        return Link(case.mention, place, rule, f"“{case.text}” is {reason}", 0.9, agent=False, candidates=(actor_id,))

    def _among(self, case: Case, chosen: list[str]) -> Link:
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
        return nobody(case, "ambiguous", f"“{case.text}” may be any of {len(chosen)} actors", tuple(chosen))

    def _ambiguous(self, case: Case, found: Sequence[Candidate]) -> Link | None:
        """Names that are also somebody's or somewhere else's: decided by the document and the syntax."""
        candidates = self.lexicon.ambiguous[case.text] or tuple(sorted({candidate.actor for candidate in found}))
        mention = case.mention
        capital = any(candidate.kind == "capital" for candidate in found)
        if (
            mention.label == "PER"
            and not (capital and case.memory.person(case.text) is None)
            and not self._state_though_person(case, candidates)
        ):
            return None
        if self.lexicon.is_(mention.governor, "sport"):
            return nobody(case, "ambiguous", f"“{case.text}” may be a person or a team", candidates)
        if any(candidate.kind == "capital" for candidate in found):
            return self._capital(case, [c.actor for c in found if c.kind == "capital"], found)
        states = [actor for actor in candidates if "/state/" in actor] or list(candidates[:1])
        seen = case.memory.recent(lambda entry: entry.actor.id in candidates)
        about = case.memory.context.choose(candidates, self.catalogue, self.lexicon) if len(candidates) > 1 and seen is None else None
        if about:
            return self.named(case, about, "alias-in-document", 0.8, candidates)
        if seen:
            return Link(
                mention,
                seen.actor,
                "alias-in-document",
                f"“{case.text}” is {seen.actor.label}, named before",
                0.85,
                candidates=tuple(sorted(candidates, key=lambda actor: actor != seen.actor.id)),
            )
        if len(states) != 1 or "/person/" in states[0]:
            return nobody(case, "ambiguous", f"“{case.text}” may be any of {len(candidates)} actors", candidates)
        if len(candidates) > 1 and self.lexicon.is_(mention.preposition, "locative"):
            return nobody(case, "ambiguous", f"“{case.text}” is a place that the document does not tell apart", candidates)
        return self.named(case, states[0], "alias", 0.9 if len(candidates) == 1 else 0.7, candidates)

    def _state_though_person(self, case: Case, candidates: Sequence[str]) -> bool:
        """Whether a country's name that the recogniser takes for a person's is the country: "Chad thanked Mali"."""
        states = [actor for actor in candidates if "/state/" in actor]
        context = case.memory.context
        if len(states) != 1 or key(case.text) in context.persons or case.memory.person(case.text) is not None:
            return False
        if self.catalogue.actor(states[0]).label != case.text or self.lexicon.is_(case.mention.governor, "personal"):
            return False
        if self.lexicon.is_(case.mention.governor, "speech") and not context.actors:
            return False  # anybody says something; among other states a state does
        return case.mention.role != "appos" and not case.phrase.titled

    def _capital(self, case: Case, chosen: Sequence[str], found: Sequence[Candidate]) -> Link:
        """A capital is the state where it acts or is acted on, and a place where things are."""
        places = sorted(
            (c.actor for c in found if c.kind == "place"), key=lambda place: (self.catalogue.parent(place) not in chosen, place)
        )
        if self._is_place(case):
            where = places[0] if places else None
            if where:
                why = f"a place here (“{case.mention.preposition or case.mention.governor}”)"
                return replace(self.place(case, where, "capital-as-place", why), candidates=(where, *sorted(chosen)))
            return self.place_here(case, tuple(sorted(chosen)))
        return self.named(case, sorted(chosen)[0], "capital", 0.85, tuple(sorted(chosen)) + tuple(places))

    def _is_place(self, case: Case) -> bool:
        lexicon, mention = self.lexicon, case.mention
        if mention.role == "conj" and not mention.preposition:  # "through Riga and Oslo"
            return (mention.sentence, mention.governor) in case.memory.places
        if lexicon.is_(mention.governor, "travel") and not lexicon.is_(mention.preposition, "locative"):
            return mention.role == "obj" or mention.preposition in ("to", "from", "for")
        if mention.preposition == "at" and mention.role.startswith("obl"):  # "lashed out at Minsk", but "arrived at Minsk"
            return lexicon.is_(mention.governor, "place_verb")
        at_place = mention.preposition in ("of", "to") and lexicon.is_(mention.governor, "place_noun")
        if at_place or lexicon.is_(mention.preposition, "locative"):
            return True
        return lexicon.is_(mention.governor, "place_verb") or (
            mention.role in ("compound", "appos") and lexicon.is_(mention.governor, "place_noun")
        )
