"""What is different between two sets of ties: two periods, two publishers, two stores."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kg.measures.dyads import Dyad


@dataclass(frozen=True, slots=True)
class Change:
    """A pair before and after. `acts`, `score` and `mean` are (before, after); a mean is None where there were no acts.

    `kind` is "new" and "gone" (acts on one side only), "turned" (the sign of the score is another), "warmer", "cooler" or
    "same". `statements` are the ids behind both sides.
    """

    source: str
    target: str
    kind: str
    acts: tuple[int, int]
    score: tuple[float, float]
    mean: tuple[float | None, float | None]
    statements: tuple[tuple[str, ...], tuple[str, ...]]

    @property
    def difference(self) -> float:
        return self.score[1] - self.score[0]


def compare(before: Iterable[Dyad], after: Iterable[Dyad]) -> list[Change]:
    """Every pair with acts on either side, the greatest difference of scores first.

    Parameters
    ----------
    before, after
        Dyads of one period each, made with the same options (see `kg.measures.dyads`).

    Notes
    -----
    Scores are sums: they also grow with how much is reported at all. Where the two sides differ much in that, compare the
    means. That a pair is "gone" says that nothing is reported any more, not that the two are at peace.
    """
    sides = [{(one.source, one.target): one for one in side if one.acts} for side in (before, after)]
    changes = [_change(pair, sides) for pair in sorted(sides[0].keys() | sides[1].keys())]
    return sorted(changes, key=lambda change: (-abs(round(change.difference, 9)), change.source, change.target))


def _change(pair: tuple[str, str], sides: Sequence[Mapping[tuple[str, str], Dyad]]) -> Change:
    one, other = (side.get(pair) for side in sides)
    score = one.score if one else 0.0, other.score if other else 0.0
    mean = one.mean if one else None, other.mean if other else None
    acts = one.acts if one else 0, other.acts if other else 0
    behind = one.statements if one else (), other.statements if other else ()
    return Change(*pair, _kind(acts, score, mean), acts, score, mean, behind)


def _kind(acts: tuple[int, int], score: tuple[float, float], mean: tuple[float | None, float | None]) -> str:
    if not acts[0] or not acts[1]:
        return "gone" if acts[0] else "new"
    if score[0] * score[1] < 0:
        return "turned"
    difference = round((mean[1] or 0.0) - (mean[0] or 0.0), 9)
    return "warmer" if difference > 0 else "cooler" if difference < 0 else "same"


@dataclass(frozen=True, slots=True)
class Structure:
    """The size of a set of pairs and how the two sets of pairs with acts overlap (Jaccard)."""

    pairs: tuple[int, int]
    shared: int
    jaccard: float | None
    turned: int


def summarise(changes: Sequence[Change]) -> Structure:
    """How much stayed: pairs on each side, on both, and how many of those turned from one sign to the other."""
    before = sum(change.acts[0] > 0 for change in changes)
    after = sum(change.acts[1] > 0 for change in changes)
    shared = sum(change.acts[0] > 0 and change.acts[1] > 0 for change in changes)
    turned = sum(change.kind == "turned" for change in changes)
    return Structure((before, after), shared, shared / len(changes) if changes else None, turned)
