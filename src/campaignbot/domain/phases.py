"""The four phases of the recruitment funnel. The funnel is not a line: people skip and return."""

from __future__ import annotations

from enum import StrEnum


class Phase(StrEnum):
    """Where a candidate stands; also what a post for them may say."""

    AWARENESS = "awareness"
    INTEREST = "interest"
    DECISION = "decision"
    ACTION = "action"
