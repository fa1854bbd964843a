"""The minutes of an organ's meeting while they are written: item by item, what was said and what was concluded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dialogs.card import Button, Buttons, Card, Element, Facts, Input, InputKind, Quote, Section, Style, Text, Tone
from dialogs.forum_minutes_document import (
    absent,
    conclusion_label,
    conclusion_text,
    heading,
    present_lines,
)
from dialogs.meeting_form import refused, with_first
from dialogs.minutes_document import Content
from dialogs.speech import Speech
from dialogs.turn import Answer, Turn
from domain.agenda import Case
from domain.agenda_form import LONGEST, MOST_PAPERS, FormRead, Wrong
from domain.minutes_item import LONGEST_TEXT, ItemForm, ItemText, Standing
from domain.plan.changes import PlannedMeeting
from domain.reports import as_text
from services import forum_minutes
from services.forum_minutes import item_named, items_of, key_of
from services.held import reference
from services.meeting import Refused, open_held
from services.messages import Json

SHOWN_ITEMS = 20
LONGEST_LABEL = 36


def writers_body(speech: Speech, content: Content) -> list[Element]:
    """Who was there and who led, then item by item what was said and concluded; what lacks a conclusion is marked."""
    settled = speech.say("notices.not_settled")
    facts = (
        (speech.say("forum_minutes.word.present"), ". ".join(present_lines(speech, content))),
        (speech.say("forum_minutes.word.absent"), speech.listing(absent(speech, content))),
        (speech.say("forum_minutes.word.chair"), content["chair"] or settled),
        (speech.say("forum_minutes.word.secretary"), content["secretary"] or settled),
    )
    shown = [item for item in content["items"] if not item["standing"] or item["text"] or item["conclusion"]]
    quotes: tuple[Element, ...] = tuple(_quote(speech, item) for item in shown[:SHOWN_ITEMS])
    more = len(shown) - SHOWN_ITEMS
    rest = (Text(speech.many("notices.more", more), Tone.SUBTLE),) if more > 0 else ()
    body: list[Element] = [Facts(facts)]
    if quotes:
        body.append(Section(speech.say("notices.cases"), (*quotes, *rest)))
    lacking = sum(not item["standing"] and not conclusion_text(speech, item) for item in content["items"])
    if lacking:
        body.append(Text(speech.many("forum_minutes.lacking", lacking), Tone.ATTENTION))
    return body


def _quote(speech: Speech, item: Mapping[str, Any]) -> Quote:
    concluded = conclusion_text(speech, item)
    label = conclusion_label(speech, item)
    lines = [item["text"], f"{label} {concluded}".strip() if concluded else ""]
    number = f"{item['number']} " if not item["standing"] else ""
    said = "\n".join(line for line in lines if line)
    return Quote(f"{number}{heading(speech, item)}", said or speech.say("forum_minutes.no_conclusion"))


# Writing


async def items(turn: Turn) -> Answer:
    """What can be written about, one press each."""
    planned = await _open(turn)
    return planned if isinstance(planned, Answer) else Answer(await _items_card(turn, planned))


async def item(turn: Turn) -> Answer:
    """The form of one item, with what is written; sent, it is stored, and the list of items comes back."""
    planned = await _open(turn)
    if isinstance(planned, Answer):
        return planned
    data, name = turn.event.data, as_text(turn.event.data.get("item"))
    found = await item_named(turn.work, planned, name)
    if found is None:
        return await refused(turn, Refused.GONE)
    form = await _form(turn, planned, found)
    if "text" not in data:
        return Answer(form)
    inputs = _as_proposed(turn, found) if data.get("as_proposed") is True else data
    result = await forum_minutes.write_item(turn.work, turn.person, planned.id, name, inputs, turn.now)
    if isinstance(result, Refused):
        return await refused(turn, result)
    if isinstance(result, FormRead):
        return Answer(_wrongly_filled(turn.speech, form, result))
    return Answer(await _items_card(turn, planned, turn.say("forum_minutes.written")))


def _as_proposed(turn: Turn, found: Case | Standing) -> Mapping[str, Json]:
    """What was proposed as the conclusion, unless another one was written."""
    written = as_text(turn.event.data.get("conclusion"))
    return {**turn.event.data, "conclusion": written or _proposed(turn.speech, found)}


def _proposed(speech: Speech, found: Case | Standing) -> str:
    if isinstance(found, Case):
        return found.said.proposal
    return speech.say("notices.approval_proposal") if found is Standing.APPROVAL else ""


async def _open(turn: Turn) -> PlannedMeeting | Answer:
    """The meeting of the pressed card, if this person may write about it; else the refusal."""
    meeting_id = as_text(turn.event.data.get("meeting"))
    held = await open_held(turn.work, turn.person, meeting_id, turn.now)
    if isinstance(held, PlannedMeeting):
        return held
    return await refused(turn, held if isinstance(held, Refused) else Refused.NO_MEETING)


async def _items_card(turn: Turn, planned: PlannedMeeting, told: str = "") -> Card:
    buttons = tuple(
        Button("minutes.item", _label(turn.speech, each), {**reference(planned), "item": key_of(each)})
        for each in await items_of(turn.work, planned)
    )
    body: list[Element] = [Text(told, Tone.GOOD)] if told else []
    body += [Text(turn.say("forum_minutes.which")), Buttons(buttons)]
    return Card(_title(turn.speech, planned), tuple(body), (_back(turn.speech, planned),))


def _label(speech: Speech, found: Case | Standing) -> str:
    """What a button has room for at 320 pixels."""
    text = speech.say("forum_minutes.approval") if found is Standing.APPROVAL else _named(speech, found)
    return text if len(text) <= LONGEST_LABEL else f"{text[: LONGEST_LABEL - 1].rstrip()}…"


def _named(speech: Speech, found: Case | Standing) -> str:
    if isinstance(found, Case):
        return f"{found.label} {found.said.title}"
    return heading(speech, {"standing": str(found)})


async def _form(turn: Turn, planned: PlannedMeeting, found: Case | Standing) -> Card:
    known = (await turn.work.minutes.items(planned.id)).get(key_of(found), ItemText(key_of(found)))
    case = found if isinstance(found, Case) else None
    concluded = case.conclusion if case else known.conclusion
    follow_up = case.follow_up.isoformat() if case and case.follow_up else ""
    proposal = _proposed(turn.speech, found)
    body: list[Element] = [Quote(turn.say("forum_minutes.proposed"), proposal)] if proposal else []
    data: dict[str, Json] = {**reference(planned), "item": key_of(found)}
    adopting = Button("minutes.item", turn.say("forum_minutes.as_proposed"), data | {"as_proposed": True}, submits=True)
    buttons = (
        Button("minutes.item", turn.say("forum_minutes.save"), data, Style.PRIMARY, submits=True),
        *((adopting,) if proposal and not concluded else ()),
        Button("minutes.items", turn.say("forum_minutes.all_items"), reference(planned)),
    )
    card = Card(_named(turn.speech, found), (*body, *_inputs(turn.speech, found)), buttons)
    return card.with_inputs({"text": known.text, "conclusion": concluded, "follow_up": follow_up}, {})


def _inputs(speech: Speech, found: Case | Standing) -> tuple[Input, ...]:
    decides = isinstance(found, Case) and found.is_for_decision
    follow_up = Input("follow_up", InputKind.DATE, speech.say("forum_minutes.field.follow_up"))
    return (
        Input("text", InputKind.LONG_TEXT, speech.say("forum_minutes.field.text"), max_length=LONGEST_TEXT),
        Input(
            "conclusion",
            InputKind.LONG_TEXT,
            speech.say("forum_minutes.field.decision" if decides else "forum_minutes.field.conclusion"),
            max_length=LONGEST["conclusion"],
        ),
        *((follow_up,) if isinstance(found, Case) else ()),
    )


def _wrongly_filled(speech: Speech, form: Card, read: FormRead[ItemForm]) -> Card:
    errors = {key: _wrong(speech, key, wrong) for key, wrong in read.mistakes.items()}
    first = Text(speech.many("common.mistakes", len(errors)), Tone.ATTENTION)
    return with_first(form.with_inputs(read.typed, errors), first)


def _wrong(speech: Speech, key: str, wrong: Wrong) -> str:
    longest = LONGEST_TEXT if key == "text" else LONGEST[key]
    return speech.say(f"agenda.wrong.{wrong}", max=speech.number(longest), most=MOST_PAPERS)


def _title(speech: Speech, planned: PlannedMeeting) -> str:
    return speech.say("forum_minutes.card_title", forum=planned.meeting.forum, day=speech.date(planned.meeting.date))


def _back(speech: Speech, planned: PlannedMeeting) -> Button:
    return Button("minutes.open", speech.say("minutes.back"), reference(planned))
