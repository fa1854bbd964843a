"""A round: one collection of figures up to one operational meeting, and what falls due when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from domain.community import Community
from domain.working_time import before, instant, local_date, next_permitted, previous_working_day

Back = Callable[[datetime, timedelta, ZoneInfo], datetime]
"""How a length of time before an instant is counted: on the wall clock (`before`), or as it passes."""

APART = timedelta(hours=1)
"""A moved reminder that comes nearer than this to the prompt or to another reminder is dropped."""


class RoundState(StrEnum):
    PLANNED = "planned"
    COLLECTING = "collecting"
    CLOSED = "closed"  # the deadline has passed, the meeting has not begun
    HELD = "held"  # the meeting has begun
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Round:
    """Instants are UTC. `planned_for` is set when days off moved the meeting from that date."""

    id: str
    community: str
    period: str
    opens_at: datetime
    due_at: datetime
    summary_at: datetime
    meeting_at: datetime
    meeting_ends_at: datetime
    cancelled_at: datetime | None = None
    short_notice: bool = False
    planned_for: date | None = None

    def state(self, now: datetime) -> RoundState:
        if self.cancelled_at is not None:
            return RoundState.CANCELLED
        if now < self.opens_at:
            return RoundState.PLANNED
        if now < self.due_at:
            return RoundState.COLLECTING
        return RoundState.CLOSED if now < self.meeting_at else RoundState.HELD


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a round's steps come, as UTC instants. None: there is no permitted moment left before the deadline."""

    opens_at: datetime
    prompt_at: datetime | None
    reminders: tuple[datetime, ...]
    escalate_at: datetime | None
    due_at: datetime
    summary_at: datetime
    meeting_at: datetime
    meeting_ends_at: datetime


@dataclass(frozen=True, slots=True)
class Offsets:
    """How long before: wall-clock time, as the community file says or squeezed for a meeting at short notice."""

    prompt: timedelta
    due: timedelta
    reminders: tuple[timedelta, ...]  # before the deadline
    escalate: timedelta  # before the deadline
    summary: timedelta


def offsets_of(community: Community) -> Offsets:
    m = community.meeting
    return Offsets(m.prompt_before, m.due_before, m.reminders_before_due, m.escalate_before_due, m.summary_before)


def squeezed(offsets: Offsets, notice: timedelta) -> Offsets:
    """The same steps in proportion when only `notice` is left until the meeting; whole minutes, at least one.

    The deadline is never so near to now that nobody can answer: a minute is left, however short the notice.
    """
    share = min(1.0, notice / offsets.prompt)
    most = max(1, notice // timedelta(minutes=1) - 1)

    def part(offset: timedelta) -> timedelta:
        return timedelta(minutes=min(most, max(1, round(offset / timedelta(minutes=1) * share))))

    return Offsets(
        min(offsets.prompt, notice),
        part(offsets.due),
        tuple(part(offset) for offset in offsets.reminders),
        part(offsets.escalate),
        part(offsets.summary),
    )


def deadline(community: Community, day: date, start: time) -> datetime:
    """When answers to the meeting on that local day are due (UTC)."""
    return before(instant(day, start, community.zone), community.meeting.due_before, community.zone)


def schedule(
    community: Community, day: date, start: time, end: time, *, now: datetime, at_any_hour: bool = False
) -> Schedule:
    """The steps up to the meeting on a local day.

    A prompt whose time has passed comes at once. Prompts and reminders in quiet hours or on a day off move to the
    next permitted moment before the deadline, or are dropped; `at_any_hour` is the coordinator's word that what is
    ordered for now comes now.
    """
    meeting_at = instant(day, start, community.zone)
    return _schedule(community, offsets_of(community), meeting_at, day, end, now, at_any_hour=at_any_hour)


def short_notice_schedule(
    community: Community, day: date, start: time, end: time, *, now: datetime, at_any_hour: bool
) -> Schedule:
    """As `schedule`, for a meeting sooner than the prompts' usual lead: prompts at once, the rest in proportion.

    Where the prompts wait for the end of quiet hours, the rest is in proportion to what is left then.
    """
    meeting_at = instant(day, start, community.zone)
    asked_at = now if at_any_hour else next_permitted(now, community.quiet_hours, community.zone)
    notice = meeting_at - (asked_at if asked_at < meeting_at else now)
    usual = offsets_of(community)
    # On the wall clock what is left may be shorter or longer by an hour: squeezed steps are counted as they pass.
    passing = before(meeting_at, usual.prompt, community.zone) < meeting_at - notice or notice < usual.prompt
    made = _schedule(
        community,
        squeezed(usual, notice),
        meeting_at,
        day,
        end,
        now,
        back=_passing if passing else before,
        at_any_hour=at_any_hour,
        prompt_now=True,
    )
    return replace(made, opens_at=now)


def _passing(moment: datetime, offset: timedelta, _: ZoneInfo) -> datetime:
    return moment - offset


def _schedule(
    community: Community,
    offsets: Offsets,
    meeting_at: datetime,
    day: date,
    end: time,
    now: datetime,
    *,
    back: Back = before,
    at_any_hour: bool,
    prompt_now: bool = False,
) -> Schedule:
    zone = community.zone
    due_at = back(meeting_at, offsets.due, zone)
    nominal = now if prompt_now else max(now, before(meeting_at, offsets.prompt, zone))
    late = prompt_now or nominal == now
    prompt_at: datetime | None = (
        nominal if late and at_any_hour else next_permitted(nominal, community.quiet_hours, zone)
    )
    if prompt_at is not None and prompt_at >= due_at:
        prompt_at = None
    prompt = Step(prompt_at or nominal, moved=late or prompt_at != nominal)
    escalate = _permitted(community, back(due_at, offsets.escalate, zone), due_at)
    return Schedule(
        opens_at=prompt.at,
        prompt_at=prompt_at,
        reminders=_reminders(community, offsets, prompt, due_at, back) if prompt_at else (),
        escalate_at=escalate.at if escalate and escalate.at > prompt.at else None,
        due_at=due_at,
        summary_at=back(meeting_at, offsets.summary, zone),
        meeting_at=meeting_at,
        meeting_ends_at=instant(day, end, zone),
    )


@dataclass(frozen=True, slots=True, order=True)
class Step:
    at: datetime
    moved: bool


def _permitted(community: Community, at: datetime, due_at: datetime) -> Step | None:
    moment = next_permitted(at, community.quiet_hours, community.zone)
    return Step(moment, moved=moment != at) if moment < due_at else None


def _reminders(
    community: Community, offsets: Offsets, prompt: Step, due_at: datetime, back: Back
) -> tuple[datetime, ...]:
    wanted = (back(due_at, offset, community.zone) for offset in offsets.reminders)
    steps = [step for at in wanted if at > prompt.at if (step := _permitted(community, at, due_at))]
    kept = [prompt]
    # Those that stand where the file put them go first: a moved one gives way, not they.
    for step in sorted(steps, key=lambda step: (step.moved, step.at)):
        if all(not _too_near(step, other) for other in kept):
            kept.append(step)
    return tuple(sorted(step.at for step in kept[1:]))


def _too_near(step: Step, other: Step) -> bool:
    return step.at == other.at or (abs(step.at - other.at) < APART and (step.moved or other.moved))


def told_at(community: Community, planned: date, start: time) -> datetime:
    """When people hear that the meeting of this local date is dropped or moved (UTC).

    The last working day before the prompt would have come, at the prompt's time of day, or as soon after as quiet
    hours allow; where they last for the rest of that day, at its first permitted moment.
    """
    zone, quiet = community.zone, community.quiet_hours
    prompt = before(instant(planned, start, zone), community.meeting.prompt_before, zone).astimezone(zone)
    day = previous_working_day(prompt.date())
    moment = next_permitted(instant(day, prompt.time(), zone), quiet, zone)
    return moment if local_date(moment, zone) == day else next_permitted(instant(day, time(0), zone), quiet, zone)


def next_to_come(rounds: Sequence[Round], now: datetime) -> Round | None:
    return min(
        (r for r in rounds if r.cancelled_at is None and r.meeting_at > now), key=lambda r: r.meeting_at, default=None
    )


def current(rounds: Sequence[Round], now: datetime) -> Round | None:
    """The round that answers belong to: the first that is still being collected, else the last one opened.

    Where meetings are so close that two rounds are open, the nearer meeting comes first.
    """
    opened = [r for r in rounds if r.cancelled_at is None and r.opens_at <= now]
    collecting = [r for r in opened if now < r.due_at]
    if collecting:
        return min(collecting, key=lambda r: r.meeting_at)
    return max(opened, key=lambda r: r.meeting_at, default=None)


def is_last(round_: Round, rounds: Sequence[Round]) -> bool:
    return not any(r.cancelled_at is None and r.meeting_at > round_.meeting_at for r in rounds)
