"""What a codebook file says, row by row with its place, and the checks that make a Codebook of it.

Both readers, of YAML and of SKOS, end here, so that a fault is told in the same words whatever the file's form.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from math import isfinite
from types import MappingProxyType
from typing import NoReturn
from urllib.parse import quote

from kg.codebook import RELATIONS, quad_classes
from kg.codebooks.scheme import KINDS, STATUSES, Code, Codebook, Rule, Words
from kg.errors import InputError
from kg.extract.lexicon import Act
from kg.vocabulary import PREFIXES

HOME = "https://w3id.org/geopolitical-kg/codebook/"
"""Where the codes of a codebook that names no IRI of its own are."""
_NAME = re.compile(r"[a-z][a-z0-9-]*")
_IRI = re.compile(r"[a-z][a-z0-9+.-]*:[^\s<>\"{}|\\^`]+[/#:]")


@dataclass(frozen=True, slots=True)
class CodeRow:
    """A code as written. `score` is text still; `iri` is None where the file gives none."""

    place: str
    code: str
    label: str
    definition: str = ""
    broader: str | None = None
    quad: str | None = None
    score: str | None = None
    iri: str | None = None


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule as written: `code` None says that what fits gets no code."""

    place: str
    relation: str
    code: str | None
    statuses: tuple[str, ...] = ()
    words: tuple[Words, ...] = ()
    content: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    target: tuple[str, ...] = ()


@dataclass(slots=True)
class Faults:
    """What is wrong with a file, in the order in which it was found."""

    found: list[str] = field(default_factory=list)

    def add(self, place: str, message: str) -> None:
        self.found.append(f"{place}: {message}")

    def unless_known(self, place: str, what: str, given: str, known: Collection[str]) -> None:
        """A fault where `given` is none of `known`, with the nearest of them."""
        if given not in known:
            near = get_close_matches(given, known, n=2, cutoff=0.6) or get_close_matches(given.upper(), known, n=2, cutoff=0.6)
            self.add(place, f"unknown {what} '{given}'; {_offer(near, known)}")

    def raise_all(self, file: str) -> NoReturn:
        rest = len(self.found) - 1
        more = f" ({rest} more fault{'' if rest == 1 else 's'}; 'kg codebook {file}' lists all)" if rest else ""
        raise InputError(self.found[0] + more)


def _offer(near: list[str], known: Collection[str]) -> str:
    if near:
        return f"did you mean {' or '.join(near)}?"
    shown = sorted(known)[:24]
    return f"known are {', '.join(shown)}{', ...' if len(known) > len(shown) else ''}"


@dataclass(slots=True)
class Draft:
    """A file as written. `statuses` are those that a rule without a status is for; `complete` asks every relation to be mapped."""

    file: str
    name: str
    title: str = ""
    iri: str | None = None
    version: str = ""
    source: str = ""
    licence: str = ""
    statuses: tuple[tuple[str, str], ...] = ()
    codes: list[CodeRow] = field(default_factory=list)
    rules: list[RuleRow] = field(default_factory=list)
    uncoded: list[tuple[str, str]] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    complete: bool = True


def checked(draft: Draft, faults: Faults) -> Codebook | None:
    """The codebook that a draft describes, or None with what is wrong added to `faults`."""
    _check_head(draft, faults)
    _check_codes(draft, faults)
    _check_rules(draft, faults)
    _check_uncoded(draft, faults)
    if faults.found:
        return None
    iri = draft.iri or f"{HOME}{draft.name}/"
    coded = {row.relation for row in draft.rules}
    statuses = frozenset(status for _, status in draft.statuses) or frozenset(STATUSES)
    rules = [
        Rule(
            row.relation, row.code, frozenset(row.statuses) or statuses, row.words, frozenset(row.content), frozenset(row.source),
            frozenset(row.target),
        )
        for row in draft.rules
    ]  # fmt: skip
    return Codebook(
        draft.name, draft.title or draft.name, iri, MappingProxyType(dict(_codes(draft, iri))), tuple(rules),
        frozenset(RELATIONS) - coded, draft.version, draft.source, draft.licence, tuple(draft.acts),
    )  # fmt: skip


def _check_head(draft: Draft, faults: Faults) -> None:
    if not _NAME.fullmatch(draft.name):
        faults.add(draft.file, f"'{draft.name}' is no name for a codebook; use small letters, digits and hyphens, such as my-codes")
    elif draft.name in PREFIXES:
        faults.add(draft.file, f"the name '{draft.name}' is taken by a prefix of the ontology; choose another")
    if draft.iri is not None and not _IRI.fullmatch(draft.iri):
        faults.add(draft.file, f"iri '{draft.iri}' is no absolute IRI that ends in / or #, such as https://example.org/codes/")
    for place, status in draft.statuses:
        faults.unless_known(place, "status", status, STATUSES)
    if not draft.codes:
        faults.add(draft.file, "has no codes; list at least one with its label")
    if not draft.rules:
        faults.add(draft.file, "maps none of our relations to a code; 'kg codebook cameo --format yaml' shows how")


def _check_codes(draft: Draft, faults: Faults) -> None:
    first: dict[str, CodeRow] = {}
    for row in draft.codes:
        if row.code in first:
            faults.add(row.place, f"code '{row.code}' is there already ({first[row.code].place}); take one of the two out")
        first.setdefault(row.code, row)
        if row.quad is not None:
            faults.unless_known(row.place, "quad class", row.quad, quad_classes())
        if row.score is not None and _number(row.score) is None:
            faults.add(row.place, f"score '{row.score}' of code '{row.code}' is no number; write it as -5.0, or leave it out")
    for row in draft.codes:
        if row.broader is not None:
            faults.unless_known(row.place, f"broader code of '{row.code}'", row.broader, first.keys())
    for row in first.values():
        above = _above(row, first)
        if above is None:
            faults.add(row.place, f"code '{row.code}' is broader than itself, over {row.broader}; break the cycle at one 'broader'")


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if isfinite(number) else None


def _above(row: CodeRow, rows: dict[str, CodeRow]) -> list[CodeRow] | None:
    """The row and those above it, nearest first; None where they run in a circle back to the row."""
    path = [row]
    while (upper := rows.get(path[-1].broader or "")) is not None:
        if upper is row:
            return None
        if upper in path:  # a circle further up, told at its own rows
            break
        path.append(upper)
    return path


def _check_rules(draft: Draft, faults: Faults) -> None:
    codes = {row.code for row in draft.codes}
    seen: dict[tuple[object, ...], RuleRow] = {}
    for row in draft.rules:
        faults.unless_known(row.place, "relation", row.relation, RELATIONS)
        if row.code is not None:
            faults.unless_known(row.place, "code", row.code, codes)
        for status in row.statuses:
            faults.unless_known(row.place, "status", status, STATUSES)
        for relation in row.content:
            faults.unless_known(row.place, "relation", relation, RELATIONS)
        for kind in (*row.source, *row.target):
            faults.unless_known(row.place, "kind of actor", kind, KINDS)
        for status in row.statuses or ("",):
            for words in row.words or (None,):
                key = (row.relation, status, words, frozenset(row.content), frozenset(row.source), frozenset(row.target))
                before = seen.setdefault(key, row)
                if before is not row and before.code != row.code:
                    asked = f" with the words '{words}'" if words else ""
                    faults.add(row.place, f"{row.relation}{asked} has code '{before.code}' already ({before.place}); take one rule out")


def _check_uncoded(draft: Draft, faults: Faults) -> None:
    for place, relation in draft.uncoded:
        faults.unless_known(place, "relation", relation, RELATIONS)
        rule = next((row for row in draft.rules if row.relation == relation), None)
        if rule is not None:
            faults.add(place, f"{relation} is uncoded here, but mapped to '{rule.code}' ({rule.place}); take one of the two out")
    unmapped = set(RELATIONS) - {row.relation for row in draft.rules} - {relation for _, relation in draft.uncoded}
    if draft.complete and draft.rules and unmapped:
        names = ", ".join(code for code in RELATIONS if code in unmapped)
        faults.add(draft.file, f"says nothing of {names}; map each to a code, or name it under 'uncoded'")


def _codes(draft: Draft, iri: str) -> Iterator[tuple[str, Code]]:
    rows = {row.code: row for row in draft.codes}
    for row in draft.codes:
        path = _above(row, rows) or [row]
        quad = next((upper.quad for upper in path if upper.quad), None)
        score = next((_number(upper.score) for upper in path if upper.score), None)
        own = row.iri or iri + quote(row.code, safe="")
        yield row.code, Code(row.code, own, row.label, path[-1].code, row.broader, row.definition, quad, score)
