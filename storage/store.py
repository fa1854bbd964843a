"""The store: transactions, each in one community, and what the process asks about all of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import delete, func, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.community import Community
from services.messages import Address, Envelope
from services.ports import ApiToken, DueWork, Identity, SlackInstallation
from storage import api_tokens, deliveries, personal_data, recognition, slack_installations
from storage.availability import Availability, why_unavailable
from storage.backlog import Backlog, backlog
from storage.deliveries import LEASE, Deliveries, Order, Settled
from storage.engine import Engines
from storage.memory import Memory
from storage.migrate import is_current, upgrade
from storage.shared import one_at_a_time, several_at_a_time
from storage.tables import CommunityFileRow, DevClockRow, DueWorkRow, PaceRow, RetentionRow
from storage.turns import SharedLimits, SharedTurns
from storage.work import SqlWork

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
"""Nothing that is stored is older."""

FILLING = [0.0] * 1000
"""Enough that what is written needs room of its own."""

Handler = Callable[[SqlWork, DueWork], Awaitable[str | datetime]]
"""Does due work within its transaction. Gives the outcome, or the later instant that it is put off to."""


class SqlStore:
    def __init__(self, url: str, communities: Collection[Community], lease: timedelta = LEASE) -> None:
        self.url = url
        self.communities: Mapping[str, Community] = {community.key: community for community in communities}
        self._engines = Engines(url)
        self._deliveries = Deliveries(lease)
        self._languages: dict[str, dict[str, str | None]] = {key: {} for key in self.communities}
        of_all = {key: Memory(languages) for key, languages in self._languages.items()}
        self._memories = of_all if self._engines.is_sqlite else {}
        self.turns = None if self._engines.is_sqlite else SharedTurns(self._engines)
        """Where several processes take their turns at writing to platforms; None for one that is alone."""
        self.limits = None if self._engines.is_sqlite else SharedLimits(self._engines)
        """The same for who asks something of the product."""
        self.after_commit: Callable[[], None] = lambda: None
        """Called when a transaction that put something in the outbox has been committed."""

    @property
    def availability(self) -> Availability:
        """What was seen of whether the database can be used."""
        return self._engines.availability

    async def probe(self) -> None:
        """Writes something and takes it away again. Raises UnavailableError; else the database is usable again, unless
        it refused something only just now."""
        key = uuid4().hex
        async with self._write() as session:
            session.add(PaceRow(key=key, taken=FILLING, last=0.0))
            await session.flush()
            await session.exec(delete(PaceRow).where(col(PaceRow.key) == key))
        self.availability.took_something_in()

    @property
    def lease(self) -> timedelta:
        """How long what is under way is held without being renewed."""
        return self._deliveries.lease

    @property
    def is_shared(self) -> bool:
        """Whether other processes may work on the same database."""
        return not self._engines.is_sqlite

    async def migrate(self) -> None:
        """Brings the schema up to date."""
        with self.availability.watched():
            async with self._engines.write.connect() as connection:
                await connection.run_sync(upgrade)

    async def open(self) -> None:
        """Brings the schema up to date and takes back what was under way when the process ended, if nobody else may
        have it."""
        await self.migrate()
        if not self.is_shared:
            async with self._write() as session:
                await deliveries.release(session)

    async def check(self) -> None:
        """Raises UnreadableError unless the database is ours and its schema is the newest; changes nothing.

        Raises UnavailableError when it cannot be used at all.
        """
        try:
            current = await self.is_newest()
        except SQLAlchemyError as exc:
            raise UnreadableError(f"the database cannot be read ({type(exc).__name__})") from None
        if not current:
            raise UnreadableError("the database schema is not at its newest version; run samhandling migrate")

    async def is_newest(self) -> bool:
        """Whether the schema is the one of this version of the product."""
        with self.availability.watched():
            async with self._engines.read.connect() as connection:
                return await connection.run_sync(is_current)

    async def close(self) -> None:
        await self._engines.dispose()

    @asynccontextmanager
    async def begin(self, community: str) -> AsyncIterator[SqlWork]:
        with self.availability.watched():
            async with self._session(self._engines.write) as session:
                async with session.begin():
                    # The writer's turn comes first: what is remembered may change until then.
                    await one_at_a_time(session, f"work/{community}")
                    work = self._work(session, community)
                    yield work
                self._committed(work)

    @asynccontextmanager
    async def read(self, community: str) -> AsyncIterator[SqlWork]:
        async with self._read() as session:
            yield self._work(session, community)

    async def keep_file(self, community: str, text: str) -> None:
        """The community's file as it was read."""
        async with self._write() as session:
            await one_at_a_time(session, f"work/{community}")
            await session.merge(CommunityFileRow(community=community, text=text))

    async def files(self) -> Mapping[str, str]:
        """Community → its file as it was last read."""
        async with self._read() as session:
            return {row.community: row.text for row in await session.exec(select(CommunityFileRow))}

    async def keep_slack_installation(self, made: SlackInstallation) -> None:
        async with self._write() as session:
            await slack_installations.put(session, made)

    async def slack_installation(self, team: str) -> SlackInstallation | None:
        async with self._read() as session:
            return await slack_installations.get(session, team)

    async def forget_slack_installation(self, team: str) -> None:
        async with self._write() as session:
            await slack_installations.remove(session, team)

    def language_of(self, community: str, person: str) -> str | None:
        return self._languages[community].get(person)

    def _committed(self, work: SqlWork) -> None:
        """Right after the commit, with no await in between: the next writer must not remember what was before."""
        if work.changes.remembered:
            self._forget(work.community.key)
        if (memory := self._memories.get(work.community.key)) is not None:
            memory.learn(work.changes.known)
        if work.changes.outbox:
            self.after_commit()

    async def whoever_is(self, identity: Identity) -> Sequence[tuple[str, str]]:
        async with self._read() as session:
            return await recognition.whoever_is(session, self.communities, identity)

    async def connected(self, address: Address) -> str | None:
        async with self._read() as session:
            return await recognition.connected(session, self.communities, address)

    async def whose_token(self, digest: str) -> tuple[str, ApiToken] | None:
        async with self._read() as session:
            return await api_tokens.whose(session, self.communities, digest)

    async def do_next_due(self, now: datetime, handle: Handler, skip: Collection[int] = ()) -> int | None:
        """Does the earliest due work, in one transaction with its settling; its id, or None if nothing is due.

        An error leaves the work waiting and comes to the caller as `DueWorkFailedError`; one of a database that cannot
        be used is no fault of the work's, and comes as `UnavailableError`.
        """
        with self.availability.watched():
            async with self._session(self._engines.write) as session:
                async with session.begin():
                    done = await self._do_next_due(session, now, handle, skip)
                if done is None:
                    return None
                number, work = done
                self._committed(work)
                return number

    async def _do_next_due(
        self, session: AsyncSession, now: datetime, handle: Handler, skip: Collection[int]
    ) -> tuple[int, SqlWork] | None:
        row = await self._earliest(session, now, skip)
        if row is None or row.id is None:
            return None
        number, due = row.id, DueWork(row.key, row.kind, row.subject, row.due_at)
        work = self._work(session, row.community)
        try:
            outcome = await handle(work, due)
        except Exception as exc:
            if why_unavailable(exc):
                raise
            raise DueWorkFailedError(number, due.kind) from exc
        change: dict[str, object] = (
            {"due_at": outcome} if isinstance(outcome, datetime) else {"outcome": outcome, "settled_at": now}
        )
        # What the work itself cancelled (the last meeting of a period that ended) stays cancelled.
        await session.exec(
            update(DueWorkRow).where(col(DueWorkRow.id) == number, col(DueWorkRow.outcome).is_(None)).values(**change)
        )
        return number, work

    async def _earliest(self, session: AsyncSession, now: datetime, skip: Collection[int]) -> DueWorkRow | None:
        """The earliest due work, held until the transaction ends.

        Where several processes look, whoever comes second waits for the community's turn and looks again: a community's
        work is done in order, whichever process does it.
        """
        waiting = (
            col(DueWorkRow.outcome).is_(None),
            DueWorkRow.due_at <= now,
            col(DueWorkRow.community).in_(self.communities),
            col(DueWorkRow.id).not_in(skip),
        )
        order = col(DueWorkRow.due_at), col(DueWorkRow.id)
        first = select(DueWorkRow.community).where(*waiting).order_by(*order).limit(1)
        while (community := (await session.exec(first)).first()) is not None:
            await one_at_a_time(session, f"work/{community}")
            ours = select(DueWorkRow).where(*waiting, DueWorkRow.community == community).order_by(*order).limit(1)
            if (found := (await session.exec(ours.with_for_update(skip_locked=True))).first()) is not None:
                return found
        return None

    async def dev_clock(self) -> datetime | None:
        """Where the development clock was last moved to, by any process."""
        async with self._read() as session:
            row = await session.get(DevClockRow, 1)
            return row.at if row else None

    @asynccontextmanager
    async def moving_dev_clock(self) -> AsyncIterator[None]:
        """Of the processes that share a database one at a time moves the development clock."""
        if not self.is_shared:
            yield
            return
        async with self._write() as session:
            await one_at_a_time(session, "moving_dev_clock")
            yield

    @asynccontextmanager
    async def answering(self) -> AsyncIterator[None]:
        """Meanwhile this process owes somebody an answer: under `--dev` the others see it."""
        async with self._write() as session:
            await several_at_a_time(session, "answering")
            yield

    async def all_have_answered(self) -> None:
        """Returns when no process owes an answer."""
        async with self._write() as session:
            await one_at_a_time(session, "answering")

    async def set_dev_clock(self, at: datetime) -> None:
        """Forward only."""
        async with self._write() as session:
            await one_at_a_time(session, "dev_clock")
            row = await session.get(DevClockRow, 1)
            if row is None or row.at < at:
                await session.merge(DevClockRow(id=1, at=at))

    async def next_instant(self, after: datetime) -> datetime | None:
        """When the next thing after that instant happens: due work, or a message that is held back."""
        async with self._read() as session:
            found = await session.exec(
                select(func.min(DueWorkRow.due_at)).where(
                    col(DueWorkRow.outcome).is_(None),
                    DueWorkRow.due_at > after,
                    col(DueWorkRow.community).in_(self.communities),
                )
            )
            held = await deliveries.next_instant(session, self.communities, after)
            return min((at for at in (found.one(), held) if at is not None), default=None)

    async def with_something_due(self, now: datetime) -> Sequence[str]:
        """The communities that have a message to send."""
        async with self._read() as session:
            return await deliveries.with_something_due(session, self.communities, now)

    async def claim(self, order: Order) -> list[Envelope]:
        async with self._write() as session:
            return await self._deliveries.claim(session, order)

    async def renew(self, under_way: Collection[int]) -> int:
        """Holds on to what is under way here, and frees what nobody holds any more; how many were freed."""
        async with self._write() as session:
            return await self._deliveries.renew(session, under_way)

    async def bring_back(self, now: datetime) -> int:
        """What was to go out at once before the clock was set back goes out now; how many messages."""
        async with self._write() as session:
            return await deliveries.bring_back(session, self.communities, now)

    async def give_back(self) -> int:
        """Frees the messages that are under way here, for whoever comes next; how many."""
        async with self._write() as session:
            return await self._deliveries.give_back(session)

    async def settle(self, results: Sequence[Settled]) -> None:
        async with self._write() as session:
            await self._deliveries.settle(session, results)

    async def has_sent(self, community: str, at: Address) -> bool:
        """Whether something was sent that lies there."""
        async with self._read() as session:
            return await deliveries.has_sent(session, community, at)

    async def tried(self) -> tuple[int, int]:
        """How many messages went out, and how many were given up, by all processes."""
        async with self._read() as session:
            return await deliveries.tried(session, self.communities)

    async def waiting(self, now: datetime) -> int:
        """Messages due and not yet settled."""
        async with self._read() as session:
            return await deliveries.waiting(session, self.communities, now)

    async def backlog(self, now: datetime) -> Backlog:
        """What is due and not yet done."""
        async with self._read() as session:
            return await backlog(session, self.communities, now)

    async def next_retry(self, now: datetime) -> datetime | None:
        async with self._read() as session:
            return await deliveries.next_retry(session, self.communities, now)

    # Personal data

    async def sweep(self, community: str, before: datetime) -> int:
        """Takes away what the community keeps no longer; how many rows were touched."""
        async with self._write() as session:
            row = await session.get(RetentionRow, community) or RetentionRow(community=community, swept_to=EARLIEST)
            if row.swept_to >= before:
                return 0
            touched = await personal_data.sweep(session, community, row.swept_to, before)
            row.swept_to = before
            session.add(row)
        self._forget(community)
        return touched

    async def everything_about(self, community: str, who: personal_data.Somebody) -> dict[str, list[dict[str, Any]]]:
        async with self._read() as session:
            return await personal_data.everything_about(session, community, who)

    async def erase(self, community: str, who: personal_data.Somebody, now: datetime) -> personal_data.Erased:
        async with self._write() as session:
            erased = await personal_data.erase(session, community, who, now)
        self._forget(community)
        return erased

    def _work(self, session: AsyncSession, community: str) -> SqlWork:
        """Where others write too, what a transaction has read is remembered until it ends and no longer."""
        if self._memories and self._engines.changed_elsewhere():
            for memory in self._memories.values():
                memory.forget()
        memory = self._memories.get(community) or Memory(self._languages[community])
        return SqlWork(session, self.communities[community], memory)

    def _forget(self, community: str) -> None:
        if (memory := self._memories.get(community)) is not None:
            memory.forget()

    @asynccontextmanager
    async def _session(self, engine: AsyncEngine) -> AsyncIterator[AsyncSession]:
        session = AsyncSession(engine, expire_on_commit=False)
        try:
            yield session
        finally:
            if session.in_transaction():  # where nothing was asked, or all is committed, there is nothing to give back
                await asyncio.shield(session.close())

    @asynccontextmanager
    async def _write(self) -> AsyncIterator[AsyncSession]:
        with self.availability.watched():
            async with self._session(self._engines.write) as session, session.begin():
                yield session

    @asynccontextmanager
    async def _read(self) -> AsyncIterator[AsyncSession]:
        # A transaction begins with the first question: what is remembered needs none.
        with self.availability.watched():
            async with self._session(self._engines.read) as session:
                yield session


class UnreadableError(Exception):
    """The database cannot be used as it is: why, and what helps."""


class DueWorkFailedError(Exception):
    """Due work that raised; its transaction is rolled back and it waits on."""

    def __init__(self, number: int, kind: str) -> None:
        super().__init__(f"{kind} (due work {number})")
        self.number = number
        self.kind = kind


__all__ = ["DueWorkFailedError", "Order", "Settled", "SqlStore", "SqlWork", "UnreadableError"]
