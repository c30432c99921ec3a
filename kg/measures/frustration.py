"""How far a signed graph is from two camps: the least number of edges on which balance would have to fail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import networkx as nx
import numpy as np

from kg.measures.signed import triangles

_EXACT_STEPS = 200_000
"""Steps of the search that a block may take before the best found so far is given with its bound."""
_LARGEST = 150
"""Nodes of a block beyond which no proof is tried."""
_PACKED = 2_000
"""Edges of a block beyond which, after the triangles, only one more cycle is looked for."""


@dataclass(frozen=True, slots=True)
class Frustration:
    """The line index of frustration: between `lower` and `upper`, equal where it is exact.

    `camps` is a division into two camps that leaves `upper` edges frustrated (a plus between camps, a minus within one);
    `edges` are those.
    """

    lower: int
    upper: int
    camps: tuple[frozenset[str], frozenset[str]]
    edges: tuple[tuple[str, str], ...]

    @property
    def exact(self) -> bool:
        return self.lower == self.upper

    def line_balance(self, edges: int) -> float | None:
        """1 - 2 * frustrated / edges: 1 is balance, 0 as bad as it can be (Aref and Wilson 2018); None without edges."""
        return 1 - 2 * self.upper / edges if edges else None


def frustration(graph: nx.Graph, *, steps: int = _EXACT_STEPS, seed: int = 0) -> Frustration:
    """The line index of frustration, exact where a bounded search can prove it.

    Parameters
    ----------
    graph
        Undirected, each edge with `sign` 1 or -1.
    steps
        Of branch and bound in each biconnected component (the index of a graph is the sum over those). More steps prove
        more; some 40 nodes of an ordinary component are proven with the default.
    seed
        Of the local search that gives the first division.

    Returns
    -------
    Frustration
        Where the search was cut off, `upper` is the best division found and `lower` comes from edge-disjoint unbalanced
        cycles, each of which needs a frustrated edge of its own.

    Examples
    --------
    >>> graph = nx.complete_graph(["a", "b", "c"])
    >>> nx.set_edge_attributes(graph, -1, "sign")
    >>> found = frustration(graph)
    >>> found.upper, found.exact
    (1, True)

    References
    ----------
    Harary, F. (1959). On the measurement of structural balance. Behavioral Science 4, 316-323. Aref, S., and Wilson,
    M. C. (2019). Balance and frustration in signed networks. Journal of Complex Networks 7, 163-189.
    """
    side: dict[str, int] = {}
    lower = 0
    for component in sorted(nx.connected_components(graph), key=lambda members: min(map(str, members))):
        blocks = list(nx.biconnected_components(graph.subgraph(component))) or [component]
        parts = []
        for block in blocks:
            part = _in_order(graph, block)
            bound, sides = _solve(part, steps, seed)
            lower += bound
            parts.append(dict(zip(part, sides, strict=True)))
        side |= _joined(parts)
    frustrated = tuple(sorted((min(a, b), max(a, b)) for a, b, sign in graph.edges(data="sign") if side[a] * side[b] != sign))
    camps = frozenset(node for node in graph if side[node] > 0), frozenset(node for node in graph if side[node] < 0)
    return Frustration(lower, len(frustrated), camps, frustrated)


def _in_order(graph: nx.Graph, nodes: set[str]) -> nx.Graph:
    """The subgraph with its nodes in an order that does not depend on the hashes of strings."""
    part = nx.Graph()
    part.add_nodes_from(sorted(nodes, key=str))
    part.add_edges_from(sorted((min(a, b), max(a, b), {"sign": data["sign"]}) for a, b, data in graph.subgraph(nodes).edges(data=True)))
    return part


def _joined(parts: list[dict[str, int]]) -> dict[str, int]:
    """Blocks put together at the nodes they share, each turned so that it agrees with those before it."""
    side = dict(parts[0])
    waiting = parts[1:]
    while waiting:
        part = next(part for part in waiting if side.keys() & part.keys())
        waiting.remove(part)
        shared = min(side.keys() & part.keys())
        turn = side[shared] * part[shared]
        side |= {node: turn * value for node, value in part.items()}
    return side


def _solve(graph: nx.Graph, steps: int, seed: int) -> tuple[int, list[int]]:
    """A lower bound and the best division of a block, as signs in the order of its nodes."""
    nodes = list(graph)
    if graph.number_of_edges() < len(nodes):  # a bridge or a single node: nothing to disagree about
        return 0, [1] if len(nodes) == 1 else [1, graph.edges[nodes[0], nodes[1]]["sign"]]
    number = {node: place for place, node in enumerate(nodes)}
    signs: list[dict[int, int]] = [{number[other]: data["sign"] for other, data in graph[node].items()} for node in nodes]
    best = _local_search(signs, seed)
    count = _frustrated(signs, best)
    packed = _packed_cycles(graph)
    if packed == count or len(nodes) > _LARGEST:
        return packed, best
    proven, better = _branch_and_bound(signs, best, count, steps)
    return (_frustrated(signs, better) if proven else packed), better


def _frustrated(signs: Sequence[dict[int, int]], side: Sequence[int]) -> int:
    return sum(side[one] * side[other] != sign for one, near in enumerate(signs) for other, sign in near.items() if one < other)


def _local_search(signs: Sequence[dict[int, int]], seed: int) -> list[int]:
    """The best of several descents with kicks: flip whoever disagrees with more neighbours than not."""
    rng = np.random.default_rng(seed)
    count = len(signs)
    rounds = 12 if count <= 2000 else 4
    best = _descend(signs, _along_tree(signs))
    least = _frustrated(signs, best)
    for attempt in range(rounds):
        if least == 0:
            break
        side = list(best) if attempt % 2 else [int(value) for value in rng.choice((-1, 1), size=count)]
        if attempt % 2:
            for node in rng.choice(count, size=max(1, count // 5), replace=False):
                side[int(node)] *= -1
        side = _descend(signs, side)
        if (now := _frustrated(signs, side)) < least:
            best, least = side, now
    return best


def _along_tree(signs: Sequence[dict[int, int]]) -> list[int]:
    """Sides that agree along a spanning tree: no frustration at all where the block is balanced."""
    side = {0: 1}
    queue = [0]
    for node in queue:
        for other, sign in signs[node].items():
            if other not in side:
                side[other] = side[node] * sign
                queue.append(other)
    return [side[node] for node in range(len(signs))]


def _descend(signs: Sequence[dict[int, int]], start: list[int]) -> list[int]:
    side = list(start)
    content = [side[node] * sum(sign * side[other] for other, sign in near.items()) for node, near in enumerate(signs)]
    queue = [node for node, value in enumerate(content) if value < 0]
    while queue:
        node = queue.pop()
        if content[node] >= 0:
            continue
        side[node] = -side[node]
        content[node] = -content[node]
        for other, sign in signs[node].items():
            content[other] += 2 * side[other] * side[node] * sign
            if content[other] < 0:
                queue.append(other)
    return side


def _packed_cycles(graph: nx.Graph) -> int:
    """Edge-disjoint unbalanced cycles, found greedily: triangles first, then what short cycles are left."""
    rest = graph.copy()
    found = 0
    for actors in list(triangles(graph)):
        pairs = ((actors[0], actors[1]), (actors[0], actors[2]), (actors[1], actors[2]))
        if all(rest.has_edge(*pair) for pair in pairs):
            one, two, three = (rest.edges[pair]["sign"] for pair in pairs)
            if one * two * three < 0:
                rest.remove_edges_from(pairs)
                found += 1
    patient = graph.number_of_edges() <= _PACKED
    while (patient or not found) and (cycle := _unbalanced_cycle(rest)) is not None:
        rest.remove_edges_from(cycle)
        found += 1
    return found


def _unbalanced_cycle(graph: nx.Graph) -> list[tuple[str, str]] | None:
    """The edges of an unbalanced cycle, short as breadth first finds it; None where the graph is balanced."""
    seen: set[str] = set()
    for root in graph:
        if root in seen:
            continue
        side, parent, queue = {root: 1}, {root: root}, [root]
        for node in queue:
            for other, data in graph[node].items():
                if other not in side:
                    side[other], parent[other] = side[node] * data["sign"], node
                    queue.append(other)
                elif side[other] != side[node] * data["sign"]:
                    one, two = _up(parent, node), _up(parent, other)
                    apart = set(one) ^ set(two)
                    return [*(edge for edge in (*one, *two) if edge in apart), (node, other)]
        seen |= side.keys()
    return None


def _up(parent: dict[str, str], node: str) -> list[tuple[str, str]]:
    path = []
    while parent[node] != node:
        path.append((node, parent[node]))
        node = parent[node]
    return path


def _branch_and_bound(signs: Sequence[dict[int, int]], best: list[int], count: int, steps: int) -> tuple[bool, list[int]]:
    """Whether the search ended within `steps`, and the best division it knows.

    Nodes take sides in the order of their ties to those before them. What is sure to be frustrated: edges between nodes
    with a side, the lesser of each other node's two costs, and one edge of every unbalanced triangle among the others
    that shares none with another.
    """
    order = _search_order(signs)
    place = {node: at for at, node in enumerate(order)}
    later = _packed_ahead(signs, place)
    size = len(order)
    cost = [[0, 0] for _ in range(size)]  # of each node for side -1 and +1, by those that have a side
    side = [0] * size
    taken = 0
    found = list(best)

    def visit(at: int, fixed: int, open_costs: int) -> bool:
        nonlocal count, taken, found
        if fixed + open_costs + later[at] >= count:
            return True
        if at == size:
            count, found = fixed, list(side)
            return True
        taken += 1
        if taken > steps:
            return False
        node = order[at]
        rest = open_costs - min(cost[node])
        ahead = [(other, sign) for other, sign in signs[node].items() if place[other] > at]
        choices = (1,) if at == 0 else ((1, -1) if cost[node][1] <= cost[node][0] else (-1, 1))
        for choice in choices:
            side[node] = choice
            extra = rest
            for other, sign in ahead:
                before = min(cost[other])
                cost[other][1 if choice * sign < 0 else 0] += 1
                extra += min(cost[other]) - before
            ended = visit(at + 1, fixed + cost[node][(choice + 1) // 2], extra)
            for other, sign in ahead:
                cost[other][1 if choice * sign < 0 else 0] -= 1
            if not ended:
                return False
        side[node] = 0
        return True

    return visit(0, 0, 0), found


def _search_order(signs: Sequence[dict[int, int]]) -> list[int]:
    """Next is always who has most ties to those before, then most ties at all."""
    order: list[int] = []
    ties = [0] * len(signs)
    waiting = set(range(len(signs)))
    while waiting:
        node = max(waiting, key=lambda one: (ties[one], len(signs[one]), -one))
        waiting.remove(node)
        order.append(node)
        for other in signs[node]:
            ties[other] += 1
    return order


def _packed_ahead(signs: Sequence[dict[int, int]], place: dict[int, int]) -> list[int]:
    """For each place of the order, edge-disjoint unbalanced triangles among the nodes from there on."""
    used: set[tuple[int, int]] = set()
    counts = [0] * (len(signs) + 1)
    order = sorted(place, key=place.__getitem__)
    for at in range(len(order) - 1, -1, -1):
        node = order[at]
        counts[at] = counts[at + 1]
        ahead = sorted((other for other in signs[node] if place[other] > at), key=place.__getitem__)
        for first, one in enumerate(ahead):
            for two in ahead[first + 1 :]:
                sides = [(min(pair), max(pair)) for pair in ((node, one), (node, two), (one, two))]
                if two in signs[one] and signs[node][one] * signs[node][two] * signs[one][two] < 0 and used.isdisjoint(sides):
                    used.update(sides)
                    counts[at] += 1
    return counts
