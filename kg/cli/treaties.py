"""The command that sets formal alliances beside the news."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.cli import options
from kg.cli.console import check_writable
from kg.cli.held import Held, KeepCopies, OnlyPublisher, Since, Top, Until, evidence, hold
from kg.cli.options import Output
from kg.cli.places import opened_store
from kg.cli.reference import Alliances, checked
from kg.cli.reports import Format, Part, print_report
from kg.errors import InputError, UnknownNameError

if TYPE_CHECKING:
    from kg.measures import TreatyTalk

_COLUMNS = ("source", "target", "verdict", "pledges", "acts", "score", "ids", "statements")


def register(app: typer.Typer) -> None:
    app.command()(treaties)


def treaties(
    store: options.Store,
    file: Annotated[
        Path | None, typer.Argument(metavar="[SPELLS.csv]", help="Alliances in a layout of COW or ATOP; without it, those of the store.")
    ] = None,
    layer: Annotated[str | None, typer.Option("--layer", metavar="NAME", help="Which of the store's, where it has several.")] = None,
    year: Annotated[
        int | None, typer.Option("--year", help="The year of the alliances; default is the news' last, or the alliances' where those end.")
    ] = None,
    since: Since = None,
    until: Until = None,
    publisher: OnlyPublisher = None,
    keep_copies: KeepCopies = False,
    rdf: Annotated[
        Path | None, typer.Option("--rdf", metavar="OUT.trig", help="Also write the alliances of that year, a named graph a pledge.")
    ] = None,
    top: Top = 30,
    format: Format = "table",
    output: Output = None,
) -> None:
    """Put formal alliances beside the news: allies that are hostile in the news, friends that have no pact.

    Takes dyad spells (ccode1, ccode2, type, start_year, end_year) and the files that COW and ATOP publish
    (alliance_v4.1_by_dyad, by_directed, _yearly; atop5_1ddyr, atop5_1dy), or what `kg reference keep` put into the store.
    Only states with a COW code are compared.

    Examples:

    - `kg treaties alliance_v4.1_by_dyad.csv --year 2012 --store out/store`

    - `kg treaties --layer cow --store out/store`

    - `kg treaties atop5_1ddyr.csv --year 2018 --rdf out/alliances.trig --store out/store`
    """
    from kg.measures import treaty_and_talk
    from kg.render.reference import write_alliances

    alliances = _alliances(store, file, layer)
    held = hold(store, since=since, until=until, publisher=publisher, keep_copies=keep_copies)
    chosen = year if year is not None else min(_last_year_of(held), alliances.last_year())
    actors = {a.id: a for s in held.statements for p in (s.source, s.target) if p for a in (p.actor, p.affiliation) if a}
    codes = {actor.id: int(actor.cow) for actor in actors.values() if actor.cow and actor.cow.isdigit()}
    if rdf is not None:
        check_writable(rdf)
        write_alliances(alliances.spells, chosen, {code: iri for iri, code in codes.items()}, rdf)
    found = treaty_and_talk(held.dyads(directed=False), alliances.spells, chosen, codes)
    print_report(_treaty_parts(found, top, held, f"alliances of {chosen} in {alliances.name}"), format, output)


def _treaty_parts(found: Sequence[TreatyTalk], top: int, held: Held, origin: str) -> list[Part]:
    rows = [
        (held.labels[r.source], held.labels[r.target], r.verdict, r.pledges, r.acts, round(r.score, 2), (r.source, r.target), r.statements)
        for r in found[:top]
    ]
    more = f", {len(found) - len(rows)} of them not shown" if len(found) > len(rows) else ""
    parts = [Part("treaties", _COLUMNS, rows, f"{len(found)} pairs{more}; {origin}", ("ids", "statements"))]
    if found and found[0].verdict == "allies, hostile":
        parts.append(evidence(found[0].statements, held, "evidence"))
    return parts


def _last_year_of(held: Held) -> int:
    """The last year that the news tells of. Raises InputError where nothing has a date."""
    from kg.measures import date_of, period_of

    years = {period_of(date_of(s, held.documents), "year") for s in held.statements} - {""}
    if not years:
        raise InputError("no statement has a date; say which year's alliances are meant with --year")
    return int(max(years))


def _alliances(store: Path, file: Path | None, layer: str | None) -> Alliances:
    """The alliances of the file, or of the store's layer that is meant."""
    from kg.measures import read_spells
    from kg.render.reference import spells_in
    from kg.store.reference import layer_lines, layer_names

    if file is not None and layer is not None:
        raise InputError("alliances of a file or of a layer? give SPELLS.csv, or --layer, not both")
    if file is not None:
        return checked(Alliances(file.name, read_spells(file)), str(file))
    with opened_store(store, read_only=True) as opened:
        named = [layer] if layer is not None else layer_names(opened)
        held = [Alliances(name, spells_in(layer_lines(opened, name))) for name in named]
    if layer is not None:
        return checked(held[0], f"layer {layer}")
    found = [alliances for alliances in held if alliances.spells]
    if len(found) > 1:
        names = ", ".join(alliances.name for alliances in found)
        raise UnknownNameError(f"{store}: has several layers of alliances ({names}): choose with --layer")
    if not found:
        hint = f"name a file, or keep one with 'kg reference keep SPELLS.csv --store {store}'"
        raise UnknownNameError(f"{store}: has no layer of alliances; {hint}")
    return found[0]
