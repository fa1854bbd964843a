"""The report grows no faster than its figures: 8 meetings of 12 units beside 50 meetings of 60, in one run.

`python -m bench.report [--rounds N]`. A figure is a unit's answer to one question at one meeting. The two take turns in
every round, after one to warm up, and are measured in the processor's time: a machine that is busy with other things
does not count. The cost of a figure in the long period is divided by that in the short one; the median is the ratio.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.documents.chart import chart_png
from bot.documents.context import Format
from bot.documents.render import Order, render
from dialogs.report_document import ReportDocument, report_document
from dialogs.speech import Speech
from domain.community import Community, IndicatorType, PreparednessLevel, Unit, UnitKind
from domain.community_file import read_community
from domain.period_report import report_on
from domain.periods import DemandingPeriod, Reason
from domain.reports import Figure, StatusReport
from domain.rounds import Round
from services.period_reports import material_of
from storage.store import SqlStore

EXAMPLE = Path(__file__).parents[1] / "examples/vestfold/community.yaml"
FIRST = datetime(2023, 1, 3, 15, tzinfo=UTC)
WEEK = timedelta(weeks=1)
WANTED = 1.0
"""Times the cost of a figure in the short period."""


@dataclass(frozen=True)
class Case:
    store: SqlStore
    community: Community
    period: DemandingPeriod
    figures: int

    async def report(self) -> ReportDocument:
        """From the store to what the document is drawn from."""
        now = FIRST + 60 * WEEK
        async with self.store.read(self.community.key) as work:
            found = report_on(await material_of(work, self.period, now))
        return report_document(Speech("nb", self.community.zone), found, now)


def community_of(units: int) -> Community:
    """The example community's questions, asked of half as many municipalities and half as many clinics."""
    known = read_community(EXAMPLE.read_text(encoding="utf-8"))
    half = units // 2
    towns = tuple(Unit(f"town{n}", f"By {n} kommune", UnitKind.MUNICIPALITY, 20_000 + n) for n in range(half))
    clinics = tuple(Unit(f"clinic{n}", f"Klinikk {n}", UnitKind.CLINIC) for n in range(half))
    return replace(known, key=f"c{units}", units=towns + clinics, people=())


def answers(community: Community, unit: Unit) -> dict[str, Figure]:
    found: dict[str, Figure] = {}
    for field in community.fields_of(unit):
        match field.indicator.type:
            case IndicatorType.LEVEL:
                found[field.key] = "yellow"
            case IndicatorType.PERCENT:
                found[field.key] = 7.5
            case IndicatorType.TEXT:
                pass
            case _:
                found[field.key] = 3
    return found


async def filled(folder: str, units: int, meetings: int) -> Case:
    community = community_of(units)
    store = SqlStore(f"sqlite+aiosqlite:///{folder}/{units}.db", [community])
    await store.open()
    last = FIRST + (meetings - 1) * WEEK
    period = DemandingPeriod(
        id="period",
        community=community.key,
        reasons=(Reason.INFLOW,),
        level=PreparednessLevel.YELLOW,
        first_meeting=FIRST.date(),
        start=community.meeting.start,
        end=community.meeting.end,
        every_days=7,
        until=last.date(),
        note="",
        skip_days_off=True,
        started_by="nobody",
        started_at=FIRST - WEEK,
        ended_at=last + timedelta(hours=1),
    )
    values = {unit.key: answers(community, unit) for unit in community.units}
    async with store.begin(community.key) as work:
        await work.periods.add(period)
        for n in range(meetings):
            at = FIRST + n * WEEK
            opens, due, summary, ends = (at - timedelta(hours=h) for h in (31, 4, 1, -1))
            await work.rounds.add(Round(f"round{n}", community.key, period.id, opens, due, summary, at, ends))
            for unit in community.units:
                given = at - timedelta(hours=20)
                await work.reports.add(
                    StatusReport(f"round{n}", unit.key, 1, values[unit.key], "somebody", given, given)
                )
    shown = sum(i.type is not IndicatorType.TEXT for unit in community.units for i in community.asked_of(unit))
    return Case(store, community, period, meetings * shown)


def draw(document: ReportDocument) -> None:
    """All three formats, the charts drawn once."""
    pictures = {chart.name: chart_png(chart) for chart in document.charts}
    for form in Format:
        render(Order(form, "report", "nb", document.context, pictures))


async def measure(rounds: int) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        short, long = await filled(folder, 12, 8), await filled(folder, 60, 50)
        print(f"figures: {short.figures} and {long.figures}, {long.figures / short.figures:.1f} times as many")
        gathered, drawn = [], []
        for number in range(rounds + 1):
            costs = []
            for case in (short, long):
                began = time.process_time()
                document = await case.report()
                done = time.process_time()
                draw(document)
                costs.append(((done - began) / case.figures, (time.process_time() - done) / case.figures))
            if number:
                gathered.append(costs[1][0] / costs[0][0])
                drawn.append(costs[1][1] / costs[0][1])
        await short.store.close()
        await long.store.close()
    good = True
    for name, ratios in (("gathered", gathered), ("drawn", drawn)):
        ratio = statistics.median(ratios)
        good = good and ratio <= WANTED
        print(
            f"{name}: a figure costs {ratio:.2f} times as much ({min(ratios):.2f}–{max(ratios):.2f}), wanted {WANTED}"
        )
    return good


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    if not asyncio.run(measure(parser.parse_args().rounds)):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
