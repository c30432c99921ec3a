"""From documents to statements: the one module that composes reading, parsing, linking and extraction."""

from __future__ import annotations

import hashlib
import multiprocessing
import signal
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Literal

from kg.codebook import RELATIONS
from kg.extract.cast import LOCATED
from kg.extract.coreference import bind_by_syntax
from kg.extract.dates import find_dates
from kg.extract.dating import date_of
from kg.extract.lexicon import Act, Lexicon, load_lexicon
from kg.extract.phrases import Phrase, find_phrases
from kg.extract.proposals import Proposal, propose
from kg.extract.quotes import quoting_phrases
from kg.extract.tree import Tree, trees
from kg.extract.weighing import MODEL_RULE, Candidate, Opinion, asked_pairs, candidates, load_weights, scaled, weighed
from kg.extract.words import people
from kg.link import Catalogue, Judgements, Linker
from kg.link.strangers import unnamed
from kg.model import Actor, Document, Evidence, Link, Participant, Span, Statement
from kg.nlp import load_pipeline
from kg.nlp.relations import RelationModel
from kg.vocabulary import PREFIXES, VERSION

EXTRACTOR = f"kg-rules/{VERSION}"
EXTRACTOR_OF_MODEL = f"kg-model/{VERSION}"
"""The statements that the relation model makes alone."""
BLOCK = 50_000
"""Code points parsed at once; longer documents are cut at line ends, else at spaces."""
CONTENT_RELATIONS = frozenset(("APPEAL", "REQUEST", "THREATEN", "AGREE", "REJECT", "ACCUSE"))

Actors = Literal["known", "all"]


@dataclass(frozen=True, slots=True)
class Settings:
    """What an extraction depends on besides the text. `model` names a spaCy pipeline, None is the one shipped; `acts` are rows for the
    lexicon of acts beside ours, as a codebook brings them; `rules_only` leaves the relation model out.

    `judgements` is a file of `kg actors`, replayed; `names` a policy of contested names (see kg.link.policy), kept with every statement.
    """

    model: str | None = None
    actors: Actors = "known"
    actors_file: Path | None = None
    min_confidence: float | None = None
    rules_only: bool = False
    acts: tuple[Act, ...] = ()
    judgements: Path | None = None
    names: str | None = None


@dataclass(frozen=True, slots=True)
class Examined:
    """A sentence with the phrases that may name actors, whom they mean, what might be stated and what is held to be.

    `candidates` and `proposals` index `phrases` and `links`, which end with mentions of earlier sentences that this one may be about.
    """

    tree: Tree
    phrases: list[Phrase]
    links: list[Link]
    candidates: list[Candidate]
    proposals: list[Proposal]


class Extractor:
    """Documents in, statements out. Loads its model and catalogue once."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self.nlp = load_pipeline(self.settings.model)
        self.catalogue = Catalogue.load(self.settings.actors_file, self.settings.names)
        self.judgements = Judgements.read(self.settings.judgements) if self.settings.judgements else Judgements()
        self.lexicon: Lexicon = load_lexicon().with_acts(self.settings.acts)
        self.relations = None if self.settings.rules_only else RelationModel.load()
        self.weights = load_weights()

    def extract(self, document: Document) -> list[Statement]:
        """All statements of one document, in the order of the text."""
        return [statement for seen in self.examined(document) for statement in self.statements(document, seen)]

    def examined(self, document: Document) -> Iterator[Examined]:
        """What is found in each sentence that mentions somebody, before it is decided which of it are statements."""
        sentences = self.parse(document.text)
        phrases, links = self.link(sentences, document.published, document.id)
        at = _by_tree(phrases)
        quoting = quoting_phrases(sentences, self.lexicon, phrases, links)
        before: list[int] = []
        for tree in sentences:
            own = at.get(tree.index, [])
            borrowed = [*([quoting[tree.index]] if tree.index in quoting else []), *before]
            chosen = [*own, *borrowed]  # mentions of other sentences that this one may be about
            if not own or len(chosen) < 2:
                continue
            here, linked = [phrases[i] for i in chosen], [links[i] for i in chosen]
            speaker = len(own) if tree.index in quoting else None
            proposals = propose(tree, self.lexicon, here, linked, speaker, range(len(chosen) - len(before), len(chosen)))
            candidates = self._candidates(document, tree, here, linked, proposals)
            if self.relations is not None:
                proposals = weighed(candidates, linked, self.weights, self.floor())
            if proposals:
                last = proposals[-1].trigger
                before = sorted({chosen[p.source] for p in proposals if p.trigger == last})
            yield Examined(tree, here, linked, candidates, proposals)

    def floor(self) -> float:
        """What a statement of the relation model alone needs, before its confidence is scaled; nothing where `min_confidence` decides."""
        return self.weights.floors[self.settings.actors] if self.settings.min_confidence is None else 0.0

    def _candidates(
        self, document: Document, tree: Tree, phrases: Sequence[Phrase], links: Sequence[Link], proposals: Sequence[Proposal]
    ) -> list[Candidate]:
        """The rules' proposals and the relation model's own, with what says how sure each is."""
        if self.relations is None:
            return [Candidate(p, {}) for p in proposals]
        begin, end = tree.begins[0], tree.ends[-1]
        asked = asked_pairs(tree, phrases, links)
        spans = [[(s.begin - begin, s.end - begin) for s in (phrases[i].mention.span for i in pair)] for pair in asked]
        judged = self.relations.judge(document.text[begin:end], [(a, b) for a, b in spans]) if asked else []
        opinions = [Opinion(i, j, given, status) for (i, j), (given, status) in zip(asked, judged, strict=True)]
        return candidates(tree, self.lexicon, phrases, links, proposals, opinions)

    def link(self, sentences: Sequence[Tree], published: str | None, document: str = "") -> tuple[list[Phrase], list[Link]]:
        """The phrases of a document that may name actors, and for each whom it means at that date, none where the settings say so."""
        linker = Linker(self.catalogue)
        nouns = people() if self.settings.actors == "all" else ()
        phrases = [p for tree in sentences for p in find_phrases(tree, linker, nouns)]
        links = linker.link([p.mention for p in phrases], date=published, document=document)
        alone = partial(linker.resolve, date=published, document=document)
        links = bind_by_syntax(sentences, phrases, links, self.lexicon, alone)
        return phrases, [self.decided(link, linker, document, published) for link in links]

    def decided(self, link: Link, linker: Linker, document: str, published: str | None) -> Link:
        """A link as people have judged it and the settings admit it; where all actors are wanted, agents without a name are some."""
        if self.settings.actors == "all" and link.actor is None and link.rule != "pronoun" and not link.candidates:
            link = unnamed(link.mention, document) if link.mention.head.lower() in people() else link
        return self.admitted(linker.judged(link, self.judgements, document, published))

    def _signed(self, extractor: str) -> str:
        """The extractor's name with the names policy, so that a store says by which its actors are called."""
        return f"{extractor} names={self.settings.names}" if self.settings.names else extractor

    def admitted(self, link: Link) -> Link:
        """The link, or none where the settings or its kind keep the actor out of statements."""
        if link.actor is None:
            return link
        if link.actor.kind == "place" and (link.role is None or not link.agent):  # "African leaders" act, Africa does not
            return self._located(link)
        unknown = self.settings.actors == "known" and link.local and link.affiliation is None
        return replace(link, actor=None) if unknown else link

    def _located(self, link: Link) -> Link:
        """The state in which a place lies: a bombed town is an attack on its state."""
        assert link.actor is not None
        parent = self.catalogue.parent(link.actor.id) if link.actor.id in self.catalogue else None
        parent = parent or next((c for c in link.candidates if c in self.catalogue and self.catalogue.actor(c).kind == "state"), None)
        state = self.catalogue.actor(parent) if parent is not None else None
        if state is None or state.kind not in ("state", "territory"):
            return replace(link, actor=None)
        return replace(link, actor=state, agent=False, rule=LOCATED, reason=f"{link.reason}, in {state.label}")

    def parse(self, text: str) -> list[Tree]:
        """Sentences of a text of any length; offsets are of the whole text."""
        found: list[Tree] = []
        starts, blocks = _blocks(text)
        for start, doc in zip(starts, self.nlp.pipe(blocks), strict=True):
            for tree in trees(doc):
                shifted = replace(
                    tree, index=len(found), begins=tuple(b + start for b in tree.begins), ends=tuple(e + start for e in tree.ends)
                )
                found.append(shifted)
        return found

    def statements(self, document: Document, seen: Examined) -> list[Statement]:
        """The proposals of a sentence that are statements: two sides, as surely as the settings ask, each said once."""
        tree, links = seen.tree, seen.links
        span = Span(tree.begins[0], tree.ends[-1])
        text = document.text[span.begin : span.end]
        dates = find_dates(text, span.begin, document.published)
        kept: list[tuple[Proposal, Statement]] = []
        for p in seen.proposals:
            source, target, speaker = (participant_of(links[i]) if i is not None else None for i in (p.source, p.target, p.speaker))
            confidence = self.confidence(p, links)
            if source is None or target is None or not self.counts(p.relation, source, target):
                continue
            if self.settings.min_confidence is not None and confidence < self.settings.min_confidence:
                continue
            if p.relation == "OFFICE" and source.actor.kind == "person" and target.actor.kind != "person":
                source = replace(source, affiliation=target.actor)  # who takes an office speaks for it
            begin, end = tree.begins[min(p.words)], tree.ends[max(p.words)]
            trigger = Span(tree.begins[p.trigger], tree.ends[p.trigger])
            predicate = document.text[begin:end] if end - begin < 80 else document.text[trigger.begin : trigger.end]
            extractor = EXTRACTOR_OF_MODEL if p.rule == MODEL_RULE else EXTRACTOR
            evidence = Evidence(span, text, trigger, predicate, self._signed(extractor), confidence)
            when = date_of(tree, p.trigger, dates, self.lexicon)
            statement = Statement("", document.id, source, RELATIONS[p.relation], target, p.status, evidence, speaker, None, when)
            kept.append((p, replace(statement, id=statement_id(statement))))
        return _with_content(tree, _once(kept))

    def confidence(self, p: Proposal, links: Sequence[Link]) -> float:
        """How likely a proposal is right, and its ends are whom the links say."""
        known = p.confidence * min(_surety(links[p.source]), _surety(links[p.target]))
        is_scaled = self.relations is not None and self.settings.actors == "known"
        return round(scaled(known, p.rule, self.weights) if is_scaled else known, 2)

    def counts(self, relation: str, source: Participant, target: Participant) -> bool:
        """Both ends are different sides, or two persons; offices and memberships may be within one side, and where all actors are
        wanted, so may acts."""
        kinds = {source.actor.kind, target.actor.kind}
        if kinds == {"collective"}:
            return False
        if self.settings.actors == "all":
            return source.actor.id != target.actor.id or source.role != target.role
        apart = kinds == {"person"} or relation in ("OFFICE", "MEMBER") or _side(source).id != _side(target).id
        return apart and source.actor.id != target.actor.id


def _by_tree(phrases: Sequence[Phrase]) -> dict[int, list[int]]:
    """Indices of the phrases of each sentence."""
    found: dict[int, list[int]] = {}
    for i, phrase in enumerate(phrases):
        found.setdefault(phrase.tree, []).append(i)
    return found


def _blocks(text: str) -> tuple[list[int], list[str]]:
    """A text in pieces of at most BLOCK code points, with where each begins."""
    starts, blocks, begin = [], [], 0
    while begin < len(text):
        end = min(begin + BLOCK, len(text))
        if end < len(text):
            cut = max(text.rfind("\n", begin, end), 0) or max(text.rfind(". ", begin, end) + 1, 0) or max(text.rfind(" ", begin, end), 0)
            end = cut + 1 if cut > begin else end
        starts.append(begin)
        blocks.append(text[begin:end])
        begin = end
    return starts, blocks


def _surety(link: Link) -> float:
    """How sure it is who is meant; an actor of the document is whom the phrase says."""
    return 1.0 if link.local else link.score


def _side(participant: Participant) -> Actor:
    return participant.affiliation or participant.actor


def statement_id(statement: Statement) -> str:
    """By what the statement says and where, so that the same report gets the same IRI in every run."""
    target, speaker, evidence = statement.target, statement.speaker, statement.evidence
    parts = (
        statement.document, str(evidence.sentence.begin), str(evidence.trigger.begin), statement.source.actor.id, statement.relation.code,
        target.actor.id if target else "", statement.status, speaker.actor.id if speaker else "",
    )  # fmt: skip
    return PREFIXES["kgs"] + hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:20]


def _once(kept: list[tuple[Proposal, Statement]]) -> list[tuple[Proposal, Statement]]:
    """Linking can make two proposals say the same ("Ankara" and "Turkey" in one sentence): the most confident stays."""
    best: dict[tuple[str, str, str, str], tuple[Proposal, Statement]] = {}
    for p, s in kept:
        key = (s.source.actor.id, s.relation.code, s.target.actor.id if s.target else "", s.status)
        if key not in best or s.evidence.confidence > best[key][1].evidence.confidence:
            best[key] = (p, s)
    return list(best.values())


def _with_content(tree: Tree, kept: list[tuple[Proposal, Statement]]) -> list[Statement]:
    """Ties what is requested to the request: an inner act below the outer trigger, on the word of the outer source."""
    found = []
    for p, s in kept:
        below = set(tree.subtree(p.trigger)) if s.relation.code in CONTENT_RELATIONS else set()
        inner = next((t for q, t in kept if q is not p and q.trigger in below and _is_content(s, t)), None)
        found.append(replace(s, content=inner.id) if inner else s)
    return found


def _is_content(outer: Statement, inner: Statement) -> bool:
    """Whether the inner act is what the outer source asks of the outer target."""
    asked = inner.status == "requested" and inner.speaker is not None and inner.speaker.actor.id == outer.source.actor.id
    return asked and outer.target is not None and inner.source.actor.id == outer.target.actor.id


def extract_documents(
    documents: Iterable[Document], settings: Settings | None = None, *, processes: int = 1
) -> Iterator[tuple[Document, list[Statement]]]:
    """Each document with its statements, in the order given whatever the number of processes."""
    if processes <= 1:
        extractor = Extractor(settings)
        for document in documents:
            yield document, extractor.extract(document)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context, initializer=_start_worker, initargs=(settings,)) as pool:
        waiting: deque[Future[tuple[Document, list[Statement]]]] = deque()
        try:
            for document in documents:
                waiting.append(pool.submit(_work, document))
                if len(waiting) >= AHEAD * processes:  # so that a large corpus is not read into memory
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


AHEAD = 8
"""Documents that each worker process may be ahead of the one whose turn it is."""
_WORKER: list[Extractor] = []


def _start_worker(settings: Settings | None) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is told and ends its workers
    _WORKER.append(Extractor(settings))


def _work(document: Document) -> tuple[Document, list[Statement]]:
    return document, _WORKER[0].extract(document)


def participant_of(link: Link) -> Participant | None:
    """A link as a participant, for a mention alone; None where it was linked to nobody."""
    if link.actor is None:
        return None
    why = f"{link.rule}: {link.reason}"
    return Participant(link.actor, link.mention.span, link.mention.text, link.affiliation, link.role, not link.local, why)
