"""What a page and an Instagram account have in common: taking posts down, reading their numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from campaignbot.domain.metrics import Metrics
from campaignbot.platforms.errors import ContentRefused
from campaignbot_meta.graph import Graph

_GONE = "does not exist"
_NO_NUMBERS = "nonexisting field (insights)"
"""What Meta says of a comment: it has no statistics."""


def delete(graph: Graph, external_id: str) -> None:
    """Take a post down; no error where it is gone already."""
    try:
        graph.call("DELETE", external_id)
    except ContentRefused as error:
        if _GONE not in str(error):
            raise


def metrics_of(
    external_ids: Sequence[str], read: Callable[[str], Metrics]
) -> Mapping[str, Metrics]:
    """Return the totals, one call for each post (Meta has no call for many), without those gone.

    Comments are left out too: Meta has no numbers of them.
    """
    found = {}
    for external_id in external_ids:
        try:
            found[external_id] = read(external_id)
        except ContentRefused as error:
            if not any(words in str(error) for words in (_GONE, _NO_NUMBERS)):
                raise
    return found
