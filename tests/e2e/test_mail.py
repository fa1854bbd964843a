"""The weekly cycle by e-mail: letters, their links, and what somebody without a chat does with them on a phone."""

from __future__ import annotations

import io
import json
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.channels.web.site import Page
from tests.e2e.live import LARVIK, NAME, Browser
from tests.harness import START, Running, Town, everybody, running, vestfold
from tests.mail_double import Inbox, html_of, link_of, mail_server, text_of
from tests.teams_double import TeamsDouble

MONDAY, NOON, MEETING = "2023-11-27T09:00:00+01:00", "2023-11-28T12:00:00+01:00", "2023-11-28T16:00:00+01:00"
ANSWERS = {"situasjon": "yellow", "overliggere": "3", "korttid_ledig": "2", "bemanning": "green"}
HORTEN = "kommunalsjef@horten.example"


class Mailed:
    """Vestfold with nobody on Teams: its running product, its inbox, and a browser that has no cookies yet."""

    def __init__(self, product: Running, inbox: Inbox, session: aiohttp.ClientSession) -> None:
        self.product = product
        self.inbox = inbox
        self.site = Browser(product, session)

    async def start(self) -> None:
        await self.site.start_period()
        await self.product.settle()
        self.site.session.cookie_jar.clear()

    async def prompted(self) -> EmailMessage:
        """The first round's letters are out; the one to Larvik."""
        await self.start()
        self.inbox.letters.clear()
        await self.product.clock_to(MONDAY)
        [letter] = self.inbox.to(LARVIK)
        return letter

    def path(self, letter: EmailMessage) -> str:
        return link_of(letter).removeprefix(self.product.url)

    async def open(self, letter: EmailMessage) -> Page:
        return await self.site.get(self.path(letter))


@pytest.fixture
async def inbox() -> AsyncIterator[Inbox]:
    async with mail_server() as made:
        yield made


@asynccontextmanager
async def mailed(folder: Path, inbox: Inbox, **more: Any) -> AsyncIterator[Mailed]:
    async with (
        running(folder / "mailed.db", smtp_url=inbox.url, mail_from="Bot <bot@example.no>", **more) as product,
        aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session,
    ):
        yield Mailed(product, inbox, session)


@pytest.fixture
async def by_mail(tmp_path: Path, inbox: Inbox) -> AsyncIterator[Mailed]:
    async with mailed(tmp_path, inbox) as made:
        yield made


def is_a_sentence(page: Page, status: int) -> None:
    assert page.status == status
    said = re.search(r"<main.*?<p>([^<]+)</p>", page.html, re.DOTALL)
    assert said is not None
    assert said[1].endswith(".")


# From the letter to the receipt


async def test_two_presses_lead_from_the_letter_to_the_receipt(by_mail: Mailed) -> None:
    letter = await by_mail.prompted()
    assert letter["Subject"] == "Status fra Larvik kommune til møtet tirsdag 28. november"
    form = await by_mail.open(letter)
    assert f"{NAME}, Larvik kommune" in form.text
    receipt = await by_mail.site.press(form, "Send status", **ANSWERS)
    assert receipt.status == 200
    assert "Mottatt: status fra Larvik kommune" in receipt.text
    report = await by_mail.product.report_of("2023-11-28", "larvik")
    assert (report["state"], report["answered_by"]) == ("answered", "larvik-sjef")
    assert report["values"]["overliggere"] == 3


async def test_the_receipt_comes_as_one_letter_in_the_same_thread(by_mail: Mailed) -> None:
    prompt = await by_mail.prompted()
    form = await by_mail.open(prompt)
    await by_mail.site.press(form, "Send status", **ANSWERS)
    await by_mail.site.press(form, "Send status", **ANSWERS)
    await by_mail.product.settle()
    [_, receipt] = by_mail.inbox.to(LARVIK)
    assert receipt["Subject"] == "Mottatt: status fra Larvik kommune til møtet tirsdag 28. november"
    assert "Overliggere (våre pasienter): 3" in text_of(receipt)
    assert receipt["References"] == prompt["References"]
    assert receipt["Message-ID"] != prompt["Message-ID"]


async def test_a_correction_behind_the_same_link_is_one_more_receipt(by_mail: Mailed) -> None:
    letter = await by_mail.prompted()
    receipt = await by_mail.site.press(await by_mail.open(letter), "Send status", **ANSWERS)
    form = await by_mail.site.press(receipt, "Rett svaret")
    assert form.form("Send status").values("overliggere") == ["3"]
    corrected = await by_mail.site.press(form, "Send status", overliggere="5")
    assert "Rettelsen er mottatt" in corrected.text
    await by_mail.product.settle()
    assert [m["Subject"].split(":")[0] for m in by_mail.inbox.to(LARVIK)[1:]] == ["Mottatt", "Mottatt"]
    assert (await by_mail.product.report_of("2023-11-28", "larvik"))["revision"] == 2


async def test_a_wrong_form_comes_back_with_everything_that_was_typed(by_mail: Mailed) -> None:
    form = await by_mail.open(await by_mail.prompted())
    page = await by_mail.site.press(form, "Send status", **(ANSWERS | {"overliggere": "mange", "korttid_ledig": "4"}))
    assert page.status == 200
    assert page.html.count('aria-invalid="true"') == 1
    assert page.form("Send status").values("overliggere") == ["mange"]
    assert page.form("Send status").values("korttid_ledig") == ["4"]
    assert "Mottatt" in (await by_mail.site.press(page, "Send status", overliggere="3")).text


async def test_a_reminders_link_leads_to_the_form_too(by_mail: Mailed) -> None:
    await by_mail.prompted()
    await by_mail.product.clock_to("2023-11-28T09:00:00+01:00")
    reminder = by_mail.inbox.to(LARVIK)[-1]
    assert reminder["Subject"] == "Påminnelse: status mangler"
    assert "Svar nå" in html_of(reminder)
    receipt = await by_mail.site.press(await by_mail.open(reminder), "Send status", **ANSWERS)
    assert "Mottatt: status fra Larvik kommune" in receipt.text


async def test_who_has_answered_gets_no_reminder_and_no_word_about_the_one_they_had(by_mail: Mailed) -> None:
    await by_mail.prompted()
    await by_mail.product.clock_to("2023-11-28T09:00:00+01:00")
    reminder = by_mail.inbox.to(LARVIK)[-1]
    await by_mail.site.press(await by_mail.open(reminder), "Send status", **ANSWERS)
    await by_mail.product.clock_to(MEETING)
    subjects = [letter["Subject"].split(":")[0] for letter in by_mail.inbox.to(LARVIK)]
    assert subjects.count("Mottatt") == 1
    assert subjects[-1] == "Mottatt"
    assert len(by_mail.inbox.to(HORTEN)) > len(subjects) - 1


async def test_what_answers_a_press_stays_on_the_page(by_mail: Mailed) -> None:
    await by_mail.prompted()
    page = await by_mail.site.sign_in(NAME)
    before = len(by_mail.inbox.letters)
    await by_mail.site.say(page, "status")
    await by_mail.product.settle()
    assert len(by_mail.inbox.letters) == before


async def test_the_language_of_a_letter_is_its_readers(by_mail: Mailed) -> None:
    await by_mail.site.say(await by_mail.site.sign_in(NAME), "språk nn")
    letter = await by_mail.prompted()
    assert letter["Content-Language"] == "nn"
    assert "Svar no" in text_of(letter)
    assert '<html lang="nn">' in (await by_mail.open(letter)).html


async def test_a_letter_says_no_more_than_its_card_and_asks_for_nothing_from_elsewhere(by_mail: Mailed) -> None:
    letter = await by_mail.prompted()
    for other in ("Horten", "Sandefjord"):
        assert other not in text_of(letter) + html_of(letter)
    addresses = re.findall(r'(?:href|src|action|url)\s*[=(]\s*"?([^"\s)>]+)', html_of(letter))
    assert addresses == [link_of(letter)]


# Whose the link is, and for how long


async def test_looking_changes_nothing_and_lets_nobody_in(by_mail: Mailed) -> None:
    letter = await by_mail.prompted()
    for _ in range(3):
        await by_mail.open(letter)
    async with by_mail.site.session.head(link_of(letter)) as response:
        assert response.status == 200
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert "script" not in response.headers["Content-Security-Policy"]
        assert "Set-Cookie" not in response.headers
    assert "Hvem er du?" in (await by_mail.site.get("/")).text
    assert (await by_mail.site.get("/overview")).status == 401
    assert (await by_mail.product.report_of("2023-11-28", "larvik"))["state"] == "missing"


async def test_a_press_on_the_link_lets_nobody_in_either(by_mail: Mailed) -> None:
    await by_mail.site.press(await by_mail.open(await by_mail.prompted()), "Send status", **ANSWERS)
    assert (await by_mail.site.get("/overview")).status == 401
    assert list(by_mail.site.session.cookie_jar) == []


async def test_only_what_was_drawn_behind_the_link_is_pressed_with_it(by_mail: Mailed) -> None:
    page = await by_mail.open(await by_mail.prompted())
    form = page.form("Send status")
    proof = [(name, value) for name, value in form.fields if name in ("_token", "_number")]
    path = form.action
    known = json.loads(form.buttons[0][1])
    other_unit = [known[0], known[1] | {"unit": "horten"}]
    for button in (["overview", {}], ["action.list", {}], ["help", {}], other_unit, [known[0], {}]):
        is_a_sentence(await by_mail.site.post(path, [*proof, ("_press", json.dumps(button))]), 403)
    is_a_sentence(await by_mail.site.post(path, [*proof, ("_text", "oversikt")]), 403)
    is_a_sentence(await by_mail.site.post(path, {}), 403)
    assert (await by_mail.product.report_of("2023-11-28", "larvik"))["state"] == "missing"


async def test_a_form_behind_a_link_is_good_once(by_mail: Mailed) -> None:
    form = await by_mail.open(await by_mail.prompted())
    for _ in range(3):
        assert (await by_mail.site.press(form, "Send status", **ANSWERS)).status == 200
    assert (await by_mail.product.report_of("2023-11-28", "larvik"))["revision"] == 1


@pytest.mark.parametrize("token", ["", "x", ".", "0" * 80, f"{'0' * 16}.{'0' * 64}", "å"])
async def test_a_press_without_the_pages_own_proof_is_refused(by_mail: Mailed, token: str) -> None:
    page = await by_mail.open(await by_mail.prompted())
    form = page.form("Send status")
    fields = [(name, token if name == "_token" else value) for name, value in form.fields]
    name, value, _ = form.buttons[0]
    is_a_sentence(await by_mail.site.post(form.action, [*fields, (name, value)]), 403)


async def test_a_proof_for_one_link_is_none_for_another(by_mail: Mailed) -> None:
    larvik = await by_mail.open(await by_mail.prompted())
    [horten] = by_mail.inbox.to(HORTEN)
    form = larvik.form("Send status")
    name, value, _ = form.buttons[0]
    is_a_sentence(await by_mail.site.post(by_mail.path(horten), [*form.fields, (name, value)]), 403)


async def test_a_changed_link_is_nobodys(by_mail: Mailed) -> None:
    path = by_mail.path(await by_mail.prompted())
    for changed in (path[:-1], path + "A", path[:20] + ("A" if path[20] != "A" else "B") + path[21:], "/link/x"):
        is_a_sentence(await by_mail.site.get(changed), 404)
        is_a_sentence(await by_mail.site.post(changed, {}), 404)
    is_a_sentence(await by_mail.site.get(path.replace("/link/", "/signin/")), 404)


async def test_a_link_holds_for_two_weeks(by_mail: Mailed, monkeypatch: pytest.MonkeyPatch) -> None:
    letter = await by_mail.prompted()
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 14 * 24 * 3600 - 60)
    assert (await by_mail.open(letter)).status == 200
    monkeypatch.setattr(time, "time", lambda: now + 15 * 24 * 3600 + 60)
    is_a_sentence(await by_mail.open(letter), 404)


async def test_signed_out_everywhere_ends_the_links_of_that_person_alone(by_mail: Mailed) -> None:
    letter = await by_mail.prompted()
    await by_mail.site.press(await by_mail.site.sign_in(NAME), "Logg ut alle steder")
    is_a_sentence(await by_mail.open(letter), 404)
    [horten] = by_mail.inbox.to(HORTEN)
    assert (await by_mail.open(horten)).status == 200


async def test_another_methods_are_refused_with_a_sentence(by_mail: Mailed) -> None:
    letter = await by_mail.prompted()
    async with by_mail.site.session.put(link_of(letter)) as response:
        assert response.headers["Allow"] == "GET, HEAD, POST"
        is_a_sentence(Page(response.status, await response.text()), 405)


async def test_a_link_to_what_is_called_off_says_so_and_so_does_a_letter(by_mail: Mailed) -> None:
    letter = await by_mail.prompted()
    page = await by_mail.site.press(await by_mail.site.sign_in("Samhandlingssjef SiV"), "Avslutt")
    await by_mail.site.press(page, "Ja, avslutt")
    await by_mail.product.settle()
    by_mail.site.session.cookie_jar.clear()
    opened = await by_mail.open(letter)
    assert opened.status == 200
    assert "Denne runden er avlyst." in opened.text
    assert sum("Denne runden er avlyst." in text_of(written) for written in by_mail.inbox.to(LARVIK)) == 1


async def test_nothing_of_a_link_or_an_address_is_logged(by_mail: Mailed, logs: io.StringIO) -> None:
    letter = await by_mail.prompted()
    await by_mail.site.press(await by_mail.open(letter), "Send status", **ANSWERS)
    await by_mail.product.settle()
    assert "channel='mail'" in logs.getvalue()
    for secret in (link_of(letter).rpartition("/")[2], LARVIK):
        assert secret not in logs.getvalue()


# Who gets letters


async def test_who_is_on_teams_gets_no_letters(double: TeamsDouble, database: Path, inbox: Inbox) -> None:
    people = everybody(double)
    async with running(database, now=START, teams=double, smtp_url=inbox.url, mail_from="bot@example.no") as made:
        town = Town(made, double, people)
        await town.prompted()
    assert inbox.letters == []


async def test_who_cannot_be_reached_on_teams_gets_a_letter_and_the_coordinator_hears_of_it(
    double: TeamsDouble, database: Path, inbox: Inbox
) -> None:
    people = everybody(double)
    async with running(database, now=START, teams=double, smtp_url=inbox.url, mail_from="bot@example.no") as made:
        town = Town(made, double, people)
        await town.begin()
        town["larvik-sjef"].installed = False
        await made.clock_to(MONDAY)
        assert [letter["To"] for letter in inbox.letters] == [LARVIK]
        told = [
            message.text for message in town.boss.messages if "når ikke Kommunalsjef Larvik på Teams" in message.text
        ]
        assert len(told) == 1
        assert "e-post" in told[0]


async def test_a_bounce_lies_on_the_page_and_the_coordinator_is_told_once(by_mail: Mailed) -> None:
    by_mail.inbox.refuses[LARVIK] = "550 5.1.1 No such user"
    await by_mail.start()
    await by_mail.product.clock_to(NOON)
    assert by_mail.inbox.to(LARVIK) == []
    page = await by_mail.site.sign_in(NAME)
    assert "Status fra Larvik kommune" in page.text
    boss = await by_mail.site.sign_in("Samhandlingssjef SiV")
    assert boss.text.count("Jeg når ikke Kommunalsjef Larvik på e-post.") == 1


async def test_a_mail_server_that_is_busy_is_tried_again(by_mail: Mailed) -> None:
    await by_mail.start()
    by_mail.inbox.letters.clear()
    by_mail.inbox.attempts.clear()
    by_mail.inbox.refuses[LARVIK] = "450 4.2.0 Greylisted"
    by_mail.inbox.forgives_after = 1
    await by_mail.product.clock_to(MONDAY)
    assert len(by_mail.inbox.to(LARVIK)) == 1
    assert by_mail.inbox.attempts.count(LARVIK) == 2


async def test_one_who_left_gets_none(by_mail: Mailed) -> None:
    await by_mail.start()
    by_mail.inbox.letters.clear()
    keys = frozenset(p.key for p in vestfold().people if p.email != LARVIK)
    async with by_mail.product.product.store.begin("vestfold") as work:
        await work.people.deactivate_absent(keys)
    await by_mail.product.clock_to(MONDAY)
    assert by_mail.inbox.to(LARVIK) == []
    assert by_mail.inbox.to(HORTEN) != []


async def test_a_neighbour_with_the_same_keys_opens_nothing_of_ours(tmp_path: Path, inbox: Inbox) -> None:
    other = replace(vestfold(), key="nabo", name="Naboen")
    async with mailed(tmp_path, inbox, communities=[vestfold(), other]) as both:
        letter = await both.prompted()
        token = both.product.product.ways
        async with both.product.product.store.read("nabo") as work:
            member = await work.people.get("larvik-sjef")
        assert member is not None
        way = await token.message(both.path(letter).rpartition("/")[2])
        assert way is not None
        forged = token.to_message("nabo", member, way.message)
        assert forged is not None
        is_a_sentence(await both.site.get(forged.removeprefix(both.product.url)), 404)


# What the coordinator takes back


async def choose(by_mail: Mailed) -> Page:
    """The coordinator has chosen the announcement of the period, to correct or withdraw it."""
    page = await by_mail.site.say(await by_mail.site.sign_in("Samhandlingssjef SiV"), "rett melding")
    [number] = {part.split('"')[0] for part in page.html.split('name="message" value="')[1:] if part[0].isdigit()}
    return await by_mail.site.press(page, "Velg", message=number)


async def test_a_correction_and_a_withdrawal_are_a_letter_each_and_never_two(by_mail: Mailed) -> None:
    await by_mail.start()
    before = len(by_mail.inbox.to(LARVIK))
    await by_mail.site.press(await choose(by_mail), "Rett meldingen", note="Møtet er på Teams.")
    await by_mail.product.settle()
    await by_mail.site.press(await choose(by_mail), "Trekk tilbake")
    await by_mail.product.clock_to(MONDAY)
    corrected, withdrawn, prompt = by_mail.inbox.to(LARVIK)[before:]
    assert "Møtet er på Teams." in text_of(corrected)
    assert "Samhandlingssjefen trakk meldingen tilbake" in text_of(withdrawn)
    assert prompt["Subject"].startswith("Status fra Larvik")
    assert corrected["References"] == withdrawn["References"] == by_mail.inbox.to(LARVIK)[before - 1]["References"]


async def test_the_digest_of_the_week_comes_as_a_letter_and_is_turned_off_from_it(by_mail: Mailed) -> None:
    await by_mail.start()
    await by_mail.site.say(await by_mail.site.sign_in(NAME), "ukesoversikt på")
    await by_mail.product.settle()
    by_mail.site.session.cookie_jar.clear()
    by_mail.inbox.letters.clear()
    await by_mail.product.clock_to("2023-11-27T08:30:00+01:00")
    [letter] = by_mail.inbox.letters
    assert (letter["To"], letter["Subject"]) == (LARVIK, "Ukesoversikt for uke 48")
    assert "Operativt møte: tirsdag 28. november kl. 16.00." in text_of(letter)
    assert "Skriv" not in text_of(letter)  # nobody reads the answers
    page = await by_mail.open(letter)
    assert "Operativt møte tirsdag 28. november kl. 16.00." in page.text
    page = await by_mail.site.press(page, "Slå av ukesoversikten")
    assert "Du får ikke ukesoversikten." in page.text
    by_mail.inbox.letters.clear()
    await by_mail.product.clock_to("2023-12-04T08:30:00+01:00")
    assert not any("Ukesoversikt" in letter["Subject"] for letter in by_mail.inbox.letters)
