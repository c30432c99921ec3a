"""Periods of the calendar in ISO 8601 at the precision that is known, and moving about among them.

A period is its first and its last date, both of one precision: ("2008", "2008"), ("2024-06", "2024-08"). Nothing here
reads text or knows today's date.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

Period = tuple[str, str]
LONGEST = 400
"""Units that a date is moved by at most; years before 1000 and after 9999 have no four digits."""

_NAMES = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"]
MONTHS = {name: i for i, full in enumerate(_NAMES, 1) for name in (full, full[:3])} | {"sept": 9}
DAYS = {d: i for i, d in enumerate(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"])}
SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
"""First month of each, in the north."""
HOLIDAYS = {
    "new year's day": (1, 1), "new year's eve": (12, 31), "valentine's day": (2, 14), "may day": (5, 1), "bastille day": (7, 14),
    "christmas eve": (12, 24), "christmas day": (12, 25), "boxing day": (12, 26),
}  # fmt: skip
NUMBERS = {
    "a couple of": 2, "an": 1, "a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60,
}  # fmt: skip
DECADES = {
    "twenties": 20, "thirties": 30, "forties": 40, "fifties": 50, "sixties": 60, "seventies": 70, "eighties": 80, "nineties": 90,
}  # fmt: skip
CENTURIES = {
    "tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15, "sixteenth": 16, "seventeenth": 17,
    "eighteenth": 18, "nineteenth": 19, "twentieth": 20, "twenty-first": 21,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shift:
    """A number of units: day, week, month, year or decade. Negative ones lead back."""

    unit: str
    amount: int


def day(year: int, month: int, number: int) -> Period | None:
    """A day, None where the calendar lacks it."""
    try:
        written = dt.date(year, month, number).isoformat()
    except ValueError:
        return None
    return written, written


def month(year: int, number: int) -> Period:
    return f"{year:04}-{number:02}", f"{year:04}-{number:02}"


def season(year: int, first: int) -> Period:
    """Three months; a winter is named by the year in which it begins."""
    return _month_after(f"{year:04}-{first:02}", 0), _month_after(f"{year:04}-{first:02}", 2)


def ordinal_weekday(year: int, number: int, weekday: int, ordinal: int) -> Period | None:
    """The first to fourth of a month's Mondays (0) to Sundays (6); 5 for the last."""
    begin = dt.date(year, number, 1)
    found = begin + dt.timedelta(days=(weekday - begin.weekday()) % 7 + 7 * (ordinal - 1))
    if found.month != number:
        found -= dt.timedelta(days=7)
    return shifted(found, 0)


def shifted(date: dt.date, days: int) -> Period:
    return span(date, days, 1)


def span(date: dt.date, days: int, length: int) -> Period:
    """`length` days from so many days after a date."""
    first = date + dt.timedelta(days=days)
    return first.isoformat(), (first + dt.timedelta(days=length - 1)).isoformat()


def moved(date: str, shift: Shift) -> Period | None:
    """The whole unit that lies so many of them from a date: the month two months ago, the week after next.

    None where the date is not known to that unit, or the way is too long for four digits.
    """
    if abs(shift.amount) > LONGEST:
        return None
    match shift.unit:
        case "day" if len(date) == 10:
            return shifted(dt.date.fromisoformat(date), shift.amount)
        case "week" if len(date) == 10:
            today = dt.date.fromisoformat(date)
            return span(today, 7 * shift.amount - today.weekday(), 7)
        case "month" if len(date) >= 7:
            there = _month_after(date[:7], shift.amount)
            return there, there
        case "year":
            there = f"{int(date[:4]) + shift.amount:04}"
            return there, there
        case "decade":
            first = int(date[:3]) * 10 + 10 * shift.amount
            return f"{first:04}", f"{first + 9:04}"
    return None


def reached(date: str, shift: Shift) -> Period | None:
    """The date itself after so many units, as precise as those: weeks end on a day."""
    if shift.unit == "week":
        return moved(date, Shift("day", 7 * shift.amount))
    return moved(date, shift)


def joined(first: Period | None, last: Period | None) -> Period | None:
    """From the beginning of one to the end of the other; None where that is backwards."""
    if first is None or last is None or first[0][: len(last[1])] > last[1][: len(first[0])]:
        return None
    return first[0], last[1]


def nearer(past: Period | None, ahead: Period | None, today: str) -> Period | None:
    """That of two which is closer to a day; the past one where they are equally close."""
    if past is None or ahead is None:
        return past or ahead
    return past if distance(past[1], today) <= distance(ahead[0], today) else ahead


def distance(one: str, other: str) -> int:
    """Days between the beginnings of two dates."""
    return abs(_ordinal(one) - _ordinal(other))


def _ordinal(date: str) -> int:
    return dt.date.fromisoformat(date + "-01-01"[len(date) - 4 :]).toordinal()


def _month_after(date: str, amount: int) -> str:
    months = int(date[:4]) * 12 + int(date[5:7]) - 1 + amount
    return f"{months // 12:04}-{months % 12 + 1:02}"
