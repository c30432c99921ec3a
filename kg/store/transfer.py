"""Stores and RDF files into stores: backup, restore, repair from the journal, import."""

from __future__ import annotations

import gzip
import io
import mmap
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, cast

import pyoxigraph as ox
from rdflib import Graph

from kg.errors import InputError, StoreError, UnknownNameError
from kg.model import Statement
from kg.rdf import Triple, statement_triples, statements_from, validate_triples
from kg.store import Store
from kg.store.graphs import BASE, CORRECTIONS, JUDGED, RECORD, Lines, changes_of, content, graph_of, lines_of, record_of, stored_form
from kg.store.journal import Record, read_journal, read_records
from kg.vocabulary import CLASS_DOCUMENT

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

_ONE_GRAPH = re.compile(rb"[^\n]* <([^ <>\n]*)> \.\n(?:[^\n]* <\1> \.\n)*")
"""Lines of N-Quads that end in the same graph."""

_MARKUP = re.compile(rb"<!(ENTITY|DOCTYPE)|\x00")
"""What an RDF/XML file that kg wrote never has: entities can be made to grow without end, and NUL is a sign of UTF-16, where they hide."""

_TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_DOCUMENT = ox.NamedNode(CLASS_DOCUMENT)

Outcome = Literal["added", "unchanged", "replaced", "kept"]


@dataclass(frozen=True, slots=True)
class Holding:
    """What another store or a file has of one document: the record that sets the graphs that are to hold it."""

    document: str
    record: Record

    def changes(self) -> dict[str, Lines]:
        """The record's graphs, literals in the database's form. Raises InputError where it is no N-Quads."""
        try:
            return {graph: stored_form(lines) for graph, lines in changes_of(self.record).items()}
        except (SyntaxError, KeyError, AttributeError) as error:
            raise InputError(f"{self.document}: cannot be parsed ({' '.join(str(error).split())[:300]})") from error


def back_up(store: Store, path: Path) -> int:
    """Write all that a store holds, corrections and builds too, to one gzipped file of N-Quads. How many graphs.

    The store may be open and written to: the file has this moment's content. Equal content gives equal bytes.
    """
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.partial")
    graphs = 0
    try:
        with store.snapshot() as frozen, open(unfinished, "wb") as file:
            with gzip.GzipFile(filename="", mode="wb", fileobj=file, compresslevel=6, mtime=0) as out:
                for record in _frozen_records(store, frozen.quads):
                    out.write(record.text())
                    graphs += len(record.graphs)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return graphs


def restore(path: Path, folder: Path) -> int:
    """Make a new store from a backup; how many documents it has. Raises StoreError where there is something already."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise StoreError(f"{folder}: is there already; name a new directory to restore to")
    try:
        with Store.open(folder) as store, gzip.open(path, "rb") as file:
            store.load_records(_checked(read_records(file, path), path))
            return len(store)
    except (OSError, StoreError, ValueError):
        shutil.rmtree(folder, ignore_errors=True)
        raise


def repair(folder: Path) -> Path:
    """Make a store's database anew from its journal. The old one is kept beside it, in the folder that is returned.

    Raises StoreError where the journal is damaged; nothing is changed then.
    """
    for _ in read_journal(folder / "journal"):
        pass
    number = 1 + len(list(folder.glob("quads.damaged-*")))
    old = folder / f"quads.damaged-{number}"
    shutil.copytree(folder / "journal", folder / f"journal.before-repair-{number}")
    (folder / "quads").rename(old)
    try:
        with Store.open(folder) as store:
            store.load_records(_last(folder / f"journal.before-repair-{number}"), journaled=True)
    except BaseException:
        shutil.rmtree(folder / "quads", ignore_errors=True)
        old.rename(folder / "quads")
        raise
    finally:
        shutil.rmtree(folder / f"journal.before-repair-{number}")
    return old


def import_into(
    store: Store, path: Path, *, replace: bool = False, check: bool = True, on_fault: Callable[[str], None]
) -> dict[Outcome, int]:
    """Merge the documents of an RDF file, a backup or another store into this one. What became of how many.

    Parameters
    ----------
    replace
        Take theirs where a document is in both and differs; otherwise ours is kept. What people judged is taken over either way.
    check
        Leave out documents that the shapes forbid, and name them to `on_fault`.

    Raises
    ------
    InputError, StoreError, UnknownNameError
        A file that cannot be read or parsed, or is out of bounds.
    """
    counts: dict[Outcome, int] = {"added": 0, "replaced": 0, "unchanged": 0, "kept": 0}
    kept: set[str] = set()
    with _opened(path) as (holdings, other):
        sound = (one for one in holdings if not check or _is_sound(one, on_fault))
        new = _sorted_out(store, sound, counts, None if replace else kept)
        store.load_records(new)
        for build in other.builds().values() if other is not None else ():
            store.note(build)
        for correction in other.corrections() if other is not None else ():
            with suppress(StoreError):  # the statement does not stand in our document, which is another: there is nothing to correct
                store.correct(correction, must_stand=correction.original.document in kept)
    return counts


def statements_in(path: Path) -> list[Statement]:
    """The statements of a store, a backup or an RDF file, by document and place."""
    if path.is_dir():
        with Store.open(path, read_only=True) as store:
            return store.statements()
    with _opened(path) as (holdings, _):
        found = [one for holding in holdings for one in statements_from(_terms(holding.changes()[holding.document]))]
    return sorted(found, key=lambda s: (s.document, s.evidence.sentence.begin, s.evidence.trigger.begin, s.id))


def _checked(records: Iterable[Record], path: Path) -> Iterator[Record]:
    """The records, each of which has quads of its own graphs alone."""
    for record in records:
        endings = tuple(f" <{graph}> ." for graph in record.graphs)
        if not all(line.endswith(endings) for line in record.body.decode().splitlines() if line):
            raise StoreError(f"{path}: the record of {record.graphs[0]} has quads of other graphs; this is no backup that kg wrote")
        yield record


def _frozen_records(store: Store, quads: Path) -> Iterator[Record]:
    frozen = Store(store.path, ox.Store.read_only(os.fspath(quads)))
    yield from frozen.records()


def _last(journal: Path) -> Iterator[Record]:
    """Each graph as the journal left it."""
    latest: dict[str, int] = {}
    for number, record in enumerate(read_journal(journal)):
        latest.update(dict.fromkeys(record.graphs, number))
    for number, record in enumerate(read_journal(journal)):
        kept = {graph: lines for graph, lines in changes_of(record).items() if latest[graph] == number and lines}
        if kept:
            yield record_of(kept)


@contextmanager
def _opened(path: Path) -> Iterator[tuple[Iterator[Holding], Store | None]]:
    """The documents of a source, and the source itself where it keeps judgements."""
    if not path.exists():
        raise InputError(f"{path}: there is no such file or store")
    with ExitStack() as stack:
        if path.is_dir():
            other = stack.enter_context(Store.open(path, read_only=True))
            yield _of_store(other), other
        elif path.name.endswith(".nq.gz") and _is_backup(path):
            other = stack.enter_context(_unpacked(path))
            yield _of_store(other), other
        else:
            holdings = _of_sorted_quads(path) if path.name.endswith(".nq") else None
            yield holdings or _of_quads(stack.enter_context(_parsed(path)), path), None


def _is_backup(path: Path) -> bool:
    with gzip.open(path, "rb") as file:
        return file.read(9) == b"# kg put "


@contextmanager
def _unpacked(path: Path) -> Iterator[Store]:
    with tempfile.TemporaryDirectory() as folder:
        restore(path, Path(folder) / "store")
        with Store.open(Path(folder) / "store", read_only=True) as store:
            yield store


def _of_store(store: Store) -> Iterator[Holding]:
    for record in store.records():
        document = next((graph for graph in record.graphs if graph_of(graph, RECORD) in record.graphs or _is_document(record, graph)), None)
        if document is not None:
            apart = {graph_of(document, CORRECTIONS), graph_of(document, JUDGED)}
            if apart.isdisjoint(record.graphs):
                yield Holding(document, record)
            else:
                kept = {graph: lines for graph, lines in changes_of(record).items() if graph not in apart}
                yield Holding(document, record_of(kept))


def _of_sorted_quads(path: Path) -> Iterator[Holding] | None:
    """The documents of an N-Quads file in which each graph's quads stand together, as exports have them; None for another file.

    Its lines are not looked into: the bulk loader parses them, and the shapes, where they are asked.
    """
    seen = set[bytes]()
    end = 0
    with _mapped(path) as content:
        for found in _ONE_GRAPH.finditer(content):
            graph = found[1]
            is_ours = graph.startswith(BASE.encode()) or content.find(_typed(graph), *found.span()) >= 0
            if found.start() != end or graph in seen or not is_ours or _has_long_line(found):
                return None
            seen.add(graph)
            end = found.end()
        return _grouped(path) if end == len(content) else None


def _grouped(path: Path) -> Iterator[Holding]:
    with _mapped(path) as content:
        for lines in _ONE_GRAPH.finditer(content):
            record = Record((lines[1].decode(),), lines[0])
            if _is_document(record, record.graphs[0]):
                found = Holding(record.graphs[0], record)
                if b"_:" in record.body:  # in a text, or as a node
                    _without_blanks(found.changes()[found.document], path)
                yield found


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


def _describes(lines: Lines, graph: str) -> bool:
    return f"<{graph}> {_TYPE} {_DOCUMENT}" in lines


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


def _of_quads(quads: ox.Store, path: Path) -> Iterator[Holding]:
    """Documents in a database that was filled from a file, by id: from their named graphs, else from the default graph."""
    found = {quad.graph_name for quad in quads.quads_for_pattern(None, _TYPE, _DOCUMENT, None) if quad.graph_name == quad.subject}
    if found:
        for graph in sorted(found, key=str):
            assert isinstance(graph, ox.NamedNode)
            yield Holding(graph.value, record_of({graph.value: _without_blanks(content(quads, graph.value), path)}))
        return
    described = [quad.subject for quad in quads.quads_for_pattern(None, _TYPE, _DOCUMENT, ox.DefaultGraph())]
    by_document: dict[str, list[Triple]] = {node.value: [] for node in described if isinstance(node, ox.NamedNode)}
    for one in statements_from(_terms(str(quad.triple) for quad in quads.quads_for_pattern(None, None, None, ox.DefaultGraph()))):
        if one.document in by_document:
            by_document[one.document] += statement_triples(one)
    for document, triples in sorted(by_document.items()):
        about = quads.quads_for_pattern(ox.NamedNode(document), None, None, ox.DefaultGraph())
        lines = frozenset(str(quad.triple) for quad in about) | lines_of(triples)
        yield Holding(document, record_of({document: _without_blanks(lines, path)}))


def _without_blanks(lines: Lines, path: Path) -> Lines:
    if any(line.startswith("_:") or (" _:" in line and line.rsplit(" ", 1)[1].startswith("_:")) for line in lines):
        raise InputError(f"{path}: has blank nodes, and nothing that kg writes has; give every node an IRI")
    return lines


def _sorted_out(store: Store, holdings: Iterable[Holding], counts: dict[Outcome, int], kept: set[str] | None) -> Iterator[Record]:
    """The new documents, as records; the others are replaced on the way, or where `kept` is given left alone and added to it."""
    for one in holdings:
        if not store.has_graph(one.document):
            counts["added"] += 1
            yield one.record
            continue
        theirs = one.changes()
        if store.content(one.document) == theirs[one.document]:
            counts["unchanged"] += 1
        elif kept is None:
            counts["replaced"] += 1
            store.put_lines(theirs)
        else:
            counts["kept"] += 1
            kept.add(one.document)


def _is_sound(one: Holding, on_fault: Callable[[str], None]) -> bool:
    lines = one.changes()[one.document]
    faults = validate_triples(_rdflib(lines)) if _describes(lines, one.document) else ["is not described as a document"]
    for fault in faults[:1]:
        on_fault(f"{one.document}: {fault}" + (f", and {len(faults) - 1} more" if len(faults) > 1 else "") + "; left out")
    return not faults


def _terms(lines: Iterable[str]) -> Iterator[Triple]:
    """Triples as plain strings, as reading statements needs them."""
    text = "".join(f"{line} .\n" for line in lines).encode()
    for quad in ox.parse(text, format=ox.RdfFormat.N_TRIPLES):
        yield cast(Triple, (str(_value(quad.subject)), quad.predicate.value, str(_value(quad.object))))


def _value(term: object) -> object:
    return getattr(term, "value", term)


def _rdflib(lines: Lines) -> Iterator[Triple]:
    return cast(Iterator[Triple], iter(Graph().parse(data="".join(f"{line} .\n" for line in lines), format="nt")))
