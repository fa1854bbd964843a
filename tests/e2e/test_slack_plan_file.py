"""A plan's file dropped into the chat with the bot in Slack: as on Teams and on the page."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.slack_town import SlackTown

DRAFT = (Path(__file__).parents[2] / "examples/vestfold/moteplan-2024-utkast.txt").read_bytes()


async def planned(town: SlackTown) -> list[str]:
    _, answer = await town.product.get("/api/v1/communities/vestfold/plan")
    return [meeting["date"] for meeting in answer["meetings"]]


async def test_the_secretariat_sees_doubts_and_conflicts_and_keeps_it_with_a_press(slack_town: SlackTown) -> None:
    secretariat = slack_town["sekretariat"]
    [shown] = await secretariat.drops("moteplan.txt", DRAFT, text="2024")
    assert "plan.import" in shown.actions, shown.text
    assert "vinterferie" in shown.text
    assert await planned(slack_town) == []
    await secretariat.presses(shown, "plan.import")
    assert "2024-02-22" in await planned(slack_town)
    assert slack_town.double.complaints == []


async def test_others_get_a_polite_no_and_nothing_is_fetched(slack_town: SlackTown) -> None:
    [answer] = await slack_town["larvik-sjef"].drops("moteplan.txt", DRAFT)
    assert "ekretariat" in answer.text
    assert await planned(slack_town) == []


@pytest.mark.parametrize(
    "url",
    [
        "https://files.slack.com.evil.example/x",
        "http://127.0.0.1:1/x",
        "https://x@files.slack.com@evil.example/",
        "file:///etc/passwd",
        "",
        "https://[",
    ],
)
async def test_nothing_is_fetched_from_anywhere_else(slack_town: SlackTown, url: str) -> None:
    [answer] = await slack_town["sekretariat"].drops("moteplan.txt", DRAFT, url=url or "x")
    assert "plan.import" not in answer.actions
    assert await planned(slack_town) == []


async def test_a_file_that_is_no_plan_is_answered_in_a_sentence(slack_town: SlackTown) -> None:
    [answer] = await slack_town["sekretariat"].drops("bilde.png", b"\x89PNG" + b"\x00" * 100)
    assert "plan.import" not in answer.actions
    assert answer.text.strip()
