"""The stand that an adapter's tests hand in: a platform that can be made to fail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from campaignbot.domain.clock import Clock
from campaignbot.domain.content import MediaKind
from campaignbot.domain.metrics import Metric, Missing
from campaignbot.platforms.protocol import Adapter, Platform

WAIT = timedelta(seconds=120)
"""How long faults of the kinds `retry_after` and `http_503_retry_after` ask to wait."""

IMPATIENT_S = 1.0
"""The time limit of an adapter that is to meet an answer that does not come."""


class NotApplicable(Exception):
    """The case does not concern this platform; the message says why, in plain words."""


@dataclass(frozen=True)
class SeenMedium:
    """A picture, video or document as it stands on the platform.

    `sha256` is None where the platform hands on other bytes than it was sent.
    """

    kind: MediaKind
    sha256: str | None
    alt_text: str = ""
    title: str = ""


@dataclass(frozen=True)
class Seen:
    """A post as followers see it; `language` is None on a platform that takes no language tag."""

    text: str
    media: tuple[SeenMedium, ...] = ()
    language: str | None = None
    preview_title: str | None = None


class Stand(Protocol):
    """A platform to test an adapter against, fresh for every case.

    A method that makes no sense for the platform raises NotApplicable with the reason.
    """

    platform: Platform
    refuses_duplicates: bool
    """Whether the platform refuses the same post twice in a row."""
    tells_budgets: bool
    """Whether the platform's answers tell what is left of its limits."""
    not_enforced: Mapping[str, str]
    """Limits that the platform itself lets pass, by their names in `Limits`, with the reason."""
    mention: tuple[str, str, str] | None
    """A name behind an @, what the platform knows it by, and what followers read in its place.

    None where whoever writes puts down what the platform asks for.
    """
    silence: Missing
    """Why there is no number where the platform leaves it out of its answer."""

    @property
    def clock(self) -> Clock: ...

    def adapter(self, timeout_s: float = 10) -> Adapter:
        """Open an adapter with the account's token and with a `pause` that does not wait."""
        ...

    def adapter_without_token(self) -> Adapter:
        """Open an adapter for an account that has no token."""
        ...

    def adapter_of_another(self) -> Adapter:
        """Open an adapter for the account with a token that speaks for another one."""
        ...

    def keep(self, data: bytes, mime: str) -> str:
        """Store a file where the adapter's `MediaSource` finds it; return its SHA-256."""
        ...

    def keep_blank(self, size: int, mime: str) -> str:
        """Let the adapter's `MediaSource` have a file of so many zero bytes, as `files.blank`.

        It may have gigabytes, so it is stored nowhere; return what stands for its SHA-256.
        """
        ...

    def fail(self, on: str, kind: str, times: int = 1) -> None:
        """Let the next requests of a sort (create, upload, read, metrics, any) go wrong.

        Kinds: drop_before, drop_after, slow_before, slow_after (no answer within `IMPATIENT_S`,
        before or after the request was carried out), http_500, http_503, http_500_after (an
        error, and yet it was carried out); malformed, empty, hollow ("{}") and other_shape (a list
        for an object, or an object for a list) are what comes back of a request that was carried
        out; no_numbers (numbers are left out);
        rate_limit (with the headers that the platform documents), rate_limit_bare (with none),
        rate_limit_odd (with unreadable ones), odd_headers (a success with unreadable ones);
        retry_after, retry_after_date and http_503_retry_after name a time `WAIT` from now.
        """
        ...

    def posts(self) -> int:
        """Count the posts that exist on the account, comments and replies left aside."""
        ...

    def replies(self, post_id: str) -> int:
        """Count the comments or replies that exist below a post."""
        ...

    def newest(self) -> Seen:
        """Return the newest post of the account."""
        ...

    def pass_time(self, time: timedelta) -> None:
        """Let time pass, for the adapter and for the platform."""
        ...

    def expire_token(self) -> None: ...

    def revoke_token(self) -> None: ...

    def take_permission(self) -> None:
        """Take from the token the permission to post."""
        ...

    def expire_uploads(self) -> None:
        """Let everything expire that was uploaded and is in no post yet."""
        ...

    def process_slowly(self) -> None:
        """Let the platform be busy with the videos and documents that it gets, until `process`."""
        ...

    def process(self) -> None:
        """Let the platform be done with what it has."""
        ...

    def retire_metric(self) -> Metric:
        """Let the platform no longer know one of its numbers, and return which."""
        ...

    def secrets(self) -> list[str]:
        """Return the token values that must never be shown."""
        ...

    def close(self) -> None:
        """Give back what the stand holds."""
        ...


@dataclass(frozen=True)
class Case:
    """One requirement; `name` states the behaviour and stays the same between releases."""

    name: str
    run: Callable[[Stand], None]
