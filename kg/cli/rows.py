"""Commands that answer JSON lines with JSON lines: classify and resolve. What a row holds besides is passed through."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from kg.cli.console import Problems, progress, writing
from kg.cli.options import ActorsFile, Model, NamesPolicy, Output
from kg.errors import InputError
from kg.read import Problem, parse_date
from kg.read.streams import open_bytes, read_lines
from kg.record import actor_record, json_line

Row = dict[str, Any]


def register(app: typer.Typer) -> None:
    app.command()(classify)
    app.command()(resolve)


def classify(
    pairs: Annotated[
        str,
        typer.Argument(
            metavar="PAIRS.jsonl", help='JSON lines {"id", "text", "source": [begin, end], "target": [begin, end]}; - is standard input.'
        ),
    ],
    relations: Annotated[str | None, typer.Option("--relations", help="Only these codes may be answered, such as SUPPORT,ACCUSE.")] = None,
    model: Model = None,
    output: Output = None,
) -> None:
    """Say which relation a text states between a marked source and target.

    Adds "relation", "status" and "confidence" to each line; the relation is "NONE" where the text states none, unless
    --relations leaves out NONE. Offsets are code points, the end not included.

    Examples:

    - `kg classify pairs.jsonl --relations SUPPORT,ACCUSE,NONE`

    - `echo '{"id": 1, "text": "Ghana thanked Togo.", "source": [0, 5], "target": [14, 18]}' | kg classify -`
    """
    from kg.classifier import Classifier

    problems = Problems()
    allowed = tuple(code.strip().upper() for code in relations.split(",") if code.strip()) if relations else None
    rows = _rows(pairs, ("text", "source", "target"), problems)
    classifier = Classifier(model, allowed)
    with writing(output) as file:
        for number, row in progress(rows, "pairs"):
            try:
                answer = classifier.classify(_text(row), _span(row, "source"), _span(row, "target"))
            except InputError as error:
                problems(Problem(_name(pairs), str(number), f"{error}; left out"))
                continue
            file.write(json_line({**row, **answer}) + "\n")
    problems.finish()


def resolve(
    phrases: Annotated[
        str, typer.Argument(metavar="PHRASES.jsonl", help='JSON lines {"id", "text", "date"}, text = a mention; - is standard input.')
    ],
    actors_file: ActorsFile = None,
    names: NamesPolicy = None,
    output: Output = None,
) -> None:
    """Say which actor a phrase names at a date, and why.

    Adds "actor" (null where nobody is meant) and "reason" to each line.

    Example:

    - `echo '{"id": 1, "text": "the Turkish president", "date": "2025-03-20"}' | kg resolve -`
    """
    from kg.link import Catalogue, Linker
    from kg.pipeline import participant_of

    problems = Problems()
    rows = _rows(phrases, ("text",), problems)
    linker = Linker(Catalogue.load(actors_file, names))
    with writing(output) as file:
        for number, row in progress(rows, "phrases"):
            try:
                link = linker.resolve(_text(row), date=_date(row))
            except InputError as error:
                problems(Problem(_name(phrases), str(number), f"{error}; left out"))
                continue
            file.write(json_line({**row, "actor": actor_record(participant_of(link)), "reason": link.reason}) + "\n")
    problems.finish()


def _name(path: str) -> str:
    return "stdin" if path == "-" else path


def _rows(path: str, needed: tuple[str, ...], problems: Problems) -> Iterator[tuple[int, Row]]:
    """Objects of a JSON lines file with their line numbers; a broken line is reported and the rest goes on.

    Raises InputError at once where there is no such file.
    """
    if path != "-" and not Path(path).exists():
        raise InputError(f"{path}: no such file; - is standard input")
    if path != "-" and Path(path).is_dir():
        raise InputError(f"{path}: is a folder; name a file of JSON lines")
    return _read_rows(path, needed, problems)


def _read_rows(path: str, needed: tuple[str, ...], problems: Problems) -> Iterator[tuple[int, Row]]:
    name = _name(path)

    def report(place: str, message: str) -> None:
        problems(Problem(name, place, message))

    with open_bytes(None if path == "-" else Path(path), name) as stream:
        for number, line in read_lines(stream, name, None, report):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except (json.JSONDecodeError, RecursionError) as error:
                report(str(number), f"not JSON ({getattr(error, 'msg', 'nested too deeply')}), left out")
                continue
            if not isinstance(row, dict):
                report(str(number), "not a JSON object, left out")
            elif missing := [key for key in needed if key not in row]:
                report(str(number), f"lacks {', '.join(missing)}, left out")
            else:
                yield number, row


def _text(row: Row) -> str:
    if not isinstance(row["text"], str):
        raise InputError("text is no string")
    return row["text"]


def _span(row: Row, key: str) -> tuple[int, int]:
    value = row[key]
    if isinstance(value, list) and len(value) == 2 and all(type(offset) is int for offset in value):
        return value[0], value[1]
    raise InputError(f"{key} is no pair of offsets such as [0, 5]")


def _date(row: Row) -> str | None:
    value = row.get("date")
    if value is None or value == "":
        return None
    date = parse_date(str(value))
    if date is None:
        raise InputError(f"date {value!r} not understood; write it as 2025-03-20, 2025-03 or 2025")
    return date
