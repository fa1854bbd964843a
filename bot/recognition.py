"""Who somebody is whom a platform vouches for, in which community, and what becomes of somebody unknown."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from dialogs import people as people_dialog
from dialogs import router, unavailable
from dialogs.card import Card
from dialogs.speech import Speech
from dialogs.turn import Answer, Event, Place, speech_for, speech_without_store
from services import people
from services.messages import Address
from services.people import Vouched
from services.ports import Clock, Identity, Store, Work

REMEMBERED = 10_000

Vouch = Callable[[], Awaitable[Vouched]]
"""Asks the platform for its word on the sender: addresses and name."""


@dataclass(frozen=True, slots=True)
class Known:
    """A recognised person, and where they were reached last."""

    community: str
    person: str
    address: Address


class Recognition:
    """The same for every platform. A `place` in a channel is the whole channel, not a thread in it."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._known: OrderedDict[tuple[str, str, str], Known] = OrderedDict()

    async def recognise(self, sender: Identity, place: Place, vouch: Vouch) -> Known | Vouched:
        """The person, by what the platform vouches for; what it vouches for when it is nobody's."""
        key = (sender.tenant, sender.user, await self.community_of(place))
        known = self._known.get(key)
        if (
            known is not None
            and (not place.personal or known.address == place.address or not place.address.conversation)
            and await self._is_where_used_last(known, sender.channel)
        ):
            return known
        pairs = await self._store.whoever_is(sender)
        vouched = Vouched(sender, place.address)
        if not pairs:
            vouched = await vouch()
            pairs = await self._store.whoever_is(vouched.identity)
        if key[2]:
            # A community's figures stay out of another one's channel, whoever asks for them there.
            pairs = [pair for pair in pairs if pair[0] == key[2]]
        if not pairs:
            return vouched
        community, person = await self._choose(list(pairs), key[2])
        async with self._store.begin(community) as work:
            await work.people.know(vouched.identity, person, alone(place), await self._seen_now(work, person))
        known = Known(community, person, place.address)
        self._known[key] = known
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return known

    async def _is_where_used_last(self, known: Known, channel: str) -> bool:
        """As all platforms have it, and all processes."""
        async with self._store.read(known.community) as work:
            last = await work.people.last_used(known.person)
        return last is not None and last[0] == channel

    async def _seen_now(self, work: Work, person: str) -> datetime:
        """Always after they were seen on another platform."""
        now, last = self._clock.now(), await work.people.last_used(person)
        return max(now, last[1] + timedelta(microseconds=1)) if last else now

    def remembered(self, sender: Identity) -> Known | None:
        """Who it was when they were recognised last; asks nothing."""
        keys = ((sender.tenant, sender.user, community) for community in ("", *self._store.communities))
        return next((self._known[key] for key in keys if key in self._known), None)

    def not_stored(self, sender: Identity, event: Event, *, whole: bool = True) -> Card:
        """The answer to somebody while the store cannot be used; not `whole`: a sentence, without what was typed."""
        known, speech = self.remembered(sender), self.speech(sender)
        if not whole:
            return unavailable.told(speech, event)
        community = self._store.communities[known.community] if known else None
        return router.not_stored(speech, community, event, self._clock.now())

    def speech(self, sender: Identity) -> Speech:
        """Their language as far as it is remembered; asks nothing."""
        known = self.remembered(sender)
        return speech_without_store(self._store, known.community if known else None, known.person if known else "")

    def forget(self) -> None:
        """Somebody who was known is no longer with us: everybody is looked up anew."""
        self._known.clear()

    async def community_of(self, place: Place) -> str:
        """The community that a channel belongs to; empty in a personal chat."""
        return "" if place.personal else await self._store.connected(place.address) or ""

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

    async def stranger(self, place: Place, who: Vouched) -> Answer:
        """A polite refusal, and one request to the coordinator where it is clear which."""
        community = await self.community_of(place) or people.community_of_stranger(self._store.communities, who)
        if community:
            async with self._store.begin(community) as work:
                await people.ask_to_join(work, replace(who, address=alone(place)), self._clock.now())
        known = self._store.communities[community or next(iter(self._store.communities))]
        return Answer(people_dialog.stranger(speech_for(known, None), asked=bool(community)))

    def nobody(self) -> Card:
        """What somebody unknown sees where they have asked for nothing."""
        first = next(iter(self._store.communities.values()))
        return people_dialog.stranger(speech_for(first, None), asked=False)

    async def welcome(self, who: Known) -> None:
        """Greets somebody who has just met the bot, once."""
        async with self._store.begin(who.community) as work:
            await people.welcome(work, who.person, self._clock.now())

    async def meet(self, roster: Sequence[Vouched], community: str = "") -> None:
        """Learns who of the people of one community, or of all, are in a channel."""
        for key in [community] if community else self._store.communities:
            async with self._store.begin(key) as work:
                await people.meet_roster(work, roster, self._clock.now())


def alone(place: Place) -> Address:
    """Where who wrote there is reached alone: in that chat, or in a conversation that is still to be begun."""
    return place.address if place.personal else alone_at(place.address)


def alone_at(address: Address) -> Address:
    """The personal chat of its user, whichever that is."""
    return replace(address, conversation="")
