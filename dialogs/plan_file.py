"""A plan's file that the secretariat brings: what was understood, every doubt and collision, and what would change."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby

from dialogs.card import Button, Card, Element, Facts, Section, Style, Text, Tone, sentence
from dialogs.plan_words import collision_text, days_text, where_text
from dialogs.speech import Speech
from dialogs.turn import Answer, Routes, Turn
from dialogs.words import sentence_answer
from domain.community import Community
from domain.plan.changes import Change, ChangeKind
from domain.plan.free_deadlines import FileChange, FileChangeKind
from domain.plan.meeting import Doubt, Doubtful
from domain.reports import as_text
from services import plan_files
from services.messages import Json
from services.organs import may_change
from services.plan_files import Outlook
from services.ports import PlanDraft

PAGE = 24
"""Lines on one card: a year's plan of a few organs with what is doubtful in it."""

Line = tuple[str, str, str]
"""The section that it stands in, and what and how."""

PLACES = ("line", "column", "table", "row", "paragraph", "sheet", "header", "of", "section", "heading")
"""Words of a place in a file that a reader has in another language."""

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def card_of(speech: Speech, community: Community, found: Outlook, start: int = 0) -> Card:
    """A page of everything that the file says and does, and the button that keeps it."""
    lines = list(_lines(speech, community, found))
    page, rest = lines[start : start + PAGE], len(lines) - start - PAGE
    body: list[Element] = [Text(_count(speech, found)), Text(_verdict(speech, found), Tone.SUBTLE)]
    for section, group in groupby(page, key=lambda line: line[0]):
        rows = tuple((what, how) for _, what, how in group)
        body.append(Section(speech.say(f"plan_file.section.{section}"), (Facts(rows),)))
    about: dict[str, Json] = {"draft": found.draft.id}
    buttons = [Button("plan.discard", speech.say("plan_file.discard"), about)]
    if rest > 0:
        buttons.insert(0, Button("plan.preview", speech.many("plan_file.more", rest), {**about, "start": start + PAGE}))
    if found.does_something:
        buttons.insert(0, Button("plan.import", speech.say("plan_file.save"), about, Style.PRIMARY))
    return Card(speech.say("plan_file.title", name=found.draft.name), tuple(body), tuple(buttons))


def _count(speech: Speech, found: Outlook) -> str:
    """13 møter, 2 frister, ett sted å se på, ingen kollisjoner."""
    plan = found.draft.plan
    counts = {"meetings": len(plan.meetings), "deadlines": len(plan.deadlines), "doubts": len(plan.doubts)}
    counts["conflicts"] = len(found.conflicts)
    told = [speech.many(f"plan_file.count.{key}", n) for key, n in counts.items() if n or key == "meetings"]
    return speech.say("plan_file.understood", what=speech.listing(told))


def _verdict(speech: Speech, found: Outlook) -> str:
    if found.does_something:
        return speech.say("plan_file.nothing_kept")
    plan = found.draft.plan
    return speech.say("plan_file.as_before" if plan.meetings or plan.deadlines else "plan_file.no_meetings")


def _lines(speech: Speech, community: Community, found: Outlook) -> Iterator[Line]:
    """What has to be looked at first, then what would change, then what stays."""
    for doubt in found.draft.plan.doubts:
        yield "doubts", _place(speech, doubt.source), f"{doubt.text} – {_why(speech, doubt)}"
    for conflict in found.conflicts:
        told = f"{speech.date(conflict.date)}. {collision_text(speech, community, conflict)}"
        yield "conflicts", conflict.forum, told
    for change in sorted(found.changes, key=lambda change: change.kind is ChangeKind.KEPT):
        section = "kept" if change.kind is ChangeKind.KEPT else "changes"
        yield section, change.meeting.forum, _change(speech, community, change)
    for line in sorted(found.deadlines, key=lambda line: line.kind is FileChangeKind.KEPT):
        section = "deadlines_kept" if line.kind is FileChangeKind.KEPT else "deadlines"
        yield section, line.text, _deadline(speech, line)


def _change(speech: Speech, community: Community, change: Change) -> str:
    days = f"{days_text(speech, change.meeting)}. {where_text(speech, community, change.meeting)}"
    if change.kind is ChangeKind.KEPT:
        return days
    if change.kind is ChangeKind.MOVED and change.before is not None:
        was = days_text(speech, change.before.meeting)
        return f"{speech.say('plan_file.moves', was=was)} {days}"
    return f"{speech.say(f'plan_file.change.{change.kind}')} {days}"


def _deadline(speech: Speech, change: FileChange) -> str:
    was = speech.date(change.before.due) if change.before else ""
    due = speech.date(change.due) if change.due else was
    if change.kind is FileChangeKind.KEPT:
        return due
    if change.kind is FileChangeKind.MOVED:
        return f"{speech.say('plan_file.moves', was=was)} {due}"
    return f"{speech.say(f'plan_file.change.{change.kind}')} {due}"


def _place(speech: Speech, source: str) -> str:
    """linje 7, kolonne 6; C4 as it is"""

    def named(match: re.Match[str]) -> str:
        return speech.say(f"plan_file.place.{match[0]}") if match[0] in PLACES else match[0]

    return re.sub(r"(?<![\w.])[a-z]+(?![\w.])", named, source)


def _why(speech: Speech, doubt: Doubt) -> str:
    """The reason, with what it is about where that is no sentence of its own."""
    said = speech.say(f"plan_file.doubt.{doubt.why}")
    found = _DATE.search(doubt.detail)
    if doubt.why in (Doubtful.WEEKDAY, Doubtful.WEEKEND) and found:
        return f"{said} ({speech.date(date.fromisoformat(found[0]))})"
    if doubt.why is Doubtful.TOO_MANY or not doubt.detail:
        return said
    return f"{said} ({_DATE.sub(lambda day: speech.short(date.fromisoformat(day[0])), doubt.detail)})"


def refusal(speech: Speech) -> Card:
    """To somebody else who brings a file."""
    return sentence(speech.say("plan_file.not_you"))


def one_at_a_time(speech: Speech) -> Card:
    return sentence(speech.say("plan_file.one_file"))


def fault(speech: Speech, why: str) -> Card:
    """A file that cannot be read, and which can."""
    return sentence(f"{speech.say(f'plan_file.fault.{why}')} {speech.say('plan_file.accepted')}")


# Buttons


async def preview(turn: Turn) -> Answer:
    draft = await _draft(turn)
    if not isinstance(draft, PlanDraft):
        return draft
    start = turn.event.data.get("start")
    from_ = start if isinstance(start, int) and not isinstance(start, bool) and 0 <= start < 10_000 else 0
    return Answer(card_of(turn.speech, turn.community, await plan_files.outlook(turn.work, draft), from_))


async def keep(turn: Turn) -> Answer:
    """The plan as the file has it; the button pressed again finds nothing more to do."""
    draft = await _draft(turn)
    if not isinstance(draft, PlanDraft):
        return draft
    found = await plan_files.keep(turn.work, draft, turn.person, turn.now)
    body: list[Element] = [Text(turn.say("plan_file.saved"), Tone.GOOD), Text(_done(turn.speech, found.changes))]
    publish = Button("plan.ask_publish", turn.say("publication.publish"))
    return Answer(Card(turn.say("plan_file.title", name=draft.name), tuple(body), (_show(turn), publish)))


def _done(speech: Speech, changes: Sequence[Change]) -> str:
    kinds = (ChangeKind.ADDED, ChangeKind.MOVED, ChangeKind.CHANGED, ChangeKind.CANCELLED)
    counted = {kind: sum(change.kind is kind for change in changes) for kind in kinds}
    told = [speech.many(f"plan_file.done.{kind}", n) for kind, n in counted.items() if n]
    return speech.say("plan_file.what", what=speech.listing(told)) if told else speech.say("plan_file.no_change")


def _show(turn: Turn) -> Button:
    return Button("plan.show", turn.say("plan_file.show_plan"))


async def discard(turn: Turn) -> Answer:
    draft = await _draft(turn)
    if not isinstance(draft, PlanDraft):
        return draft
    await plan_files.discard(turn.work, turn.person)
    return sentence_answer(turn, "plan_file.discarded")


async def _draft(turn: Turn) -> PlanDraft | Answer:
    """The file that the button is about, for those who may keep it; else what to say."""
    if not may_change(turn.person):
        return sentence_answer(turn, "plan.not_you")
    draft = await plan_files.find(turn.work, turn.person, as_text(turn.event.data.get("draft")), turn.now)
    return draft or sentence_answer(turn, "plan_file.gone")


ROUTES = Routes(
    buttons={"plan.preview": preview, "plan.import": keep, "plan.discard": discard},
    read_only=frozenset({"plan.preview"}),
)
