"""Extra meetings: what a unit asks for, when there could be one, and what stands in the way of a time."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from domain.community import Community
from domain.identity_numbers import contains_identity_number
from domain.period_form import (
    FARTHEST_START,
    LONGEST_NOTE,
    SHORTEST_NOTICE,
    Mistake,
    Wrong,
    end_of,
    read_date,
    read_time,
)
from domain.periods import DemandingPeriod
from domain.reports import as_text
from domain.rounds import Round
from domain.working_time import instant, is_day_off, local_date, next_permitted, next_working_day

LONGEST_WHY = LONGEST_WORD = LONGEST_NOTE
USUAL_LEAD = timedelta(hours=2)
"""What people need to make room for a meeting the same day, where there is as much."""
LEAST_LEAD = timedelta(minutes=30)
DAY_BEGINS, DAY_ENDS = time(8), time(16)
MORNING = time(9)
HALF_AN_HOUR = 30
FRIDAY = timedelta(days=4)
"""After the week's Monday."""


class HowSoon(StrEnum):
    TODAY = "today"
    TOMORROW = "tomorrow"
    THIS_WEEK = "this_week"


class Outcome(StrEnum):
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"  # by the unit itself
    LAPSED = "lapsed"  # nobody answered while there was use for it


@dataclass(frozen=True, slots=True)
class MeetingRequest:
    """A unit's request for a meeting. `word` is what the coordinator said when declining; instants are UTC."""

    id: str
    community: str
    unit: str
    asked_by: str
    asked_at: datetime
    why: str
    how_soon: HowSoon
    outcome: Outcome | None = None
    decided_at: datetime | None = None
    decided_by: str | None = None
    round: str | None = None  # the meeting that came of it
    word: str = ""

    @property
    def is_open(self) -> bool:
        return self.outcome is None


@dataclass(frozen=True, slots=True)
class RequestRead:
    """`why` and `how_soon` are there when nothing is wrong. `typed` is what may be shown again."""

    why: str
    how_soon: HowSoon | None
    mistakes: Mapping[str, Mistake]
    typed: Mapping[str, str]


def read_request(inputs: Mapping[str, object], usual: HowSoon) -> RequestRead:
    """Checks the form of somebody who asks; without a word on how soon it is `usual`."""
    why, when = as_text(inputs.get("why")), as_text(inputs.get("when")) or str(usual)
    mistakes: dict[str, Mistake] = {}
    if not why:
        mistakes["why"] = Mistake(Wrong.REQUIRED)
    elif wrong := _wrong_words(why, LONGEST_WHY):
        mistakes["why"] = Mistake(wrong)
    how_soon = HowSoon(when) if when in set(HowSoon) else None
    if how_soon is None:
        mistakes["when"] = Mistake(Wrong.NOT_A_CHOICE)
    return RequestRead(why, how_soon, mistakes, _may_be_shown({"why": why, "when": when}))


def read_word(inputs: Mapping[str, object]) -> tuple[str, Wrong | None]:
    """What the coordinator says when declining, and what is wrong with it."""
    word = as_text(inputs.get("word"))
    return word, _wrong_words(word, LONGEST_WORD)


def _wrong_words(text: str, longest: int) -> Wrong | None:
    if contains_identity_number(text):
        return Wrong.IDENTITY_NUMBER
    return Wrong.TOO_LONG if len(text) > longest else None


def _may_be_shown(typed: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in typed.items() if value and not contains_identity_number(value)}


# When


def usual_how_soon(community: Community, now: datetime) -> HowSoon:
    """Today where the day has room for a meeting yet, else tomorrow."""
    at = propose(community, HowSoon.TODAY, now)
    same_day = local_date(at, community.zone) == local_date(now, community.zone)
    return HowSoon.TODAY if same_day else HowSoon.TOMORROW


def propose(community: Community, how_soon: HowSoon, now: datetime, others: Sequence[Round] = ()) -> datetime:
    """A time (UTC) on the half hour within working hours of a working day, at which no other meeting is held."""
    return next(at for at in _possible(community, how_soon, now) if not _meeting_at(community, at, others))


def lapses_at(community: Community, how_soon: HowSoon, asked_at: datetime) -> datetime:
    """When a request that nobody has answered is of no more use (UTC): as the working day after the wanted one ends."""
    zone = community.zone
    day, asked = local_date(propose(community, how_soon, asked_at), zone), local_date(asked_at, zone)
    if how_soon is HowSoon.THIS_WEEK:
        day = max(day, asked - timedelta(days=asked.weekday()) + FRIDAY)
    return instant(next_working_day(day), DAY_ENDS, zone)


def _possible(community: Community, how_soon: HowSoon, now: datetime) -> Iterator[datetime]:
    zone = community.zone
    today = local_date(now, zone)
    if how_soon is HowSoon.TODAY:
        for lead in (USUAL_LEAD, LEAST_LEAD):
            yield from _half_hours(community, today, now + lead)
    day = next_working_day(today)
    after = next_working_day(day)
    if how_soon is HowSoon.THIS_WEEK and after.isocalendar()[:2] == today.isocalendar()[:2]:
        day = after
    while True:
        yield from _half_hours(community, day, instant(day, MORNING, zone))
        day = next_working_day(day)


def _half_hours(community: Community, day: date, earliest: datetime) -> Iterator[datetime]:
    """Those of a working day from `earliest` on; also after working hours where the usual meeting is then."""
    if is_day_off(day):
        return
    last = max(DAY_ENDS, community.meeting.start)
    first, last_minute = DAY_BEGINS.hour * 60, last.hour * 60 + last.minute
    for minutes in range(math.ceil(first / HALF_AN_HOUR) * HALF_AN_HOUR, last_minute + 1, HALF_AN_HOUR):
        at = instant(day, time(*divmod(minutes, 60)), community.zone)
        if at >= earliest:
            yield at


def _meeting_at(community: Community, at: datetime, others: Sequence[Round]) -> Round | None:
    """The meeting that one beginning then would run into."""
    local = at.astimezone(community.zone)
    ends = instant(local.date(), end_of(community, local.time()), community.zone)
    return next(
        (r for r in others if r.cancelled_at is None and r.meeting_at < ends and at < r.meeting_ends_at),
        None,
    )


# The coordinator's word on when


@dataclass(frozen=True, slots=True)
class MeetingRead:
    """`day` and `start` (local) are there when nothing is wrong."""

    day: date | None
    start: time | None
    mistakes: Mapping[str, Mistake]
    typed: Mapping[str, str]


def read_meeting(
    community: Community,
    inputs: Mapping[str, object],
    now: datetime,
    period: DemandingPeriod | None,
    others: Sequence[Round],
    *,
    waits: bool,
) -> MeetingRead:
    """Checks `date` and `start` of a meeting at short notice against the calendar, the period and its meetings.

    `waits`: people are asked at the next permitted moment, and not now.
    """
    given = {key: as_text(inputs.get(key)) for key in ("date", "start")}
    day, start = read_date(given["date"]), read_time(given["start"])
    mistakes: dict[str, Mistake] = {}
    if day is None:
        mistakes["date"] = Mistake(Wrong.NOT_A_DATE if given["date"] else Wrong.REQUIRED)
    if start is None:
        mistakes["start"] = Mistake(Wrong.NOT_A_TIME if given["start"] else Wrong.REQUIRED)
    if day and start:
        found = _in_the_way(community, day, start, now, period, others, waits=waits)
        mistakes = dict([found]) if found else {}
    typed = _may_be_shown(given)
    return MeetingRead(None, None, mistakes, typed) if mistakes else MeetingRead(day, start, {}, typed)


def _in_the_way(
    community: Community,
    day: date,
    start: time,
    now: datetime,
    period: DemandingPeriod | None,
    others: Sequence[Round],
    *,
    waits: bool,
) -> tuple[str, Mistake] | None:
    today = local_date(now, community.zone)
    if day < today:
        return "date", Mistake(Wrong.IN_THE_PAST)
    if day > today + FARTHEST_START:
        return "date", Mistake(Wrong.TOO_FAR)
    if is_day_off(day):
        return "date", Mistake(Wrong.DAY_OFF)
    at = instant(day, start, community.zone)
    if at - now < SHORTEST_NOTICE:
        return "start", Mistake(Wrong.TOO_SOON)
    if period is not None and period.until is not None and day > period.until:
        return "date", Mistake(Wrong.AFTER_PERIOD, period)
    if (other := _meeting_at(community, at, others)) is not None:
        return "start", Mistake(Wrong.SAME_TIME, meeting=other.meeting_at)
    asked_at = next_permitted(now, community.quiet_hours, community.zone)
    if waits and at - asked_at < SHORTEST_NOTICE:
        return "start", Mistake(Wrong.NO_TIME_TO_ASK)
    return None
