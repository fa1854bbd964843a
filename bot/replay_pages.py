"""What a replay writes: each round as JSON and as a page, the period's chart, and a page that leads to all."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bot import charts, trend_chart
from bot.channels.web import cards
from bot.period_file import PeriodFile, PeriodFileError
from bot.pictures import chart_for
from bot.replay_documents import files_of, write_document
from bot.replay_stage import RefusedError, Stage
from dialogs.card import Card, Reference
from dialogs.crisis import change_text
from dialogs.speech import Speech
from dialogs.summary import summary_card
from dialogs.trend import TrendSubject
from domain.community import Community, Indicator, UnitKind
from domain.periods import worth_telling
from domain.rounds import Round
from domain.working_time import local_date
from services.pictures import RoundPicture, picture
from services.round_json import round_json

_DOCUMENTS = ("report", "case")
_WEB = Path(__file__).parent / "channels" / "web"


class Folder:
    """Where the files go; whether they can is found out before anything is played."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._told():
            path.mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=path).close()

    def write(self, name: str, content: str | bytes) -> None:
        with self._told():
            Path(self._path, name).write_bytes(content.encode() if isinstance(content, str) else content)

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as exc:
            why = exc.strerror or type(exc).__name__
            accepted = "a folder that can be written to, or made"
            raise PeriodFileError(f"--out: {self._path} cannot be written to ({why}); accepted: {accepted}") from None


@dataclass(frozen=True, slots=True)
class _Figure:
    """A total; `complete` when every unit that is asked for it has answered."""

    value: int | None
    complete: bool


@dataclass(frozen=True, slots=True)
class _Held:
    """A meeting as it was written."""

    day: date
    answered: int
    missing: tuple[str, ...]
    figures: Mapping[str, _Figure]  # by indicator

    @property
    def page(self) -> str:
        return f"round-{self.day}.html"

    @property
    def data(self) -> str:
        return f"round-{self.day}.json"

    @property
    def minutes(self) -> str:
        """The name of its documents, without what they end in."""
        return f"minutes-{self.day}"


@dataclass
class Pages:
    """Writes each round when it has been held, and what ties them together at the end; in the community's language."""

    community: Community
    period: PeriodFile
    source: str
    out: Folder
    held: list[_Held] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._speech = Speech(self.community.language, self.community.zone)
        self._templates = Environment(
            loader=FileSystemLoader(_WEB / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._style = Markup((_WEB / "static" / "style.css").read_text(encoding="utf-8"))  # noqa: S704 - our own file
        self._dropped = worth_telling(list(self.period.dates), self.period.every_days)

    async def write_round(self, stage: Stage, round_: Round) -> RoundPicture:
        """The round as it stands, and its summary as it was known when the meeting began."""
        async with stage.store.read(self.community.key) as work:
            shown = await picture(work, round_, stage.clock.now())
            then = await picture(work, round_, stage.clock.now(), as_of=round_.meeting_at)
            card = await summary_card(work, self._speech, then, sealed=True)
            if shown.sealed is None:
                raise RefusedError(f"the round of {day_of(shown)} was not sealed")
            held = self._held(shown)
            pictures: dict[str, TrendSubject] = {}
            page = self._round_page(card, held, pictures)
            trends = {file: await chart_for(work, subject, stage.clock) for file, subject in pictures.items()}
        self.held.append(held)
        self.out.write(held.data, json.dumps(round_json(shown), ensure_ascii=False, indent=2) + "\n")
        self.out.write(held.page, page)
        for file, chart in trends.items():
            if chart is not None:
                self.out.write(file, trend_chart.png(chart))
        await write_document(stage, self.out.write, "minutes", (round_.id, "0"), held.minutes)
        return shown

    def _held(self, shown: RoundPicture) -> _Held:
        totals = {total.indicator.key: total.value for total in shown.summary.totals}
        missing = shown.summary.missing
        complete = {i.key: not any(i.asked_of(unit) for unit in missing) for i in self._totals()}
        return _Held(
            day=day_of(shown),
            answered=shown.summary.answered,
            missing=tuple(unit.name for unit in missing),
            figures={key: _Figure(totals.get(key), whole) for key, whole in complete.items()},
        )

    def _round_page(self, card: Card, held: _Held, pictures: dict[str, TrendSubject]) -> str:
        days = self.period.held
        at = days.index(held.day)
        return self._page(
            "replay_round.html",
            card=cards.view(replace(card, buttons=()), "round", partial(_beside, held.day, pictures)),
            data=held.data,
            minutes=files_of(self._speech, held.minutes),
            earlier=_neighbour(days[at - 1]) if at else None,
            later=_neighbour(days[at + 1]) if at + 1 < len(days) else None,
        )

    async def write_period(self, stage: Stage, period_id: str) -> None:
        for kind in _DOCUMENTS:
            await write_document(stage, self.out.write, kind, (period_id,), kind)
        chart = self._chart()
        image = charts.png(chart)
        self.out.write("period.png", image)
        width, height = charts.size(image)
        rows = [(held.day, self._row(held)) for held in self.held]
        rows += [(step.planned, {"dropped": change_text(self._speech, step)}) for step in self._dropped]
        page = self._page(
            "replay_index.html",
            title=self._title(),
            source=self.source,
            chart={"file": "period.png", "alt": chart.alt, "width": width, "height": height},
            names=[indicator.name(self._speech.language) for indicator in self._totals()],
            documents=[(self._speech.say(f"replay.document.{k}"), files_of(self._speech, k)) for k in _DOCUMENTS],
            rows=[row for _, row in sorted(rows, key=lambda row: row[0])],
            partly=any(not figure.complete for held in self.held for figure in held.figures.values()),
        )
        self.out.write("index.html", page)

    def _page(self, template: str, **values: object) -> str:
        known = {"speech": self._speech, "style": self._style, "community": self.community.name}
        return self._templates.get_template(template).render(**known, **values)

    def _title(self) -> str:
        first, last = self.held[0].day, self.held[-1].day
        return self._speech.say("replay.title", first=self._speech.short(first), last=self._speech.short(last))

    def _totals(self) -> list[Indicator]:
        return [indicator for indicator in self.community.indicators if indicator.total]

    def _row(self, held: _Held) -> dict[str, object]:
        names = {indicator.key: indicator.name(self._speech.language) for indicator in self._totals()}
        return {
            "day": held.day,
            "page": held.page,
            "data": held.data,
            "minutes": files_of(self._speech, held.minutes),
            "answered": held.answered,
            "of": len(self.community.units_asked),
            "missing": self._speech.listing(list(held.missing)),
            "figures": [(names[key], self._figure(figure)) for key, figure in held.figures.items()],
            "dropped": None,
        }

    def _figure(self, figure: _Figure) -> str:
        if figure.value is None:
            return self._speech.say("replay.no_figure")
        return self._speech.number(figure.value) + ("" if figure.complete else "*")

    def _chart(self) -> charts.PeriodChart:
        """What the municipalities wait for and what they have free: their totals, each in its own panel."""
        asked = [i for i in self._totals() if UnitKind.MUNICIPALITY in i.asks]
        lines = tuple(self._line(indicator) for indicator in asked or self._totals())
        some_missing = any(not point.complete for line in lines for point in line.points)
        dropped = tuple(step.planned for step in self._dropped if step.held is None)
        return charts.PeriodChart(
            title=f"{self.community.name}: {self._title()}",
            alt=self._alt(lines, dropped),
            lines=lines,
            dropped=dropped,
            no_meeting=self._speech.say("replay.no_meeting_here"),
            note=self._speech.say("replay.open_ring") if some_missing else "",
            language=self._speech.language,
        )

    def _line(self, indicator: Indicator) -> charts.Line:
        figures = [(held.day, held.figures[indicator.key]) for held in self.held]
        points = tuple(charts.Point(day, figure.value, figure.complete) for day, figure in figures)
        return charts.Line(indicator.name(self._speech.language), points)

    def _alt(self, lines: Sequence[charts.Line], dropped: Sequence[date]) -> str:
        """The chart in words."""
        told = [self._title() + "."]
        for line in lines:
            answered = [(point.value, point.day) for point in line.points if point.value is not None]
            if not answered:
                continue
            highest, day = max(answered, key=lambda point: point[0])
            told.append(
                self._speech.say(
                    "replay.course",
                    name=line.name,
                    first=self._speech.number(answered[0][0]),
                    highest=self._speech.number(highest),
                    day=self._speech.day(day),
                    last=self._speech.number(answered[-1][0]),
                )
            )
        told += [self._speech.say("replay.no_meeting", day=self._speech.day(day)) for day in dropped[:3]]
        return " ".join(told)


def _beside(day: date, pictures: dict[str, TrendSubject], reference: Reference) -> str | None:
    """The picture lies next to the page; `pictures` are told which to draw."""
    subject = TrendSubject.parse(reference.subject) if reference.kind == "trend" else None
    if subject is None:
        return None
    name = f"trend-{day}{'-dark' if subject.dark else ''}.png"
    pictures[name] = subject
    return name


def _neighbour(day: date) -> dict[str, object]:
    return {"page": f"round-{day}.html", "day": day}


def day_of(shown: RoundPicture) -> date:
    return local_date(shown.round.meeting_at, shown.community.zone)
