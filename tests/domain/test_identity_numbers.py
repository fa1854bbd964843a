"""Identity numbers are found however they are written. Every number here is made, none is known."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.identity_numbers import contains_identity_number, is_identity_number, masks
from tests.builders import identity_number

PROPERTY = settings(deadline=None, max_examples=200)

STYLES = {
    "in one": "{d}{m}{y}{i}{k}",
    "space": "{d}{m}{y} {i}{k}",
    "dash": "{d}{m}{y}-{i}{k}",
    "point": "{d}{m}{y}.{i}{k}",
    "slash": "{d}{m}{y}/{i}{k}",
    "underscore": "{d}{m}{y}_{i}{k}",
    "colon": "{d}{m}{y}: {i}{k}",
    "comma": "{d}{m}{y}, {i}{k}",
    "spaced dash": "{d}{m}{y} - {i}{k}",
    "two spaces": "{d}{m}{y}  {i}{k}",
    "no-break space": "{d}{m}{y}\u00a0{i}{k}",
    "thin space": "{d}{m}{y}\u2009{i}{k}",
    "en dash": "{d}{m}{y}–{i}{k}",
    "em dash": "{d}{m}{y} — {i}{k}",
    "minus": "{d}{m}{y}−{i}{k}",
    "no-break hyphen": "{d}{m}{y}\u2011{i}{k}",
    "middle dot": "{d}·{m}·{y}·{i}{k}",
    "cells of a table": "{d}{m}{y}\t{i}{k}",
    "two lines": "{d}{m}{y}\r\n{i}{k}",
    "date with points": "{d}.{m}.{y} {i}{k}",
    "date with points and spaces": "{d}. {m}. {y} {i}{k}",
    "date with slash and dash": "{d}/{m}-{y} {i}{k}",
    "date with slashes": "{d}/{m}/{y} {i}{k}",
    "date with dashes": "{d}-{m}-{y}-{i}{k}",
    "date with en dashes": "{d}–{m}–{y}–{i}{k}",
    "date with underscores": "{d}_{m}_{y}_{i}_{k}",
    "date in cells": "{d}\t{m}\t{y}\t{i}\t{k}",
    "in pairs": "{d} {m} {y} {i} {k}",
    "serial apart": "{d}{m}{y} {i} {k}",
    "points throughout": "{d}.{m}.{y}.{i}.{k}",
    "year in full": "{d}.{m}.19{y} {i}{k}",
    "year in full, dash": "{d}{m}20{y}-{i}{k}",
    "year in full, spaces": "{d} {m} 19{y} {i} {k}",
}


def written(number: str, style: str) -> str:
    return style.format(d=number[:2], m=number[2:4], y=number[4:6], i=number[6:9], k=number[9:])


@st.composite
def numbers(draw: st.DrawFn) -> str:
    """Any kind: fødselsnummer, D-number (day + 40), H- and synthetic (month + 40, + 65, + 80), either check rule."""
    born = draw(st.dates(date(1900, 1, 1), date(2039, 12, 31)))
    day = born.day + draw(st.sampled_from([0, 40]))
    month = born.month + draw(st.sampled_from([0, 40, 65, 80]))
    nine = f"{day:02d}{month:02d}{born.year % 100:02d}{draw(st.integers(0, 999)):03d}"
    return identity_number(nine, draw(st.integers(0, 3)))


@pytest.mark.parametrize(
    ("kind", "nine"),
    [
        ("fødselsnummer", "310199123"),
        ("D-number", "710199123"),
        ("H-number", "314199123"),
        ("synthetic, Skatteetaten", "318199123"),
        ("synthetic, NAV", "316699123"),
        ("synthetic, December", "319299123"),
        ("synthetic D-number", "718199123"),
        ("leap day", "290200500"),
        ("unborn", "010132500"),
    ],
)
@pytest.mark.parametrize("remainder", range(4))
def test_every_kind_of_number_is_known_also_by_the_rule_from_2032_on(kind: str, nine: str, remainder: int) -> None:
    number = identity_number(nine, remainder)
    assert is_identity_number(number), kind
    assert contains_identity_number(number), kind


@pytest.mark.parametrize("style", STYLES.values(), ids=list(STYLES))
def test_a_number_is_found_however_it_is_written(style: str) -> None:
    assert contains_identity_number(written(identity_number(), style))


@pytest.mark.parametrize(
    "groups", [(4, 4, 3), (3, 3, 3, 2), (3, 3, 5), (5, 6), (1,) * 11, (2, 2, 2, 2, 2, 1), (4, 2, 5), (8, 3)], ids=str
)
def test_a_number_is_found_in_groups_of_any_size(groups: tuple[int, ...]) -> None:
    number, parts = identity_number(), []
    for size in groups:
        parts.append(number[:size])
        number = number[size:]
    assert contains_identity_number(" ".join(parts))
    assert contains_identity_number("\u00a0".join(parts))


@pytest.mark.parametrize(
    "zero", ["０", "٠", "०", "𝟎", "𝟘"], ids=["full width", "Arabic", "Devanagari", "bold", "double-struck"]
)
def test_digits_of_any_script_count(zero: str) -> None:
    number = "".join(chr(ord(zero) + int(digit)) for digit in identity_number())
    assert contains_identity_number(number)
    assert contains_identity_number(f"fnr {number[:6]} {number[6:]}")


@pytest.mark.parametrize(
    "hidden", ["\u200b", "\u200d", "\ufeff", "\u00ad", "\u2060", "\u200e", "\ufe0f\u20e3", "\u0332", "\x00"], ids=ascii
)
def test_what_cannot_be_seen_hides_no_number(hidden: str) -> None:
    number = identity_number()
    assert contains_identity_number(hidden.join(number))
    assert contains_identity_number(f"{number[:6]}{hidden} {hidden}{number[6:]}")


@pytest.mark.parametrize(
    "sentence",
    [
        "Pasient {} trenger plass",
        "pasient{}trenger",
        "fnr:{}.",
        "({})",
        '"{}"',
        "født {}, bor i Larvik",
        "nr. 3: {}",
        "rom 12, {}",
        "12 {} 34",
        "3 senger\n{}\n4 senger",
        "_{}_",
        "https://example.org/p/{}/x",
        "<b>{}</b>",
        "ø{}å",
    ],
)
@pytest.mark.parametrize("style", ["in one", "space", "date with points", "in pairs"])
def test_a_number_is_found_inside_a_sentence_and_next_to_letters(sentence: str, style: str) -> None:
    assert contains_identity_number(sentence.format(written(identity_number(), STYLES[style])))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "To ekstra korttidsplasser fra mandag",
        "33 34 20 00",
        "+47 33 34 20 00",
        "0047 33 34 20 00",
        "33342000 / 33342001",
        "33 34 20 00, 33 34 20 01 og 91 23 45 67",
        "Org.nr. 987 654 325",
        "NO987654325MVA",
        "28.11.2023",
        "28.11.2023 kl. 16:00–17:00",
        "2023-11-28T16:00:00+01:00",
        "28.11.23 og 05.12.23",
        "27.11-3.12.2023",
        "uke 48, 27.11.–01.12.2023",
        "88 128 kr per døgn, 5508 x 16",
        "1 234 567 890",
        "3, 0, 12, 4, 2, 11, 8",
        "10.0.12.1",
        "3111 Tønsberg, 3256 Larvik, 3044 Drammen",
        "12345 678901",
        "00000000000",
        "99999999999",
    ],
)
def test_phone_numbers_dates_sums_and_organisation_numbers_are_none(text: str) -> None:
    assert not contains_identity_number(text)


@given(st.sampled_from(sorted(STYLES)), numbers(), st.text("abcæøåXYZ .,;:!?()[]\n\t\"'🙂\u00a0\u200b", max_size=20))
@PROPERTY
def test_any_number_in_any_style_inside_any_text_is_found(style: str, number: str, around: str) -> None:
    assert contains_identity_number(f"{around}{written(number, STYLES[style])}{around[::-1]}")


@given(numbers(), st.text(max_size=30), st.text(max_size=30))
@PROPERTY
def test_a_number_between_letters_is_found_whatever_else_is_said(number: str, before: str, after: str) -> None:
    assert contains_identity_number(f"{before}x{number}x{after}")


@given(numbers(), st.text("0123456789", max_size=15), st.text("0123456789", max_size=15))
@PROPERTY
def test_a_longer_run_of_digits_is_no_identity_number_although_one_is_in_it(
    number: str, before: str, after: str
) -> None:
    if before or after:
        assert not contains_identity_number(f"KID {before}{number}{after}.")


@given(st.integers(0, 10**9 - 1).map(lambda n: f"{n:09d}"), st.sampled_from(["", " "]))
@PROPERTY
def test_an_organisation_number_is_never_refused(digits: str, between: str) -> None:
    assert not contains_identity_number(between.join(re.findall("...", digits)))


@given(numbers(), st.integers(0, 10), st.integers(1, 9))
@PROPERTY
def test_a_wrong_digit_in_the_second_check_is_told_from_a_right_one(number: str, place: int, more: int) -> None:
    digit = (int(number[place]) + more) % 10
    assert not is_identity_number(f"{number[:place]}{digit}{number[place + 1 :]}")


@pytest.mark.parametrize(
    "date_of_birth",
    ["000190", "320190", "400190", "720190", "990190", "010090", "011390", "014090", "015390", "019390"],
)
def test_without_a_possible_date_it_is_none(date_of_birth: str) -> None:
    assert not any(contains_identity_number(identity_number(f"{date_of_birth}{n:03d}")) for n in range(0, 1000, 37))


@given(st.text())
@PROPERTY
def test_any_text_can_be_looked_at(text: str) -> None:
    assert contains_identity_number(text) in (True, False)


def test_only_values_without_a_number_may_be_shown_again() -> None:
    number = identity_number()
    assert masks({"a": "ja", "b": number, "c": f"{number[:6]} {number[6:]}", "d": ""}) == {"a": "ja", "d": ""}


def test_a_long_text_is_read_in_no_time() -> None:
    for piece in ("1 ", "01.", "0 1 0 1 9 0 ", "010190-", "1", "_", "12.12.1990 "):
        assert not contains_identity_number(piece * (20_000 // len(piece)))
