"""Finds adapters by their entry points; loading one imports no other."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from importlib.metadata import EntryPoint, entry_points

from campaignbot.domain.errors import UserError, user_error
from campaignbot.platforms.protocol import Platform

GROUP = "campaignbot.adapters"


def platform_names() -> tuple[str, ...]:
    """Return the names of the installed adapters, sorted; imports none of them."""
    return tuple(sorted({entry.name for entry in entry_points(group=GROUP)}))


def load_platform(name: str) -> Platform:
    """Return the platform of that name.

    Raises UserError when no adapter of that name is installed, with the names that exist; when
    several are; and when the one that is cannot be imported, or is no adapter.
    """
    entry = _entry_point(name)
    try:
        platform = entry.load()
    except Exception as error:
        # Anything can go wrong while somebody else's module is imported.
        raise user_error(
            "platform.broken",
            remedy="platform.broken.remedy",
            name=name,
            package=_package(entry),
            reason=f"{type(error).__name__}: {error}",
        ) from error
    if not isinstance(platform, Platform):
        raise user_error(
            "platform.not_one",
            remedy="platform.not_one.remedy",
            name=name,
            package=_package(entry),
            value=entry.value,
        )
    return platform


def loadable_platforms() -> Mapping[str, Platform]:
    """Return every installed platform that can be loaded, by name.

    For what concerns all platforms: an adapter that nobody uses must not stand in its way. Whatever
    uses a broken one is told so by `load_platform`.
    """
    platforms = {}
    for name in platform_names():
        with suppress(UserError):
            platforms[name] = load_platform(name)
    return platforms


def _entry_point(name: str) -> EntryPoint:
    found = tuple(entry_points(group=GROUP, name=name))
    if not found:
        raise user_error(
            "platform.unknown",
            remedy="platform.unknown.remedy",
            name=name,
            known=", ".join(platform_names()),
        )
    if len(found) > 1:
        raise user_error(
            "platform.twice",
            remedy="platform.twice.remedy",
            name=name,
            packages=", ".join(sorted(map(_package, found))),
        )
    return found[0]


def _package(entry: EntryPoint) -> str:
    """Return the name of the package that an adapter comes from, as pip knows it."""
    return entry.dist.name if entry.dist is not None else entry.module.partition(".")[0]
