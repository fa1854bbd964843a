"""The page in a real browser: on a small phone, by keyboard alone, without scripts, and for those who do not see it."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Locator, Page, async_playwright, expect

from tests.harness import Running, running
from tests.mail_double import Inbox, html_of, link_of, mail_server

PHONE, DESK = (320, 640), (1000, 800)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
SMALLEST_TARGET = 44
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture
async def product(tmp_path: Path) -> AsyncIterator[Running]:
    """The product with nothing but the web."""
    async with running(tmp_path / "samhandling.db") as made:
        yield made


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if (path := shutil.which(name))), None)
    assert found, f"none of {', '.join(names)} is on the path"
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=found, args=QUIET)
        yield launched
        await launched.close()


@asynccontextmanager
async def phone(browser: Browser, product: Running, *, scripts: bool = True) -> AsyncIterator[Page]:
    width, height = PHONE
    context = await browser.new_context(
        base_url=product.url,
        viewport={"width": width, "height": height},
        java_script_enabled=scripts,
        locale="nb-NO",
        has_touch=True,
    )
    page = await context.new_page()
    page.set_default_timeout(15_000)
    yield page
    await context.close()


async def click(page: Page, name: str) -> None:
    async with page.expect_navigation():
        await page.get_by_role("button", name=name, exact=True).click()


async def write(page: Page, text: str) -> None:
    await page.get_by_label("Skriv til boten").fill(text)
    async with page.expect_navigation():
        await page.keyboard.press("Enter")


async def sign_in(page: Page, name: str) -> None:
    await page.context.clear_cookies()
    await page.goto("/")
    await click(page, name)


async def start_period(page: Page) -> None:
    await sign_in(page, "Samhandlingssjef SiV")
    await click(page, "Krise")
    await page.get_by_label("Stor innstrømming").check()
    await page.get_by_label("Siste dag").fill("2024-01-23")
    await click(page, "Start perioden")
    await expect(page.get_by_role("heading", name="Krevende drift er satt i gang")).to_be_visible()


async def prompted(page: Page, product: Running, name: str) -> None:
    """The first round is open, and somebody who is asked is signed in."""
    await start_period(page)
    await product.clock_to("2023-11-27T09:00:00+01:00")
    await sign_in(page, name)


# By keyboard alone


async def tab_to(page: Page, target: Locator) -> None:
    """Presses Tab until the element has the focus."""
    wanted = await target.element_handle()
    for _ in range(80):
        await page.keyboard.press("Tab")
        if await page.locator(":focus").count() and await wanted.evaluate("it => it === document.activeElement"):
            return
    raise AssertionError(f"{target} is not reached by Tab")


async def fill_in(page: Page, label: str, text: str) -> None:
    await tab_to(page, page.get_by_label(label))
    await page.keyboard.type(text)


async def choose(page: Page, group: str, down: int) -> None:
    """The choice that is so many below the first."""
    radios = page.get_by_role("radiogroup", name=group).get_by_role("radio")
    await tab_to(page, radios.first)
    await page.keyboard.press("Space")
    for _ in range(down):
        await page.keyboard.press("ArrowDown")
    await expect(radios.nth(down)).to_be_checked()


async def press(page: Page, name: str) -> None:
    await tab_to(page, page.get_by_role("button", name=name, exact=True))
    async with page.expect_navigation():
        await page.keyboard.press("Enter")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
async def test_a_respondent_answers_by_keyboard_on_a_small_phone(
    browser: Browser, product: Running, scripts: bool
) -> None:
    async with phone(browser, product, scripts=scripts) as page:
        await prompted(page, product, "Kommunalsjef Horten")
        await page.context.clear_cookies()
        await page.goto("/")
        await press(page, "Kommunalsjef Larvik")
        await expect(page.get_by_role("heading", name="Status fra Larvik kommune")).to_be_visible()
        await choose(page, "Samlet situasjon", 1)
        await fill_in(page, "Overliggere", "tre")
        await fill_in(page, "Ledige korttidsplasser", "2")
        await choose(page, "Bemanning", 0)
        await fill_in(page, "Behov og forslag", "To senger fra onsdag.")
        await press(page, "Send status")
        # What was wrong comes first and has the focus; its link leads to the field; the rest is as it was typed.
        await expect(page.get_by_role("group", name="Dette må rettes")).to_be_focused()
        await page.keyboard.press("Tab")
        await expect(page.get_by_role("link", name="Overliggere")).to_be_focused()
        await page.keyboard.press("Enter")
        field = page.get_by_label("Overliggere")
        await expect(field).to_be_focused()
        await expect(field).to_have_value("tre")
        await expect(field).to_have_accessible_description("Skriv et helt tall fra 0 til 500.")
        await expect(page.get_by_label("Ledige korttidsplasser")).to_have_value("2")
        await page.keyboard.press("ControlOrMeta+A")
        await page.keyboard.type("3")
        await press(page, "Send status")
        receipt = page.get_by_role("heading", name="Mottatt: status fra Larvik kommune")
        await expect(receipt).to_be_focused()
        await expect(page.get_by_text("To senger fra onsdag.")).to_be_visible()
        await page.reload()
    report = await product.report_of("2023-11-28", "larvik")
    assert (report["values"]["overliggere"], report["revision"]) == (3, 1)


async def test_field_by_field_the_next_answer_is_typed_at_once(browser: Browser, product: Running) -> None:
    async with phone(browser, product) as page:
        await prompted(page, product, "Kommunalsjef Larvik")
        await write(page, "status")
        await write(page, "gul")
        for text in ("3", "2", "hopp", "hopp", "grønn", "hopp", "hopp"):
            await expect(page.get_by_label("Svaret ditt")).to_be_focused()
            await page.keyboard.type(text)
            async with page.expect_navigation():
                await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="Mottatt: status fra Larvik kommune")).to_be_focused()


async def test_back_and_corrected_is_heard(browser: Browser, product: Running) -> None:
    async with phone(browser, product) as page:
        await prompted(page, product, "Kommunalsjef Larvik")
        await page.get_by_label("Overliggere").fill("tre")
        await click(page, "Send status")
        await page.go_back()
        await page.get_by_role("radiogroup", name="Samlet situasjon").get_by_label("Gul").check()
        await page.get_by_role("radiogroup", name="Bemanning").get_by_label("Gul").check()
        await page.get_by_label("Overliggere").fill("3")
        await page.get_by_label("Ledige korttidsplasser").fill("0")
        await click(page, "Send status")
        await expect(page.get_by_role("heading", name="Mottatt: status fra Larvik kommune")).to_be_visible()


# Every page, light and dark, small and large


async def test_every_page_is_clean(browser: Browser, product: Running) -> None:
    """axe finds nothing, nothing scrolls sideways, and what is pressed is large enough."""
    async with phone(browser, product) as page:
        await page.goto("/overview")
        await is_clean(page, "not signed in")
        await page.goto("/")
        await is_clean(page, "signing in")
        await sign_in(page, "Samhandlingssjef SiV")
        await page.get_by_text("Meny").click()
        await is_clean(page, "the menu")
        await click(page, "Krise")
        await is_clean(page, "the form that starts a period")
        await click(page, "Start perioden")
        await is_clean(page, "the form that starts a period, with mistakes")
        await prompted(page, product, "Klinikksjef medisin")
        await is_clean(page, "a clinic's form")
        await click(page, "Send status")
        await is_clean(page, "a clinic's form, with mistakes")
        await write(page, "status")
        await write(page, "gul")
        await is_clean(page, "a question")
        await sign_in(page, "Kommunalsjef Larvik")
        for group in ("Samlet situasjon", "Bemanning", "Legevakt"):
            await page.get_by_role("radiogroup", name=group).get_by_label("Rød").check()
        await page.get_by_label("Overliggere").fill("3")
        await page.get_by_label("Ledige korttidsplasser").fill("0")
        await page.get_by_label("Behov og forslag").fill("Langeordutenmellomrom" * 8)
        await click(page, "Send status")
        await is_clean(page, "a receipt")
        await click(page, "Hjelp")
        await is_clean(page, "help")
        await product.clock_to("2023-11-28T11:45:00+01:00")
        await sign_in(page, "Kommunalsjef Horten")
        await is_clean(page, "a reminder")
        await page.goto("/overview")
        await is_clean(page, "the overview")
        await sign_in(page, "Samhandlingssjef SiV")
        await is_clean(page, "who is missing")
        await click(page, "Avslutt")
        await is_clean(page, "ending a period")
        await product.clock_to("2023-12-12T16:30:00+01:00")
        await page.goto("/overview")
        await page.locator("summary", has_text="28. november").click()
        await is_clean(page, "the overview with earlier summaries")


async def test_the_trend_is_drawn_for_the_pages_scheme_and_fits_a_small_phone(
    browser: Browser, product: Running
) -> None:
    async with phone(browser, product) as page:
        await prompted(page, product, "Kommunalsjef Larvik")
        for group in ("Samlet situasjon", "Bemanning"):
            await page.get_by_role("radiogroup", name=group).get_by_label("Rød").check()
        await page.get_by_label("Overliggere").fill("3")
        await page.get_by_label("Ledige korttidsplasser").fill("0")
        await click(page, "Send status")
        await product.clock_to("2023-12-05T15:30:00+01:00")
        await page.goto("/overview")
        picture = page.get_by_role("img", name="2 møter fra 28.11.2023 til 05.12.2023.").first
        await expect(picture).to_be_visible()
        shown: dict[str, str] = {}
        for scheme in SCHEMES:
            await page.emulate_media(color_scheme=scheme)
            await expect(picture).to_have_js_property("complete", value=True)
            assert await picture.evaluate("it => it.decode().then(() => it.naturalWidth)") == 720
            shown[scheme] = await picture.evaluate("it => it.currentSrc")
            await is_readable(page, picture)
        assert shown["light"] != shown["dark"]
        await is_clean(page, "the overview with its trend")


async def is_readable(page: Page, picture: Locator) -> None:
    """Within the page, and hardly smaller than it was meant to be: its letters are those of a caption."""
    box = await picture.bounding_box()
    assert box is not None
    assert 0 <= box["x"] <= box["x"] + box["width"] <= PHONE[0]
    assert box["width"] >= 0.84 * 320


async def is_clean(page: Page, what: str) -> None:
    for width, height in (PHONE, DESK):
        await page.set_viewport_size({"width": width, "height": height})
        sideways = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert sideways <= 0, f"{what}: scrolls {sideways} px sideways at {width}"
        for scheme in SCHEMES:
            await page.emulate_media(color_scheme=scheme)
            found = await Axe().run(page)
            assert found.violations_count == 0, f"{what}, {scheme}, {width} px:\n{found.generate_report()}"
    width, height = PHONE
    await page.set_viewport_size({"width": width, "height": height})
    small = await page.evaluate(SMALL_TARGETS, SMALLEST_TARGET)
    assert not small, f"{what}: {small}"


SMALL_TARGETS = """least => ["button", "summary", "input:not([type=hidden])", "textarea", "select", "nav a"]
  .flatMap(kind => [...document.querySelectorAll(kind)])
  .map(it => it.matches("[type=radio], [type=checkbox]") ? it.closest("label") : it)
  .filter(it => it.checkVisibility() && Math.round(it.getBoundingClientRect().height) < least)
  .map(it => it.outerHTML.slice(0, 80))"""


# From a letter


@asynccontextmanager
async def written_to(folder: Path) -> AsyncIterator[tuple[Running, Inbox]]:
    """The product with a mail server behind it."""
    async with mail_server() as inbox, running(folder / "samhandling.db", smtp_url=inbox.url) as made:
        yield made, inbox


async def letter_to_larvik(page: Page, product: Running, inbox: Inbox) -> EmailMessage:
    """The first round is open, nobody is signed in here: Larvik's letter."""
    await start_period(page)
    await page.context.clear_cookies()
    await product.clock_to("2023-11-27T09:00:00+01:00")
    return inbox.to("kommunalsjef@larvik.example")[-1]


async def test_two_presses_lead_from_a_letter_to_the_receipt_on_a_small_phone_without_scripts(
    browser: Browser, tmp_path: Path
) -> None:
    async with written_to(tmp_path) as (product, inbox), phone(browser, product, scripts=False) as page:
        letter = await letter_to_larvik(page, product, inbox)
        await page.goto("about:blank")
        await page.set_content(html_of(letter))
        async with page.expect_navigation():
            await page.get_by_role("link", name="Svar nå").click()
        for group in ("Samlet situasjon", "Bemanning"):
            await page.get_by_role("radiogroup", name=group).get_by_label("Gul").check()
        await page.get_by_label("Overliggere").fill("3")
        await page.get_by_label("Ledige korttidsplasser").fill("2")
        await click(page, "Send status")
        await expect(page.get_by_role("heading", name="Mottatt: status fra Larvik kommune")).to_be_visible()
        assert await page.context.cookies() == []


async def test_the_letter_and_the_pages_that_let_in_are_readable_on_a_small_phone(
    browser: Browser, tmp_path: Path
) -> None:
    async with written_to(tmp_path) as (product, inbox), phone(browser, product) as page:
        letter = await letter_to_larvik(page, product, inbox)
        await page.goto("about:blank")
        await page.set_content(html_of(letter))
        assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
        button = await page.get_by_role("link", name="Svar nå").bounding_box()
        assert button is not None
        assert button["height"] >= SMALLEST_TARGET
        await page.goto(link_of(letter))
        await is_clean(page, "the form behind a letter's link")
        await click(page, "Send status")
        await is_clean(page, "the form with mistakes")
        await page.goto("/")
        await page.get_by_label("E-postadresse").fill("larvik")
        await click(page, "Send lenken")
        await is_clean(page, "signing in, with a mistake")
        await page.get_by_label("E-postadresse").fill("kommunalsjef@larvik.example")
        await click(page, "Send lenken")
        await is_clean(page, "the link is on its way")
        await product.settle()
        await page.goto(link_of(inbox.to("kommunalsjef@larvik.example")[-1]))
        await is_clean(page, "the page of a sign-in link")
        await click(page, "Logg inn som Kommunalsjef Larvik")
        await expect(page.get_by_role("heading", name="Status fra Larvik kommune")).to_be_visible()
        await page.goto("/link/ukjent")
        await is_clean(page, "a link that is nobody's")
