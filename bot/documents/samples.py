"""A filled-in example of each kind of document: what own templates are tried with. The lines are constructed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.documents.context import Context
from dialogs import case_document, forum_minutes_document, notice_document, report_document
from dialogs.minutes_document import words
from dialogs.speech import Speech


def minutes(speech: Speech) -> Context:
    line = "…"
    return {
        "title": speech.say("minutes.title", date=line),
        "community": line,
        "state": line,
        "words": words(speech),
        "meeting": line,
        "place_and_date": line,
        "present": [line],
        "absent": [line],
        "secretariat": line,
        "chair": line,
        "secretary": line,
        "situation": [line],
        "totals": [{"name": line, "value": "16"}],
        "units": [{"name": line, "level": line, "figures": line}],
        "differences": [line],
        "matters": [
            {
                "number": "1",
                "kind": line,
                "heading": line,
                "points": [line],
                "decisions": [line],
                "responsible": line,
            }
        ],
        "actions": [{"text": line, "owner": line, "due": line, "state": line}],
        "next_meeting": line,
    }


def report(speech: Speech) -> Context:
    line = "…"
    table = {"columns": ["", line, line], "rows": [{"name": line, "cells": ["3", "4"]}]}
    section = {
        "heading": line,
        "below": False,
        "lines": [line],
        "chart": {"name": "chart-1", "alt": line},
        "tables": [table],
        "points": [line],
    }
    return {
        "title": speech.say("report.title", first=line, last=line),
        "community": line,
        "state": line,
        "words": report_document.words(speech),
        "facts": [{"name": line, "value": line}],
        "sections": [section, section | {"below": True, "chart": None}],
    }


def case(speech: Speech) -> Context:
    line = "…"
    return {
        "title": speech.say("case.title", first=line, last=line),
        "community": line,
        "words": case_document.words(speech),
        **dict.fromkeys(("date", "number", "forum", "kind", "handler"), line),
        **{part: [line] for part in ("background", "conduct", "experiences", "proposal")},
    }


def notice(speech: Speech) -> Context:
    line = "…"
    texts = ("number", "kind", "papers", "heading", "proposal_label", "proposal", "responsible")
    return {
        "title": speech.say("notices.title", forum=line),
        "community": line,
        "state": line,
        "words": notice_document.words(speech) | {"attachments": speech.many("notices.attachments", 2)},
        **dict.fromkeys(("to", "theme", "chair", "secretary", "note"), line),
        "changes": [line],
        "place_and_date": [line],
        "attachments": [{"text": line, "link": line}],
        "matters": [{**dict.fromkeys(texts, line), "lines": [line]}],
    }


def forum_minutes(speech: Speech) -> Context:
    line = "…"
    texts = ("number", "kind", "papers", "heading", "conclusion_label", "conclusion", "responsible")
    return {
        "title": speech.say("forum_minutes.title", forum=line, date=line),
        "community": line,
        "state": line,
        "words": forum_minutes_document.words(speech) | {"attachments": speech.many("notices.attachments", 2)},
        **dict.fromkeys(("meeting", "secretariat", "chair", "secretary"), line),
        **{name: [line] for name in ("place_and_date", "present", "absent")},
        "attachments": [{"text": line, "link": line}],
        "matters": [{**dict.fromkeys(texts, line), "lines": [line]}],
    }


SAMPLES: Mapping[str, Callable[[Speech], Context]] = {
    "minutes": minutes,
    "report": report,
    "case": case,
    "notice": notice,
    "forum_minutes": forum_minutes,
}
