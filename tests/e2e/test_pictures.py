"""The trend on the summary: fetched as Teams and a browser fetch it, drawn once, and gone with its address."""

from __future__ import annotations

import asyncio
import base64
import math
import re
import struct
from collections.abc import Callable
from typing import Any

import aiohttp
import psutil
import pytest

from bot.channels.web.drawing import SECURITY
from bot.workshop import Workshop
from tests.harness import MUNICIPALITY, TOWNS, Running, Town, running
from tests.teams_double import Message, elements, wrong_with_card

FIRST, SECOND, THIRD = "2023-11-28", "2023-12-05", "2023-12-12"
Fetched = tuple[int, dict[str, str], bytes]


@pytest.fixture
async def two_meetings(prompted: Town) -> Town:
    """The summary of the second meeting lies in the channel: Larvik has said 3, then 5 overliggere, Horten 2 and 2."""
    await answer_all(prompted, larvik="3", horten="2")
    await prompted.product.clock_to(f"{FIRST}T17:00:00+01:00")
    await prompted.product.clock_to("2023-12-04T09:00:00+01:00")
    await answer_all(prompted, larvik="5", horten="2")
    await prompted.product.clock_to(f"{SECOND}T15:30:00+01:00")
    return prompted


async def answer_all(town: Town, **overliggere: str) -> None:
    """Each writes `status` and sends the form that comes, late ones too."""
    for unit, number in overliggere.items():
        await town[f"{unit}-sjef"].says("status")
        await town.answers(f"{unit}-sjef", **MUNICIPALITY | {"overliggere": number})


def pictures_of(message: Message) -> list[dict[str, Any]]:
    assert message.card is not None
    assert list(wrong_with_card(message.card)) == []
    return [element for element in elements(message.card) if element["type"] == "Image"]


def picture_of(message: Message) -> dict[str, Any]:
    [found] = pictures_of(message)
    return found


async def fetch(product: Running, url: str, method: str = "GET") -> Fetched:
    """As a platform does: without a word of who looks, following nothing."""
    async with product.session.request(method, url, allow_redirects=False) as response:
        return response.status, dict(response.headers), await response.read()


def counted(product: Running) -> Callable[[], int]:
    """How many jobs the workshop has been given from now on."""
    workshop = product.product.workshop
    given: list[object] = []
    do = workshop.do

    async def counting(function: Any, *args: Any) -> Any:
        given.append(function)
        return await do(function, *args)

    workshop.do = counting  # type: ignore[method-assign,assignment]
    return lambda: len(given)


async def test_the_first_meetings_summary_has_no_trend(prompted: Town) -> None:
    await answer_all(prompted, larvik="3")
    await prompted.product.clock_to(f"{FIRST}T15:30:00+01:00")
    assert pictures_of(prompted.channel.last_card) == []


async def test_from_the_second_meeting_on_the_summary_shows_the_trend_and_says_it(two_meetings: Town) -> None:
    picture = picture_of(two_meetings.channel.last_card)
    assert "2 møter fra 28.11.2023 til 05.12.2023" in picture["altText"]
    assert "Overliggere: først 5, høyest 7, sist 7." in picture["altText"]
    assert "Ledige korttidsplasser: først 4, høyest 4, sist 4." in picture["altText"]
    assert "rødt 0, gult 2, grønt 0" in picture["altText"]


async def test_the_picture_is_fetched_without_signing_in_and_without_a_detour(two_meetings: Town) -> None:
    status, headers, image = await fetch(two_meetings.product, picture_of(two_meetings.channel.last_card)["url"])
    assert status == 200
    assert headers["Content-Type"] == "image/png"
    assert re.fullmatch(r"private, max-age=\d+, immutable", headers["Cache-Control"])
    width, height = struct.unpack(">II", image[16:24])
    assert image.startswith(b"\x89PNG")
    assert width <= 1024
    assert height <= 1024
    assert len(image) <= 60_000


async def test_its_address_bears_nothing_of_a_person(two_meetings: Town) -> None:
    token = picture_of(two_meetings.channel.last_card)["url"].rsplit("/", 1)[1].removesuffix(".png")
    said = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode("latin-1")
    for person in two_meetings.people:
        assert person not in said
    assert not any(town in said for town in TOWNS)


async def test_a_late_answer_changes_the_address_and_the_picture(two_meetings: Town) -> None:
    before = picture_of(two_meetings.channel.last_card)
    _, _, old = await fetch(two_meetings.product, before["url"])
    await answer_all(two_meetings, tonsberg="9")
    after = picture_of(two_meetings.channel.last_card)
    assert "sist 16" in after["altText"]
    assert after["url"] != before["url"]
    status, _, new = await fetch(two_meetings.product, after["url"])
    assert status == 200
    assert new != old


async def test_an_earlier_meeting_counts_as_it_was_known_when_it_began(two_meetings: Town) -> None:
    """Tønsberg's answer to the first meeting comes after it: it stands in that summary, not in the trend."""
    town = two_meetings
    [first] = [m for m in town["tonsberg-sjef"].messages if m.card and "28. november" in str(m.card) and m.inputs][:1]
    await town["tonsberg-sjef"].presses(first, "status.submit", **MUNICIPALITY | {"overliggere": "50"})
    assert (await town.product.round_of(FIRST))["totals"]["overliggere"] == 55
    await town.boss.says("oversikt")
    assert "først 5, høyest 7, sist 7" in picture_of(town.boss.last_card)["altText"]


async def test_sixty_who_look_at_once_cost_one_drawing(two_meetings: Town) -> None:
    url = picture_of(two_meetings.channel.last_card)["url"]
    drawings = counted(two_meetings.product)
    found = await asyncio.gather(*(fetch(two_meetings.product, url) for _ in range(60)))
    assert {status for status, _, _ in found} == {200}
    assert len({image for _, _, image in found}) == 1
    assert (await fetch(two_meetings.product, url))[0] == 200
    assert drawings() == 1


async def test_the_card_alone_draws_nothing(two_meetings: Town) -> None:
    drawings = counted(two_meetings.product)
    await two_meetings.boss.says("oversikt")
    assert picture_of(two_meetings.boss.last_card)
    assert drawings() == 0
    assert two_meetings.product.product.workshop.pid is None


async def test_one_who_goes_away_does_not_take_the_drawing_from_the_others(two_meetings: Town) -> None:
    url = picture_of(two_meetings.channel.last_card)["url"]
    gone = asyncio.create_task(fetch(two_meetings.product, url))
    await asyncio.sleep(0.05)
    gone.cancel()
    assert (await fetch(two_meetings.product, url))[0] == 200


async def test_after_a_drawing_that_failed_the_next_one_is_tried(
    two_meetings: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = picture_of(two_meetings.channel.last_card)["url"]
    with monkeypatch.context() as broken:
        broken.setattr("bot.pictures.png", math.sqrt)
        status, headers, body = await fetch(two_meetings.product, url)
    assert status == 503
    assert headers["Retry-After"]
    assert b"cannot be drawn" in body
    assert (await fetch(two_meetings.product, url))[0] == 200


async def test_everybody_has_the_trend_in_the_own_language(two_meetings: Town) -> None:
    larvik = two_meetings["larvik-sjef"]
    await larvik.says("språk en")
    await larvik.says("overview")
    english = picture_of(larvik.last_card)
    assert "Delayed discharges: first 5, highest 7, latest 7." in english["altText"]
    here = await fetch(two_meetings.product, english["url"])
    there = await fetch(two_meetings.product, picture_of(two_meetings.channel.last_card)["url"])
    assert here[0] == there[0] == 200
    assert here[2] != there[2]


async def test_what_was_sealed_keeps_its_own_trend(two_meetings: Town) -> None:
    town = two_meetings
    await town.product.clock_to(f"{SECOND}T16:05:00+01:00")
    await answer_all(town, tonsberg="9")
    posted = town.channel.last_card
    await town.boss.says("oversikt")
    answer = await town.boss.presses(town.boss.last_card, "summary.sealed")
    [sealed] = [e for e in elements(answer) if e["type"] == "Image"]
    assert "sist 7." in sealed["altText"].split("Ledige")[0]
    assert "sist 16." in picture_of(posted)["altText"].split("Ledige")[0]
    images = [(await fetch(town.product, p["url"]))[2] for p in (sealed, picture_of(posted))]
    assert images[0] != images[1]


@pytest.mark.parametrize(
    "path",
    ["x.png", "AAAA.png", f"{'A' * 900}.png", "%00.png", "..%2f..%2fetc.png", "æøå.png"],
)
async def test_whatever_else_is_asked_for_is_not_here(product: Running, path: str) -> None:
    status, _, body = await fetch(product, f"{product.url}/pictures/{path}")
    assert status == 404
    assert b"There is no picture at this address" in body


async def test_an_address_for_what_is_not_there_is_not_here(product: Running) -> None:
    addresses = product.product.addresses
    for community, subject in (
        ("vestfold", "no-such-round.nb.ln.0"),
        ("vestfold", "r.nb.xx.0"),
        ("vestfold", "r"),
        ("another", "r.nb.ln.0"),
    ):
        token = addresses.token("trend", community, subject, 2**31)
        status, _, body = await fetch(product, f"{product.url}/pictures/{token}.png")
        assert status == 404, subject
        assert b"There is no picture" in body


async def test_a_changed_or_borrowed_address_is_not_here(two_meetings: Town) -> None:
    url = picture_of(two_meetings.channel.last_card)["url"]
    token = url.rsplit("/", 1)[1].removesuffix(".png")
    for changed in (token[:-1], token + "A", token[:10] + ("A" if token[10] != "A" else "B") + token[11:]):
        assert (await fetch(two_meetings.product, url.replace(token, changed)))[0] == 404
    other = two_meetings.product.product.addresses.token("document", "vestfold", "x", 2**31)
    assert (await fetch(two_meetings.product, url.replace(token, other)))[0] == 404


async def test_a_picture_is_only_fetched(two_meetings: Town) -> None:
    url = picture_of(two_meetings.channel.last_card)["url"]
    assert (await fetch(two_meetings.product, url, "POST"))[0] == 405
    assert (await fetch(two_meetings.product, url, "HEAD"))[0] == 200


async def test_a_public_address_of_the_settings_is_the_one_in_the_card(two_meetings: Town) -> None:
    product = two_meetings.product.product
    product.addresses.public_url = "https://bot.example.no"
    await two_meetings.boss.says("oversikt")
    assert picture_of(two_meetings.boss.last_card)["url"].startswith("https://bot.example.no/pictures/")
    product.addresses.public_url = ""
    await two_meetings.boss.says("oversikt")
    assert pictures_of(two_meetings.boss.last_card) == []
    assert any(
        "Overliggere: først 5, høyest 7, sist 7." in text for text in two_meetings.boss.last_card.text.split("\n")
    )


# The web


async def overview_of(town: Town, person: str = "leder-pko") -> str:
    """The overview page as that person sees it, by the form that the sign-in page gives."""
    url = town.product.url
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        async with session.get(f"{url}/") as response:
            token = re.findall(r'name="_token" value="([^"]+)"', await response.text())[0]
        form = {"_token": token, "community": "vestfold", "person": person}
        async with session.post(f"{url}/signin", data=form) as response:
            assert response.status == 200, await response.text()
        async with session.get(f"{url}/overview") as response:
            assert response.headers["Content-Security-Policy"] == SECURITY["Content-Security-Policy"]
            return await response.text()


async def test_the_page_shows_the_trend_for_light_and_dark_from_its_own_address(two_meetings: Town) -> None:
    html = await overview_of(two_meetings)
    drawn = (
        r'media="\(prefers-color-scheme: dark\)" srcset="(/pictures/[^"]+)"><img src="(/pictures/[^"]+)" alt="([^"]+)"'
    )
    dark, light, alt = re.findall(drawn, html)[0]
    assert "Overliggere: først 5, høyest 7, sist 7." in alt
    found = [await fetch(two_meetings.product, two_meetings.product.url + path) for path in (light, dark)]
    assert [status for status, _, _ in found] == [200, 200]
    assert found[0][2] != found[1][2]


# The process beside


@pytest.fixture
async def looked_at(two_meetings: Town) -> Workshop:
    await fetch(two_meetings.product, picture_of(two_meetings.channel.last_card)["url"])
    return two_meetings.product.product.workshop


async def test_a_workshop_that_died_is_not_noticed(two_meetings: Town, looked_at: Workshop) -> None:
    assert looked_at.pid is not None
    psutil.Process(looked_at.pid).kill()
    await answer_all(two_meetings, tonsberg="9")
    assert (await fetch(two_meetings.product, picture_of(two_meetings.channel.last_card)["url"]))[0] == 200


async def test_the_workshop_ends_with_the_product(tmp_path: Any) -> None:
    async with running(tmp_path / "samhandling.db") as made:
        workshop = made.product.workshop
        assert await workshop.do(abs, -1) == 1
        pid = workshop.pid
        assert pid is not None
    assert not psutil.pid_exists(pid)
