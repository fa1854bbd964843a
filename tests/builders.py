"""Hand-made domain objects for tests: the reference community in Python, and short ways to vary it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from domain.community import (
    Community,
    Forum,
    Indicator,
    IndicatorType,
    MeetingDefaults,
    Person,
    PreparednessLevel,
    QuietHours,
    Role,
    SchoolHoliday,
    Thresholds,
    Unit,
    UnitKind,
)
from domain.periods import DemandingPeriod, Reason
from domain.reports import Figure, StatusReport
from domain.rounds import Round

OSLO = ZoneInfo("Europe/Oslo")

MUNICIPALITIES = ("horten", "holmestrand", "tonsberg", "faerder", "sandefjord", "larvik")
CLINICS_WITH_BEDS = ("medisin", "kirurgi", "kpa", "kfmr")
"""The clinics that are asked for overliggere; prehospital has no beds."""

_BOTH = frozenset(UnitKind)
_TOWNS = frozenset({UnitKind.MUNICIPALITY})
_CLINICS = frozenset({UnitKind.CLINIC})
_NO_BEDS = frozenset({"prehospital"})


def vestfold() -> Community:
    """What `examples/vestfold/community.yaml` says."""
    return Community(
        key="vestfold",
        name="Helsefellesskapet i Vestfold",
        zone=OSLO,
        language="nb",
        quiet_hours=QuietHours(time(20), time(7)),
        units=_units(),
        people=_people(),
        meeting=meeting(),
        indicators=_indicators(),
        day_rates={2022: 5306, 2023: 5508, 2024: 5745},
        school_holidays=(SchoolHoliday("vinterferie", date(2024, 2, 19), date(2024, 2, 23)),),
        forums=_forums(),
    )


def community(**changes: Any) -> Community:
    """Vestfold with other values in some of its attributes."""
    return replace(vestfold(), **changes)


def meeting(**changes: Any) -> MeetingDefaults:
    """Vestfold's operational meeting, Tuesdays 16:00–17:00, with other values in some of its attributes."""
    defaults = MeetingDefaults(
        weekday=1,
        start=time(16),
        end=time(17),
        every_days=7,
        skip_public_holidays=True,
        prompt_before=timedelta(hours=31),
        due_before=timedelta(hours=4),
        reminders_before_due=(timedelta(hours=20), timedelta(hours=3), timedelta(hours=1)),
        escalate_before_due=timedelta(minutes=30),
        summary_before=timedelta(minutes=30),
    )
    return replace(defaults, **changes)


def indicator(key: str, kind: IndicatorType = IndicatorType.COUNT, **changes: Any) -> Indicator:
    """A question to everybody, for communities that ask something else than Vestfold does."""
    made = Indicator(key=key, asks=_BOTH, type=kind, label={"nb": key.capitalize()}, max=500)
    return replace(made, **changes)


def report(unit: str, values: Mapping[str, Figure], **changes: Any) -> StatusReport:
    """A first answer by the unit's respondent, Tuesday 28 November 2023 at 10:00."""
    answered_at = changes.get("answered_at", local(2023, 11, 28, 10))
    made = StatusReport(
        round="round-1",
        unit=unit,
        revision=1,
        values=values,
        answered_by=f"{unit}-sjef",
        answered_at=answered_at,
        first_answered_at=answered_at,
    )
    return replace(made, **changes)


def reports(values: Mapping[str, Mapping[str, Figure]]) -> dict[str, StatusReport]:
    """Unit → its report, from unit → its figures."""
    return {unit: report(unit, figures) for unit, figures in values.items()}


def waiting(**patients: int) -> dict[str, Figure]:
    """A clinic's patients ready for discharge per municipality, 0 where nothing is said."""
    return {f"klare_pasienter.{key}": patients.get(key, 0) for key in MUNICIPALITIES}


def period(**changes: Any) -> DemandingPeriod:
    """The winter period of 2023–24."""
    made = DemandingPeriod(
        id="period-1",
        community="vestfold",
        reasons=(Reason.INFLOW, Reason.OVERLIGGERE, Reason.STAFFING),
        level=PreparednessLevel.YELLOW,
        first_meeting=date(2023, 11, 28),
        start=time(16),
        end=time(17),
        every_days=7,
        until=date(2024, 1, 23),
        note="",
        skip_days_off=True,
        started_by="samhandlingssjef",
        started_at=local(2023, 11, 23, 9),
    )
    return replace(made, **changes)


def round_(**changes: Any) -> Round:
    """The round up to the meeting of Tuesday 28 November 2023."""
    made = Round(
        id="round-1",
        community="vestfold",
        period="period-1",
        opens_at=local(2023, 11, 27, 9),
        due_at=local(2023, 11, 28, 12),
        summary_at=local(2023, 11, 28, 15, 30),
        meeting_at=local(2023, 11, 28, 16),
        meeting_ends_at=local(2023, 11, 28, 17),
    )
    return replace(made, **changes)


def local(year: int, month: int, day: int, hour: int = 0, minute: int = 0, zone: ZoneInfo = OSLO) -> datetime:
    """The UTC instant of a local date and time of day."""
    return datetime(year, month, day, hour, minute, tzinfo=zone).astimezone(UTC)


def identity_number(digits: str = "018190456", remainder: int = 0) -> str:
    """Nine digits with check digits that fit; `remainder` is that of the first check, 0 to 3 (the rule from 2032 on).

    The default is synthetic (month + 80), so nobody bears it. Where no check digit fits, the serial is counted on.
    """
    first, second = (3, 7, 6, 1, 8, 9, 4, 5, 2), (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
    date_of_birth, serial = digits[:6], int(digits[6:])
    while True:
        numbers = [int(digit) for digit in f"{date_of_birth}{serial:03d}"]
        numbers.append((remainder - sum(w * n for w, n in zip(first, numbers, strict=True))) % 11)
        numbers.append(-sum(w * n for w, n in zip(second, numbers, strict=True)) % 11)
        if max(numbers) < 10:
            return "".join(map(str, numbers))
        serial = (serial + 1) % 1000


def _units() -> tuple[Unit, ...]:
    municipalities = (
        ("horten", "Horten kommune", 28130),
        ("holmestrand", "Holmestrand kommune", 26350),
        ("tonsberg", "Tønsberg kommune", 58890),
        ("faerder", "Færder kommune", 27540),
        ("sandefjord", "Sandefjord kommune", 66140),
        ("larvik", "Larvik kommune", 48930),
    )
    clinics = (
        ("medisin", "Medisinsk klinikk"),
        ("kirurgi", "Kirurgisk klinikk"),
        ("kpa", "Klinikk psykisk helse og avhengighet"),
        ("kfmr", "Klinikk fysikalsk medisin og rehabilitering"),
        ("prehospital", "Prehospital klinikk"),
    )
    return (
        *(Unit(key, name, UnitKind.MUNICIPALITY, population) for key, name, population in municipalities),
        *(Unit(key, name, UnitKind.CLINIC) for key, name in clinics),
    )


def _people() -> tuple[Person, ...]:
    def person(key: str, name: str, email: str, role: Role, unit: str | None = None) -> Person:
        return Person(key, name, email, frozenset({role}), unit)

    towns = ("Horten", "Holmestrand", "Tønsberg", "Færder", "Sandefjord", "Larvik")
    clinics = ("medisin", "kirurgi", "KPA", "KFMR", "prehospital")
    chiefs = {
        key: person(f"{key}-sjef", f"Kommunalsjef {town}", f"kommunalsjef@{key}.example", Role.RESPONDENT, key)
        for key, town in zip(MUNICIPALITIES, towns, strict=True)
    }
    return (
        person("samhandlingssjef", "Samhandlingssjef SiV", "samhandlingssjef@siv.example", Role.COORDINATOR),
        person("sekretariat", "Sekretariatet", "sekretariat@vestfold.example", Role.SECRETARIAT),
        person("leder-pko", "Leder PKO", "pko@siv.example", Role.OBSERVER),
        chiefs["horten"],
        person("horten-vara", "Stedfortreder Horten", "vara@horten.example", Role.DEPUTY, "horten"),
        *(chiefs[key] for key in MUNICIPALITIES[1:]),
        person("larvik-vara", "Stedfortreder Larvik", "vara@larvik.example", Role.DEPUTY, "larvik"),
        *(
            person(f"{key}-sjef", f"Klinikksjef {name}", f"{key}@siv.example", Role.RESPONDENT, key)
            for key, name in ((name.lower(), name) for name in clinics)
        ),
    )


def _indicators() -> tuple[Indicator, ...]:
    kind = IndicatorType
    return (
        Indicator(
            "situasjon",
            _BOTH,
            kind.LEVEL,
            {"nb": "Samlet situasjon", "nn": "Samla situasjon", "en": "Overall situation"},
            max=0,
            required=True,
        ),
        Indicator(
            "overliggere",
            _TOWNS,
            kind.COUNT,
            {
                "nb": "Overliggere (våre pasienter)",
                "nn": "Overliggjarar (våre pasientar)",
                "en": "Delayed discharges (our patients)",
            },
            max=500,
            total=True,
            required=True,
            thresholds=Thresholds(3, 6),
        ),
        Indicator(
            "korttid_ledig",
            _TOWNS,
            kind.COUNT,
            {"nb": "Ledige korttidsplasser", "nn": "Ledige korttidsplassar", "en": "Free short-term places"},
            max=500,
            total=True,
            required=True,
        ),
        Indicator(
            "ohd_ledig",
            _TOWNS,
            kind.COUNT,
            {
                "nb": "Ledige ØHD-/KAD-plasser",
                "nn": "Ledige ØHD-/KAD-plassar",
                "en": "Free emergency (ØHD/KAD) beds",
            },
            max=100,
            total=True,
        ),
        Indicator(
            "legevakt", _TOWNS, kind.LEVEL, {"nb": "Legevakt", "nn": "Legevakt", "en": "Out-of-hours clinic"}, max=0
        ),
        Indicator(
            "bemanning",
            _BOTH,
            kind.LEVEL,
            {"nb": "Bemanning", "nn": "Bemanning", "en": "Staffing"},
            max=0,
            required=True,
        ),
        Indicator(
            "sykefravaer",
            _BOTH,
            kind.PERCENT,
            {"nb": "Sykefravær (%)", "nn": "Sjukefråvær (%)", "en": "Sick leave (%)"},
            max=100,
        ),
        Indicator(
            "belegg",
            _CLINICS,
            kind.PERCENT,
            {"nb": "Belegg (%)", "nn": "Belegg (%)", "en": "Bed occupancy (%)"},
            max=200,
            excluded=_NO_BEDS,
            required=True,
            thresholds=Thresholds(90, 100),
        ),
        Indicator(
            "innlagt_ohjelp",
            _CLINICS,
            kind.COUNT,
            {
                "nb": "Ø-hjelpsinnleggelser siste døgn",
                "nn": "Ø-hjelpsinnleggingar siste døgn",
                "en": "Emergency admissions, last 24 h",
            },
            max=1000,
            total=True,
        ),
        Indicator(
            "klare_pasienter",
            _CLINICS,
            kind.COUNT_PER_MUNICIPALITY,
            {
                "nb": "Utskrivningsklare som venter på kommunen",
                "nn": "Utskrivingsklare som ventar på kommunen",
                "en": "Ready for discharge waiting for the municipality",
            },
            max=500,
            excluded=_NO_BEDS,
            required=True,
            reconciles="overliggere",
        ),
        Indicator(
            "behov",
            _BOTH,
            kind.TEXT,
            {
                "nb": "Behov og forslag til tiltak",
                "nn": "Behov og forslag til tiltak",
                "en": "Needs and proposed actions",
            },
            max=500,
        ),
    )


def _forums() -> tuple[Forum, ...]:
    return (
        Forum(
            "SSU",
            "Strategisk samarbeidsutvalg",
            time(13),
            time(15, 30),
            {"sakfrist": -21, "innkalling": -14, "sakspapirer": -7, "referat": 7},
            minutes_approved_after=7,
            hosts=("SiV", "horten", "SiV", "tonsberg"),
        ),
        Forum("AU", "Arbeidsutvalg", time(14), time(16), {"sakfrist": -14, "innkalling": -7, "referat": 7}),
        Forum(
            "FSU",
            "Faglig samarbeidsutvalg",
            time(12, 30),
            time(15, 30),
            {"sakfrist": -21, "innkalling": -14, "referat": 7},
        ),
        Forum("PM", "Partnerskapsmøte", deadlines={"sakfrist": -28, "innkalling": -21, "referat": 14}),
    )
