"""A municipality and the hospital report different figures: both are asked once, the summary says what came of it."""

from __future__ import annotations

import pytest

from tests.builders import identity_number
from tests.documents.test_documents import docx_text, html_text, pdf_text
from tests.e2e.acting import words
from tests.e2e.period.acting import at
from tests.e2e.test_api import described, valid
from tests.e2e.test_minutes import fetched, links
from tests.harness import MUNICIPALITY, TOWNS, Json, Town, clinic
from tests.teams_double import Message, TeamsPerson, beside, inputs_of

MONDAY = "2023-11-27"
TUESDAY = "2023-11-28"
ASKED = "Ulike tall for"


def questions(person: TeamsPerson) -> list[Message]:
    return person.titled(ASKED)


async def everybody_answers(town: Town, *, without: str = "", larvik: int = 3) -> None:
    """Larvik reports `larvik`, the hospital 4 (3 medical, 1 surgical); the others agree on nobody."""
    for key in (t for t in TOWNS if t != without):
        count = str(larvik) if key == "larvik" else "0"
        await town.answers(f"{key}-sjef", **(MUNICIPALITY | {"overliggere": count}))
    for key, waiting in {"medisin": 3, "kirurgi": 1, "kpa": 0, "kfmr": 0}.items():
        await town.answers(f"{key}-sjef", **clinic(larvik=waiting))


async def put(town: Town) -> None:
    """Everybody has answered at nine, and the question is out."""
    await everybody_answers(town)
    await town.product.clock_to(at("09:10", MONDAY))


async def discrepancy(town: Town) -> Json:
    [found] = (await town.product.round_of(TUESDAY))["discrepancies"]
    return dict(found)


async def forged(person: TeamsPerson, /, **data: object) -> str:
    value = {"action": {"type": "Action.Execute", "verb": data["action"], "data": data}}
    status, answer = await person.sends(person.activity("invoke", name="adaptiveCard/action", value=value))
    assert status == 200
    return words(answer["value"])


def data_of(message: Message, action: str) -> Json:
    return dict(next(a["data"] for a in (message.card or {})["actions"] if a["verb"] == action))


# When, and to whom


async def test_ten_minutes_after_the_last_answer_both_sides_are_asked_once(prompted: Town) -> None:
    await everybody_answers(prompted)
    await prompted.product.clock_to(at("09:09", MONDAY))
    assert not any(questions(person) for person in prompted.people.values())
    await prompted.product.clock_to(at("09:10", MONDAY))
    told = {key for key, person in prompted.people.items() if questions(person)}
    assert told == {"larvik-sjef", "medisin-sjef", "kirurgi-sjef"}
    [question] = questions(prompted["larvik-sjef"])
    for part in (
        "Overliggere",
        "Larvik kommune",
        "Medisinsk klinikk",
        "bosted og oppholdskommune",
        "et spørsmål, ikke en feil",
    ):
        assert part in question.text
    assert question.actions == ["difference.stands", "difference.correct"]
    assert list(question.inputs) == ["reason", "because"]
    await prompted.product.clock_to(at("15:59"))
    assert all(len(questions(person)) <= 1 for person in prompted.people.values())


async def test_while_people_still_correct_nobody_is_asked(prompted: Town) -> None:
    await everybody_answers(prompted)
    await prompted.product.clock_to(at("09:08", MONDAY))
    await prompted["larvik-sjef"].presses(prompted["larvik-sjef"].last_card, "status.open")
    await prompted.answers("larvik-sjef", overliggere="5")
    await prompted.product.clock_to(at("09:17", MONDAY))
    assert questions(prompted["larvik-sjef"]) == []
    await prompted.product.clock_to(at("09:18", MONDAY))
    [question] = questions(prompted["larvik-sjef"])
    assert "5" in question.text


async def test_a_difference_that_is_corrected_in_time_is_never_asked_about(prompted: Town) -> None:
    await everybody_answers(prompted)
    await prompted["larvik-sjef"].presses(prompted["larvik-sjef"].last_card, "status.open")
    await prompted.answers("larvik-sjef", overliggere="4")
    await prompted.product.clock_to(at("15:59"))
    assert not any(questions(person) for person in prompted.people.values())


async def test_as_long_as_somebody_has_yet_to_answer_nobody_is_asked(prompted: Town) -> None:
    await everybody_answers(prompted, without="larvik")
    await prompted.product.clock_to(at("11:55"))
    assert not any(questions(person) for person in prompted.people.values())
    larvik = prompted["larvik-sjef"]
    form = next(m for m in larvik.messages if "status.submit" in m.actions)
    await larvik.presses(form, "status.submit", **MUNICIPALITY)
    await prompted.product.clock_to(at("11:59"))
    assert questions(larvik) == []
    await prompted.product.clock_to(at("12:00"))
    assert len(questions(larvik)) == 1


async def test_not_in_quiet_hours_but_when_they_are_over(prompted: Town) -> None:
    await prompted.product.clock_to(at("21:00", MONDAY))
    await everybody_answers_late(prompted)
    await prompted.product.clock_to(at("06:59"))
    assert questions(prompted["larvik-sjef"]) == []
    await prompted.product.clock_to(at("07:00"))
    assert len(questions(prompted["larvik-sjef"])) == 1


async def everybody_answers_late(town: Town) -> None:
    """As `everybody_answers`, by those who have had a reminder since the form."""
    for key in (*TOWNS, "medisin", "kirurgi", "kpa", "kfmr"):
        person = town[f"{key}-sjef"]
        form = next(m for m in person.messages if "status.submit" in m.actions)
        waiting = {"medisin": clinic(larvik=3), "kirurgi": clinic(larvik=1)}.get(key, clinic())
        count = "3" if key == "larvik" else "0"
        await person.presses(
            form, "status.submit", **(MUNICIPALITY | {"overliggere": count} if key in TOWNS else waiting)
        )


async def test_not_once_the_meeting_has_begun(prompted: Town) -> None:
    await prompted.product.clock_to(at("15:55"))
    await everybody_answers_late(prompted)
    await prompted.product.clock_to(at("17:00"))
    assert not any(questions(person) for person in prompted.people.values())
    assert (await discrepancy(prompted))["difference"] == 1


async def test_the_deputy_is_asked_for_who_is_away(prompted: Town) -> None:
    await everybody_answers(prompted)
    [form] = await prompted["larvik-sjef"].says("vara")
    await prompted["larvik-sjef"].presses(form, "absence.set", deputy="larvik-vara", until=TUESDAY)
    await prompted.product.clock_to(at("09:10", MONDAY))
    assert questions(prompted["larvik-sjef"]) == []
    assert len(questions(prompted["larvik-vara"])) == 1


# It stands


async def test_it_stands_because_and_the_summary_says_so(prompted: Town) -> None:
    await put(prompted)
    larvik, medisin = prompted["larvik-sjef"], prompted["medisin-sjef"]
    card = await larvik.presses(questions(larvik)[0], "difference.stands", reason="bosted", because="Én bor i Horten")
    assert "Takk, svaret er mottatt" in words(card)
    assert "Én bor i Horten" in questions(medisin)[0].text
    await medisin.presses(questions(medisin)[0], "difference.stands", reason="tidspunkt")
    found = await discrepancy(prompted)
    assert [(o["unit"], o["side"], o["outcome"], o["reason"], o["because"]) for o in found["outcomes"]] == [
        ("larvik", "municipality", "stands", "bosted", "Én bor i Horten"),
        ("medisin", "hospital", "stands", "tidspunkt", None),
    ]
    await prompted.product.clock_to(at("15:30"))
    [summary] = prompted.channel.titled("Samhandlingsmøte")
    assert "Kommunen: står fast – bosted og oppholdskommune er ikke det samme" in summary.text
    assert "Én bor i Horten" in summary.text
    assert "Medisinsk klinikk: står fast – registrert på ulike tidspunkter" in summary.text


WRONG = {
    "nothing at all": ({}, "because", "Velg en grunn"),
    "another reason without words": ({"reason": "annet"}, "because", "hva grunnen er"),
    "a reason that is none": ({"reason": "vind", "because": "Ja"}, "reason", "alternativene"),
    "too many words": ({"reason": "bosted", "because": "x" * 301}, "because", "300"),
    "an identity number": ({"reason": "bosted", "because": identity_number()}, "because", "fødselsnummer"),
}


async def test_wrong_input_is_told_at_its_field_and_the_rest_is_kept(prompted: Town) -> None:
    await put(prompted)
    larvik = prompted["larvik-sjef"]
    [question] = questions(larvik)
    for what, (typed, field, told) in WRONG.items():
        card = await larvik.presses(question, "difference.stands", **({"reason": "", "because": ""} | typed))
        assert told in beside(card, field), what
        kept = {key: element.get("value", "") for key, element in inputs_of(card).items() if key != field}
        assert kept == {key: typed.get(key, "") for key in ("reason", "because") if key != field}, what
        assert identity_number() not in str(card), what
    assert "outcomes" not in await discrepancy(prompted)
    assert "mottatt" in words(await larvik.presses(question, "difference.stands", reason="annet", because="Telt i går"))


async def test_another_answer_takes_the_place_of_the_first_and_both_are_on_record(prompted: Town) -> None:
    await put(prompted)
    larvik = prompted["larvik-sjef"]
    [question] = questions(larvik)
    await larvik.presses(question, "difference.stands", because="Telt i går")
    await larvik.presses(question, "difference.change")
    assert question.inputs["because"]["value"] == "Telt i går"
    await larvik.presses(question, "difference.stands", because="Telt i dag")
    [outcome] = (await discrepancy(prompted))["outcomes"]
    assert outcome["because"] == "Telt i dag"
    async with prompted.product.product.store.read("vestfold") as work:
        found = [e for e in await work.audit.newest(50) if e.kind.startswith("difference.")]
        said = await work.differences.stands(str(data_of(question, "difference.change")["round"]))
    assert [s.because for s in said] == ["Telt i går", "Telt i dag"]
    assert [(e.kind, e.by) for e in reversed(found)] == [
        ("difference.asked", None),
        ("difference.stands", "larvik-sjef"),
        ("difference.stands", "larvik-sjef"),
    ]
    [log] = await prompted.boss.says("logg")
    assert "Svarte at tallet står" in log.text
    assert "Telt i dag" not in log.text


async def test_the_same_answer_twice_is_one(prompted: Town) -> None:
    await put(prompted)
    larvik = prompted["larvik-sjef"]
    data = data_of(questions(larvik)[0], "difference.stands")
    for _ in range(2):
        await forged(larvik, reason="bosted", because="", **data)
    async with prompted.product.product.store.read("vestfold") as work:
        assert len(await work.differences.stands(str(data["round"]))) == 1


async def test_only_somebody_of_that_side_answers(prompted: Town) -> None:
    await put(prompted)
    data = data_of(questions(prompted["larvik-sjef"])[0], "difference.stands") | {"because": "Nei"}
    for key in ("horten-sjef", "medisin-sjef", "samhandlingssjef", "leder-pko"):
        for action in ("difference.stands", "difference.correct", "difference.change"):
            told = await forged(prompted[key], **(data | {"action": action}))
            assert "Bare de som er spurt" in told, (key, action)
    told = await forged(prompted["horten-sjef"], **(data | {"unit": "horten"}))
    assert "Bare de som er spurt" in told
    assert "gjelder ikke lenger" in await forged(prompted["larvik-sjef"], **(data | {"municipality": "horten"}))
    assert "gjelder ikke lenger" in await forged(prompted["larvik-sjef"], **(data | {"round": "x"}))
    assert "outcomes" not in await discrepancy(prompted)
    assert "mottatt" in await forged(prompted["larvik-vara"], **data)


# We correct


async def test_correcting_opens_the_form_filled_in_and_clears_the_question_everywhere(prompted: Town) -> None:
    await put(prompted)
    larvik, medisin = prompted["larvik-sjef"], prompted["medisin-sjef"]
    [question] = questions(larvik)
    card = await larvik.presses(question, "difference.correct")
    assert "Kommunen melder 3, sykehuset 4" in words(card)
    assert inputs_of(card)["overliggere"]["value"] == "3"
    await larvik.presses(question, "status.submit", overliggere="4")
    for person in (larvik, medisin):
        [question] = questions(person)
        assert "Avklart: Tallene er nå like." in question.text
        assert "Kommunen: rettet fra 3 til 4" in question.text
        assert question.actions == []
    round_ = await prompted.product.round_of(TUESDAY)
    assert round_["discrepancies"] == []
    outcome = {"unit": "larvik", "side": "municipality", "outcome": "corrected", "from": 3, "to": 4}
    assert round_["discrepancies_cleared"] == [
        {"unit": "larvik", "indicator": "overliggere", "value": 4, "outcomes": [outcome]}
    ]
    await prompted.product.clock_to(at("15:30"))
    [summary] = prompted.channel.titled("Samhandlingsmøte")
    assert "Larvik kommune: Avklart. Begge melder 4." in summary.text
    assert "Kommunen: rettet fra 3 til 4" in summary.text


async def test_a_change_that_leaves_a_difference_is_shown_in_the_question_and_ends_what_stood(prompted: Town) -> None:
    await put(prompted)
    larvik, kirurgi = prompted["larvik-sjef"], prompted["kirurgi-sjef"]
    [theirs] = questions(kirurgi)
    await kirurgi.presses(theirs, "difference.stands", reason="tidspunkt")
    await kirurgi.presses(theirs, "difference.correct")
    await kirurgi.presses(theirs, "status.submit", **{"klare_pasienter.larvik": "2"})
    found = await discrepancy(prompted)
    assert found["hospital"] == 5
    assert [(o["unit"], o["outcome"], o.get("to")) for o in found["outcomes"]] == [("kirurgi", "corrected", 2)]
    [question] = questions(larvik)
    assert "Kirurgisk klinikk: rettet fra 1 til 2" in question.text
    assert "difference.stands" in question.actions


async def test_a_correction_on_another_way_counts_too(prompted: Town) -> None:
    await put(prompted)
    larvik = prompted["larvik-sjef"]
    await larvik.says("status")
    await larvik.presses(larvik.last_card, "status.submit", overliggere="4")
    assert "Avklart" in questions(prompted["medisin-sjef"])[0].text


async def test_what_came_of_it_is_as_the_interface_describes_it(prompted: Town) -> None:
    await put(prompted)
    await prompted["medisin-sjef"].presses(questions(prompted["medisin-sjef"])[0], "difference.stands", reason="bosted")
    document = await described(prompted.product)
    path = "/api/v1/communities/{community}/rounds/{round}"
    valid(document, path, "200", await prompted.product.round_of(TUESDAY))
    larvik = prompted["larvik-sjef"]
    await larvik.says("status")
    await larvik.presses(larvik.last_card, "status.submit", overliggere="4")
    round_ = await prompted.product.round_of(TUESDAY)
    assert [o["outcome"] for o in round_["discrepancies_cleared"][0]["outcomes"]] == ["corrected", "stands"]
    valid(document, path, "200", round_)


# The meeting


async def test_what_was_known_at_the_meeting_is_sealed_and_the_question_is_closed(prompted: Town) -> None:
    await put(prompted)
    larvik, medisin = prompted["larvik-sjef"], prompted["medisin-sjef"]
    await larvik.presses(questions(larvik)[0], "difference.stands", because="Telt i går")
    data = data_of(questions(medisin)[0], "difference.stands")
    await prompted.product.clock_to(at("16:00"))
    assert "Møtet har begynt" in await forged(medisin, because="For sent", **data)
    await larvik.says("status")
    await larvik.presses(larvik.last_card, "status.submit", overliggere="4")
    round_ = await prompted.product.round_of(TUESDAY)
    assert round_["discrepancies"] == []
    [sealed] = round_["sealed"]["discrepancies"]
    assert [o["because"] for o in sealed["outcomes"]] == ["Telt i går"]
    [summary] = [m for m in prompted.channel.messages if "Samhandlingsmøte" in m.title]
    then = words(await prompted["horten-sjef"].presses(summary, "summary.sealed"))
    assert "Kommunen: står fast" in then
    assert "rettet" not in then
    await prompted.product.clock_to(at("17:00"))
    addresses = await links(prompted.boss, round=round_["id"], version=0)
    for kind, read in {"Word": docx_text, "PDF": pdf_text, "Nettside": html_text}.items():
        text = " ".join(read((await fetched(prompted, addresses[kind]))[1]).split())
        assert "Kommunen: står fast" in text
        assert "Telt i går" in text
        assert "rettet" not in text


async def test_the_minutes_tell_that_a_difference_was_cleared_and_by_whom(prompted: Town) -> None:
    await put(prompted)
    larvik = prompted["larvik-sjef"]
    await larvik.says("status")
    await larvik.presses(larvik.last_card, "status.submit", overliggere="4")
    await prompted.product.clock_to(at("17:00"))
    addresses = await links(prompted.boss, round=(await prompted.product.round_of(TUESDAY))["id"], version=0)
    text = docx_text((await fetched(prompted, addresses["Word"]))[1])
    assert "Larvik kommune: Avklart. Begge melder 4. Kommunen: rettet fra 3 til 4." in text


async def test_the_coordinator_sees_how_many_questions_wait(prompted: Town) -> None:
    await put(prompted)
    waits = "1 spørsmål om ulike tall venter på svar."
    [shown] = await prompted.boss.says("oversikt")
    assert waits in shown.text
    [shown] = await prompted["horten-sjef"].says("oversikt")
    assert waits not in shown.text
    for key in ("larvik-sjef", "medisin-sjef"):
        await prompted[key].presses(questions(prompted[key])[0], "difference.stands", reason="bosted")
    [shown] = await prompted.boss.says("oversikt")
    assert "venter på svar" not in shown.text


@pytest.mark.parametrize(
    ("language", "title", "label", "told", "choice"),
    [
        (
            "nn",
            "Ulike tal for Larvik kommune",
            "Dersom det står: kvifor?",
            "Vel ein grunn",
            "Registrert på ulike tidspunkt",
        ),
        ("en", "Differing figures for Larvik", "If it stands: why?", "Choose a reason", "Recorded at different times"),
    ],
)
async def test_each_side_reads_it_in_the_own_language(
    prompted: Town, language: str, title: str, label: str, told: str, choice: str
) -> None:
    larvik = prompted["larvik-sjef"]
    await everybody_answers(prompted)
    await larvik.says(f"språk {language}")
    await prompted.product.clock_to(at("09:10", MONDAY))
    [question] = larvik.titled(title)
    assert question.inputs["reason"]["label"] == label
    assert choice in [c["title"] for c in question.inputs["reason"]["choices"]]
    assert told in beside(await larvik.presses(question, "difference.stands"), "because")
