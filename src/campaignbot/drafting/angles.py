"""Message angles, as data: what they need, what they may not, and how they are worded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from campaignbot.domain.bounds import NotEmpty
from campaignbot.domain.errors import Problem, UserError
from campaignbot.domain.facts import known_fact
from campaignbot.domain.keys import Key
from campaignbot.domain.messages import Message
from campaignbot.domain.phases import Phase
from campaignbot.drafting.words import Vocabulary
from campaignbot.yamlfiles import place_in, read_yaml

_STRICT: dict[str, object] = {"extra": "forbid"}


@dataclass(frozen=True, slots=True)
class Wording:
    """One way to word an angle: for LinkedIn and newsletters, for Facebook and Instagram, for X.

    `id` tells it apart from the angle's other wordings and is kept with every post: it stays the
    same whatever becomes of its words and its place.
    """

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT
    id: Key
    long: str
    medium: str
    short: str

    @property
    def patterns(self) -> tuple[str, ...]:
        return self.long, self.medium, self.short


@dataclass(frozen=True, slots=True)
class Visual:
    """What stands in the picture; `photos` are tags or keys, best first."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT
    template: Key
    kicker: str
    headline: str
    photos: tuple[str, ...] = ()
    cta: str = ""
    facts: tuple[str, ...] = ()

    @property
    def patterns(self) -> tuple[str, ...]:
        return self.kicker, self.headline, self.cta, *self.facts


@dataclass(frozen=True, slots=True)
class Angle:
    """A way to look at the work.

    `needs` are facts that must be known, as ``story.team`` or ``vacancy.pay``, beside those that
    its words name; without one the angle is not offered. `last` angles go out just before
    closing, `after_closing` ones after it. `link` says where the link leads.
    """

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT
    key: Key
    name: str
    phases: tuple[Phase, ...]
    needs: tuple[str, ...]
    opening: str
    wordings: Annotated[tuple[Wording, ...], NotEmpty()]
    visual: Visual
    hashtags: tuple[str, ...] = ()
    link: Literal["vacancy", "apply", "careers"] = "vacancy"
    last: bool = False
    after_closing: bool = False


def load_angles(folder: Path) -> tuple[Angle, ...]:
    """Read every angle of a language's folder, in order of the file names.

    UserError when one needs a fact that cannot exist, or gives two wordings the same id.
    """
    return tuple(_load(path) for path in sorted(folder.glob("*.yaml")))


def lacks(angle: Angle, known: Vocabulary) -> tuple[str, ...]:
    """Return the facts that an angle needs and that are not known; one usable wording is enough."""
    missing = {need for need in angle.needs if need not in known.book}
    missing |= known.lacks(angle.visual.patterns)
    if not missing and not _usable(angle, known):
        missing |= known.lacks(angle.wordings[0].patterns if angle.wordings else ())
    return tuple(sorted(missing))


def offered(angles: Sequence[Angle], known: Vocabulary) -> Mapping[str, tuple[Angle, ...]]:
    """Return the angles that can be used, by phase; under "last" and "after" the special ones.

    Each has only those wordings whose facts are all known.
    """
    usable = [
        replace(angle, wordings=_usable(angle, known))
        for angle in angles
        if not lacks(angle, known)
    ]
    groups: dict[str, tuple[Angle, ...]] = {
        phase: tuple(a for a in usable if phase in a.phases and not a.last and not a.after_closing)
        for phase in Phase
    }
    groups["last"] = tuple(a for a in usable if a.last)
    groups["after"] = tuple(a for a in usable if a.after_closing)
    return groups


def _usable(angle: Angle, known: Vocabulary) -> tuple[Wording, ...]:
    return tuple(wording for wording in angle.wordings if not known.lacks(wording.patterns))


def _load(path: Path) -> Angle:
    angle = read_yaml(path, Angle)
    if problems := list(_problems(path, angle)):
        raise UserError(*problems)
    return angle


def _problems(path: Path, angle: Angle) -> Iterator[Problem]:
    for number, need in enumerate(angle.needs):
        if not known_fact(need):
            yield Problem(
                Message("angle.unknown_need", {"name": need}),
                Message("angle.unknown_need.remedy"),
                place_in(path, "needs", number),
            )
    counted = Counter(wording.id for wording in angle.wordings)
    for number, wording in enumerate(angle.wordings):
        if counted[wording.id] > 1:
            yield Problem(
                Message("angle.same_id", {"name": wording.id}),
                Message("angle.same_id.remedy"),
                place_in(path, "wordings", number, "id"),
            )
