"""The meeting and its minutes on the web: led, noted, sent, commented on, and fetched as documents."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import aiohttp

from tests.builders import identity_number, local
from tests.channels.web.site import TUESDAY, FixedClock, Page, Site
from tests.harness import running

ENDS = TUESDAY + timedelta(hours=1)


async def met(site: Site) -> Page:
    """The meeting has begun; the coordinator is signed in."""
    page = await site.prompted()
    page = await site.press(page, "Svar nå") if "Svar nå" in page.text else page
    await site.pass_time(TUESDAY)
    return await site.sign_in("Samhandlingssjef SiV")


async def test_wrong_input_comes_back_with_everything_that_was_typed(site: Site) -> None:
    page = await site.press(await met(site), "Noter")
    number = identity_number()
    page = await site.press(page, "Lagre og noter mer", unit="horten", kind="decision", text=f"om {number}")
    assert "fødselsnummer" in page.text
    assert number not in page.html
    form = page.form("Lagre og noter mer")
    assert (form.values("unit"), form.values("kind")) == (["horten"], ["decision"])
    page = await site.press(page, "Lagre og noter mer", text="a" * 1001)
    assert page.form("Lagre og noter mer").values("text") == ["a" * 1001]
    page = await site.press(page, "Lagre og noter mer", text="Kortere")
    assert "Notert." in page.text


async def test_the_documents_open_from_the_page(tmp_path: Path) -> None:
    session = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
    async with running(tmp_path / "web.db", now="2023-11-23T09:00:00+01:00") as product, session:
        site = Site(product.product.store, FixedClock(local(2023, 11, 23, 9)), product.url, session)
        page = await site.start_period()
        await product.clock_to("2023-11-28T17:00:00+01:00")
        page = await site.sign_in("Samhandlingssjef SiV")
        page = await site.press(page, "Hent dokumentene")
        found = re.findall(r'href="(/documents/[^"]+)"', page.html)
        assert len(found) == 3
        for path, kind in zip(found, ("application/vnd.openxml", "application/pdf", "text/html"), strict=True):
            async with session.get(product.url + path) as response:
                assert response.status == 200
                assert response.headers["Content-Type"].startswith(kind)
                assert await response.read()
