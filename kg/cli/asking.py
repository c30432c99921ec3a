"""The command that asks a store: query."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from kg.cli.console import err, escaped, out, plain_table, print_table, waiting, writing
from kg.cli.options import Output
from kg.cli.places import opened_store, place
from kg.errors import QueryError, UnknownNameError

if TYPE_CHECKING:
    from kg.query import NamedQuery, Parameter

_OPENINGS = {"SELECT", "ASK", "CONSTRUCT", "DESCRIBE", "PREFIX", "BASE"}
_TYPES = {
    "actor": "an actor: label or ISO code as the store has it, or an IRI",
    "document": "a document: its IRI, as 'kg stats --documents' lists them",
    "relation": "a relation: its code, such as AID",
    "date": "a date: 2024, 2024-05 or 2024-05-17",
    "integer": "a whole number",
    "text": "words",
}


def register(app: typer.Typer) -> None:
    app.command()(query)


def query(
    text: Annotated[
        str | None, typer.Argument(metavar="NAME|FILE.rq|TEXT", help="A named query, a file, or SPARQL; - is standard input.")
    ] = None,
    store: Annotated[Path | None, typer.Option("--store", metavar="DIR|URL", parser=place, help="The store, as in kg build.")] = None,
    param: Annotated[list[str] | None, typer.Option("--param", "-p", help="name=value for a named query; repeatable.")] = None,
    format: Annotated[
        Literal["table", "csv", "tsv", "json", "xml", "turtle", "ttl"], typer.Option("--format", "-f", help="How to write.")
    ] = "table",
    timeout: Annotated[float, typer.Option("--timeout", metavar="SECONDS", min=0.1, help="When the query is stopped.")] = 30.0,
    limit: Annotated[int | None, typer.Option("--limit", metavar="ROWS", min=1, help="At most so many rows.")] = None,
    memory: Annotated[
        int, typer.Option("--memory", metavar="MIB", min=16, help="What the query may take; its answer, an eighth of it.")
    ] = 2048,
    output: Output = None,
    list_: Annotated[bool, typer.Option("--list", help="List the named queries.")] = False,
    show: Annotated[bool, typer.Option("--show", help="Explain a named query: parameters, an example, its SPARQL.")] = False,
) -> None:
    """Ask the store in SPARQL 1.1, or with one of the named queries; without an argument, list those.

    The default graph is all documents together, `GRAPH ?document { }` one of them; prefixes need not be written.
    A query only reads, and only the store: it runs in a process of its own without network.

    Examples:

    - `kg query who-urges-whom --store out/store`

    - `kg query statements-between --show`

    - `kg query statements-between --param one=Turkey --param other=Greece --store out/store`

    - `kg query 'SELECT ?a ?b { ?a kgr:ASSAULT ?b }' --store out/store --format csv`
    """
    from kg.query import format_result, named_queries, named_query, run_query

    if list_ or text is None:
        _list_queries()
        return
    if show:
        _show(named_query(text))
        return
    if store is None:
        raise QueryError("which store? name its directory with --store")
    named = named_queries().get(text)
    if named is None and param:
        raise UnknownNameError(f"'{text}' is no named query, and only those take --param; 'kg query --list' lists them")
    sparql = "" if named else _query_text(text)
    with opened_store(store, read_only=True) as opened:
        if named:
            sparql = named.bind(opened, **_parameters(param or []))
        with waiting("asking"):
            result = run_query(opened, sparql, timeout=timeout, limit=limit, memory=memory)
    written = format_result(result, format)
    with writing(output) as file:
        file.write(written)
    if result.truncated and format != "table":
        err.print(f"warning: cut off after {limit} rows by --limit", style="yellow")


def _parameters(pairs: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise QueryError(f"--param {pair}: write it as name=value")
        if name in found:
            raise QueryError(f"--param {pair}: {name} is given twice")
        found[name] = value
    return found


def _query_text(text: str) -> str:
    """SPARQL from a file, from standard input, or as it was given."""
    from kg.query import named_query

    if text == "-":
        return sys.stdin.read()
    if text.endswith((".rq", ".sparql")) or ("{" not in text and _is_file(text)):
        try:
            return Path(text).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            reason = "not UTF-8" if isinstance(error, UnicodeDecodeError) else (error.strerror or str(error)).lower()
            raise QueryError(f"{text}: the query cannot be read ({reason})") from error
    opening = (text.split(maxsplit=1) or [""])[0].upper()
    return text if "{" in text or opening in _OPENINGS else named_query(text).text


def _is_file(text: str) -> bool:
    try:
        return Path(text).is_file()
    except (OSError, ValueError):  # longer than a name can be, or a character that none has
        return False


def _list_queries() -> None:
    from kg.query import named_queries

    table = plain_table("name", "answers", "parameters (* needed)", fixed=("name",))
    for name, one in named_queries().items():
        table.add_row(name, one.title, ", ".join(f"{p.name}{'*' if p.required else ''}" for p in one.parameters))
    print_table(table)
    out.print("\n'kg query NAME --show' explains one, 'kg query NAME --store DIR --param name=value' asks it.", markup=False)


def _show(one: NamedQuery) -> None:
    """All that there is to know of a named query."""
    out.print(f"{one.name}: {one.title}\n\n{one.help}\n", markup=False)
    if one.parameters:
        table = plain_table("parameter", "", "what it is", "takes", "example", fixed=("parameter", ""))
        for p in one.parameters:
            table.add_row(p.name, "needed" if p.required else "optional", escaped(p.help), _TYPES[p.type], escaped(p.example))
        print_table(table)
        out.print()
    out.print(f"{_example(one)}\n\n{one.text}", markup=False, end="")


def _example(one: NamedQuery) -> str:
    """A command with the parameters that are needed, or with the first one."""
    shown: list[Parameter] = [p for p in one.parameters if p.required] or list(one.parameters[:1])
    return " ".join(["kg query", one.name, "--store out/store", *(shlex.join(["--param", f"{p.name}={p.example}"]) for p in shown)])
