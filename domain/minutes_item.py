"""What the minutes of an organ say of each item of its agenda."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from domain.agenda import Case, CaseState
from domain.agenda_form import Concluded, FormRead, Wrong, read_conclusion
from domain.identity_numbers import contains_identity_number
from domain.reports import as_text

LONGEST_TEXT = 3000
FIELDS = ("text", "conclusion", "follow_up")


class Standing(StrEnum):
    """What every meeting has on its agenda, without a number."""

    APPROVAL = "approval"  # of the notice and the agenda
    ANY_OTHER = "any_other"
    EVALUATION = "evaluation"  # of the meeting


@dataclass(frozen=True, slots=True)
class ItemText:
    """`item` is a case's id or a standing item. A case's conclusion is the agenda's, a standing item's is kept here."""

    item: str
    text: str = ""
    conclusion: str = ""


@dataclass(frozen=True, slots=True)
class ItemForm:
    text: str
    concluded: Concluded | None  # None: nothing was concluded yet


def read_item(inputs: Mapping[str, object], today: date, case: Case | None) -> FormRead[ItemForm]:
    """The form of one item; `case` is None for a standing one, which is not followed up.

    A case that has been concluded keeps a conclusion, and the day on which it is looked at again may have passed.
    """
    typed = {key: as_text(inputs.get(key)) for key in FIELDS}
    kept = case.follow_up if case is not None and case.state is CaseState.CONCLUDED else None
    same_day = kept is not None and typed["follow_up"] == kept.isoformat()
    asked = typed | ({"follow_up": ""} if case is None or same_day else {})
    required = bool(typed["conclusion"] or asked["follow_up"]) or (
        case is not None and case.state is CaseState.CONCLUDED
    )
    read = read_conclusion(asked, today) if required else None
    mistakes: dict[str, Wrong] = dict(read.mistakes) if read else {}
    if contains_identity_number(typed["text"]):
        mistakes["text"] = Wrong.IDENTITY_NUMBER
    elif len(typed["text"]) > LONGEST_TEXT:
        mistakes["text"] = Wrong.TOO_LONG
    shown = {key: text for key, text in typed.items() if text and not contains_identity_number(text)}
    if mistakes:
        return FormRead(None, mistakes, shown)
    concluded = read.form if read else None
    if concluded is not None and same_day:
        concluded = replace(concluded, follow_up=kept)
    return FormRead(ItemForm(typed["text"], concluded), {}, shown)
