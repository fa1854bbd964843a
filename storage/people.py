"""People: who there is, where they are reached, and who asks to join."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import bindparam, update
from sqlmodel import col, select

from domain.community import Person
from services.messages import Address
from services.ports import Identity, JoinRequest, Member
from storage import rows
from storage.repositories import Repository, insert_new
from storage.tables import IdentityRow, JoinRequestRow, PersonRow


def _last_used(person: str) -> str:
    return f"last used:{person}"


_OF_UNIT = (
    select(PersonRow)
    .where(PersonRow.community == bindparam("community"), PersonRow.unit == bindparam("unit"))
    .order_by(col(PersonRow.key))
)


class PeopleRepository(Repository):
    async def all(self) -> Sequence[Member]:
        return await self._recall("people", self._load_all)

    async def _load_all(self) -> Sequence[Member]:
        found = await self._session.exec(select(PersonRow).where(PersonRow.community == self._community))
        members = [rows.member(row) for row in found]
        self._memory.languages.update({member.person.key: member.language for member in members})
        return members

    async def get(self, key: str) -> Member | None:
        return await self._recall(f"person:{key}", partial(self._load, key))

    async def _load(self, key: str) -> Member | None:
        row = await self._session.get(PersonRow, (self._community, key))
        if row is None:
            return None
        self._memory.languages[key] = row.language
        return rows.member(row)

    async def of_unit(self, unit: str) -> Sequence[Member]:
        return await self._recall(f"people of:{unit}", partial(self._load_unit, unit))

    async def _load_unit(self, unit: str) -> Sequence[Member]:
        found = await self._session.exec(_OF_UNIT, params={"community": self._community, "unit": unit})
        return [rows.member(row) for row in found]

    async def put(self, *people: Person, source: str) -> None:
        self._changes.remembered = True
        keys = [person.key for person in people]
        found = await self._session.exec(
            select(PersonRow).where(PersonRow.community == self._community, col(PersonRow.key).in_(keys))
        )
        known = {row.key: row for row in found}
        for person in people:
            written = _written(person) | {"active": True, "source": source}
            if person.key in known:
                known[person.key].sqlmodel_update(written)
            else:
                self._session.add(PersonRow(community=self._community, key=person.key, **written))

    async def deactivate_absent(self, keys: frozenset[str]) -> None:
        self._changes.remembered = True
        await self._session.exec(
            update(PersonRow)
            .where(
                col(PersonRow.community) == self._community,
                col(PersonRow.source) == "file",
                col(PersonRow.key).not_in(keys),
            )
            .values(active=False)
        )

    async def set_language(self, key: str, language: str) -> None:
        self._changes.remembered = True
        self._memory.languages[key] = language
        await self._session.exec(
            update(PersonRow)
            .where(col(PersonRow.community) == self._community, col(PersonRow.key) == key)
            .values(language=language)
        )

    async def prefer(self, key: str, channel: str | None) -> None:
        self._changes.remembered = True
        await self._session.exec(
            update(PersonRow)
            .where(col(PersonRow.community) == self._community, col(PersonRow.key) == key)
            .values(preferred=channel)
        )

    async def revoke(self, key: str) -> None:
        self._changes.remembered = True
        await self._session.exec(
            update(PersonRow)
            .where(col(PersonRow.community) == self._community, col(PersonRow.key) == key)
            .values(epoch=PersonRow.epoch + 1)
        )

    async def know(self, identity: Identity, person: str, address: Address, now: datetime) -> None:
        last = await self.last_used(person)  # as it stood: what may yet fail is not to be remembered
        key = (identity.channel, identity.tenant, identity.user, self._community)
        row = await self._session.get(IdentityRow, key)
        if row is None:
            row = IdentityRow(
                channel=identity.channel,
                tenant=identity.tenant,
                user=identity.user,
                community=self._community,
                person=person,
                platform_user="",
                conversation="",
                service_url="",
                seen_at=now,
            )
        elif row.person != person:
            self._changes.remembered = True  # where the other one was seen last
        row.person, row.seen_at = person, now
        row.platform_user = address.user or row.platform_user
        row.conversation = address.conversation or row.conversation
        row.service_url = address.service_url or row.service_url
        row.refused_at = None
        self._session.add(row)
        if last is None or last[1] <= now:
            self._changes.known[_last_used(person)] = identity.channel, now

    async def last_used(self, key: str) -> tuple[str, datetime] | None:
        return await self._recall(_last_used(key), partial(self._load_last_used, key))

    async def _load_last_used(self, key: str) -> tuple[str, datetime] | None:
        found = await self._session.exec(
            select(IdentityRow.channel, IdentityRow.seen_at)
            .where(IdentityRow.community == self._community, IdentityRow.person == key)
            .order_by(col(IdentityRow.seen_at).desc())
            .limit(1)
        )
        return next(((channel, seen_at) for channel, seen_at in found), None)

    async def moved(self, person: str, known: Address, now_at: Address) -> None:
        await self._change(person, known, conversation=now_at.conversation, service_url=now_at.service_url)

    async def refusing(self, key: str) -> frozenset[Address]:
        found = await self._session.exec(
            select(IdentityRow).where(
                IdentityRow.community == self._community,
                IdentityRow.person == key,
                col(IdentityRow.refused_at).is_not(None),
            )
        )
        return frozenset(rows.identity_address(row) for row in found)

    async def refused(self, key: str, address: Address, now: datetime) -> None:
        await self._change(key, address, refused_at=now)

    async def reached(self, key: str, address: Address) -> None:
        await self._change(key, address, refused_at=None)

    async def _change(self, person: str, at: Address, **values: object) -> None:
        await self._session.exec(
            update(IdentityRow)
            .where(
                col(IdentityRow.community) == self._community,
                col(IdentityRow.person) == person,
                col(IdentityRow.channel) == at.channel,
                col(IdentityRow.tenant) == at.tenant,
                col(IdentityRow.platform_user) == at.user,
            )
            .values(**values)
        )

    async def addresses(self, key: str) -> Sequence[Address]:
        found = await self._session.exec(
            select(IdentityRow)
            .where(IdentityRow.community == self._community, IdentityRow.person == key)
            .order_by(col(IdentityRow.seen_at).desc())
        )
        return [rows.identity_address(row) for row in found]

    async def reachable(self, channel: str) -> frozenset[str]:
        found = await self._session.exec(
            select(IdentityRow.person).where(IdentityRow.community == self._community, IdentityRow.channel == channel)
        )
        return frozenset(found)

    async def ask_to_join(self, request: JoinRequest) -> bool:
        who, at = request.identity, request.address
        values = {
            "community": self._community,
            "id": request.id,
            "channel": who.channel,
            "tenant": who.tenant,
            "user": who.user,
            "name": who.name,
            "email": next(iter(sorted(who.emails)), ""),
            "platform_user": at.user,
            "conversation": at.conversation,
            "service_url": at.service_url,
            "asked_at": request.asked_at,
        }
        return await insert_new(self._session, JoinRequestRow, [values]) == 1

    async def join_request(self, request_id: str) -> JoinRequest | None:
        row = await self._session.get(JoinRequestRow, (self._community, request_id))
        return rows.join_request(row) if row else None

    async def decide(self, request_id: str, now: datetime, accepted_as: str | None) -> None:
        await self._session.exec(
            update(JoinRequestRow)
            .where(col(JoinRequestRow.community) == self._community, col(JoinRequestRow.id) == request_id)
            .values(decided_at=now, accepted_as=accepted_as)
        )


def _written(person: Person) -> dict[str, Any]:
    """The columns that the community's file, or whoever accepted the person, decides."""
    return {
        "name": person.name,
        "email": person.email.casefold(),
        "unit": person.unit,
        "roles": sorted(str(role) for role in person.roles),
        "teams_tenant": person.teams_tenant,
        "teams_object_id": person.teams_object_id,
        "slack_team": person.slack_team,
        "slack_user": person.slack_user,
    }
