"""Every word a participant reads: three languages that say the same, each in its own words, and nothing left over.

What the code asks for is read from its source: each key that reaches `say`, `many` or `sentence_answer`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from string import Formatter
from zoneinfo import ZoneInfo

import pytest

from bot.documents.context import Format
from bot.plan.dropped import FetchFault
from bot.plan.files import Fault
from dialogs import case_document, forum_minutes_document, log, minutes_document, notice_document, plan_file, router
from dialogs.document_links import FORMATS
from dialogs.speech import TEXTS, Speech, catalogue
from dialogs.status import FORM_WORDS
from domain import (
    absence_form,
    action_form,
    agenda_form,
    differences,
    evaluation,
    meeting,
    notice,
    period_form,
    reports,
)
from domain.actions import Standing
from domain.agenda import CaseKind, CaseState
from domain.community import LANGUAGES, Field, IndicatorType, PreparednessLevel, Role
from domain.evaluation import SCALE, FreeText, Question
from domain.extra_meetings import HowSoon
from domain.holiday_seasons import Season
from domain.minutes import WrongComment
from domain.periods import Reason
from domain.plan import deadline_form
from domain.plan import form as plan_form
from domain.plan.changes import ChangeKind
from domain.plan.conflicts import ConflictKind
from domain.plan.free_deadlines import FileChangeKind
from domain.plan.meeting import Doubtful
from domain.plan.reminders import Later, WrongLater
from domain.rounds import RoundState
from services import corrections, deliveries, levels, minutes, notices
from services import meeting as meeting_service
from services.agenda import Told
from tests.builders import indicator

ROOT = Path(__file__).parents[2]
OSLO = ZoneInfo("Europe/Oslo")
PACKAGES = ("bot", "dialogs", "domain", "services", "storage")

EXPANDED: Mapping[str, frozenset[str]] = {
    prefix: frozenset(str(value) for value in values)
    for prefix, values in {
        "actions.line.": Standing,
        "actions.state.": Standing,
        "actions.wrong.": action_form.Wrong,
        "actions.changed.": ("added", "moved", "done", "dropped", "handed_over"),
        "actions.due.": ("today", "tomorrow", "soon", "passed"),
        "common.level.": PreparednessLevel,
        "common.colour.": PreparednessLevel,
        "corrections.what.": corrections.POSTED,
        "corrections.wrong.": corrections.Wrong,
        "plan.case_deadline.": ("follow_up", "papers"),
        "agenda.kind.": CaseKind,
        "agenda.state.": CaseState,
        "agenda.told.": set(Told) - {Told.REOPENED},
        "agenda.told_many.": (Told.CARRIED, Told.MEETING_MOVED),
        "agenda.wrong.": agenda_form.Wrong,
        "crisis.level.": PreparednessLevel,
        "crisis.reason.": Reason,
        "crisis.field.": period_form.FIELDS,
        "crisis.wrong.": period_form.Wrong,
        "delivery.fate.": set(deliveries.Fate) - {deliveries.Fate.GOT},
        "delivery.what.": deliveries.ASKED,
        "delivery.why.": deliveries.Why,
        "evaluation.degree.": SCALE,
        "evaluation.question.": Question,
        "evaluation.text.": FreeText,
        "evaluation.wrong.": evaluation.Wrong,
        "meetings.when.": HowSoon,
        "help.command.": router._DIALOGS,
        "help.does.": router._DIALOGS,
        "holidays.season.": Season,
        "levels.clinics.": ("yellow", "red"),
        "levels.municipalities.": ("yellow", "red"),
        "levels.wrong.": levels.Wrong,
        "log.field.": log.FIELDS,
        "log.kind.": log.KINDS,
        "at_meeting.kind.": meeting.NoteKind,
        "at_meeting.within.": meeting.NoteKind,
        "at_meeting.wrong.": meeting.Wrong,
        "at_meeting.refused.": meeting_service.Refused,
        "minutes.action_state.": Standing,
        "minutes.format.": Format,
        "minutes.kind.": meeting.NoteKind,
        "minutes.refused.": minutes.Refused,
        "minutes.word.": minutes_document.WORDS,
        "differences.reason.": differences.Reason,
        "report.since.": differences.Reason,
        "differences.since.": set(differences.Reason) - {differences.Reason.OTHER},
        "differences.wrong.": differences.Wrong,
        "absence.field.": absence_form.FIELDS,
        "absence.wrong.": absence_form.Wrong,
        "minutes.wrong.": WrongComment,
        "forum_minutes.awaits.": ("draft", "comment", "approval"),
        "help.minutes.": ("draft", "comment", "approval"),
        "forum_minutes.word.": {*forum_minutes_document.WORDS, *meeting.LED_BY},
        "notices.changed.": set(notice.Changed) - notice.OF_CASES,
        "notices.case_changed.": {*notice.OF_CASES, "withdrawn"},
        "notices.doubt.": notice.NoticeDoubt,
        "notices.refused.": notices.Refused,
        "notices.state.": ("sent", "sent_again"),
        "notices.word.": notice_document.WORDS,
        "notices.wrong.": notice.WrongDetail,
        "deadlines.later.": Later,
        "deadlines.wrong.": WrongLater,
        "free_deadlines.before.": deadline_form.MAY_BE_REMINDED_BEFORE,
        "free_deadlines.choice.": deadline_form.MAY_BE_REMINDED_BEFORE,
        "free_deadlines.line.": ("open", "overdue"),
        "free_deadlines.told.": ("given", "changed", "removed"),
        "free_deadlines.wrong.": deadline_form.Wrong,
        "plan_file.change.": {str(kind) for kind in (*ChangeKind, *FileChangeKind)} - {"kept", "moved"},
        "plan_file.count.": ("meetings", "deadlines", "doubts", "conflicts"),
        "plan_file.done.": ("added", "moved", "changed", "cancelled"),
        "plan_file.doubt.": Doubtful,
        "plan_file.fault.": (*Fault, *FetchFault),
        "plan_file.place.": plan_file.PLACES,
        "plan_file.section.": ("doubts", "conflicts", "changes", "kept", "deadlines", "deadlines_kept"),
        "plan.collides.": ConflictKind,
        "plan.field.": plan_form.FIELDS,
        "plan.notice.": ("moved", "changed", "cancelled"),
        "plan.wrong.": plan_form.Wrong,
        "people.channel.": ("teams", "slack", "mail", "web"),
        "people.role.": (Role.RESPONDENT, Role.DEPUTY),
        "report.column.": (
            *("in_time", "late", "missing", "time_to_answer", "action", "owner", "due", "standing"),
            *("meetings", "largest", "statement", "average"),
        ),
        "replay.document.": ("report", "case"),
        "report.form.": FORMATS,
        "report.link.": ("report", "case"),
        "report.standing.": Standing,
        "report.state.": Standing,
        "case.word.": case_document.WORDS,
        "status.ask.": IndicatorType,
        "status.wrong.": reports.Wrong,
        "summary.state.": RoundState,
        "web.email_wrong.": ("required", "address"),
    }.items()
}
"""What the open end of a key made with an f-string may be."""

KEY_AT: Mapping[str, int] = {"say": 0, "many": 0, "sentence_answer": 1, "_date": 1, "_outcome": 3}
"""Which argument of a function is the key of a text. `_date` is the one of speech.py."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ENGLISH = _words("""
    the and or of with without your you please is are was has have been not this that write answer answers
    meeting round help overview crisis connect skip cancel deadline unit reminder summary green yellow red last
    day days hour hours minute minutes now from period text level report
""")
NYNORSK = _words("""
    ikkje ein eit eitt eg frå kva kven korleis kor kvar kvart berre dei no enno nokon noka inga vere gjere
    kople seinare seint rundar møta spørsmåla tala fristane fristar pasientar sjukehuset grøn raud oversyn
    oversynet attende eining eininga einingar byrje dømes teikn mykje saman overliggjarar òg då stod vart namn
    fleire heilt dagar timar uendra utan oppsummeringa oppsummeringane påminning påminningar sidan framleis
    medan dersom gongen krevjande utfordrande ventar motteken motteke allereie forstod hald fell kjem
""")
BOKMAAL = _words("""
    ikke en et jeg fra hva hvem hvor hvordan hver hvert bare de nå ennå noen noe være gjøre koble senere sent
    runder møtene spørsmålene tallene fristene frister pasienter sykehuset velg grønn rød oversikt oversikten
    tilbake enhet enheten enheter begynne begynner tegn mye sammen overliggere også da sto ble navn flere helt
    dager timer minutter uendret uten oppsummeringen oppsummeringene påminnelse påminnelser siden fortsatt mens
    hvis gangen krevende utfordrende venter mottatt allerede forsto eksempel skrevet annet fortsett faller
    kommer
""")
NORWEGIAN = _words("""
    og eller ikke ikkje er på til fra frå med som skriv møte møtet frist fristen runde svar svart nå enhet krise
    hjelp oversikt oversyn avslutt koble kople språk tilbake attende hopp avbryt kl
""")
FOREIGN = {"nb": ENGLISH | NYNORSK, "nn": ENGLISH | BOKMAAL, "en": NORWEGIAN}

QUOTED = {"nb": r"«([^»]*)»", "nn": r"«([^»]*)»", "en": "“([^”]*)”"}


# The catalogues


def test_nb_has_the_texts_of_every_file() -> None:
    names = {language: {file.name for file in (TEXTS / language).glob("*.toml")} for language in LANGUAGES}
    assert names["nn"] == names["nb"]
    assert names["en"] == names["nb"]


@pytest.mark.parametrize("language", ["nn", "en"])
def test_the_languages_have_the_same_keys(language: str) -> None:
    here, nb = set(catalogue(language)), set(catalogue("nb"))
    assert not nb - here, f"missing in {language}: {sorted(nb - here)}"
    assert not here - nb, f"only in {language}: {sorted(here - nb)}"


@pytest.mark.parametrize("language", ["nn", "en"])
def test_the_languages_take_the_same_values(language: str) -> None:
    nb = catalogue("nb")
    differing = {
        key: f"{sorted(placeholders(text))} instead of {sorted(placeholders(nb[key]))}"
        for key, text in catalogue(language).items()
        if key in nb and not _same_placeholders(key, text, nb[key])
    }
    assert not differing


def _same_placeholders(key: str, one: str, other: str) -> bool:
    """A text for exactly one may write the number as a word."""
    free = {"count"} if key.endswith(".one") else set()
    return placeholders(one) - free == placeholders(other) - free


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_there_and_clean(language: str) -> None:
    for key, text in catalogue(language).items():
        assert text, f"{key} is empty"
        assert text == text.strip(), f"{key} has space around it"
        assert "  " not in text, f"{key} has a double space"
        assert "\n" not in text, f"{key} breaks the line"
        assert '"' not in text, f"{key}: quotation marks are «» in Norwegian and “” in English"
        assert "'" not in text, f"{key}: an apostrophe is ’"
        assert not text.endswith(".."), f"{key} ends twice"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_formats(language: str) -> None:
    for key, text in catalogue(language).items():
        written = text.format(**{name: f"<{name}>" for name in placeholders(text)})
        assert "{" not in written, key
        assert "}" not in written, key
        for name in placeholders(text):
            assert f"<{name}>" in written, key


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_plural_forms_come_in_pairs(language: str) -> None:
    keys = set(catalogue(language))
    stems = {key.rpartition(".")[0] for key in keys if key.endswith((".one", ".other"))}
    assert stems
    for stem in stems:
        assert {f"{stem}.one", f"{stem}.other"} <= keys, stem
        assert "count" in placeholders(catalogue(language)[f"{stem}.other"]), stem


# The languages


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_of_another_language(language: str) -> None:
    found = {
        key: sorted(words_of(text) & FOREIGN[language])
        for key, text in catalogue(language).items()
        if words_of(text) & FOREIGN[language] and key not in ("help.command.language", "people.which_language")
    }
    assert not found


def test_the_word_lists_tell_the_languages_apart() -> None:
    """Each list finds something in the language that it is made of, so it is not blind."""
    spoken = {language: {w for text in catalogue(language).values() for w in words_of(text)} for language in LANGUAGES}
    assert len(spoken["en"] & ENGLISH) > 20
    assert len(spoken["nn"] & NYNORSK) > 20
    assert len(spoken["nb"] & BOKMAAL) > 20
    assert len(spoken["nb"] & NORWEGIAN) > 10
    assert len(spoken["nn"] & NORWEGIAN) > 10


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_languages_differ(language: str) -> None:
    """A sentence that is the same in Norwegian and English was never translated."""
    others = [catalogue(other) for other in LANGUAGES if {other, language} not in ({"nb", "nn"}, {language})]
    for key, text in catalogue(language).items():
        if len(words_of(text)) > 2:
            assert all(other.get(key) != text for other in others), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_text_tells_to_write_is_understood(language: str) -> None:
    texts = catalogue(language)
    labels = set(texts.values())
    for key, text in texts.items():
        for quoted in re.findall(QUOTED[language], text):
            assert is_understood(quoted) or quoted in labels, f"{key}: “{quoted}”"
        assert not re.search("[«»]" if language == "en" else "[“”]", text), f"{key} quotes in another language's way"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_commands_that_help_lists_are_understood(language: str) -> None:
    for key, text in catalogue(language).items():
        command = key.removeprefix("help.command.")
        if command in (key, "language"):
            continue
        assert router.command_of(text) == command, key
    word, *codes = catalogue(language)["help.command.language"].replace(",", " ").split()
    assert {code for code in codes if code in LANGUAGES} == set(LANGUAGES)
    assert all(is_understood(f"{word} {code}") for code in LANGUAGES)


COMMANDS = {
    "nb": [
        "tilgang",
        "kanal",
        "saksliste",
        "meld sak",
        "rapport",
        "hjelp",
        "status",
        "oversikt",
        "krise",
        "avslutt",
        "runde nå",
        "rytme",
        "nivå",
        "be om møte",
        "koble",
        "logg",
        "levering",
        "rett melding",
        "tilbake",
        "hopp",
        "avbryt",
        "evaluering",
        "vara",
        "tiltak",
        "møte",
        "referat",
        "møteplan",
        "frist",
        "ukesoversikt",
        "publiser",
        "innkalling",
    ],
    "nn": [
        "tilgang",
        "kanal",
        "sakliste",
        "meld sak",
        "rapport",
        "hjelp",
        "status",
        "oversyn",
        "krise",
        "avslutt",
        "runde no",
        "rytme",
        "nivå",
        "be om møte",
        "kople",
        "logg",
        "levering",
        "rett melding",
        "attende",
        "hopp",
        "avbryt",
        "evaluering",
        "vara",
        "tiltak",
        "møte",
        "referat",
        "møteplan",
        "frist",
        "vekesoversikt",
        "publiser",
        "innkalling",
    ],
    "en": [
        "access",
        "channel",
        "agenda",
        "report item",
        "report",
        "help",
        "status",
        "overview",
        "crisis",
        "end",
        "round now",
        "rhythm",
        "level",
        "request meeting",
        "connect",
        "log",
        "delivery",
        "correct message",
        "back",
        "skip",
        "cancel",
        "evaluation",
        "deputy",
        "actions",
        "meeting",
        "minutes",
        "plan",
        "deadline",
        "digest",
        "publish",
        "notice",
    ],
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_names_the_commands_by_its_own_words(language: str) -> None:
    texts = catalogue(language)
    named = {texts[key] for key in texts if key.startswith("help.command.")}
    named |= {word for text in texts.values() for word in re.findall(QUOTED[language], text)}
    assert {word for word in named if word in router._WORDS or word in FORM_WORDS} == set(COMMANDS[language])


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_text_gives_as_an_example_is_accepted(language: str) -> None:
    texts = catalogue(language)
    assert period_form.read_date(_after(r"\d\S+", texts["crisis.wrong.not_a_date"])) == date(2023, 11, 28)
    assert period_form.read_time(_after(r"\d\S+", texts["crisis.wrong.not_a_time"])) == time(16)
    percent = Field("p", indicator("p", IndicatorType.PERCENT, max=100))
    for key in ("status.ask.percent", "status.wrong.not_a_percent"):
        assert reports.read_field(percent, _after(r"\d\S+", texts[key].replace("0 ", " "))) == 7.5
    level = Field("l", indicator("l", IndicatorType.LEVEL, max=0))
    asked = re.findall(r"\w+", texts["status.ask.level"])
    taken = [reports.read_field(level, word) for word in asked if word in catalogue(language).values()]
    assert taken == ["green", "yellow", "red"]
    wrong = [reports.read_field(level, word) for word in re.findall(r"\w+", texts["status.wrong.not_a_level"])]
    assert [value for value in wrong if not isinstance(value, reports.Mistake)] == ["green", "yellow", "red"] * 2


def _after(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found, text
    return found[0].removesuffix(".")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_levels_words_are_those_that_can_be_written(language: str) -> None:
    level = Field("l", indicator("l", IndicatorType.LEVEL, max=0))
    texts = catalogue(language)
    for value in PreparednessLevel:
        colour, _, word = texts[f"common.level.{value}"].partition(" – ")
        assert [reports.read_field(level, w) for w in (colour, word)] == [value, value]
        assert texts[f"common.colour.{value}"] == colour.lower()
        assert texts[f"crisis.level.{value}"].startswith(colour)


# What the code asks for


@dataclass(frozen=True)
class Use:
    """A place that asks for texts. `given` are the names it fills in; None where that cannot be seen."""

    where: str
    keys: frozenset[str]
    given: frozenset[str] | None


def test_the_code_asks_for_texts_that_exist() -> None:
    nb = catalogue("nb")
    assert len(uses()) > 100
    missing = {f"{use.where}: {key}" for use in uses() for key in use.keys if key not in nb}
    assert not missing


def test_no_text_is_left_over() -> None:
    asked = {key for use in uses() for key in use.keys}
    assert not sorted(set(catalogue("nb")) - asked)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_code_gives_every_value_that_a_text_takes(language: str) -> None:
    texts = catalogue(language)
    lacking = {
        f"{use.where}: {key} takes {sorted(placeholders(texts[key]) - use.given)}"
        for use in uses()
        for key in use.keys
        if use.given is not None and key in texts and placeholders(texts[key]) - use.given
    }
    assert not lacking


@lru_cache
def uses() -> tuple[Use, ...]:
    found: list[Use] = []
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            tree = ast.parse(file.read_text(encoding="utf-8"))
            found.extend(_uses_in(tree, tree, str(file.relative_to(ROOT))))
        for page in sorted((ROOT / package).rglob("*.html")) + sorted((ROOT / package).rglob("*.j2")):
            asked = re.findall(r"\bsay\(\s*[\"']([\w.]+)[\"']", page.read_text(encoding="utf-8"))
            found.append(Use(str(page.relative_to(ROOT)), frozenset(asked), None))
    return tuple(found)


def _uses_in(node: ast.AST, scope: ast.AST, file: str) -> Iterator[Use]:
    for child in ast.iter_child_nodes(node):
        inner = child if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) else scope
        if isinstance(child, ast.Call) and (use := _use(child, scope, file)):
            yield use
        yield from _uses_in(child, inner, file)


def _use(call: ast.Call, scope: ast.AST, file: str) -> Use | None:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    at = KEY_AT.get(name)
    if at is None or len(call.args) <= at or (name == "_date" and file != "dialogs/speech.py"):
        return None
    keys = _keys(call.args[at], scope, f"{file}:{call.lineno}")
    if name == "many":
        keys = {f"{key}.{form}" for key in keys for form in ("one", "other")}
    named = {keyword.arg for keyword in call.keywords if keyword.arg} | ({"count"} if name == "many" else set())
    open_ended = name == "_date" or any(keyword.arg is None for keyword in call.keywords)
    return Use(f"{file}:{call.lineno}", frozenset(keys), None if open_ended else frozenset(named)) if keys else None


def _keys(node: ast.expr, scope: ast.AST, where: str) -> set[str]:
    """Every key that an expression can be."""
    match node:
        case ast.Constant(value=str(key)):
            return {key}
        case ast.IfExp():
            return _keys(node.body, scope, where) | _keys(node.orelse, scope, where)
        case ast.JoinedStr(values=[ast.Constant(value=str(prefix)), ast.FormattedValue()]):
            assert prefix in EXPANDED, f"{where}: say in EXPANDED what {prefix}… may be"
            return {prefix + end for end in EXPANDED[prefix]}
        case ast.Name(id=name):
            return _keys_of_name(name, scope, where)
        case ast.JoinedStr() if where.startswith("dialogs/speech.py"):
            return set()  # `many`, whose callers are followed
    raise AssertionError(f"{where}: cannot follow {ast.unparse(node)}; write the key where it can be read")


def _keys_of_name(name: str, scope: ast.AST, where: str) -> set[str]:
    """A local name stands for what is assigned to it; a wrapper's own parameter is followed at its callers."""
    if isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef):
        parameters = {a.arg for a in (*scope.args.posonlyargs, *scope.args.args, *scope.args.kwonlyargs)}
        if name in parameters and scope.name in KEY_AT:
            return set()
    keys: set[str] = set()
    for node in ast.walk(scope):
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == name for t in node.targets):
            keys |= _keys(node.value, scope, where)
        elif isinstance(node, ast.For | ast.comprehension) and name in _names(node.target):
            keys |= {key for key in _strings(node.iter) if key in catalogue("nb")}
    assert keys, f"{where}: cannot follow {name}; write the key where it can be read"
    return keys


def _names(target: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(target) if isinstance(node, ast.Name)}


def _strings(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            yield inner.value


# Dates, times and numbers

TUESDAY = datetime(2023, 11, 28, 15, 0, tzinfo=UTC)


def speech(language: str) -> Speech:
    return Speech(language, OSLO)


@pytest.mark.parametrize(
    ("language", "long", "day", "short", "clock", "moment"),
    [
        (
            "nb",
            "tirsdag 28. november 2023",
            "tirsdag 28. november",
            "28.11.2023",
            "kl. 16.00",
            "tirsdag 28. november kl. 16.00",
        ),
        (
            "nn",
            "tysdag 28. november 2023",
            "tysdag 28. november",
            "28.11.2023",
            "kl. 16.00",
            "tysdag 28. november kl. 16.00",
        ),
        (
            "en",
            "Tuesday 28 November 2023",
            "Tuesday 28 November",
            "28/11/2023",
            "16:00",
            "Tuesday 28 November at 16:00",
        ),
    ],
)
def test_dates_and_times(language: str, long: str, day: str, short: str, clock: str, moment: str) -> None:
    says = speech(language)
    assert says.date(TUESDAY) == long
    assert says.day(TUESDAY) == day
    assert says.short(TUESDAY) == short
    assert says.time(TUESDAY) == clock
    assert says.moment(TUESDAY) == moment
    assert says.day(TUESDAY.date()) == day
    assert says.time(time(16)) == clock


@pytest.mark.parametrize(
    ("language", "words"),
    [("nb", "onsdag 1. januar"), ("nn", "onsdag 1. januar"), ("en", "Wednesday 1 January")],
)
def test_an_instant_late_in_the_evening_is_of_the_next_day_where_it_is_read(language: str, words: str) -> None:
    assert speech(language).day(datetime(2024, 12, 31, 23, 30, tzinfo=UTC)) == words


@pytest.mark.parametrize(
    ("at", "clock"),
    [
        (datetime(2024, 3, 31, 0, 59, tzinfo=UTC), "kl. 01.59"),
        (datetime(2024, 3, 31, 1, 0, tzinfo=UTC), "kl. 03.00"),
        (datetime(2024, 10, 27, 0, 30, tzinfo=UTC), "kl. 02.30"),
        (datetime(2024, 10, 27, 1, 30, tzinfo=UTC), "kl. 02.30"),
    ],
)
def test_the_clock_over_the_change_to_and_from_summer_time(at: datetime, clock: str) -> None:
    assert speech("nb").time(at) == clock


SPANS = [
    (timedelta(0), "1 minutt", "1 minutt", "1 minute"),
    (timedelta(seconds=-5), "1 minutt", "1 minutt", "1 minute"),
    (timedelta(minutes=1), "1 minutt", "1 minutt", "1 minute"),
    (timedelta(minutes=30), "30 minutter", "30 minutt", "30 minutes"),
    (timedelta(hours=1), "1 time", "1 time", "1 hour"),
    (timedelta(minutes=61), "1 time og 1 minutt", "1 time og 1 minutt", "1 hour and 1 minute"),
    (timedelta(minutes=150), "2 timer og 30 minutter", "2 timar og 30 minutt", "2 hours and 30 minutes"),
    (timedelta(hours=47), "47 timer", "47 timar", "47 hours"),
    (timedelta(hours=48), "2 dager", "2 dagar", "2 days"),
    (timedelta(days=7, hours=5), "7 dager", "7 dagar", "7 days"),
]


@pytest.mark.parametrize(("length", "nb", "nn", "en"), SPANS)
def test_spans(length: timedelta, nb: str, nn: str, en: str) -> None:
    assert [speech(language).span(length) for language in LANGUAGES] == [nb, nn, en]


@pytest.mark.parametrize(
    ("value", "nb", "nn", "en"),
    [
        (2, "+2", "+2", "+2"),
        (-1, "−1", "−1", "−1"),
        (0, "uendret", "uendra", "unchanged"),
        (0.0, "uendret", "uendra", "unchanged"),
        (-1.5, "−1,5", "−1,5", "−1.5"),
    ],
)
def test_signed_numbers(value: float, nb: str, nn: str, en: str) -> None:
    assert [speech(language).signed(value) for language in LANGUAGES] == [nb, nn, en]


@pytest.mark.parametrize(("language", "number"), [("nb", "88 128"), ("nn", "88 128"), ("en", "88,128")])
def test_large_numbers(language: str, number: str) -> None:
    assert speech(language).number(88128).replace("\u00a0", " ").replace("\u202f", " ") == number


@pytest.mark.parametrize(
    ("language", "two", "three"),
    [
        ("nb", "Horten og Larvik", "Horten, Larvik og Færder"),
        ("nn", "Horten og Larvik", "Horten, Larvik og Færder"),
        ("en", "Horten and Larvik", "Horten, Larvik and Færder"),
    ],
)
def test_lists(language: str, two: str, three: str) -> None:
    says = speech(language)
    assert says.listing([]) == ""
    assert says.listing(["Horten"]) == "Horten"
    assert says.listing(["Horten", "Larvik"]) == two
    assert says.listing(["Horten", "Larvik", "Færder"]) == three


@pytest.mark.parametrize(
    ("language", "one", "three"),
    [
        ("nb", "1 av 9 har ikke svart", "3 av 9 har ikke svart"),
        ("nn", "1 av 9 har ikkje svart", "3 av 9 har ikkje svart"),
        ("en", "1 of 9 has not answered", "3 of 9 have not answered"),
    ],
)
def test_one_and_many(language: str, one: str, three: str) -> None:
    assert speech(language).many("missing.title", 1, of=9) == one
    assert speech(language).many("missing.title", 3, of=9) == three


@pytest.mark.parametrize(
    ("language", "due", "reminder", "title"),
    [
        (
            "nb",
            "Frist: tirsdag 28. november kl. 16.00. Møtet begynner kl. 16.00.",
            "Vi mangler status fra Larvik. Fristen går ut om 2 timer, tirsdag 28. november kl. 16.00.",
            "Samhandlingsmøte tirsdag 28. november kl. 16.00",
        ),
        (
            "nn",
            "Frist: tysdag 28. november kl. 16.00. Møtet tek til kl. 16.00.",
            "Vi manglar status frå Larvik. Fristen går ut om 2 timar, tysdag 28. november kl. 16.00.",
            "Samhandlingsmøte tysdag 28. november kl. 16.00",
        ),
        (
            "en",
            "Deadline: Tuesday 28 November at 16:00. The meeting begins at 16:00.",
            "We have no status from Larvik yet. The deadline is in 2 hours, on Tuesday 28 November at 16:00.",
            "Coordination meeting on Tuesday 28 November at 16:00",
        ),
    ],
)
def test_sentences_with_a_time_in_them(language: str, due: str, reminder: str, title: str) -> None:
    says = speech(language)
    moment, left = says.moment(TUESDAY), says.span(timedelta(hours=2))
    assert says.say("status.due", due=moment, meeting=says.time(TUESDAY)) == due
    assert says.say("status.reminder", unit="Larvik", left=left, due=moment) == reminder
    assert says.say("summary.title", date=says.day(TUESDAY), time=says.time(TUESDAY)) == title


def test_every_plural_text_says_one_and_many() -> None:
    plurals = {key.removesuffix(".other") for key in catalogue("nb") if key.endswith(".other")}
    for language in LANGUAGES:
        for key in plurals:
            values = dict.fromkeys(placeholders(catalogue(language)[f"{key}.other"]) - {"count"}, "x")
            assert "2" in speech(language).many(key, 2, **values)
            assert "2" not in speech(language).many(key, 1, **values)


# Helpers


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def words_of(text: str) -> set[str]:
    """The words of a text, in lower case, without the names of its placeholders."""
    return set(re.findall(r"[^\W\d_]+", re.sub(r"\{\w*\}", " ", text).casefold()))


def is_understood(words: str) -> bool:
    return router.command_of(words) is not None or words in FORM_WORDS
