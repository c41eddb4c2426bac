"""Two busy days with faults, crashes and a kill: nothing doubled, nothing lost, all on time."""

from __future__ import annotations

from pathlib import Path

from tests.soak.soak import Measure, Soak


def test_two_days_of_faults_and_kills_double_and_lose_nothing(tmp_path: Path) -> None:
    measure = Measure(days=2, accounts=6, posts=120, crash_chance=0.1, kills=1)
    told: list[str] = []

    verdict = Soak(tmp_path, measure, told.append).run()

    assert verdict.posts == 120
    assert (verdict.doubled, verdict.lost, verdict.outside) == (0, [], 0), told
