"""How central each actor is, by family of relations; and how far ties are returned."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

import networkx as nx

from kg.errors import UnknownNameError
from kg.vocabulary import WITHOUT_DIRECTION

StatementGraph: TypeAlias = nx.MultiDiGraph
"""Statements as a directed multigraph, as `kg.graph.to_graph` gives it."""

Family = Literal["all", "cooperation", "conflict", "standing"]
FAMILIES: tuple[Family, ...] = ("all", "cooperation", "conflict", "standing")

EXACT_EDGES = 5_000
"""Pairs up to which betweenness is exact; beyond, it is estimated from `SAMPLE` actors."""

SAMPLE = 200


def select_family(graph: nx.MultiDiGraph, family: Family = "all") -> nx.MultiDiGraph:
    """The asserted statements of a family, with all actors. Raises UnknownNameError for a family that is none."""
    if family not in FAMILIES:
        raise UnknownNameError(f"no family {family!r} of relations; there is {', '.join(FAMILIES)}")
    chosen = nx.MultiDiGraph()
    chosen.add_nodes_from(graph.nodes(data=True))
    chosen.add_edges_from(
        (source, target, key, data)
        for source, target, key, data in graph.edges(keys=True, data=True)
        if source != target and data["status"] == "asserted" and family in ("all", data["quad"].rsplit(" ", 1)[-1])
    )
    return chosen


def to_weighted(graph: nx.MultiDiGraph) -> nx.DiGraph:
    """One edge a directed pair, `weight` the number of statements (or the sum of their `weight`, where they have one)."""
    simple = nx.DiGraph()
    simple.add_nodes_from(graph.nodes(data=True))
    weights: dict[tuple[str, str], float] = defaultdict(float)
    for source, target, data in graph.edges(data=True):
        weights[source, target] += data.get("weight", 1)
    simple.add_weighted_edges_from((source, target, weight) for (source, target), weight in weights.items() if weight)
    return simple


@dataclass(frozen=True, slots=True)
class Centrality:
    """An actor's place: `degree` counts the others it has ties with, the strengths count statements.

    `betweenness` is the share of shortest paths between others that run through it, direction and weight ignored.
    """

    actor: str
    degree: int
    strength: float
    out_strength: float
    in_strength: float
    betweenness: float


def centrality(graph: nx.MultiDiGraph, *, family: Family = "all", seed: int = 0) -> list[Centrality]:
    """Degree, strength and betweenness of every actor in the ties of a family.

    Parameters
    ----------
    graph
        As `kg.graph.to_graph` gives it; only asserted statements count.
    family
        cooperation, conflict, standing or all.
    seed
        Of the sample, where betweenness is estimated.

    Returns
    -------
    list of Centrality
        The strongest first, then by degree and id.

    References
    ----------
    Freeman, L. C. (1977). A set of measures of centrality based on betweenness. Sociometry 40, 35-41. Barrat, A., et al.
    (2004). The architecture of complex weighted networks. PNAS 101, 3747-3752 (strength). Brandes, U., and Pich, C. (2007).
    Centrality estimation in large networks. International Journal of Bifurcation and Chaos 17, 2303-2318.
    """
    weighted = to_weighted(select_family(graph, family))
    pairs = nx.Graph(weighted.to_undirected(as_view=True))
    sample = None if pairs.number_of_edges() <= EXACT_EDGES else min(SAMPLE, len(pairs))
    between = nx.betweenness_centrality(pairs, k=sample, seed=seed)
    outgoing, incoming = dict(weighted.out_degree(weight="weight")), dict(weighted.in_degree(weight="weight"))
    rows = [
        Centrality(actor, pairs.degree(actor), outgoing[actor] + incoming[actor], outgoing[actor], incoming[actor], between[actor])
        for actor in weighted
    ]
    return sorted(rows, key=lambda row: (-row.strength, -row.degree, row.actor))


@dataclass(frozen=True, slots=True)
class Reciprocity:
    """How far ties are returned: `pairs` of the directed pairs that have one the other way, `weighted` of the statements.

    `beyond_chance` is the former beyond what the density alone gives, 1 at most and negative where ties avoid being returned.
    None where nothing can be said (no ties, or all there can be).
    """

    pairs: float | None
    weighted: float | None
    beyond_chance: float | None


def reciprocity(graph: nx.MultiDiGraph, *, family: Family = "all", without: Iterable[str] = WITHOUT_DIRECTION) -> Reciprocity:
    """How far the ties of a family are returned.

    Parameters
    ----------
    graph
        As `kg.graph.to_graph` gives it; only asserted statements count.
    without
        Codes of relations to leave out; by default those whose direction carries little (to meet is not to answer).

    References
    ----------
    Garlaschelli, D., and Loffredo, M. I. (2004). Patterns of link reciprocity in directed networks. Physical Review
    Letters 93, 268701. Squartini, T., et al. (2013). Reciprocity of weighted networks. Scientific Reports 3, 2729.
    """
    chosen = select_family(graph, family)
    left_out = frozenset(without)
    chosen.remove_edges_from([(a, b, key) for a, b, key, code in chosen.edges(keys=True, data="relation") if code in left_out])
    weighted = to_weighted(chosen)
    weights = {(source, target): weight for source, target, weight in weighted.edges(data="weight")}
    count, total = len(weights), sum(weights.values())
    if not count:
        return Reciprocity(None, None, None)
    share = sum((target, source) in weights for source, target in weights) / count
    returned = sum(min(weight, weights.get((target, source), 0)) for (source, target), weight in weights.items()) / total
    density = count / (len(weighted) * (len(weighted) - 1))
    return Reciprocity(share, returned, (share - density) / (1 - density) if density < 1 else None)
