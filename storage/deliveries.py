"""The outbox, as the delivery sees it: it claims messages, and settles what became of them.

A row is `pending` until it is claimed, `sending` while it is under way, and then `sent`, `dropped` (it had become
pointless) or `failed` (the platform refused it for good). Whoever claims a row holds it for the length of a lease, and
renews the lease as long as it lives. Whether a lease has run out is seen, and not reckoned: each process looks how
long it has stood unchanged on its own steady clock, so no clock that is set, here or at the database, takes it from
whoever lives. What was under way in a process that died is then pending again, or at the next start where one process
has the database to itself: only such a row can go out twice.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import monotonic
from uuid import uuid4

from sqlalchemy import func, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import Select

from services.messages import Address, Envelope
from storage import rows
from storage.shared import is_shared, one_at_a_time
from storage.tables import OutboxRow

LEASE = timedelta(seconds=15)
FARTHEST = timedelta(minutes=20)
"""No try is put off that long: what stands farther ahead was written before the clock was set back."""
A_MOMENT = timedelta(minutes=1)
"""By less than this the clocks of processes differ."""
OPEN = ("pending", "sending")
_SENDING = col(OutboxRow.state) == "sending"
_FREE: dict[str, object] = {"state": "pending", "leased_by": None, "leased_until": None}


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a claimed row. `retry_at` is on the steady clock, `not_before` on the product's."""

    id: int
    state: str
    reason: str | None = None
    sent_at: datetime | None = None
    address: Address | None = None
    retry_at: datetime | None = None
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """What may be claimed: of one community, due by `now` on the product's clock and `real` on the steady one."""

    community: str
    now: datetime
    real: datetime
    most: int
    urgent_only: bool = False


class Deliveries:
    """One process's hand in the outbox."""

    def __init__(self, lease: timedelta = LEASE) -> None:
        self.holder = uuid4().hex
        self.lease = lease
        self._stood: dict[tuple[int, datetime | None], float] = {}
        """The leases that were seen, and since when they have stood unchanged."""

    async def claim(self, session: AsyncSession, order: Order) -> list[Envelope]:
        """Takes due rows, the oldest of each recipient, urgent ones first.

        A recipient who has one under way or waiting for its next try keeps the later ones waiting: the order holds.
        """
        # Two claims at once could each find a message for one recipient, an urgent one and another.
        await one_at_a_time(session, f"claim/{order.community}")
        firsts = (await session.exec(_firsts(order))).all()
        if not firsts:
            return []
        waiting = await session.exec(
            select(OutboxRow)
            .where(col(OutboxRow.id).in_([first for first, _ in firsts]), OutboxRow.state == "pending")
            .order_by(col(OutboxRow.urgent).desc(), col(OutboxRow.id))
            .with_for_update(skip_locked=True)
        )
        taken: dict[str, OutboxRow] = {}
        for row in waiting.all():
            taken.setdefault(row.recipient, row)
        until = await _time(session) + self.lease if taken else None
        for row in taken.values():
            row.state, row.leased_by, row.leased_until = "sending", self.holder, until
            session.add(row)
        return await _envelopes(session, list(taken.values()))

    async def renew(self, session: AsyncSession, under_way: Collection[int]) -> int:
        """Holds on to what is under way here, and frees what nobody holds any more; how many were freed."""
        if under_way:
            mine = col(OutboxRow.id).in_(under_way), col(OutboxRow.leased_by) == self.holder
            until = await _time(session) + self.lease
            await session.exec(
                update(OutboxRow).where(*mine, col(OutboxRow.state) == "sending").values(leased_until=until)
            )
        others = await session.exec(
            select(OutboxRow.id, OutboxRow.leased_until).where(
                col(OutboxRow.state) == "sending", col(OutboxRow.id).not_in(under_way)
            )
        )
        freed = 0
        for number, lease in self._left([(number, until) for number, until in others.all() if number is not None]):
            unchanged = col(OutboxRow.id) == number, col(OutboxRow.leased_until) == lease
            gone = await session.exec(update(OutboxRow).where(*unchanged, _SENDING).values(_FREE))
            freed += gone.rowcount
        return freed

    def _left(self, leases: Sequence[tuple[int, datetime | None]]) -> list[tuple[int, datetime | None]]:
        """Those that nobody has renewed for as long as a lease lasts."""
        now = monotonic()
        self._stood = {lease: self._stood.get(lease, now) for lease in leases}
        return [lease for lease, since in self._stood.items() if now - since >= self.lease.total_seconds()]

    async def give_back(self, session: AsyncSession) -> int:
        """Frees what is held here, for whoever comes next; how many."""
        freed = await session.exec(
            update(OutboxRow)
            .where(_SENDING, col(OutboxRow.leased_by) == self.holder)
            .values(_FREE)
            .returning(col(OutboxRow.id))
        )
        return len(freed.all())

    async def settle(self, session: AsyncSession, results: Sequence[Settled]) -> None:
        for result in results:
            which = [col(OutboxRow.id) == result.id]
            if result.state != "sent":
                # That it was sent is true whoever holds it now; what else became of it is for the holder to say.
                which.append(col(OutboxRow.leased_by) == self.holder)
            await session.exec(update(OutboxRow).where(*which).values(**_values(result)))


async def release(session: AsyncSession) -> None:
    """Where one process has the database to itself: what was under way when the last one ended is pending again."""
    await session.exec(update(OutboxRow).where(_SENDING).values(_FREE))


async def bring_back(session: AsyncSession, communities: Collection[str], now: datetime) -> int:
    """What was put here to go out at once, before the clock was set back, is due `now`; how many that were."""
    brought = await session.exec(
        update(OutboxRow)
        .where(
            col(OutboxRow.state) == "pending",
            col(OutboxRow.not_before) > now,
            col(OutboxRow.not_before) <= col(OutboxRow.created_at),
            col(OutboxRow.created_at) > now + A_MOMENT,
            col(OutboxRow.community).in_(communities),
        )
        .values(not_before=now)
    )
    return brought.rowcount


async def with_something_due(session: AsyncSession, communities: Collection[str], now: datetime) -> Sequence[str]:
    """The communities that have a message to send."""
    found = await session.exec(
        select(OutboxRow.community)
        .where(OutboxRow.state == "pending", OutboxRow.not_before <= now, col(OutboxRow.community).in_(communities))
        .distinct()
    )
    return found.all()


async def has_sent(session: AsyncSession, community: str, at: Address) -> bool:
    """Whether something was sent that lies there: first, or in place of another."""
    found = await session.exec(
        select(OutboxRow.id)
        .where(
            OutboxRow.community == community,
            OutboxRow.conversation == at.conversation,
            OutboxRow.platform_message == at.message,
            OutboxRow.channel == at.channel,
            OutboxRow.state == "sent",
        )
        .limit(1)
    )
    return found.first() is not None


async def waiting(session: AsyncSession, communities: Collection[str], now: datetime) -> int:
    """Rows due and not yet settled."""
    found = await session.exec(
        select(func.count())
        .select_from(OutboxRow)
        .where(col(OutboxRow.state).in_(OPEN), OutboxRow.not_before <= now, col(OutboxRow.community).in_(communities))
    )
    return found.one()


async def tried(session: AsyncSession, communities: Collection[str]) -> tuple[int, int]:
    """Rows that were sent, and rows that were given up."""
    found = await session.exec(
        select(OutboxRow.state, func.count())
        .where(col(OutboxRow.state).in_(("sent", "failed")), col(OutboxRow.community).in_(communities))
        .group_by(OutboxRow.state)
    )
    counts = dict(found.all())
    return counts.get("sent", 0), counts.get("failed", 0)


async def next_retry(session: AsyncSession, communities: Collection[str], now: datetime) -> datetime | None:
    """When, on the steady clock, the next try of a message is due."""
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


async def _time(session: AsyncSession) -> datetime:
    """Until when a lease holds is written by the database's clock where several processes share it."""
    if not is_shared(await session.connection()):
        return datetime.now(UTC)
    found = await session.exec(select(func.now()))
    at: datetime = found.one()
    return at.astimezone(UTC)


def _firsts(order: Order) -> Select[int | None, bool]:
    """The oldest message of each recipient, so that many for one leave room for the others; urgent ones first."""
    ours = OutboxRow.community == order.community
    # That the states are named apart leads SQLite to the index of what is open, past all that was ever sent.
    busy = select(OutboxRow.recipient).where(
        ours,
        col(OutboxRow.state).in_(OPEN),
        _SENDING | ((col(OutboxRow.retry_at) > order.real) & (col(OutboxRow.retry_at) <= order.real + FARTHEST)),
    )
    first = func.min(OutboxRow.id)
    return (
        select(first, col(OutboxRow.urgent))
        .where(
            ours,
            OutboxRow.state == "pending",
            OutboxRow.not_before <= order.now,
            col(OutboxRow.recipient).not_in(busy),
            *([col(OutboxRow.urgent).is_(True)] if order.urgent_only else []),
        )
        .group_by(col(OutboxRow.recipient), col(OutboxRow.urgent))
        .order_by(col(OutboxRow.urgent).desc(), first)
        .limit(order.most)
    )


async def _envelopes(session: AsyncSession, taken: Sequence[OutboxRow]) -> list[Envelope]:
    originals = {row.replaces for row in taken if row.replaces is not None}
    replaced = (
        (await session.exec(select(OutboxRow).where(col(OutboxRow.id).in_(originals)))).all() if originals else []
    )
    by_id = {row.id: row for row in replaced}
    return [rows.envelope(row, by_id.get(row.replaces)) for row in taken]


def _values(result: Settled) -> dict[str, object]:
    values: dict[str, object] = {
        "state": result.state,
        "reason": result.reason,
        "attempts": OutboxRow.attempts + 1,
        "retry_at": result.retry_at,
        "leased_by": None,
        "leased_until": None,
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
    return values
