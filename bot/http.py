"""The web application: routes of every part, refusals as sentences, nothing of an error's inside to the outside."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from secrets import token_hex
from typing import TYPE_CHECKING

import structlog
from aiohttp import web

from bot.api import Api, refusal
from bot.doorkeeper import NAME
from bot.draining import StoppingError, come_again
from bot.health import Health
from bot.outage import TRY_AGAIN_AFTER
from bot.plan.files import LARGEST_FILE
from services import trace
from services.ports import UnavailableError

if TYPE_CHECKING:
    from bot.compose import Product

log = structlog.get_logger()

LARGEST_BODY = 256 * 1024
FILES_TO = "/file"
"""The one route that takes files: a plan's, with its form."""
_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1", "[::1]"})
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def application(product: Product, api: Api, parts: Iterable[list[web.RouteDef]]) -> web.Application:
    middlewares = [_traced, _refusals, _of_some_size, *([_only_this_machine] if product.dev else [])]
    app = web.Application(client_max_size=LARGEST_BODY, middlewares=middlewares)
    if product.dev and product.store.is_shared:
        app.middlewares.append(product.one_clock.middleware())
    for routes in parts:
        app.add_routes(routes)
    health = Health(product, api)
    app.add_routes([*api.routes(), *health.routes()])
    app.on_response_prepare.append(_under_our_name)
    if product.dev:
        app.add_routes(DevClockRoutes(product).routes())
    return app


async def _under_our_name(_: web.Request, response: web.StreamResponse) -> None:
    response.headers["Server"] = NAME


@web.middleware
async def _traced(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A word of its own for each request, which its lines in the log and what it puts in the outbox bear."""
    with trace.begun(token_hex(6)):
        return await handler(request)


@web.middleware
async def _refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except StoppingError:
        return come_again()
    except web.HTTPRequestEntityTooLarge:
        return refusal(413, f"A body has at most {LARGEST_BODY // 1024} KiB.")
    except web.RequestPayloadError:
        return refusal(400, "The body cannot be read: it is not packed as its headers say.")
    except web.HTTPException as exc:
        if exc.status < 400 or exc.content_type == "application/json" or exc.content_type == "text/html":
            raise
        return web.json_response({"error": f"{exc.reason}."}, status=exc.status, headers=_kept(exc))
    except UnavailableError:
        return unavailable()
    except Exception as exc:
        if isinstance(exc, ConnectionError) and request.transport is None:
            return refusal(400, "The connection ended before the body did.")  # nobody reads it
        # The route, and not the address: that may bear a token.
        log.exception("request_failed", route=_route(request))
        return refusal(500, "Something went wrong here. It is on record; please try again.")


@web.middleware
async def _of_some_size(request: web.Request, handler: Handler) -> web.StreamResponse:
    """What says itself that it is too large is refused before it is read."""
    most = LARGEST_FILE + LARGEST_BODY if request.path == FILES_TO else LARGEST_BODY
    if (request.content_length or 0) > most:
        raise web.HTTPRequestEntityTooLarge(max_size=most, actual_size=request.content_length or 0)
    return await handler(request)


def unavailable() -> web.Response:
    """While the database cannot be used. People are told in their own language where they are known."""
    answer = refusal(503, "The database cannot be used just now. Nothing was stored; please try again in a moment.")
    answer.headers["Retry-After"] = str(TRY_AGAIN_AFTER)
    return answer


def _route(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return resource.canonical if resource else ""


def _kept(exc: web.HTTPException) -> dict[str, str]:
    return {name: exc.headers[name] for name in ("Allow", "WWW-Authenticate") if name in exc.headers}


@web.middleware
async def _only_this_machine(request: web.Request, handler: Handler) -> web.StreamResponse:
    """`--dev` authenticates nobody, so it serves this machine alone, and no page from elsewhere through its browser."""
    host = request.host.rsplit(":", 1)[0] if not request.host.endswith("]") else request.host
    if not _is_loopback(request.remote) or host not in _LOOPBACK_NAMES:
        return refusal(403, "With --dev only this machine is served, as 127.0.0.1 or localhost.")
    return await handler(request)


def is_loopback_host(host: str) -> bool:
    """Whether a server listening there is reached from this machine alone."""
    return host == "localhost" or _is_loopback(host)


def _is_loopback(remote: str | None) -> bool:
    try:
        return ipaddress.ip_address(remote or "").is_loopback
    except ValueError:
        return False


class DevClockRoutes:
    """The development clock: where it stands, and moving it forward with everything that falls due on the way."""

    def __init__(self, product: Product) -> None:
        self._product = product

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/dev/clock", self.show), web.post("/dev/clock", self.move)]

    async def show(self, request: web.Request) -> web.Response:
        return web.json_response({"now": self._local(self._product.clock.now())})

    async def move(self, request: web.Request) -> web.Response:
        try:
            body = json.loads(await request.read())
            to = datetime.fromisoformat(body["now"])
        except (ValueError, TypeError, KeyError, RecursionError):
            return refusal(400, 'The body is {"now": "2023-11-27T09:00:00+01:00"}.')
        if to.tzinfo is None:
            return refusal(400, "The instant needs its offset from UTC, as in 2023-11-27T09:00:00+01:00.")
        if not 2000 <= to.year <= 2100:
            return refusal(400, "The year is between 2000 and 2100.")
        moved = await self._product.move(to)
        if moved is None:
            return refusal(409, "The clock is not moved back.")
        counts = {"sent": moved.sent, "pending": moved.pending, "failed": moved.failed}
        return web.json_response({"now": self._local(self._product.clock.now()), **counts})

    def _local(self, at: datetime) -> str:
        first = next(iter(self._product.store.communities.values()))
        return at.astimezone(first.zone).isoformat()
