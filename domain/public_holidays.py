"""Norway's public holidays, as the laws on them have them since 1947; 24 and 31 December are not among them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache

_FIXED = {
    (1, 1): "Første nyttårsdag",
    (5, 1): "Arbeidernes dag",
    (5, 17): "Grunnlovsdag",
    (12, 25): "Første juledag",
    (12, 26): "Andre juledag",
}
"""Month and day."""
_AROUND_EASTER = {
    -3: "Skjærtorsdag",
    -2: "Langfredag",
    0: "Første påskedag",
    1: "Andre påskedag",
    39: "Kristi himmelfartsdag",
    49: "Første pinsedag",
    50: "Andre pinsedag",
}
"""Days after Easter Sunday."""


@lru_cache(maxsize=256)
def public_holidays(year: int) -> Mapping[date, str]:
    """The public holidays of a year with their names in bokmål; of two on one day both are named."""
    easter = easter_sunday(year)
    fixed = [(date(year, month, day), name) for (month, day), name in _FIXED.items()]
    moving = [(easter + timedelta(days), name) for days, name in _AROUND_EASTER.items()]
    found: dict[date, str] = {}
    for day, name in sorted(fixed + moving):
        found[day] = f"{found[day]}; {name}" if day in found else name
    return found


def easter_sunday(year: int) -> date:
    """By the Gregorian computus (Meeus, Astronomical Algorithms)."""
    golden, century = year % 19, year // 100
    skipped = century - century // 4 - (8 * century + 13) // 25
    moon = (skipped + 19 * golden + 15) % 30
    moon -= (moon // 28) * (1 - (29 // (moon + 1)) * ((21 - golden) // 11))
    weekday = (year + year // 4 + moon + 2 - century + century // 4) % 7
    day = moon - weekday
    month = 3 + (day + 40) // 44
    return date(year, month, day + 28 - 31 * (month // 4))
