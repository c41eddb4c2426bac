"""A campaign that was planned once for all tests of a run; each gets a copy of its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.pipeline.desk import Desk
from tests.workdirs import opened

from campaignbot.domain.clock import SimulatedClock
from campaignbot.starter import make_workdir

START = datetime(2026, 11, 23, 5, tzinfo=UTC)


@pytest.fixture(scope="session")
def planned_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("planned")
    make_workdir(folder)
    with opened(folder, SimulatedClock(START)) as application:
        Desk(application, SimulatedClock(START)).plan()
    return folder


@pytest.fixture
def desk(planned_folder: Path, tmp_path: Path) -> Iterator[Desk]:
    """A working folder in which the sample brief was planned."""
    folder = tmp_path / "werkmap"
    shutil.copytree(planned_folder, folder)
    clock = SimulatedClock(START)
    with opened(folder, clock) as application:
        yield Desk(application, clock)


@pytest.fixture
def empty_desk(tmp_path: Path) -> Iterator[Desk]:
    """A working folder in which nothing was planned yet."""
    make_workdir(tmp_path)
    clock = SimulatedClock(START)
    with opened(tmp_path, clock) as application:
        yield Desk(application, clock)
