"""`saksliste`: the agenda of an organ's meeting, which the secretariat puts in order, and each case by itself."""

from __future__ import annotations

from collections.abc import Sequence

from dialogs import case_cards as cards
from dialogs import case_form
from dialogs.card import (
    Button,
    Buttons,
    Card,
    Choice,
    Element,
    Facts,
    Input,
    InputKind,
    Quote,
    Section,
    Style,
    Text,
    Tone,
)
from dialogs.case_form import again, forum_named
from dialogs.plan_words import days_text, where_text
from dialogs.turn import Answer, Command, Drawing, Routes, Turn
from dialogs.words import sentence_answer
from domain.agenda import Case, CaseState
from domain.agenda_form import read_position
from domain.plan.changes import PlannedMeeting
from domain.plan.deadlines import items_due
from domain.reports import as_text
from domain.working_time import local_date
from services import agenda, meeting_plan
from services.agenda import Told
from services.messages import Json
from services.organs import is_concerned, may_change

PAGE = 12
"""Cases on one card."""
MOST_UNSETTLED = 6
MOST_FORUMS = 8
LONGEST_CHOICE = 60
"""Characters of a case's title where it is chosen; all of it stands above."""


# The agenda of a meeting


async def command(turn: Turn) -> Answer:
    """`saksliste`, `saksliste SSU`"""
    _, *rest = turn.event.text.split(maxsplit=1)
    wanted = rest[0].strip(" .!:") if rest else ""
    forum = forum_named(turn, wanted)
    if wanted and forum is None:
        known = [each.key for each in turn.community.forums]
        return sentence_answer(turn, "agenda.unknown_forum", forums=turn.speech.listing(known))
    return await _show(turn, forum.key if forum else "")


async def show(turn: Turn) -> Answer:
    data = turn.event.data
    start = data.get("start")
    from_ = start if isinstance(start, int) and not isinstance(start, bool) and 0 < start < 10_000 else 0
    return await _show(turn, as_text(data.get("forum")), as_text(data.get("meeting")), from_)


async def _show(turn: Turn, forum: str, meeting: str = "", start: int = 0) -> Answer:
    if not turn.community.forums:
        return sentence_answer(turn, "plan.no_forums")
    plan = await meeting_plan.standing(turn.work)
    planned = next((each for each in plan if each.id == meeting), None) or _next(turn, plan, forum)
    if planned is not None:
        return Answer(await _agenda(turn, plan, planned, start))
    forum = forum if forum in {each.key for each in turn.community.forums} else turn.community.forums[0].key
    body: list[Element] = [Text(turn.say("agenda.no_meeting")), *await _unsettled(turn, forum)]
    return Answer(Card(turn.say("agenda.title", forum=forum), tuple(body), tuple(_report_button(turn, forum))))


def _next(turn: Turn, plan: Sequence[PlannedMeeting], forum: str) -> PlannedMeeting | None:
    """The next meeting of that organ; of the person's own organs when none is given."""
    today = local_date(turn.now, turn.community.zone)
    coming = (each for each in plan if each.meeting.end_date >= today)
    return next(
        (
            each
            for each in coming
            if (each.meeting.forum == forum if forum else is_concerned(turn.work, each.meeting.forum, turn.person))
        ),
        None,
    )


async def _agenda(
    turn: Turn, plan: Sequence[PlannedMeeting], planned: PlannedMeeting, start: int, *first: Element
) -> Card:
    speech, meeting = turn.speech, planned.meeting
    names, cases = await cards.names_of(turn.work), await agenda.agenda_of(turn.work, planned.id)
    shown = cases[start : start + PAGE]
    lines = [cards.line(speech, names, case, place) for place, case in enumerate(shown, start=start + 1)]
    body: list[Element] = [*first, Facts(tuple(_facts(turn, planned)))]
    body += lines or [Text(turn.say("agenda.empty"))]
    if not turn.event.place.personal:
        return Card(turn.say("agenda.title", forum=meeting.forum), tuple(body))
    body += await _unsettled(turn, meeting.forum)
    body += _inputs(turn, shown, len(cases))
    body += _ways(turn, plan, planned, start, len(cases))
    buttons = (*_case_buttons(turn, planned, shown), *_report_button(turn, meeting.forum))
    return Card(turn.say("agenda.title", forum=meeting.forum), tuple(body), buttons)


def _facts(turn: Turn, planned: PlannedMeeting) -> list[tuple[str, str]]:
    meeting, speech = planned.meeting, turn.speech
    rows = [
        (turn.say("agenda.fact.meeting"), days_text(speech, meeting)),
        (turn.say("plan.where"), where_text(speech, turn.community, meeting)),
    ]
    due, today = items_due(turn.community, planned), local_date(turn.now, turn.community.zone)
    if due is not None and meeting.date >= today:
        told = turn.say("agenda.due_passed", day=speech.day(due)) if due < today else speech.day(due)
        rows.append((turn.say("agenda.fact.due"), told))
    return rows


async def _unsettled(turn: Turn, forum: str) -> list[Element]:
    """For the secretariat to see to: the organ's cases that nothing came of at their meeting, or that have none."""
    if not may_change(turn.person) or not turn.event.place.personal:
        return []
    left, waiting = await agenda.left_open(turn.work, forum, turn.now), await turn.work.cases.waiting(forum)
    return [
        *await _to_open(turn, turn.say("agenda.left_open"), left),
        *await _to_open(turn, turn.say("agenda.waiting"), waiting),
    ]


async def _to_open(turn: Turn, heading: str, cases: Sequence[Case]) -> list[Element]:
    if not cases:
        return []
    names, shown = await cards.names_of(turn.work), cases[:MOST_UNSETTLED]
    lines: list[Element] = [cards.line(turn.speech, names, case) for case in shown]
    if len(cases) > len(shown):
        lines.append(Text(turn.speech.many("agenda.more", len(cases) - len(shown)), Tone.SUBTLE))
    return [Section(heading, tuple(lines)), Buttons(tuple(Button("case.show", c.label, {"id": c.id}) for c in shown))]


def _inputs(turn: Turn, shown: Sequence[Case], total: int) -> list[Element]:
    """Which case, and for the secretariat the place to put it at."""
    if not shown:
        return []
    choices = tuple(Choice(case.id, f"{case.label} {_short(case.said.title)}") for case in shown)
    which = Input("case", InputKind.CHOICE, turn.say("agenda.which"), value=choices[0].value, choices=choices)
    if not may_change(turn.person) or total < 2:
        return [which]
    label = turn.say("agenda.field.position", most=total)
    return [which, Input("position", InputKind.COUNT, label, max_length=len(str(total)))]


def _short(title: str) -> str:
    return title if len(title) <= LONGEST_CHOICE else f"{title[: LONGEST_CHOICE - 1].rstrip()}…"


def _case_buttons(turn: Turn, planned: PlannedMeeting, shown: Sequence[Case]) -> list[Button]:
    if not shown:
        return []
    data: dict[str, Json] = {"meeting": planned.id}
    opening = Button("case.show", turn.say("agenda.open_case"), data, Style.PRIMARY, submits=True)
    order = Button("agenda.order", turn.say("agenda.order"), data, submits=True)
    return [opening, order] if may_change(turn.person) and len(shown) > 1 else [opening]


def _report_button(turn: Turn, forum: str) -> list[Button]:
    if not turn.event.place.personal or not agenda.may_report(turn.work, turn.person, forum):
        return []
    return [Button("case.open", turn.say("agenda.report"), {"forum": forum})]


def _ways(turn: Turn, plan: Sequence[PlannedMeeting], planned: PlannedMeeting, start: int, total: int) -> list[Element]:
    """To the further cases, to the organ's meetings before and after, to the other organs."""
    rows: list[tuple[Button, ...]] = []
    if total > start + PAGE:
        further = turn.speech.many("agenda.more", total - start - PAGE)
        rows.append((Button("agenda.show", further, {"meeting": planned.id, "start": start + PAGE}),))
    theirs = [each for each in plan if each.meeting.forum == planned.meeting.forum]
    at = theirs.index(planned)
    meetings = [
        Button("agenda.show", turn.say(key, day=turn.speech.short(each.meeting.date)), {"meeting": each.id})
        for each, key in (
            *((each, "agenda.before") for each in theirs[at - 1 : at]),
            *((each, "agenda.after") for each in theirs[at + 1 : at + 2]),
        )
    ]
    others = tuple(
        Button("agenda.show", forum.key, {"forum": forum.key})
        for forum in turn.community.forums
        if forum.key != planned.meeting.forum
    )[:MOST_FORUMS]
    rows += [row for row in (tuple(meetings), others) if row]
    return [Buttons(row) for row in rows]


async def order(turn: Turn) -> Answer:
    """Puts the chosen case at the place that was written."""
    if not may_change(turn.person):
        return sentence_answer(turn, "agenda.not_you")
    plan = await meeting_plan.standing(turn.work)
    planned = next((each for each in plan if each.id == as_text(turn.event.data.get("meeting"))), None)
    if planned is None:
        return sentence_answer(turn, "plan.gone")
    cases = {case.id: case for case in await agenda.agenda_of(turn.work, planned.id)}
    if not cases:
        return Answer(await _agenda(turn, plan, planned, 0))
    read = read_position(turn.event.data, list(cases), len(cases))
    if read.form is None:
        shown = await _agenda(turn, plan, planned, 0)
        return Answer(again(turn.speech, shown, read.typed, read.mistakes))
    await agenda.order(turn.work, turn.person, cases[read.form[0]], read.form[1], turn.now)
    return Answer(await _agenda(turn, plan, planned, 0, Text(turn.say("agenda.ordered"), Tone.GOOD)))


# One case


async def show_case(turn: Turn) -> Answer:
    """By its button, or the one that was chosen on the agenda."""
    case = await turn.work.cases.get(as_text(turn.event.data.get("id")) or as_text(turn.event.data.get("case")))
    return Answer(await cards.detail(turn, case)) if case else sentence_answer(turn, "agenda.gone")


async def as_it_stands(turn: Turn) -> Answer:
    """What a repeated press is answered with: what came of the first one. Stores nothing."""
    data = turn.event.data
    case = await turn.work.cases.get(as_text(data.get("id")))
    if turn.event.action == "case.report":
        made = agenda.id_of(turn.person.key, as_text(data.get("forum")), case_form.key_of(turn))
        case = await turn.work.cases.get(made)
    return Answer(await cards.detail(turn, case)) if case else await show(turn)


# What those concerned are told


async def told(drawing: Drawing) -> Card | None:
    """What somebody did with a case; pointless when something newer has come of it before it was sent."""
    what = Told(drawing.param("what"))
    cases = await _told_cases(drawing, what)
    if not cases:
        return None
    speech, names = drawing.speech, await cards.names_of(drawing.work)
    body: list[Element] = []
    for case, meeting in cases:
        body.append(cards.line(speech, names, case))
        body += await _news(drawing, what, case, meeting)
    by = drawing.params.get("by")
    if by in names:
        said = "agenda.told_new" if what is Told.REPORTED else "agenda.told_by"
        body.append(Text(drawing.say(said, who=names[str(by)]), Tone.SUBTLE))
    [first, *more] = [case for case, _ in cases]
    if more:
        return Card(speech.say(f"agenda.told_many.{what}", count=speech.number(len(cases))), tuple(body))
    opening = Button("case.show", drawing.say("agenda.open_case"), {"id": first.id})
    return Card(speech.say(f"agenda.told.{what}", name=first.name), tuple(body), (opening,))


async def _told_cases(drawing: Drawing, what: Told) -> list[tuple[Case, PlannedMeeting | None]]:
    """The cases with the meeting that was told of."""
    found = []
    listed = drawing.params["cases"]
    for each in listed if isinstance(listed, list) else []:
        entry = each if isinstance(each, dict) else {}
        case = await drawing.work.cases.get(as_text(entry.get("id")))
        if case is None or (drawing.first and not _holds(what, case, entry.get("meeting"))):
            continue
        meeting = as_text(entry.get("meeting"))
        found.append((case, await drawing.work.plan.get(meeting) if meeting else None))
    return found


def _holds(what: Told, case: Case, meeting: Json) -> bool:
    """Whether it is still so."""
    if what is Told.WITHDRAWN:
        return case.state is CaseState.WITHDRAWN
    if what is Told.CONCLUDED:
        return case.state is CaseState.CONCLUDED
    return case.is_open and (what is Told.EDITED or case.meeting == meeting)


async def _news(drawing: Drawing, what: Told, case: Case, planned: PlannedMeeting | None) -> list[Element]:
    """Beside the case itself: when it is taken up, or what came of it."""
    speech = drawing.speech
    if what is Told.CONCLUDED:
        concluded: list[Element] = [Quote(cards.conclusion_label(speech, case), case.conclusion)]
        if case.follow_up is not None:
            concluded.append(Facts(((drawing.say("agenda.fact.follow_up"), speech.date(case.follow_up)),)))
        return concluded
    if what is Told.WITHDRAWN:
        return []
    when = days_text(speech, planned.meeting) if planned else drawing.say("agenda.waits")
    return [Facts(((drawing.say("agenda.fact.meeting"), when),))]


ROUTES = Routes(
    commands=(Command("agenda", "saksliste|sakliste|sakslista|saklista|agenda", command, more=True),),
    buttons={"agenda.show": show, "agenda.order": order, "case.show": show_case},
    templates={"case.told": told},
    read_only=frozenset({"agenda", "agenda.show", "case.show"}),
)
