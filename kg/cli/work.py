"""Commands that change or check a store: remove, validate."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kg.cli.console import out, progress
from kg.errors import UnknownNameError
from kg.rdf import document_triples, statement_triples, validate_triples
from kg.read import DOCUMENT_NAMESPACE, display_id

StoreDir = Annotated[Path, typer.Option("--store", help="The store's directory.")]


def register(app: typer.Typer) -> None:
    app.command()(remove)
    app.command()(validate)


def remove(document: Annotated[str, typer.Argument(help="A document's id or IRI.")], store: StoreDir) -> None:
    """Take a document out of the store, with all that was read from it.

    Example: kg remove article-7 --store out/store
    """
    from kg.store import Store

    with Store.open(store, create=False) as opened:
        known = [d.id for d in opened.documents()]
        chosen = next((d for d in known if document in (d, display_id(d), d.removeprefix(DOCUMENT_NAMESPACE))), None)
        if chosen is None:
            raise UnknownNameError(f"{store}: holds no document '{document}'; kg query documents --store {store} lists them")
        opened.remove(chosen)
    out.print(f"removed {chosen}", markup=False)


def validate(store: StoreDir) -> None:
    """Check every document of a store against the SHACL shapes of the ontology; exit code 1 if one does not conform."""
    from kg.store import Store

    broken = 0
    with Store.open(store, create=False, read_only=True) as opened:
        documents = opened.documents()
        for document in progress(documents, "documents", len(documents)):
            statements = opened.statements(document.id)
            triples = [*document_triples(document), *(t for s in statements for t in statement_triples(s))]
            for violation in validate_triples(triples):
                broken += 1
                out.print(f"{document.id}: {violation}", markup=False)
    if broken:
        out.print(f"{broken} violations in {len(documents)} documents")
        raise typer.Exit(1)
    out.print(f"{len(documents)} documents conform")
