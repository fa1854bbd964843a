from __future__ import annotations

import re
from datetime import date, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.community import LANGUAGES, PreparednessRules, QuietHours, Role, SummerHoliday, UnitKind
from domain.community_file import CommunityFileError, Mistake, read_community

EXAMPLE = Path(__file__).parents[2] / "examples" / "vestfold" / "community.yaml"
VESTFOLD = EXAMPLE.read_text(encoding="utf-8")
SUMMER = "  locale: nb\n  summer_holiday: {{from: {}, to: {}}}"


def mistakes_in(text: str) -> tuple[Mistake, ...]:
    with pytest.raises(CommunityFileError) as caught:
        read_community(text)
    return caught.value.mistakes


def changed(*changes: tuple[str, str]) -> str:
    text = VESTFOLD
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def line_with(text: str, fragment: str) -> int:
    return text[: text.index(fragment)].count("\n") + 1


def without_section(name: str) -> str:
    return re.sub(rf"^{name}:.*\n(?:[ #].*\n|\n)*", "", VESTFOLD, flags=re.MULTILINE)


# What a file means


def test_the_example_is_read_as_it_stands() -> None:
    community = read_community(VESTFOLD)

    assert (community.key, community.zone, community.language) == ("vestfold", ZoneInfo("Europe/Oslo"), "nb")
    assert (len(community.units), len(community.people), len(community.indicators)) == (11, 16, 11)
    assert community.day_rates == {2022: 5306, 2023: 5508, 2024: 5745}
    assert community.quiet_hours == QuietHours(time(20), time(7))
    assert community.school_holidays[0].last == date(2024, 2, 23)
    assert [forum.key for forum in community.forums] == ["SSU", "AU", "FSU", "PM"]
    assert community.forums[0].deadlines == {"sakfrist": -21, "innkalling": -14, "sakspapirer": -7, "referat": 7}
    assert community.forums[0].hosts == ("SiV", "horten", "SiV", "tonsberg")


def test_units_and_indicators_keep_the_order_of_the_file() -> None:
    community = read_community(VESTFOLD)

    assert [unit.key for unit in community.units][:3] == ["horten", "holmestrand", "tonsberg"]
    assert [indicator.key for indicator in community.indicators][:2] == ["situasjon", "overliggere"]


def test_a_meeting_says_only_its_day_and_times_and_gets_the_rest() -> None:
    whole = read_community(VESTFOLD)
    short = 'operational_meeting: {weekday: tuesday, start: "16:00", end: "17:00"}\n'

    assert read_community(without_section("operational_meeting") + short).meeting == whole.meeting
    assert whole.meeting.prompt_before == timedelta(hours=31)


@pytest.mark.parametrize(("written", "minutes"), [("30m", 30), ("90m", 90), ("1h30m", 90), ("1d", 1440), ("'2h'", 120)])
def test_an_offset_is_days_hours_and_minutes(written: str, minutes: int) -> None:
    text = changed(("due_before: 4h", f"due_before: {written}"), ("[20h, 3h, 1h]", "[20m]"))

    assert read_community(text).meeting.due_before == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("06-24", "08-16", SummerHoliday((6, 24), (8, 16))),
        ("'06-24'", '"08-16"', SummerHoliday((6, 24), (8, 16))),
        ("2024-06-24", "2024-08-16", SummerHoliday((6, 24), (8, 16), 2024)),
        ("07-01", "07-01", SummerHoliday((7, 1), (7, 1))),
    ],
)
def test_the_summer_holiday_is_of_every_year_or_of_one(first: str, last: str, expected: SummerHoliday) -> None:
    assert read_community(changed(("  locale: nb", SUMMER.format(first, last)))).summer_holiday == expected
    assert read_community(VESTFOLD).summer_holiday is None


def test_no_reminders_may_be_wanted() -> None:
    assert read_community(changed(("[20h, 3h, 1h]", "[]"))).meeting.reminders_before_due == ()


def test_a_time_needs_no_quotes() -> None:
    text = changed(('start: "16:00"', "start: 16:00"), ('from: "20:00"', "from: 20:00"))

    assert read_community(text) == read_community(VESTFOLD)


@pytest.mark.parametrize(("written", "meant"), [("true", True), ("yes", True), ("false", False), ("no", False)])
def test_yes_and_no_are_understood(written: str, meant: bool) -> None:
    text = changed(("skip_public_holidays: true", f"skip_public_holidays: {written}"))

    assert read_community(text).meeting.skip_public_holidays is meant


def test_optional_sections_may_be_left_out() -> None:
    text = re.sub(r"  (day_rate_nok|quiet_hours):.*\n", "", without_section("forums"))
    text = re.sub(r"  school_holidays:\n.*\n", "", text)
    community = read_community(text)

    assert (community.day_rates, community.school_holidays, community.forums) == ({}, (), ())
    assert community.quiet_hours == QuietHours(time(20), time(7))


def test_an_optional_section_with_everything_commented_out_counts_as_left_out() -> None:
    assert read_community(without_section("forums") + "forums:\n#  - {key: SSU}\n").forums == ()


def test_a_label_may_be_one_plain_text() -> None:
    text = changed(("label: {nb: Legevakt, nn: Legevakt, en: Out-of-hours clinic}", "label: Legevakt"))
    indicator = next(each for each in read_community(text).indicators if each.key == "legevakt")

    assert [indicator.name(language) for language in LANGUAGES] == ["Legevakt"] * 3


def test_a_comma_in_a_label_does_not_cut_it_short() -> None:
    indicator = next(each for each in read_community(VESTFOLD).indicators if each.key == "innlagt_ohjelp")

    assert indicator.name("en") == "Emergency admissions, last 24 h"


def test_the_same_words_after_the_comma_may_come_in_two_languages() -> None:
    text = changed(("{nb: Legevakt, nn: Legevakt, en", "{nb: Legevakt, i dag, nn: Legevakt, i dag, en"))
    indicator = next(each for each in read_community(text).indicators if each.key == "legevakt")

    assert indicator.label == {"nb": "Legevakt, i dag", "nn": "Legevakt, i dag", "en": "Out-of-hours clinic"}


@pytest.mark.parametrize(
    ("type_", "largest"), [("count", 1000), ("percent", 100), ("text", 500), ("count_per_municipality", 1000)]
)
def test_max_has_a_default_for_every_type(type_: str, largest: int) -> None:
    text = changed(("indicators: ", f"indicators:\n  - {{key: ny, asks: [clinic], type: {type_}, label: Ny}}\n"))

    assert read_community(text).indicators[0].max == largest


def test_a_person_may_bear_the_identifiers_of_teams_and_slack() -> None:
    ids = "teams: {tenant_id: 7f0-a, aad_object_id: 1e5}, slack: {team_id: T1, user_id: U1}, roles: [observer]"
    person = read_community(changed(("roles: [observer]", ids))).people[2]

    assert (person.teams_tenant, person.teams_object_id) == ("7f0-a", "1e5")
    assert (person.slack_team, person.slack_user) == ("T1", "U1")
    assert person.roles == {Role.OBSERVER}


def test_a_byte_order_mark_and_windows_line_ends_do_not_matter() -> None:
    assert read_community("\ufeff" + VESTFOLD.replace("\n", "\r\n")) == read_community(VESTFOLD)


# What a mistake says


def test_a_mistake_is_one_line_with_file_line_key_and_what_is_accepted() -> None:
    text = changed(("every_days: 7", "every_days: 15"))

    with pytest.raises(CommunityFileError) as caught:
        read_community(text, source="vestfold.yaml")

    line = line_with(text, "every_days")
    expected = f"vestfold.yaml:{line}: operational_meeting.every_days: 15 is not a whole number from 1 to 14"
    assert str(caught.value) == expected


def test_every_mistake_is_told_at_once_in_the_order_of_the_lines() -> None:
    text = changed(
        ("timezone: Europe/Oslo", "timezone: Europe/Olso"),
        ("kind: municipality", "kind: kommune"),
        ("roles: [observer]", "roles: [spectator]"),
        ("weekday: tuesday", "weekday: sunday"),
        ("prompt_before:", "promt_before:"),
        ("type: percent", "type: per_cent"),
        ("reconciles: overliggere", "reconciles: behov"),
        ("minutes_approved_after: 7", "minutes_approved_after: soon"),
    )

    assert [mistake.key for mistake in mistakes_in(text)] == [
        "community.timezone",
        "units[horten].kind",
        "people[leder-pko].roles",
        "operational_meeting.weekday",
        "operational_meeting.promt_before",
        "indicators[sykefravaer].type",
        "indicators[klare_pasienter].reconciles",
        "forums[SSU].minutes_approved_after",
    ]


def test_a_misspelt_unit_is_not_also_told_as_one_that_nobody_answers_for() -> None:
    mistakes = mistakes_in(changed(("unit: tonsberg,", "unit: tonsbreg,")))

    assert [mistake.key for mistake in mistakes] == ["people[tonsberg-sjef].unit"]
    assert "did you mean tonsberg?" in str(mistakes[0])


def test_a_mistake_stays_on_one_line_whatever_was_written() -> None:
    text = changed(("Horten kommune", '"a\\nb\\u2028c"'), ("key: holmestrand", 'key: "x\\ny"'), ("kpa,", '"k\\tpa",'))

    with pytest.raises(CommunityFileError) as caught:
        read_community(text)

    assert len(str(caught.value).splitlines()) == len(caught.value.mistakes)


# (what stands in the example, what is written instead, key of the mistake, something that it says)
MISTAKES = [
    # keys
    ("  locale: nb", "  lokale: nb", "community.lokale", "did you mean locale?"),
    ("  locale: nb", "  lokale: nb", "community.locale", "is missing; accepted: one of nb, nn, en"),
    ("  locale: nb ", "  locale: ", "community.locale", "is empty"),
    ("  locale: nb", "  locale: nb\n  key: two", "community.key", "already given on line 3"),
    ("forums: ", "organs: 1\nforums: ", "organs", "the keys community, units, people"),
    ("name: Medisinsk klinikk", "name: Medisin, A", "units[medisin].A", "a text with a comma in it needs quotes"),
    # community
    ("key: vestfold", "key: Vestfold", "community.key", "lower-case"),
    ("name: Helsefellesskapet i Vestfold", "name: 2024", "community.name", "text of 1 to 200 characters"),
    ("name: Helsefellesskapet i Vestfold", "name: '  '", "community.name", "text of 1 to 200 characters"),
    ("name: Helsefellesskapet i Vestfold", f"name: {'x' * 201}", "community.name", "text of 1 to 200 characters"),
    ("Europe/Oslo", "Oslo", "community.timezone", "a time zone such as Europe/Oslo"),
    ("Europe/Oslo", "../../etc/passwd", "community.timezone", "a time zone"),
    ("Europe/Oslo", "Europe", "community.timezone", "a time zone"),
    ("locale: nb", "locale: no", "community.locale", "no is not one of nb, nn, en"),
    ("2022: 5306", "2022: 0", "community.day_rate_nok.2022", "a whole number from 1"),
    ("2022: 5306", "2022: 5306.5", "community.day_rate_nok.2022", "a whole number from 1"),
    ("2022: 5306", "22: 5306", "community.day_rate_nok", "22 is not a whole number"),
    ("{2022: 5306, 2023: 5508, 2024: 5745}", "5306", "community.day_rate_nok", "a mapping from"),
    ('from: "20:00"', 'from: "07:00"', "community.quiet_hours.to", "the same as from"),
    ('from: "20:00"', 'from: "24:00"', "community.quiet_hours.from", "HH:MM"),
    ('from: "20:00"', "from: 8pm", "community.quiet_hours.from", "HH:MM"),
    ("to: 2024-02-23", "to: 2024-02-18", "community.school_holidays[0].to", "2024-02-18 is before from"),
    ("  locale: nb", SUMMER.format("08-01", "06-24"), "community.summer_holiday.to", "is before from, '08-01'"),
    ("  locale: nb", SUMMER.format("2024-06-24", "08-16"), "community.summer_holiday.to", "a date in 2024"),
    ("  locale: nb", SUMMER.format("06-24", "2024-08-16"), "community.summer_holiday.to", "a day MM-DD"),
    ("  locale: nb", SUMMER.format("2024-06-24", "2025-08-16"), "community.summer_holiday.to", "a date in 2024"),
    ("  locale: nb", SUMMER.format("02-29", "08-16"), "community.summer_holiday.from", "such as 06-24"),
    ("  locale: nb", SUMMER.format("24.6.", "08-16"), "community.summer_holiday.from", "such as 06-24"),
    ("  locale: nb", "  locale: nb\n  summer_holiday: {from: 06-24}", "community.summer_holiday.to", "is missing"),
    ("  locale: nb", "  locale: nb\n  summer_holiday: []", "community.summer_holiday", ""),
    ("to: 2024-02-23", "to: 2024-02-30", "community.school_holidays[0].to", "YYYY-MM-DD"),
    ("to: 2024-02-23", "to: 20240223", "community.school_holidays[0].to", "YYYY-MM-DD"),
    # units
    ("key: holmestrand", "key: horten", "units[horten].key", "already taken on line"),
    ("key: medisin, ", "key: Medisin, ", "units[Medisin].key", "lower-case"),
    ("key: medisin, ", "", "units[6].key", "is missing"),
    ("kind: clinic", "kind: clinics", "units[medisin].kind", "did you mean clinic?"),
    ("population: 28130", "population: 0", "units[horten].population", "a whole number from 1"),
    ("population: 28130", "population: '28130'", "units[horten].population", "a whole number from 1"),
    ("population: 28130", "population: 9" + "9" * 5000, "units[horten].population", "a whole number from 1"),
    # people
    ("roles: [coordinator]", "roles: [observer]", "people", "nobody is coordinator"),
    ("roles: [observer]", "roles: []", "people[leder-pko].roles", "1 to 1000 entries"),
    ("roles: [observer]", "roles: observer", "people[leder-pko].roles", "a list [a, b]"),
    ("roles: [observer]", "roles: [observer, observer]", "people[leder-pko].roles", "listed twice"),
    ("roles: [observer]", "roles: [[observer]]", "people[leder-pko].roles", "a list is not one of"),
    ("roles: [observer]", "roles: [deputy]", "people[leder-pko].unit", "is missing for somebody who answers"),
    ("key: horten-vara, ", "key: horten-sjef,", "people[horten-sjef].key", "already taken on line"),
    ("vara@horten.example", "KommunalSjef@horten.example", "people[horten-vara].email", "already taken on line"),
    ("vara@horten.example", "vara.horten.example", "people[horten-vara].email", "an e-mail address"),
    ("vara@horten.example", "vara@horten", "people[horten-vara].email", "an e-mail address"),
    ("vara@horten.example", "'vara @horten.example'", "people[horten-vara].email", "an e-mail address"),
    ("unit: medisin, ", "unit: kirurgi, ", "units[medisin].key", "nobody answers for medisin"),
    ("unit: medisin, ", "unit: rontgen, ", "people[medisin-sjef].unit", "the key of a unit: horten,"),
    (
        "roles: [observer]",
        "roles: [observer], teams: {tenant_id: a}",
        "people[leder-pko].teams.aad_object_id",
        "missing",
    ),
    ("roles: [observer]", "roles: [observer], slack: U1", "people[leder-pko].slack", "a mapping with team_id, user_id"),
    # operational_meeting
    ("weekday: tuesday", "weekday: saturday", "operational_meeting.weekday", "monday, tuesday"),
    ("weekday: tuesday", "weekday: Tuesday", "operational_meeting.weekday", "did you mean tuesday?"),
    ('  end: "17:00"', '  end: "16:00"', "operational_meeting.end", "not after start, 16:00"),
    ('  end: "17:00"', "", "operational_meeting.end", "is missing"),
    ("every_days: 7", "every_days: 0", "operational_meeting.every_days", "a whole number from 1 to 14"),
    ("every_days: 7", "every_days: often", "operational_meeting.every_days", "a whole number from 1 to 14"),
    ("holidays: true", "holidays: perhaps", "operational_meeting.skip_public_holidays", "true or false"),
    ("prompt_before: 31h", "prompt_before: 31", "operational_meeting.prompt_before", "31h, 30m, 1d or 1h30m"),
    ("prompt_before: 31h", "prompt_before: 0h", "operational_meeting.prompt_before", "31h, 30m, 1d or 1h30m"),
    ("prompt_before: 31h", "prompt_before: 15d", "operational_meeting.prompt_before", "up to 14d"),
    ("due_before: 4h", "due_before: 31h", "operational_meeting.due_before", "less than prompt_before, 31h"),
    ("summary_before: 30m", "summary_before: 5h", "operational_meeting.summary_before", "at most due_before, 4h"),
    ("escalate_before_due: 30m", "escalate_before_due: 27h", "operational_meeting.escalate_before_due", "the 27h from"),
    ("[20h, 3h, 1h]", "[27h, 3h]", "operational_meeting.reminders_before_due", "27h is not less than"),
    ("[20h, 3h, 1h]", "[1h, 60m]", "operational_meeting.reminders_before_due", "listed twice"),
    ("[20h, 3h, 1h]", "[1h, 0m]", "operational_meeting.reminders_before_due", "a length of time"),
    # indicators
    ("key: korttid_ledig", "key: overliggere", "indicators[overliggere].key", "already taken on line"),
    ("key: korttid_ledig", "key: korttid-ledig", "indicators[korttid-ledig].key", "underscores"),
    ("key: legevakt, asks: [municipality]", "key: legevakt, asks: []", "indicators[legevakt].asks", "entries"),
    ("key: legevakt, asks: [municipality]", "key: legevakt, asks: [gp]", "indicators[legevakt].asks", "one of munici"),
    ("except: [prehospital]", "except: [horten]", "indicators[belegg].except", "horten is not asked anyway"),
    ("except: [prehospital]", "except: [oslo]", "indicators[belegg].except", "the key of a unit"),
    ("type: percent, max: 100", "type: percent, max: 1001", "indicators[sykefravaer].max", "from 1 to 1000"),
    ("type: text, max: 500", "type: text, max: 2001", "indicators[behov].max", "from 1 to 2000"),
    ("type: count, max: 500", "type: count, max: 100001", "indicators[overliggere].max", "from 1 to 100000"),
    ("type: count, max: 500", "type: count, max: 0", "indicators[overliggere].max", "from 1 to 100000"),
    ("type: level, required", "type: level, max: 3, required", "indicators[situasjon].max", "not for type level"),
    (
        "type: level, required",
        "type: level, total: true, required",
        "indicators[situasjon].total",
        "only with type count",
    ),
    (
        "type: percent, max: 200",
        "type: text, max: 200",
        "indicators[belegg].thresholds",
        "only with type count or percent",
    ),
    ("{yellow: 3, red: 6}", "{yellow: 6, red: 6}", "indicators[overliggere].thresholds.red", "not above yellow, 6"),
    ("{yellow: 3, red: 6}", "{yellow: .nan, red: 6}", "indicators[overliggere].thresholds.yellow", "a number from 0"),
    ("{yellow: 3, red: 6}", "{red: 6}", "indicators[overliggere].thresholds.yellow", "is missing"),
    ("reconciles: overliggere", "reconciles: belegg", "indicators[klare_pasienter].reconciles", "a count that municip"),
    ("type: text", "type: text, reconciles: overliggere", "indicators[behov].reconciles", "count_per_municipality"),
    ("{nb: Legevakt, nn: Legevakt,", "{", "indicators[legevakt].label", "has no nb"),
    ("{nb: Legevakt, nn: Legevakt,", "{nb: Legevakt, no: A,", "indicators[legevakt].label", "one of nb, nn, en"),
    ("{nb: Legevakt,", f"{{nb: {'x' * 121},", "indicators[legevakt].label.nb", "1 to 120 characters"),
    ("{nb: Legevakt, nn: Legevakt, en: Out-of-hours clinic}", "[]", "indicators[legevakt].label", "a mapping from"),
    # forums
    ("{key: AU, ", "{key: ssu, ", "forums[ssu].key", "already taken on line"),
    ('start: "14:00", end: "16:00"', 'start: "14:00", end: "13:00"', "forums[AU].end", "not after start"),
    ("sakfrist: -21", "sakfrist: three weeks", "forums[SSU].deadlines.sakfrist", "a whole number from -365 to 365"),
    ("minutes_approved_after: 7", "minutes_approved_after: 0", "forums[SSU].minutes_approved_after", "from 1 to 365"),
    ("hosts: [SiV, horten", "hosts: [{a: b}, horten", "forums[SSU].hosts", "a mapping is not text"),
    ("minutes_approved_after: 7", "budget: []", "forums[SSU].budget", "is no key here"),
    ("minutes_approved_after: 7", "deadlines_in: weeks", "forums[SSU].deadlines_in", "days"),
    ("minutes_approved_after: 7", "members: [nobody]", "forums[SSU].members", "the key of a person"),
    ("minutes_approved_after: 7", "chair: nobody", "forums[SSU].chair", "the key of a person"),
    ("minutes_approved_after: 7", "chair_owes: [budsjett]", "forums[SSU].chair_owes", "no deadline of SSU"),
    # the file itself
    ("key: vestfold", "key: &here vestfold", "", "&here names a place in the file"),
    ("key: vestfold", "key: *here", "", "*here refers to another place"),
    ("key: vestfold", "key: !!str vestfold", "", "is not used here"),
    ("key: vestfold", "key: ve\x07stfold", "", "U+0007"),
    ("key: vestfold", "key: [vestfold", "", "begun on line 3"),
    ("key: vestfold", "\tkey: vestfold", "", "cannot start any token"),
    ("key: vestfold", f"key: {'[' * 40}{']' * 40}", "", "nested deeper than"),
    ("key: vestfold", 'key: "\\UFFFFFFFF"', "", "does not exist"),
    ("key: vestfold", "[a, b]: vestfold", "community", "a list is not a key"),
]


@pytest.mark.parametrize(("old", "new", "key", "said"), MISTAKES)
def test_a_mistake_is_told_where_it_stands(old: str, new: str, key: str, said: str) -> None:
    told = [mistake for mistake in mistakes_in(changed((old, new))) if mistake.key == key and said in str(mistake)]

    assert len(told) == 1, mistakes_in(changed((old, new)))
    assert told[0].accepted


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("every_days: 7", "every_days: 15", "every_days: 15"),
        ("weekday: tuesday", "weekdai: tuesday", "weekdai"),
        ("roles: [observer]", "roles:\n      [observer,\n       guest]", "guest]"),
        ("unit: larvik,      roles: [respondent]", "unit: larvikk,      roles: [respondent]", "unit: larvikk"),
        ("unit: medisin, ", "unit: kirurgi, ", "key: medisin, "),
        ("thresholds: {yellow: 3, red: 6}", "thresholds: {yellow: 7, red: 6}", "yellow: 7"),
        ("    deadlines: {sakfrist: -21", "    deadlines:\n      {sakfrist: x", "sakfrist: x"),
        ("key: holmestrand", "key: horten", "name: Holmestrand"),
        ("locale: nb ", "locale: nb\n  - x\n", "- x"),
    ],
)
def test_a_mistake_bears_the_line_on_which_it_was_made(old: str, new: str, line: str) -> None:
    text = changed((old, new))

    assert line_with(text, line) in {mistake.line for mistake in mistakes_in(text)}


@pytest.mark.parametrize("section", ["community", "units", "people", "operational_meeting", "indicators"])
def test_a_missing_section_is_one_mistake(section: str) -> None:
    own = [mistake for mistake in mistakes_in(without_section(section)) if mistake.key == section]

    assert [mistake.problem for mistake in own] == ["is missing"]


@pytest.mark.parametrize("text", ["", "\n", "# nothing yet\n"])
def test_an_empty_file_is_told_as_such(text: str) -> None:
    assert [(mistake.line, mistake.problem) for mistake in mistakes_in(text)] == [(1, "the file is empty")]


@pytest.mark.parametrize("text", ["[]", "vestfold", "---", "- key: a"])
def test_a_file_that_is_no_mapping_is_told_as_such(text: str) -> None:
    assert "is not a mapping with community, units" in str(mistakes_in(text)[0])


def test_a_second_document_is_refused() -> None:
    assert "another document" in str(mistakes_in("a: 1\n---\nb: 2\n")[0])


def test_a_file_over_a_megabyte_is_refused_unread() -> None:
    assert [mistake.problem for mistake in mistakes_in("#" * 1_000_001)] == ["the file is too large"]


def test_references_that_would_multiply_are_refused_and_never_followed() -> None:
    bomb = "a: &a [x, x, x, x]\n" + "".join(
        f"{n}: &{n} [*{p}, *{p}, *{p}, *{p}]\n" for p, n in zip("abcdef", "bcdefg", strict=True)
    )

    assert sum("refers to another place" in mistake.problem for mistake in mistakes_in(bomb)) == 24


@pytest.mark.parametrize(
    ("section", "row", "most"),
    [
        ("units", "  - {{key: u{n}, name: U, kind: clinic}}\n", 500),
        ("indicators", "  - {{key: i{n}, asks: [clinic], type: level, label: I}}\n", 60),
        ("forums", "  - {{key: F{n}, name: F}}\n", 50),
    ],
)
def test_a_list_has_an_upper_bound(section: str, row: str, most: int) -> None:
    rows = [row.format(n=n) for n in range(most + 1)]
    fits = without_section(section) + f"{section}:\n" + "".join(rows[:-1])
    over = fits + rows[-1]

    assert f"has {most + 1} entries" in {mistake.problem for mistake in mistakes_in(over) if mistake.key == section}
    try:
        read_community(fits)
    except CommunityFileError as exc:
        assert section not in {mistake.key for mistake in exc.mistakes}  # noqa: PT017


@pytest.mark.parametrize(
    ("platform", "own", "other"),
    [
        ("teams", "{tenant_id: T, aad_object_id: A}", "{tenant_id: t, aad_object_id: a}"),
        ("slack", "{team_id: T, user_id: U}", "{team_id: T, user_id: U}"),
    ],
)
def test_two_people_cannot_be_the_same_user_of_a_platform(platform: str, own: str, other: str) -> None:
    text = changed(
        ("roles: [observer]", f"roles: [observer], {platform}: {own}"),
        ("roles: [secretariat]", f"roles: [secretariat], {platform}: {other}"),
    )

    assert ["already taken" in mistake.problem for mistake in mistakes_in(text)] == [True]


def test_an_offset_that_is_too_long_for_a_default_says_that_it_is_the_default() -> None:
    text = changed(("  due_before: 4h", "  #"), ("prompt_before: 31h", "prompt_before: 3h"))

    assert "4h (the default) is not less than prompt_before, 3h" in str(mistakes_in(text)[0])


# Whatever comes in, the answer is a community or its mistakes

NASTY = [
    "",
    "null",
    "~",
    "[]",
    "{}",
    "-1",
    "0",
    "1e9",
    ".inf",
    "yes",
    "'",
    '"',
    "*a",
    "&a b",
    "!x y",
    "? ",
    "<<",
    "=",
    "2024-13-45",
    "99:99",
    "[[a]]",
    "{a: {b: c}}",
    "|",
    ">",
    "%",
    "@",
    "\t",
    "\x00",
    "\ud800",
    "😀",
    "\u2028",
    '"\\ud800"',
    "'a\n\n  b'",
    "x" * 300,
    "9" * 5000,
    "- a",
    "key:",
    "---",
    "...",
    "#",
    "horten",
    "municipality",
    "clinic",
    "count",
]
WORDS = [match.span() for match in re.finditer(r"[\w.+-]+", VESTFOLD)]
fuzzed = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def answers(text: str) -> None:
    try:
        community = read_community(text)
    except CommunityFileError as exc:
        assert exc.mistakes  # noqa: PT017
        assert len(str(exc).split("\n")) == len(exc.mistakes)  # noqa: PT017
        assert all(1 <= mistake.line <= text.count("\n") + text.count("\r") + 9 for mistake in exc.mistakes)  # noqa: PT017
    else:
        assert {unit.kind for unit in community.units} <= set(UnitKind)


@fuzzed
@given(st.text())
def test_any_text_is_answered(text: str) -> None:
    answers(text)


@fuzzed
@given(
    st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(NASTY) | st.text(max_size=8)), min_size=1, max_size=4)
)
def test_the_example_with_any_words_replaced_is_answered(changes: list[tuple[tuple[int, int], str]]) -> None:
    text = VESTFOLD
    for (start, end), new in sorted(changes, reverse=True):
        text = text[:start] + new + text[end:]
    answers(text)


@fuzzed
@given(st.integers(0, len(VESTFOLD)), st.integers(0, 200), st.text(max_size=20))
def test_the_example_with_any_piece_cut_out_is_answered(start: int, length: int, new: str) -> None:
    answers(VESTFOLD[:start] + new + VESTFOLD[start + length :])


# From what figures suggest a level


PREPAREDNESS = VESTFOLD + "\npreparedness:\n"


def test_the_lines_of_the_suggested_level_may_be_drawn_elsewhere() -> None:
    read = read_community(
        PREPAREDNESS + "  red_share: 40\n  yellow_share: 20\n  red_indicators: [belegg, overliggere]\n"
    )
    assert read.preparedness == PreparednessRules(40, 20, ("belegg", "overliggere"))
    assert read_community(VESTFOLD).preparedness == PreparednessRules()
    assert read_community(PREPAREDNESS + "  red_indicators: []\n").preparedness.red_indicators == ()


@pytest.mark.parametrize(
    ("line", "key", "said"),
    [
        ("red_share: 0", "red_share", "a whole number from 1 to 100"),
        ("red_share: halvparten", "red_share", "a whole number from 1 to 100"),
        ("yellow_share: 60", "yellow_share", "is above red_share 50"),
        ("red_share: 20", "red_share", "yellow_share 33 is above red_share 20"),
        ("red_indicators: [bellegg]", "red_indicators", "did you mean belegg?"),
        ("red_indicators: [situasjon]", "red_indicators", "the key of an indicator with thresholds"),
        ("red_indicators: [belegg, belegg]", "red_indicators", "listed twice"),
        ("red_shares: 50", "red_shares", "did you mean red_share?"),
    ],
)
def test_a_mistake_in_them_is_told_where_it_stands(line: str, key: str, said: str) -> None:
    [mistake] = mistakes_in(PREPAREDNESS + f"  {line}\n")
    assert (mistake.key, mistake.line) == (f"preparedness.{key}", len(PREPAREDNESS.splitlines()) + 1)
    assert said in str(mistake)
