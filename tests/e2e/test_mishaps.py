"""What nobody foresaw is one sentence for a marketer, and a log for who looks after the program."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from tests.e2e.commands import campaignbot

from campaignbot.cli.mishaps import told
from campaignbot.starter import make_workdir


@pytest.fixture
def workdir(tmp_path: Path) -> Path:
    make_workdir(tmp_path)
    return tmp_path


@pytest.fixture
def broken(workdir: Path) -> Path:
    """A working folder whose database lacks a table: no mistake that a marketer can make."""
    assert campaignbot(workdir, "init").code == 0
    with sqlite3.connect(workdir / "data" / "campaignbot.db") as connection:
        connection.execute("DROP TABLE hold")
    connection.close()
    return workdir


def test_what_nobody_foresaw_is_told_in_a_sentence_that_names_the_log(broken: Path) -> None:
    ran = campaignbot(broken, "status", language="nl")
    log = broken / "data" / "errors.log"
    assert ran.code == 70 and ran.out == ""
    assert "Traceback" not in ran.err and len(ran.err.splitlines()) == 2
    assert str(log) in ran.err
    assert "Traceback" in log.read_text() and log.stat().st_mode & 0o077 == 0


def test_what_the_system_refuses_is_told_with_its_place(tmp_path: Path) -> None:
    (problem,) = told(OSError(28, "No space left on device", "media/a.jpg"), tmp_path).problems
    assert problem.what.key == "cli.system_failed"
    assert problem.what.params["path"] == "media/a.jpg"
    assert problem.what.params["said"] == "No space left on device"
    log = Path(str(problem.what.params["log"]))
    assert "No space left on device" in log.read_text()
    log.unlink()


def test_the_traceback_is_shown_to_who_asks_for_it(broken: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "campaignbot", "--workdir", str(broken), "status"],
        env={**os.environ, "CAMPAIGNBOT_TRACEBACK": "1"},
        capture_output=True,
        text=True,
    )
    assert "Traceback" in done.stderr and not (broken / "data" / "errors.log").exists()


def test_an_interrupted_command_ends_with_130_and_without_a_traceback(workdir: Path) -> None:
    fifo = workdir / "vacancy.html"
    os.mkfifo(fifo)
    running = subprocess.Popen(
        [sys.executable, "-m", "campaignbot", "vacancy", "import", str(fifo)],
        env={**os.environ, "CAMPAIGNBOT_HOME": str(workdir)},
        stderr=subprocess.PIPE,
        text=True,
        # Where tests run in the background, interrupts are ignored by all that they start.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    # Opening its other end waits until the command reads, and closing it ends the reading: the
    # interrupt cannot fall between two looks at it.
    with fifo.open("w"):
        running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=60)
    assert running.returncode == 130 and "Traceback" not in said
