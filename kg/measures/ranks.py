"""How sure a ranking is: the documents drawn again and again, and where each actor comes out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from kg.measures.centrality import select_family, to_weighted

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


def degree(graph: nx.MultiDiGraph) -> dict[str, float]:
    """The others that an actor has ties with, whichever the direction."""
    return {str(node): float(count) for node, count in to_weighted(graph).to_undirected(as_view=True).degree()}


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
        Edges with `document`, as `kg.graph.to_graph` or `select_family` gives it; only asserted statements count.
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
    if not len(graph):
        return []
    sampler = _Sampler(select_family(graph), measure, copies or {})
    rng = np.random.default_rng(seed)
    drawn = np.array([_ranks(sampler.values(sampler.draw(rng))) for _ in range(draws)])
    tail = 50 * (1 - level)
    low, high = np.percentile(drawn, [tail, 100 - tail], axis=0)
    values = sampler.values(np.ones(sampler.documents, dtype=np.int64))
    rows = zip(sampler.actors, values.tolist(), _ranks(values).tolist(), low.tolist(), high.tolist(), strict=True)
    return sorted((RankInterval(*row) for row in rows), key=lambda row: (-row.value, row.actor))


class _Sampler:
    """A graph whose documents, copies together, can be drawn several times or not at all.

    `documents` is how many there are, `actors` the order of the values.
    """

    def __init__(self, graph: nx.MultiDiGraph, measure: Measure, copies: Mapping[str, str]) -> None:
        self.graph, self.measure = graph, measure
        self.actors = sorted(graph)
        self.edges = list(graph.edges(keys=True, data=True))
        origins = [copies.get(data["document"], data["document"]) for _, _, _, data in self.edges]
        number = {name: at for at, name in enumerate(sorted(set(origins)))}
        self.documents = len(number)
        self.home = np.array([number[name] for name in origins], dtype=np.int64)
        place = {actor: at for at, actor in enumerate(self.actors)}
        self.ends = np.array([(place[a], place[b]) for a, b, _, _ in self.edges], dtype=np.int64).reshape(-1, 2)

    def draw(self, rng: np.random.Generator) -> NDArray[np.int64]:
        """How often each document is in a sample of as many as there are, with replacement."""
        return np.bincount(rng.integers(0, max(self.documents, 1), size=self.documents), minlength=self.documents)

    def values(self, times: NDArray[np.int64]) -> NDArray[np.float64]:
        """Each actor's value where each document is there so many times."""
        if self.measure is strength:  # needs no graph: 200 draws of 50,000 statements take a second, not minutes
            weights = np.repeat(times[self.home].astype(float), 2)
            return np.asarray(np.bincount(self.ends.ravel(), weights=weights, minlength=len(self.actors)))
        sample = nx.MultiDiGraph()
        sample.add_nodes_from(self.graph.nodes(data=True))
        sample.add_edges_from(
            (a, b, key, {**data, "weight": int(times[at])})
            for (a, b, key, data), at in zip(self.edges, self.home, strict=True)
            if times[at]
        )
        found = self.measure(sample)
        return np.array([found[actor] for actor in self.actors], dtype=float)


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """1 for the highest; equal values share the mean of their ranks."""
    _, inverse, counts = np.unique(-values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    middle: NDArray[np.float64] = (last - (counts - 1) / 2)[inverse]
    return middle
