"""The figures of /metrics: what the database says of the whole installation, kept a few seconds, and what this one process has answered.

Every process tells the same of the installation, since all ask the one database; what is its own carries the label `process`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from socket import gethostname
from threading import Lock
from time import monotonic

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from tickets.store.connect import DatabaseFailed
from tickets.store.vital_signs import Signs, signs

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
KEPT_SECONDS = 3.0
SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
_log = structlog.get_logger("metrics")


class Metrics:
    """One an app. `place` is host:port of this process, `clock` the installation's time."""

    def __init__(self, place: str, clock: Callable[[], datetime]) -> None:
        self._registry = CollectorRegistry()
        self._process = f"{gethostname()}/{place}"
        labels = ("process", "route", "method")
        self._answers = Counter("suda_requests", "Requests answered by this process", (*labels, "status"), registry=self._registry)
        self._seconds = Histogram("suda_request_seconds", "How long this process took", labels, buckets=SECONDS, registry=self._registry)
        self._registry.register(_Installation(clock))

    def answered(self, route: str, method: str, status: int, seconds: float) -> None:
        """Counts one request. `route` is the template of its address, never the address itself: that may name a ticket or a citizen's link."""
        self._answers.labels(self._process, route, method, str(status)).inc()
        self._seconds.labels(self._process, route, method).observe(seconds)

    def text(self) -> bytes:
        """Everything in Prometheus' text format."""
        return generate_latest(self._registry)


class _Installation(Collector):
    """What the database says, asked once in a few seconds however many ask us."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock, self._lock = clock, Lock()
        self._kept: tuple[float, Signs | None] | None = None

    def describe(self) -> list[Metric]:
        """Nothing beforehand: a registry would otherwise ask the database when the app is made."""
        return []

    def collect(self) -> Iterator[Metric]:
        """The figures; `suda_database_up 0` alone while the database cannot be asked."""
        with self._lock:
            if self._kept is None or monotonic() - self._kept[0] >= KEPT_SECONDS:
                self._kept = (monotonic(), _asked(self._clock()))
            found = self._kept[1]
        yield GaugeMetricFamily("suda_database_up", "1 when the database answers", value=found is not None)
        if found is not None:
            yield from _said(found)


def _asked(now: datetime) -> Signs | None:
    try:
        return signs(now)
    except DatabaseFailed as failed:
        _log.warning("database away", kind=type(failed).__name__)
        return None


def _said(found: Signs) -> Iterator[Metric]:
    for name, what, value in (
        ("suda_queue_age_seconds", "Age of the oldest message that could leave", found.oldest_queued),
        ("suda_deadlines_late", "Clocks that ran out and are not yet recorded", found.deadlines_late),
        ("suda_deadline_lateness_seconds", "How late the latest of them is", found.latest_deadline),
        ("suda_links_late", "Reminders and escalations that are due and have not fired", found.links_late),
        ("suda_link_lateness_seconds", "How late the latest of them is", found.latest_link),
        ("suda_alarms_standing", "Alarms nobody has cleared", found.alarms),
    ):
        yield GaugeMetricFamily(name, what, value=value)
    yield _family("suda_messages", "Messages by state", "state", found.messages)
    yield _family("suda_tickets", "Tickets by status", "status", found.tickets)
    yield _family("suda_heartbeat_age_seconds", "Seconds since the sweeper (worker) and the delivery were heard of", "name", found.beats)
    yield _family("suda_decisions_recent", "Decisions of the last five minutes", "ruleset", {one.ruleset: one.count for one in found.decisions})
    yield _family("suda_decision_seconds_mean", "Their mean time", "ruleset", {one.ruleset: one.mean for one in found.decisions})
    yield _family("suda_decision_seconds_max", "Their longest time", "ruleset", {one.ruleset: one.longest for one in found.decisions})


def _family(name: str, what: str, label: str, values: dict[str, int] | dict[str, float]) -> Metric:
    family = GaugeMetricFamily(name, what, labels=(label,))
    for key, value in sorted(values.items()):
        family.add_metric((key,), value)
    return family
