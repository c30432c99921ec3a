"""The command that tells what became of each sentence, and makes a queue for annotation of those that gave no statement."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Annotated, Literal

import typer
from rich.table import Table

from kg.cli.console import Problems, escaped, name_of, plain_table, print_table, progress, read_ahead, writing
from kg.cli.options import (
    Actors,
    ActorsFile,
    Columns,
    Date,
    Encoding,
    InputFormat,
    Inputs,
    Least,
    Model,
    Output,
    Publisher,
    RulesOnly,
    documents_of,
)
from kg.explain import Dropped, Explained, Held, explain_document, queue
from kg.model import Document, Link
from kg.pipeline import Extractor, Settings
from kg.read import display_id
from kg.record import Record, actor_record, json_line, statement_record

COLUMNS = (
    "document", "begin", "end", "sentence", "outcome", "source", "relation", "target", "status", "trigger", "confidence", "rule", "kind",
    "reason", "promise",
)  # fmt: skip
"""Columns of the CSV; new ones are only ever added at the end."""
Only = Literal["all", "missing", "stated"]


def register(app: typer.Typer) -> None:
    app.command()(explain)


def explain(
    inputs: Inputs,
    format: Annotated[Literal["table", "jsonl", "csv"], typer.Option("--format", "-f", help="How to write.")] = "table",
    output: Output = None,
    only: Annotated[Only, typer.Option("--only", help="missing: sentences without a statement; stated: those with one.")] = "all",
    in_queue: Annotated[bool, typer.Option("--queue", help="The most promising to annotate first, not the order of the text.")] = False,
    model: Model = None,
    actors: Actors = "known",
    actors_file: ActorsFile = None,
    min_confidence: Least = None,
    rules_only: RulesOnly = False,
    input_format: InputFormat = None,
    column: Columns = None,
    date: Date = None,
    publisher: Publisher = None,
    encoding: Encoding = None,
) -> None:
    """Show each sentence with two or more actors and what became of it.

    A statement (+) is shown with the rule that made it. Where there is none, it says why (?): an actor or an act that is not known, and
    which words they are; an act with nobody in one of its slots; both ends on one side; below the confidence asked for. What was
    proposed and dropped (-) is shown with its confidence.

    Examples:

    - `kg explain article.txt --date 2025-03-20`

    - `kg explain articles/ --only missing --queue --format csv --output queue.csv`

    - `echo "The junta expelled Ghana's envoy." | kg explain -`
    """
    problems = Problems()
    documents: Iterable[Document] = documents_of(inputs, input_format, column, date, publisher, encoding, problems)
    extractor = Extractor(Settings(model, actors, actors_file, min_confidence, rules_only))
    total = None
    if "-" not in inputs:
        documents, total = read_ahead(documents)
    found = (e for d in progress(documents, "documents", total) for e in explain_document(extractor, d))
    chosen = (e for e in found if only == "all" or bool(e.held) == (only == "stated"))
    ordered = queue(chosen) if in_queue else chosen
    with writing(output) as file:
        if format == "jsonl":
            file.writelines(json_line(_record(e)) + "\n" for e in ordered)
        elif format == "csv":
            file.write(_csv(ordered))
        else:
            print_table(_table(ordered), file)
    problems.finish()


def _table(found: Iterable[Explained]) -> Table:
    table = plain_table("promise", "", "what", "conf.", "rule or reason", right=("promise", "conf."))
    for e in found:
        table.add_row(f"{e.promise:.2f}", "", escaped(" ".join(e.text.split())), "", "")
        for held in e.held:
            s = held.statement
            what = f"{name_of(s.source)} {s.relation.code} {name_of(s.target)}{_marked(s.status)}"
            table.add_row("", "+", escaped(what), f"{s.evidence.confidence:.2f}", escaped(f"{held.rule}: “{s.evidence.predicate}”"))
        for d in e.dropped:
            what = f"{name_of(d.source)} {d.relation} {name_of(d.target)}{_marked(d.status)}"
            table.add_row("", "-", escaped(what), f"{d.confidence:.2f}", escaped(f"{d.rule}: “{d.words}”: {d.reason.text}"))
        for reason in e.reasons:
            table.add_row("", "?", "", "", escaped(reason.text))
    return table


def _marked(status: str) -> str:
    return "" if status == "asserted" else f" ({status})"


def _record(e: Explained) -> Record:
    """One sentence as a JSON line holds it."""
    document = display_id(e.document)
    return {
        "document": document,
        "sentence": e.text,
        "begin": e.sentence.begin,
        "end": e.sentence.end,
        "promise": e.promise,
        "actors": [actor_record(a) for a in e.actors],
        "unknown": [_unknown_record(link) for link in e.unknown],
        "statements": [statement_record(h.statement, document) | {"rule": h.rule} for h in e.held],
        "dropped": [_dropped_record(d) for d in e.dropped],
        "reasons": [{"kind": r.kind, "reason": r.text} for r in e.reasons],
    }


def _unknown_record(link: Link) -> Record:
    span = link.mention.span
    return {"mention": link.mention.text, "begin": span.begin, "end": span.end, "rule": link.rule, "reason": link.reason}


def _dropped_record(d: Dropped) -> Record:
    return {
        "source": actor_record(d.source),
        "relation": d.relation,
        "target": actor_record(d.target),
        "status": d.status,
        "trigger": d.words,
        "confidence": d.confidence,
        "rule": d.rule,
        "kind": d.reason.kind,
        "reason": d.reason.text,
    }


def _csv(found: Iterable[Explained]) -> str:
    """One row a statement, a dropped proposal or a reason. Text is written as it is: a spreadsheet should import it as text."""
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for e in found:
        sentence = {
            "document": display_id(e.document),
            "begin": e.sentence.begin,
            "end": e.sentence.end,
            "sentence": e.text,
            "promise": e.promise,
        }
        writer.writerows(sentence | row for row in _rows(e))
    return buffer.getvalue()


def _rows(e: Explained) -> Iterator[dict[str, object]]:
    yield from (_held_row(h) for h in e.held)
    for d in e.dropped:
        yield {
            "outcome": "dropped",
            "source": name_of(d.source),
            "relation": d.relation,
            "target": name_of(d.target),
            "status": d.status,
            "trigger": d.words,
            "confidence": d.confidence,
            "rule": d.rule,
            "kind": d.reason.kind,
            "reason": d.reason.text,
        }
    for reason in e.reasons:
        yield {"outcome": "none", "kind": reason.kind, "reason": reason.text}
    if not (e.held or e.dropped or e.reasons):
        yield {"outcome": "none"}


def _held_row(held: Held) -> dict[str, object]:
    s = held.statement
    return {
        "outcome": "statement",
        "source": name_of(s.source),
        "relation": s.relation.code,
        "target": name_of(s.target),
        "status": s.status,
        "trigger": s.evidence.predicate,
        "confidence": s.evidence.confidence,
        "rule": held.rule,
    }
