"""Statements as a networkx graph, and the ties that they add up to. Pure functions; order of the input does not matter."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Literal

import networkx as nx

from kg.model import Actor, Participant, Statement, Tie

Grouping = Literal["relation", "quad", "pair"]


def end_of(participant: Participant, *, roll_up: bool = False) -> Actor:
    """The actor that stands at this end: with `roll_up`, a person's affiliation where one is known."""
    if roll_up and participant.actor.kind == "person" and participant.affiliation is not None:
        return participant.affiliation
    return participant.actor


def sorted_statements(statements: Iterable[Statement]) -> list[Statement]:
    """The statements, one an id, by document and place in it."""
    by_id = {statement.id: statement for statement in sorted(statements, key=_place)}
    return sorted(by_id.values(), key=_place)


def to_graph(statements: Sequence[Statement], *, roll_up: bool = False) -> nx.MultiDiGraph:
    """The statements between two actors as a directed multigraph.

    Parameters
    ----------
    statements
        In any order. One without a target adds its source as a node and no edge.
    roll_up
        Persons are replaced by the actor they act for. A statement whose two ends thereby become one actor
        (a minister about the own state) is left out: it says nothing about two actors.

    Returns
    -------
    networkx.MultiDiGraph
        Nodes: actor ids with `label`, `kind`, `iso3`. Edges: keyed by statement id with `relation`, `quad`,
        `score` (None for standing relations), `status`, `confidence`, `when`, `document` and `speaker` (an actor
        id or None). Nodes and edges are added in sorted order.
    """
    actors: dict[str, Actor] = {}
    edges: list[tuple[str, str, Statement]] = []
    for statement in sorted_statements(statements):
        source = end_of(statement.source, roll_up=roll_up)
        actors.setdefault(source.id, source)
        if statement.target is None:
            continue
        target = end_of(statement.target, roll_up=roll_up)
        actors.setdefault(target.id, target)
        if source.id != target.id or source.id == statement.source.actor.id == statement.target.actor.id:
            edges.append((source.id, target.id, statement))
    graph = nx.MultiDiGraph()
    for actor in sorted(actors.values(), key=lambda actor: actor.id):
        graph.add_node(actor.id, label=actor.label, kind=actor.kind, iso3=actor.iso3)
    for source_id, target_id, statement in sorted(edges, key=lambda edge: (edge[0], edge[1], edge[2].id)):
        graph.add_edge(source_id, target_id, key=statement.id, **_edge_attributes(statement, roll_up=roll_up))
    return graph


def ties(statements: Sequence[Statement], *, by: Grouping = "relation", roll_up: bool = False) -> list[Tie]:
    """What the statements of each directed pair add up to, each status apart.

    Parameters
    ----------
    statements
        In any order; those without a target, and those of one actor with itself, make no tie.
    by
        "relation": one tie a relation code; "quad": one a quad class (`Tie.relation` holds its name);
        "pair": one a pair (`Tie.relation` is empty).
    roll_up
        As in `to_graph`.

    Returns
    -------
    list of Tie
        Sorted by source, target, relation, status. Only asserted statements are acts: the score of every other
        tie is 0, and its count counts reports of what was denied, asked for, intended or possible. Confidence is
        1 - product(1 - c) over documents, each with its most confident statement: two sentences of one article
        are not independent.
    """
    groups: dict[tuple[str, str, str, str], list[Statement]] = defaultdict(list)
    for statement in sorted_statements(statements):
        if statement.target is None:
            continue
        source, target = end_of(statement.source, roll_up=roll_up), end_of(statement.target, roll_up=roll_up)
        if source.id != target.id:
            groups[source.id, target.id, _group_name(statement, by), statement.status].append(statement)
    return [_tie(source, target, relation, members) for (source, target, relation, _), members in sorted(groups.items())]


def independent_confidence(statements: Iterable[Statement]) -> float:
    """1 - product(1 - c) over documents, c being the greatest confidence within each."""
    best: dict[str, float] = {}
    for statement in statements:
        best[statement.document] = max(best.get(statement.document, 0.0), statement.evidence.confidence)
    return 1.0 - math.prod(1.0 - best[document] for document in sorted(best))


def _place(statement: Statement) -> tuple[str, int, int, str]:
    return statement.document, statement.evidence.sentence.begin, statement.evidence.trigger.begin, statement.id


def _edge_attributes(statement: Statement, *, roll_up: bool) -> dict[str, object]:
    speaker = end_of(statement.speaker, roll_up=roll_up).id if statement.speaker is not None else None
    return {
        "relation": statement.relation.code,
        "quad": statement.relation.quad,
        "score": statement.relation.score,
        "status": statement.status,
        "confidence": statement.evidence.confidence,
        "when": statement.when,
        "document": statement.document,
        "speaker": speaker,
    }


def _group_name(statement: Statement, by: Grouping) -> str:
    if by == "relation":
        return statement.relation.code
    return statement.relation.quad if by == "quad" else ""


def _tie(source: str, target: str, relation: str, members: Sequence[Statement]) -> Tie:
    acts = [member.relation.score or 0.0 for member in members if member.status == "asserted"]
    return Tie(
        source=source,
        target=target,
        relation=relation,
        status=members[0].status,
        count=len(members),
        score=math.fsum(acts),
        confidence=independent_confidence(members),
        statements=tuple(sorted(member.id for member in members)),
    )
