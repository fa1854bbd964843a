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

from domain.date_vocabulary import (
    CLOCK_WORDS,
    DAY_MONTH,
    DAY_OF_MONTH,
    DAYS_FROM_TODAY,
    DAYS_IN,
    DEADLINE_WORDS,
    END,
    END_MONTH,
    END_PERIOD,
    END_WEEK,
    FIGURES,
    IN,
    ISO,
    LEADS,
    MONTH_DAY,
    MONTHS,
    NAMED_DAY,
    NEXT_WEEKDAY,
    NUMBERS,
    PLAIN_WEEKDAY,
    THIS_WEEKDAY,
    UNITS,
    WEEKDAY_IN_WEEK,
    WEEKDAYS,
)

LONGEST = 9
"""Words that a date may take: "no later than by the end of December 2026"."""


def read_day(text: str, today: date) -> date | None:
    """The day that a text means when it is written on `today` (local), past ones included; None if it is not clear."""
    plain = _plain(text)
    if match := DAY_OF_MONTH.fullmatch(plain):
        return _next_day_of_month(int(match[1] or match[2]), today)
    plain = _without_lead(plain)
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
        if at > 0 and _plain(words[at - 1]) in CLOCK_WORDS:
            continue  # «kl. 12.10» is no day in October
        if (day := read_day(written, today)) is not None:
            return Split(_rest(words[:at]), written, day)
    announced = [at for at, word in enumerate(words) if _plain(word) in DEADLINE_WORDS and at > 0]
    if announced and len(words) - announced[-1] <= LONGEST:
        return Split(_rest(words[: announced[-1]]), " ".join(words[announced[-1] + 1 :]))
    return Split(" ".join(words))


def _rest(words: Sequence[str]) -> str:
    return " ".join(words).rstrip(" ,;:–-")


def _plain(text: str) -> str:
    """One case, one kind of space, no punctuation around."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split()).strip(" ,;:!?().«»“”")


def _without_lead(text: str) -> str:
    """Without «innen», «senest», "by" and the like before the date, and without "at the latest" after it."""
    text = re.sub(r" (?:at the latest|at latest|or earlier)$", "", text)
    while True:
        lead = next((lead for lead in LEADS if text.startswith((f"{lead} ", f"{lead}: "))), None)
        if lead is None:
            return text
        text = text[len(lead) :].lstrip(" :")


# One reader for each way of writing


def _from_today(text: str, today: date) -> date | None:
    days = DAYS_FROM_TODAY.get(text)
    return _moved(today, days) if days is not None else None


def _iso(text: str, today: date) -> date | None:
    match = ISO.fullmatch(text)
    return _day(*(int(part) for part in match.groups())) if match else None


def _figures(text: str, today: date) -> date | None:
    match = FIGURES.fullmatch(text)
    return _dated(int(match[1]), int(match[2]), match[3], today) if match else None


def _day_and_month(text: str, today: date) -> date | None:
    if match := DAY_MONTH.fullmatch(text):
        return _dated(int(match[1]), MONTHS[match[2]], match[3], today)
    if match := MONTH_DAY.fullmatch(text):
        return _dated(int(match[2]), MONTHS[match[1]], match[3], today)
    return None


def _weekday(text: str, today: date) -> date | None:
    if match := PLAIN_WEEKDAY.fullmatch(text):
        return _moved(today, (WEEKDAYS[match[1]] - today.weekday() - 1) % 7 + 1)
    if match := NEXT_WEEKDAY.fullmatch(text):
        return _moved(today, 7 - today.weekday() + WEEKDAYS[match[1] or match[2]])
    if match := THIS_WEEKDAY.fullmatch(text):
        ahead = WEEKDAYS[match[1] or match[2]] - today.weekday()
        # «denne fredagen» on a Saturday: the one that was, or the one that comes? Not for us to say.
        return _moved(today, ahead) if ahead >= 0 else None
    return None


def _named_day(text: str, today: date) -> date | None:
    """«fredag 1. desember»: the date counts, if it is that weekday."""
    match = NAMED_DAY.fullmatch(text)
    if match is None:
        return None
    day = _figures(match[1], today) or _day_and_month(match[1], today)
    return day if day is not None and day.weekday() == WEEKDAYS[re.split(r"[ ,]", text)[0]] else None


def _in_some_time(text: str, today: date) -> date | None:
    match = IN.fullmatch(text)
    if match is None:
        return None
    number = int(match[1]) if match[1].isdigit() else NUMBERS[match[1]]
    if (days := DAYS_IN[UNITS[match[2]]]) is not None:
        return _moved(today, number * days)
    years, month = divmod(today.month - 1 + number, 12)
    year = today.year + years
    return _day(year, month + 1, min(today.day, _length(year, month + 1)))


def _end_of(text: str, today: date) -> date | None:
    match = END.fullmatch(text)
    if match is None:
        return None
    what = match[1] or match[2] or match[3]
    if named := END_MONTH.fullmatch(what):
        month = MONTHS[named[1]]
        year = int(named[2]) if named[2] else today.year + (month < today.month)
        return _day(year, month, _length(year, month))
    if numbered := END_WEEK.fullmatch(what):
        return _day_of_week(int(numbered[1]), numbered[2], 6, today)
    match END_PERIOD.get(what):
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


def _in_numbered_week(text: str, today: date) -> date | None:
    """«fredag i uke 49»."""
    match = WEEKDAY_IN_WEEK.fullmatch(text)
    return _day_of_week(int(match[2]), match[3], WEEKDAYS[match[1]], today) if match else None


def _day_of_week(number: int, year: str | None, weekday: int, today: date) -> date | None:
    """A day of a numbered week, of the next such week when there is no year."""
    for candidate in [int(year)] if year else range(today.year, today.year + 8):
        try:
            day = date.fromisocalendar(candidate, number, weekday + 1)
        except ValueError:
            continue
        if year or day >= today:
            return day
    return None


_READERS: Sequence[Callable[[str, date], date | None]] = (
    _from_today,
    _iso,
    _figures,
    _day_and_month,
    _weekday,
    _in_numbered_week,
    _named_day,
    _in_some_time,
    _end_of,
)


# Days


def _next_day_of_month(day: int, today: date) -> date | None:
    """The next month that has that day."""
    for ahead in range(3):
        years, month = divmod(today.month - 1 + ahead, 12)
        found = _day(today.year + years, month + 1, day)
        if found is not None and found >= today:
            return found
    return None


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
