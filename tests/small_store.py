"""Documents and statements built by hand, for the tests of store and query. All texts are ours."""

from __future__ import annotations

from kg import codebook
from kg.model import Actor, ActorKind, Document, Evidence, Participant, Span, Statement, Status

BASE = "https://w3id.org/geopolitical-kg/"


def actor(label: str, kind: ActorKind = "state", code: str | None = None) -> Actor:
    return Actor(id=f"{BASE}actor/{kind}/{code or label.replace(' ', '_')}", label=label, kind=kind, iso3=code)


KENYA = actor("Kenya", code="KEN")
UGANDA = actor("Uganda", code="UGA")
RWANDA = actor("Rwanda", code="RWA")
PERU = actor("Peru", code="PER")
MINISTER = actor("Ada Otieno", "person")


def document(number: int, *, published: str | None = "2024-05-17", publisher: str | None = "The Lake Courier", text: str = "") -> Document:
    iri = f"https://example.org/news/{number}"
    return Document(id=iri, text=text, title=f"Dispatch {number}", publisher=publisher, published=published, url=iri)


def statement(
    name: str,
    news: Document,
    source: Actor,
    relation: str,
    target: Actor | None,
    *,
    status: Status = "asserted",
    affiliation: Actor | None = None,
    speaker: Actor | None = None,
    speaks_for: Actor | None = None,
    when: str | None = None,
    begin: int = 0,
    content: str | None = None,
) -> Statement:
    """A statement whose sentence is "SOURCE RELATION TARGET." at `begin`; its IRI ends in `name`."""
    text = f"{source.label} {relation} {target.label if target else 'nobody'}."
    verb = begin + len(source.label) + 1
    after = verb + len(relation)
    return Statement(
        id=f"{BASE}statement/{name}",
        document=news.id,
        source=Participant(source, Span(begin, verb - 1), source.label, affiliation, role="minister" if affiliation else None),
        relation=codebook.relation(relation),
        target=Participant(target, Span(after + 1, begin + len(text) - 1), target.label) if target else None,
        status=status,
        evidence=Evidence(Span(begin, begin + len(text)), text, Span(verb, after), relation, "hand/1", 0.5),
        speaker=Participant(speaker, Span(begin, begin), speaker.label, speaks_for) if speaker else None,
        content=content,
        when=when,
    )


def corpus(size: int, per_document: int = 8) -> list[tuple[Document, list[Statement]]]:
    """`size` documents with `per_document` statements each, among six states. Always the same."""
    states = [actor(f"State {letter}", code=letter * 3) for letter in "ABCDEF"]
    codes = sorted(codebook.RELATIONS)
    found = []
    for number in range(size):
        news = document(number, published=f"2024-{number % 12 + 1:02d}", text=f"Text {number}")
        statements = [
            statement(
                f"{number:05d}-{place}", news, states[(number + place) % 6], codes[(number + place) % len(codes)],
                states[(number * 5 + place + 1 + place % 3) % 6], begin=place * 50,
            )
            for place in range(per_document)
        ]  # fmt: skip
        found.append((news, statements))
    return found
