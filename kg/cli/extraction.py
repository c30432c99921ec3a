"""Commands that read text: build, extract, classify, resolve, evaluate."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, cast

import typer
from rich.table import Table

from kg.cli.console import INCOMPLETE, Problems, err, open_output, out, progress, statements_table
from kg.errors import InputError, UnknownNameError
from kg.model import Document, Statement
from kg.pipeline import Settings, extract_documents
from kg.read import display_id, document_id, read_documents
from kg.record import actor_record, json_line, statement_record

Inputs = Annotated[
    list[str], typer.Argument(help="Files or folders (.txt .md .html .pdf .jsonl .json .csv .tsv, also .gz); - is standard input.")
]
Model = Annotated[str | None, typer.Option("--model", help="An installed spaCy pipeline, such as en_core_web_trf, instead of ours.")]
Known = Annotated[
    str, typer.Option("--actors", help="known: only actors of the catalogue and people who act for one; all: everyone named.")
]
ActorsFile = Annotated[
    Path | None, typer.Option("--actors-file", help="CSV of your own actors and aliases (id,label,kind,iso3,qid,aliases,side).")
]
Least = Annotated[float, typer.Option("--min-confidence", min=0.0, max=1.0, help="Leave out statements below this confidence.")]
Processes = Annotated[int, typer.Option("--processes", "-j", min=1, help="Worker processes; the result is the same.")]
InputFormat = Annotated[str | None, typer.Option("--input-format", help="Read every input as txt, md, html, pdf, jsonl, json, csv or tsv.")]
Columns = Annotated[
    list[str] | None, typer.Option("--column", help="Name a field of rows, such as text=body or date=published; repeatable.")
]
Date = Annotated[str | None, typer.Option("--date", help="Date of documents that name none: 2025-03-20, 2025-03 or 2025.")]
Publisher = Annotated[str | None, typer.Option("--publisher", help="Publisher of documents that name none.")]
Encoding = Annotated[str | None, typer.Option("--encoding", help="Decode inputs strictly so, such as cp1251.")]
StoreDir = Annotated[Path, typer.Option("--store", help="The store's directory; made if it is not there.")]


def register(app: typer.Typer) -> None:
    app.command()(build)
    app.command()(extract)
    app.command()(classify)
    app.command()(resolve)
    app.command()(evaluate)


def build(
    inputs: Inputs,
    store: StoreDir,
    model: Model = None,
    actors: Known = "known",
    actors_file: ActorsFile = None,
    min_confidence: Least = 0.0,
    processes: Processes = 1,
    input_format: InputFormat = None,
    column: Columns = None,
    date: Date = None,
    publisher: Publisher = None,
    encoding: Encoding = None,
    table: Annotated[bool, typer.Option("--table", help="Print the statements of this run as a table.")] = False,
) -> None:
    """Read documents, extract statements and keep them in a store.

    A document that is there already is replaced if it changed and left alone if not. Interrupt at any time: each
    document is in the store whole or not at all, and the same command goes on.

    Examples:

      kg build articles/ --store out/store

      cat feed.jsonl | kg build - --input-format jsonl --store out/store
    """
    from kg.store import Store

    problems = Problems()
    documents = _documents(inputs, input_format, column, date, publisher, encoding, problems)
    settings = _settings(model, actors, actors_file, min_confidence)
    counts = {"added": 0, "replaced": 0, "unchanged": 0}
    found: list[Statement] = []
    number = 0
    with Store.open(store) as opened:
        for document, statements in progress(extract_documents(documents, settings, processes=processes), "documents"):
            counts[opened.add(document, statements)] += 1
            number += len(statements)
            if table:
                found.extend(statements)
    problems.close()
    if table:
        out.print(statements_table(found))
    err.print(
        f"{store}: {counts['added']} documents added, {counts['replaced']} replaced, {counts['unchanged']} unchanged; {number} statements"
    )
    _finish(problems)


def extract(
    inputs: Inputs,
    format: Annotated[str, typer.Option("--format", "-f", help="jsonl, csv, ttl or table.")] = "jsonl",
    output: Annotated[str | None, typer.Option("--output", "-o", help="File to write; default is standard output.")] = None,
    model: Model = None,
    actors: Known = "known",
    actors_file: ActorsFile = None,
    min_confidence: Least = 0.0,
    processes: Processes = 1,
    input_format: InputFormat = None,
    column: Columns = None,
    date: Date = None,
    publisher: Publisher = None,
    encoding: Encoding = None,
) -> None:
    """Print the statements of documents without a store.

    Examples:

      kg extract article.txt --date 2025-03-20 --format table

      kg extract news.jsonl --format jsonl > statements.jsonl
    """
    if format not in ("jsonl", "csv", "ttl", "turtle", "table"):
        raise UnknownNameError(f"unknown format '{format}'; choose jsonl, csv, ttl or table")
    problems = Problems()
    documents = _documents(inputs, input_format, column, date, publisher, encoding, problems)
    pairs = progress(extract_documents(documents, _settings(model, actors, actors_file, min_confidence), processes=processes), "documents")
    _write_statements(pairs, format, output)
    problems.close()
    _finish(problems)


def _write_statements(pairs: Iterable[tuple[Document, list[Statement]]], format: str, output: str | None) -> None:
    if format == "jsonl":
        with open_output(output) as file:
            for document, statements in pairs:
                for s in statements:
                    file.write(json_line(statement_record(s, display_id(document.id))) + "\n")
        return
    everything = [(d, s) for d, found in pairs for s in found]
    if format == "table":
        out.print(statements_table(s for _, s in everything))
        return
    with open_output(output) as file:
        if format == "csv":
            _write_csv([s for _, s in everything], file)
        else:
            file.write(_turtle(everything))


def _write_csv(statements: list[Statement], file: Any) -> None:
    from kg.render.formats import COLUMNS, csv_row

    writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(csv_row(s) for s in statements)


def _turtle(everything: list[tuple[Document, Statement]]) -> str:
    from tempfile import TemporaryDirectory

    from kg.store import Store

    by_document: dict[str, tuple[Document, list[Statement]]] = {}
    for document, statement in everything:
        by_document.setdefault(document.id, (document, []))[1].append(statement)
    with TemporaryDirectory() as folder, Store.open(Path(folder) / "store") as store:
        for document, statements in by_document.values():
            store.add(document, statements)
        return store.export(format="turtle").decode()


def classify(
    pairs: Annotated[
        str, typer.Argument(help='JSON lines {"id", "text", "source": [begin, end], "target": [begin, end]}; - is standard input.')
    ],
    relations: Annotated[str | None, typer.Option("--relations", help="Only these codes may be answered, such as SUPPORT,ACCUSE.")] = None,
    model: Model = None,
    output: Annotated[str | None, typer.Option("--output", "-o", help="File to write; default is standard output.")] = None,
) -> None:
    """Say which relation a text states between a marked source and target.

    Adds "relation", "status" and "confidence" to each line; the relation is "NONE" where the text states none, unless
    --relations leaves out NONE.
    """
    from kg.pipeline import Classifier

    problems = Problems()
    allowed = tuple(r.strip().upper() for r in relations.split(",") if r.strip()) if relations else None
    classifier = Classifier(model, allowed)
    with open_output(output) as file:
        for place, row in _json_rows(pairs, ("text", "source", "target"), problems):
            try:
                answer = classifier.classify(row["text"], tuple(row["source"]), tuple(row["target"]))
            except (InputError, TypeError, ValueError) as error:
                _skip(problems, pairs, place, str(error))
                continue
            file.write(json_line({**row, **answer}) + "\n")
    problems.close()
    _finish(problems)


def resolve(
    phrases: Annotated[str, typer.Argument(help='JSON lines {"id", "text", "date"}, text = a mention; - is standard input.')],
    actors_file: ActorsFile = None,
    output: Annotated[str | None, typer.Option("--output", "-o", help="File to write; default is standard output.")] = None,
) -> None:
    """Say which actor a phrase names at a date, and why.

    Example: echo '{"id": 1, "text": "the Turkish president", "date": "2025-03-20"}' | kg resolve -
    """
    from kg.link import Catalogue, Linker
    from kg.pipeline import participant_of

    linker = Linker(Catalogue.load(actors_file))
    problems = Problems()
    with open_output(output) as file:
        for _, row in _json_rows(phrases, ("text",), problems):
            link = linker.resolve(str(row["text"]), date=row.get("date"))
            file.write(json_line({**row, "actor": actor_record(participant_of(link)), "reason": link.reason}) + "\n")
    problems.close()
    _finish(problems)


def evaluate(
    gold: Annotated[
        Path,
        typer.Argument(help="A gold file: head lines 'id | phenomenon | date', texts, and statements 'A > RELATION > B [status] [by=C]'."),
    ],
    errors: Annotated[bool, typer.Option("--errors", help="Show each item with what was missed and what was spurious.")] = False,
    by: Annotated[str | None, typer.Option("--by", help="phenomenon: a line for each.")] = None,
    date: Date = None,
    model: Model = None,
    actors_file: ActorsFile = None,
    min_confidence: Least = 0.0,
    format: Annotated[str, typer.Option("--format", "-f", help="table or json.")] = "table",
) -> None:
    """Score the extraction against gold statements of your own.

    SOURCE and TARGET are names; 'Name@Side' is a person and whom the person speaks for, lower case an unnamed agent.
    """
    from kg.evaluate import RUNGS, by_phenomenon, read_gold, score_item, total
    from kg.pipeline import Extractor

    extractor = Extractor(_settings(model, "known", actors_file, min_confidence))
    items = read_gold(gold)
    results = []
    for item in progress(items, "items", len(items)):
        document = Document(document_id(item.id, item.text), item.text, published=item.date or date)
        results.append(score_item(item, extractor.extract(document), extractor.catalogue.aliases))
    if errors:
        for r in results:
            if r.missed or r.spurious:
                out.print(f"\n{r.item.id} {r.item.phenomenon}: {r.item.text}", markup=False)
                for line in r.missed:
                    out.print(f"   missed   {line}", markup=False)
                for line in r.spurious:
                    out.print(f"   spurious {line}", markup=False)
    groups = {"all": total(results)} | (by_phenomenon(results) if by == "phenomenon" else {})
    if format == "json":
        numbers = {
            group: {
                rung: {
                    "precision": round(s.precision, 4),
                    "recall": round(s.recall, 4),
                    "f1": round(s.f1, 4),
                    "gold": s.gold,
                    "predicted": s.predicted,
                }
                for rung, s in scores.items()
            }
            for group, scores in groups.items()
        }
        out.print(json.dumps(numbers, indent=1), markup=False)
        return
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in ("items", "rung", "precision", "recall", "F1", "gold", "predicted"):
        table.add_column(column, justify="left" if column in ("items", "rung") else "right")
    for group, scores in groups.items():
        for rung in RUNGS if group == "all" else ("root", "full"):
            s = scores[cast(Literal["dyad", "quad", "root", "full"], rung)]
            table.add_row(group, rung, f"{s.precision:.3f}", f"{s.recall:.3f}", f"{s.f1:.3f}", str(s.gold), str(s.predicted))
    out.print(table)


def _documents(
    inputs: list[str],
    format: str | None,
    columns: list[str] | None,
    date: str | None,
    publisher: str | None,
    encoding: str | None,
    problems: Problems,
) -> Iterator[Document]:
    named: dict[str, str] = {}
    for pair in columns or []:
        field, equals, name = pair.partition("=")
        if not equals or not name:
            raise InputError(f"--column {pair}: write it as field=name, such as text=body")
        named[field.strip()] = name.strip()
    return read_documents(
        inputs, format=format, columns=named or None, encoding=encoding, default_date=date, default_publisher=publisher, on_problem=problems
    )


def _settings(model: str | None, actors: str, actors_file: Path | None, min_confidence: float) -> Settings:
    if actors not in ("known", "all"):
        raise UnknownNameError(f"--actors {actors}: choose known or all")
    return Settings(model, cast(Literal["known", "all"], actors), actors_file, min_confidence)


def _json_rows(path: str, needed: tuple[str, ...], problems: Problems) -> Iterator[tuple[int, dict[str, Any]]]:
    """Objects of a JSON lines file with their line numbers; a broken line is reported and the rest goes on."""
    try:
        lines = sys.stdin if path == "-" else open(path, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error
    with lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except json.JSONDecodeError as error:
                _skip(problems, path, number, f"not JSON ({error.msg}); left out")
                continue
            missing = [k for k in needed if not isinstance(row, dict) or k not in row]
            if missing:
                _skip(problems, path, number, f"lacks {', '.join(missing)}; left out")
                continue
            yield number, row


def _skip(problems: Problems, path: str, number: int, message: str) -> None:
    from kg.read import Problem

    problems(Problem(path, str(number), message))


def _finish(problems: Problems) -> None:
    if problems.count:
        raise typer.Exit(INCOMPLETE)
