"""A product with something in every table, on a thread of its own, for as long as it is tried what it can be sent."""

from __future__ import annotations

import asyncio
import io
import json
import sqlite3
import threading
import time
from collections.abc import Coroutine, Mapping
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from bot.channels.web.session import COOKIE, Sessions
from tests.channels.web.site import Page
from tests.e2e.stage import Stage, staged
from tests.e2e.test_api import described, valid
from tests.e2e.test_who_may_reach import INSTALLED
from tests.slack_double import SlackDouble, signature
from tests.slack_double import serving as serving_slack
from tests.teams_double import TeamsDouble, serving

T = TypeVar("T")
KEY = "k" * 32
REWIND_EVERY = 50
LONGEST = 20
"""Seconds that an answer may take; more is as bad as none."""

COMMUNITY = "/api/v1/communities/vestfold"
ABOUT_CARDS = ("schema", "a card", "input ids", "verb", "no fallback")
"""What the double may complain of: that a broken activity is replied to where nobody wrote is its sender's doing."""


ABOUT_PLACES = ("an unknown",)


@dataclass(frozen=True)
class Reached:
    status: int
    kind: str
    text: str


class World:
    def __init__(self, folder: Path, logged: io.StringIO) -> None:
        self._folder = folder
        self.logged = logged
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._stack = AsyncExitStack()
        self._requests = 0
        self.stage: Stage
        self.double: TeamsDouble
        self.slack: SlackDouble

    def run(self, work: Coroutine[Any, Any, T], seconds: float = LONGEST) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(seconds)

    def open(self) -> None:
        self._thread.start()
        self.run(self._open(), 60)

    async def _open(self) -> None:
        self.double = await self._stack.enter_async_context(serving())
        self.slack = await self._stack.enter_async_context(serving_slack())
        database = self._folder / "fuzz.db"
        staging = staged(self.double, database, {}, slack=self.slack, secret_key=KEY, **INSTALLED)
        self.stage = await self._stack.enter_async_context(staging)
        self._described = await described(self.stage.product)
        self._owed = self._pairs()

    def close(self) -> None:
        async def end() -> None:
            self.double.complaints = [c for c in self.double.complaints if c.startswith(ABOUT_CARDS)]
            self.slack.complaints = [c for c in self.slack.complaints if not c.startswith(ABOUT_PLACES)]
            await self._stack.aclose()

        self.run(end(), 60)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    # What is sent

    def asks(self, method: str, path: str, **options: Any) -> Reached:
        """Whatever comes back is no error of ours, and no traceback."""
        reached = self.run(self._asks(method, path, **options))
        assert reached.status < 500, reached.text
        assert "Traceback" not in reached.text
        assert 'File "' not in reached.text
        self._requests += 1
        if self._requests % REWIND_EVERY == 0:
            self.check()
            self.run(self.stage.rewind(), 60)
        return reached

    async def _asks(self, method: str, path: str, **options: Any) -> Reached:
        url = path if path.startswith("http") else self.stage.product.url + path
        async with self.stage.product.session.request(method, url, allow_redirects=False, **options) as response:
            return Reached(response.status, response.content_type, (await response.read()).decode("utf-8", "replace"))

    def posts(self, activity: Mapping[str, Any]) -> Reached:
        reached = self.asks("POST", "/api/messages", data=json.dumps(activity), headers=JSON)
        assert reached.status in (200, 201, 202, 400, 401, 403, 413, 415), reached.status
        return reached

    def slacks(self, path: str, body: bytes) -> Reached:
        """Signed as Slack signs it."""
        moment = str(int(time.time()))
        headers = {"X-Slack-Request-Timestamp": moment, "X-Slack-Signature": signature(moment, body)}
        kind = "application/json" if path == "/slack/events" else "application/x-www-form-urlencoded"
        return self.asks("POST", path, data=body, headers=headers | {"Content-Type": kind})

    def session(self, person: str) -> dict[str, str]:
        """One that holds, though somebody may have had all of that person's taken back a moment ago."""
        with closing(sqlite3.connect(self.stage.database)) as database:
            query = "SELECT epoch FROM person WHERE community = 'vestfold' AND key = ?"
            [epoch] = database.execute(query, (person,)).fetchone()
        return {COOKIE: Sessions(KEY.encode()).begin("vestfold", person, epoch)}

    def proof(self, cookies: Mapping[str, str]) -> list[tuple[str, str]]:
        """What a form of that session bears, so that it is read at all."""
        page = Page(200, self.asks("GET", "/", cookies=cookies).text)
        form = next(f for f in page.forms if f.values("_number"))
        return [(name, value) for name, value in form.fields if name in ("_token", "_number")]

    # What must hold

    def check(self) -> None:
        """Nothing was an error, nothing is half there, and everything can still be read and drawn."""
        self.run(self.stage.product.settle(), 120)
        logged = self.logged.getvalue()
        self.logged.truncate(self.logged.seek(0))
        assert "Traceback" not in logged, logged[-2000:]
        for part in ("rounds", "actions", "plan"):
            reached = self.run(self._asks("GET", f"{COMMUNITY}/{part}"))
            assert reached.status == 200, reached.text
            valid(self._described, f"/api/v1/communities/{{community}}/{part}", "200", json.loads(reached.text))
        for person in ("samhandlingssjef", "larvik-sjef"):
            assert self.run(self._asks("GET", "/", cookies=self.session(person))).status == 200
        assert self._pairs() == self._owed

    def _pairs(self) -> dict[str, int]:
        """How many changes there are more than entries that say so: always as many as at first."""
        with closing(sqlite3.connect(self.stage.database)) as database:

            def count(what: str) -> int:
                return int(database.execute(f"SELECT count(*) FROM {what}").fetchone()[0])  # noqa: S608 - written below

            failed = count("outbox WHERE state = 'failed'")
            [sound] = database.execute("PRAGMA integrity_check").fetchone()
            assert sound == "ok"
            return {
                "answers": count("status_report")
                - count("audit WHERE kind IN ('report.answered', 'report.corrected')"),
                "actions": count("action") - count("audit WHERE kind = 'action.added'"),
                "requests": count("meeting_request") - count("audit WHERE kind = 'meeting.requested'"),
                "absences": count("absence") - count("audit WHERE kind = 'absence.set'"),
                "periods": count("period") - count("audit WHERE kind = 'period.started'"),
                "failed": failed,
            }


JSON = {"Content-Type": "application/json"}
