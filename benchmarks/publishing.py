"""Publishing: the cost of never doubling, beside the bare call of the SDK and another scheduler."""

from __future__ import annotations

import logging
import pickle
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import structlog
from apscheduler.job import Job
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import insert, select
from tests.storage.rows import Rows
from tests.workdirs import opened

from benchmarks import stand
from benchmarks.figures import Figure, middle_ms, p99_ms, timed
from campaignbot.domain.clock import SimulatedClock, SystemClock
from campaignbot.domain.publication import State
from campaignbot.domain.secrets import Secret
from campaignbot.storage import claims, schema
from campaignbot.storage.database import Database, sqlite_url
from campaignbot.storage.tables import content_version, publication
from campaignbot_x.client import Client

ACCOUNTS, ROUNDS, PARALLEL = 50, 12, 16
MANY = 1_000_000
_AT_ONCE = 20_000


def publishing_rate(folder: Path) -> list[Figure]:
    """Posts with a picture on 50 X accounts: through the protocol, and by bare tweepy calls.

    One process, SQLite, a sandbox that answers at once in a process of its own. Rounds of all
    alternate, so that whatever else the machine does falls on all of them. The protocol publishes
    to several accounts side by side, so the bare calls are also made by as many threads.
    """
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with stand.sandbox_process(ACCOUNTS) as url:
        clock = SimulatedClock(SystemClock().now())
        stand.set_clock(url, clock)
        stand.prepare(folder, url, ACCOUNTS, parallel=PARALLEL)
        with opened(folder, clock) as application:
            accounts = stand.connect(application)
            item, data = stand.picture(application)
            publisher = application.publisher("bench")
            clients = [
                Client({"access_token": Secret(stand.token(n))}, f"{url}/x", 10)
                for n in range(ACCOUNTS)
            ]

            def call(client: Client) -> None:
                media = client.upload_image(data, "image/jpeg")
                client.set_alt_text(media, item.alt_text)
                client.create_tweet(text=uuid4().hex, media_ids=[media], user_auth=False)

            def protocol() -> None:
                assert publisher.tick().counts["published"] == ACCOUNTS

            def loop() -> None:
                for client in clients:
                    call(client)

            def threads() -> None:
                with ThreadPoolExecutor(PARALLEL) as pool:
                    list(pool.map(call, clients))

            def prepare() -> None:
                clock.advance(timedelta(minutes=10))
                stand.set_clock(url, clock)
                stand.approve(application, [(a, clock.now()) for a in accounts], (item,))

            ours, bare, threaded = _in_turn((protocol, loop, threads), prepare)
    return [
        Figure("publish one post, protocol and SDK", ours / ACCOUNTS, "ms"),
        Figure("publish one post, bare loop of SDK calls", bare / ACCOUNTS, "ms"),
        Figure(f"publish one post, SDK calls by {PARALLEL} threads", threaded / ACCOUNTS, "ms"),
        Figure("rate of the protocol / rate of a bare loop", bare / ours, "x", least=0.6),
        Figure("rate of the protocol / rate of as many threads", threaded / ours, "x"),
    ]


def _in_turn(works: Sequence[Callable[[], None]], prepare: Callable[[], None]) -> tuple[float, ...]:
    """Do the works in turn, again and again, and return the median time of each in milliseconds."""
    spent: list[list[float]] = [[] for _ in works]
    for _ in range(ROUNDS + 1):
        prepare()
        for times, work in zip(spent, works, strict=True):
            times += timed(work, 1)
    # The first round opens the connections of all.
    return tuple(middle_ms(times[1:]) for times in spent)


def claiming(folder: Path) -> list[Figure]:
    """Looking for what is due among a million that wait, beside APScheduler's own job store."""
    ours = _claim_p99(folder / "ours.db", MANY)
    few = _claim_p99(folder / "few.db", 200)
    theirs = _job_store_p99(folder / "theirs.db", MANY)
    return [
        Figure(f"look for due posts among {MANY:,}, p99", ours, "ms", most=5),
        Figure("look for due posts: among a million / among 200", ours / few, "x"),
        Figure(f"APScheduler's job store, {MANY:,} jobs, p99", theirs, "ms"),
        Figure("look for due posts: ours / APScheduler's", ours / theirs, "x"),
    ]


def _claim_p99(path: Path, number: int) -> float:
    database = Database(sqlite_url(path))
    schema.upgrade(database)
    clock = SimulatedClock(SystemClock().now())
    rows = Rows(database, clock)
    rows.campaign()
    rows.approved(due_in=timedelta(days=1))
    _copy(database, number)
    rules = claims.ClaimRules("bench", timedelta(minutes=5), timedelta(minutes=5))

    def look() -> None:
        with database.write() as tx:
            assert not claims.claim_due(tx, rules, now=clock.now())

    spent = timed(look, 500)
    database.close()
    return p99_ms(spent)


def _copy(database: Database, number: int) -> None:
    """Make many rows of one, due over the year: the claim reads rows, not how they came."""
    with database.read() as tx:
        row = dict(tx.execute(select(publication)).mappings().one())
        content = dict(tx.execute(select(content_version)).mappings().one())
    assert row["state"] is State.APPROVED
    for begin in range(0, number, _AT_ONCE):
        copies, contents = [], []
        for index in range(begin, min(begin + _AT_ONCE, number)):
            key, due = uuid4(), row["due_at_utc"] + timedelta(seconds=30 * index)
            copies.append(
                row
                | {
                    "id": key,
                    "reference": f"B-{index}",
                    "tracking_code": f"b{index}",
                    "text_key": f"b{index}",
                    "due_at_utc": due,
                    "next_at_utc": due,
                    "window_end_utc": due + timedelta(hours=6),
                }
            )
            contents.append(content | {"publication_id": key})
        with database.write() as tx:
            tx.execute(insert(publication), copies)
            tx.execute(insert(content_version), contents)


def _job_store_p99(path: Path, number: int) -> float:
    """Return what APScheduler itself asks of its store at every wake-up, nothing being due."""
    store = SQLAlchemyJobStore(url=sqlite_url(path))
    scheduler = BackgroundScheduler(timezone="UTC")
    scheduler.add_jobstore(store)
    scheduler.start(paused=True)
    now = datetime.now(UTC)
    first = now + timedelta(days=1)
    job = Job(
        scheduler,
        id="0",
        func=print,
        trigger=scheduler._create_trigger("date", {"run_date": first}),
        args=(),
        kwargs={},
        executor="default",
        misfire_grace_time=None,
        coalesce=True,
        max_instances=1,
        name="print",
        next_run_time=first,
    )
    state = pickle.dumps(job.__getstate__(), pickle.HIGHEST_PROTOCOL)
    for begin in range(0, number, _AT_ONCE):
        with store.engine.begin() as connection:
            connection.execute(
                insert(store.jobs_t),
                [
                    {
                        "id": str(index),
                        "next_run_time": first.timestamp() + 30 * index,
                        "job_state": state,
                    }
                    for index in range(begin, min(begin + _AT_ONCE, number))
                ],
            )

    def look() -> None:
        assert not store.get_due_jobs(now)
        assert store.get_next_run_time() is not None

    spent = timed(look, 500)
    scheduler.shutdown(wait=False)
    return p99_ms(spent)
