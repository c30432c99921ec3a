"""The forms in which news writes dates, as patterns with what they mean for an act that is over, to come or under way."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from kg.extract import calendar
from kg.extract.calendar import CENTURIES, DAYS, DECADES, HOLIDAYS, MONTHS, NUMBERS, SEASONS, Period, Shift

Match = re.Match[str]
Reading = tuple[Period | None, Period | None, Period | None]
"""The same words said of the past, of the future and of the present."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a form may look at besides its own words: the document's date, and the periods of the dates beside it.

    `told` is whether the text itself gives the year of the date before.
    """

    published: str | None
    before: Period | None = None
    after: Period | None = None
    told: bool = False

    @property
    def today(self) -> dt.date | None:
        return dt.date.fromisoformat(self.published[:10]) if self.published and len(self.published) >= 10 else None


Read = Callable[[Match, Context], Reading | None]


@dataclass(frozen=True, slots=True)
class Form:
    """`noun`: the words date the noun after them. `needs`: the name of a month or of a weekday stands in it, or a digit."""

    pattern: re.Pattern[str]
    read: Read
    noun: bool
    needs: str
    is_relative: bool
    """Whether it counts from the date beside it, so that it means nothing alone."""
    is_range: bool
    """Whether it names both ends of an interval, so that a "from" before it says nothing more."""


_MONTH_NAMES = (
    "January|February|March|April|May|June|July|August|September|October|November|December"
    "|Jan\\.?|Feb\\.?|Mar\\.|Apr\\.?|Jun\\.|Jul\\.|Aug\\.?|Sept?\\.?|Oct\\.?|Nov\\.?|Dec\\.?"
)
_MONTH = f"(?P<month>{_MONTH_NAMES})"
_YEAR = "(?P<year>1[5-9]\\d\\d|20\\d\\d)(?![\\d:]|[.,]\\d)"
_DAY = "(?P<day>[0-3]?\\d)(?:st|nd|rd|th)?"
_LAST_DAY = "(?P<last>[0-3]?\\d)(?:st|nd|rd|th)?"
_LAST_MONTH = f"(?P<until>{_MONTH_NAMES})"
_MONTH_BUT_MAY = f"(?P<month>{_MONTH_NAMES.replace('|May', '')})"
"""Where the word may be a name or a verb."""
_BARE_YEAR = "(?P<year>1[5-9]\\d\\d|20\\d\\d)"
_DAYS = "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday"
_WEEKDAY = f"(?P<weekday>{_DAYS})"
_NAMED = f"(?:(?:{_DAYS}),? (?:the )?|(?:night|morning|evening|afternoon|day) of )?"
"""A weekday or a time of day that stands before a full date and says nothing more."""
_TO = "(?: ?[-–—] ?| to | until | till | through )"
_AMOUNT = "(?P<amount>\\d{1,3}|" + "|".join(NUMBERS) + ")"
_UNIT = "(?P<unit>hour|day|week|fortnight|month|year|decade)"
_ROUGHLY = "(?P<roughly>(?:more than|over|less than|under|at least|up to) )?"
_ORDINAL = "(?P<ordinal>first|second|third|fourth|last|1st|2nd|3rd|4th)"
_PART = "(?:(?:early|late|mid|middle|end|start|beginning)(?: in| of|-| on)? ?)"
_COUNTED = (
    "people|troops|soldiers|men|women|children|civilians|refugees|families|homes|houses|rifles|tonnes|tons|fighters|workers|migrants"
    "|prisoners|deaths|dead|wounded|km|kilometres|kilometers|miles|metres|meters|dollars|euros|pounds|vehicles|tanks|drones|missiles"
    "|rockets|shells|villages|police|officers|others|barrels|square|years|hectares|acres|megawatts|personnel|protesters|students"
)
"""Words after which a number between 1500 and 2099 counts things."""
_DETERMINER = "(?:[Tt]he|[Aa]n?|[Ii]ts|[Hh]is|[Hh]er|[Tt]heir|[Oo]ur|[Tt]h(?:is|at)|[Aa]nother|'s|’s|s'|s’)"
_NOT_QUANTITY = "(?!nearly |about |roughly |some |almost |around |over |than |estimated |additional |other |first |last |year )"


# --- what each form means


def _same(period: Period | None) -> Reading | None:
    return (period, period, period) if period else None


def _full(m: Match, c: Context) -> Reading | None:
    """A day of a month; the month's year from the text, or else the one that fits the act's tense."""
    parts = m.groupdict()
    month, day = MONTHS[m["month"].lower().rstrip(".")], int(m["day"])
    if parts.get("year"):
        return _same(calendar.day(int(m["year"]), month, day))
    return _of_years(c, lambda year: calendar.day(year, month, day))


def _days(m: Match, c: Context) -> Reading | None:
    """Two days of one month."""
    month, first, last = MONTHS[m["month"].lower().rstrip(".")], int(m["day"]), int(m["last"])

    def within(year: int) -> Period | None:
        return calendar.joined(calendar.day(year, month, first), calendar.day(year, month, last))

    return _same(within(int(m["year"]))) if m["year"] else _of_years(c, within)


def _months(m: Match, c: Context) -> Reading | None:
    """Two months, with days or without; the second one's year holds for both."""
    first, last = (MONTHS[m[name].lower().rstrip(".")] for name in ("month", "until"))

    def within(year: int) -> Period | None:
        begin = year - (first > last)
        if m["day"] and m["last"]:
            return calendar.joined(calendar.day(begin, first, int(m["day"])), calendar.day(year, last, int(m["last"])))
        return calendar.joined(calendar.month(begin, first), calendar.month(year, last)) if not (m["day"] or m["last"]) else None

    return _same(within(int(m["year"]))) if m["year"] else _of_years(c, within)


def _years(m: Match, _: Context) -> Reading | None:
    first, last = m["year"], m["last"]
    return _same(calendar.joined((first, first), (last, last) if len(last) == 4 else (first[:2] + last, first[:2] + last)))


def _iso(m: Match, _: Context) -> Reading | None:
    return _same(calendar.day(int(m["year"]), int(m["month"]), int(m["day"])))


def _slashed(m: Match, _: Context) -> Reading | None:
    """26/07/2023 and 07/26/2023; where both readings are days, only the year is known."""
    first, last = int(m["first"]), int(m["second"])
    if first <= 12 and last <= 12 and first != last:
        return _same((m["year"], m["year"]))
    day, month = (first, last) if last <= 12 else (last, first)
    return _same(calendar.day(int(m["year"]), month, day))


def _month(m: Match, c: Context) -> Reading | None:
    month, which = MONTHS[m["month"].lower().rstrip(".")], (m.groupdict().get("which") or "").lower()
    if m.groupdict().get("year"):
        return _same(calendar.month(int(m["year"]), month))
    if c.published is None or (which and len(c.published) < 7):
        return None
    if which:
        year, now = int(c.published[:4]), int(c.published[5:7])
        year += {"last": -(month >= now), "next": int(month <= now), "coming": int(month <= now)}.get(which, 0)
        return _same(calendar.month(year, month))
    return _of_years(c, lambda year: calendar.month(year, month))


def _of_years(c: Context, within: Callable[[int], Period | None]) -> Reading | None:
    """A part of a year that the text does not name: the latest that has begun, the earliest not over, the nearer one.

    "In January 2020 and again in May": beside a date with a year, the one nearest to it.
    """
    if c.told and c.before and len(c.before[1]) > 4:
        beside = c.before[1]
        year = int(beside[:4])
        around = [p for y in (year, year - 1, year + 1) if (p := within(y))]
        return _same(min(around, key=lambda p: calendar.distance(p[0], beside), default=None))
    if c.published is None or len(c.published) < 7:
        return None
    today = c.published
    found = [p for y in (-1, 0, 1) if (p := within(int(today[:4]) + y))]
    if not found or any(len(p[0]) > len(today) for p in found):
        return None
    past = max((p for p in found if p[0] <= today[: len(p[0])]), default=None)
    ahead = min((p for p in found if p[1] >= today[: len(p[1])]), default=None)
    return past, ahead, calendar.nearer(past, ahead, today)


def _weekday(m: Match, c: Context) -> Reading | None:
    if c.today is None:
        return None
    which, number = (m.groupdict().get("which") or "").lower(), DAYS[m["weekday"].lower()]
    behind, before = (c.today.weekday() - number) % 7, (number - c.today.weekday()) % 7
    match which.split()[-1] if which else "":
        case "last" | "past":
            return _same(calendar.shifted(c.today, -(behind or 7)))
        case "next" | "coming" | "following":
            return _same(calendar.shifted(c.today, before or 7))
        case "this":
            own = calendar.shifted(c.today, number - c.today.weekday())
            return own, calendar.shifted(c.today, before), own
    past, ahead = calendar.shifted(c.today, -behind), calendar.shifted(c.today, before)
    return past, ahead, past if behind <= 1 else ahead  # "meets on Monday" is a plan


def _weekday_of_week(m: Match, c: Context) -> Reading | None:
    """ "Friday last week", "Monday of next week"."""
    if c.today is None:
        return None
    weeks = {"last": -1, "this": 0, "next": 1}[m["which"].lower()]
    return _same(calendar.shifted(c.today, 7 * weeks + DAYS[m["weekday"].lower()] - c.today.weekday()))


def _ordinal_weekday(m: Match, c: Context) -> Reading | None:
    """ "The first Monday of May", "the last Thursday in November 2023"."""
    month, weekday, ordinal = MONTHS[m["month"].lower().rstrip(".")], DAYS[m["weekday"].lower()], m["ordinal"].lower()
    number = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": 5}.get(ordinal) or int(ordinal[0])

    def within(year: int) -> Period | None:
        return calendar.ordinal_weekday(year, month, weekday, number)

    return _same(within(int(m["year"]))) if m["year"] else _of_years(c, within)


def _day_alone(m: Match, c: Context) -> Reading | None:
    """ "On the 12th": of this month or one beside it."""
    if c.today is None:
        return None
    day, which = int(m["day"]), (m["which"] or "").lower()
    months = [calendar.moved(c.today.isoformat(), Shift("month", n)) for n in ([_STEPS[which]] if which else [-1, 0, 1])]
    found = [p for month in months if month and (p := calendar.day(int(month[0][:4]), int(month[0][5:7]), day))]
    past = max((p for p in found if p[0] <= c.today.isoformat()), default=None)
    ahead = min((p for p in found if p[0] >= c.today.isoformat()), default=None)
    return past or ahead, ahead or past, calendar.nearer(past, ahead, c.today.isoformat())


_STEPS = {
    "last": -1, "previous": -1, "past": -1, "preceding": -1, "this": 0, "same": 0, "that": 0, "current": 0, "the": 0, "next": 1,
    "coming": 1, "following": 1,
}  # fmt: skip


def _beside(m: Match, c: Context) -> Reading | None:
    """ "Last month", "next year", "this week"; "the previous month" and "the same year" of another date if there is one."""
    written, unit = m["which"].lower(), m["unit"].lower()
    which = written.split()[-1]
    told = which in ("previous", "preceding", "same", "that", "following") or written == "the next"
    if told and c.before and unit != "weekend":
        return _same(calendar.moved(c.before[1], Shift(unit, _STEPS[which])))
    if c.published is None or which in ("same", "that", "following") or unit == "day":
        return None
    if unit == "weekend":
        return _weekend(which, c)
    return _same(calendar.moved(c.published, Shift(unit, _STEPS[which])))


def _weekend(which: str, c: Context) -> Reading | None:
    """The weekend before or after; "this weekend" and "at the weekend" are told apart by tense."""
    if c.today is None:
        return None
    saturday = 5 - c.today.weekday()  # -1 on a Sunday, when the weekend is this one
    past = calendar.span(c.today, saturday if saturday <= 0 else saturday - 7, 2)
    ahead = calendar.span(c.today, saturday, 2)
    match which:
        case "last":
            return _same(past)
        case "next" | "coming":
            return _same(ahead)
    return past, ahead, ahead if which == "this" else past


def _the_weekend(_: Match, c: Context) -> Reading | None:
    return _weekend("", c)


_NEAR = {
    "yesterday": -1, "today": 0, "tonight": 0, "tomorrow": 1, "overnight": 0, "last night": -1, "this morning": 0, "this afternoon": 0,
    "this evening": 0, "the day before yesterday": -2, "the day after tomorrow": 2,
}  # fmt: skip


def _near(m: Match, c: Context) -> Reading | None:
    return _same(calendar.shifted(c.today, _NEAR[m["near"].lower()])) if c.today else None


def _shift(m: Match, sign: int = 1) -> Shift:
    """The amount and unit that a form names; decades and fortnights in years and weeks, hours in days."""
    written, unit = (m["amount"] or "one").lower(), m["unit"].lower()
    amount = sign * (int(written) if written.isdigit() else NUMBERS[written])
    match unit:
        case "decade":
            return Shift("year", 10 * amount)
        case "fortnight":
            return Shift("week", 2 * amount)
        case "hour":
            return Shift("day", int(amount / 24))
    return Shift(unit, amount)


def _ago(m: Match, c: Context) -> Reading | None:
    return None if c.published is None or m["roughly"] else _same(calendar.moved(c.published, _shift(m, -1)))


def _hence(m: Match, c: Context) -> Reading | None:
    """ "In two weeks": of an act to come; said of the past it is how long something took."""
    return None if c.published is None or m["roughly"] else (None, calendar.moved(c.published, _shift(m)), None)


def _within(m: Match, c: Context) -> Reading | None:
    return None if c.published is None else (None, _to_or_from_now(c.published, _shift(m)), None)


def _spell(m: Match, c: Context) -> Reading | None:
    """ "The past six months", "the next two years": from there to now, or from now to there."""
    if c.published is None:
        return None
    ahead = m["which"].lower() in ("next", "coming", "following")
    return _same(_to_or_from_now(c.published, _shift(m, 1 if ahead else -1)))


def _to_or_from_now(published: str, shift: Shift) -> Period | None:
    there, now = calendar.reached(published, shift), calendar.reached(published, Shift(shift.unit, 0))
    return calendar.joined(now, there) if shift.amount > 0 else calendar.joined(there, now)


def _later(m: Match, c: Context) -> Reading | None:
    """ "Three days later", "the year before", "a year after the 2015 accord": counted from the date beside it."""
    side = m["side"].lower()
    goes_on = side in ("after", "before") and not re.match(r"\s*(?:[,.;:)]|and\b|but\b|$)", m.string[m.end() :])
    beside = c.after if goes_on else c.before
    if beside is None:
        return None
    shift = _shift(m, -1 if side in ("before", "earlier") else 1)
    return _same(calendar.moved(beside[1] if shift.amount > 0 else beside[0], shift))


def _year(m: Match, _: Context) -> Reading | None:
    return _same((m["year"], m["year"]))


def _decade(m: Match, _: Context) -> Reading | None:
    written = m["decade"].lower()
    first = int(written) if len(written) == 4 else 1900 + DECADES.get(written, 0) if written.isalpha() else 1900 + int(written)
    return _same((str(first), str(first + 9)))


def _century(m: Match, _: Context) -> Reading | None:
    number = CENTURIES.get(m["century"].lower()) or int(re.sub(r"\D", "", m["century"]))
    return _same((f"{number * 100 - 99:04}", f"{number * 100:04}")) if 10 <= number <= 22 else None


def _season(m: Match, c: Context) -> Reading | None:
    season, which = m["season"].lower(), (m.groupdict().get("which") or "").lower()

    def within(year: int) -> Period:
        return calendar.season(year, SEASONS[season])

    if m.groupdict().get("year"):
        return _same(within(int(m["year"])))
    read = _of_years(replace(c, before=None), within)
    if read is None or c.published is None or which not in ("last", "next", "this"):
        return read
    year = int(c.published[:4])
    match which:
        case "this":
            return _same(within(year))
        case "last":
            return _same(max(p for p in (within(year - 2), within(year - 1), within(year)) if p[1] < c.published[:7]))
        case _:
            return _same(min(p for p in (within(year), within(year + 1)) if p[0] > c.published[:7]))


def _part(m: Match, c: Context) -> Reading | None:
    """Quarters and halves of a year."""
    size = 3 if m["quarter"] else 6
    number = NUMBERS_OF_PARTS[(m["quarter"] or m["half"]).lower()]

    def within(year: int) -> Period:
        return (f"{year}-{(number - 1) * size + 1:02d}", f"{year}-{number * size:02d}")

    if m["year"]:
        return _same((m["year"], m["year"]) if m["fiscal"] else within(int(m["year"])))
    which = (m["which"] or "").lower()
    if which and c.published:
        return _same(within(int(c.published[:4]) + {"last": -1, "next": 1}.get(which, 0)))
    return _of_years(replace(c, before=None), within)


NUMBERS_OF_PARTS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "final": 4, "last": 4, "1": 1, "2": 2, "3": 3, "4": 4}


def _holiday(m: Match, c: Context) -> Reading | None:
    month, day = HOLIDAYS[m["holiday"].lower().replace("’", "'")]
    return _same(calendar.day(int(m["year"]), month, day)) if m["year"] else _of_years(c, lambda year: calendar.day(year, month, day))


def _september_11(_: Match, __: Context) -> Reading | None:
    return _same(("2001-09-11", "2001-09-11"))


def _form(pattern: str, read: Read, *, any_case: bool = False, noun: bool = False, needs: str = "") -> Form:
    named = "month" if "(?P<month>Ja" in pattern else "weekday" if "(?P<weekday>" in pattern else needs
    flags = re.IGNORECASE if any_case else 0
    return Form(re.compile(pattern, flags), read, noun, named, read in (_later, _beside), read in (_days, _months, _years))


_RANGES = (
    _form(rf"\b{_NAMED}{_DAY}{_TO}{_LAST_DAY} (?:of )?{_MONTH}(?:,? {_YEAR})?(?!\w)", _days),
    _form(rf"(?<=between ){_DAY} and {_LAST_DAY} (?:of )?{_MONTH}(?:,? {_YEAR})?(?!\w)", _days),
    _form(rf"\b{_MONTH} {_DAY}{_TO}{_LAST_DAY}\b(?:, {_YEAR})?(?! {_MONTH_NAMES})", _days),
    _form(rf"\b{_MONTH}(?: {_DAY})?(?:{_TO}| and ){_LAST_MONTH}(?: (?P<last>[0-3]?\d))?,? {_YEAR}\b", _months),
    _form(rf"\b(?:{_DAY} )?{_MONTH}(?:{_TO}| and )(?:(?P<last>[0-3]?\d) )?{_LAST_MONTH},? {_YEAR}\b", _months),
    _form(rf"(?:(?<=etween )|(?<=from )|(?<=From )){_MONTH}(?P<day>)(?: and |{_TO}){_LAST_MONTH}(?P<last>)(?P<year>)(?! ?\d|\w)", _months),
    _form(rf"(?<=etween ){_YEAR} and (?P<last>(?:1[5-9]|20)\d\d)\b", _years, needs="digit"),
    _form(rf"(?<![-–\w$€£]){_BARE_YEAR}{_TO}(?P<last>(?:1[5-9]|20)\d\d)(?![-–\w])", _years, needs="digit"),
    _form(rf"\b(?:{_DETERMINER} )?{_BARE_YEAR}[-–/](?P<last>\d\d)(?![-–/\w])", _years, needs="digit"),
)
_FULL_DATES = (
    _form(r"\b(?P<year>(?:1[5-9]|20)\d\d)-(?P<month>[01]\d)-(?P<day>[0-3]\d)\b", _iso, needs="digit"),
    _form(r"\b(?P<first>[0-3]?\d)(?P<dot>[/.])(?P<second>[0-3]?\d)(?P=dot)(?P<year>(?:19|20)\d\d)\b", _slashed, needs="digit"),
    _form(rf"\b{_NAMED}{_DAY} (?:of )?{_MONTH},? {_YEAR}\b", _full),
    _form(rf"\b{_NAMED}{_MONTH} {_DAY}, {_YEAR}\b", _full),
    _form(rf"\b(?:the )?{_ORDINAL} {_WEEKDAY} (?:of|in) {_MONTH}(?:,? {_YEAR})?(?!\w)", _ordinal_weekday, any_case=True),
    _form(rf"\b{_PART}?{_MONTH},? (?:of )?{_YEAR}\b", _month),
    _form(rf"\b{_NAMED}{_DAY} (?:of )?{_MONTH}(?=\W|$)", _full),
    _form(rf"\b{_NAMED}{_MONTH} {_DAY}(?![\w:]|,\d|[-–]\d| (?:{_COUNTED})\b)", _full),
    _form(
        rf"\b[Oo]n the {_DAY}(?: of (?P<which>this|last|next|the) month)?(?= ?[,.;:)]| ?$| [A-Z]| (?:and|at|in|to|when|after|by)\b)",
        _day_alone,
    ),
    _form(rf"\b(?P<holiday>{'|'.join(HOLIDAYS)})\b(?: (?:of |in )?{_YEAR}\b)?".replace("'", "['’]"), _holiday, any_case=True),
    _form(r"\b9/11\b", _september_11, needs="digit"),
)
_RELATIVE = (
    _form(rf"\b{_WEEKDAY}(?:,? of)? (?P<which>last|this|next) week\b", _weekday_of_week, any_case=True),
    _form(r"\b(?P<near>the day before yesterday|the day after tomorrow)\b", _near, any_case=True),
    _form(rf"\b{_ROUGHLY}{_AMOUNT}(?: full| long| short)? {_UNIT}s? ago\b", _ago, any_case=True),
    _form(rf"\bthe (?P<amount>){_UNIT} (?P<side>before|earlier|after)\b(?! yesterday| tomorrow)", _later, any_case=True),
    _form(rf"\b{_AMOUNT} {_UNIT}s? (?P<side>later|earlier|after|before|afterwards)\b", _later, any_case=True),
    _form(rf"\bwithin (?:the next )?{_AMOUNT} {_UNIT}s?\b", _within, any_case=True),
    _form(rf"\b(?:the|his|her|its|their) (?P<which>past|last|previous|next|coming|following) {_AMOUNT} {_UNIT}s?\b", _spell, any_case=True),
    _form(
        rf"\b(?:over|in|during|for|within|throughout) the (?P<which>past|last|next|coming)(?P<amount>) {_UNIT}\b(?! of)",
        _spell,
        any_case=True,
    ),
    _form(rf"(?<!first time )\bin {_ROUGHLY}{_AMOUNT} {_UNIT}s?(?:' time|’ time)?\b", _hence, any_case=True),
    _form(
        r"\b(?P<which>the (?:end|start|beginning|middle) of (?:the|this)|(?:the )?(?:next|previous|preceding|following|current)|last"
        r"|this coming|coming|(?:the|that) same|that|this) (?P<unit>day|weekend|week|month|year|decade)\b"
        r"(?! (?:before|after|earlier)\b| of [A-Z])",
        _beside,
        any_case=True,
    ),
    _form(r"\b(?:at|over|on|during) the weekend\b", _the_weekend, any_case=True),
    _form(r"\b(?P<near>yesterday|today|tonight|tomorrow)(?: (?:morning|afternoon|evening|night))?\b", _near, any_case=True),
    _form(r"\b(?P<near>overnight|last night|this (?:morning|afternoon|evening))\b", _near, any_case=True),
    _form(
        r"(?<!Bloody )(?<!Black )(?<!Good )(?<!Easter )(?<!Palm )(?<!Ash )\b(?:(?P<which>last|past|next|this coming|this|coming) )?"
        rf"{_WEEKDAY}\b(?: (?:morning|afternoon|evening|night)\b)?",
        _weekday,
        any_case=True,
    ),
)
_PARTS_OF_YEARS = (
    _form(rf"\b(?:[Tt]he )?(?:fiscal (?:year )?|FY ?){_YEAR}\b", _year, needs="digit"),
    _form(rf"\b(?:Q(?P<quarter>[1-4])|H(?P<half>[12]))(?:,? (?:of )?(?P<fiscal>fiscal )?{_YEAR}\b)?(?P<which>)(?!\w)", _part),
    _form(
        r"\b(?:(?P<quarter>first|second|third|fourth|final|last) quarter|(?P<half>first|second) half)(?: of| in)?"
        rf"(?: (?P<fiscal>fiscal (?:year )?)?{_YEAR}\b| (?P<which>last|this|next|the) year|(?! of | year))",
        _part,
        any_case=True,
    ),
    _form(rf"\b{_PART}?(?P<season>spring|summer|autumn|fall|winter)(?: of|,)? {_YEAR}\b", _season, any_case=True),
    _form(r"\b(?P<which>last|this|next) (?P<season>spring|summer|autumn|fall|winter)\b", _season, any_case=True),
    _form(r"\bin (?:the |early |late |mid-?)?(?P<season>spring|summer|autumn|winter)\b(?! of)", _season, any_case=True),
    _form(rf"\b(?P<which>[Ll]ast|[Tt]his|[Nn]ext|[Cc]oming) {_MONTH}(?![\w-])(?! \d)", _month),
    _form(
        r"\b(?:[Ii]n|[Ss]ince|[Dd]uring|[Bb]y|[Uu]ntil|till|through|[Ff]rom|[Bb]efore|[Aa]fter|[Ee]arly|[Ll]ate|[Mm]id-?"
        r"|(?:end|start|beginning|middle|month|days|[Aa]s|weeks?|weekend|part) of)"
        rf"(?:(?: in)? (?:early|late|mid|the month of))?[ -]?{_MONTH}(?![\w-])(?! \d)",
        _month,
    ),
    _form(rf"\b(?:the|a|an|'s|’s) {_MONTH_BUT_MAY} (?=[a-z])(?!for |on |of |and )", _month, noun=True),
    _form(rf"\b{_MONTH_BUT_MAY}(?='s\b|’s\b)", _month, noun=True),
)
_YEARS = (
    _form(
        r"\b(?:the )?(?:(?:early|late|mid)[ -])?['’]?(?P<decade>(?:1[5-9]|20)\d0|(?<=['’])\d0)s\b", _decade, any_case=True, needs="digit"
    ),
    _form(rf"\bthe (?:(?:early|late|mid)[ -])?(?P<decade>{'|'.join(DECADES)})\b", _decade, any_case=True),
    _form(rf"\b(?P<century>1\dth|2[01](?:st|th)|{'|'.join(CENTURIES)})[ -]century\b", _century, any_case=True),
    _form(rf"^In {_YEAR}\b(?!-?\w)", _year, needs="digit"),
    _form(
        rf"(?:{_DETERMINER} (?:{_NOT_QUANTITY}[a-z-]+ )?){_YEAR}(?![-–\w])(?! (?:{_COUNTED})\b)(?= [A-Za-z])",
        _year,
        noun=True,
        needs="digit",
    ),
    _form(
        r"\b(?:[Ii]n|[Ss]ince|[Dd]uring|[Uu]ntil|till|through|[Aa]s of|back to|year|[Ll]ate|[Ee]arly|[Mm]id|'s|’s) ?-?"
        rf"{_YEAR}\b(?!-?\w)(?! (?:{_COUNTED})\b)",
        _year,
        needs="digit",
    ),
    _form(
        r"\b(?:of|[Bb]y|[Ff]rom|to|[Aa]fter|[Bb]efore|[Aa]round|than|the) "
        rf"{_YEAR}\b(?!-?\w)(?! [a-z]+s\b| [a-z]*men\b| (?:{_COUNTED})\b)",
        _year,
        needs="digit",
    ),
)
FORMS: tuple[Form, ...] = (*_RANGES, *_FULL_DATES, *_RELATIVE, *_PARTS_OF_YEARS, *_YEARS)
"""In the order in which they are tried; what one has matched the later ones leave alone."""
