"""The command that draws figures for print."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from kg.cli import options
from kg.cli.console import check_writable, out, waiting
from kg.cli.held import KeepCopies, OnlyPublisher, Persons, Since, Until, hold, named_in
from kg.cli.ties import NO_DATE, ByPeriod, timeline_rows
from kg.errors import UnknownNameError


def register(app: typer.Typer) -> None:
    app.command()(plot)


def plot(
    what: Annotated[Literal["network", "timeline", "matrix"], typer.Argument(metavar="network|timeline|matrix", help="What to draw.")],
    file: Annotated[Path, typer.Argument(metavar="OUT", help="The file to write: .png, .svg or .pdf.")],
    store: options.Store,
    actor: Annotated[list[str] | None, typer.Option("--actor", help="timeline: of this actor, or of two; repeatable.")] = None,
    by: ByPeriod = "month",
    most: Annotated[int, typer.Option("--most", min=2, help="network and matrix: how many actors, the busiest.")] = 30,
    since: Since = None,
    until: Until = None,
    publisher: OnlyPublisher = None,
    persons: Persons = False,
    keep_copies: KeepCopies = False,
    seed: Annotated[int, typer.Option("--seed", help="network: another seed gives another layout.")] = 0,
) -> None:
    """Draw a figure for print, readable in grey. Needs matplotlib: pip install 'kg[figures]'.

    Examples:

    - `kg plot network out/network.pdf --store out/store`

    - `kg plot timeline out/timeline.svg --actor Turkey --actor Greece --store out/store`
    """
    from kg.render.figures import write_matrix_figure, write_network_figure, write_timeline_figure

    check_writable(file)
    held = hold(store, since=since, until=until, publisher=publisher, persons=persons, keep_copies=keep_copies)
    if what == "timeline" and len(actor or []) not in (1, 2):
        raise UnknownNameError("a timeline is of one actor or of two: name them with --actor")
    with waiting("drawing"):
        if what == "timeline":
            ids = [named_in(held, name) for name in actor or []]
            rows = [row for row in timeline_rows(held, set(ids), by) if row[0] != NO_DATE]
            title = " \N{EN DASH} ".join(held.labels[one] for one in ids)
            write_timeline_figure([(row[0], row[1], row[2], row[4]) for row in rows], file, title=title)
        elif what == "matrix":
            write_matrix_figure(held.dyads(), held.graph(), file, most=most)
        else:
            write_network_figure(held.graph(), file, most=most, seed=seed)
    out.print(str(file), markup=False)
