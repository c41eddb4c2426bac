"""Numbers added up, with what is known of how many posts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from campaignbot.domain.brief import MeasuredBy
from campaignbot.domain.metrics import ENGAGEMENT, Metric
from campaignbot.domain.money import Money
from campaignbot.domain.publication import Publication


@dataclass(frozen=True, slots=True)
class Tally:
    """The sum of one metric over posts; `known` of `posts` posts told it.

    Of `not_allowed` posts it could not be read for want of a permission.
    """

    total: int
    known: int
    posts: int
    not_allowed: int = 0


@dataclass(frozen=True, slots=True)
class GroupTotals:
    """What a group of posts brought in a period; `applications` came through their links."""

    posts: int
    metrics: Mapping[Metric, Tally]
    applications: int = 0

    def total(self, metric: Metric) -> int | None:
        """Return the sum, or None when no post told it."""
        tally = self.metrics.get(metric)
        return tally.total if tally and tally.known else None

    @property
    def not_allowed(self) -> int:
        """Of how many posts some number could not be read for want of a permission."""
        return max((tally.not_allowed for tally in self.metrics.values()), default=0)

    @property
    def engagement(self) -> int | None:
        """What people did with the posts, clicks included; None when nothing is known."""
        known = [t for m in ENGAGEMENT if (t := self.total(m)) is not None]
        return sum(known) if known else None


@dataclass(frozen=True, slots=True)
class PostTotals:
    """One post with its own numbers of the period."""

    publication: Publication
    channel: str
    totals: GroupTotals


@dataclass(frozen=True, slots=True)
class Rollup:
    """A campaign's numbers of one period; group keys are phases, channels, personas, angles."""

    total: GroupTotals
    by_phase: Mapping[str, GroupTotals]
    by_channel: Mapping[str, GroupTotals]
    by_persona: Mapping[str, GroupTotals]
    by_angle: Mapping[str, GroupTotals]
    posts: tuple[PostTotals, ...]
    applications_outside: int = 0
    costs: tuple[Money, ...] = ()


@dataclass(frozen=True, slots=True)
class GoalProgress:
    """How far a goal is; `now` is None where its source has not given the number yet."""

    kind: str
    measured_by: MeasuredBy
    target: Decimal
    baseline: Decimal | None
    now: Decimal | None
    days_left: int
