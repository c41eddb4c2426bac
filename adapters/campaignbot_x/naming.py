"""The two names that X's API has for the same things.

Its OpenAPI document (2.167, 2026-08-07) says `post.fields`, `referenced_posts` and
`edit_history_post_ids` where its documentation and tweepy 4.17 say `tweet.fields`,
`referenced_tweets` and `edit_history_tweet_ids` (read 2026-12-01). Which a server takes shows by
asking it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import tweepy

_FIELDS = {"tweet.fields": "post.fields"}
_VALUES = {
    "referenced_tweets": "referenced_posts",
    "edit_history_tweet_ids": "edit_history_post_ids",
}
_FROM_POSTS = {new: old for old, new in _VALUES.items()}


class Naming:
    """The names that requests are sent with: the documented ones until a server refuses them."""

    def __init__(self) -> None:
        self._posts = False

    def sent(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """Return the parameters of a request by the names that are in use."""
        return _of_posts(params) if self._posts else dict(params)

    def other(self, params: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return the parameters by the names not in use; None where there is no difference."""
        renamed = _of_posts(params)
        if renamed == dict(params):
            return None
        return dict(params) if self._posts else renamed

    def turn(self) -> None:
        """Use the other names from now on."""
        self._posts = not self._posts


def refuses_a_name(error: tweepy.BadRequest) -> bool:
    """Tell whether X refuses a request for the name of one of its parameters, or of a field."""
    names = [*_FIELDS, *_FIELDS.values(), *_VALUES, *_VALUES.values()]
    for problem in error.api_errors:
        if not isinstance(problem, dict):
            continue
        parameters = problem.get("parameters")
        named = set(parameters) if isinstance(parameters, dict) else set()
        said = f"{problem.get('message', '')} {problem.get('detail', '')}"
        if named & set(names) or any(f"[{name}]" in said for name in names):
            return True
    return False


def by_old_names(answer: Any) -> Any:
    """Return an answer by the names that tweepy reads, whichever it came with."""
    if isinstance(answer, list):
        return [by_old_names(item) for item in answer]
    if not isinstance(answer, dict):
        return answer
    return {_FROM_POSTS.get(name, name): by_old_names(value) for name, value in answer.items()}


def _of_posts(params: Mapping[str, Any]) -> dict[str, Any]:
    renamed: dict[str, Any] = {}
    for name, value in params.items():
        if name in _FIELDS:
            fields = str(value).split(",")
            renamed[_FIELDS[name]] = ",".join(_VALUES.get(field, field) for field in fields)
        else:
            renamed[name] = value
    return renamed
