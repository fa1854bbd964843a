"""A file that somebody brings to the bot, whatever the platform: fetched, read in a process of its own, and shown."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import structlog

from bot.plan.files import Fault, PlanFileError, rows_in
from bot.workshop import Workshop, WorkshopError
from dialogs import plan_file
from dialogs.card import Card
from dialogs.turn import speech_for
from domain.community import Community
from domain.plan.meeting import ReadPlan
from domain.plan.reading import read_plan
from services import plan_files
from services.organs import may_change
from services.ports import Clock, Store

log = structlog.get_logger()


class FetchFault(StrEnum):
    """Why a file did not come."""

    TOO_LARGE = "too_large"
    NOT_PERMITTED = "not_permitted"  # lies where nothing is fetched from
    NOT_FETCHED = "not_fetched"


class FetchError(Exception):
    def __init__(self, fault: FetchFault) -> None:
        super().__init__(str(fault))
        self.fault = fault


@dataclass(frozen=True, slots=True)
class FileDropped:
    """A file as a platform announces it. `beside` is what was written with it: a year, an organ.

    `fetch` gives its content, at most `bot.plan.files.LARGEST_FILE` bytes, or raises FetchError.
    """

    name: str
    fetch: Callable[[], Awaitable[bytes]]
    beside: str = ""


class PlanFiles:
    """Takes files in. Nothing is fetched from, or for, somebody who may not change the plan."""

    def __init__(self, store: Store, clock: Clock, workshop: Workshop) -> None:
        self._store = store
        self._clock = clock
        self._workshop = workshop

    async def receive(self, community: str, person: str, files: Sequence[FileDropped]) -> Card | None:
        """What to show: what the file says, or why it will not do. None for somebody who is no longer with us."""
        async with self._store.read(community) as work:
            member = await work.people.get(person)
            known, speech = work.community, speech_for(work.community, member)
        if member is None or not member.active:
            return None
        if not may_change(member.person):
            return plan_file.refusal(speech)
        if len(files) != 1:
            return plan_file.one_at_a_time(speech)
        [file] = files
        try:
            content = await file.fetch()
            found = await self._workshop.do(read_file, content, file.name, known, file.beside)
        except FetchError as exc:
            return plan_file.fault(speech, exc.fault)
        except WorkshopError as exc:
            log.warning("plan_file_unread", reason=str(exc))
            return plan_file.fault(speech, Fault.DAMAGED)
        if isinstance(found, Fault):
            return plan_file.fault(speech, found)
        async with self._store.begin(community) as work:
            draft = await plan_files.bring(work, member.person, file.name, found, self._clock.now())
            return plan_file.card_of(speech, known, await plan_files.outlook(work, draft))


def read_file(content: bytes, name: str, community: Community, beside: str = "") -> ReadPlan | Fault:
    """The plan in a file. `beside` may name the year and the organ where the file does not."""
    year = re.search(r"(?<!\d)20\d\d(?!\d)", beside)
    words = {word.casefold() for word in re.findall(r"\w+", beside)}
    forum = next((each.key for each in community.forums if each.key.casefold() in words), None)
    try:
        found = rows_in(content, name, community.zone)
        plan = read_plan(community, found.rows, year=int(year[0]) if year else None, forum=forum)
    except PlanFileError as exc:
        return exc.fault
    return replace(plan, doubts=(*found.doubts, *plan.doubts))
