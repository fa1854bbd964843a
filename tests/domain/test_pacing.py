"""Limits of a platform: never more in any span than it permits, and no waiting while there is room."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.pacing import Lane, Limit, of_a_tenant, read_limits

TEAMS = (Limit(7, 1), Limit(8, 2), Limit(60, 30), Limit(1800, 3600))
PAUSES = st.lists(st.floats(0, 3), min_size=1, max_size=150)


def most_within(moments: list[float], seconds: float) -> int:
    """The most of them in any span of that length, its end left out; clocks are not exact to the last digit."""
    return max(sum(start <= at < start + seconds - 1e-6 for at in moments) for start in moments)


def drive(lane_limits: tuple[Limit, ...], pauses: list[float]) -> list[tuple[float, float]]:
    """One conversation that is written to after each pause, in order: when it was asked, and when it went."""
    taken: list[float] = []
    now, gone = 0.0, []
    for pause in pauses:
        now += pause
        lane = Lane(taken, lane_limits)
        moment = lane.free_from(now)
        taken = lane.with_one_at(moment)
        gone.append((now, moment))
        now = moment
    return gone


@given(PAUSES)
def test_no_span_of_a_conversation_has_more_than_its_limit(pauses: list[float]) -> None:
    gone = [moment for _, moment in drive(TEAMS, pauses)]
    for limit in TEAMS:
        assert most_within(gone, limit.seconds) <= limit.most


@given(PAUSES)
def test_a_conversations_messages_keep_their_order(pauses: list[float]) -> None:
    gone = [moment for _, moment in drive(TEAMS, pauses)]
    assert gone == sorted(gone)


@given(PAUSES)
def test_who_waits_in_a_conversation_has_a_limit_to_wait_for(pauses: list[float]) -> None:
    gone = drive(TEAMS, pauses)
    for n, (asked, moment) in enumerate(gone):
        if moment > asked:
            earlier = [at for _, at in gone[:n]]
            assert any(len(earlier) >= limit.most and moment == earlier[-limit.most] + limit.seconds for limit in TEAMS)


def test_a_burst_goes_out_as_far_as_the_limits_reach() -> None:
    assert [moment for _, moment in drive(TEAMS, [0.0] * 9)] == [0, 0, 0, 0, 0, 0, 0, 1, 2]


def test_what_no_limit_reaches_back_to_is_forgotten() -> None:
    lane = Lane([0.0, 5.0, 9.5], (Limit(7, 1), Limit(2, 3)))
    assert lane.with_one_at(10.0) == [9.5, 10.0]
    assert Lane([], ()).with_one_at(1.0) == []


@given(st.sampled_from([0.5, 7.5, 30, 50, 200]), PAUSES)
def test_a_tenants_rate_holds_in_any_second_with_room_for_what_arrives_late(rate: float, pauses: list[float]) -> None:
    gone = [moment for _, moment in drive(of_a_tenant(rate, 0.94), pauses)]
    assert most_within(gone, 1.05) <= max(1, rate)
    assert all(after - before > 1 / (2 * rate) - 1e-6 for before, after in pairwise(gone))


def test_a_tenants_rate_is_used_as_far_as_the_share_goes() -> None:
    gone = [moment for _, moment in drive(of_a_tenant(30, 0.94), [0.0] * 301)]
    assert 0.92 * 30 < 300 / gone[-1] < 30


def test_a_tenant_that_was_held_up_makes_up_for_it_within_the_second() -> None:
    moments = [moment for _, moment in drive(of_a_tenant(30, 0.94), [0.0] * 15 + [0.4] + [0.0] * 100)]
    assert (len(moments) - 1) / moments[-1] > 0.88 * 30


def test_limits_are_read_as_they_are_written() -> None:
    assert read_limits("7/1 8/2") == (Limit(7, 1), Limit(8, 2))
    assert read_limits("") == ()
    for wrong in ("7", "7/0", "0/1", "7/1,8/2", "a/b", "7/-1"):
        with pytest.raises(ValueError, match="accepted"):
            read_limits(wrong)
