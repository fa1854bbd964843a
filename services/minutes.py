"""Minutes: a draft when the meeting is over, sent for comment, approved by whoever may or after a quiet week.

They are an operational meeting's, or those of a meeting of an organ.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import blake2s

from domain.community import Person
from domain.meeting import may_lead
from domain.minutes import Comment, Minutes, WrongComment, approves_itself, comments_until, wrong_comment
from domain.plan.changes import PlannedMeeting
from services import deadlines, forum_minutes, notices
from services.audience import concerned
from services.held import Held, days_for_comments, ends_at, find, id_in, may_approve, opens_at, reference, subject_of
from services.meeting import leaders
from services.messages import Json, Message, Recipient
from services.minutes_content import content
from services.ports import DueWork, Work

LATELY = timedelta(days=60)


class Refused(StrEnum):
    """Why nothing was changed."""

    NOT_YOURS = "not_yours"
    NO_MINUTES = "no_minutes"  # the meeting is not over, or was cancelled
    APPROVED = "approved"  # they stand
    NOT_SENT = "not_sent"
    OUT_OF_DATE = "out_of_date"  # another version has been sent meanwhile


async def draft_ready(work: Work, due: DueWork, now: datetime) -> str | datetime:
    """The meeting is over: those who led it hear that its minutes stand ready as a draft."""
    round_ = await work.rounds.get(str(due.subject["round"]))
    if round_ is None or round_.cancelled_at is not None:
        return "dropped"
    await work.minutes.begin(round_.id)
    await _tell(work, "draft", round_, 0, await leaders(work), now)
    return "done"


async def of_meeting(work: Work, held: Held, now: datetime) -> Minutes | None:
    """The minutes of a meeting; None if it was cancelled, or too early: an organ's are written from its day on."""
    if held.cancelled_at is not None or _begins(work, held) > now:
        return None
    return await work.minutes.get(held.id) or Minutes(held.id)


def _begins(work: Work, held: Held) -> datetime:
    """From when on there are minutes (UTC)."""
    return (opens_at if isinstance(held, PlannedMeeting) else ends_at)(work.community, held)


async def send(work: Work, by: Person, meeting_id: str, seen: int, now: datetime) -> Minutes | Refused:
    """Sends the minutes for comment, to everybody concerned; sent before, an amended version takes their place.

    `seen` is the version that the person's card showed: a button pressed twice sends once.
    """
    found = await _found(work, meeting_id, now)
    if isinstance(found, Refused) or not may_lead(by):
        return found if isinstance(found, Refused) else Refused.NOT_YOURS
    held, before = found
    if not before.may_change:
        return Refused.APPROVED
    if before.version != seen:
        return Refused.OUT_OF_DATE
    await work.minutes.begin(held.id)
    after = before.sent(now)
    await work.minutes.change(before, after)
    await work.minutes.keep(held.id, after.version, await _content(work, held, now), by.key, now)
    await work.audit.add("minutes.sent", subject_of(held), by=by.key, now=now, version=after.version)
    await work.due.put(
        DueWork(
            f"minutes:{held.id}:{after.version}:comments",
            "minutes.comments_over",
            {**reference(held), "version": after.version},
            comments_end(work, held, after, now),
        )
    )
    if isinstance(held, PlannedMeeting):
        await deadlines.keep(work, held, forum_minutes.DEADLINE, by, now)
    await _tell(work, "sent", held, after.version, await readers(work, held), now)
    await work.outbox.refresh(minutes_topic(held.id), now=now)
    return after


async def _content(work: Work, held: Held, now: datetime) -> dict[str, Json]:
    if isinstance(held, PlannedMeeting):
        return await forum_minutes.content(work, held)
    return await content(work, held, now)


async def comment(
    work: Work, by: Person, meeting_id: str, version: int, text: str, now: datetime
) -> Comment | Refused | WrongComment:
    """Stores what somebody has to say to a version, and tells those who write the minutes."""
    found = await _found(work, meeting_id, now)
    if isinstance(found, Refused):
        return found
    held, minutes = found
    if not minutes.version:
        return Refused.NOT_SENT
    if not minutes.may_change:
        return Refused.APPROVED
    if minutes.version != version:
        return Refused.OUT_OF_DATE
    known = [c for c in await work.minutes.comments(held.id) if c.version == version and c.person == by.key]
    if said := next((c for c in known if c.text == text), None):
        return said
    if wrong := wrong_comment(text, known):
        return wrong
    name = blake2s("\0".join((held.id, str(version), by.key, text)).encode(), digest_size=8).hexdigest()
    made = Comment(name, held.id, version, by.key, text, now)
    await work.minutes.add_comment(made)
    subject = subject_of(held)
    await work.audit.add("minutes.commented", subject, by=by.key, now=now, version=version, text=text)
    await _tell(work, "commented", held, version, await leaders(work), now, comment=made.id)
    return made


async def approve(work: Work, by: Person, meeting_id: str, version: int, now: datetime) -> Minutes | Refused:
    """The version that was sent is approved by whoever may, comments or not."""
    found = await _found(work, meeting_id, now)
    if isinstance(found, Refused):
        return found
    held, before = found
    if not may_approve(held, by):
        return Refused.NOT_YOURS
    if not before.may_be_approved:
        return Refused.NOT_SENT if before.may_change else Refused.APPROVED
    if before.version != version:
        return Refused.OUT_OF_DATE
    return await _approve(work, held, before, by.key, now)


async def comments_over(work: Work, due: DueWork, now: datetime) -> str | datetime:
    """The time for comments has passed: approved if nobody had any, else those who may approve are asked to decide."""
    held = await find(work, id_in(due.subject))
    minutes = await work.minutes.get(held.id) if held else None
    if held is None or minutes is None or not minutes.may_be_approved or minutes.version != due.subject["version"]:
        return "dropped"
    if approves_itself(minutes, await work.minutes.comments(held.id)):
        await _approve(work, held, minutes, None, now)
    else:
        deciding = [person for person in await leaders(work) if may_approve(held, person)]
        await _tell(work, "decide", held, minutes.version, deciding, now)
    return "done"


async def _approve(work: Work, held: Held, before: Minutes, by: str | None, now: datetime) -> Minutes:
    """Says so on everybody's card; a message of its own only to those who publish them, when nobody of them did it."""
    after = before.approved(now, by)
    await work.minutes.change(before, after)
    await work.audit.add("minutes.approved", subject_of(held), by=by, now=now, version=after.version)
    if by is not None:
        await work.due.cancel(f"minutes:{held.id}:")
    if by is None:
        await _tell(work, "approved", held, after.version, await leaders(work), now)
    await work.outbox.refresh(minutes_topic(held.id), now=now)
    return after


async def _found(work: Work, meeting_id: str, now: datetime) -> tuple[Held, Minutes] | Refused:
    held = await find(work, meeting_id)
    minutes = await of_meeting(work, held, now) if held else None
    return (held, minutes) if held and minutes else Refused.NO_MINUTES


async def frozen(work: Work, held: Held, version: int, now: datetime) -> dict[str, Json] | None:
    """What a version says: the draft (0) as it stands, a sent one as it was sent; None: there is no such version."""
    if version:
        kept = await work.minutes.kept(held.id, version)
        return dict(kept) if kept is not None else None
    return await _content(work, held, now) if await of_meeting(work, held, now) else None


def comments_end(work: Work, held: Held, minutes: Minutes, now: datetime) -> datetime:
    """Until when comments may come (UTC)."""
    return comments_until(minutes.sent_at or now, days_for_comments(work.community, held), work.community.zone)


async def readers(work: Work, held: Held) -> list[Person]:
    """Everybody concerned, an organ's members and their deputies; but not those who write the minutes: the draft that
    they have becomes what was sent."""
    writers = await leaders(work)
    people = await notices.called(work, held) if isinstance(held, PlannedMeeting) else await concerned(work)
    return [person for person in people if person not in writers]


async def others(work: Work, held: Held, most: int) -> list[Held]:
    """Other meetings of the same kind whose minutes were sent, the latest first."""
    if isinstance(held, PlannedMeeting):
        known = await work.minutes.newest_of(await _meetings_of(work, held.meeting.forum), most + 1)
    else:
        known = await work.minutes.newest(most + 1)
    found = [await find(work, minutes.round) for minutes in known if minutes.round != held.id]
    return [other for other in found if other is not None][:most]


async def lately_held(work: Work, person: Person, now: datetime) -> list[PlannedMeeting]:
    """Meetings of the organs that were called to, that person too, and were held within two months: their minutes may
    still wait for something."""
    held = [
        planned
        for planned in await work.plan.all()
        if planned.cancelled_at is None and now - LATELY < ends_at(work.community, planned) <= now
    ]
    called = await work.notices.of_meetings([planned.id for planned in held]) if held else {}
    return [
        planned
        for planned in held
        if planned.id in called
        and called[planned.id].version
        and (may_lead(person) or person in await notices.called(work, planned))
    ]


async def _meetings_of(work: Work, forum: str) -> list[str]:
    """The organ's meetings by id, the latest first."""
    return [planned.id for planned in reversed(await work.plan.all()) if planned.meeting.forum == forum]


async def newest_of(work: Work, forum: str) -> Held | None:
    """The organ's latest meeting whose minutes were sent."""
    newest = await work.minutes.newest_of(await _meetings_of(work, forum), 1)
    return await find(work, newest[0].round) if newest else None


async def last_held(work: Work, forum: str, now: datetime) -> Held | None:
    """The organ's last meeting that is over, or that is held today."""
    begun = [
        planned
        for planned in await work.plan.all()
        if planned.meeting.forum == forum and planned.cancelled_at is None and _begins(work, planned) <= now
    ]
    return begun[-1] if begun else None


async def _tell(
    work: Work,
    what: str,
    held: Held,
    version: int,
    people: list[Person],
    now: datetime,
    **more: Json,
) -> None:
    about: dict[str, Json] = {**reference(held), "version": version, **more}
    await work.outbox.put(
        *(
            Message(
                key=":".join((f"minutes:{held.id}:{version}:{what}", *map(str, more.values()), person.key)),
                to=Recipient(person=person.key),
                template=f"minutes.{what}",
                params=about,
                topic=minutes_topic(held.id),
                quiet=True,
            )
            for person in people
        ),
        now=now,
    )


def minutes_topic(meeting_id: str) -> str:
    return f"minutes:{meeting_id}"


HANDLERS = {"round.minutes": draft_ready, "minutes.comments_over": comments_over, **forum_minutes.HANDLERS}
"""What falls due."""
