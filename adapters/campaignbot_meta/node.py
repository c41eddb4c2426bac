"""Taking things down at Meta, and telling what is gone from what a token may not see.

Meta says the same sentence of both (code 100, subcode 33), so that something is gone follows from
the account's own lists alone.
https://developers.facebook.com/docs/graph-api/guides/error-handling/ (read 2026-11-24)
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Set

from campaignbot.platforms import reasons
from campaignbot.platforms.errors import (
    ContentRefused,
    PermissionMissing,
    PlatformError,
    PlatformUnavailable,
)
from campaignbot_meta.graph import Graph

Absent = Callable[[Collection[str]], Set[str]]
"""Returns which of some ids are proved to be gone; raises where the lists cannot be read."""

_HIDDEN = "does not exist"
_NO_NUMBERS = "nonexisting field (insights)"
"""What Meta says of a comment: it has no statistics."""


def delete(graph: Graph, external_id: str, absent: Absent) -> None:
    """Take something down; no error where it is gone already.

    Raises PermissionMissing where it may stand there still, out of this token's sight.
    """
    try:
        answer = graph.call("DELETE", external_id)
    except ContentRefused as error:
        if not is_hidden(error):
            raise
        if external_id not in absent({external_id}):
            raise PermissionMissing(str(error)) from error
        return
    if answer.get("success") is not True and external_id not in absent({external_id}):
        raise PlatformUnavailable(reasons.NOT_DELETED)


def is_hidden(error: object) -> bool:
    """Tell whether Meta says that something is not there, or not to be seen by this token."""
    return isinstance(error, ContentRefused) and _HIDDEN in str(error)


def has_no_numbers(error: PlatformError) -> bool:
    """Tell whether there can be no statistics, as of a comment."""
    return isinstance(error, ContentRefused) and _NO_NUMBERS in str(error)
