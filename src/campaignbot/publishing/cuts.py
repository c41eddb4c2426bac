"""Posts that are out, though not with all of their text."""

from __future__ import annotations

from campaignbot.domain.messages import Message


def cut_short(label: str, ends_at: str | None) -> Message | None:
    """Return what to tell of a post that ends at these words; None where nothing is missing."""
    if ends_at is None:
        return None
    return Message("publishing.cut", {"platform": label, "shown": ends_at})
