"""Message angles, as data: what they need, what they may not, and how they are worded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from campaignbot.domain.brief import Brief
from campaignbot.domain.phases import Phase
from campaignbot.domain.vacancy import Vacancy
from campaignbot.yamlfiles import read_yaml

_STRICT: dict[str, object] = {"extra": "forbid"}


@dataclass(frozen=True, slots=True)
class Wording:
    """One way to word an angle: for LinkedIn and newsletters, for Facebook and Instagram, for X."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT
    long: str
    medium: str
    short: str


@dataclass(frozen=True, slots=True)
class Visual:
    """What stands in the picture; `photos` are tags or keys, best first."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT
    template: str
    kicker: str
    headline: str
    photos: tuple[str, ...] = ()
    cta: str = ""
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Angle:
    """A way to look at the work.

    `needs` are facts that must be known, as ``story.team`` or ``vacancy.pay``; without one the
    angle is not offered. `last` angles go out just before closing, `after_closing` ones after it.
    `link` says where the link leads: vacancy, apply or careers.
    """

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT
    key: str
    name: str
    phases: tuple[Phase, ...]
    needs: tuple[str, ...]
    opening: str
    wordings: tuple[Wording, ...]
    visual: Visual
    hashtags: tuple[str, ...] = ()
    link: str = "vacancy"
    last: bool = False
    after_closing: bool = False


def load_angles(folder: Path) -> tuple[Angle, ...]:
    """Read every angle of a language's folder, in order of the file names."""
    return tuple(read_yaml(path, Angle) for path in sorted(folder.glob("*.yaml")))


def lacks(angle: Angle, brief: Brief, vacancy: Vacancy | None) -> tuple[str, ...]:
    """Return the facts that an angle needs and that are not known."""
    return tuple(need for need in angle.needs if not _known(need, brief, vacancy))


def _known(need: str, brief: Brief, vacancy: Vacancy | None) -> bool:
    kind, _, name = need.partition(".")
    match kind:
        case "story":
            return name in brief.story
        case "role":
            return bool(brief.role and getattr(brief.role, name))
        case _:
            return bool(vacancy and getattr(vacancy, name))


def offered(
    angles: Sequence[Angle], brief: Brief, vacancy: Vacancy | None
) -> Mapping[str, tuple[Angle, ...]]:
    """Return the angles that can be used, by phase; under "last" and "after" the special ones."""
    usable = [angle for angle in angles if not lacks(angle, brief, vacancy)]
    groups: dict[str, tuple[Angle, ...]] = {
        phase: tuple(a for a in usable if phase in a.phases and not a.last and not a.after_closing)
        for phase in Phase
    }
    groups["last"] = tuple(a for a in usable if a.last)
    groups["after"] = tuple(a for a in usable if a.after_closing)
    return groups
