"""Letters with a link that signs in, to those who wrote an address on the page that we know.

Whether it is known is looked up after the page has answered, so neither the answer nor its time tells.
"""

from __future__ import annotations

import asyncio
import secrets

import structlog

from bot.limits import Limits
from bot.outbound import DeliveryError, Letter, LetterChannel, RetryLaterError
from bot.ways_in import WaysIn
from dialogs import letters
from dialogs.turn import speech_for
from domain.pacing import Limit
from services.ports import Clock, Identity, Member, Store, UnavailableError

log = structlog.get_logger()

MOST_WAITING = 200
TO_ONE = Limit(3, 15 * 60)
"""Letters to one address within a quarter of an hour: nobody's inbox is to be filled by others."""
AGAIN = 2
"""Seconds until somebody is looked up again who could not be."""
PAUSES = (2, 10, 0)
"""Seconds after each try; then the person asks again."""


class SignInLetters:
    def __init__(self, store: Store, clock: Clock, mail: LetterChannel, ways: WaysIn, limits: Limits) -> None:
        self._store = store
        self._clock = clock
        self._mail = mail
        self._ways = ways
        self._asked: asyncio.Queue[str] = asyncio.Queue(MOST_WAITING)
        self._limits = limits

    def ask(self, address: str) -> None:
        """Somebody wrote this address. What is too much is dropped."""
        try:
            self._asked.put_nowait(address.casefold())
        except asyncio.QueueFull:
            log.warning("sign_in_letters_full")

    async def run(self) -> None:
        """Writes until it is stopped."""
        while True:
            address = await self._asked.get()
            try:
                await self._answer(address)
            except UnavailableError:
                await asyncio.sleep(AGAIN)
                self.ask(address)
            except Exception:
                log.exception("sign_in_letter_stumbled")
            finally:
                self._asked.task_done()

    async def settled(self) -> None:
        """Returns when everybody who asked has been answered."""
        await self._asked.join()

    async def _answer(self, address: str) -> None:
        known = await self._store.whoever_is(Identity("web", "", address, emails=frozenset({address})))
        if not known or not await self._limits.allows(f"letters to {address}", TO_ONE):
            return
        for community, person in known:
            async with self._store.read(community) as work:
                member = await work.people.get(person)
            if member is not None:
                await self._write(community, member)

    async def _write(self, community: str, member: Member) -> None:
        known = self._store.communities[community]
        speech = speech_for(known, member)
        identity = secrets.token_hex(12)
        letter = Letter(
            to=member.person.email,
            speech=speech,
            community=known.name,
            id=identity,
            thread=identity,
            at=self._clock.now(),
            link=self._ways.to_sign_in(community, member),
            label=speech.say("mail.sign_in_label"),
        )
        for pause in PAUSES:
            try:
                await self._mail.post(letters.sign_in(speech, known.name), letter)
            except RetryLaterError as exc:
                log.warning("sign_in_letter_retry", reason=str(exc))
                await asyncio.sleep(pause)
            except DeliveryError as exc:
                log.warning("sign_in_letter_refused", reason=str(exc))
                return
            else:
                log.info("sign_in_letter_sent")
                return
