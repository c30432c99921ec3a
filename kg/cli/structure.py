"""Commands on the shape of the whole graph: balance and rank."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from kg.cli import options
from kg.cli.console import waiting
from kg.cli.held import Held, KeepCopies, OnlyPublisher, Persons, Since, Top, Until, evidence, hold, rounded
from kg.cli.options import Output
from kg.cli.reports import Cell, Format, Part, print_report

if TYPE_CHECKING:
    from kg.measures import Frustration, Measure, SignedGraph, Triad

_BLOCS_NOTE = (
    "camps are two, weak blocs any number, both with the fewest pairs against them; communities are held against chance.\n"
    "Who has no tie to the rest could as well stand elsewhere."
)


def register(app: typer.Typer) -> None:
    for command in (balance, rank):
        app.command()(command)


def balance(
    store: options.Store,
    since: Since = None,
    until: Until = None,
    publisher: OnlyPublisher = None,
    persons: Persons = False,
    keep_copies: KeepCopies = False,
    least: Annotated[
        float, typer.Option("--least", min=0.0, help="A pair whose scores sum to less than this, either way, has no sign.")
    ] = 0.0,
    top: Top = 5,
    format: Format = "table",
    output: Output = None,
) -> None:
    """Say how far friends of friends are friends: triads by sign, frustration, blocs, and the sentences behind a triad that strains.

    A pair's sign is that of the sum of its acts' scores. Balanced are triads whose signs multiply to plus; where all are
    friends that costs nothing, so the share among triads with a minus is given besides. The frustration index is the least
    number of pairs that would have to change for two camps to be left; line balance is 1 where none has to, and 0 where half of them do.

    Examples:

    - `kg balance --store out/store`

    - `kg balance --since 2024-06 --format json --store out/store`
    """
    from kg.measures import frustration, to_signed, unbalanced_triads

    held = hold(store, since=since, until=until, publisher=publisher, persons=persons, keep_copies=keep_copies)
    graph = to_signed(held.graph(), least=least)
    found = frustration(graph)
    triads = unbalanced_triads(graph)
    parts = [_figures_part(graph, found), _blocs_part(graph, found, held.labels), _triads_part(triads, top, held.labels)]
    if triads:
        names = ", ".join(held.labels[actor] for actor in triads[0].actors)
        behind = evidence([key for side in triads[0].statements for key in side], held, "evidence")
        parts.append(Part(behind.name, behind.columns, behind.rows, f"behind the first: {names}", behind.hidden))
    print_report(parts, format, output)


def _figures_part(graph: SignedGraph, found: Frustration) -> Part:
    from kg.measures import triad_census

    census = triad_census(graph)
    minus = sum(sign < 0 for _, _, sign in graph.edges(data="sign"))
    index = str(found.upper) if found.exact else f"{found.lower} to {found.upper}"
    figures: list[tuple[Cell, ...]] = [
        ("actors", len(graph)), ("pairs with a sign", graph.number_of_edges()), ("of them minus", minus), ("triads", census.triangles),
        ("+ + +", census.ppp), ("+ + -", census.ppm), ("+ - -", census.pmm), ("- - -", census.mmm),
        ("share balanced", rounded(census.balanced, 4)), ("share weakly balanced", rounded(census.weakly_balanced, 4)),
        ("balanced of triads with a minus", rounded(census.balanced_of_negative, 4)), ("frustration index", index),
        ("line balance", rounded(found.line_balance(graph.number_of_edges()), 4)),
    ]  # fmt: skip
    return Part("balance", ("figure", "value"), figures)


def _blocs_part(graph: SignedGraph, found: Frustration, labels: Mapping[str, str]) -> Part:
    from kg.measures import signed_communities, weak_blocs

    weak = weak_blocs(graph)
    rows = [
        (kind, len(members), tuple(sorted(labels[actor] for actor in members)))
        for kind, sets in (("camp", found.camps), ("weak bloc", weak.members), ("community", signed_communities(graph)))
        for members in sets
        if len(members) > 1
    ]
    note = f"pairs against them: {found.upper} with two camps, {len(weak.errors)} with weak blocs\n{_BLOCS_NOTE}"
    return Part("blocs", ("kind", "size", "members"), rows, note if rows else "none")


def _triads_part(triads: Sequence[Triad], top: int, labels: Mapping[str, str]) -> Part:
    note = f"signs are of A-B, A-C, B-C; {len(triads)} strained in all" if triads else "none"
    columns = ("A", "B", "C", "signs", "weight", "actors", "statements")
    return Part("triads", columns, [_triad_row(triad, labels) for triad in triads[:top]], note, ("actors", "statements"))


def _triad_row(triad: Triad, labels: Mapping[str, str]) -> tuple[Cell, ...]:
    signs = " ".join("+" if sign > 0 else "-" for sign in triad.signs)
    behind = tuple(key for side in triad.statements for key in side)
    return (*(labels[actor] for actor in triad.actors), signs, round(triad.weight, 2), triad.actors, behind)


def rank(
    store: options.Store,
    by: Annotated[Literal["strength", "degree", "betweenness"], typer.Option("--by", help="What to rank by.")] = "strength",
    family: Annotated[
        Literal["all", "cooperation", "conflict", "standing"], typer.Option("--family", help="Which relations count.")
    ] = "all",
    since: Since = None,
    until: Until = None,
    publisher: OnlyPublisher = None,
    persons: Persons = False,
    keep_copies: KeepCopies = False,
    draws: Annotated[int, typer.Option("--draws", min=10, help="Samples of the documents behind the intervals.")] = 200,
    seed: Annotated[int, typer.Option("--seed", help="Of the random samples.")] = 0,
    top: Top = 20,
    format: Format = "table",
    output: Output = None,
) -> None:
    """Rank actors, with the interval of ranks that 95 % of samples of the documents give: how far the order can be trusted.

    Strength counts asserted statements, degree the others an actor has ties with, betweenness the shortest paths through it.
    Equal actors share the mean of their ranks. With few documents the intervals are wide, as they should be.

    Examples:

    - `kg rank --store out/store`

    - `kg rank --by betweenness --family conflict --store out/store`
    """
    from kg.measures import rank_intervals, select_family

    held = hold(store, since=since, until=until, publisher=publisher, persons=persons, keep_copies=keep_copies)
    graph = select_family(held.graph(), family)
    with waiting("drawing samples"):
        rows = rank_intervals(graph, _measure(by), copies=held.copies, draws=draws, seed=seed)
    lines = [
        (held.labels[row.actor], round(row.value, 4) if by == "betweenness" else int(row.value), row.rank, row.low, row.high, row.actor)
        for row in rows[:top]
    ]
    note = f"from and to hold 95 % of {draws} samples of the {_documents(held)} documents; equal actors share the mean of their ranks"
    print_report([Part("ranks", ("actor", by, "rank", "from", "to", "id"), lines, note, ("id",))], format, output)


def _documents(held: Held) -> int:
    """Independent ones that any statement is of."""
    return len({held.copies.get(s.document, s.document) for s in held.statements})


def _measure(by: Literal["strength", "degree", "betweenness"]) -> Measure:
    from kg.measures import centrality, degree, strength

    measures: dict[str, Measure] = {
        "strength": strength,
        "degree": degree,
        "betweenness": lambda sample: {row.actor: row.betweenness for row in centrality(sample)},
    }
    return measures[by]
