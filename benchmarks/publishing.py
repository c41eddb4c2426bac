"""Publishing: the cost of never doubling, beside the bare call of the SDK."""

from __future__ import annotations

import logging
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import structlog
from tests.storage.rows import Rows
from tests.workdirs import account_of, approve_one, opened, sandboxed

from benchmarks.figures import Figure, p99_ms, timed
from campaignbot.domain.clock import SimulatedClock, SystemClock
from campaignbot.domain.publication import State
from campaignbot.domain.secrets import Secret
from campaignbot.storage import claims, schema
from campaignbot.storage.database import Database, sqlite_url
from campaignbot_x.client import Client

POSTS = 60
MANY, FEW = 20_000, 200


def publishing_rate(folder: Path) -> list[Figure]:
    """Posts with a picture on one X account: through the protocol, and by bare tweepy calls."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with sandboxed(folder) as sandbox:
        clock = SimulatedClock(SystemClock().now())
        sandbox.world.set_clock(clock.now())
        with opened(folder, clock) as application:
            for number in range(POSTS):
                approve_one(application, "x", f"Bericht nummer {number} van de meting.")
            publisher = application.publisher("bench")

            def protocol() -> None:
                clock.advance(timedelta(minutes=5))
                sandbox.world.set_clock(clock.now())
                assert publisher.tick().counts["published"] == 1

            ours = timed(protocol, POSTS)
            account = account_of(application, "x")
            known = sandbox.world.account("x", account.external_id)
            assert known is not None
            photo = (folder / "creatives" / "photos" / "polder-met-molen.jpg").read_bytes()
            client = Client({"access_token": Secret(known.token)}, sandbox.base_urls["x"], 10)

            def bare() -> None:
                media = client.upload_image(photo[:60_000], "image/jpeg")
                client.set_alt_text(media, "Een molen.")
                client.create_tweet(text=uuid4().hex, media_ids=[media], user_auth=False)

            theirs = timed(bare, POSTS)
    return [
        Figure("publish one post, protocol and SDK", 1000 * sum(ours) / POSTS, "ms"),
        Figure("publish one post, bare SDK calls", 1000 * sum(theirs) / POSTS, "ms"),
        Figure("rate of the protocol / rate of bare SDK calls", sum(theirs) / sum(ours), "x"),
    ]


def claiming(folder: Path) -> list[Figure]:
    """A claim that finds nothing due, with many and with few approved publications waiting."""
    slow = _claim_p99(folder / "many.db", MANY)
    quick = _claim_p99(folder / "few.db", FEW)
    return [
        Figure(f"look for due posts among {MANY:,}, p99", slow, "ms", most=5),
        Figure(f"look for due posts: among {MANY:,} / among {FEW}", slow / quick, "x"),
    ]


def _claim_p99(path: Path, number: int) -> float:
    database = Database(sqlite_url(path))
    schema.upgrade(database)
    clock = SimulatedClock(SystemClock().now())
    rows = Rows(database, clock)
    rows.campaign()
    first = rows.approved(due_in=timedelta(days=1))
    _copy(database, first.id.hex, number)

    rules = claims.ClaimRules("bench", timedelta(minutes=5), timedelta(minutes=5))

    def look() -> None:
        with database.write() as tx:
            claims.claim_due(tx, rules, now=clock.now())

    spent = timed(look, 300)
    database.close()
    return p99_ms(spent)


def _copy(database: Database, original: str, number: int) -> None:
    """Make many rows of one: the claim reads the rows, not how they came."""
    from sqlalchemy import insert, select

    from campaignbot.storage.tables import content_version, publication

    with database.write() as tx:
        row = dict(tx.execute(select(publication)).mappings().one())
        content = dict(tx.execute(select(content_version)).mappings().one())
        copies, contents = [], []
        for index in range(number):
            key = uuid4()
            unique = {"id": key, "reference": f"B-{index}", "tracking_code": f"b{index}",
                      "text_key": f"{original}{index}"}  # fmt: skip
            copies.append(row | unique)
            contents.append(content | {"publication_id": key})
        tx.execute(insert(publication), copies)
        tx.execute(insert(content_version), contents)
        assert row["state"] is State.APPROVED
