"""The repositories of one transaction. Each is bound to its community: there is no way to ask without one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from functools import cache, partial
from typing import Any, TypeVar, cast

from sqlalchemy import CursorResult, Executable, bindparam, func, literal, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import aliased, defer
from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from domain.reports import StatusReport
from domain.rounds import Round
from services.messages import Json
from services.ports import ChannelLink, ConflictError, DueWork, Sealed
from storage import rows
from storage.memory import Memory
from storage.tables import (
    ChannelLinkRow,
    DialogRow,
    DueWorkRow,
    PeriodRow,
    RoundRow,
    StatusReportRow,
)

T = TypeVar("T")


async def insert_new(session: AsyncSession, table: Any, values: list[dict[str, Any]]) -> int:
    """Inserts the rows whose keys are new and leaves the others; how many were new."""
    if not values:
        return 0
    insert = _insert(table, session.get_bind().dialect.name)
    # Counted by what comes back: a row count is not to be had from every driver.
    result = [await run(session, insert, row) for row in values]
    return sum(len(found.all()) for found in result)


async def run(session: AsyncSession, statement: Executable, values: Mapping[str, Any]) -> CursorResult[Any]:
    """In the session's transaction, past what the session knows of rows: for statements of every turn.

    One way into SQLAlchemy and back, where asking for the connection first would be two.
    """
    return await session.run_sync(lambda sync: sync.connection().execute(statement, values))


@cache
def _insert(table: Any, dialect: str) -> Any:
    # The table and not its class: nothing is to be loaded into the session.
    rows_of = table.__table__
    insert = sqlite.insert(rows_of) if dialect == "sqlite" else postgresql.insert(rows_of)
    return insert.on_conflict_do_nothing().returning(literal(1))


class Changes:
    """What a transaction has touched, so that its commit can tell those who wait for it."""

    def __init__(self, generation: int) -> None:
        self.generation = generation  # of what is remembered, as the transaction began
        self.remembered = False  # people, periods or rounds
        self.known: dict[str, Any] = {}  # what is now to be remembered of reports and dialogs, by key
        self.outbox = False


class Repository:
    def __init__(self, session: AsyncSession, community: str, memory: Memory, changes: Changes) -> None:
        self._session = session
        self._community = community
        self._memory = memory
        self._changes = changes

    async def _recall(self, key: str, load: Callable[[], Awaitable[T]]) -> T:
        """What the process remembers, unless this very transaction has changed some of it."""
        if key in self._changes.known:
            changed: T = self._changes.known[key]
            return changed
        return await (load() if self._changes.remembered else self._memory.recall(key, load, self._changes.generation))


def _rounds() -> SelectOfScalar[RoundRow]:
    """Rounds without what was sealed of them: that is as much again as all their answers."""
    return select(RoundRow).options(defer(cast(Any, RoundRow.sealed)))


# Statements of every turn are built once: building one costs more than running it.
_begun = aliased(RoundRow)
_RUNNING = (
    _rounds()
    .join(
        PeriodRow,
        (col(PeriodRow.community) == col(RoundRow.community)) & (col(PeriodRow.id) == col(RoundRow.period)),
    )
    .where(
        PeriodRow.community == bindparam("community"),
        col(PeriodRow.ended_at).is_(None),
        col(RoundRow.cancelled_at).is_(None),
        # A period that has run for years has hundreds of rounds behind it.
        col(RoundRow.meeting_at)
        >= func.coalesce(
            select(func.max(_begun.meeting_at))
            .where(
                _begun.community == PeriodRow.community,
                _begun.period == PeriodRow.id,
                col(_begun.meeting_at) <= bindparam("now"),
                col(_begun.cancelled_at).is_(None),
            )
            .correlate(PeriodRow)
            .scalar_subquery(),
            bindparam("now"),
        ),
    )
    .order_by(col(RoundRow.meeting_at))
)


class RoundRepository(Repository):
    async def add(self, round_: Round) -> None:
        self._changes.remembered = True
        self._session.add(
            RoundRow(
                community=self._community,
                id=round_.id,
                period=round_.period,
                opens_at=round_.opens_at,
                due_at=round_.due_at,
                summary_at=round_.summary_at,
                meeting_at=round_.meeting_at,
                meeting_ends_at=round_.meeting_ends_at,
                cancelled_at=round_.cancelled_at,
                short_notice=round_.short_notice,
                planned_for=round_.planned_for,
                sealed_at=None,
            )
        )
        await self._session.flush()

    async def get(self, round_id: str) -> Round | None:
        return await self._recall(f"round:{round_id}", partial(self._load, round_id))

    async def _load(self, round_id: str) -> Round | None:
        row = await self._session.get(RoundRow, (self._community, round_id))
        return rows.round_(row) if row else None

    async def of_period(self, period_id: str) -> Sequence[Round]:
        found = await self._session.exec(
            _rounds()
            .where(RoundRow.community == self._community, RoundRow.period == period_id)
            .order_by(col(RoundRow.meeting_at))
        )
        return [rows.round_(row) for row in found]

    async def all(self) -> Sequence[Round]:
        found = await self._session.exec(
            _rounds().where(RoundRow.community == self._community).order_by(col(RoundRow.meeting_at))
        )
        return [rows.round_(row) for row in found]

    async def running(self, now: datetime) -> Sequence[Round]:
        # What is remembered from an earlier moment holds those of now too.
        return await self._recall("rounds", partial(self._load_running, now))

    async def _load_running(self, now: datetime) -> Sequence[Round]:
        found = await self._session.exec(_RUNNING, params={"community": self._community, "now": now})
        return [rows.round_(row) for row in found]

    async def before(self, round_: Round, since: datetime) -> Round | None:
        found = await self._session.exec(
            _rounds()
            .where(
                RoundRow.community == self._community,
                RoundRow.meeting_at < round_.meeting_at,
                RoundRow.meeting_at >= since,
                col(RoundRow.cancelled_at).is_(None),
            )
            .order_by(col(RoundRow.meeting_at).desc())
            .limit(1)
        )
        row = found.first()
        return rows.round_(row) if row else None

    async def following(self, period_id: str, after: datetime) -> Round | None:
        found = await self._session.exec(
            _rounds()
            .where(
                RoundRow.community == self._community,
                RoundRow.period == period_id,
                RoundRow.meeting_at > after,
                col(RoundRow.cancelled_at).is_(None),
            )
            .order_by(col(RoundRow.meeting_at))
            .limit(1)
        )
        row = found.first()
        return rows.round_(row) if row else None

    async def earlier(self, round_: Round, most: int) -> Sequence[Round]:
        found = await self._session.exec(
            _rounds()
            .where(
                RoundRow.community == self._community,
                RoundRow.meeting_at < round_.meeting_at,
                col(RoundRow.cancelled_at).is_(None),
            )
            .order_by(col(RoundRow.meeting_at).desc())
            .limit(most)
        )
        return [rows.round_(row) for row in reversed(found.all())]

    async def within(self, first: datetime, last: datetime) -> Sequence[Round]:
        found = await self._session.exec(
            _rounds()
            .where(
                RoundRow.community == self._community,
                RoundRow.meeting_at >= first,
                RoundRow.meeting_at <= last,
            )
            .order_by(col(RoundRow.meeting_at))
        )
        return [rows.round_(row) for row in found]

    async def last_begun(self, by: datetime) -> Round | None:
        found = await self._session.exec(
            select(RoundRow)
            .where(
                RoundRow.community == self._community,
                RoundRow.summary_at <= by,
                col(RoundRow.cancelled_at).is_(None),
            )
            .order_by(col(RoundRow.meeting_at).desc())
            .limit(1)
        )
        row = found.first()
        return rows.round_(row) if row else None

    async def cancel(self, round_ids: Sequence[str], now: datetime) -> None:
        self._changes.remembered = True
        await self._session.exec(
            update(RoundRow)
            .where(col(RoundRow.community) == self._community, col(RoundRow.id).in_(round_ids))
            .values(cancelled_at=now)
        )

    async def seal(self, round_id: str, sealed: Sealed) -> None:
        await self._session.exec(
            update(RoundRow)
            .where(
                col(RoundRow.community) == self._community,
                col(RoundRow.id) == round_id,
                col(RoundRow.sealed_at).is_(None),
            )
            .values(sealed_at=sealed.as_of, sealed=dict(sealed.content))
        )

    async def sealed(self, round_ids: Sequence[str]) -> Mapping[str, Sealed]:
        found = await self._session.exec(
            select(RoundRow.id, RoundRow.sealed_at, RoundRow.sealed).where(
                RoundRow.community == self._community,
                col(RoundRow.id).in_(round_ids),
                col(RoundRow.sealed_at).is_not(None),
            )
        )
        return {key: Sealed(as_of, content or {}) for key, as_of, content in found if as_of}

    async def sealed_totals(self, round_ids: Sequence[str]) -> Mapping[str, Mapping[str, int]]:
        # The database takes the totals out: the whole of many rounds is a hundred times as much to read.
        found = await self._session.exec(
            select(RoundRow.id, cast(Any, RoundRow.sealed)["totals"]).where(
                RoundRow.community == self._community,
                col(RoundRow.id).in_(round_ids),
                col(RoundRow.sealed_at).is_not(None),
            )
        )
        return {key: totals or {} for key, totals in found}


_NEWEST = (
    select(StatusReportRow)
    .where(
        StatusReportRow.community == bindparam("community"),
        StatusReportRow.round == bindparam("round"),
        StatusReportRow.unit == bindparam("unit"),
    )
    .order_by(col(StatusReportRow.revision).desc())
    .limit(1)
)
_LAST_BEFORE = (
    select(StatusReportRow)
    .join(
        RoundRow,
        (col(RoundRow.community) == col(StatusReportRow.community)) & (col(RoundRow.id) == col(StatusReportRow.round)),
    )
    .where(
        StatusReportRow.community == bindparam("community"),
        StatusReportRow.unit == bindparam("unit"),
        RoundRow.meeting_at < bindparam("meeting_at"),
        RoundRow.meeting_at >= bindparam("since"),
        col(RoundRow.cancelled_at).is_(None),
    )
    .order_by(col(RoundRow.meeting_at).desc(), col(StatusReportRow.revision).desc())
    .limit(1)
)


class ReportRepository(Repository):
    async def add(self, report: StatusReport) -> None:
        values = {
            "community": self._community,
            "round": report.round,
            "unit": report.unit,
            "revision": report.revision,
            "values": dict(report.values),
            "answered_by": report.answered_by,
            "answered_at": report.answered_at,
            "first_answered_at": report.first_answered_at,
        }
        if await insert_new(self._session, StatusReportRow, [values]) == 0:
            raise ConflictError(f"{report.round}/{report.unit}/{report.revision}")
        self._changes.known[_newest_key(report.round, report.unit)] = report

    async def revisions(self, round_ids: Sequence[str]) -> Sequence[StatusReport]:
        found = await self._session.exec(
            select(StatusReportRow)
            .where(StatusReportRow.community == self._community, col(StatusReportRow.round).in_(round_ids))
            .order_by(col(StatusReportRow.revision))
        )
        return [rows.report(row) for row in found]

    async def newest(self, round_id: str, unit: str) -> StatusReport | None:
        return await self._recall(_newest_key(round_id, unit), partial(self._load_newest, round_id, unit))

    async def _load_newest(self, round_id: str, unit: str) -> StatusReport | None:
        asked = {"community": self._community, "round": round_id, "unit": unit}
        row = (await self._session.exec(_NEWEST, params=asked)).first()
        return rows.report(row) if row else None

    async def last_before(self, unit: str, meeting_at: datetime, since: datetime) -> StatusReport | None:
        asked = {"community": self._community, "unit": unit, "meeting_at": meeting_at, "since": since}
        row = (await self._session.exec(_LAST_BEFORE, params=asked)).first()
        return rows.report(row) if row else None


def _newest_key(round_id: str, unit: str) -> str:
    return f"newest:{round_id}:{unit}"


class DueWorkRepository(Repository):
    async def put(self, *work: DueWork) -> None:
        values = [
            {
                "community": self._community,
                "key": w.key,
                "kind": w.kind,
                "subject": dict(w.subject),
                "due_at": w.due_at,
            }
            for w in work
        ]
        await insert_new(self._session, DueWorkRow, values)

    async def cancel(self, prefix: str) -> None:
        await self._session.exec(
            update(DueWorkRow)
            .where(
                col(DueWorkRow.community) == self._community,
                col(DueWorkRow.key).startswith(prefix, autoescape=True),
                col(DueWorkRow.outcome).is_(None),
            )
            .values(outcome="cancelled")
        )

    async def forget(self, prefix: str) -> None:
        await self._session.exec(
            delete(DueWorkRow).where(
                col(DueWorkRow.community) == self._community,
                col(DueWorkRow.key).startswith(prefix, autoescape=True),
                col(DueWorkRow.outcome).is_(None),
            )
        )


_CLOSE_DIALOG = delete(DialogRow).where(
    col(DialogRow.community) == bindparam("community"), col(DialogRow.person) == bindparam("person")
)


class DialogRepository(Repository):
    async def get(self, person: str) -> Mapping[str, Json] | None:
        return await self._recall(f"dialog:{person}", partial(self._load, person))

    async def _load(self, person: str) -> Mapping[str, Json] | None:
        row = await self._session.get(DialogRow, (self._community, person))
        return row.state if row else None

    async def put(self, person: str, state: Mapping[str, Json], now: datetime) -> None:
        row = await self._session.get(DialogRow, (self._community, person))
        if row is None:
            row = DialogRow(community=self._community, person=person, opened_at=now)
        row.state = dict(state)
        self._session.add(row)
        self._changes.known[f"dialog:{person}"] = dict(state)

    async def close(self, person: str) -> None:
        if await self.get(person) is None:
            return
        self._changes.known[f"dialog:{person}"] = None
        await self._session.exec(_CLOSE_DIALOG, params={"community": self._community, "person": person})


class ChannelLinkRepository(Repository):
    async def all(self) -> Sequence[ChannelLink]:
        found = await self._session.exec(
            select(ChannelLinkRow)
            .where(ChannelLinkRow.community == self._community)
            .order_by(col(ChannelLinkRow.connected_at))
        )
        return [rows.link(row) for row in found]

    async def put(self, link: ChannelLink, by: str, now: datetime) -> bool:
        values = {
            "community": self._community,
            "id": link.id,
            "channel": link.address.channel,
            "tenant": link.address.tenant,
            "conversation": link.address.conversation,
            "service_url": link.address.service_url,
            "name": link.name,
            "connected_by": by,
            "connected_at": now,
        }
        return await insert_new(self._session, ChannelLinkRow, [values]) == 1

    async def get(self, link_id: str) -> ChannelLink | None:
        row = await self._session.get(ChannelLinkRow, (self._community, link_id))
        return rows.link(row) if row else None
