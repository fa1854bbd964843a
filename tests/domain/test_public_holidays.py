"""Norway's public holidays: the same as those of the package that follows the laws of every country."""

from __future__ import annotations

from datetime import date

import holidays
import pytest

from domain.public_holidays import public_holidays


@pytest.mark.parametrize("year", range(1948, 2101))
def test_they_are_those_that_the_package_of_all_countries_knows(year: int) -> None:
    assert public_holidays(year) == dict(holidays.country_holidays("NO", years=year, language="no"))


def test_two_holidays_on_one_day_are_both_named() -> None:
    assert public_holidays(2027)[date(2027, 5, 17)] == "Andre pinsedag; Grunnlovsdag"


def test_24_and_31_december_are_no_public_holidays() -> None:
    assert not {date(2024, 12, 24), date(2024, 12, 31)} & public_holidays(2024).keys()


@pytest.mark.parametrize("year", [1, 9999])
def test_whatever_year_somebody_writes_has_them(year: int) -> None:
    assert {day.year for day in public_holidays(year)} == {year}
