"""Commands that hand out what a store holds: view, export; and query, which is in `asking`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from kg.cli import asking
from kg.cli.codebooks import coded_export, recoder_of
from kg.cli.console import check_writable, out, waiting, write_bytes, written_bytes
from kg.cli.options import Codebook, Store
from kg.cli.places import opened_store
from kg.codebooks import Recoder
from kg.errors import InputError, UnknownNameError
from kg.model import Document, Statement

RDF_FORMATS = ("turtle", "trig", "nquads", "ntriples", "jsonld", "rdfxml", "turtle12", "trig12", "nquads12", "ntriples12")
GRAPH_FORMATS = ("graphml", "gexf", "csv", "parquet")
FORMATS = (*RDF_FORMATS, *GRAPH_FORMATS, "r")
"""What `export` writes; r is a folder."""
SHORT_FORMATS = {"ttl": "turtle", "nq": "nquads", "nt": "ntriples", "rdf": "rdfxml", "xml": "rdfxml", "json": "jsonld", "json-ld": "jsonld"}


def register(app: typer.Typer) -> None:
    app.command()(view)
    app.command()(export)
    asking.register(app)


def read_store(path: Path) -> tuple[list[Document], list[Statement]]:
    """Documents and statements of a store, read from a frozen copy."""

    with waiting("reading the store"), opened_store(path, read_only=True) as store:
        return store.documents(), store.statements()


def view(
    page: Annotated[Path, typer.Argument(metavar="OUT.html", help="The page to write.")],
    store: Store,
    title: Annotated[str, typer.Option("--title", help="Heading of the page.")] = "Who did what to whom",
    seed: Annotated[int, typer.Option("--seed", help="Another seed gives another layout.")] = 0,
) -> None:
    """Write the graph as one interactive HTML page that works offline.

    Example:

    - `kg view out/graph.html --store out/store`
    """
    from kg.render import write_page

    check_writable(page)
    documents, statements = read_store(store)
    if not statements:
        raise InputError(f"{store}: holds no statements; add documents with 'kg build INPUT --store {store}'")
    with waiting("laying out"):
        write_page(statements, {d.id: d for d in documents}, page, title=title, seed=seed)
    out.print(str(page), markup=False)


def export(
    output: Annotated[str, typer.Argument(metavar="OUT", help="The file to write; - is standard output.")],
    store: Store,
    format: Annotated[
        str | None, typer.Option("--format", "-f", help=f"{', '.join(FORMATS)} (a folder); default is by the ending.")
    ] = None,
    roll_up: Annotated[
        bool, typer.Option("--roll-up", help="graphml and gexf: persons as the state or organisation that they speak for (r always does).")
    ] = False,
    codebook: Codebook = None,
    by: Annotated[Literal["year", "quarter", "month", "day"], typer.Option("--by", help="r: how time is divided.")] = "month",
) -> None:
    """Write the store as RDF, as a graph for other programs, or as a table.

    turtle12, trig12, nquads12 and ntriples12 are RDF 1.2: each statement's node also reifies its triple.

    Examples:

    - `kg export out/graph.ttl --store out/store`

    - `kg export out/graph.gexf --store out/store --roll-up`

    - `kg export - --format nquads --store out/store`

    - `kg export out/graph.ttl --format turtle12 --store out/store`

    - `kg export out/events.csv --codebook cameo --store out/store`

    - `kg export out/for-r --format r --by year --store out/store`
    """

    chosen = _format(output, format)
    if chosen == "r":
        _export_folder(output, store, by, codebook)
        return
    recoder = recoder_of(codebook)
    if roll_up and chosen not in ("graphml", "gexf"):
        raise UnknownNameError(f"--roll-up is for graphml and gexf, not {chosen}; leave it out, or choose another --format")
    if chosen in RDF_FORMATS:
        with waiting("writing"), opened_store(store, read_only=True) as opened:
            _write(output, coded_export(opened, recoder, chosen))
    else:
        _, statements = read_store(store)
        with waiting("writing"):
            _write(output, _graph_bytes(statements, chosen, roll_up, recoder))
    if output != "-":
        out.print(output, markup=False)


def _export_folder(output: str, store: Path, by: Literal["year", "quarter", "month", "day"], codebook: object) -> None:
    """Write the folder for R; near-duplicate documents count as one source."""
    from kg.measures import find_copies, texts_of
    from kg.render import write_bundle

    folder = Path(output)
    if output == "-" or folder.is_file() or codebook:
        raise UnknownNameError("--format r writes a folder, without --codebook; name a folder")
    check_writable(folder / "nodes.csv")
    documents, statements = read_store(store)
    with waiting("writing"):
        copies = find_copies(texts_of(statements))
        written = write_bundle(statements, {d.id: d for d in documents}, folder, period=by, copies=copies)
    for path in written:
        out.print(str(path), markup=False)


def _format(output: str, format: str | None) -> str:
    """The format that was named, or that the file's ending means."""
    given = (format or ("turtle" if output == "-" else Path(output).suffix[1:])).lower()
    chosen = SHORT_FORMATS.get(given, given)
    if chosen in FORMATS:
        return chosen
    what = f"unknown format '{given}'" if given else f"{output}: its name has no ending that says the format"
    raise UnknownNameError(f"{what}; choose one with --format: {', '.join(FORMATS)}")


def _graph_bytes(statements: list[Statement], format: str, roll_up: bool, recoder: Recoder | None) -> bytes:
    from kg.render import write_csv, write_gexf, write_graphml, write_parquet

    if format in ("csv", "parquet"):
        write_table = write_csv if format == "csv" else write_parquet
        return written_bytes(lambda path: write_table(statements, path, recoder=recoder))
    write = write_graphml if format == "graphml" else write_gexf
    return written_bytes(lambda path: write(statements, path, roll_up=roll_up, recoder=recoder))


def _write(output: str, content: bytes) -> None:
    if output == "-":
        write_bytes(content)
        return
    path = Path(output)
    check_writable(path)
    path.write_bytes(content)
