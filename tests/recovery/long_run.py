"""The state machine at length, and another one each time the seed is another."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, seed, settings
from hypothesis.stateful import run_state_machine_as_test
from tests.recovery.machine import Team, team_on

from campaignbot.storage import schema
from campaignbot.storage.database import Database, sqlite_url


def run_machine(folder: Path, examples: int, chosen: int) -> int:
    """Return how many steps did something; AssertionError, with the way there, when a law broke."""
    database = Database(sqlite_url(folder / "machine.db"))
    schema.upgrade(database)
    long = settings(
        max_examples=examples,
        stateful_step_count=50,
        deadline=None,
        database=None,
        print_blob=True,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    before = Team.steps
    try:
        run_state_machine_as_test(seed(chosen)(team_on(database)), settings=long)
    finally:
        database.close()
    return Team.steps - before
