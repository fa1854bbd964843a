"""The evaluation: what a form may hold, when it is reminded of and closed, and what may be told of the answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.evaluation import (
    FIELDS,
    LONGEST_TEXT,
    Evaluation,
    EvaluationAnswer,
    FreeText,
    Question,
    Wrong,
    read_evaluation,
    result_of,
    times,
)
from domain.working_time import is_day_off
from tests.builders import OSLO, identity_number, local

ENDED = local(2024, 1, 23, 17)
OPEN = Evaluation("period-1", ENDED, local(2024, 2, 6, 15))
CLOSED = Evaluation("period-1", ENDED, local(2024, 2, 6, 15), closed_at=local(2024, 2, 6, 15))


def answer(score: int, worked: str = "") -> EvaluationAnswer:
    texts = {FreeText.WORKED: worked} if worked else {}
    return EvaluationAnswer(dict.fromkeys(Question, score), texts)


# The form


def test_five_questions_and_two_free_texts() -> None:
    assert (len(Question), len(FreeText), len(FIELDS)) == (5, 2, 7)


def test_a_whole_form_is_read() -> None:
    scores = {str(question): str(n) for n, question in enumerate(Question, 1)}
    read = read_evaluation({**scores, "worked": "  Korte møter ", "change": "Færre\nspørsmål", "period": "x"})
    assert read.answer is not None
    assert list(read.answer.scores.values()) == [1, 2, 3, 4, 5]
    assert read.answer.texts == {FreeText.WORKED: "Korte møter", FreeText.CHANGE: "Færre\nspørsmål"}


def test_what_does_not_concern_one_may_be_left_out() -> None:
    read = read_evaluation({"useful": "4", "reporting": ""})
    assert read.answer == EvaluationAnswer({Question.USEFUL: 4}, {})


@pytest.mark.parametrize(
    ("inputs", "wrong"),
    [
        ({}, {"useful": Wrong.NOTHING}),
        ({"useful": "  "}, {"useful": Wrong.NOTHING}),
        ({"useful": "0"}, {"useful": Wrong.NOT_ON_SCALE}),
        ({"useful": "6", "worked": "Greit"}, {"useful": Wrong.NOT_ON_SCALE}),
        ({"frequency": "4,5"}, {"frequency": Wrong.NOT_ON_SCALE}),
        ({"frequency": "enig"}, {"frequency": Wrong.NOT_ON_SCALE}),
        ({"frequency": "٤"}, {"frequency": Wrong.NOT_ON_SCALE}),
        ({"frequency": True}, {"useful": Wrong.NOTHING}),
        ({"change": "a" * (LONGEST_TEXT + 1)}, {"change": Wrong.TOO_LONG}),
        ({"useful": "9", "change": "a" * 1001}, {"useful": Wrong.NOT_ON_SCALE, "change": Wrong.TOO_LONG}),
    ],
)
def test_each_mistake_is_told_at_its_field(inputs: Mapping[str, object], wrong: Mapping[str, Wrong]) -> None:
    read = read_evaluation(inputs)
    assert (read.answer, read.mistakes) == (None, wrong)


@pytest.mark.parametrize("field", FIELDS)
def test_an_identity_number_is_refused_in_every_field_and_never_shown_again(field: str) -> None:
    read = read_evaluation({"useful": "4", "worked": "Bra", field: f"Pasient {identity_number()}"})
    assert read.mistakes[field] is Wrong.IDENTITY_NUMBER
    assert field not in read.typed
    assert read.typed[{"useful": "worked"}.get(field, "useful")]


@given(st.dictionaries(st.sampled_from(FIELDS), st.text() | st.integers() | st.floats() | st.none() | st.booleans()))
def test_any_input_is_either_read_or_refused_with_everything_kept(inputs: Mapping[str, object]) -> None:
    read = read_evaluation(inputs)
    assert (read.answer is None) == bool(read.mistakes)
    assert set(read.mistakes) <= set(FIELDS)
    if read.answer is not None:
        assert all(1 <= score <= 5 for score in read.answer.scores.values())
        assert all(0 < len(text) <= LONGEST_TEXT for text in read.answer.texts.values())


# When


def test_reminders_after_three_and_six_working_days_and_the_close_after_ten() -> None:
    found = times(ENDED, OSLO)
    assert found.reminders == (local(2024, 1, 26, 9), local(2024, 1, 31, 9))
    assert found.closes_at == local(2024, 2, 6, 15)


def test_holidays_are_no_working_days() -> None:
    found = times(local(2024, 3, 25, 17), OSLO)  # Monday before Easter: 28 March to 1 April are off
    assert found.reminders == (local(2024, 4, 2, 9), local(2024, 4, 5, 9))
    assert found.closes_at == local(2024, 4, 11, 15)


@given(st.datetimes(datetime(2020, 1, 1), datetime(2035, 12, 31)))  # noqa: DTZ001 - made aware below
def test_what_falls_due_is_at_its_local_time_on_working_days_across_every_clock_change(ended: datetime) -> None:
    found = times(ended.replace(tzinfo=OSLO), OSLO)
    moments = [*found.reminders, found.closes_at]
    assert moments == sorted(moments)
    assert [m.astimezone(OSLO).time() for m in moments] == [time(9), time(9), time(15)]
    days: list[date] = [m.astimezone(OSLO).date() for m in moments]
    assert not any(is_day_off(day) for day in days)
    between = [ended.date() + timedelta(days=n) for n in range(1, (days[-1] - ended.date()).days + 1)]
    assert sum(not is_day_off(day) for day in between) == 10


# What may be told


def test_averages_and_distributions_when_three_have_answered() -> None:
    found = result_of(CLOSED, 9, [answer(5), answer(4), answer(4)])
    assert (found.invited, found.answered, found.too_few) == (9, 3, False)
    assert {(score.average, score.distribution) for score in found.scores} == {(4.33, (0, 0, 0, 2, 1))}


@pytest.mark.parametrize("count", [0, 1, 2])
def test_fewer_than_three_answers_tell_nothing_but_how_many(count: int) -> None:
    found = result_of(CLOSED, 9, [answer(1, "Jeg heter Kari")] * count)
    assert (found.answered, found.too_few, found.scores, found.texts) == (count, True, (), {})


def test_a_question_that_few_answered_tells_nothing_though_the_others_do() -> None:
    some = EvaluationAnswer({Question.USEFUL: 5}, {})
    found = {score.question: score for score in result_of(CLOSED, 9, [some, some, answer(3)]).scores}
    assert found[Question.USEFUL].average == 4.33
    assert (found[Question.REPORTING].average, found[Question.REPORTING].distribution) == (None, None)


def test_while_it_is_open_nothing_is_told_that_would_show_the_last_ones_answer() -> None:
    found = result_of(OPEN, 9, [answer(5, "Bra")] * 8)
    assert (found.answered, found.too_few, found.scores, found.texts) == (8, False, (), {})


def test_the_texts_stand_in_the_same_order_whoever_came_first() -> None:
    answers = [answer(n, text) for n, text in enumerate(["Først", "Så", "Til sist", "Først"], 1)]
    orders = {result_of(CLOSED, 9, list(some)).texts[FreeText.WORKED] for some in permutations(answers)}
    assert len(orders) == 1
    assert sorted(orders.pop()) == ["Først", "Først", "Så", "Til sist"]
