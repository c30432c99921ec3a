"""Run a query that anybody may have written: in a process of its own, on a frozen copy, with hard limits."""

from __future__ import annotations

import json
import math
import os
import re
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NoReturn

from rdflib import Graph
from rdflib import Literal as RdfLiteral
from rdflib.term import BNode, Node, URIRef

from kg.errors import QueryError
from kg.query.guard import check_query, undeclared_prefix
from kg.rdf import bind_prefixes
from kg.store import Store
from kg.vocabulary import PREFIXES

Row = tuple[Node | None, ...]

_MEBIBYTE = 1 << 20
_MOST_MEMORY = 2048 * _MEBIBYTE
_MOST_BYTES = 256 * _MEBIBYTE
_WORKER = Path(__file__).with_name("worker.py")
_LONGEST_REASON = 60
_PLACE = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)
_XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"


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


def run_query(store: Store | str | os.PathLike[str], text: str, *, timeout: float = 30.0, limit: int | None = None) -> QueryResult:
    """Run a SELECT, ASK, CONSTRUCT or DESCRIBE query.

    Parameters
    ----------
    store
        An open store, or the path of one. A writer may be at work on it.
    text
        SPARQL 1.1. The default graph is the merge of all documents; GRAPH and FROM name single ones. Our prefixes are known.
    timeout
        Seconds until the query is killed.
    limit
        At most so many rows or triples.

    Raises
    ------
    QueryError
        A query that cannot be parsed or is refused (updates, SERVICE, FROM of what the store does not hold), takes too long,
        needs too much memory or answers with too much.
    StoreError
        From opening the store.
    """
    checked = check_query(text, PREFIXES)
    if not isinstance(store, Store):
        with Store.open(store, read_only=True) as opened:
            return run_query(opened, text, timeout=timeout, limit=limit)
    with store.snapshot() as frozen:
        request = {
            "quads": os.fspath(frozen.quads.absolute()),
            "query": checked.text,
            "graphs": checked.graphs,
            "prefixes": PREFIXES,
            "limit": limit,
            "memory": _MOST_MEMORY,
            "seconds": math.ceil(timeout) + 1,
            "bytes": _MOST_BYTES,
        }
        return _read_answer(_call_worker(request, timeout), checked.text)


def _call_worker(request: dict[str, Any], timeout: float) -> list[str]:
    command = [sys.executable, "-P", os.fspath(_WORKER)]
    try:
        done = subprocess.run(command, input=json.dumps(request), capture_output=True, timeout=timeout, check=False, encoding="utf-8")
    except subprocess.TimeoutExpired as error:
        raise _too_slow(timeout) from error
    if done.returncode in {-signal.SIGXCPU, -signal.SIGKILL}:
        raise _too_slow(timeout)
    if done.returncode == -signal.SIGABRT or "MemoryError" in done.stderr:
        _refuse({"error": "memory", "message": ""})
    lines = done.stdout.splitlines()
    if done.returncode != 0 or not lines:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise QueryError(f"the query ended unexpectedly (exit {done.returncode}: {reason})")
    return lines


def _too_slow(timeout: float) -> QueryError:
    return QueryError(f"the query took longer than {timeout:g} s and was stopped; narrow it, add a LIMIT, or raise --timeout")


def _read_answer(lines: list[str], text: str) -> QueryResult:
    first, last = json.loads(lines[0]), json.loads(lines[-1])
    if last.get("error") == "syntax":
        raise QueryError(f"the query cannot be parsed{_reason(last['message'], text)}")
    if "error" in last:
        _refuse(last)
    kind, columns = first["kind"], tuple(first["columns"])
    if kind == "ask":
        return QueryResult("ask", answer=first["answer"])
    rows = [tuple(_node(cell) for cell in json.loads(line)) for line in lines[1:-1]]
    if kind == "construct":
        rows = sorted(set(rows), key=str)
    return QueryResult(kind, columns, tuple(rows), truncated=last["truncated"])


def _reason(message: str, text: str) -> str:
    """Where and why, from the engine's "error at LINE:COLUMN: expected ..."; a list of all that could stand there helps nobody."""
    found = _PLACE.match(message)
    if found is None:
        return f": {' '.join(message.split())}"
    prefix = undeclared_prefix(text, PREFIXES)
    if prefix is not None:
        return f": the prefix '{prefix}:' is not declared; ours are {', '.join(f'{known}:' for known in PREFIXES)}"
    line, column, reason = int(found[1]), int(found[2]), " ".join(found[3].split())
    rest = "".join(text.splitlines(keepends=True)[line - 1 : line])[column - 1 :].strip()
    before = f" before {rest[:20]!r}" if rest else " at the end"
    return f" at line {line}, column {column},{before}{f': {reason}' if len(reason) <= _LONGEST_REASON else ''}"


def _refuse(end: dict[str, str]) -> NoReturn:
    message = " ".join(end["message"].split())
    match end["error"]:
        case "graph":
            raise QueryError(f"FROM <{message}> is refused: no document of this store has that IRI, and nothing else is ever read")
        case "memory":
            raise QueryError("the query needs too much memory; narrow it, or add a LIMIT")
        case "size":
            raise QueryError(f"the answer is larger than {_MOST_BYTES // _MEBIBYTE} MiB; narrow the query, or add a LIMIT")
        case _:
            raise QueryError(f"the query failed: {message}")


def _node(cell: list[str] | None) -> Node | None:
    if cell is None:
        return None
    kind, value = cell[0], cell[1]
    if kind == "i":
        return URIRef(value)
    if kind == "b":
        return BNode(value)
    if kind == "l" and cell[2]:
        return RdfLiteral(value, lang=cell[2])
    return RdfLiteral(value, datatype=None if kind == "t" or cell[3] == _XSD_STRING else URIRef(cell[3]))
