"""A mail server on loopback that keeps what it is given, and refuses as real ones do."""

from __future__ import annotations

import asyncio
import email
import logging
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP as POLICY

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session


@dataclass
class Inbox:
    """Everything that was accepted, and what is refused: address → the reply to it."""

    url: str = ""
    letters: list[EmailMessage] = field(default_factory=list)
    refuses: dict[str, str] = field(default_factory=dict)
    forgives_after: int = 0  # so many refusals of an address; 0: never
    refuses_senders: str = ""
    refuses_content: str = ""
    attempts: list[str] = field(default_factory=list)
    passwords: list[tuple[bytes, bytes]] = field(default_factory=list)
    repeats_passwords: bool = False  # those that it refuses, in what it says

    def to(self, address: str) -> list[EmailMessage]:
        return [letter for letter in self.letters if letter["To"].addresses[0].addr_spec == address]

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.refuses_senders:
            return self.refuses_senders
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.attempts.append(address)
        if address in self.refuses and self.attempts.count(address) <= (self.forgives_after or len(self.attempts)):
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.refuses_content:
            return self.refuses_content
        assert isinstance(envelope.content, bytes)
        letter = email.message_from_bytes(envelope.content, policy=POLICY)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        return "250 OK"

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object
    ) -> AuthResult:
        password: bytes = getattr(data, "password", b"")
        self.passwords.append((getattr(data, "login", b""), password))
        said = f"535 5.7.8 {password.decode()} is not it" if self.repeats_passwords else None
        return AuthResult(success=password == b"p@ss word", handled=False, message=said)


# It would repeat every letter in the logs that tests look through.
logging.getLogger("mail.log").setLevel(logging.ERROR)


@asynccontextmanager
async def mail_server(*, signs_in: bool = False) -> AsyncIterator[Inbox]:
    inbox = Inbox()

    connections: list[SMTP] = []

    def connected() -> SMTP:
        made = SMTP(
            inbox,
            hostname="mail.test",
            enable_SMTPUTF8=True,
            loop=asyncio.get_running_loop(),
            authenticator=inbox.authenticate if signs_in else None,
            auth_require_tls=False,
        )
        connections.append(made)
        return made

    server = await asyncio.get_running_loop().create_server(connected, "127.0.0.1", 0)
    inbox.url = f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield inbox
    finally:
        server.close()
        for connection in connections:
            if connection.transport is not None:
                connection.transport.close()
        await server.wait_closed()


def text_of(letter: EmailMessage) -> str:
    part = letter.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def html_of(letter: EmailMessage) -> str:
    part = letter.get_body(("html",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def link_of(letter: EmailMessage) -> str:
    """The address of the letter's own button, which its text and its HTML have alike."""
    found = re.search(r"^(https?://\S+/(?:link|signin)/\S+)$", text_of(letter), re.MULTILINE)
    assert found is not None
    assert f'href="{found[1]}"' in html_of(letter)
    return found[1]
