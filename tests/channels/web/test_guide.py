"""The user guide: what it tells is what the product does, and it opens from its address alone."""

from __future__ import annotations

import json
import re

import aiohttp
import pytest

from bot import guide
from bot.charts import size
from dialogs import router
from dialogs.speech import catalogue
from domain.community import LANGUAGES
from tests.harness import Running, Town

SAID = {language: set(catalogue(language).values()) for language in LANGUAGES}
EVERY_PAGE = [(language, role) for language in LANGUAGES for role in guide.PAGES]
PHONE = 390
"""Pixels of a phone's width that the pictures are taken at, two for one."""
OPENED_BY = {"samhandling", "SAMHANDLING_TEMPLATES", "examples/vestfold/community.yaml", ".env"}


async def _page(product: Running, path: str) -> tuple[int, str, str]:
    async with aiohttp.ClientSession() as anybody, anybody.get(f"{product.url}{path}") as response:
        return response.status, response.content_type, await response.text(errors="replace")


@pytest.mark.parametrize(
    ("language", "home"), [("nb", "/veiledning"), ("nn", "/veiledning/nn"), ("en", "/veiledning/en")]
)
async def test_every_page_is_served_and_the_first_one_leads_to_all(product: Running, language: str, home: str) -> None:
    status, _, first = await _page(product, home)
    assert status == 200
    for role in guide.PAGES:
        assert f'href="{home}/{role}"' in first
        status, kind, page = await _page(product, f"{home}/{role}")
        assert (status, kind) == (200, "text/html")
        assert f'<html lang="{language}">' in page
        assert guide.text(role, language).partition("\n")[0].removeprefix("# ") in page
        for other in set(LANGUAGES) - {language}:
            assert f'href="{guide.address(other, role)}" hreflang="{other}"' in page


async def test_help_leads_to_the_page_in_the_readers_language(town: Town) -> None:
    larvik = town["larvik-sjef"]
    for language, page in (("nn", "/veiledning/nn/kommunalsjef"), ("nb", "/veiledning/kommunalsjef")):
        await larvik.says(f"språk {language}")
        [card] = await larvik.says("hjelp")
        assert f"{town.product.url}{page}" in json.dumps(card.activity)


@pytest.mark.parametrize("role", guide.PAGES)
def test_a_page_has_the_same_parts_in_every_language(role: str) -> None:
    parts = [re.findall(r"^(##|\d\.|-|!\[|$)", guide.text(role, language), re.MULTILINE) for language in LANGUAGES]
    assert parts[0] == parts[1] == parts[2]


async def test_every_picture_of_a_page_is_there(product: Running) -> None:
    texts = [guide.text(role, language) for language, role in EVERY_PAGE]
    shown = {name for text in texts for name in re.findall(r"\]\(pictures/([^)]+)\)", text)}
    assert shown == set(guide.pictures())
    for name in shown:
        status, kind, _ = await _page(product, f"/veiledning/bilder/{name}")
        assert (status, kind) == (200, "image/png"), name
        assert size(guide.pictures()[name])[0] == 2 * PHONE


async def test_another_page_or_picture_is_404_with_a_sentence(product: Running) -> None:
    for path in (
        *("/veiledning/direktor", "/veiledning/bilder/annet.png", "/veiledning/bilder/..%2f__init__.py"),
        *("/veiledning/de", "/veiledning/de/kommunalsjef", "/veiledning/nb/direktor"),
    ):
        status, _, page = await _page(product, path)
        assert status == 404
        assert "Siden finnes ikke." in page


@pytest.mark.parametrize(("language", "role"), EVERY_PAGE)
def test_every_command_that_a_page_names_is_understood(language: str, role: str) -> None:
    for code in re.findall(r"`([^`]+)`", guide.text(role, language)):
        outside_chat = code.split()[0] in OPENED_BY or code.startswith("/") or role == "it-administrator"
        assert outside_chat or router.command_of(code), code


@pytest.mark.parametrize(("language", "role"), EVERY_PAGE)
def test_every_button_that_a_page_names_is_called_so(language: str, role: str) -> None:
    labels = re.findall(r"\*\*([^*]+)\*\*", guide.text(role, language))
    assert [label for label in labels if not any(_is_called(text, label) for text in SAID[language])] == []


def _is_called(text: str, label: str) -> bool:
    """A text with something to fill in has been filled in."""
    return re.fullmatch(re.sub(r"\\{\w+\\}", ".+", re.escape(text)), label) is not None


@pytest.mark.parametrize(("language", "role"), EVERY_PAGE)
def test_every_picture_says_what_it_shows(language: str, role: str) -> None:
    assert all(alt.strip() for alt in re.findall(r"!\[([^\]]*)\]", guide.text(role, language)))
