"""Whatever people, machines and platforms do, in whatever order, the laws of publishing hold."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from tests.recovery.machine import team_on

from campaignbot.storage import schema
from campaignbot.storage.database import Database

# The same runs each time: when this fails, something here has changed. The long run is random.
BOUNDED = settings(
    max_examples=25,
    stateful_step_count=50,
    deadline=None,
    derandomize=True,
    print_blob=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.timeout(300)
def test_no_order_of_events_breaks_a_law_on_sqlite(sqlite_database: Database) -> None:
    run_state_machine_as_test(team_on(sqlite_database), settings=BOUNDED)


@pytest.mark.timeout(300)
def test_no_order_of_events_breaks_a_law_on_postgresql(postgres_url: str) -> None:
    database = Database(postgres_url)
    schema.upgrade(database)
    try:
        few = settings(BOUNDED, max_examples=4)
        run_state_machine_as_test(team_on(database), settings=few)
    finally:
        database.close()
