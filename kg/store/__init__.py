"""The graph on disk: one named graph a document, over Oxigraph, with rdflib's API on top.

A store is a directory: `store.json` (what wrote it), `quads/` (the Oxigraph database) and, while readers are at work,
`snapshots/`. Each document's triples live in the named graph that bears the document's IRI. The default graph is their
merge, each triple once, and holds the codebook besides; so plain SPARQL counts a label or a tie once, however many
documents carry it. Both are written in the same transaction.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from importlib import metadata, resources
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Final, Literal, cast

import pyoxigraph as ox
from oxrdflib import OxigraphStore
from rdflib import Dataset
from rdflib import Literal as RdfLiteral
from rdflib.query import Result
from rdflib.term import BNode, Node, URIRef

from kg.errors import StoreError
from kg.model import Document, Statement
from kg.rdf import Triple, bind_prefixes, document_from, document_triples, graph_iri, statement_triples, statements_from
from kg.store.serialise import FORMATS, format_name, serialise
from kg.store.snapshot import Snapshot, copy_quads, remove_dead_snapshots
from kg.vocabulary import CLASS_DOCUMENT, PREFIXES

__all__ = ["CODEBOOK_GRAPH", "FORMATS", "FORMAT_VERSION", "Change", "Snapshot", "Store"]

FORMAT_VERSION: Final = 1
"""Version of the store's layout on disk. A store of a higher one is refused."""

CODEBOOK_GRAPH: Final = ox.NamedNode("https://w3id.org/geopolitical-kg/codebook")
"""The named graph of the codebook, put there at opening, so that queries can use kg:score and kg:quadClass. Never exported."""

Change = Literal["added", "unchanged", "replaced"]

_FLUSH_EVERY = 20_000
"""Triples written between two flushes. What is not flushed lies in a log that every reader copies and replays: some 15 MB at most."""

_MANIFEST = "store.json"
_RDF_TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_DOCUMENT = ox.NamedNode(CLASS_DOCUMENT)
_XSD_STRING = ox.NamedNode("http://www.w3.org/2001/XMLSchema#string")
_DROP_FROM_MERGE = """
DELETE {{ ?s ?p ?o }}
WHERE {{ GRAPH {graph} {{ ?s ?p ?o }} FILTER NOT EXISTS {{ GRAPH ?other {{ ?s ?p ?o }} FILTER(?other != {graph}) }} }} ;
DROP SILENT GRAPH {graph}"""


class Store:
    """Documents and their statements on disk. Open it with `Store.open`; close it, or use it in a `with` block.

    One process writes at a time; any number read meanwhile, each from a frozen copy (`read_only=True`, or `snapshot()`).
    What `add` and `remove` do survives the end of the process however it ends; against loss of power it is safe from
    time to time and once the store has been closed.

    `dataset` is rdflib's view of the same triples. Its default graph is the merge of all documents, so query that one;
    what is written through it directly belongs to no document and is the caller's affair.
    """

    def __init__(self, path: Path, quads: ox.Store, *, frozen: Snapshot | None) -> None:
        """Not for callers: use `Store.open`."""
        self.path = path
        self._inner: ox.Store | None = quads
        self._frozen = frozen
        self._unflushed = 0
        self.dataset = Dataset(store=OxigraphStore(store=quads))
        bind_prefixes(self.dataset)

    @classmethod
    def open(cls, path: str | os.PathLike[str], *, create: bool = True, read_only: bool = False) -> Store:
        """Open the store in directory `path`.

        Parameters
        ----------
        path
            The store's directory. A missing or empty one becomes a new store.
        create
            With False, a missing store is an error.
        read_only
            Open a frozen copy of this moment's content; it never waits for a writer and never makes one wait.

        Raises
        ------
        StoreError
            No store there, a directory with other things in it, a store of a newer version, another process writing.
        """
        folder = Path(path)
        _check_manifest(folder, create=create and not read_only)
        if read_only:
            frozen = Snapshot(folder / "snapshots", lambda target: copy_quads(folder / "quads", target))
            return cls(folder, _open_frozen(frozen), frozen=frozen)
        quads = _open_quads(folder)
        remove_dead_snapshots(folder / "snapshots")
        _write_codebook(quads)
        return cls(folder, quads, frozen=None)

    def add(self, document: Document, statements: Iterable[Statement]) -> Change:
        """Make the store hold exactly these statements of `document`, in one transaction.

        Returns
        -------
        "added" for a document that is new, "replaced" where it was there with other content, "unchanged" where every triple
        was there already: nothing is written then.
        """
        graph = _graph_node(document.id)
        triples = _canonical([*document_triples(document), *(triple for one in statements for triple in statement_triples(one))])
        known = self._triples_of(graph)
        if known == triples:
            return "unchanged"
        self._writable()
        if known:
            _replace_graph(self._quads, graph, triples)
        else:
            graphs = (graph, ox.DefaultGraph())
            self._quads.extend([ox.Quad(one.subject, one.predicate, one.object, place) for place in graphs for one in triples])
        self._count_written(len(known) + len(triples))
        return "replaced" if known else "added"

    def remove(self, document_id: str) -> bool:
        """Drop a document with all that was taken from it, in one transaction. False where it was not there."""
        graph = _graph_node(document_id)
        known = len(self._triples_of(graph))
        if not known:
            return False
        self._writable()
        self._quads.update(_DROP_FROM_MERGE.format(graph=graph))
        self._count_written(known)
        return True

    def documents(self) -> list[Document]:
        """All documents, sorted by id. The store keeps no texts: `text` is empty."""
        return [document_from(self._described(node), node.value) for node in self._document_graphs()]

    def statements(self, document: str | None = None) -> list[Statement]:
        """The statements of all documents, or of the one with that id, by document and place in it."""
        quads = self._document_quads() if document is None else self._quads.quads_for_pattern(None, None, None, _graph_node(document))
        return sorted(statements_from(_lexical(quads)), key=_place)

    def triples(self, document_id: str) -> list[Triple]:
        """The triples of a document's named graph as they stand in the store, sorted; none where there is no such graph."""
        quads = self._quads.quads_for_pattern(None, None, None, _graph_node(document_id))
        return sorted(cast(Triple, (_to_rdflib(q.subject), _to_rdflib(q.predicate), _to_rdflib(q.object))) for q in quads)

    def query(self, text: str) -> Result:
        """Run a trusted SPARQL query over the merge of all documents; our prefixes are known.

        It runs in this process with no limit of time or memory, and SERVICE would reach the network: for text that
        someone else wrote, use `kg.query.run_query`.
        """
        return self.dataset.query(text)

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
        added = ((ox.NamedNode(graph), triple) for graph, triples in (beside or {}).items() for triple in _canonical(triples))
        quads = (ox.Quad(triple.subject, triple.predicate, triple.object, graph) for graph, triple in added)
        written = serialise(chain(self._document_quads(), quads), format_name(format), {**PREFIXES, **(prefixes or {})})
        if out is not None:
            _replace_file(Path(out), written)
        return written

    def snapshot(self) -> Snapshot:
        """A frozen copy of this moment in a folder of its own; close it when done. Millions of triples take a blink."""
        if self._frozen is not None:
            frozen = self._frozen.quads
            return Snapshot(self.path / "snapshots", lambda target: copy_quads(frozen, target))
        return Snapshot(self.path / "snapshots", lambda target: self._quads.backup(os.fspath(target)))

    def close(self) -> None:
        """Force everything to disk and let go of the directory. Closing twice is harmless."""
        if self._inner is None:
            return
        if self._frozen is None:
            self._inner.flush()
        self.dataset.store.close()
        self._inner = None
        if self._frozen is not None:
            self._frozen.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def __len__(self) -> int:
        """How many documents there are."""
        return len(self._document_graphs())

    def _writable(self) -> None:
        if self._frozen is not None:
            raise StoreError(f"{self.path}: the store was opened for reading only; open it without read_only to change it")

    def _count_written(self, triples: int) -> None:
        self._unflushed += triples
        if self._unflushed >= _FLUSH_EVERY:
            self._quads.flush()
            self._unflushed = 0

    def _triples_of(self, graph: ox.NamedNode) -> set[ox.Triple]:
        return {quad.triple for quad in self._quads.quads_for_pattern(None, None, None, graph)}

    def _document_graphs(self) -> list[ox.NamedNode]:
        """Named graphs that describe the document whose IRI they bear, sorted; whatever else a user wrote is left aside."""
        found = self._quads.quads_for_pattern(None, _RDF_TYPE, _DOCUMENT, None)
        described = (quad.subject for quad in found if quad.subject == quad.graph_name)
        return sorted((node for node in described if isinstance(node, ox.NamedNode)), key=str)

    def _document_quads(self) -> Iterator[ox.Quad]:
        for graph in self._document_graphs():
            yield from self._quads.quads_for_pattern(None, None, None, graph)

    def _described(self, document: ox.NamedNode) -> Iterable[Triple]:
        """The triples about the document itself, out of the many in its graph."""
        return _lexical(self._quads.quads_for_pattern(document, None, None, document))

    @property
    def _quads(self) -> ox.Store:
        if self._inner is None:
            raise StoreError(f"{self.path}: the store has been closed; open it again")
        return self._inner


def _place(statement: Statement) -> tuple[str, int, int, str]:
    return statement.document, statement.evidence.sentence.begin, statement.evidence.trigger.begin, statement.id


def _check_manifest(folder: Path, *, create: bool) -> None:
    """Make sure that `folder` is a store that this version can read, or with `create` make it one."""
    manifest = folder / _MANIFEST
    if folder.exists() and not folder.is_dir():
        raise StoreError(f"{folder}: this is a file, and a store is a directory; name another place with --store")
    if not manifest.exists():
        if folder.exists() and any(folder.iterdir()):
            raise StoreError(f"{folder}: this directory is not a kg store and is not empty; name a store, or a new directory")
        if not create:
            raise StoreError(f"{folder}: there is no store here; make one with 'kg build INPUT --store {folder}'")
        _make_manifest(manifest)
        return
    try:
        written = json.loads(manifest.read_text(encoding="utf-8"))
        version, writer = int(written["format"]), str(written["kg"])
    except (ValueError, KeyError, TypeError) as error:
        raise StoreError(f"{manifest}: unreadable ({error}); restore it from a copy of the store, or build the store anew") from error
    except OSError as error:
        raise StoreError(f"{manifest}: cannot be read ({error.strerror}); check its permissions") from error
    if version > FORMAT_VERSION:
        raise StoreError(
            f"{folder}: written by kg {writer} (store format {version}; this kg {_kg_version()} reads up to {FORMAT_VERSION}): "
            f"update kg, or export the store there and import the file here"
        )


def _make_manifest(manifest: Path) -> None:
    try:
        manifest.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"format": FORMAT_VERSION, "kg": _kg_version()}, indent=1) + "\n"
        _replace_file(manifest, text.encode())
    except OSError as error:
        raise StoreError(f"{manifest.parent}: cannot make a store here ({error.strerror}); name another directory with --store") from error


def _kg_version() -> str:
    try:
        return metadata.version("kg")
    except metadata.PackageNotFoundError:  # run from a source tree that is not installed
        return "0"


def _replace_file(path: Path, content: bytes) -> None:
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        partial.write_bytes(content)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _open_quads(folder: Path) -> ox.Store:
    try:
        return ox.Store(folder / "quads")
    except OSError as error:
        if "lock" in str(error).lower():
            raise StoreError(f"{folder}: another process is writing to this store; wait for it, or open the store read-only") from error
        raise _damaged(folder, error) from error


def _open_frozen(frozen: Snapshot) -> ox.Store:
    try:
        return ox.Store.read_only(os.fspath(frozen.quads))
    except OSError as error:
        frozen.close()
        raise _damaged(frozen.quads, error) from error
    except RuntimeError as error:  # a database without its first records: another process is making it
        frozen.close()
        raise StoreError(f"{frozen.quads.parents[2]}: the store is being made just now; try again in a moment") from error


def _damaged(folder: Path, error: OSError) -> StoreError:
    reason = str(error).splitlines()[0]
    return StoreError(f"{folder}: the database cannot be opened ({reason}); check permissions and disk space, or restore a copy")


def _write_codebook(quads: ox.Store) -> None:
    """Put the package's codebook into its graph and the merge, unless that very codebook is there."""
    source = resources.files("kg") / "data" / "ontology" / "codebook.ttl"
    triples = {quad.triple for quad in ox.parse(source.read_bytes(), format=ox.RdfFormat.TURTLE)}
    if {quad.triple for quad in quads.quads_for_pattern(None, None, None, CODEBOOK_GRAPH)} == triples:
        return
    _replace_graph(quads, CODEBOOK_GRAPH, triples)


def _replace_graph(quads: ox.Store, graph: ox.NamedNode, triples: Iterable[ox.Triple]) -> None:
    """Make `graph` hold exactly these triples and the merge follow. One update is one transaction."""
    text = "\n".join(f"{triple} ." for triple in triples)
    quads.update(f"{_DROP_FROM_MERGE.format(graph=graph)} ;\nINSERT DATA {{ {text} GRAPH {graph} {{ {text} }} }}")


def _canonical(triples: Iterable[tuple[Node, Node, Node]]) -> set[ox.Triple]:
    """The triples as the database hands them back: it rewrites literals such as "0.50"^^xsd:decimal to canonical form."""
    memory = ox.Store()
    memory.extend([ox.Quad(_subject(s), _predicate(p), _to_ox(o), ox.DefaultGraph()) for s, p, o in triples])
    return {quad.triple for quad in memory}


def _graph_node(document_id: str) -> ox.NamedNode:
    return ox.NamedNode(str(graph_iri(document_id)))


def _subject(node: Node) -> ox.NamedNode | ox.BlankNode:
    return ox.BlankNode(str(node)) if isinstance(node, BNode) else ox.NamedNode(str(node))


def _predicate(node: Node) -> ox.NamedNode:
    return ox.NamedNode(str(node))


def _to_ox(node: Node) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    if not isinstance(node, RdfLiteral):
        return _subject(node)
    if node.language:
        return ox.Literal(str(node), language=node.language)
    return ox.Literal(str(node), datatype=ox.NamedNode(str(node.datatype)) if node.datatype else None)


def _to_rdflib(term: object) -> Node:
    """The database's term as rdflib's parsers would make it: a plain string without xsd:string."""
    if isinstance(term, ox.NamedNode):
        return URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return BNode(term.value)
    assert isinstance(term, ox.Literal)
    if term.language:
        return RdfLiteral(term.value, lang=term.language)
    return RdfLiteral(term.value, datatype=None if term.datatype == _XSD_STRING else URIRef(term.datatype.value))


def _lexical(quads: Iterable[ox.Quad]) -> Iterator[Triple]:
    """Subject, predicate and object as plain strings: reading goes by lexical form alone, and rdflib's terms cost most of the time."""
    return (cast(Triple, (_string(quad.subject), quad.predicate.value, _string(quad.object))) for quad in quads)


def _string(term: object) -> str:
    return str(getattr(term, "value", term))
