"""Commands that change or check a store: remove, validate."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from kg.cli import judging, keeping, options
from kg.cli.console import ERROR, out, progress
from kg.cli.places import opened_store
from kg.errors import UnknownNameError
from kg.read import DOCUMENT_NAMESPACE, display_id
from kg.vocabulary import PREFIXES

if TYPE_CHECKING:
    from kg.store import AnyStore

_MOST_QUOTED = 5
"""Statements of one fault that are shown: a fault of an actor concerns all that name it."""


def register(app: typer.Typer) -> None:
    app.command()(remove)
    app.command()(validate)
    judging.register(app)
    keeping.register(app)


def remove(
    document: Annotated[str, typer.Argument(metavar="DOCUMENT", help="A document's id or IRI.")],
    store: options.Store,
) -> None:
    """Take a document out of the store, with all that was read from it.

    `kg stats --documents` lists what is there.

    Example:

    - `kg remove article-7 --store out/store`
    """

    with opened_store(store) as opened:
        known = [d.id for d in opened.documents()]
        chosen = next((d for d in known if document in (d, display_id(d), d.removeprefix(DOCUMENT_NAMESPACE))), None)
        if chosen is None:
            raise UnknownNameError(f"{store}: holds no document '{document}'; 'kg stats --documents --store {store}' lists them")
        opened.remove(chosen)
    out.print(f"removed {display_id(chosen)}", markup=False)


def validate(store: options.Store) -> None:
    """Check a store: every document's triples against the SHACL shapes of the ontology, and that its parts agree.

    Prints a line for each fault, and below it the statements concerned with their sentences; the exit code is 1 if there is any.
    A document with a fault is best built again.

    Example:

    - `kg validate --store out/store`
    """

    broken = 0
    with opened_store(store, read_only=True) as opened:
        for fault in _faults(opened):
            broken += 1
            out.print(fault, markup=False)
        count = len(opened)
    number = f"{count} document{'' if count == 1 else 's'}"
    if broken:
        out.print(f"{broken} fault{'' if broken == 1 else 's'} in {number}")
        raise typer.Exit(ERROR)
    out.print(f"{number} conform{'s' if count == 1 else ''}")


def _faults(store: AnyStore) -> Iterator[str]:
    from kg.store.doctor import graph_faults
    from kg.store.serialise import compact
    from kg.store.shapes import shape_offences

    documents = [one.id for one in store.documents()]
    for offence in shape_offences(store, progress(documents, "documents", len(documents))):
        violation, place = offence.violation, display_id(offence.document)
        yield f"{place}: {compact(violation.focus, PREFIXES)}: {violation.message}" + "".join(
            f"\n  {compact(statement, PREFIXES)}  {' '.join(sentence.split())}" for statement, sentence in offence.statements[:_MOST_QUOTED]
        )
    for fault in graph_faults(store):
        yield str(fault)
