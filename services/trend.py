"""The course up to a round. Earlier meetings count as they were sealed, this one as it is shown.

What stands in a card must cost little: the words need the sealed totals alone. The rounds themselves are read when
somebody looks at the picture.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from domain.community import PreparednessLevel
from domain.periods import worth_telling
from domain.rounds import Round
from domain.trend import MOST_MEETINGS, Course, Meeting, Trend, course, followed, meeting, with_gaps
from domain.working_time import local_date
from services.messages import Json
from services.periods import dates_until
from services.pictures import STILL_RECENT, RoundPicture
from services.ports import Sealed, Work


@dataclass(frozen=True, slots=True)
class Told:
    """The trend in words. `courses` are by indicator; `stamp` is another one as soon as any of it is another."""

    meetings: int
    first: date
    last: date
    courses: Mapping[str, Course]
    stamp: str


async def told(work: Work, shown: RoundPicture) -> Told | None:
    """The course up to the round that is shown.

    None when there was no meeting before it, for one is no course, and when nobody has given any of the figures.
    """
    figures = followed(work.community)
    earlier = await _earlier(work, shown.round)
    if not earlier or not (figures.all or figures.levels):
        return None
    sealed = await work.rounds.sealed_totals([r.id for r in earlier])
    totals = [sealed.get(r.id, {}) for r in earlier] + [_totals(shown)]
    courses = {i.key: course([at.get(i.key) for at in totals]) for i in figures.all}
    if figures.all and not any(courses.values()):
        return None
    return Told(
        meetings=len(totals),
        first=local_date(earlier[0].meeting_at, work.community.zone),
        last=local_date(shown.round.meeting_at, work.community.zone),
        courses={key: found for key, found in courses.items() if found is not None},
        stamp=_stamp(shown, list(sealed)),
    )


async def trend(work: Work, shown: RoundPicture) -> Trend:
    """The figures and levels of each meeting up to the round that is shown."""
    earlier = await _earlier(work, shown.round)
    sealed = await work.rounds.sealed([r.id for r in earlier])
    meetings = [_as_sealed(work, r, sealed.get(r.id)) for r in earlier] + [_as_shown(work, shown)]
    return Trend(followed(work.community), tuple(with_gaps(meetings, await _not_held(work, [*earlier, shown.round]))))


async def _earlier(work: Work, round_: Round) -> list[Round]:
    """The meetings before; what lies further back than a long pause is of another time."""
    found = [*await work.rounds.earlier(round_, MOST_MEETINGS - 1), round_]
    for place in range(len(found) - 1, 0, -1):
        if found[place].meeting_at - found[place - 1].meeting_at > STILL_RECENT:
            return found[place:-1]
    return found[:-1]


async def _not_held(work: Work, rounds: Sequence[Round]) -> frozenset[date]:
    """Days between the meetings on which one was cancelled, or dropped for a day off."""
    zone = work.community.zone
    days = [local_date(r.meeting_at, zone) for r in rounds]
    between = await work.rounds.within(rounds[0].meeting_at, rounds[-1].meeting_at)
    cancelled = {local_date(r.meeting_at, zone) for r in between if r.cancelled_at is not None}
    dropped: set[date] = set()
    for period_id in dict.fromkeys(r.period for r in rounds):
        period = await work.periods.get(period_id)
        if period is not None:
            dates = worth_telling(dates_until(work, period, days[-1]), period.every_days)
            dropped |= {d.planned for d in dates if d.held is None}
    return frozenset(cancelled | dropped)


def _as_sealed(work: Work, round_: Round, sealed: Sealed | None) -> Meeting:
    """A round that was never sealed has no figures, and is a gap in the line."""
    community, content = work.community, sealed.content if sealed else {}
    totals, reports = content.get("totals"), content.get("reports")
    answered = {str(r["unit"]): r["values"] for r in _objects(reports) if r.get("state") != "missing"}
    return meeting(
        community,
        local_date(round_.meeting_at, community.zone),
        _whole_numbers(totals),
        {unit.key: _level(work, unit.key, answered.get(unit.key)) for unit in community.units_asked},
        frozenset(unit.key for unit in community.units_asked if unit.key not in answered),
    )


def _as_shown(work: Work, shown: RoundPicture) -> Meeting:
    return meeting(
        work.community,
        local_date(shown.round.meeting_at, work.community.zone),
        _totals(shown),
        {line.unit.key: line.level for line in shown.summary.lines},
        frozenset(unit.key for unit in shown.summary.missing),
    )


def _totals(shown: RoundPicture) -> dict[str, int]:
    return {total.indicator.key: total.value for total in shown.summary.totals}


def _level(work: Work, unit: str, values: Json) -> PreparednessLevel | None:
    indicator = work.community.level_indicator(work.community.unit(unit))
    value = values.get(indicator.key) if indicator and isinstance(values, dict) else None
    return PreparednessLevel(value) if value in set(PreparednessLevel) else None


def _objects(found: Json) -> list[dict[str, Json]]:
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _whole_numbers(found: Json) -> dict[str, int]:
    return {key: n for key, n in found.items() if isinstance(n, int)} if isinstance(found, dict) else {}


def _stamp(shown: RoundPicture, sealed: list[str]) -> str:
    """Changes with every answer to the round that is shown, and with every meeting that is sealed."""
    answers = sorted(f"{report.unit}:{report.revision}" for report in shown.reports.values())
    return sha256("\n".join([*sorted(sealed), "", *answers]).encode()).hexdigest()[:10]
