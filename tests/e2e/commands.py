"""Running the command line as a user does: a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Ran:
    """What a command printed, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> dict[str, Any]:
        value: dict[str, Any] = json.loads(self.out)
        return value


def campaignbot(folder: Path, *arguments: str, language: str = "en", stdin: str = "") -> Ran:
    """Run one command in a working folder."""
    return _ran(folder, "campaignbot", *arguments, language=language, stdin=stdin)


def commands(folder: Path, *wanted: tuple[tuple[str, ...], str], language: str = "en") -> list[Ran]:
    """Run several commands, each with its standard input, in a single process."""
    done = _ran(folder, "tests.e2e.one_after_another", language=language, stdin=json.dumps(wanted))
    assert done.code == 0, done.err
    return [Ran(*row) for row in json.loads(done.out)]


def _ran(folder: Path, module: str, *arguments: str, language: str = "en", stdin: str) -> Ran:
    environment = {
        **os.environ,
        "CAMPAIGNBOT_LANG": language,
        "CAMPAIGNBOT_HOME": str(folder),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        "PYTHONPATH": os.getcwd(),
    }
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        capture_output=True,
        text=True,
        input=stdin,
        env=environment,
        cwd=folder if folder.is_dir() else None,
        timeout=110,
    )
    return Ran(done.returncode, done.stdout, done.stderr)
