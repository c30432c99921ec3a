"""What the rules look at and the kinds of answer they give."""

from __future__ import annotations

from dataclasses import dataclass

from kg.link.catalogue import ACTOR
from kg.link.keys import local_id, without_article
from kg.link.memory import Memory, Seen
from kg.link.phrases import Phrase, bare
from kg.model import Actor, ActorKind, Link, Mention, Span

PRECEDENCE = ("name", "acronym", "adjective", "people", "seat", "capital", "place", "surname")
"""How a surface is read first where it can stand for somebody in several ways."""


@dataclass(frozen=True, slots=True)
class Case:
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


def nobody(case: Case, rule: str, reason: str, candidates: tuple[str, ...] = ()) -> Link:
    """A link to nobody, with whom was considered."""
    return Link(case.mention, None, rule, reason, 0.0, agent=False, candidates=candidates)


def again(case: Case, seen: Seen, rule: str, reason: str, score: float) -> Link:
    """A link to an actor that the document has named before."""
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


def local(case: Case, name: str, kind: ActorKind) -> Link:
    """A link to an actor that only this document knows."""
    reason = f"“{name}” is not in the catalogue; an actor of this document"
    return Link(case.mention, local_actor(name, kind, case.memory.document), "local", reason, 0.5, role=None, local=True)


def local_actor(name: str, kind: ActorKind, document: str) -> Actor:
    """An actor of a document; equal names get equal ids there, and others in every other document."""
    return Actor(ACTOR + local_id(name, document), without_article(name), kind)


def local_name(case: Case) -> str:
    """The proper name in a mention, the whole phrase where none is marked."""
    name = case.mention.name
    inner = inside(case.mention, name) if name else None
    return bare(inner) if inner else case.text


def person_name(mention: Mention) -> str | None:
    """The person's name in a mention, where the recogniser found one."""
    if mention.label != "PER" or mention.name is None:
        return None
    return inside(mention, mention.name)


def inside(mention: Mention, name: Span) -> str | None:
    """The words of a name within the mention, None where the offsets do not fit (the text leaves something out)."""
    if mention.span.end - mention.span.begin != len(mention.text) or not mention.span.begin <= name.begin < name.end <= mention.span.end:
        return None
    return mention.text[name.begin - mention.span.begin : name.end - mention.span.begin]
