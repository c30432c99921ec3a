"""The relation of a pair that somebody has marked: what the rules answer and what the relation models answer, weighed together."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kg.codebook import RELATIONS
from kg.errors import InputError, UnknownNameError
from kg.extract.lexicon import load_lexicon
from kg.extract.pairs import NONE, Judgement, judge_pair
from kg.extract.tree import trees
from kg.model import Span, Status
from kg.nlp import load_pipeline
from kg.nlp.relations import FOLDER_OF_PAIRS, RelationModel

FILE = Path(__file__).resolve().parent / "data" / "weighing.json"
YIELDS = ("CONCEDE", "RETREAT")
LIMITS = (0.35, 0.6)
"""From these confidences on the rules are middling and very sure."""
SHARE = 0.5
"""What the model of the extraction counts beside the one made for marked pairs; the best of four shares on held-out folds."""
SMALLEST = 1e-9


@dataclass(frozen=True, slots=True)
class PairWeights:
    """What the models' log-probability counts, what a relation gains where the rules say it (by how sure they are), and what its quad
    class gains (unsure, sure). Fitted by `training.relations.evaluate` on pairs that the models had not seen."""

    model: float
    exact: tuple[float, float, float]
    near: tuple[float, float]

    @classmethod
    def of(cls, row: Sequence[float]) -> PairWeights:
        """From six numbers in the order of the fields."""
        return cls(row[0], (row[1], row[2], row[3]), (row[4], row[5]))


class Classifier:
    """Which relation a text states between a marked source and a marked target."""

    def __init__(self, model: str | None = None, relations: Sequence[str] | None = None) -> None:
        """`relations` restricts the answers; "NONE" stands for no relation, and is answered only if allowed."""
        self.nlp = load_pipeline(model)
        self.lexicon = load_lexicon()
        self.allowed = None if relations is None else _checked(relations)
        self.may_be_none = self.allowed is None or NONE in self.allowed
        loaded = (None if self.may_be_none else RelationModel.load(FOLDER_OF_PAIRS), RelationModel.load())
        self.models = [m for m in loaded if m is not None]
        row = json.loads(FILE.read_text(encoding="utf-8"))
        self.weights = PairWeights.of(row["pair_or_none" if self.may_be_none else "pair"])

    def classify(self, text: str, source: tuple[int, int], target: tuple[int, int]) -> dict[str, str | float]:
        """Relation, status and confidence for the pair. Spans are code points, half-open; InputError if they do not fit."""
        for begin, end in (source, target):
            if not 0 <= begin < end <= len(text):
                raise InputError(f"span [{begin}, {end}] does not lie in the text of {len(text)} code points")
        sentences = trees(self.nlp(text))
        judged = judge_pair(sentences, self.lexicon, Span(*source), Span(*target), self.allowed)
        if self.models:
            logs, status = self._asked(text, source, target)
            relation, confidence = decide(logs, judged.relation, judged.confidence, self.weights, self.allowed)
            if self.may_be_none and judged.confidence >= LIMITS[1] and _quad(relation) == _quad(judged.relation):
                relation = judged.relation  # within a quad class the rules know the codebook's conventions
            judged = Judgement(relation, judged.status if relation == judged.relation else status, round(confidence, 2))
        return {"relation": judged.relation, "status": judged.status, "confidence": judged.confidence}

    def _asked(self, text: str, source: tuple[int, int], target: tuple[int, int]) -> tuple[dict[str, float], Status]:
        """The models' log-probabilities of each relation, the second's by its share, and the last model's status."""
        answers = [model.judge(text, [(source, target)])[0] for model in self.models]
        shares = (1.0, SHARE)
        logs = {
            r: sum(w * math.log(max(given[r], SMALLEST)) for w, (given, _) in zip(shares, answers, strict=False)) for r in answers[0][0]
        }
        return logs, answers[-1][1]


def weighed(
    logs: Mapping[str, float], rule: str, confidence: float, weights: PairWeights, allowed: Collection[str] | None = None
) -> dict[str, float]:
    """Probabilities of the `allowed` relations, best first, from the models' `logs` and the rules' answer with its confidence."""
    level = sum(confidence >= limit for limit in LIMITS)
    scores = {r: weights.model * log for r, log in logs.items() if allowed is None or r in allowed}
    for r in scores:
        scores[r] += weights.exact[level] * (r == rule) + weights.near[min(level, 1)] * (_quad(r) == _quad(rule))
    top = max(scores.values())
    raised = {r: math.exp(score - top) for r, score in scores.items()}
    whole = sum(raised.values())
    return dict(sorted(((r, x / whole) for r, x in raised.items()), key=lambda pair: (-pair[1], pair[0])))


def decide(
    logs: Mapping[str, float], rule: str, confidence: float, weights: PairWeights, allowed: Collection[str] | None = None
) -> tuple[str, float]:
    """The likeliest relation and its probability.

    CONCEDE and RETREAT stand together against the others, as announcing and doing the same is hard to tell apart: the
    likelier of the two answers, with the probability of both.
    """
    found = weighed(logs, rule, confidence, weights, allowed)
    yields = sum(found.get(r, 0.0) for r in YIELDS)
    best = next(iter(found))
    if yields > found[best] or best in YIELDS:
        return max((r for r in found if r in YIELDS), key=lambda r: found[r]), yields
    return best, found[best]


def _quad(relation: str) -> str:
    return RELATIONS[relation].quad if relation in RELATIONS else relation


def _checked(relations: Sequence[str]) -> frozenset[str]:
    unknown = [r for r in relations if r not in RELATIONS and r != NONE]
    if unknown:
        raise UnknownNameError(f"unknown relation '{unknown[0]}'; choose of {', '.join((*RELATIONS, NONE))}")
    return frozenset(relations)
