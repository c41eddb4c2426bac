"""What platforms say about when to come back, in the headers of HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime


def retry_after(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """Return the instant that Retry-After names, in seconds from now or as a date of HTTP.

    None where the header is missing, unreadable, or names no time to come. Names of headers are
    compared without regard to case. https://www.rfc-editor.org/rfc/rfc9110#name-retry-after
    """
    said = next((v.strip() for k, v in headers.items() if k.lower() == "retry-after"), "")
    try:
        if said.isascii() and said.isdigit():
            until = now + timedelta(seconds=int(said))
        else:
            until = parsedate_to_datetime(said)
    except (ValueError, OverflowError):
        return None
    # A date with the zone "-0000" is read as one without a zone; HTTP knows only GMT.
    until = until.replace(tzinfo=UTC) if until.tzinfo is None else until.astimezone(UTC)
    return until if until > now else None
