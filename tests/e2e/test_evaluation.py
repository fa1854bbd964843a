"""The evaluation after a period, as its people meet it in Teams and on the web."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.builders import identity_number, local
from tests.channels.web.site import Page, Site, serving
from tests.harness import MUNICIPALITY, Snapshot, Town, everybody, running, taken_up, vestfold
from tests.teams_double import CARD, Message, TeamsDouble, TeamsPerson, beside, inputs_of, readable

ENDED = "2023-12-05T17:00:00+01:00"
FORM = "Hvordan gikk perioden?"
REMINDER = "Påminnelse: evaluering av perioden"
SCORES = {"useful": "5", "frequency": "4", "participants": "4", "reporting": "3", "follow_up": "2"}
ASKED = {p.key for p in vestfold().people if "deputy" not in p.roles} | {"horten-vara"}
"""Everybody but the deputy who has not answered."""


async def _ended(town: Town) -> None:
    """Two meetings have been held; for Horten the deputy answered."""
    await town.begin()
    await town.boss.says("avslutt")
    await town.boss.presses(town.boss.last_card, "period.end")
    await town.start(until="2023-12-05")
    await town.product.clock_to("2023-11-27T09:00:00+01:00")
    await town["horten-vara"].says("status")
    await town.answers("horten-vara", **MUNICIPALITY)
    await town.answers("larvik-sjef", **MUNICIPALITY)
    await town.product.clock_to(ENDED)


@pytest.fixture
async def ended(double: TeamsDouble, database: Path, snapshots: dict[str, Snapshot]) -> AsyncIterator[Town]:
    """Tuesday 5 December 2023 at 17: the last meeting is over, and the evaluation has been sent."""
    people = everybody(double)
    await taken_up(snapshots, "ended", _ended, database, double, people)
    async with running(database, now=ENDED, teams=double) as made:
        yield Town(made, double, people)


def form_of(person: TeamsPerson) -> Message:
    [form] = person.titled(FORM)
    return form


def words(card: object) -> str:
    return "\n".join(readable({"attachments": [{"contentType": CARD, "content": card}]}))


async def answer_all(town: Town, *keys: str, **inputs: str) -> None:
    for key in keys:
        await town[key].presses(form_of(town[key]), "evaluation.submit", **(SCORES | inputs))


# Who is asked, and when


async def test_everybody_who_was_asked_or_invited_gets_one_form_and_of_the_deputies_the_one_who_answered(
    ended: Town,
) -> None:
    assert {key for key, person in ended.people.items() if person.titled(FORM)} == ASKED
    assert all(len(person.titled(FORM)) <= 1 for person in ended.people.values())
    form = form_of(ended["larvik-sjef"])
    assert list(form.inputs) == [*SCORES, "worked", "change"]
    assert [c["value"] for c in form.inputs["useful"]["choices"]] == ["1", "2", "3", "4", "5"]
    assert form.actions == ["evaluation.submit"]
    assert "tirsdag 19. desember kl. 15.00" in form.text


async def test_a_period_that_ends_before_its_first_meeting_has_no_evaluation(ended: Town) -> None:
    # The first period of all was ended on the Thursday before its first meeting.
    assert len(ended.boss.titled("Evalueringen er sendt ut")) == 1


async def test_ending_by_hand_sends_the_evaluation_too(prompted: Town) -> None:
    await prompted.product.clock_to("2023-11-28T16:30:00+01:00")
    await prompted.boss.says("avslutt")
    await prompted.boss.presses(prompted.boss.last_card, "period.end")
    assert form_of(prompted["larvik-sjef"])
    assert prompted["larvik-vara"].titled(FORM) == []


async def test_in_quiet_hours_the_form_waits_for_the_next_working_morning(prompted: Town) -> None:
    await prompted.product.clock_to("2023-12-01T21:00:00+01:00")  # a Friday evening
    await prompted.boss.says("avslutt")
    await prompted.boss.presses(prompted.boss.last_card, "period.end")
    assert prompted["larvik-sjef"].titled(FORM) == []
    await prompted.product.clock_to("2023-12-04T06:59:00+01:00")
    assert prompted["larvik-sjef"].titled(FORM) == []
    await prompted.product.clock_to("2023-12-04T07:00:00+01:00")
    assert form_of(prompted["larvik-sjef"])


# Answering


async def test_the_receipt_takes_the_forms_place_and_the_answer_can_be_changed(ended: Town) -> None:
    larvik = ended["larvik-sjef"]
    form = form_of(larvik)
    await larvik.presses(form, "evaluation.submit", **SCORES, worked="Korte møter")
    assert larvik.titled(FORM) == []
    [receipt] = larvik.titled("Takk for evalueringen")
    assert receipt.id == form.id
    for part in ("5 – helt enig", "2 – uenig", "Korte møter"):
        assert part in receipt.text
    await larvik.presses(receipt, "evaluation.open")
    again = form_of(larvik)
    assert {key: field["value"] for key, field in again.inputs.items() if field.get("value")} == SCORES | {
        "worked": "Korte møter"
    }
    await larvik.presses(again, "evaluation.submit", useful="1")
    assert "1 – helt uenig" in larvik.titled("Takk for evalueringen")[0].text
    assert "1 av 15 har svart" in ended.boss.titled("Evalueringen er sendt ut")[0].text


async def test_wrong_input_is_told_at_its_field_and_everything_typed_is_kept(ended: Town) -> None:
    larvik = ended["larvik-sjef"]
    number = identity_number()
    for field, typed, told in (
        ("useful", "8", "fra 1 til 5"),
        ("change", "a" * 1001, "1\u00a0000"),
        ("worked", f"Pasient {number}", "fødselsnummer"),
    ):
        inputs = SCORES | {"worked": "Korte møter", "change": "Færre spørsmål"} | {field: typed}
        card = await larvik.presses(form_of(larvik), "evaluation.submit", **inputs)
        assert told in beside(card, field), field
        kept = {key: element.get("value", "") for key, element in inputs_of(card).items()}
        others = {key: value for key, value in inputs.items() if key != field}
        assert {key: kept[key] for key in others} == others
        assert number not in json.dumps(card)
    empty = dict.fromkeys([*SCORES, "worked", "change"], "")
    assert "minst ett" in beside(await larvik.presses(form_of(larvik), "evaluation.submit", **empty), "useful")
    assert "0 av 15" in ended.boss.titled("Evalueringen er sendt ut")[0].text


async def test_one_who_was_not_asked_cannot_answer_with_anothers_form(ended: Town) -> None:
    form = form_of(ended["larvik-sjef"])
    for action in ("evaluation.submit", "evaluation.open"):
        data = form_data(form) | {"action": action, **SCORES}
        value = {"action": {"type": "Action.Execute", "verb": action, "data": data}}
        vara = ended["larvik-vara"]
        _, answer = await vara.sends(vara.activity("invoke", name="adaptiveCard/action", value=value))
        assert "ikke spurt" in words(answer["value"])
    assert "0 av 15" in ended.boss.titled("Evalueringen er sendt ut")[0].text


def form_data(form: Message) -> dict[str, object]:
    assert form.card is not None
    data: dict[str, object] = dict(form.card["actions"][0]["data"])
    return data


async def test_an_evaluation_that_does_not_exist_is_answered_politely(ended: Town) -> None:
    larvik = ended["larvik-sjef"]
    for period in ("no-such", "", None, 7, {"a": 1}):
        data = {"action": "evaluation.submit", "period": period, **SCORES}
        value = {"action": {"type": "Action.Execute", "verb": "evaluation.submit", "data": data}}
        status, answer = await larvik.sends(larvik.activity("invoke", name="adaptiveCard/action", value=value))
        assert (status, answer["statusCode"]) == (200, 200)
        assert "ikke spurt" in words(answer["value"])


async def test_the_command_brings_the_form_and_help_tells_of_it(ended: Town) -> None:
    larvik = ended["larvik-sjef"]
    [shown] = await larvik.says("hjelp")
    assert "Evalueringen av perioden venter" in shown.text
    await larvik.presses(shown, "evaluation.open")
    for command, language in (("evaluering", "nb"), ("evaluation", "en"), ("Evaluering!", "nn")):
        await larvik.says(f"språk {language}")
        [form] = await larvik.says(command)
        assert "evaluation.submit" in form.actions
    await larvik.says("språk nb")
    await answer_all_with(larvik, form)
    [shown] = await larvik.says("hjelp")
    assert "Evalueringen av perioden venter" not in shown.text
    [answer] = await ended["larvik-vara"].says("evaluering")
    assert "Ingen evaluering venter" in answer.text


async def answer_all_with(person: TeamsPerson, form: Message) -> None:
    await person.presses(form, "evaluation.submit", **SCORES)


@pytest.mark.parametrize(
    ("language", "title", "receipt"),
    [("nn", "Korleis gjekk perioden?", "Takk for evalueringa"), ("en", "How did the period go?", "Thank you")],
)
async def test_each_in_their_own_language(ended: Town, language: str, title: str, receipt: str) -> None:
    larvik = ended["larvik-sjef"]
    await larvik.says(f"språk {language}")
    [form] = await larvik.says("evaluation")
    assert form.title == title
    card = await larvik.presses(form, "evaluation.submit", **SCORES)
    assert receipt in words(card)


# Reminders


async def test_those_who_have_not_answered_are_reminded_twice_and_nobody_else(ended: Town) -> None:
    await answer_all(ended, "larvik-sjef", "horten-vara")
    await ended.product.clock_to("2023-12-08T08:59:00+01:00")
    assert not any(person.titled(REMINDER) for person in ended.people.values())
    await ended.product.clock_to("2023-12-08T09:00:00+01:00")
    waiting = ASKED - {"larvik-sjef", "horten-vara"}
    assert {key for key, person in ended.people.items() if person.titled(REMINDER)} == waiting
    await ended["tonsberg-sjef"].presses(ended["tonsberg-sjef"].titled(REMINDER)[0], "evaluation.open")
    await ended["tonsberg-sjef"].presses(ended["tonsberg-sjef"].titled(FORM)[1], "evaluation.submit", **SCORES)
    await ended.product.clock_to("2023-12-13T09:00:00+01:00")
    counts = {key: len(person.titled(REMINDER)) for key, person in ended.people.items()}
    assert {key for key, count in counts.items() if count == 2} == waiting - {"tonsberg-sjef"}
    await ended.product.clock_to("2023-12-19T14:59:00+01:00")
    assert {key: len(person.titled(REMINDER)) for key, person in ended.people.items()} == counts


async def test_a_reminder_that_was_missed_is_not_sent_to_one_who_answered_meanwhile(ended: Town) -> None:
    await ended.product.clock_to("2023-12-08T08:00:00+01:00")
    await answer_all(ended, "larvik-sjef")
    await ended.product.clock_to("2023-12-08T12:00:00+01:00")
    assert ended["larvik-sjef"].titled(REMINDER) == []
    assert ended["horten-sjef"].titled(REMINDER)


# Closing


async def test_it_closes_by_itself_after_ten_working_days_and_takes_no_more(ended: Town) -> None:
    await answer_all(ended, "larvik-sjef")
    await ended.product.clock_to("2023-12-19T14:59:00+01:00")
    form, receipt = form_of(ended["horten-sjef"]), ended["larvik-sjef"].titled("Takk for evalueringen")[0]
    await ended.product.clock_to("2023-12-19T15:00:00+01:00")
    assert ended["horten-sjef"].titled(FORM) == []
    assert "lukket" in form.text
    assert "5 – helt enig" not in receipt.text
    [progress] = [message for message in ended.boss.messages if message.title == "Evalueringen er lukket"]
    assert ("1 av 15 har svart" in progress.text, progress.actions) == (True, [])
    data = {"action": "evaluation.submit", "period": await period_of(ended), **SCORES}
    value = {"action": {"type": "Action.Execute", "verb": "evaluation.submit", "data": data}}
    horten = ended["horten-sjef"]
    _, answer = await horten.sends(horten.activity("invoke", name="adaptiveCard/action", value=value))
    assert "lukket" in words(answer["value"])


async def period_of(town: Town) -> str:
    async with town.product.product.store.read("vestfold") as work:
        rounds = await work.rounds.all()
    return next(round_.period for round_ in rounds if round_.cancelled_at is None)


async def test_the_coordinator_closes_it_and_is_asked_once_more(ended: Town) -> None:
    await answer_all(ended, "larvik-sjef")
    [progress] = ended.boss.titled("Evalueringen er sendt ut")
    await ended.boss.presses(progress, "evaluation.ask_close")
    [asked] = ended.boss.titled("Lukke evalueringen?")
    assert asked.actions == ["evaluation.close", "evaluation.keep"]
    await ended.boss.presses(asked, "evaluation.keep")
    [progress] = ended.boss.titled("Evalueringen er sendt ut")
    await ended.boss.presses(progress, "evaluation.ask_close")
    await ended.boss.presses(ended.boss.titled("Lukke evalueringen?")[0], "evaluation.close")
    assert ended.boss.titled("Evalueringen er lukket")
    assert ended["horten-sjef"].titled(FORM) == []
    await ended.product.clock_to("2023-12-20T12:00:00+01:00")
    assert not any(person.titled(REMINDER) for person in ended.people.values())


async def test_nobody_else_closes_it(ended: Town) -> None:
    period = await period_of(ended)
    for key in ("larvik-sjef", "sekretariat", "leder-pko"):
        person = ended[key]
        for action in ("evaluation.close", "evaluation.ask_close", "evaluation.keep"):
            data = {"action": action, "period": period}
            value = {"action": {"type": "Action.Execute", "verb": action, "data": data}}
            _, answer = await person.sends(person.activity("invoke", name="adaptiveCard/action", value=value))
            assert "Samhandlingssjef SiV" in words(answer["value"])
    assert form_of(ended["larvik-sjef"])


async def test_the_audit_trail_tells_who_answered_and_nothing_of_what(ended: Town) -> None:
    await answer_all(ended, "larvik-sjef", worked="Bare jeg skriver dette")
    async with ended.product.product.store.read("vestfold") as work:
        entries = [e for e in await work.audit.newest(50) if e.kind.startswith("evaluation.")]
    assert [(e.kind, e.by, dict(e.details)) for e in entries] == [
        ("evaluation.answered", "larvik-sjef", {}),
        ("evaluation.opened", None, {"invited": 15}),
    ]
    everything = "".join(p.conversation.id + "".join(m.text for m in p.messages) for p in ended.people.values())
    assert everything.count("Bare jeg skriver dette") == 1


# The web


async def _held(site: Site) -> Page:
    await site.start_period()
    await site.pass_time(local(2024, 1, 23, 17))
    return await site.sign_in("Kommunalsjef Larvik")


async def test_the_evaluation_is_answered_and_changed_on_the_web(tmp_path: Path) -> None:
    async with serving(tmp_path, [vestfold()]) as site:
        page = await _held(site)
        page = await site.press(page, "Send svaret", useful="5", reporting="", worked="x" * 1001)
        assert "inntil 1 000 tegn" in page.text.replace("\u00a0", " ")
        assert page.form("Send svaret").values("useful") == ["5"]
        page = await site.press(page, "Send svaret", worked="Korte møter")
        assert "Svaret er mottatt" in page.text
        page = await site.press(page, "Endre svaret")
        assert page.form("Send svaret").values("worked") == ["Korte møter"]
        page = await site.press(page, "Send svaret", useful="2")
        assert "2 – uenig" in page.text
        page = await site.sign_in("Samhandlingssjef SiV")
        assert "1 av 14 har svart" in page.text
        page = await site.press(page, "Lukk evalueringen")
        page = await site.press(page, "Ja, lukk")
        page = await site.sign_in("Kommunalsjef Horten")
        assert "Evalueringen er lukket" in page.text
