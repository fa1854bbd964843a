"""Who may post activities: under `--dev` whoever is on this machine, else the Bot Framework with its signed token."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import threading
import time
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

import requests
from botbuilder.schema import Activity as SdkActivity
from botframework.connector.auth import (
    AuthenticationConfiguration,
    AuthenticationConstants,
    ChannelValidation,
    JwtTokenValidation,
    SimpleCredentialProvider,
)
from botframework.connector.auth.jwt_token_extractor import JwtTokenExtractor
from jwt.algorithms import RSAAlgorithm

from bot.channels.teams.activity import Activity

PERMITTED_HOSTS = ("smba.trafficmanager.net", "botframework.com", "teams.microsoft.com", "infra.teams.microsoft.us")

FETCH_TIMEOUT, RETRY_AFTER = 5, 10
KEYS_LAST = 24 * 3600
KEYS_APART = 300
"""Seconds that must lie between two fetches of the keys, however many tokens name an unknown one."""


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
        url = metadata_url or AuthenticationConstants.TO_BOT_FROM_CHANNEL_OPENID_METADATA_URL
        ChannelValidation.open_id_metadata_endpoint = url
        JwtTokenExtractor.metadataCache[url] = SigningKeys(url)

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


@dataclass(frozen=True, slots=True)
class SigningKey:
    """One key as the SDK asks for it."""

    public_key: Any
    endorsements: list[str]


class SigningKeys:
    """The Bot Framework's public keys, in the place of the SDK's own cache of them.

    The SDK's waits without end for an answer, and does not know a key that is newer than its last fetch for up to a
    day. It is asked from threads.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._keys: dict[str, SigningKey] = {}
        self._good_until = self._not_before = 0.0
        self._lock = threading.Lock()

    async def get(self, key_id: str) -> SigningKey:
        """Raises KeyError when there is no such key, and whatever goes wrong with fetching it."""
        with self._lock:
            now = time.monotonic()
            if now >= self._not_before and (now >= self._good_until or key_id not in self._keys):
                self._fetch(now)
            return self._keys[key_id]

    def _fetch(self, now: float) -> None:
        self._not_before = now + RETRY_AFTER
        keys = _fetched(_fetched(self._url)["jwks_uri"])["keys"]
        self._keys = {
            key["kid"]: SigningKey(RSAAlgorithm.from_jwk(json.dumps(key)), key.get("endorsements", []))
            for key in keys
            if key.get("kty") == "RSA"
        }
        self._not_before, self._good_until = now + KEYS_APART, now + KEYS_LAST


def _fetched(url: str) -> Any:
    response = requests.get(url, timeout=FETCH_TIMEOUT)
    response.raise_for_status()
    return response.json()


def is_loopback(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        if parts.scheme not in ("http", "https") or parts.username is not None:
            return False
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
