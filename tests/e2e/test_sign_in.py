"""Signing in by e-mail: an address on the page, a letter, a link, a press – and nothing told about who exists."""

from __future__ import annotations

import io
import re
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest

from bot.channels.web.session import COOKIE
from bot.sign_in_letters import SignInLetters
from tests.builders import identity_number
from tests.channels.web.site import Page
from tests.e2e.live import LARVIK, NAME, Browser, Door, door
from tests.harness import vestfold
from tests.mail_double import Inbox, html_of, mail_server, text_of

STRANGER = "ingen@larvik.example"


@pytest.fixture
async def inbox() -> AsyncIterator[Inbox]:
    async with mail_server() as made:
        yield made


@pytest.fixture
async def live(tmp_path: Path, inbox: Inbox) -> AsyncIterator[Door]:
    async with door(tmp_path, inbox) as made:
        yield made


def is_a_sentence(page: Page, status: int) -> None:
    assert page.status == status
    said = re.search(r"<main.*?<p>([^<]+)</p>", page.html, re.DOTALL)
    assert said is not None
    assert said[1].endswith(".")


# The way in


async def test_the_front_page_asks_for_an_address_and_names_nobody(live: Door) -> None:
    page = await live.site.get()
    assert page.status == 200
    assert page.form("Send lenken").values("email") == [""]
    assert "Kommunalsjef" not in page.text
    is_a_sentence(await live.site.get("/overview"), 401)


async def test_an_address_a_letter_a_link_and_a_press_lead_in(live: Door) -> None:
    assert "Se i e-posten din" in (await live.ask()).text
    [letter] = live.inbox.letters
    assert letter["To"] == LARVIK
    assert letter["Subject"] == "Innlogging til Samhandlingsbot"
    assert "Helsefellesskapet i Vestfold" in text_of(letter)
    assert "Logg inn" in html_of(letter)
    page = await live.site.get(live.link())
    assert f"Logg inn som {NAME}" in page.text
    page = await live.site.press(page, f"Logg inn som {NAME}")
    assert page.status == 200
    assert f"{NAME}, Larvik kommune" in page.text
    assert (await live.site.get("/overview")).status == 200


async def test_case_and_spaces_in_the_address_do_not_matter(live: Door) -> None:
    await live.ask("  Kommunalsjef@LARVIK.example ")
    assert len(live.inbox.to(LARVIK)) == 1


async def test_the_session_is_out_of_reach_for_scripts_and_other_sites(tmp_path: Path, inbox: Inbox) -> None:
    async with door(tmp_path, inbox, public_url="https://bot.example.no") as live:
        jar: dict[str, str] = {}
        async with live.product.session.get(live.product.url) as response:
            jar |= {name: morsel.value for name, morsel in response.cookies.items()}
            html = await response.text()
            marks = [response.cookies[name] for name in jar]
        fields = {"_token": Page(200, html).forms[0].values("_token")[0], "email": LARVIK}
        async with live.product.session.post(f"{live.product.url}/signin", data=fields, cookies=jar) as response:
            assert response.status == 200
        await live.settled()
        path = live.link().removeprefix("https://bot.example.no")
        async with live.product.session.get(live.product.url + path, cookies=jar) as response:
            fields = {"_token": Page(200, await response.text()).forms[0].values("_token")[0]}
        async with live.product.session.post(
            live.product.url + path, data=fields, cookies=jar, allow_redirects=False
        ) as response:
            assert response.status == 303
            marks.append(response.cookies[COOKIE])
        assert len(marks) == 2
        for cookie in marks:
            assert (cookie["httponly"], cookie["samesite"], cookie["secure"]) == (True, "Lax", True)


async def test_the_letter_is_in_the_language_of_its_reader(live: Door) -> None:
    await live.site.say(await live.enter(), "språk nn")
    live.site.session.cookie_jar.clear()
    await live.ask()
    assert "Lenkja er personleg. Ikkje send ho vidare." in text_of(live.inbox.letters[-1])
    assert '<html lang="nn">' in (await live.site.get(live.link())).html


async def test_in_the_demonstration_one_may_do_both(tmp_path: Path, inbox: Inbox) -> None:
    async with door(tmp_path, inbox, dev=True, public_url="", mail_from="", secret_key="") as live:
        page = await live.site.get()
        assert {"Send lenken", NAME} <= {label for form in page.forms for *_, label in form.buttons}
        await live.ask()
        assert f"Logg inn som {NAME}" in (await live.site.get(live.link().removeprefix(live.product.url))).text


# Nobody learns who exists


async def test_the_answer_is_the_same_whether_the_address_is_known_or_not(live: Door) -> None:
    known, unknown = await live.ask(LARVIK), await live.ask(STRANGER)
    assert (known.status, known.html) == (unknown.status, unknown.html)
    assert [letter["To"] for letter in live.inbox.letters] == [LARVIK]


async def test_the_answer_does_not_wait_for_the_address_to_be_looked_up(
    live: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(SignInLetters, "_answer", lambda self, address: _only_note(asked, address))
    page = await live.ask(LARVIK)
    assert "Se i e-posten din" in page.text
    assert asked == [LARVIK]
    assert live.inbox.letters == []


async def _only_note(asked: list[str], address: str) -> None:
    asked.append(address)


async def test_one_who_left_gets_no_letter_and_the_same_answer(live: Door) -> None:
    async with live.product.product.store.begin("vestfold") as work:
        await work.people.deactivate_absent(frozenset({"samhandlingssjef"}))
    assert "Se i e-posten din" in (await live.ask()).text
    assert live.inbox.letters == []


async def test_a_bounce_or_a_mail_server_that_is_away_gives_the_same_answer(live: Door) -> None:
    live.inbox.refuses[LARVIK] = "550 No such user"
    assert "Se i e-posten din" in (await live.ask()).text
    assert live.inbox.letters == []
    assert live.inbox.attempts == [LARVIK]


async def test_nobodys_inbox_is_filled_by_others(live: Door) -> None:
    answers = [await live.ask() for _ in range(5)]
    assert len({answer.html for answer in answers}) == 1
    assert len(live.inbox.to(LARVIK)) == 3
    await live.ask("kommunalsjef@horten.example")
    assert len(live.inbox.letters) == 4


async def test_nobody_tries_addresses_one_after_the_other(live: Door) -> None:
    first = {"X-Forwarded-For": "198.51.100.7, 203.0.113.9"}
    for number in range(30):
        assert (await live.ask(f"prov{number}@larvik.example", **first)).status == 200
    async with live.site.session.get(live.product.url) as response:
        token = Page(200, await response.text()).forms[0].values("_token")[0]
    form = {"_token": token, "email": LARVIK}
    async with live.site.session.post(f"{live.product.url}/signin", data=form, headers=first) as response:
        assert response.headers["Retry-After"] == "900"
        is_a_sentence(Page(response.status, await response.text()), 429)
    assert (await live.ask(LARVIK, **{"X-Forwarded-For": "198.51.100.7"})).status == 200
    assert len(live.inbox.letters) == 1


@pytest.mark.parametrize("typed", ["", "larvik", "larvik@kommune", "a@b.no, c@d.no", "<a@b.no>", "a" * 250 + "@b.no"])
async def test_what_is_no_address_comes_back_with_a_word_at_its_field(live: Door, typed: str) -> None:
    page = await live.ask(typed)
    assert page.status == 200
    assert 'aria-invalid="true"' in page.html
    assert 'aria-describedby="epost-om epost-feil"' in page.html
    assert page.form("Send lenken").values("email") == [typed]
    assert live.inbox.letters == []


async def test_an_identity_number_is_neither_echoed_nor_logged(live: Door, logs: io.StringIO) -> None:
    page = await live.ask(f"{identity_number()}@larvik.example")
    assert 'aria-invalid="true"' in page.html
    assert identity_number() not in page.html + logs.getvalue()


async def test_neither_addresses_nor_links_are_logged(live: Door, logs: io.StringIO) -> None:
    await live.enter()
    token = live.link().rpartition("/")[2]
    assert "sign_in_letter_sent" in logs.getvalue()
    assert LARVIK not in logs.getvalue()
    assert token not in logs.getvalue()


# The link


async def test_a_link_signs_in_once_however_often_it_was_looked_at(live: Door) -> None:
    await live.ask()
    link = live.link()
    for _ in range(3):
        assert (await live.site.get(link)).status == 200
        async with live.site.session.head(live.product.url + link) as response:
            assert response.status == 200
    page = await live.site.get(link)
    assert NAME in (await live.site.press(page, f"Logg inn som {NAME}")).text
    live.site.session.cookie_jar.clear()
    is_a_sentence(await live.use(link), 410)
    assert "Send lenken" in (await live.site.get()).text


async def test_looking_at_a_link_signs_nobody_in(live: Door) -> None:
    await live.ask()
    await live.site.get(live.link())
    assert (await live.site.get("/overview")).status == 401


async def test_two_letters_bear_links_of_their_own(live: Door) -> None:
    await live.ask()
    first = live.link()
    await live.ask()
    await live.use(first)
    live.site.session.cookie_jar.clear()
    assert NAME in (await live.use(live.link())).text


async def test_a_link_holds_for_a_quarter_of_an_hour(live: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    await live.ask()
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 14 * 60)
    assert (await live.site.get(live.link())).status == 200
    monkeypatch.setattr(time, "time", lambda: now + 17 * 60)
    is_a_sentence(await live.site.get(live.link()), 404)


async def test_a_link_that_was_changed_anywhere_is_nobodys(live: Door) -> None:
    await live.ask()
    link = live.link()
    for changed in (link[:-1], link + "A", link[:20] + ("A" if link[20] != "A" else "B") + link[21:], "/signin/x"):
        is_a_sentence(await live.site.get(changed), 404)
    is_a_sentence(await live.site.get(link.replace("/signin/", "/link/")), 404)


async def test_another_site_cannot_sign_a_browser_in(live: Door) -> None:
    """Somebody's own link, posted through another one's browser, would make that one answer in their name."""
    await live.ask()
    page = await live.site.get(live.link())
    form = dict(page.forms[0].fields)
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as other:
        victim = Browser(live.product, other)
        await victim.get()
        is_a_sentence(await victim.post(live.link(), form), 403)
        is_a_sentence(await victim.post(live.link(), {}), 403)
    assert NAME in (await live.site.press(page, f"Logg inn som {NAME}")).text


async def test_two_communities_write_a_letter_each_and_let_into_their_own(tmp_path: Path, inbox: Inbox) -> None:
    other = replace(vestfold(), key="nabo", name="Naboen")
    async with door(tmp_path, inbox, [vestfold(), other]) as live:
        await live.ask()
        said = {re.search(r"logge inn i (.+) med", " ".join(text_of(letter).split())) for letter in inbox.letters}
        assert {match[1] for match in said if match} == {"Helsefellesskapet i Vestfold", "Naboen"}
        page = await live.use(live.link())
        answer = await live.site.say(page, "hjelp")
        assert answer.status == 200
        assert len(inbox.letters) == 2


# Taking it back


async def test_signed_out_everywhere_is_signed_out_in_every_browser(live: Door) -> None:
    here = await live.enter()
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        elsewhere = Door(live.product, live.inbox, session)
        await elsewhere.ask()
        waiting = live.link()
        await elsewhere.enter()
        await live.site.press(here, "Logg ut alle steder")
        assert (await live.site.get("/overview")).status == 401
        assert (await elsewhere.site.get("/overview")).status == 401
    is_a_sentence(await live.site.get(waiting), 404)


async def test_signed_out_here_is_still_signed_in_elsewhere(live: Door) -> None:
    here = await live.enter()
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        elsewhere = Door(live.product, live.inbox, session)
        await elsewhere.enter()
        await live.site.press(here, "Logg ut")
        assert (await live.site.get("/overview")).status == 401
        assert (await elsewhere.site.get("/overview")).status == 200


async def test_a_new_address_in_the_community_file_ends_what_went_to_the_old_one(tmp_path: Path, inbox: Inbox) -> None:
    async with door(tmp_path, inbox) as live:
        await live.ask()
        link = live.link()
        await live.enter()
        cookies = {c.key: c.value for c in live.site.session.cookie_jar}
    known = vestfold()
    people = [replace(p, email="ny@larvik.example") if p.email == LARVIK else p for p in known.people]
    async with door(tmp_path, inbox, [replace(known, people=tuple(people))]) as live:
        live.site.session.cookie_jar.update_cookies(cookies)
        assert (await live.site.get("/overview")).status == 401
        is_a_sentence(await live.site.get(link), 404)
        assert NAME in (await live.enter("ny@larvik.example")).text
        async with live.product.product.store.read("vestfold") as work:
            [entry] = [e for e in await work.audit.newest(20) if e.kind == "person.changed"]
        assert entry.details == {"before": {"email": LARVIK}, "after": {"email": "ny@larvik.example"}}


async def test_one_who_left_is_out_at_once(live: Door) -> None:
    await live.ask()
    waiting = live.link()
    await live.enter()
    async with live.product.product.store.begin("vestfold") as work:
        await work.people.deactivate_absent(frozenset({"samhandlingssjef"}))
    assert (await live.site.get("/overview")).status == 401
    is_a_sentence(await live.site.get(waiting), 404)
