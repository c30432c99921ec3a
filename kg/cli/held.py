"""What the reports have in common: which statements of a store they are about, and the sentences behind a figure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from kg.cli.console import name_of, waiting
from kg.cli.holdings import actor_named
from kg.cli.look import read_store
from kg.cli.reports import Cell, Part
from kg.errors import InputError, UnknownNameError
from kg.model import Document, Statement

if TYPE_CHECKING:
    from kg.measures import Dyad, StatementGraph

Since = Annotated[str | None, typer.Option("--since", help="Only what happened from this year, month or day on.")]
Until = Annotated[str | None, typer.Option("--until", help="Only what happened up to this year, month or day.")]
OnlyPublisher = Annotated[list[str] | None, typer.Option("--publisher", help="Only documents of this publisher; repeatable.")]
Persons = Annotated[bool, typer.Option("--persons", help="Keep persons as actors of their own; otherwise they count as whom they act for.")]
KeepCopies = Annotated[
    bool, typer.Option("--keep-copies", help="Count near-duplicate documents (wire copy) each on its own; otherwise as one source.")
]
Top = Annotated[int, typer.Option("--top", min=1, help="At most so many rows.")]

_EVIDENCE = ("date", "publisher", "source", "relation", "target", "status", "sentence", "id", "document")


@dataclass(frozen=True, slots=True)
class Held:
    """What a report is about: chosen statements, their documents, which stands for which, and the labels of all actors."""

    documents: Mapping[str, Document]
    statements: Sequence[Statement]
    copies: Mapping[str, str]
    labels: Mapping[str, str]
    roll_up: bool

    def dyads(self, period: Literal["all", "year", "quarter", "month", "day"] = "all", *, directed: bool = True) -> list[Dyad]:
        from kg.measures import dyads

        return dyads(self.statements, self.documents, period=period, directed=directed, roll_up=self.roll_up, copies=self.copies)

    def graph(self) -> StatementGraph:
        """The statements as a graph, those that copies repeat once."""
        from kg.graph import to_graph
        from kg.measures import collapse_copies

        return to_graph(collapse_copies(self.statements, self.copies, roll_up=self.roll_up), roll_up=self.roll_up)


def hold(
    store: Path,
    *,
    since: str | None = None,
    until: str | None = None,
    publisher: list[str] | None = None,
    persons: bool = False,
    keep_copies: bool = True,
) -> Held:
    """The statements of a store that the options of a command leave. Raises InputError where none is left or a date is not one."""
    from kg.measures import date_of, find_copies, texts_of, within

    begin, end = _day_of(since), _day_of(until)
    held, statements = read_store(store)
    documents = {document.id: document for document in held}
    printed = _printed_by(publisher or [], held, store)
    chosen = [s for s in statements if s.document in printed and within(date_of(s, documents), begin, end)]
    if not chosen:
        raise InputError(f"{store}: no statement is left by these options; 'kg stats --store {store}' says what there is")
    with waiting("looking for copies"):
        copies = {} if keep_copies else find_copies(texts_of(chosen))
    labels = {a.id: a.label for s in statements for p in (s.source, s.target, s.speaker) if p for a in (p.actor, p.affiliation) if a}
    return Held(documents, chosen, copies, labels, not persons)


def _day_of(date: str | None) -> str | None:
    from kg.read import parse_date

    found = parse_date(date) if date else None
    if date and not found:
        raise InputError(f"date '{date}' not understood; write it as 2025-03-20, 2025-03 or 2025")
    return found


def _printed_by(publishers: Iterable[str], documents: Sequence[Document], store: Path) -> set[str]:
    """The ids of the documents of these publishers; of all where none is named."""
    wanted = set(publishers)
    known = {document.publisher for document in documents if document.publisher}
    for name in sorted(wanted - known):
        raise UnknownNameError(f"no publisher '{name}' in {store}; it has {', '.join(sorted(known)) or 'none'}")
    return {document.id for document in documents if not wanted or document.publisher in wanted}


def named_in(held: Held, what: str) -> str:
    """The id of the actor that a name means."""
    from kg.link import Catalogue

    exact = [actor for actor, label in held.labels.items() if what.casefold() == label.casefold()]
    return exact[0] if len(exact) == 1 else actor_named(what, Catalogue.load(), list(held.statements), None)[0].id


def evidence(keys: Iterable[str], held: Held, name: str = "statements") -> Part:
    """The sentences behind some figures, by date."""
    wanted = set(keys)
    rows = [_evidence_row(s, held) for s in held.statements if s.id in wanted]
    rows.sort(key=lambda row: (str(row[0] or ""), str(row[7])))
    return Part(name, _EVIDENCE, rows, "" if rows else "none", ("id", "document"))


def _evidence_row(s: Statement, held: Held) -> tuple[Cell, ...]:
    from kg.measures import date_of

    document = held.documents.get(s.document)
    ends = name_of(s.source), s.relation.code, name_of(s.target) if s.target else None
    status = None if s.status == "asserted" else s.status
    return (
        date_of(s, held.documents), document.publisher if document else None, *ends, status, s.evidence.text, s.id, s.document,
    )  # fmt: skip


def rounded(value: float | None, digits: int = 2) -> float | None:
    """A figure for a table; None stays."""
    return None if value is None else round(value, digits)
