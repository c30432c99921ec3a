"""Commands that count what pairs do to each other: ties and timeline."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from kg.cli import options
from kg.cli.held import Held, KeepCopies, OnlyPublisher, Persons, Since, Top, Until, evidence, hold, named_in, rounded
from kg.cli.options import Output
from kg.cli.reports import Cell, Format, Part, print_report, sparkline
from kg.model import Statement

if TYPE_CHECKING:
    from kg.measures import Dyad

By = Annotated[Literal["all", "year", "quarter", "month", "day"], typer.Option("--by", help="How time is divided.")]
ByPeriod = Annotated[Literal["year", "quarter", "month", "day"], typer.Option("--by", help="How time is divided.")]
TimelineRow = tuple[str, int, int, float, float | None, int]
"""Period, acts of cooperation, acts of conflict, score, mean score, independent sources."""

NO_DATE = "no date"
_DYAD = ("source", "target", "period", "acts", "cooperation", "conflict", "standing", "score", "mean", "sources", "publishers")
_NO_ACTS = ("negated", "requested", "planned", "possible")
_MOSTLY_NONE = ("standing", *_NO_ACTS, "repeats")
"""Columns that tables leave out where no row has any."""


def register(app: typer.Typer) -> None:
    for command in (ties, timeline):
        app.command()(command)


def ties(
    store: options.Store,
    one: Annotated[str | None, typer.Argument(metavar="[A]", help="Only ties of this actor.")] = None,
    other: Annotated[str | None, typer.Argument(metavar="[B]", help="Only ties between the two, with the sentences.")] = None,
    by: By = "all",
    since: Since = None,
    until: Until = None,
    publisher: OnlyPublisher = None,
    persons: Persons = False,
    keep_copies: KeepCopies = False,
    top: Top = 20,
    format: Format = "table",
    output: Output = None,
) -> None:
    """Count what actors do to each other: acts, score, independent sources; what was denied or only asked for apart.

    The strongest first; with two actors, both directions and the sentences behind them. The score adds up those of the
    acts, from -10 (war) to 10; sources are documents, copies of one another counted once.

    Examples:

    - `kg ties --store out/store`

    - `kg ties Turkey Greece --by month --store out/store`

    - `kg ties NATO --format csv --output nato.csv --store out/store`
    """
    held = hold(store, since=since, until=until, publisher=publisher, persons=persons, keep_copies=keep_copies)
    wanted = {named_in(held, name) for name in (one, other) if name}
    rows = [row for row in held.dyads(by) if wanted <= {row.source, row.target}]
    if not other:
        rows = sorted(rows, key=lambda row: (-row.acts, -row.sources, row.source, row.target, row.period))
    parts = [_ties_part(rows, held, len(rows) if other else top, periods=by != "all")]
    if other:
        parts.append(evidence([key for row in rows for key in row.statements], held))
    print_report(parts, format, output)


def _ties_part(rows: Sequence[Dyad], held: Held, most: int, *, periods: bool) -> Part:
    columns = (*_DYAD, *_NO_ACTS, "repeats", "source_id", "target_id", "statements")
    cells = [_dyad_row(row, held) for row in rows[:most]]
    empty = (name for name in _MOSTLY_NONE if not any(row[columns.index(name)] for row in cells))
    hidden = ("source_id", "target_id", "statements", "publishers", *empty, *(() if periods else ("period",)))
    more = len(rows) - len(cells)
    note = f"{more} more ties; --top {len(rows)} shows all" if more else "" if rows else "no ties"
    return Part("ties", columns, cells, note, hidden)


def _dyad_row(row: Dyad, held: Held) -> tuple[Cell, ...]:
    acts = row.acts, row.cooperation, row.conflict, row.standing
    others = row.negated, row.requested, row.planned, row.possible, row.repeats
    ends = held.labels[row.source], held.labels[row.target]
    scores = round(row.score, 2), rounded(row.mean)
    return (*ends, row.period, *acts, *scores, row.sources, row.publishers, *others, row.source, row.target, row.statements)


def timeline(
    store: options.Store,
    one: Annotated[str, typer.Argument(metavar="A", help="An actor's name, ISO code or IRI.")],
    other: Annotated[str | None, typer.Argument(metavar="[B]", help="Only what happens between the two.")] = None,
    by: ByPeriod = "month",
    since: Since = None,
    until: Until = None,
    publisher: OnlyPublisher = None,
    persons: Persons = False,
    keep_copies: KeepCopies = False,
    format: Format = "table",
    output: Output = None,
) -> None:
    """Show how an actor, or two, got on over time: acts of cooperation and conflict in each period, and their mean score.

    Examples:

    - `kg timeline Turkey Greece --store out/store`

    - `kg timeline Russia --by quarter --format csv --store out/store`
    """
    held = hold(store, since=since, until=until, publisher=publisher, persons=persons, keep_copies=keep_copies)
    lines = timeline_rows(held, {named_in(held, name) for name in (one, other) if name}, by)
    columns = ("period", "cooperation", "conflict", "score", "mean", "sources")
    print_report([Part("timeline", columns, lines, _sparklines(lines) or "no acts")], format, output)


def _sparklines(lines: Sequence[TimelineRow]) -> str:
    """Cooperation and conflict as small bars, one a period, and from when to when."""
    dated = [line for line in lines if line[0] != NO_DATE]
    if not dated:
        return ""
    drawn = (("cooperation", [line[1] for line in dated]), ("conflict", [line[2] for line in dated]))
    bars = "".join(f"{name:11} {sparkline(values)}\n" for name, values in drawn)
    span = dated[0][0] if len(dated) == 1 else f"{dated[0][0]} to {dated[-1][0]}"
    return f"{bars}{'':11} {span}"


def timeline_rows(held: Held, actors: set[str], by: Literal["year", "quarter", "month", "day"]) -> list[TimelineRow]:
    """The acts of the ties that all these actors are ends of, period by period without a gap; those without a date last."""
    from kg.measures import fill_periods

    rows = [row for row in held.dyads(by) if actors <= {row.source, row.target} and row.acts]
    periods = fill_periods({row.period for row in rows if row.period})
    undated = [""] if any(not row.period for row in rows) else []
    return [_timeline_row([row for row in rows if row.period == period], period or NO_DATE, held) for period in (*periods, *undated)]


def _timeline_row(rows: Sequence[Dyad], period: str, held: Held) -> TimelineRow:
    acts, score = sum(row.acts for row in rows), float(sum(row.score for row in rows))
    sources = {held.copies.get(s.document, s.document) for s in _acts_behind(rows, held)}
    friendly, hostile = sum(row.cooperation for row in rows), sum(row.conflict for row in rows)
    return period, friendly, hostile, round(score, 2), rounded(score / acts if acts else None), len(sources)


def _acts_behind(rows: Iterable[Dyad], held: Held) -> list[Statement]:
    keys = {key for row in rows for key in row.statements}
    return [s for s in held.statements if s.id in keys and s.status == "asserted" and s.relation.score is not None]
