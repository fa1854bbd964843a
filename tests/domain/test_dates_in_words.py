"""Dates as people write them, in three languages."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.dates_in_words import Split, read_day, split_day

WEDNESDAY = date(2023, 11, 29)
DAYS = st.dates(date(2000, 1, 1), date(2120, 12, 31))


def _split(words: str) -> tuple[str, ...]:
    return tuple(words.split())


WEEKDAYS = {
    "nb": ("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag"),
    "nn": ("måndag", "tysdag", "onsdag", "torsdag", "fredag", "laurdag", "sundag"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
MONTHS = {
    "nb": _split("januar februar mars april mai juni juli august september oktober november desember"),
    "en": _split("January February March April May June July August September October November December"),
}


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("i dag", date(2023, 11, 29)),
        ("I DAG!", date(2023, 11, 29)),
        ("today", date(2023, 11, 29)),
        ("i morgen", date(2023, 11, 30)),
        ("i morgon", date(2023, 11, 30)),
        ("tomorrow", date(2023, 11, 30)),
        ("i overmorgen", date(2023, 12, 1)),
        ("i overmorgon", date(2023, 12, 1)),
        ("the day after tomorrow", date(2023, 12, 1)),
        ("fredag", date(2023, 12, 1)),
        ("innen fredag", date(2023, 12, 1)),
        ("innan fredag", date(2023, 12, 1)),
        ("senest på fredag", date(2023, 12, 1)),
        ("by Friday", date(2023, 12, 1)),
        ("denne fredagen", date(2023, 12, 1)),
        ("neste fredag", date(2023, 12, 8)),
        ("next Friday", date(2023, 12, 8)),
        ("fredag neste uke", date(2023, 12, 8)),
        ("fredag i neste veke", date(2023, 12, 8)),
        ("neste tirsdag", date(2023, 12, 5)),
        ("neste tysdag", date(2023, 12, 5)),
        ("tirsdag", date(2023, 12, 5)),
        ("onsdag", date(2023, 12, 6)),
        ("om 3 dager", date(2023, 12, 2)),
        ("om tre dagar", date(2023, 12, 2)),
        ("in three days", date(2023, 12, 2)),
        ("om ei uke", date(2023, 12, 6)),
        ("om 2 uker", date(2023, 12, 13)),
        ("om to veker", date(2023, 12, 13)),
        ("in two weeks", date(2023, 12, 13)),
        ("om fjorten dager", date(2023, 12, 13)),
        ("om en måned", date(2023, 12, 29)),
        ("om tre månader", date(2024, 2, 29)),
        ("1.12.", date(2023, 12, 1)),
        ("1.12", date(2023, 12, 1)),
        ("01.12.2026", date(2026, 12, 1)),
        ("1.12.26", date(2026, 12, 1)),
        ("1/12", date(2023, 12, 1)),
        ("2026-12-01", date(2026, 12, 1)),
        ("29.11.", date(2023, 11, 29)),
        ("28.11.", date(2024, 11, 28)),
        ("29.2.", date(2024, 2, 29)),
        ("1. desember", date(2023, 12, 1)),
        ("den 1. desember 2026", date(2026, 12, 1)),
        ("1. des.", date(2023, 12, 1)),
        ("1 December", date(2023, 12, 1)),
        ("December 1st, 2026", date(2026, 12, 1)),
        ("the 1st of December", date(2023, 12, 1)),
        ("fredag 1. desember", date(2023, 12, 1)),
        ("fredag 1.12.", date(2023, 12, 1)),
        ("innen utgangen av mars", date(2024, 3, 31)),
        ("innan utgangen av mars 2025", date(2025, 3, 31)),
        ("by the end of March", date(2024, 3, 31)),
        ("innen utgangen av november", date(2023, 11, 30)),
        ("innen utgangen av måneden", date(2023, 11, 30)),
        ("innan utgangen av månaden", date(2023, 11, 30)),
        ("by the end of the month", date(2023, 11, 30)),
        ("innen utgangen av neste måned", date(2023, 12, 31)),
        ("innen utgangen av uka", date(2023, 12, 3)),
        ("innen utgangen av uken", date(2023, 12, 3)),
        ("innan utgangen av veka", date(2023, 12, 3)),
        ("by the end of the week", date(2023, 12, 3)),
        ("innen utgangen av neste uke", date(2023, 12, 10)),
        ("innen utgangen av uke 50", date(2023, 12, 17)),
        ("innen utgangen av uke 2", date(2024, 1, 14)),
        ("fredag i uke 49", date(2023, 12, 8)),
        ("tysdag veke 2", date(2024, 1, 9)),
        ("Friday, week 49", date(2023, 12, 8)),
        ("innen den 15.", date(2023, 12, 15)),
        ("by the 30th", date(2023, 11, 30)),
        ("den 29.", date(2023, 11, 29)),
        ("før utgangen av mars", date(2024, 3, 31)),
        ("innen månedens utgang", date(2023, 11, 30)),
        ("by month end", date(2023, 11, 30)),
        ("innen utgangen av året", date(2023, 12, 31)),
        ("by the end of the year", date(2023, 12, 31)),
    ],
)
def test_what_has_one_meaning_is_understood(text: str, day: date) -> None:
    assert read_day(text, WEDNESDAY) == day


@pytest.mark.parametrize(
    "text",
    [
        "",
        "snart",
        "mot slutten av mars",
        "innen mars",
        "neste uke",
        "next week",
        "fredag eller lørdag",
        "torsdag 1. desember",
        "31.4.",
        "30. februar",
        "29.2.2023",
        "2023-13-01",
        "1.13.",
        "0.12.",
        "12",
        "den 32.",
        "fredag i uke 60",
        "om",
        "om null dager",
        "om 1000 dager",
        "utgangen av uke 60",
        "innen",
        "１．１２．",
        "4 plasser",
    ],
)
def test_what_has_none_or_several_gives_nothing(text: str) -> None:
    assert read_day(text, WEDNESDAY) is None


def test_this_friday_on_a_saturday_is_not_guessed() -> None:
    assert read_day("denne fredagen", date(2023, 12, 2)) is None
    assert read_day("this Friday", date(2023, 12, 1)) == date(2023, 12, 1)


@given(today=DAYS, at=st.integers(0, 6), language=st.sampled_from(sorted(WEEKDAYS)))
def test_a_weekday_is_the_next_one_after_today(today: date, at: int, language: str) -> None:
    day = read_day(WEEKDAYS[language][at], today)
    assert day is not None
    assert day.weekday() == at
    assert timedelta(1) <= day - today <= timedelta(7)


@given(today=DAYS, at=st.integers(0, 6), language=st.sampled_from(sorted(WEEKDAYS)))
def test_next_weekday_is_in_the_following_week(today: date, at: int, language: str) -> None:
    word = "next" if language == "en" else "neste"
    day = read_day(f"{word} {WEEKDAYS[language][at]}", today)
    assert day is not None
    assert day.weekday() == at
    assert day.isocalendar()[:2] == (today + timedelta(7)).isocalendar()[:2]


@given(today=DAYS, day=DAYS)
def test_a_whole_date_is_itself_however_it_is_written(today: date, day: date) -> None:
    month = MONTHS["nb"][day.month - 1]
    english = MONTHS["en"][day.month - 1]
    for text in (
        day.isoformat(),
        f"{day.day}.{day.month}.{day.year}",
        f"{day.day:02}.{day.month:02}.{day.year}",
        f"{day.day}. {month} {day.year}",
        f"{day.day} {english} {day.year}",
        f"{english.upper()} {day.day}, {day.year}",
        f"  innen   {day.day}. {month.title()} {day.year}. ",
    ):
        assert read_day(text, today) == day, text


@given(today=DAYS, day=DAYS)
def test_a_day_without_its_year_is_the_next_to_come(today: date, day: date) -> None:
    found = read_day(f"{day.day}.{day.month}.", today)
    assert found is not None
    assert (found.day, found.month) == (day.day, day.month)
    assert found >= today
    earlier = [y for y in range(today.year, found.year) if (day.month, day.day) != (2, 29) or monthrange(y, 2)[1] == 29]
    assert all(date(y, day.month, day.day) < today for y in earlier)


@given(today=DAYS, month=st.integers(1, 12), language=st.sampled_from(["nb", "en"]))
def test_the_end_of_a_month_is_its_last_day_still_to_come(today: date, month: int, language: str) -> None:
    words = "innen utgangen av" if language == "nb" else "by the end of"
    day = read_day(f"{words} {MONTHS[language][month - 1]}", today)
    assert day is not None
    assert day.month == month
    assert (day + timedelta(1)).day == 1
    assert timedelta(0) <= day - today <= timedelta(366)


@given(today=DAYS, number=st.integers(1, 31))
def test_a_day_of_the_month_is_the_next_one_that_there_is(today: date, number: int) -> None:
    day = read_day(f"innen den {number}.", today)
    assert day is not None
    assert day.day == number
    assert timedelta(0) <= day - today <= timedelta(61)


@given(today=DAYS, number=st.integers(1, 52), at=st.integers(0, 6))
def test_a_weekday_of_a_numbered_week_is_of_the_next_such_week(today: date, number: int, at: int) -> None:
    day = read_day(f"{WEEKDAYS['nb'][at]} i uke {number}", today)
    assert day is not None
    assert (day.isocalendar().week, day.weekday()) == (number, at)
    assert timedelta(0) <= day - today <= timedelta(7 * 53)


@given(today=DAYS, number=st.integers(1, 999))
def test_in_so_many_days_and_weeks(today: date, number: int) -> None:
    assert read_day(f"om {number} dager", today) == today + timedelta(number)
    assert read_day(f"in {number} weeks", today) == today + timedelta(7 * number)


@given(text=st.text(max_size=60), today=st.dates())
def test_nothing_that_is_written_stops_it(text: str, today: date) -> None:
    assert read_day(text, today) is None or isinstance(read_day(text, today), date)
    parted = split_day(text, today)
    assert parted.day is None or parted.written


@given(today=st.dates(), number=st.integers(0, 999))
def test_at_the_ends_of_time_there_is_no_such_day(today: date, number: int) -> None:
    for text in (f"om {number} måneder", "neste fredag", "1.1.", "utgangen av neste måned", "29.2."):
        assert read_day(text, today) is None or read_day(text, today)


# In a line


@pytest.mark.parametrize(
    ("line", "parted"),
    [
        (
            "Larvik åpner 4 plasser innen fredag",
            Split("Larvik åpner 4 plasser", "innen fredag", date(2023, 12, 1)),
        ),
        (
            "Larvik opens 4 beds by the end of March 2024.",
            Split("Larvik opens 4 beds", "by the end of March 2024.", date(2024, 3, 31)),
        ),
        ("åpner 4 plasser", Split("åpner 4 plasser")),
        ("åpner 4 plasser innen snart", Split("åpner 4 plasser", "snart")),
        ("Fredag åpner vi", Split("Fredag åpner vi")),
        ("ringer legevakta kl. 12.10", Split("ringer legevakta kl. 12.10")),
        ("fredag", Split("", "fredag", date(2023, 12, 1))),
        ("", Split("")),
    ],
)
def test_the_date_at_the_end_of_a_line(line: str, parted: Split) -> None:
    assert split_day(line, WEDNESDAY) == parted
