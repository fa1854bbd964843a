"""Publishing the plan: what is new in it since it was published last, told to everybody whose organ it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.community import Person
from domain.plan.changes import PlannedMeeting, content
from domain.plan.meeting import Meeting
from domain.working_time import local_date
from services.audience import active_people
from services.meeting_plan import meeting_json, meeting_of
from services.messages import Json, Message, Recipient
from services.organs import is_concerned
from services.ports import Work

PUBLISHED = "plan.published"
CHANGES = frozenset({"meeting.added", "meeting.moved", "meeting.changed", "meeting.cancelled"})
TOPIC = "plan:published"
_PAGE, _MOST = 200, 10_000
_NEWS_FOR = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class News:
    """A meeting that is not as it was when the plan was published last; `before` is None for a new one."""

    planned: PlannedMeeting
    before: Meeting | None

    @property
    def is_cancelled(self) -> bool:
        return self.planned.cancelled_at is not None


async def unpublished(work: Work, now: datetime) -> list[News]:
    """What nobody has been told by a publication, by date. What is over, or is as it was again, is no news."""
    today = local_date(now, work.community.zone)
    found = []
    for meeting_id, before in (await _as_published(work)).items():
        planned = await work.plan.get(meeting_id)
        if planned is None:
            continue
        news = News(planned, before)
        gone = news.is_cancelled and before is None
        same = not news.is_cancelled and before is not None and content(before) == content(planned.meeting)
        last = max(planned.meeting.end_date, before.end_date if before else planned.meeting.end_date)
        if not gone and not same and last >= today:
            found.append(news)
    return sorted(found, key=lambda news: (news.planned.meeting.date, news.planned.meeting.forum))


async def _as_published(work: Work) -> dict[str, Meeting | None]:
    """Each meeting that was changed since the last publication, and as it was then; the record of changes says so."""
    first: dict[str, Meeting | None] = {}
    before: int | None = None
    for _ in range(_MOST // _PAGE):
        entries = await work.audit.newest(_PAGE, before)
        for entry in entries:
            if entry.kind == PUBLISHED:
                return first
            if entry.kind in CHANGES:
                was = entry.details.get("before")
                first[entry.subject.partition(":")[2]] = meeting_of(was) if isinstance(was, dict) else None
        if len(entries) < _PAGE:
            break
        before = entries[-1].id
    return first


async def publish(work: Work, by: Person, now: datetime, *, key: str) -> Sequence[News]:
    """Tells everybody what is new in their organs; what was told, and nothing when nothing is new.

    `key` tells one publication from another at the same moment.
    """
    news = await unpublished(work, now)
    if not news:
        return news
    await work.audit.add(PUBLISHED, f"plan:{work.community.key}", by=by.key, now=now, number=len(news))
    told: list[Json] = [
        {"meeting": each.planned.id, "before": meeting_json(each.before) if each.before else None} for each in news
    ]
    await work.outbox.put(
        *(
            Message(
                key=f"{TOPIC}:{key}:{person.key}",
                to=Recipient(person=person.key),
                template=PUBLISHED,
                params={"news": told},
                topic=TOPIC,
                expires_at=now + _NEWS_FOR,
                quiet=True,
            )
            for person in await active_people(work)
            if person.key != by.key and any(is_concerned(work, each.planned.meeting.forum, person) for each in news)
        ),
        now=now,
    )
    return news


async def told(work: Work, stored: Json) -> list[News]:
    """What a message tells, as the meetings now stand."""
    found = []
    for each in stored if isinstance(stored, list) else []:
        planned = await work.plan.get(str(each["meeting"])) if isinstance(each, dict) else None
        if planned is not None and isinstance(each, dict):
            before = each["before"]
            found.append(News(planned, meeting_of(before) if isinstance(before, dict) else None))
    return found
