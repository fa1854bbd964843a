"""A demanding period as its people meet it in Slack: real HTTP both ways, a clock that is moved, nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.settings import Settings, SettingsError
from dialogs import router
from domain.community_file import read_community
from tests.harness import FIRST_PERIOD, MUNICIPALITY, ROOT, clinic, running
from tests.slack_double import Modal, SlackDouble, SlackPerson, buttons_of, readable
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


async def test_wrong_input_is_told_at_its_field_and_everything_stays(slack_town: SlackTown) -> None:
    _, modal = await slack_town.boss.slash("krise")
    modal = await slack_town.boss.submits(modal, **(FIRST_PERIOD | {"until": "2023-11-01", "every_days": "sju"}))
    assert modal is not None
    assert set(modal.errors) == {"until", "every_days"}
    assert "1 til 14" in modal.errors["every_days"]
    assert modal.shown["reason"] == "innstrom,bemanning"
    assert await slack_town.product.rounds() == []
    assert await slack_town.boss.submits(modal, until="2024-01-23", every_days="7") is None
    assert len(await slack_town.product.rounds()) == 8
    assert "Krevende drift er satt i gang" in slack_town.boss.last.title


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


async def test_the_prompt_opens_the_form_and_becomes_its_receipt(slack_town: SlackTown) -> None:
    await slack_town.prompted()
    larvik = slack_town["larvik-sjef"]
    prompt = larvik.last
    assert prompt.actions == ["status.open"]
    modal = await larvik.presses(prompt, "status.open")
    assert modal is not None
    assert modal.action == "status.submit"
    modal = await larvik.submits(modal, **MUNICIPALITY | {"overliggere": "tre", "behov": "Flere senger"})
    assert modal is not None
    assert modal.errors == {"overliggere": "Skriv et helt tall fra 0 til 500."}
    assert modal.shown["behov"] == "Flere senger"
    assert (await slack_town.product.report_of(TUESDAY, "larvik"))["state"] == "missing"
    assert await larvik.submits(modal, overliggere="3") is None
    report = await slack_town.product.report_of(TUESDAY, "larvik")
    assert (report["state"], report["values"]["overliggere"]) == ("answered", 3)
    assert prompt.title.startswith("Mottatt: status fra Larvik kommune")
    assert "Flere senger" in prompt.text
    assert larvik.last is prompt


async def test_an_answer_is_corrected_from_its_receipt(slack_town: SlackTown) -> None:
    await slack_town.prompted()
    await slack_town.answers("larvik-sjef")
    larvik = slack_town["larvik-sjef"]
    modal = await larvik.presses(larvik.last, "status.open")
    assert modal is not None
    assert modal.shown["overliggere"] == "3"
    assert await larvik.submits(modal, overliggere="5") is None
    report = await slack_town.product.report_of(TUESDAY, "larvik")
    assert (report["values"]["overliggere"], report["revision"]) == (5, 2)
    assert "Overliggere (våre pasienter): 5" in larvik.last.text


async def test_field_by_field_in_plain_text(slack_town: SlackTown) -> None:
    await slack_town.prompted()
    larvik = slack_town["larvik-sjef"]
    await larvik.says("status")
    for answer in ("gul", "tre", "3", "2", "hopp", "hopp", "grønn", "hopp", "hopp"):
        await larvik.says(answer)
    report = await slack_town.product.report_of(TUESDAY, "larvik")
    assert report["values"] == {"situasjon": "yellow", "overliggere": 3, "korttid_ledig": 2, "bemanning": "green"}


async def test_as_last_time_copies_the_figures(slack_town: SlackTown) -> None:
    await slack_town.prompted()
    await slack_town.answers("larvik-sjef", **MUNICIPALITY, behov="Flere senger")
    await slack_town.product.clock_to("2023-12-04T09:00:00+01:00")
    larvik = slack_town["larvik-sjef"]
    assert larvik.last.actions == ["status.open", "status.same"]
    modal = await larvik.presses(larvik.last, "status.open")
    assert modal is not None
    assert "sist: 3" in modal.text
    assert await larvik.presses(larvik.last, "status.same") is None
    report = await slack_town.product.report_of("2023-12-05", "larvik")
    assert report["values"] == {"situasjon": "yellow", "overliggere": 3, "korttid_ledig": 2, "bemanning": "green"}
    assert larvik.last.title.startswith("Mottatt")


async def test_who_answered_is_not_reminded_and_a_reminder_leads_to_the_form(slack_town: SlackTown) -> None:
    await slack_town.prompted()
    await slack_town.answers("larvik-sjef")
    await slack_town.product.clock_to(at("09:00"))
    assert slack_town["larvik-sjef"].titled("Påminnelse") == []
    horten = slack_town["horten-sjef"]
    reminder = horten.titled("Påminnelse")[-1]
    modal = await horten.presses(reminder, "status.open")
    assert await horten.submits(modal, **MUNICIPALITY) is None
    assert (await slack_town.product.report_of(TUESDAY, "horten"))["state"] == "answered"


async def test_the_summary_is_posted_once_and_late_answers_update_it_in_place(slack_town: SlackTown) -> None:
    await slack_town.prompted()
    await slack_town.answers("larvik-sjef", **MUNICIPALITY, behov="Trenger hjelp <!channel> *nå*")
    await slack_town.product.clock_to(at("15:30"))
    [summary] = slack_town.channel.titled("Samhandlingsmøte")
    assert "1 av 11" in summary.text
    assert "Trenger hjelp <!channel> *nå*" in summary.text
    horten = slack_town["horten-sjef"]
    await horten.says("status")
    modal = await horten.presses(horten.last, "status.open")
    assert await horten.submits(modal, **MUNICIPALITY) is None
    assert slack_town.channel.titled("Samhandlingsmøte") == [summary]
    assert "2 av 11" in summary.text
    assert "Horten kommune (sent svar)" in summary.text


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


async def test_every_command_in_every_language_is_answered_by_everybody(slack_town: SlackTown) -> None:
    await slack_town.prompted()
    await slack_town.answers("larvik-sjef")
    for key in ("samhandlingssjef", "sekretariat", "larvik-sjef", "horten-vara", "leder-pko"):
        person = slack_town[key]
        for language in ("nb", "nn", "en"):
            await person.says(f"språk {language}")
            for name, word in COMMANDS:
                if name in ("language", "end"):
                    continue
                text = f"{word} Larvik: mer" if name == "note" else word
                whispers, before = len(person.whispers), len(person.messages)
                _, modal = await person.slash(text)
                said = len(person.whispers) > whispers or len(person.messages) > before
                assert said or modal is not None, (key, text)
                assert await person.says(text), (key, text)


async def test_in_a_channel_that_is_nobodys_a_card_goes_to_who_asked(slack_town: SlackTown) -> None:
    await slack_town.prompted()
    other = slack_town.double.channel("kaffe")
    [answer] = await slack_town["larvik-sjef"].says("oversikt", where=other)
    assert "personlig samtale" in answer.text
    assert answer.thread
    assert "har svart" in slack_town["larvik-sjef"].last.text
    [answer] = await slack_town["larvik-sjef"].says("oversikt", where=slack_town.channel)
    assert "har svart" in answer.text


async def test_an_action_is_added_finished_and_moved(slack_town: SlackTown) -> None:
    await slack_town.prompted()
    larvik = slack_town["larvik-sjef"]
    [listed] = await larvik.says("tiltak")
    modal = await larvik.presses(listed, "action.add")
    modal = await larvik.submits(modal, text="Åpne fire plasser", owner="larvik", due="")
    assert modal is not None
    assert "due" in modal.errors
    assert await larvik.submits(modal, due="2023-12-01") is None
    assert "Åpne fire plasser" in listed.text
    modal = await larvik.presses(listed, "action.move")
    assert modal is not None
    assert await larvik.submits(modal, due="2023-12-08", **_reason(modal)) is None
    assert "8. desember" in listed.text
    await larvik.presses(listed, "action.done")
    round_ = await slack_town.product.round_of(TUESDAY)
    assert [action["state"] for action in round_["actions"]] in ([], ["done"])


def _reason(modal: Modal) -> dict[str, str]:
    return {"reason": "Venter på nøkler"} if "reason" in modal.inputs else {}


async def test_a_request_for_a_meeting_is_decided_from_its_message(slack_town: SlackTown) -> None:
    await slack_town.prompted()
    larvik = slack_town["larvik-sjef"]
    _, modal = await larvik.slash("be om møte")
    assert await larvik.submits(modal, why="Legevakten er full") is None
    [request] = [m for m in slack_town.boss.messages if "meeting.decline" in m.actions]
    assert "Legevakten er full" in request.text
    modal = await slack_town.boss.presses(request, "meeting.decline")
    assert modal is not None
    assert modal.action == "meeting.decline"
    assert await slack_town.boss.submits(modal, word="Vi tar det tirsdag") is None
    assert "meeting.decline" not in request.actions
    assert "Vi tar det tirsdag" in "\n".join(m.text for m in larvik.messages)


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
