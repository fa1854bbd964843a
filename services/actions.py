"""Actions: made, changed, told of, and put on record. What falls due about them is in `action_reminders`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from hashlib import blake2s
from uuid import uuid4

from domain.action_form import ActionForm, FormRead, MoveForm, read_action, read_drop, read_hand_over, read_move
from domain.actions import Action
from domain.actions import may_change as may_change_by_role
from domain.community import Person
from domain.working_time import local_date
from services import action_reminders
from services.action_reminders import OVERDUE_TOPIC, action_topic, overdue_topic
from services.audience import active_people, answers_for
from services.messages import Json, Message, Recipient
from services.pictures import summary_topic
from services.ports import Work
from services.rounds import current_round


class Refused(StrEnum):
    """Why nothing was changed."""

    GONE = "gone"  # there is no such action
    NOT_YOURS = "not_yours"
    SETTLED = "settled"  # done or dropped already


async def add(
    work: Work,
    by: Person,
    text: str,
    owner: str,
    due: date,
    now: datetime,
    *,
    round_id: str | None = None,
    key: str = "",
) -> Action:
    """Stores a new action, tells its owner's people and sets its reminders up.

    The same `key` with the same content by the same person is one action, however often it comes. `round_id` is the
    round whose meeting it was agreed in; when nothing is said, the one whose meeting is under way.
    """
    action = Action(
        id=id_of(by, ActionForm(text, owner, due), key) if key else uuid4().hex[:16],
        community=work.community.key,
        text=text,
        owner=owner,
        due=due,
        created_by=by.key,
        created_at=now,
        round=round_id or await _meeting_under_way(work, now),
    )
    if not await work.actions.add(action):
        return await work.actions.get(action.id) or action
    after: dict[str, Json] = {"text": text, "owner": owner, "due": due.isoformat(), "round": action.round}
    await work.audit.add("action.added", subject_of(action.id), by=by.key, now=now, after=after)
    await action_reminders.plan(work, action, now)
    await _tell_owner(work, action, by, now)
    await _refresh(work, action, now)
    return action


async def add_from_form(
    work: Work, by: Person, inputs: Mapping[str, object], now: datetime, *, key: str = "", round_id: str | None = None
) -> Action | FormRead[ActionForm]:
    """Checks the form that adds an action, and adds it if nothing is wrong."""
    read = read_action(work.community, inputs, local_date(now, work.community.zone))
    if read.form is None:
        return read
    return await add(work, by, read.form.text, read.form.owner, read.form.due, now, round_id=round_id, key=key)


async def may_change(work: Work, person: Person, action: Action, now: datetime) -> bool:
    """The owning unit's people and whoever answers for it now, the coordinator and the secretariat."""
    if may_change_by_role(person, action):
        return True
    return action.owner in {unit.key for unit in await answers_for(work, person, now)}


async def find(work: Work, by: Person, action_id: str, now: datetime) -> Action | Refused:
    """An open action that the person may change."""
    action = await work.actions.get(action_id)
    if action is None:
        return Refused.GONE
    if not await may_change(work, by, action, now):
        return Refused.NOT_YOURS
    return action if action.is_open else Refused.SETTLED


async def finish(work: Work, by: Person, action_id: str, now: datetime) -> Action | Refused:
    """The action is done."""
    action = await find(work, by, action_id, now)
    if isinstance(action, Refused):
        return action
    return await _changed(work, by, "action.done", action, action.done(by.key, now), now)


async def move(
    work: Work, by: Person, action_id: str, inputs: Mapping[str, object], now: datetime
) -> Action | Refused | FormRead[MoveForm]:
    """Another due date; from the second time on with a reason."""
    action = await find(work, by, action_id, now)
    if isinstance(action, Refused):
        return action
    read = read_move(action, inputs, local_date(now, work.community.zone))
    if read.form is None:
        return read
    return await _changed(work, by, "action.moved", action, action.moved(read.form.due, read.form.reason), now)


async def drop(
    work: Work, by: Person, action_id: str, inputs: Mapping[str, object], now: datetime
) -> Action | Refused | FormRead[str]:
    """The action is not to be done after all."""
    action = await find(work, by, action_id, now)
    if isinstance(action, Refused):
        return action
    read = read_drop(inputs)
    if read.form is None:
        return read
    return await _changed(work, by, "action.dropped", action, action.dropped(by.key, now, read.form), now)


async def hand_over(
    work: Work, by: Person, action_id: str, inputs: Mapping[str, object], now: datetime
) -> Action | Refused | FormRead[str]:
    """Another unit owns it from now on, and its people are told."""
    action = await find(work, by, action_id, now)
    if isinstance(action, Refused):
        return action
    read = read_hand_over(work.community, action, inputs)
    if read.form is None:
        return read
    changed = await _changed(work, by, "action.handed_over", action, action.handed_over(read.form), now)
    await _tell_owner(work, changed, by, now)
    return changed


async def _changed(work: Work, by: Person, kind: str, before: Action, after: Action, now: datetime) -> Action:
    await work.actions.change(after)
    was, became = _differences(before, after)
    details = {"before": was, "after": became} | ({"reason": after.reason} if after.reason else {})
    await work.audit.add(kind, subject_of(after.id), by=by.key, now=now, **details)
    if not after.is_open:
        await action_reminders.cancel(work, after)
    elif after.due != before.due:
        await action_reminders.cancel(work, after)
        await action_reminders.plan(work, after, now)
    await _refresh(work, after, now)
    if before.owner != after.owner:
        await work.outbox.refresh(overdue_topic(before.owner), now=now)
    return after


def _differences(before: Action, after: Action) -> tuple[dict[str, Json], dict[str, Json]]:
    """What a change concerned, as it was and as it became."""

    def shown(action: Action) -> dict[str, Json]:
        return {"state": str(action.state), "due": action.due.isoformat(), "owner": action.owner}

    was, became = shown(before), shown(after)
    return {k: v for k, v in was.items() if v != became[k]}, {k: v for k, v in became.items() if v != was[k]}


async def _meeting_under_way(work: Work, now: datetime) -> str | None:
    held = (r.id for r in await work.rounds.running(now) if r.meeting_at <= now < r.meeting_ends_at)
    return next(held, None)


async def _tell_owner(work: Work, action: Action, by: Person, now: datetime) -> None:
    """Those who answer for the unit hear of it at once, when somebody else gives it to them."""
    people = await action_reminders.owners_people(work, action.owner, now)
    # Where everybody is away it waits for them: an action that nobody has heard of is lost.
    people = people or [p for p in await active_people(work) if p.may_answer_for(action.owner)]
    if by.key in {person.key for person in people}:
        return
    await work.outbox.put(
        *(
            Message(
                key=f"action:{action.id}:given:{action.version}:{person.key}",
                to=Recipient(person=person.key),
                template="action.given",
                params={"action": action.id, "by": by.key, "owner": action.owner},
                topic=action_topic(action.id),
                quiet=True,
            )
            for person in people
        ),
        now=now,
    )


async def _refresh(work: Work, action: Action, now: datetime) -> None:
    """Everything that shows the action is drawn anew: its own messages, the lists, the summary that stands."""
    topics = [action_topic(action.id), overdue_topic(action.owner), OVERDUE_TOPIC]
    round_ = await current_round(work, now)
    if round_ is not None:
        topics.append(summary_topic(round_.id))
    await work.outbox.refresh(*topics, now=now)


def subject_of(action_id: str) -> str:
    """What the audit trail calls an action."""
    return f"action:{action_id}"


def id_of(by: Person, form: ActionForm, key: str) -> str:
    """The id of the action that a form makes: the same for the same content of the same drawn form."""
    content = "\n".join((key, by.key, form.owner, form.due.isoformat(), form.text))
    return blake2s(content.encode(), digest_size=8).hexdigest()
