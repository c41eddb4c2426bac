"""The version of LinkedIn's API that all of this was written for."""

from __future__ import annotations

from datetime import date

from campaignbot.platforms.versions import ApiVersion

NAME = "202610"


def sunset(name: str) -> date:
    """Return the day on which LinkedIn ends a version (YYYYMM): the 15th, twelve months later.

    LinkedIn promises at least twelve months; notices of versions that ended name this day.
    https://learn.microsoft.com/en-us/linkedin/marketing/versioning (read 2026-11-24)
    """
    return date(int(name[:4]) + 1, int(name[4:]), 15)


VERSION = ApiVersion(NAME, sunset(NAME))
