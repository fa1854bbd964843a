"""How much is tried is what it is said to be."""

from __future__ import annotations

from bot.api import description
from tests.fuzz.amount import CASES, NIGHT


def test_five_hundred_cases_are_tried_in_the_tests_and_twenty_thousand_in_the_night() -> None:
    operations = len(description()["paths"])
    each = sum(CASES.values()) + CASES["api"] * (operations - 1)
    assert each >= 500
    assert each * NIGHT >= 20_000
