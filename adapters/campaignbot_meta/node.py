"""What a page and an Instagram account have in common: taking posts down, and what is gone."""

from __future__ import annotations

from campaignbot.platforms.errors import ContentRefused, PlatformError
from campaignbot_meta.graph import Graph

_GONE = "does not exist"
_NO_NUMBERS = "nonexisting field (insights)"
"""What Meta says of a comment: it has no statistics."""


def delete(graph: Graph, external_id: str) -> None:
    """Take a post down; no error where it is gone already."""
    try:
        graph.call("DELETE", external_id)
    except ContentRefused as error:
        if not is_gone(error):
            raise


def is_gone(error: PlatformError) -> bool:
    return isinstance(error, ContentRefused) and _GONE in str(error)


def has_no_numbers(error: PlatformError) -> bool:
    """Tell whether there can be no statistics: of what is gone, and of a comment."""
    return is_gone(error) or (isinstance(error, ContentRefused) and _NO_NUMBERS in str(error))
