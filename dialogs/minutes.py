"""Minutes: sending them for comment, comments, approval, and fetching the documents."""

from __future__ import annotations

from dialogs.card import Button, Card, Quote, Text, Tone, sentence
from dialogs.document_links import document_links
from dialogs.meeting_form import only_leaders
from dialogs.minutes_cards import DRAFT, name, readers_card, title, writers_card
from dialogs.minutes_document import build, state_text
from dialogs.speech import Speech
from dialogs.status import sentence_answer
from dialogs.turn import Answer, Command, Drawing, Routes, Turn
from domain.identity_numbers import contains_identity_number
from domain.meeting import may_lead
from domain.minutes import LONGEST_COMMENT, MOST_COMMENTS, Comment, Minutes, MinutesState, WrongComment
from domain.reports import as_text
from domain.rounds import Round
from services import meeting, minutes
from services.minutes import Refused

# Commands and buttons


async def show(turn: Turn) -> Answer:
    """`referat`: to those who write them the latest meeting's, to others the newest that were sent."""
    if may_lead(turn.person):
        round_ = await meeting.last_ended(turn.work, turn.now)
        if round_ is None:
            return sentence_answer(turn, "minutes.nothing_yet")
        return await _shown(turn, round_, private="minutes.draft")
    newest = await turn.work.minutes.newest(1)
    round_ = await turn.work.rounds.get(newest[0].round) if newest else None
    if round_ is None:
        return sentence_answer(turn, "minutes.nothing_yet")
    return await _shown(turn, round_, private="minutes.sent", version=newest[0].version)


async def open_(turn: Turn) -> Answer:
    """The minutes of the round on the pressed card."""
    round_ = await turn.work.rounds.get(as_text(turn.event.data.get("round")))
    return await _shown(turn, round_) if round_ else sentence_answer(turn, "minutes.refused.no_minutes")


async def _shown(turn: Turn, round_: Round, *, private: str = "", version: int = DRAFT) -> Answer:
    found = await minutes.of_round(turn.work, round_, turn.now)
    if found is None or not (found.version or may_lead(turn.person)):
        return sentence_answer(turn, "minutes.refused.no_minutes")
    if private and not turn.event.place.personal:
        await turn.send(private, {"round": round_.id, "version": version})
        return sentence_answer(turn, "status.sent_in_private")
    return Answer(await _card(turn, round_, found))


async def _card(turn: Turn, round_: Round, found: Minutes, told: Text | None = None) -> Card:
    if may_lead(turn.person):
        return await writers_card(turn.work, turn.speech, turn, round_, found, told)
    return await readers_card(turn.work, turn.speech, turn, round_, found, told)


async def send(turn: Turn) -> Answer:
    data = turn.event.data
    seen = data.get("version")
    result = await minutes.send(
        turn.work, turn.person, as_text(data.get("round")), seen if isinstance(seen, int) else -1, turn.now
    )
    return await _outcome(turn, result, turn.say("minutes.sent"))


async def approve(turn: Turn) -> Answer:
    data = turn.event.data
    result = await minutes.approve(turn.work, turn.person, as_text(data.get("round")), _version(turn), turn.now)
    return await _outcome(turn, result, turn.say("minutes.approved"))


async def _outcome(turn: Turn, result: Minutes | Refused, told: str) -> Answer:
    round_ = await turn.work.rounds.get(as_text(turn.event.data.get("round")))
    if isinstance(result, Refused) or round_ is None:
        return await _refused(turn, result if isinstance(result, Refused) else Refused.NO_MINUTES)
    return Answer(await _card(turn, round_, result, Text(told, Tone.GOOD)))


async def comment(turn: Turn) -> Answer:
    """Somebody's comment to the version on their card; it comes back with a receipt, or with what was wrong."""
    data, text = turn.event.data, as_text(turn.event.data.get("text"))
    result = await minutes.comment(turn.work, turn.person, as_text(data.get("round")), _version(turn), text, turn.now)
    if isinstance(result, Refused):
        return await _refused(turn, result)
    round_ = await turn.work.rounds.get(as_text(data.get("round")))
    found = await turn.work.minutes.get(round_.id) if round_ else None
    if round_ is None or found is None:
        return await _refused(turn, Refused.NO_MINUTES)
    if isinstance(result, Comment):
        told = Text(turn.say("minutes.thanks"), Tone.GOOD)
        return Answer(await readers_card(turn.work, turn.speech, turn, round_, found, told))
    form = await readers_card(turn.work, turn.speech, turn, round_, found)
    typed = {} if contains_identity_number(text) else {"text": text}
    return Answer(form.with_inputs(typed, {"text": _wrong(turn.speech, result)}))


async def fetch(turn: Turn) -> Answer:
    """Fresh links to the documents of a version; they hold for half an hour."""
    round_ = await turn.work.rounds.get(as_text(turn.event.data.get("round")))
    version = _version(turn)
    if version == DRAFT and (refusal := await only_leaders(turn)):
        return refusal
    found = await minutes.of_round(turn.work, round_, turn.now) if round_ else None
    if round_ is None or found is None or version > found.version:
        return await _refused(turn, Refused.NO_MINUTES)
    state = await state_text(turn.work, turn.speech, found, version, turn.now)
    links = document_links(turn, "minutes", round_.id, version)
    back = Button("minutes.open", turn.say("minutes.back"), {"round": round_.id})
    body = (Text(state), Text(turn.say("minutes.half_an_hour"), Tone.SUBTLE))
    return Answer(Card(title(turn.speech, round_), body, (back,), links))


async def _refused(turn: Turn, why: Refused) -> Answer:
    if why is Refused.NOT_YOURS and (refusal := await only_leaders(turn)):
        return refusal
    round_id = as_text(turn.event.data.get("round"))
    buttons = (
        () if why is Refused.NO_MINUTES else (Button("minutes.open", turn.say("minutes.open"), {"round": round_id}),)
    )
    return Answer(sentence(turn.say(f"minutes.refused.{why}"), *buttons))


def _version(turn: Turn) -> int:
    given = turn.event.data.get("version")
    return given if isinstance(given, int) and 0 <= given < 10_000 else DRAFT


def _wrong(speech: Speech, wrong: WrongComment) -> str:
    longest = MOST_COMMENTS if wrong is WrongComment.TOO_MANY else LONGEST_COMMENT
    return speech.say(f"minutes.wrong.{wrong}", max=speech.number(longest))


# Messages


async def _about(drawing: Drawing) -> tuple[Round, Minutes] | None:
    """The round and its minutes that a message is about."""
    round_ = await drawing.work.rounds.get(drawing.param("round"))
    found = await minutes.of_round(drawing.work, round_, drawing.now) if round_ else None
    return (round_, found) if round_ and found else None


def _is_old(drawing: Drawing, found: Minutes) -> bool:
    return drawing.params.get("version") != found.version


async def draw_draft(drawing: Drawing) -> Card | None:
    """The draft stands ready; it becomes what the minutes are by then."""
    about = await _about(drawing)
    return await writers_card(drawing.work, drawing.speech, drawing, *about) if about else None


async def draw_sent(drawing: Drawing) -> Card | None:
    about = await _about(drawing)
    if about is None or (drawing.first and _is_old(drawing, about[1])):
        return None
    if _is_old(drawing, about[1]):
        version = drawing.params.get("version")
        state = drawing.say("minutes.state.replaced", version=version, newest=about[1].version)
        opening = Button("minutes.open", drawing.say("minutes.open"), {"round": about[0].id})
        return Card(title(drawing.speech, about[0]), (Text(state),), (opening,))
    return await readers_card(drawing.work, drawing.speech, drawing, *about)


async def draw_commented(drawing: Drawing) -> Card | None:
    about = await _about(drawing)
    said = await drawing.work.minutes.comments(drawing.param("round"))
    found = next((known for known in said if known.id == drawing.param("comment")), None)
    if about is None or found is None:
        return None
    who = await name(drawing.work, drawing.speech, found.person)
    opening = Button("minutes.open", drawing.say("minutes.open"), {"round": about[0].id})
    day = drawing.speech.day(about[0].meeting_at)
    return Card(drawing.say("minutes.commented", date=day), (Quote(who, found.text),), (opening,))


async def draw_decide(drawing: Drawing) -> Card | None:
    """To the coordinator: the time for comments is over, and there were some."""
    about = await _about(drawing)
    if about is None or (drawing.first and (_is_old(drawing, about[1]) or not about[1].may_be_approved)):
        return None
    if _is_old(drawing, about[1]) or not about[1].may_be_approved:
        return await draw_draft(drawing)
    told = Text(drawing.say("minutes.decide"), Tone.ATTENTION)
    return await writers_card(drawing.work, drawing.speech, drawing, *about, told)


async def draw_approved(drawing: Drawing) -> Card | None:
    about = await _about(drawing)
    if about is None or about[1].state is not MinutesState.APPROVED:
        return None
    return await readers_card(drawing.work, drawing.speech, drawing, *about)


async def draw_template_fault(drawing: Drawing) -> Card | None:
    """To those who can mend it: what is wrong with the community's own Word template."""
    told = Text(drawing.say("minutes.template_used"))
    return Card(
        drawing.say("minutes.template_title"), (told, Quote(drawing.say("minutes.fault"), drawing.param("fault")))
    )


ROUTES = Routes(
    commands=(Command("minutes", "referat|minutes", show),),
    buttons={
        "minutes.open": open_,
        "minutes.fetch": fetch,
        "minutes.send": send,
        "minutes.comment": comment,
        "minutes.approve": approve,
    },
    templates={
        "minutes.draft": draw_draft,
        "minutes.sent": draw_sent,
        "minutes.commented": draw_commented,
        "minutes.decide": draw_decide,
        "minutes.approved": draw_approved,
        "minutes.template_fault": draw_template_fault,
    },
    documents={"minutes": build},
    read_only=frozenset({"minutes.open", "minutes.fetch"}),
)
