"""Many documents a file: JSON lines, JSON, CSV and TSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping

from kg.errors import InputError
from kg.read.draft import Draft
from kg.read.problems import Report, UnreadableInputError
from kg.read.streams import MAX_TEXT, read_lines, read_text

FIELDS = ("id", "text", "date", "title", "publisher", "url", "language")
"""What a row can hold; only `text` has to be there."""

_HINT = "map it with columns text=NAME"


def check_columns(columns: Mapping[str, str] | None) -> dict[str, str]:
    """The input's name of each field. Raises InputError for a field that there is not."""
    for field in columns or {}:
        if field not in FIELDS:
            raise InputError(f"unknown column '{field}'; a row can hold {', '.join(FIELDS)}")
    return {field: (columns or {}).get(field, field) for field in FIELDS}


def read_json_lines(
    stream: io.BufferedReader, name: str, encoding: str | None, columns: Mapping[str, str], report: Report
) -> Iterator[Draft]:
    """One JSON object a line; a line that is none is reported and left out."""
    for number, line in read_lines(stream, name, encoding, report):
        if not line.strip():
            continue
        try:
            record = _parse_json(line)
        except ValueError as error:
            report(str(number), f"not JSON ({error}), line left out")
            continue
        yield from _draft(record, str(number), columns, report)


def read_json(stream: io.BufferedReader, name: str, encoding: str | None, columns: Mapping[str, str], report: Report) -> Iterator[Draft]:
    """A JSON list of objects, or one object."""
    try:
        found = _parse_json(read_text(stream, name, encoding, report))
    except ValueError as error:
        raise UnreadableInputError(name, f"not JSON ({error}); for one object a line call it .jsonl") from error
    records = found if isinstance(found, list) else [found]
    for number, record in enumerate(records, 1):
        yield from _draft(record, f"item {number}", columns, report)


def _parse_json(text: str) -> object:
    """The value; ValueError in one line for whatever is wrong, too deep a nesting or too long a number included."""
    try:
        found: object = json.loads(text.removeprefix("\ufeff"))
    except json.JSONDecodeError as error:
        line = f" of line {error.lineno}" if error.lineno > 1 else ""
        raise ValueError(f"{error.msg.lower()} at column {error.colno}{line}") from error
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    return found


def _draft(record: object, place: str, columns: Mapping[str, str], report: Report) -> Iterator[Draft]:
    """The draft of one record, or none and a report of why."""
    if not isinstance(record, dict):
        report(place, f"a JSON {_json_type(record)}, not an object, left out")
        return
    text = record.get(columns["text"])
    if columns["text"] not in record:
        report(place, f"no '{columns['text']}' (found: {_found(record)}), left out; {_HINT}")
        return
    if text is not None and not isinstance(text, str):
        report(place, f"'{columns['text']}' is a {_json_type(text)}, not a string, left out")
        return
    values = {field: _scalar(record.get(columns[field])) for field in FIELDS if field != "text"}
    yield Draft(text=text or "", place=place, **values)


def _scalar(value: object) -> str | None:
    """A string or whole number as a string; anything else says nothing."""
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else None


def _json_type(value: object) -> str:
    names = {dict: "object", list: "list", str: "string", bool: "boolean", type(None): "null"}
    return names.get(type(value), "number")


def _found(names: object) -> str:
    listed = [str(n) for n in names] if isinstance(names, dict | list) else []
    return ", ".join(listed[:12]) + (f" and {len(listed) - 12} more" if len(listed) > 12 else "") or "nothing"


def read_table(
    stream: io.BufferedReader, name: str, encoding: str | None, columns: Mapping[str, str], report: Report, *, delimiter: str | None
) -> Iterator[Draft]:
    """Rows under a head of column names; without a delimiter, the comma, semicolon or tab that the head has most of.

    Raises UnreadableInputError if there is no text column or a column that was mapped is missing.
    """
    lines = read_lines(stream, name, encoding, report)
    head = next((line.removeprefix("\ufeff") for _, line in lines if line.strip("\ufeff \t\r\n")), "")
    if not head:
        raise UnreadableInputError(name, "empty file")
    delimiter = delimiter or max(",;\t", key=head.count)
    # csv keeps one limit for the process; raising it lets a long article through and disturbs nobody.
    csv.field_size_limit(max(csv.field_size_limit(), MAX_TEXT))
    try:
        names = [cell.strip() for cell in next(csv.reader([head], delimiter=delimiter))]
    except csv.Error as error:
        raise UnreadableInputError(
            name, f"its first line is no head of columns ({error}); are its line ends those of Unix or Windows?"
        ) from error
    places = _column_places(names, columns, name)
    for place, row in _rows(lines, delimiter, report):
        if len(row) > len(names) and any(cell.strip() for cell in row[len(names) :]):
            report(place, f"{len(row)} fields under {len(names)} column names, row left out; quote a text that holds '{delimiter}'")
            continue
        values = {field: row[at] for field, at in places.items() if at < len(row)}
        yield Draft(text=values.pop("text", ""), place=place, **values)


def _column_places(names: list[str], columns: Mapping[str, str], file: str) -> dict[str, int]:
    by_name = {found.lower(): at for at, found in reversed([*enumerate(names)])}
    places = {field: by_name[wanted.lower()] for field, wanted in columns.items() if wanted.lower() in by_name}
    for field, wanted in columns.items():
        if field not in places and (field == "text" or wanted != field):
            raise UnreadableInputError(file, f"no column '{wanted}' (found: {_found(names)}); {_HINT.replace('text', field)}")
    return places


def _rows(lines: Iterator[tuple[int, str]], delimiter: str, report: Report) -> Iterator[tuple[str, list[str]]]:
    """Rows with the line at which each begins. One that csv refuses is reported and left out."""
    at = 1

    def numbered() -> Iterator[str]:
        nonlocal at
        for number, line in lines:
            at = number
            yield line

    reader = csv.reader(numbered(), delimiter=delimiter)
    while True:
        begin = at + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            report(str(begin), f"{error}, lines {begin} to {at} left out; is a quotation mark left open?")
            continue
        if any(cell.strip() for cell in row):
            yield str(begin), row
