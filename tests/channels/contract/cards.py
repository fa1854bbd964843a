"""Every card that the product can show, made by the dialogs themselves: the material that each channel must draw."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from dialogs import router
from dialogs.card import Button, Buttons, Card, Element, Facts, LevelLine, Picture, Quote, Section, Text
from dialogs.turn import Event, Place
from domain.community import LANGUAGES
from services.due_work import do_due
from services.messages import Address, Message, Recipient
from services.ports import DueWork
from storage.store import Order, Settled, SqlStore, SqlWork
from tests.e2e.stage import NOW, SECRET

BOSS, OWN, SECRETARY, OBSERVER = "samhandlingssjef", "larvik-sjef", "sekretariat", "leder-pko"
STARTS = datetime.fromisoformat(NOW)
AT_CHRISTMAS = datetime.fromisoformat("2023-12-22T09:00:00+01:00")
LATER = datetime.fromisoformat("2024-03-04T09:00:00+01:00")
"""The period has ended and been evaluated, absences are over, actions overdue, meetings of the plan held."""

WRITTEN = (
    *(f"tiltak Larvik: {SECRET} innen fredag", "tiltak uten eier innen snart", "vedtak Larvik: åpner fire plasser"),
    *("språk tysk", "meld sak SSU", "saksliste SSU", "innkalling SSU", "møteplan SSU", "hva er dette"),
    *("vara horten-sjef til fredag", "frist Budsjett 12. januar"),
)
"""What may follow a command, understood or not."""
IN_WORDS = ("status", "lilla", "gul", "tre", "tilbake", "3", "2", "hopp", "hopp", "grønn", "hopp", "hopp")
ELSEWHERE = Place(Address("teams", "tenant", "19:kanal", user="x"), personal=False, name="Kanal")
ALONE = Place(Address("teams", "tenant", "a:chat", user="x"))


@dataclass
class Collected:
    """Each card once, by how it came about; `templates` are the stored messages that were drawn."""

    cards: dict[str, Card] = field(default_factory=dict)
    templates: set[str] = field(default_factory=set)
    _seen: set[str] = field(default_factory=set)

    def add(self, origin: str, card: Card | None) -> None:
        if card is None or repr(card) in self._seen:
            return
        self._seen.add(repr(card))
        self.cards[f"{origin} ({len(self.cards)})"] = card
        wrong = {field.key: "?" * 20 for field in card.inputs}
        if wrong and not any(field.error for field in card.inputs):
            self.add(f"{origin}, all wrong", card.with_inputs(wrong, dict.fromkeys(wrong, "Skriv det på nytt.")))


class Collector:
    """The stage's community without any channel: its people write and press everything."""

    def __init__(self, store: SqlStore, database: Path, data: Mapping[str, Mapping[str, Any]]) -> None:
        self._store = store
        self._database = database
        self._before = database.with_name("collected_from.db")
        self._before.write_bytes(database.read_bytes())
        self._data = data
        self._number = 0
        self.found = Collected()

    async def collect(self) -> Collected:
        await self._drawn(STARTS)
        for person in (BOSS, OWN, SECRETARY, OBSERVER):
            for word in (*(word for c in router.COMMANDS for word in c.words.split("|")), *WRITTEN):
                await self._turn(person, Event("", ALONE, word))
                if person in (BOSS, OWN):
                    await self._turn(person, Event("", ELSEWHERE, word))
        for person in (BOSS, OWN, SECRETARY, OBSERVER):
            for action, given in self._data.items():
                await self._turn(person, Event("", ALONE, action=action, data=given))
        moved = {"meeting": self._data["notice.send"]["meeting"], **self._data["plan.save"]}
        await self._turn(SECRETARY, Event("", ALONE, action="plan.save", data=moved))
        await self._together(*((OWN, Event("", ALONE, word)) for word in IN_WORDS))
        stands_in = {**self._data["absence.set"], "deputy": OWN, "from": "2023-12-11"}
        absent = Event("", ALONE, action="absence.set", data=stands_in)
        await self._together((BOSS, absent), (OWN, Event("", ALONE, "status")))
        await self._put_by_hand()
        await self._in_time(AT_CHRISTMAS)
        await self._in_time(LATER, (BOSS, "action.add"), (OWN, "minutes.comment"), (OWN, "digest.set"))
        return self.found

    async def _turn(self, person: str, event: Event) -> None:
        await self._together((person, event))

    async def _together(self, *turns: tuple[str, Event]) -> None:
        """Turns from the stage's state: their answers, and what they put in the outbox."""
        known = self._newest()
        for person, event in turns:
            self._number += 1
            told = replace(event, id=f"collected-{self._number}")
            answer = await router.answer(self._store, "vestfold", person, told, STARTS)
            self.found.add(f"{person}: {event.action or event.text}", answer.card)
            await self._drawn(STARTS, known)
        if not all(router.changes_nothing(event) for _, event in turns) or self._newest() > known:
            self._rewind()

    async def _put_by_hand(self) -> None:
        """What comes of things outside the dialogs."""
        silent = {"channel": "teams", "since": STARTS.isoformat()}
        made = {
            "outage.began": silent,
            "outage.over": {**silent, "until": STARTS.isoformat()},
            "people.unreachable": {"person": OWN, "channel": "slack", "through": "teams"},
            "people.welcome": {},
            "minutes.template_fault": {**self._data["meeting.run"], "fault": "linje 3: {{ ukjent }}"},
        }
        known = self._newest()
        async with self._store.begin("vestfold") as work:
            for template, params in made.items():
                await work.outbox.put(Message(f"hand:{template}", Recipient(person=BOSS), template, params), now=STARTS)
        await self._drawn(STARTS, known)
        self._rewind()

    async def _in_time(self, until: datetime, *presses: tuple[str, str]) -> None:
        """Everything that falls due after those presses, drawn when it does."""
        known, now = self._newest(), STARTS.astimezone(UTC)
        for person, action in presses:
            event = Event(f"collected-{action}", ALONE, action=action, data=self._data[action])
            await router.answer(self._store, "vestfold", person, event, STARTS)
        while (following := await self._store.next_instant(now)) is not None and following <= until:
            now = following
            while await self._store.do_next_due(now, partial(_do, now=now)) is not None:
                pass
            await self._drawn(now, known)
            known = self._newest()
            while taken := await self._store.claim(Order("vestfold", now, datetime.now(UTC), 500)):
                at = [Settled(envelope.id, "sent", sent_at=now, address=Address("web")) for envelope in taken]
                await self._store.settle(at)
        self._rewind()

    async def _drawn(self, now: datetime, after: int = 0) -> None:
        """What lies in the outbox, in every language of its reader."""
        stored = self._rows("SELECT template, params, recipient FROM outbox WHERE replaces IS NULL AND id > ?", after)
        async with self._store.read("vestfold") as work:
            for template, params, recipient in dict.fromkeys(stored):
                to = Recipient.parse(recipient)
                reader = await work.people.get(to.person) if to.person else None
                for language in LANGUAGES if reader else ("nb",):
                    as_read = replace(reader, language=language) if reader else None
                    card = await router.draw(work, template, json.loads(params), as_read, now)
                    self.found.add(f"{template} {language}", card)
                    self.found.templates |= {template} if card else set()

    def _newest(self) -> int:
        return int(self._rows("SELECT coalesce(max(id), ?) FROM outbox", 0)[0][0])

    def _rows(self, query: str, value: int) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self._database)) as database:
            return list(database.execute(query, (value,)))

    def _rewind(self) -> None:
        with closing(sqlite3.connect(self._before)) as source, closing(sqlite3.connect(self._database)) as target:
            source.backup(target)
        for memory in self._store._memories.values():
            memory.forget()


async def _do(work: SqlWork, due: DueWork, *, now: datetime) -> str | datetime:
    return await do_due(work, due, now)


# What a card says and offers, whatever draws it


def words(card: Card) -> Iterator[str]:
    """Every text that a reader must find, but for what hangs on fields."""
    yield card.title
    yield from _words(card.body)
    yield from (link.label for link in card.links)


def _words(body: Sequence[Element]) -> Iterator[str]:
    for element in body:
        match element:
            case Text():
                yield element.text
            case Facts():
                yield from (part for row in element.rows for part in row)
            case LevelLine():
                yield from (element.title, element.text)
            case Quote():
                yield from (element.who, element.text)
            case Picture():
                yield element.alt
            case Section():
                yield element.heading
                yield from _words(element.body)


def field_words(card: Card) -> Iterator[str]:
    """Every text that hangs on a field: its label, what helps, what was wrong, what may be chosen."""
    for given in card.inputs:
        yield from (given.label, given.beside, given.error)
        yield from (choice.label for choice in given.choices)


def kinds(body: Sequence[Element]) -> Iterator[str]:
    """What a body is made of, at any depth."""
    for element in body:
        yield type(element).__name__
        if isinstance(element, Section):
            yield from kinds(element.body)


def buttons(card: Card) -> list[Button]:
    return [*card.buttons, *_buttons(card.body)]


def _buttons(body: Sequence[Element]) -> Iterator[Button]:
    for element in body:
        if isinstance(element, Buttons):
            yield from element.row
        elif isinstance(element, Section):
            yield from _buttons(element.body)
