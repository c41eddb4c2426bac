"""The brief: the four steps of the strategy as the marketer answered them.

The same dataclasses are read from YAML, validated, described as JSON Schema and stored. An answer
that is not given yet is None or empty: the briefing stage says which is missing and why it matters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from campaignbot.domain.bounds import Moment, Within
from campaignbot.domain.keys import Key

# Read by pydantic where files come in; a plain dict, so that the domain imports no library.
_STRICT: dict[str, object] = {"extra": "forbid", "str_strip_whitespace": True}


class BriefKind(StrEnum):
    """A vacancy brief fills vacancies; an employer brief is the always-on line in between."""

    VACANCY = "vacancy"
    EMPLOYER = "employer"


class GoalKind(StrEnum):
    """What a campaign can be for."""

    MORE_APPLICATIONS = "more_applications"
    BETTER_APPLICATIONS = "better_applications"
    EMPLOYER_IMAGE = "employer_image"
    TALENT_POOL = "talent_pool"
    TIME_TO_HIRE = "time_to_hire"
    COST_PER_HIRE = "cost_per_hire"
    NEW_REACH = "new_reach"


class MeasuredBy(StrEnum):
    """Where the number of a goal comes from."""

    PLATFORMS = "platforms"
    ATS = "ats"
    HAND = "hand"


@dataclass(frozen=True, slots=True)
class Goal:
    """One thing the campaign is for, with a number and a date.

    The unit of `target` follows from the kind: applications, share in percent, sign-ups, days,
    euros or people reached. `baseline` is where the organisation stands now.
    """

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT
    kind: GoalKind
    target: Decimal
    by: date
    measured_by: MeasuredBy
    baseline: Decimal | None = None


class Steering(StrEnum):
    """What the role steers on."""

    POLICY = "policy"
    EXECUTION = "execution"
    CONNECTING = "connecting"


@dataclass(frozen=True, slots=True)
class Agreement:
    """Who agreed, as a name or role, and when."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT
    by: str
    on: date


@dataclass(frozen=True, slots=True)
class RoleProfile:
    """The role in the context of the organisation, agreed with the vacancy holder."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT
    assignment: str | None = None
    focus: tuple[str, ...] = ()
    secondary: tuple[str, ...] = ()
    responsibility: str | None = None
    experience: str | None = None
    steering: Steering | None = None
    why_it_matters: str | None = None
    team: str | None = None
    development: str | None = None
    impact: str | None = None
    agreed: Agreement | None = None


@dataclass(frozen=True, slots=True)
class Consent:
    """Who agreed to be quoted or described, as a name or role, when, and until when it holds."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT
    by: str
    on: date
    until: date | None = None


class FactKind(StrEnum):
    """The shape of a fact, which decides where in a text it can stand."""

    SENTENCES = "sentences"
    QUOTATION = "quotation"
    PHRASE = "phrase"
    LIST = "list"
    NUMBER = "number"
    PAY = "pay"
    DAY = "day"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class StoryFact:
    """Something true that posts may tell, in the words that were agreed.

    `source` and `on` say where a figure or an event comes from, or who said it. After
    `valid_until` no post tells it. `kind` is "quotation" for the words of a person, who must have
    given `consent`; a key that ends in "quote" is one without saying so.
    """

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT
    text: str
    source: str | None = None
    on: date | None = None
    consent: Consent | None = None
    valid_until: date | None = None
    kind: Literal[FactKind.SENTENCES, FactKind.QUOTATION] | None = None

    def kind_of(self, key: str) -> FactKind:
        """Return what it is, under the key that the brief gives it."""
        if self.kind is not None:
            return self.kind
        return FactKind.QUOTATION if key.endswith("quote") else FactKind.SENTENCES


@dataclass(frozen=True, slots=True)
class MediaHabit:
    """Where a persona looks, and when. `weight` compares channels: 1 rarely, 5 daily."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT
    channel: str
    weight: int
    moments: tuple[Moment, ...] = ()


@dataclass(frozen=True, slots=True)
class Persona:
    """A type of candidate; it steers message, imagery and channel.

    A latent persona is not looking: it wants trust and recognition and no vacancy pressure.
    `moments` of its habits are ``weekday HH:MM`` in English short days (``tue 08:00``).
    """

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT
    key: Key
    name: str
    background: str
    latent: bool
    drivers: tuple[str, ...]
    media: tuple[MediaHabit, ...]
    expectations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel of `config/channels.yaml`: what it is good for and how often it bears a post.

    `account` is the key of the account that posts to it. `phases` rates from 0 to 5 how well each
    phase works there. `spacing_h` is the least time between two posts.
    """

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT
    key: Key
    name: str
    account: Key
    posts_per_week: Annotated[int, Within(1, 50)]
    phases: Mapping[str, int]
    moments: tuple[Moment, ...]
    spacing_h: int = 24
    reason: str | None = None
    offline: bool = False


@dataclass(frozen=True, slots=True)
class JobFamily:
    """A kind of work the employer always has openings in."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT
    name: str
    why_it_matters: str


@dataclass(frozen=True, slots=True)
class Brief:
    """One campaign, written by the marketer with the vacancy holder.

    `vacancies` are files or addresses, relative to the brief's folder. `personas` and `channels`
    are keys; `channels` empty means: take what the program proposes. `story` holds the facts that
    angles need, by key (see `creatives/angles/`).
    """

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT
    name: str
    kind: BriefKind
    brand: Key
    start: date
    language: str = "nl"
    weeks: int = 4
    goals: tuple[Goal, ...] = ()
    vacancies: tuple[str, ...] = ()
    role: RoleProfile | None = None
    job_families: tuple[JobFamily, ...] = ()
    personas: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    story: Mapping[str, StoryFact] = field(default_factory=dict)
