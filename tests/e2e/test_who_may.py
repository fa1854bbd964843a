"""Who may do what: every command and button, pressed by each kind of person, by a neighbour and by a stranger."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from dialogs import router
from tests.e2e.stage import SECRET, Stage, staged, words
from tests.harness import Json, Snapshot
from tests.teams_double import Message, TeamsDouble, TeamsPerson, inputs_of

BOSS, SECRETARY, OBSERVER = "samhandlingssjef", "sekretariat", "leder-pko"
OWN, DEPUTY, OTHER = "larvik-sjef", "larvik-vara", "horten-sjef"
"""What the buttons are about is Larvik's: its respondent and deputy, and another unit's respondent."""

EVERYBODY = frozenset({BOSS, SECRETARY, OBSERVER, OWN, DEPUTY, OTHER})
COORDINATOR = frozenset({BOSS})
LEADERS = frozenset({BOSS, SECRETARY})
UNIT = frozenset({OWN, DEPUTY})
ASKING = frozenset({OWN, DEPUTY, OTHER})
OWNERS = UNIT | LEADERS
EVALUATING = EVERYBODY - {DEPUTY}
OWN_DEADLINE = LEADERS | {OWN}

BUTTONS: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(("help", "home", "plan.show", "overview", "summary.sealed", "summary.now"), EVERYBODY),
    **dict.fromkeys(("calendar.subscribe", "calendar.renew", "report.fetch"), EVERYBODY),
    **dict.fromkeys(("plan.pick", "plan.open", "plan.save", "plan.ask_cancel", "plan.cancel"), LEADERS),
    **dict.fromkeys(("notice.open", "notice.fetch"), EVERYBODY),
    **dict.fromkeys(("notice.edit", "notice.save", "notice.host", "notice.send"), LEADERS),
    **dict.fromkeys(("plan.preview", "plan.import", "plan.discard"), LEADERS),
    **dict.fromkeys(("plan.ask_publish", "plan.publish"), LEADERS),
    **dict.fromkeys(("deadline.done", "deadline.snooze", "deadline.cannot"), LEADERS),
    **dict.fromkeys(("deadline.list", "digest.set"), EVERYBODY),
    **dict.fromkeys(("deadline.show", "deadline.open", "deadline.save"), OWN_DEADLINE),
    **dict.fromkeys(("deadline.ask_remove", "deadline.remove"), OWN_DEADLINE),
    **dict.fromkeys(("agenda.show", "case.show", "case.open", "case.report"), EVERYBODY),
    **dict.fromkeys(("case.edit", "case.withdraw"), LEADERS | {OWN}),
    **dict.fromkeys(("agenda.order", "case.carry", "case.send_on", "case.conclude"), LEADERS),
    **dict.fromkeys(("status.open", "status.submit", "status.same"), UNIT),
    **dict.fromkeys(("difference.correct", "difference.stands", "difference.change"), UNIT),
    **dict.fromkeys(("period.start", "period.announce", "period.ask_end", "period.end", "period.keep"), COORDINATOR),
    **dict.fromkeys(("period.ask_rhythm", "period.rhythm", "period.rhythm_back"), COORDINATOR),
    **dict.fromkeys(("reminder.send", "round.start", "holiday.plan", "holiday.decline"), COORDINATOR),
    **dict.fromkeys(("action.list", "action.show", "action.add"), EVERYBODY),
    **dict.fromkeys(("action.done", "action.move", "action.drop", "action.hand_over"), OWNERS),
    "reminder.snooze": frozenset({OWN}),  # only those who are reminded
    **dict.fromkeys(("evaluation.open", "evaluation.submit"), EVALUATING),
    **dict.fromkeys(("evaluation.ask_close", "evaluation.close", "evaluation.keep"), COORDINATOR),
    **dict.fromkeys(("level.open", "level.set", "audit.log", "audit.more"), COORDINATOR),
    **dict.fromkeys(("message.choose", "message.correct", "message.withdraw", "message.restore"), COORDINATOR),
    "meeting.request": ASKING,
    "meeting.withdraw": UNIT,
    **dict.fromkeys(("meeting.show", "meeting.approve", "meeting.decline"), COORDINATOR),
    **dict.fromkeys(("meeting.run", "meeting.present", "meeting.fill_present", "meeting.action"), LEADERS),
    **dict.fromkeys(("meeting.notes", "meeting.note", "meeting.edit", "meeting.correct", "meeting.unnote"), LEADERS),
    **dict.fromkeys(("minutes.open", "minutes.fetch", "minutes.comment"), EVERYBODY),
    **dict.fromkeys(("minutes.send", "minutes.items", "minutes.item"), LEADERS),
    **dict.fromkeys(("delivery.show", "delivery.retry"), LEADERS),
    "minutes.approve": COORDINATOR,
    **dict.fromkeys(("channel.show", "channel.choose"), EVERYBODY),
    **dict.fromkeys(("join.accept", "join.decline"), COORDINATOR),
    "absence.set": ASKING | COORDINATOR,
    "access.revoke": frozenset({OWN, BOSS}),  # one's own, and the coordinator anybody's
    **dict.fromkeys(("absence.end", "absence.list"), frozenset({OWN, BOSS})),
}

CHANGE_NOTHING = frozenset(
    {
        *("help", "home", "overview", "summary.sealed", "summary.now", "plan.show", "plan.pick", "plan.open"),
        "channel.show",
        *("plan.ask_cancel", "period.announce", "period.ask_end", "period.keep", "period.ask_rhythm"),
        *("period.rhythm_back", "holiday.plan", "action.list", "action.show", "evaluation.open"),
        *("evaluation.ask_close", "evaluation.keep", "level.open", "audit.log", "audit.more", "message.choose"),
        *("message.restore", "meeting.show", "meeting.run", "meeting.fill_present", "meeting.notes", "meeting.edit"),
        *("delivery.show", "delivery.retry"),
        *("notice.open", "notice.edit", "notice.fetch", "minutes.items"),
        *("minutes.open", "minutes.fetch", "absence.list", "report.fetch", "difference.change"),
        *("plan.preview", "plan.ask_publish"),
        *("deadline.list", "deadline.show", "deadline.open", "deadline.ask_remove"),
        *("agenda.show", "case.show", "case.open"),
    }
)
"""As things stand on the stage: forms, lists and questions, and what there is nothing to take back of."""

COMMANDS: Mapping[str, tuple[str, frozenset[str]]] = {
    "help": ("hjelp", EVERYBODY),
    "plan": ("møteplan", EVERYBODY),
    "agenda": ("saksliste SSU", EVERYBODY),
    "report_item": ("meld sak", EVERYBODY),
    "notice": ("innkalling SSU", EVERYBODY),
    "status": ("status", EVERYBODY),
    "overview": ("oversikt", EVERYBODY),
    "crisis": ("krise", COORDINATOR),
    "end": ("avslutt", COORDINATOR),
    "actions": ("tiltak", EVERYBODY),
    "evaluation": ("evaluering", EVALUATING),
    "level": ("nivå", COORDINATOR),
    "log": ("logg", COORDINATOR),
    "correct": ("rett melding", COORDINATOR),
    "rhythm": ("rytme", COORDINATOR),
    "round_now": ("runde nå", COORDINATOR),
    "request_meeting": ("be om møte", ASKING),
    "meeting": ("møte", LEADERS),
    "note": ("vedtak Larvik: åpner fire plasser", LEADERS),
    "minutes": ("referat", EVERYBODY),
    "report": ("rapport", EVERYBODY),
    "connect": ("koble", COORDINATOR),
    "language": ("språk nn", EVERYBODY),
    "channel": ("kanal", EVERYBODY),
    "deadline": ("frist", EVERYBODY),
    "digest": ("ukesoversikt", EVERYBODY),
    "publish": ("publiser", LEADERS),
    "delivery": ("levering", LEADERS),
    "deputy": ("vara", ASKING | COORDINATOR),
    "access": ("tilgang", EVERYBODY),
}

ANYBODY, ADDRESS, NOT_HERE = "anybody", "whoever has the address", "nobody outside --dev"
SESSION, INSTALLATION = "who is signed in", "API_TOKEN"
MICROSOFT, SLACK = "Microsoft, from our tenant", "Slack, from our workspace"
BACK_FROM_SLACK = "who comes back from Slack, where we have sent them"
COMMUNITY, ANY_TOKEN = "API_TOKEN and the community's own token", "any token"

ROUTES: Mapping[str, str] = {
    **dict.fromkeys(("GET /healthz", "GET /readyz", "GET /static/{hash}/{name}"), ANYBODY),
    **dict.fromkeys(("GET /veiledning", "GET /veiledning/{role}", "GET /veiledning/bilder/{name}"), ANYBODY),
    "GET /veiledning/{language}/{role}": ANYBODY,
    # Lead home:
    **dict.fromkeys(("GET /signin", "GET /signout", "GET /say", "GET /press", "GET /file", "GET /dev/next"), ANYBODY),
    **dict.fromkeys(("GET /calendar/{token}.ics", "GET /documents/{token}", "GET /pictures/{token}.png"), ADDRESS),
    **dict.fromkeys(("GET /link/{token}", "POST /link/{token}"), ADDRESS),
    **dict.fromkeys(("GET /signin/{token}", "POST /signin/{token}"), ADDRESS),
    **dict.fromkeys(("GET /", "GET /overview", "POST /say", "POST /press", "POST /file", "POST /signout"), SESSION),
    **dict.fromkeys(("POST /signin", "POST /dev/next"), NOT_HERE),
    "POST /api/messages": MICROSOFT,
    **dict.fromkeys(("POST /slack/events", "POST /slack/interactions", "POST /slack/commands"), SLACK),
    "GET /slack/install": ANYBODY,
    "GET /slack/oauth_redirect": BACK_FROM_SLACK,
    "GET /metrics": INSTALLATION,
    "GET /api/v1/openapi.json": ANY_TOKEN,
    "GET /api/v1/communities/{community}/rounds": COMMUNITY,
    "GET /api/v1/communities/{community}/rounds/{round}": COMMUNITY,
    "GET /api/v1/communities/{community}/actions": COMMUNITY,
    "GET /api/v1/communities/{community}/plan": COMMUNITY,
}
"""Every route outside `--dev`, and what opens it. Held in test_who_may_reach.py."""


@pytest.fixture
async def stage(double: TeamsDouble, database: Path, snapshots: dict[str, Snapshot]) -> AsyncIterator[Stage]:
    async with staged(double, database, snapshots) as made:
        yield made
    assert double.complaints == []


def is_a_sentence(card: Json) -> bool:
    """Nothing to fill in, and nothing shown but one sentence and perhaps a way on."""
    lines = [line for line in words(card).splitlines() if not line.startswith("(")]
    return not inputs_of(card) and len(lines) == 1 and lines[0].endswith(".") and SECRET not in lines[0]


def without_secrets(data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value.replace(SECRET, "Noe") if isinstance(value, str) else value for key, value in data.items()}


async def test_every_button_and_command_says_who_may(stage: Stage) -> None:
    assert set(BUTTONS) == set(router._BUTTONS) == set(stage.data)
    assert set(COMMANDS) == {command.name for command in router.COMMANDS}


@pytest.mark.parametrize("person", sorted(EVERYBODY))
async def test_who_may_not_press_gets_a_sentence_and_changes_nothing(stage: Stage, person: str) -> None:
    before = stage.stored()
    for button in (button for button, who in BUTTONS.items() if person not in who):
        card = await stage.presses(stage.people[person], button, stage.data[button])
        assert is_a_sentence(card), (button, words(card))
        assert stage.stored() == before, button


@pytest.mark.parametrize("person", sorted(EVERYBODY))
async def test_who_may_press_does_what_the_button_says(stage: Stage, person: str) -> None:
    before = stage.stored()
    for button in (button for button, who in BUTTONS.items() if person in who):
        card = await stage.presses(stage.people[person], button, stage.data[button])
        assert not words(card).startswith("Bare "), button
        changed = stage.stored() != before
        # Larvik's request lies there already, and is shown.
        assert changed is (button not in CHANGE_NOTHING and (button, person) not in SHOWN_ALREADY), button
        if changed:
            await stage.rewind()


SHOWN_ALREADY = {("meeting.request", OWN), ("meeting.request", DEPUTY)}


@pytest.mark.parametrize("person", ["samhandlingssjef", "larvik-sjef", "sekretariat"])
async def test_a_neighbour_with_the_same_key_neither_sees_nor_changes_anything_of_ours(
    stage: Stage, person: str
) -> None:
    before = stage.stored()
    for button, data in stage.data.items():
        card = await stage.presses(stage.neighbours[person], button, without_secrets(data))
        assert SECRET not in words(card), button
        assert stage.stored() == before, button


async def test_a_stranger_is_told_that_he_is_one_whatever_he_presses(stage: Stage) -> None:
    before, theirs = stage.stored(), stage.stored("nabo")
    for button, data in stage.data.items():
        card = await stage.presses(stage.stranger, button, data)
        assert words(card).startswith("Hei! Jeg kjenner deg ikke"), button
        assert (stage.stored(), stage.stored("nabo")) == (before, theirs), button


@pytest.mark.parametrize("person", sorted(EVERYBODY))
async def test_who_has_left_is_a_stranger_at_once_whatever_their_role_was(stage: Stage, person: str) -> None:
    left = stage.people[person]
    await left.says("hjelp")
    await stage.deactivate(person)
    await stage.presses(left, "help", {})  # now the coordinator has been asked to let them in
    await stage.product.settle()
    before = stage.stored()
    for button, data in stage.data.items():
        card = await stage.presses(left, button, data)
        assert words(card).startswith("Hei! Jeg kjenner deg ikke"), button
        assert SECRET not in words(card), button
        assert stage.stored() == before, button
    for command in COMMANDS:
        [refusal] = await says(stage, left, command)
        assert refusal.text.startswith("Hei! Jeg kjenner deg ikke"), command
        assert stage.stored() == before, command


async def test_a_press_replayed_in_somebody_elses_name_does_nothing_more(stage: Stage) -> None:
    everybody = (*(stage.people[key] for key in EVERYBODY), *stage.neighbours.values(), stage.stranger)
    for button in sorted(set(BUTTONS) - CHANGE_NOTHING):
        presser = stage.people[BOSS if BOSS in BUTTONS[button] else OWN]
        value = {"action": {"verb": button, "data": {"action": button, **stage.data[button]}}}
        pressed = presser.activity("invoke", name="adaptiveCard/action", value=value)
        assert (await stage.double.post(pressed))[0] == 200
        await stage.product.settle()
        before = stage.stored()
        for other in everybody:
            if other is not presser:
                who = {"id": other.id, "name": other.name, "aadObjectId": other.aad}
                assert (await stage.double.post(pressed | {"from": who}))[0] == 200
                assert stage.stored() == before, (button, other.key)
        await stage.rewind()


async def test_every_button_and_command_is_answered_in_a_channel_too(stage: Stage) -> None:
    channel = stage.double.channel("Samhandling")
    for button, data in stage.data.items():
        presser = stage.people[BOSS if BOSS in BUTTONS[button] else OWN]
        value = {"action": {"type": "Action.Execute", "verb": button, "data": {"action": button, **data}}}
        status, _ = await stage.double.post(
            presser.activity("invoke", channel, name="adaptiveCard/action", value=value, replyToId="1")
        )
        assert status == 200, button
    for command, (text, who) in COMMANDS.items():
        writer = stage.people[BOSS if BOSS in who else OWN]
        status, _ = await stage.double.post(writer.activity("message", channel, text=f"<at>Bot</at> {text}"))
        assert status == 202, command


async def test_a_refusal_says_what_is_the_case(stage: Stage) -> None:
    reminded = await stage.presses(stage.people[BOSS], "reminder.snooze", stage.data["reminder.snooze"])
    assert words(reminded) == "Bare de som svarer for Larvik kommune nå, blir minnet på dette tiltaket."
    await stage.presses(stage.people[BOSS], "period.end", stage.data["period.end"])
    for button in ("period.rhythm", "period.rhythm_back"):
        ended = await stage.presses(stage.people[BOSS], button, stage.data[button])
        assert words(ended).startswith("Det er ingen periode med krevende drift nå."), button


# Commands


async def says(stage: Stage, person: TeamsPerson, command: str) -> list[Message]:
    where = stage.double.channel("Ny kanal") if command == "connect" else None
    return await person.says(COMMANDS[command][0], where=where)


def is_answered(messages: list[Message]) -> bool:
    """With a card, and not with a refusal."""
    return any(message.card for message in messages)


SENTENCES = {"connect", "language"}
"""What they do is told in a sentence."""


@pytest.mark.parametrize("person", sorted(EVERYBODY))
async def test_a_command_answers_who_may_and_refuses_others_politely(stage: Stage, person: str) -> None:
    for command, (_, who) in COMMANDS.items():
        before = stage.stored()
        found = await says(stage, stage.people[person], command)
        if person in who:
            assert is_answered(found) or command in SENTENCES, command
            assert not found[-1].text.startswith("Bare "), command
        else:
            [refusal] = found
            assert not is_answered(found), command
            assert refusal.text.endswith("."), command
            assert stage.stored() == before, command
        await stage.rewind()


async def test_a_neighbours_and_a_strangers_commands_show_and_change_nothing_of_ours(stage: Stage) -> None:
    for person in (*(stage.neighbours[key] for key in (BOSS, OWN, SECRETARY)), stage.stranger):
        for command in COMMANDS:
            before = stage.stored()
            found = await says(stage, person, command)
            assert found, command
            assert all(SECRET not in message.text for message in found), command
            assert stage.stored() == before, command
