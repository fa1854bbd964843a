"""The form that starts a demanding period: what is accepted, what is wrong at which field."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from domain.community import Community, PreparednessLevel
from domain.identity_numbers import contains_identity_number
from domain.periods import OPEN_END_HORIZON, DemandingPeriod, MeetingDate, Reason, meeting_dates
from domain.reports import as_text
from domain.rounds import deadline
from domain.working_time import instant, local_date

LONGEST_NOTE = 500
LONGEST_PERIOD = timedelta(days=366)
FARTHEST_START = timedelta(days=366)
SHORTEST_NOTICE = timedelta(minutes=15)

_DATE = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4}|\d{2})")
_TIME = re.compile(r"(?:kl\.?\s*)?(\d{1,2})(?:[:.](\d{2}))?")


class Wrong(StrEnum):
    REQUIRED = "required"
    NOT_A_CHOICE = "not_a_choice"
    NOT_A_DATE = "not_a_date"
    NOT_A_TIME = "not_a_time"
    NOT_DAYS = "not_days"  # every_days outside 1 to 14
    IN_THE_PAST = "in_the_past"
    TOO_FAR = "too_far"
    DEADLINE_PASSED = "deadline_passed"
    TOO_SOON = "too_soon"
    UNTIL_BEFORE_FIRST = "until_before_first"
    TOO_LONG_PERIOD = "too_long_period"
    OVERLAPS = "overlaps"
    NO_MEETING_LEFT = "no_meeting_left"
    DAY_OFF = "day_off"
    AFTER_PERIOD = "after_period"
    SAME_TIME = "same_time"
    NO_TIME_TO_ASK = "no_time_to_ask"  # quiet hours last until the meeting
    UNTIL_BEFORE_FROM = "until_before_from"
    UNTIL_BEFORE_MEETING = "until_before_meeting"  # one that stays whatever the rhythm
    NOTHING_LEFT = "nothing_left"  # no meeting is to come by the last day
    DEADLINE_PASSED_FROM = "deadline_passed_from"  # of the first meeting of the new rhythm
    TOO_LONG = "too_long"
    IDENTITY_NUMBER = "identity_number"


@dataclass(frozen=True, slots=True)
class StartForm:
    reasons: tuple[Reason, ...]
    level: PreparednessLevel
    first_meeting: date
    start: time
    every_days: int
    until: date | None
    urgent: bool
    note: str


@dataclass(frozen=True, slots=True)
class Mistake:
    wrong: Wrong
    other: DemandingPeriod | None = None  # the period that is in the way
    meeting: datetime | None = None  # the meeting that is, UTC


@dataclass(frozen=True, slots=True)
class FormRead:
    """`form` is there when nothing is wrong. `typed` is what may be shown again."""

    form: StartForm | None
    mistakes: Mapping[str, Mistake]
    typed: Mapping[str, str]
    dates: Sequence[MeetingDate] = field(default_factory=tuple)


def read_start(
    community: Community,
    inputs: Mapping[str, object],
    others: Sequence[DemandingPeriod],
    now: datetime,
    *,
    short_notice: bool = False,
) -> FormRead:
    """Checks the whole form against the calendar and the periods that have not ended."""
    text = {key: joined(inputs.get(key)) for key in FIELDS}
    typed = {key: value for key, value in text.items() if value and not contains_identity_number(value)}
    reader = _Reader(text)
    reasons = reader.reasons()
    level = reader.level()
    first = reader.date("first_meeting", required=True)
    start = reader.time("start") if text["start"] else community.meeting.start
    every_days = reader.every_days() if text["every_days"] else community.meeting.every_days
    until = reader.date("until", required=False)
    note = reader.note()
    mistakes = _date_mistakes(community, first, start, until, now) | reader.mistakes
    if mistakes or not (reasons and level and first and start and every_days):
        return FormRead(None, mistakes, typed)
    form = StartForm(reasons, level, first, start, every_days, until, text["urgent"] == "true", note)
    dates = list(dates_of(community, form))
    if found := _period_mistake(community, form, dates, others, now, short_notice=short_notice):
        return FormRead(None, dict([found]), typed)
    return FormRead(form, {}, typed, dates)


def dates_of(community: Community, form: StartForm) -> Sequence[MeetingDate]:
    return list(
        meeting_dates(
            form.first_meeting,
            form.every_days,
            form.until,
            skip_days_off=community.meeting.skip_public_holidays,
            horizon=form.first_meeting + OPEN_END_HORIZON,
        )
    )


FIELDS = ("reason", "level", "first_meeting", "start", "every_days", "until", "urgent", "note")


def end_of(community: Community, start: time) -> time:
    """Meetings last as long as the community's usual one, and end the same day."""
    usual = community.meeting
    day = date(2000, 1, 3)
    length = datetime.combine(day, usual.end) - datetime.combine(day, usual.start)
    ends = datetime.combine(day, start) + length
    return ends.time() if ends.date() == day else time(23, 59)


def _date_mistakes(
    community: Community, first: date | None, start: time | None, until: date | None, now: datetime
) -> dict[str, Mistake]:
    """What is wrong with the dates by themselves, whatever else is wrong in the form."""
    if first is None:
        return {}
    found: dict[str, Mistake] = {}
    today = local_date(now, community.zone)
    if first < today or (start is not None and instant(first, start, community.zone) <= now):
        found["first_meeting"] = Mistake(Wrong.IN_THE_PAST)
    elif first > today + FARTHEST_START:
        found["first_meeting"] = Mistake(Wrong.TOO_FAR)
    if until is not None and until < first:
        found["until"] = Mistake(Wrong.UNTIL_BEFORE_FIRST)
    elif until is not None and until - first > LONGEST_PERIOD:
        found["until"] = Mistake(Wrong.TOO_LONG_PERIOD)
    return found


def _period_mistake(
    community: Community,
    form: StartForm,
    dates: Sequence[MeetingDate],
    others: Sequence[DemandingPeriod],
    now: datetime,
    *,
    short_notice: bool,
) -> tuple[str, Mistake] | None:
    """What is wrong with the period as a whole."""
    other = next((period for period in others if period.overlaps(form.first_meeting, form.until)), None)
    if other is not None:
        return "first_meeting", Mistake(Wrong.OVERLAPS, other)
    held = next((d.held for d in dates if d.held is not None), None)
    if held is None:
        return "first_meeting", Mistake(Wrong.NO_MEETING_LEFT)
    if short_notice:
        soon = instant(held, form.start, community.zone) - now < SHORTEST_NOTICE
        return ("start", Mistake(Wrong.TOO_SOON)) if soon else None
    if deadline(community, held, form.start) <= now:
        return "first_meeting", Mistake(Wrong.DEADLINE_PASSED)
    return None


class _Reader:
    """Reads field by field and remembers what was wrong."""

    def __init__(self, text: Mapping[str, str]) -> None:
        self._text = text
        self.mistakes: dict[str, Mistake] = {}

    def reasons(self) -> tuple[Reason, ...]:
        given = [part.strip() for part in self._text["reason"].split(",") if part.strip()]
        if not given:
            self._wrong("reason", Wrong.REQUIRED)
        elif set(given) - {str(reason) for reason in Reason}:
            self._wrong("reason", Wrong.NOT_A_CHOICE)
        else:
            return tuple(reason for reason in Reason if reason in given)
        return ()

    def level(self) -> PreparednessLevel | None:
        given = self._text["level"]
        if given in set(PreparednessLevel):
            return PreparednessLevel(given)
        self._wrong("level", Wrong.NOT_A_CHOICE if given else Wrong.REQUIRED)
        return None

    def date(self, key: str, *, required: bool) -> date | None:
        if not self._text[key]:
            if required:
                self._wrong(key, Wrong.REQUIRED)
            return None
        day = read_date(self._text[key])
        if day is None:
            self._wrong(key, Wrong.NOT_A_DATE)
        return day

    def time(self, key: str) -> time | None:
        at = read_time(self._text[key])
        if at is None:
            self._wrong(key, Wrong.NOT_A_TIME)
        return at

    def every_days(self) -> int:
        given = self._text["every_days"]
        if re.fullmatch(r"[0-9]{1,2}", given) and 1 <= int(given) <= 14:
            return int(given)
        self._wrong("every_days", Wrong.NOT_DAYS)
        return 0

    def note(self) -> str:
        note = self._text["note"]
        if contains_identity_number(note):
            self._wrong("note", Wrong.IDENTITY_NUMBER)
        elif len(note) > LONGEST_NOTE:
            self._wrong("note", Wrong.TOO_LONG)
        return note

    def _wrong(self, key: str, wrong: Wrong) -> None:
        self.mistakes[key] = Mistake(wrong)


def read_date(text: str) -> date | None:
    """2023-11-28, 28.11.2023 or 28.11.23."""
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
            return date.fromisoformat(text)
        if match := _DATE.fullmatch(text):
            day, month, year = (int(part) for part in match.groups())
            return date(year + 2000 if year < 100 else year, month, day)
    except ValueError:
        return None
    return None


def read_time(text: str) -> time | None:
    """16:00, 16.00, 16, kl. 16.00."""
    match = _TIME.fullmatch(text.casefold())
    if match is None:
        return None
    hour, minute = int(match[1]), int(match[2] or 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def joined(value: object) -> str:
    """A choice of several comes as a list or comma-separated, a toggle as a word or a truth value."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return ",".join(as_text(part) for part in value[:20])
    return as_text(value)
