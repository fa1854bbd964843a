"""Reads a community file: from its text to a Community, or to every mistake in it at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time, timedelta
from functools import lru_cache, partial
from typing import TypeVar
from zoneinfo import ZoneInfo, available_timezones

from domain.community import (
    LANGUAGES,
    Community,
    Forum,
    Indicator,
    IndicatorType,
    MeetingDefaults,
    Person,
    PreparednessRules,
    QuietHours,
    Role,
    SchoolHoliday,
    SummerHoliday,
    Thresholds,
    Unit,
    UnitKind,
)
from domain.yaml_nodes import (
    BOOLEAN,
    CommunityFileError,
    Kind,
    Mistake,
    Section,
    matching,
    member_of,
    number,
    one_of,
    read_mapping,
    text,
    whole_number,
)

__all__ = ["CommunityFileError", "Mistake", "read_community"]

T = TypeVar("T")

WORKING_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
MOST_UNITS, MOST_PEOPLE, MOST_INDICATORS, MOST_FORUMS, MOST_HOLIDAYS = 500, 5000, 60, 50, 500
ANSWERS = frozenset({Role.RESPONDENT, Role.DEPUTY})

# By type of indicator: `max` where the file says none, and the largest that it may say. A level has no max.
LIMITS = {
    IndicatorType.LEVEL: (0, 0),
    IndicatorType.COUNT: (1000, 100_000),
    IndicatorType.COUNT_PER_MUNICIPALITY: (1000, 100_000),
    IndicatorType.PERCENT: (100, 1000),
    IndicatorType.TEXT: (500, 2000),
}


def _parse_date(value: str) -> date | None:
    try:
        return date.fromisoformat(value) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value) else None
    except ValueError:
        return None


def _parse_day_of_year(value: str) -> tuple[int, int, int | None] | None:
    """Month and day, with the year if there is one; 29 February is not in every year."""
    every_year = re.fullmatch(r"[0-9]{2}-[0-9]{2}", value) is not None
    day = _parse_date(f"2001-{value}" if every_year else value)
    return (day.month, day.day, None if every_year else day.year) if day else None


def _parse_time(value: str) -> time | None:
    return time.fromisoformat(value) if re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", value) else None


def _parse_offset(value: str) -> timedelta | None:
    parts = re.fullmatch(r"(?:([0-9]{1,4})d)?(?:([0-9]{1,4})h)?(?:([0-9]{1,5})m)?", value)
    if parts is None:
        return None
    days, hours, minutes = (int(part or 0) for part in parts.groups())
    offset = timedelta(days=days, hours=hours, minutes=minutes)
    return offset if timedelta() < offset <= timedelta(days=14) else None


NAME = text(200)
LABEL = text(120)
KEY = matching("[a-z0-9][a-z0-9-]{0,63}", "a key of at most 64 lower-case letters a-z, digits and hyphens")
# An input's id is its indicator's key, beside which a pressed button brings names of its own.
INDICATOR_KEY = matching(
    "(?!(action|round|seen|unit)$)[a-z][a-z0-9_]{0,63}",
    "a key of at most 64 lower-case letters a-z, digits and underscores, a letter first, "
    "other than action, round, seen and unit",
)
FORUM_KEY = matching(r"\w[\w-]{0,63}", "a key of at most 64 letters, digits and hyphens, such as SSU")
DEADLINE = matching(r"\w[\w -]{0,63}", "the name of a deadline, such as sakfrist")
PLATFORM_ID = matching(r"[\w.:@-]{1,100}", "an identifier as the platform gives it")
EMAIL = matching(
    r"(?=.{3,254}$)[\w.!#$%&'*+/=?^`{|}~-]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_]{2,63}",
    "an e-mail address such as vara@larvik.example",
)
DATE = Kind("a date YYYY-MM-DD", date.min, _parse_date)
TIME = Kind("a time HH:MM from 00:00 to 23:59", time.min, _parse_time)
OFFSET = Kind("a length of time up to 14d, such as 31h, 30m, 1d or 1h30m", timedelta(), _parse_offset)
DAYS = whole_number(-365, 365)
DAY_OF_YEAR: Kind[tuple[int, int, int | None]] = Kind(
    "a day MM-DD, such as 06-24, or a date YYYY-MM-DD", (1, 1, None), _parse_day_of_year
)


def read_community(text: str, *, source: str = "community.yaml") -> Community:
    """Makes the text of a community file into the community.

    `source` is the file's name in the mistakes. Raises CommunityFileError, which bears every mistake with its line,
    and nothing else, whatever the text.
    """
    return read_mapping(text, _community, source=source)


def _community(at: Section) -> Community:
    about = at.section("community", _about)
    units = at.sections("units", _unit, least=1, most=MOST_UNITS)
    kinds = {unit.key: unit.kind if each.sound("kind") else None for each, unit in units if each.sound("key")}
    people = at.sections("people", partial(_person, units=tuple(kinds)), least=1, most=MOST_PEOPLE)
    meeting = at.section("operational_meeting", _meeting)
    indicators = at.sections("indicators", partial(_indicator, kinds=kinds), least=1, most=MOST_INDICATORS)
    known = tuple(person.key for each, person in people if each.sound("key"))
    forums = at.sections("forums", partial(_forum, people=known), least=0, most=MOST_FORUMS)
    preparedness = at.optional_section(
        "preparedness", partial(_preparedness, indicators=_values(indicators)), PreparednessRules()
    )
    _check_reconciled(indicators)
    if at.sound("people"):
        _check_coordinator(at, _values(people))
        _check_answered_for(units, _values(people), _values(indicators))
    return about(
        units=_values(units),
        people=_values(people),
        meeting=meeting,
        indicators=_values(indicators),
        forums=_values(forums),
        preparedness=preparedness,
    )


def _about(at: Section) -> partial[Community]:
    return partial(
        Community,
        key=at.required("key", KEY),
        name=at.required("name", NAME),
        zone=at.required("timezone", _zones()),
        language=at.required("locale", one_of(LANGUAGES)),
        day_rates=at.entries("day_rate_nok", whole_number(1990, 2199), whole_number(1, 1_000_000)),
        quiet_hours=at.optional_section("quiet_hours", _quiet_hours, QuietHours(time(20), time(7))),
        summer_holiday=at.optional_section("summer_holiday", _summer_holiday, None),
        school_holidays=_values(at.sections("school_holidays", _school_holiday, least=0, most=MOST_HOLIDAYS)),
        keep_texts_days=at.optional("keep_texts_days", whole_number(90, 3650), 1095),
    )


@lru_cache(maxsize=1)
def _zones() -> Kind[ZoneInfo]:
    names = available_timezones()
    return Kind(
        "a time zone such as Europe/Oslo",
        ZoneInfo("UTC"),
        lambda value: ZoneInfo(value) if value in names else None,
        options=tuple(sorted(names)),
    )


def _quiet_hours(at: Section) -> QuietHours:
    hours = QuietHours(at.required("from", TIME), at.required("to", TIME))
    if at.sound("from", "to") and hours.start == hours.end:
        at.wrong("to", f"{at.quoted('to')} is the same as from", "two different times HH:MM")
    return hours


def _school_holiday(at: Section) -> SchoolHoliday:
    holiday = SchoolHoliday(at.required("name", NAME), at.required("from", DATE), at.required("to", DATE))
    if at.sound("from", "to") and holiday.last < holiday.first:
        at.wrong("to", f"{holiday.last} is before from, {holiday.first}", "a date on or after from")
    return holiday


def _summer_holiday(at: Section) -> SummerHoliday:
    *first, of_year = at.required("from", DAY_OF_YEAR)
    *last, to_year = at.required("to", DAY_OF_YEAR)
    if at.sound("from", "to") and of_year != to_year:
        accepted = "a day MM-DD" if of_year is None else f"a date in {of_year}"
        at.wrong("to", f"{at.quoted('to')} does not go with from, {at.quoted('from')}", accepted)
    elif at.sound("from", "to") and last < first:
        at.wrong("to", f"{at.quoted('to')} is before from, {at.quoted('from')}", "a day on or after from")
    return SummerHoliday((first[0], first[1]), (last[0], last[1]), of_year)


def _unit(at: Section) -> Unit:
    unit = Unit(
        key=at.required("key", KEY),
        name=at.required("name", NAME),
        kind=at.required("kind", member_of(UnitKind)),
        population=at.optional("population", whole_number(1, 10_000_000), None),
    )
    at.once("key", unit.key, among="units")
    return unit


def _person(at: Section, units: tuple[str, ...]) -> Person:
    key, name = at.required("key", KEY), at.required("name", NAME)
    email = at.required("email", EMAIL)
    unit = at.optional("unit", _unit_of(units), None)
    roles = frozenset(at.each("roles", member_of(Role), least=1))
    teams = at.optional_section("teams", _teams, (None, None))
    slack = at.optional_section("slack", _slack, (None, None))
    at.once("key", key, among="people")
    at.once("email", email.casefold(), among="e-mails")
    if unit is None and at.sound("roles", "unit") and roles & ANSWERS:
        at.wrong("unit", "is missing for somebody who answers for a unit", _unit_of(units).accepted)
    return Person(key, name, email, roles, unit, *teams, *slack)


def _unit_of(units: tuple[str, ...]) -> Kind[str]:
    return _key_of("unit", units)


def _key_of(what: str, keys: tuple[str, ...]) -> Kind[str]:
    some = ", ".join(keys[:12]) + (", …" if len(keys) > 12 else "")
    return one_of(keys, f"the key of a {what}: {some}" if keys else f"the key of a {what}")


def _teams(at: Section) -> tuple[str | None, str | None]:
    tenant, person = at.required("tenant_id", PLATFORM_ID), at.required("aad_object_id", PLATFORM_ID)
    if at.sound("tenant_id", "aad_object_id"):
        at.once("aad_object_id", f"{tenant} {person}".casefold(), among="Teams users")
    return tenant, person


def _slack(at: Section) -> tuple[str | None, str | None]:
    team, user = at.required("team_id", PLATFORM_ID), at.required("user_id", PLATFORM_ID)
    if at.sound("team_id", "user_id"):
        at.once("user_id", f"{team} {user}".casefold(), among="Slack users")
    return team, user


def _meeting(at: Section) -> MeetingDefaults:
    meeting = MeetingDefaults(
        weekday=WORKING_DAYS.index(at.required("weekday", one_of(WORKING_DAYS)) or "monday"),
        start=at.required("start", TIME),
        end=at.required("end", TIME),
        every_days=at.optional("every_days", whole_number(1, 14), 7),
        skip_public_holidays=at.optional("skip_public_holidays", BOOLEAN, True),
        prompt_before=at.optional("prompt_before", OFFSET, timedelta(hours=31)),
        due_before=at.optional("due_before", OFFSET, timedelta(hours=4)),
        reminders_before_due=at.each(
            "reminders_before_due", OFFSET, default=(timedelta(hours=20), timedelta(hours=3), timedelta(hours=1))
        ),
        escalate_before_due=at.optional("escalate_before_due", OFFSET, timedelta(minutes=30)),
        summary_before=at.optional("summary_before", OFFSET, timedelta(minutes=30)),
        minutes_approved_after=at.optional("minutes_approved_after", whole_number(1, 365), 7),
    )
    _check_end(at, meeting.start, meeting.end)
    _check_offsets(at, meeting)
    return meeting


def _check_end(at: Section, start: time | None, end: time | None) -> None:
    if start and end and at.sound("start", "end") and end <= start:
        at.wrong("end", f"{end:%H:%M} is not after start, {start:%H:%M}", "a time HH:MM after start")


def _check_offsets(at: Section, meeting: MeetingDefaults) -> None:
    """Prompt, then reminders and escalation, then the deadline, then the summary."""
    prompt, due = meeting.prompt_before, meeting.due_before
    if at.sound("due_before", "summary_before") and meeting.summary_before > due:
        _too_long(at, "summary_before", meeting.summary_before, f"at most due_before, {_offset(due)}")
    if not at.sound("prompt_before", "due_before"):
        return
    if due >= prompt:
        _too_long(at, "due_before", due, f"less than prompt_before, {_offset(prompt)}")
        return
    limit = f"less than the {_offset(prompt - due)} from prompt to deadline"
    followed_up = [("escalate_before_due", meeting.escalate_before_due)]
    followed_up += [("reminders_before_due", reminder) for reminder in meeting.reminders_before_due]
    for key, offset in followed_up:
        if offset >= prompt - due:
            _too_long(at, key, offset, limit)


def _too_long(at: Section, key: str, offset: timedelta, accepted: str) -> None:
    origin = "" if at.has(key) else " (the default)"
    at.wrong(key, f"{_offset(offset)}{origin} is not {accepted}", accepted)


def _offset(offset: timedelta) -> str:
    hours, minutes = divmod(int(offset.total_seconds()) // 60, 60)
    return "".join(f"{count}{unit}" for count, unit in ((hours, "h"), (minutes, "m")) if count)


def _indicator(at: Section, kinds: Mapping[str, UnitKind | None]) -> Indicator:
    key, kind = at.required("key", INDICATOR_KEY), at.required("type", member_of(IndicatorType))
    usual, most = LIMITS[kind] if at.sound("type") else (1, 100_000)
    indicator = Indicator(
        key=key,
        asks=frozenset(at.each("asks", member_of(UnitKind), least=1)),
        type=kind,
        label=_label(at),
        max=at.optional("max", whole_number(1, most or 100_000), usual),
        excluded=frozenset(at.each("except", _unit_of(tuple(kinds)))),
        required=at.optional("required", BOOLEAN, False),
        total=at.optional("total", BOOLEAN, False),
        thresholds=at.optional_section("thresholds", _thresholds, None),
        reconciles=at.optional("reconciles", INDICATOR_KEY, None),
    )
    at.once("key", indicator.key, among="indicators")
    _check_excluded(at, indicator, kinds)
    if at.sound("type"):
        _check_fits_type(at, indicator)
    return indicator


def _label(at: Section) -> Mapping[str, str]:
    if at.is_single("label"):
        return {"nb": at.required("label", LABEL)}
    label = at.entries("label", one_of(LANGUAGES), LABEL, required=True, commas=True)
    if at.sound("label") and "nb" not in label:
        at.wrong("label", "has no nb", "nb, and besides it nn and en")
    return label


def _thresholds(at: Section) -> Thresholds:
    thresholds = Thresholds(at.required("yellow", number(100_000)), at.required("red", number(100_000)))
    if at.sound("yellow", "red") and thresholds.red <= thresholds.yellow:
        at.wrong("red", f"{at.quoted('red')} is not above yellow, {at.quoted('yellow')}", "a number above yellow")
    return thresholds


def _check_excluded(at: Section, indicator: Indicator, kinds: Mapping[str, UnitKind | None]) -> None:
    if at.sound("asks", "except"):
        for unit in sorted(indicator.excluded):
            if kinds[unit] not in (None, *indicator.asks):
                at.wrong("except", f"{unit} is not asked anyway", "units of the kinds in asks")


def _check_fits_type(at: Section, indicator: Indicator) -> None:
    """Some keys mean something for some types only."""
    count, percent, per_municipality = (
        IndicatorType.COUNT,
        IndicatorType.PERCENT,
        IndicatorType.COUNT_PER_MUNICIPALITY,
    )
    fitting = {
        "max": (at.has("max"), tuple(kind for kind in IndicatorType if kind is not IndicatorType.LEVEL)),
        "total": (indicator.total, (count,)),
        "thresholds": (at.has("thresholds"), (count, percent)),
        "reconciles": (at.has("reconciles"), (per_municipality,)),
    }
    for key, (used, types) in fitting.items():
        if used and indicator.type not in types:
            at.wrong(key, f"is not for type {indicator.type}", f"only with type {' or '.join(types)}")


def _check_reconciled(indicators: Sequence[tuple[Section, Indicator]]) -> None:
    """What is held against the municipalities' figure needs a figure that they are asked for."""
    doubtful = {indicator.key for at, indicator in indicators if not at.sound("type", "asks")}
    counts = {
        indicator.key: None
        for at, indicator in indicators
        if indicator.type is IndicatorType.COUNT and UnitKind.MUNICIPALITY in indicator.asks
    }
    accepted = f"the key of a count that municipalities are asked: {', '.join(counts)}"
    for at, indicator in indicators:
        if at.sound("reconciles") and indicator.reconciles not in (None, *counts, *doubtful):
            at.wrong("reconciles", f"{indicator.reconciles} is not {accepted}", accepted)


def _preparedness(at: Section, indicators: tuple[Indicator, ...]) -> PreparednessRules:
    keys = [indicator.key for indicator in indicators if indicator.thresholds is not None]
    known = one_of(keys, f"the key of an indicator with thresholds: {', '.join(keys)}".removesuffix(": "))
    decisive = at.each("red_indicators", known)
    rules = PreparednessRules(
        red_share=at.optional("red_share", whole_number(1, 100), 50),
        yellow_share=at.optional("yellow_share", whole_number(1, 100), 33),
        red_indicators=decisive if at.has("red_indicators") else None,
    )
    if at.sound("red_share", "yellow_share") and rules.yellow_share > rules.red_share:
        key = "yellow_share" if at.has("yellow_share") else "red_share"
        at.wrong(key, f"yellow_share {rules.yellow_share} is above red_share {rules.red_share}", "yellow before red")
    return rules


def _check_coordinator(at: Section, people: Sequence[Person]) -> None:
    if not any(person.has(Role.COORDINATOR) for person in people):
        at.wrong("people", "nobody is coordinator", "at least one person with the role coordinator")


def _check_answered_for(
    units: Sequence[tuple[Section, Unit]], people: Sequence[Person], indicators: Sequence[Indicator]
) -> None:
    answered_for = {person.unit for person in people if person.roles & ANSWERS}
    for at, unit in units:
        asked = at.sound("key", "kind") and any(indicator.asked_of(unit) for indicator in indicators)
        if asked and unit.key not in answered_for:
            at.wrong(
                "key", f"nobody answers for {unit.key}", "at least one person with its unit as respondent or deputy"
            )


def _forum(at: Section, people: tuple[str, ...]) -> Forum:
    forum = Forum(
        key=at.required("key", FORUM_KEY),
        name=at.required("name", NAME),
        start=at.optional("start", TIME, None),
        end=at.optional("end", TIME, None),
        deadlines=at.entries("deadlines", DEADLINE, DAYS),
        minutes_approved_after=at.optional("minutes_approved_after", whole_number(1, 365), None),
        hosts=at.each("hosts", NAME, distinct=False),
        counts_working_days=at.optional("deadlines_in", one_of(("days", "working_days")), "days") == "working_days",
        members=frozenset(at.each("members", _key_of("person", people))),
        chair=at.optional("chair", _key_of("person", people), None),
        chair_owes=frozenset(at.each("chair_owes", DEADLINE)),
    )
    if unknown := sorted(forum.chair_owes - forum.deadlines.keys()):
        names = ", ".join(forum.deadlines) or "none yet"
        at.wrong("chair_owes", f"{unknown[0]!r} is no deadline of {forum.key}", f"names of its `deadlines`: {names}")
    at.once("key", forum.key.casefold(), among="forums")
    _check_end(at, forum.start, forum.end)
    return forum


def _values(read: Iterable[tuple[Section, T]]) -> tuple[T, ...]:
    return tuple(value for _, value in read)
