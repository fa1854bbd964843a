"""Whatever is posted to the product: never an error of ours, never half of something kept."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs import router
from tests.e2e.test_who_may import BOSS, BUTTONS, COMMANDS, OWN
from tests.fuzz.amount import cases
from tests.fuzz.values import LEAVES, TEXTS, VALUES, broken
from tests.fuzz.world import World
from tests.harness import Json

PEOPLE = ("samhandlingssjef", "larvik-sjef", "horten-sjef", "larvik-vara", "sekretariat", "leder-pko")


@pytest.fixture(scope="module")
def activities(world: World) -> list[Json]:
    return list(_real(world))


def _real(world: World) -> Iterator[Json]:
    """An activity of every kind that people send."""
    larvik, boss = world.stage.people[OWN], world.stage.people[BOSS]
    channel = world.double.channel("Samhandling")
    for button, data in world.stage.data.items():
        person = boss if BOSS in BUTTONS[button] else larvik
        value = {"action": {"type": "Action.Execute", "verb": button, "data": {"action": button, **data}}}
        yield person.activity("invoke", name="adaptiveCard/action", value=value, replyToId="1")
        yield person.activity("message", value={"action": button, **data}, replyToId="1")
    for text, _ in COMMANDS.values():
        yield boss.activity("message", text=text)
        yield larvik.activity("message", text=text)
    yield larvik.activity("message", text="gul")
    yield boss.activity("message", channel, text="<at>Bot</at> koble")
    yield boss.activity("conversationUpdate", channel, membersAdded=[{"id": "bot"}])
    yield boss.activity("installationUpdate", action="add")
    yield world.stage.stranger.activity("message", text="hei")


@cases("activities")
@given(data=st.data())
def test_no_activity_however_broken_is_an_error_of_ours(
    world: World, activities: list[Json], data: st.DataObject
) -> None:
    activity = json.loads(json.dumps(data.draw(st.sampled_from(activities))))
    service_url = activity["serviceUrl"]
    activity = broken(data, activity)
    if not isinstance(activity.get("serviceUrl"), str) or "://" in activity["serviceUrl"]:
        activity["serviceUrl"] = service_url  # where the answers go is tried elsewhere
    world.posts(activity)


@cases("buttons")
@given(data=st.data())
def test_no_button_whatever_its_card_sends_is_an_error_of_ours(world: World, data: st.DataObject) -> None:
    """The button itself is whole: what it is sent with is not."""
    button = data.draw(st.sampled_from(sorted(router._BUTTONS)))
    sent = broken(data, deepcopy(dict(world.stage.data[button])), most=4)
    sent |= data.draw(st.dictionaries(st.sampled_from(MORE), LEAVES, max_size=3))
    person = world.stage.people[data.draw(st.sampled_from(PEOPLE))]
    value = {"action": {"type": "Action.Execute", "verb": button, "data": {**sent, "action": button}}}
    reached = world.posts(person.activity("invoke", name="adaptiveCard/action", value=value))
    assert reached.status == 200
    card = json.loads(reached.text)["value"]
    assert card


MORE = (
    "text",
    "note",
    "due",
    "owner",
    "date",
    "start",
    "until",
    "from",
    "which",
    "round",
    "seen",
    "drawn",
    "form",
    "unit",
)


@cases("forms")
@given(data=st.data())
def test_no_form_of_a_browser_is_an_error_of_ours(world: World, data: st.DataObject) -> None:
    cookies = world.session(data.draw(st.sampled_from(PEOPLE)))
    fields = world.proof(cookies) if data.draw(st.integers(0, 9)) else []
    path = data.draw(st.sampled_from(["/press", "/press", "/say"]))
    button = data.draw(st.sampled_from(sorted(router._BUTTONS)))
    pressed = broken(data, [button, deepcopy(dict(world.stage.data[button]))])
    fields += [("_submit", json.dumps(pressed)), ("_text", data.draw(TEXTS | st.sampled_from(WORDS)))]
    inputs: Mapping[str, Any] = data.draw(
        st.dictionaries(st.sampled_from(MORE) | st.text(max_size=9), TEXTS, max_size=4)
    )
    fields += list(inputs.items())
    body = data.draw(st.none() | st.binary(max_size=80))
    sent = "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in fields).encode() if body is None else body
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    world.asks("POST", path, data=sent, headers=headers, cookies=cookies)


WORDS = [text for text, _ in COMMANDS.values()]


def _quoted(text: str) -> str:
    from urllib.parse import quote

    return quote(text, safe="", errors="surrogatepass")


@cases("uploads")
@given(data=st.data())
def test_no_file_sent_from_a_page_is_an_error_of_ours(world: World, data: st.DataObject) -> None:
    cookies = world.session(data.draw(st.sampled_from(PEOPLE)))
    parts = []
    for name, value in [*world.proof(cookies), ("beside", data.draw(TEXTS))][data.draw(st.integers(0, 1)) :]:
        parts.append(f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}'.encode("utf-8", "replace"))
    head = f'Content-Disposition: form-data; name="file"; filename="{data.draw(FILE_NAMES)}"\r\n'
    more = data.draw(st.sampled_from(HEADERS))
    parts.append((head + more + "\r\n").encode() + data.draw(st.binary(max_size=60) | TEXTS.map(_bytes)))
    body = b"".join(b"--x\r\n" + part + b"\r\n" for part in data.draw(st.permutations(parts)))
    body += data.draw(st.sampled_from([b"--x--\r\n", b"", b"--x", b"--y--"]))
    kind = data.draw(st.sampled_from(["multipart/form-data; boundary=x"] * 4 + ["multipart/form-data", "multipart/x"]))
    world.asks("POST", "/file", data=body, headers={"Content-Type": kind}, cookies=cookies)


HEADERS = ["", "Content-Transfer-Encoding: base64\r\n", "Content-Encoding: gzip\r\n", "x\r\n"]
FILE_NAMES = st.sampled_from(["plan.txt", "plan.csv", "plan.ics", "plan.xlsx", "", "../x", "a" * 300, "pl%00an"])


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")


@cases("routes")
@given(data=st.data())
def test_no_request_to_any_route_is_an_error_of_ours(world: World, data: st.DataObject) -> None:
    routes = sorted({r.resource.canonical for r in world.stage.product.app.router.routes() if r.resource})
    path = data.draw(st.sampled_from([*routes, "/", "/nothing", "/api/v1"]))
    while "{" in path:
        before, _, rest = path.partition("{")
        given_here = _quoted(data.draw(TEXTS | st.text(max_size=12) | st.sampled_from(["vestfold", "nabo", "."])))
        path = before + given_here.replace("%00", "0") + rest.partition("}")[2]
    method = data.draw(st.sampled_from(["GET", "GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"]))
    query = data.draw(st.dictionaries(st.text(max_size=5), st.text(max_size=9), max_size=2))
    kinds = [
        "application/json",
        "application/x-www-form-urlencoded",
        "text/plain",
        "multipart/form-data; boundary=x",
        "",
    ]
    headers = {"Content-Type": data.draw(st.sampled_from(kinds))}
    for name in data.draw(st.sets(st.sampled_from(["Authorization", "Accept-Language", "Range", "If-None-Match"]))):
        headers[name] = data.draw(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30))
    body = data.draw(st.binary(max_size=60) | VALUES.map(lambda value: json.dumps(value).encode()))
    if path == "/dev/clock" and method == "POST":
        body = b"[" + body  # a clock that stands decades ahead is no error, but much work
    from urllib.parse import urlencode

    asked = f"{path}?{urlencode(query, errors='surrogatepass')}"
    world.asks(method, asked, data=body if method not in ("GET", "HEAD") else None, headers=headers)


def test_what_was_tried_has_left_everything_whole(world: World) -> None:
    world.check()
