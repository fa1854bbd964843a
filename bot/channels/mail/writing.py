"""A letter as it goes out: its headers, and the card as text and as HTML."""

from __future__ import annotations

import re
from email.charset import QP, Charset
from email.header import Header
from email.message import Message
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.utils import format_datetime, formataddr, parseaddr
from typing import Protocol

from bot.channels.mail import drawing
from bot.outbound import Letter, UnreachableError
from dialogs.card import Card, Resolve, nowhere

LONGEST_SUBJECT = 150
UTF_8 = Charset("utf-8")
UTF_8.body_encoding = QP


class Server(Protocol):
    async def send(self, letter: Message, sender: str, recipient: str) -> None:
        """Raises a DeliveryError."""


class Mail:
    """Writes letters and hands them over to the mail server."""

    name = "mail"

    def __init__(self, server: Server, sender: str, resolve: Resolve = nowhere) -> None:
        self._server = server
        self._name, self._sender = parseaddr(sender)
        self._resolve = resolve

    async def post(self, card: Card, letter: Letter) -> None:
        if not re.fullmatch(r"[^@\s<>,]+@[^@\s<>,]+", letter.to):
            raise UnreachableError("not an e-mail address")
        await self._server.send(self.written(card, letter), self._sender, letter.to)

    def written(self, card: Card, letter: Letter) -> Message:
        domain = self._sender.rpartition("@")[2]
        text, html = drawing.text(card, letter, self._resolve), drawing.html(card, letter, self._resolve)
        message = MIMEMultipart("alternative", None, [_part("plain", text), _part("html", html)])
        message["From"] = formataddr((self._name or letter.speech.say("web.product"), self._sender))
        message["To"] = letter.to
        # Not by the newer policies of the library: they put a second space where a line of a long subject is folded.
        message["Subject"] = Header(subject(card, letter), "utf-8", header_name="Subject").encode()
        message["Date"] = format_datetime(letter.at)
        message["Message-ID"] = f"<{letter.id}@{domain}>"
        # The beginning of a thread is never sent: every letter about the thing answers it, whichever comes first.
        message["In-Reply-To"] = message["References"] = f"<{letter.thread}@{domain}>"
        message["Auto-Submitted"] = "auto-generated"
        message["X-Auto-Response-Suppress"] = "All"
        message["Content-Language"] = letter.speech.language
        return message


def subject(card: Card, letter: Letter) -> str:
    """The card's title. A sentence is not one: it stands in the letter, where no lock screen shows it."""
    title = letter.speech.say("mail.subject", community=letter.community) if card.plain else card.title
    line = " ".join(title.split())
    return line if len(line) <= LONGEST_SUBJECT else f"{line[: LONGEST_SUBJECT - 1]}…"


def _part(kind: str, words: str) -> Message:
    part = MIMENonMultipart("text", kind)
    part.set_payload(words, UTF_8)
    return part
