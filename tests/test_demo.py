"""What the demonstration leaves to judge, whatever day of the week it is run."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from campaignbot.demo import BRIEF, ZONE, closing_day, first_day, left_to_review, move_dates
from campaignbot.domain.clock import SimulatedClock
from campaignbot.domain.content import Content
from campaignbot.domain.ids import uuid7
from campaignbot.domain.phases import Phase
from campaignbot.domain.publication import Post, Publication, State
from campaignbot.domain.walltime import WallTime
from campaignbot.pipeline import propose
from campaignbot.settings import load_accounts, load_settings
from campaignbot.starter import make_workdir

MONDAY = date(2026, 11, 23)


@pytest.mark.parametrize("day", range(7))
def test_enough_is_planned_from_tomorrow_on(tmp_path: Path, day: int) -> None:
    today = MONDAY + timedelta(days=day)
    closing = closing_day(today)
    make_workdir(tmp_path)
    move_dates(tmp_path, closing)
    start = datetime.combine(first_day(closing), time(6), ZONE).astimezone(UTC)
    clock = SimulatedClock(start)
    proposal = propose(
        tmp_path,
        tmp_path / "briefs" / f"{BRIEF}.yaml",
        load_settings(tmp_path),
        frozenset(entry.key for entry in load_accounts(tmp_path)),
        clock,
        lambda: uuid7(clock.now()),
    )
    slots = proposal.plan.slots
    assert sum(slot.planned.local.date() > today for slot in slots) >= 5
    lived = [slot for slot in slots if slot.planned.local.date() < today]
    assert today - min(slot.planned.local.date() for slot in lived) >= timedelta(days=21)


def made(number: int, day: date, follows: int | None = None) -> Publication:
    due = datetime.combine(day, time(9), ZONE).astimezone(UTC)
    return Publication(
        id=UUID(int=number),
        reference=f"WTR-{number:04}",
        post=Post(UUID(int=100 + number), None, None, Phase.ACTION, "p", "angle", "nl"),
        account_id=UUID(int=9),
        content=Content("Tekst.", None, ()),
        tracking_code=f"code{number}",
        planned=WallTime.at(due, "Europe/Amsterdam"),
        due_at_utc=due,
        window_end_utc=due + timedelta(hours=6),
        state=State.IN_REVIEW,
        follows_id=UUID(int=follows) if follows else None,
    )


def test_what_is_left_is_due_from_tomorrow_on_with_what_hangs_below_it() -> None:
    posts = [made(n, MONDAY + timedelta(days=n - 2)) for n in range(1, 9)]
    comment = made(20, MONDAY + timedelta(days=1), follows=3)
    left = left_to_review([*posts, comment], MONDAY, 3)
    assert [p.reference for p in left] == ["WTR-0003", "WTR-0004", "WTR-0005", "WTR-0020"]
