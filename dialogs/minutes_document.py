"""The minutes as a document: what its templates are filled in with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from dialogs.differences import stands_text
from dialogs.speech import Speech
from dialogs.turn import Document, Drawing
from dialogs.words import level_word, within_sentence
from domain.community import PreparednessLevel
from domain.differences import Reason
from domain.meeting import NoteKind
from domain.minutes import Minutes, MinutesState
from services import minutes
from services.held import Held
from services.messages import Json
from services.ports import Work

WORDS = (
    "meeting",
    "place_and_date",
    "present",
    "absent",
    "secretariat",
    "chair",
    "secretary",
    "situation",
    "figures",
    "figure",
    "total",
    "units",
    "unit",
    "level",
    "reported",
    "differences",
    "matters",
    "number",
    "matter",
    "responsible",
    "decision",
    "no_matters",
    "actions",
    "action",
    "owner",
    "due",
    "no_actions",
    "page",
)
"""The document's headings."""


Content = Mapping[str, Any]
"""The minutes' content as the services keep it."""


def words(speech: Speech) -> dict[str, str]:
    return {word: speech.say(f"minutes.word.{word}") for word in WORDS}


async def build(drawing: Drawing, ids: Sequence[str]) -> Document | None:
    """The minutes of a round in one of their versions; 0 is the draft as it stands."""
    if len(ids) != 2 or not ids[1].isdecimal() or len(ids[1]) > 4:
        return None
    round_ = await drawing.work.rounds.get(ids[0])
    version = int(ids[1])
    content = await minutes.frozen(drawing.work, round_, version, drawing.now) if round_ else None
    known = await minutes.of_meeting(drawing.work, round_, drawing.now) if round_ else None
    if round_ is None or content is None or known is None:
        return None
    state = await state_text(drawing.work, drawing.speech, round_, known, version, drawing.now)
    day = drawing.speech.local_date(_at(content["meeting_at"]))
    suffix = f"-{version}" if version else f"-{drawing.say('minutes.file_draft')}"
    return Document(
        f"{drawing.say('minutes.file')}-{day.isoformat()}{suffix}",
        context(drawing.speech, drawing.community.name, content, state),
    )


async def state_text(work: Work, speech: Speech, held: Held, known: Minutes, version: int, now: datetime) -> str:
    """Draft, out for comment, approved, or replaced: what a version of the minutes is worth."""
    if not version or not known.sent_at:
        return speech.say("minutes.state.draft")
    if version != known.version:
        return speech.say("minutes.state.replaced", version=version, newest=known.version)
    if known.state is MinutesState.APPROVED and known.approved_at:
        if known.approved_by is None:
            return speech.say("minutes.state.approved_by_itself", at=speech.moment(known.approved_at))
        member = await work.people.get(known.approved_by)
        by = member.person.name if member else speech.say("status.somebody")
        return speech.say("minutes.state.approved", at=speech.moment(known.approved_at), by=by)
    until = minutes.comments_end(work, held, known, now)
    return speech.say(
        "minutes.state.sent", version=version, at=speech.moment(known.sent_at), until=speech.moment(until)
    )


def context(speech: Speech, community: str, content: Content, state: str) -> dict[str, Json]:
    """Every word final, for the templates."""
    meeting_at, ends_at = _at(content["meeting_at"]), _at(content["ends_at"])
    nobody = speech.say("minutes.none")
    return {
        "title": speech.say("minutes.title", date=speech.date(speech.local_date(meeting_at))),
        "community": community,
        "state": state,
        "words": dict(words(speech)),
        "meeting": speech.say("minutes.meeting", community=community),
        "place_and_date": speech.say(
            "minutes.from_to",
            day=speech.date(speech.local_date(meeting_at)),
            start=speech.time(meeting_at),
            end=speech.time(ends_at),
        ),
        "present": _lines(present_lines(speech, content)),
        "absent": _lines(absent_lines(speech, content)),
        "secretariat": speech.listing(content["secretariat"]) or nobody,
        "chair": speech.listing(content["chair"]) or nobody,
        "secretary": speech.listing(content["secretary"]) or nobody,
        "situation": _lines(situation_lines(speech, content)),
        "totals": [_total(speech, total) for total in content["totals"]],
        "units": [_unit(speech, unit) for unit in content["units"] if unit["answered"]],
        "differences": [_difference(speech, found) for found in content["differences"]],
        "matters": [_matter(speech, n, *matter) for n, matter in enumerate(matters(content), 1)],
        "actions": [_action(speech, action) for action in content["actions"]],
        "next_meeting": _next_meeting(speech, content),
    }


def present_lines(speech: Speech, content: Content) -> list[str]:
    if not content["marked"]:
        return [speech.say("minutes.not_marked")]
    guests = [content["guests"]] if content["guests"] else []
    return [*content["present"], *guests] or [speech.say("minutes.none")]


def absent_lines(speech: Speech, content: Content) -> list[str]:
    """Who was asked for and did not come, with who came in their place."""
    if not content["marked"]:
        return [speech.say("minutes.not_marked")]
    lines = [
        speech.say("minutes.instead", name=person["name"], instead=speech.listing(person["instead"]))
        if person["instead"]
        else person["name"]
        for person in content["absent"]
    ]
    return lines or [speech.say("minutes.none")]


def situation_lines(speech: Speech, content: Content) -> list[str]:
    """Level and reasons, who had answered, what it costs."""
    level = level_word(speech, PreparednessLevel(content["level"]))
    reasons = speech.listing([within_sentence(speech.say(f"crisis.reason.{reason}")) for reason in content["reasons"]])
    lines = [
        speech.say("minutes.level", level=level, reasons=reasons),
        speech.say("minutes.answered", answered=content["answered"], of=content["asked"]),
    ]
    if content["missing"]:
        lines.append(speech.say("minutes.missing", units=speech.listing(content["missing"])))
    if content["cost"]:
        amount = speech.say("summary.kroner", amount=speech.number(content["cost"]))
        lines.append(speech.say("minutes.cost", amount=amount))
    return lines


def matters(content: Content) -> list[tuple[str | None, list[str], list[str]]]:
    """The notes by whom they concern, the whole meeting first: unit, points, decisions."""
    found: dict[str | None, tuple[list[str], list[str]]] = {}
    for note in sorted(content["notes"], key=lambda note: note["unit"] is not None):
        points, decisions = found.setdefault(note["unit"], ([], []))
        (decisions if note["kind"] == NoteKind.DECISION else points).append(note["text"])
    return [(unit, points, decisions) for unit, (points, decisions) in found.items()]


def _matter(speech: Speech, number: int, unit: str | None, points: list[str], decisions: list[str]) -> dict[str, Json]:
    kinds = [kind for kind, said in ((NoteKind.POINT, points), (NoteKind.DECISION, decisions)) if said]
    return {
        "number": str(number),
        "kind": ", ".join(speech.say(f"minutes.kind.{kind}") for kind in kinds),
        "heading": unit or speech.say("at_meeting.whole"),
        "points": _lines(points),
        "decisions": _lines(decisions),
        "responsible": unit or "",
    }


def _total(speech: Speech, total: Content) -> dict[str, Json]:
    value = speech.number(total["value"])
    if total["change"] is not None:
        value = f"{value} {speech.say('summary.change', change=speech.signed(total['change']))}"
    return {"name": _label(speech, total), "value": value}


def _unit(speech: Speech, unit: Content) -> dict[str, Json]:
    level = level_word(speech, PreparednessLevel(unit["level"])) if unit["level"] else ""
    late = f" ({speech.say('summary.late')})" if unit["late"] else ""
    figures = " · ".join(_figure(speech, figure) for figure in unit["figures"])
    quoted = [f"– {text}" for text in unit["texts"]]
    return {"name": f"{unit['name']}{late}", "level": level, "figures": "\n".join([figures, *quoted])}


def _figure(speech: Speech, figure: Content) -> str:
    percent = " %" if figure["percent"] else ""
    name = within_sentence(_label(speech, figure).split(" (")[0])
    text = f"{name} {speech.number(figure['value'])}{percent}"
    return f"{text} ({speech.signed(figure['change'])})" if figure["change"] else text


def _difference(speech: Speech, found: Content) -> str:
    """One line: the figures, and what came of the question to both sides."""
    if found["hospital"] == found["municipality"]:
        line = speech.say("differences.cleared_line", unit=found["unit"], figure=found["municipality"])
    else:
        line = speech.say(
            "summary.difference",
            unit=found["unit"],
            municipality=found["municipality"],
            hospital=found["hospital"],
            difference=speech.signed(found["hospital"] - found["municipality"]),
        )
    # Versions that were sent before outcomes were kept have none.
    said = [text for outcome in found.get("outcomes", ()) for text in _outcome(speech, outcome)]
    return " ".join([line, *(f"{text}." for text in said)])


def _outcome(speech: Speech, outcome: Content) -> list[str]:
    who = outcome["unit"] or speech.say("differences.the_municipality")
    said = []
    if outcome["corrected"]:
        before, after = outcome["corrected"]
        said.append(speech.say("differences.corrected", who=who, before=before, after=after))
    if (stand := outcome["stands"]) is not None:
        told = stands_text(speech, who, Reason(stand["reason"]) if stand["reason"] else None)
        said.append(f"{told} ({stand['because']})" if stand["because"] else told)
    return said


def _action(speech: Speech, action: Content) -> dict[str, Json]:
    return {
        "text": action["text"],
        "owner": action["owner"],
        "due": speech.short(date.fromisoformat(action["due"])),
        "state": speech.say(f"minutes.action_state.{action['state']}"),
    }


def _next_meeting(speech: Speech, content: Content) -> str:
    coming = content["next_meeting"]
    return speech.say("summary.next_meeting", meeting=speech.moment(_at(coming))) if coming else ""


def _label(speech: Speech, labelled: Content) -> str:
    label: Mapping[str, str] = labelled["label"]
    return label.get(speech.language) or label["nb"]


def _lines(texts: list[str]) -> list[Json]:
    return list(texts)


def _at(kept: Any) -> datetime:
    return datetime.fromisoformat(kept)
