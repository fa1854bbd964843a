"""Vestfold in Slack: its people, its channel, and the running product."""

from __future__ import annotations

from tests.harness import FIRST_PERIOD, MUNICIPALITY, Running, vestfold
from tests.slack_double import Modal, SlackChannelPlace, SlackDouble, SlackMessage, SlackPerson


class SlackTown:
    def __init__(self, product: Running, double: SlackDouble) -> None:
        self.product = product
        self.double = double
        self.people = {p.key: double.person(p.key, email=p.email, name=p.name) for p in vestfold().people}
        self.channel: SlackChannelPlace = double.channel("samhandling")

    @property
    def boss(self) -> SlackPerson:
        return self.people["samhandlingssjef"]

    def __getitem__(self, key: str) -> SlackPerson:
        return self.people[key]

    async def connect(self) -> list[SlackMessage]:
        """The coordinator writes `koble` in the channel; the bot learns who is in it."""
        return await self.boss.says("koble", where=self.channel)

    async def start(self, **inputs: str) -> SlackMessage:
        """The coordinator fills the form in and sends it; the message that it was opened from."""
        [message] = await self.boss.says("krise")
        modal = await self.boss.presses(message, "period.start")
        assert await self.boss.submits(modal, **(FIRST_PERIOD | inputs)) is None
        return message

    async def prompted(self, at: str = "2023-11-27T09:00:00+01:00") -> None:
        """The channel is connected, a period runs, and the prompts of its first round are out."""
        await self.connect()
        await self.start()
        await self.product.clock_to(at)

    async def opened(self, key: str) -> Modal:
        """Somebody opens the form of the prompt that came last."""
        person = self.people[key]
        modal = await person.presses(person.last, "status.open")
        assert modal is not None
        return modal

    async def answers(self, key: str, **inputs: str) -> Modal | None:
        return await self.people[key].submits(await self.opened(key), **(inputs or MUNICIPALITY))
