"""Who belongs to a community and what is asked of them: the content of a community file, checked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from enum import StrEnum
from functools import partial
from zoneinfo import ZoneInfo

LANGUAGES = ("nb", "nn", "en")


class UnitKind(StrEnum):
    MUNICIPALITY = "municipality"
    CLINIC = "clinic"


class Role(StrEnum):
    COORDINATOR = "coordinator"  # samhandlingssjef
    SECRETARIAT = "secretariat"
    OBSERVER = "observer"  # reads, is not asked
    RESPONDENT = "respondent"  # kommunalsjef, klinikksjef
    DEPUTY = "deputy"  # stedfortreder


class PreparednessLevel(StrEnum):
    """Grønn, gul, rød; for a unit's own service: god, utfordrende, kritisk."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"

    @property
    def severity(self) -> int:
        """0 for green, 1 for yellow, 2 for red."""
        return ("green", "yellow", "red").index(self.value)


class IndicatorType(StrEnum):
    LEVEL = "level"
    COUNT = "count"
    PERCENT = "percent"
    TEXT = "text"
    COUNT_PER_MUNICIPALITY = "count_per_municipality"


@dataclass(frozen=True, slots=True)
class Unit:
    key: str
    name: str
    kind: UnitKind
    population: int | None = None  # inhabitants, municipalities only


@dataclass(frozen=True, slots=True)
class Person:
    key: str
    name: str
    email: str
    roles: frozenset[Role]
    unit: str | None = None
    teams_tenant: str | None = None
    teams_object_id: str | None = None
    slack_team: str | None = None
    slack_user: str | None = None

    def has(self, *roles: Role) -> bool:
        return not self.roles.isdisjoint(roles)

    def may_answer_for(self, unit: str) -> bool:
        """A unit's figures come from its respondent or deputy, from nobody else."""
        return self.unit == unit and self.has(Role.RESPONDENT, Role.DEPUTY)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which figure on an indicator is yellow and red; a higher figure is worse."""

    yellow: float
    red: float

    def level(self, figure: float) -> PreparednessLevel:
        if figure >= self.red:
            return PreparednessLevel.RED
        return PreparednessLevel.YELLOW if figure >= self.yellow else PreparednessLevel.GREEN


@dataclass(frozen=True, slots=True)
class Indicator:
    """One question. `max` is the largest figure (count, percent) or the number of characters (text)."""

    key: str
    asks: frozenset[UnitKind]
    type: IndicatorType
    label: Mapping[str, str]
    max: int
    excluded: frozenset[str] = frozenset()  # units that are not asked although their kind is
    required: bool = False
    total: bool = False
    thresholds: Thresholds | None = None
    reconciles: str | None = None  # the municipalities' indicator that this one is held against

    def asked_of(self, unit: Unit) -> bool:
        return unit.kind in self.asks and unit.key not in self.excluded

    def name(self, language: str) -> str:
        return self.label.get(language) or self.label["nb"]

    def short_name(self, language: str) -> str:
        """The name without what stands in brackets at its end: (våre pasienter), (%)."""
        return re.sub(r"\s*\([^()]*\)$", "", self.name(language))


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Local times in between which no prompt or reminder comes; may span midnight."""

    start: time
    end: time

    def holds(self, at: time) -> bool:
        if self.start <= self.end:
            return self.start <= at < self.end
        return at >= self.start or at < self.end


@dataclass(frozen=True, slots=True)
class SchoolHoliday:
    name: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class SummerHoliday:
    """First and last day as month and day, both included; of one year, or of every year."""

    first: tuple[int, int]
    last: tuple[int, int]
    year: int | None = None


@dataclass(frozen=True, slots=True)
class MeetingDefaults:
    """How a round runs up to its meeting. Offsets are wall-clock time in the community's zone."""

    weekday: int  # Monday 0
    start: time
    end: time
    every_days: int
    skip_public_holidays: bool  # False: moved to the next working day
    prompt_before: timedelta  # before the meeting
    due_before: timedelta  # before the meeting
    reminders_before_due: tuple[timedelta, ...]
    escalate_before_due: timedelta
    summary_before: timedelta  # before the meeting
    minutes_approved_after: int = 7  # days without comment after they were sent


@dataclass(frozen=True, slots=True)
class Forum:
    """An organ of the meeting plan; deadlines are days before (-) or after (+) its meeting."""

    key: str
    name: str
    start: time | None = None
    end: time | None = None
    deadlines: Mapping[str, int] = field(default_factory=dict)
    minutes_approved_after: int | None = None
    hosts: tuple[str, ...] = ()
    counts_working_days: bool = False  # the deadlines' days; else calendar days
    members: frozenset[str] = frozenset()  # keys of people; none given: not known
    chair: str | None = None  # who leads, where a meeting's notice names nobody: a person's key
    chair_owes: frozenset[str] = frozenset()  # the deadlines, by name, that are not the secretariat's but the chair's


@dataclass(frozen=True, slots=True)
class PreparednessRules:
    """From where on figures suggest a level. Shares are percent of the units of a kind that are asked their level."""

    red_share: int = 50
    yellow_share: int = 33
    red_indicators: tuple[str, ...] | None = None  # whose red threshold decides; None: those asked of clinics alone


@dataclass(frozen=True, slots=True)
class Community:
    """The hospital trust and its municipalities: the tenant. Order of units and indicators is that of the file."""

    key: str
    name: str
    zone: ZoneInfo
    language: str
    quiet_hours: QuietHours
    units: tuple[Unit, ...]
    people: tuple[Person, ...]
    meeting: MeetingDefaults
    indicators: tuple[Indicator, ...]
    day_rates: Mapping[int, int] = field(default_factory=dict)  # year → kroner per day
    school_holidays: tuple[SchoolHoliday, ...] = ()
    summer_holiday: SummerHoliday | None = None
    forums: tuple[Forum, ...] = ()
    preparedness: PreparednessRules = PreparednessRules()
    keep_texts_days: int = 1095  # after which what people wrote is taken away
    municipalities: tuple[Unit, ...] = field(init=False, repr=False, compare=False)
    units_asked: tuple[Unit, ...] = field(init=False, repr=False, compare=False)
    _by_key: Mapping[str, Unit] = field(init=False, repr=False, compare=False)
    _asked: Mapping[str, tuple[Unit, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Asked for at every turn: they are worked out once, however many units there are.
        set_ = partial(object.__setattr__, self)
        set_("municipalities", tuple(unit for unit in self.units if unit.kind is UnitKind.MUNICIPALITY))
        set_("units_asked", tuple(unit for unit in self.units if self.asked_of(unit)))
        set_("_by_key", {unit.key: unit for unit in self.units})
        set_("_asked", {i.key: tuple(unit for unit in self.units if i.asked_of(unit)) for i in self.indicators})

    def unit(self, key: str) -> Unit:
        """Raises KeyError for a key that is no unit."""
        return self._by_key[key]

    def find_unit(self, key: str | None) -> Unit | None:
        """None for a key that is no unit, or no unit any more."""
        return self._by_key.get(key or "")

    def name_of_unit(self, key: str) -> str:
        """The unit's name; its key when the file has it no more, for what it left behind is shown all the same."""
        unit = self._by_key.get(key)
        return unit.name if unit else key

    def asked_of(self, unit: Unit) -> tuple[Indicator, ...]:
        """The unit's indicators and no others, in the order of the file."""
        return tuple(indicator for indicator in self.indicators if indicator.asked_of(unit))

    def units_of(self, indicator: Indicator) -> tuple[Unit, ...]:
        """The units that an indicator of the community is asked of, in the order of the file."""
        return self._asked[indicator.key]

    @property
    def waiting_keys(self) -> frozenset[str]:
        """Overliggere: what the hospital's figures are held against, or the indicator of that name."""
        return frozenset(i.reconciles for i in self.indicators if i.reconciles) or frozenset({"overliggere"})

    def level_indicator(self, unit: Unit) -> Indicator | None:
        """The question whose answer is the unit's level: the first of that type that it is asked."""
        return next((i for i in self.asked_of(unit) if i.type is IndicatorType.LEVEL), None)

    def decides(self, indicator: Indicator) -> bool:
        """Whether one unit at the indicator's red threshold is enough to suggest red."""
        chosen = self.preparedness.red_indicators
        if chosen is None:
            return indicator.thresholds is not None and indicator.asks == {UnitKind.CLINIC}
        return indicator.key in chosen

    def fields_of(self, unit: Unit) -> Iterator[Field]:
        """What the unit fills in: one field an indicator, one a municipality where it is asked per municipality."""
        for indicator in self.asked_of(unit):
            if indicator.type is IndicatorType.COUNT_PER_MUNICIPALITY:
                for municipality in self.municipalities:
                    yield Field(f"{indicator.key}.{municipality.key}", indicator, municipality)
            else:
                yield Field(indicator.key, indicator)


@dataclass(frozen=True, slots=True)
class Field:
    """One input of a unit's form; its key is the input's id and the figure's name in every answer."""

    key: str
    indicator: Indicator
    municipality: Unit | None = None

    def name(self, language: str) -> str:
        label = self.indicator.name(language)
        return f"{label}: {self.municipality.name}" if self.municipality else label
