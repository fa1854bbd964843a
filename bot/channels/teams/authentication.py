"""Who may post activities: under `--dev` whoever is on this machine, else the Bot Framework with its signed token."""

from __future__ import annotations

from typing import Protocol

from bot.channels.teams.activity import Activity
from bot.channels.teams.service_urls import is_loopback


class RefusedActivityError(Exception):
    """
    RefusedActivityError       `reason` is one word for the log, without anything that came
    ├── NotAuthenticatedError  answered with 401 and no detail
    └── NotPermittedError      answered with 403 and no detail
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotAuthenticatedError(RefusedActivityError):
    pass


class NotPermittedError(RefusedActivityError):
    pass


class Authentication(Protocol):
    async def check(self, activity: Activity, header: str) -> None:
        """Raises NotAuthenticatedError or NotPermittedError."""


class LocalAuthentication:
    """`--dev`: no token, but only this machine's own service addresses."""

    async def check(self, activity: Activity, header: str) -> None:
        url = activity.text("serviceUrl")
        if url and not is_loopback(url):
            raise NotPermittedError("service_url")
