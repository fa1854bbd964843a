"""Ahead of holidays the coordinator is asked whether to plan a period, as it comes in Teams."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.harness import Town, everybody, running
from tests.teams_double import CARD, Json, Message, TeamsDouble, TeamsPerson, beside, inputs_of, readable

CHRISTMAS_ASKED = "2023-12-01T09:00:00+01:00"  # the Friday before 3 December


def words(card: Json) -> str:
    return "\n".join(readable({"attachments": [{"contentType": CARD, "content": card}]}))


def asked(person: TeamsPerson, name: str = "Julen") -> list[Message]:
    return [m for m in person.messages if m.title.startswith(f"{name} nærmer seg")]


async def forges(person: TeamsPerson, action: str, **data: object) -> Json:
    value = {"action": {"type": "Action.Execute", "verb": action, "data": {"action": action, **data}}}
    status, answer = await person.sends(person.activity("invoke", name="adaptiveCard/action", value=value))
    assert status == 200
    card: Json = answer["value"]
    return card if isinstance(card, dict) else {"type": "AdaptiveCard", "body": [{"type": "TextBlock", "text": card}]}


async def until_asked(town: Town) -> Message:
    await town.connect()
    await town.product.clock_to(CHRISTMAS_ASKED)
    [card] = asked(town.boss)
    return card


async def test_three_weeks_before_christmas_the_coordinator_alone_is_asked(town: Town) -> None:
    await town.connect()
    await town.product.clock_to("2023-12-01T08:59:00+01:00")
    assert asked(town.boss) == []
    await town.product.clock_to(CHRISTMAS_ASKED)
    [card] = asked(town.boss)
    around = ("24. desember", "1. januar", "26. desember faller på en fridag")
    for part in (*around, "tirsdag 19. desember kl. 16.00", "2. januar 2024"):
        assert part in card.text, part
    assert card.actions == ["period.start", "holiday.plan", "holiday.decline"]
    assert all(asked(person) == [] for key, person in town.people.items() if key != "samhandlingssjef")


async def test_one_press_starts_what_was_proposed(town: Town) -> None:
    card = await until_asked(town)
    await town.boss.presses(card, "period.start")
    assert [r["meeting_at"][:10] for r in await town.product.rounds()] == ["2023-12-19", "2024-01-02"]
    assert "Julen: En periode er satt opp. Første møte: tirsdag 19. desember." in card.text
    assert card.actions == ["period.ask_rhythm"]
    assert town["larvik-sjef"].titled("Krevende drift i Helsefellesskapet")


async def test_the_proposal_can_be_changed_first(town: Town) -> None:
    card = await until_asked(town)
    form = await town.boss.presses(card, "holiday.plan")
    shown = {key: element.get("value", "") for key, element in inputs_of(form).items()}
    assert (shown["reason"], shown["level"], shown["every_days"]) == ("ferie", "green", "7")
    assert (shown["first_meeting"], shown["until"]) == ("2023-12-19", "2024-01-02")
    wrong = await town.boss.presses(card, "period.start", every_days="99")
    assert beside(wrong, "every_days")
    await town.boss.presses(card, "period.start", every_days="7", until="2024-01-09")
    assert [r["meeting_at"][:10] for r in await town.product.rounds()] == ["2023-12-19", "2024-01-02", "2024-01-09"]


async def test_started_at_night_people_can_be_told_at_once_all_the_same(town: Town) -> None:
    card = await until_asked(town)
    await town.product.clock_to("2023-12-01T21:00:00+01:00")
    await town.boss.presses(card, "period.start")
    assert town["larvik-sjef"].titled("Krevende drift i Helsefellesskapet") == []
    await town.boss.presses(card, "period.announce")
    assert len(town["larvik-sjef"].titled("Krevende drift i Helsefellesskapet")) == 1


async def test_not_now_is_kept_and_shown(town: Town) -> None:
    card = await until_asked(town)
    answer = await town.boss.presses(card, "holiday.decline")
    assert "Samhandlingssjef SiV har svart «Ikke nå»" in words(answer)
    for action in ("holiday.decline", "holiday.plan"):
        again = await forges(town.boss, action, season="christmas", year=2023)
        assert "har svart «Ikke nå»" in words(again)
    async with town.product.product.store.read("vestfold") as work:
        declined = [e for e in await work.audit.newest(20) if e.kind == "holiday.declined"]
    assert [(e.by, e.subject) for e in declined] == [("samhandlingssjef", "holiday:christmas:2023")]
    await town.product.clock_to("2023-12-20T09:00:00+01:00")
    assert len(asked(town.boss)) == 0
    assert await town.product.rounds() == []


async def test_a_holiday_that_a_period_covers_is_not_asked_about(started: Town) -> None:
    await started.product.clock_to("2023-12-05T09:00:00+01:00")
    assert asked(started.boss) == []


async def test_a_period_that_ends_too_soon_can_last_longer(town: Town) -> None:
    await town.connect()
    await town.start(until="2023-12-19")
    await town.product.clock_to(CHRISTMAS_ASKED)
    [card] = asked(town.boss)
    assert card.actions == ["period.ask_rhythm", "holiday.decline"]
    form = await town.boss.presses(card, "period.ask_rhythm")
    assert inputs_of(form)["until"]["value"] == "2024-01-02"
    await town.boss.presses(card, "period.rhythm")
    assert [r["meeting_at"][:10] for r in await town.product.rounds()][-2:] == ["2023-12-19", "2024-01-02"]


async def test_each_holiday_of_each_year_is_asked_about_once(town: Town) -> None:
    await town.connect()
    await town.product.clock_to("2025-01-15T09:00:00+01:00")
    heard = [m.title.split(" nærmer")[0] for m in town.boss.messages if "nærmer seg" in m.title]
    assert sorted(heard) == ["Julen", "Julen", "Påsken", "Sommerferien"]


async def test_a_restart_asks_nothing_twice_and_one_within_the_three_weeks_asks_at_once(
    double: TeamsDouble, database: Path
) -> None:
    people = everybody(double)
    async with running(database, now="2023-12-04T06:00:00+01:00", teams=double) as made:
        town = Town(made, double, people)
        await town.connect()
        await made.clock_to("2023-12-04T06:59:00+01:00")
        assert asked(town.boss) == []
        await made.clock_to("2023-12-04T09:00:00+01:00")
        assert len(asked(town.boss)) == 1
    async with running(database, now="2023-12-05T09:00:00+01:00", teams=double) as made:
        await made.clock_to("2023-12-08T09:00:00+01:00")
        assert len(asked(people["samhandlingssjef"])) == 1


async def test_nobody_but_the_coordinator_answers(town: Town) -> None:
    await until_asked(town)
    for key in ("larvik-sjef", "leder-pko", "sekretariat"):
        for action in ("holiday.decline", "holiday.plan"):
            card = await forges(town[key], action, season="christmas", year=2023)
            assert "Samhandlingssjef SiV" in words(card)
    assert asked(town.boss)[0].actions == ["period.start", "holiday.plan", "holiday.decline"]


@pytest.mark.parametrize(
    "data", [{}, {"season": "autumn", "year": 2023}, {"season": "easter", "year": "x"}, {"season": [], "year": 10**9}]
)
async def test_what_names_no_holiday_is_answered_politely(town: Town, data: dict[str, object]) -> None:
    for action in ("holiday.decline", "holiday.plan"):
        assert "gjelder ikke lenger" in words(await forges(town.boss, action, **data))


@pytest.mark.parametrize(
    ("language", "title", "button"),
    [("nn", "Jula nærmar seg", "Ikkje no"), ("en", "Christmas is approaching", "Not now")],
)
async def test_each_language_has_its_own_words(town: Town, language: str, title: str, button: str) -> None:
    await town.connect()
    await town.boss.says(f"språk {language}")
    await town.product.clock_to(CHRISTMAS_ASKED)
    assert town.boss.last_card.title == title
    assert button in town.boss.last_card.text


async def test_a_second_start_finds_the_first(town: Town) -> None:
    card = await until_asked(town)
    stale = Message(card.id, card.conversation, card.activity)
    await town.boss.presses(card, "period.start")
    answer = await town.boss.presses(stale, "period.start")
    assert "En annen periode er i veien" in beside(answer, "first_meeting")
    assert len(await town.product.rounds()) == 2
