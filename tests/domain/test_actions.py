"""Actions: who may change them, when they are reminded of, and what people write about them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.action_form import Wrong, read_action, read_drop, read_hand_over, read_line, read_move
from domain.actions import (
    Action,
    ActionState,
    Standing,
    in_order,
    lines_of,
    may_change,
    next_weekly,
    reminder_moments,
)
from domain.community import QuietHours, Unit, UnitKind
from domain.working_time import is_day_off, is_permitted, local_date
from tests.builders import OSLO, community, identity_number, local, vestfold

WEDNESDAY = date(2023, 11, 29)
FRIDAY = date(2023, 12, 1)
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 1))


def action(**changes: object) -> Action:
    made = Action("a", "vestfold", "Åpner 4 plasser", "larvik", FRIDAY, "samhandlingssjef", local(2023, 11, 28, 16, 30))
    return replace(made, **changes)  # type: ignore[arg-type]


# What becomes of it


def test_an_open_action_is_overdue_from_the_day_after() -> None:
    assert action().standing(FRIDAY) is Standing.OPEN
    assert action().standing(FRIDAY + timedelta(1)) is Standing.OVERDUE
    assert action().done("larvik-sjef", local(2023, 12, 5)).standing(FRIDAY + timedelta(9)) is Standing.DONE


def test_two_moves_need_no_reason_and_the_third_does() -> None:
    once = action().moved(FRIDAY + timedelta(7), "")
    twice = once.moved(FRIDAY + timedelta(14), "")
    assert [a.move_needs_reason for a in (action(), once, twice)] == [False, False, True]
    assert (once.moves, once.version) == (1, 2)


def test_every_change_is_a_new_version() -> None:
    now = local(2023, 11, 30, 10)
    for changed in (
        action().done("x", now),
        action().dropped("x", now, ""),
        action().moved(FRIDAY, ""),
        action().handed_over("horten"),
    ):
        assert changed.version == 2


def test_what_was_settled_later_was_open_then() -> None:
    done = action().done("larvik-sjef", local(2023, 12, 5, 10))
    assert done.known_at(local(2023, 12, 5, 9)).state is ActionState.OPEN
    assert done.known_at(local(2023, 12, 5, 10)).state is ActionState.DONE


def test_lines_are_those_of_the_moment() -> None:
    later = action(id="b", created_at=local(2023, 12, 6))
    done = action(id="c").done("larvik-sjef", local(2023, 12, 3))
    lines = lines_of([action(), later, done], local(2023, 12, 5, 16), OSLO)
    assert [(line.id, line.standing) for line in lines] == [("a", Standing.OVERDUE), ("c", Standing.DONE)]


def test_the_owners_people_the_coordinator_and_the_secretariat_may_change_it() -> None:
    may = {person.key for person in vestfold().people if may_change(person, action())}
    assert may == {"larvik-sjef", "larvik-vara", "samhandlingssjef", "sekretariat"}


def test_mine_come_first_then_by_date() -> None:
    late, mine = action(id="b", due=FRIDAY + timedelta(9)), action(id="c", owner="horten", due=FRIDAY + timedelta(30))
    assert [a.id for a in in_order([late, mine, action()])] == ["a", "b", "c"]
    assert [a.id for a in in_order([late, mine, action()], "horten")] == ["c", "a", "b"]


# Reminders


@pytest.mark.parametrize(
    ("due", "reminded"),
    [
        (date(2023, 12, 1), [(2023, 11, 30), (2023, 12, 1)]),
        (date(2023, 12, 4), [(2023, 12, 1), (2023, 12, 4)]),  # a Monday: the Friday before
        (date(2023, 12, 3), [(2023, 12, 1)]),  # a Sunday: both would be on the Friday
        (date(2023, 12, 26), [(2023, 12, 22)]),  # all of Christmas
        (date(2023, 12, 27), [(2023, 12, 22), (2023, 12, 27)]),
        (date(2024, 4, 2), [(2024, 3, 27), (2024, 4, 2)]),  # the Tuesday after Easter, across the clock change
    ],
)
def test_the_working_day_before_and_the_day_at_nine(due: date, reminded: list[tuple[int, int, int]]) -> None:
    assert reminder_moments(vestfold(), due) == [local(*day, 9) for day in reminded]


@given(due=DAYS, end=st.integers(0, 14))
def test_reminders_come_on_working_days_out_of_quiet_hours_and_not_after_the_day(due: date, end: int) -> None:
    home = community(quiet_hours=QuietHours(time(20), time(end)))
    moments = reminder_moments(home, due)
    days = [local_date(at, OSLO) for at in moments]
    assert 1 <= len(moments) <= 2
    assert days == sorted(set(days))
    assert all(not is_day_off(day) and day <= due for day in days)
    assert all(is_permitted(at, home.quiet_hours, OSLO) for at in moments)
    assert all(at.astimezone(OSLO).time() == time(max(9, end)) for at in moments)


@given(after=DAYS, hours=st.integers(-100, 500))
def test_the_weekly_look_is_the_first_working_day_of_a_later_week(after: date, hours: int) -> None:
    now = datetime(after.year, after.month, after.day, tzinfo=UTC) + timedelta(hours=hours)
    moment = next_weekly(vestfold(), after, now)
    day = local_date(moment, OSLO)
    monday = day - timedelta(day.weekday())
    assert moment > now
    assert day > after
    assert moment.astimezone(OSLO).time() == time(9)
    assert all(is_day_off(monday + timedelta(n)) for n in range(day.weekday())) or day.weekday() == 0


@pytest.mark.parametrize(
    ("due", "told"),
    [
        (date(2023, 12, 1), (2023, 12, 4)),
        (date(2023, 12, 3), (2023, 12, 4)),
        (date(2023, 12, 4), (2023, 12, 11)),
        (date(2023, 12, 22), (2023, 12, 27)),  # Monday is Christmas Day, Tuesday the day after
        (date(2024, 3, 27), (2024, 4, 2)),  # Easter Monday
    ],
)
def test_overdue_ones_are_told_of_on_mondays(due: date, told: tuple[int, int, int]) -> None:
    assert next_weekly(vestfold(), due, local(2023, 11, 28)) == local(*told, 9)


# What is filled in

FORM = {"text": "Åpner 4 plasser", "owner": "larvik", "due": "fredag"}


def wrong(**inputs: str) -> dict[str, Wrong]:
    return dict(read_action(vestfold(), FORM | inputs, WEDNESDAY).mistakes)


def test_a_good_form() -> None:
    form = read_action(vestfold(), FORM, WEDNESDAY).form
    assert form is not None
    assert (form.text, form.owner, form.due) == ("Åpner 4 plasser", "larvik", FRIDAY)


@pytest.mark.parametrize(
    ("inputs", "found"),
    [
        ({"text": ""}, {"text": Wrong.REQUIRED}),
        ({"text": "a" * 501}, {"text": Wrong.TOO_LONG}),
        ({"text": f"Pasient {identity_number()}"}, {"text": Wrong.IDENTITY_NUMBER}),
        ({"owner": ""}, {"owner": Wrong.REQUIRED}),
        ({"owner": "oslo"}, {"owner": Wrong.NOT_A_UNIT}),
        ({"due": ""}, {"due": Wrong.REQUIRED}),
        ({"due": "snart"}, {"due": Wrong.NOT_A_DATE}),
        ({"due": "31.4."}, {"due": Wrong.NOT_A_DATE}),
        ({"due": "2023-11-28"}, {"due": Wrong.IN_THE_PAST}),
        ({"due": "2026-11-28"}, {"due": Wrong.TOO_FAR}),
        ({"due": identity_number()}, {"due": Wrong.IDENTITY_NUMBER}),
        ({"text": "", "owner": "", "due": ""}, dict.fromkeys(("text", "owner", "due"), Wrong.REQUIRED)),
    ],
)
def test_each_mistake_is_at_its_field(inputs: dict[str, str], found: dict[str, Wrong]) -> None:
    assert wrong(**inputs) == found


def test_what_was_typed_is_kept_except_an_identity_number() -> None:
    number = identity_number()
    read = read_action(vestfold(), {"text": f"Se {number}", "owner": "larvik", "due": "snart"}, WEDNESDAY)
    assert read.typed == {"owner": "larvik", "due": "snart"}


def test_a_move_needs_another_day_and_in_time_a_reason() -> None:
    assert read_move(action(), {"due": "2023-12-01"}, WEDNESDAY).mistakes == {"due": Wrong.SAME_DATE}
    twice = action().moved(FRIDAY + timedelta(7), "").moved(FRIDAY + timedelta(8), "")
    assert read_move(twice, {"due": "2023-12-15"}, WEDNESDAY).mistakes == {"reason": Wrong.REASON_REQUIRED}
    form = read_move(twice, {"due": "2023-12-15", "reason": "Mangler folk"}, WEDNESDAY).form
    assert form is not None
    assert form.reason == "Mangler folk"
    long = {"due": "2023-12-15", "reason": "a" * 301}
    assert read_move(twice, long, WEDNESDAY).mistakes == {"reason": Wrong.TOO_LONG}


def test_it_is_dropped_with_or_without_a_reason() -> None:
    assert read_drop({}).form == ""
    assert read_drop({"reason": identity_number()}).mistakes == {"reason": Wrong.IDENTITY_NUMBER}


def test_it_is_handed_over_to_another_unit() -> None:
    assert read_hand_over(vestfold(), action(), {"owner": "horten"}).form == "horten"
    assert read_hand_over(vestfold(), action(), {"owner": "larvik"}).mistakes == {"owner": Wrong.SAME_OWNER}
    assert read_hand_over(vestfold(), action(), {}).mistakes == {"owner": Wrong.REQUIRED}


# In one line


@pytest.mark.parametrize(
    ("line", "text", "owner", "due"),
    [
        ("Larvik åpner 4 korttidsplasser innen fredag", "åpner 4 korttidsplasser", "larvik", "2023-12-01"),
        ("Larvik kommune åpner 4 plasser innan fredag", "åpner 4 plasser", "larvik", "2023-12-01"),
        ("Larvik opens 4 beds by Friday", "opens 4 beds", "larvik", "2023-12-01"),
        ("LARVIK: åpner 4 plasser, 1.12.", "åpner 4 plasser", "larvik", "2023-12-01"),
        ("tonsberg åpner plasser i morgen", "åpner plasser", "tonsberg", "2023-11-30"),
        ("Tønsberg – åpner plasser i morgon", "åpner plasser", "tonsberg", "2023-11-30"),
        ("Faerder åpner plasser i morgen", "åpner plasser", "faerder", "2023-11-30"),
        ("Medisinsk klinikk skriver ut før helg fredag", "skriver ut før helg", "medisin", "2023-12-01"),
        ("KPA ringer legevakta om to dager", "ringer legevakta", "kpa", "2023-12-01"),
        ("Psykisk helse og avhengighet ringer i dag", "ringer", "kpa", "2023-11-29"),
        ("Åpner 4 plasser innen fredag", "Åpner 4 plasser", "horten", "2023-12-01"),
        ("Larvik åpner 4 plasser innen snart", "åpner 4 plasser", "larvik", "snart"),
        ("Larvik åpner 4 plasser", "åpner 4 plasser", "larvik", ""),
        ("Larvikk åpner 4 plasser i dag", "Larvikk åpner 4 plasser", "horten", "2023-11-29"),
        ("", "", "horten", ""),
    ],
)
def test_a_line_is_read_into_the_form(line: str, text: str, owner: str, due: str) -> None:
    read = read_line(vestfold(), line, WEDNESDAY, own_unit="horten")
    assert read == {"text": text, "owner": owner, "due": due}


def test_a_name_that_two_units_bear_is_not_guessed() -> None:
    units = (Unit("k", "Larvik kommune", UnitKind.MUNICIPALITY), Unit("s", "Larvik klinikk", UnitKind.CLINIC))
    home = community(units=units)
    assert read_line(home, "Larvik åpner plasser", WEDNESDAY, None)["owner"] == ""
    assert read_line(home, "Larvik klinikk åpner plasser", WEDNESDAY, None)["owner"] == "s"


@given(line=st.text(max_size=600))
def test_any_line_gives_a_form(line: str) -> None:
    assert set(read_line(vestfold(), line, WEDNESDAY, None)) == {"text", "owner", "due"}
