"""Finds adapters by their entry points; loading one imports no other."""

from __future__ import annotations

from importlib.metadata import entry_points

from campaignbot.domain.errors import user_error
from campaignbot.platforms.protocol import Platform

GROUP = "campaignbot.adapters"


def platform_names() -> tuple[str, ...]:
    """Return the names of the installed adapters, sorted; imports none of them."""
    return tuple(sorted({entry.name for entry in entry_points(group=GROUP)}))


def load_platform(name: str) -> Platform:
    """Return the platform of that name.

    Raises UserError, with the names that exist, when no adapter of that name is installed.
    """
    found = entry_points(group=GROUP, name=name)
    if not found:
        raise user_error(
            "platform.unknown",
            remedy="platform.unknown.remedy",
            name=name,
            known=", ".join(platform_names()),
        )
    platform = next(iter(found)).load()
    if not isinstance(platform, Platform):
        raise TypeError(f"the entry point {name} of {GROUP} is no Platform")
    return platform
