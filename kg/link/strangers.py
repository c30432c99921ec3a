"""Names that the catalogue does not know: they become actors of the document."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kg.link.answers import Case, again, local, local_actor, local_name
from kg.link.owners import Owners
from kg.link.phrases import Segment, bare, split_words
from kg.model import ActorKind, Link, Mention

_BACKED = re.compile(
    r"^(?:pro|anti)-\w|\w-(?:backed|aligned|linked|allied|funded|sponsored|supported|affiliated|armed|trained|financed)$", re.I
)


class StrangerRules:
    """Persons, organisations and forces of which only the document speaks."""

    def __init__(self, owners: Owners) -> None:
        """Use this catalogue, lexicon and people."""
        self.owners = owners
        self.catalogue = owners.catalogue
        self.lexicon = owners.lexicon
        self.people = owners.people

    def person(self, case: Case, name: str, owner: str | None) -> Link:
        words = name.split()
        seen = case.memory.person(words[-1]) if len(words) == 1 else case.memory.named(name)
        if seen and seen.local:
            return again(case, seen, "local", f"“{name}” was named before", 0.9)
        kind = self._kind_of_name(case, words)
        side = self.catalogue.actor(owner) if owner and self.catalogue.actor(owner).kind != "place" else None
        if kind != "person":
            return local(case, name, kind)
        reason = f"“{name}” is a person whom the catalogue does not know" + (f", of {side.label}" if side else "")
        actor = local_actor(name, "person", case.memory.document)
        return Link(case.mention, actor, "local-person", reason, 0.6, side, case.phrase.role, local=True)

    def _kind_of_name(self, case: Case, words: Sequence[str]) -> ActorKind:
        """A person, unless the words say an organisation or a country's name makes it uncertain."""
        if case.mention.label == "PER" or case.phrase.titled:
            return "person"
        if any(self.lexicon.is_(word, "organisation_noun") for word in words):
            return "organisation"
        return "unknown" if any(self.catalogue.is_name(word) for word in words) else "person"

    def organisation(self, case: Case) -> Link | None:
        """An organisation that the catalogue does not know, though its name holds one that it does: "Bank of Japan"."""
        words = split_words(case.text)
        if case.phrase.name or not is_titled(words) or self.lexicon.agent_group(words[-1]) or case.phrase.office:
            return None
        head = case.phrase.head
        named = case.mention.label == "ORG" and local_name(case) == case.text and len(words) > 1
        if named or (head[:1].isupper() and self.lexicon.is_(head, "organisation_noun")):
            return local(case, case.text, "organisation") if not self.catalogue.find(case.text) else None
        return None

    def is_given_name(self, segments: Sequence[Segment]) -> bool:
        """Whether a country's name is a given name here ("Chad Smith")."""
        if len(segments) < 2 or segments[0].possessive or segments[0].text not in self.lexicon.ambiguous:
            return False
        rest = segments[1:]
        return all(segment.sort == "word" and segment.text[:1].isupper() for segment in rest) and not self.lexicon.agent_group(
            rest[-1].text
        )

    def unknown(self, case: Case) -> Link | None:
        """A name that the catalogue does not know becomes an actor of the document."""
        label = case.mention.label
        words = split_words(case.text)
        if self._backed(words):
            return local(case, case.text, "movement")
        if label == "ORG" or (not label and len(words) >= 2 and is_titled(words) and not case.phrase.owner):
            return local(case, local_name(case), "organisation" if label == "ORG" else "unknown")
        return None

    def _backed(self, words: Sequence[str]) -> bool:
        """Whether the phrase is a force that a state only supports: "Iran-backed militias", "pro-Russian separatists"."""
        group = self.lexicon.agent_group(words[-1]) if words else None
        return group in ("military", "opposition") and any(_BACKED.search(word) for word in words[:-1])


def unnamed(mention: Mention, document: str = "") -> Link:
    """Agents whom a phrase does not name ("police", "dozens of protesters"): an actor of the document, by the phrase's words."""
    name = bare(mention.text).lower()
    return Link(mention, local_actor(name, "unknown", document), "unnamed", f"“{name}” are agents without a name", 0.5, local=True)


def is_titled(words: Sequence[str]) -> bool:
    """Whether every word but small ones begins with a capital."""
    return bool(words) and all(word[:1].isupper() for word in words if len(word) > 3) and words[0][:1].isupper() and words[-1][:1].isupper()
