"""What people fill in about cases: what is accepted, what is wrong at which field."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Generic, TypeVar
from urllib.parse import urlsplit

from domain.agenda import CaseKind, CaseText, Paper
from domain.community import Person
from domain.dates_in_words import read_day
from domain.identity_numbers import contains_identity_number
from domain.period_form import joined
from domain.plan.changes import PlannedMeeting
from domain.reports import as_text

T = TypeVar("T")

LONGEST = {"title": 150, "about": 1200, "proposal": 800, "conclusion": 2000, "papers": 2500, "follow_up": 40}
"""Characters of each text: all of them fit on one card, so that who edits a case loses nothing of it."""
MOST_PAPERS = 10
LONGEST_LINK, LONGEST_PAPER_TITLE = 500, 100
FARTHEST = timedelta(days=3 * 366)
NEXT = "next"
"""Instead of a meeting: the organ's next one whose items are not yet due."""

SAID = ("title", "kinds", "about", "proposal", "responsible", "papers")
REPORTED = ("title", "kinds", "forum", "meeting", "about", "proposal", "responsible", "papers")


class Wrong(StrEnum):
    REQUIRED = "required"
    TOO_LONG = "too_long"
    IDENTITY_NUMBER = "identity_number"
    NOT_A_CHOICE = "not_a_choice"
    OTHER_FORUM = "other_forum"  # the meeting is another organ's
    NO_SUCH_PERSON = "no_such_person"
    NOT_A_LINK = "not_a_link"
    NOT_HTTPS = "not_https"
    TOO_MANY_PAPERS = "too_many_papers"
    LONG_LINK = "long_link"
    LONG_PAPER_TITLE = "long_paper_title"
    NOT_A_DATE = "not_a_date"
    NOT_AHEAD = "not_ahead"
    TOO_FAR = "too_far"
    NOT_A_NUMBER = "not_a_number"


@dataclass(frozen=True, slots=True)
class FormRead(Generic[T]):
    """`form` is there when nothing is wrong. `typed` is what may be shown again."""

    form: T | None
    mistakes: Mapping[str, Wrong]
    typed: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Reported:
    """`meeting` is the plan's id of one; None: the organ's next one whose items are not yet due."""

    said: CaseText
    forum: str
    meeting: str | None


@dataclass(frozen=True, slots=True)
class Concluded:
    conclusion: str
    follow_up: date | None


def read_report(
    inputs: Mapping[str, object],
    forums: Collection[str],
    plan: Sequence[PlannedMeeting],
    people: Sequence[Person],
) -> FormRead[Reported]:
    """The form that reports a case: to one of those organs, for one of those meetings, under one of those people."""
    reader = _Reader(inputs, REPORTED)
    said, forum = reader.said(people), reader.choice("forum", forums)
    chosen = reader.text["meeting"]
    meeting = None if chosen in ("", NEXT) else next((each for each in plan if each.id == chosen), None)
    if meeting is None and chosen not in ("", NEXT):
        reader.wrong("meeting", Wrong.NOT_A_CHOICE)
    elif meeting is not None and forum and meeting.meeting.forum != forum:
        reader.wrong("meeting", Wrong.OTHER_FORUM)
    return reader.result(Reported(said, forum, meeting.id if meeting else None))


def read_edit(inputs: Mapping[str, object], people: Sequence[Person]) -> FormRead[CaseText]:
    """What a case says, as it is to be from now on."""
    reader = _Reader(inputs, SAID)
    return reader.result(reader.said(people))


def read_conclusion(inputs: Mapping[str, object], today: date) -> FormRead[Concluded]:
    """What came of a case, and perhaps the day on which it is looked at again."""
    reader = _Reader(inputs, ("conclusion", "follow_up"))
    conclusion = reader.words("conclusion", required=True)
    return reader.result(Concluded(conclusion, reader.day_ahead("follow_up", today)))


def read_choice(inputs: Mapping[str, object], key: str, choices: Collection[str]) -> FormRead[str]:
    """One of several."""
    reader = _Reader(inputs, (key,))
    return reader.result(reader.choice(key, choices))


def read_position(inputs: Mapping[str, object], cases: Collection[str], most: int) -> FormRead[tuple[str, int]]:
    """Which case, and the place that it is put at, counted from 1."""
    reader = _Reader(inputs, ("case", "position"))
    case, given = reader.choice("case", cases), reader.text["position"]
    position = int(given) if re.fullmatch(r"[0-9]{1,4}", given) else 0
    if not 1 <= position <= most:
        reader.wrong("position", Wrong.NOT_A_NUMBER if given else Wrong.REQUIRED)
    return reader.result((case, position))


def written(papers: Sequence[Paper]) -> str:
    """Papers as they stand in the form: a line each."""
    return "\n".join(f"{paper.title} {paper.link}".strip() for paper in papers)


class _Reader:
    """Reads field by field and remembers the first thing that was wrong with each."""

    def __init__(self, inputs: Mapping[str, object], fields: Sequence[str]) -> None:
        self.text = {key: as_text(joined(inputs.get(key)) if key == "kinds" else inputs.get(key)) for key in fields}
        self._mistakes: dict[str, Wrong] = {}

    def wrong(self, key: str, wrong: Wrong) -> None:
        self._mistakes.setdefault(key, wrong)

    def said(self, people: Sequence[Person]) -> CaseText:
        return CaseText(
            title=" ".join(self.words("title", required=True).split()),
            kinds=self._kinds(),
            responsible=self._person(people),
            about=self.words("about"),
            proposal=self.words("proposal"),
            papers=self._papers(),
        )

    def words(self, key: str, *, required: bool = False) -> str:
        text = self.text[key]
        if contains_identity_number(text):
            self.wrong(key, Wrong.IDENTITY_NUMBER)
        elif len(text) > LONGEST[key]:
            self.wrong(key, Wrong.TOO_LONG)
        elif required and not text:
            self.wrong(key, Wrong.REQUIRED)
        return text

    def choice(self, key: str, choices: Collection[str]) -> str:
        given = self.text[key]
        if given in choices:
            return given
        self.wrong(key, Wrong.NOT_A_CHOICE if given else Wrong.REQUIRED)
        return ""

    def day_ahead(self, key: str, today: date) -> date | None:
        given = self.words(key)
        if not given or key in self._mistakes:
            return None
        day = read_day(given, today)
        if day is None:
            self.wrong(key, Wrong.NOT_A_DATE)
        elif day <= today:
            self.wrong(key, Wrong.NOT_AHEAD)
        elif day > today + FARTHEST:
            self.wrong(key, Wrong.TOO_FAR)
        return day

    def _kinds(self) -> tuple[CaseKind, ...]:
        given = {part.strip() for part in self.text["kinds"].split(",")} - {""}
        if not given:
            self.wrong("kinds", Wrong.REQUIRED)
        elif not given <= set(CaseKind):
            self.wrong("kinds", Wrong.NOT_A_CHOICE)
        return tuple(kind for kind in CaseKind if kind in given)

    def _person(self, people: Sequence[Person]) -> str:
        """By key; where there are too many to choose among, by the name as well."""
        given = self.text["responsible"]
        named = [person.key for person in people if person.key == given]
        named = named or [person.key for person in people if person.name.casefold() == given.casefold()]
        if contains_identity_number(given):
            self.wrong("responsible", Wrong.IDENTITY_NUMBER)
        elif len(named) != 1:
            self.wrong("responsible", Wrong.NO_SUCH_PERSON if given else Wrong.REQUIRED)
        return named[0] if named else ""

    def _papers(self) -> tuple[Paper, ...]:
        lines = [line.strip() for line in self.words("papers").splitlines() if line.strip()]
        if len(lines) > MOST_PAPERS:
            self.wrong("papers", Wrong.TOO_MANY_PAPERS)
            return ()
        read = [_paper(line) for line in lines]
        for mistake in read:
            if isinstance(mistake, Wrong):
                self.wrong("papers", mistake)
        return tuple(paper for paper in read if isinstance(paper, Paper))

    def result(self, form: T) -> FormRead[T]:
        typed = {key: text for key, text in self.text.items() if text and not contains_identity_number(text)}
        return FormRead(None if self._mistakes else form, self._mistakes, typed)


def _paper(line: str) -> Paper | Wrong:
    """A title and a link, in either order; the title may be left out."""
    words = line.split()
    links = [word for word in words if "://" in word]
    if len(links) != 1:
        return Wrong.NOT_A_LINK
    [link] = links
    title = " ".join(word for word in words if word != link).strip(" :-–,")
    if len(link) > LONGEST_LINK:
        return Wrong.LONG_LINK
    if len(title) > LONGEST_PAPER_TITLE:
        return Wrong.LONG_PAPER_TITLE
    return wrong if (wrong := _wrong_with(link)) else Paper(title, link)


def _wrong_with(link: str) -> Wrong | None:
    """Only an address that a browser opens as it stands: https, a host, nobody's name in it."""
    try:
        parts = urlsplit(link)
        named = parts.username is not None or parts.password is not None
        good = bool(parts.hostname) and "." in str(parts.hostname) and not named and parts.port != 0
    except ValueError:
        return Wrong.NOT_A_LINK
    if parts.scheme.casefold() != "https":
        return Wrong.NOT_HTTPS
    return None if good and re.fullmatch(r"[^\s\"<>\\^`{|}]+", link) else Wrong.NOT_A_LINK
