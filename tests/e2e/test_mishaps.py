"""What nobody foresaw is one sentence for a marketer, and a log for who looks after the program."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from tests.e2e.commands import campaignbot
from tests.programs import heeds_interrupts

from campaignbot.cli.mishaps import told
from campaignbot.starter import make_workdir
from campaignbot.yamlfiles import change_yaml


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
    with socket.create_server(("127.0.0.1", 0)) as silent:
        mail = {"host": "127.0.0.1", "port": silent.getsockname()[1], "security": "none"}
        change_yaml(
            workdir / "config" / "campaignbot.yaml",
            {
                "mail": {**mail, "sender": "bot@voorbeeld.example"},
                "watch": {"alerts_to": ["team@voorbeeld.example"]},
            },
        )
        running = subprocess.Popen(
            [sys.executable, "-m", "campaignbot", "alerts", "test"],
            env={**os.environ, "CAMPAIGNBOT_HOME": str(workdir)},
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=heeds_interrupts,
        )
        # From here on the command waits for a greeting that never comes.
        connection, _ = silent.accept()
        with connection:
            running.send_signal(signal.SIGINT)
            _, said = running.communicate(timeout=60)
    assert running.returncode == 130 and "Traceback" not in said
