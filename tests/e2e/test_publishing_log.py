"""The log of a publish: one id from publication to attempt to request, and not one secret."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.workdirs import approve_one, opened, sandboxed, stored

from campaignbot.domain.clock import SystemClock
from campaignbot.domain.publication import State
from campaignbot.sandbox.fault import Fault

PLATFORMS = ("facebook", "instagram", "linkedin", "x")

PROGRAM = """
import logging, sys
from datetime import timedelta
from pathlib import Path
from campaignbot.bootstrap import Application
from campaignbot.cli.texts import log_to_terminal
from campaignbot.domain.clock import SimulatedClock, SystemClock
log_to_terminal(logging.DEBUG)
clock = SimulatedClock(SystemClock().now())
application = Application(Path(sys.argv[1]), clock, environment={})
publisher = application.publisher("logged")
for _ in range(3):
    publisher.tick()
    clock.advance(timedelta(minutes=6))
application.close()
"""


def logged(folder: Path) -> tuple[str, list[dict[str, Any]]]:
    """Let everything that is due go out, in a process of its own; return its log."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(folder)], capture_output=True, text=True, timeout=110
    )
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    return done.stdout + done.stderr, lines


def test_a_publish_on_every_platform_can_be_followed_and_shows_no_secret(tmp_path: Path) -> None:
    with sandboxed(tmp_path) as sandbox:
        with opened(tmp_path) as application:
            made = [approve_one(application, name, f"Bericht op {name}.") for name in PLATFORMS]
        text, lines = logged(tmp_path)
        with opened(tmp_path, SystemClock()) as application:
            assert {stored(application, p).state for p in made} == {State.PUBLISHED}
        tokens = [account.token for account in sandbox.world.accounts.values()]
    assert len(tokens) == len(PLATFORMS)
    key = (tmp_path / "data" / "vault.key").read_text().strip()
    for secret in (*tokens, key):
        assert secret not in text
    for publication, platform in zip(made, PLATFORMS, strict=True):
        mine = [line for line in lines if line.get("attempt") == f"{publication.reference}/1"]
        requests = [line for line in mine if line["event"] == "request"]
        assert requests and {line["platform"] for line in requests} == {platform}
        assert all("?" not in line["address"] for line in requests)
        assert any(line["event"] == "publication tried" for line in mine)


def test_looking_back_for_a_lost_answer_carries_its_publication(tmp_path: Path) -> None:
    with sandboxed(tmp_path) as sandbox:
        sandbox.world.faults.append(Fault("linkedin", "create", "drop_after"))
        with opened(tmp_path) as application:
            publication = approve_one(application, "linkedin", "Antwoord kwijt, bericht niet.")
        _, lines = logged(tmp_path)
    looked = [line for line in lines if line.get("lookup") == publication.reference]
    assert any(line["event"] == "request" for line in looked)
