"""Who belongs to the community, where they are reached, and what they have open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from domain.absences import Absence
from domain.community import Person
from services.messages import Address, Json
from services.ports.records import ChannelLink, Identity, JoinRequest, Member


class People(Protocol):
    async def all(self) -> Sequence[Member]: ...
    async def get(self, key: str) -> Member | None: ...
    async def of_unit(self, unit: str) -> Sequence[Member]:
        """By key."""

    async def put(self, *people: Person, source: str) -> None: ...
    async def deactivate_absent(self, keys: frozenset[str]) -> None:
        """Those from the community file that are no longer in it."""

    async def set_language(self, key: str, language: str) -> None: ...
    async def prefer(self, key: str, channel: str | None) -> None:
        """The channel that is tried first; None: the one that was used last."""

    async def revoke(self, key: str) -> None:
        """The person's links and sign-ins until now hold no longer."""

    async def know(self, identity: Identity, person: str, address: Address, now: datetime) -> None:
        """Remembers who somebody is on a platform and where to reach them, or brings it up to date."""

    async def moved(self, person: str, known: Address, now_at: Address) -> None:
        """The person's conversation on a platform was begun, or is another one now."""

    async def addresses(self, key: str) -> Sequence[Address]:
        """Where the person can be reached, last used first."""

    async def last_used(self, key: str) -> tuple[str, datetime] | None:
        """The platform that the person wrote on last, and when."""

    async def refusing(self, key: str) -> frozenset[Address]:
        """Those of the person's addresses that were refused when they were last tried."""

    async def refused(self, key: str, address: Address, now: datetime) -> None: ...
    async def reached(self, key: str, address: Address) -> None:
        """It was refused before, and is not any more."""

    async def reachable(self, channel: str) -> frozenset[str]:
        """Keys of the people who are known on a platform."""

    async def ask_to_join(self, request: JoinRequest) -> bool:
        """False when the same identity has asked before."""

    async def join_request(self, request_id: str) -> JoinRequest | None: ...
    async def decide(self, request_id: str, now: datetime, accepted_as: str | None) -> None: ...


class Absences(Protocol):
    """Who is away. What was set stays on record when it has ended."""

    async def add(self, absence: Absence) -> None: ...
    async def get(self, absence_id: str) -> Absence | None: ...
    async def end(self, absence_id: str, at: datetime, by: str | None) -> bool:
        """`by` is None when its last day has passed. False when it had ended already."""

    async def not_ended(self) -> Sequence[Absence]:
        """Those that last and those to come, the earliest first."""

    async def on(self, day: date, moment: datetime) -> Sequence[Absence]:
        """Those that held that local day at that moment, ended since or not."""


class Dialogs(Protocol):
    """The form that a person has open for text."""

    async def get(self, person: str) -> Mapping[str, Json] | None: ...
    async def put(self, person: str, state: Mapping[str, Json], now: datetime) -> None: ...
    async def close(self, person: str) -> None: ...


class ChannelLinks(Protocol):
    async def all(self) -> Sequence[ChannelLink]: ...
    async def put(self, link: ChannelLink, by: str, now: datetime) -> bool:
        """False when the channel was connected already."""

    async def get(self, link_id: str) -> ChannelLink | None: ...
