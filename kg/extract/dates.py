"""When an act happened, in the precision that the sentence gives: "on Monday", "in August 2008", "since 1974".

A date library returns a full day for "2008" or "last month"; here a day is never invented, so the few forms that
news uses are read by rule. Weeks have no ISO prefix precision and are left out.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass

from kg.extract.tree import Tree

MONTHS = {
    m: i
    for i, m in enumerate(
        ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"], 1
    )
}
MONTHS |= {m[:3]: i for m, i in MONTHS.items()} | {"sept": 9}
DAYS = {d: i for i, d in enumerate(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"])}
_MONTH = (
    "(?P<month>January|February|March|April|May|June|July|August|September|October|November|December"
    "|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\\.?"
)
_YEAR = "(?P<year>1[89]\\d\\d|20\\d\\d)"
_DAY = "(?P<day>[0-3]?\\d)(?:st|nd|rd|th)?"
_WEEKDAY = "(?P<weekday>Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)"


@dataclass(frozen=True, slots=True)
class Dated:
    """A date expression: its code points in the sentence's document and its ISO value."""

    begin: int
    end: int
    value: str


def _full(m: re.Match[str], today: dt.date | None) -> str | None:
    year = m.groupdict().get("year")
    month, day = MONTHS[m["month"].lower().rstrip(".")], int(m["day"])
    try:
        if year:
            return dt.date(int(year), month, day).isoformat()
        if today is None:
            return None
        found = dt.date(today.year, month, day)
        return (found if found <= today + dt.timedelta(days=180) else dt.date(today.year - 1, month, day)).isoformat()
    except ValueError:
        return None


def _month(m: re.Match[str], today: dt.date | None) -> str | None:
    month = MONTHS[m["month"].lower().rstrip(".")]
    if m.groupdict().get("year"):
        return f"{m['year']}-{month:02d}"
    if today is None:
        return None
    return f"{today.year if month <= today.month else today.year - 1}-{month:02d}"


def _weekday(m: re.Match[str], today: dt.date | None) -> str | None:
    if today is None:
        return None
    ahead = (m.groupdict().get("which") or "").lower() in ("next", "coming")
    shift = (DAYS[m["weekday"].lower()] - today.weekday()) % 7 if ahead else -((today.weekday() - DAYS[m["weekday"].lower()]) % 7)
    if ahead and shift == 0:
        shift = 7
    return (today + dt.timedelta(days=shift)).isoformat()


def _relative(m: re.Match[str], today: dt.date | None) -> str | None:
    if today is None:
        return None
    step = {"last": -1, "previous": -1, "this": 0, "next": 1}[m["which"].lower()]
    if m["unit"].lower() == "year":
        return str(today.year + step)
    months = today.year * 12 + today.month - 1 + step
    return f"{months // 12}-{months % 12 + 1:02d}"


def _near(m: re.Match[str], today: dt.date | None) -> str | None:
    shift = {"yesterday": -1, "today": 0, "tonight": 0, "tomorrow": 1}[m["near"].lower()]
    return (today + dt.timedelta(days=shift)).isoformat() if today else None


def _year(m: re.Match[str], _: dt.date | None) -> str | None:
    return m["year"]


FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], dt.date | None], str | None]], ...] = (
    (re.compile(rf"\b{_DAY} (?:of )?{_MONTH},? {_YEAR}\b"), _full),
    (re.compile(rf"\b{_MONTH} {_DAY}, {_YEAR}\b"), _full),
    (re.compile(rf"\b{_MONTH},? (?:of )?{_YEAR}\b"), _month),
    (re.compile(rf"\b{_DAY} {_MONTH}(?=\W|$)"), _full),
    (re.compile(rf"\b{_MONTH} {_DAY}\b"), _full),
    (re.compile(rf"\b(?:(?P<which>last|next|this|coming) )?{_WEEKDAY}\b"), _weekday),
    (re.compile(r"\b(?P<which>last|previous|this|next) (?P<unit>month|year)\b", re.IGNORECASE), _relative),
    (re.compile(r"\b(?P<near>yesterday|today|tonight|tomorrow)\b", re.IGNORECASE), _near),
    (re.compile(rf"\b(?:in|In|since|Since|of|early|late|mid|during|last|this|by) {_MONTH}(?![\w-])(?! \d)"), _month),
    (re.compile(rf"\b(?:in|In|since|Since|of|during|During|until|by|from|the|'s|’s|late|early|mid-?) ?{_YEAR}\b(?!-?\w)"), _year),
)


def find_dates(text: str, begin: int, published: str | None) -> list[Dated]:
    """Date expressions of a sentence that starts at code point `begin`, left to right, none overlapping.

    `published` anchors relative ones; with less than a day's precision those are left out.
    """
    today = dt.date.fromisoformat(published[:10]) if published and len(published) >= 10 else None
    found: list[Dated] = []
    for pattern, read in FORMS:
        for m in pattern.finditer(text):
            value = read(m, today)
            span = (begin + m.start(), begin + m.end())
            if value and not any(d.begin < span[1] and span[0] < d.end for d in found):
                found.append(Dated(span[0], span[1], value))
    return sorted(found, key=lambda d: d.begin)


def date_of(tree: Tree, trigger: int, dates: list[Dated]) -> str | None:
    """The date that belongs to a trigger: below it in its own clause, else below the clauses it stands in."""
    if not dates:
        return None
    at = {i: d for d in dates for i in range(len(tree)) if d.begin <= tree.begins[i] < d.end}
    for node in (trigger, *tree.ancestors(trigger)):
        near = [at[i] for i in _clause(tree, node) if i in at]
        if near:
            return min(near, key=lambda d: abs(d.begin - tree.begins[trigger])).value
        if tree.base(node) in ("ccomp", "acl"):
            return None
    return None


def _clause(tree: Tree, node: int) -> list[int]:
    """Tokens below a node without those of clauses that hang on it."""
    found, stack = [], [node]
    while stack:
        i = stack.pop()
        found.append(i)
        stack.extend(k for k in tree.children[i] if tree.base(k) not in ("ccomp", "advcl", "acl", "parataxis", "conj", "csubj"))
    return found
