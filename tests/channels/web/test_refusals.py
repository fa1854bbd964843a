"""What a caller may not do, and what nobody's request may break."""

from __future__ import annotations

import asyncio
import base64
import json
import re
import tempfile
import time
from collections.abc import Coroutine, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.web import session
from bot.channels.web.session import COOKIE, VISITOR, Sessions
from tests.builders import vestfold
from tests.channels.web.site import KEY, Page, Site, serving

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
POSTS = ("/signin", "/signout", "/say", "/press", "/dev/next")


def is_a_sentence(page: Page, status: int) -> None:
    assert page.status == status
    assert '<html lang="nb">' in page.html
    said = re.search(r"<main.*?<p>([^<]+)</p>", page.html, re.DOTALL)
    assert said is not None
    assert said[1][0].isupper()
    assert said[1].endswith(".")


def proof(page: Page) -> list[tuple[str, str]]:
    form = next(f for f in page.forms if f.values("_number"))
    return [(name, value) for name, value in form.fields if name in ("_token", "_number")]


# Who


@pytest.mark.parametrize("path", ["/", "/overview"])
async def test_outside_dev_a_page_says_how_one_signs_in(outside_dev: Site, path: str) -> None:
    page = await outside_dev.get(path)
    is_a_sentence(page, 401)
    assert "lenken" in page.text
    assert "Kommunalsjef" not in page.text


@pytest.mark.parametrize("path", ["/say", "/press", "/signout"])
async def test_nobody_posts_without_a_session(site: Site, path: str) -> None:
    is_a_sentence(await site.post(path, {"_text": "status"}), 401)


async def test_outside_dev_nobody_is_picked(outside_dev: Site) -> None:
    is_a_sentence(await outside_dev.post("/signin", {"community": "vestfold", "person": "larvik-sjef"}), 404)


async def test_a_session_made_with_the_key_holds_outside_dev(outside_dev: Site) -> None:
    outside_dev.session.cookie_jar.update_cookies({COOKIE: Sessions(KEY).begin("vestfold", "larvik-sjef")})
    page = await outside_dev.get()
    assert page.status == 200
    assert "Kommunalsjef Larvik" in page.text


def _cookie(content: object, key: bytes = KEY) -> str:
    encoded = json.dumps(content).encode()
    return f"{base64.urlsafe_b64encode(encoded).decode()}.{Sessions(key)._sign('session', encoded)}"


@pytest.mark.parametrize(
    "cookie",
    [
        _cookie(["vestfold", "larvik-sjef", 0, int(time.time()), "x"], key=b"another key"),
        _cookie(["vestfold", "larvik-sjef", 0, int(time.time()) - session.LASTS - 1, "x"]),
        _cookie(["vestfold", "larvik-sjef", 0, int(time.time()) + 9999, "x"]),
        _cookie(["nabo", "larvik-sjef", 0, int(time.time()), "x"]),
        _cookie(["vestfold", "nobody", 0, int(time.time()), "x"]),
        base64.urlsafe_b64encode(json.dumps(["vestfold", "larvik-sjef", 0, int(time.time()), "x"]).encode()).decode(),
        "x.y",
        "å.ø",
        ".",
        "",
    ],
    ids=[
        "another key",
        "too old",
        "from the future",
        "another community",
        "nobody",
        "unsigned",
        "nonsense",
        "not ASCII",
        "a dot",
        "empty",
    ],
)
async def test_a_forged_or_old_cookie_is_nobody(outside_dev: Site, cookie: str) -> None:
    page = await outside_dev.get(headers={"Cookie": f"{COOKIE}={cookie}"})
    is_a_sentence(page, 401)


async def test_the_signature_covers_the_person(outside_dev: Site) -> None:
    good = Sessions(KEY).begin("vestfold", "larvik-sjef")
    other = base64.urlsafe_b64encode(base64.urlsafe_b64decode(good.split(".")[0]).replace(b"larvik", b"horten"))
    page = await outside_dev.get(headers={"Cookie": f"{COOKIE}={other.decode()}.{good.split('.')[1]}"})
    is_a_sentence(page, 401)


async def test_a_cookie_of_another_community_gives_nothing_of_this_one(two_communities: Site) -> None:
    await two_communities.prompted()
    two_communities.session.cookie_jar.clear()
    two_communities.session.cookie_jar.update_cookies({COOKIE: Sessions(KEY).begin("nabo", "larvik-sjef")})
    assert "Status fra" not in (await two_communities.get()).text


# Posted from elsewhere


@pytest.mark.parametrize("token", ["", "x", "0" * 64, "å"])
async def test_a_post_without_the_right_token_is_refused(site: Site, token: str) -> None:
    page = await site.sign_in("Kommunalsjef Larvik")
    for path in ("/say", "/press", "/signout"):
        is_a_sentence(await site.post(path, {"_text": "språk nn", "_token": token, "_number": "0" * 32}), 403)
    assert '<html lang="nb">' in (await site.get()).html
    assert page.status == 200


async def test_a_token_is_good_for_its_own_session_only(site: Site) -> None:
    stolen = proof(await site.sign_in("Kommunalsjef Horten"))
    await site.sign_in("Kommunalsjef Larvik")
    is_a_sentence(await site.post("/say", [*stolen, ("_text", "språk nn")]), 403)


async def test_signing_in_needs_the_page_that_one_picks_from(site: Site) -> None:
    fields = {"community": "vestfold", "person": "larvik-sjef"}
    is_a_sentence(await site.post("/signin", fields), 403)
    for mark in ("", "x", "å" * 32, "0" * 32):
        refused = await site.post("/signin", {**fields, "_token": "0" * 64}, headers={"Cookie": f"{VISITOR}={mark}"})
        is_a_sentence(refused, 403)
    assert (await site.get("/overview")).status == 401


@pytest.mark.parametrize(("community", "person"), [("vestfold", "nobody"), ("nabo", "larvik-sjef"), ("", "")])
async def test_one_signs_in_as_somebody_who_is_there(site: Site, community: str, person: str) -> None:
    token = (await site.get()).forms[0].values("_token")[0]
    refused = await site.post("/signin", {"_token": token, "community": community, "person": person})
    is_a_sentence(refused, 400)


# What was posted


async def test_bodies_that_are_no_form(site: Site) -> None:
    await site.sign_in("Kommunalsjef Larvik")
    for path in ("/say", "/press", "/signout"):
        is_a_sentence(await site.post(path, b"x=1", headers={"Content-Type": "application/json"}), 415)
        is_a_sentence(await site.post(path, b"x=1", headers={"Content-Type": "a/b; ;="}), 415)
        is_a_sentence(await site.post(path, b"_text=\xff\xfe", headers=FORM), 400)
        is_a_sentence(await site.post(path, b"_text=%ff%fe", headers=FORM), 400)
        is_a_sentence(await site.post(path, b"_text=a%00b", headers=FORM), 400)
        is_a_sentence(await site.post(path, b"&".join([b"a=1"] * 5000), headers=FORM), 400)
        is_a_sentence(await site.post(path, b"_text=" + b"x" * 300_000, headers=FORM), 413)
        is_a_sentence(await site.post(path, b"", headers=FORM), 403)


@pytest.mark.parametrize(
    "button",
    [
        None,
        "",
        "x",
        "[]",
        '["help"]',
        '["help", []]',
        "[1, {}]",
        '{"a": 1, "b": 2}',
        '["help", {"a": NaN}]',
        r'["help", {"a": "\ud800"}]',
        r'["help", {"a": "\u0000"}]',
        "[" * 50_000,
        "1" * 5000,
    ],
)
async def test_a_button_that_is_none(site: Site, button: str | None) -> None:
    fields = proof(await site.sign_in("Kommunalsjef Larvik"))
    is_a_sentence(await site.post("/press", [*fields, *([("_submit", button)] if button is not None else [])]), 400)


@pytest.mark.parametrize("number", ["", "x", "0" * 31, "å" * 32, "0" * 5000])
async def test_a_form_without_its_number(site: Site, number: str) -> None:
    token = proof(await site.sign_in("Kommunalsjef Larvik"))[0]
    for path, name, value in (("/say", "_text", "hjelp"), ("/press", "_press", '["help", {}]')):
        is_a_sentence(await site.post(path, [token, ("_number", number), (name, value)]), 400)


async def test_an_unknown_button_is_answered_with_a_sentence(site: Site) -> None:
    fields = proof(await site.sign_in("Kommunalsjef Larvik"))
    page = await site.post("/press", [*fields, ("_press", '["no.such", {}]')])
    assert page.status == 200
    assert "Denne knappen gjelder ikke lenger." in page.text


async def test_a_pressed_button_is_authorised_anew(site: Site) -> None:
    await site.start_period()
    async with site.store.read("vestfold") as work:
        period = (await work.periods.not_ended())[0].id
    fields = proof(await site.sign_in("Kommunalsjef Larvik"))
    page = await site.post("/press", [*fields, ("_press", json.dumps(["period.end", {"period": period}]))])
    assert "Perioden er avsluttet" not in page.text
    async with site.store.read("vestfold") as work:
        assert await work.periods.not_ended()


async def test_no_input_takes_the_place_of_a_buttons_data(site: Site) -> None:
    page = await site.prompted()
    page = await site.press(page, "Send status", round="another", seen="9", action="period.end")
    assert "må rettes" in page.text  # the form's own mistakes, not another round's


async def test_a_button_that_does_not_submit_sends_no_inputs(site: Site) -> None:
    page = await site.prompted()
    form = page.form("Send status")
    value = next(v for name, v, _ in form.buttons if name == "_submit")
    sent = [(n, v) for n, v in form.fields if n != "overliggere"]
    page = await site.post("/press", [*sent, ("overliggere", "3"), ("_press", value)])
    assert page.form("Send status").values("overliggere") == [""]


# Addresses


async def test_the_address_of_a_form_leads_home(site: Site) -> None:
    for path in POSTS:
        assert "Hvem er du?" in (await site.get(path)).text


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_other_methods(site: Site, method: str) -> None:
    for path in ("/", "/overview", *POSTS):
        async with site.session.request(method, site.url + path) as response:
            is_a_sentence(Page(response.status, await response.text()), 405)
            assert response.headers["Allow"] == ("POST" if path in POSTS else "GET, HEAD")


@pytest.mark.parametrize("path", ["/static/0/style.css", "/static/0/none", "/static/0/..%2fpages.py", "/static/%00/x"])
async def test_no_other_file(site: Site, path: str) -> None:
    assert (await site.get(path)).status == 404


# Headers


async def test_every_answer_bears_the_headers(site: Site) -> None:
    await site.sign_in("Kommunalsjef Larvik")
    for method, path in [("GET", "/"), ("GET", "/overview"), ("POST", "/say"), ("PUT", "/"), ("GET", "/static/0/x")]:
        async with site.session.request(method, site.url + path) as response:
            policy = response.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert "frame-ancestors 'none'" in policy
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            assert response.headers["Referrer-Policy"] == "no-referrer"
            assert response.headers["Cache-Control"] == "no-store"


async def test_style_is_kept_for_ever_under_its_hash(site: Site) -> None:
    page = await site.get()
    for path, kind in [(r'href="(/static/\w+/style\.css)"', "text/css"), (r'href="(/static/\w+/icon\.svg)"', "image/")]:
        found = re.search(path, page.html)
        assert found is not None
        async with site.session.get(site.url + found[1]) as response:
            assert response.status == 200
            assert response.content_type.startswith(kind)
            assert "immutable" in response.headers["Cache-Control"]


async def test_nothing_comes_from_elsewhere(site: Site) -> None:
    page = await site.prompted()
    for html in (page.html, (await site.get("/overview")).html):
        assert "http" not in html
        assert "<script" not in html
        assert " style=" not in html


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(site: Site) -> None:
    page = await site.get()
    fields = [*page.forms[0].fields, ("person", "larvik-sjef")]
    async with site.session.post(site.url + "/signin", data=fields, allow_redirects=False) as response:
        assert response.status == 303
        cookie = response.headers["Set-Cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    for part in ("HttpOnly", "SameSite=Lax", "Path=/", f"Max-Age={session.LASTS}"):
        assert part in cookie
    assert "Secure" not in cookie


# Anything at all

words = st.text(max_size=30)
names = st.sampled_from(["_text", "_submit", "_press", "_number", "_message", "_page", "overliggere", "person"]) | words
values = st.sampled_from(["status", "hjelp", "krise", '["status.open", {"round": 1}]', "0" * 32, "å", "\x00"]) | words
bodies = st.lists(st.tuples(names, values), max_size=8).map(lambda f: urlencode(f, errors="surrogatepass").encode())
data = st.dictionaries(words, st.none() | st.booleans() | st.integers() | st.floats() | words | st.lists(words))
actions = st.sampled_from(
    ["status.submit", "status.open", "period.start", "period.end", "round.start", "join.accept", "summary.sealed"]
)


class Held:
    """A site and a loop that live as long as the module's fuzzing."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._folder = tempfile.TemporaryDirectory()
        self._serving = serving(Path(self._folder.name), [vestfold()])
        self.site = self.run(self._serving.__aenter__())
        page = self.run(self.site.prompted())
        self.proof = proof(page)

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(work)

    def close(self) -> None:
        self.run(self._serving.__aexit__(None, None, None))
        self.loop.close()
        self._folder.cleanup()


@pytest.fixture(scope="module")
def held() -> Any:
    made = Held()
    yield made
    made.close()


@settings(max_examples=60, deadline=None)
@given(path=st.sampled_from(POSTS), body=bodies | st.binary(max_size=60), proved=st.booleans())
def test_no_body_breaks_a_page(held: Held, path: str, body: bytes, proved: bool) -> None:
    if path == "/signout":
        proved = False
    sent = urlencode(held.proof).encode() + b"&" + body if proved else body
    assert held.run(held.site.post(path, sent, headers=FORM)).status < 500


@settings(max_examples=60, deadline=None)
@given(action=actions, data=data, inputs=st.dictionaries(words, words, max_size=4))
def test_no_button_breaks_a_page(held: Held, action: str, data: Mapping[str, Any], inputs: Mapping[str, str]) -> None:
    button = json.dumps([action, data])
    sent = urlencode([*held.proof, *inputs.items(), ("_submit", button)], errors="surrogatepass").encode()
    assert held.run(held.site.post("/press", sent, headers=FORM)).status < 500


@settings(max_examples=40, deadline=None)
@given(cookie=st.binary(max_size=40).filter(lambda c: not set(c) & set(b"\r\n\0")))
def test_no_cookie_breaks_a_page(held: Held, cookie: bytes) -> None:
    async def ask() -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(held.site.url.rsplit(":", 1)[1]))
        line = b"; ".join(name.encode() + b"=" + cookie for name in (COOKIE, VISITOR))
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nCookie: " + line + b"\r\n\r\n")
        answer = await reader.read()
        writer.close()
        await writer.wait_closed()
        return answer

    assert int(held.run(ask()).split(b" ")[1]) < 500
