"""Handing letters to a mail server: what it refuses, and what that means."""

from __future__ import annotations

import asyncio
import io
from email.message import Message
from email.mime.text import MIMEText

import pytest
from aiosmtplib import SMTPAuthenticationError, SMTPRecipientRefused, SMTPRecipientsRefused

from bot.channels.mail.server import MailServer, as_delivery_error
from bot.outbound import DeliveryError, RetryLaterError, UnreachableError
from tests.mail_double import mail_server

TO, FROM = "kommunalsjef@larvik.example", "bot@example.no"


def letter() -> Message:
    made = MIMEText("Hei på deg\n.\nEtter punktumet", "plain", "utf-8")
    made["To"], made["Subject"] = TO, "Hei"
    return made


async def test_a_letter_arrives_as_it_was_written() -> None:
    async with mail_server() as inbox:
        await MailServer(inbox.url).send(letter(), FROM, TO)
        [got] = inbox.letters
        assert got.get_content().splitlines() == ["Hei på deg", ".", "Etter punktumet"]


@pytest.mark.parametrize(
    ("reply", "means"),
    [
        ("550 5.1.1 No such user", UnreachableError),
        ("552 5.2.2 Mailbox full", UnreachableError),
        ("450 4.2.0 Greylisted", RetryLaterError),
        ("421 4.3.2 Closing", RetryLaterError),
    ],
)
async def test_a_bounce_is_not_reached_and_a_busy_server_is_tried_again(reply: str, means: type[DeliveryError]) -> None:
    async with mail_server() as inbox:
        inbox.refuses[TO] = reply
        with pytest.raises(means):
            await MailServer(inbox.url).send(letter(), FROM, TO)
        assert inbox.letters == []


@pytest.mark.parametrize(("reply", "means"), [("554 No", UnreachableError), ("451 Later", RetryLaterError)])
async def test_refused_content_is_a_bounce_too(reply: str, means: type[DeliveryError]) -> None:
    async with mail_server() as inbox:
        inbox.refuses_content = reply
        with pytest.raises(means):
            await MailServer(inbox.url).send(letter(), FROM, TO)


async def test_a_refused_sender_is_our_own_fault_and_waits_to_be_mended() -> None:
    async with mail_server() as inbox:
        inbox.refuses_senders = "550 Not you"
        with pytest.raises(RetryLaterError):
            await MailServer(inbox.url).send(letter(), FROM, TO)


async def test_a_server_that_is_away_is_tried_again() -> None:
    with pytest.raises(RetryLaterError):
        await MailServer("smtp://127.0.0.1:1").send(letter(), FROM, TO)
    assert await MailServer("smtp://127.0.0.1:1").check() == "SMTPConnectError"


async def test_a_server_that_speaks_no_smtp_is_tried_again() -> None:
    async def other(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(other, "127.0.0.1", 0)
    with pytest.raises(RetryLaterError):
        await MailServer(f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}").send(letter(), FROM, TO)
    server.close()


async def test_user_and_password_stand_in_the_address_as_addresses_write_them() -> None:
    async with mail_server(signs_in=True) as inbox:
        right = inbox.url.replace("//", "//bot%40example.no:p%40ss%20word@")
        await MailServer(right).send(letter(), FROM, TO)
        assert inbox.passwords == [(b"bot@example.no", b"p@ss word")]
        assert len(inbox.letters) == 1
        wrong = MailServer(inbox.url.replace("//", "//bot:wrong@"))
        assert "535" in await wrong.check()
        with pytest.raises(RetryLaterError):
            await wrong.send(letter(), FROM, TO)


async def test_a_password_goes_to_no_other_machine_unencrypted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.channels.mail.server._is_this_machine", lambda host: False)
    async with mail_server(signs_in=True) as inbox:
        elsewhere = MailServer(inbox.url.replace("//", "//bot:p%40ss%20word@"))
        assert await elsewhere.check() != ""
        assert inbox.passwords == []


async def test_a_server_that_is_to_be_encrypted_and_is_not_gets_nothing() -> None:
    async with mail_server() as inbox:
        with pytest.raises(RetryLaterError):
            await MailServer(inbox.url.replace("smtp:", "smtps:")).send(letter(), FROM, TO)
        assert inbox.attempts == []


def test_a_refusal_repeats_no_address_and_no_words_of_the_server(logs: io.StringIO) -> None:
    refused = SMTPRecipientsRefused([SMTPRecipientRefused(550, f"{TO} is unknown", TO)])
    assert str(as_delivery_error(refused)) == "550"
    assert str(as_delivery_error(SMTPAuthenticationError(535, "bot:secret"))) == "SMTPAuthenticationError 535"


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [("smtp://mail.example.no", "mail.example.no", 587), ("smtps://mail.example.no", "mail.example.no", 465)],
)
def test_the_port_is_the_usual_one_where_none_is_given(url: str, host: str, port: int) -> None:
    server = MailServer(url)
    assert (server.host, server.port) == (host, port)
