"""A date as people write it: «i morgen», «neste fredag», «innen utgangen av mars», `1.12.`, "in two weeks".

Bokmål, nynorsk and English are understood side by side. Only what has one meaning is understood: «mot slutten av mars»
and "next week" give nothing. A day without its year is the next to come, today included; a weekday is the next one
after today, since today has a name of its own.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

LONGEST = 9
"""Words that a date may take: "no later than by the end of December 2026"."""


def read_day(text: str, today: date) -> date | None:
    """The day that a text means when it is written on `today` (local), past ones included; None if it is not clear."""
    plain = _without_lead(_plain(text))
    if not plain:
        return None
    found = (read(plain, today) for read in _READERS)
    return next((day for day in found if day is not None), None)


@dataclass(frozen=True, slots=True)
class Split:
    """A line, and the date at its end. `day` is None when a deadline was announced and not understood."""

    rest: str
    written: str = ""
    day: date | None = None


def split_day(line: str, today: date) -> Split:
    """Parts a line from the date that it ends in: «åpner 4 plasser innen fredag» → «åpner 4 plasser», Friday.

    Without a date, what follows «innen», «senest» or the like is taken for one that was not understood.
    """
    words = line.split()
    for at in range(max(0, len(words) - LONGEST), len(words)):
        written = " ".join(words[at:])
        if at > 0 and _plain(words[at - 1]) in _CLOCK_WORDS:
            continue  # «kl. 12.10» is no day in October
        if (day := read_day(written, today)) is not None:
            return Split(_rest(words[:at]), written, day)
    announced = [at for at, word in enumerate(words) if _plain(word) in _DEADLINE_WORDS and at > 0]
    if announced and len(words) - announced[-1] <= LONGEST:
        return Split(_rest(words[: announced[-1]]), " ".join(words[announced[-1] + 1 :]))
    return Split(" ".join(words))


def _rest(words: Sequence[str]) -> str:
    return " ".join(words).rstrip(" ,;:–-")


# Words


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _table(*rows: str) -> dict[str, int]:
    """Each word of a row to the row's number, from 0."""
    return {word: number for number, row in enumerate(rows) for word in row.split()}


_CLOCK_WORDS = _words("kl klokka klokken")
_DEADLINE_WORDS = _words("innen innan senest seinast frist due")
_LEADS = _words("innen innan senest seinast frist due by on på til den the ved within latest") | {
    "no later than",
    "at the latest by",
    "at the latest",
    "ikke senere enn",
    "ikkje seinare enn",
    "due by",
}
_DAYS_FROM_TODAY = {
    **dict.fromkeys(("i dag", "idag", "today"), 0),
    **dict.fromkeys(("i morgen", "imorgen", "i morgon", "imorgon", "tomorrow"), 1),
    **dict.fromkeys(("i overmorgen", "overmorgen", "i overmorgon", "overmorgon"), 2),
    **dict.fromkeys(("the day after tomorrow", "day after tomorrow"), 2),
}
_WEEKDAYS = _table(
    "mandag måndag monday",
    "tirsdag tysdag tuesday",
    "onsdag wednesday",
    "torsdag thursday",
    "fredag friday",
    "lørdag laurdag saturday",
    "søndag sundag sunday",
)
_MONTHS = _table(
    "-",
    "januar january jan",
    "februar february feb",
    "mars march mar",
    "april apr",
    "mai may",
    "juni june jun",
    "juli july jul",
    "august aug",
    "september sept sep",
    "oktober october okt oct",
    "november nov",
    "desember december des dec",
)
_NUMBERS = _table(
    "-",
    "en ei ein én eit et ett one a an",
    "to two",
    "tre three",
    "fire four",
    "fem five",
    "seks six",
    "sju syv seven",
    "åtte eight",
    "ni nine",
    "ti ten",
    "elleve eleven",
    "tolv twelve",
    "tretten thirteen",
    "fjorten fourteen",
)
_UNITS = _table(
    "dag dager dagar døgn day days",
    "uke uka uker veke veka veker week weeks",
    "måned måneder månad månader month months",
)
_DAYS_IN = (1, 7, None)
"""Of each of these; a month has no fixed length."""

_WEEKDAY = "|".join(_WEEKDAYS)
_MONTH_NAME = "|".join(sorted(set(_MONTHS) - {"-"}, key=len, reverse=True))
_YEAR = r"(?:19|20|21)[0-9]{2}"
_NUMBER = "|".join(sorted(set(_NUMBERS) - {"-"}, key=len, reverse=True))
_UNIT = "|".join(sorted(_UNITS, key=len, reverse=True))
_WEEK_NEXT = r"(?:(?:i )?neste (?:uke|veke)|(?:in the )?next week|of next week)"

_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_FIGURES = re.compile(rf"([0-9]{{1,2}})(?:\. ?|/)([0-9]{{1,2}})(?:(?:\. ?|/)({_YEAR}|[0-9]{{2}}))?\.?")
_DAY_MONTH = re.compile(rf"([0-9]{{1,2}})(?:\.|st|nd|rd|th)? (?:of )?({_MONTH_NAME})\.?,?(?: ({_YEAR}))?")
_MONTH_DAY = re.compile(rf"({_MONTH_NAME})\.? ([0-9]{{1,2}})(?:st|nd|rd|th)?,?(?: ({_YEAR}))?")
_PLAIN_WEEKDAY = re.compile(rf"(?:(?:førstkommende|fyrstkomande|førstkomande|coming) )?({_WEEKDAY})")
_NEXT_WEEKDAY = re.compile(rf"(?:neste|next) ({_WEEKDAY})|({_WEEKDAY}) {_WEEK_NEXT}")
_THIS_WEEKDAY = re.compile(
    rf"(?:denne|this) ({_WEEKDAY})(?:en)?|({_WEEKDAY}) (?:i )?(?:denne (?:uka|uken|veka)|this week)"
)
_NAMED_DAY = re.compile(rf"(?:{_WEEKDAY}),?(?: den)? (.+)")
_IN = re.compile(rf"(?:om|in) ([0-9]{{1,3}}|{_NUMBER}) ({_UNIT})")
_END = re.compile(
    r"(?:the )?(?:utgangen|slutten|utløpet|end) (?:av|of) (?:the )?(.+)|(årets) (?:utgang|slutt)|(year) end"
)
_END_MONTH = re.compile(rf"({_MONTH_NAME})(?: ({_YEAR}))?")
_END_WEEK = re.compile(rf"(?:uke|veke|week) ([0-9]{{1,2}})(?:,? ({_YEAR}))?")
_END_PERIOD = {
    **dict.fromkeys(("uka", "uken", "veka", "week", "this week", "denne uka", "denne uken", "denne veka"), "week"),
    **dict.fromkeys(("neste uke", "neste veke", "next week"), "next week"),
    **dict.fromkeys(("måneden", "månaden", "month", "this month", "denne måneden", "denne månaden"), "month"),
    **dict.fromkeys(("neste måned", "neste månad", "next month"), "next month"),
    **dict.fromkeys(("året", "årets", "year", "this year", "dette året", "i år"), "year"),
}


def _plain(text: str) -> str:
    """One case, one kind of space, no punctuation around."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split()).strip(" ,;:!?().«»“”")


def _without_lead(text: str) -> str:
    """Without «innen», «senest», "by" and the like before the date, and without "at the latest" after it."""
    text = re.sub(r" (?:at the latest|at latest|or earlier)$", "", text)
    while True:
        lead = next((lead for lead in _LEADS if text.startswith((f"{lead} ", f"{lead}: "))), None)
        if lead is None:
            return text
        text = text[len(lead) :].lstrip(" :")


# One reader for each way of writing


def _from_today(text: str, today: date) -> date | None:
    days = _DAYS_FROM_TODAY.get(text)
    return _moved(today, days) if days is not None else None


def _iso(text: str, today: date) -> date | None:
    match = _ISO.fullmatch(text)
    return _day(*(int(part) for part in match.groups())) if match else None


def _figures(text: str, today: date) -> date | None:
    match = _FIGURES.fullmatch(text)
    return _dated(int(match[1]), int(match[2]), match[3], today) if match else None


def _day_and_month(text: str, today: date) -> date | None:
    if match := _DAY_MONTH.fullmatch(text):
        return _dated(int(match[1]), _MONTHS[match[2]], match[3], today)
    if match := _MONTH_DAY.fullmatch(text):
        return _dated(int(match[2]), _MONTHS[match[1]], match[3], today)
    return None


def _weekday(text: str, today: date) -> date | None:
    if match := _PLAIN_WEEKDAY.fullmatch(text):
        return _moved(today, (_WEEKDAYS[match[1]] - today.weekday() - 1) % 7 + 1)
    if match := _NEXT_WEEKDAY.fullmatch(text):
        return _moved(today, 7 - today.weekday() + _WEEKDAYS[match[1] or match[2]])
    if match := _THIS_WEEKDAY.fullmatch(text):
        ahead = _WEEKDAYS[match[1] or match[2]] - today.weekday()
        # «denne fredagen» on a Saturday: the one that was, or the one that comes? Not for us to say.
        return _moved(today, ahead) if ahead >= 0 else None
    return None


def _named_day(text: str, today: date) -> date | None:
    """«fredag 1. desember»: the date counts, if it is that weekday."""
    match = _NAMED_DAY.fullmatch(text)
    if match is None:
        return None
    day = _figures(match[1], today) or _day_and_month(match[1], today)
    return day if day is not None and day.weekday() == _WEEKDAYS[re.split(r"[ ,]", text)[0]] else None


def _in_some_time(text: str, today: date) -> date | None:
    match = _IN.fullmatch(text)
    if match is None:
        return None
    number = int(match[1]) if match[1].isdigit() else _NUMBERS[match[1]]
    if (days := _DAYS_IN[_UNITS[match[2]]]) is not None:
        return _moved(today, number * days)
    years, month = divmod(today.month - 1 + number, 12)
    year = today.year + years
    return _day(year, month + 1, min(today.day, _length(year, month + 1)))


def _end_of(text: str, today: date) -> date | None:
    match = _END.fullmatch(text)
    if match is None:
        return None
    what = match[1] or match[2] or match[3]
    if named := _END_MONTH.fullmatch(what):
        month = _MONTHS[named[1]]
        year = int(named[2]) if named[2] else today.year + (month < today.month)
        return _day(year, month, _length(year, month))
    if numbered := _END_WEEK.fullmatch(what):
        return _end_of_week(int(numbered[1]), numbered[2], today)
    match _END_PERIOD.get(what):
        case "week":
            return _moved(today, 6 - today.weekday())
        case "next week":
            return _moved(today, 13 - today.weekday())
        case "month":
            return today.replace(day=_length(today.year, today.month))
        case "next month":
            following = _moved(today.replace(day=_length(today.year, today.month)), 1)
            return following and following.replace(day=_length(following.year, following.month))
        case "year":
            return today.replace(month=12, day=31)
        case _:
            return None


def _end_of_week(number: int, year: str | None, today: date) -> date | None:
    """The Sunday of a numbered week, of the next such week when there is no year."""
    for candidate in [int(year)] if year else range(today.year, today.year + 8):
        try:
            sunday = date.fromisocalendar(candidate, number, 7)
        except ValueError:
            continue
        if year or sunday >= today:
            return sunday
    return None


_READERS: Sequence[Callable[[str, date], date | None]] = (
    _from_today,
    _iso,
    _figures,
    _day_and_month,
    _weekday,
    _named_day,
    _in_some_time,
    _end_of,
)


# Days


def _dated(day: int, month: int, year: str | None, today: date) -> date | None:
    if year is not None:
        return _day(int(year) + (2000 if len(year) == 2 else 0), month, day)
    # Eight years: so far apart can two 29 Februaries be.
    candidates = (_day(today.year + ahead, month, day) for ahead in range(9))
    return next((found for found in candidates if found is not None and found >= today), None)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _moved(day: date, days: int) -> date | None:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return None


def _length(year: int, month: int) -> int:
    return monthrange(year, month)[1] if 1 <= year <= date.max.year else 31
