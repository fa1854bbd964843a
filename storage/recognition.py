"""Before a community is known: who somebody on a platform is, and whose a channel is."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.messages import Address
from services.ports import Identity
from storage.tables import ChannelLinkRow, IdentityRow, PersonRow

_DECLARED = {
    "teams": (col(PersonRow.teams_tenant), col(PersonRow.teams_object_id)),
    "slack": (col(PersonRow.slack_team), col(PersonRow.slack_user)),
}
"""Where the community file's word on who somebody is on a platform is kept: the tenant and the person's id."""
_same_person = (col(PersonRow.community) == col(IdentityRow.community)) & (
    col(PersonRow.key) == col(IdentityRow.person)
)


async def whoever_is(
    session: AsyncSession, communities: Collection[str], identity: Identity
) -> Sequence[tuple[str, str]]:
    """Community and person, for each of the communities that somebody belongs to: as known from before, else by what
    the community file or the platform vouches for."""
    known = await session.exec(
        select(IdentityRow.community, IdentityRow.person)
        .join(PersonRow, _same_person)
        .where(
            IdentityRow.channel == identity.channel,
            IdentityRow.tenant == identity.tenant,
            IdentityRow.user == identity.user,
            col(IdentityRow.community).in_(communities),
            col(PersonRow.active).is_(True),
        )
    )
    if found := known.all():
        return found
    found_by: ColumnElement[bool] = col(PersonRow.email).in_({email.casefold() for email in identity.emails})
    if identity.channel in _DECLARED:
        tenant, user = _DECLARED[identity.channel]
        found_by = found_by | ((tenant == identity.tenant) & (user == identity.user))
    matching = await session.exec(
        select(PersonRow.community, PersonRow.key).where(
            found_by, col(PersonRow.community).in_(communities), col(PersonRow.active).is_(True)
        )
    )
    return matching.all()


async def connected(session: AsyncSession, communities: Collection[str], address: Address) -> str | None:
    """The community that a channel is connected to."""
    found = await session.exec(
        select(ChannelLinkRow.community).where(
            ChannelLinkRow.channel == address.channel,
            ChannelLinkRow.tenant == address.tenant,
            ChannelLinkRow.conversation == address.conversation,
            col(ChannelLinkRow.community).in_(communities),
        )
    )
    return found.first()
