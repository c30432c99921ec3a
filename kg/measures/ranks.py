"""How sure a ranking is: the documents drawn again and again, and where each actor comes out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from kg.measures.centrality import to_weighted

Measure = Callable[[nx.MultiDiGraph], Mapping[str, float]]
"""From a graph whose edges have a `weight` (how often their document was drawn) to a value for each actor."""


@dataclass(frozen=True, slots=True)
class RankInterval:
    """An actor's value and rank (1 is the highest; equals share the middle), and the interval of ranks over the draws."""

    actor: str
    value: float
    rank: float
    low: float
    high: float


def strength(graph: nx.MultiDiGraph) -> dict[str, float]:
    """The statements that an actor is an end of, by weight: the measure that `rank_intervals` uses unless told another."""
    return {str(node): float(value) for node, value in to_weighted(graph).degree(weight="weight")}


def rank_intervals(
    graph: nx.MultiDiGraph,
    measure: Measure = strength,
    *,
    copies: Mapping[str, str] | None = None,
    draws: int = 200,
    level: float = 0.95,
    seed: int = 0,
) -> list[RankInterval]:
    """Rank actors by a measure, with percentile intervals from a bootstrap over documents.

    Parameters
    ----------
    graph
        Edges with `document`, as `kg.graph.to_graph` or `select_family` gives it.
    measure
        Any function of such a graph; a higher value is a better rank.
    copies
        Documents that stand for others (see `find_copies`) are drawn together with them: sentences of one document, and
        of its copies, are not independent.
    draws
        Samples of as many documents as there are, with replacement.
    level
        Share of the draws that the interval holds.
    seed
        The same arguments give the same intervals.

    Returns
    -------
    list of RankInterval
        The highest value first, then by id.

    References
    ----------
    Efron, B., and Tibshirani, R. J. (1993). An Introduction to the Bootstrap. Chapman and Hall (chapter 13). Mooney, C. Z.,
    and Duval, R. D. (1993). Bootstrapping. Sage. Clusters, not rows, are drawn: Field, C. A., and Welsh, A. H. (2007).
    Bootstrapping clustered data. Journal of the Royal Statistical Society B 69, 369-390.
    """
    origins = copies or {}
    actors = sorted(graph)
    place = {actor: at for at, actor in enumerate(actors)}
    edges = list(graph.edges(keys=True, data=True))
    names = [origins.get(data["document"], data["document"]) for _, _, _, data in edges]
    number = {name: at for at, name in enumerate(sorted(set(names)))}
    home = np.array([number[name] for name in names], dtype=np.int64)
    ends = np.array([(place[a], place[b]) for a, b, _, _ in edges], dtype=np.int64).reshape(-1, 2)

    def values_of(times: NDArray[np.int64]) -> NDArray[np.float64]:
        """Each actor's value where each document was drawn so many times."""
        if measure is strength:  # needs no graph: 200 draws of 50,000 statements take a second, not minutes
            weights = np.repeat(times[home].astype(float), 2)
            return np.asarray(np.bincount(ends.ravel(), weights=weights, minlength=len(actors)))
        sample = nx.MultiDiGraph()
        sample.add_nodes_from(graph.nodes(data=True))
        sample.add_edges_from(
            (a, b, key, {**data, "weight": int(times[at])}) for (a, b, key, data), at in zip(edges, home, strict=True) if times[at]
        )
        found = measure(sample)
        return np.array([found[actor] for actor in actors], dtype=float)

    rng = np.random.default_rng(seed)
    drawn = np.empty((draws, len(actors)))
    for draw in range(draws):
        times = np.bincount(rng.integers(0, max(len(number), 1), size=len(number)), minlength=len(number))
        drawn[draw] = _ranks(values_of(times))
    tail = 50 * (1 - level)
    low, high = np.percentile(drawn, [tail, 100 - tail], axis=0) if actors else (np.zeros(0), np.zeros(0))
    values = values_of(np.ones(len(number), dtype=np.int64))
    rows = zip(actors, values.tolist(), _ranks(values).tolist(), low.tolist(), high.tolist(), strict=True)
    return sorted((RankInterval(*row) for row in rows), key=lambda row: (-row.value, row.actor))


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """1 for the highest; equal values share the mean of their ranks."""
    _, inverse, counts = np.unique(-values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    middle: NDArray[np.float64] = (last - (counts - 1) / 2)[inverse]
    return middle
