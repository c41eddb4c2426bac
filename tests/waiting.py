"""Waiting until something is so."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event


def wait_until(is_so: Callable[[], bool], what: str, most_s: float = 60) -> None:
    """Return once the condition holds; fail with `what` was waited for when it never does."""
    deadline, pause = time.monotonic() + most_s, Event()
    while not is_so():
        assert time.monotonic() < deadline, f"waited {most_s:g} s until {what}"
        pause.wait(0.02)
