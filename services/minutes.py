"""Minutes: a draft when the meeting is over, sent for comment, approved by the coordinator or after a quiet week."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from hashlib import blake2s

from domain.community import Person, Role
from domain.meeting import may_lead
from domain.minutes import Comment, Minutes, WrongComment, approves_itself, comments_until, wrong_comment
from domain.rounds import Round
from services.audience import concerned
from services.meeting import leaders, meeting_subject
from services.messages import Json, Message, Recipient
from services.minutes_content import content
from services.ports import DueWork, Work


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


async def of_round(work: Work, round_: Round, now: datetime) -> Minutes | None:
    """The minutes of a round's meeting; None before it is over, or if it was cancelled."""
    if round_.cancelled_at is not None or round_.meeting_ends_at > now:
        return None
    return await work.minutes.get(round_.id) or Minutes(round_.id)


async def send(work: Work, by: Person, round_id: str, seen: int, now: datetime) -> Minutes | Refused:
    """Sends the minutes for comment, to everybody concerned; sent before, an amended version takes their place.

    `seen` is the version that the person's card showed: a button pressed twice sends once.
    """
    found = await _found(work, round_id, now)
    if isinstance(found, Refused) or not may_lead(by):
        return found if isinstance(found, Refused) else Refused.NOT_YOURS
    round_, before = found
    if not before.may_change:
        return Refused.APPROVED
    if before.version != seen:
        return Refused.OUT_OF_DATE
    await work.minutes.begin(round_.id)
    after = before.sent(now)
    await work.minutes.change(before, after)
    await work.minutes.keep(round_.id, after.version, await content(work, round_, now), by.key, now)
    await work.audit.add("minutes.sent", meeting_subject(round_.id), by=by.key, now=now, version=after.version)
    await work.due.put(
        DueWork(
            f"minutes:{round_.id}:{after.version}:comments",
            "minutes.comments_over",
            {"round": round_.id, "version": after.version},
            comments_end(work, after, now),
        )
    )
    await _tell(work, "sent", round_, after.version, await readers(work), now)
    await work.outbox.refresh(minutes_topic(round_.id), now=now)
    return after


async def comment(
    work: Work, by: Person, round_id: str, version: int, text: str, now: datetime
) -> Comment | Refused | WrongComment:
    """Stores what somebody has to say to a version, and tells those who write the minutes."""
    found = await _found(work, round_id, now)
    if isinstance(found, Refused):
        return found
    round_, minutes = found
    if not minutes.version:
        return Refused.NOT_SENT
    if not minutes.may_change:
        return Refused.APPROVED
    if minutes.version != version:
        return Refused.OUT_OF_DATE
    known = [c for c in await work.minutes.comments(round_.id) if c.version == version and c.person == by.key]
    if said := next((c for c in known if c.text == text), None):
        return said
    if wrong := wrong_comment(text, known):
        return wrong
    name = blake2s("\0".join((round_.id, str(version), by.key, text)).encode(), digest_size=8).hexdigest()
    made = Comment(name, round_.id, version, by.key, text, now)
    await work.minutes.add_comment(made)
    subject = meeting_subject(round_.id)
    await work.audit.add("minutes.commented", subject, by=by.key, now=now, version=version, text=text)
    await _tell(work, "commented", round_, version, await leaders(work), now, comment=made.id)
    return made


async def approve(work: Work, by: Person, round_id: str, version: int, now: datetime) -> Minutes | Refused:
    """The coordinator approves the version that was sent, comments or not."""
    found = await _found(work, round_id, now)
    if isinstance(found, Refused) or not by.has(Role.COORDINATOR):
        return found if isinstance(found, Refused) else Refused.NOT_YOURS
    round_, before = found
    if not before.may_be_approved:
        return Refused.NOT_SENT if before.may_change else Refused.APPROVED
    if before.version != version:
        return Refused.OUT_OF_DATE
    return await _approve(work, round_, before, by.key, now)


async def comments_over(work: Work, due: DueWork, now: datetime) -> str | datetime:
    """The time for comments has passed: approved if nobody had any, else the coordinator is asked to decide."""
    round_ = await work.rounds.get(str(due.subject["round"]))
    minutes = await work.minutes.get(round_.id) if round_ else None
    if round_ is None or minutes is None or not minutes.may_be_approved or minutes.version != due.subject["version"]:
        return "dropped"
    if approves_itself(minutes, await work.minutes.comments(round_.id)):
        await _approve(work, round_, minutes, None, now)
    else:
        coordinators = [person for person in await leaders(work) if person.has(Role.COORDINATOR)]
        await _tell(work, "decide", round_, minutes.version, coordinators, now)
    return "done"


async def _approve(work: Work, round_: Round, before: Minutes, by: str | None, now: datetime) -> Minutes:
    """Says so on everybody's card; a message of its own only to those who publish them, when nobody of them did it."""
    after = before.approved(now, by)
    await work.minutes.change(before, after)
    await work.audit.add("minutes.approved", meeting_subject(round_.id), by=by, now=now, version=after.version)
    if by is not None:
        await work.due.cancel(f"minutes:{round_.id}:")
    if by is None:
        await _tell(work, "approved", round_, after.version, await leaders(work), now)
    await work.outbox.refresh(minutes_topic(round_.id), now=now)
    return after


async def _found(work: Work, round_id: str, now: datetime) -> tuple[Round, Minutes] | Refused:
    round_ = await work.rounds.get(round_id)
    minutes = await of_round(work, round_, now) if round_ else None
    return (round_, minutes) if round_ and minutes else Refused.NO_MINUTES


async def frozen(work: Work, round_: Round, version: int, now: datetime) -> dict[str, Json] | None:
    """What a version says: the draft (0) as it stands, a sent one as it was sent; None: there is no such version."""
    if version:
        kept = await work.minutes.kept(round_.id, version)
        return dict(kept) if kept is not None else None
    return await content(work, round_, now) if await of_round(work, round_, now) else None


def comments_end(work: Work, minutes: Minutes, now: datetime) -> datetime:
    """Until when comments may come (UTC)."""
    return comments_until(minutes.sent_at or now, work.community.meeting.minutes_approved_after, work.community.zone)


async def readers(work: Work) -> list[Person]:
    """Everybody concerned, but those who write the minutes: the draft that they have becomes what was sent."""
    writers = await leaders(work)
    return [person for person in await concerned(work) if person not in writers]


async def _tell(
    work: Work,
    what: str,
    round_: Round,
    version: int,
    people: list[Person],
    now: datetime,
    **more: Json,
) -> None:
    about: dict[str, Json] = {"round": round_.id, "version": version, **more}
    await work.outbox.put(
        *(
            Message(
                key=":".join((f"minutes:{round_.id}:{version}:{what}", *map(str, more.values()), person.key)),
                to=Recipient(person=person.key),
                template=f"minutes.{what}",
                params=about,
                topic=minutes_topic(round_.id),
                quiet=True,
            )
            for person in people
        ),
        now=now,
    )


def minutes_topic(round_id: str) -> str:
    return f"minutes:{round_id}"


HANDLERS = {"round.minutes": draft_ready, "minutes.comments_over": comments_over}
"""What falls due."""
