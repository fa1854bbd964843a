"""What is compared, who is asked, when, and what came of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.differences import (
    LONGEST_BECAUSE,
    SETTLED_AFTER,
    Difference,
    Figures,
    Question,
    Reason,
    Side,
    Stand,
    Wrong,
    compared,
    differences,
    read_stand,
    ready_at,
    touched,
)
from domain.reports import StatusReport
from domain.summary import discrepancies
from tests.builders import (
    CLINICS_WITH_BEDS,
    MUNICIPALITIES,
    identity_number,
    local,
    report,
    reports,
    round_,
    vestfold,
    waiting,
)

VESTFOLD = vestfold()
NINE = local(2023, 11, 27, 9)


def answers(larvik: int = 3, medisin: int = 3, kirurgi: int = 1) -> dict[str, StatusReport]:
    """Everybody has answered; nobody waits for another municipality than Larvik."""
    towns = {key: {"overliggere": larvik if key == "larvik" else 0} for key in MUNICIPALITIES}
    clinics = {key: waiting() for key in CLINICS_WITH_BEDS}
    clinics |= {"medisin": waiting(larvik=medisin), "kirurgi": waiting(larvik=kirurgi)}
    return reports({**towns, **clinics})


def of_larvik(found: list[Figures]) -> Figures:
    return next(figures for figures in found if figures.municipality == "larvik")


def question(known: dict[str, StatusReport]) -> Question:
    return Question("round-1", NINE, of_larvik(compared(VESTFOLD, known)))


def stand(unit: str = "larvik", figure: int = 3, revision: int = 1) -> Stand:
    return Stand("round-1", "larvik", "overliggere", unit, revision, figure, Reason.RESIDENCE, "", f"{unit}-sjef", NINE)


def now(known: dict[str, StatusReport], *stands: Stand, asked: dict[str, StatusReport] | None = None) -> Difference:
    [found] = differences(VESTFOLD, known, [question(asked or answers())], stands)
    return found


def test_the_figures_of_both_sides_are_compared_once_all_have_answered() -> None:
    known = answers()
    found = compared(VESTFOLD, known)
    assert [figures.municipality for figures in found] == list(MUNICIPALITIES)
    larvik = of_larvik(found)
    assert (larvik.own, larvik.hospital, larvik.differ) == (3, 4, True)
    del known["kpa"]
    assert compared(VESTFOLD, known) == []


@given(st.dictionaries(st.sampled_from((*MUNICIPALITIES, *CLINICS_WITH_BEDS)), st.integers(0, 9)))
def test_what_differs_is_what_the_summary_calls_a_discrepancy(counts: dict[str, int]) -> None:
    values = {
        key: {"overliggere": n} if key in MUNICIPALITIES else waiting(larvik=n, horten=n // 2)
        for key, n in counts.items()
    }
    known = reports(values)
    told = [(d.unit, d.municipality, d.hospital) for d in discrepancies(VESTFOLD, known).found]
    assert [(f.municipality, f.own, f.hospital) for f in compared(VESTFOLD, known) if f.differ] == told


def test_those_who_report_patients_are_asked_and_all_clinics_if_none_does() -> None:
    assert of_larvik(compared(VESTFOLD, answers())).put_to == ("larvik", "medisin", "kirurgi")
    nobody = of_larvik(compared(VESTFOLD, answers(medisin=0, kirurgi=0)))
    assert nobody.put_to == ("larvik", *CLINICS_WITH_BEDS)


@pytest.mark.parametrize(
    ("last", "ready"),
    [
        (local(2023, 11, 27, 9), local(2023, 11, 27, 9, 10)),
        (local(2023, 11, 28, 11, 55), local(2023, 11, 28, 12)),
        (local(2023, 11, 28, 12), local(2023, 11, 28, 12, 10)),
        (local(2023, 11, 28, 15), local(2023, 11, 28, 15, 10)),
    ],
)
def test_a_difference_is_asked_about_when_it_has_settled_or_at_the_deadline(last: datetime, ready: datetime) -> None:
    known = {key: replace(r, answered_at=last - timedelta(hours=2)) for key, r in answers().items()}
    known["kirurgi"] = replace(known["kirurgi"], answered_at=last)
    assert ready_at(of_larvik(compared(VESTFOLD, known)), known, round_()) == ready


@given(st.lists(st.integers(0, 60 * 30), min_size=10, max_size=10))
def test_nobody_is_asked_before_the_last_answer_nor_more_than_ten_minutes_after(minutes: list[int]) -> None:
    opened = round_().opens_at
    at = [opened + timedelta(minutes=m) for m in minutes]
    known = {key: replace(r, answered_at=when) for (key, r), when in zip(answers().items(), at, strict=True)}
    figures = of_larvik(compared(VESTFOLD, known))
    last = max(known[unit].answered_at for unit in (figures.municipality, *figures.clinics))
    assert last < ready_at(figures, known, round_()) <= last + SETTLED_AFTER


def test_a_new_answer_touches_the_municipalities_whose_figures_it_changes() -> None:
    larvik, medisin, prehospital = (VESTFOLD.unit(key) for key in ("larvik", "medisin", "prehospital"))
    before = report("medisin", waiting(larvik=3))
    assert touched(VESTFOLD, medisin, None, before) == list(MUNICIPALITIES)
    assert touched(VESTFOLD, medisin, before, report("medisin", waiting(larvik=2, horten=1))) == ["horten", "larvik"]
    assert touched(VESTFOLD, medisin, before, report("medisin", waiting(larvik=3) | {"belegg": 99.0})) == []
    assert touched(VESTFOLD, larvik, None, report("larvik", {"overliggere": 3})) == ["larvik"]
    assert touched(VESTFOLD, prehospital, None, report("prehospital", {"situasjon": "green"})) == []


def test_nothing_has_come_of_a_question_that_nobody_answered() -> None:
    found = now(answers())
    assert (found.outcomes, found.is_open) == ((), True)


def test_a_corrected_figure_is_seen_by_itself() -> None:
    found = now(answers(larvik=4))
    [outcome] = found.outcomes
    assert (outcome.unit, outcome.side, outcome.corrected) == ("larvik", Side.MUNICIPALITY, (3, 4))
    assert not found.figures.differ
    assert not found.is_open


def test_it_is_open_until_both_sides_have_said_something() -> None:
    assert now(answers(), stand()).is_open
    assert not now(answers(), stand(), stand("medisin")).is_open
    assert not now(answers(kirurgi=2), stand()).is_open


def test_a_word_holds_for_its_figure_and_the_newest_counts() -> None:
    assert now(answers(larvik=5), stand(figure=3)).outcomes[0].stand is None
    both = now(answers(larvik=5), stand(figure=3), stand(figure=5, revision=2)).outcomes[0]
    assert (both.corrected, both.stand and both.stand.revision) == ((3, 5), 2)


def test_what_was_never_asked_has_no_outcome() -> None:
    assert differences(VESTFOLD, answers(), [], [stand()]) == ()


@pytest.mark.parametrize(
    ("reason", "because", "mistakes"),
    [
        ("bosted", "", {}),
        ("", "Telt i går", {}),
        ("annet", "Telt i går", {}),
        ("annet", "", {"because": Wrong.WORDS_NEEDED}),
        ("", "  ", {"because": Wrong.REQUIRED}),
        ("vær", "", {"reason": Wrong.NOT_A_CHOICE}),
        ("bosted", "x" * LONGEST_BECAUSE, {}),
        ("bosted", "x" * (LONGEST_BECAUSE + 1), {"because": Wrong.TOO_LONG}),
        ("bosted", f"Pasient {identity_number()}", {"because": Wrong.IDENTITY_NUMBER}),
    ],
)
def test_why_a_figure_stands(reason: str, because: str, mistakes: dict[str, Wrong]) -> None:
    form = read_stand({"reason": reason, "because": because})
    assert form.mistakes == mistakes
    assert identity_number() not in str(form.typed)
