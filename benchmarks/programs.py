"""Whole commands."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from time import perf_counter

from benchmarks.figures import Figure, timed


def demonstration(folder: Path) -> list[Figure]:
    """Four simulated weeks over HTTP, from an empty folder."""
    start = perf_counter()
    _run(folder, "demo", "--json", "--today", "2026-11-24")
    return [Figure("demonstration, whole", perf_counter() - start, "s", most=90)]


def starting(folder: Path) -> list[Figure]:
    """How long a command takes before it does anything, beside Python itself."""
    python = min(timed(lambda: subprocess.run([sys.executable, "-c", "pass"], check=True), 5))
    help_ = min(timed(lambda: _run(folder, "--help"), 5))
    return [
        Figure("start of --help", help_, "s", most=1.0),
        Figure("start of --help / start of Python", help_ / python, "x"),
    ]


def _run(folder: Path, *arguments: str) -> None:
    environment = {**os.environ, "CAMPAIGNBOT_HOME": str(folder / "work")}
    subprocess.run(
        [sys.executable, "-m", "campaignbot", *arguments],
        check=True,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
