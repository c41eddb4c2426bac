"""What platforms count, in one vocabulary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Metric(StrEnum):
    """A number about a post or an account; the unit is always a count."""

    IMPRESSIONS = "impressions"
    REACH = "reach"
    REACTIONS = "reactions"
    COMMENTS = "comments"
    SHARES = "shares"
    SAVES = "saves"
    CLICKS = "clicks"
    VIDEO_VIEWS = "video_views"
    FOLLOWERS = "followers"


class Missing(StrEnum):
    """Why there is no number. No number is never shown as zero."""

    NOT_OFFERED = "not_offered"
    RETIRED = "retired"
    TOO_YOUNG = "too_young"
    TOO_OLD = "too_old"
    NO_PERMISSION = "no_permission"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Metrics:
    """The totals of one post or account since its start, at one instant.

    Each metric stands in `values` or, with the reason, in `missing`; never in both.
    """

    taken_at_utc: datetime
    values: Mapping[Metric, int] = field(default_factory=dict)
    missing: Mapping[Metric, Missing] = field(default_factory=dict)


ENGAGEMENT = (Metric.REACTIONS, Metric.COMMENTS, Metric.SHARES, Metric.SAVES, Metric.CLICKS)
"""Metrics that add up to engagement: what a person did with the post, clicks included."""
