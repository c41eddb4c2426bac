"""The posts of the imitated platforms, and the clock by which their lists show them."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from campaignbot.sandbox.posts import SandboxPost

# Of how many earlier posts an audience may remember the words.
_LOOKED_AT_AGAIN = 20


class PostStore:
    """Every post that was ever there, looked up in the ways that platforms offer.

    `dirty` says that something changed since it was saved.
    """

    def __init__(self, now: datetime | None = None) -> None:
        self._frozen = now
        # Read only: `add_post` keeps what posts are looked up by.
        self.posts: list[SandboxPost] = []
        self._by_id: dict[tuple[str, str], SandboxPost] = {}
        self._by_account: defaultdict[tuple[str, str], list[SandboxPost]] = defaultdict(list)
        self._by_text: defaultdict[tuple[str, str, str], list[SandboxPost]] = defaultdict(list)
        self._replies: defaultdict[tuple[str, str], list[SandboxPost]] = defaultdict(list)
        # How long a platform's own lists do not show a post yet.
        self.visibility_s: dict[str, float] = {}
        self.dirty = False

    def now(self) -> datetime:
        return self._frozen or datetime.now(UTC)

    def set_clock(self, now: datetime | None) -> None:
        """Freeze the clock at an instant, or let it follow real time again (None)."""
        self._frozen = now
        self.dirty = True

    @property
    def frozen(self) -> bool:
        return self._frozen is not None

    def add_post(self, post: SandboxPost) -> SandboxPost:
        if post.repeats is None and post.reply_to is None:
            post.repeats = self._repeats(post)
        self.posts.append(post)
        self._by_id[post.platform, post.id] = post
        self._by_account[post.platform, post.account].append(post)
        self._by_text[post.platform, post.account, post.text].append(post)
        if post.reply_to is not None:
            self._replies[post.platform, post.reply_to].append(post)
        self.dirty = True
        return post

    def _repeats(self, post: SandboxPost) -> float:
        words = _words(post.text)
        earlier = self._by_account[post.platform, post.account][-_LOOKED_AT_AGAIN:]
        week_before = post.created_at - timedelta(days=7)
        alike = [
            len(words & said) / len(words | said)
            for other in earlier
            if other.reply_to is None and week_before <= other.created_at <= post.created_at
            for said in [_words(other.text)]
            if words and said
        ]
        return max(alike, default=0.0)

    def edit(self, post: SandboxPost, text: str, raw: str = "") -> None:
        """Give a post another text; every look-up knows it by the new one from now on."""
        self._by_text[post.platform, post.account, post.text].remove(post)
        post.text, post.raw, post.edited_at = text, raw, self.now()
        self._by_text[post.platform, post.account, text].append(post)
        self.dirty = True

    def delete(self, post: SandboxPost) -> None:
        post.deleted = True
        self.dirty = True

    def live(self, platform: str, account: str, *, with_replies: bool = False) -> list[SandboxPost]:
        """Return an account's posts that are not deleted, newest first."""
        return [
            post
            for post in reversed(self._by_account[platform, account])
            if not post.deleted and (with_replies or post.reply_to is None)
        ]

    def newest(self, platform: str, account: str) -> SandboxPost | None:
        """Return an account's newest post that is not deleted, replies left aside."""
        return next(
            (
                post
                for post in reversed(self._by_account[platform, account])
                if not post.deleted and post.reply_to is None
            ),
            None,
        )

    def same_text(
        self,
        platform: str,
        account: str,
        text: str,
        *,
        with_replies: bool = False,
        with_deleted: bool = False,
    ) -> SandboxPost | None:
        """Return an account's post of exactly this text, if one is live (or was)."""
        return next(
            (
                post
                for post in self._by_text[platform, account, text]
                if (with_deleted or not post.deleted) and (with_replies or post.reply_to is None)
            ),
            None,
        )

    def visible(
        self, platform: str, account: str, *, with_replies: bool = False
    ) -> list[SandboxPost]:
        """Return the posts that the platform's own lists show already, newest first."""
        return self._shown(platform, self.live(platform, account, with_replies=with_replies))

    def replies(self, platform: str, post_id: str) -> list[SandboxPost]:
        """Return the comments on a post that are not deleted, oldest first."""
        return [post for post in self._replies.get((platform, post_id), ()) if not post.deleted]

    def visible_replies(self, platform: str, post_id: str) -> list[SandboxPost]:
        """Return the comments on a post that the platform's own lists show already."""
        return self._shown(platform, self.replies(platform, post_id))

    def _shown(self, platform: str, posts: list[SandboxPost]) -> list[SandboxPost]:
        delay, now = self.visibility_s.get(platform, 0.0), self.now()
        return [post for post in posts if (now - post.created_at).total_seconds() >= delay]

    def knew(self, platform: str, post_id: str) -> bool:
        """Tell whether there is such a post, or was one."""
        return (platform, post_id) in self._by_id

    def find(self, platform: str, post_id: str) -> SandboxPost | None:
        post = self._by_id.get((platform, post_id))
        return None if post is None or post.deleted else post


@lru_cache(maxsize=2048)
def _words(text: str) -> frozenset[str]:
    return frozenset(text.lower().split())
