"""Signed addresses: only what we made, for what it was made for, until it expires."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.addresses import DAY, SERVED, Addresses
from dialogs.card import Reference

KEY = b"a key for tests"
TREND = Reference("trend", "vestfold", "r1.nb")


def made(key: bytes = KEY, url: str = "https://bot.example.no") -> Addresses:
    return Addresses(key, url)


def later(seconds: int = 60) -> int:
    return int(time.time()) + seconds


def token_of(address: str | None) -> str:
    assert address is not None
    return address.rsplit("/", 1)[1].removesuffix(".png").removesuffix(".ics")


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40), st.text(max_size=80))
def test_what_is_signed_is_read_again_and_stands_in_an_address_as_it_is(community: str, subject: str) -> None:
    try:
        subject.encode()
    except UnicodeEncodeError:
        return
    token = made().token("trend", community, subject, later())
    assert re.fullmatch(r"[A-Za-z0-9_-]+", token)
    if len(token) <= 600:
        assert made().read("trend", token) == (community, subject)


def test_an_address_leads_to_the_thing_from_everywhere_and_from_the_own_pages() -> None:
    url, path = made().url(TREND), made().path(TREND)
    assert url == f"https://bot.example.no{path}"
    assert path is not None
    assert path.startswith("/pictures/")
    assert path.endswith(".png")
    assert made().read("trend", token_of(url)) == ("vestfold", "r1.nb")


def test_an_address_is_short_and_the_same_all_day() -> None:
    url = made().url(TREND)
    assert url is not None
    assert len(url) < 120
    assert url == made().url(TREND)


@pytest.mark.parametrize("kind", SERVED)
def test_an_address_holds_for_its_time_and_not_for_ever(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    token = token_of(made().path(Reference(kind, "vestfold", "x")))
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + SERVED[kind].lasts)
    assert made().read(kind, token) is not None
    monkeypatch.setattr(time, "time", lambda: now + SERVED[kind].lasts + DAY)
    assert made().read(kind, token) is None


def test_how_long_it_still_holds_is_told() -> None:
    known = made().expiring("trend", made().token("trend", "vestfold", "x", later(100)))
    assert known is not None
    assert known[:2] == ("vestfold", "x")
    assert 95 <= known[2] <= 100


def test_a_token_opens_only_what_it_was_made_for() -> None:
    token = made().token("trend", "vestfold", "x", later())
    assert made().read("document", token) is None
    assert made(b"another key").read("trend", token) is None


@given(st.data())
def test_a_token_that_was_changed_anywhere_is_not_ours(data: Any) -> None:
    token = made().token("trend", "vestfold", "r1", later())
    at = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"))
    changed = token[:at] + other + token[at + 1 :]
    assert (made().read("trend", changed) is None) == (changed != token)


@given(st.one_of(st.text(max_size=60), st.binary(max_size=60).map(lambda b: b.hex())))
def test_whatever_else_comes_is_refused(token: str) -> None:
    assert made().read("trend", token) is None


def test_a_token_longer_than_any_of_ours_is_refused() -> None:
    assert made().read("trend", made().token("trend", "vestfold", "x" * 1000, later())) is None


def test_without_a_key_there_are_no_addresses_and_none_is_read() -> None:
    without = made(b"")
    assert without.path(TREND) is None
    assert without.url(TREND) is None
    assert without.read("trend", without.token("trend", "vestfold", "x", later())) is None


def test_without_a_public_address_only_the_own_pages_have_them() -> None:
    assert made(url="").url(TREND) is None
    assert made(url="").path(TREND) is not None
