"""From scores of arcs to trees: the best that has one root and no cycle."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]
Integers = npt.NDArray[np.int64]


def best_heads(arcs: Floats, starts: Integers) -> Integers:
    """Heads of a window's words: for each sentence the maximum spanning tree with exactly one root.

    `arcs` (n, 1 + n) scores word i's head j - 1, column 0 the root; `starts` are the indices of the first words of
    the sentences, ascending, the first of them 0. Returns heads (n) that count the window's words from 1; 0 is the root.
    """
    n = len(arcs)
    bounds = np.append(starts, n)
    sentence = np.repeat(np.arange(len(starts)), np.diff(bounds))
    allowed = np.ones((n, n + 1), bool)
    allowed[:, 1:] = sentence[:, None] == sentence[None, :]
    allowed[np.arange(n), np.arange(1, n + 1)] = False
    heads: Integers = np.where(allowed, arcs, -np.inf).argmax(1)
    for begin, end in pairwise(bounds):
        local = np.where(heads[begin:end] > 0, heads[begin:end] - begin, 0)
        if not is_tree(local):
            columns = np.r_[0, begin + 1 : end + 1]
            local = spanning_tree(arcs[begin:end, columns].astype(np.float64))
            heads[begin:end] = np.where(local > 0, local + begin, 0)
    return heads


def is_tree(heads: Integers) -> bool:
    """Whether heads (n; 1-based, 0 the root) have exactly one root and no cycle."""
    if (heads == 0).sum() != 1:
        return False
    above = np.append(0, heads)
    for _ in range(len(heads).bit_length()):
        above = above[above]
    return not above.any()


def spanning_tree(scores: npt.NDArray[np.float64]) -> Integers:
    """Heads of the best tree with exactly one root (Chu-Liu and Edmonds); scores (n, 1 + n), column 0 the root.

    The best tree of all mostly has one root already. Where it has more, a price on each arc from the root above all other
    differences makes a second one never pay, as every tree needs one.
    """
    n = len(scores)
    square = np.full((n + 1, n + 1), -np.inf)
    square[1:] = scores
    np.fill_diagonal(square, -np.inf)
    heads = _arborescence(square)
    if (heads[1:] == 0).sum() > 1:
        real = square[np.isfinite(square)]
        square[1:, 0] -= (n + 1) * (real.max() - real.min()) + 1
        heads = _arborescence(square)
    return heads[1:]


def _arborescence(scores: npt.NDArray[np.float64]) -> Integers:
    """Heads (n) of the best tree below node 0; scores (n, n) of dependent by head, minus infinity where there is no arc."""
    n = len(scores)
    heads: Integers = scores.argmax(1)
    heads[0] = 0
    cycle = _cycle(heads)
    if cycle is None:
        return heads
    inside = np.zeros(n, bool)
    inside[cycle] = True
    rest = np.flatnonzero(~inside)
    kept = scores[cycle, heads[cycle]]
    entering = scores[np.ix_(cycle, rest)] - kept[:, None]
    leaving = scores[np.ix_(rest, cycle)]
    entry, exit_ = entering.argmax(0), leaving.argmax(1)
    m = len(rest)
    smaller = np.full((m + 1, m + 1), -np.inf)
    smaller[:m, :m] = scores[np.ix_(rest, rest)]
    smaller[m, :m] = entering[entry, np.arange(m)]
    smaller[:m, m] = leaving[np.arange(m), exit_]
    smaller[0] = -np.inf
    found = _arborescence(smaller)
    for i in range(1, m):
        heads[rest[i]] = rest[found[i]] if found[i] < m else cycle[exit_[i]]
    heads[cycle[entry[found[m]]]] = rest[found[m]]
    return heads


def _cycle(heads: Integers) -> Integers | None:
    """The nodes of one cycle, ascending, or None; node 0 is its own head."""
    state = np.zeros(len(heads), np.int64)
    state[0] = -1
    for start in range(1, len(heads)):
        node = start
        while state[node] == 0:
            state[node] = start
            node = int(heads[node])
        if state[node] == start:
            nodes, node = [node], int(heads[node])
            while node != nodes[0]:
                nodes.append(node)
                node = int(heads[node])
            return np.array(sorted(nodes))
    return None
