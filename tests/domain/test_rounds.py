"""What falls due when, up to one operational meeting."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from domain.community import Community, QuietHours
from domain.periods import meeting_dates
from domain.rounds import (
    APART,
    RoundState,
    Schedule,
    current,
    deadline,
    is_last,
    next_to_come,
    offsets_of,
    schedule,
    short_notice_schedule,
    squeezed,
    told_at,
)
from domain.working_time import before, instant, is_day_off, is_permitted, next_permitted, previous_working_day
from tests.builders import OSLO, community, local, meeting, round_, vestfold

PROPERTY = settings(deadline=None, max_examples=200)
TUESDAY = date(2023, 11, 28)
LONG_BEFORE = local(2023, 11, 23, 9)


def made(day: date, now: datetime = LONG_BEFORE, *, at_any_hour: bool = False, **changes: object) -> Schedule:
    """The schedule of Vestfold's meeting 16:00–17:00, where the community says nothing else."""
    asked = community(meeting=meeting(**changes))
    return schedule(asked, day, time(16), time(17), now=now, at_any_hour=at_any_hour)


# One meeting, step by step


def test_a_tuesdays_round_runs_as_the_community_file_says() -> None:
    assert made(TUESDAY) == Schedule(
        opens_at=local(2023, 11, 27, 9),
        prompt_at=local(2023, 11, 27, 9),
        reminders=(local(2023, 11, 27, 16), local(2023, 11, 28, 9), local(2023, 11, 28, 11)),
        escalate_at=local(2023, 11, 28, 11, 30),
        due_at=local(2023, 11, 28, 12),
        summary_at=local(2023, 11, 28, 15, 30),
        meeting_at=local(2023, 11, 28, 16),
        meeting_ends_at=local(2023, 11, 28, 17),
    )
    assert deadline(vestfold(), TUESDAY, time(16)) == local(2023, 11, 28, 12)


def test_after_new_years_day_the_prompt_comes_that_morning_and_the_reminder_of_the_holiday_is_dropped() -> None:
    assert made(date(2024, 1, 2)) == Schedule(
        opens_at=local(2024, 1, 2, 7),
        prompt_at=local(2024, 1, 2, 7),
        reminders=(local(2024, 1, 2, 9), local(2024, 1, 2, 11)),
        escalate_at=local(2024, 1, 2, 11, 30),
        due_at=local(2024, 1, 2, 12),
        summary_at=local(2024, 1, 2, 15, 30),
        meeting_at=local(2024, 1, 2, 16),
        meeting_ends_at=local(2024, 1, 2, 17),
    )


def test_every_other_meeting_of_the_winter_period_is_prompted_for_on_monday_at_nine() -> None:
    dates = meeting_dates(TUESDAY, 7, date(2024, 1, 23), skip_days_off=True, horizon=date(2024, 1, 23))
    prompts = {d.held: made(d.held).prompt_at for d in dates if d.held is not None}
    assert len(prompts) == 8
    del prompts[date(2024, 1, 2)]
    for day, prompt in prompts.items():
        monday = day - timedelta(days=1)
        assert prompt == local(monday.year, monday.month, monday.day, 9)


def test_in_a_daily_rhythm_mondays_prompt_moves_from_sunday_to_monday_morning() -> None:
    monday = made(date(2023, 11, 27))
    assert monday.prompt_at == monday.opens_at == local(2023, 11, 27, 7)
    assert monday.reminders == (local(2023, 11, 27, 9), local(2023, 11, 27, 11))


def test_a_meeting_too_early_on_a_monday_for_any_prompt_has_none_and_is_open_all_the_same() -> None:
    early = schedule(vestfold(), date(2023, 11, 27), time(10), time(11), now=LONG_BEFORE)  # due at 06:00
    assert early.prompt_at is None
    assert early.reminders == ()
    assert early.escalate_at is None
    assert early.opens_at == local(2023, 11, 26, 3)
    assert early.due_at == local(2023, 11, 27, 6)


@pytest.mark.parametrize(
    ("day", "prompt"),
    [
        (date(2024, 4, 3), local(2024, 4, 2, 9)),  # clocks were moved on Sunday
        (date(2024, 10, 29), local(2024, 10, 28, 9)),
        (date(2024, 10, 28), local(2024, 10, 28, 7)),
    ],
)
def test_no_step_is_an_hour_off_after_a_clock_change(day: date, prompt: datetime) -> None:
    steps = made(day)
    assert steps.prompt_at == prompt
    assert steps.due_at == local(day.year, day.month, day.day, 12)
    assert steps.summary_at == local(day.year, day.month, day.day, 15, 30)


# Late starts


@pytest.mark.parametrize(
    ("now", "at_any_hour", "prompt", "reminders", "escalate"),
    [
        # before the prompt's time, and at it
        ((27, 8, 59), False, (27, 9, 0), [(27, 16, 0), (28, 9, 0), (28, 11, 0)], (28, 11, 30)),
        ((27, 9, 0), False, (27, 9, 0), [(27, 16, 0), (28, 9, 0), (28, 11, 0)], (28, 11, 30)),
        # after it: at once
        ((27, 14, 0), False, (27, 14, 0), [(27, 16, 0), (28, 9, 0), (28, 11, 0)], (28, 11, 30)),
        ((27, 15, 0), False, (27, 15, 0), [(27, 16, 0), (28, 9, 0), (28, 11, 0)], (28, 11, 30)),
        # a reminder within an hour of the late prompt is dropped
        ((27, 15, 1), False, (27, 15, 1), [(28, 9, 0), (28, 11, 0)], (28, 11, 30)),
        ((28, 8, 30), False, (28, 8, 30), [(28, 11, 0)], (28, 11, 30)),
        ((28, 10, 30), False, (28, 10, 30), [], (28, 11, 30)),
        ((28, 11, 45), False, (28, 11, 45), [], None),
        # in quiet hours: in the morning, unless the coordinator says now
        ((27, 21, 0), False, (28, 7, 0), [(28, 9, 0), (28, 11, 0)], (28, 11, 30)),
        ((27, 21, 0), True, (27, 21, 0), [(28, 9, 0), (28, 11, 0)], (28, 11, 30)),
        ((28, 3, 0), True, (28, 3, 0), [(28, 9, 0), (28, 11, 0)], (28, 11, 30)),
        # the coordinator's word is about now, not about what comes later
        ((26, 12, 0), True, (27, 9, 0), [(27, 16, 0), (28, 9, 0), (28, 11, 0)], (28, 11, 30)),
    ],
)
def test_a_start_after_the_prompts_time_prompts_at_once(
    now: tuple[int, int, int],
    at_any_hour: bool,
    prompt: tuple[int, int, int],
    reminders: list[tuple[int, int, int]],
    escalate: tuple[int, int, int] | None,
) -> None:
    steps = made(TUESDAY, local(2023, 11, *now), at_any_hour=at_any_hour)
    assert steps.prompt_at == steps.opens_at == local(2023, 11, *prompt)
    assert steps.reminders == tuple(local(2023, 11, *r) for r in reminders)
    assert steps.escalate_at == (local(2023, 11, *escalate) if escalate else None)
    assert steps.due_at == local(2023, 11, 28, 12)


@pytest.mark.parametrize("now", [local(2023, 11, 28, 12), local(2023, 11, 28, 13)])
def test_nobody_is_prompted_or_reminded_after_the_deadline(now: datetime) -> None:
    steps = made(TUESDAY, now, at_any_hour=True)
    assert (steps.prompt_at, steps.reminders, steps.escalate_at) == (None, (), None)


# Reminders


def test_reminders_that_the_community_wants_close_together_both_come() -> None:
    close = (timedelta(minutes=30), timedelta(minutes=10))
    assert made(TUESDAY, reminders_before_due=close).reminders == (
        local(2023, 11, 28, 11, 30),
        local(2023, 11, 28, 11, 50),
    )


def test_two_reminders_at_the_same_moment_are_one() -> None:
    twice = (timedelta(hours=1), timedelta(hours=1))
    assert made(TUESDAY, reminders_before_due=twice).reminders == (local(2023, 11, 28, 11),)


def test_a_reminder_moved_to_the_morning_gives_way_to_one_that_stands_there() -> None:
    # due 12:00: 14 h before is 22:00 and moves to 07:00, 4 h 30 before is 07:30
    night = (timedelta(hours=14), timedelta(hours=4, minutes=30), timedelta(hours=1))
    assert made(TUESDAY, reminders_before_due=night).reminders == (
        local(2023, 11, 28, 7, 30),
        local(2023, 11, 28, 11),
    )


def test_of_two_reminders_moved_to_one_morning_one_comes() -> None:
    night = (timedelta(hours=14), timedelta(hours=8))
    assert made(TUESDAY, reminders_before_due=night).reminders == (local(2023, 11, 28, 7),)


def test_a_reminder_that_can_only_come_after_the_deadline_is_dropped() -> None:
    steps = schedule(vestfold(), TUESDAY, time(10, 30), time(11, 30), now=LONG_BEFORE)  # due at 06:30
    assert steps.reminders == (local(2023, 11, 27, 10, 30),)
    assert steps.escalate_at is None


# A meeting at short notice


@pytest.mark.parametrize(
    ("notice", "due", "reminders", "escalate", "summary"),
    [
        (timedelta(hours=31), 240, (1200, 180, 60), 30, 30),
        (timedelta(hours=62), 240, (1200, 180, 60), 30, 30),
        (timedelta(hours=15, minutes=30), 120, (600, 90, 30), 15, 15),
        (timedelta(hours=2), 15, (77, 12, 4), 2, 2),
        (timedelta(minutes=30), 4, (19, 3, 1), 1, 1),
    ],
)
def test_at_short_notice_the_steps_keep_their_proportions(
    notice: timedelta, due: int, reminders: tuple[int, ...], escalate: int, summary: int
) -> None:
    found = squeezed(offsets_of(vestfold()), notice)
    assert found.prompt == min(notice, timedelta(hours=31))
    assert found.due == timedelta(minutes=due)
    assert found.reminders == tuple(timedelta(minutes=m) for m in reminders)
    assert (found.escalate, found.summary) == (timedelta(minutes=escalate), timedelta(minutes=summary))


def test_a_round_now_prompts_at_once_and_keeps_everything_before_the_meeting() -> None:
    now = local(2023, 11, 28, 12)
    steps = short_notice_schedule(vestfold(), TUESDAY, time(14), time(15), now=now, at_any_hour=False)
    assert steps == Schedule(
        opens_at=now,
        prompt_at=now,
        reminders=(local(2023, 11, 28, 13, 33), local(2023, 11, 28, 13, 41)),
        escalate_at=local(2023, 11, 28, 13, 43),
        due_at=local(2023, 11, 28, 13, 45),
        summary_at=local(2023, 11, 28, 13, 58),
        meeting_at=local(2023, 11, 28, 14),
        meeting_ends_at=local(2023, 11, 28, 15),
    )


@pytest.mark.parametrize(("at_any_hour", "prompt"), [(True, local(2023, 11, 28, 21)), (False, None)])
def test_a_round_now_in_quiet_hours_prompts_only_on_the_coordinators_word(
    *, at_any_hour: bool, prompt: datetime | None
) -> None:
    now = local(2023, 11, 28, 21)
    steps = short_notice_schedule(vestfold(), TUESDAY, time(22, 30), time(23, 30), now=now, at_any_hour=at_any_hour)
    assert steps.prompt_at == prompt
    assert steps.opens_at == now
    assert steps.reminders == ()
    assert now < steps.due_at < steps.summary_at < steps.meeting_at


def test_a_round_ordered_in_the_evening_for_tomorrow_waits_for_the_morning_when_the_coordinator_wants_that() -> None:
    now = local(2023, 11, 28, 21)
    steps = short_notice_schedule(vestfold(), date(2023, 11, 29), time(12), time(13), now=now, at_any_hour=False)
    assert steps.prompt_at == local(2023, 11, 29, 7)
    assert steps.opens_at == now
    assert all(r >= local(2023, 11, 29, 8) for r in steps.reminders)


@given(st.integers(2, 40 * 60), st.booleans())
@PROPERTY
def test_at_any_notice_the_steps_stay_in_order(notice: int, at_any_hour: bool) -> None:
    now = local(2023, 11, 27, 8) + timedelta(seconds=17)
    meeting_at = (now + timedelta(minutes=notice)).astimezone(OSLO)
    steps = short_notice_schedule(
        vestfold(), meeting_at.date(), meeting_at.time(), time(23, 59, 59), now=now, at_any_hour=at_any_hour
    )
    assert steps.opens_at == now < steps.due_at <= steps.summary_at < steps.meeting_at <= steps.meeting_ends_at
    assert steps.prompt_at == now
    reminders = steps.reminders
    assert all(now + APART <= r < steps.due_at for r in reminders)
    assert all(one < other for one, other in pairwise(reminders))
    assert steps.escalate_at is None or now < steps.escalate_at < steps.due_at


def test_a_round_that_waits_for_the_morning_is_squeezed_from_then_on() -> None:
    # ordered at 21:00 for 08:00: from the evening the deadline would be 06:35, before anybody is asked
    now = local(2023, 11, 28, 21)
    steps = short_notice_schedule(vestfold(), date(2023, 11, 29), time(8), time(9), now=now, at_any_hour=False)
    assert steps.prompt_at == local(2023, 11, 29, 7)
    assert steps.due_at == local(2023, 11, 29, 7, 52)
    assert steps.summary_at == local(2023, 11, 29, 7, 59)


@pytest.mark.parametrize(
    ("now", "day", "start"),
    [
        # Sunday 29 October 2023, 02:45 for the second time; 15 to 40 minutes later, over what was 02:xx before
        (datetime(2023, 10, 29, 1, 45, tzinfo=UTC), date(2023, 10, 29), time(3, 0)),
        (datetime(2023, 10, 29, 1, 45, tzinfo=UTC), date(2023, 10, 29), time(3, 20)),
        # Sunday 26 March 2023, 01:50, before the hour that does not exist
        (datetime(2023, 3, 26, 0, 50, tzinfo=UTC), date(2023, 3, 26), time(3, 5)),
        (datetime(2023, 3, 26, 0, 50, tzinfo=UTC), date(2023, 3, 26), time(3, 40)),
    ],
)
def test_squeezed_steps_are_counted_as_time_passes_across_a_clock_change(now: datetime, day: date, start: time) -> None:
    steps = short_notice_schedule(vestfold(), day, start, time(23), now=now, at_any_hour=True)
    notice = steps.meeting_at - now
    expected = squeezed(offsets_of(vestfold()), notice)
    assert now < steps.due_at < steps.meeting_at
    assert steps.meeting_at - steps.due_at == expected.due
    assert steps.meeting_at - steps.summary_at == expected.summary


# Any meeting of any community


@dataclass(frozen=True)
class Meeting:
    community: Community
    day: date
    start: time
    end: time
    now: datetime
    at_any_hour: bool


@st.composite
def meetings(draw: st.DrawFn) -> Meeting:
    def hours(first: float, last: float) -> timedelta:
        return timedelta(minutes=15 * draw(st.integers(int(first * 4), int(last * 4))))

    quarters = st.integers(0, 95).map(lambda n: time(n // 4, n % 4 * 15))
    zone = ZoneInfo(
        draw(st.sampled_from(["Europe/Oslo", "UTC", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]))
    )
    summary = hours(0.25, 2)
    due = summary + hours(0.25, 48)
    lead = hours(0.5, 72)
    asked = community(
        zone=zone,
        quiet_hours=QuietHours(draw(quarters), draw(quarters)),
        meeting=meeting(
            prompt_before=due + lead,
            due_before=due,
            summary_before=summary,
            escalate_before_due=timedelta(minutes=15 * draw(st.integers(1, int(lead / timedelta(minutes=15))))),
            reminders_before_due=tuple(
                timedelta(minutes=15 * n)
                for n in draw(st.lists(st.integers(1, int(lead / timedelta(minutes=15))), max_size=5))
            ),
        ),
    )
    day = draw(st.dates(date(2022, 1, 1), date(2030, 12, 31)))
    while is_day_off(day):
        day += timedelta(days=1)
    start = draw(st.integers(5 * 4, 22 * 4).map(lambda n: time(n // 4, n % 4 * 15)))
    due_at = deadline(asked, day, start)
    now = due_at - timedelta(minutes=draw(st.integers(1, 10 * 24 * 60)))
    return Meeting(asked, day, start, time(23), now, draw(st.booleans()))


def planned(m: Meeting) -> Schedule:
    return schedule(m.community, m.day, m.start, m.end, now=m.now, at_any_hour=m.at_any_hour)


@given(meetings())
@PROPERTY
def test_nothing_comes_at_night_or_on_a_day_off_unless_it_was_ordered_for_now(m: Meeting) -> None:
    steps = planned(m)
    ordered = steps.prompt_at == m.now and m.at_any_hour
    sent = [*steps.reminders, *([steps.escalate_at] if steps.escalate_at else [])]
    if steps.prompt_at and not ordered:
        sent.append(steps.prompt_at)
    assert all(is_permitted(moment, m.community.quiet_hours, m.community.zone) for moment in sent)


@given(meetings())
@PROPERTY
def test_everything_comes_before_the_deadline_and_nothing_in_the_past(m: Meeting) -> None:
    steps = planned(m)
    sent = [s for s in (steps.prompt_at, *steps.reminders, steps.escalate_at) if s is not None]
    assert all(m.now <= moment < steps.due_at for moment in sent)
    assert steps.opens_at < steps.due_at < steps.summary_at < steps.meeting_at
    assert steps.meeting_at < steps.meeting_ends_at
    assert not is_day_off(steps.meeting_at.astimezone(m.community.zone).date())


@given(meetings())
@PROPERTY
def test_reminders_come_one_after_the_other_and_all_after_the_prompt(m: Meeting) -> None:
    steps = planned(m)
    moments = [*([steps.prompt_at] if steps.prompt_at else []), *steps.reminders]
    assert all(one < other for one, other in pairwise(moments))
    assert steps.prompt_at is not None or (steps.reminders == () and steps.escalate_at is None)


@given(meetings())
@PROPERTY
def test_a_moved_step_is_never_nearer_than_an_hour_to_another(m: Meeting) -> None:
    steps = planned(m)
    zone, wanted = m.community.zone, offsets_of(m.community)
    as_written = {before(steps.due_at, offset, zone) for offset in wanted.reminders}
    if steps.prompt_at == before(steps.meeting_at, wanted.prompt, zone) > m.now:
        as_written.add(steps.prompt_at)
    moments = [*([steps.prompt_at] if steps.prompt_at else []), *steps.reminders]
    for one, other in pairwise(moments):
        assert other - one >= APART or {one, other} <= as_written


@given(meetings())
@PROPERTY
def test_no_step_is_dropped_without_need(m: Meeting) -> None:
    steps = planned(m)
    zone, quiet, wanted = m.community.zone, m.community.quiet_hours, offsets_of(m.community)
    nominal = max(m.now, before(steps.meeting_at, wanted.prompt, zone))
    if steps.prompt_at is None:
        assert next_permitted(nominal, quiet, zone) >= steps.due_at
        return
    on_time = steps.prompt_at == nominal > m.now
    for at in {before(steps.due_at, offset, zone) for offset in wanted.reminders}:
        free = at > steps.prompt_at and (on_time or at - steps.prompt_at >= APART)
        if free and is_permitted(at, quiet, zone):
            assert at in steps.reminders
    escalate = before(steps.due_at, wanted.escalate, zone)
    if escalate > steps.prompt_at and is_permitted(escalate, quiet, zone):
        assert steps.escalate_at == escalate


@given(meetings())
@PROPERTY
def test_a_dropped_meeting_is_told_of_on_the_last_working_day_before_its_prompt_and_not_at_night(m: Meeting) -> None:
    told = told_at(m.community, m.day, m.start)
    zone = m.community.zone
    prompt = before(instant(m.day, m.start, zone), m.community.meeting.prompt_before, zone)
    assert is_permitted(told, m.community.quiet_hours, zone)
    assert told.astimezone(zone).date() == previous_working_day(prompt.astimezone(zone).date())
    assert told < prompt


# What people hear of dropped meetings


@pytest.mark.parametrize(
    ("planned_for", "told"),
    [
        (date(2023, 12, 26), local(2023, 12, 22, 9)),  # Friday before Christmas
        (date(2024, 1, 2), local(2023, 12, 29, 9)),
        (date(2024, 5, 17), local(2024, 5, 15, 9)),
        (date(2024, 4, 2), local(2024, 3, 27, 9)),
    ],
)
def test_the_news_of_a_dropped_meeting_comes_at_the_prompts_time_of_day(planned_for: date, told: datetime) -> None:
    assert told_at(vestfold(), planned_for, time(16)) == told


def test_news_that_would_come_in_the_evening_come_that_day_and_not_after_the_meeting() -> None:
    evening = community(meeting=meeting(prompt_before=timedelta(hours=12), due_before=timedelta(hours=1)))
    assert told_at(evening, date(2023, 12, 26), time(9)) == local(2023, 12, 22, 7)  # prompt on the 25th at 21:00


# States


def test_a_rounds_state_follows_its_instants() -> None:
    r = round_()
    second = timedelta(seconds=1)
    assert r.state(r.opens_at - second) is RoundState.PLANNED
    assert r.state(r.opens_at) is r.state(r.due_at - second) is RoundState.COLLECTING
    assert r.state(r.due_at) is r.state(r.meeting_at - second) is RoundState.CLOSED
    assert r.state(r.meeting_at) is r.state(r.meeting_ends_at + second) is RoundState.HELD


@pytest.mark.parametrize("hours", [-100, -6, 1, 7, 100])
def test_a_cancelled_round_is_cancelled_at_all_times(hours: int) -> None:
    r = round_(cancelled_at=local(2023, 11, 27, 12))
    assert r.state(local(2023, 11, 28, 10) + timedelta(hours=hours)) is RoundState.CANCELLED


@given(meetings(), st.lists(st.integers(-15 * 24 * 60, 3 * 24 * 60), min_size=2, max_size=12))
@PROPERTY
def test_a_rounds_state_never_goes_back(m: Meeting, moments: list[int]) -> None:
    steps = planned(m)
    r = round_(
        opens_at=steps.opens_at,
        due_at=steps.due_at,
        summary_at=steps.summary_at,
        meeting_at=steps.meeting_at,
        meeting_ends_at=steps.meeting_ends_at,
    )
    order = list(RoundState)
    states = [order.index(r.state(steps.meeting_at + timedelta(minutes=n))) for n in sorted(moments)]
    assert states == sorted(states)


# Which round is meant

FIRST = round_()
SECOND = replace(
    FIRST,
    id="round-2",
    opens_at=local(2023, 12, 4, 9),
    due_at=local(2023, 12, 5, 12),
    meeting_at=local(2023, 12, 5, 16),
)
CANCELLED = replace(SECOND, id="round-3", cancelled_at=local(2023, 12, 1, 9))


@pytest.mark.parametrize(
    ("now", "this", "following"),
    [
        (local(2023, 11, 23, 9), None, FIRST),
        (local(2023, 11, 27, 9), FIRST, FIRST),
        (local(2023, 11, 28, 15, 59), FIRST, FIRST),
        (local(2023, 11, 28, 16), FIRST, SECOND),
        (local(2023, 12, 4, 8, 59), FIRST, SECOND),
        (local(2023, 12, 4, 9), SECOND, SECOND),
        (local(2023, 12, 6, 9), SECOND, None),
    ],
)
def test_answers_belong_to_the_round_last_opened_and_the_next_meeting_is_the_one_to_come(
    now: datetime, this: object, following: object
) -> None:
    assert current([SECOND, FIRST], now) == this
    assert next_to_come([SECOND, FIRST], now) == following


def test_of_two_rounds_that_are_open_the_nearer_meeting_gets_the_answers() -> None:
    daily = replace(SECOND, id="tomorrow", opens_at=local(2023, 11, 28, 9), due_at=local(2023, 11, 29, 12))
    assert current([FIRST, daily], local(2023, 11, 28, 11)) == FIRST
    assert current([FIRST, daily], local(2023, 11, 28, 12)) == daily


def test_a_cancelled_round_gets_no_answers_and_is_neither_next_nor_last() -> None:
    rounds = [FIRST, CANCELLED]
    assert current(rounds, local(2023, 12, 5, 10)) == FIRST
    assert next_to_come(rounds, local(2023, 12, 1, 10)) is None
    assert is_last(FIRST, rounds)
    assert not is_last(FIRST, [FIRST, SECOND])
    assert is_last(SECOND, [FIRST, SECOND])


def _short(m: Meeting, notice: int, around: date) -> tuple[datetime, Schedule]:
    """A round ordered on that date, about `notice` minutes before its meeting, which is on a whole minute."""
    now = instant(around, m.start, m.community.zone) - timedelta(seconds=notice % 60)
    at = (now + timedelta(minutes=notice)).replace(second=0, microsecond=0) + timedelta(minutes=1)
    local_at = at.astimezone(m.community.zone)
    day, start = local_at.date(), local_at.time().replace(fold=0)
    steps = short_notice_schedule(m.community, day, start, time(23, 59), now=now, at_any_hour=m.at_any_hour)
    return now, steps


CLOCK_CHANGES = st.sampled_from(
    [date(2023, 3, 26), date(2023, 10, 29), date(2024, 3, 31), date(2024, 10, 27), date(2023, 3, 12), date(2023, 11, 5)]
)


@given(
    meetings(),
    st.integers(15, 31 * 60),
    st.one_of(
        st.dates(date(2022, 1, 1), date(2030, 12, 31)),
        CLOCK_CHANGES,
        CLOCK_CHANGES.map(lambda day: day - timedelta(days=1)),
    ),
)
@settings(PROPERTY, max_examples=400)
def test_squeezed_deadlines_stay_in_order_and_never_lie_in_the_past(m: Meeting, notice: int, around: date) -> None:
    now, steps = _short(m, notice, around)
    assume(steps.meeting_at - now >= timedelta(minutes=15))  # a time that is there twice is the first of the two
    assert steps.opens_at == now < steps.due_at <= steps.summary_at < steps.meeting_at
    assert all(at.second == 0 for at in (steps.due_at, steps.summary_at, steps.meeting_at))
    asked = steps.prompt_at
    if m.at_any_hour:
        assert asked == now
    elif asked is None:
        later = next_permitted(now, m.community.quiet_hours, m.community.zone)
        assert later + timedelta(minutes=1) >= steps.due_at
    if asked is None:
        assert steps.reminders == ()
        return
    assert now <= asked < steps.due_at
    follow = [*steps.reminders, *([steps.escalate_at] if steps.escalate_at else [])]
    assert all(asked < at < steps.due_at for at in follow)
    assert all(one < other for one, other in pairwise(steps.reminders))
    assert all(is_permitted(at, m.community.quiet_hours, m.community.zone) for at in follow)


@given(st.integers(15, 31 * 60), st.integers(15, 31 * 60))
@PROPERTY
def test_more_notice_never_leaves_less_time_to_answer(one: int, other: int) -> None:
    less, more = sorted((one, other))
    usual = offsets_of(vestfold())
    near, far = (squeezed(usual, timedelta(minutes=notice)) for notice in (less, more))
    assert near.due <= far.due
    assert timedelta(minutes=less) - near.due <= timedelta(minutes=more) - far.due
