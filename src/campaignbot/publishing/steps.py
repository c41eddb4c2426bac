"""The labelled points of publishing, between any two of which a process may die."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum


class Step(StrEnum):
    """A point that publishing has just passed."""

    CLAIMED = "claimed"
    BEFORE_CREATE = "before_create"
    REQUEST_MARKED = "request_marked"
    ANSWERED = "answered"
    RECORDED = "recorded"
    LOOKED_BACK = "looked_back"
    PACK_MADE = "pack_made"


OnStep = Callable[[Step], None]


def pass_by(_step: Step) -> None:
    """Do nothing; tests hand in something that ends the process."""
