"""Somebody is away, and somebody else answers: `vara` on Teams, from the form to the summary."""

from __future__ import annotations

import pytest

from tests.builders import identity_number
from tests.e2e.acting import words
from tests.e2e.period.acting import at
from tests.harness import MUNICIPALITY, Json, Town, clinic
from tests.teams_double import Message, TeamsPerson, beside, inputs_of

MONDAY = "2023-11-27"
TUESDAY = "2023-11-28"
WEEK = {"deputy": "larvik-vara", "from": "2023-11-27", "until": "2023-12-01"}


def asked(person: TeamsPerson) -> list[Message]:
    """Prompts and reminders that lie with somebody, in the order they came."""
    return [m for m in person.messages if "status.submit" in m.actions or "Påminnelse" in m.title]


async def away(town: Town, key: str = "larvik-sjef", **inputs: str) -> Json:
    """Somebody writes `vara` and sends the form."""
    [form] = await town[key].says("vara")
    return await town[key].presses(form, "absence.set", **(WEEK | inputs))


async def answers(town: Town, key: str, on: Message, **inputs: str) -> Json:
    return await town[key].presses(on, "status.submit", **(MUNICIPALITY | inputs))


async def forged(person: TeamsPerson, /, **data: object) -> str:
    """A press with data that no card of theirs bears; what they are told."""
    value = {"action": {"type": "Action.Execute", "verb": data["action"], "data": data}}
    status, answer = await person.sends(person.activity("invoke", name="adaptiveCard/action", value=value))
    assert status == 200
    return words(answer["value"])


async def absences_on_record(town: Town) -> list[tuple[str, str | None, str | None]]:
    async with town.product.product.store.read("vestfold") as work:
        found = await work.audit.newest(50)
    kinds = [e for e in reversed(found) if e.kind.startswith("absence.")]
    return [(e.kind, e.by, str(e.details["person"])) for e in kinds]


# The form


async def test_the_form_proposes_the_units_deputy_from_today_on(started: Town) -> None:
    [form] = await started["larvik-sjef"].says("Vara")
    assert list(form.inputs) == ["deputy", "from", "until"]
    assert form.inputs["deputy"]["value"] == "larvik-vara"
    assert form.inputs["from"]["value"] == "2023-11-23"
    assert not form.inputs["until"].get("value")
    offered = [choice["value"] for choice in form.inputs["deputy"]["choices"]]
    assert offered[0] == "larvik-vara"
    assert offered[-1] == "-"
    assert "larvik-sjef" not in offered
    assert {"horten-sjef", "leder-pko"} <= set(offered)


async def test_what_is_set_is_told_to_the_deputy_and_to_the_coordinator(started: Town) -> None:
    card = await away(started)
    for part in ("Fraværet er registrert", "mandag 27. november", "fredag 1. desember", "Stedfortreder Larvik svarer"):
        assert part in words(card)
    told = started["larvik-vara"].last
    assert "Du er vara for Kommunalsjef Larvik" in told.text
    assert "fredag 1. desember" in told.text
    assert "Kommunalsjef Larvik: borte" in started.boss.last.text
    assert await absences_on_record(started) == [("absence.set", "larvik-sjef", "larvik-sjef")]


async def test_in_quiet_hours_the_deputy_is_told_in_the_morning(started: Town) -> None:
    await started.product.clock_to(at("21:30", "2023-11-23"))
    await away(started)
    assert "Du er vara" not in started["larvik-vara"].last.text
    await started.product.clock_to(at("06:59", "2023-11-24"))
    assert "Du er vara" not in started["larvik-vara"].last.text
    await started.product.clock_to(at("07:00", "2023-11-24"))
    assert "Du er vara" in started["larvik-vara"].last.text


WRONG = {
    "nobody chosen": ({"deputy": ""}, "deputy", "må fylles ut"),
    "somebody unknown": ({"deputy": "ola"}, "deputy", "alternativene"),
    "oneself": ({"deputy": "larvik-sjef"}, "deputy", "en annen enn den som er borte"),
    "no first day": ({"from": ""}, "from", "må fylles ut"),
    "no last day": ({"until": ""}, "until", "må fylles ut"),
    "a first day in the past": ({"from": "2023-11-22"}, "from", "i dag eller en senere dag"),
    "a day that does not exist": ({"from": "2023-11-31"}, "from", "28.11.2023"),
    "words for a day": ({"until": "til våren"}, "until", "28.11.2023"),
    "a last day before the first": ({"until": "2023-11-26"}, "until", "samme dag som første dag"),
    "a first day far away": ({"from": "2025-01-07", "until": "2025-01-07"}, "from", "innen ett år"),
    "longer than a year": ({"until": "2024-11-28"}, "until", "inntil ett år"),
    "a last day beyond all calendars": ({"until": "9999-12-31"}, "until", "inntil ett år"),
    "an identity number": ({"until": identity_number()}, "until", "fødselsnummer"),
}


async def test_wrong_input_is_told_at_its_field_and_the_rest_is_kept(started: Town) -> None:
    [form] = await started["larvik-sjef"].says("vara")
    for what, (wrong, field, told) in WRONG.items():
        typed = WEEK | wrong
        card = await started["larvik-sjef"].presses(form, "absence.set", **typed)
        assert told in beside(card, field), what
        assert "Ett felt" in words(card), what
        kept = {key: element.get("value", "") for key, element in inputs_of(card).items() if key != field}
        assert kept == {key: value for key, value in typed.items() if key != field}, what
        assert identity_number() not in str(card), what
    assert await absences_on_record(started) == []
    assert "registrert" in words(await started["larvik-sjef"].presses(form, "absence.set", **WEEK))


async def test_every_mistake_is_told_at_once(started: Town) -> None:
    [form] = await started["larvik-sjef"].says("vara")
    card = await started["larvik-sjef"].presses(form, "absence.set", deputy="x", **{"from": "y"}, until="z")
    assert all(beside(card, key) for key in ("deputy", "from", "until"))
    assert "3 felt" in words(card)


async def test_a_second_absence_that_shares_a_day_is_refused_at_the_field(started: Town) -> None:
    await away(started)
    card = await away(started, **{"from": "2023-12-01", "until": "2023-12-04"})
    assert "Siste dag: fredag 1. desember" in beside(card, "from")
    assert inputs_of(card)["until"]["value"] == "2023-12-04"
    card = await away(started, **{"from": "2023-12-02", "until": "2023-12-04"})
    assert "registrert" in words(card)
    assert len(await absences_on_record(started)) == 2


async def test_the_same_form_sent_twice_is_one_absence(started: Town) -> None:
    larvik = started["larvik-sjef"]
    [form] = await larvik.says("vara")
    [other] = await larvik.says("vara")
    first = await larvik.presses(form, "absence.set", **WEEK)
    again = await larvik.presses(other, "absence.set", **WEEK)
    assert words(first) == words(again)
    assert len(await absences_on_record(started)) == 1
    assert len(started["larvik-vara"].titled("Du er vara")) == 1


async def test_one_line_is_shown_for_confirmation_and_stores_nothing_yet(started: Town) -> None:
    larvik = started["larvik-sjef"]
    [form] = await larvik.says("vara Stedfortreder Larvik 1.12.–5.12.")
    values = {key: field.get("value") for key, field in form.inputs.items()}
    assert values == {"deputy": "larvik-vara", "from": "2023-12-01", "until": "2023-12-05"}
    assert "Se over" in form.text
    assert await absences_on_record(started) == []
    assert "tirsdag 5. desember" in words(await larvik.presses(form, "absence.set"))


async def test_one_line_understands_days_in_words(started: Town) -> None:
    [form] = await started["larvik-sjef"].says("vara Stedfortreder Larvik fra mandag til fredag")
    given = {key: field.get("value") for key, field in form.inputs.items()}
    assert given == {"deputy": "larvik-vara", "from": "2023-11-27", "until": "2023-12-01"}
    assert await absences_on_record(started) == []


async def test_the_log_names_who_is_away_and_who_answers(started: Town) -> None:
    await away(started)
    [log] = await started.boss.says("logg")
    assert "Kommunalsjef Larvik; " in log.text
    assert "Stedfortreder Larvik" in log.text
    assert "larvik-vara" not in log.text
    assert "larvik-sjef" not in log.text


async def test_what_is_wrong_in_the_line_is_told_at_its_field(started: Town) -> None:
    [form] = await started["larvik-sjef"].says("vara Fru Hansen 31.11.–5.12.")
    assert form.card
    assert "alternativene" in beside(form.card, "deputy")
    assert "28.11.2023" in beside(form.card, "from")
    assert form.inputs["until"]["value"] == "2023-12-05"
    [form] = await started["larvik-sjef"].says(f"vara {identity_number()}")
    assert form.card
    assert "fødselsnummer" in beside(form.card, "deputy")
    assert identity_number() not in str(form.card)


async def test_who_answers_for_no_unit_is_refused(started: Town) -> None:
    for key in ("leder-pko", "sekretariat"):
        [answer] = await started[key].says("vara")
        assert "Bare den som svarer for en enhet" in answer.text
        assert "Bare den som svarer for en enhet" in await forged(started[key], action="absence.set", **WEEK)
    assert await absences_on_record(started) == []


async def test_nobody_sends_somebody_else_away(started: Town) -> None:
    await forged(started["horten-sjef"], action="absence.set", person="larvik-sjef", **WEEK)
    assert await absences_on_record(started) == [("absence.set", "horten-sjef", "horten-sjef")]


async def test_the_coordinator_registers_it_for_somebody(started: Town) -> None:
    [form] = await started.boss.says("vara")
    assert list(form.inputs) == ["person", "deputy", "from", "until"]
    card = await started.boss.presses(form, "absence.set", **WEEK)
    assert "må fylles ut" in beside(card, "person")
    card = await started.boss.presses(form, "absence.set", person="larvik-sjef", **WEEK)
    assert "Kommunalsjef Larvik: borte" in words(card)
    assert "Kommunalsjef Larvik: borte" in started["larvik-sjef"].last.text
    assert started["larvik-sjef"].last.actions == ["absence.end"]
    assert await absences_on_record(started) == [("absence.set", "samhandlingssjef", "larvik-sjef")]
    [form] = await started.boss.says("vara Kommunalsjef Horten")
    assert form.actions == ["absence.set", "absence.end"]
    assert form.inputs["person"]["value"] == "horten-sjef"
    assert form.inputs["deputy"]["choices"][0]["value"] == "horten-vara"


async def test_of_several_absences_the_coordinator_chooses_which_one_to_end(started: Town) -> None:
    await away(started)
    await away(started, "horten-sjef", deputy="-")
    [form] = await started.boss.says("vara")
    assert "Kommunalsjef Horten: borte" in form.text
    assert form.actions == ["absence.set", "absence.list"]
    await started.boss.presses(form, "absence.list")
    labels = {c["title"]: c["value"] for c in form.inputs["absence"]["choices"]}
    assert "Hvilket fravær?" in words(await started.boss.presses(form, "absence.end"))
    card = await started.boss.presses(form, "absence.end", absence=labels["Kommunalsjef Horten: 27.11.2023–01.12.2023"])
    assert "Fraværet til Kommunalsjef Horten er slettet." in words(card)
    assert "Fraværet er slettet." in started["horten-sjef"].last.text
    [form] = await started.boss.says("vara")
    assert "Horten: borte" not in form.text
    assert form.actions == ["absence.set", "absence.end"]


async def test_in_a_channel_the_form_goes_to_the_one_who_asked(started: Town) -> None:
    [answer] = await started["larvik-sjef"].says("vara", where=started.channel)
    assert "personlig samtale" in answer.text
    assert "deputy" in started["larvik-sjef"].last_card.inputs


# Who is asked


async def test_the_deputy_is_asked_and_reminded_and_the_absent_one_is_not(started: Town) -> None:
    await away(started)
    await started.product.clock_to(at("09:00", MONDAY))
    assert [m.title for m in asked(started["larvik-vara"])] == [
        "Status fra Larvik kommune til møtet tirsdag 28. november"
    ]
    await started.product.clock_to(at("11:59"))
    assert len(asked(started["larvik-vara"])) == 4
    assert asked(started["larvik-sjef"]) == []
    await answers(started, "larvik-vara", asked(started["larvik-vara"])[0])
    report = await started.product.report_of(TUESDAY, "larvik")
    assert (report["state"], report["answered_by"]) == ("answered", "larvik-vara")


async def test_after_the_last_day_the_absent_one_is_asked_again_and_told(started: Town) -> None:
    await away(started)
    await started.product.clock_to(at("09:00", "2023-12-04"))
    assert "Fraværet ditt er over" in started["larvik-sjef"].messages[-2].text
    assert [m.title for m in asked(started["larvik-sjef"])] == [
        "Status fra Larvik kommune til møtet tirsdag 5. desember"
    ]
    assert "Kommunalsjef Larvik får spørsmål" in started.boss.last.text
    assert "ikke lenger vara" in started["larvik-vara"].messages[1].text
    assert not any("5. desember" in m.title for m in asked(started["larvik-vara"]))
    assert (await absences_on_record(started))[-1] == ("absence.ended", None, "larvik-sjef")


async def test_an_absence_that_begins_between_prompt_and_reminder_moves_the_rest(prompted: Town) -> None:
    await away(prompted, **{"from": TUESDAY})
    assert asked(prompted["larvik-vara"]) == []
    await prompted.product.clock_to(at("16:00", MONDAY))
    assert "Påminnelse" in asked(prompted["larvik-sjef"])[-1].title
    await prompted.product.clock_to(at("06:59"))
    assert asked(prompted["larvik-vara"]) == []
    await prompted.product.clock_to(at("07:00"))
    assert "status.submit" in asked(prompted["larvik-vara"])[-1].actions
    await prompted.product.clock_to(at("09:00"))
    assert len(asked(prompted["larvik-vara"])) == 2
    assert len(asked(prompted["larvik-sjef"])) == 2


async def test_who_goes_away_at_once_hands_the_open_form_to_the_deputy_at_once(prompted: Town) -> None:
    await away(prompted)
    assert "status.submit" in prompted["larvik-vara"].last.actions
    await prompted.product.clock_to(at("16:00", MONDAY))
    assert len(asked(prompted["larvik-sjef"])) == 1


async def test_back_early_the_absent_one_is_asked_from_then_on(prompted: Town) -> None:
    await away(prompted)
    larvik = prompted["larvik-sjef"]
    [form] = await larvik.says("vara")
    assert form.actions == ["absence.set", "absence.end"]
    card = await larvik.presses(form, "absence.end")
    assert "Fra nå av får du spørsmål" in words(card)
    assert "Kommunalsjef Larvik får spørsmål" in prompted.boss.last.text
    await prompted.product.clock_to(at("16:00", MONDAY))
    assert "Påminnelse" in asked(larvik)[-1].title
    assert len(asked(prompted["larvik-vara"])) == 1
    [form] = await larvik.says("vara")
    assert form.actions == ["absence.set"]


async def test_only_the_absent_one_and_the_coordinator_end_an_absence(started: Town) -> None:
    await away(started)
    [form] = await started["larvik-sjef"].says("vara")
    ends = next(a for a in (form.card or {})["actions"] if a["verb"] == "absence.end")["data"]
    assert "Bare den som er borte" in await forged(started["larvik-vara"], **ends)
    assert "finnes ikke" in await forged(started["larvik-vara"], **(ends | {"absence": "x"}))
    assert "slettet" in await forged(started.boss, **ends)
    assert "over" in await forged(started.boss, **ends)
    assert [kind for kind, *_ in await absences_on_record(started)] == ["absence.set", "absence.ended"]
    await started.product.clock_to(at("09:00", MONDAY))
    assert asked(started["larvik-vara"]) == []
    assert len(asked(started["larvik-sjef"])) == 1


async def test_somebody_of_another_unit_answers_for_both_while_it_lasts(started: Town) -> None:
    await away(started, deputy="horten-sjef")
    await started.product.clock_to(at("09:00", MONDAY))
    horten = started["horten-sjef"]
    forms = {m.title.split(" til ")[0]: m for m in asked(horten)}
    assert set(forms) == {"Status fra Horten kommune", "Status fra Larvik kommune"}
    await answers(started, "horten-sjef", forms["Status fra Larvik kommune"], overliggere="7")
    report = await started.product.report_of(TUESDAY, "larvik")
    assert (report["answered_by"], report["values"]["overliggere"]) == ("horten-sjef", 7)
    assert (await started.product.report_of(TUESDAY, "horten"))["state"] == "missing"
    await answers(started, "horten-sjef", forms["Status fra Horten kommune"], overliggere="1")
    assert (await started.product.report_of(TUESDAY, "horten"))["values"]["overliggere"] == 1


async def test_who_answers_for_two_units_is_asked_for_which(started: Town) -> None:
    await away(started, deputy="horten-sjef")
    await started.product.clock_to(at("09:00", MONDAY))
    horten = started["horten-sjef"]
    [which] = await horten.says("status")
    assert which.actions == ["status.open", "status.open"]
    data = [a["data"] for a in (which.card or {})["actions"]]
    assert [d["unit"] for d in data] == ["horten", "larvik"]
    assert "Status fra Larvik kommune" in await forged(horten, **data[1])
    [help_] = await horten.says("hjelp")
    assert "Status fra Horten kommune" in help_.text
    assert "Status fra Larvik kommune" in help_.text


async def test_a_stand_in_answers_no_longer_when_it_is_over(started: Town) -> None:
    await away(started, deputy="leder-pko")
    await started.product.clock_to(at("09:00", MONDAY))
    pko = started["leder-pko"]
    form = asked(pko)[0]
    data = dict(MUNICIPALITY, **next(a["data"] for a in (form.card or {})["actions"]))
    [mine] = await started["larvik-sjef"].says("vara")
    await started["larvik-sjef"].presses(mine, "absence.end")
    assert "Bare den som svarer for enheten" in await forged(pko, **data)
    assert (await started.product.report_of(TUESDAY, "larvik"))["state"] == "missing"
    [answer] = await pko.says("status")
    assert answer.title.startswith("Samhandlingsmøte tirsdag 28. november")
    assert "status.submit" not in answer.actions


async def test_a_stand_ins_stale_form_never_becomes_the_own_units_answer(started: Town) -> None:
    await away(started, deputy="horten-sjef")
    await started.product.clock_to(at("09:00", MONDAY))
    form = next(m for m in asked(started["horten-sjef"]) if "Larvik" in m.title)
    data = dict(MUNICIPALITY, **next(a["data"] for a in (form.card or {})["actions"]))
    [mine] = await started["larvik-sjef"].says("vara")
    await started["larvik-sjef"].presses(mine, "absence.end")
    assert "Bare den som svarer for enheten" in await forged(started["horten-sjef"], **data)
    assert all(r["state"] == "missing" for r in (await started.product.round_of(TUESDAY))["reports"])


# Either may answer


@pytest.mark.parametrize(("first", "second"), [("larvik-sjef", "larvik-vara"), ("larvik-vara", "larvik-sjef")])
async def test_the_second_sees_what_the_first_answered(prompted: Town, first: str, second: str) -> None:
    await away(prompted)
    forms = {key: asked(prompted[key])[0] for key in (first, second)}
    stale = {key: next(a["data"] for a in (m.card or {})["actions"]) for key, m in forms.items()}
    await answers(prompted, first, forms[first], overliggere="5")
    assert "Mottatt" in forms[second].title
    assert "Larvik svarte" in forms[second].text
    assert "overliggere" not in forms[second].inputs
    told = await forged(prompted[second], **dict(MUNICIPALITY, overliggere="9", **stale[second]))
    assert "svarte mens du fylte ut" in told
    assert (await prompted.product.report_of(TUESDAY, "larvik"))["values"]["overliggere"] == 5
    await prompted[second].presses(forms[second], "status.open")
    assert forms[second].inputs["overliggere"]["value"] == "5"
    await answers(prompted, second, forms[second], overliggere="6")
    report = await prompted.product.report_of(TUESDAY, "larvik")
    assert (report["answered_by"], report["revision"], report["values"]["overliggere"]) == (second, 2, 6)


# Away is not silent


async def test_who_is_away_without_a_deputy_shows_as_away_and_hears_nothing(started: Town) -> None:
    await away(started, deputy="-")
    await started.product.clock_to(at("15:30"))
    assert asked(started["larvik-sjef"]) == []
    assert asked(started["larvik-vara"]) == []
    [summary] = started.channel.titled("Samhandlingsmøte")
    text = summary.text
    silent = text[text.index("Har ikke svart") :].splitlines()[1]
    assert "Horten" in silent
    assert "Larvik" not in silent
    assert text[text.index("\nBorte") :].splitlines()[2] == "Larvik kommune"
    [missing] = started.boss.titled("har ikke svart")
    assert "10 av 11 har ikke svart" in missing.title
    assert "Borte: Larvik kommune." in missing.text
    assert "• Larvik" not in missing.text
    report = await started.product.report_of(TUESDAY, "larvik")
    assert (report["state"], report["away"]) == ("missing", True)
    assert "away" not in await started.product.report_of(TUESDAY, "horten")


async def test_what_was_known_of_absence_is_sealed_with_the_meeting(started: Town) -> None:
    await away(started, deputy="-")
    await started.product.clock_to(at("17:00"))
    [form] = await started["larvik-sjef"].says("vara")
    await started["larvik-sjef"].presses(form, "absence.end")
    round_ = await started.product.round_of(TUESDAY)
    sealed = next(r for r in round_["sealed"]["reports"] if r["unit"] == "larvik")
    assert sealed["away"] is True
    assert next(r for r in round_["reports"] if r["unit"] == "larvik")["away"] is True
    [summary] = started.channel.titled("Samhandlingsmøte")
    assert "Borte" in words(await started["horten-sjef"].presses(summary, "summary.sealed"))


async def test_a_reminder_by_hand_spares_who_is_away(started: Town) -> None:
    await away(started, deputy="-")
    await started.product.clock_to(at("11:30"))
    [missing] = started.boss.titled("har ikke svart")
    card = await started.boss.presses(missing, "reminder.send")
    assert "Påminnelse er sendt til 10 enheter" in words(card)
    assert asked(started["larvik-sjef"]) == []


async def test_when_only_who_is_away_is_missing_the_coordinator_hears_that(prompted: Town) -> None:
    await away(prompted, deputy="-")
    for key in ("horten", "holmestrand", "tonsberg", "faerder", "sandefjord"):
        await prompted.answers(f"{key}-sjef", **MUNICIPALITY)
    for key in ("medisin", "kirurgi", "kpa", "kfmr"):
        await prompted.answers(f"{key}-sjef", **clinic())
    await prompted.answers("prehospital-sjef", situasjon="green", bemanning="green")
    await prompted.product.clock_to(at("11:30"))
    told = prompted.boss.last
    assert "Alle som ikke er borte, har svart" in told.title
    assert "Borte: Larvik kommune." in told.text
    assert "reminder.send" not in told.actions


async def test_when_the_deputy_is_away_too_the_unit_is_away(started: Town) -> None:
    await away(started)
    await away(started, "larvik-vara", deputy="-")
    await started.product.clock_to(at("09:00", MONDAY))
    assert asked(started["larvik-vara"]) == []
    assert asked(started["larvik-sjef"]) == []
    assert (await started.product.report_of(TUESDAY, "larvik"))["away"] is True


async def test_when_the_deputy_from_elsewhere_is_away_too_the_units_own_deputy_is_asked(started: Town) -> None:
    await away(started, "horten-sjef", deputy="-")
    card = await away(started, deputy="horten-sjef")
    assert "også meldt borte" in words(card)
    await started.product.clock_to(at("09:00", MONDAY))
    assert len(asked(started["larvik-vara"])) == 1
    assert not any("Larvik" in m.title for m in asked(started["horten-sjef"]))


# What is said of it


async def test_help_says_who_is_away_and_for_whom_somebody_answers(started: Town) -> None:
    await away(started, deputy="leder-pko")
    await started.product.clock_to(at("09:00", MONDAY))
    [mine] = await started["larvik-sjef"].says("hjelp")
    assert "Du er borte fra og med mandag 27. november til og med fredag 1. desember." in mine.text
    assert "Leder PKO svarer i mellomtiden." in mine.text
    assert "vara" in mine.text
    [theirs] = await started["leder-pko"].says("hjelp")
    assert "Status fra Larvik kommune. Frist:" in theirs.text
    assert theirs.actions[0] == "status.open"


@pytest.mark.parametrize(
    ("language", "command", "title", "label", "told"),
    [
        ("nn", "vara", "Vara og fråvær", "Kven svarer i mellomtida?", "Skriv ein dato som finst"),
        ("en", "deputy", "Deputy and absence", "Who answers in the meantime?", "Write a date that exists"),
    ],
)
async def test_each_reads_it_in_the_own_language(
    started: Town, language: str, command: str, title: str, label: str, told: str
) -> None:
    larvik = started["larvik-sjef"]
    await larvik.says(f"språk {language}")
    [form] = await larvik.says(command)
    assert form.title == title
    assert form.inputs["deputy"]["label"] == label
    card = await larvik.presses(form, "absence.set", **(WEEK | {"until": "x"}))
    assert told in beside(card, "until")
    await larvik.presses(form, "absence.set", **WEEK)
    assert "Du er vara for" in started["larvik-vara"].last.text
