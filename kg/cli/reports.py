"""Tables of figures in the four forms in which people want them: to read, for a spreadsheet, for a program, for a text."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TextIO

import typer

from kg.cli.console import escaped, out, plain_table, print_table, writing

ReportFormat = Literal["table", "csv", "json", "md"]
Format = Annotated[
    ReportFormat, typer.Option("--format", "-f", help="How to write; csv holds the first table only, json all of them with full ids.")
]
Cell = str | int | float | None | tuple[str, ...]
_SPARKS = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True, slots=True)
class Part:
    """One table: `name` is its key in JSON and, capitalised, its heading; `note` a line for people below it.

    Columns whose name is in `hidden` are for programs (ids): csv and json have them, tables do not.
    """

    name: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]
    note: str = ""
    hidden: tuple[str, ...] = ()


def print_report(parts: Sequence[Part], format: ReportFormat, output: str | None) -> None:
    """Write the parts to a file or standard output."""
    with writing(output) as file:
        if format == "json":
            file.write(json.dumps({part.name: _objects(part) for part in parts}, ensure_ascii=False, indent=1) + "\n")
        elif format == "csv":
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(parts[0].columns)
            writer.writerows([_plain(cell) for cell in row] for row in parts[0].rows)
        elif format == "md":
            file.write("\n".join(_markdown(part) for part in parts))
        else:
            _print_tables(parts, file)


def sparkline(values: Sequence[float]) -> str:
    """Small bars, one a value, from nothing to the greatest; a dot for 0.

    >>> sparkline([0, 1, 4, 8])
    '·▁▄█'
    """
    most = max(values, default=0)
    return "".join(_SPARKS[min(7, max(0, round(8 * value / most) - 1))] if value > 0 else "·" for value in values)


def _objects(part: Part) -> list[dict[str, Any]]:
    return [dict(zip(part.columns, row, strict=True)) for row in part.rows]


def _shown(part: Part) -> tuple[list[str], list[list[Cell]]]:
    kept = [at for at, name in enumerate(part.columns) if name not in part.hidden]
    return [part.columns[at] for at in kept], [[row[at] for at in kept] for row in part.rows]


def _print_tables(parts: Sequence[Part], file: TextIO) -> None:
    for number, part in enumerate(parts):
        if number:
            file.write("\n")
        if len(parts) > 1:
            file.write(f"{part.name.upper()}\n")
        columns, rows = _shown(part)
        numbers = tuple(
            name
            for at, name in enumerate(columns)
            if any(isinstance(row[at], int | float) for row in rows) and not any(isinstance(row[at], str) for row in rows)
        )
        table = plain_table(*columns, right=numbers, fixed=("period", "date", "status", "relation"))
        for row in rows:
            table.add_row(*(escaped(_read(cell)) for cell in row))
        if rows:
            file.flush()
            print_table(table, file)
        if part.note:
            file.write(part.note + "\n")
    out.file.flush()


def _markdown(part: Part) -> str:
    columns, rows = _shown(part)
    lines = [f"### {part.name.capitalize()}", "", "| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    lines += ["| " + " | ".join(_read(cell).replace("|", "\\|").replace("\n", " ") for cell in row) + " |" for row in rows]
    return "\n".join([*lines, *(["", part.note] if part.note else []), ""])


def _read(cell: Cell) -> str:
    """A cell as people read it."""
    if isinstance(cell, tuple):
        return ", ".join(cell)
    return "" if cell is None else f"{cell:.2f}" if isinstance(cell, float) else " ".join(str(cell).split())


def _plain(cell: Cell) -> str | int | float | None:
    return " ".join(cell) if isinstance(cell, tuple) else cell
