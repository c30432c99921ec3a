"""Friends and foes as one undirected graph with signs, and the triads in it."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import TypeAlias

import networkx as nx

SignedGraph: TypeAlias = nx.Graph
"""An undirected graph each edge of which has `sign` 1 or -1, and what `to_signed` gives besides."""

STANDING_SIGNS = {"ALLY": 1, "RIVAL": -1}
"""Standing relations that say which side a pair is on; they decide only where no act does."""


def to_signed(graph: nx.MultiDiGraph, *, least: float = 0.0) -> SignedGraph:
    """Each pair's sign: the sign of the sum of its acts' scores.

    Parameters
    ----------
    graph
        As `kg.graph.to_graph` gives it. Statements that are not asserted do not count.
    least
        A pair whose scores sum to less than this in absolute value has no sign and no edge; a sum of 0 never has.

    Returns
    -------
    networkx.Graph
        All nodes with their attributes; edges with `sign` (1 or -1), `weight` (absolute sum of scores, 1 for a pair that
        only a standing relation signs), `score` and `statements` (ids behind it, sorted).

    Examples
    --------
    >>> news = nx.MultiDiGraph()
    >>> _ = news.add_edge("a", "b", "s1", relation="AID", score=7.4, status="asserted")
    >>> _ = news.add_edge("b", "a", "s2", relation="ACCUSE", score=-2.0, status="asserted")
    >>> _ = news.add_edge("b", "c", "s3", relation="ASSAULT", score=-9.3, status="negated")
    >>> [(one, other, data["sign"]) for one, other, data in to_signed(news).edges(data=True)]
    [('a', 'b', 1)]
    """
    pairs: dict[tuple[str, str], list[tuple[str, str, float | None]]] = defaultdict(list)
    for source, target, key, data in graph.edges(keys=True, data=True):
        if source != target and data["status"] == "asserted":
            pairs[min(source, target), max(source, target)].append((key, data["relation"], data["score"]))
    signed = nx.Graph()
    signed.add_nodes_from(sorted(graph.nodes(data=True), key=lambda node: str(node[0])))
    for (one, other), members in sorted(pairs.items()):
        scores = [score for _, _, score in members if score is not None]
        total = math.fsum(scores)
        standing = 0 if scores else sum(STANDING_SIGNS.get(relation, 0) for _, relation, _ in members)
        side, weight = (total, abs(total)) if scores else (float(standing), 1.0)
        if side and (not scores or weight >= least):
            keys = sorted(key for key, relation, score in members if score is not None or (not scores and relation in STANDING_SIGNS))
            signed.add_edge(one, other, sign=1 if side > 0 else -1, weight=weight, score=total, statements=tuple(keys))
    return signed


@dataclass(frozen=True, slots=True)
class TriadCensus:
    """How many triangles have three plus signs, two, one and none."""

    ppp: int
    ppm: int
    pmm: int
    mmm: int

    @property
    def triangles(self) -> int:
        return self.ppp + self.ppm + self.pmm + self.mmm

    @property
    def balanced(self) -> float | None:
        """Share of triangles whose signs multiply to plus (Cartwright and Harary 1956); None without triangles."""
        return _share(self.ppp + self.pmm, self.triangles)

    @property
    def weakly_balanced(self) -> float | None:
        """Share of triangles that do not have exactly one minus (Davis 1967: three foes are no strain)."""
        return _share(self.ppp + self.pmm + self.mmm, self.triangles)

    @property
    def balanced_of_mixed(self) -> float | None:
        """Share of the balanced among triangles with signs of both kinds."""
        return _share(self.pmm, self.ppm + self.pmm)

    @property
    def balanced_of_negative(self) -> float | None:
        """Share of the balanced among triangles with a minus sign: where all are friends, balance costs nothing."""
        return _share(self.pmm, self.ppm + self.pmm + self.mmm)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def triangles(graph: nx.Graph) -> Iterator[tuple[str, str, str]]:
    """Every triangle once, as (least, middle, greatest) in the order of the graph's nodes.

    References
    ----------
    Chiba, N., and Nishizeki, T. (1985). Arboricity and subgraph listing algorithms. SIAM Journal on Computing 14,
    210-223 (edges go from the lesser degree to the greater, so that hubs are not searched from).
    """
    place = {node: number for number, node in enumerate(graph)}
    ahead = _ahead(graph)
    for node, near in ahead.items():
        for one in near:
            for other in sorted(near.keys() & ahead[one].keys(), key=place.__getitem__):
                first, second, third = sorted((node, one, other), key=place.__getitem__)
                yield first, second, third


def _ahead(graph: nx.Graph) -> dict[str, dict[str, bool]]:
    """Each node's neighbours of higher rank (degree, then place), and whether their edge is a minus."""
    rank = {node: (graph.degree(node), number) for number, node in enumerate(graph)}
    return {
        node: {other: data.get("sign", 1) < 0 for other, data in near.items() if rank[other] > rank[node]}
        for node, near in graph.adjacency()
    }


def triad_census(graph: nx.Graph) -> TriadCensus:
    """Count the triangles of a signed graph by their signs.

    Parameters
    ----------
    graph
        Undirected, each edge with `sign` 1 or -1, as `to_signed` gives it.

    Examples
    --------
    >>> graph = nx.Graph()
    >>> graph.add_weighted_edges_from([("a", "b", 1), ("b", "c", -1), ("a", "c", -1)], weight="sign")
    >>> triad_census(graph), triad_census(graph).balanced
    (TriadCensus(ppp=0, ppm=0, pmm=1, mmm=0), 1.0)

    References
    ----------
    Cartwright, D., and Harary, F. (1956). Structural balance: a generalization of Heider's theory. Psychological
    Review 63, 277-293. Davis, J. A. (1967). Clustering and structural balance in graphs. Human Relations 20, 181-187.
    """
    counts = [0, 0, 0, 0]
    ahead = _ahead(graph)
    for near in ahead.values():
        for one, first in near.items():
            beyond = ahead[one]
            for other in near.keys() & beyond.keys():
                counts[first + near[other] + beyond[other]] += 1
    return TriadCensus(*counts)


@dataclass(frozen=True, slots=True)
class Triad:
    """Three actors and their three signs: `signs` and `statements` are of the pairs (0, 1), (0, 2), (1, 2).

    `weight` is the least weight of the three edges: how sure the triad is to be one.
    """

    actors: tuple[str, str, str]
    signs: tuple[int, int, int]
    weight: float
    statements: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]


def unbalanced_triads(graph: nx.Graph, *, weak: bool = False) -> list[Triad]:
    """The triangles that strain, the best supported first, with the statements behind each side.

    Parameters
    ----------
    graph
        As `to_signed` gives it.
    weak
        Leave out triads of three foes, which weak balance allows.
    """
    found = []
    for actors in triangles(graph):
        sides = [graph.edges[pair] for pair in combinations(actors, 2)]
        one, two, three = (side["sign"] for side in sides)
        if one * two * three < 0 and not (weak and one + two + three == -3):
            behind = tuple(tuple(side.get("statements", ())) for side in sides)
            weight = min(side.get("weight", 1.0) for side in sides)
            found.append(Triad(actors, (one, two, three), weight, (behind[0], behind[1], behind[2])))
    return sorted(found, key=lambda triad: (-triad.weight, triad.actors))
