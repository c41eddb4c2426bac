"""How long the screens wait for the database, with many publications in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import quantiles
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert, select
from tests.workdirs import approve_one, opened

from benchmarks.figures import Figure, timed
from campaignbot.bootstrap import Application
from campaignbot.domain.clock import SimulatedClock
from campaignbot.domain.publication import State
from campaignbot.starter import make_workdir
from campaignbot.storage import publications
from campaignbot.storage.tables import account, content_version, post, publication
from campaignbot.storage.views import calendar_rows

NUMBER = 100_000
_ACCOUNTS = 50
_AT_ONCE = 5_000
_TIMES = 40
_NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
_EVERY = timedelta(minutes=30)
_MOST_MS = 50


def screens(folder: Path) -> list[Figure]:
    """Measure what each screen reads, with five years of publications of fifty accounts."""
    make_workdir(folder)
    with opened(folder, SimulatedClock(_NOW)) as application:
        waiting = _fill(application)
        database = application.database
        today = _NOW.date()

        def calendar() -> None:
            with database.read() as tx:
                calendar_rows(tx, today - timedelta(weeks=1), today + timedelta(weeks=4))

        def check() -> None:
            application.checks.findings(waiting[0], waiting[1])

        return [
            _figure("overview", application.overview),
            _figure("calendar page", calendar),
            _figure("queue page", application.reviews.page),
            _figure("one check", check),
        ]


def _figure(what: str, work: Callable[[], object]) -> Figure:
    work()
    p95 = quantiles(timed(work, _TIMES), n=20)[18] * 1000
    return Figure(f"{what} of {NUMBER:,} publications, p95", p95, "ms", most=_MOST_MS)


def _fill(application: Application) -> tuple[Any, Any]:
    """Store publications half an hour apart: the past is out, what comes is approved or waits."""
    first = approve_one(application, "linkedin", "Een bericht over de dijk.")
    with application.database.read() as tx:
        row = dict(tx.execute(select(publication)).mappings().one())
        content = dict(tx.execute(select(content_version)).mappings().one())
        message = dict(tx.execute(select(post)).mappings().one())
        owner = dict(
            tx.execute(select(account).where(account.c.id == first.account_id)).mappings().one()
        )
    owners = [
        owner | {"id": uuid4(), "key": f"account-{n}", "name": f"Account {n}"}
        for n in range(_ACCOUNTS)
    ]
    with application.database.write() as tx:
        tx.execute(insert(account), owners)
    begin = _NOW - _EVERY * (NUMBER * 9 // 10)
    middle = None
    for at in range(0, NUMBER, _AT_ONCE):
        rows, contents, posts = [], [], []
        for index in range(at, at + _AT_ONCE):
            key, due = UUID(int=index + 1), begin + _EVERY * index
            out = due < _NOW
            state = State.PUBLISHED if out else (State.APPROVED, State.IN_REVIEW)[index % 2]
            posts.append(message | {"id": key})
            rows.append(
                row
                | {
                    "id": key,
                    "post_id": key,
                    "account_id": owners[index % _ACCOUNTS]["id"],
                    "reference": f"B-{index}",
                    "tracking_code": f"b{index}",
                    "text_key": f"b{index}",
                    "state": state,
                    "planned_local": due.replace(tzinfo=None),
                    "due_at_utc": due,
                    "next_at_utc": due if state is State.APPROVED else None,
                    "window_end_utc": due + timedelta(hours=6),
                    "published_at_utc": due if out else None,
                }
            )
            words = f"Bericht {index} over werk aan dijk {index % 977} en straat {index % 389}."
            document = content["document"] | {"text": words}
            contents.append(content | {"publication_id": key, "document": document})
            middle = middle or (key if not out and state is State.IN_REVIEW else None)
        with application.database.write() as tx:
            tx.execute(insert(post), posts)
            tx.execute(insert(publication), rows)
            tx.execute(insert(content_version), contents)
    assert middle is not None
    with application.database.read() as tx:
        one = publications.publication_by_id(tx, middle)
    return one, application.reviews.item(middle).account
