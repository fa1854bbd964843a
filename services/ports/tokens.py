"""Other programs' ways in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ApiToken:
    """One of a community's tokens for the HTTP interface. What it reads is nowhere kept, only its digest."""

    id: str
    name: str
    digest: str
    created_at: datetime
    last_used_at: datetime | None = None


class ApiTokens(Protocol):
    async def add(self, token: ApiToken) -> None: ...
    async def all(self) -> Sequence[ApiToken]:
        """In the order in which they were made."""

    async def get(self, token_id: str) -> ApiToken | None: ...
    async def used(self, token_id: str, now: datetime) -> None: ...
    async def remove(self, token_id: str) -> bool:
        """False when it was gone already."""
