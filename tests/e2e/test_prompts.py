"""What is asked for on a terminal, and what must be in order before it is."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

from tests.workdirs import sandboxed

from campaignbot.starter import make_workdir

SECRET = "heel-geheim-0123456789"


def on_a_terminal(folder: Path, typed: str, *arguments: str) -> tuple[int, str]:
    """Run a command whose input is a terminal; return its exit code and what it said."""
    ours, theirs = pty.openpty()
    try:
        with subprocess.Popen(
            [sys.executable, "-m", "campaignbot", "--workdir", str(folder), *arguments],
            stdin=theirs,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            text=True,
            env={
                **{k: v for k, v in os.environ.items() if k != "CAMPAIGNBOT_KEY"},
                "CAMPAIGNBOT_LANG": "en",
                # What is hidden while it is typed cannot be typed in advance.
                "CAMPAIGNBOT_CLIENT_SECRET": SECRET,
                "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
            },
        ) as running:
            os.write(ours, typed.encode())
            try:
                said, _ = running.communicate(timeout=60)
            except subprocess.TimeoutExpired:
                running.kill()
                raise
            return running.returncode, said
    finally:
        os.close(ours)
        os.close(theirs)


def test_an_app_is_asked_for_in_words(tmp_path: Path) -> None:
    with sandboxed(tmp_path):
        code, said = on_a_terminal(tmp_path, "app-1\n", "account", "app", "linkedin")
    assert code == 0, said
    assert "Client id (app id):" in said and "client_id" not in said
    assert SECRET not in said


def test_who_lacks_the_key_hears_so_before_a_secret_is_asked_for(tmp_path: Path) -> None:
    make_workdir(tmp_path)
    for command in (("app", "linkedin"), ("connect", "x", "--token")):
        code, said = on_a_terminal(tmp_path, "\x03", "account", *command)
        assert code == 2 and "There is no key" in said, said
        assert "Client id" not in said and "Access token" not in said
