"""Words that point back: pronouns and descriptions such as "the bloc"."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from kg.link.answers import Case, again, nobody
from kg.link.catalogue import ACTOR
from kg.link.memory import Seen
from kg.link.owners import Owners
from kg.model import Link

_MALE, _FEMALE = frozenset({"he", "him", "his", "himself"}), frozenset({"she", "her", "hers", "herself"})
_MEMBER = frozenset({"member", "nation", "country", "state"})
_THING, _MANY = frozenset({"it", "its", "itself"}), frozenset({"they", "them", "their", "theirs", "themselves"})
_OTHER_PRONOUNS = frozenset(
    "i me my we us our you your who whom which that this these those one others some many both all each there what".split()
)


class ReferenceRules:
    """Whom a pronoun or a description means in this document."""

    def __init__(self, owners: Owners) -> None:
        """Use this catalogue, lexicon and people."""
        self.owners = owners
        self.catalogue = owners.catalogue
        self.lexicon = owners.lexicon
        self.people = owners.people

    def pronoun(self, case: Case) -> Link | None:
        """A pronoun means the last actor of its number and gender, the subject first."""
        word = case.text.lower()
        if word in _OTHER_PRONOUNS and case.text in (word, word.capitalize()):
            return nobody(case, "pronoun", f"“{case.text}” names nobody")
        fits = _pronoun_fits(word)
        if fits is None:
            return None
        seen = case.memory.antecedent(case.mention.sentence, fits)
        if seen is not None and word in _THING and seen.sentence < case.mention.sentence and not self._takes_up(case, seen):
            seen = None
        if seen is None:
            return nobody(case, "pronoun", f"nobody before “{case.text}” fits it")
        link = again(case, seen, "pronoun", f"“{case.text}” means the last actor that fits", 0.6)
        return replace(link, role=seen.role)

    def _takes_up(self, case: Case, seen: Seen) -> bool:
        """Whether a thing's pronoun takes up the actor of the sentence before: what was its subject is the subject or the owner now."""
        subject = case.mention.role.startswith("nsubj") or case.mention.role == "nmod:poss"
        others = {
            entry.actor.id for entry in case.memory if entry.sentence == seen.sentence and entry.actor.kind not in ("person", "place")
        }
        return (seen.subject or len(others) == 1) and subject and case.mention.sentence - seen.sentence == 1

    def description(self, case: Case) -> Link | None:
        """ "The bloc", "the Nordic country": the last actor of that kind."""
        words = [word for word in case.words if not word.endswith("-based")]
        member = self._member(case, words)
        if member is not None:
            return member
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

        seen = case.memory.recent_side(fits)
        if seen is None:
            return self._default(case, description.default)
        agent_noun = self.lexicon.agent_group(words[-1]) is not None and description.kinds[0] == "state"
        link = again(case, seen, "description", f"“{case.text}” means the last actor of that kind", 0.65)
        return replace(link, role=case.text if agent_noun else None)

    def _member(self, case: Case, words: Sequence[str]) -> Link | None:
        """ "The NATO member", "the EU country": the last state that belonged to the organisation."""
        owner = case.phrase.owner
        if len(words) < 2 or words[-1] not in _MEMBER or owner is None or case.mention.text.lower().startswith(("a ", "an ")):
            return None
        bodies = {candidate.actor for candidate in owner.candidates if "/igo/" in candidate.actor}
        if len(bodies) != 1 or owner.text.split() != case.text.split()[:-1]:
            return None
        members = {ACTOR + row.actor for row in self.catalogue.memberships(bodies.pop(), case.date)}
        seen = case.memory.recent_side(lambda entry: entry.actor.id in members)
        if seen is None:
            return nobody(case, "description", f"no member named before fits “{case.text}”")
        return again(case, seen, "description", f"“{case.text}” means the last member that was named", 0.65)

    def _default(self, case: Case, default: str | None) -> Link:
        spoken = [entry.actor.id for entry in case.memory]
        if default is None or (spoken and not any(actor == default or self._under(actor, default) for actor in spoken)):
            return nobody(case, "description", f"nothing named before fits “{case.text}”")
        return Link(
            case.mention,
            self.catalogue.actor(default),
            "description-default",
            f"“{case.text}” means {self.catalogue.actor(default).label} where nothing else was named",
            0.55,
            candidates=(default,),
        )

    def _under(self, actor: str, organisation: str) -> bool:
        return actor in self.catalogue and self.catalogue.parent(actor) == organisation

    def _region(self, words: Sequence[str], noun: str) -> frozenset[str] | None:
        """The states that the words before the noun allow ("Nordic"), or the noun itself ("kingdom")."""
        kept = [word for word in words if self.lexicon.modifiers.get(word) != "plain"]
        if kept:
            return self.lexicon.regions.get(" ".join(kept))
        return self.lexicon.regions.get(noun)


def _pronoun_fits(word: str) -> Callable[[Seen], bool] | None:
    if word in _MALE:
        return lambda entry: entry.actor.kind == "person" and entry.gender != "f"
    if word in _FEMALE:
        return lambda entry: entry.actor.kind == "person" and entry.gender != "m"
    if word in _THING:
        return lambda entry: entry.actor.kind not in ("person", "people", "place") and not entry.plural and not entry.thing
    if word in _MANY:
        return lambda entry: entry.plural
    return None


def pronoun_gender(word: str) -> str:
    """ "m" for he, "f" for she, "" for other words."""
    return "m" if word.lower() in _MALE else "f" if word.lower() in _FEMALE else ""
