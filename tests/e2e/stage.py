"""A community in which every button has something to be pressed about, and a neighbour with the same keys beside it."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from domain.plan.reading import read_plan
from domain.plan.text_table import rows_of_text
from services import meeting_plan
from services.ports import PlanDraft
from tests.e2e.test_api import neighbour
from tests.harness import (
    FIRST_PERIOD,
    MUNICIPALITY,
    TOWNS,
    Json,
    Running,
    Snapshot,
    Town,
    clinic,
    everybody,
    running,
    taken_up,
    vestfold,
)
from tests.teams_double import CARD, TeamsDouble, TeamsPerson, buttons_of, inputs_of, readable

NOW = "2023-12-11T09:30:00+01:00"
"""A Monday: the prompts of the second period's first round are out, the first period is being evaluated."""

NEAR = datetime.fromisoformat(NOW) - timedelta(hours=1)

SECRET = "Hemmelig"
"""Stands in every text of our community, and in nothing that another one may see."""

LINK = f"{SECRET} https://vestfold.example/{SECRET.lower()}"

SCORES = {"useful": "5", "frequency": "4", "participants": "4", "reporting": "3", "follow_up": "2"}


class Contents:
    """What the product's database holds, seen and put back beside the product, by a connection that stays open."""

    def __init__(self, database: Path) -> None:
        self._seen = sqlite3.connect(database, check_same_thread=False)
        self._seen.execute("PRAGMA synchronous=OFF")
        self._kept = sqlite3.connect(":memory:", check_same_thread=False)
        self._of_communities: list[str] = []
        self.keep()

    def keep(self) -> None:
        self._seen.backup(self._kept)

    def put_back(self) -> None:
        self._kept.backup(self._seen)

    def of(self, community: str) -> dict[str, list[tuple[object, ...]]]:
        """By table, but for what has come in and where somebody was seen last."""
        query = "SELECT * FROM {} WHERE community = ? ORDER BY rowid"
        return {table: self._seen.execute(query.format(table), (community,)).fetchall() for table in self._tables()}

    def close(self) -> None:
        self._seen.close()
        self._kept.close()

    def _tables(self) -> list[str]:
        if not self._of_communities:
            query = """SELECT m.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'
                AND c.name = 'community' AND m.name NOT IN ('inbound_event', 'identity')"""
            self._of_communities = [name for (name,) in self._seen.execute(query)]
        return self._of_communities


@dataclass
class Stage:
    product: Running
    double: TeamsDouble
    people: Mapping[str, TeamsPerson]
    neighbours: Mapping[str, TeamsPerson]
    database: Path
    data: Mapping[str, Json]
    _contents: Contents

    @property
    def stranger(self) -> TeamsPerson:
        """Somebody who is nobody's, and whose request to be let in lies with the coordinator."""
        return self.double.people["fremmed"]

    async def rewind(self) -> None:
        """Everything in the database as it was at first."""
        await self.product.settle()
        self._contents.put_back()
        for memory in self.product.product.store._memories.values():
            memory.forget()

    def keep(self) -> None:
        """Rewinding leads here from now on."""
        self._contents.keep()

    def stored(self, community: str = "vestfold") -> dict[str, list[tuple[object, ...]]]:
        """All that is kept of a community, by table, but for what has come in and where somebody was seen last."""
        return self._contents.of(community)

    async def deactivate(self, person: str) -> None:
        """As if the community file no longer had them."""
        others = frozenset(known.key for known in vestfold().people) - {person}
        async with self.product.product.store.begin("vestfold") as work:
            await work.people.deactivate_absent(others)

    async def presses(self, person: TeamsPerson, action: str, data: Mapping[str, Any], again: str = "") -> Json:
        """Presses a button with data of one's own, given or not; what is shown."""
        value = {"action": {"type": "Action.Execute", "verb": action, "data": {"action": action, **data}}}
        activity = person.activity("invoke", name="adaptiveCard/action", value=value)
        activity["id"] = again or activity["id"]
        status, answer = await self.double.post(activity)
        assert status == 200, f"{action} was answered with {status}"
        card = answer["value"]
        return (
            card if isinstance(card, dict) else {"type": "AdaptiveCard", "body": [{"type": "TextBlock", "text": card}]}
        )


def words(card: Json) -> str:
    return "\n".join(readable({"attachments": [{"contentType": CARD, "content": card}]}))


@asynccontextmanager
async def staged(
    double: TeamsDouble, database: Path, snapshots: dict[str, Snapshot], **settings: Any
) -> AsyncIterator[Stage]:
    """Under `--dev`; with `dev=False` and what else it needs in `settings`, in earnest."""
    ours = everybody(double)
    theirs = {
        p.key: double.person(f"nabo-{p.key}", email=p.email, name=p.name, tenant="tenant-nabo")
        for p in neighbour().people
    }
    double.person("fremmed", email="noen@larvik.example")
    communities = [vestfold(), neighbour()]
    await taken_up(snapshots, "staged", _set, database, double, ours, communities)
    if "teams_app_id" in settings:
        double.bot = f"28:{settings['teams_app_id']}"
    async with running(database, communities, now=NOW, teams=double, **settings) as product:
        with closing(Contents(database)) as contents:
            yield Stage(product, double, ours, theirs, database, _data(database), contents)


async def _set(town: Town) -> None:
    await _plan(town)
    await _agenda(town)
    for person in (*town.people.values(), *town.double.people.values()):
        await person.says("hjelp")  # from now on the bot knows them
    await town.connect()
    await _notice(town)
    await town.start(until="2023-12-05", note=SECRET)
    await town.product.clock_to("2023-11-27T09:00:00+01:00")
    await town.answers("larvik-sjef", **MUNICIPALITY | {"behov": SECRET})
    await town.product.clock_to("2023-12-05T17:00:00+01:00")
    round_id = (await town.product.round_of("2023-12-05"))["id"]
    await town.boss.says(f"punkt Larvik: {SECRET}")
    await _forge(town.boss, "minutes.send", round=round_id, version=0)
    await town.start(first_meeting="2023-12-12", until="2024-01-23")
    await town.product.clock_to("2023-12-11T09:00:00+01:00")
    for key in TOWNS:
        await town.answers(f"{key}-sjef", **MUNICIPALITY | {"overliggere": "5" if key == "larvik" else "0"})
    for key in ("medisin", "kirurgi", "kpa", "kfmr"):
        await town.answers(f"{key}-sjef", **clinic())
    await town.product.clock_to(NOW)
    await town["larvik-sjef"].says("be om møte")
    await town["larvik-sjef"].presses(town["larvik-sjef"].last_card, "meeting.request", why=SECRET)
    await town["larvik-sjef"].says("tiltak")
    action = {"text": SECRET, "owner": "larvik", "due": "2023-12-15"}
    await town["larvik-sjef"].presses(town["larvik-sjef"].last_card, "action.add", **action)
    deadline = {"text": SECRET, "due": "2024-01-12", "remind": "1"}
    await town["larvik-sjef"].says("frist")
    await town["larvik-sjef"].presses(town["larvik-sjef"].last_card, "deadline.save", **deadline)
    await town["larvik-sjef"].says("vara")
    away = {"deputy": "larvik-vara", "from": "2024-01-08", "until": "2024-01-12"}
    await town["larvik-sjef"].presses(town["larvik-sjef"].last_card, "absence.set", **away)


async def _plan(town: Town) -> None:
    read = read_plan(vestfold(), rows_of_text("SSU 29.02.24\nAU 07.12.23\nAU 22.02.24\n"))
    async with town.product.product.store.begin("vestfold") as work:
        now = town.product.product.clock.now()
        await meeting_plan.store(work, await meeting_plan.compare(work, read.meetings), by=None, now=now)
        brought = read_plan(vestfold(), rows_of_text("SSU 29.02.24\nFSU 01.02.24\n"))
        for person in ("samhandlingssjef", "sekretariat"):
            await work.plan_drafts.put(PlanDraft("draft", person, f"{SECRET}.docx", NEAR, brought))


async def _agenda(town: Town) -> None:
    """Two cases of Larvik's for a meeting to come, and one for a meeting that has been held by then."""
    larvik = town["larvik-sjef"]
    for held in (False, False, True):
        await larvik.says("meld sak")
        form = larvik.last_card
        choices = inputs_of(form.card or {})["meeting"]["choices"]
        meeting = next(c["value"] for c in choices if ("AU 07.12.2023" if held else "SSU 29.02.2024") in c["title"])
        said = {"title": SECRET, "kinds": "decision", "about": SECRET, "proposal": SECRET, "papers": LINK}
        await larvik.presses(form, "case.report", forum="AU" if held else "SSU", meeting=meeting, **said)


async def _notice(town: Town) -> None:
    """SSU's was sent, and is written anew since."""
    [card] = await town["sekretariat"].says("innkalling SSU")
    meeting = next(button["data"]["meeting"] for button in buttons_of(card.card or {}))
    await _forge(town["sekretariat"], "notice.send", meeting=meeting, version=0)
    await _forge(town["sekretariat"], "notice.save", meeting=meeting, note=SECRET)


async def _forge(person: TeamsPerson, action: str, **data: Any) -> None:
    value = {"action": {"type": "Action.Execute", "verb": action, "data": {"action": action, **data}}}
    await person.sends(person.activity("invoke", name="adaptiveCard/action", value=value))


def _data(database: Path) -> dict[str, Json]:
    """For each button what a card would send with it, filled in rightly."""
    with closing(sqlite3.connect(database)) as read:

        def one(what: str, where: str) -> str:
            return str(read.execute(f"SELECT {what} FROM {where}").fetchone()[0])  # noqa: S608 - written below

        evaluated = one("id", "period WHERE ended_at IS NOT NULL")
        period = {"period": one("id", "period WHERE ended_at IS NULL")}
        held = {"round": one("id", "round WHERE meeting_at LIKE '2023-12-05%'")}
        current = {"round": one("id", "round WHERE meeting_at LIKE '2023-12-12%'")}
        note = {"note": one("id", "meeting_note")}
        request = {"request": one("id", "meeting_request")}
        action = {"id": one("id", "action")}
        free = {"deadline": one("id", "free_deadline")}
        absence = {"absence": one("id", "absence")}
        meeting = {"meeting": one("id", "plan_meeting WHERE forum = 'SSU'")}
        past = {"meeting": one("id", "plan_meeting WHERE forum = 'AU'")}
        case = {"id": one("id", "agenda_case WHERE forum = 'SSU' AND number = 1")}
        second = {"case": one("id", "agenda_case WHERE forum = 'SSU' AND number = 2")}
        held_case = {"id": one("id", "agenda_case WHERE forum = 'AU'")}
        join = {"request": one("id", "join_request")}
        message = {"message": one("id", "outbox WHERE template = 'period.announced' ORDER BY id")}
    status = {**current, "unit": "larvik"}
    deadline = {"day": "2024-02-08", "deadlines": [f"{meeting['meeting']}:sakfrist"], "when": "tomorrow", "date": ""}
    difference = {**status, "municipality": "larvik", "indicator": "overliggere"}
    evaluation, season = {"period": evaluated}, {"season": "easter", "year": 2024}
    meeting_at = {"date": "2023-12-14", "start": "12:00"}
    said = {"title": SECRET, "kinds": "decision", "about": SECRET, "proposal": SECRET, "papers": LINK}
    return {
        "help": {},
        "home": {},
        "plan.show": {},
        "plan.pick": {},
        "plan.open": {**meeting, "named": True},
        "plan.save": {"forum": "SSU", "date": "2024-04-11", "start": "13:00", "end": "15:30", "place": SECRET},
        "plan.ask_publish": {},
        "plan.publish": {},
        "plan.preview": {"draft": "draft"},
        "plan.import": {"draft": "draft"},
        "plan.discard": {"draft": "draft"},
        "plan.ask_cancel": meeting,
        "plan.cancel": meeting,
        "agenda.show": meeting,
        "agenda.order": {**meeting, **second, "position": "1"},
        "case.show": case,
        "case.open": {"forum": "SSU"},
        "case.report": {"forum": "SSU", "meeting": "next", "responsible": "larvik-sjef", **said},
        "case.edit": {**case, "seen": 1, "responsible": "horten-sjef", **said},
        "case.carry": {**case, "sent": True, "meeting": "wait"},
        "case.send_on": {**case, "sent": True, "forum": "FSU"},
        "case.withdraw": {**case, "sent": True},
        "case.conclude": {**held_case, "seen": 1, "conclusion": SECRET, "follow_up": "2024-02-01"},
        "calendar.subscribe": {},
        "calendar.renew": {},
        "report.fetch": evaluation,
        "notice.open": meeting,
        "notice.edit": meeting,
        "notice.save": {**meeting, "chair": "larvik-sjef", "secretary": "sekretariat", "note": SECRET},
        "notice.host": meeting,
        "notice.send": {**meeting, "version": 1},
        "notice.fetch": {**meeting, "version": 1},
        "deadline.done": deadline,
        "deadline.snooze": deadline,
        "deadline.cannot": deadline,
        "deadline.list": {},
        "digest.set": {"on": True},
        "deadline.show": free,
        "deadline.open": free,
        "deadline.save": {**free, "seen": 0, "text": SECRET, "due": "2024-01-15", "remind": "1,0"},
        "deadline.ask_remove": free,
        "deadline.remove": free,
        "status.open": status,
        "status.submit": {**status, **MUNICIPALITY, "behov": SECRET},
        "status.same": status,
        "difference.correct": difference,
        "difference.stands": {**difference, "reason": "annet", "because": SECRET},
        "difference.change": difference,
        "overview": {},
        "summary.sealed": held,
        "summary.now": held,
        "period.start": {**FIRST_PERIOD, "first_meeting": "2024-02-06", "until": "2024-03-05", "note": SECRET},
        "period.announce": period,
        "period.ask_end": period,
        "period.end": period,
        "period.keep": period,
        "reminder.send": current,
        "action.list": {},
        "action.show": action,
        "action.add": {"text": SECRET, "owner": "larvik", "due": "2023-12-20"},
        "action.done": action,
        "action.move": {**action, "due": "2023-12-20", "reason": SECRET},
        "action.drop": {**action, "reason": SECRET},
        "action.hand_over": {**action, "owner": "horten"},
        "reminder.snooze": action,
        "evaluation.open": evaluation,
        "evaluation.submit": {**evaluation, **SCORES, "worked": SECRET, "change": SECRET},
        "evaluation.ask_close": evaluation,
        "evaluation.close": evaluation,
        "evaluation.keep": evaluation,
        "level.open": period,
        "level.set": {**period, "level": "red", "note": SECRET},
        "audit.log": {},
        "audit.more": {"before": 10},
        "message.choose": message,
        "message.correct": {**message, "note": SECRET},
        "message.withdraw": message,
        "message.restore": message,
        "period.ask_rhythm": period,
        "period.rhythm": {
            **period,
            "weekdays": "tuesday,thursday",
            "start": "16:00",
            "from": "2023-12-19",
            "until": "2024-01-23",
        },
        "period.rhythm_back": period,
        "holiday.plan": season,
        "holiday.decline": season,
        "round.start": meeting_at,
        "meeting.request": {"why": SECRET, "when": "this_week"},
        "meeting.withdraw": request,
        "meeting.show": request,
        "meeting.approve": {**request, **meeting_at, "word": SECRET},
        "meeting.decline": {**request, "word": SECRET},
        "meeting.run": held,
        "meeting.present": {**held, "present": "larvik-sjef", "guests": SECRET},
        "meeting.fill_present": {**held, "guests": SECRET},
        "meeting.notes": held,
        "meeting.note": {**held, "unit": "larvik", "kind": "point", "text": SECRET},
        "meeting.edit": held,
        "meeting.correct": {**held, **note, "unit": "larvik", "kind": "decision", "text": SECRET},
        "meeting.unnote": {**held, **note},
        "meeting.action": {**held, "text": SECRET, "owner": "larvik", "due": "2023-12-20"},
        "minutes.open": held,
        "minutes.fetch": {**held, "version": 1},
        "minutes.send": {**held, "version": 1},
        "minutes.comment": {**held, "version": 1, "text": SECRET},
        "minutes.approve": {**held, "version": 1},
        "minutes.items": past,
        "minutes.item": {**past, "item": "any_other", "text": SECRET, "conclusion": SECRET},
        "join.accept": {**join, "for": "larvik", "role": "deputy"},
        "join.decline": join,
        "access.revoke": {"person": "larvik-sjef"},
        "absence.set": {"person": "horten-sjef", "deputy": "leder-pko", "from": "2023-12-20", "until": "2023-12-22"},
        "absence.end": absence,
        "absence.list": {},
        "channel.show": {},
        "channel.choose": {"channel": "web"},
        "delivery.show": {},
        "delivery.retry": {},
    }
