"""Adding numbers up per phase, channel, persona and angle."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from campaignbot.domain.metrics import Metric, Missing
from campaignbot.domain.publication import State
from campaignbot.domain.rollups import GroupTotals, PostTotals, Rollup, Tally
from campaignbot.storage import accounts, publications, statistics
from campaignbot.storage.database import Tx

Told = Mapping[Metric, int | Missing]


def rollup(tx: Tx, campaign_id: UUID, start: datetime, end: datetime, zone: str) -> Rollup:
    """Return what a campaign's posts brought from `start` until before `end`.

    A post's totals on a platform only grow, so a period is the last total at its end less that at
    its start. A metric that a post never told counts for no post.
    """
    live = [
        p
        for p in publications.list_publications(
            tx, campaign_id=campaign_id, states=[State.PUBLISHED, State.REMOVED]
        )
        if p.published_at_utc is not None and p.published_at_utc < end
    ]
    ids = [p.id for p in live]
    before, after = statistics.totals_at(tx, ids, start), statistics.totals_at(tx, ids, end)
    local = ZoneInfo(zone)
    came = statistics.applications_by_publication(
        tx,
        received_from=start.astimezone(local).date(),
        received_before=end.astimezone(local).date(),
    )
    keys = {account.id: account.key for account in accounts.list_accounts(tx)}
    posts = tuple(
        PostTotals(
            publication,
            keys[publication.account_id],
            _one(
                before.get(publication.id, {}),
                after.get(publication.id, {}),
                len(came.get(publication.id, ())),
            ),
        )
        for publication in live
    )
    return Rollup(
        total=_sum(posts),
        by_phase=_grouped(posts, lambda p: p.publication.post.phase),
        by_channel=_grouped(posts, lambda p: p.channel),
        by_persona=_grouped(posts, lambda p: p.publication.post.persona),
        by_angle=_grouped(posts, lambda p: p.publication.post.angle),
        posts=posts,
        costs=statistics.costs_between(tx, campaign_id, start, end),
    )


def _one(before: Told, after: Told, applications: int) -> GroupTotals:
    metrics = {}
    for metric, told in after.items():
        known = isinstance(told, int) and not isinstance(told, Missing)
        earlier = before.get(metric)
        start = earlier if isinstance(earlier, int) else 0
        # A platform may correct a total downwards; a period never has less than nothing.
        total = max(0, told - start) if isinstance(told, int) else 0
        metrics[metric] = Tally(total, int(known), 1, int(told is Missing.NO_PERMISSION))
    return GroupTotals(1, metrics, applications)


def _sum(posts: Sequence[PostTotals]) -> GroupTotals:
    metrics: dict[Metric, Tally] = {}
    for metric in Metric:
        tallies = [p.totals.metrics[metric] for p in posts if metric in p.totals.metrics]
        if tallies:
            metrics[metric] = Tally(
                sum(t.total for t in tallies),
                sum(t.known for t in tallies),
                len(posts),
                sum(t.not_allowed for t in tallies),
            )
    return GroupTotals(len(posts), metrics, sum(p.totals.applications for p in posts))


def _grouped(
    posts: Sequence[PostTotals], key: Callable[[PostTotals], str]
) -> Mapping[str, GroupTotals]:
    groups: dict[str, list[PostTotals]] = defaultdict(list)
    for post in posts:
        groups[str(key(post))].append(post)
    return {name: _sum(members) for name, members in sorted(groups.items())}
