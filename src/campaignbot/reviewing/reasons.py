"""What every decision needs beside somebody who may take it."""

from __future__ import annotations

from campaignbot.domain.cleaning import clean
from campaignbot.domain.errors import user_error


def require_reason(reason: str) -> str:
    """Return the reason, clean and without its margins; UserError when there is none."""
    why = clean(reason).strip()
    if not why:
        raise user_error("review.no_reason", remedy="review.no_reason.remedy")
    return why
