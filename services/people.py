"""Who the product knows, how they are recognised, and what becomes of somebody unknown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from domain.community import Community, Person, Role
from services.audience import with_role
from services.messages import Address, Json, Message, Recipient
from services.ports import ChannelLink, Identity, JoinRequest, Member, Work

TEAMS, SLACK = "teams", "slack"
NEVER_SEEN = datetime(2000, 1, 1, tzinfo=UTC)
"""When somebody was seen who has only been declared: any contact is later."""


@dataclass(frozen=True, slots=True)
class Vouched:
    """A platform's word for who somebody is and where they are reached."""

    identity: Identity
    address: Address


async def sync(work: Work, now: datetime) -> None:
    """Brings the stored people in line with the community file, on record; those accepted in chat stay."""
    known = {member.person.key: member for member in await work.people.all()}
    await work.people.put(*work.community.people, source="file")
    for person in work.community.people:
        await _declare(work, person)
    await work.people.deactivate_absent(frozenset(person.key for person in work.community.people))
    await _record(work, known, now)


async def _record(work: Work, known: Mapping[str, Member], now: datetime) -> None:
    """What the community file changed among the people; the first time, all of them in one entry."""
    if not known:
        keys: list[Json] = [person.key for person in work.community.people]
        await work.audit.add("people.first", "people", by=None, now=now, people=keys)
        return
    for member in await work.people.all():
        before = known.get(member.person.key)
        was = _shown(before) if before and before.active else {}
        becomes = _shown(member) if member.active else {}
        changed = [key for key in was | becomes if was.get(key) != becomes.get(key)]
        if was and (not becomes or "email" in changed):
            # The inbox may be another's from now on, and the one who left may come back as somebody else.
            await work.people.revoke(member.person.key)
        if changed:
            await work.audit.add(
                "person.changed" if was and becomes else "person.added" if becomes else "person.left",
                f"person:{member.person.key}",
                by=None,
                now=now,
                before={key: was[key] for key in changed if key in was},
                after={key: becomes[key] for key in changed if key in becomes},
            )


def _shown(member: Member) -> dict[str, Json]:
    person = member.person
    return {
        "name": person.name,
        "email": person.email,
        "unit": person.unit,
        "roles": [*sorted(str(role) for role in person.roles)],
        "teams": person.teams_object_id,
        "slack": person.slack_user,
    }


async def speak(work: Work, member: Member, language: str, now: datetime) -> None:
    """The person's own choice of language."""
    await work.people.set_language(member.person.key, language)
    if member.language != language:
        about = f"person:{member.person.key}"
        change: dict[str, Json] = {"language": language}
        before: dict[str, Json] = {"language": member.language}
        await work.audit.add("person.language", about, by=member.person.key, now=now, before=before, after=change)


async def _declare(work: Work, person: Person) -> None:
    """Somebody whose ids on a platform the file gives can be written to there before they have written."""
    if not (declared := _declared(person)):
        return
    known = {(a.channel, a.tenant) for a in await work.people.addresses(person.key)}
    for identity in declared:
        if (identity.channel, identity.tenant) not in known:
            address = Address(identity.channel, identity.tenant, user=identity.user)
            await work.people.know(identity, person.key, address, NEVER_SEEN)


def _declared(person: Person) -> list[Identity]:
    """Who the community file says that somebody is, platform by platform."""
    given = ((TEAMS, person.teams_tenant, person.teams_object_id), (SLACK, person.slack_team, person.slack_user))
    return [Identity(channel, tenant, user) for channel, tenant, user in given if tenant and user]


async def meet_roster(work: Work, roster: Sequence[Vouched], now: datetime) -> None:
    """Remembers the people of the community among a channel's members, so that they can be written to first."""
    active = [member.person for member in await work.people.all() if member.active]
    by_email = {person.email.casefold(): person.key for person in active}
    by_id = {(d.channel, d.tenant, d.user): person.key for person in active for d in _declared(person)}
    for vouched in roster:
        who = vouched.identity
        declared = by_id.get((who.channel, who.tenant, who.user))
        named = [by_email[email.casefold()] for email in who.emails if email.casefold() in by_email]
        if keys := [declared] if declared else named:
            await work.people.know(who, keys[0], vouched.address, now)


async def connect(work: Work, by: Person, address: Address, name: str, now: datetime) -> bool:
    """This channel gets the summaries from now on; False if it did already."""
    link = ChannelLink(uuid4().hex[:16], address, name)
    new = await work.links.put(link, by.key, now)
    if new:
        await work.audit.add("channel.connected", f"channel:{link.id}", by=by.key, now=now, after={"name": name})
    return new


def community_of_stranger(communities: Mapping[str, Community], vouched: Vouched) -> str:
    """The community that somebody unknown seems to belong to; empty when it is not clear which.

    The only one there is, or the only one that has people of the same e-mail domain, as the platform vouches for it.
    """
    if len(communities) == 1:
        return next(iter(communities))
    domains = {email.casefold().rpartition("@")[2] for email in vouched.identity.emails} - {""}
    found = [
        key
        for key, community in communities.items()
        if any(person.email.casefold().rpartition("@")[2] in domains for person in community.people)
    ]
    return found[0] if len(found) == 1 else ""


async def ask_to_join(work: Work, vouched: Vouched, now: datetime) -> None:
    """The coordinator gets one request for somebody unknown, however often they write."""
    request = JoinRequest(uuid4().hex[:16], vouched.identity, vouched.address, now)
    if not await work.people.ask_to_join(request):
        return
    await work.outbox.put(
        *(
            Message(
                key=f"join:{request.id}:{person.key}",
                to=Recipient(person=person.key),
                template="people.join_request",
                params={"request": request.id},
                topic=f"join:{request.id}",
                quiet=True,
            )
            for person in await with_role(work, Role.COORDINATOR)
        ),
        now=now,
    )


async def accept(work: Work, by: Person, request: JoinRequest, unit: str | None, role: Role, now: datetime) -> Person:
    """Takes somebody in for a unit, or as an observer without one, and tells them."""
    person = Person(
        key=f"inn-{request.id}",
        name=request.identity.name or "?",
        email=next(iter(sorted(request.identity.emails)), f"{request.id}@ukjent.invalid"),
        roles=frozenset({role}),
        unit=unit,
    )
    await work.people.put(person, source="accepted")
    await work.people.know(request.identity, person.key, request.address, now)
    await work.people.decide(request.id, now, accepted_as=person.key)
    after: dict[str, Json] = {"name": person.name, "unit": unit, "roles": [str(role)]}
    await work.audit.add("person.accepted", f"person:{person.key}", by=by.key, now=now, after=after)
    await work.outbox.refresh(f"join:{request.id}", now=now)
    await welcome(work, person.key, now)
    return person


async def welcome(work: Work, person: str, now: datetime) -> None:
    """Greets somebody who has just met the bot; once, however often they meet it."""
    message = Message(f"welcome:{person}", Recipient(person=person), "people.welcome")
    await work.outbox.put(message, now=now)


async def decline(work: Work, by: Person, request: JoinRequest, now: datetime) -> None:
    """The coordinator's no; the one who wrote keeps the polite refusal that they had."""
    await work.people.decide(request.id, now, accepted_as=None)
    after: dict[str, Json] = {"name": request.identity.name}
    await work.audit.add("person.declined", f"join:{request.id}", by=by.key, now=now, after=after)
    await work.outbox.refresh(f"join:{request.id}", now=now)
