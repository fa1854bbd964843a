"""What was changed, by whom and when, as the coordinator reads it in chat."""

from __future__ import annotations

from domain.community import LANGUAGES
from services.ports import AuditEntry
from tests.builders import identity_number
from tests.harness import MUNICIPALITY, Town, clinic

TUESDAY = "2023-11-28"


async def on_record(town: Town, kind: str) -> AuditEntry:
    """The newest entry of that kind."""
    async with town.product.product.store.read("vestfold") as work:
        found = await work.audit.newest(100)
    return next(entry for entry in found if entry.kind == kind)


async def test_an_answer_and_its_correction_are_on_record_with_what_changed(prompted: Town) -> None:
    await prompted.answers("larvik-sjef", **MUNICIPALITY, behov="To senger")
    larvik = prompted["larvik-sjef"]
    await larvik.says("status")
    corrected = MUNICIPALITY | {"overliggere": "4", "situasjon": "red", "behov": "Fire senger"}
    await larvik.presses(larvik.last_card, "status.submit", **corrected)
    first, then = await on_record(prompted, "report.answered"), await on_record(prompted, "report.corrected")
    assert (first.by, then.by) == ("larvik-sjef", "larvik-sjef")
    assert first.subject == then.subject
    assert first.details["before"] == {}
    assert then.details["before"] == {"situasjon": "yellow", "overliggere": 3}
    assert then.details["after"] == {"situasjon": "red", "overliggere": 4}
    assert then.details["texts"] == ["behov"]
    assert "senger" not in str([first, then])


async def test_the_coordinator_reads_it_in_words(prompted: Town) -> None:
    await prompted.answers("larvik-sjef", **MUNICIPALITY)
    larvik = prompted["larvik-sjef"]
    await larvik.says("status")
    await larvik.presses(larvik.last_card, "status.submit", **MUNICIPALITY | {"overliggere": "4", "situasjon": "red"})
    [form] = await prompted.boss.says("nivå")
    await prompted.boss.presses(form, "level.set", level="red", note="Fullt på medisin")
    [log] = await prompted.boss.says("logg")
    assert log.title == "Hva som er endret"
    for line in (
        "27.11.2023 kl. 09.00 · Samhandlingssjef SiV: Satte beredskapsnivået. Beredskap: gul → rød; "
        "Merknad: Fullt på medisin",
        "27.11.2023 kl. 09.00 · Kommunalsjef Larvik: Rettet svaret på status (Larvik kommune). "
        "Samlet situasjon: gul → rød; Overliggere: 3 → 4",
        "23.11.2023 kl. 09.00 · Samhandlingssjef SiV: Startet krevende drift. "
        "Årsak: stor innstrømming, krevende bemanning; Beredskap: gul; Første møte: 28.11.2023",
        "23.11.2023 kl. 09.00 · Samhandlingssjef SiV: Koblet til en kanal. Navn: Samhandling",
        "23.11.2023 kl. 09.00 · Automatisk: Leste inn personene i helsefellesskapet.",
    ):
        assert line in log.text, log.text
    assert log.text.index("Satte beredskapsnivået") < log.text.index("Startet krevende drift")


async def test_each_language_has_its_own_words(prompted: Town) -> None:
    titles = {"nb": ("logg", "Hva som er endret"), "nn": ("logg", "Kva som er endra"), "en": ("log", "What has been")}
    for language in LANGUAGES:
        command, title = titles[language]
        await prompted.boss.says(f"språk {language}")
        [log] = await prompted.boss.says(command)
        assert title in log.text
    assert "Chose a language" in log.text
    assert "Language: nn → en" in log.text


async def test_older_changes_are_a_press_away_and_nothing_is_shown_twice(prompted: Town) -> None:
    for n in range(20):
        [form] = await prompted.boss.says("nivå")
        level = ("red", "yellow")[n % 2]
        await prompted.boss.presses(form, "level.set", level=level, note=f"Nr. {n}.")
    [log] = await prompted.boss.says("logg")
    assert "Nr. 19." in log.text
    assert "Nr. 8." in log.text
    assert "Nr. 7." not in log.text
    await prompted.boss.presses(log, "audit.more")
    assert "Nr. 8." not in log.text
    assert "Nr. 7." in log.text
    assert "Startet krevende drift" in log.text
    assert log.actions == ["audit.log"]
    await prompted.boss.presses(log, "audit.log")
    assert "Nr. 19." in log.text


async def test_a_place_to_go_on_from_that_is_none_gives_the_newest(prompted: Town) -> None:
    for before in (0, -5, "1; drop table audit", True, None, 2**80, {"a": 1}):
        action = {"type": "Action.Execute", "verb": "audit.more", "data": {"action": "audit.more", "before": before}}
        boss = prompted.boss
        status, answer = await boss.sends(boss.activity("invoke", name="adaptiveCard/action", value={"action": action}))
        assert status == 200
        assert "Startet krevende drift" in str(answer["value"])


async def test_nobody_else_reads_it(prompted: Town) -> None:
    for key in ("larvik-sjef", "sekretariat", "leder-pko"):
        for command in ("logg", "log"):
            [answer] = await prompted[key].says(command)
            assert "Samhandlingssjef SiV" in answer.text
            assert "Startet" not in answer.text


async def test_in_a_channel_it_goes_to_the_coordinator_alone(prompted: Town) -> None:
    [answer] = await prompted.boss.says("logg", where=prompted.channel)
    assert "Startet" not in answer.text
    assert "Startet krevende drift" in prompted.boss.last.text


async def test_an_identity_number_never_comes_on_record(prompted: Town) -> None:
    number = identity_number()
    await prompted.answers("larvik-sjef", **MUNICIPALITY, behov=f"Gjelder {number}")
    [form] = await prompted.boss.says("nivå")
    await prompted.boss.presses(form, "level.set", level="red", note=number)
    async with prompted.product.product.store.read("vestfold") as work:
        assert number not in str([entry async for entry in work.audit.all()])


async def test_the_end_of_a_period_is_on_record_with_the_meetings_that_fell_away(started: Town) -> None:
    [ask] = await started.boss.says("avslutt")
    await started.boss.presses(ask, "period.end")
    entry = await on_record(started, "period.ended")
    assert entry.by == "samhandlingssjef"
    assert entry.details["cancelled_meetings"] == [
        "2023-11-28", "2023-12-05", "2023-12-12", "2023-12-19",
        "2024-01-02", "2024-01-09", "2024-01-16", "2024-01-23",
    ]  # fmt: skip


async def test_a_clinics_many_figures_do_not_drown_the_rest(prompted: Town) -> None:
    await prompted.answers("medisin-sjef", **clinic(larvik=4))
    [log] = await prompted.boss.says("logg")
    assert "Belegg: 92,5; " in log.text
    assert "; og én til" in log.text
    entry = await on_record(prompted, "report.answered")
    assert len(entry.details["after"]) == 9  # type: ignore[arg-type]


async def test_a_meeting_called_by_hand_is_on_record_with_its_time(prompted: Town) -> None:
    [form] = await prompted.boss.says("runde nå")
    await prompted.boss.presses(form, "round.start", date="2023-11-29", start="14:00")
    called = await on_record(prompted, "meeting.called")
    made = await prompted.product.round_of("2023-11-29")
    assert (called.by, called.subject) == ("samhandlingssjef", f"round:{made['id']}")
    assert called.details["meeting_at"] == "2023-11-29T13:00:00+00:00"
