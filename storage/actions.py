"""Actions: each one row that is changed, by whoever saw its last version."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import literal, update
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from domain.actions import Action, ActionState
from services.ports import ConflictError
from storage.repositories import Repository, insert_new
from storage.tables import ActionRow

_BY_DUE = (col(ActionRow.due), col(ActionRow.created_at), col(ActionRow.id))


class ActionRepository(Repository):
    async def add(self, action: Action) -> bool:
        new = await insert_new(self._session, ActionRow, [_values(action)]) == 1
        self._changes.remembered = self._changes.remembered or new
        return new

    async def get(self, action_id: str) -> Action | None:
        found = await self._rows(select(ActionRow).where(ActionRow.id == action_id))
        return found[0] if found else None

    async def change(self, action: Action) -> None:
        connection = await self._session.connection()
        changed = await connection.execute(
            update(ActionRow)
            .where(
                col(ActionRow.community) == self._community,
                col(ActionRow.id) == action.id,
                col(ActionRow.version) == action.version - 1,
            )
            .values(**_values(action))
            .returning(literal(1))
        )
        if not changed.all():
            raise ConflictError(f"action {action.id} version {action.version}")
        self._changes.remembered = True

    async def open(self) -> Sequence[Action]:
        return await self._recall("actions", self._load_open)

    async def _load_open(self) -> Sequence[Action]:
        return await self._rows(select(ActionRow).where(col(ActionRow.settled_at).is_(None)).order_by(*_BY_DUE))

    async def known_in(self, until: datetime, settled_after: datetime) -> Sequence[Action]:
        settled_at = col(ActionRow.settled_at)
        return await self._rows(
            select(ActionRow)
            .where(
                settled_at.is_(None) | (settled_at > settled_after),
                ActionRow.created_at <= until,
                ActionRow.state != str(ActionState.DROPPED),
            )
            .order_by(*_BY_DUE)
        )

    async def all(self) -> Sequence[Action]:
        return await self._rows(select(ActionRow).order_by(col(ActionRow.created_at), col(ActionRow.id)))

    async def _rows(self, wanted: SelectOfScalar[ActionRow]) -> Sequence[Action]:
        # A change goes past the session, so what it has loaded before is loaded anew.
        mine = wanted.where(ActionRow.community == self._community).execution_options(populate_existing=True)
        return [_action(row) for row in await self._session.exec(mine)]


def _values(action: Action) -> dict[str, object]:
    return {
        "community": action.community,
        "id": action.id,
        "text": action.text,
        "owner": action.owner,
        "due": action.due,
        "state": str(action.state),
        "created_by": action.created_by,
        "created_at": action.created_at,
        "settled_at": action.settled_at,
        "settled_by": action.settled_by,
        "reason": action.reason,
        "moves": action.moves,
        "round": action.round,
        "version": action.version,
    }


def _action(row: ActionRow) -> Action:
    return Action(
        id=row.id,
        community=row.community,
        text=row.text,
        owner=row.owner,
        due=row.due,
        state=ActionState(row.state),
        created_by=row.created_by,
        created_at=row.created_at,
        settled_at=row.settled_at,
        settled_by=row.settled_by,
        reason=row.reason,
        moves=row.moves,
        round=row.round,
        version=row.version,
    )
