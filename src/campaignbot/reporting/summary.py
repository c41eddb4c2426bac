"""The view model of the weekly summary, and what follows from the numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from campaignbot.domain.brief import GoalKind, MeasuredBy
from campaignbot.domain.campaigns import BriefVersion, Campaign
from campaignbot.domain.messages import Message
from campaignbot.domain.metrics import Metric
from campaignbot.domain.phases import Phase
from campaignbot.domain.publication import Publication
from campaignbot.domain.rollups import GoalProgress, GroupTotals, PostTotals, Rollup
from campaignbot.reporting.weeks import Week

ENOUGH_CLICKS = 30
"""Fewer clicks in a group say nothing: with 3 % engagement a difference of a third needs thousands
of impressions on each side to be told from chance."""


@dataclass(frozen=True, slots=True)
class WeekSummary:
    """What HR reads about one week of one campaign.

    `went_out` are the week's posts with their numbers so far. `week` and `since_start` are the
    sums; `changes` what we do next, `watch` what needs a person.
    """

    organisation: str
    campaign: Campaign
    week: Week
    simulated: bool
    went_out: tuple[PostTotals, ...]
    this_week: Rollup
    since_start: Rollup
    goals: tuple[GoalProgress, ...]
    changes: tuple[Message, ...]
    watch: tuple[Message, ...]
    coming: tuple[Publication, ...]
    channel_names: dict[str, str]
    persona_names: dict[str, str]
    closing_day: date | None = None


def build_summary(
    *,
    organisation: str,
    campaign: Campaign,
    brief: BriefVersion,
    week: Week,
    simulated: bool,
    this_week: Rollup,
    since_start: Rollup,
    applications: int,
    waiting: Sequence[Publication],
    trouble: Sequence[Publication],
    coming: Sequence[Publication],
    closing_day: date | None,
) -> WeekSummary:
    """Return the summary; pure, so that the same rows always tell the same story."""
    went_out = tuple(
        post
        for post in since_start.posts
        if post.publication.published_at_utc
        and week.start <= post.publication.published_at_utc < week.end
    )
    return WeekSummary(
        organisation=organisation,
        campaign=campaign,
        week=week,
        simulated=simulated,
        went_out=went_out,
        this_week=this_week,
        since_start=since_start,
        goals=tuple(_goals(brief, applications, since_start, week)),
        changes=tuple(_changes(went_out, since_start)),
        watch=tuple(_watch(waiting, trouble, since_start)),
        coming=tuple(coming),
        channel_names={channel.account: channel.name for channel in brief.channels}
        | {channel.key: channel.name for channel in brief.channels},
        persona_names={persona.key: persona.name for persona in brief.personas},
        closing_day=closing_day,
    )


def _goals(
    brief: BriefVersion, applications: int, since_start: Rollup, week: Week
) -> list[GoalProgress]:
    known = {(GoalKind.MORE_APPLICATIONS, MeasuredBy.ATS): Decimal(applications)}
    if reach := since_start.total.total(Metric.REACH):
        known[GoalKind.NEW_REACH, MeasuredBy.PLATFORMS] = Decimal(reach)
    progress = []
    for goal in brief.brief.goals:
        days_left = (goal.by - week.last_day).days
        now = known.get((goal.kind, goal.measured_by))
        progress.append(
            GoalProgress(goal.kind, goal.measured_by, goal.target, goal.baseline, now, days_left)
        )
    return progress


def _changes(went_out: Sequence[PostTotals], since_start: Rollup) -> list[Message]:
    """Return what the numbers suggest; where they are too few, that is what is said."""
    changes = []
    seen = {post.publication.post.phase for post in went_out}
    changes += [Message(f"report.change.phase.{p}") for p in Phase if went_out and p not in seen]
    clicks = {
        name: total
        for name, group in since_start.by_channel.items()
        if (total := group.total(Metric.CLICKS)) is not None
    }
    best = max(clicks, key=lambda name: _per_post(since_start.by_channel[name]), default=None)
    if best is None or sum(clicks.values()) < ENOUGH_CLICKS:
        changes.append(Message("report.change.too_little"))
    else:
        changes.append(Message("report.change.best_channel", {"channel": best, "n": clicks[best]}))
    return changes


def _per_post(group: GroupTotals) -> float:
    return (group.total(Metric.CLICKS) or 0) / group.posts


def _watch(
    waiting: Sequence[Publication], trouble: Sequence[Publication], since_start: Rollup
) -> list[Message]:
    watch = [
        Message(f"report.watch.{p.state}", {"ref": p.reference, "day": p.planned.local.date()})
        for p in trouble
    ]
    watch += [
        Message("report.watch.not_allowed", {"channel": channel, "n": group.not_allowed})
        for channel, group in since_start.by_channel.items()
        if group.not_allowed
    ]
    if waiting:
        watch.append(Message("report.watch.waiting", {"n": len(waiting)}))
    return watch
