"""What a case of the conformance suite needs: a stand, and ways to publish on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from campaignbot.domain.clock import Clock
from campaignbot.domain.content import Content
from campaignbot.domain.publication import Receipt
from campaignbot.platforms import outcomes
from campaignbot.platforms.outcomes import Outcome
from campaignbot.platforms.protocol import Adapter, Platform

WAIT = timedelta(seconds=120)
LINK = "https://werkenbij.voorbeeld.example/vacature?utm_id=conform1"


class NotApplicable(Exception):
    """The case does not concern this platform; the message says why."""


class Stand(Protocol):
    """A platform to test an adapter against, fresh for every case."""

    platform: Platform
    clock: Clock
    refuses_duplicates: bool
    """Whether the platform refuses the same post twice in a row."""
    tells_budgets: bool
    """Whether the platform's answers tell what is left of its limits."""

    def adapter(self) -> Adapter:
        """Open an adapter with the account's present token."""
        ...

    def adapter_without_token(self) -> Adapter:
        """Open an adapter for an account that has no token."""
        ...

    def content(self, text: str, *, link: str | None = None, pictures: int = 1) -> Content:
        """Return content that the platform takes, with pictures that have alt text."""
        ...

    def fail(self, on: str, kind: str, times: int = 1) -> None:
        """Let the next requests of a sort (create, upload, read, metrics) go wrong.

        Kinds: drop_before, drop_after, http_500, http_503, malformed, empty; rate_limit (with the
        headers that the platform documents), rate_limit_bare (with none), rate_limit_odd (with
        unreadable ones), odd_headers (a success with unreadable ones); retry_after,
        retry_after_date and http_503_retry_after name a time `WAIT` from now.
        """
        ...

    def posts(self) -> int:
        """Count the posts that exist on the platform, comments and replies left aside."""
        ...

    def replies(self, post_id: str) -> int:
        """Count the comments or replies that exist below a post."""
        ...

    def alt_texts(self) -> list[str]:
        """Return the alt texts of the newest post."""
        ...

    def expire_token(self) -> None: ...

    def secrets(self) -> list[str]:
        """Return the token values that must never be shown."""
        ...


@dataclass(frozen=True)
class Case:
    """One requirement; `name` states the behaviour."""

    name: str
    run: Callable[[Stand], None]


class Calls:
    """Records `before_create`, as publishing would."""

    def __init__(self, error: Exception | None = None) -> None:
        self.receipts: list[Receipt | None] = []
        self._error = error

    def __call__(self, receipt: Receipt | None) -> None:
        self.receipts.append(receipt)
        if self._error is not None:
            raise self._error


def publish(
    stand: Stand, content: Content, calls: Calls | None = None, reply_to: str | None = None
) -> Outcome:
    adapter = stand.adapter()
    try:
        return adapter.publish(
            content, resume=None, before_create=calls or Calls(), reply_to=reply_to
        )
    finally:
        adapter.close()


def expect(outcome: Outcome, kind: type[Outcome]) -> None:
    assert isinstance(outcome, kind), f"expected {kind.__name__}, got {outcome!r}"


def published(stand: Stand, content: Content, reply_to: str | None = None) -> str:
    """Publish, and return the external id."""
    outcome = publish(stand, content, reply_to=reply_to)
    assert isinstance(outcome, outcomes.Published) and outcome.external_id, outcome
    return outcome.external_id


def text_of(stand: Stand, length: int) -> str:
    empty = stand.platform.length(stand.content("", pictures=0))
    text = ("zin " * length)[: length - empty].rstrip()
    return text + "n" * (length - empty - len(text))
