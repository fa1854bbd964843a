"""Words, dates and numbers in the reader's language.

The words stand in `texts/<language>/*.toml`; a key is the file's name and the path in it (`status.prompt.title`).
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_skeleton, get_day_names
from babel.lists import format_list
from babel.numbers import format_decimal

TEXTS = Path(__file__).parent / "texts"


@lru_cache
def catalogue(language: str) -> Mapping[str, str]:
    """Every text of a language by its key."""
    found: dict[str, str] = {}
    for file in sorted((TEXTS / language).glob("*.toml")):
        _flatten(file.stem, tomllib.loads(file.read_text(encoding="utf-8")), found)
    return found


def _flatten(path: str, node: Mapping[str, Any], into: dict[str, str]) -> None:
    for key, value in node.items():
        if isinstance(value, str):
            into[f"{path}.{key}"] = value
        else:
            _flatten(f"{path}.{key}", value, into)


@lru_cache
def _locale(language: str) -> Locale:
    return Locale.parse({"en": "en_GB"}.get(language, language))


@lru_cache(maxsize=4096)
def _number(value: float, language: str) -> str:
    """A large summary writes hundreds of numbers, the same ones again and again."""
    return str(format_decimal(value, locale=_locale(language)))


class Speech:
    """One reader's language and zone. `say("status.thanks", unit="Larvik")` gives the sentence."""

    def __init__(self, language: str, zone: ZoneInfo) -> None:
        self.language = language
        self.zone = zone
        self._texts = catalogue(language)
        self._locale = _locale(language)

    def say(self, text: str, /, **values: object) -> str:
        return self._texts[text].format(**values)

    def many(self, text: str, count: float, /, **values: object) -> str:
        """The form of the text for that number (`one`, `other`); the number is `{count}`."""
        form = "one" if count == 1 else "other"
        return self.say(f"{text}.{form}", count=self.number(count), **values)

    def number(self, value: float) -> str:
        return _number(value, self.language)

    def decimals(self, value: float) -> str:
        """0,10: two decimals, so that figures below each other can be compared"""
        return str(format_decimal(value, "#,##0.00", locale=self._locale))

    def signed(self, value: float) -> str:
        """A change: +2, −1, or the language's word for none."""
        if value == 0:
            return self.say("common.no_change")
        return f"{'+' if value > 0 else '−'}{self.number(abs(value))}"

    def local_date(self, at: datetime) -> dt.date:
        """The day on which an instant falls where it is read."""
        return at.astimezone(self.zone).date()

    def date(self, day: dt.date) -> str:
        """tirsdag 28. november 2023"""
        return self._date(day, "common.date_long")

    def day(self, day: dt.date) -> str:
        """tirsdag 28. november"""
        return self._date(day, "common.date_day")

    def short(self, day: dt.date) -> str:
        """28.11.2023"""
        return self._date(day, "common.date_short")

    def weekday(self, number: int) -> str:
        """tirsdag; Monday is 0"""
        return str(get_day_names("wide", locale=self._locale)[number])

    def tick(self, day: dt.date) -> str:
        """28.11. – day and month as they stand on an axis"""
        return str(format_skeleton("Md", day, locale=self._locale))

    def time(self, at: datetime | time) -> str:
        """kl. 16.00"""
        local = at.astimezone(self.zone) if isinstance(at, datetime) else at
        return self.say("common.time", hour=f"{local.hour:02}", minute=f"{local.minute:02}")

    def moment(self, at: datetime) -> str:
        """tirsdag 28. november kl. 16.00"""
        return self.say("common.moment", day=self.day(at), time=self.time(at))

    def span(self, length: timedelta) -> str:
        """2 timer og 30 minutter; days when it is two or more; never less than a minute."""
        minutes = max(1, round(length.total_seconds() / 60))
        if minutes >= 48 * 60:
            return self.many("common.days", minutes // (24 * 60))
        hours, rest = divmod(minutes, 60)
        parts = [self.many("common.hours", hours)] if hours else []
        if rest:
            parts.append(self.many("common.minutes", rest))
        return self.listing(parts)

    def listing(self, items: list[str]) -> str:
        """Horten, Larvik og Færder"""
        return format_list(items, locale=self._locale) if items else ""

    def _date(self, day: dt.date, pattern: str) -> str:
        local = day.astimezone(self.zone).date() if isinstance(day, datetime) else day
        return format_date(local, self._texts[pattern], locale=self._locale)
