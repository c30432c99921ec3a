"""A codebook other than ours as values: its codes, and the rules that give a statement one of them.

A statement keeps our relation; a codebook is a view on it. Every rule names one of our relations and may name more:
the words that report the act, the status, the kinds of the two actors, the relation of what is asked for. Of the
rules that hold the most particular decides.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import get_args

from kg.extract.lexicon import Act
from kg.model import ActorKind, Status

STATUSES: tuple[Status, ...] = get_args(Status)
KINDS: tuple[ActorKind, ...] = get_args(ActorKind)

_TOKEN = re.compile(r"[^\W_][\w'-]*(\|[^\W_][\w'-]*)*")


@dataclass(frozen=True, slots=True)
class Code:
    """A row of a codebook. `broader` is the code above it, `root` the topmost one (itself where there is none above).

    `quad` and `score` are those of the nearest code above where the row has none of its own, None where no row has one.
    """

    code: str
    iri: str
    label: str
    root: str
    broader: str | None = None
    definition: str = ""
    quad: str | None = None
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """A pattern over lemmas: one of `trigger` is the word that reports the act, and each set of `beside` has one near it."""

    trigger: frozenset[str]
    beside: tuple[frozenset[str], ...] = ()

    @classmethod
    def parse(cls, text: str) -> Words:
        """The pattern that is written as "impose sanction|embargo": the trigger first, alternatives with "|".

        Raises ValueError, whose message says how to write one.

        >>> Words.parse("impose sanction|embargo").fits({"imposed", "impose"}, {"new", "sanction"})
        True
        >>> Words.parse("impose + sanction")
        Traceback (most recent call last):
        ValueError: '+' is no lemma; write a pattern as 'impose sanction|embargo'
        """
        tokens = text.split()
        bad = next((token for token in tokens if not _TOKEN.fullmatch(token)), None)
        if bad is not None or not tokens:
            raise ValueError(f"{(bad or '')!r} is no lemma; write a pattern as 'impose sanction|embargo'")
        trigger, *beside = (frozenset(token.lower().split("|")) for token in tokens)
        return cls(trigger, tuple(beside))

    def fits(self, trigger: Collection[str], near: Collection[str]) -> bool:
        """Whether a trigger with these possible lemmas, beside words with those, is meant."""
        return not self.trigger.isdisjoint(trigger) and all(not wanted.isdisjoint(near) for wanted in self.beside)

    def __str__(self) -> str:
        return " ".join("|".join(sorted(token)) for token in (self.trigger, *self.beside))


@dataclass(frozen=True, slots=True)
class Rule:
    """Statements of `relation` for which all conditions hold get `code`, or none where it is None. Empty: no condition.

    `source` and `target` are kinds of actors, of the side that a person acts for where one is known; `content` are
    relations of the statement's content (what was urged, demanded, promised).
    """

    relation: str
    code: str | None
    statuses: frozenset[str]
    words: tuple[Words, ...] = ()
    content: frozenset[str] = frozenset()
    source: frozenset[str] = frozenset()
    target: frozenset[str] = frozenset()

    @property
    def is_default(self) -> bool:
        """Whether it asks for nothing but a relation and statuses."""
        return not (self.words or self.content or self.source or self.target)


@dataclass(frozen=True, slots=True)
class Codebook:
    """Codes and rules as they were read and checked. `acts` are rows of the codebook's own for the act lexicon."""

    name: str
    title: str
    iri: str
    codes: Mapping[str, Code]
    rules: tuple[Rule, ...]
    uncoded: frozenset[str]
    version: str = ""
    source: str = ""
    licence: str = ""
    acts: tuple[Act, ...] = ()
