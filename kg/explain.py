"""What became of each sentence with two or more actors: its statements with their rule, or the reason why there is none.

Sentences without a statement, the most promising first, are the queue of what is worth annotating or a row in the lexicon.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from kg.extract.cast import Cast
from kg.extract.lexicon import Act, Lexicon
from kg.extract.pairs import acts_of, path_length
from kg.extract.phrases import Phrase
from kg.extract.proposals import Proposal
from kg.extract.roles import noun_subjects, roles
from kg.extract.tree import Tree
from kg.extract.weighing import MODEL_RULE, Candidate, probability
from kg.extract.words import people
from kg.model import Document, Link, Participant, Span, Statement, Status
from kg.pipeline import Examined, Extractor, participant_of

Kind = Literal[
    "unknown actor", "unknown act", "no actor in its slot", "no statement", "no act", "same side", "below confidence", "weighed out",
]  # fmt: skip
MOST_REASONS = 3
"""Reasons that one sentence is given besides its dropped proposals."""
LEAST_SHOWN = 0.1
"""Probability from which it is told that the relation model's own finding was dropped; it has an opinion of every pair."""
PROMISE: dict[Kind, float] = {
    "unknown actor": 0.8, "unknown act": 0.75, "no actor in its slot": 0.5, "no statement": 0.4, "no act": 0.1, "same side": 0.05,
}  # fmt: skip
PROMISE_OF_A_NAME = 0.3
"""That of somebody unknown who stands at no act that is known."""
PROMISE_OF_WORDS = 0.2
"""That of words between two actors that are all known; nothing that promises less is told beside what promises more."""
CONTENT = frozenset(("VERB", "NOUN", "ADJ"))
PERSONAL = frozenset(("he", "she", "they"))
"""Pronouns that always stand for somebody."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is not stated. `promise` in [0, 1] says how likely it is that a reader would state something."""

    kind: Kind
    text: str
    promise: float


@dataclass(frozen=True, slots=True)
class Dropped:
    """A proposal that is no statement."""

    source: Participant
    relation: str
    target: Participant
    status: Status
    trigger: Span
    words: str
    rule: str
    confidence: float
    reason: Reason


@dataclass(frozen=True, slots=True)
class Held:
    """A statement and the rule that proposed it."""

    statement: Statement
    rule: str


@dataclass(frozen=True, slots=True)
class Explained:
    """One sentence: who is in it, known and unknown, and what became of it.

    `actors` are one a known actor, `unknown` the links of what may be one; both in the order of the text.
    """

    document: str
    sentence: Span
    text: str
    actors: tuple[Participant, ...]
    unknown: tuple[Link, ...]
    held: tuple[Held, ...]
    dropped: tuple[Dropped, ...]
    reasons: tuple[Reason, ...]

    @property
    def promise(self) -> float:
        """How much a look at it promises: what was nearly stated most, what is stated surely least."""
        missed = max((r.promise for r in (*(d.reason for d in self.dropped), *self.reasons)), default=0.0)
        if self.held:
            return round(min(missed, 0.4) + 0.4 * (1 - min(h.statement.evidence.confidence for h in self.held)), 2)
        return round(missed, 2)


def explain_document(extractor: Extractor, document: Document) -> Iterator[Explained]:
    """The sentences of a document that have two or more actors, known or not, in its order."""
    for seen in extractor.examined(document):
        found = _Explainer(extractor, document, seen).explained()
        if len(found.actors) + len(found.unknown) > 1:
            yield found


def queue(found: Iterable[Explained]) -> list[Explained]:
    """The most promising first; equally promising ones as they came."""
    return sorted(found, key=lambda e: -e.promise)


class _Explainer:
    """Tells of one sentence."""

    def __init__(self, extractor: Extractor, document: Document, seen: Examined) -> None:
        self.extractor, self.document, self.seen = extractor, document, seen
        self.tree: Tree = seen.tree
        self.lexicon: Lexicon = extractor.lexicon
        self.phrases: Sequence[Phrase] = seen.phrases
        self.links: Sequence[Link] = seen.links
        self.cast = Cast(self.tree, self.phrases, self.links)

    def explained(self) -> Explained:
        span = Span(self.tree.begins[0], self.tree.ends[-1])
        text = self.document.text[span.begin : span.end]
        statements = self.extractor.statements(self.document, self.seen)
        held = tuple(Held(s, self._rule(s)) for s in statements)
        dropped = tuple(self._dropped(statements))
        reasons = () if held or dropped else tuple(self._reasons())
        return Explained(self.document.id, span, text, self._actors(), self._unknown(), held, dropped, reasons)

    # who is there

    def _own(self) -> list[int]:
        """Mentions of the sentence itself."""
        return [i for i, p in enumerate(self.phrases) if p.tree == self.tree.index]

    def _actors(self) -> tuple[Participant, ...]:
        found: dict[str, Participant] = {}
        for i in self._own():
            participant = participant_of(self.links[i])
            if participant is not None:
                found.setdefault(participant.actor.id, participant)
        return tuple(found.values())

    def _unknown(self) -> tuple[Link, ...]:
        found = {self.links[i].mention.text: self.links[i] for i in reversed(self._own()) if self._may_act(i)}
        return tuple(reversed(found.values()))

    def _may_act(self, i: int) -> bool:
        """Whether a mention that was linked to nobody may yet be somebody: a name, a noun for persons or groups, "they"."""
        link, phrase = self.links[i], self.phrases[i]
        if link.actor is not None or self._is_within(i):
            return False
        mention = link.mention
        return mention.name is not None or mention.head.lower() in people() or self.tree.words[phrase.token].lower() in PERSONAL

    def _is_within(self, i: int) -> bool:
        """Whether a longer mention contains this one: "Lovo" in "Lovo's party"."""
        return any(self._contains(k, i) for k in self._own())

    def _contains(self, k: int, i: int) -> bool:
        outer, inner = self.links[k].mention.span, self.links[i].mention.span
        return outer.begin <= inner.begin and inner.end <= outer.end and outer != inner

    # proposals

    def _rule(self, statement: Statement) -> str:
        """The rule of the proposal that became a statement."""
        key = _key_of(statement)
        made = [p for p in self.seen.proposals if self._key(p) == key]
        same = [p for p in made if self.tree.begins[p.trigger] == statement.evidence.trigger.begin]
        return (same or made)[0].rule

    def _key(self, p: Proposal) -> tuple[str, str, str, str]:
        source, target = self.links[p.source].actor, self.links[p.target].actor
        return (source.id if source else "", p.relation, target.id if target else "", p.status)

    def _dropped(self, statements: Sequence[Statement]) -> Iterator[Dropped]:
        """The candidates that are not among the statements, each way of saying the same once."""
        done = {_key_of(s) for s in statements}
        weighed = {(self._key(p), p.trigger): p for p in self.seen.proposals}
        for candidate in self.seen.candidates:
            p, key = candidate.proposal, self._key(candidate.proposal)
            source, target = (participant_of(self.links[i]) for i in (p.source, p.target))
            if key in done or source is None or target is None:
                continue
            kept = weighed.get((key, p.trigger))
            probable = kept.confidence if kept else self._probability(candidate)
            if kept is None and p.rule == MODEL_RULE and probable < LEAST_SHOWN:
                continue
            done.add(key)
            confidence = self.extractor.confidence(replace(p, confidence=probable), self.links)
            reason = self._filtered(p, source, target, confidence) if kept else self._weighed_out(p, probable)
            begin, end = self.tree.begins[min(p.words)], self.tree.ends[max(p.words)]
            trigger = Span(self.tree.begins[p.trigger], self.tree.ends[p.trigger])
            words = self.document.text[begin:end] if end - begin < 80 else self.tree.words[p.trigger]
            yield Dropped(source, p.relation, target, p.status, trigger, words, p.rule, confidence, reason)

    def _probability(self, candidate: Candidate) -> float:
        if not candidate.features:
            return candidate.proposal.confidence
        weights = self.extractor.weights
        return probability(weights.model if candidate.proposal.rule == MODEL_RULE else weights.rule, candidate.features)

    def _filtered(self, p: Proposal, source: Participant, target: Participant, confidence: float) -> Reason:
        if not self.extractor.counts(p.relation, source, target):
            return Reason("same side", _same_side(source, target), PROMISE["same side"])
        least = self.extractor.settings.min_confidence or 0.0
        return Reason("below confidence", f"below --min-confidence {least:g} ({confidence:.2f})", 0.5 + confidence / 2)

    def _weighed_out(self, p: Proposal, probable: float) -> Reason:
        """Why the weighing left a candidate out: the model saw it alone and too unsurely, or something else of the two is surer."""
        floor = self.extractor.floor()
        if p.rule == MODEL_RULE and probable < floor:
            text = f"seen by the relation model alone, too unsurely ({probable:.2f}, {floor:.2f} is needed)"
            return Reason("weighed out", text, 0.5 + probable / 2)
        return Reason("weighed out", f"another reading of the pair is surer ({probable:.2f})", 0.3)

    # nothing proposed

    def _reasons(self) -> list[Reason]:
        """Why nothing was proposed: the acts that are known, then the words between actors, then who is unknown."""
        heads = {self.phrases[m].token for m in self._own() if self.links[m].actor is not None or self._may_act(m)}
        acts = [(i, act) for i, act in acts_of(self.tree, self.lexicon) if i not in heads]  # "the chancellor" is somebody
        found = [r for i, act in acts if (r := self._of_act(i, act)) is not None]
        found.extend(self._of_pairs())
        if all(r.promise < PROMISE_OF_A_NAME for r in found):
            found.extend(Reason("unknown actor", _unknown_actor(link), PROMISE_OF_A_NAME) for link in self._unknown())
        if not found:  # a place, or a thing of somebody, which nobody acts on
            names = " and ".join(a.actor.label for a in self._actors()[:2])
            return [Reason("no act", f"no act between {names}", PROMISE["no act"])]
        if any(r.promise > PROMISE_OF_WORDS for r in found):
            found = [r for r in found if r.promise > PROMISE_OF_WORDS]
        return list({r.text: r for r in sorted(found, key=lambda r: -r.promise)}.values())[:MOST_REASONS]

    def _of_act(self, i: int, act: Act) -> Reason | None:
        """Which end of a known act nobody stands at; None where nobody stands at either."""
        ends = {"source": self._sources(i), "target": self._targets(i, act)}
        if "swap" in act.flags:
            ends = {"source": ends["target"], "target": ends["source"]}
        known = {end: self._known(tokens) for end, tokens in ends.items()}
        name = f"“{self.tree.words[i]}” ({act.relation})"
        if known["source"] and known["target"]:
            if known["source"] == known["target"]:
                return None
            return Reason("no statement", f"act known but its reading states nothing: {name}", PROMISE["no statement"])
        missing = next((end for end in ("source", "target") if not known[end]), "")
        if not any(known.values()):
            return None
        for link in (self.links[m] for m in self._own() if self.phrases[m].token in ends[missing] and self._may_act(m)):
            return Reason("unknown actor", f"{_unknown_actor(link)}; it is the {missing} of {name}", PROMISE["unknown actor"])
        there = ", ".join(f"“{self.tree.words[t]}”" for t in ends[missing][:2])
        text = f"act known but no actor in its slot: {name} has {f'{there} as' if there else 'no'} {missing}"
        return Reason("no actor in its slot", text, PROMISE["no actor in its slot"] * (1 if there else 0.6))

    def _known(self, tokens: Sequence[int]) -> set[str]:
        return {self.cast.actor(m) for t in tokens for m in self.cast.anyone(t)}

    def _sources(self, i: int) -> list[int]:
        tree = self.tree
        found = roles(tree, i).agents if tree.pos[i] in ("VERB", "AUX") else noun_subjects(tree, i)
        return [c for t in found for c in tree.conjuncts(t)]

    def _targets(self, i: int, act: Act) -> list[int]:
        tree = self.tree
        parts = roles(tree, i) if tree.pos[i] in ("VERB", "AUX") else None
        found = [t for t in (*parts.patients, *parts.recipients) if t not in parts.agents] if parts else []
        hosts = (i, *found)
        found.extend(k for h in hosts for k in tree.kids(h, "obl", "nmod") if tree.case(k) in act.slots)
        return [c for t in found for c in tree.conjuncts(t)]

    def _of_pairs(self) -> Iterator[Reason]:
        """What stands between the actors of each pair, nearest pairs first."""
        acting = [i for i in self._own() if self.links[i].actor is not None and self.links[i].agent]
        own = [i for i in acting if not any(self._contains(k, i) for k in acting)]
        pairs = [(i, j) for n, i in enumerate(own) for j in own[n + 1 :] if self.links[i].actor != self.links[j].actor]
        told: set[int] = set()
        for i, j in sorted(pairs, key=lambda ij: path_length(self.tree, self.phrases[ij[0]].token, self.phrases[ij[1]].token)):
            source, target = participant_of(self.links[i]), participant_of(self.links[j])
            if source is None or target is None:
                continue
            if not self.extractor.counts("CONSULT", source, target):
                yield Reason("same side", _same_side(source, target), PROMISE["same side"])
                continue
            between = self._between(self.phrases[i].token, self.phrases[j].token)
            unknown = [t for t in between if not self._is_in_lexicon(t) and t not in told]
            told.update(unknown)
            names = f"between {source.actor.label} and {target.actor.label}"
            if unknown:
                words = ", ".join(f"“{self.tree.words[t]}”" for t in unknown)
                yield Reason("unknown act", f"unknown act: {words} {names}", round(PROMISE["unknown act"] * 2 / (1 + len(between)), 2))
            elif between:
                words = ", ".join(f"“{self.tree.words[t]}”" for t in between)
                yield Reason("no statement", f"words known but nothing stated: {words} {names}", PROMISE_OF_WORDS)
            else:
                yield Reason("no act", f"no act {names}", PROMISE["no act"])

    def _between(self, a: int, b: int) -> list[int]:
        """The words that mean something on the way through the tree from one token to another, in the order of the text."""
        tree = self.tree
        up, down = [a, *tree.ancestors(a)], [b, *tree.ancestors(b)]
        top = next((n for n in up if n in down), None)
        if top is None:
            return []
        way = {*up[: up.index(top)], *down[: down.index(top)], top} - {a, b}
        heads = {p.token for p, link in zip(self.phrases, self.links, strict=True) if p.tree == tree.index and link.actor is not None}
        return sorted(n for n in way if tree.pos[n] in CONTENT and n not in heads)

    def _is_in_lexicon(self, token: int) -> bool:
        lemma, pos = self.tree.lemmas[token].lower(), self.tree.pos[token]
        key = (lemma, pos)
        return key in self.lexicon.acts or key in self.lexicon.operators or (pos == "VERB" and lemma in self.lexicon.light)


def _key_of(statement: Statement) -> tuple[str, str, str, str]:
    target = statement.target.actor.id if statement.target else ""
    return (statement.source.actor.id, statement.relation.code, target, statement.status)


def _unknown_actor(link: Link) -> str:
    reason = link.reason.replace(f"“{link.mention.text}”", "it")
    return f"unknown actor: “{link.mention.text}” ({reason})"


def _same_side(source: Participant, target: Participant) -> str:
    if source.actor.id == target.actor.id:
        return f"same side: {source.mention} and {target.mention} are both {source.actor.label}"
    if source.actor.kind == target.actor.kind == "collective":
        return f"same side: {source.mention} and {target.mention} are both many"
    side = (source.affiliation or source.actor).label
    return f"same side: {source.mention} and {target.mention} both stand for {side}"
