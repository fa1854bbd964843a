"""`samhandling replay`: a whole period through the product's own services, with a virtual clock and no network."""

from __future__ import annotations

import asyncio
import json
import logging
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Protocol

import structlog
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from bot.channels.web.standalone import card_page, period_page
from bot.charts import Line, over_time
from bot.clock import DevClock
from bot.delivery import Delivery
from bot.period_file import Figures, PeriodFileError, read_period, rhythm
from bot.wakeups import Wakeups
from dialogs import router
from dialogs.card import Card
from dialogs.speech import Speech
from dialogs.summary import summary_card
from dialogs.turn import Event, Place
from domain.community import Community, IndicatorType, Person, Role, UnitKind
from domain.working_time import before, instant, local_date
from services import people
from services.messages import Address, Json
from services.pictures import RoundPicture, picture
from services.round_json import round_json
from storage.store import SqlStore

AHEAD = timedelta(days=3)
"""How long before the first meeting the period is started, if its prompt is not earlier."""


class Progresses(Protocol):
    def step(self, text: str) -> None: ...


async def play(community: Community, text: str, source: str, out: Path) -> None:
    """Writes `round-<date>.json` and `.html` for every meeting, `period.png` and `index.html`.

    Raises PeriodFileError for mistakes in the figures, or when nothing can be written there.
    """
    figures = read_period(community, text, source)
    try:
        await asyncio.to_thread(out.mkdir, parents=True, exist_ok=True)
    except OSError as exc:
        raise PeriodFileError(f"--out: {out} cannot be written to ({exc.strerror}); accepted: a folder") from None
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with tempfile.TemporaryDirectory(prefix="samhandling-") as folder, _progress(len(figures) + 1) as progress:
        store = SqlStore(f"sqlite+aiosqlite:///{folder}/replay.db", [community])
        try:
            await _Play(store, community, figures, source, out).run(progress)
        finally:
            await store.close()


class _Play:
    def __init__(self, store: SqlStore, community: Community, figures: Figures, source: str, out: Path) -> None:
        self._store = store
        self._community = community
        self._figures = figures
        self._source = source
        self._out = out
        self._speech = Speech(community.language, community.zone)
        self._clock = DevClock(_beginning(community, min(figures)))
        self._wakeups = Wakeups(store, self._clock)
        self._delivery = Delivery(store, self._clock, {})
        self._events = 0

    async def run(self, progress: Progresses) -> None:
        await self._store.open()
        async with self._store.begin(self._community.key) as work:
            await people.sync(work)
        sending = asyncio.create_task(self._delivery.run())
        try:
            await self._start()
            shown: list[RoundPicture] = []
            for day in self._figures:
                shown.append(await self._meeting(day))
                progress.step(self._speech.date(day))
            await self._move(shown[-1].round.meeting_ends_at)
            self._write_period(shown)
            progress.step("period.png")
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)

    async def _start(self) -> None:
        days = list(self._figures)
        form: dict[str, Json] = {
            "reason": "innstrom,overliggere,bemanning",
            "level": "yellow",
            "first_meeting": days[0].isoformat(),
            "start": f"{self._community.meeting.start:%H:%M}",
            "every_days": str(rhythm(days, self._community.meeting.every_days)),
            "until": days[-1].isoformat(),
        }
        await self._press(self._coordinator(), "period.start", form)
        await self._move(self._clock.now())
        async with self._store.read(self._community.key) as work:
            meetings = {local_date(r.meeting_at, self._community.zone) for r in await work.rounds.running()}
        if strange := [day for day in days if day not in meetings]:
            held = ", ".join(day.isoformat() for day in sorted(meetings))
            lines = [f"{self._source}: {day} is no meeting of the period; accepted: {held}" for day in strange]
            raise PeriodFileError("\n".join(lines))

    async def _meeting(self, day: date) -> RoundPicture:
        """Up to the meeting's beginning: every unit answers some time between prompt and deadline."""
        async with self._store.read(self._community.key) as work:
            rounds = await work.rounds.running()
        round_ = next(r for r in rounds if local_date(r.meeting_at, self._community.zone) == day)
        answering = list(self._figures[day].items())
        for n, (unit, values) in enumerate(answering, 1):
            await self._move(round_.opens_at + (round_.due_at - round_.opens_at) * n / (len(answering) + 1))
            await self._answer(unit, round_.id, values)
        await self._move(round_.meeting_at)
        async with self._store.read(self._community.key) as work:
            shown = await picture(work, round_, self._clock.now())
            card = await summary_card(work, self._speech, shown)
        self._write_round(day, shown, card)
        return shown

    async def _answer(self, unit: str, round_id: str, values: Mapping[str, str]) -> None:
        person = next(p for p in self._community.people if p.may_answer_for(unit))
        await self._press(person, "status.submit", {**values, "round": round_id})

    async def _press(self, person: Person, action: str, data: Mapping[str, Json]) -> None:
        self._events += 1
        place = Place(Address("web", conversation=person.key))
        event = Event(f"replay:{self._events}", place, action=action, data=data)
        answer = await router.answer(self._store, self._community.key, person.key, event, self._clock.now())
        errors = [f"{field.key}: {field.error}" for field in answer.card.inputs if field.error] if answer.card else []
        if errors:
            raise PeriodFileError(f"{self._source}: {action} by {person.key} was refused: {'; '.join(errors)}")

    async def _move(self, to: datetime) -> None:
        """Everything due on the way is done and delivered, in order."""
        while (following := await self._store.next_instant(self._clock.now())) is not None and following <= to:
            self._clock.move(following)
            await self._settle()
        self._clock.move(to)
        await self._settle()

    async def _settle(self) -> None:
        if await self._wakeups.do_all_due():
            await self._delivery.drain()

    def _coordinator(self) -> Person:
        return next(person for person in self._community.people if person.has(Role.COORDINATOR))

    # What is written

    def _write_round(self, day: date, shown: RoundPicture, card: Card) -> None:
        content = json.dumps(round_json(shown), ensure_ascii=False, indent=2)
        self._write(f"round-{day}.json", content + "\n")
        self._write(f"round-{day}.html", card_page(card, self._speech))

    def _write_period(self, shown: list[RoundPicture]) -> None:
        zone = self._community.zone
        days = [local_date(one.round.meeting_at, zone) for one in shown]
        lines = self._lines(shown)
        title = self._speech.say("replay.title", community=self._community.name)
        marks = [f"{day.day}.{day.month}." for day in days]
        over_time(title, days, marks, lines, self._out / "period.png")
        text = [f"{line.name}: {', '.join('–' if v is None else str(v) for v in line.values)}" for line in lines]
        rows = [
            {
                "link": f"round-{day}.html",
                "date": self._speech.short(day),
                "figures": [*(line.values[n] if line.values[n] is not None else "–" for line in lines), _share(one)],
            }
            for n, (day, one) in enumerate(zip(days, shown, strict=True))
        ]
        page = period_page(
            self._speech,
            title=title,
            chart="period.png",
            alternative=f"{title}. {'. '.join(text)}",
            caption=self._speech.say("replay.caption"),
            headings=[
                self._speech.say("replay.meeting"),
                *(line.name for line in lines),
                self._speech.say("replay.answered"),
            ],
            rows=rows,
        )
        self._write("index.html", page)

    def _lines(self, shown: list[RoundPicture]) -> list[Line]:
        """Overliggere and free places: what municipalities count and is added up."""
        municipal = frozenset({UnitKind.MUNICIPALITY})
        indicators = [
            indicator
            for indicator in self._community.indicators
            if indicator.total and indicator.type is IndicatorType.COUNT and indicator.asks == municipal
        ]
        found = []
        for indicator in indicators:
            totals = [{t.indicator.key: t.value for t in one.summary.totals} for one in shown]
            name = indicator.name(self._community.language).split(" (")[0]
            found.append(Line(name, [total.get(indicator.key) for total in totals]))
        return found

    def _write(self, name: str, text: str) -> None:
        try:
            (self._out / name).write_text(text, encoding="utf-8")
        except OSError as exc:
            raise PeriodFileError(f"--out: {self._out / name} cannot be written ({exc.strerror})") from None


def _beginning(community: Community, first: date) -> datetime:
    """When the coordinator starts the period: some days ahead, and never after the first prompt's time."""
    start, zone = community.meeting.start, community.zone
    prompt = before(instant(first, start, zone), community.meeting.prompt_before, zone)
    return min(prompt, instant(first - AHEAD, start, zone))


def _share(shown: RoundPicture) -> str:
    return f"{shown.summary.answered}/{len(shown.summary.lines)}"


@contextmanager
def _progress(steps: int) -> Iterator[Progresses]:
    """A bar on a terminal, plain lines where it is none."""
    console = Console(stderr=True, highlight=False)
    if not console.is_terminal:
        yield _Lines(console, steps)
        return
    with Progress(
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total}"), console=console
    ) as bar:
        yield _Bar(bar, steps)


class _Bar:
    def __init__(self, bar: Progress, steps: int) -> None:
        self._bar = bar
        self._task = bar.add_task("", total=steps)

    def step(self, text: str) -> None:
        self._bar.update(self._task, advance=1, description=text)


class _Lines:
    def __init__(self, console: Console, steps: int) -> None:
        self._console = console
        self._steps = steps
        self._done = 0

    def step(self, text: str) -> None:
        self._done += 1
        self._console.print(f"{self._done}/{self._steps} {text}")
