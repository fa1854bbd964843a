"""`GET /documents/{token}`: documents for whoever has their address, drawn in the workshop when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from html import escape
from urllib.parse import quote
from zoneinfo import ZoneInfo

import structlog
from aiohttp import web

from bot.addresses import Addresses
from bot.api import refusal
from bot.documents.context import KINDS, MEDIA_TYPES, POLICY, Format, own_template
from bot.documents.render import Order, Rendered, render
from bot.workshop import FullError, Workshop, WorkshopError
from dialogs.router import document
from dialogs.speech import Speech
from domain.community import LANGUAGES
from services.meeting import leaders
from services.messages import Message, Recipient
from services.ports import Clock, Store, UnavailableError

log = structlog.get_logger()

UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an address names: the kind, which one, the language and the format."""

    kind: str
    ids: tuple[str, ...]
    language: str
    format: Format

    @classmethod
    def parse(cls, subject: str) -> Wanted | None:
        """`minutes:<round>:<version>:nb:pdf`."""
        kind, *ids, language, ending = parts if len(parts := subject.split(":")) >= 3 else ("", "", "")
        if kind not in KINDS or language not in LANGUAGES or ending not in set(Format):
            return None
        return cls(kind, tuple(ids), language, Format(ending))


class DocumentRoutes:
    """`templates` is the folder of the communities' own Word templates, empty for none."""

    def __init__(self, store: Store, clock: Clock, addresses: Addresses, workshop: Workshop, templates: str) -> None:
        self._store = store
        self._clock = clock
        self._addresses = addresses
        self._workshop = workshop
        self._templates = templates

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/documents/{token}", self.show)]

    async def show(self, request: web.Request) -> web.Response:
        named = self._addresses.read("document", request.match_info["token"])
        wanted = Wanted.parse(named[1]) if named and named[0] in self._store.communities else None
        if named is None or wanted is None:
            return _not_here()
        community = named[0]
        try:
            async with self._store.read(community) as work:
                found = await document(work, wanted.kind, wanted.ids, wanted.language, self._clock.now())
        except UnavailableError:
            return _told(lambda speech: speech.say("unavailable.page"), 503, {"Retry-After": "10"})
        if found is None:
            return _not_here()
        own = own_template(self._templates, community, wanted.kind, wanted.language)
        order = Order(wanted.format, wanted.kind, wanted.language, found.context, charts=found.charts, template=own)
        try:
            drawn = await self._drawn(order)
        except WorkshopError as exc:
            log.error("document_not_drawn", kind=wanted.kind, format=str(wanted.format), error=str(exc))
            busy = refusal(503, "The document cannot be drawn just now. Please try again in a moment.")
            busy.headers["Retry-After"] = "10"
            return busy
        if drawn.fault and own:
            await self._tell_of_fault(community, own.name, drawn.fault)
        return _response(drawn.content, wanted.format, found.name)

    async def _drawn(self, order: Order) -> Rendered:
        """With the shipped template where the community's own one takes too long, or takes the worker with it."""
        wordly = order.format is Format.DOCX and order.template is not None
        try:
            return await self._workshop.do(render, order)
        except FullError:
            raise
        except WorkshopError as exc:
            if not wordly:
                raise
            drawn = await self._workshop.do(render, replace(order, template=None))
            return Rendered(drawn.content, f"{order.template.name if order.template else ''}: {exc}")

    async def _tell_of_fault(self, community: str, template: str, fault: str) -> None:
        """Those who write minutes hear of it once a day, whoever asked for the document."""
        now = self._clock.now()
        log.warning("template_at_fault", community=community, template=template, fault=fault)
        async with self._store.begin(community) as work:
            await work.outbox.put(
                *(
                    Message(
                        key=f"template:{template}:{now:%Y-%m-%d}:{person.key}",
                        to=Recipient(person=person.key),
                        template="minutes.template_fault",
                        params={"fault": fault[:500]},
                        quiet=True,
                    )
                    for person in await leaders(work)
                ),
                now=now,
            )


def _not_here() -> web.Response:
    return _told(lambda speech: speech.say("minutes.link_expired"), 404)


def _told(words: Callable[[Speech], str], status: int, more: Mapping[str, str] | None = None) -> web.Response:
    """To whoever followed a link: in which language they read is not known."""
    said = "".join(f'<p lang="{lang}">{escape(words(Speech(lang, UTC)))}</p>' for lang in LANGUAGES)
    page = f'<!doctype html><html lang="nb"><meta charset="utf-8"><title>{status}</title><body>{said}</body></html>'
    headers = {"Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
    return web.Response(status=status, text=page, content_type="text/html", headers={**headers, **(more or {})})


def _response(content: bytes, kind: Format, name: str) -> web.Response:
    file = f"{name}.{kind}"
    plain = file.encode("ascii", "ignore").decode()
    shown = "attachment" if kind is Format.DOCX else "inline"
    headers = {
        "Content-Disposition": f"{shown}; filename=\"{plain}\"; filename*=UTF-8''{quote(file)}",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
    }
    if kind is Format.HTML:
        headers["Content-Security-Policy"] = POLICY
    charset = "utf-8" if kind is Format.HTML else None
    return web.Response(body=content, content_type=MEDIA_TYPES[kind], charset=charset, headers=headers)
