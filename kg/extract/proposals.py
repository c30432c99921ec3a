"""From acts and their readings to proposed statements over mentions; linking has been done, identity has not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from kg.codebook import RELATIONS
from kg.extract.acts import Event, Finder
from kg.extract.cast import Cast
from kg.extract.lexicon import Act, Lexicon, Operator
from kg.extract.phrases import Phrase
from kg.extract.reading import Reading, operator_at, read
from kg.extract.roles import prepositional, roles, surface_subjects
from kg.extract.tree import Tree
from kg.extract.words import word_set
from kg.model import Link, Status

KEPT_IN_FUTURE = frozenset(
    ("AGREE", "CONCEDE", "APPEAL", "REQUEST", "REJECT", "THREATEN", "ACCUSE", "MEMBER", "CANDIDATE", "ALLY", "RIVAL", "OFFICE")
)
CONFIDENCE = {"verb": 0.85, "noun": 0.75, "adj": 0.75}
CONFIDENCE_OF_OPERATORS = 0.7
"""First guesses by rule, from the development files; calibration is a matter of its own."""
STRONG_DUTY = frozenset(("must", "need", "have"))
COMPLEMENT_SLOTS = ("to", "on", "against", "with", "from", "for", "into", "over", "in", "of", "at")
POSSIBLE_ADJECTIVES = word_set("possible")
PLANNED_ADJECTIVES = word_set("planned")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A statement whose ends are mention indices. `rule` names the rule that made it; `content` is set later."""

    tree: int
    source: int
    relation: str
    target: int
    status: Status
    speaker: int | None
    trigger: int
    words: tuple[int, ...]
    rule: str
    confidence: float


def propose(
    tree: Tree,
    lexicon: Lexicon,
    phrases: Sequence[Phrase],
    links: Sequence[Link],
    quoting: int | None = None,
    before: Sequence[int] = (),
) -> list[Proposal]:
    """All statements that the rules read from one sentence, without repetition, in the order of their triggers.

    `quoting` is the mention whose words the whole sentence is, if it continues a quotation; `before` are the sources
    of the act reported last before this sentence.
    """
    return Proposer(tree, lexicon, Cast(tree, phrases, links), quoting, before).run()


class Proposer:
    def __init__(self, tree: Tree, lexicon: Lexicon, cast: Cast, quoting: int | None = None, before: Sequence[int] = ()) -> None:
        self.tree, self.lexicon, self.cast, self.quoting, self.before = tree, lexicon, cast, quoting, before

    def run(self) -> list[Proposal]:
        events = Finder(self.tree, self.lexicon, self.cast, self.before).events()
        found: list[Proposal] = []
        for event in events:
            found.extend(self._from_event(event))
        swallowed = {t for e in events for o, t, _ in self._read(e).wrappers}
        if self.quoting is not None:
            found.extend(self._duties(range(len(self.tree)), [self.quoting]))
        for i in range(len(self.tree)):
            operator = operator_at(self.tree, self.lexicon, i)
            if operator and operator.kind in ("refuse", "threaten", "promise") and i not in swallowed:
                found.extend(self._from_operator(i, operator))
            if operator and operator.kind == "claim":
                found.extend(self._from_duty(i))
        return _distinct(found)

    # acts of the lexicon

    def _from_event(self, event: Event) -> list[Proposal]:
        reading = self._read(event)
        wrapper = next(((o, t, n) for o, t, n in reading.wrappers if o.kind in ("refuse", "threaten", "promise")), None)
        if wrapper:
            return self._swallowed(event, reading, *wrapper)
        stopped = any(o.kind == "stop" and not n for o, _, n in reading.wrappers)
        relation, status = _relation_and_status(event.act.relation, reading, stopped=stopped)
        if status is None:
            return []
        speaker = self._speaker(reading)
        return self._pairs(event, relation, status, speaker, event.act.pos.lower())

    def _read(self, event: Event) -> Reading:
        reading = read(self.tree, self.lexicon, event.trigger)
        for w in event.words:
            words = {word.lower() for k in self.tree.kids(w, "amod") for word in (self.tree.lemmas[k], self.tree.words[k])}
            reading.possible = reading.possible or bool(words & POSSIBLE_ADJECTIVES)
            reading.planned = reading.planned or bool(words & PLANNED_ADJECTIVES)
        return reading

    def _speaker(self, reading: Reading) -> int | None:
        tokens = reading.requested_by if reading.requested else reading.speakers
        if not tokens and self.quoting is not None:
            return self.quoting
        for token in tokens:
            found = self.cast.agents(token)
            if found:
                return found[0]
        return None

    def speaker_at(self, token: int, status: Status) -> int | None:
        """Who is reported as saying, or for a requested act as wanting, what a token reports."""
        reading = read(self.tree, self.lexicon, token)
        tokens = reading.requested_by if status == "requested" and reading.requested_by else reading.speakers
        return next((m for t in tokens for m in self.cast.agents(t)), None)

    def _pairs(self, event: Event, relation: str, status: Status, speaker: int | None, rule: str) -> list[Proposal]:
        found = []
        for s in event.sources:
            for t in event.targets:
                if s != t:
                    found.append(self._proposal(s, relation, t, status, speaker, event.trigger, event.words, rule, event.act))
                    if event.mutual and relation == "RIVAL":
                        found.append(self._proposal(t, relation, s, status, speaker, event.trigger, event.words, rule, event.act))
        return found

    def _proposal(
        self,
        source: int,
        relation: str,
        target: int,
        status: Status,
        speaker: int | None,
        trigger: int,
        words: tuple[int, ...],
        rule: str,
        act: Act | None = None,
    ) -> Proposal:
        confidence = CONFIDENCE.get(rule, CONFIDENCE_OF_OPERATORS) - (0.1 if status != "asserted" else 0.0)
        if act is not None:
            confidence += 0.05 * bool(act.objects or act.particle) - 0.15 * ("weak" in act.flags)
        return Proposal(self.tree.index, source, relation, target, status, speaker, trigger, words, rule, round(confidence, 2))

    def _swallowed(self, event: Event, reading: Reading, operator: Operator, token: int, negated: bool) -> list[Proposal]:
        """ "refuses to send", "threatened to bomb", "promised to lift": the outer act is the statement."""
        relation = _outer_relation(operator, event.act.relation, inner_negated=reading.negated and not negated)
        outer = read(self.tree, self.lexicon, token)
        sources = self._subjects(token) or list(event.sources)
        if event.mutual:
            targets = list(event.targets)
        else:
            targets = [t for t in event.targets if t not in sources] or [s for s in event.sources if s not in sources]
        status = status_of(outer, relation)
        if status is None:
            return []
        speaker = self._speaker(outer)
        return [self._proposal(s, relation, t, status, speaker, token, (token,), operator.kind) for s in sources for t in targets if s != t]

    def _subjects(self, token: int) -> list[int]:
        if self.tree.pos[token] in ("NOUN", "PROPN") and not self.tree.kids(token, "cop"):
            owners = [m for k in self.tree.kids(token, "nmod:poss") for m in self.cast.agents(k)] or self.cast.modifiers(token)
            owners = owners or [m for k in prepositional(self.tree, token, "by") for m in self.cast.agents(k)]
            if owners:
                return owners
            g = self.tree.heads[token]
            return [m for s in surface_subjects(self.tree, g) for m in self.cast.agents(s)] if g >= 0 else []
        return [m for s in surface_subjects(self.tree, token) for m in self.cast.anyone(s)]

    # operators over verbs that are no acts themselves

    def _from_operator(self, i: int, operator: Operator) -> list[Proposal]:
        complements = [k for k in self.tree.kids(i, "xcomp", "ccomp", "acl") if self.tree.deps[k] != "acl:relcl"]
        sources = self._subjects(i)
        if not complements or not sources:
            return []
        outer = read(self.tree, self.lexicon, i)
        relation = _outer_relation(operator, None, inner_negated=False)
        status = status_of(outer, relation)
        own = {self.cast.actor(s) for s in sources}
        targets = [t for c in complements for t in self._complement_targets(c) if self.cast.actor(t) not in own]
        if status is None or (relation == "AGREE" and not targets):
            return []
        speaker = self._speaker(outer)
        return [self._proposal(s, relation, t, status, speaker, i, (i,), operator.kind) for s in sources for t in dict.fromkeys(targets)]

    def _complement_targets(self, c: int) -> list[int]:
        """Whom a complement clause is about: its objects, then its prepositional phrases, then what is below it."""
        parts = roles(self.tree, c)
        found = [m for p in (*parts.recipients, *parts.patients) for m in self.cast.anyone(p)]
        for slot in COMPLEMENT_SLOTS:
            if found:
                return found
            hosts = (c, *parts.patients)
            found = [m for h in hosts for k in prepositional(self.tree, h, slot) for m in self.cast.agents(k)]
        if not found:
            found = [m for k in self.tree.kids(c, "xcomp") for m in self._complement_targets(k)]
        return found

    # "Turkey needs to ..., an official said"

    def _from_duty(self, say: int) -> list[Proposal]:
        tree = self.tree
        speakers = [m for s in surface_subjects(tree, say) for m in self.cast.agents(s)]
        own = set(tree.subtree(say)) if tree.base(say) == "parataxis" else set()
        said = [t for k in (*tree.kids(say, "ccomp"), *self._quoted_by(say)) for t in tree.subtree(k) if t not in own]
        return self._duties(said, speakers) if speakers else []

    def _duties(self, tokens: Iterable[int], speakers: list[int]) -> list[Proposal]:
        """ "X must", "X needs to", "X should" among a speaker's words: a demand or an appeal to X."""
        found: list[Proposal] = []
        for subject in tokens:
            if self.tree.base(subject) != "nsubj":
                continue
            modal, words = self._duty_after(subject)
            if modal < 0:
                continue
            relation = "REQUEST" if words in STRONG_DUTY else "APPEAL"
            for target in self.cast.agents(subject):
                found.extend(
                    self._proposal(s, relation, target, "asserted", None, modal, (modal,), "duty") for s in speakers if s != target
                )
        return found

    def _quoted_by(self, say: int) -> list[int]:
        """The quoted clause that a say verb in parenthesis belongs to."""
        tree = self.tree
        return [tree.heads[say]] if tree.base(say) == "parataxis" and tree.heads[say] >= 0 and not tree.kids(say, "ccomp") else []

    def _duty_after(self, subject: int) -> tuple[int, str]:
        """The modal of duty that follows a subject, past adverbs and quotation marks: its token and lemma, or -1."""
        tree = self.tree
        i = max(tree.subtree(subject)) + 1
        while i < len(tree) and (tree.pos[i] in ("PUNCT", "ADV") and tree.words[i] not in (",", ";", ".", "—")):
            i += 1
        if i >= len(tree):
            return -1, ""
        word, after = tree.words[i].lower(), tree.words[i + 1].lower() if i + 1 < len(tree) else ""
        if (word in ("must", "should") and after != "not") or word == "ought":
            return i, word
        if tree.lemmas[i].lower() in ("need", "have") and word != "had" and after == "to":
            return i, tree.lemmas[i].lower()
        return -1, ""


def _outer_relation(operator: Operator, inner: str | None, *, inner_negated: bool) -> str:
    if operator.kind == "refuse":
        return "REJECT"
    if operator.kind == "threaten":
        return "THREATEN"
    hostile = inner is not None and (RELATIONS[inner].score or 0) < 0
    return "THREATEN" if hostile and not inner_negated else "AGREE"


def promised(reading: Reading) -> bool:
    """Whether an act is announced or still to come, on nobody's request."""
    promise = any(o.kind in ("promise", "plan") and not n for o, _, n in reading.wrappers)
    return (promise or reading.planned or reading.future) and not reading.requested


def status_of(reading: Reading, relation: str) -> Status | None:
    if reading.requested:
        return None if reading.negated else "requested"
    if reading.negated:
        return "negated"
    if reading.possible:
        return "possible"
    if reading.planned or (reading.future and relation not in KEPT_IN_FUTURE):
        return "planned"
    return "asserted"


def _relation_and_status(relation: str, reading: Reading, *, stopped: bool = False) -> tuple[str, Status | None]:
    """A cooperative act that is announced is AGREE, one that is ended SANCTION; an ended attack is RETREAT."""
    if stopped and RELATIONS[relation].quad in ("material cooperation", "material conflict"):
        reading.negated = not reading.negated
        relation = "SANCTION" if RELATIONS[relation].quad == "material cooperation" else "RETREAT"
    if relation == "MEMBER" and reading.planned and not reading.negated:
        return "CANDIDATE", "asserted"  # who wants to join is a candidate
    score = RELATIONS[relation].score
    if reading.negated and reading.future and not reading.requested and not reading.possible and score is not None and score > 0:
        return "REJECT", "asserted"  # "will not send" refuses
    status = status_of(reading, relation)
    if status == "planned" and score is not None and score > 0:
        return ("AGREE" if relation not in KEPT_IN_FUTURE else relation), "asserted"
    return relation, status


def _distinct(proposals: list[Proposal]) -> list[Proposal]:
    """The same pair with the same relation once: the most confident, an asserted one before others."""
    best: dict[tuple[int, str, int, str], Proposal] = {}
    for p in proposals:
        key = (p.source, p.relation, p.target, p.status)
        if key not in best or p.confidence > best[key].confidence:
            best[key] = p
    return [replace(p) for p in sorted(best.values(), key=lambda p: (p.trigger, p.source, p.target, p.relation, p.status))]
