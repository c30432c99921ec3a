"""Who stands with whom: communities of a signed graph, and blocs between which balance would hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import networkx as nx
import numpy as np

from kg.measures.frustration import frustration

Blocs = list[frozenset[str]]

_EPSILON = 1e-9
_ALL_TRIED = 200
"""Communities up to which a node tries all of them, not only those that it has ties with."""


@dataclass(frozen=True, slots=True)
class Bloc:
    """Blocs, the biggest first, and the edges that contradict them: a plus between two, a minus within one."""

    members: tuple[frozenset[str], ...]
    errors: tuple[tuple[str, str], ...]


def signed_modularity(
    graph: nx.Graph, communities: Iterable[Iterable[str]], *, resolution: float = 1.0, weight: str | None = "weight"
) -> float:
    """How much more plus within and minus between there is than chance would have, in [-1, 1].

    Parameters
    ----------
    graph
        Undirected, each edge with `sign` and, if named, a positive `weight`.
    communities
        A partition of the nodes.
    resolution
        Above 1 favours more and smaller communities.

    References
    ----------
    Gomez, S., Jensen, P., and Arenas, A. (2009). Analysis of community structure in networks of correlated data.
    Physical Review E 80, 016114.
    """
    number = {node: at for at, members in enumerate(communities) for node in members}
    total, within = 0.0, 0.0
    strength: dict[int, dict[int, float]] = {1: defaultdict(float), -1: defaultdict(float)}
    sums = {1: 0.0, -1: 0.0}
    for one, other, data in graph.edges(data=True):
        value, sign = data.get(weight, 1.0) if weight else 1.0, data["sign"]
        total += value
        sums[sign] += value
        strength[sign][number[one]] += value
        strength[sign][number[other]] += value
        within += sign * value if number[one] == number[other] else 0.0
    expected = sum(
        sign * resolution * sum(value**2 for value in strength[sign].values()) / (4 * sums[sign]) for sign in (1, -1) if sums[sign]
    )
    return (within - expected) / total if total else 0.0


def signed_communities(graph: nx.Graph, *, resolution: float = 1.0, weight: str | None = "weight", runs: int = 10, seed: int = 0) -> Blocs:
    """Communities with plus within and minus between, by the signed Potts model with the configuration null.

    Parameters
    ----------
    graph, resolution, weight
        As in `signed_modularity`, which this maximises.
    runs
        Searches from different orders of the nodes; the best is kept.
    seed
        Of the random orders.

    Returns
    -------
    list of frozenset
        The biggest first, then by least member. A node without edges is alone.

    References
    ----------
    Traag, V. A., and Bruggeman, J. (2009). Community detection in networks with positive and negative links. Physical
    Review E 80, 036115. Blondel, V. D., et al. (2008). Fast unfolding of communities in large networks (the search).
    """
    return _best(graph, resolution, weight, runs, seed)


def weak_blocs(graph: nx.Graph, *, runs: int = 20, seed: int = 0) -> Bloc:
    """Any number of blocs with the fewest contradicting edges: plus within, minus between (weak balance).

    The search is heuristic: on graphs of up to 8 nodes it was found to agree with all partitions tried one by one.

    References
    ----------
    Davis, J. A. (1967). Clustering and structural balance in graphs. Human Relations 20, 181-187. Doreian, P., and
    Mrvar, A. (1996). A partitioning approach to structural balance. Social Networks 18, 149-168.
    """
    members = _best(graph, 0.0, None, runs, seed)
    return Bloc(tuple(members), contradictions(graph, members))


def strong_blocs(graph: nx.Graph, *, seed: int = 0) -> Bloc:
    """Two camps with the fewest contradicting edges (strong balance): the division that `frustration` finds.

    References
    ----------
    Harary, F. (1953). On the notion of balance of a signed graph. Michigan Mathematical Journal 2, 143-146.
    """
    camps = frustration(graph, seed=seed).camps
    members = _sorted_blocs(camp for camp in camps if camp)
    return Bloc(tuple(members), contradictions(graph, members))


def contradictions(graph: nx.Graph, blocs: Iterable[Iterable[str]]) -> tuple[tuple[str, str], ...]:
    """The edges of plus between two blocs and of minus within one, sorted."""
    number = {node: at for at, members in enumerate(blocs) for node in members}
    wrong = ((a, b) for a, b, sign in graph.edges(data="sign") if (number[a] == number[b]) != (sign > 0))
    return tuple(sorted((min(pair), max(pair)) for pair in wrong))


def _sorted_blocs(blocs: Iterable[Iterable[str]]) -> Blocs:
    return sorted(map(frozenset, blocs), key=lambda members: (-len(members), min(members)))


class _Level:
    """A signed graph of numbered nodes: ties as sign times weight, plus and minus strengths, what lies within a node."""

    def __init__(self, ties: list[dict[int, float]], plus: list[float], minus: list[float]) -> None:
        self.ties, self.plus, self.minus = ties, plus, minus


def _best(graph: nx.Graph, resolution: float, weight: str | None, runs: int, seed: int) -> Blocs:
    nodes = sorted(graph)
    number = {node: at for at, node in enumerate(nodes)}
    ties: list[dict[int, float]] = [{} for _ in nodes]
    plus, minus = [0.0] * len(nodes), [0.0] * len(nodes)
    for one, other, data in graph.edges(data=True):
        value = data.get(weight, 1.0) if weight else 1.0
        for a, b in ((number[one], number[other]), (number[other], number[one])):
            ties[a][b] = data["sign"] * value
            (plus if data["sign"] > 0 else minus)[a] += value
    level = _Level(ties, plus, minus)
    rng = np.random.default_rng(seed)
    found = [_search(level, resolution, rng) for _ in range(runs if any(ties) else 1)]
    chosen = max(found, key=lambda labels: (round(_quality(level, labels, resolution), 9), [-label for label in labels]))
    groups: dict[int, list[str]] = defaultdict(list)
    for node, label in zip(nodes, chosen, strict=True):
        groups[label].append(node)
    return _sorted_blocs(groups.values())


def _search(level: _Level, resolution: float, rng: np.random.Generator) -> list[int]:
    """Louvain, and then single nodes of the whole graph moved again until none wants to."""
    labels = list(range(len(level.ties)))
    current = level
    while True:
        moved = _move(current, list(range(len(current.ties))), resolution, rng)
        kept = {label: at for at, label in enumerate(dict.fromkeys(moved))}
        moved = [kept[label] for label in moved]
        labels = [moved[label] for label in labels]
        if len(kept) == len(current.ties):
            break
        current = _folded(current, moved, len(kept))
    labels = _move(level, labels, resolution, rng)
    kept = {label: at for at, label in enumerate(dict.fromkeys(labels))}
    return [kept[label] for label in labels]


def _move(level: _Level, labels: list[int], resolution: float, rng: np.random.Generator) -> list[int]:
    """Each node in turn goes where it is best off, until all are."""
    labels = list(labels)
    size = len(labels)
    twice = [sum(level.plus), sum(level.minus)]
    share = [resolution / total if total else 0.0 for total in twice]
    plus: dict[int, float] = defaultdict(float)
    minus: dict[int, float] = defaultdict(float)
    for node, label in enumerate(labels):
        plus[label] += level.plus[node]
        minus[label] += level.minus[node]
    queue = [int(node) for node in rng.permutation(size)]
    waiting = set(queue)
    empty = max(labels, default=-1) + 1
    at = 0
    while at < len(queue):
        node = queue[at]
        at += 1
        waiting.discard(node)
        own = labels[node]
        plus[own] -= level.plus[node]
        minus[own] -= level.minus[node]
        gains: dict[int, float] = {own: 0.0, empty: 0.0}
        # Who has foes may be better off even among those without a tie: chance would have had it fight them too.
        if share[1] and level.minus[node] and len(plus) <= _ALL_TRIED:
            gains |= dict.fromkeys(plus, 0.0)
        for other, value in level.ties[node].items():
            gains[labels[other]] = gains.get(labels[other], 0.0) + value
        best, most = own, None
        for label, gain in gains.items():
            worth = gain - share[0] * level.plus[node] * plus[label] + share[1] * level.minus[node] * minus[label]
            if most is None or worth > most + _EPSILON:  # the own one comes first: a tie does not move anyone
                best, most = label, worth
        labels[node] = best
        plus[best] += level.plus[node]
        minus[best] += level.minus[node]
        if best != own:
            empty += best == empty
            for other in level.ties[node]:
                if labels[other] != best and other not in waiting:
                    waiting.add(other)
                    queue.append(other)
    return labels


def _folded(level: _Level, labels: Sequence[int], count: int) -> _Level:
    """The graph whose nodes are the communities."""
    ties: list[dict[int, float]] = [{} for _ in range(count)]
    plus, minus = [0.0] * count, [0.0] * count
    for node, label in enumerate(labels):
        plus[label] += level.plus[node]
        minus[label] += level.minus[node]
        for other, value in level.ties[node].items():
            if labels[other] != label:
                ties[label][labels[other]] = ties[label].get(labels[other], 0.0) + value
    return _Level(ties, plus, minus)


def _quality(level: _Level, labels: Sequence[int], resolution: float) -> float:
    within = sum(value for node, near in enumerate(level.ties) for other, value in near.items() if labels[node] == labels[other])
    sums: list[dict[int, float]] = [defaultdict(float), defaultdict(float)]
    for node, label in enumerate(labels):
        sums[0][label] += level.plus[node]
        sums[1][label] += level.minus[node]
    expected = 0.0
    for sign, strengths, by in ((1, level.plus, sums[0]), (-1, level.minus, sums[1])):
        total = sum(strengths)
        expected += sign * resolution * sum(value**2 for value in by.values()) / total if total else 0.0
    return within - expected
