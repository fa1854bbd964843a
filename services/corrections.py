"""Correcting and withdrawing what has been posted: for every copy of a message at once, wherever it lies."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from domain.community import Person
from domain.identity_numbers import contains_identity_number
from domain.period_form import LONGEST_NOTE
from services.ports import Amendment, Posted, Work

POSTED = (
    "level.changed",
    "period.announced",
    "period.change",
    "period.ended",
    "round.called",
    "summary.posted",
)
"""Templates of what is posted to many, by the values that all copies share."""

LATEST = 12
"""As many messages are offered; who reads an older one has long acted on it."""


class Wrong(StrEnum):
    REQUIRED = "required"
    NOT_A_CHOICE = "not_a_choice"
    TOO_LONG = "too_long"
    IDENTITY_NUMBER = "identity_number"


async def latest(work: Work) -> Sequence[Posted]:
    return await work.outbox.posted(POSTED, LATEST)


async def find(work: Work, number: int) -> Posted | None:
    """The message that a copy of it belongs to."""
    posted = await work.outbox.posted_as(number)
    return posted if posted is not None and posted.template in POSTED else None


def mistake(note: str) -> Wrong | None:
    if not note:
        return Wrong.REQUIRED
    if contains_identity_number(note):
        return Wrong.IDENTITY_NUMBER
    return Wrong.TOO_LONG if len(note) > LONGEST_NOTE else None


async def correct(work: Work, posted: Posted, by: Person, note: str, now: datetime) -> None:
    """Puts the coordinator's word on top of every copy; those not yet sent come with it."""
    amendment = Amendment(posted.template, posted.params, note, withdrawn=False, by=by.key, at=now)
    await _amend(work, posted, "message.corrected", amendment, by, now)


async def withdraw(work: Work, posted: Posted, by: Person, now: datetime) -> None:
    """Every copy becomes a line that says so; those not yet sent are not sent."""
    amendment = Amendment(posted.template, posted.params, "", withdrawn=True, by=by.key, at=now)
    await _amend(work, posted, "message.withdrawn", amendment, by, now)


async def restore(work: Work, posted: Posted, by: Person, now: datetime) -> None:
    """Takes the correction or withdrawal back; copies that were held back by it are sent after all."""
    await _amend(work, posted, "message.restored", None, by, now)


async def _amend(work: Work, posted: Posted, kind: str, amendment: Amendment | None, by: Person, now: datetime) -> None:
    before = await work.amendments.get(posted.template, posted.params)
    if _said(before) == _said(amendment):
        return
    if amendment is not None:
        await work.amendments.put(amendment)
    else:
        await work.amendments.remove(posted.template, posted.params)
    await work.audit.add(
        kind,
        f"message:{posted.id}",
        by=by.key,
        now=now,
        template=posted.template,
        about=dict(posted.params),
        before={"note": before.note} if before and before.note else {},
        after={"note": amendment.note} if amendment and amendment.note else {},
    )
    if before is not None and before.withdrawn:
        await work.outbox.send_again(posted.id)
    await work.outbox.redraw(posted.id, now=now)


def _said(amendment: Amendment | None) -> tuple[str, bool]:
    return (amendment.note, amendment.withdrawn) if amendment else ("", False)
