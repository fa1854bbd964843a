"""To which addresses the bot's token may go."""

from __future__ import annotations

from dataclasses import replace

import aiohttp
import pytest

from bot.channels.teams.connector import Connector
from bot.channels.teams.service_urls import is_loopback, microsofts
from bot.channels.teams.tokens import Tokens
from bot.outbound import DeliveryError, UnreachableError
from bot.pacing import Pace
from dialogs.card import sentence
from services.messages import Address
from tests.teams_double import TENANT, TeamsDouble

MICROSOFTS = [
    "https://smba.trafficmanager.net/emea/",
    "https://smba.trafficmanager.net/emea/7c3f1e1a-0000-4000-8000-000000000000/",
    "https://SMBA.trafficmanager.net:443/no",
    "https://europe.botframework.com",
    "https://eu.infra.teams.microsoft.us/",
]

ELSEWHERE = [
    "",
    "https://evil.example/",
    "http://smba.trafficmanager.net/emea/",
    "https://smba.trafficmanager.net:8443/",
    "https://trafficmanager.net/",
    "https://evil.trafficmanager.net/",
    "https://x.smba.trafficmanager.net/",
    "https://smba.trafficmanager.net.evil.example/",
    "https://evilbotframework.com/",
    "https://smba.trafficmanager.net@evil.example/",
    "https://evil.example/smba.trafficmanager.net/",
    "https://evil.example#smba.trafficmanager.net",
    "https://evil.example?smba.trafficmanager.net",
    "https://evil.example\\@smba.trafficmanager.net/",
    "https://smba.trafficmanager.net\\.evil.example/",
    "https://smba.trafficmanager.net\n.evil.example/",
    "https://smba.trafficmanager.net%2eevil.example/",
    "https://[::1]/",
    "https://127.0.0.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://localhost/",
    "ftp://smba.trafficmanager.net/",
    "//smba.trafficmanager.net/",
    "smba.trafficmanager.net",
    "https://smba.trafficmanager.net:99999/",
    "https://[::1",
    "https://smba。trafficmanager.net/",
]


@pytest.mark.parametrize("url", MICROSOFTS)
def test_microsofts_own_are_permitted(url: str) -> None:
    assert microsofts()(url)


@pytest.mark.parametrize("url", ELSEWHERE)
def test_nothing_that_only_looks_like_them_is(url: str) -> None:
    assert not microsofts()(url)
    assert not microsofts("https://connector.example:8443/bot")(url)


def test_the_one_that_the_administrator_names_is_permitted_and_nothing_beside_it() -> None:
    permits = microsofts("http://127.0.0.1:4000/teams")
    assert permits("http://127.0.0.1:4000/")
    for other in (
        "http://127.0.0.1:4001/",
        "https://127.0.0.1:4000/",
        "http://127.0.0.2:4000/",
        "http://localhost:4000/",
    ):
        assert not permits(other), other


@pytest.mark.parametrize("url", [*MICROSOFTS, *(url for url in ELSEWHERE if "[::1]" not in url and "127" not in url)])
def test_under_dev_nothing_but_this_machine_is(url: str) -> None:
    assert not is_loopback(url) or url == "https://localhost/"


async def test_an_address_that_was_stored_is_permitted_anew_before_the_token_goes_there(double: TeamsDouble) -> None:
    person = double.person("larvik", email="l@x.example")
    stored = Address("teams", TENANT, person.conversation.id, double.url, user=person.id, message="1")
    async with aiohttp.ClientSession() as session:
        tokens = Tokens(session, "", "", "")
        sender = Connector(session, tokens, Pace(100_000), "", double.url, permits=microsofts())
        for address in (stored, replace(stored, conversation=""), replace(stored, service_url="")):
            for asked in (
                sender.send(sentence("Hei"), address),
                sender.update(sentence("Hei"), address),
                sender.reply(sentence("Hei"), address, "1"),
                sender.roster(address),
            ):
                with pytest.raises(UnreachableError):
                    await asked
    assert double.calls == []


async def test_a_redirect_is_not_followed_from_any_request(double: TeamsDouble) -> None:
    double.fails(307, methods=("POST", "PUT", "GET"))
    person = double.person("larvik", email="l@x.example")
    address = Address("teams", TENANT, person.conversation.id, double.url, user=person.id, message="1")
    async with aiohttp.ClientSession() as session:
        sender = Connector(session, Tokens(session, "", "", ""), Pace(100_000), "", double.url)
        for asked in (
            sender.send(sentence("Hei"), address),
            sender.update(sentence("Hei"), address),
            sender.roster(address),
        ):
            with pytest.raises(DeliveryError):
                await asked
    assert {call.status for call in double.calls} == {307}
