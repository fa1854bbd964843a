"""What minutes say, as data: names and figures without the words around them, which follow in each reader's language.

It is made anew while the minutes are a draft, and frozen with each version that is sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from domain.absences import usually_asked
from domain.actions import lines_of
from domain.community import IndicatorType, Person, Role
from domain.differences import Difference, Outcome, Side
from domain.meeting import Attendance, Note
from domain.roster import Roster
from domain.rounds import Round
from domain.summary import KeyFigure, Summary, Total, UnitLine
from services.audience import active_people, standing_then, with_role
from services.messages import Json
from services.pictures import RoundPicture, picture
from services.ports import Work


async def content(work: Work, round_: Round, now: datetime) -> dict[str, Json]:
    """The minutes of a round's meeting: figures as sealed when it began, the rest as noted by now."""
    sealed = await picture(work, round_, now, as_of=round_.meeting_at, sealed=True)
    notes = await work.meetings.notes(round_.id)
    attendance = await work.meetings.attendance(round_.id)
    following = await work.rounds.following(round_.period, max(now, round_.meeting_ends_at))
    return {
        "meeting_at": round_.meeting_at.isoformat(),
        "ends_at": round_.meeting_ends_at.isoformat(),
        **await _people(work, round_, attendance, notes),
        "level": str(sealed.level),
        "reasons": [str(reason) for reason in sealed.period.reasons],
        "answered": sealed.summary.answered,
        "asked": len(sealed.summary.lines),
        "missing": [unit.name for unit in sealed.summary.missing],
        "cost": sealed.summary.cost_nok_per_day,
        "totals": [_total(total) for total in sealed.summary.totals],
        "units": [_unit(sealed, line) for line in sealed.summary.lines],
        "differences": _differences(sealed),
        "notes": [_note(work, note) for note in notes],
        "actions": await _actions(work, round_, now),
        "next_meeting": following.meeting_at.isoformat() if following else None,
    }


async def _people(work: Work, round_: Round, attendance: Attendance | None, notes: Sequence[Note]) -> dict[str, Json]:
    """Present and absent by role, as the community file names people; nobody is present by guess."""
    everybody = {person.key: person for person in await active_people(work)}
    present = [everybody[key] for key in (attendance.present if attendance else ()) if key in everybody]
    writers = dict.fromkeys(note.noted_by for note in notes)
    coordinators = await with_role(work, Role.COORDINATOR)
    return {
        "marked": attendance is not None,
        "present": [person.name for person in present],
        "guests": attendance.guests if attendance else "",
        "absent": await _absent(work, round_, present) if attendance else [],
        "secretariat": [person.name for person in await with_role(work, Role.SECRETARIAT)],
        "chair": [person.name for person in coordinators if person in present] or [p.name for p in coordinators],
        "secretary": [everybody[key].name for key in writers if key in everybody],
    }


async def _absent(work: Work, round_: Round, present: Sequence[Person]) -> list[Json]:
    """Those who answer for a unit and did not come, each with who came in their place: of the unit, or named for it."""
    people, then = Roster(await active_people(work)), await standing_then(work, round_.meeting_at)
    absent: list[Json] = []
    for unit in work.community.units_asked:
        for person in usually_asked(people, unit.key):
            away = then.absence_of(person.key)
            named = away.deputy if away else None
            instead: list[Json] = [p.name for p in present if unit.key == p.unit or p.key == named]
            if person not in present:
                absent.append({"name": person.name, "instead": instead})
    return absent


def _total(total: Total) -> dict[str, Json]:
    return {"label": dict(total.indicator.label), "value": total.value, "change": total.change}


def _unit(shown: RoundPicture, line: UnitLine) -> dict[str, Json]:
    return {
        "name": line.unit.name,
        "level": str(line.level) if line.level else None,
        "late": line.report is not None and line.report.is_late(shown.round.due_at),
        "answered": line.report is not None,
        "figures": [_figure(figure) for figure in line.figures],
        "texts": list(line.texts),
    }


def _figure(figure: KeyFigure) -> dict[str, Json]:
    return {
        "label": dict(figure.indicator.label),
        "value": figure.value,
        "change": figure.change,
        "percent": figure.indicator.type is IndicatorType.PERCENT,
    }


def _differences(shown: RoundPicture) -> list[Json]:
    """Those that stand, with what either side said of them, then those that were cleared before the meeting."""
    found: Summary = shown.summary
    put = {(d.figures.municipality, d.figures.indicator): d for d in shown.differences}
    standing: list[Json] = [
        {
            "unit": shown.community.unit(difference.unit).name,
            "municipality": difference.municipality,
            "hospital": difference.hospital,
            "outcomes": _outcomes(shown, put.get((difference.unit, difference.indicator))),
        }
        for difference in found.discrepancies.found
    ]
    cleared: list[Json] = [
        {
            "unit": shown.community.unit(gone.figures.municipality).name,
            "municipality": gone.figures.own,
            "hospital": gone.figures.hospital,
            "outcomes": _outcomes(shown, gone),
        }
        for gone in shown.differences
        if not gone.figures.differ
    ]
    return standing + cleared


def _outcomes(shown: RoundPicture, difference: Difference | None) -> list[Json]:
    return [_outcome(shown, outcome) for outcome in difference.outcomes] if difference else []


def _outcome(shown: RoundPicture, outcome: Outcome) -> dict[str, Json]:
    """`unit` is None for the municipality, which the line itself names."""
    stand = outcome.stand
    return {
        "unit": None if outcome.side is Side.MUNICIPALITY else shown.community.unit(outcome.unit).name,
        "corrected": list(outcome.corrected) if outcome.corrected else None,
        "stands": {"reason": str(stand.reason) if stand.reason else None, "because": stand.because} if stand else None,
    }


async def _actions(work: Work, round_: Round, now: datetime) -> list[Json]:
    """Those that the meeting looked at, those agreed in it, and those added to its minutes afterwards."""
    at_meeting = list((await picture(work, round_, now)).actions)
    known = {line.id for line in at_meeting}
    later = [action for action in await work.actions.open() if action.round == round_.id and action.id not in known]
    return [
        {
            "text": line.text,
            "owner": work.community.unit(line.owner).name,
            "due": line.due.isoformat(),
            "state": str(line.standing),
        }
        for line in (*at_meeting, *lines_of(later, now, work.community.zone))
    ]


def _note(work: Work, note: Note) -> dict[str, Json]:
    unit = work.community.unit(note.unit).name if note.unit else None
    return {"unit": unit, "kind": str(note.kind), "text": note.text}
