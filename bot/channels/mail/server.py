"""The mail server: one connection for each letter, and what its refusals mean for the delivery."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import Message
from urllib.parse import unquote, urlsplit

from aiosmtplib import (
    SMTP,
    SMTPDataError,
    SMTPException,
    SMTPNotSupported,
    SMTPRecipientRefused,
    SMTPRecipientsRefused,
    SMTPResponseException,
)

from bot.outbound import DeliveryError, RetryLaterError, UnreachableError, departs
from bot.settings import SMTP_PORTS

AT_ONCE = 4
"""Connections at the same time: servers count them."""
PATIENCE = 30
"""Seconds that the server has for each answer."""


class MailServer:
    """Reached by `smtp://user:password@host:587` (encrypted as soon as the server can) or `smtps://…`.

    A password goes to another machine over an encrypted connection only.
    """

    def __init__(self, url: str, own_name: str = "localhost") -> None:
        parts = urlsplit(url)
        self.host = parts.hostname or ""
        self.port = parts.port or SMTP_PORTS[parts.scheme]
        self._encrypted = parts.scheme == "smtps"
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._own_name = own_name
        self._room = asyncio.Semaphore(AT_ONCE)

    async def send(self, letter: Message, sender: str, recipient: str) -> None:
        """Raises RetryLaterError when the server is busy or away, UnreachableError when the letter bounces."""
        try:
            async with self._room, self._connected() as server:
                departs()
                await server.sendmail(sender, [recipient], letter.as_bytes())
        except (SMTPException, OSError, ValueError) as exc:
            raise as_delivery_error(exc) from None

    async def check(self) -> str:
        """Greets the server and signs in; empty when that is in order, else what was wrong."""
        try:
            async with self._connected():
                return ""
        except (SMTPException, OSError, ValueError) as exc:
            return str(as_delivery_error(exc))

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[SMTP]:
        must_encrypt = bool(self._user) and not _is_this_machine(self.host)
        server = SMTP(
            hostname=self.host,
            port=self.port,
            username=self._user or None,
            password=self._password or None,
            use_tls=self._encrypted,
            start_tls=False if self._encrypted else True if must_encrypt else None,
            local_hostname=self._own_name,
            timeout=PATIENCE,
        )
        async with server:
            yield server


def as_delivery_error(exc: Exception) -> DeliveryError:
    """What a refusal means. A reply of 5xx about the recipient or the letter is a bounce: it was not delivered.

    One about ourselves (our sign-in, our sender) is a fault that is mended here, so the letter waits for that.
    Only the code is told: a server's words may repeat an address.
    """
    if isinstance(exc, SMTPRecipientsRefused):
        exc = exc.recipients[0]
    if isinstance(exc, SMTPRecipientRefused | SMTPDataError) and 500 <= exc.code < 600:
        return UnreachableError(str(exc.code))
    if isinstance(exc, SMTPNotSupported | ValueError):
        return UnreachableError("an address that the server cannot write to")
    if isinstance(exc, SMTPResponseException):
        return RetryLaterError(f"{type(exc).__name__} {exc.code}")
    return RetryLaterError(type(exc).__name__)


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
