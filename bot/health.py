"""What watches the product asks: is the process alive, is it ready, how does it do.

Not ready (503) is what only a person can mend or a restart can heal, and a process that is told to stop; a platform
that does not answer is told as a warning, because the other channels and the web go on.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import structlog
from aiohttp import web
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from bot.api import Api
from bot.metrics import Figure
from services.ports import UnavailableError, Why
from storage.backlog import Backlog

if TYPE_CHECKING:
    from bot.compose import Product

log = structlog.get_logger()

ALIVE, READY, FIGURES = WATCHED = ("/healthz", "/readyz", "/metrics")
LONGEST_WITHOUT_A_LOOK = 60.0
"""Seconds."""
LONGEST_UNDELIVERED = 15 * 60.0


@dataclass(slots=True)
class Condition:
    """`checks` must hold; `warnings` names what is out of order though the product serves on."""

    checks: dict[str, bool] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    database: Why | None = None  # what is the matter with it
    oldest_undelivered: float | None = None
    stopping: bool = False

    @property
    def is_ready(self) -> bool:
        return not self.stopping and all(self.checks.values())

    @property
    def status(self) -> str:
        if self.stopping:
            return "stopping"
        if not self.is_ready:
            return "not ready"
        return "degraded" if self.warnings else "ok"


class Health:
    def __init__(self, product: Product, api: Api) -> None:
        self._product = product
        self._api = api

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get(ALIVE, self.healthz),
            web.get(READY, self.readyz),
            web.get(FIGURES, self.metrics),
        ]

    async def healthz(self, request: web.Request) -> web.Response:
        """The process answers."""
        return web.json_response({"status": "ok"})

    async def readyz(self, request: web.Request) -> web.Response:
        """What it depends on answers too: one word for each check, no secret and no content."""
        found = Condition(stopping=True) if self._product.stopping else await self._condition()
        answer: dict[str, Any] = {
            "status": found.status,
            "checks": found.checks,
            "warnings": found.warnings,
            "oldest_undelivered_seconds": found.oldest_undelivered,
        }
        if found.database is not None:
            answer["database"] = str(found.database)
        return web.json_response(answer, status=200 if found.is_ready else 503)

    async def metrics(self, request: web.Request) -> web.Response:
        self._api.check(request)
        text = self._product.meters.exposition(await self._figures())
        return web.Response(body=text.encode(), headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4})

    async def _condition(self) -> Condition:
        product, now = self._product, self._product.clock.now()
        found = Condition(warnings=product.out_of_order())
        backlog = await self._database(found.checks, now)
        found.database = product.store.availability.why
        found.checks["wakeups"] = product.wakeups.not_looked_for < LONGEST_WITHOUT_A_LOOK
        if backlog is not None and backlog.oldest_undelivered is not None:
            found.oldest_undelivered = _age(now, backlog.oldest_undelivered)
            if found.oldest_undelivered > LONGEST_UNDELIVERED:
                found.warnings.append("delivery")
        return found

    async def _database(self, checks: dict[str, bool], now: datetime) -> Backlog | None:
        """Whether it answers, and whether its schema is this version's; what waits in it."""
        checks["database"] = checks["migrations"] = False
        try:
            checks["migrations"] = await self._product.store.is_newest()
            found = await self._product.store.backlog(now) if checks["migrations"] else None
        except UnavailableError:
            return None
        except Exception:
            log.exception("database_unreadable")
            return None
        # Read it can be also when it takes nothing in.
        checks["database"] = self._product.store.availability.why is None
        return found

    async def _figures(self) -> list[Figure]:
        product, counts = self._product, self._product.delivery.counts
        availability = product.store.availability
        return [
            Figure("turns_total", "Messages and presses that were answered.", product.turns),
            Figure("clock_leaps_total", "How often the machine's clock was set.", product.clock_watch.leaps),
            Figure("connections_open", "Connections that are open now.", product.door.open),
            Figure("connections_refused_total", "Connections for which there was no room.", product.door.refused),
            Figure("messages_sent_total", "Messages that a platform took.", counts.sent),
            Figure("messages_failed_total", "Messages that were parked after the last try.", counts.failed),
            Figure("messages_retried_total", "Tries that did not succeed and come again.", counts.retried),
            Figure("messages_throttled_total", "Answers 429: a platform asked for a pause.", counts.throttled),
            Figure("messages_dropped_total", "Messages that had become pointless before they went.", counts.dropped),
            Figure(
                "storage_unavailable_total",
                "Transactions and questions that the database could not do.",
                availability.refused,
            ),
            Figure("storage_unavailable_seconds", "How long the database has been out of use.", availability.seconds),
            Figure("platform_down", "Whether a platform takes nothing from us now.", self._down(), "platform"),
            Figure("platform_down_seconds", "Since when, on the product's clock.", self._down_for(), "platform"),
            *await self._waiting(),
        ]

    def _down(self) -> dict[str, float]:
        return {name: float(seconds is not None) for name, seconds in self._silent_for().items()}

    def _down_for(self) -> dict[str, float]:
        return {name: seconds or 0.0 for name, seconds in self._silent_for().items()}

    def _silent_for(self) -> dict[str, float | None]:
        """For how many seconds each platform has taken nothing; None: it does."""
        platforms, now = self._product.delivery.platforms, self._product.clock.now()
        down = platforms.down()
        return {name: _age(now, down[name]) if name in down else None for name in platforms.names}

    async def _waiting(self) -> list[Figure]:
        """What stands in the database; nothing while that cannot be asked."""
        now = self._product.clock.now()
        try:
            backlog = await self._product.store.backlog(now)
        except UnavailableError:
            return []
        undelivered, work = _age(now, backlog.oldest_undelivered), _age(now, backlog.oldest_work)
        return [
            Figure("outbox_waiting", "Messages that are due and not settled.", backlog.undelivered),
            Figure("outbox_oldest_seconds", "How long the oldest of them has waited.", undelivered),
            Figure("outbox_parked", "Messages that are parked now.", backlog.parked),
            Figure("due_work_waiting", "Pieces of work that are due and not done.", backlog.overdue_work),
            Figure("due_work_oldest_seconds", "How long the oldest of them has waited.", work),
        ]


def _age(now: datetime, since: datetime | None) -> float:
    return 0.0 if since is None else max(0.0, (now - since).total_seconds())
