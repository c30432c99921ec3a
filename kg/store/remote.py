"""A server's triples as a store finds them, and a change of graphs as one SPARQL update.

Servers differ in what their default graph is. Where it is apart from the named graphs and ours alone, the merge of all documents
lies there, as in a store on disk; where it is their union (Virtuoso, with a triple as often as graphs hold it), or has somebody
else's triples, the merge is a named graph, and queries name it as their default graph.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import pyoxigraph as ox

from kg.store.graphs import APART, BASE, Lines, is_merged
from kg.store.protocol import CutError, Endpoint, literal_as_written

MERGE: Final = f"{BASE}merge"
"""The named graph of the merge, where the default graph cannot hold it."""

_BLOCK = 2_000
"""Triples in one INSERT DATA. Virtuoso's compiler gives up at some 5,000; blocks of one request are one transaction all the same."""
_GRAPHS_AT_ONCE = 100
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

Node = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple


class RemoteQuads:
    """Named graphs of a server, and the merge as the default graph."""

    def __init__(self, endpoint: Endpoint, merge: str | None) -> None:
        """`merge` is the named graph of the merge; None where the server's default graph holds it."""
        self.endpoint = endpoint
        self.merge = merge

    def quads_for_pattern(
        self,
        subject: ox.NamedNode | ox.BlankNode | ox.Triple | None,
        predicate: ox.NamedNode | None,
        object: Node | None,  # named as pyoxigraph names it
        graph_name: ox.NamedNode | ox.BlankNode | ox.DefaultGraph | None = None,
        /,
    ) -> Iterator[ox.Quad]:
        """As pyoxigraph's; but where no graph is given, that of the merge is none of those looked at."""
        triple = " ".join(_term(term, name) for name, term in (("s", subject), ("p", predicate), ("o", object)))
        if isinstance(graph_name, ox.DefaultGraph):
            rows = self.endpoint.rows(f"SELECT * {{ {triple} }}", self.merge)
        else:
            rows = self.endpoint.rows(f"SELECT * {{ GRAPH {_term(graph_name, 'g')} {{ {triple} }} }}")
        given = {"s": subject, "p": predicate, "o": object, "g": graph_name}
        for row in rows:
            if graph_name is not None or row["g"].value != self.merge:
                yield _quad(row, given)

    def in_graphs(self, graphs: Iterable[str]) -> Iterator[ox.Quad]:
        """All quads of several named graphs, graph by graph in this order; so many graphs a request as the server's limits allow."""
        wanted = list(dict.fromkeys(graphs))
        while wanted:
            taken, rows = self._some(wanted)
            by_graph: dict[str, list[ox.Quad]] = {}
            for row in rows:
                quad = _quad(row, {})
                by_graph.setdefault(row["g"].value, []).append(quad)
            for graph in wanted[:taken]:
                yield from by_graph.get(graph, ())
            del wanted[:taken]

    def has(self, graph: str) -> bool:
        """Whether a named graph holds anything."""
        return self.endpoint.ask(f"ASK {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}")

    def _some(self, graphs: list[str]) -> tuple[int, list[ox.QuerySolution]]:
        count = _GRAPHS_AT_ONCE
        while True:
            names = " ".join(f"<{graph}>" for graph in graphs[:count])
            try:
                return count, self.endpoint.rows(f"SELECT * {{ VALUES ?g {{ {names} }} GRAPH ?g {{ ?s ?p ?o }} }}")
            except CutError:
                if count == 1:
                    raise
                count //= 4


def replacement(changes: Mapping[str, Lines], known: Mapping[str, Lines], merge: str | None) -> str:
    """The update that makes named graphs hold these lines and the merge follow.

    It says what they are to hold, and what leaves the merge is found out by the server: sent twice, it does the same as once, and
    what another wrote to other documents meanwhile stays. A graph beside the documents that only grows is added to, so that two who
    note what they build with at once both do.
    """
    merged = [graph for graph in sorted(changes) if is_merged(graph)]
    into = f"GRAPH <{merge}> " if merge else ""
    left = [_leave(graph, merged, merge, into) for graph in merged if known[graph]]
    cleared = [f"CLEAR SILENT GRAPH <{graph}>" for graph in sorted(changes) if is_merged(graph) or not known[graph] <= changes[graph]]
    quads = [(f"GRAPH <{graph}> ", line) for graph in sorted(changes) for line in sorted(changes[graph])]
    quads += [(into, line) for line in sorted({line for graph in merged for line in changes[graph]})]
    blocks = [_insert(quads[begin : begin + _BLOCK]) for begin in range(0, len(quads), _BLOCK)]
    return " ;\n".join([*left, *cleared, *blocks])


def _leave(graph: str, changed: list[str], merge: str | None, into: str) -> str:
    """Take from the merge what this graph alone holds, or the others that change as well."""
    names = ", ".join(f"<{one}>" for one in (*changed, *([merge] if merge else [])))
    apart = "".join(f' && !STRSTARTS(STR(?other), "{kind}")' for kind in APART)
    elsewhere = f"GRAPH ?other {{ ?s ?p ?o }} FILTER(?other NOT IN ({names}){apart})"
    triple = f"{into}{{ ?s ?p ?o }}" if into else "?s ?p ?o"
    return f"DELETE {{ {triple} }} WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} FILTER NOT EXISTS {{ {elsewhere} }} }}"


def _insert(quads: list[tuple[str, str]]) -> str:
    by_place: dict[str, list[str]] = {}
    for place, line in quads:
        by_place.setdefault(place, []).append(line)
    parts = []
    for place, lines in by_place.items():
        body = "".join(f"{line} .\n" for line in lines)
        parts.append(f"{place}{{\n{body}}}" if place else body)
    return "INSERT DATA { " + _escaped(" ".join(parts)) + " }"


def _escaped(text: str) -> str:
    """Control characters as escapes: Virtuoso's compiler takes a text to end at the first NUL."""
    return _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04X}", text)


def _term(term: object, name: str) -> str:
    return f"?{name}" if term is None else _escaped(str(term))


def _quad(row: ox.QuerySolution, given: Mapping[str, object]) -> ox.Quad:
    s, p, o, g = (given.get(name) if given.get(name) is not None else row[name] for name in "spog")
    return ox.Quad(s, p, literal_as_written(o), g)  # type: ignore[arg-type]  # what the places of a quad held
