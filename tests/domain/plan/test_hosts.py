"""Whose turn it is to host."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.plan.hosts import in_turn
from domain.plan.meeting import Meeting

TURNS = ("SiV", "horten", "SiV", "tonsberg")


def meetings(*hosts: str | None) -> list[Meeting]:
    days = [date(2024, 1, 4) + timedelta(days=28 * n) for n in range(len(hosts))]
    return [Meeting("SSU", day, day, host=host) for day, host in zip(days, hosts, strict=True)]


def turns(*hosts: str | None) -> list[tuple[str, ...]]:
    return [found for _, found in in_turn(TURNS, meetings(*hosts))]


def test_the_first_host_decides_where_the_turn_begins() -> None:
    assert turns("horten", None, None, None) == [(), ("SiV",), ("tonsberg",), ("SiV",)]


def test_after_one_that_stands_there_twice_there_are_two_who_may_follow() -> None:
    assert turns("siv", None) == [(), ("horten", "tonsberg")]
    assert turns("SiV", "tonsberg", None, None) == [(), ("horten", "tonsberg"), ("SiV",), ("horten",)]


def test_before_any_host_is_given_it_is_nobodys_turn() -> None:
    assert turns(None, None) == [(), ()]


def test_a_host_out_of_turn_takes_the_place_of_whose_turn_it_was() -> None:
    assert turns("horten", "larvik", None) == [(), ("SiV",), ("tonsberg",)]


def test_without_turns_nobody_is_expected() -> None:
    assert list(in_turn((), meetings("SiV", None))) == []


@given(st.lists(st.sampled_from([*TURNS, "larvik", None]), max_size=12))
def test_each_meeting_has_its_answer_and_only_those_of_the_turn_are_named(hosts: list[str | None]) -> None:
    found = turns(*hosts)
    assert len(found) == len(hosts)
    assert {host for each in found for host in each} <= set(TURNS)
