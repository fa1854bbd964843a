"""`/slack/events`, `/slack/interactions` and `/slack/commands`: checks, recognises, has the turn done, answers.

Slack is answered within a second whatever happens: what takes longer goes on by itself, and its answer follows.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import structlog
from aiohttp import web

from bot.channels.slack import modal, payload
from bot.channels.slack.blocks import STORED, escaped
from bot.channels.slack.files import SlackFiles
from bot.channels.slack.forms import Forms, sender_after, sender_like
from bot.channels.slack.outbound import SlackChannel
from bot.channels.slack.payload import HomeOpened, Inbound, NotSlacksError, Pressed, Sent, Written
from bot.channels.slack.signature import Signature
from bot.channels.slack.workspaces import Workspaces
from bot.outbound import DeliveryError, UnreachableError
from bot.plan.dropped import PlanFiles
from bot.recognition import Known, Recognition, alone, alone_at
from dialogs import router
from dialogs.card import Button, Buttons, Card, sentence
from dialogs.speech import Speech
from dialogs.turn import Event, Place, speech_for
from services.messages import Address
from services.people import Vouched
from services.ports import Clock, Identity, Store, UnavailableError

log = structlog.get_logger()

SOON = 0.8
"""Seconds after which Slack is told that it has come, though it is not done."""
A_MODAL_WAITS = 2.5
"""Seconds that a sent modal is kept open for its answer; Slack gives three."""
REMEMBERED = 10_000

Json = Mapping[str, Any]
DONE: Json = {}
"""There is nothing to say in the answer itself; a modal closes."""


class NotDoneError(Exception):
    """Nothing was done, and it may be done when it comes again."""


class SlackInbound:
    def __init__(
        self,
        store: Store,
        clock: Clock,
        channel: SlackChannel,
        workspaces: Workspaces,
        signing_secret: str,
        plan_files: PlanFiles,
        files: SlackFiles,
    ) -> None:
        self._plan_files = plan_files
        self._files = files
        self._store = store
        self._clock = clock
        self._channel = channel
        self._workspaces = workspaces
        self._signature = Signature(signing_secret)
        self._recognition = Recognition(store, clock)
        self._forms = Forms(store, clock)
        self._answers: OrderedDict[tuple[str, Identity], asyncio.Task[Json]] = OrderedDict()
        self._under_way: set[asyncio.Task[Any]] = set()
        self._late: set[tuple[str, Identity]] = set()
        """What Slack has been answered about though it is not done."""
        self.turns = 0

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/slack/events", partial(self._guarded, self._events)),
            web.post("/slack/interactions", partial(self._guarded, self._interactions)),
            web.post("/slack/commands", partial(self._guarded, self._commands)),
        ]

    async def settled(self) -> None:
        """Returns when everything accepted has been answered."""
        while self._under_way:
            await asyncio.wait(set(self._under_way))

    # In

    async def _guarded(self, handle: Callable[[bytes], Awaitable[web.Response]], request: web.Request) -> web.Response:
        body = await request.read()
        if not self._signature.is_good(body, request.headers):
            return _refusal(401, "Not authenticated.")
        try:
            return await handle(body)
        except NotSlacksError as exc:
            return _refusal(400, str(exc))
        except NotDoneError:
            # Slack comes again with an event, and tells the one who pressed or wrote a command.
            return _refusal(503, "It could not be done just now.")

    async def _events(self, body: bytes) -> web.Response:
        found = payload.json_object(body)
        if found.get("type") == "url_verification":
            return web.json_response({"challenge": str(found.get("challenge", ""))})
        if found.get("type") != "event_callback":
            return web.Response()
        if not await self._workspaces.admits(payload.team_of_event(found)):
            return _refusal(403, "The app is not installed in this workspace.")
        inbound = payload.event(found)
        if isinstance(inbound, payload.Left):
            await self._workspaces.left(inbound.team)
        elif inbound is not None:
            await self._done_soon(inbound)
        return web.Response()

    async def _interactions(self, body: bytes) -> web.Response:
        found = payload.json_object(payload.form_fields(body).get("payload", "").encode())
        if not await self._workspaces.admits(payload.team_of_interaction(found)):
            return _refusal(403, "The app is not installed in this workspace.")
        inbound = payload.interaction(found)
        if inbound is None:
            return web.Response()
        answer = await self._done_soon(inbound)
        return web.json_response(answer) if answer else web.Response()

    async def _commands(self, body: bytes) -> web.Response:
        fields = payload.form_fields(body)
        if fields.get("ssl_check") == "1":
            return web.Response()
        inbound = payload.command(fields)
        if not await self._workspaces.admits(inbound.sender.tenant):
            return _refusal(403, "The app is not installed in this workspace.")
        answer = await self._done_soon(inbound)
        return web.json_response(answer) if answer else web.Response()

    async def _done_soon(self, inbound: Inbound) -> Json:
        """Has it done once, however often it comes; what belongs in the answer, if it is known in time."""
        # Whose it is stands beside the number: an answer is nobody else's.
        number = inbound.id if isinstance(inbound, HomeOpened) else inbound.event.id, inbound.sender
        task = self._answers.get(number)
        if task is None:
            task = self._answers[number] = self._start(self._do(inbound))
            if len(self._answers) > REMEMBERED:
                self._answers.popitem(last=False)
        done, _ = await asyncio.wait({task}, timeout=A_MODAL_WAITS if isinstance(inbound, Sent) else SOON)
        if not done:
            self._late.add(number)
            task.add_done_callback(lambda _: self._late.discard(number))
            log.warning("slack_turn_slow", kind=type(inbound).__name__)
            return DONE
        if task.exception() is not None:
            self._answers.pop(number, None)
            raise NotDoneError
        return task.result()

    async def _not_stored(self, inbound: Inbound) -> Json:
        """What was typed in a modal stays in it, under the sentence.

        Raises NotDoneError when it cannot even be said.
        """
        if isinstance(inbound, HomeOpened):
            return DONE
        told = self._recognition.not_stored(inbound.sender, inbound.event, whole=False)
        in_time = (inbound.event.id, inbound.sender) not in self._late
        if in_time and isinstance(inbound, Written) and inbound.slash:
            return _whispered(told)
        if in_time and isinstance(inbound, Sent) and (blocks := list(inbound.filled.blocks.values())):
            return {"response_action": "errors", "errors": {blocks[0]: told.title}}
        try:
            if isinstance(inbound, Written):
                where = alone_at(inbound.place.address) if inbound.slash else inbound.place.address
                await self._channel.reply(told, where, STORED, inbound.thread)
            else:
                origin = inbound.origin if isinstance(inbound, Pressed) else inbound.filled.origin
                await self._aside(origin, inbound.place, told)
        except (DeliveryError, UnavailableError) as exc:
            raise NotDoneError("it could not even be said") from exc
        return DONE

    async def _do(self, inbound: Inbound) -> Json:
        self.turns += 1
        try:
            match inbound:
                case Written() if inbound.slash:
                    return await self._command(inbound)
                case Written():
                    await self._written(inbound)
                case Pressed():
                    await self._pressed(inbound)
                case Sent():
                    return await self._sent(inbound)
                case HomeOpened():
                    await self._home_opened(inbound)
        except UnavailableError:
            return await self._not_stored(inbound)
        except DeliveryError as exc:
            # What was done is stored; only its answer is lost.
            log.warning("reply_lost", reason=str(exc))
        return DONE

    # Who

    async def _recognise(self, inbound: Inbound) -> Known | Vouched:
        return await self._recognition.recognise(inbound.sender, inbound.place, partial(self._vouched, inbound))

    async def _vouched(self, inbound: Inbound) -> Vouched:
        sender = inbound.sender
        try:
            found = await self._channel.member(sender.tenant, sender.user)
        except DeliveryError as exc:
            raise NotDoneError("who it is cannot be asked just now") from exc
        identity = replace(sender, emails=found.identity.emails, name=found.identity.name) if found else sender
        return Vouched(identity, inbound.place.address)

    async def _stranger(self, inbound: Inbound, who: Vouched) -> Card:
        answer = await self._recognition.stranger(inbound.place, who)
        return answer.card or sentence("…")

    async def _answer(self, who: Known, inbound: Inbound, event: Event) -> Card | None:
        answer = await router.answer(self._store, who.community, who.person, event, self._clock.now())
        if answer.gone:
            self._recognition.forget()
            return await self._stranger(inbound, await self._vouched(inbound))
        return answer.card

    async def _speech(self, who: Known) -> Speech:
        async with self._store.read(who.community) as work:
            return speech_for(work.community, await work.people.get(who.person))

    # Written

    async def _written(self, inbound: Written) -> None:
        who = await self._recognise(inbound)
        address = inbound.place.address
        if isinstance(who, Vouched):
            await self._channel.reply(await self._stranger(inbound, who), address, STORED, inbound.thread)
            return
        card = await (self._filed(who, inbound) if inbound.files else self._answer(who, inbound, inbound.event))
        if card is None:
            return
        if not inbound.place.personal and router.name_of(inbound.event) == "connect":
            self._start(self._look_up(who.community, inbound.sender.tenant))
        opening = self._forms.opening(card, inbound.event)
        if not card.plain and not inbound.place.personal and not await self._recognition.community_of(inbound.place):
            # Where others may read along, in a channel that is not the community's, a card goes to who asked.
            await self._channel.reply(card, alone(inbound.place), opening)
            card = sentence((await self._speech(who)).say("people.answered_in_private"))
        await self._channel.reply(card, address, opening, inbound.thread)

    async def _filed(self, who: Known, inbound: Written) -> Card | None:
        """What is said about a file that was dropped into the chat."""
        files = self._files.dropped(inbound.files, inbound.sender.tenant, inbound.event.text)
        card = await self._plan_files.receive(who.community, who.person, files)
        # Somebody who is no longer with us is answered like anybody who writes.
        return card or await self._answer(who, inbound, inbound.event)

    async def _look_up(self, community: str, team: str) -> None:
        """Finds the community's people in the workspace by the addresses of the community file, to write to them first.

        Slack says whose confirmed address each is; nobody else in the workspace is asked about.
        """
        async with self._store.read(community) as work:
            known = await work.people.reachable("slack")
            sought = [m.person.email for m in await work.people.all() if m.active and m.person.key not in known]
        found = [await self._channel.find(team, email) for email in sought]
        await self._recognition.meet([one for one in found if one is not None], community)

    async def _command(self, inbound: Written) -> Json:
        """After the slash: a form opens at once, a card comes in the personal chat, a sentence where one is."""
        who = await self._recognise(inbound)
        if isinstance(who, Vouched):
            return _whispered(await self._stranger(inbound, who))
        if router.name_of(inbound.event) == "connect" and not inbound.place.personal:
            return await self._connect(who, inbound)
        asked = replace(inbound.event, place=Place(alone_at(inbound.place.address)))
        card = await self._answer(who, inbound, asked)
        if card is not None and card.plain:
            return _whispered(card)
        if card is not None and (sender := modal.sender_of(card)) and not _has_rows(card) and inbound.trigger:
            await self._open(who, inbound, card, sender, modal.Origin())
            return DONE
        if card is not None:
            opening = self._forms.opening(card, asked)
            await self._channel.reply(card, alone_at(inbound.place.address), opening)
        elsewhere = not inbound.place.address.conversation.startswith(payload.DIRECT)
        return _whispered(sentence((await self._speech(who)).say("people.answered_in_private"))) if elsewhere else DONE

    async def _connect(self, who: Known, inbound: Written) -> Json:
        """A channel is connected when the bot is in it: what it whispers there shows that."""
        speech = await self._speech(who)
        try:
            await self._channel.whisper(sentence(speech.say("slack.connecting")), inbound.place.address, STORED)
        except UnreachableError:
            return _whispered(sentence(speech.say("slack.invite_first")))
        card = await self._answer(who, inbound, inbound.event)
        self._start(self._look_up(who.community, inbound.sender.tenant))
        return _whispered(card) if card is not None else DONE

    # Pressed

    async def _pressed(self, inbound: Pressed) -> None:
        who = await self._recognise(inbound)
        if isinstance(who, Vouched):
            await self._aside(inbound.origin, inbound.place, await self._stranger(inbound, who))
            return
        lies = Address("slack", inbound.sender.tenant, inbound.origin.channel, message=inbound.origin.message)
        if inbound.opening is None:
            card, come_of = await self._answer(who, inbound, inbound.event), inbound.event
            sender = modal.sender_of(card) if card else None
        else:
            found = await self._forms.find(inbound.opening, who.community, who.person, inbound.event, lies)
            card = found or sentence((await self._speech(who)).say("slack.form_gone"))
            come_of, sender = inbound.event, sender_like(card, inbound.event)
        if card is not None and sender is not None and card.inputs:
            await self._open(who, inbound, card, sender, inbound.origin)
        elif card is not None:
            await self._show(inbound.origin, inbound.place, card, self._forms.opening(card, come_of))
        if inbound.origin.home and sender is None:
            await self._publish(who, inbound.place)

    async def _sent(self, inbound: Sent) -> Json:
        who = await self._recognise(inbound)
        origin, filled = inbound.filled.origin, inbound.filled
        if isinstance(who, Vouched):
            await self._aside(origin, inbound.place, await self._stranger(inbound, who))
            return DONE
        card = await self._answer(who, inbound, inbound.event)
        if card is None:
            return DONE
        if wrong := modal.errors(card, filled):
            return {"response_action": "errors", "errors": wrong}
        if sender := sender_after(card, filled.action):
            pictures = await self._channel.pictures(card, inbound.sender.tenant)
            view = modal.form(card, sender, origin, pictures, filled)
            return {"response_action": "update", "view": view}
        # The modal closes first: its receipt follows by itself.
        self._start(self._receipt(who, inbound, card))
        return DONE

    async def _receipt(self, who: Known, inbound: Sent, card: Card) -> None:
        origin = inbound.filled.origin
        await self._show(origin, inbound.place, card, self._forms.opening(card, inbound.event))
        if origin.home:
            await self._publish(who, inbound.place)

    async def _open(
        self, who: Known, inbound: Written | Pressed, card: Card, sender: Button, origin: modal.Origin
    ) -> None:
        team = inbound.sender.tenant
        view = modal.form(card, sender, origin, await self._channel.pictures(card, team))
        try:
            await self._channel.open(team, inbound.trigger, view)
        except DeliveryError as exc:
            log.warning("modal_not_opened", reason=str(exc))
            told = sentence((await self._speech(who)).say("slack.not_opened"))
            await self._aside(origin, Place(alone_at(inbound.place.address)), told)

    async def _show(self, origin: modal.Origin, place: Place, card: Card, opening: Mapping[str, Any]) -> None:
        """In place of the pressed message in a personal chat; in a channel to the one who pressed alone."""
        if origin.channel and not origin.personal:
            await self._channel.whisper(card, place.address, opening)
        elif origin.channel and origin.message:
            await self._channel.replace(card, replace(place.address, message=origin.message), opening)
        else:
            await self._channel.reply(card, place.address, opening)

    async def _aside(self, origin: modal.Origin, place: Place, card: Card) -> None:
        """Said to somebody who has nothing to press here: the message stays."""
        await self._show(replace(origin, message=""), place, card, STORED)

    # The home page

    async def _home_opened(self, inbound: HomeOpened) -> None:
        who = await self._recognise(inbound)
        if isinstance(who, Known):
            await self._publish(who, inbound.place)
        else:
            await self._channel.publish(self._recognition.nobody(), inbound.place.address)

    async def _publish(self, who: Known, place: Place) -> None:
        event = Event(f"slack:home:{place.address.user}", Place(alone_at(place.address)), action="home")
        answer = await router.answer(self._store, who.community, who.person, event, self._clock.now())
        if answer.card is not None:
            await self._channel.publish(answer.card, place.address)

    def _start(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._under_way.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            if isinstance(error, DeliveryError | NotDoneError | UnavailableError):
                log.warning("reply_lost", reason=str(error))
            else:
                log.error("slack_turn_failed", error=type(error).__name__, exc_info=error)


def _has_rows(card: Card) -> bool:
    """Whether there is more to press on it than what sends the form."""
    return any(isinstance(element, Buttons) for element in card.body)


def _whispered(card: Card) -> Json:
    return {"response_type": "ephemeral", "text": escaped(card.title)}


def _refusal(status: int, why: str) -> web.Response:
    return web.json_response({"error": why}, status=status)
