"""The watch over one process: health, signs of life, systemd; none of it can disturb publishing."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
import requests
from structlog.testing import capture_logs
from tests.storage.rows import Rows
from tests.watching.listeners import WebListener, free_port, web_listener

from campaignbot.domain.clock import SimulatedClock
from campaignbot.domain.errors import UserError
from campaignbot.domain.messages import Message
from campaignbot.domain.publication import Event
from campaignbot.domain.secrets import Secret
from campaignbot.gateways.ping import ping
from campaignbot.i18n import Translator
from campaignbot.platforms.calls import CallLog
from campaignbot.storage import attempts, claims, schema, workers
from campaignbot.storage.database import Database
from campaignbot.watching.alerting import Alerting
from campaignbot.watching.find import Rules
from campaignbot.watching.health import HealthServer
from campaignbot.watching.metrics import Metrics
from campaignbot.watching.rounds import Rounds
from campaignbot.watching.systemd import Systemd
from campaignbot.watching.watch import Watch, health

PROBLEM = Message("storage.unreachable", {"url": "postgresql://db"})


class Stopwatch:
    """The machine's own time, moved by hand."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def stopwatch() -> Stopwatch:
    return Stopwatch()


@pytest.fixture
def rounds(clock: SimulatedClock, stopwatch: Stopwatch) -> Rounds:
    return Rounds(clock, 300, stopwatch)


def keys(rounds: Rounds) -> list[str]:
    return [reason.key for reason in rounds.reasons()]


def test_a_process_is_healthy_from_its_first_good_round_to_when_rounds_stay_away(
    rounds: Rounds, stopwatch: Stopwatch
) -> None:
    assert keys(rounds) == ["health.no_round_yet"]
    rounds.note(None)
    assert keys(rounds) == []
    stopwatch.now_s += 300
    assert keys(rounds) == []
    stopwatch.now_s += 1
    assert keys(rounds) == ["health.stale"]
    rounds.note(None)
    assert keys(rounds) == []


def test_a_problem_is_unhealthy_at_once_and_remembers_when_it_began(
    rounds: Rounds, stopwatch: Stopwatch, clock: SimulatedClock
) -> None:
    rounds.note(None)
    rounds.note(PROBLEM)
    began = clock.now()
    clock.advance(timedelta(minutes=2))
    stopwatch.now_s += 120
    rounds.note(PROBLEM)
    assert keys(rounds) == ["storage.unreachable"]
    assert rounds.trouble is not None
    assert (rounds.trouble.since_utc, rounds.trouble.lasts_s) == (began, 120)
    rounds.note(None)
    assert rounds.trouble is None


@contextmanager
def notify_socket(address: str) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind("\0" + address[1:] if address.startswith("@") else address)
        listener.settimeout(10)
        yield listener


@pytest.mark.parametrize("abstract", [False, True], ids=["file", "abstract name"])
def test_systemd_hears_ready_once_and_the_watchdog_only_good_rounds(
    tmp_path: Path, abstract: bool
) -> None:
    address = f"@campaignbot-{uuid4().hex}" if abstract else str(tmp_path / "notify")
    with notify_socket(address) as listener:
        systemd = Systemd({"NOTIFY_SOCKET": address})
        systemd.bad_round("de database\nantwoordt niet")
        systemd.good_round("plaatst")
        systemd.good_round("plaatst")
        systemd.stopping()
        heard = [listener.recv(4096).decode() for _ in range(4)]
    assert heard == [
        "STATUS=de database antwoordt niet",
        "READY=1\nWATCHDOG=1\nSTATUS=plaatst",
        "WATCHDOG=1\nSTATUS=plaatst",
        "STOPPING=1",
    ]


def test_without_systemd_or_with_a_dead_socket_nothing_happens(tmp_path: Path) -> None:
    Systemd({}).good_round("plaatst")
    with capture_logs() as said:
        Systemd({"NOTIFY_SOCKET": str(tmp_path / "gone")}).good_round("plaatst")
    assert [line["event"] for line in said] == ["systemd not told"]


def watch_over(
    rounds: Rounds,
    stopwatch: Stopwatch,
    database: Callable[[], Database],
    clock: SimulatedClock,
    ping_url: str | None,
) -> Watch:
    t = Translator("nl")
    alerting = Alerting(
        database, clock, lambda: [], lambda _: t, "Waterrijk", Rules(), timedelta(days=30), "pc:1"
    )
    return Watch(
        rounds,
        alerting,
        Systemd({}),
        t,
        lambda: Secret(ping_url) if ping_url else None,
        lambda url, healthy: ping(url, healthy=healthy),
        stopwatch,
    )


def test_the_outside_watchdog_is_pinged_at_most_once_a_minute_and_told_of_trouble(
    rounds: Rounds, stopwatch: Stopwatch, sqlite_database: Database, clock: SimulatedClock
) -> None:
    with web_listener() as listener:
        url = f"http://{listener.url}/uuid"
        watch = watch_over(rounds, stopwatch, lambda: sqlite_database, clock, url)
        watch.after_round(None)
        watch.once()
        stopwatch.now_s += 59
        watch.once()
        assert listener.paths == ["/uuid"]
        watch.after_round(PROBLEM)
        stopwatch.now_s += 1
        watch.once()
        assert listener.paths == ["/uuid", "/uuid/fail"]


def test_a_ping_and_a_look_that_fail_are_told_and_go_no_further(
    rounds: Rounds, stopwatch: Stopwatch, clock: SimulatedClock
) -> None:
    def away() -> Database:
        raise RuntimeError("geheim")

    with web_listener(WebListener(status=500)) as listener, capture_logs() as said:
        url = f"http://{listener.url}/geheim"
        watch = watch_over(rounds, stopwatch, away, clock, url)
        watch.once()
    assert [line["event"] for line in said] == ["watchdog not reached"]
    assert "geheim" not in str(said)


@contextmanager
def served(server: HealthServer) -> Iterator[str]:
    server.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.stop()


def test_health_is_503_with_words_until_a_round_succeeds(
    rounds: Rounds, sqlite_database: Database
) -> None:
    page = health(rounds, lambda: sqlite_database, Translator("en"))
    with served(HealthServer(0, {"/health": page})) as url:
        before = requests.get(f"{url}/health", timeout=10)
        rounds.note(None)
        after = requests.get(f"{url}/health", timeout=10)
        unknown = requests.get(f"{url}/", timeout=10)
    assert (before.status_code, before.json()["healthy"]) == (503, False)
    assert before.json()["reasons"] == ["It has not been looked yet what is due."]
    assert (after.status_code, after.json()) == (
        200,
        {"healthy": True, "reasons": [], "last_round_s": 0},
    )
    assert unknown.status_code == 404


def test_it_never_says_healthy_while_the_database_is_gone(
    rounds: Rounds, postgres_url: str, postgres_server: str, clock: SimulatedClock
) -> None:
    database = Database(postgres_url)
    schema.upgrade(database)
    rounds.note(None)
    metrics = Metrics(lambda: database, clock, rounds, CallLog().counts, "pc:1")
    pages = {
        "/health": health(rounds, lambda: database, Translator("en")),
        "/metrics": metrics.page,
    }
    with served(HealthServer(0, pages)) as url:
        assert requests.get(f"{url}/health", timeout=10).status_code == 200
        assert (
            "campaignbot_database_reachable 1.0" in requests.get(f"{url}/metrics", timeout=10).text
        )
        with psycopg.connect(f"{postgres_server}/postgres", autocommit=True) as connection:
            name = postgres_url.rpartition("/")[2]
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        gone = requests.get(f"{url}/health", timeout=30)
        measured = requests.get(f"{url}/metrics", timeout=30)
    assert gone.status_code == 503 and gone.json()["reasons"]
    assert measured.status_code == 200
    assert "campaignbot_database_reachable 0.0" in measured.text
    database.close()


def test_a_port_in_use_is_said_with_its_number() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(UserError) as refused:
            HealthServer(port, {})
    assert refused.value.problems[0].what.params["port"] == str(port)


def test_the_metrics_count_what_this_worker_did_and_where_everything_stands(
    rounds: Rounds, database: Database, clock: SimulatedClock
) -> None:
    rows, calls = Rows(database, clock), CallLog()
    metrics = Metrics(lambda: database, clock, rounds, calls.counts, "pc:1")
    account = rows.account()
    post = rows.approved(account=account)
    rows.approved(account=account, due_in=timedelta(days=1))
    clock.advance(timedelta(seconds=3))
    with database.write() as tx:
        (claim,) = claims.claim_due(
            tx,
            claims.ClaimRules(owner="pc:1", lease=timedelta(minutes=10), spacing=timedelta(0)),
            now=clock.now(),
        )
        attempts.mark_request_sent(tx, claim.attempt, now=clock.now(), receipt=None)
        attempts.end_attempt(tx, claim.attempt, now=clock.now(), outcome="Published", error=None)
        workers.beat(tx, workers.Worker("pc:1", clock.now(), clock.now()))
    rows.move(claim.publication, Event.PUBLISH, published_at_utc=clock.now())
    assert claim.publication.id == post.id
    rounds.note(None)
    clock.advance(timedelta(seconds=40))
    text = metrics.page()[2].decode()
    again = metrics.page()[2].decode()
    for line in (
        'campaignbot_publications{platform="linkedin",state="published"} 1.0',
        'campaignbot_publications{platform="linkedin",state="approved"} 1.0',
        'campaignbot_attempts_total{outcome="Published"} 1.0',
        'campaignbot_due_to_request_seconds_bucket{le="2.0"} 0.0',
        'campaignbot_due_to_request_seconds_bucket{le="5.0"} 1.0',
        'campaignbot_heartbeat_age_seconds{worker="pc:1"} 40.0',
        "campaignbot_last_round_age_seconds 0.0",
        "campaignbot_overdue 0.0",
        "campaignbot_uncertain 0.0",
        "campaignbot_alerts_unsent 0.0",
        "campaignbot_healthy 1.0",
        "campaignbot_database_reachable 1.0",
    ):
        assert line in text.splitlines(), text
        assert line in again.splitlines(), "asked twice, counted once"


def test_requests_to_platforms_are_counted_by_platform_and_status(
    rounds: Rounds, sqlite_database: Database, clock: SimulatedClock
) -> None:
    calls = CallLog()
    metrics = Metrics(lambda: sqlite_database, clock, rounds, calls.counts, "pc:1")
    with web_listener(WebListener(status=429)) as listener, requests.Session() as session:
        calls.listen(session, "x")
        session.get(f"http://{listener.url}/2/tweets", timeout=10)
    text = metrics.page()[2].decode()
    assert 'campaignbot_http_requests_total{platform="x",status="429"} 1.0' in text


def test_two_registries_stand_beside_each_other(
    rounds: Rounds, sqlite_database: Database, clock: SimulatedClock
) -> None:
    """Two folders in one process share nothing, and Prometheus's own registry holds neither."""
    from prometheus_client import REGISTRY, generate_latest

    for name in ("pc:1", "pc:2"):
        Metrics(lambda: sqlite_database, clock, rounds, CallLog().counts, name).page()
    assert b"campaignbot" not in generate_latest(REGISTRY)


def test_the_watch_starts_and_ends_with_its_server(
    rounds: Rounds, stopwatch: Stopwatch, sqlite_database: Database, clock: SimulatedClock
) -> None:
    watch = watch_over(rounds, stopwatch, lambda: sqlite_database, clock, None)
    watch.server = HealthServer(free_port(), {"/health": lambda: (200, "application/json", b"{}")})
    watch.start()
    url = f"http://127.0.0.1:{watch.server.port}/health"
    assert json.loads(requests.get(url, timeout=10).text) == {}
    watch.stop()
    with pytest.raises(requests.ConnectionError):
        requests.get(url, timeout=10)
