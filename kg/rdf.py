"""Statements to triples and back.

A statement is a node with its ends, relation, status, speaker and evidence. Its evidence and its mentions are nodes of their own, whose
IRIs are the statement's with a suffix, so that no blank node is needed and Turtle comes out the same whatever the order of insertion.
An asserted statement between two linked actors has one plain triple besides, source-relation-target, for everyday queries.

Literals are written in the one form that rdflib and Oxigraph agree on: xsd:integer, xsd:decimal without trailing zeros, xsd:boolean as
true or false, dates with the precision they have. Reading goes by lexical form alone, so "x" and "x"^^xsd:string are the same.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache, lru_cache
from hashlib import sha256
from importlib.resources import files
from math import isfinite
from typing import TypeAlias, TypeVar, cast

import pyoxigraph as ox
from rdflib import RDF, RDFS, SH, XSD, Dataset, Graph, Literal, URIRef

from kg import codebook, vocabulary
from kg.errors import InputError, UnknownNameError
from kg.model import Actor, ActorKind, Document, Evidence, Participant, Span, Statement, Status

N = TypeVar("N", int, float)
T = TypeVar("T")
Triple: TypeAlias = tuple[URIRef, URIRef, URIRef | Literal]

_WIKIDATA = vocabulary.PREFIXES["wd"]
_NOT_AN_IRI = re.compile(r'[\x00-\x20<>"{}|^`\\]')
_NESTING = re.compile(rb"<<|>>")
DEEPEST = 1000
"""Triple terms within triple terms that are read."""
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_DATE = re.compile(r"[0-9]{4}(-[0-9]{2}){0,2}")
_DATE_TYPES = {4: XSD.gYear, 7: XSD.gYearMonth, 10: XSD.date}  # a date's precision is its length
_INTERVAL = URIRef("http://id.loc.gov/datatypes/edtf/EDTF")  # XML Schema has no type for one; the Library of Congress has
_KINDS: Mapping[str, ActorKind] = {
    iri: cast(ActorKind, kind) for kind, iri in vocabulary.KIND_CLASSES.items() if iri != vocabulary.CLASS_ACTOR
}
_STATUSES: Mapping[str, Status] = {iri: cast(Status, status) for status, iri in vocabulary.STATUSES.items()}
_CODES: Mapping[str, str] = {iri: code for code, iri in vocabulary.RELATION_IRIS.items()}


# --- to triples


def graph_iri(document_id: str) -> str:
    """IRI of the named graph that holds everything taken from a document: the document's own.

    Raises InputError where the id is no absolute IRI.

    >>> graph_iri("https://example.org/news/1")
    'https://example.org/news/1'
    """
    return str(_iri(document_id))


def document_triples(document: Document) -> list[Triple]:
    """What is known of a document: all but its text, of which only the digest is kept.

    Raises InputError where the id is no absolute IRI or the date is no date.
    """
    node = _iri(document.id)
    triples: list[Triple] = [
        (node, RDF.type, _term(vocabulary.CLASS_DOCUMENT)),
        (node, _term(vocabulary.LANGUAGE), Literal(document.language)),
        (node, _term(vocabulary.SHA256), Literal(sha256(document.text.encode()).hexdigest())),
    ]
    _add(triples, node, vocabulary.TITLE, document.title, Literal)
    _add(triples, node, vocabulary.PUBLISHER, document.publisher, Literal)
    _add(triples, node, vocabulary.PUBLISHED, document.published, _date)
    _add(triples, node, vocabulary.URL, document.url, _address)
    return triples


def actor_triples(actor: Actor) -> list[Triple]:
    """An actor's class, label, codes and dates of existence.

    Raises InputError where the id or the Wikidata id makes no absolute IRI, or a date is no date.
    """
    return list(_actor(actor))


def statement_triples(statement: Statement) -> list[Triple]:
    """A statement with its evidence, its mentions, its actors and, where it is asserted, its plain triple. No triple occurs twice.

    The plain triple needs a target, and both ends in the catalogue. The document is only named: see `document_triples`.
    Raises UnknownNameError where the relation is not the codebook's, InputError where an id is no absolute IRI or a date no date.
    """
    node = _iri(statement.id)
    relation, evidence = _relation(statement), URIRef(f"{node}-evidence")
    triples: list[Triple] = [
        (node, RDF.type, _term(vocabulary.CLASS_STATEMENT)),
        (node, _term(vocabulary.IN_DOCUMENT), _iri(statement.document)),
        (node, _term(vocabulary.RELATION), relation),
        (node, _term(vocabulary.STATUS), _term(vocabulary.STATUSES[statement.status])),
        (node, _term(vocabulary.EVIDENCE), evidence),
    ]
    _add(triples, node, vocabulary.CONTENT, statement.content, _iri)
    _add(triples, node, vocabulary.WHEN, statement.when, _when)
    triples += _evidence(evidence, statement.evidence)
    ends = {"source": statement.source, "target": statement.target, "speaker": statement.speaker}
    for end, participant in ends.items():
        if participant is not None:
            triples += _participant(node, end, participant)
    triples += _actors(participant for participant in ends.values() if participant is not None)
    source, target = statement.source, statement.target
    if statement.status == "asserted" and target is not None and source.linked and target.linked:
        triples.append((_iri(source.actor.id), relation, _iri(target.actor.id)))
    return triples


class Depth:
    """How deep triple terms are nested in text that comes in pieces. Oxigraph goes down by recursion, and too deep ends the process."""

    def __init__(self) -> None:
        self._open = 0
        self._before = b""

    def check(self, piece: bytes) -> None:
        """Read on. Raises ValueError where terms are nested deeper than anything that can be meant."""
        text = self._before + piece
        for mark in _NESTING.finditer(text):
            self._open = max(0, self._open + (1 if mark[0] == b"<<" else -1))
            if self._open > DEEPEST:
                raise ValueError(f"triple terms are nested more than {DEEPEST} deep")
        self._before = text[-1:] if text[-1:] in (b"<", b">") and not text.endswith((b"<<", b">>")) else b""


def parse_turtle(text: str) -> Graph:
    """Turtle that anybody may have written, as a graph. Raises SyntaxError, with its line where that is known."""
    try:
        Depth().check(text.encode())
        quads = list(ox.parse(io.BytesIO(text.encode()), format=ox.RdfFormat.TURTLE))
        lines = "".join(f"{quad.triple} .\n" for quad in quads)
        return Graph(bind_namespaces="none").parse(data=lines, format="nt")
    except SyntaxError:
        raise
    except ValueError as error:  # half surrogates, depth, triple terms
        raise SyntaxError(" ".join(str(error).split())[:200]) from error


def bind_prefixes(graph: Graph) -> None:
    """Give a graph the prefixes that our triples are written with. Stores forget them: call it after opening one."""
    for prefix, namespace in vocabulary.PREFIXES.items():
        graph.bind(prefix, namespace, override=True, replace=True)


def _relation(statement: Statement) -> URIRef:
    if codebook.relation(statement.relation.code) != statement.relation:
        raise UnknownNameError(f"statement {statement.id}: the relation {statement.relation.code} differs from the codebook's")
    return _term(vocabulary.RELATION_IRIS[statement.relation.code])


def _evidence(node: URIRef, evidence: Evidence) -> list[Triple]:
    return [
        (node, RDF.type, _term(vocabulary.CLASS_EVIDENCE)),
        (node, _term(vocabulary.BEGIN), _integer(evidence.sentence.begin)),
        (node, _term(vocabulary.END), _integer(evidence.sentence.end)),
        (node, _term(vocabulary.TEXT), Literal(evidence.text)),
        (node, _term(vocabulary.TRIGGER), Literal(evidence.predicate)),
        (node, _term(vocabulary.TRIGGER_BEGIN), _integer(evidence.trigger.begin)),
        (node, _term(vocabulary.TRIGGER_END), _integer(evidence.trigger.end)),
        (node, _term(vocabulary.EXTRACTOR), Literal(evidence.extractor)),
        (node, _term(vocabulary.CONFIDENCE), _decimal(evidence.confidence)),
    ]


_ENDS: Mapping[str, tuple[str, str]] = {
    "source": (vocabulary.SOURCE, vocabulary.SOURCE_MENTION),
    "target": (vocabulary.TARGET, vocabulary.TARGET_MENTION),
    "speaker": (vocabulary.SPEAKER, vocabulary.SPEAKER_MENTION),
}


def _participant(statement: URIRef, end: str, participant: Participant) -> list[Triple]:
    to_actor, to_mention = _ENDS[end]
    mention = URIRef(f"{statement}-{end}")
    triples: list[Triple] = [
        (statement, _term(to_actor), _iri(participant.actor.id)),
        (statement, _term(to_mention), mention),
        (mention, RDF.type, _term(vocabulary.CLASS_MENTION)),
        (mention, _term(vocabulary.BEGIN), _integer(participant.span.begin)),
        (mention, _term(vocabulary.END), _integer(participant.span.end)),
        (mention, _term(vocabulary.TEXT), Literal(participant.mention)),
        (mention, _term(vocabulary.LINKED), _boolean(participant.linked)),
    ]
    _add(triples, mention, vocabulary.ROLE, participant.role, Literal)
    _add(triples, mention, vocabulary.LINK_REASON, participant.why, Literal)
    if participant.affiliation is not None:
        triples.append((mention, _term(vocabulary.AFFILIATION), _iri(participant.affiliation.id)))
    return triples


def _actors(participants: Iterable[Participant]) -> Iterator[Triple]:
    """The actors at all ends once each, and for whom they act."""
    actors: dict[str, Actor] = {}
    acting: dict[tuple[str, str], None] = {}
    for participant in participants:
        actors.setdefault(participant.actor.id, participant.actor)
        if participant.affiliation is not None:
            actors.setdefault(participant.affiliation.id, participant.affiliation)
            acting[participant.actor.id, participant.affiliation.id] = None
    for actor in actors.values():
        yield from _actor(actor)
    for agent, principal in acting:
        if agent != principal:
            yield _iri(agent), _term(vocabulary.ACTS_FOR), _iri(principal)


@lru_cache(maxsize=65536)
def _actor(actor: Actor) -> tuple[Triple, ...]:
    node = _iri(actor.id)
    triples: list[Triple] = [
        (node, RDF.type, _term(vocabulary.CLASS_ACTOR)),
        (node, RDFS.label, Literal(actor.label)),
    ]
    if actor.kind != "unknown":
        triples.append((node, RDF.type, _term(vocabulary.KIND_CLASSES[actor.kind])))
    _add(triples, node, vocabulary.ISO3, actor.iso3, Literal)
    _add(triples, node, vocabulary.COW, actor.cow, Literal)
    _add(triples, node, vocabulary.QID, actor.qid, _item)
    _add(triples, node, vocabulary.VALID_FROM, actor.valid_from, _date)
    _add(triples, node, vocabulary.VALID_TO, actor.valid_to, _date)
    return tuple(triples)


def _add(triples: list[Triple], node: URIRef, to: str, value: str | None, write: Callable[[str], URIRef | Literal]) -> None:
    if value is not None:
        triples.append((node, _term(to), write(value)))


# --- terms. Cached: rdflib checks and normalises each one that it makes, which is most of the time of a document


@cache
def _term(iri: str) -> URIRef:
    """A term of the vocabulary; there are few, so all are kept."""
    return URIRef(iri)


@lru_cache(maxsize=65536)
def _iri(iri: str) -> URIRef:
    try:
        if not _SCHEME.match(iri) or _NOT_AN_IRI.search(iri):
            raise ValueError
        ox.NamedNode(iri)
    except ValueError as error:
        message = f"{iri!r} is no absolute IRI; give an id such as https://example.org/news/1, with other characters escaped"
        raise InputError(message) from error
    return URIRef(iri)


def _item(qid: str) -> URIRef:
    return _iri(_WIKIDATA + qid)


def _address(url: str) -> Literal:
    return Literal(url, datatype=XSD.anyURI, normalize=False)


@lru_cache(maxsize=65536)
def _integer(number: int) -> Literal:
    return Literal(str(int(number)), datatype=XSD.integer)


@lru_cache(maxsize=4096)
def _decimal(number: float) -> Literal:
    """The shortest decimal that reads back as this number: 0.5, not 0.500, and 1, not 1.0."""
    if not isfinite(number):
        raise InputError(f"{number} is no decimal number")
    exact = Decimal(repr(float(number))).normalize()
    return Literal(f"{exact:f}" if exact else "0", datatype=XSD.decimal, normalize=False)


@cache
def _boolean(value: bool) -> Literal:
    return Literal("true" if value else "false", datatype=XSD.boolean)


@lru_cache(maxsize=4096)
def _date(date: str) -> Literal:
    if not _DATE.fullmatch(date) or not _is_in_calendar(date):
        raise InputError(f"{date!r} is no date; write 2022, 2022-02 or 2022-02-24")
    return Literal(date, datatype=_DATE_TYPES[len(date)], normalize=False)


def _when(written: str) -> Literal:
    """A date, or an interval of two of which one may be open: "2014/2016", "1974/..", "../2025-03"."""
    if "/" not in written:
        return _date(written)
    ends = written.split("/")
    dates = [end for end in ends if end != ".."]
    if len(ends) != 2 or not dates or not all(_DATE.fullmatch(d) and _is_in_calendar(d) for d in dates) or dates != sorted(dates):
        raise InputError(f"{written!r} is no interval; write 2014/2016, 1974/.. or ../2025-03")
    return Literal(written, datatype=_INTERVAL, normalize=False)


def _is_in_calendar(date: str) -> bool:
    try:
        datetime.fromisoformat(date + "-01-01"[len(date) - 4 :])
    except ValueError:
        return False
    return True


# --- from triples


def statements_from(graph: Graph | Iterable[Triple], document: str | None = None) -> list[Statement]:
    """The statements in a graph, a dataset (all its graphs, or the document's) or a list of triples, sorted by id.

    The inverse of `statement_triples`. Several graphs may describe an actor differently, as catalogues change: then the
    alphabetically first value counts.

    Parameters
    ----------
    document
        Only the statements of this document.

    Raises
    ------
    InputError
        A statement, its evidence or a mention lacks a property or has it twice.
    """
    reader = _Reader(_triples(graph, document))
    statements = (reader.statement(node) for node in reader.instances(vocabulary.CLASS_STATEMENT))
    return [statement for statement in statements if document is None or statement.document == document]


def document_from(graph: Graph | Iterable[Triple], iri: str) -> Document:
    """The document with this IRI, without its text, which no graph holds: `text` is empty.

    Raises UnknownNameError where the graph describes no such document.
    """
    reader = _Reader(_triples(graph, iri))
    if iri not in reader.instances(vocabulary.CLASS_DOCUMENT):
        raise UnknownNameError(f"no document {iri} in this graph")
    return Document(
        id=iri,
        text="",
        title=reader.maybe(iri, vocabulary.TITLE),
        publisher=reader.maybe(iri, vocabulary.PUBLISHER),
        published=reader.maybe(iri, vocabulary.PUBLISHED),
        language=reader.one(iri, vocabulary.LANGUAGE),
        url=reader.maybe(iri, vocabulary.URL),
    )


def _triples(graph: Graph | Iterable[Triple], document: str | None) -> Iterator[tuple[str, str, str]]:
    """Triples as strings. One scan: a look-up a property would be a query each in an on-disk store."""
    if isinstance(graph, Dataset) and document is not None:
        graph = Graph(store=graph.store, identifier=URIRef(document))
    for subject, predicate, object_, *_ in graph:  # a dataset yields quads
        yield str(subject), str(predicate), str(object_)


class _Reader:
    """Triples by subject and predicate, and what can be read from them. Values are lexical forms."""

    def __init__(self, triples: Iterable[tuple[str, str, str]]) -> None:
        self._nodes: dict[str, dict[str, set[str]]] = {}
        self._known: dict[str, Actor] = {}
        for subject, predicate, value in triples:
            self._nodes.setdefault(subject, {}).setdefault(predicate, set()).add(value)

    def instances(self, cls: str) -> list[str]:
        type_ = str(RDF.type)
        return sorted(node for node, properties in self._nodes.items() if cls in properties.get(type_, ()))

    def maybe(self, node: str, to: str) -> str | None:
        values = self._nodes.get(node, {}).get(to)
        if values is None:
            return None
        if len(values) > 1:
            raise InputError(f"{node} has {len(values)} values of {to}, and one is all it can have; build the document's graph again")
        return next(iter(values))

    def one(self, node: str, to: str) -> str:
        value = self.maybe(node, to)
        if value is None:
            raise InputError(f"{node} has no {to}; build the document's graph again")
        return value

    def statement(self, node: str) -> Statement:
        source = self._participant(node, "source")
        if source is None:
            raise InputError(f"{node} has no {vocabulary.SOURCE}; build the document's graph again")
        return Statement(
            id=node,
            document=self.one(node, vocabulary.IN_DOCUMENT),
            source=source,
            relation=codebook.RELATIONS[self._known_value(node, vocabulary.RELATION, _CODES)],
            target=self._participant(node, "target"),
            status=self._known_value(node, vocabulary.STATUS, _STATUSES),
            evidence=self._evidence(self.one(node, vocabulary.EVIDENCE)),
            speaker=self._participant(node, "speaker"),
            content=self.maybe(node, vocabulary.CONTENT),
            when=self.maybe(node, vocabulary.WHEN),
        )

    def _known_value(self, node: str, to: str, values: Mapping[str, T]) -> T:
        iri = self.one(node, to)
        if iri not in values:
            raise InputError(f"{node}: {iri} is none of the codebook's values of {to}")
        return values[iri]

    def _span(self, node: str, begin: str, end: str) -> Span:
        return Span(self._number(node, begin, int), self._number(node, end, int))

    def _number(self, node: str, to: str, read: Callable[[str], N]) -> N:
        value = self.one(node, to)
        try:
            return read(value)
        except ValueError:
            raise InputError(f"{node}: {value!r} is no number, as {to} must be; build the document's graph again") from None

    def _evidence(self, node: str) -> Evidence:
        return Evidence(
            sentence=self._span(node, vocabulary.BEGIN, vocabulary.END),
            text=self.one(node, vocabulary.TEXT),
            trigger=self._span(node, vocabulary.TRIGGER_BEGIN, vocabulary.TRIGGER_END),
            predicate=self.one(node, vocabulary.TRIGGER),
            extractor=self.one(node, vocabulary.EXTRACTOR),
            confidence=self._number(node, vocabulary.CONFIDENCE, float),
        )

    def _participant(self, statement: str, end: str) -> Participant | None:
        to_actor, to_mention = _ENDS[end]
        actor = self.maybe(statement, to_actor)
        if actor is None:
            return None
        mention = self.one(statement, to_mention)
        affiliation = self.maybe(mention, vocabulary.AFFILIATION)
        return Participant(
            actor=self._actor(actor),
            span=self._span(mention, vocabulary.BEGIN, vocabulary.END),
            mention=self.one(mention, vocabulary.TEXT),
            affiliation=None if affiliation is None else self._actor(affiliation),
            role=self.maybe(mention, vocabulary.ROLE),
            linked=self.one(mention, vocabulary.LINKED) == "true",
            why=self.maybe(mention, vocabulary.LINK_REASON),
        )

    def _actor(self, node: str) -> Actor:
        actor = self._known.get(node)
        if actor is None:
            actor = self._known[node] = self._read_actor(node)
        return actor

    def _read_actor(self, node: str) -> Actor:
        label = self._first(node, str(RDFS.label))
        if label is None:
            raise InputError(f"actor {node} has no label; build the document's graph again")
        qid = self._first(node, vocabulary.QID)
        kinds = sorted(_KINDS[cls] for cls in self._nodes[node].get(str(RDF.type), ()) if cls in _KINDS)
        return Actor(
            id=node,
            label=label,
            kind=kinds[0] if kinds else "unknown",
            iso3=self._first(node, vocabulary.ISO3),
            qid=None if qid is None else qid.removeprefix(_WIKIDATA),
            cow=self._first(node, vocabulary.COW),
            valid_from=self._first(node, vocabulary.VALID_FROM),
            valid_to=self._first(node, vocabulary.VALID_TO),
        )

    def _first(self, node: str, to: str) -> str | None:
        return min(self._nodes.get(node, {}).get(to, ()), default=None)


# --- validation


@dataclass(frozen=True, slots=True, order=True)
class Violation:
    """What a shape forbids: the node, the property (empty where the whole node is meant) and the reason."""

    focus: str
    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.focus}: {self.message}"


def validate_triples(triples: Iterable[Triple]) -> list[Violation]:
    """Check all triples of one document (`document_triples` and its `statement_triples`) against ontology/shapes.ttl.

    Returns the violations, sorted; none where the triples conform. A statement's content must be among the triples too.
    For many documents `validate_documents` is quicker.
    """
    return _validate(triples)


def validate_documents(documents: Iterable[tuple[str, Iterable[Triple]]]) -> Iterator[tuple[str, list[Violation]]]:
    """What `validate_triples` says of each document, by its id, several times as quick.

    Documents are checked together, each with names of its own for all that it describes, so that none can lean on what another
    says; one about which anything is found is then checked alone, and that counts.
    """
    batch: list[tuple[str, list[Triple]]] = []
    size = 0
    for document, triples in documents:
        batch.append((document, list(triples)))
        size += len(batch[-1][1])
        if size > _TOGETHER:
            yield from _validate_batch(batch)
            batch, size = [], 0
    yield from _validate_batch(batch)


_TOGETHER = 20_000
"""Triples that are checked at once: some 30 MB. More are no quicker."""
_APART = "\ue000"
"""Between a node's name and its document's number: a character that IRIs of documents do not have."""


def _validate_batch(batch: list[tuple[str, list[Triple]]]) -> Iterator[tuple[str, list[Violation]]]:
    found = _validate(triple for number, (_, triples) in enumerate(batch) for triple in _named_apart(triples, number))
    doubtful = {one.focus.rpartition(_APART)[2] if _APART in one.focus else "" for one in found}
    for number, (document, triples) in enumerate(batch):
        alone = not doubtful.isdisjoint({str(number), ""}) or any(_APART in str(o) for _, _, o in triples)
        yield document, _validate(triples) if alone else []


def _named_apart(triples: Iterable[Triple], number: int) -> Iterator[Triple]:
    """The triples with all nodes that they describe under names that no other document's have."""
    known = list(triples)
    own = {subject: URIRef(f"{subject}{_APART}{number}") for subject, _, _ in known}
    return ((own[s], p, own.get(o, o) if isinstance(o, URIRef) else o) for s, p, o in known)


def _validate(triples: Iterable[Triple]) -> list[Violation]:
    from pyshacl import validate  # slow to import, and only needed here

    data = Graph(bind_namespaces="none")
    for triple in (*_schemes(), *triples):
        data.add(triple)
    conforms, report, _ = validate(data, shacl_graph=_shapes(), inplace=True)
    return [] if conforms else _violations(report)


@cache
def _shapes() -> Graph:
    return Graph(bind_namespaces="none").parse(data=(files("kg") / "data/ontology/shapes.ttl").read_text(encoding="utf-8"), format="turtle")


@cache
def _schemes() -> tuple[Triple, ...]:
    """What the shapes ask of the codebook: its relations, those that need no target, its statuses."""
    relations = [(_term(iri), RDF.type, _term(vocabulary.CLASS_RELATION)) for iri in vocabulary.RELATION_IRIS.values()]
    statuses = [(_term(iri), RDF.type, _term(vocabulary.CLASS_STATUS)) for iri in vocabulary.STATUSES.values()]
    optional = [
        (_term(vocabulary.RELATION_IRIS[code]), _term(vocabulary.TARGET_OPTIONAL), _boolean(True)) for code in vocabulary.WITHOUT_TARGET
    ]
    return (*relations, *statuses, *optional)


def _violations(report: Graph) -> list[Violation]:
    found = set()
    for result in report.objects(None, SH.result):
        focus, path = report.value(result, SH.focusNode), report.value(result, SH.resultPath)
        message = min(map(str, report.objects(result, SH.resultMessage)), default="")
        found.add(Violation(str(focus), str(path) if isinstance(path, URIRef) else "", message))
    return sorted(found)
