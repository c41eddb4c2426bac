"""Rows to publish, on both databases."""

from __future__ import annotations

import pytest
from tests.storage.rows import Rows

from campaignbot.domain.clock import SimulatedClock
from campaignbot.storage.database import Database


@pytest.fixture
def rows(database: Database, clock: SimulatedClock) -> Rows:
    rows = Rows(database, clock)
    rows.campaign()
    return rows
