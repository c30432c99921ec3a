"""Date expressions of a sentence, in the precision that is written: "on Monday", "in August 2008", "since 1974".

A value is a date ("2022", "2022-02", "2022-02-24") or an interval of two such ("2014/2016", "1974/..", "../2025-03"), as in
ISO 8601 and its extension EDTF. A date library returns a full day for "2008" or "last month"; here a day is never
invented, so what news writes is read by rule. Which date belongs to which act is a matter of the tree: see `dating`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kg.extract import calendar
from kg.extract.calendar import DAYS, MONTHS, Period, Shift
from kg.extract.date_forms import FORMS, Context, Form, Match, Reading

OPEN = ".."


@dataclass(frozen=True, slots=True)
class Dated:
    """A date expression: its code points in the sentence's document and what it means.

    `value` is how an act that is over is dated, `ahead` one still to come ("on Friday" is the last or the next one),
    `near` one in the present tense; each is a date, an interval, or "" where the words do not fit such an act.
    `noun` says that the words stand before a noun and date that alone ("Monday's attack", "the 2015 accord").
    """

    begin: int
    end: int
    value: str
    ahead: str
    near: str
    noun: bool = False


@dataclass(frozen=True, slots=True)
class _Point:
    """An expression without the words around it. `told`: the text gives its year."""

    begin: int
    end: int
    reading: Reading
    noun: bool
    told: bool
    whole: bool
    """Whether the words are an interval already, or date a noun, so that no preposition makes them a bound."""


_BEGINS = (
    "since", "from", "after", "as of", "starting", "starting in", "starting on", "starting from", "beginning", "beginning in",
    "beginning on",
)  # fmt: skip
_ENDS = ("until", "till", "up to", "through", "by", "before", "prior to", "no later than")
_BOUND = "(" + "|".join(sorted((*_BEGINS, *_ENDS, "between"), key=len, reverse=True)) + ")"
_OWN = re.compile(rf"{_BOUND}\b", re.IGNORECASE)
_LEADING = re.compile(
    rf"\b{_BOUND}(?: (?:about|around|at least|early|late|mid|the|(?:the )?(?:end|start|beginning|middle) of))* ?$", re.IGNORECASE
)
_JOINING = re.compile(r"\s*(?:-|–|—|to|until|till|through|and)\s*(?:early |late |mid-?)?", re.IGNORECASE)
_SUPERLATIVE = re.compile(
    r"\b(?:first|only|most|least|worst|best|biggest|largest|deadliest|heaviest|strongest|highest|lowest|longest|bloodiest|closest|fiercest"
    r"|gravest|sharpest|steepest|boldest|clearest|toughest|harshest|greatest|latest)\b[^,;:.]*$",
    re.IGNORECASE,
)
"""Before "since": how long nothing like it has been seen, not when it began."""
_SOME_DATE = re.compile(
    r"\d|day|night|morning|noon|evening|week|month|year|ago\b|decade|century|overnight|tomorrow|spring|summer|autumn|fall|winter|quarter|half|Christmas|ties\b"
    "|" + "|".join(m for m in {m[:3] for m in MONTHS} | {"May"}),
    re.IGNORECASE,
)
_HINTS = {
    "month": re.compile("|".join(sorted({m[:3] for m in MONTHS})), re.IGNORECASE),
    "weekday": re.compile("|".join(DAYS), re.IGNORECASE),
    "digit": re.compile(r"\d"),
}


def find_dates(text: str, begin: int, published: str | None) -> list[Dated]:
    """Date expressions of a sentence that starts at code point `begin`, left to right, none overlapping.

    `published` anchors relative ones, at its own precision: with a month alone "last year" is known and "Monday" is not.
    """
    if not _SOME_DATE.search(text):
        return []
    points = _read(text, _matches(text, published), published)
    found: list[Dated] = []
    i = 0
    while i < len(points):
        joined = _joined(text, points[i], points[i + 1]) if i + 1 < len(points) else None
        dated = joined or _bounded(text, points[i])
        if dated is not None:
            found.append(Dated(begin + dated.begin, begin + dated.end, dated.value, dated.ahead, dated.near, dated.noun))
        i += 2 if joined else 1
    return found


def _matches(text: str, published: str | None) -> list[tuple[Form, Match]]:
    """What the forms match, earlier forms first, in the order of the text. A match that is no date is none."""
    there = {hint for hint, pattern in _HINTS.items() if pattern.search(text)} | {""}
    found: list[tuple[Form, Match]] = []
    alone = Context(published)
    for form in FORMS:
        if form.needs not in there:
            continue
        for m in form.pattern.finditer(text):
            if any(n.start() < m.end() and m.start() < n.end() for _, n in found):
                continue
            if form.is_relative or form.read(m, alone) is not None:
                found.append((form, m))
    return sorted(found, key=lambda fm: fm[1].start())


def _read(text: str, matches: Sequence[tuple[Form, Match]], published: str | None) -> list[_Point]:
    """The matches with their meaning, each in the light of the one before it and, for "a year after", of the one after it."""
    points: list[_Point] = []
    for i, (form, m) in enumerate(matches):
        last = points[-1] if points else None
        after = None
        if i + 1 < len(matches) and re.fullmatch(r"[^,;:.]{0,40}", text[m.end() : matches[i + 1][1].start()]):
            following = matches[i + 1][0].read(matches[i + 1][1], Context(published))
            after = following[0] if following else None
        context = Context(published, last.reading[0] if last else None, after, last.told if last else False)
        reading = form.read(m, context)
        if reading is not None:
            noun = form.noun or text.startswith(("'s ", "’s "), m.end())
            points.append(_Point(m.start(), m.end(), reading, noun, bool(m.groupdict().get("year")), noun or form.is_range))
    return points


def _joined(text: str, first: _Point, last: _Point) -> Dated | None:
    """ "From Monday to Friday", "between 2014 and 2016": two points as one interval."""
    between = text[first.end : last.begin]
    own = _JOINING.match(text, last.begin)
    link = between.strip().lower() or (own[0].strip().lower() if own else "")
    lead = _lead(text, first)
    if not (_JOINING.fullmatch(between) or (not between.strip() and own)) or (link == "and") != (lead == "between"):
        return None
    if lead not in ("from", "between") and link not in ("-", "–", "—", "to", "through"):
        return None
    past, ahead, near = (_following(a, last.reading) for a in first.reading)
    if past is None and ahead is None:
        return None
    return Dated(first.begin, last.end, _written(past), _written(ahead), _written(near))


def _following(first: Period | None, last: Reading) -> Period | None:
    """An interval that begins with one period and ends with the earliest reading of another that is not before it."""
    ends = [p for p in last if p]
    ends += [p for e in ends if len(e[1]) == 10 and (p := calendar.moved(e[1], Shift("day", 7)))]
    return min((p for e in ends if (p := calendar.joined(first, e))), key=lambda p: p[1], default=None)


def _lead(text: str, point: _Point) -> str:
    """The preposition that makes a date a bound: before the expression, or as its first word. "" if there is none."""
    found = _OWN.match(text, point.begin, point.end) or _LEADING.search(text[max(0, point.begin - 40) : point.begin])
    return found[1].lower() if found else ""


def _bounded(text: str, point: _Point) -> Dated | None:
    """A point with the bound that its preposition makes it; None where it only says how long nothing like it was seen."""
    past, ahead, near = point.reading
    lead = "" if point.whole else _lead(text, point)
    if lead == "since" and _SUPERLATIVE.search(text[: point.begin]):
        return None
    values = [_written(p, begins=lead in _BEGINS, ends=lead in _ENDS) for p in (past, ahead, near)]
    return Dated(point.begin, point.end, values[0], values[1], values[2], point.noun)


def _written(period: Period | None, *, begins: bool = False, ends: bool = False) -> str:
    """A period as a date or an interval; `begins` and `ends` leave the other side open."""
    if period is None:
        return ""
    first, last = period
    if begins:
        return f"{first}/{OPEN}"
    if ends:
        return f"{OPEN}/{last}"
    return first if first == last else f"{first}/{last}"
