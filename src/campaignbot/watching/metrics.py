"""What Prometheus reads: where everything stands, and what this process has done."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from threading import Lock
from uuid import UUID

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from campaignbot.domain.clock import Clock
from campaignbot.domain.publication import State
from campaignbot.storage.database import Database
from campaignbot.storage.metering import Meters, ended_since, read_meters
from campaignbot.watching.rounds import Rounds

_log = structlog.get_logger(__name__)

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_LAGS_S = (0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3600)
# An attempt's end is stamped before it is committed: what comes late is still counted.
_OVERLAP = timedelta(minutes=2)


class Metrics:
    """The registry of one process; the database is read when somebody asks.

    Attempts and their lag are counted for this worker since it was started, as counters are;
    publications, workers and alerts are those of the whole team.
    """

    def __init__(
        self,
        database: Callable[[], Database],
        clock: Clock,
        rounds: Rounds,
        calls: Callable[[], Mapping[tuple[str, str], int]],
        name: str,
    ) -> None:
        self._database, self._clock, self._name = database, clock, name
        self._since = clock.now()
        self._counted: dict[tuple[UUID, int], datetime] = {}
        self._lock = Lock()
        self._meters: Meters | None = None
        self._registry = CollectorRegistry()
        self._attempts = Counter(
            "campaignbot_attempts",
            "Attempts of this worker to publish, by outcome.",
            ["outcome"],
            registry=self._registry,
        )
        self._lag = Histogram(
            "campaignbot_due_to_request_seconds",
            "From the due instant of a post to the request that creates it, on a first attempt.",
            buckets=_LAGS_S,
            registry=self._registry,
        )
        self._registry.register(_Standing(lambda: self._meters, rounds, calls, clock))

    def page(self) -> tuple[int, str, bytes]:
        """Return the metrics as a page; without the database, those that need none."""
        with self._lock:
            # Before anything is written out: it moves the counters too.
            self._meters = self._read()
            return 200, CONTENT_TYPE, generate_latest(self._registry)

    def _read(self) -> Meters | None:
        try:
            with self._database().read() as tx:
                meters = read_meters(tx, self._clock.now())
                ended = ended_since(tx, self._name, self._since - _OVERLAP)
        except Exception as error:
            # Whatever keeps it from being read, that is what the page has to say.
            _log.warning("metrics without database", error=type(error).__name__)
            return None
        for one in ended:
            key = (one.publication_id, one.number)
            if key not in self._counted:
                self._attempts.labels(one.outcome).inc()
                if one.lag_s is not None:
                    self._lag.observe(max(0.0, one.lag_s))
            self._counted[key] = one.ended_at_utc
            self._since = max(self._since, one.ended_at_utc)
        kept = self._since - 2 * _OVERLAP
        self._counted = {key: at for key, at in self._counted.items() if at > kept}
        return meters


class _Standing(Collector):
    def __init__(
        self,
        read: Callable[[], Meters | None],
        rounds: Rounds,
        calls: Callable[[], Mapping[tuple[str, str], int]],
        clock: Clock,
    ) -> None:
        self._read, self._rounds, self._calls, self._clock = read, rounds, calls, clock

    def describe(self) -> list[GaugeMetricFamily]:
        """Name nothing beforehand, so that registering does not read the database."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily | CounterMetricFamily]:
        meters = self._read()
        yield _gauge(
            "database_reachable", "1 when the database answers.", 0 if meters is None else 1
        )
        yield _gauge("healthy", "1 when the daemon publishes.", 0 if self._rounds.reasons() else 1)
        age = self._rounds.last_good_age_s
        if age is not None:
            yield _gauge("last_round_age_seconds", "Since the last good round ended.", age)
        requests = CounterMetricFamily(
            "campaignbot_http_requests",
            "Requests of this process to platforms, by status or kind of error.",
            labels=["platform", "status"],
        )
        for labels, number in sorted(self._calls().items()):
            requests.add_metric(labels, number)
        yield requests
        if meters is not None:
            yield from self._team(meters)

    def _team(self, meters: Meters) -> Iterator[GaugeMetricFamily]:
        standing = GaugeMetricFamily(
            "campaignbot_publications",
            "Publications by platform and state.",
            labels=["platform", "state"],
        )
        for (platform, state), number in sorted(meters.publications.items()):
            standing.add_metric([platform, state], number)
        yield standing
        unsure = sum(n for (_, state), n in meters.publications.items() if state is State.UNCERTAIN)
        yield _gauge("uncertain", "Publications of which nobody knows whether they stand.", unsure)
        yield _gauge("overdue", "Publications that should be out and that nothing holds.",
                     meters.late)  # fmt: skip
        yield _gauge("alerts_unsent", "Alerts that have not reached every reader.",
                     meters.alerts_unsent)  # fmt: skip
        beats = GaugeMetricFamily(
            "campaignbot_heartbeat_age_seconds",
            "Since the last sign of life of each worker that has not said goodbye.",
            labels=["worker"],
        )
        for worker in meters.workers:
            beats.add_metric(
                [worker.name], (self._clock.now() - worker.heartbeat_at_utc).total_seconds()
            )
        yield beats


def _gauge(name: str, told: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"campaignbot_{name}", told, value=value)
