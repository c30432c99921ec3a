"""Commands on reference layers: what is known apart from the news, kept in the store."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.cli import options
from kg.cli.console import check_writable, err, out, plain_table, print_table, waiting, write_bytes
from kg.cli.places import opened_store
from kg.errors import InputError

if TYPE_CHECKING:
    from kg.measures import Spell
    from kg.store import AnyStore

Spells = Annotated[Path, typer.Argument(metavar="SPELLS.csv", help="Formal alliances in a layout of COW or ATOP.")]
LayerRow = tuple[str, int, int | None, int | None, int | None, str | None]
LAYER_COLUMNS = ("name", "triples", "pacts", "from", "to", "file")
LayerName = Annotated[str, typer.Argument(metavar="NAME", help="The layer's name; 'kg reference list' prints them.")]


def register(app: typer.Typer) -> None:
    group = typer.Typer(
        name="reference",
        help="What is known apart from the news and kept in the store: formal alliances of COW and ATOP, offices.",
        no_args_is_help=True,
    )
    group.command()(keep)
    group.command("list")(list_layers)
    group.command()(export)
    group.command()(remove)
    app.add_typer(group)


@dataclass(frozen=True, slots=True)
class Alliances:
    """Formal alliances, and the name of the file or layer that they are from."""

    name: str
    spells: Sequence[Spell]

    def first_year(self) -> int:
        return min(spell.begin for spell in self.spells)

    def last_year(self) -> int:
        """The last year that the file tells of; spells without an end say nothing of it."""
        from kg.render.reference import OPEN_END

        return max(spell.end if spell.end < OPEN_END else spell.begin for spell in self.spells)


def checked(alliances: Alliances, place: str) -> Alliances:
    """The alliances, of which there are some. Raises InputError, naming the place, where there are none."""
    if not alliances.spells:
        raise InputError(f"{place}: has no alliances; is it the right file?")
    return alliances


def keep(
    file: Spells,
    store: options.StoreToBuild,
    name: Annotated[str | None, typer.Option("--name", help="What to call the layer; default is the file's name.")] = None,
) -> None:
    """Keep a file of formal alliances in the store, as a named graph apart from the news; one of the same name is replaced.

    No figure and no query of the news counts it. `kg treaties` uses it, SPARQL finds it with GRAPH, and backups hold it.

    Examples:

    - `kg reference keep alliance_v4.1_by_dyad.csv --name cow --store out/store`
    """
    from kg.link import Catalogue
    from kg.measures import read_spells
    from kg.render.reference import alliance_lines, spells_in
    from kg.store.reference import keep_layer, layer_iri, layer_lines, layer_names

    alliances = checked(Alliances(name or _slug(file), read_spells(file)), str(file))
    layer_iri(alliances.name)  # a name that cannot be one is refused before a store is made
    lines = alliance_lines(alliances.name, alliances.spells, Catalogue.load().by_cow(), origin=file.name)
    with opened_store(store, create=True) as opened, waiting("writing"):
        if alliances.name in layer_names(opened) and not spells_in(layer_lines(opened, alliances.name)):
            raise InputError(f"{store}: the layer '{alliances.name}' holds something else than alliances; choose another with --name")
        changed = keep_layer(opened, alliances.name, lines)
    count = len(alliances.spells)
    pacts = f"{count} pact{'' if count == 1 else 's'} from {alliances.first_year()} to {alliances.last_year()}"
    err.print(f"{store}: {alliances.name}: {pacts}{'' if changed else ', there already'}", markup=False)


def _slug(file: Path) -> str:
    """A layer's name made of a file's."""
    return "-".join(re.findall("[a-z0-9]+", file.name.split(".csv")[0].lower())) or "alliances"


def list_layers(store: options.Store) -> None:
    """List the reference layers of a store.

    Example:

    - `kg reference list --store out/store`
    """

    with opened_store(store, read_only=True) as opened:
        rows = layer_rows(opened)
    if not rows:
        out.print(f"none; 'kg reference keep SPELLS.csv --store {store}' puts one in", markup=False)
        return
    table = plain_table(*LAYER_COLUMNS, right=("triples", "pacts", "from", "to"), fixed=("name",))
    for row in rows:
        table.add_row(*("" if cell is None else str(cell) for cell in row))
    print_table(table)


def layer_rows(store: AnyStore) -> list[LayerRow]:
    """LAYER_COLUMNS of each reference layer of an open store; pacts, years and file of those that hold alliances."""
    from kg.render.reference import origin_of, spells_in
    from kg.store.reference import layer_lines, layer_names

    rows: list[LayerRow] = []
    for name in layer_names(store):
        lines = layer_lines(store, name)
        spells = spells_in(lines)
        if spells:
            alliances = Alliances(name, spells)
            rows.append((name, len(lines), len(spells), alliances.first_year(), alliances.last_year(), origin_of(lines)))
        else:
            rows.append((name, len(lines), None, None, None, None))
    return rows


def export(
    name: LayerName,
    output: Annotated[str, typer.Argument(metavar="OUT", help="The file to write: .csv, .trig, .nq, .ttl ...; - is standard output.")],
    store: options.Store,
    format: Annotated[str | None, typer.Option("--format", "-f", help="csv or an RDF format; default is by the ending.")] = None,
) -> None:
    """Write a reference layer to a file: as RDF, or as CSV that `kg reference keep` and `kg treaties` read.

    Examples:

    - `kg reference export cow out/cow.trig --store out/store`

    - `kg reference export cow out/cow.csv --store out/store`
    """
    from kg.render.reference import LAYER_PREFIXES, spells_csv, spells_in
    from kg.store.reference import export_layers, layer_lines

    chosen = (format or ("csv" if output == "-" else Path(output).suffix[1:])).lower()
    with opened_store(store, read_only=True) as opened:
        if chosen == "csv":
            written = spells_csv(checked(Alliances(name, spells_in(layer_lines(opened, name))), f"layer {name}").spells)
        else:
            written = export_layers(opened, [name], chosen, LAYER_PREFIXES)
    if output == "-":
        write_bytes(written)
        return
    check_writable(Path(output))
    Path(output).write_bytes(written)
    out.print(output, markup=False)


def remove(name: LayerName, store: options.Store) -> None:
    """Take a reference layer out of the store.

    Example:

    - `kg reference remove cow --store out/store`
    """
    from kg.store.reference import remove_layer

    with opened_store(store) as opened:
        remove_layer(opened, name)
    out.print(f"removed {name}", markup=False)
