"""From statements to the codes of a codebook. A pure function of statement, content and codebook."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from itertools import chain

from kg.codebooks.scheme import Code, Codebook, Rule, Words
from kg.model import Participant, Statement
from kg.nlp.lemmas import Lemmas

AFTER = 5
"""Words after the trigger in which what a pattern asks for may stand, besides the words of the predicate and the one before."""
_WORD = re.compile(r"[^\W_][\w'’-]*")
_READINGS = (("VERB", "VBD"), ("VERB", "VBG"), ("NOUN", "NNS"))


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A rule with one of its patterns, and how particular it is."""

    rank: tuple[int, int, int, int]
    rule: Rule
    words: Words | None


class Recoder:
    """Gives statements the codes of one codebook.

    Of the rules that hold for a statement the most particular decides: one that asks for a content before one that does
    not, then the one with more words, with more kinds of actors, with fewer statuses; of equals the first in the file.
    """

    def __init__(self, codebook: Codebook) -> None:
        self.codebook = codebook
        self._plain: dict[str, list[_Candidate]] = defaultdict(list)
        self._by_trigger: dict[tuple[str, str], list[_Candidate]] = defaultdict(list)
        for rule in codebook.rules:
            if not rule.words:
                self._plain[rule.relation].append(_candidate(rule, None))
            for words in rule.words:
                for lemma in sorted(words.trigger):
                    self._by_trigger[rule.relation, lemma].append(_candidate(rule, words))

    def codes(self, statements: Iterable[Statement]) -> dict[str, Code]:
        """The code of each statement that gets one, by the statement's id. Contents are looked up among the statements."""
        by_id = {statement.id: statement for statement in statements}
        coded = ((s, self.code(s, by_id.get(s.content) if s.content else None)) for s in by_id.values())
        return {statement.id: code for statement, code in coded if code is not None}

    def code(self, statement: Statement, content: Statement | None = None) -> Code | None:
        """The code of one statement, or None. `content` is the statement of what was urged, demanded or promised."""
        relation, trigger = statement.relation.code, _trigger(statement)
        triggers = chain.from_iterable(_lemmas(word) for word in _WORD.findall(trigger)[:1])
        found = list(self._plain.get(relation, ()))
        for lemma in sorted(set(triggers)):
            found += self._by_trigger.get((relation, lemma), ())
        near = _near(statement) if any(c.words and c.words.beside for c in found) else frozenset[str]()
        best = max((c for c in found if _holds(c, statement, content, near)), key=lambda c: c.rank, default=None)
        return self.codebook.codes[best.rule.code] if best is not None and best.rule.code is not None else None


def _candidate(rule: Rule, words: Words | None) -> _Candidate:
    kinds = bool(rule.source) + bool(rule.target)
    return _Candidate((bool(rule.content), 1 + len(words.beside) if words else 0, kinds, -len(rule.statuses)), rule, words)


def _holds(candidate: _Candidate, statement: Statement, content: Statement | None, near: frozenset[str]) -> bool:
    rule, words = candidate.rule, candidate.words
    if statement.status not in rule.statuses:
        return False
    if rule.content and (content is None or content.relation.code not in rule.content):
        return False
    if rule.source and _kind(statement.source) not in rule.source:
        return False
    if rule.target and (statement.target is None or _kind(statement.target) not in rule.target):
        return False
    return words is None or all(not wanted.isdisjoint(near) for wanted in words.beside)


def _kind(participant: Participant) -> str:
    return (participant.affiliation or participant.actor).kind


def _trigger(statement: Statement) -> str:
    evidence = statement.evidence
    begin = evidence.trigger.begin - evidence.sentence.begin
    word = evidence.text[begin : begin + evidence.trigger.end - evidence.trigger.begin] if begin >= 0 else ""
    return word or evidence.predicate


def _near(statement: Statement) -> frozenset[str]:
    """Lemmas of the predicate's words, of the word before the trigger, and of the AFTER words behind it."""
    evidence = statement.evidence
    begin, end = (offset - evidence.sentence.begin for offset in (evidence.trigger.begin, evidence.trigger.end))
    words = _WORD.findall(evidence.predicate)
    if 0 <= begin < end <= len(evidence.text):
        words += _WORD.findall(evidence.text[:begin])[-1:] + _WORD.findall(evidence.text[end:])[:AFTER]
    return frozenset(chain.from_iterable(map(_lemmas, words)))


@cache
def _tables() -> Lemmas:
    with as_file(files("kg") / "data" / "english" / "lemmas.json") as path:
        return Lemmas.read(path)


@cache
def _lemmas(word: str) -> frozenset[str]:
    """What the word may be a form of; its part of speech is not kept with a statement, and the relation rules out most."""
    lower = word.lower().replace("’", "'").removesuffix("'s")
    return frozenset((lower, *(_tables().lemma(lower, upos, xpos, "") for upos, xpos in _READINGS)))
