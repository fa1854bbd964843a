"""`POST /api/messages`: checks, recognises, has the turn done, answers."""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from dataclasses import replace
from functools import partial
from typing import Any

import structlog
from aiohttp import web

from bot.channels.teams import activity as activities
from bot.channels.teams.activity import Activity, Inbound, NotAnActivityError, channel_of
from bot.channels.teams.authentication import Authentication, NotAuthenticatedError, RefusedActivityError
from bot.channels.teams.cards import draw
from bot.channels.teams.connector import CARD_TYPE, Connector
from bot.channels.teams.files import dropped
from bot.downloads import Downloads
from bot.outbound import DeliveryError
from bot.plan.dropped import PlanFiles
from bot.recognition import Known, Recognition, alone
from dialogs import router
from dialogs.card import Card, Resolve, sentence
from dialogs.turn import Answer, Place, speech_for
from services.people import Vouched
from services.ports import Clock, Store, UnavailableError

log = structlog.get_logger()

LARGEST_BODY = 256 * 1024
REMEMBERED = 10_000
MESSAGE_TYPE = "application/vnd.microsoft.activity.message"


class TeamsInbound:
    def __init__(
        self,
        store: Store,
        clock: Clock,
        connector: Connector,
        authentication: Authentication,
        plan_files: PlanFiles,
        downloads: Downloads,
    ) -> None:
        self._store = store
        self._clock = clock
        self._connector = connector
        self._authentication = authentication
        self._recognition = Recognition(store, clock)
        self._plan_files = plan_files
        self._downloads = downloads
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
        if activity.files and inbound.place.personal and not activity.is_invoke:
            # Fetching and reading takes longer than Teams waits for an answer.
            self._later(self._files(inbound))
            return web.Response(status=202)
        try:
            answer = await self._turn(inbound)
        except UnavailableError:
            return self._not_stored(inbound)
        if activity.is_invoke:
            return _invoke_response(answer, self._connector.resolve)
        if answer is not None and answer.card is not None:
            self._later(self._reply(inbound, answer.card))
        return web.Response(status=202)

    def _not_stored(self, inbound: Inbound) -> web.Response:
        """Said where it was written or pressed; what others may read along with stays as it is."""
        personal, invoke = inbound.place.personal, inbound.activity.is_invoke
        card = self._recognition.not_stored(inbound.sender, inbound.event, whole=personal)
        if not invoke:
            self._later(self._connector.reply(card, *inbound.origin))
            return web.Response(status=202)
        return _invoke_response(Answer(card), self._connector.resolve) if personal else _invoke_message(card.title)

    # Who

    async def _recognise(self, inbound: Inbound) -> Known | Vouched:
        return await self._recognition.recognise(inbound.sender, _whole(inbound), partial(self._vouched, inbound))

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

    # What

    async def _turn(self, inbound: Inbound) -> Answer | None:
        who = await self._recognise(inbound)
        if inbound.event.id in self._answered and not inbound.activity.is_invoke:
            return None
        if isinstance(who, Vouched):
            self._remember(inbound)
            return await self._recognition.stranger(_whole(inbound), who)
        await self._read_roster(inbound, who)
        event = replace(inbound.event, place=_whole(inbound))
        answer = await router.answer(self._store, who.community, who.person, event, self._clock.now())
        self._remember(inbound)
        if answer.gone:
            self._recognition.forget()
            return await self._recognition.stranger(_whole(inbound), await self._vouched(inbound))
        return await self._kept_private(inbound, who, answer)

    async def _files(self, inbound: Inbound) -> None:
        try:
            await self._received(inbound)
        except UnavailableError:
            told = sentence(self._recognition.speech(inbound.sender).say("unavailable.file"))
            await self._connector.reply(told, *inbound.origin)

    async def _received(self, inbound: Inbound) -> None:
        """A file that was dropped into the chat, and what is said about it."""
        who = await self._recognise(inbound)
        if inbound.event.id in self._answered:
            return
        self._remember(inbound)
        if isinstance(who, Known):
            files = dropped(inbound.activity, inbound.event.text, self._downloads)
            card = await self._plan_files.receive(who.community, who.person, files)
            if card is not None:
                await self._reply(inbound, card)
                return
            self._recognition.forget()
            who = await self._vouched(inbound)
        answer = await self._recognition.stranger(_whole(inbound), who)
        if answer.card is not None:
            await self._reply(inbound, answer.card)

    async def _kept_private(self, inbound: Inbound, who: Known, answer: Answer) -> Answer:
        """Where others may read along, in a group that is no channel of the community, a card goes to who asked."""
        card = answer.card
        if card is None or card.plain or inbound.place.personal:
            return answer
        if await self._recognition.community_of(_whole(inbound)):
            return answer
        await self._connector.send(card, alone(inbound.place))
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
        await self._recognition.meet(roster, who.community)

    async def _installed(self, inbound: Inbound) -> None:
        """The bot has come into a chat or a channel: it learns who is there, and greets in a personal chat."""
        if inbound.place.personal:
            who = await self._recognise(inbound)
            if isinstance(who, Known) and inbound.activity.bot_was_added:
                await self._recognition.welcome(who)
            return
        await self._recognition.meet(await self._connector.roster(channel_of(inbound.place.address)))

    # Back

    async def _reply(self, inbound: Inbound, card: Card) -> None:
        if inbound.replaces is not None and inbound.place.personal:
            await self._connector.update(card, inbound.replaces)
            return
        await self._connector.reply(card, *inbound.origin)

    def _later(self, work: Any) -> None:
        task = asyncio.create_task(_logged(work))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)


def _whole(inbound: Inbound) -> Place:
    """The personal chat, or the channel itself and not the thread in it that was written in."""
    return replace(inbound.place, address=channel_of(inbound.place.address))


async def _logged(work: Any) -> None:
    try:
        await work
    except DeliveryError as exc:
        log.warning("reply_lost", reason=str(exc))
    except UnavailableError as exc:
        log.warning("arrival_lost", why=str(exc))  # whoever writes is recognised anyway
    except Exception:
        log.exception("reply_failed")


def _invoke_response(answer: Answer | None, resolve: Resolve) -> web.Response:
    """Action.Execute is answered with the card that takes the place of the pressed one."""
    card = answer.card if answer and answer.card else sentence("✓")
    return web.json_response({"statusCode": 200, "type": CARD_TYPE, "value": draw(card, resolve)})


def _invoke_message(text: str) -> web.Response:
    """The pressed card stays, with all that was typed on it; the sentence is shown beside it."""
    return web.json_response({"statusCode": 200, "type": MESSAGE_TYPE, "value": text})


def _refusal(status: int, why: str) -> web.Response:
    return web.json_response({"error": why}, status=status)
