"""RDF 1.2: a statement's node as the reifier of the triple source-relation-target.

    kgs:a1 rdf:reifies <<( kga:state/KEN kgr:APPEAL kga:state/UGA )>> .

It says no more than the node's kg:source, kg:relation and kg:target, which stay: readers of RDF 1.2 get the triple term, others
lose nothing. The triple itself is asserted only where the model asserts it, whatever reifies it. Stores keep no triple terms, as
rdflib has none: they are added on the way out and dropped on the way in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, TypeAlias

import pyoxigraph as ox

from kg.store.graphs import Lines
from kg.vocabulary import RELATION, SOURCE, TARGET

REIFIES: Final = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#reifies")
TRIPLE_TERM: Final = "<<("
"""How a triple term begins in every syntax of RDF 1.2 but RDF/XML."""

_ENDS = {ox.NamedNode(SOURCE): 0, ox.NamedNode(RELATION): 1, ox.NamedNode(TARGET): 2}
_WRITTEN = tuple(str(end) for end in _ENDS)

_Reifier: TypeAlias = tuple[ox.NamedNode | ox.BlankNode, ox.NamedNode | ox.BlankNode | ox.DefaultGraph]


def with_reifiers(quads: Iterable[ox.Quad]) -> Iterator[ox.Quad]:
    """The quads, then one more for each statement that has a source, a relation and a target, in the statement's graph."""
    found: dict[_Reifier, list[object]] = {}
    for quad in quads:
        yield quad
        place = _ENDS.get(quad.predicate)
        if place is not None:
            assert isinstance(quad.subject, ox.NamedNode | ox.BlankNode)
            found.setdefault((quad.subject, quad.graph_name), [None, None, None])[place] = quad.object
    for (statement, graph), (source, relation, target) in found.items():
        if isinstance(source, ox.NamedNode) and isinstance(relation, ox.NamedNode) and isinstance(target, ox.NamedNode):
            yield ox.Quad(statement, REIFIES, ox.Triple(source, relation, target), graph)


def without_reifiers(lines: Lines) -> Lines:
    """A graph's content without what `with_reifiers` adds; triple terms that say anything else stay."""
    if not any(TRIPLE_TERM in line for line in lines):
        return lines
    ends: dict[tuple[str, str], str] = {}
    for line in lines:
        subject, predicate, value = line.split(" ", 2)
        if predicate in _WRITTEN:
            ends[subject, predicate] = value
    derived = {f"{subject} {REIFIES} {TRIPLE_TERM} {_written_ends(ends, subject)} )>>" for subject, _ in ends}
    return lines - derived


def _written_ends(ends: Mapping[tuple[str, str], str], statement: str) -> str:
    return " ".join(ends.get((statement, predicate), "") for predicate in _WRITTEN)
