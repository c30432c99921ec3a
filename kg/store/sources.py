"""What other stores and RDF files hold of documents, read so that a store can take it over: bounded, in order, nothing fetched.

A file's documents are its named graphs, as exports have them, or what stands in its default graph; whatever else it says is
counted and left where it is.
"""

from __future__ import annotations

import gzip
import io
import mmap
import re
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, cast

import pyoxigraph as ox
from rdflib import Graph

from kg.errors import InputError, StoreError, UnknownNameError
from kg.model import Statement
from kg.rdf import Depth, Triple, statement_triples, statements_from, validate_triples
from kg.store import Store
from kg.store.corrections import PROV
from kg.store.graphs import (
    APART,
    BASE,
    CODEBOOK_GRAPH,
    COPIES,
    CORRECTIONS,
    JUDGED,
    RECORD,
    Lines,
    changes_of,
    content,
    graph_of,
    lines_of,
    record_of,
    stored_form,
)
from kg.store.journal import Record
from kg.store.reified import TRIPLE_TERM, without_reifiers
from kg.vocabulary import AFFILIATION, CLASS_DOCUMENT, IN_DOCUMENT, PREFIXES

MOST_BYTES: Final = 64 << 30
"""Bytes of one file that are read, unpacked."""
MOST_LINE: Final = 16 << 20
"""Bytes of one line of N-Triples or N-Quads: no sentence is longer."""

_GREATEST_RATIO = 200
_SUSPICIOUS = 32 << 20
"""A packed file that unpacks to more than this is taken for a bomb where it grows beyond the ratio. N-Quads pack to a twentieth."""

FORMATS: Final = {
    ".nq": ox.RdfFormat.N_QUADS, ".trig": ox.RdfFormat.TRIG, ".ttl": ox.RdfFormat.TURTLE, ".nt": ox.RdfFormat.N_TRIPLES,
    ".jsonld": ox.RdfFormat.JSON_LD, ".rdf": ox.RdfFormat.RDF_XML, ".xml": ox.RdfFormat.RDF_XML,
}  # fmt: skip
"""What can be imported, by the file's ending; `.gz` may follow it."""

_NESTED = re.compile(rb"<<\([^\n]*<<\(")
_ONE_GRAPH = re.compile(rb"[^\n]* <([^ <>\n]*)> \.\n(?:[^\n]* <\1> \.\n)*")
"""Lines of N-Quads that end in the same graph."""

_MARKUP = re.compile(rb"<!(ENTITY|DOCTYPE)|\x00")
"""What an RDF/XML file that kg wrote never has: entities can be made to grow without end, and NUL is a sign of UTF-16, where they hide."""

_TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_DOCUMENT = ox.NamedNode(CLASS_DOCUMENT)
_IN_DOCUMENT = ox.NamedNode(IN_DOCUMENT)
_AFFILIATION = ox.NamedNode(AFFILIATION)
_MARKS = (b"_:", TRIPLE_TERM.encode(), b"--ltr", b"--rtl")
_TO_NODES = frozenset(
    PREFIXES["kg"] + name for name in ("evidence", "source", "target", "speaker", "sourceMention", "targetMention", "speakerMention")
)
"""From a statement to the nodes that are told with it."""
_RELATIONS = PREFIXES["kgr"]

LeftOut = Literal["judgements", "others"]
"""Triples that no document takes: of what people judged, which a file without the statements judged cannot hand over; and any others."""


@dataclass(frozen=True, slots=True)
class Holding:
    """What another store or a file has of one document: the record that sets the graphs that are to hold it.

    `lacks` is why nothing can be made of it, where that was found while it was read.
    """

    document: str
    record: Record
    lacks: str = ""

    def changes(self) -> dict[str, Lines]:
        """The record's graphs, literals in the database's form. Raises InputError where it is no N-Quads."""
        try:
            return {graph: stored_form(lines) for graph, lines in changes_of(self.record).items()}
        except (StoreError, SyntaxError) as error:
            raise InputError(f"{self.document}: cannot be parsed ({' '.join(str(error).split())[:300]})") from error

    def statements(self) -> list[Statement]:
        """What it states. Raises InputError, naming the document, where a statement lacks something."""
        if self.lacks:
            raise InputError(f"{self.document}: {self.lacks}")
        return statements_from(plain_terms(self.changes()[self.document]))

    def fault(self, *, check: bool) -> str | None:
        """Why a store is not to have the document, None where it may; with `check` the shapes are asked too."""
        found = self.lacks or self._never_held()
        if found or not check:
            return found
        lines = self.changes()[self.document]
        if _described(self.document) not in lines:
            return "is not described as a document"
        faults = validate_triples(_rdflib(lines))
        return f"{faults[0]}" + (f", and {len(faults) - 1} more" if len(faults) > 1 else "") if faults else ""

    def _never_held(self) -> str:
        """What no store can hold, whatever the shapes say of it."""
        if self.document.startswith((*APART, CORRECTIONS)) or self.document in {COPIES, CODEBOOK_GRAPH.value}:
            return "bears an IRI that stores keep for themselves"
        if not any(mark in self.record.body for mark in _MARKS):
            return ""
        terms = [term for lines in self.changes().values() for term in _nodes(lines)]  # a text may have such a mark, too
        if any(isinstance(term, ox.BlankNode) for term in terms):
            return "has blank nodes, and nothing that kg writes has; give every node an IRI"
        if any(isinstance(term, ox.Triple) for term in terms):
            return "has triple terms that say something else than its statements; give what they say a node"
        if any(isinstance(term, ox.Literal) and term.direction for term in terms):
            return 'has texts with a direction ("x"@en--ltr), which rdflib cannot keep; leave it out'
        return ""


class Source:
    """The documents of a source, to be read once. When that is done, `documents` is their number and `left_out` that of other triples."""

    def __init__(self, holdings: Iterator[Holding], left_out: Counter[LeftOut]) -> None:
        self._holdings = holdings
        self.left_out = left_out
        self.documents = 0

    def __iter__(self) -> Iterator[Holding]:
        for one in self._holdings:
            self.documents += 1
            yield one


def of_store(store: Store) -> Source:
    """The documents of a store with what it keeps beside them, but without what people judged."""
    return Source(_of_records(store), Counter())


@contextmanager
def of_file(path: Path) -> Iterator[Source]:
    """The documents of an RDF file. Raises InputError, UnknownNameError where it cannot be read or parsed, or is out of bounds."""
    counts: Counter[LeftOut] = Counter()
    sorted_quads = _of_sorted_quads(path, counts) if path.name.endswith(".nq") else None
    if sorted_quads is not None:
        yield Source(sorted_quads, counts)
        return
    with _parsed(path) as quads:
        named = {quad.graph_name for quad in quads.quads_for_pattern(None, _TYPE, _DOCUMENT, None) if quad.graph_name == quad.subject}
        documents = sorted(graph.value for graph in named if isinstance(graph, ox.NamedNode))
        yield Source(_of_graphs(quads, documents, counts) if documents else _of_default_graph(quads, counts), counts)


def plain_terms(lines: Iterable[str]) -> Iterator[Triple]:
    """Triples as plain strings, as reading statements needs them."""
    for quad in _parsed_lines(lines):
        yield cast(Triple, (str(_value(quad.subject)), quad.predicate.value, str(_value(quad.object))))


def _of_records(store: Store) -> Iterator[Holding]:
    for record in store.records():
        document = next((graph for graph in record.graphs if graph_of(graph, RECORD) in record.graphs or _is_document(record, graph)), None)
        if document is not None:
            apart = {graph_of(document, CORRECTIONS), graph_of(document, JUDGED)}
            if apart.isdisjoint(record.graphs):
                yield Holding(document, record)
            else:
                kept = {graph: lines for graph, lines in changes_of(record).items() if graph not in apart}
                yield Holding(document, record_of(kept))


def _without_copies_of_ends(found: Holding) -> Holding:
    """Without the triple terms that repeat what its statements say."""
    if TRIPLE_TERM.encode() not in found.record.body:
        return found
    return Holding(found.document, record_of({graph: without_reifiers(lines) for graph, lines in found.changes().items()}))


def _of_sorted_quads(path: Path, left_out: Counter[LeftOut]) -> Iterator[Holding] | None:
    """The documents of an N-Quads file in which each graph's quads stand together, as exports have them; None for another file.

    Its lines are not looked into: the bulk loader parses them, and the shapes, where they are asked.
    """
    seen = set[bytes]()
    end = 0
    with _mapped(path) as content:
        for found in _graphs_in(content):
            graph = found[1]
            is_ours = graph.startswith(BASE.encode()) or content.find(_typed(graph), *found.span()) >= 0
            if graph in seen or not is_ours or not _is_iri(graph) or _has_long_line(found) or _NESTED.search(content, *found.span()):
                return None  # how deep terms are nested is looked at elsewhere
            seen.add(graph)
            end = found.end()
        return _grouped(path, left_out) if end == len(content) else None


def _grouped(path: Path, left_out: Counter[LeftOut]) -> Iterator[Holding]:
    with _mapped(path) as content:
        for lines in _graphs_in(content):
            record = Record((lines[1].decode(),), lines[0])
            if _is_document(record, record.graphs[0]):
                yield _without_copies_of_ends(Holding(record.graphs[0], record))
            elif record.graphs[0] != COPIES:
                left_out[_kind(record.graphs[0])] += record.body.count(b"\n")


def _graphs_in(content: mmap.mmap | bytes) -> Iterator[re.Match[bytes]]:
    """Stretches of lines of one graph each, from the beginning on, until a line is none such or longer than any can be."""
    end = 0
    while content.find(b"\n", end, end + MOST_LINE) >= 0 and (found := _ONE_GRAPH.match(content, end)):
        yield found
        end = found.end()


def _is_iri(name: bytes) -> bool:
    try:
        ox.NamedNode(name.decode())
    except ValueError:
        return False
    return True


@contextmanager
def _mapped(path: Path) -> Iterator[mmap.mmap | bytes]:
    with open(path, "rb") as file:
        if path.stat().st_size == 0:  # nothing to map
            yield b""
            return
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            yield content


def _has_long_line(found: re.Match[bytes]) -> bool:
    return found.end() - found.start() > MOST_LINE and max(map(len, found[0].split(b"\n"))) > MOST_LINE


def _typed(graph: bytes) -> bytes:
    return b"<%b> %b %b <%b> .\n" % (graph, str(_TYPE).encode(), str(_DOCUMENT).encode(), graph)


def _is_document(record: Record, graph: str) -> bool:
    return _typed(graph.encode()) in record.body


def _described(document: str) -> str:
    return f"<{document}> {_TYPE} {_DOCUMENT}"


@contextmanager
def _parsed(path: Path) -> Iterator[ox.Store]:
    """The file's content in a database of its own: on disk, so that its size is of no matter, and with literals in canonical form."""
    ending = Path(path.name.removesuffix(".gz")).suffix.lower()
    if ending not in FORMATS:
        raise UnknownNameError(f"{path}: no format is known by the ending {ending!r}; use one of {', '.join(FORMATS)}, .gz allowed")
    with tempfile.TemporaryDirectory(prefix="kg-import-") as folder:
        quads = ox.Store(Path(folder) / "quads")
        try:
            with open(path, "rb") as file:
                unpacked = cast(io.RawIOBase, gzip.GzipFile(fileobj=file)) if path.name.endswith(".gz") else file
                bounded = _Bounded(unpacked, path, packed=path.stat().st_size, ending=ending)
                quads.bulk_load(input=io.BufferedReader(bounded, 1 << 20), format=FORMATS[ending])
        except InputError:
            raise
        except (SyntaxError, ValueError, EOFError, OSError, MemoryError) as error:
            raise InputError(f"{path}: cannot be parsed ({' '.join(str(error).split())[:300]})") from error
        yield quads
        del quads


class _Bounded(io.RawIOBase):
    """A file that says so when it is larger, or its lines are longer, than anything that can be meant."""

    def __init__(self, file: io.RawIOBase | io.BufferedReader, path: Path, *, packed: int, ending: str) -> None:
        self._file = file
        self._path = path
        self._most = MOST_BYTES
        if path.name.endswith(".gz"):
            self._most = min(MOST_BYTES, max(_SUSPICIOUS, packed * _GREATEST_RATIO))
        self._by_line = ending in {".nq", ".nt"}
        self._is_xml = ending in {".rdf", ".xml"}
        self._depth = Depth() if ending in {".nq", ".nt", ".ttl", ".trig"} else None
        self._before = b""
        self._read = self._line = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # typeshed wants a type that cannot be written
        chunk = self._file.read(len(buffer)) or b""
        buffer[: len(chunk)] = chunk
        self._read += len(chunk)
        if self._read > self._most:
            raise InputError(f"{self._path}: unpacks to more than {self._most >> 20} MiB, which no honest file of its size does; left out")
        if self._by_line:
            self._check_lines(chunk)
        if self._depth is not None:
            self._depth.check(chunk)
        if self._is_xml:
            if _MARKUP.search(self._before + chunk):
                raise InputError(f"{self._path}: declares a document type or entities, or is not UTF-8; write it without, or as Turtle")
            self._before = chunk[-16:]
        return len(chunk)

    def _check_lines(self, chunk: bytes) -> None:
        last = chunk.rfind(b"\n")
        self._line = self._line + len(chunk) if last < 0 else len(chunk) - last - 1
        if self._line > MOST_LINE:
            raise InputError(f"{self._path}: has a line of more than {MOST_LINE >> 20} MiB; left out")


def _of_graphs(quads: ox.Store, documents: list[str], left_out: Counter[LeftOut]) -> Iterator[Holding]:
    """Documents from their named graphs; whatever is in other graphs is counted."""
    for document in documents:
        yield Holding(document, record_of({document: without_reifiers(content(quads, document))}))
    others = {str(graph.value) for graph in quads.named_graphs()} - {*documents, COPIES, CODEBOOK_GRAPH.value}
    for graph in others:
        left_out[_kind(graph)] += len(content(quads, graph))
    left_out["others"] += sum(1 for _ in quads.quads_for_pattern(None, None, None, ox.DefaultGraph()))


def _of_default_graph(quads: ox.Store, left_out: Counter[LeftOut]) -> Iterator[Holding]:
    """Documents out of one graph that holds all: each with the statements that name it, made anew."""
    described = quads.quads_for_pattern(None, _TYPE, _DOCUMENT, ox.DefaultGraph())
    taken: set[str] = set()
    for document in sorted(quad.subject.value for quad in described if isinstance(quad.subject, ox.NamedNode)):
        told = _Told(quads, ox.NamedNode(document))
        taken |= told.lines
        try:
            triples = lines_of(triple for one in statements_from(plain_terms(told.lines)) for triple in statement_triples(one))
        except InputError as error:
            yield Holding(document, record_of({document: told.about}), str(error))
            continue
        taken |= stored_form(triples)
        yield Holding(document, record_of({document: without_reifiers(told.about) | triples}))
    for quad in quads.quads_for_pattern(None, None, None, None):
        if str(quad.triple) not in taken and quad.predicate.value != f"{PROV}alternateOf":
            left_out[_kind(str(quad.subject)[1:], quad.predicate.value)] += 1


class _Told:
    """What a graph that holds many documents tells of one: `about` itself, and `lines`, with its statements and all that they name."""

    def __init__(self, quads: ox.Store, document: ox.NamedNode) -> None:
        self._quads = quads
        self.about = self._of(document)
        statements = quads.quads_for_pattern(None, _IN_DOCUMENT, document, ox.DefaultGraph())
        self.lines = self.about.union(*(self._statement(quad.subject) for quad in statements))

    def _statement(self, node: ox.NamedNode | ox.BlankNode | ox.Triple) -> Lines:
        own = list(self._quads.quads_for_pattern(node, None, None, ox.DefaultGraph()))
        told = {str(quad.triple) for quad in own}
        for quad in own:
            if quad.predicate.value in _TO_NODES and not isinstance(quad.object, ox.Literal):
                told |= self._of(quad.object)
                for acting in self._quads.quads_for_pattern(quad.object, _AFFILIATION, None, ox.DefaultGraph()):
                    told |= frozenset() if isinstance(acting.object, ox.Literal) else self._of(acting.object)
        return frozenset(told)

    def _of(self, node: ox.NamedNode | ox.BlankNode | ox.Triple) -> Lines:
        """What is said of a node, but for what it did: that is for statements to say."""
        found = self._quads.quads_for_pattern(node, None, None, ox.DefaultGraph())
        return frozenset(str(quad.triple) for quad in found if not quad.predicate.value.startswith(_RELATIONS))


def _kind(graph: str, predicate: str = "") -> LeftOut:
    """Which kind of triples a graph, a subject or a property that no document has stands for."""
    judged = (CORRECTIONS, JUDGED, f"{BASE}correction/", f"{BASE}person/")
    return "judgements" if graph.startswith(judged) or predicate.startswith(PROV) else "others"


def _parsed_lines(lines: Iterable[str]) -> Iterator[ox.Quad]:
    return ox.parse("".join(f"{line} .\n" for line in lines).encode(), format=ox.RdfFormat.N_TRIPLES)


def _nodes(lines: Lines) -> Iterator[object]:
    for quad in _parsed_lines(lines):
        yield quad.subject
        yield quad.object


def _value(term: object) -> object:
    return getattr(term, "value", term)


def _rdflib(lines: Lines) -> Iterator[Triple]:
    return cast(Iterator[Triple], iter(Graph().parse(data="".join(f"{line} .\n" for line in lines), format="nt")))
