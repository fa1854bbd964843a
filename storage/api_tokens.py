"""A community's tokens for the HTTP interface, by what they digest to."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlmodel import col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from services.ports import ApiToken
from storage.repositories import Repository
from storage.tables import ApiTokenRow


class ApiTokenRepository(Repository):
    async def add(self, token: ApiToken) -> None:
        self._session.add(
            ApiTokenRow(
                community=self._community,
                id=token.id,
                name=token.name,
                digest=token.digest,
                created_at=token.created_at,
                last_used_at=token.last_used_at,
            )
        )
        await self._session.flush()

    async def all(self) -> Sequence[ApiToken]:
        found = await self._session.exec(
            select(ApiTokenRow)
            .where(ApiTokenRow.community == self._community)
            .order_by(col(ApiTokenRow.created_at), col(ApiTokenRow.id))
        )
        return [_token(row) for row in found]

    async def get(self, token_id: str) -> ApiToken | None:
        row = await self._session.get(ApiTokenRow, (self._community, token_id))
        return _token(row) if row else None

    async def used(self, token_id: str, now: datetime) -> None:
        await self._session.exec(
            update(ApiTokenRow)
            .where(col(ApiTokenRow.community) == self._community, col(ApiTokenRow.id) == token_id)
            .values(last_used_at=now)
        )

    async def remove(self, token_id: str) -> bool:
        gone = await self._session.exec(
            delete(ApiTokenRow)
            .where(col(ApiTokenRow.community) == self._community, col(ApiTokenRow.id) == token_id)
            .returning(col(ApiTokenRow.id))
        )
        return gone.first() is not None


async def whose(session: AsyncSession, communities: Collection[str], digest: str) -> tuple[str, ApiToken] | None:
    """Community and token; None for what is no token, or one of a community that is not served here."""
    found = await session.exec(
        select(ApiTokenRow).where(ApiTokenRow.digest == digest, col(ApiTokenRow.community).in_(communities))
    )
    row = found.first()
    return (row.community, _token(row)) if row else None


def _token(row: ApiTokenRow) -> ApiToken:
    return ApiToken(row.id, row.name, row.digest, row.created_at, row.last_used_at)
