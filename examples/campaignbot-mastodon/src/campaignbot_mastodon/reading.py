"""Reading a post back: Mastodon hands out HTML for the plain text that it was given."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from html.parser import HTMLParser
from typing import Any

from campaignbot.domain.metrics import Metric, Metrics, Missing
from campaignbot.platforms import reasons
from campaignbot.platforms.errors import PlatformUnavailable
from campaignbot.platforms.protocol import ExternalPost


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self.parts.append("\n")
        elif tag == "p" and self.parts:
            self.parts.append("\n\n")

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def plain(html: str) -> str:
    """Return the text of which Mastodon made this HTML."""
    parser = _Text()
    parser.feed(html)
    parser.close()
    return "".join(parser.parts)


def external(status: Mapping[str, Any]) -> ExternalPost:
    try:
        return ExternalPost(
            str(status["id"]),
            status.get("url"),
            datetime.fromisoformat(status["created_at"]),
            plain(status["content"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise PlatformUnavailable(reasons.GARBLED) from error


_NAMES = {
    Metric.REACTIONS: ("favourites_count",),
    Metric.COMMENTS: ("replies_count",),
    # A quote shares a post as well; older servers do not count quotes.
    Metric.SHARES: ("reblogs_count", "quotes_count"),
}


def metrics(status: Mapping[str, Any], now: datetime) -> Metrics:
    values = {
        metric: sum(int(status.get(name, 0)) for name in names)
        for metric, names in _NAMES.items()
        if names[0] in status
    }
    return Metrics(now, values, {m: Missing.NOT_OFFERED for m in _NAMES if m not in values})
