"""The command that sets two periods, publishers or stores side by side."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.cli import options
from kg.cli.held import Held, KeepCopies, Persons, Top, evidence, hold, rounded
from kg.cli.options import Output
from kg.cli.places import place
from kg.cli.reports import Cell, Format, Part, print_report
from kg.errors import InputError

if TYPE_CHECKING:
    from kg.measures import Change

_COLUMNS = (
    "source", "target", "change", "acts", "acts after", "score", "score after", "mean", "mean after", "ids", "statements",
    "statements after",
)  # fmt: skip


def register(app: typer.Typer) -> None:
    app.command()(compare)


def compare(
    store: options.Store,
    before: Annotated[str | None, typer.Option("--before", help="First period: 2024, 2024-03 or 2024-01..2024-06.")] = None,
    after: Annotated[str | None, typer.Option("--after", help="Second period.")] = None,
    publisher: Annotated[list[str] | None, typer.Option("--publisher", help="Two publishers to compare: give it twice.")] = None,
    other: Annotated[
        Path | None, typer.Option("--other", metavar="DIR|URL", parser=place, help="A second store to compare with the first.")
    ] = None,
    persons: Persons = False,
    keep_copies: KeepCopies = False,
    top: Top = 20,
    format: Format = "table",
    output: Output = None,
) -> None:
    """Compare two periods, two publishers or two stores: which pairs turned, warmed, cooled, appeared or went, and why.

    The greatest difference of scores comes first. A pair is gone where nothing is reported of it on the second side: that is
    no peace.

    Examples:

    - `kg compare --before 2024-01..2024-06 --after 2024-07..2024-12 --store out/store`

    - `kg compare --publisher "Coastal Wire" --publisher "The Inland Post" --store out/store`

    - `kg compare --store out/first --other out/second`
    """
    from kg.measures import compare as changes_between
    from kg.measures import summarise

    sides = _sides(store, before, after, publisher or [], other, persons, keep_copies)
    changes = changes_between(*(side.dyads(directed=False) for side in sides))
    labels = {**sides[0].labels, **sides[1].labels}
    total = summarise(changes)
    note = f"pairs with acts: {total.pairs[0]} and {total.pairs[1]}, {total.shared} on both sides, {total.turned} turned"
    rows = [_change_row(change, labels) for change in changes[:top]]
    parts = [Part("changes", _COLUMNS, rows, note, ("ids", "statements", "statements after"))]
    if changes:
        parts += _evidence_parts(changes[0], sides, labels)
    print_report(parts, format, output)


def _change_row(change: Change, labels: Mapping[str, str]) -> tuple[Cell, ...]:
    return (
        labels[change.source], labels[change.target], change.kind, *change.acts, *(round(score, 2) for score in change.score),
        *map(rounded, change.mean), (change.source, change.target), *change.statements,
    )  # fmt: skip


def _evidence_parts(change: Change, sides: tuple[Held, Held], labels: Mapping[str, str]) -> list[Part]:
    """The sentences behind a change, of both sides."""
    pair = f"{labels[change.source]} and {labels[change.target]}"
    parts = []
    for at, name in enumerate(("evidence before", "evidence after")):
        found = evidence(change.statements[at], sides[at], name)
        note = f"behind the first: {pair}" if found.rows else f"nothing of {pair}"
        parts.append(Part(name, found.columns, found.rows, note, found.hidden))
    return parts


def _sides(
    store: Path, before: str | None, after: str | None, publishers: list[str], other: Path | None, persons: bool, keep_copies: bool
) -> tuple[Held, Held]:
    """The two sides that the options of `compare` name."""
    ways = [bool(before or after), bool(publishers), other is not None]
    if sum(ways) != 1 or bool(before) != bool(after) or len(publishers) not in (0, 2):
        raise InputError("compare what? give --before and --after, or --publisher twice, or --other STORE")
    if other is not None:
        first, second = (hold(path, persons=persons, keep_copies=keep_copies) for path in (store, other))
    elif publishers:
        first, second = (hold(store, publisher=[name], persons=persons, keep_copies=keep_copies) for name in publishers)
    else:
        spans = [(span or "").partition("..") for span in (before, after)]
        first, second = (
            hold(store, since=begin, until=end if dots else begin, persons=persons, keep_copies=keep_copies) for begin, dots, end in spans
        )
    return first, second
