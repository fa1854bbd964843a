"""The outbox: what transactions put in, and what the delivery claims, sends and settles.

A row is `pending` until it is claimed, `sending` while it is under way, and then `sent`, `dropped` (it had become
pointless) or `failed` (the platform refused it for good). A row that was under way when the process died is pending
again at the next start: only such a one can go out twice.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import String, bindparam, cast, func, update
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.messages import Address, Envelope, Message
from services.ports import Posted
from storage import rows
from storage.repositories import Repository, insert_new
from storage.tables import OutboxRow

_newer = aliased(OutboxRow)
# The web draws a message whenever it is looked at, and a pending one is drawn when it goes out.
_REDRAWN_IN_PLACE = (
    col(OutboxRow.replaces).is_(None),
    (col(OutboxRow.state) == "sending") | ((col(OutboxRow.state) == "sent") & (col(OutboxRow.channel) != "web")),
    ~select(_newer.id).where(col(_newer.replaces) == col(OutboxRow.id), col(_newer.state) == "pending").exists(),
)
_TO_REFRESH = select(OutboxRow.id).where(
    OutboxRow.community == bindparam("community"),
    col(OutboxRow.topic).in_(bindparam("topics", expanding=True)),
    *_REDRAWN_IN_PLACE,
)
_one = aliased(OutboxRow)
# Copies of one message bear the same template and values.
_COPIES = (
    select(OutboxRow.id)
    .join(
        _one,
        (col(_one.community) == col(OutboxRow.community))
        & (col(_one.template) == col(OutboxRow.template))
        & (cast(col(_one.params), String) == cast(col(OutboxRow.params), String)),
    )
    .where(
        OutboxRow.community == bindparam("community"),
        col(_one.id) == bindparam("number"),
        col(OutboxRow.replaces).is_(None),
    )
)
_COPIES_TO_REDRAW = _COPIES.where(*_REDRAWN_IN_PLACE)

POINTLESS = "pointless"
"""Why a message is dropped that its drawing gave up."""


class OutboxRepository(Repository):
    """The services' side, within a transaction."""

    async def put(self, *messages: Message, now: datetime) -> None:
        values = [
            {
                "community": self._community,
                "key": message.key,
                "recipient": str(message.to),
                "template": message.template,
                "params": dict(message.params),
                "topic": message.topic,
                "urgent": message.urgent,
                "quiet": message.quiet,
                "created_at": now,
                "not_before": message.not_before or now,
                "expires_at": message.expires_at,
            }
            for message in messages
        ]
        self._changes.outbox = self._changes.outbox or bool(values)
        await insert_new(self._session, OutboxRow, values)

    async def refresh(self, *topics: str, now: datetime) -> None:
        connection = await self._session.connection()
        asked = {"community": self._community, "topics": topics}
        numbers = (await connection.execute(_TO_REFRESH, asked)).scalars().all()
        await self._draw_anew(numbers, now)

    async def _draw_anew(self, numbers: Sequence[int], now: datetime) -> None:
        if not numbers:
            return
        found = await self._session.exec(select(OutboxRow).where(col(OutboxRow.id).in_(numbers)))
        for row in found.all():
            self._changes.outbox = True
            self._session.add(
                OutboxRow(
                    community=self._community,
                    key=f"{row.key}#{uuid4().hex}",
                    recipient=row.recipient,
                    template=row.template,
                    params=row.params,
                    urgent=row.urgent,
                    created_at=now,
                    not_before=now,
                    replaces=row.id,
                )
            )
        await self._session.flush()

    async def cancel(self, topic: str, reason: str) -> None:
        await self._session.exec(
            update(OutboxRow)
            .where(
                col(OutboxRow.community) == self._community,
                col(OutboxRow.topic) == topic,
                col(OutboxRow.state) == "pending",
            )
            .values(state="dropped", reason=reason)
        )

    async def hurry(self, topic: str, now: datetime) -> None:
        self._changes.outbox = True
        await self._session.exec(
            update(OutboxRow)
            .where(
                col(OutboxRow.community) == self._community,
                col(OutboxRow.topic) == topic,
                col(OutboxRow.state) == "pending",
            )
            .values(not_before=now, quiet=False)
        )

    async def for_person(self, person: str, limit: int, now: datetime) -> Sequence[Envelope]:
        found = await self._session.exec(
            select(OutboxRow)
            .where(
                OutboxRow.community == self._community,
                OutboxRow.recipient == f"person:{person}",
                col(OutboxRow.replaces).is_(None),
                col(OutboxRow.state).in_(("sent", "sending", "pending")),
                OutboxRow.not_before <= now,
            )
            .order_by(col(OutboxRow.id).desc())
            .limit(limit)
        )
        return [rows.envelope(row) for row in found]

    async def at(self, address: Address) -> Envelope | None:
        found = await self._session.exec(
            select(OutboxRow)
            .where(
                OutboxRow.community == self._community,
                OutboxRow.conversation == address.conversation,
                OutboxRow.platform_message == address.message,
                OutboxRow.channel == address.channel,
                col(OutboxRow.replaces).is_(None),
            )
            .limit(1)
        )
        row = found.first()
        return rows.envelope(row) if row else None

    async def posted(self, templates: Sequence[str], limit: int) -> Sequence[Posted]:
        values = cast(col(OutboxRow.params), String)
        newest = (
            select(func.min(OutboxRow.id))
            .where(
                OutboxRow.community == self._community,
                col(OutboxRow.template).in_(templates),
                col(OutboxRow.replaces).is_(None),
                col(OutboxRow.state).in_(("sent", "sending", "pending")),
            )
            .group_by(col(OutboxRow.template), values)
            .order_by(func.min(OutboxRow.id).desc())
            .limit(limit)
        )
        found = await self._session.exec(
            select(OutboxRow).where(col(OutboxRow.id).in_(newest)).order_by(col(OutboxRow.id).desc())
        )
        return [_posted(row) for row in found]

    async def posted_as(self, number: int) -> Posted | None:
        row = await self._session.get(OutboxRow, number)
        return _posted(row) if row and row.community == self._community and row.replaces is None else None

    async def redraw(self, number: int, now: datetime) -> None:
        connection = await self._session.connection()
        asked = {"community": self._community, "number": number}
        await self._draw_anew((await connection.execute(_COPIES_TO_REDRAW, asked)).scalars().all(), now)

    async def send_again(self, number: int) -> None:
        self._changes.outbox = True
        connection = await self._session.connection()
        copies = (await connection.execute(_COPIES, {"community": self._community, "number": number})).scalars().all()
        await self._session.exec(
            update(OutboxRow)
            .where(col(OutboxRow.id).in_(copies), col(OutboxRow.state) == "dropped", col(OutboxRow.reason) == POINTLESS)
            .values(state="pending", reason=None)
        )

    async def last_put(self, topic: str, templates: Sequence[str]) -> datetime | None:
        found = await self._session.exec(
            select(func.max(OutboxRow.created_at)).where(
                OutboxRow.community == self._community,
                OutboxRow.topic == topic,
                col(OutboxRow.template).in_(templates),
                col(OutboxRow.replaces).is_(None),
            )
        )
        return found.one()

    async def first_sent(self, topics: Sequence[str]) -> Mapping[str, datetime]:
        found = await self._session.exec(
            select(OutboxRow.topic, func.min(OutboxRow.sent_at))
            .where(
                OutboxRow.community == self._community,
                col(OutboxRow.topic).in_(topics),
                OutboxRow.state == "sent",
                col(OutboxRow.replaces).is_(None),
            )
            .group_by(col(OutboxRow.topic))
        )
        return {topic: at for topic, at in found if topic and at}


def _posted(row: OutboxRow) -> Posted:
    if row.id is None:
        raise ValueError("a copy is a stored row")
    return Posted(row.id, row.template, row.params, row.created_at)


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a claimed row. `retry_at` is on the real clock, `not_before` on the product's."""

    id: int
    state: str
    reason: str | None = None
    sent_at: datetime | None = None
    address: Address | None = None
    retry_at: datetime | None = None
    not_before: datetime | None = None


async def claim(
    session: AsyncSession, communities: Collection[str], busy: Collection[str], now: datetime, real: datetime, most: int
) -> list[Envelope]:
    """Takes due rows, the oldest of each recipient, urgent ones first. `busy` recipients have one under way."""
    due = (
        OutboxRow.state == "pending",
        OutboxRow.not_before <= now,
        col(OutboxRow.community).in_(communities),
        (col(OutboxRow.community) + "/" + col(OutboxRow.recipient)).not_in(busy),
    )
    # A recipient whose message waits for its next try keeps the later ones waiting: the order holds. And only the
    # first of each is looked at, so that many for one recipient leave room for the others.
    resting = aliased(OutboxRow)
    waits = (
        select(resting.id)
        .where(
            col(resting.community) == col(OutboxRow.community),
            col(resting.recipient) == col(OutboxRow.recipient),
            col(resting.state) == "pending",
            col(resting.retry_at) > real,
        )
        .exists()
    )
    firsts = (
        select(func.min(OutboxRow.id))
        .where(*due, ~waits)
        .group_by(col(OutboxRow.community), col(OutboxRow.recipient), col(OutboxRow.urgent))
    )
    waiting = await session.exec(
        select(OutboxRow)
        .where(*due, col(OutboxRow.id).in_(firsts))
        .order_by(col(OutboxRow.urgent).desc(), col(OutboxRow.id))
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    taken: dict[str, OutboxRow] = {}
    for row in waiting.all():
        taken.setdefault(f"{row.community}/{row.recipient}", row)
    ready = list(taken.values())
    for row in ready:
        row.state = "sending"
        session.add(row)
    originals = {row.replaces for row in ready if row.replaces is not None}
    replaced = (
        (await session.exec(select(OutboxRow).where(col(OutboxRow.id).in_(originals)))).all() if originals else []
    )
    by_id = {row.id: row for row in replaced}
    return [rows.envelope(row, by_id.get(row.replaces)) for row in ready]


async def settle(session: AsyncSession, results: Sequence[Settled]) -> None:
    for result in results:
        values: dict[str, object] = {
            "state": result.state,
            "reason": result.reason,
            "attempts": OutboxRow.attempts + 1,
            "retry_at": result.retry_at,
        }
        if result.sent_at is not None:
            values["sent_at"] = result.sent_at
        if result.not_before is not None:
            values["not_before"] = result.not_before
        if (at := result.address) is not None:
            values |= {
                "channel": at.channel,
                "tenant": at.tenant,
                "conversation": at.conversation,
                "service_url": at.service_url,
                "platform_message": at.message,
            }
        await session.exec(update(OutboxRow).where(col(OutboxRow.id) == result.id).values(values))


async def release(session: AsyncSession) -> None:
    """At start: what was under way when the process ended is pending again."""
    await session.exec(update(OutboxRow).where(col(OutboxRow.state) == "sending").values(state="pending"))


async def waiting(session: AsyncSession, communities: Collection[str], now: datetime) -> int:
    """Rows due and not yet settled."""
    found = await session.exec(
        select(func.count())
        .select_from(OutboxRow)
        .where(
            col(OutboxRow.state).in_(("pending", "sending")),
            OutboxRow.not_before <= now,
            col(OutboxRow.community).in_(communities),
        )
    )
    return found.one()


async def next_retry(session: AsyncSession, communities: Collection[str], now: datetime) -> datetime | None:
    """When, on the real clock, the next try of a message is due."""
    found = await session.exec(
        select(func.min(OutboxRow.retry_at)).where(
            OutboxRow.state == "pending", OutboxRow.not_before <= now, col(OutboxRow.community).in_(communities)
        )
    )
    return found.one()


async def next_instant(session: AsyncSession, communities: Collection[str], after: datetime) -> datetime | None:
    """When the next row that is held back may go out."""
    found = await session.exec(
        select(func.min(OutboxRow.not_before)).where(
            OutboxRow.state == "pending", OutboxRow.not_before > after, col(OutboxRow.community).in_(communities)
        )
    )
    return found.one()
