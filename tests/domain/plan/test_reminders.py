"""On which mornings a deadline is reminded of, and what putting it off does."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.plan.reminders import DeadlineState, WrongLater, is_reminded_on, read_later, reminder_days
from domain.working_time import is_day_off

NOW = datetime(2024, 2, 1, 8, tzinfo=UTC)
DUE = date(2024, 2, 8)
DAYS = st.dates(date(2001, 1, 1), date(2099, 1, 1))


def mornings(state: DeadlineState | None, due: date = DUE) -> list[str]:
    days = (due + timedelta(days=n) for n in range(-20, 20))
    return [f"{day:%m-%d}" for day in days if is_reminded_on(day, due, state)]


def test_a_week_a_day_and_on_the_day_itself() -> None:
    assert mornings(None) == ["02-01", "02-07", "02-08"]
    assert mornings(None, date(2024, 5, 8)) == ["04-30", "05-07", "05-08"]  # 1 May


def test_done_or_refused_it_is_silent() -> None:
    assert mornings(DeadlineState("d").done("sekretariat", NOW)) == []
    assert mornings(DeadlineState("d").declined("sekretariat")) == []


def test_put_off_it_comes_on_the_chosen_day_and_not_before() -> None:
    assert mornings(DeadlineState("d").snoozed(date(2024, 2, 5))) == ["02-05", "02-07", "02-08"]
    assert mornings(DeadlineState("d").snoozed(date(2024, 2, 8))) == ["02-08"]
    assert mornings(DeadlineState("d").snoozed(date(2024, 2, 12))) == ["02-12"]


@given(DAYS)
def test_no_morning_is_a_day_off_or_after_the_deadline(due: date) -> None:
    days = reminder_days(due)
    assert days
    assert not any(is_day_off(day) for day in days)
    assert max(days) <= due
    assert len(set(days)) == len(days)


@pytest.mark.parametrize(
    ("choice", "typed", "today", "expected"),
    [
        ("tomorrow", "", "2024-02-01", date(2024, 2, 2)),
        ("", "", "2024-02-02", date(2024, 2, 5)),
        ("tomorrow", "", "2024-05-16", date(2024, 5, 21)),  # 17 May, Whitsun
        ("monday", "", "2024-02-01", date(2024, 2, 5)),
        ("monday", "", "2024-02-05", date(2024, 2, 12)),
        ("monday", "", "2024-05-16", date(2024, 5, 21)),  # Whit Monday
        ("date", "2024-02-07", "2024-02-01", date(2024, 2, 7)),
        ("date", "10.02.2024", "2024-02-01", date(2024, 2, 12)),  # a Saturday
        ("", "07.02.2024", "2024-02-01", date(2024, 2, 7)),
        ("date", "", "2024-02-01", WrongLater.NOT_A_DATE),
        ("date", "31.02.2024", "2024-02-01", WrongLater.NOT_A_DATE),
        ("date", "2024-02-01", "2024-02-01", WrongLater.NOT_AHEAD),
        ("date", "2026-02-01", "2024-02-01", WrongLater.TOO_FAR),
    ],
)
def test_until_when(choice: str, typed: str, today: str, expected: date | WrongLater) -> None:
    assert read_later(choice, typed, date.fromisoformat(today)) == expected
