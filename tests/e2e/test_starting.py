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
from tests.programs import heeds_interrupts

from campaignbot.cli.commands.starting import SANDBOX_PORT
from campaignbot.settings import ConnectSettings


def test_the_version_is_told(tmp_path: Path) -> None:
    ran = campaignbot(tmp_path, "--version")
    assert ran.code == 0
    assert ran.out == f"campaignbot {metadata.version('campaignbot')}\n"


def test_init_tells_the_folder_in_full(tmp_path: Path) -> None:
    ran = campaignbot(tmp_path, "--workdir", "team", "init", "--json")
    assert ran.data["folder"] == str(tmp_path / "team")


def test_the_sandbox_tells_its_addresses_and_tokens_as_data_at_every_start(tmp_path: Path) -> None:
    assert campaignbot(tmp_path, "init").code == 0
    for _ in range(2):
        told = json.loads(_sandbox(tmp_path, "}", "--json", "--port", _free_port()))
        assert told["base_urls"]["x"] == f"{told['url']}/x"
        assert told["tokens"]["linkedin"] == "oefen-linkedin"


def test_the_sandbox_says_what_to_write_for_accounts_that_do_not_lead_to_it(tmp_path: Path) -> None:
    assert campaignbot(tmp_path, "init").code == 0
    port = _free_port()
    accounts = tmp_path / "config" / "accounts.yaml"
    graph = f"    base_url: http://127.0.0.1:{port}/facebook\n"
    told = "    platform: facebook\n"
    accounts.write_text(accounts.read_text("utf-8").replace(told, told + graph), "utf-8")
    said = _sandbox(tmp_path, "Ctrl-C", "--port", port, stream="stderr")
    assert f"  instagram  base_url: http://127.0.0.1:{port}/facebook\n" in said
    assert "  facebook   base_url" not in said
    assert "  linkedin   oefen-linkedin\n" in said
    assert all(len(line) <= 80 for line in said.splitlines() if line.startswith(" "))


def test_practice_accounts_have_whole_words_for_a_name(tmp_path: Path) -> None:
    assert campaignbot(tmp_path, "init").code == 0
    _sandbox(tmp_path, "}", "--json", "--port", _free_port())
    told = json.loads((tmp_path / "data" / "sandbox" / "state.json").read_text("utf-8"))
    named = {account["platform"]: account["username"] for account in told["accounts"]}
    assert (named["x"], named["instagram"]) == ("Waterrijk", "gemeentewaterrijk")


def test_the_pay_of_a_vacancy_is_told_with_what_it_is_for(tmp_path: Path) -> None:
    assert campaignbot(tmp_path, "init").code == 0
    page = str(tmp_path / "briefs" / "adviseur-omgevingsrecht.html")
    read = campaignbot(tmp_path, "vacancy", "import", page, "--dry-run").out
    assert "€ 4,241 – € 6,166 a month" in read.replace("\xa0", " "), read


def test_practice_and_the_answers_of_consent_pages_have_ports_of_their_own() -> None:
    assert ConnectSettings().port != SANDBOX_PORT


def _sandbox(folder: Path, until: str, *arguments: str, stream: str = "stdout") -> str:
    """Start the practice platforms, end them at the line that ends so; return what was said."""
    pipes = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, stream: subprocess.PIPE}
    with subprocess.Popen(
        [sys.executable, "-m", "campaignbot", "sandbox", *arguments],
        stdout=pipes["stdout"],
        stderr=pipes["stderr"],
        env={**os.environ, "CAMPAIGNBOT_HOME": str(folder)},
        text=True,
        preexec_fn=heeds_interrupts,
    ) as running:
        heard = running.stdout or running.stderr
        assert heard is not None
        lines = []
        for line in heard:
            lines.append(line)
            if line.rstrip("\n").endswith((until, until + ".")) and not line.startswith(" "):
                break
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=60)
    assert running.returncode == 0
    return "".join(lines)


def _free_port() -> str:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])
