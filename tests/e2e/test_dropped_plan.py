"""A plan's file dropped to the bot: fetched where Teams keeps it, shown with every doubt, kept when asked for."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.channels.teams.activity import FILE_TYPE
from bot.channels.teams.service_urls import loopback_files, microsofts_files
from bot.plan.files import LARGEST_FILE
from tests.channels.web.site import Page
from tests.e2e.acting import words
from tests.harness import Json, Snapshot, Town, beginning
from tests.teams_double import TeamsDouble, TeamsPerson

NOW = "2024-01-08T09:00:00+01:00"
EXAMPLES = Path(__file__).parents[2] / "examples/vestfold"
ADOPTED = (EXAMPLES / "moteplan-2024.docx").read_bytes()
DRAFT = (EXAMPLES / "moteplan-2024-utkast.txt").read_bytes()


class Drive:
    """Where Teams keeps the files of a chat: each under an address that bears its own permission."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.was_asked = asyncio.Event()
        self.url = ""

    async def download(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.path_qs)
        self.was_asked.set()
        name = request.match_info["name"]
        if name == "elsewhere":
            raise web.HTTPFound(f"{self.url}/files/plan.docx")
        if name == "endless":
            response = web.StreamResponse()
            await response.prepare(request)
            for _ in range(LARGEST_FILE // 1_000_000 + 2):
                await response.write(b"x" * 1_000_000)
            return response
        if name not in self.files:
            raise web.HTTPNotFound
        return web.Response(body=self.files[name])


@asynccontextmanager
async def serving() -> AsyncIterator[Drive]:
    drive = Drive()
    app = web.Application()
    app.add_routes([web.get("/files/{name}", drive.download)])
    async with TestServer(app, host="127.0.0.1") as server:
        drive.url = str(server.make_url("")).rstrip("/")
        yield drive


@pytest.fixture
async def drive() -> AsyncIterator[Drive]:
    async with serving() as made:
        made.files = {"plan.docx": ADOPTED, "utkast.txt": DRAFT}
        yield made


@pytest.fixture
async def town(double: TeamsDouble, database: Path, snapshots: dict[str, Snapshot]) -> AsyncIterator[Town]:
    async with beginning(snapshots, "dropped_plan", Town.connect, database, double, now=NOW) as found:
        yield found
    assert double.complaints == []


@pytest.fixture
def secretary(town: Town) -> TeamsPerson:
    return town["sekretariat"]


def attached(drive: Drive, name: str, url: str = "") -> Json:
    address = url or f"{drive.url}/files/{name}?UniqueId=1&tempauth=v1.abc%3D"
    content = {"downloadUrl": address, "uniqueId": "1", "fileType": name.rpartition(".")[2]}
    return {"contentType": FILE_TYPE, "contentUrl": address, "name": name, "content": content}


async def drops(town: Town, person: TeamsPerson, *files: Any, text: str = "", again: str = "") -> str:
    """Somebody drops files into the chat; what the answer says."""
    activity = person.activity("message", text=text, attachments=[*files, {"contentType": "text/html", "content": ""}])
    activity["id"] = again or activity["id"]
    status, _ = await person.sends(activity)
    assert status == 202
    await town.product.settle()
    return person.messages[-1].text if person.messages else ""


async def kept(town: Town) -> list[Json]:
    _, answer = await town.product.get("/api/v1/communities/vestfold/plan")
    found: list[Json] = answer["meetings"]
    return found


# Shown, then kept


async def test_a_file_is_shown_and_nothing_is_kept_until_the_button_is_pressed(
    town: Town, drive: Drive, secretary: TeamsPerson
) -> None:
    shown = await drops(town, secretary, attached(drive, "plan.docx"))
    assert drive.asked == ["/files/plan.docx?UniqueId=1&tempauth=v1.abc%3D"]
    assert "Møteplanen i plan.docx" in secretary.last_card.title
    assert "Dette står i filen: 13 møter og ett sted å se på." in shown
    assert "tabell 1, rad 5, kolonne 6: 30 – klokkeslett mangler (PM 30.05.2024)" in shown
    assert "SSU: Nytt: torsdag 29. februar 2024 kl. 13.00–15.30" in shown
    assert await kept(town) == []
    card = await secretary.presses(secretary.last_card, "plan.import")
    assert "Planen er lagret." in words(card)
    assert "Endret i møteplanen: 13 nye møter." in words(card)
    assert len(await kept(town)) == 13


async def test_the_next_version_shows_what_it_would_move_and_what_collides(
    town: Town, drive: Drive, secretary: TeamsPerson
) -> None:
    shown = await drops(town, secretary, attached(drive, "utkast.txt"))
    assert "Kolliderer" in shown
    assert "torsdag 22. februar 2024. Merk: Det er skoleferie (vinterferie). Ledig dag i stedet: torsdag 29." in shown
    await secretary.presses(secretary.last_card, "plan.import")
    before = {meeting["id"] for meeting in await kept(town)}
    shown = await drops(town, secretary, attached(drive, "plan.docx"))
    assert "SSU: Flyttes fra torsdag 22. februar 2024 kl. 13.00–15.30 til: torsdag 29. februar 2024" in shown
    assert "Møter som står som før" in shown
    await secretary.presses(secretary.last_card, "plan.import")
    assert {meeting["id"] for meeting in await kept(town)} == before
    await drops(town, secretary, attached(drive, "plan.docx"))
    assert "Alt står i planen fra før." in secretary.last_card.text
    assert "plan.import" not in secretary.last_card.actions


async def test_deadlines_in_the_file_are_shown_and_kept_with_the_plan(
    town: Town, drive: Drive, secretary: TeamsPerson
) -> None:
    drive.files["plan.txt"] = "SSU 29.02.24\nHøringsfrist 12.04.24\n".encode()
    shown = await drops(town, secretary, attached(drive, "plan.txt"))
    assert "Høringsfrist: Nytt: fredag 12. april 2024" in shown
    await secretary.presses(secretary.last_card, "plan.import")
    await secretary.says("frist")
    assert "fredag 12. april 2024 · Sekretariatet" in secretary.last_card.text


async def test_a_year_and_an_organ_may_be_written_beside_the_file(
    town: Town, drive: Drive, secretary: TeamsPerson
) -> None:
    drive.files["plan.txt"] = b"29. februar kl. 13\n"
    await drops(town, secretary, attached(drive, "plan.txt"))
    assert "Jeg fant ingen møter i filen." in secretary.last_card.text
    shown = await drops(town, secretary, attached(drive, "plan.txt"), text="SSU 2024")
    assert "SSU: Nytt: torsdag 29. februar 2024 kl. 13.00–15.30" in shown


async def test_a_long_plan_is_shown_page_by_page_with_the_doubts_first(
    town: Town, drive: Drive, secretary: TeamsPerson
) -> None:
    lines = [f"SSU {day:02}.{month:02}.24" for month in range(1, 13) for day in (1, 8, 15)]
    drive.files["plan.txt"] = "\n".join(lines).encode()
    seen: list[str] = []
    await drops(town, secretary, attached(drive, "plan.txt"))
    seen.append(secretary.last_card.text)
    while "plan.preview" in secretary.last_card.actions:
        seen.append(words(await secretary.presses(secretary.last_card, "plan.preview")))
        assert "plan.import" in secretary.last_card.actions
    assert len(seen) > 1
    assert "dagen er ikke en arbeidsdag" in seen[0]
    assert sum(page.count("Nytt:") for page in seen) == len(lines)


async def test_a_button_of_a_file_that_was_kept_or_replaced_does_nothing(
    town: Town, drive: Drive, secretary: TeamsPerson
) -> None:
    await drops(town, secretary, attached(drive, "utkast.txt"))
    first = secretary.last_card
    await drops(town, secretary, attached(drive, "plan.docx"))
    second = secretary.last_card
    assert "Filen er lagret, forkastet eller for gammel." in words(await secretary.presses(first, "plan.import"))
    await secretary.presses(second, "plan.discard")
    assert "Filen er forkastet." in secretary.messages[-1].text
    assert await kept(town) == []


async def test_a_file_shown_yesterday_is_to_be_brought_again(town: Town, drive: Drive, secretary: TeamsPerson) -> None:
    await drops(town, secretary, attached(drive, "plan.docx"))
    await town.product.clock_to("2024-01-09T09:01:00+01:00")
    assert "for gammel" in words(await secretary.presses(secretary.last_card, "plan.import"))
    assert await kept(town) == []


async def test_the_same_activity_twice_is_answered_once(town: Town, drive: Drive, secretary: TeamsPerson) -> None:
    for _ in range(2):
        await drops(town, secretary, attached(drive, "plan.docx"), again="activity-1")
    assert len(secretary.titled("Møteplanen i")) == 1


async def test_it_speaks_the_language_of_who_drops_it(town: Town, drive: Drive, secretary: TeamsPerson) -> None:
    await secretary.says("språk nn")
    shown = await drops(town, secretary, attached(drive, "plan.docx"))
    assert "tabell 1, rad 5, kolonne 6: 30 – klokkeslett manglar" in shown
    assert "Ingenting er lagra enno." in shown
    await secretary.says("language en")
    shown = await drops(town, secretary, attached(drive, "plan.docx"))
    assert "table 1, row 5, column 6: 30 – no time is given (PM 30/05/2024)" in shown


# Refused


async def test_others_get_a_polite_no_and_nothing_is_fetched(town: Town, drive: Drive) -> None:
    for key in ("larvik-sjef", "larvik-vara", "leder-pko"):
        said = await drops(town, town[key], attached(drive, "plan.docx"))
        assert said.startswith("Bare sekretariatet og samhandlingssjefen kan legge inn møteplanen fra en fil.")
    said = await drops(town, town.double.person("fremmed"), attached(drive, "plan.docx"))
    assert said.startswith("Hei! Jeg kjenner deg ikke")
    assert drive.asked == []


async def test_two_files_at_once_are_one_too_many(town: Town, drive: Drive, secretary: TeamsPerson) -> None:
    said = await drops(town, secretary, attached(drive, "plan.docx"), attached(drive, "utkast.txt"))
    assert said == "Send én fil om gangen."
    assert drive.asked == []


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("gone.docx", "Filen kunne ikke hentes."),
        ("elsewhere", "Filen kunne ikke hentes."),
        ("endless", "Filen er for stor."),
        ("plan.pdf", "Jeg kan ikke lese PDF-filer."),
        ("plan.doc", "eldre versjon av Office"),
        ("broken.docx", "Filen er skadet"),
        ("nothing.bin", "kan ikke leses som tekst"),
    ],
)
async def test_a_file_that_will_not_do_is_refused_with_what_will(
    town: Town, drive: Drive, secretary: TeamsPerson, name: str, says: str
) -> None:
    drive.files |= {"plan.pdf": b"%PDF-1.7", "plan.doc": b"\xd0\xcf\x11\xe0", "broken.docx": b"PK\x03\x04" + b"x" * 99}
    drive.files["nothing.bin"] = b"\0\0\0"
    said = await drops(town, secretary, attached(drive, name))
    assert says in said
    assert "Send planen som Word (.docx), Excel (.xlsx)" in said
    assert "/files/plan.docx" not in drive.asked
    assert await kept(town) == []


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data",
        "https://contoso.sharepoint.com/plan.docx",  # with --dev nothing is fetched from outside this machine
        "file:///etc/passwd",
        "//127.0.0.1/files/plan.docx",
        "http://user:secret@127.0.0.1/files/plan.docx",
        "http://127.0.0.1#@example.com/",
        "x" * 9000,
    ],
)
async def test_nothing_is_fetched_from_elsewhere(town: Town, drive: Drive, secretary: TeamsPerson, url: str) -> None:
    said = await drops(town, secretary, attached(drive, "plan.docx", url))
    assert said.startswith("Filen ligger et sted jeg ikke henter filer fra.")


@pytest.mark.parametrize(
    ("url", "permitted"),
    [
        ("https://contoso-my.sharepoint.com/personal/a/_layouts/15/download.aspx?UniqueId=1&tempauth=v1.e%3D", True),
        ("https://contoso.sharepoint.com:443/x", True),
        ("https://contoso.sharepoint.com:8443/x", False),
        ("http://contoso.sharepoint.com/x", False),
        ("https://contoso.sharepoint.com.example/x", False),
        ("https://sharepoint.com.example/x", False),
        ("https://evilsharepoint.com/x", False),
        ("https://a@contoso.sharepoint.com/x", False),
        ("https://contoso.sharepoint.com\\@evil.example/x", False),
        ("https://evil.example/?x=.sharepoint.com", False),
        ("https://127.0.0.1/x", False),
    ],
)
def test_in_service_files_come_from_microsofts_storage_alone(url: str, permitted: bool) -> None:
    assert microsofts_files(url) is permitted


def test_with_dev_files_come_from_this_machine_alone() -> None:
    assert loopback_files("http://127.0.0.1:8000/files/a?x=1")
    assert not loopback_files("https://contoso.sharepoint.com/x")


@pytest.mark.parametrize(
    "files",
    [
        "no list",
        [None, 3, "x"],
        [{"contentType": FILE_TYPE}],
        [{"contentType": FILE_TYPE, "content": "x", "name": 7}],
        [{"contentType": FILE_TYPE, "content": {"downloadUrl": None}, "name": None}],
    ],
)
async def test_attachments_that_are_none_are_never_an_error_of_ours(
    town: Town, secretary: TeamsPerson, files: Any
) -> None:
    activity = secretary.activity("message", text="hjelp", attachments=files)
    status, _ = await secretary.sends(activity)
    assert status == 202
    await town.product.settle()
    assert secretary.messages


# On the page


@asynccontextmanager
async def page_of(town: Town, name: str) -> AsyncIterator[tuple[aiohttp.ClientSession, Page]]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        page = await posted(session, town, await opened(session, town), name, {})
        yield session, page


async def opened(session: aiohttp.ClientSession, town: Town) -> Page:
    async with session.get(town.product.url) as response:
        return Page(response.status, await response.text())


async def posted(session: aiohttp.ClientSession, town: Town, page: Page, label: str, more: dict[str, Any]) -> Page:
    """Presses a button; with a file in `more` as a form with a file."""
    form = page.form(label)
    fields = {key: value for key, value in form.fields if key not in more}
    button = next(b for b in form.buttons if b[2] == label)
    fields |= {button[0]: button[1]} if button[0] else {}
    data: Any = fields
    if more:
        data = aiohttp.FormData()
        for key, value in {key: value for key, value in fields.items() if key != "file"}.items():
            data.add_field(key, value)
        for key, (content, filename) in more.items():
            data.add_field(key, io.BytesIO(content), filename=filename)
    async with session.post(f"{town.product.url}{form.action}", data=data) as response:
        return Page(response.status, await response.text())


async def test_on_the_page_a_file_is_shown_and_kept_the_same_way(town: Town) -> None:
    async with page_of(town, "Sekretariatet") as (session, page):
        shown = await posted(session, town, page, "Les filen", {"file": (ADOPTED, "plan.docx")})
        assert "Møteplanen i plan.docx" in shown.text
        assert "Dette står i filen: 13 møter og ett sted å se på." in shown.text
        assert await kept(town) == []
        done = await posted(session, town, shown, "Lagre planen", {})
        assert "Planen er lagret." in done.text
        assert len(await kept(town)) == 13


async def test_on_the_page_others_have_no_such_field_and_are_refused(town: Town) -> None:
    async with page_of(town, "Sekretariatet") as (session, page):
        form = page.form("Les filen")
    async with page_of(town, "Kommunalsjef Larvik") as (session, page):
        assert "Les filen" not in page.text
        form.fields = [*page.form("Send").fields, ("file", "")]
        page.forms.append(form)
        shown = await posted(session, town, page, "Les filen", {"file": (ADOPTED, "plan.docx")})
        assert "Bare sekretariatet og samhandlingssjefen kan legge inn" in shown.text
        assert await kept(town) == []


async def test_on_the_page_what_is_no_such_form_is_refused_with_a_sentence(town: Town) -> None:
    async with page_of(town, "Sekretariatet") as (session, page):
        fields = dict(page.form("Les filen").fields)
        largest = b"x" * (LARGEST_FILE + 1)
        empty = await posted(session, town, page, "Les filen", {"file": (b"", "")})
        assert (empty.status, "Velg en fil først." in empty.text) == (400, True)
        assert (await posted(session, town, page, "Les filen", {"file": (largest, "x")})).status == 413
        bodies: list[tuple[Any, str, int]] = [
            (b"x", "application/json", 415),
            (b"x", "multipart/form-data", 400),
            (b"x", "multipart/form-data; boundary=a", 400),
            (b"--a\r\n\r\nx", "multipart/form-data; boundary=a", 400),
            (b"--a\r\nContent-Disposition: form-data; name=file; filename=a\r\n\r\nx\r\n--a--", "", 403),
            (b"--a\r\nContent-Disposition: form-data; name=_token\r\n\r\n\xff\r\n--a--", "", 400),
            (b"--a\r\nContent-Disposition: form-data; name=_token\r\n\r\n" + b"x" * 2000 + b"\r\n--a--", "", 413),
        ]
        for body, kind, status in bodies:
            headers = {"Content-Type": kind or "multipart/form-data; boundary=a"}
            async with session.post(f"{town.product.url}/file", data=body, headers=headers) as response:
                assert response.status == status, (body[:40], kind)
                assert "text/html" in response.headers["Content-Type"]
        assert fields


async def test_while_a_large_file_is_read_others_are_answered(town: Town, drive: Drive, secretary: TeamsPerson) -> None:
    """The reading is another process's: what takes seconds there holds nobody up here."""
    drive.files["large.txt"] = b"SSU 29.02.24 ett og annet\n" * 15_000
    reading = asyncio.create_task(drops(town, secretary, attached(drive, "large.txt")))
    await drive.was_asked.wait()
    await town["larvik-sjef"].says("hjelp")
    assert town["larvik-sjef"].messages
    assert "Møteplanen i large.txt" in await reading or "Møteplanen i large.txt" in secretary.last_card.title
