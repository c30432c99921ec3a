"""Where the nodes go: positions computed beforehand, the same for the same graph and seed. numpy only.

Pixels throughout, x to the right and y down. A node takes a box: its disc with, in small graphs, the label below it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import networkx as nx
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SMALL = 60
"""Up to so many nodes the whole graph is laid out at once, every label with room of its own."""

ASPECT = 1.4
"""Width over height of the drawing, about that of the canvas beside the panel on a laptop."""

_GAP = 8.0
_MANY = 250  # members from which on a community starts from a filled disc and takes few rounds
_ROOM = 1.9  # how far apart the members of a community are, in discs
_REFRESH = 8  # rounds for which the pairs of boxes that are near one another are kept


@dataclass(frozen=True, slots=True)
class Layout:
    """`positions` is (n, 2), centres in pixels; `communities` (n,) numbers from 0, the biggest first."""

    positions: Floats
    communities: Ints


def place_nodes(edges: Sequence[tuple[int, int, float]], radii: Sequence[float], label_widths: Sequence[float], *, seed: int = 0) -> Layout:
    """Lay out the nodes 0..n-1 without overlap, communities first.

    Parameters
    ----------
    edges
        Pairs of node numbers with a positive weight, direction ignored.
    radii, label_widths
        Pixels, one a node.
    seed
        Of the random numbers; the same arguments give the same positions.
    """
    count = len(radii)
    if count == 0:
        return Layout(np.zeros((0, 2)), np.zeros(0, dtype=np.int64))
    discs = np.asarray(radii, dtype=float)
    lines = _add_up(edges)
    communities = find_communities(count, edges, seed=seed)
    rng = np.random.default_rng(seed)
    if count <= SMALL:
        boxes = np.column_stack([np.maximum(discs, np.asarray(label_widths, dtype=float) / 2) + _GAP / 2, discs + 13.0])
        positions = _place_small(lines, boxes, discs, communities, rng)
    else:
        positions = _place_communities(lines, discs, communities, rng)
    return Layout(np.round(positions - (positions.max(axis=0) + positions.min(axis=0)) / 2, 1), communities)


def find_communities(count: int, edges: Sequence[tuple[int, int, float]], *, seed: int = 0) -> Ints:
    """Louvain communities (Blondel et al. 2008) of the weighted, undirected graph, numbered by size, then smallest member."""
    # Nodes are integers: their hashes, unlike those of strings, are the same in every process.
    graph = nx.Graph()
    graph.add_nodes_from(range(count))
    for source, target, weight in sorted(edges):
        previous = graph.get_edge_data(source, target, {"weight": 0.0})["weight"]
        graph.add_edge(source, target, weight=previous + weight)
    found = nx.community.louvain_communities(graph, weight="weight", seed=seed)
    numbers = np.zeros(count, dtype=np.int64)
    for number, members in enumerate(sorted(found, key=lambda members: (-len(members), min(members)))):
        numbers[sorted(members)] = number
    return numbers


def separate(positions: Floats, halves: Floats, *, rounds: int = 400) -> Floats:
    """Push boxes apart, each pair along the axis of its lesser overlap, until none overlap or `rounds` are over.

    Parameters
    ----------
    positions, halves
        (n, 2) centres and half widths and heights.
    """
    moved = positions.copy()
    slack = float(halves.mean()) if len(halves) else 0.0
    near = np.zeros((0, 2), dtype=np.int64)
    for step in range(rounds):
        fresh = step % _REFRESH == 0
        if fresh:
            near = _near(moved, halves, slack)
        one, other = near[:, 0], near[:, 1]
        delta = moved[other] - moved[one]
        overlap = halves[one] + halves[other] - np.abs(delta)
        hit: NDArray[np.bool_] = np.logical_and(overlap[:, 0] > 1e-6, overlap[:, 1] > 1e-6)
        if not hit.any():
            if fresh:
                break
            near = _near(moved, halves, slack)
            continue
        one, other, delta, overlap = one[hit], other[hit], delta[hit], overlap[hit]
        axis = (overlap[:, 1] < overlap[:, 0]).astype(np.int64)
        rows = np.arange(len(axis))
        # At equal coordinates the later node goes to the right or down.
        push = overlap[rows, axis] * np.where(delta[rows, axis] >= 0, 1.0, -1.0)
        count = np.bincount(np.concatenate([one, other]), minlength=len(moved))
        shift = np.zeros_like(moved)
        np.add.at(shift, (other, axis), push)
        np.add.at(shift, (one, axis), -push)
        # Half of the overlap each; gentler where many push at once, firmer towards the end.
        moved += shift * (0.5 + 0.05 * (step / rounds)) / np.maximum(count, 1)[:, None] ** 0.5
    return moved


def _near(positions: Floats, halves: Floats, slack: float) -> Ints:
    """Pairs (i < j) of boxes that overlap or are nearer than `slack`, found along x first."""
    order = np.argsort(positions[:, 0], kind="stable")
    left, right = (positions[:, 0] - halves[:, 0])[order], (positions[:, 0] + halves[:, 0])[order]
    widest = float((right - left).max()) if len(order) else 0.0
    # Of those that begin before this one ends (sorted by centre, so with the widest box to spare) the others are looked at.
    last = np.searchsorted(positions[order, 0], right + widest / 2 + slack, side="right")
    counts = last - np.arange(len(order)) - 1
    first = np.repeat(np.arange(len(order)), counts)
    second = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts) + first + 1
    pairs = np.column_stack([order[first], order[second]])
    apart = np.abs(positions[pairs[:, 0]] - positions[pairs[:, 1]]) - halves[pairs[:, 0]] - halves[pairs[:, 1]]
    pairs = np.sort(pairs[(apart < slack).all(axis=1)], axis=1)
    return np.asarray(pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))], dtype=np.int64)


@dataclass(frozen=True, slots=True)
class _Lines:
    """The pairs of nodes that have a tie: `pairs` (m, 2) with the lesser number first, sorted; `weights` (m,) log(1 + weight)."""

    pairs: Ints
    weights: Floats

    def dense(self, count: int) -> Floats:
        """The symmetric matrix of `count` nodes: 8 bytes a cell, so only for few of them."""
        found = np.zeros((count, count))
        one, other = self.pairs[:, 0], self.pairs[:, 1]
        found[one, other] = found[other, one] = self.weights
        return found


def _add_up(edges: Sequence[tuple[int, int, float]]) -> _Lines:
    """One line a pair, whatever the direction; none from a node to itself."""
    total: dict[tuple[int, int], float] = {}
    for source, target, weight in sorted(edges):
        if source != target:
            pair = min(source, target), max(source, target)
            total[pair] = total.get(pair, 0.0) + weight
    found = sorted(total)
    return _Lines(np.array(found, dtype=np.int64).reshape(-1, 2), np.log1p(np.array([total[pair] for pair in found])))


def _spring(weights: Floats, start: Floats, *, rounds: int, gravity: float = 0.06) -> Floats:
    """Fruchterman and Reingold (1991), ideal distance 1, with a pull to the middle that keeps components together."""
    positions = start.copy()
    for step in range(rounds):
        across, down = (np.subtract.outer(positions[:, column], positions[:, column]) for column in range(2))
        square = np.maximum(across * across + down * down, 1e-4)
        # Repulsion 1 / d² and attraction w d, both over d: what the difference of the positions is to be multiplied by.
        force = 1.0 / (square * np.sqrt(square)) - weights
        shift = np.column_stack([np.einsum("ij,ij->i", across, force), np.einsum("ij,ij->i", down, force)]) - gravity * positions
        length = np.maximum(np.linalg.norm(shift, axis=1), 1e-9)
        limit = 0.5 * (1 - step / rounds) + 0.005
        positions += shift * (np.minimum(length, limit) / length)[:, None]
    return positions


def _circle(order: Ints, rng: np.random.Generator, radius: float) -> Floats:
    """Start positions on a circle, neighbours in `order` side by side, a little shaken."""
    angle = np.empty(len(order))
    angle[order] = 2 * np.pi * np.arange(len(order)) / max(len(order), 1)
    return radius * np.column_stack([np.cos(angle), np.sin(angle)]) + rng.normal(scale=0.05, size=(len(order), 2))


def _place_small(lines: _Lines, boxes: Floats, discs: Floats, communities: Ints, rng: np.random.Generator) -> Floats:
    count = len(boxes)
    order = np.lexsort((np.arange(count), communities))
    positions = _spring(lines.dense(count), _circle(order, rng, count**0.5), rounds=300)
    area = (3.8 + 50 / count) * float((4 * boxes[:, 0] * boxes[:, 1]).sum())
    positions = _fill(_turn_wide(positions)) * np.array([(area * ASPECT) ** 0.5, (area / ASPECT) ** 0.5])
    for _ in range(40):
        positions = separate(_clear_lines(positions, discs, lines.pairs), boxes, rounds=20)
    return separate(positions, boxes)


def _turn_wide(positions: Floats) -> Floats:
    """Turned so that the greatest spread lies along x."""
    centred = positions - positions.mean(axis=0)
    _, vectors = np.linalg.eigh(centred.T @ centred)
    axis = vectors[:, -1]
    axis = axis * (1.0 if axis[np.argmax(np.abs(axis))] > 0 else -1.0)  # an eigenvector's sign is arbitrary
    return np.asarray(centred @ np.column_stack([axis, [-axis[1], axis[0]]]))


def _fill(positions: Floats) -> Floats:
    """Within the unit square, half where the springs put them and half by rank: an outlier does not crowd the others."""
    spread = np.maximum(positions.max(axis=0) - positions.min(axis=0), 1e-9)
    ranks = np.argsort(np.argsort(np.round(positions, 6), axis=0, kind="stable"), axis=0, kind="stable") / max(len(positions) - 1, 1)
    return np.asarray(0.5 * (positions - positions.min(axis=0)) / spread + 0.5 * ranks)


def _clear_lines(positions: Floats, discs: Floats, lines: NDArray[np.int64]) -> Floats:
    """One step that moves nodes off the lines that would run through them: such a line seems to end there."""
    if len(lines) == 0:
        return positions
    begin, along = positions[lines[:, 0]], positions[lines[:, 1]] - positions[lines[:, 0]]
    offset = positions[None, :, :] - begin[:, None, :]
    share = (offset * along[:, None, :]).sum(axis=2) / np.maximum((along**2).sum(axis=1), 1e-9)[:, None]
    away = offset - share[:, :, None] * along[:, None, :]
    distance = np.maximum(np.linalg.norm(away, axis=2), 1e-6)
    lack = discs[None, :] + 7.0 - distance
    near = (share > 0.02) & (share < 0.98) & (lack > 0)
    for column in range(2):
        near[np.arange(len(lines)), lines[:, column]] = False
    push = np.where(near[:, :, None], away / distance[:, :, None] * lack[:, :, None], 0.0).sum(axis=0)
    length = np.maximum(np.linalg.norm(push, axis=1), 1e-9)
    return np.asarray(positions + 0.5 * push * (np.minimum(length, 40.0) / length)[:, None])


def _place_communities(lines: _Lines, discs: Floats, communities: Ints, rng: np.random.Generator) -> Floats:
    """Each community on its own, then the communities as circles, then both together."""
    members = [np.flatnonzero(communities == number) for number in range(int(communities.max()) + 1)]
    inner = [_place_members(dense, discs[group], rng) for group, dense in zip(members, _within(lines, communities, members), strict=True)]
    reach = np.array([
        float((np.linalg.norm(place, axis=1) + discs[group]).max()) + 22.0 for place, group in zip(inner, members, strict=True)
    ])  # fmt: skip
    between = np.zeros((len(members), len(members)))
    ends = communities[lines.pairs]
    np.add.at(between, (ends, ends[:, ::-1]), lines.weights[:, None])
    np.fill_diagonal(between, 0.0)
    centres = _pack(between / max(float(between.max()), 1e-9), reach, rng)
    pull = _pull(lines, centres[communities], len(discs))
    positions = np.zeros((len(discs), 2))
    for group, place, centre in zip(members, inner, centres, strict=True):
        positions[group] = _turn_towards(place, pull[group]) + centre
    return positions


def _within(lines: _Lines, communities: Ints, members: Sequence[Ints]) -> Iterator[Floats]:
    """The matrix of each community's own lines, one at a time: a matrix of all nodes would take 200 MB at 5,000."""
    place = np.zeros(len(communities), dtype=np.int64)
    for group in members:
        place[group] = np.arange(len(group))
    ends = communities[lines.pairs]
    own = np.where(ends[:, 0] == ends[:, 1], ends[:, 0], -1)
    order = np.argsort(own, kind="stable")
    cuts = np.searchsorted(own[order], np.arange(len(members) + 1))
    for group, begin, end in zip(members, cuts[:-1], cuts[1:], strict=True):
        rows = order[begin:end]
        yield _Lines(place[lines.pairs[rows]], lines.weights[rows]).dense(len(group))


def _pull(lines: _Lines, homes: Floats, count: int) -> Floats:
    """(n, 2): where the ties of each node draw it, from its community's middle (`homes`, one a node) to those of the others."""
    found = np.zeros((count, 2))
    one, other = lines.pairs[:, 0], lines.pairs[:, 1]
    along = lines.weights[:, None] * (homes[other] - homes[one])
    np.add.at(found, one, along)
    np.add.at(found, other, -along)
    return found


def _place_members(weights: Floats, discs: Floats, rng: np.random.Generator) -> Floats:
    """Positions around (0, 0), no disc over another, with room for a label line between rows."""
    many = len(discs) > _MANY
    start = _sunflower(weights, rng) if many else _circle(np.arange(len(discs)), rng, len(discs) ** 0.5)
    positions = _spring(weights, start, rounds=24 if many else 150, gravity=0.15)
    positions *= _ROOM * float(np.sqrt(np.mean((discs + _GAP) ** 2)))
    placed = separate(positions, np.column_stack([discs + _GAP, discs + _GAP]), rounds=200)
    return np.asarray(placed - placed.mean(axis=0))


def _sunflower(weights: Floats, rng: np.random.Generator) -> Floats:
    """Start positions evenly over a disc (Vogel 1979), the most tied in the middle: few rounds would not fill a circle."""
    rank = np.argsort(np.argsort(-weights.sum(axis=1), kind="stable"), kind="stable")
    radius, angle = 0.8 * np.sqrt(rank + 0.5), rank * np.pi * (3 - 5**0.5)
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)]) + rng.normal(scale=0.02, size=(len(rank), 2))


def _pack(between: Floats, reach: Floats, rng: np.random.Generator) -> Floats:
    """Circles of radius `reach` side by side, near those they are tied to, drawn to the middle without overlap."""
    centres = _spring(between, _circle(np.arange(len(reach)), rng, len(reach) ** 0.5), rounds=200, gravity=0.2)
    centres *= 1.5 * float(reach.mean())
    for _ in range(120):
        centres = _part_circles(centres * np.array([0.985, 0.985 / ASPECT**0.05]), reach, rounds=6)
    return _part_circles(centres, reach, rounds=400)


def _part_circles(centres: Floats, reach: Floats, *, rounds: int) -> Floats:
    moved = centres.copy()
    for _ in range(rounds):
        delta = moved[:, None, :] - moved[None, :, :]
        distance = np.maximum(np.linalg.norm(delta, axis=2), 1e-6)
        overlap = np.maximum(reach[:, None] + reach[None, :] - distance, 0.0)
        np.fill_diagonal(overlap, 0.0)
        if overlap.max() < 0.5:
            break
        moved += 0.35 * (delta / distance[:, :, None] * overlap[:, :, None]).sum(axis=1)
    return moved


def _turn_towards(place: Floats, pull: Floats) -> Floats:
    """The community turned so that members face the communities that their ties draw them to."""
    turn = np.arctan2(float((place[:, 0] * pull[:, 1] - place[:, 1] * pull[:, 0]).sum()), float((place * pull).sum()))
    return np.asarray(place @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]))
