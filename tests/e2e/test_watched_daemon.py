"""A running daemon tells systemd, an outside watchdog, whoever asks, and the people."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import requests
from tests.watching.listeners import Mailbox, free_port, mail_server, web_listener
from tests.workdirs import approve_one, opened, sandboxed

from campaignbot.domain.clock import SystemClock
from campaignbot.yamlfiles import change_yaml

MIRA = "mira@waterrijk.example"


@contextmanager
def daemon(folder: Path, notify: str, **variables: str) -> Iterator[subprocess.Popen[str]]:
    environment = {**os.environ, "CAMPAIGNBOT_LANG": "en", "NOTIFY_SOCKET": notify, **variables}
    with (folder / "daemon.log").open("w") as log:
        running = subprocess.Popen(
            [sys.executable, "-m", "campaignbot", "--workdir", str(folder), "daemon"],
            stderr=log,
            text=True,
            env=environment,
        )
    try:
        yield running
    finally:
        if running.poll() is None:
            running.send_signal(signal.SIGTERM)
        assert running.wait(60) == 0, (folder / "daemon.log").read_text()


def test_systemd_the_watchdog_and_health_hear_of_it(tmp_path: Path) -> None:
    notify, port = str(tmp_path / "notify.sock"), free_port()
    with (
        sandboxed(tmp_path),
        web_listener() as watchdog,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd,
    ):
        systemd.bind(notify)
        systemd.settimeout(60)
        change_yaml(tmp_path / "config" / "campaignbot.yaml", {"watch": {"http_port": port}})
        url = f"http://{watchdog.url}/geheim-uuid"
        with daemon(tmp_path, notify, CAMPAIGNBOT_PING_URL=url) as running:
            first = systemd.recv(4096).decode()
            assert first.startswith("READY=1\nWATCHDOG=1\nSTATUS=")
            answer = requests.get(f"http://127.0.0.1:{port}/health", timeout=30)
            assert (answer.status_code, answer.json()["healthy"]) == (200, True)
            metrics = requests.get(f"http://127.0.0.1:{port}/metrics", timeout=30)
            assert "campaignbot_healthy 1.0" in metrics.text
            assert watchdog.wait_for(1)[0] == "/geheim-uuid"
            running.send_signal(signal.SIGTERM)
            heard = [systemd.recv(4096).decode()]
            while heard[-1] != "STOPPING=1":
                heard.append(systemd.recv(4096).decode())
            assert all(text.startswith("WATCHDOG=1") for text in heard[:-1])
        assert "geheim-uuid" not in (tmp_path / "daemon.log").read_text()


def test_access_that_ended_is_mailed_with_what_to_do(tmp_path: Path) -> None:
    with sandboxed(tmp_path) as sandbox, mail_server(Mailbox()) as mailbox:
        mail = {
            "host": "127.0.0.1",
            "port": mailbox.port,
            "security": "none",
            "sender": "campagnes@waterrijk.example",
        }
        change_yaml(
            tmp_path / "config" / "campaignbot.yaml",
            {"mail": mail, "watch": {"alerts_to": [MIRA]}},
        )
        account = sandbox.world.account("linkedin", "urn:li:organization:900001")
        assert account is not None
        account.token_expires_at = SystemClock().now() - timedelta(days=1)
        with opened(tmp_path) as application:
            approve_one(application, "linkedin", "Dit wacht op een nieuwe toegangscode.")
        with daemon(tmp_path, ""):
            (letter,) = mailbox.wait_for(1)
    assert letter["To"] == MIRA
    assert "koppel linkedin opnieuw" in str(letter["Subject"])
