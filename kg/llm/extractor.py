"""Documents to statements by a large language model: the same interface, actors and identities as kg.pipeline.Extractor."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from kg.errors import ModelError
from kg.extract.dates import find_dates
from kg.extract.dating import date_of
from kg.extract.lexicon import load_lexicon
from kg.extract.phrases import Phrase
from kg.extract.tree import Tree
from kg.link import Linker
from kg.llm.answers import Claim, excerpt, read_answer
from kg.llm.cache import Cache, default_folder
from kg.llm.endpoint import Endpoint
from kg.llm.errors import AnswerError, BudgetError, MalformedError, OverlongError
from kg.llm.grounding import Ground, Grounded, UngroundedError
from kg.llm.prompt import CONTEXT, answer_schema, instructions, prompt_version, question
from kg.llm.spending import Report
from kg.model import Document, Evidence, Link, Participant, Span, Statement
from kg.pipeline import CONTENT_RELATIONS, Extractor, Settings, participant_of, statement_id

CONFIDENCE = 0.8
"""Of a grounded statement, times the scores of its links: a model's own word for how sure it is means little."""
SENTENCES = 16
"""Sentences asked about at once, and CHARACTERS of them at most."""
CHARACTERS = 5_000
LONGEST_SENTENCE = 3_000
"""Code points; longer ones are tables or lists, not sentences."""
BEFORE, AFTER = 3, 1
"""Sentences of context on either side."""
NAMED = 20
"""Names from earlier in the document that a question reminds of."""
AHEAD = 4
"""Documents that may wait for each request that may be under way."""
FAILURES = 3
"""Documents in a row with unusable answers, after which the model is given up."""

OnFailure = Callable[[Document, AnswerError], None]
_Answer = list[tuple[int, Claim]]
"""Claims with the index of the sentence that they are about."""


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A document parsed and linked, with the indices of sentences to ask about, one tuple a question."""

    document: Document
    sentences: list[Tree]
    phrases: list[Phrase]
    links: list[Link]
    batches: list[tuple[int, ...]]


class LLMExtractor(Extractor):
    """Documents in, statements out, read by a model behind an endpoint.

    Args:
        endpoint: the model; nothing is sent anywhere else.
        settings: as for Extractor; `model` names the pipeline that finds sentences and mentions.
        cache: folder of answers; None is the user's cache folder.
        budget: tokens that may be spent; None for no limit. Answers that are under way when it is reached still count.
    """

    def __init__(
        self, endpoint: Endpoint, settings: Settings | None = None, *, cache: Path | None = None, budget: int | None = None
    ) -> None:
        super().__init__(replace(settings or Settings(), rules_only=True))  # the relation model would never be asked
        self.endpoint = endpoint
        self.cache = Cache(cache if cache is not None else default_folder())
        self.report = Report(budget)
        self.name = f"llm/{endpoint.model}/{prompt_version()}"
        self._instructions, self._schema = instructions(), answer_schema()

    def extract(self, document: Document) -> list[Statement]:
        """All statements of one document, in the order of the text.

        Raises
        ------
        AnswerError where the model refuses or answers nonsense, BudgetError where the budget is used up, ModelError where
        the endpoint cannot be used.
        """
        prepared = self._prepare(document)
        return self._statements_of(prepared, [answered for batch in prepared.batches for answered in self._ask(prepared, batch)])

    def extract_documents(
        self, documents: Iterable[Document], *, requests: int = 1, on_failure: OnFailure
    ) -> Iterator[tuple[Document, list[Statement]]]:
        """Each document with its statements, in the order given, with up to `requests` questions under way at once.

        A document whose answers cannot be used is told to `on_failure` and left out. At the end of the budget the iterator
        ends too, and `report.stopped` says so.
        """
        failures = 0
        with closing(self._asked(documents, requests)) as asked:
            for prepared, answers in asked:
                try:
                    answered = [claim for answer in answers for claim in answer()]
                except BudgetError as error:
                    self.report.stopped = str(error)
                    return
                except AnswerError as error:
                    failures += 1
                    if failures == FAILURES:
                        raise ModelError(f"{FAILURES} documents in a row failed, the last because: {error}; try another model") from error
                    on_failure(prepared.document, error)
                    continue
                failures = 0
                yield prepared.document, self._statements_of(prepared, answered)

    def _asked(self, documents: Iterable[Document], requests: int) -> Generator[tuple[_Prepared, list[Callable[[], _Answer]]], None, None]:
        """Documents with their answers to come. Parsing stays in this thread: the pipeline is not made for several."""
        if requests <= 1:
            for document in documents:
                prepared = self._prepare(document)
                yield prepared, [partial(self._ask, prepared, batch) for batch in prepared.batches]
            return
        pool = ThreadPoolExecutor(requests)
        waiting: deque[tuple[_Prepared, list[Future[_Answer]]]] = deque()
        try:
            for document in documents:
                prepared = self._prepare(document)
                waiting.append((prepared, [pool.submit(self._ask, prepared, batch) for batch in prepared.batches]))
                if len(waiting) >= AHEAD * requests:
                    first, futures = waiting.popleft()
                    yield first, [future.result for future in futures]
            while waiting:
                first, futures = waiting.popleft()
                yield first, [future.result for future in futures]
        finally:  # what is under way is paid for: it is waited for, counted and kept
            self.endpoint.stopped.set()
            pool.shutdown(wait=True, cancel_futures=True)
            self.endpoint.stopped.clear()

    def _prepare(self, document: Document) -> _Prepared:
        sentences = self.parse(document.text)
        phrases, links = self.link(sentences, document.published, document.id)
        mentions = Counter(p.tree for p in phrases) if any(link.actor for link in links) else Counter()
        worth_asking = [tree for tree in sentences if mentions[tree.index] >= 2]  # a statement has two ends
        return _Prepared(document, sentences, phrases, links, list(_batches(worth_asking)))

    def _ask(self, prepared: _Prepared, batch: tuple[int, ...]) -> _Answer:
        """What the model says of these sentences: in halves where it cannot cope, and a single one twice."""
        try:
            return self._answer(prepared, batch)
        except (MalformedError, OverlongError) as error:
            if len(batch) == 1 and isinstance(error, OverlongError):
                raise
        middle = len(batch) // 2
        if middle == 0:
            return self._answer(prepared, batch)
        return [*self._ask(prepared, batch[:middle]), *self._ask(prepared, batch[middle:])]

    def _answer(self, prepared: _Prepared, batch: tuple[int, ...]) -> _Answer:
        """One question and its answer, from the cache where it was asked before."""
        asked = self._question(prepared, batch)
        key = self.cache.key(self.endpoint.url, self.endpoint.model, self._instructions, asked)
        content = self.cache.get(key)
        if content is not None:
            claims = read_answer(content)
            self.report.from_cache()
        else:
            content = self._paid(asked)
            claims = read_answer(content)
            self.cache.put(key, self.endpoint.model, content)
        return [(batch[c.sentence - 1] if 0 < c.sentence <= len(batch) else -1, c) for c in claims]

    def _paid(self, asked: str) -> str:
        reserved = self.report.reserve(len(self._instructions) + len(asked))
        try:
            reply = self.endpoint.ask(self._instructions, asked, self._schema)
        except BaseException:
            self.report.release(reserved)
            raise
        self.report.spend(reserved, reply.asked, reply.answered, len(reply.content))
        if reply.failure is not None:
            raise reply.failure
        return reply.content

    def _question(self, prepared: _Prepared, batch: tuple[int, ...]) -> str:
        document, trees = prepared.document, prepared.sentences
        numbers = {index: str(n) for n, index in enumerate(batch, 1)}
        near = sorted({k for i in batch for k in range(max(i - BEFORE, 0), min(i + AFTER + 1, len(trees)))})
        lines = [(numbers.get(i, CONTEXT), excerpt(_text(document, trees[i]), LONGEST_SENTENCE)) for i in near]
        earlier = [k.mention.text for k in prepared.links if k.mention.sentence < near[0] and k.actor is not None and k.mention.name]
        named = list(dict.fromkeys(reversed(earlier)))[:NAMED]
        return question(lines, title=document.title, published=document.published, named=named[::-1])

    def _statements_of(self, prepared: _Prepared, answered: Sequence[tuple[int, Claim]]) -> list[Statement]:
        """The claims that hold, as statements in the order of the text; the others are counted by reason."""
        document = prepared.document
        linker = Linker(self.catalogue)

        def alone(words: str) -> Link:
            link = linker.resolve(words, date=document.published, document=document.id)
            return self.decided(link, linker, document.id, document.published)

        ground = Ground(document, prepared.phrases, prepared.links, alone)
        found: dict[tuple[str | int, ...], Statement] = {}
        for index, claim in answered:
            try:
                if index < 0:
                    raise UngroundedError("with a sentence that was not asked about")
                statement = self._statement(document, ground.ground(claim, prepared.sentences[index]))
                if _said(statement) in found:
                    raise UngroundedError("said twice")
            except UngroundedError as error:
                self.report.dropped[str(error)] += 1
            else:
                found[_said(statement)] = statement
        self.report.kept += len(found)
        ordered = sorted(found.values(), key=_place)
        return [_with_content(s, ordered) for s in ordered]

    def _statement(self, document: Document, grounded: Grounded) -> Statement:
        source, target = participant_of(grounded.source), participant_of(grounded.target)
        if source is None or target is None:
            raise UngroundedError("with an actor that is not known")
        if not self.counts(grounded.relation.code, source, target):
            raise UngroundedError("within one side")
        confidence = round(CONFIDENCE * min(grounded.source.score, grounded.target.score), 2)
        if confidence < (self.settings.min_confidence or 0.0):
            raise UngroundedError("below the confidence asked for")
        if grounded.relation.code == "OFFICE" and source.actor.kind == "person" and target.actor.kind != "person":
            source = replace(source, affiliation=target.actor)  # who takes an office speaks for it
        tree, trigger = grounded.tree, grounded.trigger
        span, text = Span(tree.begins[0], tree.ends[-1]), _text(document, tree)
        when = date_of(tree, grounded.token, find_dates(text, span.begin, document.published), load_lexicon())
        evidence = Evidence(span, text, trigger, document.text[trigger.begin : trigger.end], self.name, confidence)
        speaker: Participant | None = participant_of(grounded.speaker) if grounded.speaker is not None else None
        made = Statement("", document.id, source, grounded.relation, target, grounded.status, evidence, speaker, None, when)
        return replace(made, id=statement_id(made))


def _batches(sentences: Iterable[Tree]) -> Iterator[tuple[int, ...]]:
    """Indices of sentences in groups that make one question each."""
    batch: list[int] = []
    length = 0
    for tree in sentences:
        size = tree.ends[-1] - tree.begins[0]
        if size > LONGEST_SENTENCE:
            continue
        if batch and (len(batch) == SENTENCES or length + size > CHARACTERS):
            yield tuple(batch)
            batch, length = [], 0
        batch.append(tree.index)
        length += size
    if batch:
        yield tuple(batch)


def _text(document: Document, tree: Tree) -> str:
    return document.text[tree.begins[0] : tree.ends[-1]]


def _said(s: Statement) -> tuple[str | int, ...]:
    """What makes two statements of a document the same report: sentence, ends, relation and status."""
    return s.evidence.sentence.begin, s.source.actor.id, s.relation.code, s.target.actor.id if s.target else "", s.status


def _place(s: Statement) -> tuple[int, int, int, int, str]:
    evidence = s.evidence
    return evidence.sentence.begin, evidence.trigger.begin, s.source.span.begin, s.target.span.begin if s.target else 0, s.id


def _with_content(outer: Statement, statements: Sequence[Statement]) -> Statement:
    """Ties what is requested to the request: in one sentence, on the word of the outer source, done by the outer target."""
    if outer.relation.code not in CONTENT_RELATIONS or outer.target is None:
        return outer
    for inner in statements:
        asked = inner.status == "requested" and inner.speaker is not None and inner.speaker.actor.id == outer.source.actor.id
        if asked and inner.evidence.sentence == outer.evidence.sentence and inner.source.actor.id == outer.target.actor.id:
            return replace(outer, content=inner.id)
    return outer
