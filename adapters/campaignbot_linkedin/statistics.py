"""The numbers of a page and its posts: organic ones, over the whole life of a post.

Source: https://learn.microsoft.com/en-us/linkedin/marketing/community-management/organizations/
share-statistics and follower-statistics (read 2026-11-24).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from campaignbot.domain.clock import Clock
from campaignbot.domain.metrics import Metric, Metrics, Missing
from campaignbot_linkedin.client import VersionedApplication

_COUNTS = {
    "impressionCount": Metric.IMPRESSIONS,
    "uniqueImpressionsCount": Metric.REACH,
    "clickCount": Metric.CLICKS,
    "likeCount": Metric.REACTIONS,
    "commentCount": Metric.COMMENTS,
    "shareCount": Metric.SHARES,
}
# What lists the posts of a sort in the question, and names one in the answer.
_SORTS = (("shares", "share"), ("ugcPosts", "ugcPost"))


class Statistics:
    """What LinkedIn counts for one page; only its administrators may ask."""

    def __init__(self, api: VersionedApplication, page: str, clock: Clock) -> None:
        self._api, self._page, self._clock = api, page, clock

    def of_posts(self, urns: Sequence[str]) -> Mapping[str, Metrics]:
        """Return the lifetime totals.

        LinkedIn leaves out posts that nobody has seen yet: they are told as silent, not as zero.
        It has no statistics of comments.
        """
        found: dict[str, Metrics] = {}
        for parameter, name in _SORTS:
            asked = [urn for urn in urns if urn.startswith(f"urn:li:{name}:")]
            if not asked:
                continue
            listed = ",".join(quote(urn, safe="") for urn in asked)
            answer = self._api.json(
                "GET",
                "/rest/organizationalEntityShareStatistics?q=organizationalEntity"
                f"&organizationalEntity={quote(self._page, safe='')}&{parameter}=List({listed})",
                needs="elements",
            )
            now = self._clock.now()
            told = {
                element.get(name): element.get("totalShareStatistics", {})
                for element in answer["elements"]
            }
            found |= {urn: _metrics(told.get(urn), now) for urn in asked}
        return found

    def of_page(self) -> Metrics:
        page = quote(self._page, safe="")
        answer = self._api.json(
            "GET",
            f"/rest/networkSizes/{page}?edgeType=COMPANY_FOLLOWED_BY_MEMBER",
            needs="firstDegreeSize",
        )
        return Metrics(self._clock.now(), {Metric.FOLLOWERS: int(answer["firstDegreeSize"])})


def _metrics(told: dict[str, Any] | None, now: datetime) -> Metrics:
    if told is None:
        return Metrics(now, missing=dict.fromkeys(_COUNTS.values(), Missing.SILENT))
    values = {metric: int(told[name]) for name, metric in _COUNTS.items() if name in told}
    missing = {m: Missing.NOT_OFFERED for m in _COUNTS.values() if m not in values}
    return Metrics(now, values, missing)
