"""Whole periods, with any rhythm, zone rule and quiet hours: nothing at night, nothing twice, nothing an hour off."""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot.clock import DevClock
from bot.delivery import Delivery
from bot.wakeups import Wakeups
from dialogs import router
from dialogs.card import Card
from dialogs.turn import Event, Place
from domain.community import Community, QuietHours
from domain.working_time import before, is_day_off, is_permitted, local_date
from services import people
from services.messages import Address
from services.ports import Identity
from storage.store import SqlStore
from tests.builders import meeting, vestfold
from tests.engines import copy_in


@dataclass(frozen=True)
class Sent:
    """What a recipient got, and when by the product's clock."""

    to: str
    title: str
    at: datetime


# A whole period takes too long to be made smaller hundreds of times.
PHASES = (Phase.explicit, Phase.generate)


class Recorder:
    """A channel that everybody is reached on, and that keeps what it was given."""

    name = "teams"

    def __init__(self, clock: DevClock) -> None:
        self._clock = clock
        self.sent: list[Sent] = []
        self.updates = 0

    async def send(self, card: Card, to: Address) -> Address:
        self.sent.append(Sent(to.user, card.title, self._clock.now()))
        return replace(to, conversation=f"c-{to.user}", message=str(len(self.sent)))

    async def update(self, card: Card, at: Address) -> None:
        self.updates += 1


@st.composite
def situations(draw: st.DrawFn) -> tuple[Community, dict[str, object], datetime]:
    """A community with its own times, the form that starts a period, and when it is pressed."""
    near = draw(st.sampled_from([date(2024, 3, 26), date(2024, 10, 22), date(2023, 12, 12), date(2024, 5, 7)]))
    first = near + timedelta(days=draw(st.integers(0, 14)))
    start = time(draw(st.integers(7, 18)), draw(st.sampled_from([0, 30])))
    quiet = QuietHours(time(draw(st.integers(17, 22))), time(draw(st.integers(5, 9))))
    due = timedelta(hours=draw(st.integers(1, 6)))
    prompt = due + timedelta(hours=draw(st.integers(2, 40)))
    reminders = tuple(
        timedelta(hours=h) for h in draw(st.sets(st.integers(1, 24), max_size=3)) if due + timedelta(hours=h) < prompt
    )
    times = meeting(
        start=start,
        end=time(min(23, start.hour + 1), start.minute),
        prompt_before=prompt,
        due_before=due,
        reminders_before_due=reminders,
        escalate_before_due=timedelta(minutes=30),
        summary_before=timedelta(minutes=30),
        skip_public_holidays=draw(st.booleans()),
    )
    known = replace(vestfold(), quiet_hours=quiet, meeting=times)
    form: dict[str, object] = {
        "reason": "innstrom",
        "level": "yellow",
        "first_meeting": first.isoformat(),
        "start": f"{start:%H:%M}",
        "every_days": str(draw(st.integers(1, 9))),
        "until": (first + timedelta(days=draw(st.integers(0, 16)))).isoformat(),
    }
    pressed = datetime.combine(first, time(0), UTC) - timedelta(hours=draw(st.integers(12, 90)))
    return known, form, pressed


@dataclass(frozen=True)
class Played:
    """What was sent, when a summary was posted, and when the meetings were."""

    sent: list[Sent]
    posted: list[datetime]
    meetings: list[datetime]


async def play(known: Community, form: dict[str, object], pressed: datetime) -> Played:
    """Runs the period to its end."""
    with tempfile.TemporaryDirectory() as folder:
        store = SqlStore(await copy_in(Path(folder, "test.db")), [known])
        await store.open()
        clock = DevClock(pressed)
        channel = Recorder(clock)
        delivery, wakeups = Delivery(store, clock, {"teams": channel}), Wakeups(store, clock)
        sending = asyncio.create_task(delivery.run())
        try:
            async with store.begin(known.key) as work:
                await people.sync(work, pressed)
                for person in known.people:
                    who = Identity("teams", "t", person.key)
                    await work.people.know(who, person.key, Address("teams", "t", "", "http://x", person.key), pressed)
            event = Event("start", Place(Address("teams")), action="period.start", data=form)  # type: ignore[arg-type]
            await router.answer(store, known.key, "samhandlingssjef", event, clock.now())
            answered = 0
            while (following := await store.next_instant(clock.now())) is not None:
                clock.move(following)
                await wakeups.do_all_due()
                await delivery.drain()
                answered += 1
                if answered == 2:
                    asked = Event("status", Place(Address("teams")), text="status")
                    await router.answer(store, known.key, "larvik-sjef", asked, clock.now())
            async with store.read(known.key) as work:
                rounds = [r for r in await work.rounds.all() if r.cancelled_at is None]
                posted = await work.outbox.first_sent([f"summary:{r.id}" for r in rounds])
            return Played(channel.sent, sorted(posted.values()), [r.meeting_at for r in rounds])
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
            await store.close()


@given(situations())
@settings(max_examples=20, deadline=None, phases=PHASES, suppress_health_check=[HealthCheck.too_slow])
def test_nothing_comes_at_night_on_a_day_off_or_twice(situation: tuple[Community, dict[str, object], datetime]) -> None:
    known, form, pressed = situation
    played = asyncio.run(play(known, form, pressed))
    sent, meetings = played.sent, played.meetings
    on_request = [s for s in sent if s.to == "larvik-sjef" and s.title.startswith("Status fra")]
    # Who leads the meeting gets its running order when it begins: the coordinator chose the hour.
    at_the_meeting = [s for s in sent if s.at in meetings and s.title.startswith("Kjøreplan")]
    for one in sent:
        if one not in on_request and one not in at_the_meeting:
            assert is_permitted(one.at, known.quiet_hours, known.zone), one
    days = [local_date(at, known.zone) for at in meetings]
    assert not any(is_day_off(day) for day in days)
    assert len(days) == len(set(days))
    assert all(at.astimezone(known.zone).strftime("%H:%M") == form["start"] for at in meetings)
    half_past = [before(at, known.meeting.summary_before, known.zone) for at in meetings]
    assert played.posted == half_past
    twice = Counter((s.to, s.title) for s in sent if s.title.startswith("Status fra") and s.to != "larvik-sjef")
    assert all(count == 1 for count in twice.values()), twice
    same_moment = Counter((s.to, s.title, s.at) for s in sent if s.title.startswith("Påminnelse"))
    assert all(count == 1 for count in same_moment.values())
