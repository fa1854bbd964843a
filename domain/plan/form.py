"""The form by which the secretariat adds a meeting or changes one: what is accepted, what is wrong at which field."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from domain.community import Community
from domain.identity_numbers import contains_identity_number
from domain.period_form import read_date, read_time
from domain.plan.changes import PlannedMeeting
from domain.plan.drafts import LONGEST_MEETING, LONGEST_PLACE, hosts_by_name
from domain.plan.meeting import Meeting
from domain.plan.words import plain
from domain.reports import as_text

FIELDS = ("forum", "date", "end_date", "start", "end", "place", "host")
FARTHEST = timedelta(days=3 * 366)


class Wrong(StrEnum):
    REQUIRED = "required"
    NOT_A_CHOICE = "not_a_choice"
    NOT_A_DATE = "not_a_date"
    NOT_A_TIME = "not_a_time"
    IN_THE_PAST = "in_the_past"
    TOO_FAR = "too_far"
    ENDS_BEFORE = "ends_before"
    TOO_MANY_DAYS = "too_many_days"
    START_MISSING = "start_missing"
    TAKEN = "taken"  # the organ meets on that day already
    TOO_LONG = "too_long"
    IDENTITY_NUMBER = "identity_number"


@dataclass(frozen=True, slots=True)
class MeetingForm:
    """`meeting` is there when nothing is wrong. `typed` is what may be shown again."""

    meeting: Meeting | None
    mistakes: Mapping[str, Wrong]
    typed: Mapping[str, str]


def read_form(
    community: Community,
    inputs: Mapping[str, object],
    plan: Sequence[PlannedMeeting],
    today: date,
    changing: PlannedMeeting | None = None,
) -> MeetingForm:
    """Checks the whole form. `changing` is the meeting that it changes; its organ and a day it has had are kept."""
    text = {key: as_text(inputs.get(key)) for key in FIELDS}
    if changing is not None:
        text["forum"] = changing.meeting.forum
    reader = _Reader(community, text)
    meeting = reader.meeting(today, changing)
    if meeting is not None and _taken(meeting, plan, changing):
        reader.mistakes["date"] = Wrong.TAKEN
    typed = {key: value for key, value in text.items() if value and not contains_identity_number(value)}
    return MeetingForm(None if reader.mistakes else meeting, reader.mistakes, typed)


def _taken(meeting: Meeting, plan: Sequence[PlannedMeeting], changing: PlannedMeeting | None) -> bool:
    return any(
        other.meeting.forum == meeting.forum
        and other.meeting.date <= meeting.end_date
        and meeting.date <= other.meeting.end_date
        for other in plan
        if other.cancelled_at is None and (changing is None or other.id != changing.id)
    )


class _Reader:
    def __init__(self, community: Community, text: Mapping[str, str]) -> None:
        self._community = community
        self._text = text
        self.mistakes: dict[str, Wrong] = {}

    def meeting(self, today: date, changing: PlannedMeeting | None) -> Meeting | None:
        forum = self._forum()
        first = self._date("date", required=True)
        last = self._date("end_date") or first
        start, end = self._time("start"), self._time("end")
        place, host = self._words("place"), self._words("host")
        if first is not None and last is not None:
            self._check_days(first, last, today, changing)
            if start is None and end is not None:
                self.mistakes.setdefault("start", Wrong.START_MISSING)
            elif start is not None and end is not None and first == last and end <= start:
                self.mistakes.setdefault("end", Wrong.ENDS_BEFORE)
        if self.mistakes or forum is None or first is None or last is None:
            return None
        known = hosts_by_name(self._community).get(plain(host)) if host else None
        return Meeting(forum, first, last, start, end, place or None, known or host or None)

    def _check_days(self, first: date, last: date, today: date, changing: PlannedMeeting | None) -> None:
        moved = changing is None or changing.meeting.date != first
        if moved and first < today:
            self.mistakes.setdefault("date", Wrong.IN_THE_PAST)
        elif first > today + FARTHEST:
            self.mistakes.setdefault("date", Wrong.TOO_FAR)
        if last < first:
            self.mistakes.setdefault("end_date", Wrong.ENDS_BEFORE)
        elif last - first > LONGEST_MEETING:
            self.mistakes.setdefault("end_date", Wrong.TOO_MANY_DAYS)

    def _forum(self) -> str | None:
        given = self._text["forum"]
        if given in {forum.key for forum in self._community.forums}:
            return given
        self.mistakes["forum"] = Wrong.NOT_A_CHOICE if given else Wrong.REQUIRED
        return None

    def _date(self, key: str, *, required: bool = False) -> date | None:
        given = self._text[key]
        found = read_date(given) if given else None
        if found is None and (given or required):
            self.mistakes[key] = Wrong.NOT_A_DATE if given else Wrong.REQUIRED
        return found

    def _time(self, key: str) -> dt.time | None:
        given = self._text[key]
        found = read_time(given) if given else None
        if found is None and given:
            self.mistakes[key] = Wrong.NOT_A_TIME
        return found

    def _words(self, key: str) -> str:
        given = " ".join(self._text[key].split())
        if contains_identity_number(given):
            self.mistakes[key] = Wrong.IDENTITY_NUMBER
        elif len(given) > LONGEST_PLACE:
            self.mistakes[key] = Wrong.TOO_LONG
        return given
