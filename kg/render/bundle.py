"""A folder that R opens: dyads by period, a fixed set of vertices, the network for igraph and Gephi, a codebook, a script.

Everything is UTF-8 with a header, "." for decimals and nothing for what is unknown; the same statements give the same bytes.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Final

import networkx as nx

from kg.codebook import RELATIONS
from kg.graph import end_of
from kg.measures import Dyad, Period, dyads, fill_periods, period_bounds
from kg.model import Actor, Document, Statement
from kg.render.formats import gexf_bytes, xml_attributes, xml_text

_SCRIPT = resources.files("kg") / "data" / "handover" / "analysis.R"

NODES: Final = (
    ("id", "number of the vertex, from 1; the order of all vertex sets"),
    ("iri", "identifier of the actor in the catalogue"),
    ("label", "name"),
    (
        "kind",
        "state, territory, igo, organ, armed_group, party, movement, company, organisation, person, people, collective, place, unknown",
    ),
    ("ccode", "code of the Correlates of War project, states only"),
    ("iso3", "ISO 3166-1 alpha-3"),
    ("qid", "Wikidata identifier"),
    ("exists_from", "date from which the actor exists, where the catalogue knows one"),
    ("exists_to", "date to which it existed"),
)
DYADS: Final = (
    ("period", "the period; NA for acts whose date is not known to that precision"),
    ("source", "number of the actor who acts"),
    ("target", "number of the actor to whom it is done"),
    ("source_label", "name of the source"),
    ("target_label", "name of the target"),
    ("source_ccode", "COW code of the source"),
    ("target_ccode", "COW code of the target"),
    ("source_iso3", "ISO code of the source"),
    ("target_iso3", "ISO code of the target"),
    ("source_qid", "Wikidata identifier of the source"),
    ("target_qid", "Wikidata identifier of the target"),
    ("acts", "asserted statements with a score, what copies of a document repeat left out"),
    ("cooperation", "of them cooperation"),
    ("conflict", "of them conflict"),
    ("score", "sum of the scores of the acts (PLOVER scale, -10 to 10 each)"),
    ("mean", "score / acts"),
    ("sign", "1 where the score is above 0, -1 where below, 0 else"),
    ("weight", "absolute value of the score"),
    ("n_sources", "independent documents: near-duplicates count once"),
    ("n_publishers", "publishers of those"),
    ("standing", "asserted standing relations (ALLY, RIVAL, MEMBER, CANDIDATE, OFFICE)"),
    ("negated", "statements that it was not so; never counted as acts"),
    ("requested", "statements that someone asked for it; never counted as acts"),
    ("planned", "statements that it is intended; never counted as acts"),
    ("possible", "statements that it may be; never counted as acts"),
)
VERTICES: Final = (
    ("period", "the period"),
    ("id", "number of the vertex"),
    ("exists", "1 unless the catalogue says that the actor did not exist in any part of the period"),
    ("active", "1 if an act of or towards it falls in the period"),
)


def write_bundle(
    statements: Sequence[Statement],
    documents: Mapping[str, Document],
    folder: Path,
    *,
    period: Period = "month",
    roll_up: bool = True,
    copies: Mapping[str, str] | None = None,
) -> list[Path]:
    """Write nodes.csv, dyad-period.csv, vertices.csv, network.graphml, network.gexf, codebook.md and analysis.R.

    Parameters
    ----------
    statements, documents, roll_up, copies
        As in `kg.measures.dyads`.
    folder
        Made if it is not there; files of those names in it are replaced.
    period
        year, quarter, month or day. All periods from the first to the last are there, also those without any act.

    Returns
    -------
    list of Path
        The files, in the order above.
    """
    rows = dyads(statements, documents, period=period, roll_up=roll_up, copies=copies)
    actors = _actors(statements, roll_up)
    number = {actor.id: at for at, actor in enumerate(actors, 1)}
    periods = fill_periods({row.period for row in rows if row.period})
    total = dyads(statements, documents, roll_up=roll_up, copies=copies)
    folder.mkdir(parents=True, exist_ok=True)
    contents = {
        "nodes.csv": _table(NODES, (_node_cells(actor, number[actor.id]) for actor in actors)),
        "dyad-period.csv": _table(DYADS, (_dyad_cells(row, number, actors) for row in sorted(rows, key=_by_period))),
        "vertices.csv": _table(VERTICES, _vertex_rows(rows, actors, periods)),
        "network.graphml": _graphml(total, actors),
        "network.gexf": _dynamic_gexf(rows, total, actors),
        "codebook.md": _codebook(period).encode(),
        "analysis.R": _SCRIPT.read_bytes(),
    }
    written = []
    for name, content in contents.items():
        (folder / name).write_bytes(content)
        written.append(folder / name)
    return written


def _actors(statements: Iterable[Statement], roll_up: bool) -> list[Actor]:
    """Everyone at an end of a statement, by kind and name: the vertex set of all periods."""
    found: dict[str, Actor] = {}
    for statement in statements:
        for participant in (statement.source, statement.target):
            if participant is not None:
                actor = end_of(participant, roll_up=roll_up)
                found[actor.id] = actor
    return sorted(found.values(), key=lambda actor: actor.id)


def _by_period(row: Dyad) -> tuple[str, str, str]:
    return row.period, row.source, row.target


def _table(columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[object]]) -> bytes:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(name for name, _ in columns)
    writer.writerows(rows)
    return buffer.getvalue().encode("utf-8", "replace")


def _node_cells(actor: Actor, number: int) -> tuple[object, ...]:
    return number, actor.id, actor.label, actor.kind, actor.cow, actor.iso3, actor.qid, actor.valid_from, actor.valid_to


def _dyad_cells(row: Dyad, number: Mapping[str, int], actors: Sequence[Actor]) -> tuple[object, ...]:
    source, target = number[row.source], number[row.target]
    one, other = actors[source - 1], actors[target - 1]
    names = (one.label, other.label, one.cow, other.cow, one.iso3, other.iso3, one.qid, other.qid)
    score = round(row.score, 4)
    mean = None if row.mean is None else round(row.mean, 4)
    figures = (row.acts, row.cooperation, row.conflict, score, mean, _sign(score), abs(score), row.sources, row.publishers)
    return (row.period, source, target, *names, *figures, row.standing, row.negated, row.requested, row.planned, row.possible)


def _sign(score: float) -> int:
    return (score > 0) - (score < 0)


def _vertex_rows(rows: Iterable[Dyad], actors: Sequence[Actor], periods: Sequence[str]) -> Iterable[Sequence[object]]:
    active: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        if row.acts:
            active[row.period] |= {row.source, row.target}
    for period in periods:
        first, last = period_bounds(period)
        for number, actor in enumerate(actors, 1):
            gone = actor.valid_to is not None and actor.valid_to < first[: len(actor.valid_to)]
            unborn = actor.valid_from is not None and actor.valid_from > last[: len(actor.valid_from)]
            yield period, number, int(not gone and not unborn), int(actor.id in active[period])


def _network(total: Iterable[Dyad], actors: Sequence[Actor]) -> nx.DiGraph:
    """All periods together, one edge a directed pair with an act; attributes that networkx's writers take as they are."""
    graph = nx.DiGraph()
    for number, actor in enumerate(actors, 1):
        data = {"label": actor.label, "iri": actor.id, "kind": actor.kind, "ccode": actor.cow, "iso3": actor.iso3, "qid": actor.qid}
        graph.add_node(str(number), **{name: xml_text(value) for name, value in data.items() if value is not None})
    number_of = {actor.id: str(number) for number, actor in enumerate(actors, 1)}
    for row in total:
        if row.acts:
            figures = {"acts": row.acts, "score": round(row.score, 4), "mean": round(row.mean or 0.0, 4), "sign": _sign(row.score)}
            figures |= {"weight": row.acts, "sources": row.sources}
            graph.add_edge(number_of[row.source], number_of[row.target], **xml_attributes(figures))
    return graph


def _graphml(total: Iterable[Dyad], actors: Sequence[Actor]) -> bytes:
    buffer = io.BytesIO()
    nx.write_graphml_xml(_network(total, actors), buffer, infer_numeric_types=False)
    return buffer.getvalue()


def _dynamic_gexf(rows: Iterable[Dyad], total: Iterable[Dyad], actors: Sequence[Actor]) -> bytes:
    """GEXF 1.2 with a spell and dated values a period on every edge, for Gephi's timeline; undated acts only in the totals."""
    graph = _network(total, actors)
    number_of = {actor.id: str(number) for number, actor in enumerate(actors, 1)}
    dated: dict[tuple[str, str], list[Dyad]] = defaultdict(list)
    for row in rows:
        if row.acts and row.period:
            dated[number_of[row.source], number_of[row.target]].append(row)
    for at, (source, target, data) in enumerate(graph.edges(data=True)):
        held = sorted(dated[source, target], key=_by_period)
        data["id"] = str(at)
        if held:
            spans = [period_bounds(row.period) for row in held]
            data["spells"] = spans
            data["acts_then"] = [(row.acts, *span) for row, span in zip(held, spans, strict=True)]
            data["score_then"] = [(round(row.score, 4), *span) for row, span in zip(held, spans, strict=True)]
    return gexf_bytes(graph)


def _codebook(period: Period) -> str:
    lines = ["# Codebook", "", f"Periods are of one {period}. Empty cells are unknown (NA). Files are UTF-8.", ""]
    for name, columns in (
        ("nodes.csv", NODES),
        (f"dyad-period.csv (one row a directed pair and {period})", DYADS),
        ("vertices.csv", VERTICES),
    ):
        lines += [f"## {name}", "", "| column | meaning |", "|---|---|", *(f"| {column} | {meaning} |" for column, meaning in columns), ""]
    lines += [
        "## network.graphml, network.gexf", "",
        "All periods together, one edge a directed pair with an act: acts, score, mean, sign, sources as above. Here the weight is the",
        "number of acts, for programs use a weight unasked and want it above 0 (igraph's shortest paths, Gephi). The GEXF file besides",
        "has a spell and dated values (acts_then, score_then) a period.", "",
        "## analysis.R", "",
        "`Rscript analysis.R` in this folder prints first measures and writes measures-actors.csv and measures-periods.csv. igraph,",
        "signnet, network, sna and tergm are used where they are installed; none has to be.", "",
        "## Relations", "", "| relation | quad class | score | CAMEO | definition |", "|---|---|---|---|---|",
    ]  # fmt: skip
    for relation in RELATIONS.values():
        score = "" if relation.score is None else f"{relation.score:g}"
        lines.append(f"| {relation.code} | {relation.quad} | {score} | {', '.join(relation.cameo)} | {relation.definition} |")
    return "\n".join([*lines, ""])
