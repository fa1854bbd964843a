"""The words of dates in bokmål, nynorsk and English, and how they are put together."""

from __future__ import annotations

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _table(*rows: str) -> dict[str, int]:
    """Each word of a row to the row's number, from 0."""
    return {word: number for number, row in enumerate(rows) for word in row.split()}


CLOCK_WORDS = _words("kl klokka klokken")
DEADLINE_WORDS = _words("innen innan senest seinast frist due")
LEADS = _words("innen innan senest seinast frist due by on på til den the ved within latest") | {
    "no later than",
    "at the latest by",
    "at the latest",
    "ikke senere enn",
    "ikkje seinare enn",
    "due by",
}
DAYS_FROM_TODAY = {
    **dict.fromkeys(("i dag", "idag", "today"), 0),
    **dict.fromkeys(("i morgen", "imorgen", "i morgon", "imorgon", "tomorrow"), 1),
    **dict.fromkeys(("i overmorgen", "overmorgen", "i overmorgon", "overmorgon"), 2),
    **dict.fromkeys(("the day after tomorrow", "day after tomorrow"), 2),
}
WEEKDAYS = _table(
    "mandag måndag monday",
    "tirsdag tysdag tuesday",
    "onsdag wednesday",
    "torsdag thursday",
    "fredag friday",
    "lørdag laurdag saturday",
    "søndag sundag sunday",
)
MONTHS = _table(
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
NUMBERS = _table(
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
UNITS = _table(
    "dag dager dagar døgn day days",
    "uke uka uker veke veka veker week weeks",
    "måned måneder månad månader month months",
)
DAYS_IN = (1, 7, None)
"""Of each of these; a month has no fixed length."""

WEEKDAY = "|".join(WEEKDAYS)
MONTH_NAME = "|".join(sorted(set(MONTHS) - {"-"}, key=len, reverse=True))
YEAR = r"(?:19|20|21)[0-9]{2}"
NUMBER = "|".join(sorted(set(NUMBERS) - {"-"}, key=len, reverse=True))
UNIT = "|".join(sorted(UNITS, key=len, reverse=True))
WEEK_NEXT = r"(?:(?:i )?neste (?:uke|veke)|(?:in the )?next week|of next week)"

DAY_OF_MONTH = re.compile(
    r"(?:(?:innen|innan|senest|seinast|til|by|on|due) )*(?:den ([0-9]{1,2})|the ([0-9]{1,2})(?:st|nd|rd|th))"
)
ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
FIGURES = re.compile(rf"([0-9]{{1,2}})(?:\. ?|/)([0-9]{{1,2}})(?:(?:\. ?|/)({YEAR}|[0-9]{{2}}))?\.?")
DAY_MONTH = re.compile(rf"([0-9]{{1,2}})(?:\.|st|nd|rd|th)? (?:of )?({MONTH_NAME})\.?,?(?: ({YEAR}))?")
MONTH_DAY = re.compile(rf"({MONTH_NAME})\.? ([0-9]{{1,2}})(?:st|nd|rd|th)?,?(?: ({YEAR}))?")
PLAIN_WEEKDAY = re.compile(rf"(?:(?:førstkommende|fyrstkomande|førstkomande|coming) )?({WEEKDAY})")
NEXT_WEEKDAY = re.compile(rf"(?:neste|next) ({WEEKDAY})|({WEEKDAY}) {WEEK_NEXT}")
THIS_WEEKDAY = re.compile(
    rf"(?:denne|this) ({WEEKDAY})(?:en)?|({WEEKDAY}) (?:i )?(?:denne (?:uka|uken|veka)|this week)"
)
NUMBERED_WEEK = rf"(?:in |i )?(?:uke|veke|week) ([0-9]{{1,2}})(?:,? ({YEAR}))?"
WEEKDAY_IN_WEEK = re.compile(rf"({WEEKDAY}),? {NUMBERED_WEEK}")
NAMED_DAY = re.compile(rf"(?:{WEEKDAY}),?(?: den)? (.+)")
IN = re.compile(rf"(?:om|in) ([0-9]{{1,3}}|{NUMBER}) ({UNIT})")
END = re.compile(
    r"(?:før |before )?(?:the )?(?:utgangen|slutten|utløpet|end) (?:av|of) (?:the )?(.+)"
    r"|(årets|månedens|månadens|ukas|ukens|vekas) (?:utgang|slutt)|(year|month) end"
)
END_MONTH = re.compile(rf"({MONTH_NAME})(?: ({YEAR}))?")
END_WEEK = re.compile(NUMBERED_WEEK)
END_PERIOD = {
    **dict.fromkeys(("uka", "uken", "veka", "ukas", "ukens", "vekas", "week", "this week"), "week"),
    **dict.fromkeys(("denne uka", "denne uken", "denne veka"), "week"),
    **dict.fromkeys(("neste uke", "neste veke", "next week"), "next week"),
    **dict.fromkeys(("måneden", "månaden", "månedens", "månadens", "month", "this month"), "month"),
    **dict.fromkeys(("denne måneden", "denne månaden"), "month"),
    **dict.fromkeys(("neste måned", "neste månad", "next month"), "next month"),
    **dict.fromkeys(("året", "årets", "year", "this year", "dette året", "i år"), "year"),
}
