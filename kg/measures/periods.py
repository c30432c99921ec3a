"""How time is divided: periods of dates of any precision, and whether a date lies in a span."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from typing import Literal

from kg.errors import UnknownNameError

Period = Literal["all", "year", "quarter", "month", "day"]
PERIODS: tuple[Period, ...] = ("all", "year", "quarter", "month", "day")

_LENGTHS = {"year": 4, "quarter": 7, "month": 7, "day": 10}


def period_of(date: str | None, period: Period) -> str:
    """The period that a date of any precision, or both ends of an interval, fall in; empty where it is not that precise.

    Raises UnknownNameError for a period that is none.

    >>> period_of("2024-03-05", "quarter"), period_of("2024", "month"), period_of("2024-01/2024-03", "year"), period_of("2024/..", "year")
    ('2024-Q1', '', '2024', '')
    """
    if period not in PERIODS:
        raise UnknownNameError(f"no period {period!r}; there is {', '.join(PERIODS)}")
    if period == "all" or date is None:
        return ""
    if "/" in date:
        begin, end = (period_of(side, period) for side in date.split("/"))
        return begin if begin == end else ""
    if len(date) < _LENGTHS[period]:
        return ""
    if period == "quarter":
        return f"{date[:4]}-Q{(int(date[5:7]) + 2) // 3}"
    return date[: _LENGTHS[period]]


def within(date: str | None, begin: str | None, end: str | None) -> bool:
    """Whether a date of any precision, or an interval, lies wholly within [begin, end], both of any precision and inclusive.

    >>> within("2024-02", "2024", "2024-02-29"), within("2024", "2024-02", None), within(None, None, None)
    (True, False, True)
    """
    if date is None:
        return begin is None and end is None
    first, _, last = date.partition("/")
    after = begin is None or (first != ".." and _first_day(first) >= _first_day(begin))
    before = end is None or (last != ".." and _last_day(last or first) <= _last_day(end))
    return after and before


def _first_day(date: str) -> str:
    return date + "-01-01"[len(date) - 4 :] if len(date) < 10 else date


def _last_day(date: str) -> str:
    if len(date) == 4:
        return f"{date}-12-31"
    return f"{date}-{monthrange(int(date[:4]), int(date[5:7]))[1]}" if len(date) == 7 else date


def fill_periods(periods: Iterable[str]) -> list[str]:
    """All years, quarters or months from the first to the last; days as they are (there would be too many).

    >>> fill_periods({"2024-11", "2025-02"}), fill_periods({"2024-Q4", "2025-Q1"})
    (['2024-11', '2024-12', '2025-01', '2025-02'], ['2024-Q4', '2025-Q1'])
    """
    known = sorted(periods)
    if not known or len(known[0]) == 10:
        return known
    if len(known[0]) == 4:
        return [str(year) for year in range(int(known[0]), int(known[-1]) + 1)]
    parts, mark, digits = (4, "-Q", 1) if "Q" in known[0] else (12, "-", 2)
    begin, end = (int(one[:4]) * parts + int(one.split(mark)[-1]) - 1 for one in (known[0], known[-1]))
    return [f"{at // parts}{mark}{at % parts + 1:0{digits}}" for at in range(begin, end + 1)]


def period_bounds(period: str) -> tuple[str, str]:
    """First and last day of a period.

    >>> period_bounds("2024-02"), period_bounds("2024-Q2"), period_bounds("2024")
    (('2024-02-01', '2024-02-29'), ('2024-04-01', '2024-06-30'), ('2024-01-01', '2024-12-31'))
    """
    if len(period) == 10:
        return period, period
    year = period[:4]
    if len(period) == 4:
        return f"{year}-01-01", f"{year}-12-31"
    first, last = (3 * int(period[-1]) - 2, 3 * int(period[-1])) if "Q" in period else (int(period[5:]), int(period[5:]))
    return f"{year}-{first:02}-01", f"{year}-{last:02}-{monthrange(int(year), last)[1]}"
