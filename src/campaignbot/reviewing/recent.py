"""What stands on an account at its platform, beside what is known of it here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from campaignbot.domain.accounts import Account, AccountState
from campaignbot.domain.errors import user_error
from campaignbot.domain.money import Money
from campaignbot.domain.publication import Publication, State
from campaignbot.platforms.matching import is_same_post
from campaignbot.platforms.protocol import ExternalPost, Platform
from campaignbot.reviewing.live_posts import LivePosts, Reach
from campaignbot.storage import accounts, publications, statistics
from campaignbot.storage.database import Database

_LATEST = timedelta(days=31)
"""How long after its time a post can still go out, and then some."""
_SKEW = timedelta(hours=1)
"""How far the platform's clock may be from ours."""
_FIRST = (State.PUBLISHED, State.PUBLISHING, State.UNCERTAIN, State.REMOVED)
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Standing:
    """A post on a platform; `ours` is the publication that it is, None for all others."""

    post: ExternalPost
    ours: Publication | None = None


@dataclass(frozen=True, slots=True)
class Recent:
    """What stands on an account, newest first, and where that is not what it should be.

    `absent` is published as far as is known here, and not listed. `cost` is what the platform's
    price list says of looking.
    """

    account: Account
    posts: tuple[Standing, ...]
    absent: tuple[Publication, ...] = ()
    cost: Money | None = None

    @property
    def doubled(self) -> tuple[str, ...]:
        """The references of publications that stand there more than once."""
        seen = Counter(one.ours.reference for one in self.posts if one.ours is not None)
        return tuple(sorted(reference for reference, times in seen.items() if times > 1))


class RecentPosts:
    """Lists the posts of accounts. It changes nothing but what the account has cost."""

    def __init__(self, database: Database, reach: Reach) -> None:
        self._database, self._reach = database, reach
        self._live = LivePosts("recent", reach)

    def __call__(self, account: Account, since: datetime) -> Recent:
        """Ask the platform; UserError where it does not tell, or the account is paused."""
        if account.state is AccountState.PAUSED:
            raise user_error("recent.paused", remedy="recent.paused.remedy", key=account.key)
        platform, now = self._reach.platforms[account.platform], self._reach.clock.now()
        listed = self._live.ask(account, lambda adapter: list(adapter.recent_posts(since)))
        cost = self._charge(account, platform, len(listed), now)
        with self._database.read() as tx:
            # What was added meanwhile is known here as well.
            account = accounts.account_by_id(tx, account.id)
            known = publications.list_publications(
                tx, account_id=account.id, due_from=since - _LATEST
            )
        posts = recognised(listed, known, platform)
        until = now - timedelta(seconds=platform.settling_s)
        seen = {one.ours.id for one in posts if one.ours is not None}
        return Recent(
            account,
            posts,
            tuple(p for p in known if p.id not in seen and _must_stand(p, since + _SKEW, until)),
            cost,
        )

    def _charge(
        self, account: Account, platform: Platform, read: int, now: datetime
    ) -> Money | None:
        if platform.read_price is None or not read:
            return None
        cost = platform.read_price * read
        with self._database.write() as tx:
            statistics.add_cost(
                tx, cost, account_id=account.id, publication_id=None, now=now, estimated=True
            )
        return cost


def recognised(
    listed: Iterable[ExternalPost], known: Sequence[Publication], platform: Platform
) -> tuple[Standing, ...]:
    """Say which posts are ours, newest first.

    By the platform's id, else by tracked link or text: platforms list some posts under another id
    than they gave when they made them.
    """
    by_id = {p.external_id: p for p in known if p.external_id is not None}
    posts = [p for p in known if p.follows_id is None]
    # Of posts that read alike, the one that went out comes before those that never did.
    posts.sort(key=lambda p: (*(p.state is not state for state in _FIRST),))

    def ours(post: ExternalPost) -> Publication | None:
        if post.external_id in by_id:
            return by_id[post.external_id]
        return next((p for p in posts if _is(p, post, platform)), None)

    newest = sorted(listed, key=lambda post: post.created_at_utc or _LONG_AGO, reverse=True)
    return tuple(Standing(post, ours(post)) for post in newest)


def _is(publication: Publication, post: ExternalPost, platform: Platform) -> bool:
    composed = platform.compose(publication.content)
    return is_same_post(publication.content, composed, post.text, post.links)


def _must_stand(publication: Publication, since: datetime, until: datetime) -> bool:
    at = publication.published_at_utc
    by_us = publication.external_id is not None and publication.follows_id is None
    return publication.state is State.PUBLISHED and by_us and at is not None and since <= at < until
