"""A demanding period as its people meet it in Slack: real HTTP both ways, a clock that is moved, nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.settings import Settings, SettingsError
from dialogs import router
from domain.community_file import read_community
from tests.harness import MUNICIPALITY, ROOT, clinic, running
from tests.slack_double import SlackDouble, SlackPerson, buttons_of, readable
from tests.slack_town import SlackTown

TUESDAY = "2023-11-28"


def at(hour: str, day: str = TUESDAY) -> str:
    return f"{day}T{hour}:00+01:00"


# Starting


async def test_the_form_that_starts_a_period_opens_from_its_message_and_from_the_slash(slack_town: SlackTown) -> None:
    [message] = await slack_town.boss.says("krise")
    pressed = await slack_town.boss.presses(message, "period.start")
    _, written = await slack_town.boss.slash("krise")
    for modal in (pressed, written):
        assert modal is not None
        assert modal.action == "period.start"
        assert list(modal.inputs) == [
            "reason", "level", "first_meeting", "start", "every_days", "until", "urgent", "note"
        ]  # fmt: skip
        shown = modal.shown
        assert (shown["level"], shown["first_meeting"], shown["start"]) == ("yellow", "2023-11-28", "16:00")


async def test_the_receipt_takes_the_place_of_the_message_that_the_form_opened_from(slack_town: SlackTown) -> None:
    message = await slack_town.start()
    assert message.title == "Krevende drift er satt i gang"
    assert slack_town.boss.messages == [message]


async def test_nobody_but_the_coordinator_starts_a_period(slack_town: SlackTown) -> None:
    [message] = await slack_town.boss.says("krise")
    larvik = slack_town["larvik-sjef"]
    [answer] = await larvik.says("krise")
    assert "Samhandlingssjef SiV" in answer.text
    whispered, modal = await larvik.slash("krise")
    assert modal is None
    assert "Samhandlingssjef SiV" in json.dumps(whispered, ensure_ascii=False)
    stolen = await slack_town.boss.presses(message, "period.start")
    assert stolen is not None
    stolen.fill("reason", "ferie")
    assert await larvik.submits(stolen) is None
    assert await slack_town.product.rounds() == []
    assert larvik.titled("Dette kan bare Samhandlingssjef SiV") or "Samhandlingssjef SiV" in larvik.last.text


async def test_all_concerned_are_told_though_they_never_wrote(slack_town: SlackTown) -> None:
    await slack_town.connect()
    await slack_town.start()
    told = {key: len(person.titled("Krevende drift i")) for key, person in slack_town.people.items()}
    assert told == {key: int(key not in ("samhandlingssjef", "sekretariat")) for key in slack_town.people}
    [announced] = slack_town.channel.titled("Krevende drift i")
    assert "tirsdag 28. november kl. 16.00" in announced.text


async def test_the_bot_says_when_it_has_to_be_invited_first(slack_town: SlackTown) -> None:
    closed = slack_town.double.channel("lukket", invited=False)
    answer, _ = await slack_town.boss.slash("koble", where=closed)
    assert answer is not None
    assert "/invite" in answer["text"]
    open_ = slack_town.double.channel("åpen")
    answer, _ = await slack_town.boss.slash("koble", where=open_)
    assert answer == {"response_type": "ephemeral", "text": "Denne kanalen får oppsummeringene fra nå av."}
    answer, _ = await slack_town.boss.slash("koble", where=open_)
    assert answer is not None
    assert "allerede" in answer["text"]
    await slack_town.start()
    assert open_.titled("Krevende drift i")
    assert not closed.messages


# The week


async def test_a_button_in_a_channel_answers_the_one_who_pressed_alone(slack_town: SlackTown) -> None:
    await slack_town.prompted()
    await slack_town.product.clock_to(at("16:05"))
    await slack_town.answers("larvik-sjef")  # late: the summary is drawn anew
    [summary] = slack_town.channel.titled("Samhandlingsmøte")
    before = summary.text
    await slack_town["horten-sjef"].presses(summary, "summary.sealed")
    whispered = slack_town.channel.last
    assert whispered.to == slack_town["horten-sjef"].id
    assert "Slik det sto da møtet begynte" in whispered.text
    assert summary.text == before


async def test_a_clinics_long_form_is_one_modal(slack_town: SlackTown) -> None:
    await slack_town.prompted()
    key = next(p.key for p in slack_town.people.values() if p.key.startswith("medisin"))
    person = slack_town[key]
    modal = await person.presses(person.last, "status.open")
    assert modal is not None
    assert "klare_pasienter.larvik" in modal.inputs
    assert await person.submits(modal, **clinic(larvik=4)) is None
    assert "4" in person.last.text


async def test_the_chart_of_a_summary_is_uploaded_once_and_shown(slack_town: SlackTown) -> None:
    await slack_town.prompted()
    await slack_town.answers("larvik-sjef")
    await slack_town.product.clock_to("2023-12-04T09:00:00+01:00")
    await slack_town.answers("larvik-sjef")
    await slack_town.product.clock_to(at("15:30", "2023-12-05"))
    summary = slack_town.channel.titled("Samhandlingsmøte")[-1]
    [picture] = [block for block in summary.blocks if block["type"] == "image"]
    assert slack_town.double.files[picture["slack_file"]["id"]].startswith(b"\x89PNG")
    assert "overliggere" in picture["alt_text"].casefold()
    await slack_town.boss.says("oversikt")
    assert [b["slack_file"] for b in slack_town.boss.last.blocks if b["type"] == "image"]


async def test_a_chart_that_slack_does_not_take_is_told_in_words(slack_town: SlackTown) -> None:
    slack_town.double.fails("files.completeUploadExternal", "internal_error")
    await slack_town.prompted()
    await slack_town.answers("larvik-sjef")
    await slack_town.product.clock_to("2023-12-04T09:00:00+01:00")
    await slack_town.answers("larvik-sjef")
    await slack_town.product.clock_to(at("15:30", "2023-12-05"))
    summary = slack_town.channel.titled("Samhandlingsmøte")[-1]
    assert not [block for block in summary.blocks if block["type"] == "image"]


# Every dialog


COMMANDS = [(command.name, word) for command in router.COMMANDS for word in command.words.split("|")]


SPEAKING = {
    "samhandlingssjef": "nn",
    "sekretariat": "en",
    "larvik-sjef": "nb",
    "horten-vara": "nn",
    "leder-pko": "en",
}
"""One of each role. What each command shows in each language is held in tests/channels/contract."""


@pytest.mark.parametrize("key", SPEAKING)
async def test_every_command_in_every_language_is_answered_by_everybody(slack_town: SlackTown, key: str) -> None:
    await slack_town.prompted()
    await slack_town.answers("larvik-sjef")
    person = slack_town[key]
    await person.says(f"språk {SPEAKING[key]}")
    for name, word in COMMANDS:
        if name in ("language", "end"):
            continue
        text = f"{word} Larvik: mer" if name == "note" else word
        whispers, before = len(person.whispers), len(person.messages)
        _, modal = await person.slash(text)
        said = len(person.whispers) > whispers or len(person.messages) > before
        assert said or modal is not None, text
        assert await person.says(text), text


async def test_in_a_channel_that_is_nobodys_a_card_goes_to_who_asked(slack_town: SlackTown) -> None:
    await slack_town.prompted()
    other = slack_town.double.channel("kaffe")
    [answer] = await slack_town["larvik-sjef"].says("oversikt", where=other)
    assert "personlig samtale" in answer.text
    assert answer.thread
    assert "har svart" in slack_town["larvik-sjef"].last.text
    [answer] = await slack_town["larvik-sjef"].says("oversikt", where=slack_town.channel)
    assert "har svart" in answer.text


async def test_the_deputy_form_and_the_evaluation_are_modals_too(slack_town: SlackTown) -> None:
    await slack_town.prompted()
    for person, text, action in (("larvik-sjef", "vara", "absence.set"), ("samhandlingssjef", "nivå", "level.set")):
        _, modal = await slack_town[person].slash(text)
        if modal is None:
            modal = await slack_town[person].presses(slack_town[person].last, action)
        assert modal is not None
        assert modal.action == action
    await slack_town.answers("larvik-sjef")
    await slack_town.product.clock_to(at("17:30"))
    [asked] = await slack_town.boss.says("avslutt")
    await slack_town.boss.presses(asked, "period.end")
    larvik = slack_town["larvik-sjef"]
    opener = next(m for m in reversed(larvik.messages) if any(a.startswith("evaluation.") for a in m.actions))
    modal = await larvik.presses(opener, next(a for a in opener.actions if a.startswith("evaluation.")))
    assert modal is not None
    assert modal.action == "evaluation.submit"
    scores = {key: "5" for key, block in modal.inputs.items() if block["element"]["type"] == "radio_buttons"}
    assert await larvik.submits(modal, **scores) is None


async def test_a_form_that_was_remembered_only_is_asked_for_again_after_a_restart(
    slack: SlackDouble, database: Path
) -> None:
    async with running(database, slack=slack) as product:
        town = SlackTown(product, slack)
        larvik = town["larvik-sjef"]
        [line] = await larvik.says("tiltak Larvik: åpner fire plasser innen 1. desember")
        modal = await larvik.presses(line, "action.add")
        assert modal is not None
        assert modal.shown["text"] == "åpner fire plasser"
        [listed] = await larvik.says("tiltak")
    async with running(database, slack=slack) as product:
        assert await larvik.presses(listed, "action.add") is not None
        assert await larvik.presses(line, "action.add") is None
        assert "Skriv kommandoen en gang til" in line.text


# The home page


async def test_the_home_page_shows_what_awaits_the_round_my_answer_and_my_actions(slack_town: SlackTown) -> None:
    await slack_town.prompted()
    larvik = slack_town["larvik-sjef"]
    home = await larvik.opens_home()
    assert "Status fra Larvik kommune. Frist: tirsdag 28. november kl. 12.00." in readable(home["blocks"])
    assert "0 av 11 har svart" in readable(home["blocks"])
    modal = await larvik.presses(home, "status.open")
    assert await larvik.submits(modal, **MUNICIPALITY) is None
    shown = readable((await _home(larvik))["blocks"])
    assert "Siste svar fra Larvik kommune" in shown
    assert "Overliggere (våre pasienter): 3" in shown
    assert "1 av 11 har svart" in shown
    await larvik.says("tiltak Larvik: åpner fire plasser innen 1. desember")
    modal = await larvik.presses(larvik.last, "action.add")
    await larvik.submits(modal)
    assert "åpner fire plasser" in readable((await larvik.opens_home())["blocks"])


async def _home(person: SlackPerson) -> dict[str, list[dict[str, str]]]:
    """As it was drawn anew by itself."""
    assert person.home is not None
    return person.home


async def test_what_is_pressed_on_the_home_page_is_answered_in_the_chat(slack_town: SlackTown) -> None:
    await slack_town.prompted()
    larvik = slack_town["larvik-sjef"]
    home = await larvik.opens_home()
    await larvik.presses(home, "overview")
    assert "har svart" in larvik.last.text
    assert {"overview", "help"} <= {button["action_id"] for button in buttons_of(home["blocks"])}


# On, off and half


async def test_without_settings_slack_is_off(database: Path) -> None:
    async with running(database) as product:
        assert (await product.post("/slack/events", {}))[0] == 404


@pytest.mark.parametrize("given", [{"slack_bot_token": "xoxb"}, {"slack_signing_secret": "x"}])
def test_half_configured_slack_is_refused_in_one_line(given: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match=r"^Slack is half configured: SAMHANDLING_SLACK_\w+ is not set; [^\n]+$"):
        Settings(_env_file=None, **given).slack_configured()  # type: ignore[arg-type]


async def test_the_community_files_slack_ids_are_written_to_before_anybody_has_written(
    slack: SlackDouble, database: Path
) -> None:
    text = (ROOT / "examples/vestfold/community.yaml").read_text(encoding="utf-8")
    boss = slack.person("samhandlingssjef", email="noen@annet.example")
    larvik = slack.person("larvik-sjef", email="andre@annet.example")
    for person, line in ((boss, "key: samhandlingssjef"), (larvik, "key: larvik-sjef")):
        told = f"slack: {{team_id: {slack.team}, user_id: {person.id}}}"
        text = text.replace(line, f"{line}, {told}", 1)
    async with running(database, [read_community(text)], slack=slack) as product:
        town = SlackTown(product, slack)
        await town.start()
        assert larvik.titled("Krevende drift i")
        assert slack.called("users.info") == []
