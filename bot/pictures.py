"""`GET /pictures/{token}.png`: the pictures of cards, for whoever has their address.

Drawn in the workshop when the first asks, kept while there is room; whoever asks meanwhile waits for the same drawing.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict

import structlog
from aiohttp import web

from bot.addresses import Addresses
from bot.api import refusal
from bot.trend_chart import LevelRow, Line, TrendChart, png
from bot.workshop import Workshop, WorkshopError
from dialogs.card import Reference
from dialogs.speech import Speech
from dialogs.trend import TrendSubject, size
from domain.community import PreparednessLevel
from domain.trend import Trend
from services.pictures import picture
from services.ports import Clock, Store, Work
from services.trend import trend

log = structlog.get_logger()

KEPT = 200
"""Drawn pictures that are remembered: some megabytes."""
_MARKS = {PreparednessLevel.RED: "red", PreparednessLevel.YELLOW: "yellow", PreparednessLevel.GREEN: "green"}


class Pictures:
    def __init__(self, store: Store, clock: Clock, addresses: Addresses, workshop: Workshop) -> None:
        self._store = store
        self._clock = clock
        self._addresses = addresses
        self._workshop = workshop
        self._drawn: OrderedDict[tuple[str, str], asyncio.Task[bytes | None]] = OrderedDict()

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/pictures/{token}.png", self.show)]

    async def show(self, request: web.Request) -> web.Response:
        known = self._addresses.expiring("trend", request.match_info["token"])
        if known is None:
            return _not_here()
        community, subject, seconds = known
        try:
            # One who goes away must not take the drawing from the others.
            image = await asyncio.shield(self._task(community, subject))
        except WorkshopError as exc:
            log.warning("picture_not_drawn", error=type(exc).__name__)
            busy = refusal(503, "The picture cannot be drawn just now.")
            busy.headers["Retry-After"] = "10"
            return busy
        if image is None:
            return _not_here()
        headers = {"Cache-Control": f"private, max-age={seconds}, immutable", "X-Content-Type-Options": "nosniff"}
        return web.Response(body=image, content_type="image/png", headers=headers)

    async def content(self, reference: Reference) -> bytes | None:
        """A picture for a platform that keeps its own copy; None when it cannot be drawn, now or ever."""
        if reference.kind != "trend":
            return None
        try:
            return await asyncio.shield(self._task(reference.community, reference.subject))
        except WorkshopError as exc:
            log.warning("picture_not_drawn", error=type(exc).__name__)
            return None

    def _task(self, community: str, subject: str) -> asyncio.Task[bytes | None]:
        """The drawing, begun by the first who asks for it; one that failed is begun anew."""
        key = community, subject
        task = self._drawn.get(key)
        if task is None or (task.done() and (task.cancelled() or task.exception() is not None)):
            task = self._drawn[key] = asyncio.create_task(self._draw(community, subject))
        self._drawn.move_to_end(key)
        while len(self._drawn) > KEPT:
            self._drawn.popitem(last=False)
        return task

    async def _draw(self, community: str, subject: str) -> bytes | None:
        """None when there is no such thing, or no longer."""
        wanted = TrendSubject.parse(subject)
        if wanted is None or community not in self._store.communities:
            return None
        async with self._store.read(community) as work:
            chart = await chart_for(work, wanted, self._clock)
        return await self._workshop.do(png, chart) if chart else None


async def chart_for(work: Work, wanted: TrendSubject, clock: Clock) -> TrendChart | None:
    round_ = await work.rounds.get(wanted.round)
    if round_ is None:
        return None
    as_of = round_.meeting_at if wanted.sealed else None
    shown = await picture(work, round_, clock.now(), as_of=as_of, sealed=wanted.sealed)
    speech = Speech(wanted.language, work.community.zone)
    return chart_of(speech, await trend(work, shown), dark=wanted.dark)


def chart_of(speech: Speech, found: Trend, *, dark: bool) -> TrendChart:
    """The trend as it is to be drawn: every word and every date written."""
    meetings = found.meetings
    lines = tuple(
        Line(
            indicator.short_name(speech.language),
            tuple(m.totals.get(indicator.key) for m in meetings),
            tuple(indicator.key not in m.partial for m in meetings),
        )
        for indicator in found.followed.all
        if any(indicator.key in m.totals for m in meetings)
    )
    levels = tuple(
        LevelRow(mark, speech.say(f"common.colour.{level}"), tuple(m.levels.get(level, 0) for m in meetings))
        for level, mark in _MARKS.items()
    )
    some_silent = any(v is not None and not w for line in lines for v, w in zip(line.values, line.whole, strict=True))
    notes = [speech.say("trend.gap")] if any(m.after_gap for m in meetings) else []
    notes += [speech.say("trend.partial")] if some_silent else []
    return TrendChart(
        title=speech.say("trend.heading"),
        days=tuple(speech.tick(m.day) for m in meetings),
        gaps=tuple(m.after_gap for m in meetings),
        lines=lines,
        levels=levels if found.followed.levels else (),
        level_title=speech.say("trend.level_rows"),
        notes=tuple(notes),
        size=size(len(lines), levels=found.followed.levels),
        dark=dark,
    )


def _not_here() -> web.Response:
    return refusal(404, "There is no picture at this address, or its time is over.")
