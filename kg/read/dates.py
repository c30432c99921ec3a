"""Dates of any precision out of what people write; a day or month that is not there is never made up."""

from __future__ import annotations

import re
from datetime import date

_LONGEST = 80  # characters; what is longer is not a date, and not worth the patterns' time
_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december")
_MONTH_NUMBER = {name: n for n, full in enumerate(_MONTHS, 1) for name in (full, full[:3])} | {"sept": 9}
_MONTH = "(?P<month>" + "|".join(sorted(_MONTH_NUMBER, key=len, reverse=True)) + r")\.?"
_YEAR = r"(?P<year>[12]\d{3})"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_CLOCK = re.compile(
    r"(?:[t,\s]|\bat\b)*\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:[ap]\.?m\.?)?\s*"
    r"(?:z|[a-z]{2,5}|(?:utc|gmt)?[+-]\d{2}:?\d{0,2})?(?:\s*\([^)]*\))?$"
)
_WEEKDAY = re.compile(r"^(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\b\.?,?\s*")
_FORMS = tuple(
    re.compile(form)
    for form in (
        rf"{_YEAR}(?:-(?P<month>\d{{2}})(?:-(?P<day>\d{{2}}))?)?",
        rf"{_YEAR}(?P<month>\d{{2}})(?P<day>\d{{2}})",
        rf"{_YEAR}/(?P<month>\d{{1,2}})(?:/(?P<day>\d{{1,2}}))?",
        rf"(?P<day>\d{{1,2}})\.(?P<month>\d{{1,2}})\.{_YEAR}",
        rf"(?:{_DAY}[\s-]+(?:of\s+)?)?{_MONTH}[\s,-]+{_YEAR}",
        rf"{_MONTH}\s+{_DAY},?\s+{_YEAR}",
    )
)
_SLASHED = re.compile(rf"(?P<first>\d{{1,2}})/(?P<second>\d{{1,2}})/{_YEAR}")


def parse_date(written: str) -> str | None:
    """The date in ISO 8601 at the precision that is written, or None where it cannot be told.

    Epoch numbers, two-digit years and 03/04/2025 (which may be March or April) are refused. A time of day is
    dropped, not converted: the day is the one that was written.

    >>> parse_date("Thu, 20 Mar 2025 23:30:00 -0500"), parse_date("March 2025"), parse_date("1742428800")
    ('2025-03-20', '2025-03', None)
    """
    if len(written) > _LONGEST:
        return None
    text = _CLOCK.sub("", _WEEKDAY.sub("", " ".join(written.split()).lower()))
    if slashed := _SLASHED.fullmatch(text):
        return _slashed_date(slashed)
    for form in _FORMS:
        if found := form.fullmatch(text):
            parts = found.groupdict()
            month = parts.get("month")
            return _iso(parts["year"], _MONTH_NUMBER.get(month, month) if month else None, parts.get("day"))
    return None


def _slashed_date(found: re.Match[str]) -> str | None:
    first, second = int(found["first"]), int(found["second"])
    if first <= 12 and second <= 12 and first != second:
        return None
    day, month = (first, second) if first > 12 else (second, first)
    return _iso(found["year"], month, day)


def _iso(year: str, month: str | int | None, day: str | int | None) -> str | None:
    try:
        known = date(int(year), int(month or 1), int(day or 1)).isoformat()
    except ValueError:
        return None
    return known if day else known[:7] if month else known[:4]
