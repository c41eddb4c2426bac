"""A large upload keeps its lease and tells how far it is; one whose lease is lost stops."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from tests.publishing.fakes import FakeAdapter, Press
from tests.storage.rows import Rows

from campaignbot.domain.clock import SimulatedClock
from campaignbot.domain.content import MediaItem
from campaignbot.domain.publication import Publication, Receipt, State
from campaignbot.platforms.outcomes import (
    Outcome,
    Published,
    RateLimited,
    Rejected,
    Unavailable,
)
from campaignbot.platforms.protocol import Progress
from campaignbot.publishing.steps import Step
from campaignbot.storage import attempts, publications
from campaignbot.storage.database import Database
from campaignbot.storage.overview import overview

VIDEO = MediaItem("b" * 64, "video/mp4", 1280, 720, "Iemand loopt.", duration_ms=60_000)
SIZE = 500_000_000


@dataclass
class Parts:
    """Uploads in parts: `part` is called with how many percent are done, before it is told."""

    part: Callable[[int], None] = lambda _percent: None
    parts: tuple[int, ...] = (0, 25, 50, 75, 100)
    reached: list[int] = field(default_factory=list)

    def __call__(self, progress: Progress) -> None:
        for percent in self.parts:
            self.part(percent)
            progress(VIDEO, SIZE * percent // 100, SIZE)
            self.reached.append(percent)


def percents(database: Database, publication: Publication) -> list[int | None]:
    with database.read() as tx:
        return [a.uploading_percent for a in attempts.attempts_of(tx, publication.id)]


def test_an_upload_longer_than_its_lease_keeps_it(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    """Another worker looks for work that was left lying, at every part."""
    waiting = rows.approved()
    idle = FakeAdapter()
    other = Press(database, clock, idle, owner="other")

    def part(_percent: int) -> None:
        clock.advance(timedelta(minutes=8))
        other.tick()

    upload = Parts(part)
    adapter = FakeAdapter(first=upload)
    assert Press(database, clock, adapter).tick()["published"] == 1
    assert upload.reached == [0, 25, 50, 75, 100] and len(adapter.sent) == 1
    assert idle.sent == [] and other.now(waiting).state is State.PUBLISHED


def test_an_upload_whose_lease_is_lost_stops_and_sends_nothing(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    waiting = rows.approved()
    taken = FakeAdapter()
    other = Press(database, clock, taken, owner="other")

    def part(percent: int) -> None:
        if percent == 50:
            clock.advance(timedelta(minutes=11))
            other.tick()
            other.tick()

    upload = Parts(part)
    adapter = FakeAdapter(first=upload)
    assert Press(database, clock, adapter).tick() == {"lease_lost": 1}
    assert upload.reached == [0, 25] and adapter.sent == []
    assert len(taken.sent) == 1, "the other worker took it over"
    assert other.now(waiting).state is State.PUBLISHED


def test_a_request_that_is_sent_late_in_a_lease_has_time_for_its_answer(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    """Looked for while the request is still on its way, it would be proved absent."""
    waiting = rows.approved()
    looking = FakeAdapter()
    other = Press(database, clock, looking, owner="other")

    def late(_progress: Progress) -> None:
        clock.advance(timedelta(minutes=9, seconds=50))

    def on_step(step: Step) -> None:
        if step is Step.REQUEST_MARKED:
            for _ in range(3):
                clock.advance(timedelta(minutes=2))
                other.tick()

    press = Press(database, clock, FakeAdapter(first=late), on_step=on_step)
    assert press.tick() == {"published": 1}
    assert looking.looked == 0 and looking.sent == []
    assert other.now(waiting).state is State.PUBLISHED


def test_how_far_an_upload_is_can_be_read_meanwhile_and_no_longer(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    waiting = rows.approved()
    seen: list[int | None] = []

    def part(_percent: int) -> None:
        clock.advance(timedelta(seconds=30))
        with database.read() as tx:
            seen.append(overview(tx, clock.now()).uploads.get(waiting.id))
        assert seen[-1:] == percents(database, waiting)

    Press(database, clock, FakeAdapter(first=Parts(part))).tick()
    assert seen == [None, 0, 25, 50, 75]
    assert percents(database, waiting) == [None], "once sent, nothing is uploading"
    with database.read() as tx:
        assert overview(tx, clock.now()).uploads == {}


def test_many_small_parts_are_written_down_every_few_seconds_only(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    waiting = rows.approved()
    written: list[int | None] = []

    def part(_percent: int) -> None:
        clock.advance(timedelta(milliseconds=500))
        written.extend(percents(database, waiting))

    Press(database, clock, FakeAdapter(first=Parts(part, tuple(range(0, 100, 5))))).tick()
    assert sorted({p for p in written if p is not None}) == [0, 30, 60, 90]


BEGUN = Receipt("upload", {"id": "7"})


def resumable(
    after: Callable[[], Outcome] = lambda: Published("1"), begun: Receipt = BEGUN
) -> FakeAdapter:
    """Return an adapter that tells of an upload that was begun, and then does what `after` does."""

    def first(progress: Progress) -> Outcome:
        progress(VIDEO, 0, SIZE)
        progress(VIDEO, 0, SIZE, begun=begun)
        return after()

    return FakeAdapter(first=first)


def kept(database: Database, publication: Publication) -> Receipt | None:
    with database.read() as tx:
        return publications.publication_by_id(tx, publication.id).receipt


def test_an_upload_that_was_begun_is_gone_on_with_after_a_crash(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    waiting = rows.approved()

    def die() -> Outcome:
        assert kept(database, waiting) == BEGUN, "stored before more is sent"
        raise SystemExit

    with pytest.raises(SystemExit):
        Press(database, clock, resumable(after=die)).tick()
    clock.advance(timedelta(minutes=11))
    another = resumable()
    Press(database, clock, another, owner="restarted").tick()
    assert another.resumed == [BEGUN]
    assert kept(database, waiting) is None, "published, it is of no more use"


@pytest.mark.parametrize("outcome", [Unavailable("503"), RateLimited("429")])
def test_an_upload_that_was_begun_is_gone_on_with_after_a_failure(
    database: Database, clock: SimulatedClock, rows: Rows, outcome: Outcome
) -> None:
    rows.approved()
    adapter = resumable(after=lambda: outcome)
    press = Press(database, clock, adapter)
    press.tick()
    clock.advance(timedelta(minutes=10))
    press.tick()
    assert adapter.resumed == [None, BEGUN]


def test_a_refused_post_keeps_no_upload(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    waiting = rows.approved()
    press = Press(database, clock, resumable(after=lambda: Rejected("no")))
    press.tick()
    assert press.now(waiting).state is State.FAILED and kept(database, waiting) is None


def test_who_lost_the_lease_stores_no_receipt(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    waiting = rows.approved()
    theirs = Receipt("upload", {"id": "theirs"})
    other = Press(database, clock, resumable(begun=theirs, after=lambda: Unavailable("503")))

    def late(progress: Progress) -> Outcome:
        clock.advance(timedelta(minutes=11))
        other.tick()
        other.tick()
        progress(VIDEO, 0, SIZE, begun=BEGUN)
        return Published("1")

    assert Press(database, clock, FakeAdapter(first=late), owner="late").tick() == {"lease_lost": 1}
    assert kept(database, waiting) == theirs


@pytest.mark.parametrize("size", [0, 1])
def test_an_empty_or_overshot_size_breaks_nothing(
    database: Database, clock: SimulatedClock, rows: Rows, size: int
) -> None:
    odd = FakeAdapter(first=lambda progress: progress(VIDEO, 5, size))
    rows.approved()
    assert Press(database, clock, odd).tick()["published"] == 1
