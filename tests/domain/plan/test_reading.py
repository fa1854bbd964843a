"""Reading a meeting plan: the community's own, twenty awkward ones, and whatever else somebody may paste."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.plan.ics_reading import rows_of_calendar
from domain.plan.meeting import Doubtful, Meeting, ReadPlan
from domain.plan.reading import read_plan
from domain.plan.text_table import rows_of_csv, rows_of_text
from tests.builders import OSLO, identity_number, vestfold

EXAMPLES = Path(__file__).parents[3] / "examples/vestfold"
KEYS = {forum.key for forum in vestfold().forums}


def read(text: str, **options: Any) -> ReadPlan:
    return read_plan(vestfold(), rows_of_text(text), **options)


def short(meeting: Meeting) -> str:
    """`SSU 2024-02-29 13:00-15:30`, with the last day, host and place where there are any."""
    last = f"/{meeting.end_date:%m-%d}" if meeting.end_date != meeting.date else ""
    hours = "-".join(f"{at:%H:%M}" for at in (meeting.start, meeting.end) if at)
    parts = (f"{meeting.forum} {meeting.date}{last}", hours, meeting.host, meeting.place)
    return " ".join(part for part in parts if part)


def whys(plan: ReadPlan) -> list[tuple[str, Doubtful]]:
    return [(doubt.source, doubt.why) for doubt in plan.doubts]


ADOPTED = [
    "FSU 2024-01-25 12:30-15:30",
    "AU 2024-02-08 14:00-16:00",
    "SSU 2024-02-29 13:00-15:30",
    "FSU 2024-05-02 12:30-15:30",
    "AU 2024-05-13 08:30-10:30",
    "SSU 2024-05-23 13:00-15:30",
    "PM 2024-05-30",
    "FSU 2024-09-05 12:30-15:30",
    "AU 2024-09-12 14:00-16:00",
    "SSU 2024-09-26 13:00-15:30",
    "FSU 2024-11-07 12:30-15:30",
    "AU 2024-11-14 14:00-16:00",
    "SSU 2024-11-28 13:00-15:30",
]


def test_the_adopted_plan_is_understood_and_only_the_time_that_it_lacks_is_doubted() -> None:
    plan = read((EXAMPLES / "moteplan-2024.txt").read_text(encoding="utf-8"))
    assert [short(meeting) for meeting in plan.meetings] == ADOPTED
    assert whys(plan) == [("line 7, column 6", Doubtful.NO_TIME)]
    assert plan.meetings[2].source == "line 6, column 3"


def test_the_draft_differs_by_one_day() -> None:
    plan = read((EXAMPLES / "moteplan-2024-utkast.txt").read_text(encoding="utf-8"))
    assert [short(m) for m in plan.meetings] == [line.replace("02-29", "02-22") for line in ADOPTED]


@dataclass(frozen=True)
class Awkward:
    """A plan as somebody might send it, what is in it, and what is doubtful about it."""

    text: str
    meetings: list[str]
    doubts: list[tuple[str, Doubtful]] = field(default_factory=list)
    options: dict[str, Any] = field(default_factory=dict)


AWKWARD = {
    "a network's own plan: two days at a time, years in the column, dates that are not settled": Awkward(
        "Nettverk for læring\n"
        "\tMåned\tDato\tVertskommune\n"
        "\tJanuar (24)\t25 - 26\tHorten\n"
        "\tMars (24)\tIkke avklart enda\tXx\n"
        "\tNovember (24)\t20.-21.\tLarvik kommune\n"
        "\tJanuar (25)\t30.-31.\tAlta\n",
        ["FSU 2024-01-25/01-26 horten", "FSU 2024-11-20/11-21 larvik", "FSU 2025-01-30/01-31 Alta"],
        [("line 4, column 3", Doubtful.UNSETTLED)],
        {"forum": "FSU"},
    ),
    "the same as lines": Awkward(
        "Januar (24): 25 - 26\nMars (24): Ikke avklart enda\nMai (24) Xx\nJuni 2024 3 - 4 Larvik\n",
        ["FSU 2024-01-25/01-26", "FSU 2024-06-03/06-04 larvik"],
        [("line 2", Doubtful.UNSETTLED), ("line 3", Doubtful.UNSETTLED)],
        {"forum": "FSU"},
    ),
    "a list with headings, one row of it on a day that does not exist": Awkward(
        "Dato;Utvalg;Tid;Sted;Vert\n"
        "29.02.24;SSU;13.00-15.30;Møterom 3;Tønsberg kommune\n"
        "torsdag 23. mai 2024;SSU;kl. 13;Teams;SiV\n"
        "31.02.2024;AU;14-16;;\n"
        "13.05.2024;AU;16-14;;\n",
        [
            "SSU 2024-02-29 13:00-15:30 tonsberg Møterom 3",
            "AU 2024-05-13 16:00",
            "SSU 2024-05-23 13:00-15:30 SiV Teams",
        ],
        [("line 4, column 1", Doubtful.NO_SUCH_DAY), ("line 5, column 1", Doubtful.WRONG_TIME)],
    ),
    "lines with bullets, and sentences that mention a date and an organ but are no meeting": Awkward(
        "Møter i 2024:\n"
        "- SSU: torsdag 29. februar kl. 13.00-15.30, Horten\n"
        "- AU 13.05 kl 0830-1030\n"
        "* 2. mai FSU 12.30-15.30\n"
        "Vedtatt i SSU 23.11.2023\n"
        "Sakfrist SSU 08.02.24\n",
        ["SSU 2024-02-29 13:00-15:30 horten", "FSU 2024-05-02 12:30-15:30", "AU 2024-05-13 08:30-10:30"],
        [("line 5", Doubtful.UNREADABLE), ("line 6", Doubtful.UNREADABLE)],
    ),
    "deadlines that follow from no meeting, and lines that only look like one": Awkward(
        "Møteplan 2024\n"
        "SSU 29.02\n"
        "Høringsfrist fredag 12. april: regional plan\n"
        "Høringsfrist 12.05.24\n"
        "Høringsfrist 31.02.24\n"
        "Frister: 1.3.24 og 1.4.24\n"
        "Svarfrist er utsatt til 3.3.24\n",
        ["SSU 2024-02-29 13:00-15:30"],
        [
            ("line 5", Doubtful.NO_SUCH_DAY),
            ("line 6", Doubtful.UNREADABLE),
            ("line 7", Doubtful.CANCELLED),
        ],
    ),
    "a weekday that is not the date's": Awkward(
        "FSU onsdag 7. november 2024\nSSU 30.11.24\n",
        ["FSU 2024-11-07 12:30-15:30", "SSU 2024-11-30 13:00-15:30"],
        [("line 1", Doubtful.WEEKDAY), ("line 2", Doubtful.WEEKEND)],
    ),
    "nynorsk, with an exception whose weekday is wrong": Awkward(
        "Møteplan 2025\n"
        " \tJanuar\tFebruar\tMars\tApril\n"
        "SSU\t\t13\t\t10\n"
        "AU\t9\t\tikkje avklart enno\t\n"
        "Torsdagar\n"
        "SSU kl. 12–14\n"
        "AU kl. 9-11 (unnatak 9. januar, tysdag kl. 10-11)\n",
        ["AU 2025-01-09 10:00-11:00", "SSU 2025-02-13 12:00-14:00", "SSU 2025-04-10 12:00-14:00"],
        [("line 4, column 2", Doubtful.WEEKDAY), ("line 4, column 4", Doubtful.UNSETTLED)],
    ),
    "English, as a markdown table, once in the American order": Awkward(
        "Meeting plan 2024\n"
        "Date | Committee | Time | Place\n"
        "--- | --- | --- | ---\n"
        "February 29, 2024 | SSU | 1 pm - 3:30 pm | Room 3\n"
        "Thursday 23 May 2024 | SSU | 13:00-15:30 | TBD\n"
        "05/30/2024 | PM | 9:00 | \n",
        ["SSU 2024-02-29 13:00-15:30 Room 3", "SSU 2024-05-23 13:00-15:30"],
        [("line 5, column 4", Doubtful.PLACE_UNSETTLED), ("line 6, column 1", Doubtful.NO_SUCH_DAY)],
    ),
    "two years in one file, aligned with spaces, each with its own weekday and times": Awkward(
        "Møteplan 2024\n\n"
        "        januar    februar    mars\n"
        "SSU     11        8          xx\n"
        "AU                15\n\n"
        "Torsdager\nSSU kl. 13-15\nAU kl. 9-10\n"
        "Møteplan 2025\n"
        "        januar    februar    mars\n"
        "SSU     8         12\n"
        "Onsdager\nSSU kl. 10-12\n",
        [
            "SSU 2024-01-11 13:00-15:00",
            "SSU 2024-02-08 13:00-15:00",
            "AU 2024-02-15 09:00-10:00",
            "SSU 2025-01-08 10:00-12:00",
            "SSU 2025-02-12 10:00-12:00",
        ],
        [("line 4, column 4", Doubtful.UNSETTLED)],
    ),
    "from August to June, so the year turns in the middle": Awkward(
        "Møteplan 2024/25\n\taugust\toktober\tdesember\tjanuar\tmars\nSSU\t29\t31\t\t16\t20\nTorsdager\n",
        [f"SSU {day} 13:00-15:30" for day in ("2024-08-29", "2024-10-31", "2025-01-16", "2025-03-20")],
    ),
    "two years in the heading, and months that fit both": Awkward(
        "Møteplan 2024/2025\n\tjanuar\tfebruar\nSSU\t11\t8\n",
        [],
        [("line 3, column 2", Doubtful.WHICH_YEAR), ("line 3, column 3", Doubtful.WHICH_YEAR)],
    ),
    "no year anywhere": Awkward(
        "\tjanuar\tfebruar\nSSU\t11\t8\n",
        [],
        [("line 2, column 2", Doubtful.NO_YEAR), ("line 2, column 3", Doubtful.NO_YEAR)],
    ),
    "the same, and the year is given": Awkward(
        "\tjanuar\tfebruar\nSSU\t11\t8\n",
        ["SSU 2024-01-11 13:00-15:30", "SSU 2024-02-08 13:00-15:30"],
        options={"year": 2024},
    ),
    "months down and organs across, a cancelled date, a day of another month": Awkward(
        "2024\nMåned\tSSU\tAU\tFSU\nJanuar\t\t11\t25\nFebruar\t29\t8, 22\t\nMars\t31.2\t\t4 avlyst\n",
        [
            "AU 2024-01-11 14:00-16:00",
            "FSU 2024-01-25 12:30-15:30",
            "AU 2024-02-08 14:00-16:00",
            "AU 2024-02-22 14:00-16:00",
            "SSU 2024-02-29 13:00-15:30",
        ],
        [("line 5, column 2", Doubtful.OTHER_MONTH), ("line 5, column 4", Doubtful.CANCELLED)],
    ),
    "organs together, an organ that nobody knows, letters for digits": Awkward(
        "Møteplan 2024\n"
        "\tjanuar\tfebruar\tmars\n"
        "SSU/AU\t11\t8\t\n"
        "Brukerutvalget\t12\t\t\n"
        "Forberedelse til SSU\t12\t\t\n"
        "SSU\t29.02\t29.02\tl4\n"
        "FSU\t5 og 19\t30\t2/3\n",
        ["FSU 2024-01-05 12:30-15:30", "FSU 2024-01-19 12:30-15:30", "SSU 2024-02-29 13:00-15:30"],
        [
            ("line 3, column 1", Doubtful.SEVERAL_FORUMS),
            ("line 4, column 1", Doubtful.NO_FORUM),
            ("line 5, column 1", Doubtful.NO_FORUM),
            ("line 6, column 2", Doubtful.OTHER_MONTH),
            ("line 6, column 4", Doubtful.UNREADABLE),
            ("line 7, column 3", Doubtful.NO_SUCH_DAY),
            ("line 7, column 4", Doubtful.UNREADABLE),
        ],
    ),
    "cells with times, weekdays, hosts and remarks in them": Awkward(
        "Møteplan 2024\n"
        "\tjanuar\tfebruar\tmars\tapril\n"
        "SSU\tto 25 kl. 9-11\t29. (Horten)\t22 (utgår)\t4 kl. 12.00\n"
        "FSU\t25 digitalt\ton 8\t7*\t\n",
        [
            "SSU 2024-01-25 09:00-11:00",
            "FSU 2024-01-25 12:30-15:30",
            "FSU 2024-02-08 12:30-15:30",
            "SSU 2024-02-29 13:00-15:30 horten",
            "FSU 2024-03-07 12:30-15:30",
            "SSU 2024-04-04 12:00",
        ],
        [
            ("line 3, column 4", Doubtful.CANCELLED),
            ("line 3, column 5", Doubtful.NO_END),
            ("line 4, column 2", Doubtful.NOT_USED),
            ("line 4, column 3", Doubtful.WEEKDAY),
        ],
    ),
    "dates as serial numbers": Awkward(
        "Dato\tOrgan\n45351\tSSU\n45421.0\tAU\n",
        ["SSU 2024-02-29 13:00-15:30", "AU 2024-05-09 14:00-16:00"],
    ),
    "a gathering over the turn of the month, and one over the turn of the year": Awkward(
        "Møteplan 2024\n\tjanuar\toktober\tdesember\nSSU\t31.1-1.2\t31.-1.\t30.12 - 2.1\n",
        ["SSU 2024-01-31/02-01", "SSU 2024-10-31/11-01", "SSU 2024-12-30/01-02"],
    ),
    "the organ's name in full, dates in full below a month, another year by mistake": Awkward(
        "Møteplan 2024\n"
        "\tjanuar\tfebruar\tmars\n"
        "Strategisk samarbeidsutvalg (SSU)\t25.01.24\t29.2.2024\t14.03.25\n"
        "Arbeidsutvalg\t\t08.02.19\t\n",
        ["SSU 2024-01-25 13:00-15:30", "SSU 2024-02-29 13:00-15:30", "SSU 2025-03-14 13:00-15:30"],
        [("line 3, column 4", Doubtful.OTHER_YEAR), ("line 4, column 3", Doubtful.OTHER_YEAR)],
    ),
    "the same meeting twice, an exception for a day without a meeting, a time that does not exist": Awkward(
        "SSU 29.02.24\nSSU 29.02.2024 kl. 9-11\nAU kl. 14-16 (unntak 06.06.24 kl. 9)\nFSU kl. 25-26\n",
        ["SSU 2024-02-29 13:00-15:30"],
        [
            ("line 2", Doubtful.DUPLICATE),
            ("line 3", Doubtful.NO_MEETING_THEN),
            ("line 4", Doubtful.UNREADABLE),
        ],
    ),
    "a place for all, prose in between, rows without any heading": Awkward(
        "Møteplan 2024\nSted: Møterom A\nAlle møter er åpne.\n29.02.24\tSSU\t13:00\t15:30\tKaffe fra 12\n",
        ["SSU 2024-02-29 13:00-15:30 Møterom A"],
        [("line 4, column 5", Doubtful.NOT_USED)],
    ),
    "months in rows of their own between the dates": Awkward(
        "Møteplan 2024\nDato\tMøte\tKl\nJanuar\n25\tFSU\t12.30-15.30\nFebruar\n8\tAU\t14\n29\tSSU\t1300-1530\n",
        ["FSU 2024-01-25 12:30-15:30", "AU 2024-02-08 14:00-16:00", "SSU 2024-02-29 13:00-15:30"],
    ),
    "a row each for dates, hosts and places below the months": Awkward(
        "2024\n\tjanuar\tmars\tmai\nDato\t25 - 26\tXx\t14\nVert\tHorten\tXx\tSiV\nSted\tRådhuset\t\t\nTid\t\t\t10-14\n",
        ["FSU 2024-01-25/01-26 horten Rådhuset", "FSU 2024-05-14 10:00-14:00 SiV"],
        [("line 3, column 3", Doubtful.UNSETTLED)],
        {"forum": "FSU"},
    ),
}


def test_there_are_twenty_and_more() -> None:
    assert len(AWKWARD) >= 20


@pytest.mark.parametrize("awkward", AWKWARD.values(), ids=AWKWARD)
def test_an_awkward_plan_gives_what_is_certain_and_a_doubt_for_the_rest(awkward: Awkward) -> None:
    plan = read(awkward.text, **awkward.options)
    assert [short(meeting) for meeting in plan.meetings] == awkward.meetings
    assert whys(plan) == awkward.doubts


def test_a_csv_file_is_read_by_its_own_separator_and_lines() -> None:
    text = '\ufeffdato,organ,sted\n2024-02-29,SSU,"Rom 2,\nSiV"\n2024-05-23,SSU,\n'
    plan = read_plan(vestfold(), rows_of_csv(text))
    assert [short(m) for m in plan.meetings] == ["SSU 2024-02-29 13:00-15:30 Rom 2, SiV", "SSU 2024-05-23 13:00-15:30"]
    assert [m.source for m in plan.meetings] == ["line 2, column 1", "line 4, column 1"]


CALENDAR = """BEGIN:VCALENDAR
BEGIN:VEVENT
SUMMARY:SSU-møte
DTSTART:20240229T120000Z
DTEND:20240229T143000Z
LOCATION:Rom 3\\, SiV
END:VEVENT
BEGIN:VEVENT
SUMMARY:FSU
DTSTART;VALUE=DATE:20240125
DTEND;VALUE=DATE:20240127
BEGIN:VALARM
SUMMARY:AU
DTSTART:20200101T000000Z
END:VALARM
END:VEVENT
BEGIN:VEVENT
SUMMARY:AU
DTSTART;TZID=Europe/London:20240208T
 130000
DTEND;TZID=Europe/London:20240208T150000
END:VEVENT
BEGIN:VEVENT
SUMMARY:AU
DTSTART:20240909T130000
RRULE:FREQ=DAILY
END:VEVENT
BEGIN:VEVENT
SUMMARY:PM
STATUS:CANCELLED
DTSTART:20240530T090000
END:VEVENT
END:VCALENDAR
"""


def test_a_calendar_file_is_read_in_the_communitys_zone() -> None:
    rows, doubts = rows_of_calendar(CALENDAR, OSLO)
    plan = read_plan(vestfold(), rows)
    assert [short(meeting) for meeting in plan.meetings] == [
        "FSU 2024-01-25/01-26",
        "AU 2024-02-08 14:00-16:00",
        "SSU 2024-02-29 13:00-15:30 Rom 3, SiV",
    ]
    assert [doubt.why for doubt in (*doubts, *plan.doubts)] == [Doubtful.REPEATING, Doubtful.CANCELLED]


def test_an_identity_number_is_neither_kept_nor_shown() -> None:
    number = identity_number()
    plan = read(f"Dato;Organ;Sted\n29.02.24;SSU;{number}\nSSU 23.05.24 {number}\n")
    assert "SSU 2024-02-29 13:00-15:30" in [short(meeting) for meeting in plan.meetings]
    assert Doubtful.IDENTITY_NUMBER in [doubt.why for doubt in plan.doubts]
    assert number not in repr(plan)


def test_a_year_that_is_given_counts_and_another_one_in_the_heading_is_doubted() -> None:
    plan = read("Møteplan 2023\n\tjanuar\tfebruar\nSSU\t11\t8\n", year=2024)
    assert [meeting.date.year for meeting in plan.meetings] == [2024, 2024]
    assert whys(plan) == [("line 1", Doubtful.OTHER_YEAR)]


def test_more_than_can_be_read_is_cut_off_and_told() -> None:
    plan = read("Dato;Organ\n" + "99.99.2024;SSU\n" * 25_000)
    assert plan.meetings == ()
    assert len(plan.doubts) == 501
    assert plan.doubts[-1].why is Doubtful.TOO_MANY


WORDS = st.sampled_from(
    [
        "januar", "Februar", "mars (24)", "mai", "May", "desember", "2024", "2025", "SSU", "AU", "FSU", "PM", "kl.",
        "13.00", "15.30", "-", "–", "29", "29.02.24", "31.04", "27 - 28", "torsdag", "Torsdager", "unntak", "(", ")",
        "Xx", "ikke avklart enda", "avlyst", "Dato", "Tid", "Sted", "Organ", "Horten", "24:00", "45351", "1 pm", "og",
        "29/2", "2/3", "ß", "１３", "İ", "\u202e", "\x00", "00.00.0000", "99999", "''", '"', "|", ";",
    ]
)  # fmt: skip
PIECES = st.lists(st.tuples(WORDS, st.sampled_from(["\t", " ", "  ", "\n", ";", "", "|"])), max_size=60)
TEXTS = st.text(max_size=300) | PIECES.map(lambda pieces: "".join(f"{word}{gap}" for word, gap in pieces))


def check(plan: ReadPlan) -> None:
    """No nonsense: each meeting is on days that exist, of an organ that exists, once, and ends after it begins."""
    seen = {(meeting.forum, meeting.date) for meeting in plan.meetings}
    assert len(seen) == len(plan.meetings)
    for meeting in plan.meetings:
        assert meeting.forum in KEYS
        assert date(2000, 1, 1) <= meeting.date <= meeting.end_date <= date(2100, 12, 31)
        assert (meeting.end_date - meeting.date).days < 14
        assert meeting.source
        if meeting.end_date == meeting.date:
            assert (meeting.start or time.min) <= (meeting.end or time.max)
        assert meeting.end is None or meeting.start is not None
    assert all(doubt.source and len(doubt.text) <= 120 for doubt in plan.doubts)


@settings(max_examples=400, deadline=None)
@given(TEXTS, st.sampled_from([None, "FSU"]), st.sampled_from([None, 2024]))
def test_whatever_is_pasted_never_crashes_and_never_gives_nonsense(
    text: str, forum: str | None, year: int | None
) -> None:
    check(read(text, forum=forum, year=year))


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="BEGIN:VEVENTDS;=T0123456789Z\nMARY\r U", max_size=300))
def test_whatever_is_in_a_calendar_file_never_crashes(noise: str) -> None:
    rows, _ = rows_of_calendar(CALENDAR.replace("SUMMARY:FSU", f"SUMMARY:FSU\n{noise}"), OSLO)
    check(read_plan(vestfold(), rows))


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.dates(date(2024, 1, 1), date(2024, 12, 31)), min_size=1, max_size=12, unique=True),
    st.sampled_from(
        ["{:%d.%m.%Y}", "{:%d.%m.%y}", "{:%Y-%m-%d}", "{:%d/%m/%Y}", "{0.day}. {1} 2024", "{0.day} {1} 24"]
    ),
    st.sampled_from(["SSU", "Strategisk samarbeidsutvalg"]),
)
def test_a_date_is_read_as_it_was_meant_in_every_way_of_writing_it(days: list[date], form: str, organ: str) -> None:
    names = "januar februar mars april mai juni juli august september oktober november desember".split()  # noqa: SIM905
    lines = [f"{form.format(day, names[day.month - 1])}\t{organ}" for day in days]
    plan = read("2024\nDato\tOrgan\n" + "\n".join(lines))
    assert [meeting.date for meeting in plan.meetings] == sorted(days)
