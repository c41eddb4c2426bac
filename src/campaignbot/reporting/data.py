"""The summary as plain values, for other programs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from campaignbot.domain.metrics import Metric
from campaignbot.domain.publication import Publication
from campaignbot.domain.rollups import GoalProgress, GroupTotals, PostTotals, Rollup
from campaignbot.i18n import Translator
from campaignbot.reporting.summary import WeekSummary


def as_data(summary: WeekSummary, t: Translator) -> dict[str, Any]:
    """Return the numbers of a summary; None is "not known", never zero.

    Groups are keyed as in the files of the working folder, and count since the start. Days are
    ISO dates, instants ISO in UTC; only `changes` and `watch` are sentences.
    """
    return {
        "week": summary.week.name,
        "from": summary.week.monday.isoformat(),
        "until": summary.week.last_day.isoformat(),
        "campaign": summary.campaign.key,
        "simulated": summary.simulated,
        "totals": {
            "this_week": _group(summary.this_week.total),
            "since_start": _group(summary.since_start.total),
        },
        "phases_since_start": _groups(summary.since_start.by_phase),
        "channels_since_start": _groups(summary.since_start.by_channel),
        "costs_since_start": _costs(summary.since_start),
        "goals": [_goal(goal) for goal in summary.goals],
        "posts": [_post(post) for post in summary.went_out],
        "coming": [_coming(publication) for publication in summary.coming],
        "changes": [t.text(message) for message in summary.changes],
        "watch": [t.text(message) for message in summary.watch],
    }


def _groups(groups: Mapping[str, GroupTotals]) -> dict[str, Any]:
    return {key: _group(group) for key, group in groups.items()}


def _group(group: GroupTotals) -> dict[str, Any]:
    return {
        "posts": group.posts,
        **{metric.value: group.total(metric) for metric in Metric},
        "engagement": group.engagement,
        "applications": group.applications,
    }


def _costs(rollup: Rollup) -> list[dict[str, str]]:
    return [{"amount": str(cost.amount), "currency": cost.currency} for cost in rollup.costs]


def _goal(goal: GoalProgress) -> dict[str, Any]:
    return {
        "kind": goal.kind,
        "measured_by": goal.measured_by,
        "target": str(goal.target),
        "baseline": None if goal.baseline is None else str(goal.baseline),
        "now": None if goal.now is None else str(goal.now),
        "days_left": goal.days_left,
    }


def _post(post: PostTotals) -> dict[str, Any]:
    publication = post.publication
    at = publication.published_at_utc
    return {
        "reference": publication.reference,
        "channel": post.channel,
        "phase": publication.post.phase,
        "persona": publication.post.persona,
        "angle": publication.post.angle,
        "published_at": at.isoformat() if at else None,
        "permalink": publication.permalink,
        "placement": publication.placement.to_json() if publication.placement else None,
        **_group(post.totals),
    }


def _coming(publication: Publication) -> dict[str, Any]:
    return {
        "reference": publication.reference,
        "phase": publication.post.phase,
        "due_at": publication.due_at_utc.isoformat(),
    }
