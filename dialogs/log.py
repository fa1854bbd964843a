"""`logg`: what was changed, by whom and when, in the reader's words; for the coordinator."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time

from dialogs.card import Button, Card, Element, Quote, Text, Tone, sentence
from dialogs.crisis import only_coordinator
from dialogs.speech import Speech
from dialogs.turn import Answer, Command, Drawing, Routes, Turn
from dialogs.words import level_word, sentence_answer, within_sentence
from domain.agenda import CaseKind, CaseState
from domain.community import Community, PreparednessLevel
from domain.extra_meetings import HowSoon
from domain.meeting import NoteKind
from domain.periods import Reason
from domain.rhythm_form import WORKING_DAYS
from services.corrections import POSTED
from services.messages import Json
from services.ports import AuditEntry, Work
from services.reach import CHANNELS

PAGE = 12
LONGEST_VALUE = 160
"""Characters of one value that a line shows; all of it stands in the export."""

MOST_CHANGES = 8
"""Values that a line shows: enough for what a person changes at once."""

KINDS = (
    *("action.added", "action.moved", "action.done", "action.dropped", "action.handed_over"),
    *("deadline.added", "deadline.changed", "deadline.removed"),
    *("deadline.done", "deadline.snoozed", "deadline.declined", "difference.asked", "difference.stands"),
    *("access.revoked", "absence.set", "absence.ended", "channel.connected", "delivery.retried", "agenda.ordered"),
    *("case.reported", "case.edited", "case.carried", "case.sent_on", "case.withdrawn", "case.reopened"),
    *("case.concluded",),
    *("evaluation.opened", "evaluation.answered", "evaluation.closed", "level.set"),
    *("meeting.requested", "meeting.approved", "meeting.declined", "meeting.withdrawn", "meeting.lapsed"),
    "meeting.called",
    *("holiday.declined",),
    *("meeting.attendance", "meeting.noted", "meeting.note_corrected", "meeting.note_removed"),
    *("message.corrected", "message.withdrawn", "message.restored"),
    *("meeting.added", "meeting.moved", "meeting.changed", "meeting.cancelled"),
    *("plan.published", "digest.turned_on", "digest.turned_off"),
    *("minutes.sent", "minutes.commented", "minutes.approved", "minutes.written", "notice.changed", "notice.sent"),
    *("people.first", "period.started", "period.rhythm_changed", "period.ended"),
    *("person.added", "person.changed", "person.left", "person.language", "person.accepted", "person.declined"),
    *("person.channel", "person.exported", "person.erased"),
    *("platform.down", "platform.back"),
    *("report.answered", "report.corrected", "token.created", "token.revoked"),
)
"""What has words of its own; another kind is shown by its name."""

FIELDS = (
    *("cancelled_meetings", "due", "due_at", "email", "every_days", "first_meeting", "invited", "language", "level"),
    *("meeting_at", "name", "note", "owner", "reason", "reasons", "roles", "start", "state", "text", "texts"),
    *("snoozed_until", "messages", "municipality", "hospital", "deputy", "from"),
    *("unit", "until", "word", "person", "by_hand", "answered", "kind", "present", "guests"),
    *("reminded_before", "how_soon", "since", "weekdays", "why"),
    *("title", "kinds", "responsible", "proposal", "papers", "forum", "meeting_date", "position", "reference"),
    *("conclusion", "follow_up", "earliest", "chair", "secretary", "channel"),
    *("date", "end_date", "end", "place", "host"),
)
"""Values with names of their own; another is shown by its key."""

_TECHNICAL = frozenset(
    {"id", "key", "number", "period", "round", "version", "template", "about", "people", "teams", "slack", "meeting"}
)
"""What the export tells and a reader does not need."""

_PEOPLE = frozenset({"chair", "deputy", "invited", "person", "present", "responsible", "secretary"})
"""Values that are people's keys, one or several."""


async def show(turn: Turn) -> Answer:
    """The newest changes."""
    if refusal := await only_coordinator(turn):
        return refusal
    if not turn.event.place.personal:
        await turn.send("log.page", {})
        return sentence_answer(turn, "status.sent_in_private")
    return Answer(await _page(turn.work, turn.speech))


async def more(turn: Turn) -> Answer:
    """The page before; a forged or broken place to go on from gives the newest."""
    if refusal := await only_coordinator(turn):
        return refusal
    before = turn.event.data.get("before")
    return Answer(await _page(turn.work, turn.speech, before if _is_number(before) else None))


def _is_number(value: Json) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**62


async def draw_page(drawing: Drawing) -> Card | None:
    return await _page(drawing.work, drawing.speech)


async def _page(work: Work, speech: Speech, before: Json = None) -> Card:
    found = await work.audit.newest(PAGE + 1, before if isinstance(before, int) else None)
    if not found:
        return sentence(speech.say("log.nothing"))
    shown, buttons = found[:PAGE], []
    if len(found) > PAGE:
        buttons.append(Button("audit.more", speech.say("log.older"), {"before": shown[-1].id}))
    if before is not None:
        buttons.append(Button("audit.log", speech.say("log.newest")))
    lines: list[Element] = [await _line(work, speech, entry) for entry in shown]
    intro = Text(speech.say("log.intro"), Tone.SUBTLE)
    return Card(speech.say("log.title"), (intro, *lines), tuple(buttons))


async def _line(work: Work, speech: Speech, entry: AuditEntry) -> Quote:
    """28.11.2023 kl. 10.12 · Kommunalsjef Larvik: Rettet svaret på status (Larvik kommune). Overliggere: 3 → 4"""
    by = await work.people.get(entry.by) if entry.by else None
    who = by.person.name if by else entry.by or speech.say("log.by_itself")
    about = await _about(work, speech, entry)
    said = await _done(speech, entry)
    changes = list(_changes(work.community, speech, await _with_names(work, entry.details)))
    if len(changes) > MOST_CHANGES:
        changes[MOST_CHANGES:] = [speech.many("log.more", len(changes) - MOST_CHANGES)]
    text = f"{said} ({about})." if about else f"{said}."
    when = f"{speech.short(_local(speech, entry.at))} {speech.time(entry.at)}"
    return Quote(f"{when} · {who}", f"{text} {'; '.join(changes)}".strip())


async def _done(speech: Speech, entry: AuditEntry) -> str:
    if entry.kind in KINDS:
        return speech.say(f"log.kind.{entry.kind}")
    return speech.say("log.unknown", kind=entry.kind)


async def _about(work: Work, speech: Speech, entry: AuditEntry) -> str:
    """What it was done to, by a name that people know."""
    kind, _, key = entry.subject.partition(":")
    if kind == "report":
        return _unit(work.community, key.rpartition(":")[2])
    if kind == "difference":
        return _unit(work.community, key.partition(":")[2].partition(":")[0])
    if kind == "person":
        member = await work.people.get(key)
        return member.person.name if member else ""
    if kind == "message" and entry.details.get("template") in POSTED:
        return speech.say(f"corrections.what.{entry.details['template']}")
    if kind == "deadline" and key.startswith("free:"):
        deadline = await work.free_deadlines.get(key.removeprefix("free:"))
        return _short(deadline.text) if deadline else ""
    if kind == "action":
        action = await work.actions.get(key)
        return _short(action.text) if action else ""
    if kind == "case":
        case = await work.cases.get(key)
        return case.name if case else ""
    return ""


async def _with_names(work: Work, details: Mapping[str, Json]) -> Mapping[str, Json]:
    """The same, with people's names in place of their keys; one who is not known keeps the key."""
    known = [*work.community.people, *(member.person for member in await work.people.all())]
    names = {person.key: person.name for person in known}

    def named(value: Json) -> Json:
        if isinstance(value, list):
            return [named(one) for one in value]
        return names.get(value, value) if isinstance(value, str) else value

    def within(key: str, value: Json) -> Json:
        if key in ("before", "after") and isinstance(value, dict):
            return {inner: within(inner, one) for inner, one in value.items()}
        return named(value) if key in _PEOPLE else value

    return {key: within(key, value) for key, value in details.items()}


def _changes(community: Community, speech: Speech, details: Mapping[str, Json]) -> Iterator[str]:
    """Overliggere: 3 → 4; other values by name."""
    before, after = details.get("before"), details.get("after")
    was, becomes = before if isinstance(before, dict) else {}, after if isinstance(after, dict) else {}
    for key in [*was, *(key for key in becomes if key not in was)]:
        old, new = (_value(community, speech, key, values.get(key)) for values in (was, becomes))
        if key in _TECHNICAL or old == new:
            continue
        changed = f"{old or '–'} → {new or '–'}" if key in was else new
        yield f"{_name(community, speech, key)}: {changed}"
    for key, value in details.items():
        loose = key not in ("before", "after") or not isinstance(value, dict)
        if loose and key not in _TECHNICAL and (text := _value(community, speech, key, value)):
            yield text if key in ("before", "after") else f"{_name(community, speech, key)}: {text}"


def _name(community: Community, speech: Speech, key: str) -> str:
    """An indicator's question, a value's name, else its key."""
    indicator, _, unit = key.partition(".")
    if asked := next((i for i in community.indicators if i.key == indicator), None):
        name = asked.name(speech.language).split(" (")[0]
        return f"{name}, {_unit(community, unit)}" if unit else name
    if key in FIELDS:
        return speech.say(f"log.field.{key}")
    return key


def _value(community: Community, speech: Speech, key: str, value: Json) -> str:
    match value:
        case None | "":
            return ""
        case bool():
            return speech.say("log.yes" if value else "log.no")
        case int() | float():
            return speech.number(value)
        case list():
            return _short(", ".join(_value(community, speech, key, one) for one in value))
        case dict():
            return _short("; ".join(f"{name}: {_value(community, speech, name, one)}" for name, one in value.items()))
    return _words(community, speech, key, value)


def _words(community: Community, speech: Speech, key: str, value: str) -> str:
    """A level, a unit, a question or an instant by what people call it; anything else as it is."""
    if key == "channel" and value in CHANNELS:
        return speech.say(f"people.channel.{value}")
    if key == "reasons" and value in set(Reason):
        return within_sentence(speech.say(f"crisis.reason.{value}"))
    if key == "weekdays" and value in WORKING_DAYS:
        return speech.weekday(WORKING_DAYS.index(value))
    if key == "how_soon" and value in set(HowSoon):
        return within_sentence(speech.say(f"meetings.when.{value}"))
    if key == "kind" and value in set(NoteKind):
        return speech.say(f"at_meeting.within.{value}")
    if key == "kinds" and value in set(CaseKind):
        return within_sentence(speech.say(f"agenda.kind.{value}"))
    if key == "state" and value in set(CaseState):
        return speech.say(f"agenda.state.{value}")
    if value in set(PreparednessLevel):
        return level_word(speech, PreparednessLevel(value))
    if any(unit.key == value for unit in community.units):
        return _unit(community, value)
    if asked := next((i for i in community.indicators if i.key == value), None):
        return within_sentence(asked.name(speech.language))
    return _instant(speech, value) or _short(value)


def _instant(speech: Speech, value: str) -> str:
    try:
        if len(value) == len("2023-11-28"):
            return speech.short(date.fromisoformat(value))
        if len(value) == len("16:00"):
            return speech.time(time.fromisoformat(value))
        at = datetime.fromisoformat(value) if len(value) >= len("2023-11-28T16:00") else None
    except ValueError:
        return ""
    return speech.moment(at) if at is not None and at.tzinfo is not None else ""


def _local(speech: Speech, at: datetime) -> date:
    return at.astimezone(speech.zone).date()


def _unit(community: Community, key: str) -> str:
    return community.name_of_unit(key)


def _short(text: str) -> str:
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= LONGEST_VALUE else one_line[:LONGEST_VALUE].rstrip() + "…"


ROUTES = Routes(
    commands=(Command("log", "logg|log", show),),
    buttons={"audit.log": more, "audit.more": more},
    templates={"log.page": draw_page},
    read_only=frozenset({"audit.log", "audit.more"}),
)
