"""What collides in a meeting plan, and which day would do instead."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import combinations

from domain.community import Community, Forum
from domain.plan.hosts import in_turn, same_host
from domain.plan.meeting import Meeting
from domain.working_time import ONE_DAY, is_day_off, is_weekend, public_holidays

OPERATIONAL = "samhandlingsmøte"
"""What an operational meeting is called where a conflict names it."""

_WEEKS = (1, -1, 2, -2, 3, -3, 4, -4, 5, 6, 7, 8)
"""How far a proposal moves a meeting, the first that fits: rather later than earlier, rather near than far."""


class ConflictKind(StrEnum):
    PUBLIC_HOLIDAY = "public_holiday"
    DAY_BEFORE_PUBLIC_HOLIDAY = "day_before_public_holiday"
    SCHOOL_HOLIDAY = "school_holiday"
    SAME_TIME = "same_time"
    HOST_OUT_OF_TURN = "host_out_of_turn"


@dataclass(frozen=True, slots=True)
class Conflict:
    """`against` is the holiday, the other organ, or the host whose turn it is; `proposal` a day without conflict."""

    forum: str
    date: dt.date
    kind: ConflictKind
    against: str
    proposal: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Busy:
    """An operational meeting: a local date, from when until when."""

    date: dt.date
    start: dt.time
    end: dt.time


def conflicts(community: Community, meetings: Sequence[Meeting], operational: Sequence[Busy] = ()) -> list[Conflict]:
    """Everything that collides, by date. Two organs collide once, at the one that comes later in the community file.

    Organs whose members the community file does not give count as sharing some with every other.
    """
    return _Plan(community, meetings, operational).conflicts()


class _Plan:
    def __init__(self, community: Community, meetings: Sequence[Meeting], operational: Sequence[Busy]) -> None:
        self._community = community
        self._forums = {forum.key: forum for forum in community.forums}
        self._order = {forum.key: number for number, forum in enumerate(community.forums)}
        self._meetings = sorted(meetings, key=lambda m: (m.date, self._order.get(m.forum, 0)))
        self._operational = operational

    def conflicts(self) -> list[Conflict]:
        found = [
            Conflict(meeting.forum, meeting.date, kind, against, self._proposal(meeting))
            for meeting in self._meetings
            for kind, against in (*self._holidays(meeting), *self._operational_at(meeting))
        ]
        for one, other in self._side_by_side():
            if self._share_members(one, other) and _overlap(one, other):
                later, against = sorted((one, other), key=lambda m: self._order.get(m.forum, 0), reverse=True)
                found.append(
                    Conflict(later.forum, later.date, ConflictKind.SAME_TIME, against.forum, self._proposal(later))
                )
        for forum in self._community.forums:
            found += self._out_of_turn(forum)
        return sorted(found, key=lambda c: (c.date, self._order.get(c.forum, 0), list(ConflictKind).index(c.kind)))

    def _holidays(self, meeting: Meeting) -> Iterator[tuple[ConflictKind, str]]:
        for day in _days(meeting):
            if name := _holiday(day):
                yield ConflictKind.PUBLIC_HOLIDAY, name
            # The day before a holiday is a working day that people take off; a Saturday before Whitsun is not.
            elif not is_weekend(day) and (name := _holiday(day + ONE_DAY)):
                yield ConflictKind.DAY_BEFORE_PUBLIC_HOLIDAY, name
        for holiday in self._community.school_holidays:
            if holiday.first <= meeting.end_date and meeting.date <= holiday.last:
                yield ConflictKind.SCHOOL_HOLIDAY, holiday.name

    def _operational_at(self, meeting: Meeting) -> Iterator[tuple[ConflictKind, str]]:
        if any(_overlap(meeting, busy) for busy in self._operational):
            yield ConflictKind.SAME_TIME, OPERATIONAL

    def _side_by_side(self) -> Iterator[tuple[Meeting, Meeting]]:
        """Pairs of meetings of two organs that have a day in common."""
        by_day: dict[date, list[Meeting]] = {}
        for meeting in self._meetings:
            for day in _days(meeting):
                by_day.setdefault(day, []).append(meeting)
        seen: set[tuple[int, int]] = set()
        for together in by_day.values():
            for one, other in combinations(together, 2):
                pair = (id(one), id(other))
                if one.forum != other.forum and pair not in seen:
                    seen.add(pair)
                    yield one, other

    def _share_members(self, one: Meeting, other: Meeting) -> bool:
        members = [self._forums[m.forum].members for m in (one, other) if m.forum in self._forums]
        return not all(members) or not members[0].isdisjoint(members[-1])

    def _proposal(self, meeting: Meeting) -> date | None:
        """The nearest day some weeks on or back, of the same weekday, on which nothing collides."""
        for weeks in _WEEKS:
            step = timedelta(weeks=weeks)
            try:
                moved = _moved(meeting, step)
            except OverflowError:
                continue
            if self._is_free(moved, instead_of=meeting):
                return moved.date
        return None

    def _is_free(self, moved: Meeting, instead_of: Meeting) -> bool:
        if any(is_day_off(day) for day in _days(moved)):
            return False
        if any(True for _ in self._holidays(moved)) or any(True for _ in self._operational_at(moved)):
            return False
        return not any(
            other.forum == moved.forum or (self._share_members(moved, other) and _overlap(moved, other))
            for other in self._meetings
            if other is not instead_of and other.date <= moved.end_date and moved.date <= other.end_date
        )

    def _out_of_turn(self, forum: Forum) -> Iterator[Conflict]:
        """A host whose turn it is not; the first one that is given decides where the turn begins."""
        begun = False
        for meeting, hosts in in_turn(forum.hosts, [m for m in self._meetings if m.forum == forum.key]):
            if meeting.host is None:
                continue
            expected = hosts if begun else forum.hosts
            if not any(same_host(host, meeting.host) for host in expected):
                yield Conflict(forum.key, meeting.date, ConflictKind.HOST_OUT_OF_TURN, expected[0])
            begun = True


def _holiday(day: date) -> str | None:
    return public_holidays(day.year).get(day)


def _days(meeting: Meeting) -> Iterable[date]:
    return (meeting.date + timedelta(days=n) for n in range((meeting.end_date - meeting.date).days + 1))


def _moved(meeting: Meeting, step: timedelta) -> Meeting:
    return Meeting(
        meeting.forum,
        meeting.date + step,
        meeting.end_date + step,
        meeting.start,
        meeting.end,
        meeting.place,
        meeting.host,
        meeting.source,
    )


def _overlap(one: Meeting, other: Meeting | Busy) -> bool:
    """Whether they are at the same time. What lasts several days takes them up whole; no time, no collision."""
    other_end = other.end_date if isinstance(other, Meeting) else other.date
    if one.end_date < other.date or other_end < one.date:
        return False
    if one.end_date > one.date or other_end > other.date:
        return True
    if one.start is None or other.start is None:
        return False
    return one.start < (other.end or _at_least(other.start)) and other.start < (one.end or _at_least(one.start))


def _at_least(start: dt.time) -> dt.time:
    """An hour, where no end is known."""
    return start.replace(hour=start.hour + 1) if start.hour < 23 else dt.time.max


__all__ = ["Busy", "Conflict", "ConflictKind", "conflicts"]
