"""The notice as a document, and its parts in words, which the cards share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dialogs.plan_words import days_text
from dialogs.speech import Speech
from dialogs.turn import Document, Drawing
from domain.notice import Changed, Notice, NoticeChange, NoticeContent, NoticeItem
from domain.plan.meeting import Meeting
from services import notices
from services.messages import Json
from services.notice_content import content

WORDS = (
    *("to", "theme", "place_and_date", "attachments", "chair", "secretary", "note", "changed"),
    *("matters", "number", "matter", "responsible", "page"),
)
"""The document's headings."""

DRAFT = 0
"""The version that is not sent yet."""


def words(speech: Speech) -> dict[str, Json]:
    return {word: speech.say(f"notices.word.{word}") for word in WORDS}


async def build(drawing: Drawing, ids: Sequence[str]) -> Document | None:
    """The notice of a meeting in one of its versions; 0 is the draft as it stands."""
    if len(ids) != 2 or not ids[1].isdecimal() or len(ids[1]) > 4:
        return None
    planned, version = await drawing.work.plan.get(ids[0]), int(ids[1])
    if planned is None:
        return None
    notice = await notices.notice_of(drawing.work, planned)
    kept = await notices.kept(drawing.work, planned.id, version) if version else None
    said = kept if version else await content(drawing.work, planned, notice)
    if said is None:
        return None
    since = await notices.new_since(drawing.work, notice, said, (version or notice.version + 1) - 1)
    state = state_text(drawing.speech, notice, version)
    suffix = f"-{version}" if version else f"-{drawing.say('minutes.file_draft')}"
    name = f"{drawing.say('notices.file')}-{said.forum}-{said.date.isoformat()}{suffix}"
    return Document(name, context(drawing.speech, drawing.community.name, said, state, since))


def state_text(speech: Speech, notice: Notice, version: int) -> str:
    """Draft, sent, or replaced: what a version of the notice is worth."""
    if not version or notice.sent_at is None:
        return speech.say("notices.state.draft")
    if version != notice.version:
        return speech.say("notices.state.replaced", version=version, newest=notice.version)
    key = "sent" if version == 1 else "sent_again"
    return speech.say(f"notices.state.{key}", version=version, at=speech.moment(notice.sent_at))


def context(
    speech: Speech, community: str, said: NoticeContent, state: str, since: Sequence[NoticeChange]
) -> dict[str, Json]:
    """Every word final, for the templates."""
    attachments = attachment_lines(speech, said)
    return {
        "title": title(speech, said),
        "community": community,
        "state": state,
        "words": words(speech) | {"attachments": speech.many("notices.attachments", len(attachments))},
        "changes": list(change_lines(speech, since)),
        "to": to_text(speech, said),
        "theme": speech.say("notices.theme", forum=said.forum),
        "place_and_date": list(where_lines(speech, said)),
        "attachments": attachments,
        "chair": said.chair or speech.say("notices.not_settled"),
        "secretary": said.secretary or speech.say("notices.not_settled"),
        "note": said.note,
        "matters": [_opening(speech), *(matter(speech, item) for item in said.items), *_closing(speech)],
    }


def title(speech: Speech, said: NoticeContent) -> str:
    forum = said.forum if said.forum_name == said.forum else f"{said.forum_name} ({said.forum})"
    return speech.say("notices.title", forum=forum)


def to_text(speech: Speech, said: NoticeContent) -> str:
    members = speech.say("notices.members")
    return f"{members}: {speech.listing(list(said.to))}" if said.to else members


def when_text(speech: Speech, said: NoticeContent) -> str:
    return days_text(speech, Meeting(said.forum, said.date, said.end_date, said.start, said.end))


def where_lines(speech: Speech, said: NoticeContent) -> list[str]:
    """When, where, and who hosts: what travel is planned by comes first."""
    place = speech.say("plan.place", place=said.place) if said.place else f"{speech.say('plan.no_place')}."
    host = [speech.say("plan.host", host=said.host)] if said.host else []
    return [when_text(speech, said), place, *host]


def attachment_lines(speech: Speech, said: NoticeContent) -> list[Json]:
    """Sak 2024.4: Avsluttende rapport"""
    return [
        {
            "text": speech.say("notices.attachment", number=item.number, title=paper.title or paper.link),
            "link": paper.link,
        }
        for item in said.items
        if not item.withdrawn
        for paper in item.papers
    ]


def kinds_text(speech: Speech, item: NoticeItem) -> str:
    return ", ".join(speech.say(f"agenda.kind.{kind}") for kind in item.kinds)


def papers_text(speech: Speech, item: NoticeItem) -> str:
    return speech.many("notices.attachments", len(item.papers)) if item.papers else ""


def proposal_label(speech: Speech, item: NoticeItem) -> str:
    return speech.say("notices.proposed_decision" if item.for_decision else "notices.proposed_conclusion")


def matter(speech: Speech, item: NoticeItem) -> dict[str, Json]:
    """A row of the table: number, type and number of attachments, one under the other; then the theme."""
    if item.withdrawn:
        return _row(item.number, heading=item.title, lines=[speech.say("notices.withdrawn")])
    reference = [speech.say("notices.reference", number=item.reference)] if item.reference else []
    return _row(
        item.number,
        kind=kinds_text(speech, item),
        papers=papers_text(speech, item),
        heading=item.title,
        lines=[*reference, *([item.about] if item.about else [])],
        proposal_label=proposal_label(speech, item) if item.proposal else "",
        proposal=item.proposal,
        responsible=item.responsible,
    )


def _opening(speech: Speech) -> dict[str, Json]:
    return _row(
        heading=speech.say("notices.approval"),
        proposal_label=speech.say("notices.preliminary_conclusion"),
        proposal=speech.say("notices.approval_proposal"),
    )


def _closing(speech: Speech) -> list[Json]:
    return [_row(heading=speech.say("notices.any_other")), _row(heading=speech.say("notices.evaluation"))]


def _row(number: str = "", **more: Any) -> dict[str, Json]:
    return {"number": number, **dict.fromkeys(_TEXTS, ""), "lines": [], **more}


_TEXTS = ("kind", "papers", "heading", "proposal_label", "proposal", "responsible")


def change_lines(speech: Speech, since: Sequence[NoticeChange]) -> list[str]:
    """What is new, one line each: what was read before need not be read again."""
    return [_change(speech, change) for change in since]


def _change(speech: Speech, change: NoticeChange) -> str:
    item = change.item
    if item is None:
        return speech.say(f"notices.changed.{change.what}")
    what = "withdrawn" if change.what is Changed.ITEM and item.withdrawn else str(change.what)
    return speech.say(f"notices.case_changed.{what}", number=item.number, title=item.title)
