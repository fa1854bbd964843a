"""The Slack workspaces that the app was installed in. They stand above the communities, as the app does."""

from __future__ import annotations

from sqlalchemy import delete
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from services.ports import SlackInstallation
from storage.tables import SlackInstallationRow


async def put(session: AsyncSession, made: SlackInstallation) -> None:
    """In the place of an earlier one in the same workspace."""
    await session.merge(
        SlackInstallationRow(
            team=made.team, name=made.name, sealed_token=made.sealed_token, installed_at=made.installed_at
        )
    )


async def get(session: AsyncSession, team: str) -> SlackInstallation | None:
    row = await session.get(SlackInstallationRow, team)
    return SlackInstallation(row.team, row.name, row.sealed_token, row.installed_at) if row else None


async def remove(session: AsyncSession, team: str) -> None:
    await session.exec(delete(SlackInstallationRow).where(col(SlackInstallationRow.team) == team))
