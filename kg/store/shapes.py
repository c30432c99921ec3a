"""A store against the SHACL shapes: which documents break them, and which of their statements."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kg import vocabulary
from kg.rdf import Triple, Violation, validate_documents
from kg.store.interface import AnyStore


@dataclass(frozen=True, slots=True)
class Offence:
    """What the shapes forbid in a document: at which node, in which of its statements (id and sentence; none where it is in none)."""

    document: str
    violation: Violation
    statements: tuple[tuple[str, str], ...]


def shape_offences(store: AnyStore, documents: Iterable[str]) -> Iterator[Offence]:
    """The offences in documents of a store, by their ids, in order. Each is judged by its own graph alone."""
    for document, violations in validate_documents((one, store.triples(one)) for one in documents):
        if violations:
            told = _Sentences(store.triples(document))
            yield from (Offence(document, one, tuple(told.with_node(one.focus))) for one in violations)


class _Sentences:
    """The statements of a document and the sentences that they stand in."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        self._nodes: dict[str, set[str]] = {}
        self._evidence: dict[str, str] = {}
        self._texts: dict[str, str] = {}
        for subject, predicate, value in triples:
            if str(predicate) == vocabulary.TEXT:
                self._texts[str(subject)] = str(value)
            elif str(predicate) == vocabulary.EVIDENCE:
                self._evidence[str(subject)] = str(value)
            self._nodes.setdefault(str(subject), set()).add(str(value))
        self._statements = sorted(node for node, values in self._nodes.items() if vocabulary.CLASS_STATEMENT in values)

    def with_node(self, node: str) -> Iterator[tuple[str, str]]:
        """Id and sentence of the statements that are the node, or name it: an actor may be named by many."""
        for statement in self._statements:
            if node == statement or node in self._nodes[statement]:
                yield statement, self._texts.get(self._evidence.get(statement, ""), "")
