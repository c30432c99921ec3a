"""What a document is about as a whole: whom it names for certain, which persons in full, where it speaks of sport."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from kg.link.catalogue import Catalogue
from kg.link.keys import key
from kg.link.lexicon import Lexicon, singulars
from kg.link.phrases import Phrase
from kg.model import Mention

_CERTAIN = frozenset(("name", "acronym", "adjective", "people", "capital", "place"))
_SMALL_REGION = 20
_SPORTING, _SHARE = 3, 10
"""Sentences with words of play that make a document one about sport: so many, and one in so many."""


@dataclass(frozen=True, slots=True)
class Context:
    """Read once for a document before its mentions are linked."""

    actors: Counter[str] = field(default_factory=Counter)
    persons: frozenset[str] = frozenset()
    sport: frozenset[int] = frozenset()
    sporting: bool = False

    @classmethod
    def of(cls, mentions: Sequence[Mention], phrases: Sequence[Phrase], catalogue: Catalogue, lexicon: Lexicon) -> Context:
        """The context that the mentions of a document give, in any order of linking."""
        actors: Counter[str] = Counter()
        persons: set[str] = set()
        sport: set[int] = set()
        play: set[int] = set()
        sentences = set()
        for mention, phrase in zip(mentions, phrases, strict=True):
            sentences.add(mention.sentence)
            for segment in phrase.segments:
                found = {candidate.actor for candidate in segment.candidates if candidate.kind in _CERTAIN}
                states = {actor for actor in found if "/state/" in actor} or found
                if segment.sort == "name" and len(states) == 1 and segment.text not in lexicon.ambiguous:
                    actors[states.pop()] += 1
            name = phrase.name or ""
            if " " in name:
                persons.update(key(word) for word in name.split())
            words = {form for word in _words(mention) for form in singulars(word)}
            if words & lexicon.syntax["play_word"]:
                play.add(mention.sentence)
            if words & lexicon.syntax["sport_word"]:
                sport.add(mention.sentence)
        sporting = len(play) >= _SPORTING and len(play) * _SHARE >= len(sentences)
        return cls(actors, frozenset(persons), frozenset(sport | play), sporting)

    def support(self, actor: str, catalogue: Catalogue, lexicon: Lexicon) -> float:
        """How much the document speaks of an actor: of it itself, of what lies in it, of its neighbours."""
        parent = catalogue.parent(actor)
        place = parent is not None and catalogue.actor(actor).kind == "place"
        total = 0.0
        for other in self.actors:
            above = catalogue.parent(other)
            if other == actor or above == actor:
                total += 2.0
            elif place and above == parent:
                total += 1.0
            elif any(actor in states and other in states and len(states) <= _SMALL_REGION for states in lexicon.regions.values()):
                total += 0.5
        return total

    def choose(self, candidates: Sequence[str], catalogue: Catalogue, lexicon: Lexicon) -> str | None:
        """The candidate of whom the document speaks most, None where two are equal or it speaks of none."""
        if not self.actors:
            return None
        ranked = sorted(((self.support(actor, catalogue, lexicon), actor) for actor in candidates), reverse=True)
        if not ranked or ranked[0][0] <= 0 or (len(ranked) > 1 and ranked[0][0] == ranked[1][0]):
            return None
        return ranked[0][1]

    def main_state(self, catalogue: Catalogue) -> str | None:
        """The state of which a document speaks most, what lies in it and its organs counted."""
        states: Counter[str] = Counter()
        for actor, number in self.actors.items():
            above = actor if "/state/" in actor else catalogue.parent(actor)
            if above is not None and "/state/" in above:
                states[above] += number
        return min(states, key=lambda state: (-states[state], state)) if states else None


def _words(mention: Mention) -> list[str]:
    return [*mention.text.lower().replace("-", " ").split(), mention.governor.lower()]
