"""Deputies and absence: who is away, who is told, and what happens as it begins and is over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import uuid4

from domain.absence_form import NOBODY, AbsenceForm, FormRead, read_absence
from domain.absences import Absence
from domain.community import Person, Role
from domain.working_time import local_date
from services.audience import active_people, with_role
from services.messages import Message, Recipient
from services.ports import DueWork, Work
from services.rounds import ask_anew

DONE, DROPPED = "done", "dropped"


async def set_absence(
    work: Work, by: Person, inputs: Mapping[str, object], now: datetime, *, for_others: bool
) -> Absence | FormRead:
    """Checks the form and registers that somebody is away; `FormRead` bears the mistakes.

    `for_others`: the form itself says who is away, else it is the one who sends it. From the first day on the deputy
    is asked and the absent one is not; an unanswered form of today goes to the deputy at once.
    """
    today = local_date(now, work.community.zone)
    others = await work.absences.not_ended()
    read = read_absence(inputs, None if for_others else by, await active_people(work), others, today)
    if read.form is None:
        return _registered_already(read) or read
    absence = _absence(read.form, by, now)
    await work.absences.add(absence)
    await work.audit.add("absence.set", subject_of(absence), by=by.key, now=now, **_on_record(absence))
    await work.due.put(*_due(work, absence, now))
    await _tell(work, absence, now)
    if absence.lasts(now, work.community.zone):
        await _ask_who_answers_now(work, absence, now)
    return absence


def _registered_already(read: FormRead) -> Absence | None:
    """The same form once more is no mistake: what stands there already."""
    in_the_way = [mistake.other for mistake in read.mistakes.values()]
    if len(in_the_way) != 1 or in_the_way[0] is None:
        return None
    standing = in_the_way[0]
    typed = read.typed.get("deputy"), read.typed.get("from"), read.typed.get("until")
    days = standing.first.isoformat(), standing.last.isoformat()
    return standing if typed == (standing.deputy or NOBODY, *days) else None


async def end(work: Work, absence: Absence, by: Person, now: datetime) -> bool:
    """Back early, or not away after all; False if it was over already."""
    if not await work.absences.end(absence.id, now, by.key):
        return False
    await work.due.cancel(f"{subject_of(absence)}:")
    await work.audit.add("absence.ended", subject_of(absence), by=by.key, now=now, person=absence.person)
    await _tell_over(work, absence, now, by=by)
    return True


async def shown_to(work: Work, person: Person) -> Sequence[Absence]:
    """What a person sees of absences: the coordinator all that are not over, anybody else the own ones."""
    standing = await work.absences.not_ended()
    return standing if person.has(Role.COORDINATOR) else [a for a in standing if a.person == person.key]


def may_end(person: Person, absence: Absence) -> bool:
    return absence.person == person.key or person.has(Role.COORDINATOR)


def subject_of(absence: Absence) -> str:
    """What the absence is called as a topic of messages, in the audit trail and before its due work."""
    return f"absence:{absence.id}"


# What falls due


async def begins(work: Work, due: DueWork, now: datetime) -> str | datetime:
    """From now on the deputy is asked: whatever waits for an answer goes to them."""
    absence = await work.absences.get(str(due.subject["absence"]))
    if absence is None or not absence.lasts(now, work.community.zone):
        return DROPPED
    await _ask_who_answers_now(work, absence, now)
    return DONE


async def over(work: Work, due: DueWork, now: datetime) -> str | datetime:
    """The last day has passed: the one who was away is asked again, and told so."""
    absence = await work.absences.get(str(due.subject["absence"]))
    if absence is None or not await work.absences.end(absence.id, absence.over_at(work.community.zone), None):
        return DROPPED
    await work.audit.add("absence.ended", subject_of(absence), by=None, now=now, person=absence.person)
    await _tell_over(work, absence, now, by=None)
    return DONE


HANDLERS = {"absence.begins": begins, "absence.over": over}


def _due(work: Work, absence: Absence, now: datetime) -> list[DueWork]:
    zone, subject = work.community.zone, {"absence": absence.id}
    steps = [DueWork(f"{subject_of(absence)}:over", "absence.over", subject, absence.over_at(zone))]
    if absence.begins_at(zone) > now:
        steps.append(DueWork(f"{subject_of(absence)}:begins", "absence.begins", subject, absence.begins_at(zone)))
    return steps


async def _ask_who_answers_now(work: Work, absence: Absence, now: datetime) -> None:
    member = await work.people.get(absence.person)
    unit = next((u for u in work.community.units_asked if member and u.key == member.person.unit), None)
    if unit is not None:
        await ask_anew(work, unit, now)


# Who is told


async def _tell(work: Work, absence: Absence, now: datetime) -> None:
    if absence.deputy is not None and absence.deputy != absence.set_by:
        await _send(work, absence, "absence.named", [absence.deputy], now)
    concerned = [key for key in await _person_and_coordinators(work, absence) if key != absence.set_by]
    await _send(work, absence, "absence.registered", concerned, now)


async def _tell_over(work: Work, absence: Absence, now: datetime, *, by: Person | None) -> None:
    await work.outbox.refresh(subject_of(absence), now=now)
    people = [key for key in await _person_and_coordinators(work, absence) if by is None or key != by.key]
    await _send(work, absence, "absence.over", people, now)
    await _ask_who_answers_now(work, absence, now)


async def _person_and_coordinators(work: Work, absence: Absence) -> list[str]:
    coordinators = [person.key for person in await with_role(work, Role.COORDINATOR)]
    return list(dict.fromkeys([absence.person, *coordinators]))


async def _send(work: Work, absence: Absence, template: str, people: Iterable[str], now: datetime) -> None:
    await work.outbox.put(
        *(
            Message(
                key=f"{subject_of(absence)}:{template}:{person}",
                to=Recipient(person=person),
                template=template,
                params={"absence": absence.id},
                topic=subject_of(absence),
                quiet=True,
            )
            for person in people
        ),
        now=now,
    )


def _absence(form: AbsenceForm, by: Person, now: datetime) -> Absence:
    return Absence(
        id=uuid4().hex[:16],
        person=form.person.key,
        deputy=form.deputy.key if form.deputy else None,
        first=form.first,
        last=form.last,
        set_by=by.key,
        set_at=now,
    )


def _on_record(absence: Absence) -> dict[str, str | None]:
    return {
        "person": absence.person,
        "deputy": absence.deputy,
        "from": absence.first.isoformat(),
        "until": absence.last.isoformat(),
    }
