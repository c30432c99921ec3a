"""Statements about invented actors, for the tests of graph and render: as many as wanted, the same for the same seed."""

from __future__ import annotations

import random

from kg.model import Actor, ActorKind, Document, Evidence, Participant, Relation, Span, Statement, Status

STATUSES: tuple[Status, ...] = ("asserted", "negated", "requested", "planned", "possible")
ACTOR_IRI = "https://w3id.org/geopolitical-kg/actor/"
RELATIONS = {
    row[0]: Relation(*row, definition=f"{row[0].title()} as the codebook has it.", example="")
    for row in [
        ("CONSULT", "verbal cooperation", 2.1),
        ("SUPPORT", "verbal cooperation", 4.6),
        ("AGREE", "verbal cooperation", 4.2),
        ("APPEAL", "verbal cooperation", 3.0),
        ("COOPERATE", "material cooperation", 6.8),
        ("AID", "material cooperation", 7.4),
        ("ACCUSE", "verbal conflict", -2.0),
        ("THREATEN", "verbal conflict", -5.1),
        ("REJECT", "verbal conflict", -4.2),
        ("SANCTION", "material conflict", -5.2),
        ("ASSAULT", "material conflict", -9.3),
        ("MEMBER", "standing", None),
        ("ALLY", "standing", None),
        ("RIVAL", "standing", None),
    ]
}
VERBS = {
    "CONSULT": "met",
    "SUPPORT": "praised",
    "AGREE": "struck a deal with",
    "APPEAL": "called on",
    "COOPERATE": "held exercises with",
    "AID": "sent medicine to",
    "ACCUSE": "criticised",
    "THREATEN": "warned",
    "REJECT": "rebuffed",
    "SANCTION": "imposed sanctions on",
    "ASSAULT": "shelled",
    "MEMBER": "joined",
    "ALLY": "is an ally of",
    "RIVAL": "has a border dispute with",
}
NAMES = [
    "Norrland",
    "Vestmark",
    "Republic of Calder",
    "Ostrava Union",
    "Kesh",
    "Tyr Federation",
    "Marenia",
    "Sulan",
    "Upper Dovia",
    "Lower Dovia",
    "Brackwater",
    "Elisia",
    "Ganth",
    "Hollin Isles",
    "Ibera",
    "Jorvale",
    "Kordun",
    "Lythe",
    "Mont Serrat",
    "Nemea",
    "Orsk",
    "Palmyra Coast",
    "Quell",
    "Rhune",
    "Saltmarsh",
    "Tavria",
]
PUBLISHERS = ("The Invented Post", "Invented Wire", "Imagined Times")
OTHERS: list[tuple[str, ActorKind]] = [
    ("Northern Defence Pact", "igo"),
    ("League of Straits", "igo"),
    ("Red Hills Front", "armed_group"),
    ("Calder Ministry of Trade", "organ"),
]


def actor(label: str, kind: ActorKind = "state", iso3: str | None = None) -> Actor:
    return Actor(id=f"{ACTOR_IRI}{kind}/{label.replace(' ', '_')}", label=label, kind=kind, iso3=iso3)


def document(number: int = 1, *, publisher: str = "The Invented Post", url: str | None = None) -> Document:
    return Document(
        id=f"https://example.org/article/{number}",
        text="",
        title=f"Dispatch {number}",
        publisher=publisher,
        published=f"2024-{number % 12 + 1:02d}-{number % 28 + 1:02d}",
        url=url or f"https://example.org/article/{number}",
    )


def statement(
    source: Actor,
    relation: str,
    target: Actor | None,
    *,
    status: Status = "asserted",
    number: int = 1,
    document: str = "https://example.org/article/1",
    confidence: float = 0.8,
    affiliation: Actor | None = None,
    target_affiliation: Actor | None = None,
    speaker: Actor | None = None,
    when: str | None = None,
    offset: int = 100,
    tail: str = " on Tuesday.",
    content: str | None = None,
) -> Statement:
    """A statement with a sentence of its own: "SOURCE VERB TARGET TAIL", which begins at `offset` of the document."""
    verb = VERBS[relation]
    text = f"{source.label} {verb} {target.label if target else 'nobody in particular'}{tail}"
    verb_at = offset + len(source.label) + 1
    target_at = verb_at + len(verb) + 1
    return Statement(
        id=f"https://w3id.org/geopolitical-kg/statement/{number:06d}",
        document=document,
        source=Participant(source, Span(offset, verb_at - 1), source.label, affiliation=affiliation),
        relation=RELATIONS[relation],
        target=Participant(target, Span(target_at, target_at + len(target.label)), target.label, target_affiliation) if target else None,
        status=status,
        evidence=Evidence(Span(offset, offset + len(text)), text, Span(verb_at, target_at - 1), verb, "invented 1", confidence),
        speaker=Participant(speaker, Span(offset, offset), speaker.label) if speaker else None,
        content=content,
        when=when,
    )


def invented_actors(count: int) -> list[tuple[Actor, Actor | None]]:
    """Actors with their affiliation: one in eight a person of one of the states before it."""
    found: list[tuple[Actor, Actor | None]] = []
    for number in range(count):
        if number % 8 == 7:
            state = found[number // 8 % 4][0]
            found.append((actor(f"Minister {number}" if number > 40 else f"Ana {NAMES[number % 26][:4]}sen", "person"), state))
        elif number % 7 == 4 and number // 7 < len(OTHERS):
            found.append((actor(*OTHERS[number // 7]), None))
        else:
            name = NAMES[number % 26] if number < 26 else f"{NAMES[number % 26]} {number // 26 + 1}"
            found.append((actor(name, "state", f"X{number:02d}"), None))
    return found


def invented_news(actors: int, statements: int, *, seed: int = 0, blocs: int = 3) -> tuple[list[Statement], dict[str, Document]]:
    """Statements among blocs that cooperate within and quarrel across, most about a few big actors."""
    rng = random.Random(seed)
    cast = invented_actors(actors)
    documents = {item.id: item for item in (document(number, publisher=PUBLISHERS[number % 3]) for number in range(1, 41))}
    weights = [1 / (1 + number) ** 0.7 for number in range(actors)]
    codes = list(RELATIONS)
    found: list[Statement] = []
    while len(found) < statements:
        first, second = rng.choices(range(actors), weights, k=2)
        friends = first % blocs == second % blocs
        if first == second or (not friends and rng.random() < 0.7):
            continue
        item = rng.choice(sorted(documents))
        found.append(
            statement(
                cast[first][0],
                rng.choice(codes[:6] * 3 + ["ALLY"] if friends else codes[6:11] * 3 + ["CONSULT", "RIVAL"]),
                cast[second][0],
                number=len(found),
                document=item,
                confidence=round(rng.uniform(0.4, 0.98), 2),
                status=rng.choices(STATUSES, [80, 4, 7, 5, 4])[0],
                affiliation=cast[first][1],
                target_affiliation=cast[second][1],
                speaker=rng.choice([None, None, cast[0][0]]),
                when=documents[item].published,
                offset=rng.randrange(5000),
                tail=f", officials said, as envoys prepared round {len(found)} of the talks.",
            )
        )
    return found, documents
