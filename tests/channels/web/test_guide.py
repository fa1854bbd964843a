"""The user guide: what it tells is what the product does, and it opens from its address alone."""

from __future__ import annotations

import re

import aiohttp
import pytest

from bot import guide
from bot.charts import size
from dialogs import router
from dialogs.speech import catalogue
from tests.harness import Running

NB = set(catalogue("nb").values())
PHONE = 390
"""Pixels of a phone's width that the pictures are taken at, two for one."""
OPENED_BY = {"samhandling", "SAMHANDLING_TEMPLATES", "examples/vestfold/community.yaml", ".env"}


async def _page(product: Running, path: str) -> tuple[int, str, str]:
    async with aiohttp.ClientSession() as anybody, anybody.get(f"{product.url}{path}") as response:
        return response.status, response.content_type, await response.text(errors="replace")


async def test_every_page_is_served_and_the_first_one_leads_to_all(product: Running) -> None:
    status, _, first = await _page(product, "/veiledning")
    assert status == 200
    for role in guide.PAGES:
        assert f'href="/veiledning/{role}"' in first
        status, kind, page = await _page(product, f"/veiledning/{role}")
        assert (status, kind) == (200, "text/html")
        assert guide.text(role).partition("\n")[0].removeprefix("# ") in page


async def test_every_picture_of_a_page_is_there(product: Running) -> None:
    shown = {name for role in guide.PAGES for name in re.findall(r"\]\(pictures/([^)]+)\)", guide.text(role))}
    assert shown == set(guide.pictures())
    for name in shown:
        status, kind, _ = await _page(product, f"/veiledning/bilder/{name}")
        assert (status, kind) == (200, "image/png"), name
        assert size(guide.pictures()[name])[0] == 2 * PHONE


async def test_another_page_or_picture_is_404_with_a_sentence(product: Running) -> None:
    for path in ("/veiledning/direktor", "/veiledning/bilder/annet.png", "/veiledning/bilder/..%2f__init__.py"):
        status, _, page = await _page(product, path)
        assert status == 404
        assert "Siden finnes ikke." in page


@pytest.mark.parametrize("role", guide.PAGES)
def test_every_command_that_a_page_names_is_understood(role: str) -> None:
    for code in re.findall(r"`([^`]+)`", guide.text(role)):
        outside_chat = code.split()[0] in OPENED_BY or code.startswith("/") or role == "it-administrator"
        assert outside_chat or router.command_of(code), code


@pytest.mark.parametrize("role", guide.PAGES)
def test_every_button_that_a_page_names_is_called_so(role: str) -> None:
    labels = re.findall(r"\*\*([^*]+)\*\*", guide.text(role))
    assert [label for label in labels if not any(_is_called(text, label) for text in NB)] == []


def _is_called(text: str, label: str) -> bool:
    """A text with something to fill in has been filled in."""
    return re.fullmatch(re.sub(r"\\{\w+\\}", ".+", re.escape(text)), label) is not None


@pytest.mark.parametrize("role", guide.PAGES)
def test_every_picture_says_what_it_shows(role: str) -> None:
    assert all(alt.strip() for alt in re.findall(r"!\[([^\]]*)\]", guide.text(role)))
