"""`POST /api/messages`: checks, recognises, has the turn done, answers."""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import Any

import structlog
from aiohttp import web

from bot.channels.teams import activity as activities
from bot.channels.teams.activity import Activity, Inbound, NotAnActivityError, channel_of
from bot.channels.teams.authentication import Authentication, NotAuthenticatedError, RefusedActivityError
from bot.channels.teams.cards import draw
from bot.channels.teams.connector import CARD_TYPE, Connector
from bot.outbound import DeliveryError
from dialogs import people as people_dialog
from dialogs import router
from dialogs.card import Card, Resolve, sentence
from dialogs.turn import Answer, speech_for
from services import people
from services.messages import Address, Message, Recipient
from services.people import Vouched
from services.ports import Clock, Store

log = structlog.get_logger()

LARGEST_BODY = 256 * 1024
REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Known:
    """A recognised person, and where they were reached last."""

    community: str
    person: str
    address: Address


class TeamsInbound:
    def __init__(self, store: Store, clock: Clock, connector: Connector, authentication: Authentication) -> None:
        self._store = store
        self._clock = clock
        self._connector = connector
        self._authentication = authentication
        self._known: OrderedDict[tuple[str, str, str], Known] = OrderedDict()
        self._answered: OrderedDict[str, None] = OrderedDict()
        self._under_way: set[asyncio.Task[None]] = set()
        self.turns = 0

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/api/messages", self.receive)]

    async def settled(self) -> None:
        """Returns when every accepted activity has been answered."""
        while self._under_way:
            await asyncio.wait(set(self._under_way))

    async def receive(self, request: web.Request) -> web.Response:
        if request.content_type != "application/json":
            return _refusal(415, "The body is JSON, with Content-Type: application/json.")
        try:
            body = json.loads(await request.read())
            activity = activities.read(body)
        except web.HTTPRequestEntityTooLarge:
            return _refusal(413, f"A body has at most {LARGEST_BODY // 1024} KiB.")
        except (ValueError, RecursionError):
            return _refusal(400, "The body is not JSON.")
        except NotAnActivityError as exc:
            return _refusal(400, str(exc))
        try:
            await self._authentication.check(activity, request.headers.get("Authorization", ""))
            return await self._accept(activity)
        except RefusedActivityError as exc:
            log.warning("activity_refused", kind=type(exc).__name__, reason=exc.reason)
            if isinstance(exc, NotAuthenticatedError):
                return _refusal(401, "Not authenticated.")
            return _refusal(403, "Not permitted.")
        except NotAnActivityError as exc:
            return _refusal(400, str(exc))

    async def _accept(self, activity: Activity) -> web.Response:
        if not activity.needs_answer:
            if activity.is_arrival:
                self._later(self._installed(activities.understand(activity)))
            return web.Response(status=202)
        inbound = activities.understand(activity)
        self.turns += 1
        if activity.is_invoke:
            return _invoke_response(await self._turn(inbound), self._connector.resolve)
        answer = await self._turn(inbound)
        if answer is not None and answer.card is not None:
            self._later(self._reply(inbound, answer.card))
        return web.Response(status=202)

    # Who

    async def _recognise(self, inbound: Inbound) -> Known | Vouched:
        """The person, by what the platform vouches for; what it vouches for when it is nobody's."""
        who = inbound.sender
        key = (who.tenant, who.user, await self._community_of(inbound))
        known = self._known.get(key)
        if known is not None and (not inbound.place.personal or known.address == inbound.place.address):
            return known
        pairs = await self._store.whoever_is(who)
        vouched = Vouched(who, inbound.place.address)
        if not pairs:
            vouched = await self._vouched(inbound)
            pairs = await self._store.whoever_is(vouched.identity)
        if key[2]:
            # A community's figures stay out of another one's channel, whoever asks for them there.
            pairs = [pair for pair in pairs if pair[0] == key[2]]
        if not pairs:
            return vouched
        community, person = await self._choose(list(pairs), key[2])
        address = _personal(inbound)
        async with self._store.begin(community) as work:
            await work.people.know(vouched.identity, person, address, self._clock.now())
        known = Known(community, person, inbound.place.address)
        self._known[key] = known
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return known

    async def _vouched(self, inbound: Inbound) -> Vouched:
        try:
            found = await self._connector.member(inbound.place.address, inbound.place.address.user)
        except DeliveryError as exc:
            log.warning("roster_unavailable", reason=str(exc))
            found = None
        if found is None:
            return Vouched(inbound.sender, inbound.place.address)
        # The id is the one that wrote; only the addresses come from the roster.
        identity = replace(inbound.sender, emails=found.identity.emails, name=found.identity.name)
        return Vouched(identity, inbound.place.address)

    async def _community_of(self, inbound: Inbound) -> str:
        """The community that a channel belongs to; empty in a personal chat."""
        if inbound.place.personal:
            return ""
        return await self._store.connected(channel_of(inbound.place.address)) or ""

    async def _choose(self, pairs: list[tuple[str, str]], channels: str) -> tuple[str, str]:
        """Of several communities that know the person: the channel's, else the one where a period runs."""
        if len(pairs) == 1:
            return pairs[0]
        order = sorted(pairs)
        for community, person in order:
            if community == channels:
                return community, person
        for community, person in order:
            async with self._store.read(community) as work:
                if await work.periods.not_ended():
                    return community, person
        return order[0]

    # What

    async def _turn(self, inbound: Inbound) -> Answer | None:
        who = await self._recognise(inbound)
        if inbound.event.id in self._answered and not inbound.activity.is_invoke:
            return None
        if isinstance(who, Vouched):
            self._remember(inbound)
            return await self._stranger(inbound, who)
        await self._read_roster(inbound, who)
        event = inbound.event
        if not inbound.place.personal:
            event = replace(event, place=replace(event.place, address=channel_of(event.place.address)))
        answer = await router.answer(self._store, who.community, who.person, event, self._clock.now())
        self._remember(inbound)
        if answer.gone:
            self._known.clear()
            return await self._stranger(inbound, await self._vouched(inbound))
        return await self._kept_private(inbound, who, answer)

    async def _kept_private(self, inbound: Inbound, who: Known, answer: Answer) -> Answer:
        """Where others may read along, in a group that is no channel of the community, a card goes to who asked."""
        card = answer.card
        if card is None or card.plain or inbound.place.personal or await self._community_of(inbound):
            return answer
        await self._connector.send(card, _personal(inbound))
        async with self._store.read(who.community) as work:
            member = await work.people.get(who.person)
            speech = speech_for(work.community, member)
        return Answer(sentence(speech.say("people.answered_in_private")))

    def _remember(self, inbound: Inbound) -> None:
        """What changes nothing is not stored; so that it is not answered twice, its id is remembered here."""
        if inbound.activity.text("id"):
            self._answered[inbound.event.id] = None
        if len(self._answered) > REMEMBERED:
            self._answered.popitem(last=False)

    async def _read_roster(self, inbound: Inbound, who: Known) -> None:
        """Written to in a channel, the bot learns who is in it, so that it can write to them first."""
        if inbound.place.personal or router.name_of(inbound.event) != "connect":
            return
        try:
            roster = await self._connector.roster(channel_of(inbound.place.address))
        except DeliveryError as exc:
            log.warning("roster_unavailable", reason=str(exc))
            return
        async with self._store.begin(who.community) as work:
            await people.meet_roster(work, roster, self._clock.now())

    async def _stranger(self, inbound: Inbound, who: Vouched) -> Answer:
        """A polite refusal, and one request to the coordinator where it is clear which."""
        community = await self._community_of(inbound) or people.community_of_stranger(self._store.communities, who)
        if community:
            async with self._store.begin(community) as work:
                await people.ask_to_join(work, replace(who, address=_personal(inbound)), self._clock.now())
        known = self._store.communities[community or next(iter(self._store.communities))]
        return Answer(people_dialog.stranger(speech_for(known, None), asked=bool(community)))

    async def _installed(self, inbound: Inbound) -> None:
        """The bot has come into a chat or a channel: it learns who is there, and greets in a personal chat."""
        if inbound.place.personal:
            who = await self._recognise(inbound)
            if isinstance(who, Known) and inbound.activity.bot_was_added:
                async with self._store.begin(who.community) as work:
                    welcome = Message(f"welcome:{who.person}", Recipient(person=who.person), "people.welcome")
                    await work.outbox.put(welcome, now=self._clock.now())
            return
        await self._meet_everywhere(await self._connector.roster(channel_of(inbound.place.address)))

    async def _meet_everywhere(self, roster: list[Vouched]) -> None:
        for community in self._store.communities:
            async with self._store.begin(community) as work:
                await people.meet_roster(work, roster, self._clock.now())

    # Back

    async def _reply(self, inbound: Inbound, card: Card) -> None:
        if inbound.replaces is not None and inbound.place.personal:
            await self._connector.update(card, inbound.replaces)
            return
        await self._connector.reply(card, inbound.place.address, inbound.activity.text("id"))

    def _later(self, work: Any) -> None:
        task = asyncio.create_task(_logged(work))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)


def _personal(inbound: Inbound) -> Address:
    """Where the sender is reached alone: here, or in a conversation that is still to be begun."""
    address = inbound.place.address
    return address if inbound.place.personal else replace(address, conversation="")


async def _logged(work: Any) -> None:
    try:
        await work
    except DeliveryError as exc:
        log.warning("reply_lost", reason=str(exc))
    except Exception:
        log.exception("reply_failed")


def _invoke_response(answer: Answer | None, resolve: Resolve) -> web.Response:
    """Action.Execute is answered with the card that takes the place of the pressed one."""
    card = answer.card if answer and answer.card else sentence("✓")
    return web.json_response({"statusCode": 200, "type": CARD_TYPE, "value": draw(card, resolve)})


def _refusal(status: int, why: str) -> web.Response:
    return web.json_response({"error": why}, status=status)
