"""Commands that say what a store holds and what is known: stats and show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, get_args

import typer
from rich.table import Table

from kg.cli import options
from kg.cli.codebooks import code_cell, recoder_of
from kg.cli.console import escaped, name_of, out, plain_table, print_table, statements_table
from kg.cli.look import read_store
from kg.cli.places import opened_store, place
from kg.cli.reference import LAYER_COLUMNS, LayerRow, layer_rows
from kg.cli.reports import Cell, Format, Part, print_report
from kg.errors import InputError, UnknownNameError
from kg.model import Actor, Document, Participant, Statement, Status
from kg.read import display_id, parse_date
from kg.vocabulary import PREFIXES

if TYPE_CHECKING:
    from kg.link import Catalogue

_STATUSES: tuple[Status, ...] = get_args(Status)
_ROLES = (
    "head_of_state", "realm_monarch", "head_of_government", "vice_president", "foreign_minister", "defence_minister", "interior_minister",
    "finance_minister", "secretary_general", "director_general", "president", "high_representative", "chairperson", "leader", "speaker",
)  # fmt: skip
"""The offices of a state or organisation that are shown, in this order."""
_SHORTEST_HASH = 6


def register(app: typer.Typer) -> None:
    app.command()(stats)
    app.command()(show)


def stats(
    store: options.Store,
    top: Annotated[int, typer.Option("--top", min=1, help="How many actors to list.")] = 10,
    documents: Annotated[bool, typer.Option("--documents", help="List all documents instead, with their ids.")] = False,
    codebook: options.Codebook = None,
    format: Format = "table",
    output: options.Output = None,
) -> None:
    """Say what a store holds: documents, statements by relation and status, the busiest actors.

    Examples:

    - `kg stats --store out/store`

    - `kg stats --documents --store out/store`

    - `kg stats --codebook cameo --store out/store`

    - `kg stats --format json --store out/store`
    """
    recoder = recoder_of(codebook)
    held, statements = read_store(store)
    layers = _layers(store)
    if documents:
        _print_documents(held, statements)
        return
    dates = sorted(d.published for d in held if d.published)
    actors = {p.actor.id: p.actor.label for s in statements for p in (s.source, s.target) if p}
    if format != "table" or output:
        print_report(_stats_parts(held, statements, actors, layers, top), format, output)
        return
    out.print(f"documents   {len(held)}" + (f"  ({dates[0]} to {dates[-1]})" if dates else ""), markup=False)
    out.print(f"statements  {len(statements)}")
    out.print(f"actors      {len(actors)}")
    for name, triples, pacts, first, last, file in layers:
        what = f"{pacts} pacts from {first} to {last} ({file})" if pacts else f"{triples} triples"
        out.print(f"reference   {name}: {what}, apart from the news", markup=False)
    if not statements:
        return
    out.print()
    print_table(_counts("relation", statements, {s.id: s.relation.code for s in statements}))
    if recoder is not None:
        codes = recoder.codes(statements)
        out.print()
        print_table(_counts(recoder.codebook.name, statements, {s.id: code_cell(s, codes) for s in statements if s.id in codes}))
    busy = Counter(p.actor.id for s in statements for p in (s.source, s.target) if p)
    table = plain_table("actor", "statements", right=("statements",))
    for actor, count in sorted(busy.items(), key=lambda pair: (-pair[1], actors[pair[0]]))[:top]:
        table.add_row(escaped(actors[actor]), str(count))
    out.print()
    print_table(table)


def _layers(path: Path) -> list[LayerRow]:

    with opened_store(path, read_only=True) as store:
        return layer_rows(store)


def _stats_parts(held: list[Document], statements: list[Statement], actors: dict[str, str], layers: list[LayerRow], top: int) -> list[Part]:
    """The figures of `stats` for other programs."""
    dates = sorted(d.published for d in held if d.published)
    sums = Counter(s.relation.code for s in statements)
    statuses = Counter((s.relation.code, s.status) for s in statements)
    busy = Counter(p.actor.id for s in statements for p in (s.source, s.target) if p)
    relations: list[tuple[Cell, ...]] = [
        (code, count, *(statuses[code, status] for status in _STATUSES)) for code, count in sorted(sums.items(), key=_greatest)
    ]
    chief = [(actors[actor], count, actor) for actor, count in sorted(busy.items(), key=lambda pair: (-pair[1], actors[pair[0]]))[:top]]
    whole = (len(held), dates[0] if dates else None, dates[-1] if dates else None, len(statements), len(actors))
    return [
        Part("relations", ("relation", "all", *_STATUSES), relations),
        Part("actors", ("actor", "statements", "id"), chief, hidden=("id",)),
        Part("store", ("documents", "from", "to", "statements", "actors"), [whole]),
        Part("reference", LAYER_COLUMNS, layers, "" if layers else "none"),
    ]


def _greatest(pair: tuple[str, int]) -> tuple[int, str]:
    return -pair[1], pair[0]


def _counts(head: str, statements: list[Statement], groups: dict[str, str]) -> Table:
    """Statements by their group and status, the greatest group first."""
    table = plain_table(head, "all", *_STATUSES, right=("all", *_STATUSES), fixed=(head,))
    sums = Counter(groups.values())
    statuses = Counter((groups[s.id], s.status) for s in statements if s.id in groups)
    for group, count in sorted(sums.items(), key=lambda pair: (-pair[1], pair[0])):
        table.add_row(escaped(group), str(count), *(str(statuses[group, status] or "") for status in _STATUSES))
    return table


def _print_documents(documents: list[Document], statements: list[Statement]) -> None:
    counts = Counter(s.document for s in statements)
    table = plain_table("document", "published", "publisher", "statements", "title", right=("statements",), fixed=("document", "published"))
    for d in documents:
        table.add_row(escaped(display_id(d.id)), d.published or "", escaped(d.publisher or ""), str(counts[d.id]), escaped(d.title or ""))
    print_table(table)


def show(
    what: Annotated[str, typer.Argument(metavar="ACTOR|STATEMENT", help="An actor's name, ISO code or IRI, or a statement's IRI or id.")],
    store: Annotated[
        Path | None, typer.Option("--store", metavar="DIR|URL", parser=place, help="Also show what this store holds of it.")
    ] = None,
    date: Annotated[str | None, typer.Option("--date", help="Offices and memberships on this date; default is all of them.")] = None,
    actors_file: options.ActorsFile = None,
    names: options.NamesPolicy = None,
) -> None:
    """Show what is known of an actor, or one statement with its sentence.

    Examples:

    - `kg show NATO --date 2025-03-20`

    - `kg show "the Turkish foreign minister" --date 2025-03-20 --store out/store`
    """
    from kg.link import Catalogue

    day = parse_date(date) if date else None
    if date and day is None:
        raise InputError(f"date '{date}' not understood; write it as 2025-03-20, 2025-03 or 2025")
    statements = read_store(store)[1] if store else []
    statement = _statement_named(what, statements)
    if statement is not None:
        _print_fields(_statement_fields(statement))
        return
    _show_actor(what, statements, day, Catalogue.load(actors_file, names))


def _statement_named(what: str, statements: list[Statement]) -> Statement | None:
    """The statement with this IRI, hash, or beginning of a hash that no other has."""
    local = what.removeprefix(PREFIXES["kgs"]).removeprefix("kgs:")
    if len(local) < _SHORTEST_HASH:
        return None
    found = [s for s in statements if s.id == what or s.id.removeprefix(PREFIXES["kgs"]).startswith(local)]
    return found[0] if len(found) == 1 else None


def _statement_fields(s: Statement) -> Iterator[tuple[str, str | None]]:
    yield "statement", s.id
    yield "source", f'{name_of(s.source)}  "{s.source.mention}"'
    yield "relation", f"{s.relation.code}  ({s.relation.quad}: {s.relation.definition})"
    yield "target", f'{name_of(s.target)}  "{s.target.mention}"' if s.target else None
    yield "status", s.status
    yield "says", name_of(s.speaker) if s.speaker else None
    yield "when", s.when
    yield "confidence", f"{s.evidence.confidence:.2f}"
    yield "trigger", s.evidence.predicate
    yield "sentence", s.evidence.text
    yield "document", f"{display_id(s.document)}, characters {s.evidence.sentence.begin} to {s.evidence.sentence.end}"
    yield "extractor", s.evidence.extractor
    yield "content", s.content


def _print_fields(fields: Iterator[tuple[str, str | None]]) -> None:
    for name, value in fields:
        if value:
            out.print(f"{name:11} {' '.join(value.split())}", markup=False)


def _show_actor(what: str, statements: list[Statement], date: str | None, catalogue: Catalogue) -> None:
    actor, reason = actor_named(what, catalogue, statements, date)
    out.print(f"[bold]{escaped(actor.label)}[/]  {actor.kind}")
    _print_fields(_actor_fields(actor, catalogue, date, reason))
    mine = [s for s in statements if actor.id in _everyone(s)]
    if mine:
        out.print(f"\n{len(mine)} statement{'' if len(mine) == 1 else 's'}")
        print_table(statements_table(mine))
        _print_mentions(actor, mine)


def _print_mentions(actor: Actor, statements: list[Statement]) -> None:
    """By which words an actor was mentioned, itself or as the side of who was, how often, and why those were linked to it."""
    ends = {(p.span.begin, s.document): p for s in statements for p in (s.source, s.target, s.speaker) if p and _is_of(p, actor)}
    counted = Counter((p.mention, p.why or "", p.actor.label) for p in ends.values())
    if not counted:
        return
    out.print("")
    table = plain_table("mentioned as", "times", "linked because")
    for (mention, why, label), count in sorted(counted.items(), key=lambda row: (-row[1], row[0])):
        through = f"speaks for {actor.label}: {label}; " if label != actor.label else ""
        table.add_row(escaped(mention), str(count), escaped(f"{through}{why}"))
    print_table(table)


def _is_of(participant: Participant, actor: Actor) -> bool:
    return actor.id == participant.actor.id or (participant.affiliation is not None and participant.affiliation.id == actor.id)


def _everyone(s: Statement) -> set[str]:
    """The ids of the actors of a statement and of those they act for."""
    ends = (s.source, s.target, s.speaker)
    return {actor.id for p in ends if p for actor in (p.actor, p.affiliation) if actor}


def actor_named(what: str, catalogue: Catalogue, statements: list[Statement], date: str | None) -> tuple[Actor, str]:
    """Whom a name, code, IRI or description means, and why."""
    from kg.link import ACTOR, Linker

    short = what.removeprefix(ACTOR).removeprefix("kga:")
    for actor_id in (short, f"state/{what.upper()}"):
        if actor_id in catalogue:
            return catalogue.actor(actor_id), ""
    stored = {p.actor.id: p.actor for s in statements for p in (s.source, s.target, s.speaker) if p}
    stored |= {p.affiliation.id: p.affiliation for s in statements for p in (s.source, s.target, s.speaker) if p and p.affiliation}
    wanted = {what.casefold(), (ACTOR + short).casefold()}
    called = [a for a in stored.values() if wanted & {a.label.casefold(), a.id.casefold(), (a.qid or "").casefold()}]
    if called:
        others = ", ".join(actor.id.removeprefix(ACTOR) for actor in called[1:])
        return called[0], f"the first of {len(called)} actors of this name; the others: {others}" if others else ""
    link = Linker(catalogue).resolve(what, date=date)
    if link.actor is not None and link.actor.id in catalogue:
        return link.actor, link.reason
    labels = {actor.label.casefold(): actor.label for actor in stored.values()}
    near = get_close_matches(what.casefold(), labels, n=3)
    hint = f"did you mean {' or '.join(labels[name] for name in near)}?" if near else "try another name, its ISO code or IRI"
    raise UnknownNameError(f"no actor '{what}' in the catalogue{' or the store' if statements else ''}; {hint}")


def _actor_fields(actor: Actor, catalogue: Catalogue, date: str | None, reason: str) -> Iterator[tuple[str, str | None]]:
    yield "because", reason
    yield "IRI", actor.id
    yield "Wikidata", actor.qid
    yield "ISO 3166", actor.iso3
    yield "COW", actor.cow
    yield "from", actor.valid_from
    yield "to", actor.valid_to
    if actor.id not in catalogue:
        return
    yield "type", catalogue.type(actor.id)
    parent = catalogue.parent(actor.id)
    yield "part of", catalogue.actor(parent).label if parent else None
    aliases = sorted(set(catalogue.aliases(actor.id)) - {actor.label})
    yield "also", ", ".join(aliases)
    yield from _office_fields(actor, catalogue, date)
    yield from _membership_fields(actor, catalogue, date)


def _office_fields(actor: Actor, catalogue: Catalogue, date: str | None) -> Iterator[tuple[str, str | None]]:
    """The offices that a person holds, or who holds those of a state or organisation."""
    for term in catalogue.offices(actor.id, date):
        yield "office", f"{_spelt(term.role)} of {catalogue.actor(term.owner).label}, {_period(term.start, term.end)}"
    for role in _ROLES:
        for term in catalogue.office_holders(actor.id, role, date):
            yield "office", f"{_spelt(role)}: {catalogue.actor(term.person).label}, {_period(term.start, term.end)}"


def _membership_fields(actor: Actor, catalogue: Catalogue, date: str | None) -> Iterator[tuple[str, str | None]]:
    rows = catalogue.memberships(actor.id, date)
    short = actor.id.removeprefix(PREFIXES["kga"])
    of = sorted({catalogue.actor(row.igo).label for row in rows if row.actor == short})
    members = sorted({catalogue.actor(row.actor).label for row in rows if row.igo == short})
    yield "member of", ", ".join(of)
    yield f"{len(members)} members", ", ".join(members)


def _spelt(role: str) -> str:
    return role.replace("_", " ")


def _period(start: str, end: str) -> str:
    return f"{start} to {end}" if end else f"since {start}"
