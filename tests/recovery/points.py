"""The points between any two steps of publishing, and what must have become of the post after."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from campaignbot.domain.publication import Event, State
from campaignbot.publishing.steps import Step

ONLINE = ("facebook", "instagram", "linkedin", "x")
BY_HAND = "manual"

# How many uploads a platform asks for each picture: the bytes, and for some a word before or after.
_UPLOADS = {"facebook": 1, "instagram": 1, "linkedin": 2, "x": 2}


class Fate(StrEnum):
    """What the platform does with a request that it holds when the sender has died."""

    LOST = "lost"
    CARRIED_OUT_LATE = "carried out late"


@dataclass(frozen=True, slots=True)
class Held:
    """A request on its way: the platform has it, and has carried it out or not."""

    on: str
    carried_out: bool
    picture: int = 1
    fate: Fate = Fate.LOST

    def skip(self, platform: str) -> int:
        """Return how many requests of the kind come before it."""
        return (self.picture - 1) * _UPLOADS[platform]


@dataclass(frozen=True, slots=True)
class Point:
    """Where the publishing process is when something happens to it.

    `after` is the part of the audit trail that follows the claim (or, where an answer was `lost`
    before, that follows the loss) when the process dies there: the way to the truth.
    """

    name: str
    at: Step | Held
    after: tuple[Event, ...]
    platforms: tuple[str, ...] = ONLINE
    lost: str | None = None

    @property
    def only_for_the_dead(self) -> bool:
        """Tell whether the point differs from its neighbour only when the sender has died."""
        return isinstance(self.at, Held) and self.at.fate is Fate.CARRIED_OUT_LATE

    @property
    def unanswered(self) -> bool:
        """Tell whether the platform's answer is still to come."""
        early = {Step.CLAIMED, Step.BEFORE_CREATE, Step.REQUEST_MARKED}
        return isinstance(self.at, Held) or self.at in early

    def trail(self) -> tuple[str, ...]:
        """Return the whole audit trail of the publication, from its first line."""
        if BY_HAND in self.platforms:
            return ("add", Event.APPROVE, *self.after)
        lost = (Event.LOSE_SIGHT,) if self.lost else ()
        return ("add", Event.APPROVE, Event.CLAIM, *lost, *self.after)

    def attempts(self) -> tuple[str, ...]:
        """Return the outcomes of all attempts when the process dies at this point."""
        if BY_HAND in self.platforms:
            return ()
        if self.after == (Event.PUBLISH,):
            return ("Published",)
        first = "Unknown" if self.lost else "abandoned"
        return (first, "Published") if Event.CLAIM in self.after else (first,)

    @property
    def ends(self) -> State:
        return State.HANDED_OVER if BY_HAND in self.platforms else State.PUBLISHED


_AGAIN = (Event.CLAIM, Event.PUBLISH)
_RELEASED = (Event.RELEASE, *_AGAIN)
_PROVED_ABSENT = (Event.LOSE_SIGHT, Event.PROVE_ABSENT, *_AGAIN)
_FOUND = (Event.LOSE_SIGHT, Event.FIND)

POINTS = (
    Point("claimed", Step.CLAIMED, _RELEASED),
    Point("upload on its way", Held("upload", carried_out=False), _RELEASED),
    Point("uploaded, no answer yet", Held("upload", carried_out=True), _RELEASED),
    Point("between two uploads", Held("upload", carried_out=False, picture=2), _RELEASED),
    Point(
        "container made, no answer yet",
        Held("upload", carried_out=True, picture=3),
        _RELEASED,
        platforms=("instagram",),
    ),
    Point("before create", Step.BEFORE_CREATE, _RELEASED),
    Point("request marked", Step.REQUEST_MARKED, _PROVED_ABSENT),
    Point("create on its way, then lost", Held("create", carried_out=False), _PROVED_ABSENT),
    Point(
        "create on its way, carried out late",
        Held("create", carried_out=False, fate=Fate.CARRIED_OUT_LATE),
        _FOUND,
    ),
    Point("created, no answer yet", Held("create", carried_out=True), _FOUND),
    Point("answered", Step.ANSWERED, _FOUND),
    Point("recorded", Step.RECORDED, (Event.PUBLISH,)),
    Point("looked back: there", Step.LOOKED_BACK, (Event.FIND,), lost="drop_after"),
    Point(
        "looked back: not there",
        Step.LOOKED_BACK,
        (Event.PROVE_ABSENT, *_AGAIN),
        lost="drop_before",
    ),
    Point("pack made", Step.PACK_MADE, (Event.HAND_OVER,), platforms=(BY_HAND,)),
)
