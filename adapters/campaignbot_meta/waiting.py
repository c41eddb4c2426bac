"""Waiting until Meta is done with what it was sent, for a little while."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Pause = Callable[[float], None]
T = TypeVar("T")

ASK_AGAIN_S = 60
"""When to look again at what takes longer; Meta asks for at most once a minute."""
_TIMES = 6


def wait_while(busy: Callable[[T], bool], ask: Callable[[], T], pause: Pause) -> T:
    """Ask again and again, with growing pauses of some 15 s in all; return the last answer."""
    told = ask()
    for time in range(_TIMES - 1):
        if not busy(told):
            break
        pause(min(2.0**time * 0.5, 5.0))
        told = ask()
    return told
