"""The period's preparedness level: the coordinator sets it, everybody sees it, and what it was is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from domain.community import Person, PreparednessLevel
from domain.identity_numbers import contains_identity_number
from domain.period_form import LONGEST_NOTE
from domain.periods import DemandingPeriod, LevelChange
from domain.reports import as_text
from domain.rounds import RoundState
from services.audience import connected_channels
from services.messages import Message
from services.pictures import period_topic, summary_topic
from services.ports import Work


class Wrong(StrEnum):
    NOT_A_CHOICE = "not_a_choice"
    TOO_LONG = "too_long"
    IDENTITY_NUMBER = "identity_number"
    UNCHANGED = "unchanged"  # and there is a note to what does not change


@dataclass(frozen=True, slots=True)
class Refused:
    """What was wrong, by input, and what may be shown again: everything but identity numbers."""

    mistakes: Mapping[str, Wrong]
    typed: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Set:
    """`changed` is False when the level stood there already."""

    period: DemandingPeriod
    changed: bool


@dataclass(frozen=True, slots=True)
class _Read:
    level: PreparednessLevel | None
    note: str
    mistakes: dict[str, Wrong] = field(default_factory=dict)


async def set_level(
    work: Work, period: DemandingPeriod, by: Person, inputs: Mapping[str, object], now: datetime
) -> Set | Refused:
    """Sets the level from the inputs `level` and `note`, and tells the channels once; the posted summary follows."""
    read = _read(inputs)
    if read.level is period.level and read.note and not read.mistakes:
        read.mistakes["level"] = Wrong.UNCHANGED
    if read.mistakes or read.level is None:
        typed = {key: as_text(inputs.get(key)) for key in ("level", "note")}
        shown = {key: text for key, text in typed.items() if not contains_identity_number(text)}
        return Refused(read.mistakes, shown)
    if read.level is period.level:
        return Set(period, changed=False)
    number = len(await work.periods.level_changes(period.id)) + 1
    change = LevelChange(period.id, number, period.level, read.level, read.note, by.key, now)
    await work.periods.set_level(change)
    await work.audit.add(
        "level.set",
        f"period:{period.id}",
        by=by.key,
        now=now,
        before={"level": str(change.before)},
        after={"level": str(change.after), "note": change.note},
    )
    await _tell(work, change, now)
    return Set(replace(period, level=read.level), changed=True)


def _read(inputs: Mapping[str, object]) -> _Read:
    level, note = as_text(inputs.get("level")), as_text(inputs.get("note"))
    mistakes = {}
    if level not in set(PreparednessLevel):
        mistakes["level"] = Wrong.NOT_A_CHOICE
    if contains_identity_number(note):
        mistakes["note"] = Wrong.IDENTITY_NUMBER
    elif len(note) > LONGEST_NOTE:
        mistakes["note"] = Wrong.TOO_LONG
    return _Read(None if "level" in mistakes else PreparednessLevel(level), note, mistakes)


async def _tell(work: Work, change: LevelChange, now: datetime) -> None:
    """One message to each channel; of changes that wait for the morning only the last is told."""
    topic = f"level:{change.period}"
    await work.outbox.cancel(topic, "superseded")
    await work.outbox.put(
        *(
            Message(
                key=f"period:{change.period}:level:{change.number}:{channel}",
                to=channel,
                template="level.changed",
                params={"period": change.period, "number": change.number},
                topic=topic,
                quiet=True,
            )
            for channel in await connected_channels(work)
        ),
        now=now,
    )
    to_come = [r for r in await work.rounds.of_period(change.period) if r.state(now) is not RoundState.HELD]
    await work.outbox.refresh(period_topic(change.period), *(summary_topic(r.id) for r in to_come), now=now)
