"""What stands on a page or an Instagram account, by its own lists: the proof of what is gone.

https://developers.facebook.com/docs/graph-api/reference/page/published_posts/,
https://developers.facebook.com/docs/graph-api/reference/page/videos/ and
https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/media
(read 2026-11-24).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from campaignbot.platforms import reasons
from campaignbot.platforms.advice import Advice
from campaignbot.platforms.errors import ContentRefused, PermissionMissing
from campaignbot_meta.graph import Graph
from campaignbot_meta.node import is_hidden

_COMMENTS = "comments.limit(50){id}"


class OnPage:
    """The posts, videos and comments of one page."""

    def __init__(self, graph: Graph, page: str) -> None:
        self._graph, self._page = graph, page

    def absent(self, ids: Collection[str]) -> set[str]:
        """Return which of these the page's lists do not hold.

        Raises PermissionMissing where the token is not the page's own, or may not read a list.
        """
        with _readable():
            me = self._graph.call("GET", "me", params={"fields": "id"}, needs="id")
            if str(me["id"]) != self._page:
                raise PermissionMissing(
                    reasons.about(reasons.OTHER_TOKEN, f"{me['id']} ≠ {self._page}"),
                    advice=Advice.CONNECT_AGAIN,
                )
            videos = {one for one in ids if "_" not in one}
            posts = {one for one in ids if one.startswith(f"{self._page}_")}
            comments = set(ids) - videos - posts
            return (
                self._missing(posts, self._page, "published_posts")
                | self._missing(videos, self._page, "videos", type="uploaded")
                | self._missing_comments(comments)
            )

    def _missing_comments(self, comments: Collection[str]) -> set[str]:
        """Return which of these are below no post; with a post its comments are gone."""
        below: defaultdict[str, set[str]] = defaultdict(set)
        for comment in comments:
            below[f"{self._page}_{comment.partition('_')[0]}"].add(comment)
        gone_posts = self._missing(below, self._page, "published_posts")
        found: set[str] = set()
        for post, those in below.items():
            found |= those if post in gone_posts else self._missing(those, post, "comments")
        return found

    def _missing(self, wanted: Collection[str], *path: str, **asked: str) -> set[str]:
        left = set(wanted)
        if left:
            for row in self._graph.listed(*path, params={"fields": "id", **asked}):
                left.discard(str(row["id"]))
                if not left:
                    break
        return left


class OnInstagram:
    """The posts and comments of one account."""

    def __init__(self, graph: Graph, account: str) -> None:
        self._graph, self._account = graph, account

    def absent(self, ids: Collection[str]) -> set[str]:
        """Return which of these the account's lists do not hold.

        A comment's id does not tell its post, so the comments of every post are looked through.
        Raises PermissionMissing where the token may not read a list.
        """
        left = set(ids)
        with _readable():
            for row in self._graph.listed(
                self._account, "media", params={"fields": f"id,{_COMMENTS}"}
            ):
                left.discard(str(row["id"]))
                if left:
                    left -= set(self._comments(row))
                if not left:
                    break
        return left

    def _comments(self, row: dict[str, object]) -> Iterator[str]:
        told = row.get("comments")
        if not isinstance(told, dict):
            return
        yield from (str(one["id"]) for one in told.get("data", ()))
        if "next" in told.get("paging", {}):
            rows = self._graph.listed(str(row["id"]), "comments", params={"fields": "id"})
            yield from (str(one["id"]) for one in rows)


@contextmanager
def _readable() -> Iterator[None]:
    """Let a list that is out of sight be a missing permission, and no proof."""
    try:
        yield
    except ContentRefused as error:
        if not is_hidden(error):
            raise
        raise PermissionMissing(str(error)) from error
