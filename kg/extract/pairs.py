"""The relation of a given pair: the rules if they find it, else the nearest act that fits the pair's place in the tree."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from kg.codebook import RELATIONS
from kg.extract.lexicon import Act, Lexicon
from kg.extract.phrases import Phrase
from kg.extract.proposals import Proposal, promised, propose, status_of
from kg.extract.reading import operator_at, read
from kg.extract.roles import meant, particles, roles
from kg.extract.tree import Tree
from kg.model import Actor, Link, Mention, Span, Status

NONE = "NONE"
SUBJECT_PRONOUNS = frozenset(("it", "they", "he", "she", "its", "their", "his"))
FAR = 9
"""Edges of the tree beyond which a word is not taken for what reports the act of a pair."""
SWALLOWING = {"refuse": "REJECT", "threaten": "THREATEN"}


@dataclass(frozen=True, slots=True)
class Judgement:
    relation: str
    status: Status
    confidence: float


def judge_pair(sentences: Sequence[Tree], lexicon: Lexicon, source: Span, target: Span, allowed: Collection[str] | None) -> Judgement:
    """Relation from source to target. `allowed` may leave out NONE: then the best of the others is given."""
    tree = next((t for t in sentences if t.begins[0] <= source.begin < t.ends[-1]), None)
    if tree is None:
        return Judgement(NONE, "asserted", 0.5)
    ends = (_head(tree, source), _head(tree, target))
    if ends[1] is None or ends[0] is None:
        return _fallback(allowed)
    spans = [(source, ends[0], 0), (target, ends[1], 1), *((Span(0, 0), i, 0) for i in _pronouns_of(tree, ends[0]) if i != ends[1])]
    phrases = [Phrase(Mention(span, "", tree.lemmas[i], role=tree.deps[i], sentence=tree.index), tree.index, i) for span, i, _ in spans]
    actors = [Actor(f"urn:pair:{n}", "", "unknown") for n in (0, 1)]
    links = [Link(phrase.mention, actors[end], "given", "") for phrase, (_, _, end) in zip(phrases, spans, strict=True)]
    sides = [end for _, _, end in spans]
    found = [p for p in propose(tree, lexicon, phrases, links) if sides[p.source] != sides[p.target] and _is_allowed(p.relation, allowed)]
    forward = [p for p in found if sides[p.source] == 0]
    if forward:
        best = max(forward, key=lambda p: (p.status == "asserted", p.confidence))
        return Judgement(best.relation, best.status, best.confidence)
    near = _nearest(tree, lexicon, ends[0], ends[1], allowed)
    if near is not None:
        return near
    if found:
        return _of(found[0])
    return _fallback(allowed)


def _of(p: Proposal) -> Judgement:
    return Judgement(p.relation, p.status, round(p.confidence / 2, 2))


def _is_allowed(relation: str, allowed: Collection[str] | None) -> bool:
    return allowed is None or relation in allowed


def _fallback(allowed: Collection[str] | None) -> Judgement:
    """Nothing found: NONE, or the commonest relation of news where an answer is wanted."""
    if _is_allowed(NONE, allowed):
        return Judgement(NONE, "asserted", 0.3)
    return Judgement("CONSULT" if _is_allowed("CONSULT", allowed) else sorted(allowed or ())[0], "asserted", 0.1)


def _head(tree: Tree, span: Span) -> int | None:
    """The topmost token of a span."""
    inside = [i for i in range(len(tree)) if tree.begins[i] < span.end and span.begin < tree.ends[i]]
    return next((i for i in inside if tree.heads[i] not in inside), None)


def _pronouns_of(tree: Tree, source: int) -> list[int]:
    """Pronouns after a subject that may stand for it ("the army said it had freed"); those of other subjects stay out."""
    if not tree.deps[source].startswith("nsubj"):
        return []
    subjects = {i for i in range(len(tree)) if tree.deps[i].startswith("nsubj") and tree.pos[i] in ("NOUN", "PROPN")}
    if any(source < s for s in subjects):
        return []
    return [i for i in range(source + 1, len(tree)) if tree.pos[i] == "PRON" and tree.words[i].lower() in SUBJECT_PRONOUNS]


def acts_of(tree: Tree, lexicon: Lexicon) -> Iterator[tuple[int, Act]]:
    """Words of the sentence that report an act, each with its most specific row."""
    for i in range(len(tree)):
        pos = {"AUX": "VERB", "PROPN": "NOUN"}.get(tree.pos[i], tree.pos[i])
        if pos not in ("VERB", "NOUN", "ADJ"):
            continue
        objects = (
            {tree.lemmas[meant(tree, c)].lower() for p in roles(tree, i).patients for c in tree.conjuncts(p)} if pos == "VERB" else set()
        )
        complements: dict[str, set[str]] = {}
        for k in tree.kids(i, "obl", "nmod"):
            complements.setdefault(tree.case(k), set()).add(tree.lemmas[meant(tree, k)].lower())
        rows = lexicon.acts_of(tree.lemmas[i].lower(), pos, particles(tree, i) if pos == "VERB" else (), objects, complements)
        if rows:
            yield i, rows[0]


def path_length(tree: Tree, a: int, b: int) -> int:
    """Edges between two tokens of the tree."""
    up = {a: 0} | {n: d for d, n in enumerate(tree.ancestors(a), 1)}
    for d, n in enumerate([b, *tree.ancestors(b)]):
        if n in up:
            return up[n] + d
    return len(tree)


def reporting_word(tree: Tree, acts: Sequence[tuple[int, Act]], source: int, target: int, relation: str) -> int:
    """The token that most likely reports an act of a relation between two tokens: a word with a row for it, else their verb."""
    quad = RELATIONS[relation].quad
    best: tuple[float, int] | None = None
    for i, act in acts:
        distance = (
            path_length(tree, i, source)
            + path_length(tree, i, target)
            + (0 if act.relation == relation else 2 if RELATIONS[act.relation].quad == quad else 5)
        )
        if i not in (source, target) and (best is None or (distance, i) < best):
            best = (distance, i)
    if best is not None and best[0] <= FAR:
        return best[1]
    above = [i for i in (*tree.ancestors(source), *tree.ancestors(target)) if tree.pos[i] == "VERB"]
    return above[0] if above else (best[1] if best else tree.heads[source] if tree.heads[source] >= 0 else source)


def _nearest(tree: Tree, lexicon: Lexicon, source: int, target: int, allowed: Collection[str] | None) -> Judgement | None:
    """The act whose word stands nearest to both ends in the tree; the source's side counts more."""
    best: tuple[float, int, str] | None = None
    for i, act in acts_of(tree, lexicon):
        reading = read(tree, lexicon, i)
        relation = act.relation
        for operator, _, negated in reading.wrappers:
            if operator.kind in SWALLOWING and not negated:
                relation = SWALLOWING[operator.kind]
        if promised(reading) and relation not in ("THREATEN", "REJECT"):
            relation = "AGREE" if (RELATIONS[relation].score or 0) > 0 else relation
        if not _is_allowed(relation, allowed) or RELATIONS[relation].quad == "standing":
            continue
        distance = (
            1.2 * path_length(tree, i, source)
            + path_length(tree, i, target)
            + (0.8 if "weak" in act.flags else 0.0)
            + (0.3 if act.pos != "VERB" else 0.0)
        )
        if i in (source, target):
            distance += 1.5
        if best is None or distance < best[0]:
            best = (distance, i, relation)
    if best is None:
        return _from_operator(tree, lexicon, source, allowed)
    distance, i, relation = best
    status = status_of(read(tree, lexicon, i), relation) or "asserted"
    return Judgement(relation, status, round(max(0.15, 0.6 - 0.05 * distance), 2))


def _from_operator(tree: Tree, lexicon: Lexicon, source: int, allowed: Collection[str] | None) -> Judgement | None:
    """A refusal, threat or promise that governs no known act."""
    for node in (source, *tree.ancestors(source)):
        operator = operator_at(tree, lexicon, node)
        relation = {**SWALLOWING, "promise": "AGREE", "demand": "REQUEST", "ask": "APPEAL"}.get(operator.kind) if operator else None
        if relation and _is_allowed(relation, allowed):
            return Judgement(relation, "asserted", 0.3)
    return None
