"""The contract between the program and an adapter.

An adapter is a package with a `Platform` registered in the entry-point group
`campaignbot.adapters`. Importing it imports no SDK; `open_adapter` does.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import BinaryIO, Protocol

from campaignbot.domain.accounts import RateBudget
from campaignbot.domain.clock import Clock
from campaignbot.domain.content import Content, MediaItem
from campaignbot.domain.hosting import PublicHost
from campaignbot.domain.metrics import Metric, Metrics
from campaignbot.domain.money import Money
from campaignbot.domain.publication import Receipt
from campaignbot.platforms.calls import CallLog
from campaignbot.platforms.consent import Connecting
from campaignbot.platforms.consent import Credentials as Credentials
from campaignbot.platforms.limits import Limits
from campaignbot.platforms.outcomes import Outcome
from campaignbot.platforms.style import DraftStyle
from campaignbot.platforms.versions import ApiVersion

BeforeCreate = Callable[[Receipt | None], None]
"""Called by an adapter just before the request that creates the post.

It stores the receipt and marks "request sent"; it raises LeaseLost, which passes through.
"""


class Progress(Protocol):
    """Told how many bytes of a medium are uploaded, and of how many.

    It keeps the attempt's lease alive while a large upload takes its time; it raises LeaseLost,
    which passes through. A `begun` receipt, of an upload that another process could go on with, is
    kept: it is the `resume` of the next attempt, should this one not get as far as one of its own.
    """

    def __call__(
        self, item: MediaItem, sent: int, size: int, /, begun: Receipt | None = None
    ) -> None: ...


def no_progress(_item: MediaItem, _sent: int, _size: int, /, begun: Receipt | None = None) -> None:
    """Nobody waits to hear of the upload."""


@dataclass(frozen=True, slots=True)
class ExternalPost:
    """A post as it was read back from the platform.

    `links` are addresses of it that do not stand in the text as such: of cards, or expanded.
    """

    external_id: str
    permalink: str | None
    created_at_utc: datetime | None
    text: str
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AccountIdentity:
    """Who the token speaks for.

    `missing_permissions` are what it lacks to publish, by the platform's own names, such as a role
    on the page. `permissions` are those that were granted to it; None where the token alone does
    not tell.
    """

    external_id: str
    name: str
    missing_permissions: tuple[str, ...] = ()
    permissions: frozenset[str] | None = None


class MediaSource(Protocol):
    """Where an adapter gets a medium's bytes, or an address for a platform to fetch it.

    UserError when the file is gone or is no longer what was approved.
    """

    def read(self, item: MediaItem) -> bytes: ...

    def open(self, item: MediaItem) -> BinaryIO:
        """Open a medium that may be too large to hold at once; the caller closes it."""
        ...

    def size(self, item: MediaItem) -> int:
        """Return how many bytes it has."""
        ...

    def public_url(self, item: MediaItem) -> str:
        """Return an address that the platform can fetch.

        UserError where none is configured; MediaUnreachable, which passes through, where the medium
        cannot be had there now.
        """
        ...


@dataclass(frozen=True, slots=True)
class AdapterContext:
    """All that an adapter is given to work for one account.

    `external_id` is the platform's id of the page. `base_url` is None for the platform's own
    servers. `timeout_s` bounds every single request. `options` come from the account's entry in
    `config/accounts.yaml`. `calls` is told of every request. `pause` waits a number of seconds
    between two questions whether something is finished.
    """

    external_id: str
    credentials: Credentials
    media: MediaSource
    clock: Clock
    base_url: str | None = None
    timeout_s: float = 30.0
    options: Mapping[str, str] = field(default_factory=dict)
    calls: CallLog = field(default_factory=CallLog)
    pause: Callable[[float], None] = time.sleep


class Adapter(Protocol):
    """One account on one platform.

    No method retries, truncates, logs a secret or swallows an error. Every method but `publish`
    raises a `PlatformError`.
    """

    def verify(self) -> AccountIdentity:
        """Ask the platform whom the token speaks for and what it may do."""
        ...

    def publish(
        self,
        content: Content,
        *,
        resume: Receipt | None,
        before_create: BeforeCreate,
        reply_to: str | None = None,
        progress: Progress = no_progress,
    ) -> Outcome:
        """Publish the content once.

        Everything before `before_create` can be repeated without harm; the create request is sent
        once. With `resume`, go on from the receipt of an earlier attempt. With `reply_to`, the
        external id of a post of this account, it is a comment on that post or a reply to it.
        """
        ...

    def find_published(
        self,
        content: Content,
        since: datetime,
        receipt: Receipt | None,
        reply_to: str | None = None,
    ) -> ExternalPost | None:
        """Look for this content on the platform: by receipt, else by link, else by text.

        With `reply_to`, look among the comments on that post, or the replies to it.
        """
        ...

    def recent_posts(self, since: datetime) -> Iterator[ExternalPost]:
        """Yield the account's own posts created since then, whoever made them, in any order.

        Comments and replies are left out, and posts of others that it passed on unchanged. Asks as
        it goes: an error comes up where the list could not be read on.
        """
        ...

    def edit(self, external_id: str, content: Content) -> None:
        """Give a live post the text and link of this content; its media stay as they are.

        Doing it again is harmless. Called only where `Platform.can_edit`.
        """
        ...

    def delete(self, external_id: str) -> None:
        """Take the post off the platform; no error where it is gone already.

        One that the token may not see or delete is not gone: PermissionMissing or ContentRefused.
        """
        ...

    def fetch_metrics(self, external_ids: Sequence[str]) -> Mapping[str, Metrics]:
        """Return the totals of these posts, at most `Platform.metrics_batch` of them.

        A post that the platform does not know is left out; one whose numbers the token may not see
        is not.
        """
        ...

    def fetch_account_metrics(self) -> Metrics:
        """Return the totals of the account itself."""
        ...

    def budgets(self) -> Sequence[RateBudget]:
        """Return what the latest answers told of the limits on posting; asks nothing."""
        ...

    def close(self) -> None:
        """Give back connections."""
        ...


@dataclass(frozen=True, slots=True)
class Price:
    """What a platform charges for one thing, with the page that says so and the day it was read."""

    what: str
    amount: Money
    url: str
    read_on: date


@dataclass(frozen=True, slots=True)
class ListDelay:
    """How late the lists of a platform may be, in seconds, and `why` that is taken for the most.

    A post that is not listed by then is not there. None where nothing is doubled if a list is later
    still, because the platform refuses duplicates or tells by the receipt what became of a post.
    """

    posts_s: int | None
    replies_s: int | None
    why: str

    def most_s(self, *, reply: bool) -> int | None:
        """Return the delay of the list in which a post, or a reply, would stand."""
        return self.replies_s if reply else self.posts_s


UNDOCUMENTED_DELAY = ListDelay(1800, 1800, "no delay is documented, and duplicates are taken")


@dataclass(frozen=True, slots=True)
class Platform:
    """What the program knows of a platform without importing its SDK.

    `label` is its name, or a key of the catalogue that begins with "platform." where it has none.
    `compose` returns the text as the platform receives it and followers read it, link included
    where it stands in the text; it is what is counted, previewed, sent and compared. `settling_s`
    is how long a post usually takes to show up in the platform's own lists, `list_delay` how long
    at most. `public_media` says that
    the platform fetches pictures itself. `can_reply` says that comments or replies can be published
    below a post of the account. `can_edit` says that the text of a live post can be corrected.
    `needs_preview` says that a link has a card only where the content brings it. `mentions_by_id`
    says that a name behind an @ needs the platform's id of it; elsewhere it is a plain handle.
    `can_read_back` False means that only a person can settle an unknown outcome. `connecting` is
    None where a token can only be pasted. `key_fields` are secrets that can be given in place of
    `credential_fields`. `api_version` is what the adapter speaks, where versions end. `read_price`
    is what reading the numbers of one post costs, `prices` the list from which that and `cost` are
    reckoned. `open_host` is there where an account can hold pictures that other platforms fetch.
    `style` is how drafts for it are written. `hands_over` says that a person places its posts.
    """

    name: str
    label: str
    limits: Limits
    count: Callable[[str], int]
    compose: Callable[[Content], str]
    credential_fields: tuple[str, ...]
    settling_s: int
    metrics_batch: int
    metrics: tuple[Metric, ...]
    cost: Callable[[Content], Money | None]
    open_adapter: Callable[[AdapterContext], Adapter]
    public_media: bool = False
    can_reply: bool = False
    can_edit: bool = False
    needs_preview: bool = False
    mentions_by_id: bool = False
    can_read_back: bool = True
    hands_over: bool = False
    connecting: Connecting | None = None
    key_fields: tuple[str, ...] = ()
    api_version: ApiVersion | None = None
    read_price: Money | None = None
    prices: tuple[Price, ...] = ()
    open_host: Callable[[AdapterContext], PublicHost] | None = None
    style: DraftStyle = field(default_factory=DraftStyle)
    list_delay: ListDelay = UNDOCUMENTED_DELAY

    def length(self, content: Content) -> int:
        """Return how long a content is, in the way the platform counts what it receives."""
        return self.count(self.compose(content))
