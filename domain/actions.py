"""Actions (tiltak): something agreed, with a unit that owns it and a day by which it is done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from domain.community import Community, Person, Role
from domain.working_time import instant, is_day_off, local_date, next_permitted, next_working_day, previous_working_day

LONGEST_TEXT = 500
LONGEST_REASON = 300
MOVES_WITHOUT_REASON = 2
"""An action that has been moved so often is moved again only with a reason."""
REMINDED_AT = time(9)
"""Local time of reminders; later where quiet hours last longer."""


class ActionState(StrEnum):
    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


class Standing(StrEnum):
    """An action's state as people see it: what is open may be overdue."""

    OPEN = "open"
    OVERDUE = "overdue"
    DONE = "done"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Action:
    """`due` is a local date, instants are UTC. `reason` belongs to the last change, `version` counts the changes."""

    id: str
    community: str
    text: str
    owner: str
    due: date
    created_by: str
    created_at: datetime
    state: ActionState = ActionState.OPEN
    settled_at: datetime | None = None  # when it was done or dropped
    settled_by: str | None = None
    reason: str = ""
    moves: int = 0
    round: str | None = None  # whose meeting it was agreed in
    version: int = 1

    @property
    def is_open(self) -> bool:
        return self.state is ActionState.OPEN

    @property
    def move_needs_reason(self) -> bool:
        return self.moves >= MOVES_WITHOUT_REASON

    def is_overdue(self, today: date) -> bool:
        return self.is_open and self.due < today

    def standing(self, today: date) -> Standing:
        return Standing.OVERDUE if self.is_overdue(today) else Standing(str(self.state))

    def known_at(self, moment: datetime) -> Action:
        """The action as it stood then: what was settled later was open."""
        if self.settled_at is None or self.settled_at <= moment:
            return self
        return replace(self, state=ActionState.OPEN, settled_at=None, settled_by=None, reason="")

    # What may become of an open one

    def done(self, by: str, now: datetime) -> Action:
        return self._settled(ActionState.DONE, by, now, "")

    def dropped(self, by: str, now: datetime, reason: str) -> Action:
        return self._settled(ActionState.DROPPED, by, now, reason)

    def moved(self, due: date, reason: str) -> Action:
        return replace(self, due=due, reason=reason, moves=self.moves + 1, version=self.version + 1)

    def handed_over(self, owner: str) -> Action:
        return replace(self, owner=owner, reason="", version=self.version + 1)

    def _settled(self, state: ActionState, by: str, now: datetime, reason: str) -> Action:
        return replace(self, state=state, settled_at=now, settled_by=by, reason=reason, version=self.version + 1)


@dataclass(frozen=True, slots=True)
class ActionLine:
    """An action as a round shows it, on one day."""

    id: str
    text: str
    owner: str
    due: date
    standing: Standing


def lines_of(actions: Sequence[Action], moment: datetime, zone: ZoneInfo) -> tuple[ActionLine, ...]:
    """The actions as they stood at an instant: without those made later, and open where they were settled later."""
    today = local_date(moment, zone)
    known = (action.known_at(moment) for action in actions if action.created_at <= moment)
    return tuple(ActionLine(a.id, a.text, a.owner, a.due, a.standing(today)) for a in known)


def may_change(person: Person, action: Action) -> bool:
    """The owning unit's people, the coordinator and the secretariat."""
    return person.unit == action.owner or person.has(Role.COORDINATOR, Role.SECRETARIAT)


def in_order(actions: Sequence[Action], first: str | None = None) -> list[Action]:
    """By due date, the unit `first` before the others."""
    return sorted(actions, key=lambda action: (action.owner != first, action.due, action.created_at, action.id))


# When it is reminded of


def reminder_moments(community: Community, due: date) -> list[datetime]:
    """The working day before and the day itself, the earlier first.

    For a day off the working day before stands in. Where both fall on the same day there is one.
    """
    day = previous_working_day(due) if is_day_off(due) else due
    days = sorted({previous_working_day(due), day})
    moments = (at_reminder_time(community, day) for day in days)
    return [at for at in moments if local_date(at, community.zone) <= due]


def at_reminder_time(community: Community, day: date) -> datetime:
    """The time of day at which reminders come: UTC, out of quiet hours and days off."""
    return next_permitted(instant(day, REMINDED_AT, community.zone), community.quiet_hours, community.zone)


def next_weekly(community: Community, after: date, now: datetime) -> datetime:
    """When overdue ones are next told of: on the first Monday after a day, or the working day after it; after `now`."""
    monday = next_monday(after)
    while (moment := _monday_moment(community, monday)) <= now:
        monday = next_monday(monday)
    return moment


def next_monday(day: date) -> date:
    """The first Monday after `day`."""
    return date.fromordinal(day.toordinal() + 7 - day.weekday())


def _monday_moment(community: Community, monday: date) -> datetime:
    return at_reminder_time(community, next_working_day(monday) if is_day_off(monday) else monday)
