"""Who may post activities: under `--dev` whoever is on this machine, else the Bot Framework with its signed token."""

from __future__ import annotations

import asyncio
import ipaddress
from typing import Protocol
from urllib.parse import urlsplit

from botbuilder.schema import Activity as SdkActivity
from botframework.connector.auth import (
    AuthenticationConfiguration,
    AuthenticationConstants,
    JwtTokenValidation,
    SimpleCredentialProvider,
)

from bot.channels.teams.activity import Activity

PERMITTED_HOSTS = ("smba.trafficmanager.net", "botframework.com", "teams.microsoft.com", "infra.teams.microsoft.us")


class NotAuthenticatedError(Exception):
    """Answered with 401 and no detail."""


class NotPermittedError(Exception):
    """Answered with 403."""


class Authentication(Protocol):
    async def check(self, activity: Activity, header: str) -> None:
        """Raises NotAuthenticatedError or NotPermittedError."""


class LocalAuthentication:
    """`--dev`: no token, but only this machine's own service addresses."""

    async def check(self, activity: Activity, header: str) -> None:
        url = activity.text("serviceUrl")
        if url and not is_loopback(url):
            raise NotPermittedError


class BotFrameworkAuthentication:
    """The SDK's checks of signature, issuer, audience and service address, and our own of tenant and host."""

    def __init__(self, app_id: str, password: str, tenants: frozenset[str], metadata_url: str, host: str) -> None:
        self._credentials = SimpleCredentialProvider(app_id, password)
        self._configuration = AuthenticationConfiguration()
        self._tenants = tenants
        self._hosts = (*PERMITTED_HOSTS, host) if host else PERMITTED_HOSTS
        if metadata_url:
            AuthenticationConstants.TO_BOT_FROM_CHANNEL_OPEN_ID_METADATA_URL = metadata_url

    async def check(self, activity: Activity, header: str) -> None:
        if not header.startswith("Bearer ") or header.count(".") != 2:
            raise NotAuthenticatedError
        # The SDK fetches keys with blocking requests, so its check runs off the event loop; whatever goes wrong in
        # it, an unknown key included, means that the token was not good.
        try:
            claims = await asyncio.to_thread(self._validate, activity, header)
        except Exception as exc:
            raise NotAuthenticatedError from exc
        if not claims.is_authenticated:
            raise NotAuthenticatedError
        if activity.tenant.casefold() not in self._tenants or not self._is_permitted(activity.text("serviceUrl")):
            raise NotPermittedError

    def _validate(self, activity: Activity, header: str):  # type: ignore[no-untyped-def]  # the SDK has no types
        checked = SdkActivity(channel_id=activity.text("channelId"), service_url=activity.text("serviceUrl"))
        return asyncio.run(
            JwtTokenValidation.authenticate_request(
                checked, header, self._credentials, auth_configuration=self._configuration
            )
        )

    def _is_permitted(self, url: str) -> bool:
        parts = urlsplit(url)
        host = parts.hostname or ""
        return parts.scheme == "https" and any(host == ours or host.endswith(f".{ours}") for ours in self._hosts)


def is_loopback(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        if parts.scheme not in ("http", "https") or parts.username is not None:
            return False
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
