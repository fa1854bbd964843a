"""How a case is shown: a line on an agenda, and by itself with what may be done with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from urllib.parse import urlsplit

from dialogs.card import (
    ELSEWHERE,
    Button,
    Buttons,
    Card,
    Element,
    Facts,
    Link,
    Quote,
    Reference,
    Style,
)
from dialogs.plan_words import days_text
from dialogs.speech import Speech
from dialogs.turn import Turn
from domain.agenda import Case, CaseState, Paper
from domain.plan.changes import PlannedMeeting
from domain.working_time import local_date
from services import agenda
from services.messages import Json
from services.organs import may_change
from services.ports import Work


async def names_of(work: Work) -> Mapping[str, str]:
    """Everybody's name by key, those included who have left."""
    return {member.person.key: member.person.name for member in await work.people.all()}


def kinds_text(speech: Speech, case: Case) -> str:
    """Orientering og diskusjon"""
    kinds = [speech.say(f"agenda.kind.{kind}") for kind in case.said.kinds]
    return speech.listing([kinds[0], *(kind.lower() for kind in kinds[1:])])


def line(speech: Speech, names: Mapping[str, str], case: Case, place: int | None = None) -> Quote:
    """3. 2024.12 – Diskusjon – Kommunalsjef Larvik – ref. SSU 2022.39: the title"""
    parts = [case.label, kinds_text(speech, case), _name(speech, names, case.said.responsible)]
    if case.reference:
        parts.append(speech.say("agenda.reference", case=case.reference))
    if case.said.papers:
        parts.append(speech.many("agenda.papers", len(case.said.papers)))
    if not case.is_open:
        parts.append(speech.say(f"agenda.state.{case.state}"))
    told = " – ".join(parts)
    return Quote(f"{place}. {told}" if place else told, case.said.title)


async def detail(turn: Turn, case: Case, *first: Element) -> Card:
    """The case by itself."""
    speech, names = turn.speech, await names_of(turn.work)
    said = case.said
    words = [
        (speech.say("agenda.about"), said.about),
        (proposal_label(speech, case), said.proposal),
        (conclusion_label(speech, case), case.conclusion),
    ]
    body: list[Element] = [
        *first,
        Quote(kinds_text(speech, case), said.title),
        *(Quote(label, text) for label, text in words if text),
        Facts(tuple(await _facts(turn, case, names))),
    ]
    if turn.event.place.personal:
        body += _what_may_be_done(turn, case, await has_begun(turn, case))
    data: dict[str, Json] = {"forum": case.forum, "meeting": case.meeting}
    listed = Button("agenda.show", speech.say("agenda.back"), data)
    links = tuple(link(case.community, paper) for paper in said.papers)
    return Card(speech.say("agenda.case_title", name=case.name), tuple(body), (listed,), links)


def conclusion_label(speech: Speech, case: Case) -> str:
    """Vedtak, or Konklusjon"""
    return speech.say("agenda.decision" if case.is_for_decision else "agenda.conclusion")


def proposal_label(speech: Speech, case: Case) -> str:
    """Forslag til vedtak, or til konklusjon"""
    return speech.say("agenda.proposed_decision" if case.is_for_decision else "agenda.proposed_conclusion")


def link(community: str, paper: Paper) -> Link:
    label = paper.title or urlsplit(paper.link).hostname or paper.link
    return Link(Reference(ELSEWHERE, community, paper.link), label, f"{label}: {paper.link}")


async def _facts(turn: Turn, case: Case, names: Mapping[str, str]) -> list[tuple[str, str]]:
    speech = turn.speech
    rows = [
        (speech.say("agenda.field.responsible"), _name(speech, names, case.said.responsible)),
        (speech.say("agenda.fact.meeting"), await _meeting(turn, case)),
    ]
    if case.reference:
        rows.append((speech.say("agenda.fact.reference"), speech.say("agenda.reference", case=case.reference)))
    if case.state in (CaseState.SENT_ON, CaseState.WITHDRAWN):
        rows.append((speech.say("agenda.fact.state"), await _state(turn, case)))
    if case.follow_up is not None:
        rows.append((speech.say("agenda.fact.follow_up"), await _followed(turn, case, case.follow_up)))
    reported = speech.say(
        "agenda.reported_by",
        who=_name(speech, names, case.reported_by),
        day=speech.short(speech.local_date(case.reported_at)),
    )
    return [*rows, (speech.say("agenda.fact.reported"), reported)]


async def _meeting(turn: Turn, case: Case) -> str:
    planned = await turn.work.plan.get(case.meeting) if case.meeting else None
    if planned is not None:
        return days_text(turn.speech, planned.meeting)
    if case.earliest is not None:
        return turn.say("agenda.waits_until", day=turn.speech.date(case.earliest))
    return turn.say("agenda.waits")


async def _state(turn: Turn, case: Case) -> str:
    there = next((each for each in await turn.work.cases.coming_from(case.id) if each.forum != case.forum), None)
    if case.state is CaseState.SENT_ON and there is not None:
        return turn.say("agenda.sent_on_as", name=there.name)
    return turn.say(f"agenda.state.{case.state}")


async def _followed(turn: Turn, case: Case, day: date) -> str:
    there = await agenda.follow_up_of(turn.work, case)
    told = turn.speech.date(day)
    return turn.say("agenda.followed_as", day=told, name=there.name) if there else told


def _name(speech: Speech, names: Mapping[str, str], key: str) -> str:
    return names.get(key) or speech.say("status.somebody")


async def has_begun(turn: Turn, case: Case) -> bool:
    """Whether the day of the case's meeting has come: from then on something may come of it."""
    planned = await turn.work.plan.get(case.meeting) if case.meeting else None
    return planned is not None and planned.meeting.date <= local_date(turn.now, turn.community.zone)


def _what_may_be_done(turn: Turn, case: Case, begun: bool) -> Sequence[Element]:
    about: dict[str, Json] = {"id": case.id}
    keeps = may_change(turn.person)
    rows: list[tuple[Button, ...]] = []
    if case.is_open and agenda.may_edit(turn.person, case):
        edit = Button("case.edit", turn.say("agenda.edit"), about)
        rows.append((edit, Button("case.withdraw", turn.say("agenda.withdraw"), about, Style.DANGER)))
    if case.is_open and keeps:
        carry = Button("case.carry", turn.say("agenda.carry"), about)
        rows.append((carry, Button("case.send_on", turn.say("agenda.send_on"), about)))
    if keeps and begun and case.state in (CaseState.OPEN, CaseState.CONCLUDED):
        rows.insert(0, (Button("case.conclude", conclusion_label(turn.speech, case), about, Style.PRIMARY),))
    return [Buttons(row) for row in rows]


def choice_label(speech: Speech, planned: PlannedMeeting) -> str:
    """SSU 29.02.2024"""
    return f"{planned.meeting.forum} {speech.short(planned.meeting.date)}"
