"""Norwegian identity numbers in free text: found in order to be refused.

Covers fødselsnummer, D-numbers (day + 40), H-numbers (month + 40) and synthetic ones (month + 40, + 65 or + 80), and
the rule from 2032 on by which the first check digit's remainder may be 0 to 3 (Skatteetaten). Where a text is doubtful
it counts as one: a refused telephone list costs a moment, a stored identity number cannot be taken back.
"""

from __future__ import annotations

import re
import unicodedata

_FIRST = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)
_SECOND = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)

_BREAK = r"[ ._/\-]{0,2}"
_DATE_AND_NUMBER = rf"\d\d{_BREAK}\d\d{_BREAK}\d\d[\W_]{{0,3}}\d{{3}}{_BREAK}\d\d"
_SPACED_OUT = r"\d(?: ?\d){10}"  # in groups of any size
_CANDIDATE = re.compile(rf"(?<!\d)(?=({_DATE_AND_NUMBER}|{_SPACED_OUT})(?!\d))")
_WITH_CENTURY = re.compile(
    rf"(?<!\d)(?=(\d\d{_BREAK}\d\d{_BREAK})(?:18|19|20)(\d\d[\W_]{{1,3}}\d{{3}}{_BREAK}\d\d)(?!\d))"
)
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Me", "Mn"})


def contains_identity_number(text: str) -> bool:
    """Whether some eleven digits in `text` are a Norwegian identity number.

    Digits of any script count, with a space, point, dash, slash or underscore where people put one, spaced out, and
    with the year of birth in full before a break.
    """
    plain = _plain(text)
    found = _CANDIDATE.findall(plain) + ["".join(parts) for parts in _WITH_CENTURY.findall(plain)]
    return any(is_identity_number(re.sub(r"\D", "", match)) for match in found)


def is_identity_number(digits: str) -> bool:
    """Whether eleven ASCII digits have a possible date and fitting check digits."""
    numbers = [int(digit) for digit in digits]
    return len(numbers) == 11 and _has_date(numbers) and _has_check_digits(numbers)


def _plain(text: str) -> str:
    # Compatibility forms (full-width digits), invisible characters and marks on digits must not hide a number.
    return "".join(map(_ascii, unicodedata.normalize("NFKC", text)))


def _ascii(character: str) -> str:
    if character.isspace():
        return " "
    category = unicodedata.category(character)
    if category in _UNSEEN:
        return ""
    if category == "Nd":
        return str(unicodedata.digit(character))
    if category == "Pd" or character in "−⁃":
        return "-"
    return "." if character in "·•∙" else character


def _has_date(numbers: list[int]) -> bool:
    day, month = numbers[0] * 10 + numbers[1], numbers[2] * 10 + numbers[3]
    return 1 <= (day - 40 if day > 40 else day) <= 31 and any(1 <= month - shift <= 12 for shift in (0, 40, 65, 80))


def _has_check_digits(numbers: list[int]) -> bool:
    first = sum(weight * digit for weight, digit in zip(_FIRST, numbers, strict=False)) % 11
    second = sum(weight * digit for weight, digit in zip(_SECOND, numbers, strict=True)) % 11
    return first in (0, 1, 2, 3) and second == 0


def masks(values: dict[str, str]) -> dict[str, str]:
    """The typed values without those that bear an identity number: what may be shown again."""
    return {key: value for key, value in values.items() if not contains_identity_number(value)}
