"""How many posts Instagram still takes, asked before a post is made and no oftener than needed.

https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/content_publishing_limit/
(read 2026-11-24).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from campaignbot.domain.accounts import BudgetOwner, RateBudget
from campaignbot.platforms import reasons
from campaignbot.platforms.advice import Advice
from campaignbot.platforms.errors import AuthError, PlatformError, RateLimitReached
from campaignbot_meta.graph import Graph

_GOOD_FOR = timedelta(hours=1)
_FEW = 5


class Quota:
    """The posts of one account in 24 hours; those that others publish count as well.

    Places become free one by one, a day after each post, so what is left is looked at again after
    an hour, and every time once few are left.
    """

    def __init__(self, graph: Graph, account: str) -> None:
        self._graph, self._account = graph, account
        self._used = self._total = 0
        self._read_at: datetime | None = None

    def require_room(self) -> None:
        """Raise RateLimitReached where another post would be one too many."""
        if self._must_ask():
            self._ask()
        if self._read_at is not None and self._left <= 0:
            used = reasons.about(reasons.DAY_USED_UP, f"{self._used}/{self._total}")
            until = self._graph.clock.now() + _GOOD_FOR
            raise RateLimitReached(used, until, advice=Advice.DAY_LIMIT)

    def note_published(self) -> None:
        self._used += 1

    def budgets(self) -> tuple[RateBudget, ...]:
        ends = self._read_at + _GOOD_FOR if self._read_at is not None else None
        if ends is None or ends <= self._graph.clock.now():
            return ()
        return (RateBudget(BudgetOwner.ACCOUNT, "posts", max(self._left, 0), ends),)

    @property
    def _left(self) -> int:
        return self._total - self._used

    def _must_ask(self) -> bool:
        if self._read_at is None or self._left <= _FEW:
            return True
        return self._graph.clock.now() - self._read_at >= _GOOD_FOR

    def _ask(self) -> None:
        """Read how many places are left; where that cannot be read, publishing shows it."""
        try:
            answer = self._graph.call(
                "GET",
                self._account,
                "content_publishing_limit",
                params={"fields": "config,quota_usage"},
            )
            told = answer["data"][0]
            self._used, self._total = int(told["quota_usage"]), int(told["config"]["quota_total"])
            self._read_at = self._graph.clock.now()
        except (AuthError, RateLimitReached):
            raise
        except (PlatformError, KeyError, IndexError, TypeError, ValueError):
            self._read_at = None
