"""Backup, restore and check as a user runs them: what is said, exit codes, Ctrl-C."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from tests.e2e.commands import campaignbot
from tests.programs import heeds_interrupts
from tests.workdirs import approve_one, opened

from campaignbot.starter import make_workdir


@pytest.fixture
def workdir(tmp_path: Path) -> Path:
    folder = tmp_path / "werkmap"
    make_workdir(folder)
    with opened(folder) as application:
        approve_one(application, "manual", "Een bericht met een beeld.")
    return folder


def test_a_backup_goes_to_another_machine_and_stands_still_there(
    workdir: Path, tmp_path: Path
) -> None:
    made = campaignbot(workdir, "backup", "--to", str(tmp_path), "--json")
    assert made.code == 0, made.err
    file = made.data["file"]
    assert made.data["key_included"] is False and Path(file).stat().st_size > 0

    new = tmp_path / "nieuw"
    restored = campaignbot(new, "restore", file, "--json")
    assert restored.code == 0, restored.err
    assert restored.data["held"] is True and len(restored.data["by_hand"]) == 1
    assert campaignbot(new, "check-database").code == 0
    status = campaignbot(new, "status", "--json")
    assert "backup" in status.data["holds"][0]
    assert campaignbot(new, "resume").code == 0
    assert campaignbot(new, "status", "--json").data["holds"] == []


def test_the_person_is_told_what_to_do_next(workdir: Path) -> None:
    made = campaignbot(workdir, "backup", language="nl")
    file = made.out.strip()
    assert (workdir / file).is_file() or Path(file).is_file()
    assert "sleutel" in made.err
    refused = campaignbot(workdir, "restore", file, language="nl")
    assert refused.code == 2 and "--replace" in refused.err
    restored = campaignbot(workdir, "restore", file, "--replace", language="nl")
    assert restored.code == 0, restored.err
    assert "campaignbot resume" in restored.err and "before-restore-" in restored.err


def test_what_is_wrong_is_named_with_exit_code_1(workdir: Path) -> None:
    for picture in (workdir / "media").rglob("*.jpg"):
        picture.write_bytes(b"something else")
    with closing(sqlite3.connect(workdir / "data" / "campaignbot.db")) as other, other:
        other.execute("UPDATE publication SET next_at_utc = NULL")
    looked = campaignbot(workdir, "check-database", "--json")
    assert looked.code == 1
    assert {problem["code"] for problem in looked.data["problems"]} == {
        "integrity.never_looked_at",
        "media.changed",
    }
    assert all(problem["remedy"] for problem in looked.data["problems"])
    assert looked.data["whole"] is False
    (workdir / "data" / "campaignbot.db").write_bytes(b"no database" * 1000)
    broken = campaignbot(workdir, "check-database")
    assert broken.code == 1 and "→" in broken.out


@pytest.mark.parametrize(
    "command",
    [["daemon"], ["tui"], ["backup"], ["status"], ["init"], ["check-database"]],
)
def test_no_command_touches_a_database_of_a_newer_version(
    workdir: Path, command: list[str]
) -> None:
    file = workdir / "data" / "campaignbot.db"
    with closing(sqlite3.connect(file)) as other, other:
        other.execute("UPDATE alembic_version SET version_num = '9999'")
    before = file.read_bytes()
    ran = campaignbot(workdir, *command)
    assert ran.code == 2, ran.err
    assert "newer version" in ran.err and "9999" in ran.err and "Traceback" not in ran.err
    assert file.read_bytes() == before
    assert not (workdir / "data" / "backups").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_backup_leaves_nothing_and_says_so(
    workdir: Path, number: signal.Signals
) -> None:
    # Enough to be at work for a while.
    large = workdir / "creatives" / "large.bin"
    large.write_bytes(os.urandom(64_000_000))
    running = subprocess.Popen(
        [sys.executable, "-m", "campaignbot", "--workdir", str(workdir), "backup"],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "CAMPAIGNBOT_LANG": "en"},
        preexec_fn=heeds_interrupts,
    )
    assert running.stderr is not None
    said = running.stderr.readline()
    while "Packing" not in said:
        said = running.stderr.readline()
    running.send_signal(number)
    rest = running.stderr.read()
    running.stderr.close()
    assert running.wait(60) == 130, rest
    assert "nothing was left half done" in rest
    assert list((workdir / "data" / "backups").iterdir()) == []


def test_a_syncing_folder_is_warned_of_wherever_work_begins(tmp_path: Path) -> None:
    folder = tmp_path / "Nextcloud" / "werkmap"
    made = campaignbot(folder, "init")
    assert made.code == 0 and "Nextcloud" in made.err
    assert "Nextcloud" in campaignbot(folder, "daemon", "--dry-run").err
    status = campaignbot(folder, "status", "--json")
    assert "Nextcloud" in status.data["warnings"][0]
    told = campaignbot(folder, "status", language="nl")
    assert "Nextcloud" in told.out and "netwerk" not in told.out
