"""The rules' proposals and the relation model's opinions weighed together: which statements stand, and how surely.

Two logistic regressions say how likely a candidate is right, one for what the rules propose, one for what the model alone
sees. Their weights are fitted by `training.relations.weigh` on sentences that the scored model has not seen.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from kg.codebook import RELATIONS
from kg.extract.cast import Cast
from kg.extract.lexicon import Lexicon
from kg.extract.pairs import NONE, acts_of, path_length, reporting_word
from kg.extract.phrases import Phrase
from kg.extract.proposals import Proposal, Proposer
from kg.extract.tree import Tree
from kg.model import Link, Span, Status

FILE = Path(__file__).resolve().parent.parent / "data" / "weighing.json"
MODEL_RULE = "model"
"""Rule of a proposal that the relation model makes alone."""
MOST_PAIRS = 16
"""Ordered pairs of mentions of one sentence that the model is asked of, nearest first."""
UNLIKELY = 0.95
"""Probability of NONE above which the model's other answers are not considered."""
SMALLEST = 1e-4

Features = dict[str, float]


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the relation model says of an ordered pair of mentions: a probability of each relation and NONE, and a status."""

    source: int
    target: int
    given: Mapping[str, float]
    status: Status

    @property
    def best(self) -> str:
        """The likeliest relation, NONE aside."""
        return max((r for r in self.given if r != NONE), key=lambda r: (self.given[r], r))


@dataclass(frozen=True, slots=True)
class Weights:
    """Weights of features by name, for what the rules propose and for what the model alone sees.

    `floors` is what a statement of the model alone needs, by what actors are admitted. The regressions are fitted where all
    are; `scale` (offset and slope of the log odds, for statements of the rules and of the model) says what that is worth among known ones.
    """

    rule: Mapping[str, float]
    model: Mapping[str, float]
    floors: Mapping[str, float]
    scale: Mapping[str, tuple[float, float]] = field(default_factory=dict)


def load_weights(path: Path = FILE) -> Weights:
    """The weights that the package ships."""
    row = json.loads(path.read_text(encoding="utf-8"))
    return Weights(row["rule"], row["model"], row["floors"], {k: (a, b) for k, (a, b) in row.get("scale", {}).items()})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A proposal and what speaks for and against it."""

    proposal: Proposal
    features: Features


def asked_pairs(tree: Tree, phrases: Sequence[Phrase], links: Sequence[Link]) -> list[tuple[int, int]]:
    """Ordered pairs of mentions of one sentence between which a statement may hold: of two actors those that stand nearest."""
    there = [i for i, (p, link) in enumerate(zip(phrases, links, strict=True)) if p.tree == tree.index and link.actor is not None]
    agents = [phrases[i].mention.span for i in there if links[i].agent]
    own = [i for i in there if not any(_is_inside(phrases[i].mention.span, span) for span in agents)]  # "UN" in "the UN envoy" is his
    pairs = [(i, j) for i in own for j in own if i != j and links[i].agent and _are_two(links[i], links[j], phrases[i], phrases[j])]
    nearest: dict[tuple[str, str], tuple[int, int]] = {}
    for pair in sorted(pairs, key=lambda pair: (abs(phrases[pair[0]].token - phrases[pair[1]].token), pair)):
        nearest.setdefault(_ids(links, pair), pair)
    return sorted(list(nearest.values())[:MOST_PAIRS])


def _is_inside(span: Span, other: Span) -> bool:
    return other.begin <= span.begin and span.end <= other.end and span != other


def _ids(links: Sequence[Link], pair: tuple[int, int]) -> tuple[str, str]:
    a, b = (links[i].actor for i in pair)
    return (a.id if a else "", b.id if b else "")


def _are_two(a: Link, b: Link, first: Phrase, second: Phrase) -> bool:
    """Whether two mentions are of two actors and stand apart in the text."""
    apart = first.mention.span.end <= second.mention.span.begin or second.mention.span.end <= first.mention.span.begin
    return apart and a.actor is not None and b.actor is not None and a.actor.id != b.actor.id


def candidates(
    tree: Tree,
    lexicon: Lexicon,
    phrases: Sequence[Phrase],
    links: Sequence[Link],
    proposals: Sequence[Proposal],
    opinions: Sequence[Opinion],
) -> list[Candidate]:
    """All that may stand: each proposal of the rules, and for each other pair the relation that the model finds likeliest."""
    return Scene(tree, lexicon, phrases, links, proposals, opinions).candidates()


class Scene:
    """What rules and model say of one sentence."""

    def __init__(
        self,
        tree: Tree,
        lexicon: Lexicon,
        phrases: Sequence[Phrase],
        links: Sequence[Link],
        proposals: Sequence[Proposal],
        opinions: Sequence[Opinion],
    ) -> None:
        self.tree, self.phrases, self.links, self.proposals, self.opinions = tree, phrases, links, proposals, opinions
        self.ids = [link.actor.id if link.actor else "" for link in links]
        self.held = {(self.ids[o.source], self.ids[o.target]): o for o in opinions}
        self.proposer = Proposer(tree, lexicon, Cast(tree, phrases, links))
        self.acts = list(acts_of(tree, lexicon)) if opinions else []
        self.rows = dict(self.acts)

    def candidates(self) -> list[Candidate]:
        said = {(*self._ends(p), p.relation) for p in self.proposals}
        found = [Candidate(p, self._of_rule(p)) for p in self.proposals]
        for opinion in self.opinions:
            if (*self._ends(opinion), opinion.best) not in said and opinion.given[NONE] <= UNLIKELY:
                p = self._proposal(opinion)
                found.append(Candidate(p, self._of_model(p, opinion)))
        return found

    def _ends(self, p: Proposal | Opinion) -> tuple[str, str]:
        return self.ids[p.source], self.ids[p.target]

    def _proposal(self, opinion: Opinion) -> Proposal:
        ends = self.phrases[opinion.source].token, self.phrases[opinion.target].token
        word = reporting_word(self.tree, self.acts, *ends, opinion.best)
        speaker = self.proposer.speaker_at(word, opinion.status)
        return Proposal(
            self.tree.index, opinion.source, opinion.best, opinion.target, opinion.status, speaker, word, (word,), MODEL_RULE, 0.0
        )  # fmt: skip

    def _of_rule(self, p: Proposal) -> Features:
        opinion = self.held.get(self._ends(p))
        features = {
            "one": 1.0,
            "confidence": p.confidence,
            "operator": float(p.rule not in ("verb", "noun", "adj")),
            "noun": float(p.rule == "noun"),
            "not asserted": float(p.status != "asserted"),
            "no opinion": float(opinion is None),
        }
        return features if opinion is None else features | self._given(p, opinion)

    def _given(self, p: Proposal, opinion: Opinion) -> Features:
        given, quad = opinion.given, RELATIONS[p.relation].quad
        turned = self.held.get((self.ids[p.target], self.ids[p.source]))
        return {
            "log relation": _log(given[p.relation]),
            "log none": _log(given[NONE]),
            "log quad": _log(sum(v for r, v in given.items() if r != NONE and RELATIONS[r].quad == quad)),
            "log none turned": _log(turned.given[NONE]) if turned else 0.0,
        }

    def _of_model(self, p: Proposal, opinion: Opinion) -> Features:
        a, b = self.phrases[p.source], self.phrases[p.target]
        ends = self._ends(p)
        told = [self._ends(q) for q in self.proposals]
        rivals = [o for o in self.opinions if o is not opinion and o.given[NONE] < opinion.given[NONE]]
        return self._given(p, opinion) | self._syntax(p) | {
            "one": 1.0,
            "told otherwise": float(ends in told),
            "told turned": float(ends[::-1] in told),
            "rules found some": float(bool(told)),
            "word taken": float(any(q.trigger == p.trigger for q in self.proposals)),
            "source acts": float(any(s == ends[0] for s, _ in told)),
            "target is acted on": float(any(t == ends[1] for _, t in told)),
            "better target": float(any(self.ids[o.source] == ends[0] for o in rivals)),
            "better source": float(any(self.ids[o.target] == ends[1] for o in rivals)),
            "thing": float(not (self.links[p.source].agent and self.links[p.target].agent)),
            "pronoun": float(any(self.links[i].rule == "pronoun" for i in (p.source, p.target))),
            "unnamed": float(any(self.links[i].rule == "unnamed" for i in (p.source, p.target))),
            "log distance": math.log(1 + abs(a.token - b.token)),
            "forward": float(a.token < b.token),
            "not asserted": float(p.status != "asserted"),
            "standing": float(RELATIONS[p.relation].quad == "standing"),
        }  # fmt: skip

    def _syntax(self, p: Proposal) -> Features:
        """How the ends of a pair stand to each other and to the word that reports the act."""
        tree, source, target = self.tree, self.phrases[p.source].token, self.phrases[p.target].token
        word = self.rows.get(p.trigger)
        below = set(tree.subtree(p.trigger))
        top = next((i for i in (source, *tree.ancestors(source)) if tree.base(i) != "conj"), source)
        return {
            "log path": math.log(1 + path_length(tree, source, target)),
            "word of the relation": float(word is not None and word.relation == p.relation),
            "subject": float(tree.deps[top].startswith("nsubj")),
            "target below": float(target in below),
            "source below": float(source in below),
            "coordinated": float(target in tree.conjuncts(source) or source in tree.conjuncts(target)),
        }


def _log(probability: float) -> float:
    return math.log(max(probability, SMALLEST))


def probability(weights: Mapping[str, float], features: Features) -> float:
    return 1 / (1 + math.exp(-sum(weights.get(name, 0.0) * x for name, x in features.items())))


def weighed(found: Sequence[Candidate], links: Sequence[Link], weights: Weights, floor: float) -> list[Proposal]:
    """The candidates that stand, with the probability of being right as their confidence, in the order of their triggers.

    What the model alone sees needs a confidence of `floor`; what the rules propose stands.
    """
    sure = [
        replace(c.proposal, confidence=probability(weights.model if c.proposal.rule == MODEL_RULE else weights.rule, c.features))
        for c in found
    ]
    kept = [p for p in sure if p.rule != MODEL_RULE]
    seen = [p for p in sure if p.rule == MODEL_RULE and p.confidence >= floor]
    for p in sorted(seen, key=lambda p: (-p.confidence, p.source, p.target)):
        kept = _with(kept, p, links)
    return sorted(kept, key=lambda p: (p.trigger, p.source, p.target, p.relation, p.status))


def scaled(confidence: float, rule: str, weights: Weights) -> float:
    """What a confidence is worth among known actors; `rule` is that of the proposal."""
    offset, slope = weights.scale.get("model" if rule == MODEL_RULE else "rule", (0.0, 1.0))
    bounded = min(max(confidence, 0.005), 0.995)
    return 1 / (1 + math.exp(-offset - slope * math.log(bounded / (1 - bounded))))


def _with(kept: list[Proposal], p: Proposal, links: Sequence[Link]) -> list[Proposal]:
    """The proposals with one more of the model: of two that code one pair differently, the surer stays.

    Within a quad class it is the first: the rules know the codebook's conventions, such as SANCTION against COERCE.
    """
    ends = _ids(links, (p.source, p.target))
    same = [q for q in kept if _ids(links, (q.source, q.target)) == ends]
    turned = [q for q in kept if _ids(links, (q.target, q.source)) == ends and q.relation == p.relation]
    sided = [q for q in kept if q.relation == p.relation and _sides(links, q) == _sides(links, p)]
    quad = RELATIONS[p.relation].quad
    if turned or sided or any(q.confidence >= p.confidence or RELATIONS[q.relation].quad == quad for q in same):
        return kept  # an act between two, one read the wrong way round, or one of a person and of the person's state, is told once
    return [*(q for q in kept if q not in same), p]


def _sides(links: Sequence[Link], p: Proposal) -> tuple[str, str]:
    a, b = (links[i].affiliation or links[i].actor for i in (p.source, p.target))
    return (a.id if a else "", b.id if b else "")
