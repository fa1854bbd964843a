"""What somebody said about a deadline of the meeting plan."""

from __future__ import annotations

from collections.abc import Mapping

from sqlmodel import select

from domain.plan.reminders import DeadlineState
from storage.repositories import Repository
from storage.tables import DeadlineStateRow


class DeadlineStateRepository(Repository):
    async def all(self) -> Mapping[str, DeadlineState]:
        found = await self._session.exec(select(DeadlineStateRow).where(DeadlineStateRow.community == self._community))
        return {
            row.key: DeadlineState(row.key, row.done_at, row.done_by, row.snoozed_until, row.declined_by)
            for row in found
        }

    async def put(self, state: DeadlineState) -> None:
        row = await self._session.get(DeadlineStateRow, (self._community, state.key))
        if row is None:
            row = DeadlineStateRow(community=self._community, key=state.key)  # type: ignore[call-arg]
        row.done_at, row.done_by = state.done_at, state.done_by
        row.snoozed_until, row.declined_by = state.snoozed_until, state.declined_by
        self._session.add(row)
        await self._session.flush()
