"""The log shows no secret, not even in a traceback."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

import pytest

PROGRAM = """
import structlog
from campaignbot.cli.texts import log_to_terminal
log_to_terminal()
def call(token):
    raise RuntimeError("failed")
try:
    call("geheim-token-123")
except RuntimeError:
    structlog.get_logger().exception("tick failed")
"""


@pytest.mark.parametrize("terminal", [True, False], ids=["terminal", "file"])
def test_a_traceback_shows_no_local_variables(terminal: bool) -> None:
    if not terminal:
        done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True)
        said = done.stderr
        assert said.startswith("{"), "JSON where nobody reads along"
    else:
        ours, theirs = pty.openpty()
        subprocess.run([sys.executable, "-c", PROGRAM], stderr=theirs, check=True)
        os.close(theirs)
        said = os.read(ours, 65536).decode()
        os.close(ours)
    assert "tick failed" in said and "RuntimeError" in said
    assert said.count("geheim-token-123") <= said.count('call("geheim-token-123")')
