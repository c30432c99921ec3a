"""Which graphs a store has, and how a change of them becomes one transaction.

Every document has its named graph, and up to three more whose IRIs are made from its own: *corrections* (what people judged of
its statements), *judged* (those statements as they stood, and as they stand now) and *record* (how the store keeps the
document; never exported). What is known apart from the news lies in *reference* graphs. The default graph is the merge of
documents and corrections.

A graph's content is a set of lines "subject predicate object" in N-Triples, as Oxigraph writes terms: quick to compare, and
journal, insertion and deletion take them as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from hashlib import sha256
from typing import Final, TypeAlias

import pyoxigraph as ox
from rdflib import Literal
from rdflib.term import BNode, Node

from kg.errors import StoreError
from kg.store.journal import Record

Lines: TypeAlias = frozenset[str]
"""The content of a graph: its triples in N-Triples, without the full stop."""

BASE: Final = "https://w3id.org/geopolitical-kg/"
CODEBOOK_GRAPH: Final = ox.NamedNode(f"{BASE}codebook")
"""The named graph of the codebook, put there at opening, so that queries can use kg:score and kg:quadClass. Never exported."""
CORRECTIONS: Final = f"{BASE}corrections/"
JUDGED: Final = f"{BASE}judged/"
RECORD: Final = f"{BASE}record/"
COPIES: Final = f"{BASE}copies"
"""The named graph of the judgement which documents are copies of which."""

REFERENCE: Final = f"{BASE}reference/"
"""A reference layer's named graph is this and its name: alliances, say, which no query is to take for news."""
CLASS_LAYER: Final = "http://purl.org/dc/dcmitype/Dataset"
"""What a reference layer's graph says that it is."""

APART: Final = (JUDGED, RECORD, REFERENCE)
"""How the graphs begin whose triples are not in the merge."""


def graph_of(document: str, kind: str) -> str:
    """IRI of a document's graph of this kind: CORRECTIONS, JUDGED or RECORD."""
    return kind + sha256(document.encode()).hexdigest()[:20]


def stored_form(lines: Lines) -> Lines:
    """The lines as the database hands them back: it rewrites literals such as "0.50"^^xsd:decimal to canonical form."""
    memory = ox.Store()
    memory.load(input="".join(f"{line} .\n" for line in lines).encode(), format=ox.RdfFormat.N_TRIPLES)
    return frozenset(str(quad.triple) for quad in memory)


def is_merged(graph: str) -> bool:
    """Whether the triples of a named graph are in the default graph too."""
    return not graph.startswith(APART)


def lines_of(triples: Iterable[tuple[Node, Node, Node]]) -> Lines:
    """rdflib's triples as a graph's content."""
    return frozenset(f"{_written(s)} {_written(p)} {_written(o)}" for s, p, o in triples)


def content(quads: ox.Store, graph: str) -> Lines:
    """What a named graph holds; nothing where there is none."""
    return frozenset(str(quad.triple) for quad in quads.quads_for_pattern(None, None, None, ox.NamedNode(graph)))


def record_of(changes: Mapping[str, Iterable[str]]) -> Record:
    """The journal's record of the change that makes each graph hold these lines. Sorted: the same change, the same bytes."""
    lines = (f"{line} <{graph}> .\n" for graph in sorted(changes) for line in sorted(changes[graph]))
    return Record(tuple(sorted(changes)), "".join(lines).encode())


def apply(quads: ox.Store, changes: Mapping[str, Lines], known: Mapping[str, Lines]) -> int:
    """Make the graphs hold these lines and the merge follow, in one transaction. How many triples moved.

    Parameters
    ----------
    known
        What those graphs hold now.
    """
    gone = {graph: known[graph] - lines for graph, lines in changes.items()}
    new = {graph: lines - known[graph] for graph, lines in changes.items()}
    if not any(gone.values()):
        body = "".join(f"{line} {place} .\n" for graph, lines in new.items() for line in lines for place in _places(graph))
        quads.load(input=body.encode(), format=ox.RdfFormat.N_QUADS)
    else:
        orphans = _orphans(quads, changes, gone)
        deleted = "".join(_block(graph, lines) for graph, lines in gone.items()) + "".join(f"{line} .\n" for line in orphans)
        added = "".join(_block(graph, lines) for graph, lines in new.items())
        added += "".join(f"{line} .\n" for graph, lines in new.items() if is_merged(graph) for line in lines)
        quads.update(f"DELETE DATA {{ {deleted} }} ;\nINSERT DATA {{ {added} }}")
    return sum(map(len, gone.values())) + sum(map(len, new.values()))


def changes_of(record: Record) -> dict[str, Lines]:
    """What a record sets, by graph. Raises StoreError where its graphs have no IRIs, or its body is no N-Quads of theirs alone."""
    try:
        found: dict[str, set[str]] = {ox.NamedNode(graph).value: set() for graph in record.graphs}
        for quad in ox.parse(record.body, format=ox.RdfFormat.N_QUADS):
            found[quad.graph_name.value].add(str(quad.triple))  # a record has no default graph
    except (SyntaxError, ValueError, KeyError, AttributeError) as error:
        reason = " ".join(str(error).split())[:300]
        raise StoreError(f"{record.graphs[0]}: not what its record says ({reason}); the file is damaged") from error
    return {graph: frozenset(lines) for graph, lines in found.items()}


def _places(graph: str) -> tuple[str, ...]:
    return (f"<{graph}>", "") if is_merged(graph) else (f"<{graph}>",)


def _block(graph: str, lines: Iterable[str]) -> str:
    text = "".join(f"{line} .\n" for line in lines)
    return f"GRAPH <{graph}> {{ {text} }}\n" if text else ""


def _orphans(quads: ox.Store, changes: Mapping[str, Lines], gone: Mapping[str, Lines]) -> list[str]:
    """Lines that go from a merged graph and that no other merged graph holds, before or after."""
    wanted = {line for graph, lines in changes.items() if is_merged(graph) for line in lines}
    lost = {line for graph, lines in gone.items() if is_merged(graph) for line in lines} - wanted
    return [line for line in lost if not _held_elsewhere(quads, line, changes)]


def _held_elsewhere(quads: ox.Store, line: str, changes: Mapping[str, Lines]) -> bool:
    (quad,) = ox.parse(f"{line} .\n", format=ox.RdfFormat.N_TRIPLES)
    return any(name not in changes and is_merged(name) for name in _named(quads, quad))


def _named(quads: ox.Store, quad: ox.Quad) -> Iterator[str]:
    for held in quads.quads_for_pattern(quad.subject, quad.predicate, quad.object, None):
        if isinstance(held.graph_name, ox.NamedNode):
            yield held.graph_name.value


@lru_cache(maxsize=65536)
def _written(node: Node) -> str:
    if isinstance(node, Literal):
        return str(_literal(node))
    return str(ox.BlankNode(str(node)) if isinstance(node, BNode) else ox.NamedNode(str(node)))


def _literal(node: Literal) -> ox.Literal:
    if node.language:
        return ox.Literal(str(node), language=node.language)
    return ox.Literal(str(node), datatype=ox.NamedNode(str(node.datatype)) if node.datatype else None)
