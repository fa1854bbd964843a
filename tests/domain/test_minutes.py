"""Minutes: what may become of them, when the time for comments ends, and which comments there may be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.minutes import (
    LONGEST_COMMENT,
    MOST_COMMENTS,
    Comment,
    Minutes,
    MinutesState,
    WrongComment,
    approves_itself,
    comments_until,
    wrong_comment,
)
from tests.builders import OSLO, identity_number, local

NOW = local(2023, 11, 28, 17)
LATER = NOW + timedelta(days=2)


def comment(version: int = 1, text: str = "Fem plasser") -> Comment:
    return Comment("c", "round-1", version, "larvik-sjef", text, NOW)


def test_a_draft_is_sent_amended_and_approved() -> None:
    draft = Minutes("round-1")
    first = draft.sent(NOW)
    assert (first.state, first.version, first.sent_at) == (MinutesState.SENT, 1, NOW)
    second = first.sent(LATER)
    assert (second.version, second.sent_at) == (2, LATER)
    approved = second.approved(LATER, "samhandlingssjef")
    assert (approved.state, approved.version, approved.approved_by) == (MinutesState.APPROVED, 2, "samhandlingssjef")


def test_what_is_approved_is_neither_sent_nor_approved_again() -> None:
    approved = Minutes("round-1").sent(NOW).approved(LATER, None)
    assert not approved.may_change
    with pytest.raises(ValueError, match="not sent again"):
        approved.sent(LATER)
    with pytest.raises(ValueError, match="not approved"):
        approved.approved(LATER, None)


def test_a_draft_that_nobody_has_seen_is_not_approved() -> None:
    with pytest.raises(ValueError, match="draft"):
        Minutes("round-1").approved(NOW, "samhandlingssjef")


def test_only_comments_to_the_newest_version_keep_it_from_approving_itself() -> None:
    first = Minutes("round-1").sent(NOW)
    assert approves_itself(first, [])
    assert not approves_itself(first, [comment(1)])
    second = first.sent(LATER)
    assert approves_itself(second, [comment(1)])
    assert not approves_itself(second, [comment(1), comment(2)])
    assert not approves_itself(Minutes("round-1"), [])
    assert not approves_itself(second.approved(LATER, None), [])


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)).map(lambda at: at.replace(tzinfo=UTC)),  # noqa: DTZ001
    st.integers(1, 365),
)
def test_the_time_for_comments_ends_so_many_days_later_at_the_same_time_of_day(sent: datetime, days: int) -> None:
    until = comments_until(sent, days, OSLO)
    begins, ends = sent.astimezone(OSLO), until.astimezone(OSLO)
    assert (ends.date() - begins.date()).days == days
    # Where the clock change skips that time of day, the end comes as the clock is moved.
    if until != comments_until(sent, days, OSLO).replace(second=0, microsecond=0) or ends.hour == begins.hour:
        assert (ends.hour, ends.minute) == (begins.hour, begins.minute)
    else:
        assert (ends.month, ends.hour, ends.minute) == (3, 3, 0)


def test_a_week_over_the_clock_change_is_a_week_on_the_clock() -> None:
    assert comments_until(local(2024, 3, 26, 17), 7, OSLO) == local(2024, 4, 2, 17)
    assert comments_until(local(2023, 10, 24, 17), 7, OSLO) == local(2023, 10, 31, 17)


def test_what_is_wrong_with_a_comment() -> None:
    assert wrong_comment("", []) is WrongComment.REQUIRED
    assert wrong_comment("a" * LONGEST_COMMENT, []) is None
    assert wrong_comment("a" * (LONGEST_COMMENT + 1), []) is WrongComment.TOO_LONG
    assert wrong_comment(f"gjelder {identity_number()}", []) is WrongComment.IDENTITY_NUMBER
    assert wrong_comment("Hei", [comment()] * MOST_COMMENTS) is WrongComment.TOO_MANY
