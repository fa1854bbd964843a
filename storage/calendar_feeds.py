"""Whose calendar feed is whose: one name that says nothing for each person, replaced when the feed is revoked."""

from __future__ import annotations

from sqlmodel import select

from storage.repositories import Repository
from storage.tables import CalendarFeedRow


class CalendarFeedRepository(Repository):
    async def of(self, person: str) -> str | None:
        row = await self._session.get(CalendarFeedRow, (self._community, person))
        return row.name if row else None

    async def put(self, person: str, name: str) -> None:
        row = await self._session.get(CalendarFeedRow, (self._community, person))
        if row is None:
            row = CalendarFeedRow(community=self._community, person=person, name="")
        row.name = name
        self._session.add(row)
        await self._session.flush()

    async def person_of(self, name: str) -> str | None:
        found = await self._session.exec(
            select(CalendarFeedRow.person).where(
                CalendarFeedRow.community == self._community, CalendarFeedRow.name == name
            )
        )
        return found.first()
