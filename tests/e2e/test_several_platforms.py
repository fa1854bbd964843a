"""One person in Teams, in Slack and by e-mail: where messages come, what closes where, and what is tried next."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.channels.contract.slack import OnSlack
from tests.channels.contract.teams import OnTeams
from tests.harness import MUNICIPALITY, Running, running
from tests.mail_double import Inbox, mail_server
from tests.slack_double import SlackDouble, SlackPerson
from tests.teams_double import TeamsDouble, TeamsPerson

ADDRESS = "kommunalsjef@larvik.example"
MONDAY, TUESDAY = "2023-11-27", "2023-11-28"


@dataclass
class Everywhere:
    """The product with all its channels; Larvik's chief is on each."""

    product: Running
    on_teams: OnTeams
    on_slack: OnSlack
    inbox: Inbox

    @property
    def boss(self) -> TeamsPerson:
        return self.on_teams.people["samhandlingssjef"]

    @property
    def in_teams(self) -> TeamsPerson:
        return self.on_teams.people["larvik-sjef"]

    @property
    def in_slack(self) -> SlackPerson:
        return self.on_slack.town["larvik-sjef"]

    async def prompted(self) -> None:
        await self.on_teams.starts()
        await self.product.clock_to(f"{MONDAY}T09:00:00+01:00")

    def asked(self) -> tuple[int, int, int]:
        """In how many places the prompt lies: Teams, Slack, e-mail."""
        part = "tatus fra Larvik kommune"
        letters = [letter for letter in self.inbox.to(ADDRESS) if part in str(letter["Subject"])]
        return len(self.in_teams.titled(part)), len(self.in_slack.titled(part)), len(letters)


@pytest.fixture
async def everywhere(double: TeamsDouble, slack: SlackDouble, database: Path) -> AsyncIterator[Everywhere]:
    async with (
        mail_server() as inbox,
        running(database, teams=double, slack=slack, smtp_url=inbox.url, mail_from="Bot <bot@example.no>") as product,
    ):
        found = Everywhere(product, OnTeams(product, double), OnSlack(product, slack), inbox)
        await found.in_teams.says("hjelp")
        await found.in_slack.says("hjelp")
        yield found


# Where


async def test_without_a_choice_messages_come_where_the_person_wrote_last(everywhere: Everywhere) -> None:
    await everywhere.prompted()
    assert everywhere.asked() == (0, 1, 0)


async def test_coming_back_to_a_platform_makes_it_the_last_one_again(everywhere: Everywhere) -> None:
    await everywhere.in_teams.says("hjelp")
    await everywhere.prompted()
    assert everywhere.asked() == (1, 0, 0)


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ("kanal teams", (1, 0, 0)),
        ("Kanal Slack", (0, 1, 0)),
        ("kanal e-post", (0, 0, 1)),
        ("channel email", (0, 0, 1)),
        ("kanal nettside", (0, 0, 0)),
        ("kanal sist", (0, 1, 0)),
    ],
)
async def test_a_chosen_channel_wins_over_the_last_one(
    everywhere: Everywhere, words: str, asked: tuple[int, int, int]
) -> None:
    [answer] = await everywhere.in_slack.says(words)
    assert answer.text.startswith("Fra nå av skriver jeg")
    await everywhere.prompted()
    assert everywhere.asked() == asked


async def test_written_alone_it_shows_what_there_is_and_takes_one_press(everywhere: Everywhere) -> None:
    shown = await everywhere.on_slack.writes("larvik-sjef", "kanal")
    assert "der du skrev til meg sist" in shown.text
    assert shown.actions == ("channel.choose",) * 4
    chosen = await everywhere.on_slack.presses("larvik-sjef", shown, "channel.choose", '\\"teams\\"')
    assert "Teams" in chosen.text
    shown = await everywhere.on_slack.writes("larvik-sjef", "kanal")
    assert "Nå skriver jeg først til deg her: Teams." in shown.text
    await everywhere.prompted()
    assert everywhere.asked() == (1, 0, 0)


async def test_a_platform_where_the_person_is_not_known_cannot_be_chosen(everywhere: Everywhere) -> None:
    [answer] = await everywhere.boss.says("kanal slack")
    assert answer.text == "Jeg kjenner deg ikke på Slack ennå. Skriv til meg der først."
    [answer] = await everywhere.boss.says("kanal brevdue")
    assert "kanal epost" in answer.text
    shown = await everywhere.on_teams.writes("samhandlingssjef", "kanal")
    assert "Slack" not in shown.text


async def test_the_choice_is_on_record(everywhere: Everywhere) -> None:
    await everywhere.in_teams.says("kanal epost")
    [log] = await everywhere.boss.says("logg")
    assert "Valgte kanal" in log.text
    assert "e-post" in log.text


# One answer for all


async def test_an_answer_in_one_closes_the_form_in_the_other(everywhere: Everywhere) -> None:
    await everywhere.in_teams.says("kanal teams")
    await everywhere.prompted()
    [prompt] = everywhere.in_teams.titled("Status fra Larvik kommune")
    assert "status.submit" in prompt.actions
    form = await everywhere.on_slack.asks("larvik-sjef", "status", "status.submit")
    await everywhere.on_slack.sends("larvik-sjef", form, "status.submit", **MUNICIPALITY)
    assert prompt.title.startswith("Mottatt: status fra Larvik kommune")
    assert "status.submit" not in prompt.actions
    assert (await everywhere.product.report_of(TUESDAY, "larvik"))["revision"] == 1


async def test_an_answer_in_a_chat_is_receipted_to_who_was_asked_by_e_mail(everywhere: Everywhere) -> None:
    await everywhere.in_slack.says("kanal epost")
    await everywhere.prompted()
    form = await everywhere.on_teams.asks("larvik-sjef", "status", "status.submit")
    await everywhere.on_teams.sends("larvik-sjef", form, "status.submit", **MUNICIPALITY)
    subjects = [str(letter["Subject"]) for letter in everywhere.inbox.to(ADDRESS)]
    assert subjects[-1].startswith("Mottatt: status fra Larvik kommune")


async def test_a_channel_in_slack_and_one_in_teams_both_get_the_summary(everywhere: Everywhere) -> None:
    for connect in (everywhere.on_teams.connect, everywhere.on_slack.connect):
        await connect()
    await everywhere.prompted()
    await everywhere.product.clock_to(f"{TUESDAY}T15:30:00+01:00")
    assert len(await everywhere.on_teams.board()) == 1
    assert len(await everywhere.on_slack.board()) == 1


async def test_what_answers_somebody_comes_where_they_wrote(everywhere: Everywhere) -> None:
    await everywhere.in_teams.says("kanal epost")
    await everywhere.prompted()
    await everywhere.in_slack.says("status")
    assert len(everywhere.in_slack.titled("Status fra Larvik kommune")) == 1
    assert everywhere.in_teams.titled("Status fra Larvik kommune") == []


# Out of reach


def told(everywhere: Everywhere) -> list[str]:
    """What the coordinator was told of those who cannot be reached."""
    return [message.text for message in everywhere.boss.messages if message.text.startswith("Jeg når ikke")]


async def test_who_has_left_slack_is_reached_in_teams_and_the_coordinator_told_once(everywhere: Everywhere) -> None:
    everywhere.in_slack.left = True
    await everywhere.prompted()
    assert everywhere.asked() == (1, 0, 0)
    await everywhere.product.clock_to(f"{TUESDAY}T09:00:00+01:00")
    assert len(everywhere.in_teams.titled("Påminnelse")) == 2
    assert told(everywhere) == ["Jeg når ikke Kommunalsjef Larvik på Slack. Meldingene går via Teams inntil videre."]


async def test_each_place_is_tried_and_each_that_fails_is_named(everywhere: Everywhere) -> None:
    everywhere.in_slack.left = True
    everywhere.in_teams.installed = False
    await everywhere.prompted()
    assert everywhere.asked() == (0, 0, 1)
    assert set(told(everywhere)) == {
        "Jeg når ikke Kommunalsjef Larvik på Slack. Meldingene går via e-post inntil videre.",
        "Jeg når ikke Kommunalsjef Larvik på Teams. Meldingene går via e-post inntil videre.",
    }


async def test_a_letter_that_bounces_goes_to_the_chat_instead(everywhere: Everywhere) -> None:
    everywhere.inbox.refuses[ADDRESS] = "550 5.1.1 no such mailbox"
    await everywhere.in_teams.says("kanal epost")
    await everywhere.prompted()
    assert everywhere.asked() == (1, 0, 0)
    assert told(everywhere) == ["Jeg når ikke Kommunalsjef Larvik på e-post. Meldingene går via Teams inntil videre."]


async def test_who_is_reached_nowhere_has_it_on_the_page(everywhere: Everywhere) -> None:
    everywhere.in_slack.left, everywhere.in_teams.installed = True, False
    everywhere.inbox.refuses[ADDRESS] = "550 5.1.1 no such mailbox"
    await everywhere.prompted()
    assert everywhere.asked() == (0, 0, 0)
    said = told(everywhere)
    assert len(said) == 3
    assert all("Meldingene ligger på nettsiden." in text for text in said)
