"""The server of a store as a database that a query is put to, where it reads SPARQL as ours does."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import pyoxigraph as ox

from kg.errors import QueryError
from kg.store.connection import UnansweredError
from kg.store.endpoint import EndpointStore

_PLACE = re.compile(r"error at (\d+)(:.*)", re.DOTALL)


class ServerDatabase:
    """What `kg.query.worker.answer` asks of a database, asked of a server: with a limit of time and of size, none of memory."""

    def __init__(self, store: EndpointStore, *, timeout: float, most_bytes: int) -> None:
        """The answer may take `timeout` seconds and `most_bytes` bytes."""
        self._store = store
        self._timeout = timeout
        self._most = most_bytes

    def query(self, text: str, *, prefixes: Mapping[str, str]) -> ox.QuerySolutions | ox.QueryBoolean | Iterator[ox.Quad]:
        """The answer. Raises SyntaxError with the engine's place and reason, QueryError where there is none in time."""
        declared = " ".join(f"PREFIX {prefix}: <{namespace}>" for prefix, namespace in prefixes.items())
        try:
            return self._store.answer(f"{declared}\n{text}", timeout=self._timeout, most=self._most)
        except UnansweredError as error:
            found = _PLACE.search(error.refusal)
            if found is None:
                raise QueryError(str(error)) from error
            raise SyntaxError(f"error at {int(found[1]) - 1}{found[2]}") from error  # the prefixes were a line of their own

    def contains_named_graph(self, graph: ox.NamedNode) -> bool:
        """Whether a named graph holds anything."""
        return self._store.has_graph(graph.value)
