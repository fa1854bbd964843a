"""The minutes of an organ's meeting as a document, and their parts in words, which the cards share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Any

from dialogs.minutes_document import Content, absent_lines, state_text
from dialogs.notice_document import kinds_text, papers_text
from dialogs.plan_words import days_text
from dialogs.speech import Speech
from dialogs.turn import Document, Drawing
from domain.minutes_item import Standing
from domain.notice import NoticeItem
from domain.plan.changes import PlannedMeeting
from domain.plan.meeting import Meeting
from services import minutes
from services.held import find
from services.messages import Json
from services.notice_content import read_item

WORDS = (
    *("meeting", "place_and_date", "present", "absent", "secretariat", "attachments", "chair", "secretary"),
    *("matters", "number", "matter", "responsible", "page"),
)
"""The document's headings."""


def words(speech: Speech) -> dict[str, Json]:
    return {word: speech.say(f"forum_minutes.word.{word}") for word in WORDS}


async def build(drawing: Drawing, ids: Sequence[str]) -> Document | None:
    """The minutes of a meeting of the plan in one of their versions; 0 is the draft as it stands."""
    if len(ids) != 2 or not ids[1].isdecimal() or len(ids[1]) > 4:
        return None
    held, version = await find(drawing.work, ids[0]), int(ids[1])
    if not isinstance(held, PlannedMeeting):
        return None
    content = await minutes.frozen(drawing.work, held, version, drawing.now)
    known = await minutes.of_meeting(drawing.work, held, drawing.now)
    if content is None or known is None:
        return None
    state = await state_text(drawing.work, drawing.speech, held, known, version, drawing.now)
    suffix = f"-{version}" if version else f"-{drawing.say('minutes.file_draft')}"
    name = f"{drawing.say('minutes.file')}-{content['forum']}-{content['date']}{suffix}"
    return Document(name, context(drawing.speech, drawing.community.name, content, state))


def context(speech: Speech, community: str, content: Content, state: str) -> dict[str, Json]:
    """Every word final, for the templates."""
    forum, name = content["forum"], content["forum_name"]
    items = [_item(speech, item) for item in content["items"]]
    papers = [paper for item in content["items"] if not item["standing"] for paper in _papers(speech, item)]
    return {
        "title": speech.say("forum_minutes.title", forum=forum, date=speech.short(date.fromisoformat(content["date"]))),
        "community": community,
        "state": state,
        "words": words(speech) | {"attachments": speech.many("notices.attachments", len(papers))},
        "meeting": name if name == forum else f"{name} ({forum})",
        "place_and_date": _where(speech, content),
        "present": [*present_lines(speech, content)],
        "absent": [*absent(speech, content)],
        "secretariat": speech.listing(content["secretariat"]) or speech.say("minutes.none"),
        "attachments": [*papers],
        "chair": content["chair"] or speech.say("notices.not_settled"),
        "secretary": content["secretary"] or speech.say("notices.not_settled"),
        "matters": [*items],
    }


def _where(speech: Speech, content: Content) -> list[Json]:
    place = [speech.say("plan.place", place=content["place"])] if content["place"] else []
    host = [speech.say("plan.host", host=content["host"])] if content["host"] else []
    return [when_text(speech, content), *place, *host]


def when_text(speech: Speech, content: Content) -> str:
    first, last = (date.fromisoformat(content[key]) for key in ("date", "end_date"))
    start, end = (time.fromisoformat(content[key]) if content[key] else None for key in ("start", "end"))
    return days_text(speech, Meeting(content["forum"], first, last, start, end))


def present_lines(speech: Speech, content: Content) -> list[str]:
    """Permanent members first, then those beside them."""
    if not content["marked"]:
        return [speech.say("minutes.not_marked")]
    named = [*content["beside"], *([content["guests"]] if content["guests"] else [])]
    if not content["members_known"]:
        return [*content["present"], *named] or [speech.say("minutes.none")]
    members = speech.listing(content["present"]) or speech.say("minutes.none")
    lines = [speech.say("forum_minutes.members_present", people=members)]
    return [*lines, speech.say("forum_minutes.beside", people=speech.listing(named))] if named else lines


def absent(speech: Speech, content: Content) -> list[str]:
    """Not known where the community file does not say who the members are."""
    return absent_lines(speech, content) if content["members_known"] else [speech.say("forum_minutes.not_known")]


def _item(speech: Speech, item: Mapping[str, Any]) -> dict[str, Json]:
    """A row of the table: what was called to, what was said, and what came of it."""
    empty: dict[str, Json] = dict.fromkeys(("number", "kind", "papers", "responsible"), "")
    said: dict[str, Json] = {
        "heading": heading(speech, item),
        "lines": [item["text"]] if item["text"] else [],
        "conclusion_label": conclusion_label(speech, item),
        "conclusion": conclusion_text(speech, item),
    }
    if item["standing"]:
        return empty | said
    case = case_of(item)
    lines: list[Json] = [speech.say("notices.reference", number=case.reference)] if case.reference else []
    lines += [text for text in (case.about, item["text"]) if text]
    return {
        **said,
        "number": case.number,
        "kind": kinds_text(speech, case),
        "papers": papers_text(speech, case),
        "responsible": case.responsible,
        "lines": lines,
    }


def case_of(item: Mapping[str, Any]) -> NoticeItem:
    """The case of an item, as a notice has it."""
    own = ("standing", "text", "conclusion", "follow_up", "carried", "carried_to")
    return read_item({key: value for key, value in item.items() if key not in own})


def heading(speech: Speech, item: Mapping[str, Any]) -> str:
    standing = {
        Standing.APPROVAL: speech.say("notices.approval"),
        Standing.ANY_OTHER: speech.say("notices.any_other"),
        Standing.EVALUATION: speech.say("notices.evaluation"),
    }
    return standing[Standing(item["standing"])] if item["standing"] else str(item["title"])


def conclusion_label(speech: Speech, item: Mapping[str, Any]) -> str:
    if not conclusion_text(speech, item) or item.get("carried") or item.get("withdrawn"):
        return ""
    return speech.say("forum_minutes.decision" if item.get("for_decision") else "forum_minutes.conclusion")


def conclusion_text(speech: Speech, item: Mapping[str, Any]) -> str:
    """What came of it, with the day on which it is looked at again; or that it was put off, or withdrawn."""
    if item.get("carried"):
        to = item["carried_to"]
        return (
            speech.say("forum_minutes.carried_to", date=speech.short(date.fromisoformat(to)))
            if to
            else speech.say("forum_minutes.carried")
        )
    if item.get("withdrawn"):
        return speech.say("notices.withdrawn")
    text = str(item["conclusion"])
    if text and item.get("follow_up"):
        day = speech.short(date.fromisoformat(item["follow_up"]))
        return f"{text}\n{speech.say('forum_minutes.followed_up', date=day)}"
    return text


def _papers(speech: Speech, item: Mapping[str, Any]) -> list[dict[str, Json]]:
    return [
        {
            "text": speech.say("notices.attachment", number=item["number"], title=paper["title"] or paper["link"]),
            "link": paper["link"],
        }
        for paper in item["papers"]
        if not item["withdrawn"]
    ]
