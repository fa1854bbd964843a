"""`tilgang`: links and sign-ins taken back in chat and on the command line, by whom it is theirs or the coordinator."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from tests.command_line import EXAMPLE, samhandling
from tests.e2e.acting import words
from tests.e2e.live import NAME, Browser
from tests.e2e.test_absence import forged
from tests.harness import Running, Town, running

HORTEN = "Kommunalsjef Horten"


class Desk:
    """A browser in which somebody is signed in."""

    def __init__(self, product: Running, session: aiohttp.ClientSession) -> None:
        self.site = Browser(product, session)

    async def is_in(self) -> bool:
        return (await self.site.get("/overview")).status == 200


@pytest.fixture
async def desks(started: Town) -> AsyncIterator[dict[str, Desk]]:
    """Larvik and Horten are signed in on the page."""
    jars = [aiohttp.CookieJar(unsafe=True) for _ in (NAME, HORTEN)]
    async with aiohttp.ClientSession(cookie_jar=jars[0]) as one, aiohttp.ClientSession(cookie_jar=jars[1]) as two:
        found = {NAME: Desk(started.product, one), HORTEN: Desk(started.product, two)}
        for name, desk in found.items():
            await desk.site.sign_in(name)
            assert await desk.is_in()
        yield found


async def revoked(town: Town) -> list[tuple[str, str | None]]:
    async with town.product.product.store.read("vestfold") as work:
        found = await work.audit.newest(50)
    return [(entry.subject, entry.by) for entry in reversed(found) if entry.kind == "access.revoked"]


async def test_somebody_signs_out_everywhere_from_chat(started: Town, desks: dict[str, Desk]) -> None:
    [form] = await started["larvik-sjef"].says("tilgang")
    assert list(form.inputs) == []
    answer = await started["larvik-sjef"].presses(form, "access.revoke")
    assert "du er logget ut av nettsiden overalt" in words(answer)
    assert not await desks[NAME].is_in()
    assert await desks[HORTEN].is_in()
    assert await revoked(started) == [("person:larvik-sjef", "larvik-sjef")]


async def test_the_coordinator_does_it_for_anybody(started: Town, desks: dict[str, Desk]) -> None:
    [form] = await started.boss.says("Tilgang")
    offered = [choice["value"] for choice in form.inputs["person"]["choices"]]
    assert {"larvik-sjef", "horten-sjef", "samhandlingssjef"} <= set(offered)
    assert form.inputs["person"]["value"] == "samhandlingssjef"
    answer = await started.boss.presses(form, "access.revoke", person="larvik-sjef")
    assert "Kommunalsjef Larvik er logget ut av nettsiden overalt" in words(answer)
    assert not await desks[NAME].is_in()
    assert await desks[HORTEN].is_in()
    assert await revoked(started) == [("person:larvik-sjef", "samhandlingssjef")]
    [told] = await started.boss.says("logg")
    assert "Trakk tilbake lenker og innlogginger" in told.text


async def test_nobody_else_does_it_for_another(started: Town, desks: dict[str, Desk]) -> None:
    said = await forged(started["larvik-sjef"], action="access.revoke", person="horten-sjef")
    assert "Samhandlingssjef SiV" in said
    assert await desks[HORTEN].is_in()
    assert await revoked(started) == []


@pytest.mark.parametrize("person", ["ukjent", "x" * 5000])
async def test_somebody_who_is_not_there_comes_back_at_the_field(started: Town, person: str) -> None:
    [form] = await started.boss.says("tilgang")
    answer = await started.boss.presses(form, "access.revoke", person=person)
    assert "Velg en person fra listen." in words(answer)
    assert await revoked(started) == []


async def test_in_a_channel_the_form_comes_in_private(started: Town) -> None:
    await started.boss.says("tilgang", where=started.channel)
    assert "access.revoke" in started.boss.last_card.actions


@pytest.mark.parametrize(("language", "command", "title"), [("nn", "tilgang", "Lenkjer"), ("en", "access", "Links")])
async def test_it_is_said_in_every_language(started: Town, language: str, command: str, title: str) -> None:
    await started["larvik-sjef"].says(f"språk {language}")
    [form] = await started["larvik-sjef"].says(command)
    assert form.title.startswith(title)


# On the command line


async def test_an_administrator_closes_the_ways_in(tmp_path: Path) -> None:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        async with running(tmp_path / "test.db") as product:
            await Browser(product, session).sign_in(NAME)
            busy = samhandling(tmp_path, "person", "revoke", "larvik-sjef", "--community", str(EXAMPLE))
            assert busy.returncode == 1
            assert "in use by another process" in busy.stderr
            assert await Desk(product, session).is_in()
        done = samhandling(tmp_path, "person", "revoke", "kommunalsjef@LARVIK.example", "--community", str(EXAMPLE))
        assert done.returncode == 0, done.stderr
        assert done.stdout == "larvik-sjef: sessions and links until now hold no longer.\n"
        async with running(tmp_path / "test.db") as product:
            assert not await Desk(product, session).is_in()
            assert NAME in (await Browser(product, session).sign_in(NAME)).text
    nobody = samhandling(tmp_path, "person", "revoke", "ukjent", "--community", str(EXAMPLE))
    assert (nobody.returncode, len(nobody.stderr.splitlines())) == (1, 1)
