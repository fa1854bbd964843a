"""Minutes: sending them for comment, comments, approval, and fetching the documents."""

from __future__ import annotations

from dialogs import forum_minutes, forum_minutes_document
from dialogs.card import Button, Card, Quote, Text, Tone, sentence
from dialogs.document_links import document_links
from dialogs.meeting_form import only_leaders
from dialogs.minutes_cards import DRAFT, day_of, name, readers_card, title, writers_card
from dialogs.minutes_document import build, state_text
from dialogs.notices import forum_named
from dialogs.speech import Speech
from dialogs.turn import Answer, Command, Drawing, Routes, Turn
from dialogs.words import sentence_answer
from domain.community import Forum
from domain.identity_numbers import contains_identity_number
from domain.meeting import may_lead
from domain.minutes import LONGEST_COMMENT, MOST_COMMENTS, Comment, Minutes, MinutesState, WrongComment
from domain.reports import as_text
from domain.rounds import Round
from services import meeting, minutes
from services.held import Held, find, id_in, reference
from services.minutes import Refused

# Commands and buttons


async def show(turn: Turn) -> Answer:
    """`referat`, `referat SSU`: to those who write them the latest meeting's, to others the newest that were sent."""
    forum = await forum_named(turn)
    if isinstance(forum, Answer):
        return forum
    if forum is not None:
        return await _of_forum(turn, forum)
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


async def _of_forum(turn: Turn, forum: Forum) -> Answer:
    writes = may_lead(turn.person)
    last = await minutes.last_held(turn.work, forum.key, turn.now) if writes else None
    held = last or await minutes.newest_of(turn.work, forum.key)
    if held is None:
        return sentence_answer(turn, "forum_minutes.nothing_yet", forum=forum.key)
    known = await turn.work.minutes.get(held.id)
    template = "minutes.draft" if writes else "minutes.sent"
    return await _shown(turn, held, private=template, version=known.version if known else DRAFT)


async def open_(turn: Turn) -> Answer:
    """The minutes of the meeting on the pressed card."""
    held = await find(turn.work, id_in(turn.event.data))
    return await _shown(turn, held) if held else sentence_answer(turn, "minutes.refused.no_minutes")


async def _shown(turn: Turn, held: Held, *, private: str = "", version: int = DRAFT) -> Answer:
    found = await minutes.of_meeting(turn.work, held, turn.now)
    if found is None or not (found.version or may_lead(turn.person)):
        return sentence_answer(turn, "minutes.refused.no_minutes")
    if private and not turn.event.place.personal:
        await turn.send(private, {**reference(held), "version": version})
        return sentence_answer(turn, "status.sent_in_private")
    return Answer(await _card(turn, held, found))


async def _card(turn: Turn, held: Held, found: Minutes, told: Text | None = None) -> Card:
    if may_lead(turn.person):
        return await writers_card(turn.work, turn.speech, turn, held, found, told)
    return await readers_card(turn.work, turn.speech, turn, held, found, told)


async def send(turn: Turn) -> Answer:
    data = turn.event.data
    seen = data.get("version")
    result = await minutes.send(turn.work, turn.person, id_in(data), seen if isinstance(seen, int) else -1, turn.now)
    return await _outcome(turn, result, turn.say("minutes.sent"))


async def approve(turn: Turn) -> Answer:
    data = turn.event.data
    result = await minutes.approve(turn.work, turn.person, id_in(data), _version(turn), turn.now)
    return await _outcome(turn, result, turn.say("minutes.approved"))


async def _outcome(turn: Turn, result: Minutes | Refused, told: str) -> Answer:
    held = await find(turn.work, id_in(turn.event.data))
    if isinstance(result, Refused) or held is None:
        return await _refused(turn, result if isinstance(result, Refused) else Refused.NO_MINUTES)
    return Answer(await _card(turn, held, result, Text(told, Tone.GOOD)))


async def comment(turn: Turn) -> Answer:
    """Somebody's comment to the version on their card; it comes back with a receipt, or with what was wrong."""
    data, text = turn.event.data, as_text(turn.event.data.get("text"))
    result = await minutes.comment(turn.work, turn.person, id_in(data), _version(turn), text, turn.now)
    if isinstance(result, Refused):
        return await _refused(turn, result)
    held = await find(turn.work, id_in(data))
    found = await turn.work.minutes.get(held.id) if held else None
    if held is None or found is None:
        return await _refused(turn, Refused.NO_MINUTES)
    if isinstance(result, Comment):
        told = Text(turn.say("minutes.thanks"), Tone.GOOD)
        return Answer(await readers_card(turn.work, turn.speech, turn, held, found, told))
    form = await readers_card(turn.work, turn.speech, turn, held, found)
    typed = {} if contains_identity_number(text) else {"text": text}
    return Answer(form.with_inputs(typed, {"text": _wrong(turn.speech, result)}))


async def fetch(turn: Turn) -> Answer:
    """Fresh links to the documents of a version; they hold for half an hour."""
    held = await find(turn.work, id_in(turn.event.data))
    version = _version(turn)
    if version == DRAFT and (refusal := await only_leaders(turn)):
        return refusal
    found = await minutes.of_meeting(turn.work, held, turn.now) if held else None
    if held is None or found is None or version > found.version:
        return await _refused(turn, Refused.NO_MINUTES)
    state = await state_text(turn.work, turn.speech, held, found, version, turn.now)
    kind = "minutes" if isinstance(held, Round) else "forum_minutes"
    links = document_links(turn, kind, held.id, version)
    back = Button("minutes.open", turn.say("minutes.back"), reference(held))
    body = (Text(state), Text(turn.say("minutes.half_an_hour"), Tone.SUBTLE))
    return Answer(Card(title(turn.speech, held), body, (back,), links))


async def _refused(turn: Turn, why: Refused) -> Answer:
    if why is Refused.NOT_YOURS and (refusal := await only_leaders(turn)):
        return refusal
    held = None if why is Refused.NO_MINUTES else await find(turn.work, id_in(turn.event.data))
    buttons = (Button("minutes.open", turn.say("minutes.open"), reference(held)),) if held else ()
    return Answer(sentence(turn.say(f"minutes.refused.{why}"), *buttons))


def _version(turn: Turn) -> int:
    given = turn.event.data.get("version")
    return given if isinstance(given, int) and 0 <= given < 10_000 else DRAFT


def _wrong(speech: Speech, wrong: WrongComment) -> str:
    longest = MOST_COMMENTS if wrong is WrongComment.TOO_MANY else LONGEST_COMMENT
    return speech.say(f"minutes.wrong.{wrong}", max=speech.number(longest))


# Messages


async def _about(drawing: Drawing) -> tuple[Held, Minutes] | None:
    """The meeting and its minutes that a message is about."""
    held = await find(drawing.work, id_in(drawing.params))
    found = await minutes.of_meeting(drawing.work, held, drawing.now) if held else None
    return (held, found) if held and found else None


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
        opening = Button("minutes.open", drawing.say("minutes.open"), reference(about[0]))
        return Card(title(drawing.speech, about[0]), (Text(state),), (opening,))
    return await readers_card(drawing.work, drawing.speech, drawing, *about)


async def draw_commented(drawing: Drawing) -> Card | None:
    about = await _about(drawing)
    said = await drawing.work.minutes.comments(id_in(drawing.params))
    found = next((known for known in said if known.id == drawing.param("comment")), None)
    if about is None or found is None:
        return None
    who = await name(drawing.work, drawing.speech, found.person)
    opening = Button("minutes.open", drawing.say("minutes.open"), reference(about[0]))
    day = day_of(drawing.speech, about[0])
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
    commands=(Command("minutes", "referat|minutes", show, more=True),),
    buttons={
        "minutes.open": open_,
        "minutes.fetch": fetch,
        "minutes.send": send,
        "minutes.comment": comment,
        "minutes.approve": approve,
        "minutes.items": forum_minutes.items,
        "minutes.item": forum_minutes.item,
    },
    templates={
        "minutes.draft": draw_draft,
        "minutes.sent": draw_sent,
        "minutes.commented": draw_commented,
        "minutes.decide": draw_decide,
        "minutes.approved": draw_approved,
        "minutes.template_fault": draw_template_fault,
    },
    documents={"minutes": build, "forum_minutes": forum_minutes_document.build},
    read_only=frozenset({"minutes.open", "minutes.fetch", "minutes.items"}),
)
