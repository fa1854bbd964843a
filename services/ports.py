"""What the services need from the outside, as small protocols. Storage and the process fulfil them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from domain.absences import Absence
from domain.actions import Action
from domain.community import Community, Person
from domain.differences import Question, Stand
from domain.evaluation import Evaluation, EvaluationAnswer
from domain.extra_meetings import MeetingRequest
from domain.meeting import Attendance, Note
from domain.minutes import Comment, Minutes
from domain.periods import DemandingPeriod, LevelChange
from domain.plan.changes import PlannedMeeting
from domain.plan.reminders import DeadlineState
from domain.reports import Figure, StatusReport
from domain.rounds import Round
from services.messages import Address, Envelope, Json, Message, Params, Recipient


@dataclass(frozen=True, slots=True)
class DueWork:
    """Something that falls due at a UTC instant; its key is unique within the community."""

    key: str
    kind: str
    subject: Params
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Member:
    """A person as the product knows them: the community file's entry, own language, and whether still with us."""

    person: Person
    language: str | None
    active: bool


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is on a platform, as the platform itself says."""

    channel: str
    tenant: str
    user: str
    name: str = ""
    emails: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ChannelLink:
    """A channel that gets the summaries."""

    id: str
    address: Address
    name: str


@dataclass(frozen=True, slots=True)
class JoinRequest:
    """Someone unknown who wrote to the bot."""

    id: str
    identity: Identity
    address: Address
    asked_at: datetime
    decided_at: datetime | None = None
    accepted_as: str | None = None


@dataclass(frozen=True, slots=True)
class Sealed:
    """What was known when the meeting began, as it was shown (JSON as in the HTTP interface)."""

    as_of: datetime
    content: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Posted:
    """A message as one, however many copies it has. `id` is a copy's, `at` when the first was put in the outbox."""

    id: int
    template: str
    params: Params
    at: datetime


@dataclass(frozen=True, slots=True)
class Amendment:
    """The coordinator's word about a posted message: a correction, or that it is withdrawn."""

    template: str
    params: Params
    note: str
    withdrawn: bool
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One change on record. `id` grows with time."""

    id: int
    at: datetime
    by: str | None
    kind: str
    subject: str
    details: Params


class People(Protocol):
    async def all(self) -> Sequence[Member]: ...
    async def get(self, key: str) -> Member | None: ...
    async def put(self, person: Person, *, source: str) -> None: ...
    async def deactivate_absent(self, keys: frozenset[str]) -> None:
        """Those from the community file that are no longer in it."""

    async def set_language(self, key: str, language: str) -> None: ...
    async def know(self, identity: Identity, person: str, address: Address, now: datetime) -> None:
        """Remembers who somebody is on a platform and where to reach them, or brings it up to date."""

    async def moved(self, person: str, known: Address, now_at: Address) -> None:
        """The person's conversation on a platform was begun, or is another one now."""

    async def addresses(self, key: str) -> Sequence[Address]:
        """Where the person can be reached, last used first."""

    async def reachable(self, channel: str) -> frozenset[str]:
        """Keys of the people who are known on a platform."""

    async def ask_to_join(self, request: JoinRequest) -> bool:
        """False when the same identity has asked before."""

    async def join_request(self, request_id: str) -> JoinRequest | None: ...
    async def decide(self, request_id: str, now: datetime, accepted_as: str | None) -> None: ...


class Periods(Protocol):
    async def add(self, period: DemandingPeriod) -> None: ...
    async def get(self, period_id: str) -> DemandingPeriod | None: ...
    async def not_ended(self) -> Sequence[DemandingPeriod]:
        """Running and planned ones, the earliest first."""

    async def for_change(self, period_id: str) -> DemandingPeriod | None:
        """The period as it stands; nobody else changes it until this transaction is over."""

    async def change(self, period: DemandingPeriod) -> None:
        """Keeps its changes of rhythm and its last date."""

    async def end(self, period_id: str, now: datetime) -> None: ...
    async def set_level(self, change: LevelChange) -> None:
        """Raises ConflictError when a change of that number is there already."""

    async def level_changes(self, period_id: str) -> Sequence[LevelChange]:
        """The oldest first."""


class CalendarFeeds(Protocol):
    """The names of people's calendar feeds, which their addresses bear."""

    async def of(self, person: str) -> str | None: ...
    async def put(self, person: str, name: str) -> None:
        """In place of the name before, which is nobody's from then on."""

    async def person_of(self, name: str) -> str | None: ...


class DeadlineStates(Protocol):
    """What somebody said about deadlines of the plan."""

    async def all(self) -> Mapping[str, DeadlineState]:
        """By the deadline's key; those that nobody has said anything about are not among them."""

    async def put(self, state: DeadlineState) -> None:
        """Adds it, or brings it up to date."""


class MeetingPlan(Protocol):
    """The meetings of all organs."""

    async def all(self) -> Sequence[PlannedMeeting]:
        """By date, cancelled ones included."""

    async def ending_from(self, day: date) -> Sequence[PlannedMeeting]:
        """By date, those that have not been cancelled and are not over before that local date."""

    async def get(self, meeting_id: str) -> PlannedMeeting | None: ...
    async def put(self, planned: PlannedMeeting) -> None:
        """Adds it, or brings it up to date."""


class Rounds(Protocol):
    async def add(self, round_: Round) -> None: ...
    async def get(self, round_id: str) -> Round | None: ...
    async def of_period(self, period_id: str) -> Sequence[Round]:
        """By time of meeting, cancelled ones included."""

    async def all(self) -> Sequence[Round]: ...
    async def running(self) -> Sequence[Round]:
        """The rounds of periods that have not ended, cancelled ones left out, by time of meeting."""

    async def before(self, round_: Round, since: datetime) -> Round | None:
        """The last meeting before this round's that was not cancelled and not earlier than `since`."""

    async def following(self, period_id: str, after: datetime) -> Round | None:
        """The period's first meeting after that instant that was not cancelled."""

    async def earlier(self, round_: Round, most: int) -> Sequence[Round]:
        """The last meetings before this round's that were not cancelled, the earliest first."""

    async def within(self, first: datetime, last: datetime) -> Sequence[Round]:
        """Meetings from the one instant to the other, both included, cancelled ones too, by time of meeting."""

    async def last_begun(self, by: datetime) -> Round | None:
        """The round with the latest meeting whose summary was due by then; cancelled ones left out."""

    async def cancel(self, round_ids: Sequence[str], now: datetime) -> None: ...
    async def seal(self, round_id: str, sealed: Sealed) -> None: ...
    async def sealed(self, round_ids: Sequence[str]) -> Mapping[str, Sealed]: ...
    async def sealed_totals(self, round_ids: Sequence[str]) -> Mapping[str, Mapping[str, int]]:
        """The totals alone of what was sealed: indicator → figure."""


class Reports(Protocol):
    async def add(self, report: StatusReport) -> None:
        """Raises ConflictError when that revision exists."""

    async def revisions(self, round_ids: Sequence[str]) -> Sequence[StatusReport]:
        """Every revision of every unit, oldest first."""

    async def newest(self, round_id: str, unit: str) -> StatusReport | None: ...
    async def last_before(self, unit: str, meeting_at: datetime, since: datetime) -> StatusReport | None:
        """The unit's newest report of an earlier round that was not cancelled."""


class Actions(Protocol):
    async def add(self, action: Action) -> bool:
        """False when an action with that id is there."""

    async def get(self, action_id: str) -> Action | None: ...
    async def change(self, action: Action) -> None:
        """Stores an action's next version. Raises ConflictError when another one was stored meanwhile."""

    async def open(self) -> Sequence[Action]:
        """By due date."""

    async def known_in(self, until: datetime, settled_after: datetime) -> Sequence[Action]:
        """Those made up to one instant, dropped ones left out, and of those done only the ones done after another."""

    async def all(self) -> Sequence[Action]:
        """Settled and dropped ones too, in the order in which they were made."""


class Outbox(Protocol):
    async def put(self, *messages: Message, now: datetime) -> None:
        """A key that is there already is left as it is."""

    async def refresh(self, *topics: str, now: datetime) -> None:
        """Everything sent about the topics is to be drawn anew, in place."""

    async def cancel(self, topic: str, reason: str) -> None:
        """What is not yet sent about the topic is not sent."""

    async def hurry(self, topic: str, now: datetime) -> None:
        """What is held back about the topic goes out now, in quiet hours too."""

    async def for_person(self, person: str, limit: int, now: datetime) -> Sequence[Envelope]:
        """The person's messages, newest first, those included that go out on another platform."""

    async def at(self, address: Address) -> Envelope | None:
        """The message that lies there."""

    async def posted(self, templates: Sequence[str], limit: int) -> Sequence[Posted]:
        """Messages of these templates, sent or on their way, the newest first; copies of one are one."""

    async def posted_as(self, number: int) -> Posted | None:
        """The message that the copy with that number belongs to."""

    async def redraw(self, number: int, now: datetime) -> None:
        """Every copy of the message that has been sent is to be drawn anew, in place."""

    async def send_again(self, number: int) -> None:
        """Copies of the message that were dropped as pointless wait again: drawing decides anew."""

    async def last_put(self, topic: str, templates: Sequence[str]) -> datetime | None:
        """When the last message of these templates about the topic was put here."""

    async def first_sent(self, keys: Sequence[str]) -> Mapping[str, datetime]:
        """Topic → when the first message about it was sent."""


class DueWorks(Protocol):
    async def put(self, *work: DueWork) -> None: ...
    async def cancel(self, prefix: str) -> None: ...
    async def forget(self, prefix: str) -> None:
        """Takes back what waits, as if it had never been put: its keys may be used again."""


class Dialogs(Protocol):
    """The form that a person has open for text."""

    async def get(self, person: str) -> Mapping[str, Json] | None: ...
    async def put(self, person: str, state: Mapping[str, Json], now: datetime) -> None: ...
    async def close(self, person: str) -> None: ...


class ChannelLinks(Protocol):
    async def all(self) -> Sequence[ChannelLink]: ...
    async def put(self, link: ChannelLink, by: str, now: datetime) -> bool:
        """False when the channel was connected already."""

    async def get(self, link_id: str) -> ChannelLink | None: ...


class MeetingRequests(Protocol):
    """What units have asked for; each has one request open at a time."""

    async def add(self, request: MeetingRequest) -> None:
        """Raises ConflictError when the unit has one open."""

    async def get(self, request_id: str) -> MeetingRequest | None: ...
    async def open(self) -> Sequence[MeetingRequest]:
        """Those not decided, the oldest first."""

    async def decide(self, decided: MeetingRequest) -> None:
        """Keeps what came of it. Raises ConflictError when it was decided already."""


class Meetings(Protocol):
    """What is kept of a round's meeting while it goes on."""

    async def attendance(self, round_id: str) -> Attendance | None:
        """None: nobody has marked yet who is present."""

    async def mark(self, round_id: str, attendance: Attendance, by: str, now: datetime) -> None: ...
    async def notes(self, round_id: str) -> Sequence[Note]:
        """In the order in which they were noted, those left out that were taken away."""

    async def add_note(self, note: Note) -> bool:
        """False when a note with that id is there."""

    async def change_note(self, note: Note) -> None: ...
    async def remove_note(self, note_id: str, now: datetime) -> None: ...


class MinutesBook(Protocol):
    """The minutes of the meetings, by round."""

    async def get(self, round_id: str) -> Minutes | None: ...
    async def begin(self, round_id: str) -> None:
        """A draft, if there are no minutes yet."""

    async def change(self, before: Minutes, after: Minutes) -> None:
        """Raises ConflictError when they are no longer as they were before."""

    async def keep(self, round_id: str, version: int, content: Mapping[str, Json], by: str, now: datetime) -> None:
        """Freezes what is sent."""

    async def kept(self, round_id: str, version: int) -> Mapping[str, Json] | None: ...
    async def newest(self, limit: int) -> Sequence[Minutes]:
        """Those that were sent, of the latest meetings first."""

    async def comments(self, round_id: str) -> Sequence[Comment]:
        """To all versions, the oldest first."""

    async def add_comment(self, comment: Comment) -> bool:
        """False when a comment with that id is there."""


class Amendments(Protocol):
    async def get(self, template: str, params: Params) -> Amendment | None: ...
    async def put(self, amendment: Amendment) -> None:
        """In the place of what was said of the message before."""

    async def remove(self, template: str, params: Params) -> None: ...


class Audit(Protocol):
    """What was changed, by whom and when. Entries are added and read, never changed or taken away."""

    async def add(self, kind: str, subject: str, *, by: str | None, now: datetime, **details: Json) -> None:
        """`kind` names what was done (`action.moved`), `subject` what it was done to (`action:<id>`).

        `by` is the person's key, None for the product itself; `details` are what it was before and what it is now.
        """

    async def about(self, subject: str) -> Sequence[AuditEntry]:
        """Everything done to one thing, the oldest first."""

    async def newest(self, limit: int, before: int | None = None) -> Sequence[AuditEntry]:
        """The newest first; `before` is the id of the last one seen, for the next page."""

    def all(self) -> AsyncIterator[AuditEntry]:
        """The oldest first, read bit by bit."""


class Evaluations(Protocol):
    """Each belongs to a period. Who has answered is kept apart from what; closing cuts what holds them together."""

    async def add(self, evaluation: Evaluation, invited: Sequence[str]) -> None: ...
    async def get(self, period: str) -> Evaluation | None: ...
    async def newest(self) -> Evaluation | None:
        """Of the period that ended last, of those that had a meeting."""

    async def open(self) -> Sequence[Evaluation]:
        """Those that have not closed, the newest first."""

    async def invited(self, period: str) -> Mapping[str, bool]:
        """Person → whether the person has answered."""

    async def own(self, period: str, person: str) -> EvaluationAnswer | None:
        """What the person has answered, as long as the evaluation is open."""

    async def put(self, period: str, person: str, answer: EvaluationAnswer) -> bool:
        """In place of what the person answered before. False when the person was not asked, or it has closed."""

    async def close(self, period: str, now: datetime) -> None: ...
    async def answers(self, period: str) -> Sequence[EvaluationAnswer]: ...


class Differences(Protocol):
    """What was put to both sides of a difference, and what they said; nothing of it is changed or taken away."""

    async def ask(self, question: Question) -> bool:
        """False when that difference of the round was put to them before."""

    async def stand(self, stand: Stand) -> None:
        """Raises ConflictError when that revision exists."""

    async def questions(self, round_id: str) -> Sequence[Question]: ...
    async def stands(self, round_id: str) -> Sequence[Stand]:
        """Every revision, the oldest first."""

    async def questions_in(self, round_ids: Sequence[str]) -> Sequence[Question]:
        """Of several rounds at once."""

    async def stands_in(self, round_ids: Sequence[str]) -> Sequence[Stand]:
        """Of several rounds at once, every revision."""


class Absences(Protocol):
    """Who is away. What was set stays on record when it has ended."""

    async def add(self, absence: Absence) -> None: ...
    async def get(self, absence_id: str) -> Absence | None: ...
    async def end(self, absence_id: str, at: datetime, by: str | None) -> bool:
        """`by` is None when its last day has passed. False when it had ended already."""

    async def not_ended(self) -> Sequence[Absence]:
        """Those that last and those to come, the earliest first."""

    async def on(self, day: date, moment: datetime) -> Sequence[Absence]:
        """Those that held that local day at that moment, ended since or not."""


class Work(Protocol):
    """One transaction in one community. Leaving it without an error commits."""

    @property
    def community(self) -> Community: ...
    @property
    def people(self) -> People: ...
    @property
    def feeds(self) -> CalendarFeeds: ...
    @property
    def deadlines(self) -> DeadlineStates: ...
    @property
    def plan(self) -> MeetingPlan: ...
    @property
    def periods(self) -> Periods: ...
    @property
    def rounds(self) -> Rounds: ...
    @property
    def reports(self) -> Reports: ...
    @property
    def actions(self) -> Actions: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def due(self) -> DueWorks: ...
    @property
    def dialogs(self) -> Dialogs: ...
    @property
    def links(self) -> ChannelLinks: ...
    @property
    def meetings(self) -> Meetings: ...
    @property
    def minutes(self) -> MinutesBook: ...
    @property
    def audit(self) -> Audit: ...
    @property
    def amendments(self) -> Amendments: ...
    @property
    def evaluations(self) -> Evaluations: ...
    @property
    def requests(self) -> MeetingRequests: ...
    @property
    def absences(self) -> Absences: ...
    @property
    def differences(self) -> Differences: ...
    async def first_time(self, event: str, now: datetime) -> bool:
        """Stores an inbound event's id with its effect; False when it was there: the event is a repeat."""


class Store(Protocol):
    """Transactions, each within one community, and the few questions that stand above communities."""

    @property
    def communities(self) -> Mapping[str, Community]: ...
    def begin(self, community: str) -> AbstractAsyncContextManager[Work]: ...
    def read(self, community: str) -> AbstractAsyncContextManager[Work]: ...
    async def whoever_is(self, identity: Identity) -> Sequence[tuple[str, str]]:
        """(community, person) pairs known for a platform identity; by address if not by id."""

    async def connected(self, address: Address) -> str | None:
        """The community that a channel is connected to."""


class Clock(Protocol):
    def now(self) -> datetime:
        """UTC."""


class ConflictError(Exception):
    """Somebody else was first; load again and decide again."""


__all__ = [
    "Absences",
    "Action",
    "Actions",
    "Amendment",
    "Amendments",
    "Audit",
    "AuditEntry",
    "CalendarFeeds",
    "ChannelLink",
    "ChannelLinks",
    "Clock",
    "ConflictError",
    "DeadlineStates",
    "Dialogs",
    "Differences",
    "DueWork",
    "DueWorks",
    "Evaluations",
    "Figure",
    "Identity",
    "JoinRequest",
    "MeetingPlan",
    "MeetingRequests",
    "Member",
    "Outbox",
    "People",
    "Periods",
    "Posted",
    "Recipient",
    "Reports",
    "Rounds",
    "Sealed",
    "Store",
    "Work",
]
