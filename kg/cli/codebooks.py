"""The command that shows and checks codebooks, and what --codebook of other commands means to the library."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.table import Table

from kg.cli.console import ERROR, escaped, out, plain_table, print_table, writing
from kg.cli.options import Output
from kg.codebooks import Code, Codebook, Recoder, Rule, codebook_faults, codebook_text, read_codebook, shipped_codebooks
from kg.codebooks.scheme import STATUSES
from kg.errors import UnknownNameError
from kg.model import Statement

if TYPE_CHECKING:
    from kg.store import AnyStore


def register(app: typer.Typer) -> None:
    app.command()(codebook)


def codebook(
    which: Annotated[str | None, typer.Argument(metavar="NAME|FILE", help="cameo, plover, or a file of yours (.yaml, .ttl).")] = None,
    format: Annotated[
        Literal["table", "json", "yaml", "ttl", "turtle"],
        typer.Option("--format", "-f", help="table; json; yaml: the file as it is; ttl: as SKOS, as far as SKOS can say it."),
    ] = "table",
    output: Output = None,
) -> None:
    """List the codebooks that ship; or check one, and show its codes and what is mapped to them.

    A codebook gives statements a code of its own beside our relation: --codebook of extract, build, export and stats takes
    its name or file. Every fault of a file is told with its place; the exit code is 1 if there is any.

    Examples:

    - `kg codebook`

    - `kg codebook my-codes.yaml`

    - `kg codebook plover --format yaml --output my-codes.yaml`
    """
    if which is None:
        _list_shipped()
        return
    faults = codebook_faults(which)
    if faults:
        for fault in faults:
            out.print(fault, markup=False)
        raise typer.Exit(ERROR)
    if format == "yaml" and which.lower().endswith(".ttl"):
        raise UnknownNameError(f"{which}: is SKOS, which is not written as YAML; choose --format ttl, json or table")
    book = read_codebook(which)
    with writing(output) as file:
        if format == "table":
            file.writelines(f"{name:10} {value}\n" for name, value in _head(book) if value)
            file.write("\n")
            print_table(_codes_table(book), file)
        elif format == "json":
            file.write(json.dumps(_record(book), indent=1, ensure_ascii=False) + "\n")
        else:
            file.write(codebook_text(which) if format == "yaml" else _skos(book))


def recoder_of(which: str | None) -> Recoder | None:
    """What --codebook names, ready to code statements."""
    return Recoder(read_codebook(which)) if which is not None else None


def coded_export(store: AnyStore, recoder: Recoder | None, format: str) -> bytes:
    """A store as RDF, with the codes of its statements in their documents' graphs and the codes' concepts in one of their own."""
    if recoder is None:
        return store.export(format=format)
    from kg.codebooks.to_skos import codebook_triples, coded_triples

    book, statements = recoder.codebook, store.statements()
    codes = recoder.codes(statements)
    beside = {book.iri: codebook_triples(book, {code.code for code in codes.values()})}
    for document in sorted({s.document for s in statements}):
        beside[document] = coded_triples({s.id: codes[s.id] for s in statements if s.document == document and s.id in codes})
    return store.export(format=format, beside=beside, prefixes={book.name: book.iri})


def code_cell(statement: Statement, codes: dict[str, Code]) -> str:
    """The code of a statement for a table: "163 Impose embargo, boycott or sanctions"."""
    code = codes.get(statement.id)
    return "" if code is None else code.code if code.code.lower() == code.label.lower() else f"{code.code} {code.label}"


def _list_shipped() -> None:
    table = plain_table("name", "codes", "title", "licence", right=("codes",), fixed=("name",))
    for name in shipped_codebooks():
        book = read_codebook(name)
        table.add_row(name, str(len(book.codes)), escaped(book.title), escaped(book.licence))
    print_table(table)


def _head(book: Codebook) -> Iterator[tuple[str, str]]:
    yield "codebook", f"{book.name} {book.version}".strip()
    yield "title", book.title
    yield "source", book.source
    yield "licence", book.licence
    yield "uncoded", ", ".join(sorted(book.uncoded))
    yield "words", f"{len(book.acts)} rows for the act lexicon" if book.acts else ""


def _codes_table(book: Codebook) -> Table:
    table = plain_table("code", "label", "class", "score", "from", right=("score",), fixed=("code",))
    for code in book.codes.values():
        score = "" if code.score is None else f"{code.score:.1f}"
        given = "; ".join(dict.fromkeys(_described(rule) for rule in book.rules if rule.code == code.code))
        table.add_row(escaped(code.code), escaped(code.label), code.quad or "", score, escaped(given))
    return table


def _described(rule: Rule) -> str:
    """A rule's conditions in short: "SANCTION by its words", "APPEAL for AID"."""
    parts = [rule.relation]
    if rule.content:
        parts.append(f"for {'|'.join(sorted(rule.content))}")
    if rule.words:
        parts.append("by its words")
    if rule.source:
        parts.append(f"of {'|'.join(sorted(rule.source))}")
    if rule.target:
        parts.append(f"to {'|'.join(sorted(rule.target))}")
    return " ".join(parts)


def _record(book: Codebook) -> dict[str, object]:
    return {
        "codebook": book.name,
        "title": book.title,
        "iri": book.iri,
        "version": book.version,
        "source": book.source,
        "licence": book.licence,
        "uncoded": sorted(book.uncoded),
        "codes": [
            {
                "code": c.code, "label": c.label, "definition": c.definition, "broader": c.broader, "root": c.root, "quad": c.quad,
                "score": c.score, "iri": c.iri,
            }
            for c in book.codes.values()
        ],
        "mapping": [_rule_record(rule) for rule in book.rules],
    }  # fmt: skip


def _rule_record(rule: Rule) -> dict[str, object]:
    record: dict[str, object] = {"relation": rule.relation, "code": rule.code, "status": [s for s in STATUSES if s in rule.statuses]}
    conditions: tuple[tuple[str, Sequence[str]], ...] = (
        ("words", [str(words) for words in rule.words]), ("content", sorted(rule.content)), ("source", sorted(rule.source)),
        ("target", sorted(rule.target)),
    )  # fmt: skip
    return record | {name: values for name, values in conditions if values}


def _skos(book: Codebook) -> str:
    """The codebook as Turtle, the same bytes each time."""
    from kg.codebooks.to_skos import codebook_turtle

    return codebook_turtle(book)
