"""How long an access lasts, and when only a person can make it last longer."""

from __future__ import annotations

from datetime import datetime

from campaignbot.platforms.consent import Credentials
from campaignbot.storage.credentials import Lifetime, Renewing

_PATIENCE = 5
"""After so many failures in a row, some minutes in all, people are told when the access ends."""


def lifetime_of(credentials: Credentials) -> Lifetime:
    return Lifetime(credentials.expires_at_utc, credentials.renew_at_utc, credentials.person_by_utc)


def person_needed_at(lifetime: Lifetime, renewing: Renewing) -> datetime | None:
    """Return when a person must connect again; None where that is never, or not known.

    An access that renews itself ends for nobody, unless renewing is refused or keeps failing.
    """
    ends = [end for end in (lifetime.expires_at_utc, lifetime.person_by_utc) if end is not None]
    troubled = renewing.refusals > 0 or renewing.failures >= _PATIENCE
    if lifetime.renew_at_utc is not None and not troubled:
        return lifetime.person_by_utc
    return min(ends, default=None)
