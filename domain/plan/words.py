"""Dates, times and weekdays as secretariats write them, in bokmål, nynorsk and English."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, time, timedelta

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "januar january jan",
            "februar february feb febr",
            "mars march mar",
            "april apr",
            "mai may",
            "juni june jun",
            "juli july jul",
            "august aug",
            "september sep sept",
            "oktober october okt oct",
            "november nov",
            "desember december des dec",
        ),
        start=1,
    )
    for name in names.split()
}

WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            "mandag mandager måndag måndagar mandagar monday mondays man ma mon",
            "tirsdag tirsdager tysdag tysdagar tuesday tuesdays tirs tys ti tue",
            "onsdag onsdager onsdagar wednesday wednesdays ons on wed",
            "torsdag torsdager torsdagar thursday thursdays tors to thu",
            "fredag fredager fredagar friday fridays fre fr fri",
            "lørdag lørdager laurdag laurdagar saturday saturdays lør laur lø sat",
            "søndag søndager søndagar sundag sundagar sunday sundays søn sø sun",
        )
    )
    for name in names.split()
}
_SHORT_WEEKDAYS = frozenset(name for name in WEEKDAYS if len(name) <= 3)

_UNSETTLED = re.compile(
    r"\b(?:ikk?j?e\s+(?:avklart?|bestemt|fastsatt|fastsett|avgjort|satt|klart)(?:\s+end?nå|\s+enda|\s+enno)?"
    r"|uavklart?|avklares|avklarast|kommer\s+senere|kjem\s+seinare|not\s+(?:yet\s+)?(?:settled|decided|set|confirmed)"
    r"(?:\s+yet)?|to\s+be\s+(?:decided|confirmed|announced)|tb[cda]|x{2,}(?:[.:]x{2,})*|\?+)(?!\w)|^\?+$|^x$",
    re.IGNORECASE,
)
_CANCELLED = re.compile(
    r"\b(?:avlys\w*|utgår|utgått|utgjekk|innstilt|kansellert|cancel\w*|utsatt|utsett|utsettes|utsettast|flytt\w*\b(?!\s+fr[aå]\b)"
    r"|postponed|moved\b(?!\s+from\b))\b",
    re.IGNORECASE,
)
_NOTHING = re.compile(r"^[\s.\-_/|*]*$|^(?:ingen|ikke møte|ikkje møte|no meeting|none)$", re.IGNORECASE)

_MONTH = "(?:" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")(?![^\W\d_])"
_DAY = r"[0-3]?\d"
_YEAR = r"(?:\d{4}|'?\d{2})"
_DASH = r"\s*(?:-|til|to)\s*"
_HOUR = r"(?:[01]?\d|2[0-3])"
_CLOCK = rf"{_HOUR}(?:\s?[.:]?[0-5]\d)?(?:\s?[ap]m\b)?"
_BEFORE, _AFTER = r"(?<![\w.:/-])", r"(?![\w:/]|[.]\d)"

_ISO = re.compile(r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]00:00(?::00)?)?(?!\d)")
_NUMERIC = re.compile(
    rf"(?<![\d.:/])(?:(?P<first>{_DAY})\.?(?:\s?(?P<m1>\d{{1,2}})\.?)?\s*-\s*)?"
    rf"(?P<d>\d{{1,2}})(?:\.\s?|/|-(?=\d{{1,2}}-\d{{4}}))(?P<m>\d{{1,2}})(?:\.\s?|/|-)(?P<y>\d{{4}}|\d{{2}})(?![\d:]|\.\d)"
)
_NAMED = re.compile(
    rf"(?<![\d.:])(?:(?P<first>{_DAY})\.?(?:\s*(?P<m1>{_MONTH})\.?)?\s*-\s*)?"
    rf"(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\.?\s*(?:of\s+)?(?P<m>{_MONTH})\.?,?"
    rf"(?:\s*\(?(?P<y>\d{{4}}|'\d{{2}}|\d{{2}}(?!\s*(?:[.:]\d|-)))\)?(?!\d))?"
)
_ENGLISH = re.compile(
    rf"\b(?P<m>{_MONTH})\.?\s+(?:(?P<first>{_DAY})\s*-\s*)?(?P<d>{_DAY})(?:st|nd|rd|th)?(?:,\s*(?P<y>\d{{4}}))?"
    r"(?![\d.:]|\s*-)"
)
_SHORT = re.compile(
    rf"(?<![\d.:/])(?:(?P<first>{_DAY})\.?(?:\s?[./]?(?P<m1>0?[1-9]|1[0-2])\.?)?\s*-\s*)?"
    rf"(?P<d>{_DAY})(?:\.|/)\s?(?P<m>0?[1-9]|1[0-2])\.?(?![\d:/]|\.\d)"
)
_BARE = re.compile(r"(?<![\w.:/])(?:(?P<first>\d{1,2})\.?\s*-\s*)?(?P<d>\d{1,2})\.?(?![\w:/]|\.\d)")
_SERIAL = re.compile(r"^\s*(\d{5})(?:[.,]\d+)?\s*$")

_AT = re.compile(rf"\b(?:kl(?:okk[ea]n?)?|at)\b\.?\s*(?P<s>{_CLOCK})(?:{_DASH}(?:kl\.?\s*)?(?P<e>{_CLOCK}))?{_AFTER}")
_COLON = re.compile(
    rf"(?<![\d.:])(?P<s>{_HOUR}:[0-5]\d)(?::00)?(?:{_DASH}(?:kl\.?\s*)?(?P<e>{_HOUR}[:.][0-5]\d)(?::00)?)?(?![\d:])"
)
_DOTTED = re.compile(rf"{_BEFORE}(?P<s>{_HOUR}\.[0-5][05]){_DASH}(?:kl\.?\s*)?(?P<e>{_HOUR}\.[0-5][05]){_AFTER}")
_FOUR = re.compile(rf"{_BEFORE}(?P<s>[012]\d[0-5][05]){_DASH}(?P<e>[012]\d[0-5][05]){_AFTER}")
_AMPM = re.compile(
    rf"{_BEFORE}(?P<s>1?\d(?:[.:][0-5]\d)?(?:\s?[ap]m)?){_DASH}(?P<e>1?\d(?:[.:][0-5]\d)?\s?[ap]m)\b"
    rf"|{_BEFORE}(?P<only>1?\d(?:[.:][0-5]\d)?\s?[ap]m)\b"
)
_ONLY_TIMES = re.compile(
    rf"^\W*(?:kl\.?\s*)?(?P<s>{_CLOCK})(?::00)?(?:{_DASH}(?:kl\.?\s*)?(?P<e>{_CLOCK})(?::00)?)?\W*$"
)

_HEADING_YEAR = re.compile(r"(?<![\d.])(20\d{2}|2100)(?:\s*[/-]\s*(20\d{2}|\d{2})(?![\d.:]))?(?!\d|\.\d)")
_MONTH_ALONE = re.compile(rf"^\W*(?P<m>{_MONTH})\.?\s*[-,]?\s*\(?(?P<y>{_YEAR})?\)?\W*$")
_MONTH_FIRST = re.compile(
    rf"^\W*(?P<m>{_MONTH})\.?\s*(?:\((?P<y>{_YEAR})\)|(?P<full>\d{{4}}))?\s*[:|-]?\s*(?P<rest>.*)$"
)

_EXCEL_EPOCH = date(1899, 12, 30)


@dataclass(frozen=True, slots=True)
class Day:
    """A date as written: month and year are None where they are to be had from elsewhere."""

    day: int
    month: int | None = None
    year: int | None = None

    def on(self, month: int | None, year: int | None) -> Day:
        return replace(self, month=self.month or month, year=self.year or year)

    def date(self) -> date | None:
        """None for a day that does not exist."""
        try:
            return date(self.year or 0, self.month or 0, self.day)
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Days:
    """One day, or those from first to last."""

    first: Day
    last: Day
    unclear: bool = False  # `2/3`: the 2nd of March, or the 2nd and the 3rd


@dataclass(frozen=True, slots=True)
class Hours:
    start: time
    end: time | None = None


@dataclass(frozen=True, slots=True)
class Scan:
    """What was found in a text, and the words that are left of it."""

    days: tuple[Days, ...] = ()
    hours: tuple[Hours, ...] = ()
    weekdays: tuple[int, ...] = ()
    rest: str = ""

    @property
    def clock(self) -> Hours | None:
        """The time given; two that stand alone are start and end."""
        if not self.hours:
            return None
        if len(self.hours) == 2 and self.hours[0].end is None and self.hours[1].end is None:
            return Hours(self.hours[0].start, self.hours[1].start)
        return self.hours[0]


def plain(text: str) -> str:
    """Lower case, with one kind of dash, space and quotation mark, and nothing invisible."""
    composed = unicodedata.normalize("NFKC", text)
    return "".join(_plain(character) for character in composed).casefold().strip()


def _plain(character: str) -> str:
    category = unicodedata.category(character)
    if character == "\n" or character in "\r\v\f":
        return "\n"
    if character.isspace():
        return " "
    if category in ("Cc", "Cf", "Cs", "Co"):
        return ""
    if category == "Nd":
        return str(unicodedata.digit(character))
    return {"Pd": "-"}.get(category, {"−": "-", "’": "'", "‘": "'"}.get(character, character))


def is_nothing(text: str) -> bool:
    """Whether a cell says that there is no meeting."""
    return bool(_NOTHING.match(plain(text)))


def is_unsettled(text: str) -> bool:
    return bool(_UNSETTLED.search(plain(text)))


def is_cancelled(text: str) -> bool:
    return bool(_CANCELLED.search(plain(text)))


def month_of(text: str) -> tuple[int, int | None] | None:
    """The month, and the year if given, of a text that is nothing else: `januar`, `Januar (24)`, `jan. 2024`."""
    found = _MONTH_ALONE.match(plain(text))
    return (MONTHS[found["m"]], _year(found["y"])) if found else None


def month_first(text: str) -> tuple[int, int | None, str] | None:
    """Month, year and the rest of a text that begins with a month: `Januar (24): 27 - 28`."""
    found = _MONTH_FIRST.match(plain(text))
    return (MONTHS[found["m"]], _year(found["y"] or found["full"]), found["rest"]) if found else None


def years_in(text: str) -> tuple[int, ...]:
    """The years that a heading names: one, or two on end (`2023/24`)."""
    years: list[int] = []
    for first, second in _HEADING_YEAR.findall(plain(text)):
        years.append(int(first))
        if second:
            years.append(int(second) if len(second) == 4 else int(first) // 100 * 100 + int(second))
    return tuple(dict.fromkeys(years))


def hours_of(text: str) -> Hours | None:
    """A text that is a time and nothing else, as in a column of times: `13-15.30`, `1300`, `09:00:00`."""
    found = _ONLY_TIMES.match(plain(text))
    return _hours(found["s"], found["e"]) if found else None


def scan(text: str, *, cell: bool = False) -> Scan:
    """Finds everything in a text. `cell`: it stands under a month or a date, so bare days count."""
    lower = plain(text)
    if cell and (serial := _SERIAL.match(lower)):
        on = _EXCEL_EPOCH + timedelta(days=int(serial[1]))
        day = Day(on.day, on.month, on.year)
        return Scan((Days(day, day),))
    found = _scan(lower, cell=cell, dotted=True)
    return found if found.days or not found.hours else _with_days(found, _scan(lower, cell=cell, dotted=False))


def _with_days(found: Scan, other: Scan) -> Scan:
    """`10.05-11.05` is a time unless there is no date beside it, and it would be one itself."""
    return other if other.days and not other.rest else found


_LED_TO = re.compile(
    r"[\s,;:(]*\b(?:innen|innan|senest|seinast|by|no later than|den|er|is|on)\b[\s,;:(]*$", re.IGNORECASE
)


def without_dates(text: str) -> str:
    """The words of a line in their own case, less the dates and the weekdays that go with them."""
    line = " ".join(unicodedata.normalize("NFKC", text).split())
    lower = plain(line)
    line = line if len(line) == len(lower) else lower
    cuts = [match.span() for pattern in (_ISO, _NUMERIC, _NAMED, _ENGLISH, _SHORT) for match in pattern.finditer(lower)]
    cuts += [m.span() for m in re.finditer(r"[^\W\d_]+", lower) if m[0] in WEEKDAYS and m[0] not in _SHORT_WEEKDAYS]
    kept = "".join("|" if any(start <= at < end for start, end in cuts) else c for at, c in enumerate(line))
    parts = [_LED_TO.sub("", part).strip(" ,;:.-–()*•·") for part in re.split(r"\|+", kept)]
    return " ".join(part for part in parts if part)


def _scan(text: str, *, cell: bool, dotted: bool) -> Scan:
    taker = _Taker(text)
    days = [found for pattern in (_ISO, _NUMERIC, _NAMED, _ENGLISH) for found in taker.days(pattern)]
    hours = [found for pattern in (_AMPM, _AT, _COLON) for found in taker.hours(pattern)]
    hours += [*taker.hours(_DOTTED), *taker.hours(_FOUR)] if dotted else []
    days += taker.days(_SHORT)
    if cell:
        days += taker.days(_BARE)
    hours.sort(key=lambda found: found[0])
    weekdays = taker.weekdays(short=bool(days))
    return Scan(_joined(text, days), tuple(h for _, h in hours), weekdays, taker.rest)


def _joined(text: str, found: list[tuple[int, int, Days]]) -> tuple[Days, ...]:
    """By place in the text; two dates with a dash in between are first and last day."""
    joined: list[Days] = []
    end = -1
    for start, following, days in sorted(found, key=lambda each: each[0]):
        if joined and joined[-1].first == joined[-1].last and days.first == days.last and _is_dash(text[end:start]):
            joined[-1] = Days(joined[-1].first, days.last)
        else:
            joined.append(days)
        end = following
    return tuple(joined)


def _is_dash(text: str) -> bool:
    return re.fullmatch(_DASH, text) is not None


class _Taker:
    """Takes what it finds out of a text; what is left is what was not understood."""

    def __init__(self, text: str) -> None:
        self._text = text

    def days(self, pattern: re.Pattern[str]) -> list[tuple[int, int, Days]]:
        return [(*match.span(), _days(pattern, match)) for match in self._take(pattern)]

    def hours(self, pattern: re.Pattern[str]) -> list[tuple[int, Hours]]:
        found = []
        for match in self._take(pattern):
            groups = match.groupdict()
            hours = _hours(groups["s"] or groups["only"], groups["e"])
            if hours is not None:
                found.append((match.start(), hours))
        return found

    def weekdays(self, *, short: bool) -> tuple[int, ...]:
        """Short names (`to`, `on`) are words too: they count beside a date only."""
        found = []
        for match in self._words():
            word = match[0]
            if word in WEEKDAYS and (short or word not in _SHORT_WEEKDAYS):
                found.append(WEEKDAYS[word])
                self._blank(match)
        return tuple(dict.fromkeys(found))

    @property
    def rest(self) -> str:
        return " ".join(
            re.sub(r"[\s.,;:()\[\]|*+&\-]+", " ", re.sub(r"(?<!\w)(?:og|and|kl)(?!\w)", " ", self._text)).split()
        )

    def _words(self) -> list[re.Match[str]]:
        return list(re.finditer(r"[^\W\d_]+", self._text))

    def _take(self, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        for match in list(pattern.finditer(self._text)):
            self._blank(match)
            yield match

    def _blank(self, match: re.Match[str]) -> None:
        # Positions stay what they were, and no new neighbours come together.
        self._text = f"{self._text[: match.start()]}{'|' * len(match[0])}{self._text[match.end() :]}"


def _days(pattern: re.Pattern[str], match: re.Match[str]) -> Days:
    if pattern is _ISO:
        day = Day(int(match[3]), int(match[2]), int(match[1]))
        return Days(day, day)
    groups = match.groupdict()
    last = Day(int(groups["d"]), _month(groups.get("m")), _year(groups.get("y")))
    first = last
    if groups.get("first"):
        first = Day(int(groups["first"]), _month(groups.get("m1")) or last.month, last.year)
        if first.month is not None and last.month is not None and first.month > last.month and last.year:
            first = replace(first, year=last.year - 1)
    return Days(first, last, unclear=pattern is _SHORT and "/" in match[0])


def _month(text: str | None) -> int | None:
    if text is None:
        return None
    return int(text) if text.isdigit() else MONTHS[text]


def _year(text: str | None) -> int | None:
    if not text:
        return None
    number = int(text.strip("'"))
    return number if number > 99 else 2000 + number


def _hours(start: str, end: str | None) -> Hours | None:
    half = end[-2:] if end and end[-2:] in ("am", "pm") and start[-2:] not in ("am", "pm") else ""
    first, last = _clock(start + half), _clock(end) if end else None
    if half and first is not None and last is not None and first > last:
        first = _clock(f"{start}am")
    return None if first is None or (end and last is None) else Hours(first, last)


def _clock(text: str) -> time | None:
    found = re.fullmatch(r"(\d{1,2}?)\s?[.:]?(\d{2})?\s?([ap]m)?", text.strip())
    if found is None:
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    if found[3]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if found[3] == "pm" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None
