"""Commands that look at a store: view, export, query, stats, show."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from kg.cli.console import name_of, open_output, out, statements_table
from kg.errors import InputError, QueryError, UnknownNameError
from kg.model import Document, Statement

StoreDir = Annotated[Path, typer.Option("--store", help="The store's directory.")]
RDF_FORMATS = ("turtle", "ttl", "trig", "nquads", "nt", "ntriples", "jsonld", "rdfxml")
GRAPH_FORMATS = ("graphml", "gexf", "csv")


def register(app: typer.Typer) -> None:
    app.command()(view)
    app.command()(export)
    app.command()(query)
    app.command()(stats)
    app.command()(show)


def read_store(path: Path) -> tuple[list[Document], list[Statement]]:
    """Documents and statements of a store, read from a frozen copy."""
    from kg.store import Store

    with Store.open(path, create=False, read_only=True) as store:
        return store.documents(), store.statements()


def view(
    page: Annotated[Path, typer.Argument(metavar="OUT.html", help="The page to write.")],
    store: StoreDir,
    title: Annotated[str, typer.Option("--title", help="Heading of the page.")] = "Who did what to whom",
    seed: Annotated[int, typer.Option("--seed", help="Another seed gives another layout.")] = 0,
) -> None:
    """Write the graph as one interactive HTML page that works offline.

    Example: kg view out/graph.html --store out/store
    """
    from kg.render import write_page

    documents, statements = read_store(store)
    if not statements:
        raise InputError(f"{store}: holds no statements; add documents with kg build")
    _writable(page)
    write_page(statements, {d.id: d for d in documents}, page, title=title, seed=seed)
    out.print(str(page), markup=False)


def export(
    output: Annotated[Path, typer.Argument(metavar="OUT", help="The file to write.")],
    store: StoreDir,
    format: Annotated[
        str | None, typer.Option("--format", "-f", help=f"{', '.join((*RDF_FORMATS, *GRAPH_FORMATS))}; default is by the ending.")
    ] = None,
    roll_up: Annotated[
        bool, typer.Option("--roll-up", help="graphml and gexf: persons as the state or organisation that they speak for.")
    ] = False,
) -> None:
    """Write the store as RDF, as a graph for other programs, or as a table.

    Examples:

      kg export out/graph.ttl --store out/store

      kg export out/graph.gexf --store out/store --roll-up
    """
    from kg.render import write_csv, write_gexf, write_graphml
    from kg.store import Store

    chosen = (
        format or {".nq": "nquads", ".nt": "ntriples", ".rdf": "rdfxml", ".json": "jsonld"}.get(output.suffix, output.suffix[1:])
    ).lower()
    if chosen not in (*RDF_FORMATS, *GRAPH_FORMATS):
        raise UnknownNameError(f"unknown format '{chosen}'; choose {', '.join((*RDF_FORMATS, *GRAPH_FORMATS))} with --format")
    _writable(output)
    if chosen in RDF_FORMATS:
        with Store.open(store, create=False, read_only=True) as opened:
            opened.export(output, chosen)
    else:
        _, statements = read_store(store)
        if chosen == "csv":
            write_csv(statements, output)
        elif chosen == "graphml":
            write_graphml(statements, output, roll_up=roll_up)
        else:
            write_gexf(statements, output, roll_up=roll_up)
    out.print(str(output), markup=False)


def _writable(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{path}: its folder cannot be made ({error.strerror}); choose another place") from error
    if path.is_dir():
        raise InputError(f"{path}: is a folder; name a file in it")


def query(
    text: Annotated[str | None, typer.Argument(metavar="NAME|FILE.rq|TEXT", help="A named query, a file, or SPARQL.")] = None,
    store: Annotated[Path | None, typer.Option("--store", help="The store's directory.")] = None,
    param: Annotated[list[str] | None, typer.Option("--param", "-p", help="name=value for a named query; repeatable.")] = None,
    format: Annotated[str, typer.Option("--format", "-f", help="table, csv, tsv, json or turtle.")] = "table",
    timeout: Annotated[float, typer.Option("--timeout", min=0.1, help="Seconds until the query is stopped.")] = 30.0,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="At most so many rows.")] = None,
    output: Annotated[str | None, typer.Option("--output", "-o", help="File to write; default is standard output.")] = None,
) -> None:
    """Ask the store in SPARQL 1.1, or with one of the named queries; without an argument, list those.

    The default graph is all documents together, GRAPH ?document { } one of them; prefixes need not be written.

    Examples:

      kg query who-urges-whom --store out/store

      kg query 'SELECT ?a ?b { ?a kgr:ASSAULT ?b }' --store out/store
    """
    from kg.query import format_result, named_queries, run_query
    from kg.store import Store

    if text is None:
        _list_queries()
        return
    if store is None:
        raise QueryError("which store? name its directory with --store")
    named = named_queries().get(text)
    if named is None and param:
        raise UnknownNameError(f"'{text}' is no named query, and only those take --param; kg query without an argument lists them")
    with Store.open(store, create=False, read_only=True) as opened:
        if named is not None:
            sparql = named.bind(opened, **_parameters(param or []))
        else:
            sparql = _query_text(text)
        result = run_query(opened, sparql, timeout=timeout, limit=limit)
    with open_output(output) as file:
        file.write(format_result(result, format))


def _parameters(pairs: list[str]) -> dict[str, str]:
    found = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise QueryError(f"--param {pair}: write it as name=value")
        found[name] = value
    return found


def _query_text(text: str) -> str:
    path = Path(text)
    if text.endswith((".rq", ".sparql")):
        try:
            return path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise QueryError(f"{text}: cannot be read ({error})") from error
    if "{" not in text:
        raise UnknownNameError(f"'{text}' is no named query and no SPARQL; kg query without an argument lists the named ones")
    return text


def _list_queries() -> None:
    from kg.query import named_queries

    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in ("name", "answers", "parameters (* required)"):
        table.add_column(column)
    for name, q in sorted(named_queries().items()):
        table.add_row(name, q.title, ", ".join(f"{p.name}{'*' if p.required else ''}" for p in q.parameters))
    out.print(table)


def stats(store: StoreDir, top: Annotated[int, typer.Option("--top", min=1, help="How many actors to list.")] = 10) -> None:
    """Say what a store holds: documents, statements by relation and status, the busiest actors."""
    documents, statements = read_store(store)
    dates = sorted(d.published for d in documents if d.published)
    out.print(f"documents   {len(documents)}" + (f"  ({dates[0]} to {dates[-1]})" if dates else ""))
    out.print(f"statements  {len(statements)}")
    actors = {p.actor.id: p.actor.label for s in statements for p in (s.source, s.target) if p}
    out.print(f"actors      {len(actors)}\n")
    relations: Counter[str] = Counter(s.relation.code for s in statements)
    statuses = ("asserted", "negated", "requested", "planned", "possible")
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("relation")
    for column in ("all", *statuses):
        table.add_column(column, justify="right")
    for code, count in sorted(relations.items(), key=lambda pair: (-pair[1], pair[0])):
        by_status = Counter(s.status for s in statements if s.relation.code == code)
        table.add_row(code, str(count), *(str(by_status[status] or "") for status in statuses))
    out.print(table)
    busy: Counter[str] = Counter(p.actor.id for s in statements for p in (s.source, s.target) if p)
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("actor")
    table.add_column("statements", justify="right")
    for actor, count in sorted(busy.items(), key=lambda pair: (-pair[1], pair[0]))[:top]:
        table.add_row(actors[actor], str(count))
    out.print()
    out.print(table)


def show(
    what: Annotated[str, typer.Argument(metavar="ACTOR|STATEMENT", help="An actor's name, code or IRI, or a statement's IRI.")],
    store: Annotated[Path | None, typer.Option("--store", help="Also show the statements of this store.")] = None,
    date: Annotated[str | None, typer.Option("--date", help="Offices and memberships on this date.")] = None,
) -> None:
    """Show what is known of an actor, or one statement with its sentence.

    Example: kg show NATO --store out/store --date 2025-03-20
    """
    statements = read_store(store)[1] if store else []
    single = [s for s in statements if s.id == what or s.id.rsplit("/", 1)[-1] == what]
    if single:
        _show_statement(single[0])
        return
    _show_actor(what, statements, date)


def _show_statement(s: Statement) -> None:
    rows = {
        "statement": s.id, "source": f"{name_of(s.source)}  \"{s.source.mention}\"", "relation": f"{s.relation.code}  ({s.relation.quad})",
        "target": f"{name_of(s.target)}  \"{s.target.mention}\"" if s.target else "-", "status": s.status, "says": name_of(s.speaker),
        "when": s.when or "-", "confidence": f"{s.evidence.confidence:.2f}", "trigger": s.evidence.predicate, "sentence": s.evidence.text,
        "document": s.document, "offsets": f"{s.evidence.sentence.begin}-{s.evidence.sentence.end}", "extractor": s.evidence.extractor,
        "content": s.content or "-",
    }  # fmt: skip
    for key, value in rows.items():
        out.print(f"{key:11} {value}", markup=False)


def _show_actor(what: str, statements: list[Statement], date: str | None) -> None:
    from kg.link import Catalogue, Linker

    catalogue = Catalogue.load()
    local = {p.actor.label.lower(): p.actor for s in statements for p in (s.source, s.target) if p}
    link = Linker(catalogue).resolve(what, date=date)
    actor = local.get(what.lower()) or next((a for a in local.values() if a.id == what), None) or (link.actor if link else None)
    if actor is None:
        raise UnknownNameError(
            f"no actor '{what}' in the catalogue{' or the store' if statements else ''}; try another name, its ISO code or IRI"
        )
    out.print(f"[bold]{actor.label}[/]  {actor.kind}")
    for key, value in (
        ("IRI", actor.id),
        ("Wikidata", actor.qid),
        ("ISO 3166", actor.iso3),
        ("COW", actor.cow),
        ("from", actor.valid_from),
        ("to", actor.valid_to),
    ):
        if value:
            out.print(f"{key:11} {value}", markup=False)
    aliases = sorted(set(catalogue.aliases(actor.id)) - {actor.label})
    if aliases:
        out.print(f"{'aliases':11} {', '.join(aliases[:20])}", markup=False)
    mine = [s for s in statements if actor.id in (s.source.actor.id, s.target.actor.id if s.target else "")]
    if mine:
        out.print()
        out.print(statements_table(mine, f"{len(mine)} statements"))
