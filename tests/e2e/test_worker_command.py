"""`campaignbot worker` says what it needs before it starts."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.e2e.commands import campaignbot
from tests.programs import use_database
from tests.workdirs import approve_one, connect_all, opened, sandboxed

WITHOUT_PROCRASTINATE = (
    "import sys; sys.modules['procrastinate'] = None; from campaignbot.cli.app import main; main()"
)


def test_a_database_that_is_a_file_is_refused_with_the_way_out(tmp_path: Path) -> None:
    assert campaignbot(tmp_path, "init").code == 0
    ran = campaignbot(tmp_path, "worker")
    assert ran.code == 2
    assert "campaignbot daemon" in ran.err
    assert ran.out == ""


def test_without_the_extra_it_says_what_to_install(tmp_path: Path, postgres_url: str) -> None:
    assert campaignbot(tmp_path, "init").code == 0
    use_database(tmp_path, postgres_url)
    ran = subprocess.run(
        [sys.executable, "-c", WITHOUT_PROCRASTINATE, "--workdir", str(tmp_path), "worker"],
        capture_output=True,
        text=True,
        env={**os.environ, "CAMPAIGNBOT_LANG": "en"},
        timeout=60,
    )
    assert ran.returncode == 2, ran.stderr
    assert "campaignbot[postgres]" in ran.stderr


def test_a_dry_run_shows_what_is_due_and_publishes_nothing(
    tmp_path: Path, postgres_url: str
) -> None:
    with sandboxed(tmp_path) as sandbox:
        use_database(tmp_path, postgres_url)
        with opened(tmp_path) as application:
            connect_all(application, sandbox)
            post = approve_one(application, "linkedin", "Alleen kijken.")
        ran = campaignbot(tmp_path, "worker", "--dry-run")
        assert ran.code == 0, ran.err
        assert post.reference in ran.out
        assert not sandbox.world.posts
