"""Serving: the product behind a port until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import structlog
from aiohttp import web

from bot import draining, logs
from bot.compose import Product
from bot.doorkeeper import Doorkeeper
from bot.health import WATCHED
from bot.http import is_loopback_host
from bot.settings import Settings, SettingsError
from bot.single import InUseError
from domain.community import Community

log = structlog.get_logger()


class CannotServeError(Exception):
    """One line: why, and what helps."""


async def run(
    settings: Settings,
    communities: Sequence[Community],
    *,
    dev: bool,
    now: datetime | None,
    files: Mapping[str, str],
    told_to_stop: Callable[[], None] = lambda: None,
) -> None:
    """Serves until SIGTERM or SIGINT. `files` are the communities' texts, kept for commands that are not given them.

    `told_to_stop` is called when that comes.

    Raises SettingsError or CannotServeError.
    """
    if dev and not is_loopback_host(settings.host):
        raise SettingsError(f"SAMHANDLING_HOST: {settings.host} with --dev; accepted: 127.0.0.1, ::1 or localhost")
    logs.watch_tasks(asyncio.get_running_loop())
    product = Product(settings, communities, dev=dev, now=now)
    try:
        app = await product.start()
    except InUseError as exc:
        raise CannotServeError(str(exc)) from None
    except OSError as exc:
        raise CannotServeError(
            f"SAMHANDLING_DATABASE_URL: the database cannot be opened ({exc.filename}: {exc.strerror})"
        ) from None
    for key, text in files.items():
        await product.store.keep_file(key, text)
    requests = draining.Requests(spared=WATCHED)
    app.middlewares.insert(0, requests.counted)
    app.middlewares.insert(0, product.door.opens)
    # By then every request has been answered.
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    by = None
    try:
        listening = await _listen(runner, product.door, settings)
        product.listens_at(f"http://{settings.host}:{listening.sockets[0].getsockname()[1]}")
        _say_what_is_on(product, settings)
        await _until_told_to_stop()
        by = draining.moment()
        told_to_stop()
        requests.close()
        await asyncio.gather(product.rest(by), requests.ended(by), asyncio.sleep(draining.LINGER))
        listening.close()
    finally:
        await runner.cleanup()
        await product.stop(by)
    log.info("stopped")


async def _listen(runner: web.AppRunner, door: Doorkeeper, settings: Settings) -> asyncio.Server:
    if runner.server is None:
        raise TypeError("the runner is not set up")
    try:
        connections = door.connections(runner.server)
        return await asyncio.get_running_loop().create_server(connections, settings.host, settings.port, backlog=128)
    except OSError as exc:
        raise CannotServeError(
            f"SAMHANDLING_PORT: cannot listen on {settings.host}:{settings.port} ({exc.strerror}); "
            "stop what listens there or choose another port"
        ) from None


def _say_what_is_on(product: Product, settings: Settings) -> None:
    web_on = product.dev or bool(settings.secret_key)
    log.info("teams", on=product.teams_on, why="" if product.teams_on else "SAMHANDLING_TEAMS_APP_ID is not set")
    log.info("slack", on=product.slack_on, why="" if product.slack_on else "SAMHANDLING_SLACK_BOT_TOKEN is not set")
    log.info("web", on=web_on, why="" if web_on else "SAMHANDLING_SECRET_KEY is not set")
    log.info("mail", on=product.mail_on, why="" if product.mail_on else "SAMHANDLING_SMTP_URL is not set")
    log.info("pictures", on=bool(product.addresses.public_url and product.key), why=_why_no_addresses(product))
    log.info("api", on=True, why="" if product.dev or settings.api_token else "with the communities' own tokens")
    log.info(
        "ready",
        url=settings.public_url or f"http://{settings.host}:{settings.port}",
        communities=list(product.store.communities),
        now=product.clock.now().isoformat(timespec="seconds"),
        dev=product.dev,
    )


def _why_no_addresses(product: Product) -> str:
    needed = {"SECRET_KEY": product.key, "PUBLIC_URL": product.addresses.public_url}
    return "".join(f"SAMHANDLING_{name} is not set" for name in [n for n, given in needed.items() if not given][:1])


async def _until_told_to_stop() -> None:
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, told.set)
    await told.wait()
    log.info("stopping")
