"""Commands on actors that the catalogue does not know, and on the catalogue itself: actors, catalogue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.cli import options
from kg.cli.console import err, escaped, out, plain_table, print_table, waiting
from kg.cli.look import read_store
from kg.errors import InputError, UnknownNameError
from kg.link import ACTOR, Catalogue, Judgement, Judgements
from kg.link.keys import shared_id
from kg.model import Actor, Participant, Statement
from kg.read import DOCUMENT_NAMESPACE, display_id

if TYPE_CHECKING:
    from kg.link.suggestions import Unknown

JudgementsFile = Annotated[Path, typer.Option("--judgements", metavar="FILE", help="CSV of judgements; made if it is not there.")]
Note = Annotated[str, typer.Option("--note", help="Why; kept with the judgement.")]
One = Annotated[str, typer.Argument(metavar="ACTOR", help="A name, for everybody of that name, or an id that `kg actors list` prints.")]
Other = Annotated[str | None, typer.Argument(metavar="[OTHER]", help="Who it is; without it, all of the first name are one.")]
DEFAULT_FILE = Path("judgements.csv")

actors = typer.Typer(
    name="actors",
    help="Actors that the catalogue does not know: who they may be, and what was decided about them.\n\n"
    "Decisions are lines of a CSV file that `kg build --judgements FILE` replays. Nothing stored is rewritten: build the documents again.",
    no_args_is_help=True,
)
catalogue = typer.Typer(name="catalogue", help="The catalogue of actors itself.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    app.add_typer(actors)
    app.add_typer(catalogue)


@actors.command("list")
def list_actors(
    store: options.Store,
    actors_file: options.ActorsFile = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many.")] = 50,
    each: Annotated[bool, typer.Option("--each", help="One row for each document's actor, with the document.")] = False,
) -> None:
    """List the unknown actors of a store, the commonest first, with whom each may be.

    Each document has its own; equal names of one kind and side are one row, under the id of the name. Unknown actors are kept
    by `kg build --actors all`, and with the side they act for without it, too.

    Examples:

    - `kg actors list --store out/store`
    - `kg actors list --each --store out/store`
    """
    from kg.link.suggestions import Suggester, by_frequency, by_name

    with waiting("reading"):
        found = _unknown(read_store(store)[1])
        known = Catalogue.load(actors_file)
        suggester = Suggester(known, (unknown for unknown, _, _ in found.values()))
    table = plain_table("mentions", "documents", "actor", "kind", "side", "may be", fixed=("mentions", "documents"))
    counted = [(unknown, count) for unknown, count, _ in found.values()]
    ranked = by_frequency(counted if each else by_name(counted))
    for unknown, count in ranked[:limit]:
        near = [f"{s.name} ({s.actor.removeprefix(ACTOR)}, {s.likeness:.0f})" for s in suggester.suggest(unknown)]
        side = known.actor(unknown.side).label if unknown.side in known else unknown.side.removeprefix(ACTOR)
        name = f"{unknown.actor.label} ({unknown.actor.id.removeprefix(ACTOR)})"
        held = _documents(unknown, found.values())
        told = ", ".join(sorted(display_id(document) for document in held)) if each else str(len(held))
        cells = (str(count), told, name, unknown.actor.kind, side, ", ".join(near))
        table.add_row(*(escaped(cell) for cell in cells))
    print_table(table)
    if len(ranked) > limit:
        err.print(f"{len(ranked) - limit} more; --limit shows them")


def _unknown(statements: list[Statement]) -> dict[str, tuple[Unknown, int, set[str]]]:
    """Every local actor with its side, how often it is mentioned, and in which documents."""
    from kg.link.suggestions import Unknown

    ends: dict[str, list[tuple[Participant, str]]] = {}
    for s in statements:
        for end in (s.source, s.target, s.speaker):
            if end is not None and not end.linked:
                ends.setdefault(end.actor.id, []).append((end, s.document))
    found = {}
    for actor, mentions in ends.items():
        sides = Counter(end.affiliation.id for end, _ in mentions if end.affiliation)
        side = min(sides, key=lambda one: (-sides[one], one)) if sides else ""
        places = {(end.span.begin, document) for end, document in mentions}
        found[actor] = (Unknown(mentions[0][0].actor, side), len(places), {document for _, document in mentions})
    return found


def _documents(unknown: Unknown, found: Iterable[tuple[Unknown, int, set[str]]]) -> set[str]:
    """The documents of a row: an actor's, or those of all of its name, kind and side."""
    wanted = (unknown.actor.id, unknown.actor.kind, unknown.side)
    rows = [held for one, _, held in found if wanted in ((id_, one.actor.kind, one.side) for id_ in (one.actor.id, _of_name(one.actor)))]
    return set().union(*rows)


@actors.command()
def merge(one: One, store: options.Store, other: Other = None, judgements: JudgementsFile = DEFAULT_FILE, note: Note = "") -> None:
    """Judge that two unknown actors are one, or that all of one name are; the second's name is kept.

    Examples:

    - `kg actors merge "Ada Quill" --store out/store`
    - `kg actors merge "Ada Quil" "Ada Quill" --store out/store`
    """
    first = _named(one, store)
    kept = _named(other, store) if other is not None else first
    _record(judgements, Judgement("merge", _short(first.id), _short(kept.id), kept.label, kept.kind, note=note))


@actors.command()
def link(
    one: One,
    known: Annotated[str, typer.Argument(metavar="KNOWN", help="The catalogue's id or name of the actor.")],
    store: options.Store,
    judgements: JudgementsFile = DEFAULT_FILE,
    note: Note = "",
    actors_file: options.ActorsFile = None,
) -> None:
    """Judge that an unknown actor is one of the catalogue.

    Example:

    - `kg actors link "Red Cresent" "Red Crescent" --store out/store`
    """
    from kg.link import Linker

    loaded = Catalogue.load(actors_file)
    answer = known if known in loaded else getattr(Linker(loaded).resolve(known, date=None).actor, "id", None)
    if answer is None or answer not in loaded:
        raise UnknownNameError(f"'{known}' is no actor of the catalogue; `kg show NAME` finds its id, and --actors-file adds your own")
    actor = loaded.actor(answer)
    _record(judgements, Judgement("link", _short(_named(one, store).id), _short(actor.id), actor.label, actor.kind, note=note))


@actors.command()
def split(
    one: One,
    document: Annotated[str, typer.Argument(metavar="DOCUMENT", help="The document in which the name is somebody else.")],
    store: options.Store,
    judgements: JudgementsFile = DEFAULT_FILE,
    note: Note = "",
) -> None:
    """Judge that in one document a name is somebody else than elsewhere.

    Example:

    - `kg actors split "John Smith" article-7 --store out/store`
    """
    documents = [d.id for d in read_store(store)[0]]
    chosen = next((d for d in documents if document in (d, display_id(d), d.removeprefix(DOCUMENT_NAMESPACE))), None)
    if chosen is None:
        raise UnknownNameError(f"{store}: holds no document '{document}'; 'kg stats --documents --store {store}' lists them")
    _record(judgements, Judgement("split", shared_id(_short(_named(one, store).id)), document=chosen, note=note))


@actors.command()
def undo(judgements: JudgementsFile = DEFAULT_FILE) -> None:
    """Take the last judgement back.

    Example:

    - `kg actors undo`
    """
    rows = Judgements.read(judgements).rows
    if not rows:
        raise InputError(f"{judgements}: holds no judgement")
    _write(judgements, Judgements(rows[:-1]))
    out.print(f"took back: {_told(rows[-1])}", markup=False)


@catalogue.command()
def refresh(
    into: Annotated[Path, typer.Argument(metavar="DIR", help="Folder for the tables: ontology/actors of a checkout, or one of your own.")],
    as_of: Annotated[str, typer.Option("--as-of", help="The day of asking, 2026-01-31: until then an open term was open.")],
    url: Annotated[str, typer.Option("--url", help="The SPARQL service to ask.")] = "https://query.wikidata.org/sparql",
    since: Annotated[int, typer.Option("--since", min=1900, max=2100, help="Leave out terms that ended before this year.")] = 1990,
) -> None:
    """Ask Wikidata who holds which office, and write the tables of terms, persons and names anew.

    The tables are terms_wikidata.csv, persons_wikidata.csv and names_persons_wikidata.csv; in a checkout
    `python tools/build_catalogue.py` then writes what the package reads.

    Example:

    - `kg catalogue refresh ontology/actors --as-of 2026-01-31`
    """
    from kg.link.refresh import fetch_answers, read_answers, write_tables

    with waiting("asking Wikidata"):
        tables = read_answers(fetch_answers(url, since), as_of, Catalogue.load())
    for path, rows in write_tables(tables, into).items():
        out.print(f"{path}: {rows} rows", markup=False)


def _named(name: str, store: Path) -> Actor:
    """The unknown actor that an id means; of a name the actor that stands for all documents'.

    Raises:
        UnknownNameError: if the store has none of this name, or several.
    """
    wanted = name.removeprefix(ACTOR).casefold()
    met: dict[str, Actor] = {}
    for unknown, _, _ in _unknown(read_store(store)[1]).values():
        actor = unknown.actor
        if wanted == _short(actor.id):
            return actor
        if wanted in (actor.label.casefold(), _short(_of_name(actor))):
            met.setdefault(_of_name(actor), replace(actor, id=_of_name(actor)))
    if len(met) != 1:
        what = "several unknown actors are called" if met else "no unknown actor is called"
        raise UnknownNameError(f"{store}: {what} '{name}'; 'kg actors list --store {store}' prints their ids")
    return next(iter(met.values()))


def _of_name(actor: Actor) -> str:
    """The id that stands for an unknown actor's name in all documents."""
    return ACTOR + shared_id(_short(actor.id))


def _short(actor_id: str) -> str:
    return actor_id.removeprefix(ACTOR)


def _record(path: Path, row: Judgement) -> None:
    """Write a judgement behind the others, unless it contradicts them."""
    _write(path, Judgements.read(path).with_one(row))
    out.print(f"{path}: {_told(row)}; the next build reads it with --judgements", markup=False)


def _write(path: Path, judgements: Judgements) -> None:
    path.write_text(judgements.text(), encoding="utf-8", newline="")


def _told(row: Judgement) -> str:
    if row.actor == row.into:
        return f"{row.actor} is one in all documents"
    if row.action == "split":
        return f"{row.actor} is somebody else in {display_id(row.document)}"
    return f"{row.actor} is {row.into}"
