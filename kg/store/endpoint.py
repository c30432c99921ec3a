"""The same store behind a SPARQL 1.1 endpoint, for more than one machine.

The graphs are those of a store on disk. A change is one update request, and whole or not at all where the server makes a request
one transaction, as Oxigraph and Virtuoso do. There is no journal and no lock: what is safe against loss of power is the server's
affair, and several machines may write at once as long as no two of them write the same document.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Final, cast
from urllib.parse import urlsplit

import pyoxigraph as ox
from rdflib import Graph
from rdflib.query import Result
from rdflib.term import Identifier, Variable

from kg.errors import StoreError
from kg.model import Document
from kg.rdf import bind_prefixes, document_from
from kg.store import Store
from kg.store.bulk import load_new
from kg.store.connection import UnansweredError
from kg.store.graphs import CODEBOOK_GRAPH, RECORD, Lines, record_of
from kg.store.interface import AnyStore, changes_in, codebook_lines, to_rdflib
from kg.store.journal import Record
from kg.store.protocol import MOST_BYTES, PAUSES, Answer, Endpoint, literal_as_written
from kg.store.remote import MERGE, RemoteQuads, replacement
from kg.store.snapshot import Snapshot
from kg.vocabulary import CLASS_DOCUMENT, PREFIXES

FORMAT_VERSION: Final = 1
"""Version of how a server keeps a store. One of a higher version is refused."""

_STORE = f"{RECORD}store"
"""The named graph that says that a store is here, and where its merge is. It begins as those do that are not merged."""
_FORMAT, _MERGED_IN = f"{RECORD}terms#format", f"{RECORD}terms#mergedIn"
_DEFAULT = "default"
_MOST_TRIPLES = 20_000
"""Triples of documents that are written together. More in one request is no faster, and is held in memory as often as it is sent."""
_CANARY = """SELECT (BOUND(?x) AS ?bound) (?x = 1.0 AS ?equal) (STRDT("1", <http://www.w3.org/2001/XMLSchema#boolean>) AS ?typed)
(SUBSTR("kept", 2) AS ?part) (EXISTS { VALUES ?y { 1 } } AS ?exists) { VALUES ?x { 1 } }"""
"""What Oxigraph answers without any triples. A server that answers otherwise reads SPARQL in a way of its own."""
_LOOKS_INTO_GRAPHS = re.compile(r"\b(?:graph|from)\b", re.IGNORECASE)
_SKIPPED = re.compile(r"<[^<>\s]*>|[\w.-]*:|#[^\n]*|[\"'].*?[\"']")
_FORM = re.compile(r"\b(select|ask|construct|describe)\b", re.IGNORECASE)
_FIRST_PAUSES = PAUSES[:3]
_PROLOGUE = "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in PREFIXES.items())


class EndpointStore(AnyStore):
    """Documents and their statements behind a SPARQL endpoint. Open it with `EndpointStore.open`."""

    def __init__(self, quads: RemoteQuads, *, read_only: bool) -> None:
        """Not for callers: use `EndpointStore.open`."""
        super().__init__()
        self._remote: RemoteQuads | None = quads
        self._place = quads.endpoint.place
        self._read_only = read_only
        self._alike: bool | None = None

    @classmethod
    def open(cls, address: str, *, create: bool = True, read_only: bool = False, update: str | None = None) -> EndpointStore:
        """Open the store behind an endpoint.

        Parameters
        ----------
        address
            Where the server answers queries, such as http://localhost:7878/query. Without a path /query is meant.
        create
            With False, a server without a store is an error; otherwise one is made.
        read_only
            Nothing is ever written.
        update
            Where the server takes updates. By default what KG_SPARQL_UPDATE says, or what servers do: /update beside /query,
            /sparql-auth beside /sparql, /statements below a repository.

        Raises
        ------
        StoreError
            No server there, or no SPARQL endpoint; no rights; no store; a store of a newer version.
        """
        whole = address if urlsplit(address).path.strip("/") else address.rstrip("/") + "/query"
        endpoint = Endpoint(whole, update)
        try:
            merge = _where_merged(endpoint) or (None if read_only or not create else _begin(endpoint))
            if merge is None:
                raise StoreError(f"{whole}: there is no store here; make one with 'kg build INPUT --store {whole}'")
            store = cls(RemoteQuads(endpoint, None if merge == _DEFAULT else merge), read_only=read_only)
            if not read_only:
                store.put_lines({CODEBOOK_GRAPH.value: codebook_lines()})
        except BaseException:
            endpoint.close()
            raise
        return store

    @property
    def place(self) -> str:
        """The address that queries go to."""
        return self._place

    @property
    def _quads(self) -> RemoteQuads:
        if self._remote is None:
            raise StoreError(f"{self.place}: the store has been closed; open it again")
        return self._remote

    def content(self, graph: str) -> Lines:
        """What a named graph holds, as lines of N-Triples; nothing where there is none."""
        return self.contents([graph])[graph]

    def contents(self, graphs: Iterable[str]) -> dict[str, Lines]:
        """What each of several named graphs holds."""
        found: dict[str, list[str]] = {graph: [] for graph in graphs}
        for quad in self._quads.in_graphs(found):
            found[_name(quad)].append(str(quad.triple))
        return {graph: frozenset(lines) for graph, lines in found.items()}

    def has_graph(self, graph: str) -> bool:
        """Whether a named graph holds anything."""
        return self._quads.has(graph)

    def documents(self) -> list[Document]:
        """All documents, sorted by id. `text` is empty."""
        text = f"SELECT ?d ?p ?o {{ GRAPH ?d {{ ?d a <{CLASS_DOCUMENT}> ; ?p ?o }} }}"
        found: dict[str, list[tuple[str, str, str]]] = {}
        for row in self._quads.endpoint.rows(text):
            found.setdefault(row["d"].value, []).append((row["d"].value, row["p"].value, row["o"].value))
        return [document_from(found[one], one) for one in sorted(found, key=lambda one: f"<{one}>")]  # type: ignore[arg-type]  # reading goes by lexical form

    def load_records(self, records: Iterable[Record]) -> None:
        """Apply records, several in one request: each of them is there whole or not at all. Raises StoreError where one is no N-Quads."""
        waiting: dict[str, Lines] = {}
        for record in records:
            changes = changes_in(record)
            if waiting and (not waiting.keys().isdisjoint(changes) or sum(map(len, waiting.values())) > _MOST_TRIPLES):
                self.put_lines(waiting)
                waiting = {}
            waiting |= changes
        if waiting:
            self.put_lines(waiting)

    def query(self, text: str) -> Result:
        """Run a trusted SPARQL query over the merge of all documents; our prefixes are known.

        The server runs it where it `answers_as_ours`, which takes as long as it takes there, and else a snapshot does.
        """
        if self.answers_as_ours(text):
            return _result(self.answer(_PROLOGUE + text))
        with self.snapshot() as frozen:
            return _result(ox.Store.read_only(os.fspath(frozen.quads)).query(_PROLOGUE + text))

    def answers_as_ours(self, text: str) -> bool:
        """Whether the server can be relied on to answer a query as a store on disk would.

        It must read SPARQL as Oxigraph does, by a query that both are asked; and where the merge is a named graph, which a query has
        to be pointed to, named graphs cannot be looked into besides. A snapshot answers every query.
        """
        if self._quads.merge is not None and _LOOKS_INTO_GRAPHS.search(text):
            return False
        if self._alike is None:
            ours = ox.Store().query(_CANARY)
            assert isinstance(ours, ox.QuerySolutions)
            expected = [[str(term) for term in row] for row in ours]
            try:
                self._alike = [[str(term) for term in row] for row in self._quads.endpoint.rows(_CANARY)] == expected
            except UnansweredError:
                self._alike = False
        return self._alike

    def answer(self, text: str, *, timeout: float | None = None, most: int = MOST_BYTES) -> Answer:
        """The server's own answer to a query over the merge of all documents; the query declares its prefixes.

        Raises UnansweredError where it takes longer than `timeout` seconds or is larger than `most` bytes.
        """
        endpoint = self._quads.endpoint
        return endpoint.results(text, self._quads.merge, triples=asks_for_triples(text), timeout=timeout, most=most)

    def snapshot(self) -> Snapshot:
        """A copy of this moment's content as an Oxigraph database in a folder of its own: everything is read from the server."""
        return Snapshot(Path(tempfile.gettempdir()), self._download)

    def copy_to(self, path: str | os.PathLike[str]) -> None:
        """Make a store on disk of this moment's content, in a new directory."""
        with Store.open(path) as copy:
            copy.load_records(self.records())

    def count_merged(self) -> int:
        """How many triples the merge of all documents has on the server."""
        rows = self._quads.endpoint.rows("SELECT (COUNT(*) AS ?count) { ?s ?p ?o }", self._quads.merge)
        return int(rows[0]["count"].value)

    def close(self) -> None:
        """Let go of the connections. Closing twice is harmless."""
        if self._remote is not None:
            self._remote.endpoint.close()
            self._remote = None

    def _commit(self, changes: Mapping[str, Lines], known: Mapping[str, Lines]) -> None:
        if self._read_only:
            raise StoreError(f"{self.place}: the store was opened for reading only; open it without read_only to change it")
        moved = {graph: lines for graph, lines in changes.items() if lines != known[graph]}
        self._quads.endpoint.update(replacement(moved, known, self._quads.merge))

    def _in_graphs(self, graphs: Iterable[ox.NamedNode]) -> Iterator[ox.Quad]:
        return self._quads.in_graphs(node.value for node in graphs)

    def _dumps(self, graphs: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        held: dict[str, list[str]] = {}
        for quad in self._quads.in_graphs(graphs):
            held.setdefault(_name(quad), []).append(f"{quad.triple} .\n")
        return ((graph, "".join(lines).encode()) for graph, lines in held.items())

    def _download(self, target: Path) -> None:
        quads = ox.Store(target)
        batch: list[Record] = []
        for record in chain([record_of({CODEBOOK_GRAPH.value: self.content(CODEBOOK_GRAPH.value)})], self.records()):
            batch.append(record)
            if len(batch) >= 1_000:
                load_new(quads, batch)
                batch = []
        load_new(quads, batch)
        quads.flush()


def asks_for_triples(text: str) -> bool:
    """Whether a query is a CONSTRUCT or DESCRIBE."""
    form = _FORM.search(_SKIPPED.sub(" ", text))
    return form is not None and form[1].lower() in {"construct", "describe"}


def _where_merged(endpoint: Endpoint) -> str | None:
    """The named graph that the merge of the store there is in, _DEFAULT for the default graph; None where there is no store."""
    text = f"SELECT ?format ?merge {{ GRAPH <{_STORE}> {{ <{_STORE}> <{_FORMAT}> ?format ; <{_MERGED_IN}> ?merge }} }}"
    rows = endpoint.rows(text, pauses=_FIRST_PAUSES)
    if not rows:
        return None
    version, merge = max(int(row["format"].value) for row in rows), str(rows[0]["merge"].value)
    if version > FORMAT_VERSION:
        raise StoreError(
            f"{endpoint.place}: the store there was written by a newer kg (format {version}; this one reads {FORMAT_VERSION}): update kg"
        )
    if merge == _DEFAULT and endpoint.ask(f"ASK {{ <{_STORE}> <{_FORMAT}> ?format }}"):
        raise StoreError(
            f"{endpoint.place}: the server's default graph was apart from the named ones when the store was made, and is their union now; "
            f"start it as before (Oxigraph: without --union-default-graph)"
        )
    return merge


def _begin(endpoint: Endpoint) -> str:
    """Make a store, and say where its merge is to be: in the default graph if nothing shows there now that a named graph has something."""
    endpoint.update(f'INSERT DATA {{ GRAPH <{_STORE}> {{ <{_STORE}> <{_FORMAT}> "{FORMAT_VERSION}" }} }}')
    merge = MERGE if endpoint.ask("ASK { ?s ?p ?o }") else _DEFAULT
    endpoint.update(f'INSERT DATA {{ GRAPH <{_STORE}> {{ <{_STORE}> <{_MERGED_IN}> "{merge}" }} }}')
    return merge


def _result(answer: Answer | ox.QueryTriples) -> Result:
    """An answer as rdflib gives it."""
    if isinstance(answer, ox.QueryBoolean):
        result = Result("ASK")
        result.askAnswer = bool(answer)
    elif isinstance(answer, ox.QuerySolutions):
        result = Result("SELECT")
        names = [variable.value for variable in answer.variables]
        result.vars = [Variable(name) for name in names]
        held = (((name, row[name]) for name in names) for row in answer)
        result.bindings = [
            {Variable(name): cast(Identifier, to_rdflib(literal_as_written(term))) for name, term in row if term is not None}
            for row in held
        ]
    else:
        result = Result("CONSTRUCT")
        result.graph = Graph()
        bind_prefixes(result.graph)
        for quad in answer:
            result.graph.add((to_rdflib(quad.subject), to_rdflib(quad.predicate), to_rdflib(quad.object)))
    return result


def _name(quad: ox.Quad) -> str:
    assert isinstance(quad.graph_name, ox.NamedNode)
    return quad.graph_name.value
