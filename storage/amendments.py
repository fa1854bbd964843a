"""What the coordinator says of messages that were posted: one word for every copy of a message."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TypeAlias

from sqlmodel import col, delete, select

from services.messages import Params
from services.ports import Amendment
from storage.repositories import Repository
from storage.tables import AmendmentRow

ByMessage: TypeAlias = Mapping[tuple[str, str], Amendment]
"""Template and values → what was said of it."""


class AmendmentRepository(Repository):
    async def get(self, template: str, params: Params) -> Amendment | None:
        known: ByMessage = await self._recall("amendments", self._load)
        return known.get((template, _about(params)))

    async def _load(self) -> ByMessage:
        found = await self._session.exec(select(AmendmentRow).where(AmendmentRow.community == self._community))
        return {(row.template, row.about): _amendment(row) for row in found}

    async def put(self, amendment: Amendment) -> None:
        await self.remove(amendment.template, amendment.params)
        self._session.add(
            AmendmentRow(
                community=self._community,
                template=amendment.template,
                about=_about(amendment.params),
                withdrawn=amendment.withdrawn,
                note=amendment.note,
                by=amendment.by,
                at=amendment.at,
            )
        )
        await self._session.flush()

    async def remove(self, template: str, params: Params) -> None:
        self._changes.remembered = True
        await self._session.exec(
            delete(AmendmentRow).where(
                col(AmendmentRow.community) == self._community,
                col(AmendmentRow.template) == template,
                col(AmendmentRow.about) == _about(params),
            )
        )


def _about(params: Params) -> str:
    """The same text for every copy of a message, whatever the order of its values."""
    return json.dumps(dict(params), sort_keys=True)


def _amendment(row: AmendmentRow) -> Amendment:
    return Amendment(row.template, json.loads(row.about), row.note, row.withdrawn, row.by, row.at)
