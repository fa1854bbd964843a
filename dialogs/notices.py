"""`innkalling`: the secretariat looks the notice of an organ's meeting over and sends it; members read it again."""

from __future__ import annotations

from dialogs import status
from dialogs.card import Card, Text, Tone
from dialogs.document_links import document_links
from dialogs.notice_cards import choosing, details_form, readers_card, replaced_card, title, writers_card
from dialogs.notice_document import DRAFT, build, state_text
from dialogs.speech import Speech
from dialogs.turn import Answer, Command, Drawing, Routes, Turn
from dialogs.words import sentence_answer
from domain.community import Forum
from domain.notice import LONGEST_NOTE, DetailsRead, Notice
from domain.plan.changes import PlannedMeeting
from domain.reports import as_text
from services import notices
from services.notices import Refused
from services.organs import may_change

# Commands and buttons


async def show(turn: Turn) -> Answer:
    """The notice of an organ's next meeting; without an organ, of the only one there is, or the ones to choose from."""
    forum = await forum_named(turn)
    if isinstance(forum, Answer):
        return forum
    coming = await notices.coming(turn.work, forum.key if forum else None, turn.now)
    if not coming:
        return sentence_answer(turn, "notices.none_planned")
    if len(coming) > 1:
        return Answer(choosing(turn.speech, coming))
    return await _shown(turn, coming[0])


async def forum_named(turn: Turn) -> Forum | Answer | None:
    """The organ that stands behind the command; None where none does.

    Other words are an answer in the form that the person has open; else they are answered with the organs there are.
    """
    named = " ".join(turn.event.text.split()[1:]).strip(" .!").casefold()
    if not named:
        return None
    found = next((f for f in turn.community.forums if named in (f.key.casefold(), f.name.casefold())), None)
    if found is not None:
        return found
    state = await turn.work.dialogs.get(turn.person.key)
    if state is not None:
        return await status.typed(turn, state)
    if not turn.community.forums:
        return sentence_answer(turn, "plan.no_forums")
    return sentence_answer(turn, "notices.which_forum", forums=", ".join(f.key for f in turn.community.forums))


async def open_(turn: Turn) -> Answer:
    planned = await turn.work.plan.get(as_text(turn.event.data.get("meeting")))
    return await _shown(turn, planned) if planned else sentence_answer(turn, "notices.refused.no_meeting")


async def _shown(turn: Turn, planned: PlannedMeeting) -> Answer:
    notice, writes = await notices.notice_of(turn.work, planned), may_change(turn.person)
    if not notice.version and not writes:
        return sentence_answer(turn, "notices.not_sent")
    if not turn.event.place.personal:
        template = "notice.draft" if writes else "notice.sent"
        await turn.send(template, {"meeting": planned.id, "version": notice.version})
        return sentence_answer(turn, "status.sent_in_private")
    return Answer(await _card(turn, planned, notice))


async def _card(turn: Turn, planned: PlannedMeeting, notice: Notice, told: str = "") -> Card:
    if may_change(turn.person) and planned.cancelled_at is None:
        return await writers_card(turn.work, turn.speech, planned, Text(told, Tone.GOOD) if told else None)
    return await readers_card(turn.work, turn.speech, planned, notice)


async def edit(turn: Turn) -> Answer:
    """The form for chair, secretary and a few words; or what was filled in."""
    planned = await turn.work.plan.get(as_text(turn.event.data.get("meeting")))
    if not may_change(turn.person) or planned is None or planned.cancelled_at is not None:
        return _refused(turn, Refused.NO_MEETING if may_change(turn.person) else Refused.NOT_YOURS)
    notice = await notices.notice_of(turn.work, planned)
    people = await notices.may_be_chosen(turn.work, planned)
    return Answer(details_form(turn.speech, planned, people, notice.details))


async def save(turn: Turn) -> Answer:
    data = turn.event.data
    result = await notices.change_details(turn.work, turn.person, as_text(data.get("meeting")), data, turn.now)
    planned = await turn.work.plan.get(as_text(data.get("meeting")))
    if isinstance(result, Refused) or planned is None:
        return _refused(turn, result if isinstance(result, Refused) else Refused.NO_MEETING)
    if isinstance(result, Notice):
        return Answer(await _card(turn, planned, result, turn.say("notices.saved")))
    form = details_form(
        turn.speech,
        planned,
        await notices.may_be_chosen(turn.work, planned),
        (await notices.notice_of(turn.work, planned)).details,
    )
    return Answer(form.with_inputs(result.typed, _errors(turn.speech, result)))


def _errors(speech: Speech, read: DetailsRead) -> dict[str, str]:
    longest = speech.number(LONGEST_NOTE)
    return {key: speech.say(f"notices.wrong.{wrong}", max=longest) for key, wrong in read.mistakes.items()}


async def use_host(turn: Turn) -> Answer:
    result = await notices.use_host(turn.work, turn.person, as_text(turn.event.data.get("meeting")), turn.now)
    if isinstance(result, Refused):
        return _refused(turn, result)
    notice = await notices.notice_of(turn.work, result)
    return Answer(await _card(turn, result, notice, turn.say("notices.host_set")))


async def send(turn: Turn) -> Answer:
    data, seen = turn.event.data, turn.event.data.get("version")
    meeting = as_text(data.get("meeting"))
    result = await notices.send(turn.work, turn.person, meeting, seen if isinstance(seen, int) else -1, turn.now)
    planned = await turn.work.plan.get(meeting)
    if isinstance(result, Refused) or planned is None:
        return _refused(turn, result if isinstance(result, Refused) else Refused.NO_MEETING)
    return Answer(await _card(turn, planned, result, turn.say("notices.sent")))


async def fetch(turn: Turn) -> Answer:
    """Fresh links to the documents of a version."""
    planned = await turn.work.plan.get(as_text(turn.event.data.get("meeting")))
    given = turn.event.data.get("version")
    version = given if isinstance(given, int) and 0 <= given < 10_000 else DRAFT
    if version == DRAFT and not may_change(turn.person):
        return _refused(turn, Refused.NOT_YOURS)
    notice = await notices.notice_of(turn.work, planned) if planned else None
    if planned is None or notice is None or version > notice.version:
        return _refused(turn, Refused.NO_MEETING)
    links = document_links(turn, "notice", planned.id, version)
    body = (Text(state_text(turn.speech, notice, version)), Text(turn.say("minutes.half_an_hour"), Tone.SUBTLE))
    return Answer(Card(title(turn.speech, planned), body, (), links))


def _refused(turn: Turn, why: Refused) -> Answer:
    return sentence_answer(turn, f"notices.refused.{why}")


# Messages


async def draw_draft(drawing: Drawing) -> Card | None:
    planned = await drawing.work.plan.get(drawing.param("meeting"))
    if planned is None or planned.cancelled_at is not None:
        return None
    return await writers_card(drawing.work, drawing.speech, planned)


async def draw_sent(drawing: Drawing) -> Card | None:
    """As it was sent; pointless when the meeting was cancelled or a newer version is on its way before it came."""
    planned = await drawing.work.plan.get(drawing.param("meeting"))
    if planned is None:
        return None
    notice, version = await notices.notice_of(drawing.work, planned), drawing.params["version"]
    if version != notice.version:
        is_old = isinstance(version, int) and not drawing.first
        return replaced_card(drawing.speech, planned, notice, int(str(version))) if is_old else None
    if planned.cancelled_at is not None and drawing.first:
        return None
    return await readers_card(drawing.work, drawing.speech, planned, notice)


ROUTES = Routes(
    commands=(Command("notice", "innkalling|notice", show, more=True),),
    buttons={
        "notice.open": open_,
        "notice.edit": edit,
        "notice.save": save,
        "notice.host": use_host,
        "notice.send": send,
        "notice.fetch": fetch,
    },
    templates={"notice.draft": draw_draft, "notice.sent": draw_sent},
    documents={"notice": build},
    read_only=frozenset({"notice.edit", "notice.fetch"}),
)
