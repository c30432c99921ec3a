"""From scores to entities: the best sequence of tags that is well formed, in this package's sense of the types."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kg.nlp.network import Scores, Vocabulary

Floats = npt.NDArray[np.floating]
Integers = npt.NDArray[np.int64]


class EntityDecoder:
    """Entities of windows.

    The corpora that the network learnt from disagree on adjectives of nations ("Kenyan"): places to one, miscellaneous names to the others.
    Here a place has a noun for its name: an entity of adjectives alone is MISC.
    """

    def __init__(self, classes: Vocabulary) -> None:
        self._allowed = may_follow(classes.ner)
        self._as_misc = np.array([classes.ner.index("O" if tag == "O" else f"{tag[:2]}MISC") for tag in classes.ner])
        self._adjective = np.array([part == "ADJ" for part in classes.upos])
        self._name = np.array([tag.startswith("NNP") for tag in classes.xpos])
        self._outside = classes.ner.index("O")
        self._begins = np.array([tag.startswith("B-") for tag in classes.ner])

    def tags(self, scores: Scores, starts: Integers) -> Integers:
        """Class of each word (n) of a window; `starts` are the indices of its sentences' first words."""
        tags = best_tags(scores.ner, starts, self._allowed)
        adjective = self._adjective[scores.upos.argmax(1)] & ~self._name[scores.xpos.argmax(1)]
        if (adjective & (tags != self._outside)).any():
            spans = np.cumsum(self._begins[tags]) * (tags != self._outside)
            for span in np.unique(spans[adjective & (spans > 0)]):
                inside = spans == span
                if adjective[inside].all():
                    tags[inside] = self._as_misc[tags[inside]]
        return tags


def may_follow(tags: tuple[str, ...]) -> npt.NDArray[np.bool_]:
    """(classes + 1, classes): whether a BIO tag may stand after another; the last row is the sentence's beginning."""
    before = [*tags, "O"]
    return np.array([[not tag.startswith("I-") or earlier[1:] == tag[1:] for tag in tags] for earlier in before])


def best_tags(scores: Floats, starts: Integers, allowed: npt.NDArray[np.bool_]) -> Integers:
    """Class of each word (n) so that each sentence's BIO tags are well formed and score highest in sum (Viterbi).

    `scores` (n, classes); `starts` as in `best_heads`; `allowed` as made by `may_follow`.
    """
    tags: Integers = scores.argmax(1)
    before = np.append(-1, tags[:-1])
    before[starts] = -1
    bad = ~allowed[before, tags]
    if bad.any():
        bounds = np.append(starts, len(scores))
        for s in np.unique(np.searchsorted(starts, np.flatnonzero(bad), side="right") - 1):
            begin, end = bounds[s], bounds[s + 1]
            tags[begin:end] = _viterbi(scores[begin:end].astype(np.float64), allowed)
    return tags


def _viterbi(scores: npt.NDArray[np.float64], allowed: npt.NDArray[np.bool_]) -> Integers:
    price = np.where(allowed, 0.0, -np.inf)
    total = scores[0] + price[-1]
    back = np.zeros(scores.shape, np.int64)
    for i in range(1, len(scores)):
        ways = total[:, None] + price[:-1]
        back[i] = ways.argmax(0)
        total = ways.max(0) + scores[i]
    path = [int(total.argmax())]
    for i in range(len(scores) - 1, 0, -1):
        path.append(int(back[i, path[-1]]))
    return np.array(path[::-1])
