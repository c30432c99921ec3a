"""Run a query that anybody may have written: in a process of its own, on a frozen copy, with hard limits."""

from __future__ import annotations

import contextlib
import json
import logging
import math
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Literal

import pyoxigraph as ox
from rdflib import Graph
from rdflib import Literal as RdfLiteral
from rdflib.term import BNode, Node, URIRef

from kg.errors import QueryError
from kg.query import worker
from kg.query.guard import CheckedQuery, check_query
from kg.query.hints import explain_syntax
from kg.rdf import bind_prefixes
from kg.store import AnyStore, Store, open_store
from kg.store.corrections import PROV
from kg.store.offices import ORG, SCHEMA
from kg.vocabulary import PREFIXES

Row = tuple[Node | None, ...]

KNOWN_PREFIXES = {**PREFIXES, "prov": PROV, "org": ORG, "schema": SCHEMA}
"""Prefixes that a query need not declare: ours, and those of the graphs beside the documents (corrections and offices)."""

MOST_MEMORY = 2048
"""MiB that a query may take unless told otherwise."""
LEAST_MEMORY = 16
"""MiB below which the plainest query fails."""

_MEBIBYTE = 1 << 20
_ANSWER_SHARE = 8
"""An answer may be an eighth of the memory limit in size, since it is held here, where nothing limits it."""
_LONGEST_TIMEOUT = 1e6
_WORKER = Path(worker.__file__)
_XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"
_OVERFLOWS = {-signal.SIGSEGV, -signal.SIGBUS}
_STARVED = {-signal.SIGABRT, -signal.SIGKILL}


@dataclass(frozen=True, slots=True)
class QueryResult:
    """What a query answered.

    SELECT fills `columns` and `rows` (None where a variable is unbound), ASK `answer`, CONSTRUCT and DESCRIBE the triples in
    `rows`, sorted, which `graph()` puts into an rdflib graph. `truncated` says that `limit` cut the answer short.
    """

    kind: Literal["select", "ask", "construct"]
    columns: tuple[str, ...] = ()
    rows: tuple[Row, ...] = field(default=(), repr=False)
    answer: bool | None = None
    truncated: bool = False

    def graph(self) -> Graph:
        """The triples of a CONSTRUCT or DESCRIBE. Raises QueryError for the other kinds."""
        if self.kind != "construct":
            raise QueryError(f"the answer to {self.kind.upper()} is not a graph; use CONSTRUCT")
        graph = Graph()
        bind_prefixes(graph)
        for subject, predicate, value in self.rows:
            assert subject is not None
            assert predicate is not None
            assert value is not None
            graph.add((subject, predicate, value))
        return graph


@dataclass(frozen=True, slots=True)
class _Limits:
    """Seconds, rows (None: all) and MiB."""

    timeout: float
    rows: int | None
    memory: int

    def __post_init__(self) -> None:
        if not 0 < self.timeout <= _LONGEST_TIMEOUT:
            raise QueryError(f"timeout is {self.timeout:g}, and it takes seconds: more than 0, at most {_LONGEST_TIMEOUT:g}")
        if self.rows is not None and self.rows < 0:
            raise QueryError(f"limit is {self.rows}, and it takes a number of rows: 0 or more")
        if self.memory < LEAST_MEMORY:
            raise QueryError(f"memory is {self.memory}, and it takes MiB: {LEAST_MEMORY} or more")

    @property
    def answer_bytes(self) -> int:
        return self.memory * _MEBIBYTE // _ANSWER_SHARE


def run_query(
    store: AnyStore | str | os.PathLike[str], text: str, *, timeout: float = 30.0, limit: int | None = None, memory: int = MOST_MEMORY
) -> QueryResult:
    """Run a SELECT, ASK, CONSTRUCT or DESCRIBE query.

    Parameters
    ----------
    store
        An open store, or the path or address of one. A writer may be at work on it. A server that reads SPARQL as Oxigraph does
        answers itself, its memory not limited here; of another everything is read into a snapshot.
    text
        SPARQL 1.1. The default graph is the merge of all documents; GRAPH and FROM name single ones. Our prefixes are known.
    timeout
        Seconds until the query is killed.
    limit
        At most so many rows or triples.
    memory
        MiB that the query may take besides the open database; its answer, as text, an eighth of that.

    Raises
    ------
    QueryError
        A query that cannot be parsed or is refused (updates, SERVICE, FROM of what the store does not hold), takes too long,
        needs too much memory or answers with too much; a limit that is none.
    StoreError
        From opening the store.
    """
    limits = _Limits(timeout, limit, memory)
    checked = check_query(text, KNOWN_PREFIXES)
    if not isinstance(store, AnyStore):
        with open_store(store, read_only=True) as opened:
            return _run(opened, checked, limits)
    return _run(store, checked, limits)


def run_on_database(quads: Path, text: str, *, timeout: float = 30.0, limit: int | None = None, memory: int = MOST_MEMORY) -> QueryResult:
    """As `run_query`, on the folder of an Oxigraph database that nobody writes to, such as a snapshot's."""
    return _run_on(quads, check_query(text, KNOWN_PREFIXES), _Limits(timeout, limit, memory))


def run_in_process(quads: ox.Store, text: str) -> QueryResult:
    """As `run_query`, on a database of pyoxigraph, in this process and with no limit of time or memory: for text that is trusted."""
    checked = check_query(text, KNOWN_PREFIXES)
    answer = _Answer()
    answer.read(json.dumps(line) + "\n" for line in worker.answer(quads, {**_question(checked), "limit": None}))
    return answer.result(checked, _Limits(_LONGEST_TIMEOUT, None, MOST_MEMORY))


def _run(store: AnyStore, checked: CheckedQuery, limits: _Limits) -> QueryResult:
    if not isinstance(store, Store):
        answer = _asked_of_server(store, checked, limits)
        if answer is not None:
            return answer
    with store.snapshot() as frozen:
        return _run_on(frozen.quads, checked, limits)


def _asked_of_server(store: AnyStore, checked: CheckedQuery, limits: _Limits) -> QueryResult | None:
    """The answer of the server that keeps the store; None where it would be another than that of a snapshot."""
    from kg.query.remote import ServerDatabase  # HTTP, which only this needs
    from kg.store.endpoint import EndpointStore

    if not isinstance(store, EndpointStore) or not store.answers_as_ours(checked.text):
        return None
    database = ServerDatabase(store, timeout=limits.timeout, most_bytes=limits.answer_bytes)
    answer = _Answer()
    answer.read(json.dumps(line) + "\n" for line in worker.answer(database, {**_question(checked), "limit": limits.rows}))
    return answer.result(checked, limits)


def _run_on(quads: Path, checked: CheckedQuery, limits: _Limits) -> QueryResult:
    request = _question(checked) | {
        "quads": os.fspath(quads.absolute()),
        "limit": limits.rows,
        "memory": limits.memory * _MEBIBYTE,
        "seconds": math.ceil(limits.timeout) + 1,
        "bytes": limits.answer_bytes,
    }
    answer = _Answer()
    with tempfile.TemporaryFile() as said, _start(said) as process:
        expired = threading.Event()

        def stop() -> None:
            expired.set()
            process.kill()

        stopper = threading.Timer(limits.timeout, stop)
        stopper.start()
        try:
            _send(process, request)
            answer.read(process.stdout or ())
        finally:
            stopper.cancel()
            process.kill()
        code = process.wait()
        if answer.end is None:
            said.seek(0)
            raise _broken_off(code, said.read().decode(errors="replace"), limits, expired=expired.is_set())
    return answer.result(checked, limits)


def _question(checked: CheckedQuery) -> dict[str, Any]:
    return {"query": checked.text, "graphs": checked.graphs, "prefixes": KNOWN_PREFIXES}


def _start(said: IO[bytes]) -> subprocess.Popen[str]:
    command = [sys.executable, "-P", os.fspath(_WORKER)]
    one_arena = {**os.environ, "MALLOC_ARENA_MAX": "1"}  # glibc sets 64 MiB of addresses aside for every thread otherwise
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, encoding="utf-8", env=one_arena)


def _send(process: subprocess.Popen[str], request: dict[str, Any]) -> None:
    assert process.stdin is not None
    with contextlib.suppress(BrokenPipeError):  # it ended already: why, is read from how
        process.stdin.write(json.dumps(request))
        process.stdin.close()


class _Answer:
    """What the worker writes, line by line, so that an answer is never held as text besides. Equal terms become one node."""

    def __init__(self) -> None:
        self._header: dict[str, Any] = {}
        self._rows: list[Row] = []
        self.end: dict[str, Any] | None = None

    def read(self, lines: Iterable[str]) -> None:
        nodes: dict[tuple[str, ...], Node] = {}
        with _ill_typed_literals_allowed():
            for line in lines:
                if not line.endswith("\n"):  # killed while it wrote
                    return
                read = json.loads(line)
                if isinstance(read, list):
                    self._rows.append(tuple(None if cell is None else _shared(nodes, tuple(cell)) for cell in read))
                elif "kind" in read:
                    self._header = read
                else:
                    self.end = read

    def result(self, checked: CheckedQuery, limits: _Limits) -> QueryResult:
        assert self.end is not None
        if "error" in self.end:
            raise _refusal(self.end, checked.text, limits)
        kind: Literal["select", "ask", "construct"] = self._header["kind"]
        if kind == "ask":
            return QueryResult("ask", answer=self._header["answer"])
        rows = sorted(set(self._rows), key=str) if kind == "construct" else self._rows
        return QueryResult(kind, tuple(self._header["columns"]), tuple(rows), truncated=self.end["truncated"])


def _shared(nodes: dict[tuple[str, ...], Node], cell: tuple[str, ...]) -> Node:
    if cell not in nodes:
        nodes[cell] = _node(cell)
    return nodes[cell]


@contextlib.contextmanager
def _ill_typed_literals_allowed() -> Iterator[None]:
    """rdflib logs a traceback for each literal such as "soon"^^xsd:date; SPARQL lets them be."""
    logger = logging.getLogger("rdflib.term")
    before, logger.disabled = logger.disabled, True
    try:
        yield
    finally:
        logger.disabled = before


def _broken_off(code: int, said: str, limits: _Limits, *, expired: bool) -> QueryError:
    """Why a worker ended without an answer."""
    if expired or code == -signal.SIGXCPU:
        return QueryError(
            f"the query took longer than {limits.timeout:g} s and was stopped; narrow it, add a LIMIT, or give it longer with --timeout"
        )
    if "overflowed its stack" in said:
        return QueryError("the query is nested too deeply, or is too long a chain, to be parsed; write it flatter")
    if code in _OVERFLOWS:
        return QueryError(f"the query is nested too deeply, or needs more than {limits.memory} MiB; write it flatter or narrow it")
    if code in _STARVED or "MemoryError" in said or "memory allocation" in said or "Cannot allocate memory" in said:
        return _too_hungry(limits)
    reason = (said.strip().splitlines() or ["no reason given"])[-1]
    return QueryError(f"the query ended unexpectedly (exit {code}: {reason})")


def _too_hungry(limits: _Limits) -> QueryError:
    return QueryError(
        f"the query needs more memory than {limits.memory} MiB; narrow it, leave out ORDER BY or DISTINCT, or give it more with --memory"
    )


def _refusal(end: dict[str, str], text: str, limits: _Limits) -> QueryError:
    message = " ".join(end["message"].split())
    match end["error"]:
        case "syntax":
            return QueryError(f"the query cannot be parsed{explain_syntax(end['message'], text, KNOWN_PREFIXES)}")
        case "graph":
            return QueryError(f"FROM <{message}> is refused: no document of this store has that IRI, and nothing else is ever read")
        case "memory":
            return _too_hungry(limits)
        case "size":
            size = limits.answer_bytes // _MEBIBYTE
            return QueryError(f"the answer is larger than {size} MiB; narrow the query, add a LIMIT, or give it more with --memory")
        case "term":
            return QueryError(f"the answer holds {message}, which SPARQL 1.1's results cannot say; select its parts: STR(?x), LANG(?x)")
        case _:
            return QueryError(f"the query failed: {message}")


def _node(cell: tuple[str, ...]) -> Node:
    kind, value = cell[0], cell[1]
    if kind == "i":
        return URIRef(value)
    if kind == "b":
        return BNode(value)
    if cell[2]:
        return RdfLiteral(value, lang=cell[2])
    return RdfLiteral(value, datatype=None if cell[3] == _XSD_STRING else URIRef(cell[3]), normalize=False)
