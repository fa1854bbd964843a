"""Who wants a digest of the week."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, delete, select

from storage.repositories import Repository, insert_new
from storage.tables import DigestChoiceRow


class DigestRepository(Repository):
    async def all(self) -> frozenset[str]:
        found = await self._session.exec(
            select(DigestChoiceRow.person).where(DigestChoiceRow.community == self._community)
        )
        return frozenset(found)

    async def wants(self, person: str) -> bool:
        return await self._session.get(DigestChoiceRow, (self._community, person)) is not None

    async def put(self, person: str, now: datetime) -> bool:
        values = {"community": self._community, "person": person, "since": now}
        return await insert_new(self._session, DigestChoiceRow, [values]) == 1

    async def remove(self, person: str) -> None:
        await self._session.exec(
            delete(DigestChoiceRow).where(
                col(DigestChoiceRow.community) == self._community, col(DigestChoiceRow.person) == person
            )
        )
