"""The domain's nouns as types. Standard library only; everything is frozen.

Offsets are code points into `Document.text`, half-open. Dates are ISO 8601 strings of the precision that is
known: "2022", "2022-02" or "2022-02-24"; a day is never invented. Identifiers are absolute IRIs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Status = Literal["asserted", "negated", "requested", "planned", "possible"]
ActorKind = Literal[
    "state", "territory", "igo", "organ", "armed_group", "party", "movement", "company", "organisation", "person",
    "people", "collective", "place", "unknown",
]  # fmt: skip
"""igo: organisation of states and its organs; organ: government organ that acts for its state; unknown: not in the catalogue."""


@dataclass(frozen=True, slots=True)
class Document:
    """A text and where it comes from. `text` is NFC and never altered after the id is made."""

    id: str
    text: str
    title: str | None = None
    publisher: str | None = None
    published: str | None = None
    language: str = "en"
    url: str | None = None


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Code points [begin, end) of a document's text."""

    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Actor:
    """Who can stand at an end of a statement. `iso3` and `qid` where one is known; dates of existence."""

    id: str
    label: str
    kind: ActorKind
    iso3: str | None = None
    qid: str | None = None
    cow: str | None = None
    valid_from: str | None = None
    valid_to: str | None = None


@dataclass(frozen=True, slots=True)
class Mention:
    """A noun phrase that may name an actor, with the syntax that helps to tell which.

    `text` is the phrase as written without determiner, relative clause or later prepositional phrases, except an
    "of" phrase that names the owner of an office ("secretary-general of NATO"). `head` is the lemma of its head
    word. `name` is the span of the proper name within it as the entity recogniser or the names of the catalogue
    give it (None for "the bloc", "he") and `label` its class: PER, ORG, LOC, MISC or "" (no name).
    `role` is the head's dependency label in Universal Dependencies ("nsubj", "obl", "nmod:poss"), `preposition`
    its case marker ("in", "'s", "" if none), `governor` the lemma of the word it depends on; `sentence` counts
    from 0.
    """

    span: Span
    text: str
    head: str
    name: Span | None = None
    label: str = ""
    role: str = ""
    preposition: str = ""
    governor: str = ""
    sentence: int = 0


@dataclass(frozen=True, slots=True)
class Link:
    """What a mention was linked to: an actor or none, and why.

    `affiliation` is whom a person (or an organ) acts for at the document's date; `role` the office or agent noun as
    written ("foreign minister", "officials"). `agent` is False where the phrase is not itself an actor but a thing
    of the actor ("Belarusian assets"). `rule` is a short stable name, `reason` a sentence for people, `score` in
    [0, 1]; `candidates` are the ids of actors that were considered, best first. `local` actors are not in the
    catalogue.
    """

    mention: Mention
    actor: Actor | None
    rule: str
    reason: str
    score: float = 1.0
    affiliation: Actor | None = None
    role: str | None = None
    agent: bool = True
    local: bool = False
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Relation:
    """One row of the codebook. `quad` is e.g. "verbal cooperation", or "standing"; `score` is None for those."""

    code: str
    quad: str
    score: float | None
    definition: str
    example: str
    cameo: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Participant:
    """An actor at an end of a statement, as it was mentioned there; `why` is the linker's rule and its reason in words."""

    actor: Actor
    span: Span
    mention: str
    affiliation: Actor | None = None
    role: str | None = None
    linked: bool = True
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a statement is held: the sentence and the words in it that report the act."""

    sentence: Span
    text: str
    trigger: Span
    predicate: str
    extractor: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Statement:
    """One report: who did what to whom, how it is reported, who says so, and where it says so.

    `speaker` is None where the text itself says it. `content` is the id of the inner statement of a nested one
    (what was urged, promised, said). `when` is a date, or an interval of two of which one may be open: "2014/2016",
    "1974/..", "../2025-03"; the act lies in it or fills it. A statement is a report, not a fact: equal reports of two documents are two.
    """

    id: str
    document: str
    source: Participant
    relation: Relation
    target: Participant | None
    status: Status
    evidence: Evidence
    speaker: Participant | None = None
    content: str | None = None
    when: str | None = None


@dataclass(frozen=True, slots=True)
class Tie:
    """An edge of a view: what the statements of a pair, relation and status add up to.

    `actors` are ids; `score` is the sum of the codebook's scores, `confidence` 1 - product(1 - c) of independent
    evidence; `statements` the ids behind it.
    """

    source: str
    target: str
    relation: str
    status: Status
    count: int
    score: float
    confidence: float
    statements: tuple[str, ...]
