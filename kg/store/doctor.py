"""Is a store sound? What is wrong with it, and what mends it."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from kg import vocabulary
from kg.errors import InputError, StoreError
from kg.store import AnyStore, Store
from kg.store.endpoint import EndpointStore
from kg.store.graphs import APART, CORRECTIONS, JUDGED, changes_of, graph_of, stored_form
from kg.store.journal import read_journal

_ONTOLOGY = vocabulary.PREFIXES["kg"]
_TERMS = frozenset(value for value in vars(vocabulary).values() if isinstance(value, str) and value.startswith(_ONTOLOGY))
_TERMS |= frozenset(vocabulary.KIND_CLASSES.values()) | frozenset(vocabulary.STATUSES.values())
_RELATIONS = frozenset(vocabulary.RELATION_IRIS.values())

_HALF = """
SELECT DISTINCT ?graph {
  GRAPH ?graph { ?statement a kg:Statement }
  FILTER NOT EXISTS { GRAPH ?graph { ?graph a kg:Document } }
  FILTER(!STRSTARTS(STR(?graph), "%s"))
} ORDER BY ?graph"""
_INCOMPLETE = """
SELECT DISTINCT ?statement {
  ?statement a kg:Statement
  FILTER(NOT EXISTS { ?statement kg:source ?source . ?source rdfs:label ?label } || NOT EXISTS { ?statement kg:evidence/kg:text ?text }
    || EXISTS { ?statement kg:target|kg:speaker ?end FILTER NOT EXISTS { ?end rdfs:label ?name } }
    || NOT EXISTS { ?statement kg:inDocument/kg:sha256 ?digest } || NOT EXISTS { ?statement kg:relation ?relation })
} ORDER BY ?statement"""
_ORPHANS = """
SELECT DISTINCT ?node {
  { ?node a kg:Evidence FILTER NOT EXISTS { ?statement kg:evidence ?node } } UNION
  { ?node a kg:Mention FILTER NOT EXISTS { ?statement kg:sourceMention|kg:targetMention|kg:speakerMention ?node } } UNION
  { ?node a kg:Actor
    FILTER NOT EXISTS { ?statement kg:source|kg:target|kg:speaker ?node } FILTER NOT EXISTS { ?mention kg:affiliation ?node } }
} ORDER BY ?node"""
_DANGLING = """
SELECT DISTINCT ?node ?place {
  VALUES ?to {
    kg:source kg:target kg:speaker kg:content kg:evidence kg:sourceMention kg:targetMention kg:speakerMention kg:affiliation kg:actsFor
  }
  ?place ?to ?node FILTER NOT EXISTS { ?node a ?class }
} ORDER BY ?node ?place"""
_NOT_MERGED = """
SELECT DISTINCT ?graph {
  GRAPH ?graph { ?s ?p ?o } FILTER NOT EXISTS { ?s ?p ?o } FILTER(%s)
} ORDER BY ?graph"""
_LEFT_BEHIND = """
SELECT DISTINCT ?s {
  ?s ?p ?o
  FILTER NOT EXISTS { GRAPH ?graph { ?s ?p ?o } FILTER(%s) }
} ORDER BY ?s"""
_MERGED = " && ".join(f'!STRSTARTS(STR(?graph), "{kind}")' for kind in APART)
"""Whether a graph's triples are to be in the merge of all documents."""
_USED = """
SELECT DISTINCT ?term {
  GRAPH ?graph { { ?s ?term ?o } UNION { ?s a ?term } UNION { ?s kg:relation ?term } UNION { ?s kg:status ?term } }
} ORDER BY ?term"""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong: where, what, and whether the journal can mend it (`kg doctor --repair`)."""

    place: str
    message: str
    mendable: bool

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


def examine(store: Store) -> Iterator[Fault]:
    """All faults of an open store, those of the journal first."""
    yield from _journal_faults(store)
    yield from graph_faults(store)
    yield from (Fault(one, "lacks its source, relation, evidence or document", True) for one in _answers(store, _INCOMPLETE))
    yield from (Fault(one, "is referred to and nowhere described", True) for one in dict.fromkeys(_answers(store, _DANGLING)))
    yield from (Fault(one, "belongs to no statement", False) for one in _answers(store, _ORPHANS))
    yield from (Fault(one, "is no term of the ontology", False) for one in _unknown(_answers(store, _USED)))
    yield from _correction_faults(store)


def counts(store: Store) -> Counter[str]:
    """What a store has: documents, statements, corrections, copies, builds, records of the journal."""
    records = sum(1 for _ in read_journal(store.path / "journal")) if (store.path / "journal").exists() else 0
    statements = sum(store.count_statements(one.id) for one in store.documents())
    found = {"documents": len(store), "statements": statements, "corrections": len(store.corrections()), "copies": len(store.copies())}
    return Counter({**found, "builds": len(store.builds()), "journal records": records})


def _journal_faults(store: Store) -> Iterator[Fault]:
    """What the journal says each graph holds, against what it does. Digests, not contents, are kept in memory."""
    folder = store.path / "journal"
    if not folder.exists():
        yield Fault(str(folder), "is missing; it is made anew when the store is next opened to write", False)
        return
    last: dict[str, int] = {}
    try:
        for record in read_journal(folder):
            last.update((graph, _digest(stored_form(lines))) for graph, lines in changes_of(record).items())
    except (StoreError, SyntaxError) as error:
        yield Fault(str(folder), " ".join(str(error).split()), False)
        return
    empty = _digest(())
    for graph, digest in sorted(last.items()):
        if _digest(store.content(graph)) != digest:
            yield Fault(graph, "is not in the database" if digest != empty else "is in the database though it was dropped", True)
    documents = {one.id for one in store.documents()}
    yield from (Fault(one, "is in the database and not in the journal", False) for one in sorted(documents - last.keys()))


def graph_faults(store: AnyStore) -> Iterator[Fault]:
    """Graphs that describe no document, and where the merge of all documents is not what the documents hold."""
    if isinstance(store, EndpointStore) and not store.answers_as_ours(_NOT_MERGED):
        yield from _merge_faults(store)
        return
    yield from (Fault(one, "holds statements but does not say which document it is", True) for one in _answers(store, _HALF % JUDGED))
    yield from (Fault(one, "has triples that the merge of all documents lacks", True) for one in _answers(store, _NOT_MERGED % _MERGED))
    for one in _answers(store, _LEFT_BEHIND % _MERGED):
        yield Fault(one, "has triples in the merge of all documents that no document holds", True)


def _merge_faults(store: EndpointStore) -> Iterator[Fault]:
    """Whether a server's merge is as large as that of the documents it holds, where it cannot be asked more."""
    with store.snapshot() as frozen:
        expected = sum(1 for _ in ox.Store.read_only(str(frozen.quads)).quads_for_pattern(None, None, None, ox.DefaultGraph()))
    found = store.count_merged()
    if found != expected:
        yield Fault(store.place, f"has {found} triples in the merge of all documents, which hold {expected}", False)


def _correction_faults(store: Store) -> Iterator[Fault]:
    for document in store.documents():
        try:
            store.corrections(document.id)
        except InputError as error:
            yield Fault(document.id, f"its corrections cannot be read ({error})", True)
    told = {graph_of(one.id, CORRECTIONS) for one in store.documents()}
    graphs = _answers(store, f'SELECT DISTINCT ?g {{ GRAPH ?g {{ ?s ?p ?o }} FILTER(STRSTARTS(STR(?g), "{CORRECTIONS}")) }}')
    yield from (Fault(one, "holds corrections of a document that is not there", False) for one in graphs if one not in told)


def _unknown(used: Iterable[str]) -> list[str]:
    return sorted(one for one in used if one.startswith((_ONTOLOGY, vocabulary.PREFIXES["kgr"])) and one not in _TERMS | _RELATIONS)


def _digest(lines: Iterable[str]) -> int:
    return zlib.crc32("\n".join(sorted(lines)).encode())


def _answers(store: AnyStore, query: str) -> list[str]:
    """The first column of a query's answer."""
    return [str(row[0]) for row in store.query(query)]  # type: ignore[index]  # rdflib types a result's rows for all kinds of query at once
