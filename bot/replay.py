"""`samhandling replay`: plays a past period through the product on a virtual clock, and writes what people got.

Nothing here knows how a round works. People press what they would have pressed, time passes, and the same services,
due work and delivery as in the running product do the rest; without any platform, every message lies on the web.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from bot.period_file import PeriodFile, number_of, read_period, respondent
from bot.replay_pages import Folder, Pages, day_of
from bot.replay_stage import RefusedError, Stage, staged
from domain.community import Community, Person, PreparednessLevel, Role, Unit
from domain.periods import Reason
from domain.rounds import Round
from domain.working_time import before, instant, local_date, next_permitted, previous_working_day
from services.messages import Json

STARTED_BEFORE = timedelta(days=4)
"""How long before the first prompt the coordinator starts the period."""


@dataclass(frozen=True, slots=True)
class _Press:
    at: datetime
    round: Round
    unit: Unit
    person: Person
    values: Mapping[str, str]


async def play(community: Community, csv_text: str, source_name: str, out_dir: Path) -> None:
    """Plays the period of the file and writes its rounds, chart, documents and index to `out_dir`.

    Raises PeriodFileError for what the user can put right: in the file, or with the folder.
    """
    period = read_period(community, csv_text, source_name)
    out = Folder(out_dir)
    pages = Pages(community, period, Path(source_name).name, out)
    with _progress(len(period.held) + 1) as step:
        async with staged(community, _start_of(community, period)) as stage:
            rounds = await _start(stage, period)
            presses = _presses(stage, rounds, period)
            for round_ in rounds:
                while presses and presses[0].at <= round_.meeting_ends_at:
                    await _answer(stage, presses.pop(0))
                await stage.until(round_.meeting_ends_at)
                shown = await pages.write_round(stage, round_)
                step(f"meeting of {day_of(shown)}: {shown.summary.answered} of {len(shown.summary.lines)} answered")
            await stage.until(await _evaluated(stage))
            await pages.write_period(stage, rounds[0].period)
        step(f"{number_of(len(rounds), 'round')}, the chart and the documents written to {out_dir}")


def _start_of(community: Community, period: PeriodFile) -> datetime:
    """A working morning some days before the first prompt."""
    zone = community.zone
    meeting = instant(period.held[0], community.meeting.start, zone)
    day = local_date(before(meeting, community.meeting.prompt_before + STARTED_BEFORE, zone), zone)
    morning = instant(previous_working_day(day + timedelta(days=1)), time(9), zone)
    return next_permitted(morning, community.quiet_hours, zone).astimezone(UTC)


async def _start(stage: Stage, period: PeriodFile) -> list[Round]:
    """The coordinator starts the period; its rounds."""
    coordinator = next(person for person in stage.community.people if person.has(Role.COORDINATOR))
    reasons = (Reason.INFLOW, Reason.OVERLIGGERE, Reason.STAFFING)
    form: dict[str, Json] = {
        "reason": ",".join(reasons),
        "level": str(PreparednessLevel.YELLOW),
        "first_meeting": period.held[0].isoformat(),
        "start": f"{stage.community.meeting.start:%H:%M}",
        "every_days": str(period.every_days),
        "until": period.held[-1].isoformat(),
    }
    await stage.press(coordinator, "replay:start", "period.start", form)
    async with stage.store.read(stage.community.key) as work:
        rounds = list(await work.rounds.running(stage.clock.now()))
    if tuple(local_date(r.meeting_at, stage.community.zone) for r in rounds) != period.held:
        raise RefusedError("the rounds are not those of the file")
    return rounds


def _presses(stage: Stage, rounds: Sequence[Round], period: PeriodFile) -> list[_Press]:
    found = []
    for number, round_ in enumerate(rounds):
        answers = period.answers.get(local_date(round_.meeting_at, stage.community.zone), {})
        units = [unit for unit in stage.community.units_asked if unit.key in answers]
        for place, unit in enumerate(units):
            # Not the same unit first and last every week.
            share = ((place + 3 * number) % len(units) + 1) / (len(units) + 1)
            person = respondent(stage.community, unit.key)
            if person is not None:
                at = _moment(stage.community, round_, share)
                found.append(_Press(at, round_, unit, person, answers[unit.key]))
    return sorted(found, key=lambda press: press.at)


def _moment(community: Community, round_: Round, share: float) -> datetime:
    """When somebody answers who takes that share of the time there is; not at night."""
    wanted = round_.opens_at + (round_.due_at - round_.opens_at) * share
    awake = next_permitted(wanted.replace(second=0, microsecond=0), community.quiet_hours, community.zone)
    return max(round_.opens_at, min(awake, round_.due_at - timedelta(minutes=1)))


async def _evaluated(stage: Stage) -> datetime:
    """When the evaluation closes. The file has no answers to it, so nobody answers."""
    async with stage.store.read(stage.community.key) as work:
        [evaluation] = await work.evaluations.open()
    return evaluation.closes_at


async def _answer(stage: Stage, press: _Press) -> None:
    await stage.until(press.at)
    data: dict[str, Json] = {"round": press.round.id, "seen": 0, **press.values}
    await stage.press(press.person, f"replay:{press.round.id}:{press.unit.key}", "status.submit", data)


@contextmanager
def _progress(steps: int) -> Iterator[Callable[[str], None]]:
    """A bar on a terminal, else a plain line for each step; both to standard error."""
    if not sys.stderr.isatty():
        yield lambda line: print(line, file=sys.stderr, flush=True)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    text = TextColumn("{task.description}", markup=False)
    console = Console(stderr=True)
    with Progress(BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), text, console=console) as bar:
        task = bar.add_task("", total=steps)
        yield lambda line: bar.update(task, advance=1, description=line)
