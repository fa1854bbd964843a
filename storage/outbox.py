"""The outbox, as transactions see it: what they put in, take back and ask about (`deliveries` takes it out again)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import uuid4

from sqlalchemy import ColumnElement, String, bindparam, cast, func, update
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from services import trace
from services.deliveries import POINTLESS
from services.messages import Address, Envelope, Message, Recipient
from services.ports import Copy, Posted
from storage import rows
from storage.repositories import Repository, insert_new, run
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

MOST_COPIES = 10_000
"""Copies that are looked through when somebody asks what was delivered."""


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
                "trace": trace.current(),
            }
            for message in messages
        ]
        self._changes.outbox = self._changes.outbox or bool(values)
        await insert_new(self._session, OutboxRow, values)

    async def refresh(self, *topics: str, now: datetime) -> None:
        asked = {"community": self._community, "topics": topics}
        numbers = (await run(self._session, _TO_REFRESH, asked)).scalars().all()
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
                    trace=trace.current(),
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

    async def of_person(self, person: str, number: int) -> Envelope | None:
        row = await self._session.get(OutboxRow, number)
        if row is None or (row.community, row.recipient) != (self._community, f"person:{person}") or row.replaces:
            return None
        return rows.envelope(row)

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

    async def copies(self, templates: Sequence[str], since: datetime) -> Sequence[Copy]:
        found = await self._session.exec(
            select(OutboxRow)
            .where(
                OutboxRow.community == self._community,
                OutboxRow.created_at >= since,
                col(OutboxRow.replaces).is_(None),
                col(OutboxRow.template).in_(templates) | (col(OutboxRow.state) == "failed"),
            )
            .order_by(col(OutboxRow.created_at).desc(), col(OutboxRow.template), col(OutboxRow.id))
            .limit(MOST_COPIES)
        )
        return [_copy(row) for row in found]

    async def parked(self, since: datetime) -> int:
        found = await self._session.exec(select(func.count()).select_from(OutboxRow).where(*self._given_up(since)))
        return found.one()

    async def try_again(self, since: datetime) -> int:
        self._changes.outbox = True
        again = await self._session.exec(
            update(OutboxRow)
            .where(*self._given_up(since))
            .values(state="pending", reason=None, attempts=0, retry_at=None)
            .returning(col(OutboxRow.id))
        )
        return len(again.all())

    def _given_up(self, since: datetime) -> tuple[ColumnElement[bool], ...]:
        return (
            col(OutboxRow.community) == self._community,
            col(OutboxRow.state) == "failed",
            col(OutboxRow.created_at) >= since,
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

    async def last_sent(self, topic: str, to: Recipient, templates: Sequence[str]) -> datetime | None:
        found = await self._session.exec(
            select(func.max(OutboxRow.sent_at)).where(
                OutboxRow.community == self._community,
                OutboxRow.topic == topic,
                OutboxRow.recipient == str(to),
                col(OutboxRow.template).in_(templates),
                OutboxRow.state == "sent",
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


def _copy(row: OutboxRow) -> Copy:
    return Copy(
        to=Recipient.parse(row.recipient),
        template=row.template,
        put_at=row.created_at,
        state=row.state,
        reason=row.reason,
        channel=row.channel,
        not_before=row.not_before,
    )


def _posted(row: OutboxRow) -> Posted:
    if row.id is None:
        raise ValueError("a copy is a stored row")
    return Posted(row.id, row.template, row.params, row.created_at)
