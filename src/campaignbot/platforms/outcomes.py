"""What became of a try to publish: a value, never a bool and never an exception."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from campaignbot.domain.publication import Receipt
from campaignbot.platforms.advice import Advice


@dataclass(frozen=True, slots=True)
class Published:
    """The post stands on the platform. `permalink` is None where reading it back failed.

    `ends_at` are the last words that followers can read, where the platform shows only the
    beginning of the text; None where all of it is there, or where that is not known.
    """

    external_id: str
    permalink: str | None = None
    ends_at: str | None = None


@dataclass(frozen=True, slots=True)
class Pending:
    """The platform is still at work on what was uploaded; nothing was created yet."""

    receipt: Receipt
    retry_after_s: int


@dataclass(frozen=True, slots=True)
class Rejected:
    """The platform refuses this content; trying again cannot help. `said` are its own words."""

    said: str
    advice: Advice = Advice.CHANGE_CONTENT


@dataclass(frozen=True, slots=True)
class Duplicate:
    """The platform says that the same post is there already.

    After an attempt of ours whose answer was lost, that is the proof that it succeeded. Otherwise
    somebody else placed the same words. `external_id` where the platform names the post.
    """

    said: str
    external_id: str | None = None


@dataclass(frozen=True, slots=True)
class RateLimited:
    """Not now: nothing was created. `until_utc` is None where the platform names no time."""

    said: str
    until_utc: datetime | None = None
    advice: Advice = Advice.WAIT


@dataclass(frozen=True, slots=True)
class AuthExpired:
    """The account must be connected again by a person, or its token refreshed."""

    said: str
    advice: Advice = Advice.CONNECT_AGAIN


@dataclass(frozen=True, slots=True)
class Unavailable:
    """The platform did not answer as it should, and certainly created nothing."""

    said: str
    advice: Advice = Advice.WAIT


@dataclass(frozen=True, slots=True)
class Unknown:
    """The request was sent and its answer was lost or unreadable: it may have been created."""

    said: str


Outcome = (
    Published | Pending | Rejected | Duplicate | RateLimited | AuthExpired | Unavailable | Unknown
)
