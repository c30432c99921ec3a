"""The SPARQL 1.1 Protocol over HTTP: queries and updates sent to a server, with retries, time limits and credentials.

rdflib's SPARQLUpdateStore is not used: it waits for ever unless the whole process is given a time limit, follows redirects with the
credentials, knows no digest authentication (Virtuoso's), tries nothing again, builds rdflib's terms of every answer (most of the
time of a big one) and opens a connection a request. The standard library's HTTP client is enough.

Every request may be sent twice: a query changes nothing, and an update of ours says what graphs are to hold, whatever they hold now.
"""

from __future__ import annotations

import os
import re
import socket
import ssl
import time
from collections.abc import Mapping, Sequence
from http.client import HTTPException
from typing import Final
from urllib.parse import urlencode, urlsplit

import pyoxigraph as ox

from kg.errors import StoreError
from kg.store.connection import PASSWORD, TOKEN, USER, Address, Credentials, Deadline, Reply, UnansweredError, first_line

UPDATE: Final = "KG_SPARQL_UPDATE"
"""Environment variable: the address of updates, where it cannot be told from that of queries."""

TIMEOUT: Final = 120.0
"""Seconds that a request may take."""
PAUSES: Final = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0)
"""Seconds waited before each further attempt at a request that found no server, or one that is busy. The first is for a
connection that the server closed while nothing was asked."""

MOST_BYTES: Final = 1 << 30
"""Of an answer, unless told otherwise."""
_RESULTS = "application/sparql-results+json"
_TRIPLES = "application/n-triples"
_UNPERMITTED = re.compile(rb"SR186|No permission|permission denied", re.IGNORECASE)
_BOOLEANS = {"1": "true", "0": "false"}
_BOOLEAN = ox.NamedNode("http://www.w3.org/2001/XMLSchema#boolean")

Answer = ox.QuerySolutions | ox.QueryBoolean | ox.QuadParser


class Endpoint:
    """A server's two addresses, and the connections to them. Not for several threads."""

    def __init__(self, query: str, update: str | None = None, *, credentials: Credentials | None = None, timeout: float = TIMEOUT) -> None:
        """Check the addresses; nothing is sent yet. Raises StoreError where one is no http address or has a password in it."""
        self.place = query
        self._credentials = Credentials.from_environment() if credentials is None else credentials
        self._timeout = timeout
        self._query = Address(query)
        self._update = Address(update or os.environ.get(UPDATE) or update_address(query))
        self.server = ""
        """What the server calls itself, once it has answered."""

    def ask(self, text: str, graph: str | None = None, *, pauses: Sequence[float] = PAUSES) -> bool:
        """The answer to an ASK query."""
        answer = self.results(text, graph, pauses=pauses)
        if isinstance(answer, ox.QueryBoolean):
            return bool(answer)
        rows = self._all(answer)  # Virtuoso's: a column that holds 1, or no row
        return any(getattr(term, "value", "0") not in {"0", "false"} for row in rows for term in row)

    def rows(self, text: str, graph: str | None = None, *, pauses: Sequence[float] = PAUSES) -> list[ox.QuerySolution]:
        """The rows of a SELECT query, all of them. Raises CutError where the server left out some."""
        return self._all(self.results(text, graph, pauses=pauses))

    def results(
        self,
        text: str,
        graph: str | None = None,
        *,
        triples: bool = False,
        timeout: float | None = None,
        most: int = MOST_BYTES,
        pauses: Sequence[float] = PAUSES,
    ) -> Answer:
        """The answer to any query, parsed as it is iterated.

        Parameters
        ----------
        graph
            The named graph that is to be the default graph; None for the server's own.
        triples
            Whether the query is a CONSTRUCT or DESCRIBE.

        Raises
        ------
        UnansweredError
            The server refuses the query, takes longer than `timeout` seconds, leaves out rows (`CutError`), or answers with more
            than `most` bytes.
        StoreError
            No server, no rights, no SPARQL endpoint.
        """
        body = urlencode([("query", text), *([("default-graph-uri", graph)] if graph else [])]).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": _TRIPLES if triples else _RESULTS}
        reply = self._send(self._query, body, headers, Deadline(timeout or self._timeout), most, pauses)
        if reply.status != 200:
            if reply.status in {404, 405}:
                raise StoreError(f"{self.place}: no SPARQL endpoint answers there (HTTP {reply.status}); check the address")
            refusal = first_line(reply.body)
            raise UnansweredError(f"{self.place}: refuses the query ({refusal})", refusal)
        try:
            self._check_complete(reply)
            return _parsed(reply)
        except (SyntaxError, ValueError) as error:
            raise self._senseless(error) from error

    def _all(self, answer: Answer) -> list[ox.QuerySolution]:
        if not isinstance(answer, ox.QuerySolutions):
            raise self._senseless(ValueError("something else than rows"))
        try:
            return list(answer)
        except (SyntaxError, ValueError) as error:
            raise self._senseless(error) from error

    def _senseless(self, error: Exception) -> StoreError:
        what = first_line(str(error).encode())
        return StoreError(f"{self.place}: no SPARQL endpoint answers there, or its answer broke off ({what}); check the address")

    def update(self, text: str) -> None:
        """Send an update: one request, so that a server which makes a request one transaction makes it whole or not at all.

        Raises StoreError where it is refused; nothing was changed then.
        """
        headers = {"Content-Type": "application/sparql-update", "Accept": "*/*"}
        reply = self._send(self._update, text.encode(), headers, Deadline(self._timeout), MOST_BYTES, PAUSES)
        if reply.status in {404, 405, 415, 501}:
            raise StoreError(
                f"{self._update.url}: takes no SPARQL updates (HTTP {reply.status}); the server may be read-only, or its updates have "
                f"another address: name it in {UPDATE}"
            )
        if reply.status >= 300:
            raise StoreError(f"{self._update.url}: refuses the update (HTTP {reply.status}: {first_line(reply.body)})")

    def close(self) -> None:
        """Let go of the connections."""
        self._query.close()
        self._update.close()

    def _send(
        self, address: Address, body: bytes, headers: Mapping[str, str], deadline: Deadline, most: int, pauses: Sequence[float]
    ) -> Reply:
        """The reply to a POST, after as many attempts as it takes while the server is away or busy."""
        for pause in (*pauses, None):
            try:
                reply = address.post(body, headers, self._credentials, deadline, most)
            except TimeoutError as error:
                raise UnansweredError(
                    f"{address.url}: no answer within {deadline.seconds:g} s; narrow the query, or give it longer with --timeout"
                ) from error
            except socket.gaierror as error:
                raise StoreError(f"{address.url}: there is no such host ({error.strerror}); check the address") from error
            except ssl.SSLError as error:
                raise StoreError(f"{address.url}: no safe connection can be made ({error.reason or error})") from error
            except (OSError, HTTPException) as error:
                if pause is None:
                    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
                    raise StoreError(
                        f"{address.url}: cannot be reached ({reason.lower()}); is the server running, and the address right?"
                    ) from error
                time.sleep(pause)
                continue
            self.server = reply.server or self.server
            if not reply.is_transient:
                break
            if pause is not None:
                time.sleep(max(pause, min(reply.wait, 30.0)))
        self._check_allowed(address, reply)
        return reply

    def _check_allowed(self, address: Address, reply: Reply) -> None:
        if reply.is_transient:
            raise StoreError(f"{address.url}: the server is busy (HTTP {reply.status}), and was each time it was asked; try again later")
        if 300 <= reply.status < 400:
            raise StoreError(f"{address.url}: sends on to {reply.location}; give that address, if you trust it: nothing is followed")
        if reply.status == 401 and not self._credentials:
            raise StoreError(f"{address.url}: asks who you are; set {USER} and {PASSWORD}, or {TOKEN}, in the environment")
        if reply.status == 401:
            what = f"the user and password in {USER} and {PASSWORD}" if self._credentials.user else f"the token in {TOKEN}"
            raise StoreError(f"{address.url}: does not accept {what}")
        if reply.status in {403, 407} or (reply.status >= 400 and _UNPERMITTED.search(reply.body)):
            hint = "; Virtuoso takes updates at /sparql-auth" if "virtuoso" in self.server.lower() else ""
            raise StoreError(f"{address.url}: you may not do this there (HTTP {reply.status}){hint}; ask for the right, or read only")
        if reply.status >= 500:
            raise StoreError(f"{address.url}: the server failed (HTTP {reply.status}: {first_line(reply.body)})")

    def _check_complete(self, reply: Reply) -> None:
        if reply.partial:
            raise CutError(f"{self.place}: the server stopped the query at a limit of its own and answered in part; narrow the query")
        if reply.most_rows and _count(reply) >= reply.most_rows:
            raise CutError(
                f"{self.place}: the server cuts answers after {reply.most_rows} rows; narrow the query, add a LIMIT below that, or "
                f"raise ResultSetMaxRows in virtuoso.ini, section [SPARQL]"
            )


class CutError(UnansweredError):
    """An answer of which the server left out the rest."""


def _parsed(reply: Reply) -> Answer:
    """Rows, a yes or no, or triples. Raises SyntaxError or ValueError where it is none of these."""
    if reply.kind in {_TRIPLES, "text/plain"}:
        return ox.parse(reply.body, format=ox.RdfFormat.N_TRIPLES)
    return ox.parse_query_results(reply.body, format=ox.QueryResultsFormat.JSON)


def _count(reply: Reply) -> int:
    """Rows or triples."""
    answer = _parsed(reply)
    return 1 if isinstance(answer, ox.QueryBoolean) else sum(1 for _ in answer)


def update_address(query: str) -> str:
    """Where a server that answers queries at `query` takes updates, by what servers do.

    >>> update_address("http://localhost:7878/query")
    'http://localhost:7878/update'
    """
    path = urlsplit(query).path.rstrip("/")
    for ending, instead in (("/query", "/update"), ("/sparql-auth", "/sparql-auth"), ("/sparql", "/sparql-auth")):
        if path.endswith(ending):
            return query.rstrip("/").removesuffix(ending) + instead
    if "/repositories/" in path:  # GraphDB, RDF4J
        return query.rstrip("/") + "/statements"
    return query


def literal_as_written(term: object) -> object:
    """A term as it was stored: Virtuoso hands booleans back as 1 and 0."""
    if isinstance(term, ox.Literal) and term.datatype == _BOOLEAN and term.value in _BOOLEANS:
        return ox.Literal(_BOOLEANS[term.value], datatype=_BOOLEAN)
    return term
