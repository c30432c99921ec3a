"""The act lexicon: which words report which relation, and which words change the reading of another act.

Rows are data (ontology/lexicon, shipped in kg/data/lexicon); this module finds the rows that fit a word in its
place and knows no word itself.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from typing import Literal

OperatorKind = Literal[
    "refuse", "threaten", "promise", "plan", "want", "deny", "fail", "transparent", "consider", "prevent", "ask", "demand",
    "claim", "cause", "allow", "stop",
]  # fmt: skip
PARTS_OF_SPEECH = frozenset(("VERB", "NOUN", "ADJ"))
GRAMMATICAL_SLOTS = frozenset(("obj", "iobj", "poss", "obj-mod", "ccomp-subj", "xcomp-obj"))
FLAGS = frozenset(("reciprocal", "swap", "speech", "inner-requested", "inner-planned", "weak", "person", "patient", "modal", "final"))
OVERRIDE = "override"
"""Flag of a row that stands instead of all rows of ours for its word."""


@dataclass(frozen=True, slots=True)
class Act:
    """One row: a word, the conditions on its place, and the relation it reports.

    `objects` are lemmas of the direct object that the act needs; `slots` where the target stands, best first.
    """

    lemma: str
    pos: str
    particle: str
    objects: frozenset[str]
    slots: tuple[str, ...]
    relation: str
    flags: frozenset[str]

    @property
    def specificity(self) -> int:
        return 2 * bool(self.objects - {"*"}) + bool(self.particle)


@dataclass(frozen=True, slots=True)
class Operator:
    """A word that takes another act as its complement and changes how that is to be read."""

    lemma: str
    pos: str
    particle: str
    kind: OperatorKind
    slots: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lexicon:
    acts: Mapping[tuple[str, str], tuple[Act, ...]]
    operators: Mapping[tuple[str, str], tuple[Operator, ...]]
    light: frozenset[str] = field(default=frozenset())

    def acts_of(
        self,
        lemma: str,
        pos: str,
        particles: Collection[str] = (),
        objects: Collection[str] = (),
        complements: Mapping[str, Collection[str]] | None = None,
    ) -> list[Act]:
        """Rows that fit, the most specific first.

        A row with objects needs one of them as direct object. A row with a particle needs it, or a prepositional
        complement with it ("agree on a pact"), whose noun then has to be one of the row's objects if it has any.
        """
        fitting = [row for row in self.acts.get((lemma, pos), ()) if _fits(row, particles, objects, complements or {})]
        return sorted(fitting, key=lambda row: -row.specificity)

    def with_acts(self, acts: Iterable[Act]) -> Lexicon:
        """This lexicon with rows of a codebook, which go before ours where both fit equally well.

        Rows flagged "override" stand instead of all rows of ours for their word; without a relation they only take those away.
        """
        rows = dict(self.acts)
        added: dict[tuple[str, str], list[Act]] = defaultdict(list)
        for act in acts:
            added[act.lemma, act.pos].append(act)
        for word, own in added.items():
            kept = () if any(OVERRIDE in act.flags for act in own) else rows.get(word, ())
            rows[word] = (*(act for act in own if act.relation), *kept)
        return replace(self, acts=rows)

    def operator(self, lemma: str, pos: str, particles: Collection[str]) -> Operator | None:
        fitting = [row for row in self.operators.get((lemma, pos), ()) if not row.particle or row.particle in particles]
        return max(fitting, key=lambda row: bool(row.particle), default=None)


def _fits(row: Act, particles: Collection[str], objects: Collection[str], complements: Mapping[str, Collection[str]]) -> bool:
    if row.particle and row.particle not in particles:
        nouns = complements.get(row.particle)
        return nouns is not None and (not row.objects or _has(row.objects, nouns))
    return not row.objects or _has(row.objects, objects)


def _has(wanted: frozenset[str], found: Collection[str]) -> bool:
    """One of the wanted lemmas, or any at all for "*"."""
    return bool(found) if "*" in wanted else bool(wanted.intersection(found))


def read_rows(lines: Iterable[str]) -> Iterator[dict[str, str]]:
    """Rows of a lexicon file; lines that begin with # are comments."""
    return csv.DictReader(line for line in lines if line.strip() and not line.startswith("#"))


def _split(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split("|") if part.strip())


def act_of(row: Mapping[str, str]) -> Act:
    """A row of acts_*.csv as a value; nothing is checked."""
    objects, flags = frozenset(_split(row["object"])), frozenset(_split(row["flags"]))
    return Act(row["lemma"], row["pos"], row["particle"], objects, _split(row["target"]), row["relation"], flags)


def make_lexicon(acts: Iterable[Mapping[str, str]], operators: Iterable[Mapping[str, str]], light: Iterable[str]) -> Lexicon:
    by_word: dict[tuple[str, str], list[Act]] = defaultdict(list)
    for row in acts:
        act = act_of(row)
        by_word[act.lemma, act.pos].append(act)
    changing: dict[tuple[str, str], list[Operator]] = defaultdict(list)
    for row in operators:
        operator = Operator(row["lemma"], row["pos"], row["particle"], row["kind"], _split(row["target"]))  # type: ignore[arg-type]
        changing[operator.lemma, operator.pos].append(operator)
    return Lexicon({k: tuple(v) for k, v in by_word.items()}, {k: tuple(v) for k, v in changing.items()}, frozenset(light))


@cache
def load_lexicon() -> Lexicon:
    """The lexicon that ships with the package."""
    folder = files("kg") / "data" / "lexicon"

    def rows(name: str) -> list[dict[str, str]]:
        return list(read_rows((folder / name).read_text(encoding="utf-8").splitlines()))

    acts = [row for name in ("acts_verbal.csv", "acts_material.csv", "acts_standing.csv") for row in rows(name)]
    return make_lexicon(acts, rows("operators.csv"), [row["lemma"] for row in rows("light_verbs.csv")])
