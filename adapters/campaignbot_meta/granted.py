"""What a person granted to the app: a token of theirs tells it, that of a page does not.

https://developers.facebook.com/docs/graph-api/reference/user/permissions/ (read 2026-11-25).
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

from campaignbot.platforms.consent import Credentials
from campaignbot.platforms.errors import PlatformError
from campaignbot.platforms.protocol import AdapterContext
from campaignbot_meta.connecting import RENEWS_BY
from campaignbot_meta.graph import Graph


def granted_to(graph: Graph) -> frozenset[str]:
    """Return what the person whose token this is granted; raises a PlatformError."""
    rows = graph.listed("me", "permissions", params={})
    return frozenset(str(r.get("permission")) for r in rows if r.get("status") == "granted")


def granted_in(context: AdapterContext, platform: str) -> frozenset[str] | None:
    """Return what was granted to an account's access; None where nothing tells it now.

    Asked with the token of the person behind it, where that is kept, else with the only one. Behind
    a token that was pasted later, about which nothing was ever told, may be somebody else.
    """
    given = context.credentials
    token = given.secrets.get(RENEWS_BY)
    if token and given.permissions is None:
        return None
    asking = Credentials({"access_token": token or given.secrets["access_token"]})
    person = replace(context, credentials=asking)
    try:
        with closing(Graph(person, platform)) as graph:
            return granted_to(graph)
    except PlatformError:
        # A page has no permissions; a person's token may be over while the page's still works.
        return None
