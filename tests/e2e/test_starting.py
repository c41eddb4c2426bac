"""Beginning: what the first commands print as data."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from importlib import metadata
from pathlib import Path

from tests.e2e.commands import campaignbot

from campaignbot.settings import ConnectSettings


def test_the_version_is_told(tmp_path: Path) -> None:
    ran = campaignbot(tmp_path, "--version")
    assert ran.code == 0
    assert ran.out == f"campaignbot {metadata.version('campaignbot')}\n"


def test_init_tells_the_folder_in_full(tmp_path: Path) -> None:
    ran = campaignbot(tmp_path, "--workdir", "team", "init", "--json")
    assert ran.data["folder"] == str(tmp_path / "team")


def test_the_sandbox_tells_its_addresses_and_tokens_as_data(tmp_path: Path) -> None:
    assert campaignbot(tmp_path, "init").code == 0
    environment = {**os.environ, "CAMPAIGNBOT_HOME": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, "-m", "campaignbot", "sandbox", "--json", "--port", _free_port()],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        text=True,
    ) as running:
        assert running.stdout is not None
        lines = []
        for line in running.stdout:
            lines.append(line)
            if line == "}\n":
                break
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=60)
    told = json.loads("".join(lines))
    assert told["base_urls"]["x"] == f"{told['url']}/x"
    assert told["tokens"]["linkedin"] == "oefen-linkedin"
    assert running.returncode == 0


def test_practising_leaves_the_port_of_consent_pages_free(tmp_path: Path) -> None:
    assert campaignbot(tmp_path, "init").code == 0
    ran = campaignbot(tmp_path, "sandbox", "--dry-run")
    assert ran.code == 0 and str(ConnectSettings().port) not in ran.err


def _free_port() -> str:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])
