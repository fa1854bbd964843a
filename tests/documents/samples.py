"""A full set of minutes to draw, with whatever participants may write in every place that holds words."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from dialogs.minutes_document import words
from dialogs.speech import Speech

NASTY = (
    "<b>fet</b>",
    "{{ 7*7 }}",
    "{% for x in y %}",
    "#let x = 1; $a^2$ @ref [lenke](https://example.com)",
    "Fisk & vilt 'a' \"b\" ]]> </w:t>",
    "æøå Æ š 😀 🏥",
    "\\ _a_ *b* `c`",
)
LONG_WORD = "Pasientsikkerhets" * 20


def minutes(language: str = "nb", text: str = "Larvik åpner fire plasser", count: int = 2) -> dict[str, Any]:
    """`text` stands wherever a participant's words may stand, `count` units, items and actions."""
    speech = Speech(language, ZoneInfo("Europe/Oslo"))
    return {
        "title": speech.say("minutes.title", date="28.11.2023"),
        "community": "Helsefellesskapet i Vestfold",
        "state": "Utkast",
        "words": words(speech),
        "meeting": "Helsefellesskapet i Vestfold",
        "place_and_date": "28.11.2023",
        "present": ["Kommunalsjef Larvik", "Klinikksjef medisin"],
        "absent": ["Kommunalsjef Horten"],
        "secretariat": "Sekretariatet",
        "chair": "Samhandlingssjef SiV",
        "secretary": "Sekretariatet",
        "situation": ["Gul beredskap", text],
        "totals": [{"name": "Overliggere", "value": "16 (+2)"}],
        "units": [{"name": f"Enhet {n}", "level": "gul", "figures": f"{text}\nto linjer"} for n in range(count)],
        "differences": [text],
        "matters": [
            {
                "number": str(n + 1),
                "kind": "Beslutning",
                "heading": f"Enhet {n}",
                "points": [text],
                "decisions": [f"Vedtak {n}"],
                "responsible": "Larvik",
            }
            for n in range(count)
        ],
        "actions": [{"text": f"{text} {n}", "owner": "Larvik", "due": "01.12.2023", "state": ""} for n in range(count)],
        "next_meeting": "05.12.2023",
    }
