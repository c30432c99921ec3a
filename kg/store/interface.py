"""What every store does, wherever its triples are kept: in a directory of this machine, or behind a SPARQL endpoint.

A store is named graphs (see `kg.store.graphs`). What a document's graphs are to hold, what people's judgements make of them, and
how documents and statements are read back is the same everywhere and stands here; a kind of store says how triples are found
and how a change of several graphs is made one transaction.
"""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from importlib import resources
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Literal, Protocol, Self, cast

import pyoxigraph as ox
from rdflib import Literal as RdfLiteral
from rdflib.query import Result
from rdflib.term import BNode, Node, URIRef

from kg.errors import StoreError
from kg.model import Document, Statement
from kg.rdf import Triple, document_from, document_triples, graph_iri, statement_triples, statements_from
from kg.store.builds import Build
from kg.store.corrections import PROV, Correction, correction_triples, corrections_from, in_force
from kg.store.graphs import (
    CLASS_LAYER,
    COPIES,
    CORRECTIONS,
    JUDGED,
    RECORD,
    REFERENCE,
    Lines,
    changes_of,
    graph_of,
    lines_of,
    record_of,
    stored_form,
)
from kg.store.journal import Record
from kg.store.serialise import format_name, serialise_graphs
from kg.store.snapshot import Snapshot
from kg.vocabulary import CLASS_DOCUMENT, CLASS_STATEMENT, PREFIXES

Change = Literal["added", "unchanged", "replaced"]

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple

_RDF_TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_DOCUMENT = ox.NamedNode(CLASS_DOCUMENT)
_DATASET = ox.NamedNode(CLASS_LAYER)
_STATEMENT = ox.NamedNode(CLASS_STATEMENT)
_XSD_STRING = ox.NamedNode("http://www.w3.org/2001/XMLSchema#string")
_BUILT_BY = ox.NamedNode(f"{RECORD}terms#builtBy")
_SIGNATURE = ox.NamedNode(f"{RECORD}terms#minHash")
_BUILD_TEXT = ox.NamedNode(f"{RECORD}terms#manifest")
_JUDGED_IN = ox.NamedNode("http://purl.org/dc/terms/source")
_COPY_OF = ox.NamedNode(f"{PROV}alternateOf")
_BUILDS = f"{RECORD}builds"
_BESIDE = (CORRECTIONS, JUDGED, RECORD)
_AT_ONCE = 50
"""Documents whose graphs are read together."""


class Quads(Protocol):
    """Where triples are found: a pyoxigraph store, or an endpoint."""

    def quads_for_pattern(
        self,
        subject: ox.NamedNode | ox.BlankNode | ox.Triple | None,
        predicate: ox.NamedNode | None,
        object: Term | None,
        graph_name: ox.NamedNode | ox.BlankNode | ox.DefaultGraph | None = None,
        /,
    ) -> Iterator[ox.Quad]:
        """The quads that agree with what is given; None stands for anything."""


class AnyStore(ABC):
    """Documents and their statements: what callers of `kg.store.Store` and `kg.store.endpoint.EndpointStore` may rely on."""

    def __init__(self) -> None:
        self._noted: set[str] = set()

    @property
    @abstractmethod
    def place(self) -> str:
        """The directory or address of the store, for messages."""

    @property
    @abstractmethod
    def _quads(self) -> Quads:
        """Where this store's triples are found. Raises StoreError where it has been closed."""

    @abstractmethod
    def _commit(self, changes: Mapping[str, Lines], known: Mapping[str, Lines]) -> None:
        """Make named graphs hold these lines, and the merge follow, in one transaction; `known` is what they hold now."""

    @abstractmethod
    def load_records(self, records: Iterable[Record]) -> None:
        """Apply records, each of which is there whole or not at all. Raises StoreError where one is no N-Quads."""

    @abstractmethod
    def query(self, text: str) -> Result:
        """Run a trusted SPARQL query over the merge of all documents; our prefixes are known."""

    @abstractmethod
    def snapshot(self) -> Snapshot:
        """A frozen copy of this moment as an Oxigraph database in a folder of its own; close it when done."""

    @abstractmethod
    def copy_to(self, path: str | os.PathLike[str]) -> None:
        """Make a store of this moment's content in a new directory, without its history."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the store. Closing twice is harmless."""

    def __enter__(self) -> Self:
        return self

    def add(self, document: Document, statements: Iterable[Statement], *, build: Build | None = None) -> Change:
        """Make the store hold what was extracted from `document`, corrected as people judged it before, in one transaction.

        Parameters
        ----------
        build
            What the statements were extracted with; `is_current` compares it.

        Returns
        -------
        "added" for a document that is new, "replaced" where it was there with other content, "unchanged" where every triple
        was there already. It is on disk when the method returns.
        """
        self.note(build)
        changes = self._changes(document, statements, build)
        known = self.contents(changes)
        if known == changes:
            return "unchanged"
        self._commit(changes, known)
        before, after = known[document.id], changes[document.id]
        return "added" if not before else "unchanged" if before == after else "replaced"

    def load(self, documents: Iterable[tuple[Document, Iterable[Statement]]], *, build: Build | None = None) -> Counter[Change]:
        """Add many documents quickly: in batches, by the bulk loader. How many were added, replaced, left unchanged.

        Each is there whole or not at all all the same, but none is sure to be on disk before the method returns.
        """
        self.note(build)
        return self._load((document.id, self._changes(document, statements, build)) for document, statements in documents)

    def load_extracted(self, records: Iterable[tuple[Document, Record]], *, build: Build | None = None) -> Counter[Change]:
        """As `load`, of documents whose records `extracted_record` made elsewhere; what people judged of them is applied here.

        Raises StoreError where a record is no N-Quads or is about something else than its document.
        """
        self.note(build)
        return self._load((document.id, self._corrected(document, record, build)) for document, record in records)

    def _load(self, documents: Iterable[tuple[str, dict[str, Lines]]]) -> Counter[Change]:
        """Load what the graphs of each document (its IRI) are to hold."""
        counts: Counter[Change] = Counter()

        def records() -> Iterator[Record]:
            for document, changes in documents:
                known = self.contents(changes)
                before, after = known[document], changes[document]
                counts["added" if not before else "unchanged" if before == after else "replaced"] += 1
                if known != changes:
                    yield record_of(changes)

        self.load_records(records())
        return counts

    def put(self, changes: Mapping[str, Iterable[tuple[Node, Node, Node]]]) -> bool:
        """Make named graphs hold exactly these triples, in one transaction. False where they do already.

        For graphs that were made by a store: a document's, or one of those beside it.
        """
        return self.put_lines({graph: stored_form(lines_of(triples)) for graph, triples in changes.items()})

    def put_lines(self, changes: Mapping[str, Lines]) -> bool:
        """As `put`, of triples in N-Triples as the database writes them."""
        known = self.contents(changes)
        if known != changes:
            self._commit(changes, known)
        return known != changes

    def content(self, graph: str) -> Lines:
        """What a named graph holds, as lines of N-Triples; nothing where there is none."""
        return frozenset(str(quad.triple) for quad in self._quads.quads_for_pattern(None, None, None, ox.NamedNode(graph)))

    def contents(self, graphs: Iterable[str]) -> dict[str, Lines]:
        """What each of several named graphs holds."""
        return {graph: self.content(graph) for graph in graphs}

    def has_graph(self, graph: str) -> bool:
        """Whether a named graph holds anything."""
        return any(True for _ in self._quads.quads_for_pattern(None, None, None, ox.NamedNode(graph)))

    def remove(self, document_id: str) -> bool:
        """Drop a document with all that was taken from it or judged of it, in one transaction. False where it was not there."""
        graph = graph_iri(document_id)
        if not self.has(document_id):
            return False
        names = (graph, *(graph_of(graph, kind) for kind in _BESIDE))
        known = self.contents((*names, COPIES))
        copies = frozenset(line for line in known[COPIES] if f"<{graph}>" not in line.split(" "))
        self._commit({**{name: frozenset() for name in names}, COPIES: copies}, known)
        return True

    def has(self, document_id: str) -> bool:
        """Whether a document with this id is there."""
        node = ox.NamedNode(graph_iri(document_id))
        return any(True for _ in self._quads.quads_for_pattern(node, _RDF_TYPE, _DOCUMENT, node))

    def is_current(self, document: Document, build: Build) -> bool:
        """Whether the document is there as it is given, text and all, its statements made by that very build."""
        return self._built_by(document.id) == build.id and self._is_as_described(document)

    def built_by(self, document: Document) -> str | None:
        """The build that made the statements of the document as it is given; "" where that was not noted, None where it changed."""
        return self._built_by(document.id) or "" if self._is_as_described(document) else None

    def builds(self) -> dict[str, Build]:
        """What built the documents of this store, by IRI."""
        described = self._quads.quads_for_pattern(None, _BUILD_TEXT, None, ox.NamedNode(_BUILDS))
        return {_string(quad.subject): Build.from_text(_string(quad.object)) for quad in described}

    def built(self) -> Counter[str]:
        """How many documents each build made; "" stands for those of which it was not noted."""
        counts = Counter(_string(quad.object) for quad in self._quads.quads_for_pattern(None, _BUILT_BY, None, None))
        rest = len(self) - counts.total()
        return counts + Counter({"": rest})

    def correct(self, correction: Correction, *, must_stand: bool = True) -> bool:
        """Keep a person's judgement of a statement and let it take effect, in one transaction. False where it is kept already.

        Raises StoreError where no statement of that id stands in the document, unless it need not, as where judgements are
        taken over with the documents that they were made of.
        """
        original = correction.original
        known = self.corrections(original.document)
        if any(one.id == correction.id for one in known):
            return False
        earlier = [one for one in known if one.original.id == original.id]
        undone = {one.revised.id for one in earlier if one.revised}
        standing = [one for one in self.statements(original.document) if one.id not in undone]
        if must_stand and not earlier and original.id not in {one.id for one in standing}:
            raise StoreError(f"{self.place}: no statement {original.id} stands in {original.document}; it may have been corrected already")
        document = document_from(self._described(ox.NamedNode(original.document)), original.document)
        after = in_force(document, standing, [correction])
        about = self._quads.quads_for_pattern(ox.NamedNode(original.document), None, None, ox.NamedNode(original.document))
        triples = [triple for one in after for triple in statement_triples(one)]
        wanted = frozenset(str(quad.triple) for quad in about) | lines_of(triples)
        changes = {original.document: wanted, **_judgement_lines(original.document, [*known, correction])}
        self._commit(changes, self.contents(changes))
        return True

    def corrections(self, document: str | None = None) -> list[Correction]:
        """What people judged of the statements of all documents, or of the one with that id, in the order of time."""
        documents = self._judged_documents() if document is None else [graph_iri(document)]
        found = chain.from_iterable(self._corrections_of(one) for one in documents)
        return sorted(found, key=lambda one: one.order)

    def group_copies(self) -> dict[str, str]:
        """Judge anew which documents are near-duplicates, and keep it: for each copy the id of the first of its group.

        The judgement stands in a graph of its own (prov:alternateOf) and can be judged again at any time. Only documents
        that were added with their text take part.
        """
        from kg.store.copies import find_copies  # numpy, which only this needs

        kept = self._quads.quads_for_pattern(None, _SIGNATURE, None, None)
        groups = find_copies({_string(quad.subject): _string(quad.object) for quad in kept})
        self.put({COPIES: [(URIRef(copy), URIRef(_COPY_OF.value), URIRef(first)) for copy, first in groups.items()]})
        return groups

    def copies(self) -> dict[str, str]:
        """The judgement that `group_copies` made last."""
        kept = self._quads.quads_for_pattern(None, _COPY_OF, None, ox.NamedNode(COPIES))
        return dict(sorted((_string(quad.subject), _string(quad.object)) for quad in kept))

    def documents(self) -> list[Document]:
        """All documents, sorted by id. The store keeps no texts: `text` is empty."""
        return [document_from(self._described(node), node.value) for node in self._document_graphs()]

    def statements(self, document: str | None = None) -> list[Statement]:
        """The statements of all documents, or of the one with that id, by document and place in it."""
        nodes = self._document_graphs() if document is None else [ox.NamedNode(graph_iri(document))]
        return sorted(statements_from(_lexical(self._in_graphs(nodes))), key=_place)

    def count_statements(self, document_id: str) -> int:
        """How many statements a document has."""
        return sum(1 for _ in self._quads.quads_for_pattern(None, _RDF_TYPE, _STATEMENT, ox.NamedNode(graph_iri(document_id))))

    def triples(self, document_id: str) -> list[Triple]:
        """The triples of a document's named graph as they stand in the store, sorted; none where there is no such graph."""
        quads = self._quads.quads_for_pattern(None, None, None, ox.NamedNode(graph_iri(document_id)))
        return sorted(cast(Triple, (to_rdflib(q.subject), to_rdflib(q.predicate), to_rdflib(q.object))) for q in quads)

    def export(
        self,
        out: str | os.PathLike[str] | None = None,
        format: str = "turtle",
        *,
        beside: Mapping[str, Iterable[Triple]] | None = None,
        prefixes: Mapping[str, str] | None = None,
    ) -> bytes:
        """Write all documents' triples as RDF and return the bytes: the same content gives the same bytes.

        `trig` and `nquads` keep one graph a document, the others (`turtle`, `ntriples`, `jsonld`, `rdfxml`) write their
        union. A file is replaced whole or not at all. Triples `beside` the store's, by the IRI of their graph, are written
        too, and `prefixes` beside ours. Raises UnknownNameError for another format, OSError from writing.
        """
        added = ((graph, _text(stored_form(lines_of(triples)))) for graph, triples in (beside or {}).items())
        ours = self._dumps(self._exported_graphs())
        known = {**PREFIXES, **({"prov": PROV} if self._is_judged() else {}), **(prefixes or {})}
        written = serialise_graphs(chain(ours, added), format_name(format), known)
        if out is not None:
            _replace_file(Path(out), written)
        return written

    def references(self) -> list[str]:
        """IRIs of the named graphs that are reference layers, sorted (see `kg.store.reference`)."""
        found = self._quads.quads_for_pattern(None, _RDF_TYPE, _DATASET, None)
        described = (_string(quad.graph_name) for quad in found if quad.subject == quad.graph_name)
        return sorted(one for one in described if one.startswith(REFERENCE))

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def __len__(self) -> int:
        """How many documents there are."""
        return len(self._document_graphs())

    def _changes(self, document: Document, statements: Iterable[Statement], build: Build | None) -> dict[str, Lines]:
        """What the document's graphs are to hold."""
        known = self._corrections_of(document.id)
        return _extracted(document, in_force(document, statements, known) if known else statements, build)

    def _corrected(self, document: Document, record: Record, build: Build | None) -> dict[str, Lines]:
        """As `_changes`, of the record that holds what was extracted."""
        changes = changes_in(record)
        if changes.keys() != {document.id, graph_of(document.id, RECORD)}:
            raise StoreError(f"{document.id}: its record is about {' and '.join(record.graphs)}; extract the document again")
        if not self._corrections_of(document.id):
            return changes
        quads = ox.parse(record.body, format=ox.RdfFormat.N_QUADS)
        return self._changes(document, statements_from(_lexical(quads), document.id), build)

    def note(self, build: Build | None) -> None:
        """Keep what a build is made of, once; `add` and `load` do."""
        if build is None or build.id in self._noted:
            return
        known = self.content(_BUILDS)
        described = known | {f"<{build.id}> {_BUILD_TEXT} {ox.Literal(build.text())}"}
        if described != known:
            self._commit({_BUILDS: described}, {_BUILDS: known})
        self._noted.add(build.id)

    def records(self) -> Iterator[Record]:
        """All that the store holds, as the shortest journal of it: the documents by id, each with the graphs beside it; layers last."""
        builds = self.content(_BUILDS)
        if builds:
            yield record_of({_BUILDS: builds})
        documents = [node.value for node in self._document_graphs()]
        for begin in range(0, len(documents), _AT_ONCE):
            names = {one: (one, *(graph_of(one, kind) for kind in _BESIDE)) for one in documents[begin : begin + _AT_ONCE]}
            held = self.contents(chain.from_iterable(names.values()))
            for one in names:
                yield record_of({name: held[name] for name in names[one] if held[name]})
        copies = self.content(COPIES)
        if copies:
            yield record_of({COPIES: copies})
        for layer in self.references():
            yield record_of({layer: self.content(layer)})

    def _corrections_of(self, document: str) -> list[Correction]:
        graph = graph_of(document, CORRECTIONS)
        triples = list(_lexical(self._quads.quads_for_pattern(None, None, None, ox.NamedNode(graph))))
        if not triples:
            return []
        judged = self._quads.quads_for_pattern(None, None, None, ox.NamedNode(graph_of(document, JUDGED)))
        return corrections_from(triples, {one.id: one for one in statements_from(_lexical(judged))})

    def _built_by(self, document_id: str) -> str | None:
        node, graph = ox.NamedNode(graph_iri(document_id)), ox.NamedNode(graph_of(document_id, RECORD))
        return next((_string(quad.object) for quad in self._quads.quads_for_pattern(node, _BUILT_BY, None, graph)), None)

    def _is_as_described(self, document: Document) -> bool:
        node = ox.NamedNode(document.id)
        known = {str(quad.triple) for quad in self._quads.quads_for_pattern(node, None, None, node)}
        return known == lines_of(document_triples(document))

    def _is_judged(self) -> bool:
        """Whether there are triples with PROV's terms."""
        agents = self._quads.quads_for_pattern(None, None, ox.NamedNode(f"{PROV}Activity"), None)
        return any(True for _ in chain(agents, self._quads.quads_for_pattern(None, _COPY_OF, None, None)))

    def _document_graphs(self) -> list[ox.NamedNode]:
        """Named graphs that describe the document whose IRI they bear, sorted; whatever else a user wrote is left aside."""
        found = self._quads.quads_for_pattern(None, _RDF_TYPE, _DOCUMENT, None)
        described = (quad.subject for quad in found if quad.subject == quad.graph_name)
        return sorted((node for node in described if isinstance(node, ox.NamedNode)), key=str)

    def _in_graphs(self, graphs: Iterable[ox.NamedNode]) -> Iterator[ox.Quad]:
        """All quads of several named graphs."""
        return chain.from_iterable(self._quads.quads_for_pattern(None, None, None, graph) for graph in graphs)

    def _judged_documents(self) -> list[str]:
        """Documents of which somebody judged a statement, sorted."""
        found = self._quads.quads_for_pattern(None, _JUDGED_IN, None, None)
        return sorted({_string(quad.object) for quad in found if _string(quad.graph_name).startswith(CORRECTIONS)})

    def _exported_graphs(self) -> Iterator[str]:
        """The graphs of documents, of their corrections, and of what is a copy of what."""
        judged = self._is_judged()
        for node in self._document_graphs():
            yield node.value
            if judged:
                yield graph_of(node.value, CORRECTIONS)
        yield COPIES

    def _dumps(self, graphs: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """What each of several named graphs holds, as lines of N-Triples."""
        return ((graph, self._dump(graph)) for graph in graphs)

    def _dump(self, graph: str) -> bytes:
        """What a named graph holds, as lines of N-Triples."""
        return _text(self.content(graph))

    def _described(self, document: ox.NamedNode) -> Iterable[Triple]:
        """The triples about the document itself, out of the many in its graph."""
        return _lexical(self._quads.quads_for_pattern(document, None, None, document))


def _place(statement: Statement) -> tuple[str, int, int, str]:
    return statement.document, statement.evidence.sentence.begin, statement.evidence.trigger.begin, statement.id


def _replace_file(path: Path, content: bytes) -> None:
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        partial.write_bytes(content)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def extracted_record(document: Document, statements: Iterable[Statement], build: Build | None = None) -> Record:
    """What a store is to keep of a document and what was extracted from it, made without a store: see `Store.load_extracted`."""
    return record_of(_extracted(document, statements, build))


def _extracted(document: Document, statements: Iterable[Statement], build: Build | None) -> dict[str, Lines]:
    triples = chain(document_triples(document), (triple for one in statements for triple in statement_triples(one)))
    return {document.id: lines_of(triples), graph_of(document.id, RECORD): _kept_beside(document, build)}


def _kept_beside(document: Document, build: Build | None) -> Lines:
    """A document's record: who built it, and the signature that stands for its text."""
    from kg.store.copies import signature  # numpy, which only this needs

    node = ox.NamedNode(document.id)
    lines = {f"{node} {_BUILT_BY} <{build.id}>"} if build is not None else set()
    signed = signature(document.text)
    if signed:
        lines.add(f"{node} {_SIGNATURE} {ox.Literal(signed)}")
    return frozenset(lines)


def codebook_lines() -> Lines:
    """The package's codebook, as its named graph holds it."""
    source = resources.files("kg") / "data" / "ontology" / "codebook.ttl"
    return frozenset(str(quad.triple) for quad in ox.parse(source.read_bytes(), format=ox.RdfFormat.TURTLE))


def first_line(error: BaseException) -> str:
    """An error's message, without what follows on further lines."""
    return (str(error).splitlines() or [type(error).__name__])[0]


def changes_in(record: Record) -> dict[str, Lines]:
    """What a record sets, by graph. Raises StoreError where it is damaged."""
    try:
        return changes_of(record)
    except (SyntaxError, KeyError, AttributeError) as error:
        raise StoreError(f"{record.graphs[0]}: not what its record says ({first_line(error)}); the file is damaged") from error


def _judgement_lines(document: str, corrections: list[Correction]) -> dict[str, Lines]:
    """The graphs beside a document that keep these corrections, and the statements that they are about."""
    judged = {one.id: one for correction in corrections for one in (correction.original, correction.revised) if one}
    return {
        graph_of(document, CORRECTIONS): lines_of(triple for one in corrections for triple in correction_triples(one)),
        graph_of(document, JUDGED): lines_of(triple for one in judged.values() for triple in statement_triples(one)),
    }


def _text(lines: Lines) -> bytes:
    return "".join(f"{line} .\n" for line in lines).encode()


def to_rdflib(term: object) -> Node:
    """The database's term as rdflib's parsers would make it: a plain string without xsd:string."""
    if isinstance(term, ox.NamedNode):
        return _uri(term.value)
    if isinstance(term, ox.BlankNode):
        return BNode(term.value)
    assert isinstance(term, ox.Literal)
    if term.language:
        return RdfLiteral(term.value, lang=term.language)
    return RdfLiteral(term.value, datatype=None if term.datatype == _XSD_STRING else _uri(term.datatype.value))


_uri = lru_cache(maxsize=65536)(URIRef)  # rdflib checks each that it makes, which takes longer than anything else here


def _lexical(quads: Iterable[ox.Quad]) -> Iterator[Triple]:
    """Subject, predicate and object as plain strings: reading goes by lexical form alone, and rdflib's terms cost most of the time."""
    return (cast(Triple, (_string(quad.subject), quad.predicate.value, _string(quad.object))) for quad in quads)


def _string(term: object) -> str:
    return str(getattr(term, "value", term))
