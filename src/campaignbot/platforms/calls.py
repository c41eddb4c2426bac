"""Every request to a platform, told in the log and counted: where, what came back, how long."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import structlog

if TYPE_CHECKING:
    import requests

_log = structlog.get_logger(__name__)

# The number under which the platform itself remembers the request, for its own help desk.
_REQUEST_IDS = ("x-li-uuid", "x-fb-trace-id", "x-transaction-id")


class CallLog:
    """Counts the requests of one process, and lets sessions log theirs; for several threads."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()
        self._lock = Lock()

    def listen(self, session: requests.Session, platform: str) -> None:
        """Log and count all that this session sends from now on."""
        # Loaded here: the platforms are known without what talks to them.
        from campaignbot.platforms.transport import LoggingTransport

        for scheme in ("https://", "http://"):
            session.mount(scheme, LoggingTransport(self, platform))

    def counts(self) -> Mapping[tuple[str, str], int]:
        """Return how many requests got which answer, by platform and status.

        The status is a number in digits, or the kind of error where no answer came.
        """
        with self._lock:
            return dict(self._counts)

    def note(
        self,
        platform: str,
        request: requests.PreparedRequest,
        took_s: float,
        answer: requests.Response | None,
        status: str,
    ) -> None:
        with self._lock:
            self._counts[platform, status] += 1
        # Without the query, and without a user in the address: both can hold secrets.
        parts = urlsplit(str(request.url))
        host = (parts.hostname or "") + (f":{parts.port}" if parts.port else "")
        said: dict[str, Any] = {}
        for name in _REQUEST_IDS:
            if answer is not None and name in answer.headers:
                said["request_id"] = answer.headers[name]
        _log.info(
            "request",
            platform=platform,
            method=request.method,
            address=f"{host}{parts.path}",
            status=status,
            ms=round(took_s * 1000),
            **said,
        )
