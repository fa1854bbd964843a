"""A unit asks for a meeting; the coordinator approves it with a time, or declines it with a word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from domain.community import Person, Role, Unit
from domain.extra_meetings import MeetingRequest, Outcome, RequestRead, lapses_at, read_request, usual_how_soon
from domain.reports import StatusReport
from domain.rounds import Round
from services import rounds
from services.audience import with_role
from services.messages import Message, Recipient
from services.pictures import STILL_RECENT
from services.ports import DueWork, Work

LAPSE = "request.lapse"


@dataclass(frozen=True, slots=True)
class LatestFigures:
    """What the unit reported last, and for which meeting."""

    round: Round
    report: StatusReport


async def open_of(work: Work, unit: str) -> MeetingRequest | None:
    return next((request for request in await work.requests.open() if request.unit == unit), None)


async def ask(
    work: Work, by: Person, unit: Unit, inputs: Mapping[str, object], now: datetime
) -> MeetingRequest | RequestRead:
    """Keeps the request and puts it to every coordinator at once; `RequestRead` bears the mistakes.

    A unit that has one open gets that one. A call for help is neither a prompt nor a reminder: it waits for no morning.
    """
    if (already := await open_of(work, unit.key)) is not None:
        return already
    read = read_request(inputs, usual_how_soon(work.community, now))
    if read.mistakes or read.how_soon is None:
        return read
    request = MeetingRequest(uuid4().hex[:16], work.community.key, unit.key, by.key, now, read.why, read.how_soon)
    await work.requests.add(request)
    lapse = DueWork(_lapse_key(request), LAPSE, {"request": request.id}, lapses_at(work.community, read.how_soon, now))
    await work.due.put(lapse)
    await work.audit.add(
        "meeting.requested",
        request_topic(request.id),
        by=by.key,
        now=now,
        unit=unit.key,
        why=request.why,
        how_soon=str(request.how_soon),
    )
    await work.outbox.put(
        *(
            Message(
                key=f"meeting:{request.id}:asked:{person.key}",
                to=Recipient(person=person.key),
                template="meeting.requested",
                params={"request": request.id},
                topic=request_topic(request.id),
                urgent=True,
            )
            for person in await with_role(work, Role.COORDINATOR)
        ),
        now=now,
    )
    return request


async def approve(
    work: Work, by: Person, request: MeetingRequest, made: Round | None, word: str, now: datetime
) -> MeetingRequest:
    """The meeting that was `made` for it is told to the one who asked."""
    return await _decided(work, by, request, Outcome.APPROVED, now, round_=made, word=word)


async def decline(work: Work, by: Person, request: MeetingRequest, word: str, now: datetime) -> MeetingRequest:
    return await _decided(work, by, request, Outcome.DECLINED, now, word=word)


async def withdraw(work: Work, by: Person, request: MeetingRequest, now: datetime) -> MeetingRequest:
    """The unit has changed its mind."""
    return await _decided(work, by, request, Outcome.WITHDRAWN, now)


async def lapse(work: Work, due: DueWork, now: datetime) -> str | datetime:
    """Nobody answered while there was use for it: the one who asked is told, and may ask again."""
    request = await work.requests.get(str(due.subject["request"]))
    if request is None or not request.is_open:
        return "dropped"
    if now < (at := lapses_at(work.community, request.how_soon, request.asked_at)):
        return at
    await _decided(work, None, request, Outcome.LAPSED, now)
    return "done"


async def _decided(
    work: Work,
    by: Person | None,
    request: MeetingRequest,
    outcome: Outcome,
    now: datetime,
    *,
    round_: Round | None = None,
    word: str = "",
) -> MeetingRequest:
    decided = replace(
        request,
        outcome=outcome,
        decided_at=now,
        decided_by=by.key if by else None,
        round=round_.id if round_ else None,
        word=word,
    )
    await work.requests.decide(decided)
    if outcome is not Outcome.LAPSED:
        await work.due.cancel(_lapse_key(request))
    meeting = round_.meeting_at.isoformat() if round_ else None
    about = request_topic(request.id)
    await work.audit.add(f"meeting.{outcome}", about, by=decided.decided_by, now=now, meeting_at=meeting, word=word)
    await work.outbox.refresh(about, now=now)
    if outcome is not Outcome.WITHDRAWN:
        answer = Message(
            key=f"meeting:{request.id}:answered",
            to=Recipient(person=request.asked_by),
            template="meeting.answered",
            params={"request": request.id},
            urgent=True,
        )
        await work.outbox.put(answer, now=now)
    return decided


async def latest_figures(work: Work, unit: Unit, now: datetime) -> LatestFigures | None:
    """The unit's newest report, if it is recent enough to be of use."""
    current = await rounds.current_round(work, now)
    report = await work.reports.newest(current.id, unit.key) if current else None
    if report is None:
        until = current.meeting_at if current else now
        report = await work.reports.last_before(unit.key, until, now - STILL_RECENT)
    round_ = await work.rounds.get(report.round) if report else None
    return LatestFigures(round_, report) if round_ and report else None


def request_topic(request_id: str) -> str:
    return f"request:{request_id}"


def _lapse_key(request: MeetingRequest) -> str:
    return f"{request_topic(request.id)}:lapse"


HANDLERS = {LAPSE: lapse}
"""What falls due."""
