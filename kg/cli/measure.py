"""Commands that count: ties, timeline, balance, rank, compare, treaties."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from kg.cli import options
from kg.cli.console import check_writable, waiting
from kg.cli.holdings import actor_named
from kg.cli.look import read_store
from kg.cli.options import Output
from kg.cli.reports import Cell, Format, Part, print_report, sparkline
from kg.errors import InputError, UnknownNameError
from kg.model import Document, Statement

if TYPE_CHECKING:
    from kg.measures import Change, Dyad, Triad

ActorName = Annotated[str, typer.Argument(metavar="A", help="An actor's name, ISO code or IRI.")]
Since = Annotated[str | None, typer.Option("--since", help="Only what happened from this year, month or day on.")]
Until = Annotated[str | None, typer.Option("--until", help="Only what happened up to this year, month or day.")]
OnlyPublisher = Annotated[list[str] | None, typer.Option("--publisher", help="Only documents of this publisher; repeatable.")]
Persons = Annotated[bool, typer.Option("--persons", help="Keep persons as actors of their own; otherwise they count as whom they act for.")]
KeepCopies = Annotated[
    bool, typer.Option("--keep-copies", help="Count near-duplicate documents (wire copy) each on its own; otherwise as one source.")
]
Top = Annotated[int, typer.Option("--top", min=1, help="At most so many rows.")]
By = Annotated[Literal["all", "year", "quarter", "month", "day"], typer.Option("--by", help="How time is divided.")]

_DYAD = ("source", "target", "period", "acts", "cooperation", "conflict", "standing", "score", "mean", "sources", "publishers")
_NO_ACTS = ("negated", "requested", "planned", "possible")
_EVIDENCE = ("date", "publisher", "source", "relation", "target", "status", "sentence", "id", "document")


def register(app: typer.Typer) -> None:
    for command in (ties, timeline, balance, rank, compare, treaties):
        app.command()(command)


@dataclass(frozen=True, slots=True)
class Holding:
    """What a report is about: chosen statements, their documents, which stands for which, and the labels of all actors."""

    documents: Mapping[str, Document]
    statements: Sequence[Statement]
    copies: Mapping[str, str]
    labels: Mapping[str, str]
    roll_up: bool

    def dyads(self, period: Literal["all", "year", "quarter", "month", "day"] = "all", *, directed: bool = True) -> list[Dyad]:
        from kg.measures import dyads

        return dyads(self.statements, self.documents, period=period, directed=directed, roll_up=self.roll_up, copies=self.copies)


def hold(
    store: Path,
    *,
    since: str | None = None,
    until: str | None = None,
    publisher: list[str] | None = None,
    persons: bool = False,
    keep_copies: bool = True,
) -> Holding:
    """The statements of a store that the options of a command leave. Raises InputError where none is left or a date is not one."""
    from kg.measures import date_of, find_copies, texts_of, within
    from kg.read import parse_date

    begin, end = ((parse_date(date) or "") if date else None for date in (since, until))
    if "" in (begin, end):
        raise InputError(f"date '{since if begin == '' else until}' not understood; write it as 2025-03-20, 2025-03 or 2025")
    held, statements = read_store(store)
    documents = {document.id: document for document in held}
    known = {document.publisher for document in held if document.publisher}
    for name in publisher or []:
        if name not in known:
            raise UnknownNameError(f"no publisher '{name}' in {store}; it has {', '.join(sorted(known)) or 'none'}")
    chosen = [s for s in statements if within(date_of(s, documents), begin, end)]
    if publisher:
        printed = {document.id for document in held if document.publisher in publisher}
        chosen = [s for s in chosen if s.document in printed]
    if not chosen:
        raise InputError(f"{store}: no statement is left by these options; 'kg stats --store {store}' says what there is")
    with waiting("looking for copies"):
        copies = {} if keep_copies else find_copies(texts_of(chosen))
    labels = {a.id: a.label for s in statements for p in (s.source, s.target, s.speaker) if p for a in (p.actor, p.affiliation) if a}
    return Holding(documents, chosen, copies, labels, not persons)


def named_in(held: Holding, what: str) -> str:
    """The id of the actor that a name means."""
    from kg.link import Catalogue

    exact = [actor for actor, label in held.labels.items() if what.casefold() == label.casefold()]
    return exact[0] if len(exact) == 1 else actor_named(what, Catalogue.load(), list(held.statements), None)[0].id


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

    The strongest first; with two actors, both directions and the sentences behind them.

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
    shown = rows[:top] if not other else rows
    columns = (*_DYAD, *_NO_ACTS, "repeats", "source_id", "target_id", "statements")
    note = f"{len(rows) - len(shown)} more ties; --top {len(rows)} shows all" if len(shown) < len(rows) else "" if rows else "no ties"
    hidden = ("source_id", "target_id", "statements", "publishers", *(["period"] if by == "all" else []))
    parts = [Part("ties", columns, [_dyad_row(row, held) for row in shown], note, hidden)]
    if other:
        parts.append(_evidence([key for row in rows for key in row.statements], held))
    print_report(parts, format, output)


def _dyad_row(row: Dyad, held: Holding) -> tuple[Cell, ...]:
    scores = round(row.score, 2), None if row.mean is None else round(row.mean, 2)
    acts = row.acts, row.cooperation, row.conflict, row.standing
    others = row.negated, row.requested, row.planned, row.possible, row.repeats
    ends = held.labels[row.source], held.labels[row.target]
    return (*ends, row.period, *acts, *scores, row.sources, row.publishers, *others, row.source, row.target, row.statements)


def _evidence(keys: Iterable[str], held: Holding, name: str = "statements") -> Part:
    """The sentences behind some figures, by date."""
    from kg.cli.console import name_of
    from kg.measures import date_of

    wanted = set(keys)
    rows: list[tuple[Cell, ...]] = []
    for s in held.statements:
        if s.id in wanted:
            document = held.documents.get(s.document)
            target = name_of(s.target) if s.target else None
            status = None if s.status == "asserted" else s.status
            rows.append((
                date_of(s, held.documents), document.publisher if document else None, name_of(s.source), s.relation.code, target, status,
                s.evidence.text, s.id, s.document,
            ))  # fmt: skip
    rows.sort(key=lambda row: (str(row[0] or ""), str(row[7])))
    return Part(name, _EVIDENCE, rows, "" if rows else "none", ("id", "document"))


def timeline(
    store: options.Store,
    one: ActorName,
    other: Annotated[str | None, typer.Argument(metavar="[B]", help="Only what happens between the two.")] = None,
    by: Annotated[Literal["year", "quarter", "month", "day"], typer.Option("--by", help="How time is divided.")] = "month",
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
    wanted = {named_in(held, name) for name in (one, other) if name}
    lines = timeline_rows(held, wanted, by)
    dated = [line for line in lines if line[0] != "no date"]
    note = ""
    if dated:
        width = max(len(str(dated[0][0])), 11)
        note = "".join(
            f"\n{name:{width}} {sparkline([float(line[at] or 0) for line in dated])}"
            for at, name in ((1, "cooperation"), (2, "conflict"))
        ) + f"\n{'':{width}} {dated[0][0]} to {dated[-1][0]}"  # fmt: skip
    print_report(
        [Part("timeline", ("period", "cooperation", "conflict", "score", "mean", "sources"), lines, note.removeprefix("\n") or "no ties")],
        format,
        output,
    )


def timeline_rows(
    held: Holding, actors: set[str], by: Literal["year", "quarter", "month", "day"]
) -> list[tuple[str, int, int, float, float | None, int]]:
    """(period, cooperation, conflict, score, mean, sources) of the ties that all these actors are ends of, "no date" last."""
    from kg.render.bundle import fill_periods

    rows = [row for row in held.dyads(by) if actors <= {row.source, row.target}]
    lines = []
    for period in (*fill_periods({row.period for row in rows if row.period}), *([""] if any(not row.period for row in rows) else [])):
        here = [row for row in rows if row.period == period]
        acts, score = sum(row.acts for row in here), float(sum(row.score for row in here))
        friendly, hostile = sum(row.cooperation for row in here), sum(row.conflict for row in here)
        sources = len({held.copies.get(s.document, s.document) for s in _behind(here, held)})
        lines.append((period or "no date", friendly, hostile, round(score, 2), round(score / acts, 2) if acts else None, sources))
    return lines


def _behind(rows: Iterable[Dyad], held: Holding) -> list[Statement]:
    keys = {key for row in rows if row.acts or row.standing for key in row.statements}
    return [s for s in held.statements if s.id in keys and s.status == "asserted"]


def balance(
    store: options.Store,
    since: Since = None,
    until: Until = None,
    publisher: OnlyPublisher = None,
    persons: Persons = False,
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
    number of pairs that would have to change for two camps to be left.

    Examples:

    - `kg balance --store out/store`

    - `kg balance --since 2024-06 --format json --store out/store`
    """
    from kg.graph import to_graph
    from kg.measures import frustration, signed_communities, to_signed, triad_census, unbalanced_triads, weak_blocs

    held = hold(store, since=since, until=until, publisher=publisher, persons=persons)
    graph = to_signed(to_graph(held.statements, roll_up=held.roll_up), least=least)
    census, found = triad_census(graph), frustration(graph)
    minus = sum(sign < 0 for _, _, sign in graph.edges(data="sign"))
    index = str(found.upper) if found.exact else f"{found.lower} to {found.upper}"
    figures = [
        ("actors", len(graph)), ("pairs with a sign", graph.number_of_edges()), ("of them minus", minus), ("triads", census.triangles),
        ("+ + +", census.ppp), ("+ + -", census.ppm), ("+ - -", census.pmm), ("- - -", census.mmm),
        ("share balanced", _rounded(census.balanced)), ("share weakly balanced", _rounded(census.weakly_balanced)),
        ("balanced of triads with a minus", _rounded(census.balanced_of_negative)), ("frustration index", index),
        ("line balance", _rounded(found.line_balance(graph.number_of_edges()))),
    ]  # fmt: skip
    weak, communities = weak_blocs(graph), signed_communities(graph)
    blocs = [
        (kind, len(members), tuple(sorted(held.labels[actor] for actor in members)))
        for kind, sets in (("camp", found.camps), ("weak bloc", weak.members), ("community", communities))
        for members in sets
        if len(members) > 1
    ]
    triads = unbalanced_triads(graph)
    strained = [_triad_row(triad, held) for triad in triads[:top]]
    note = f"signs are of A-B, A-C, B-C; {len(triads)} strained in all" if triads else "none"
    columns = ("A", "B", "C", "signs", "weight", "actors", "statements")
    parts = [
        Part("balance", ("figure", "value"), figures),
        Part(
            "blocs", ("kind", "size", "members"), blocs, f"contradicted pairs: {found.upper} by two camps, {len(weak.errors)} by weak blocs"
        ),
        Part("triads", columns, strained, note, ("actors", "statements")),
    ]
    if triads:
        parts.append(_evidence([key for side in triads[0].statements for key in side], held, "evidence"))
    print_report(parts, format, output)


def _triad_row(triad: Triad, held: Holding) -> tuple[Cell, ...]:
    signs = " ".join("+" if sign > 0 else "-" for sign in triad.signs)
    behind = tuple(key for side in triad.statements for key in side)
    return (*(held.labels[actor] for actor in triad.actors), signs, round(triad.weight, 2), triad.actors, behind)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


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

    Examples:

    - `kg rank --store out/store`

    - `kg rank --by betweenness --family conflict --store out/store`
    """
    from kg.graph import to_graph
    from kg.measures import centrality, rank_intervals, select_family, strength, to_weighted

    held = hold(store, since=since, until=until, publisher=publisher, persons=persons, keep_copies=keep_copies)
    graph = select_family(to_graph(held.statements, roll_up=held.roll_up), family)
    measures = {
        "strength": strength,
        "degree": lambda sample: {str(actor): float(count) for actor, count in to_weighted(sample).to_undirected().degree()},
        "betweenness": lambda sample: {row.actor: row.betweenness for row in centrality(sample)},
    }
    with waiting("drawing samples"):
        rows = rank_intervals(graph, measures[by], copies=held.copies, draws=draws, seed=seed)
    lines = [
        (held.labels[row.actor], round(row.value, 4) if by == "betweenness" else int(row.value), row.rank, row.low, row.high, row.actor)
        for row in rows[:top]
    ]
    columns = ("actor", by, "rank", "from", "to", "id")
    print_report([Part("ranks", columns, lines, f"from and to hold 95 % of {draws} samples of the documents", ("id",))], format, output)


def compare(
    store: options.Store,
    before: Annotated[str | None, typer.Option("--before", help="First period: 2024, 2024-03 or 2024-01..2024-06.")] = None,
    after: Annotated[str | None, typer.Option("--after", help="Second period.")] = None,
    publisher: Annotated[list[str] | None, typer.Option("--publisher", help="Two publishers to compare: give it twice.")] = None,
    other: Annotated[Path | None, typer.Option("--other", metavar="DIR", help="A second store to compare with the first.")] = None,
    persons: Persons = False,
    keep_copies: KeepCopies = False,
    top: Top = 20,
    format: Format = "table",
    output: Output = None,
) -> None:
    """Compare two periods, two publishers or two stores: which pairs turned, warmed, cooled, appeared or went, and why.

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
    rows = [_change_row(change, labels) for change in changes[:top]]
    total = summarise(changes)
    note = f"pairs with acts: {total.pairs[0]} and {total.pairs[1]}, {total.shared} on both sides, {total.turned} turned"
    columns = (
        "source",
        "target",
        "change",
        "acts",
        "acts after",
        "score",
        "score after",
        "mean",
        "mean after",
        "ids",
        "statements",
        "statements after",
    )
    parts = [Part("changes", columns, rows, note, ("ids", "statements", "statements after"))]
    if changes:
        parts += [_evidence(changes[0].statements[at], sides[at], name) for at, name in enumerate(("behind the first before", "and after"))]
    print_report(parts, format, output)


def _change_row(change: Change, labels: Mapping[str, str]) -> tuple[Cell, ...]:
    means = (None if mean is None else round(mean, 2) for mean in change.mean)
    return (
        labels[change.source], labels[change.target], change.kind, *change.acts, *(round(score, 2) for score in change.score), *means,
        (change.source, change.target), *change.statements,
    )  # fmt: skip


def _sides(
    store: Path, before: str | None, after: str | None, publishers: list[str], other: Path | None, persons: bool, keep_copies: bool
) -> tuple[Holding, Holding]:
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


def treaties(
    file: Annotated[Path, typer.Argument(metavar="SPELLS.csv", help="Formal alliances in a layout of COW or ATOP.")],
    store: options.Store,
    year: Annotated[int, typer.Option("--year", help="The year of the alliances; for what is told later than the file goes, its last.")],
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
    (alliance_v4.1_by_dyad, by_directed, _yearly; atop5_1ddyr, atop5_1dy). Only states with a COW code are compared.

    Examples:

    - `kg treaties alliance_v4.1_by_dyad.csv --year 2012 --store out/store`

    - `kg treaties atop5_1ddyr.csv --year 2018 --rdf out/alliances.trig --store out/store`
    """
    from kg.measures import read_spells, treaty_and_talk
    from kg.render.reference import write_alliances

    spells = read_spells(file)
    held = hold(store, since=since, until=until, publisher=publisher, keep_copies=keep_copies)
    actors = {a.id: a for s in held.statements for p in (s.source, s.target) if p for a in (p.actor, p.affiliation) if a}
    codes = {actor.id: int(actor.cow) for actor in actors.values() if actor.cow and actor.cow.isdigit()}
    if rdf is not None:
        check_writable(rdf)
        write_alliances(spells, year, {code: iri for iri, code in codes.items()}, rdf)
    found = treaty_and_talk(held.dyads(directed=False), spells, year, codes)
    rows = [
        (held.labels[r.source], held.labels[r.target], r.verdict, r.pledges, r.acts, round(r.score, 2), (r.source, r.target), r.statements)
        for r in found[:top]
    ]
    columns = ("source", "target", "verdict", "pledges", "acts", "score", "ids", "statements")
    parts = [Part("treaties", columns, rows, f"{len(found)} pairs, alliances of {year}", ("ids", "statements"))]
    if found and found[0].verdict == "allies, hostile":
        parts.append(_evidence(found[0].statements, held, "evidence"))
    print_report(parts, format, output)
