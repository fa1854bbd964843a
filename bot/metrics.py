"""Figures about the process for Prometheus: counts and times, never a name, a text or a figure of a unit."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

PREFIX = "samhandling"
LOOK = 0.5
"""Seconds between looks at how late the event loop is."""
_LAG = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
_LATE = (1, 2, 5, 10, 30, 60, 300, 900, 3600)


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure as it stands. A name that ends in `_total` only grows while the process lives.

    With a `label` there is a value for each of those that it may have.
    """

    name: str
    help: str
    value: float | Mapping[str, float]
    label: str = ""

    def family(self) -> Metric:
        name = f"{PREFIX}_{self.name}"
        if self.name.endswith("_total"):
            return self._filled(CounterMetricFamily(name, self.help, labels=self._labels))
        return self._filled(GaugeMetricFamily(name, self.help, labels=self._labels))

    @property
    def _labels(self) -> list[str]:
        return [self.label] if self.label else []

    def _filled(self, family: CounterMetricFamily | GaugeMetricFamily) -> Metric:
        values = self.value if isinstance(self.value, Mapping) else {"": self.value}
        for of, value in values.items():
            family.add_metric([of] if self.label else [], value)
        return family


class Meters:
    """What is measured as it happens, each product its own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._lag = Histogram(
            f"{PREFIX}_loop_lag_seconds",
            "How late the event loop came back to a sleeper: what every turn waits besides its own work.",
            buckets=_LAG,
            registry=self._registry,
        )
        self._lateness = Histogram(
            f"{PREFIX}_due_work_lateness_seconds",
            "How long after its instant due work was done, on the product's clock.",
            buckets=_LATE,
            registry=self._registry,
        )

    def done_late(self, seconds: float) -> None:
        self._lateness.observe(max(0.0, seconds))

    async def watch_the_loop(self) -> None:
        """Measures until it is cancelled."""
        while True:
            began = time.perf_counter()
            await asyncio.sleep(LOOK)
            self._lag.observe(max(0.0, time.perf_counter() - began - LOOK))

    def exposition(self, figures: Sequence[Figure]) -> str:
        """Everything as Prometheus reads it (text format 0.0.4)."""
        return (generate_latest(self._registry) + generate_latest(_asked(figures))).decode()


def _asked(figures: Sequence[Figure]) -> CollectorRegistry:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Now(figures))
    return registry


class _Now(Collector):
    """What was asked for at this very look."""

    def __init__(self, figures: Sequence[Figure]) -> None:
        self._figures = figures

    def collect(self) -> Iterable[Metric]:
        return [figure.family() for figure in self._figures]
