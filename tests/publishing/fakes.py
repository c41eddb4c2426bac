"""A recording adapter, and a publisher around it, on a real database."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from campaignbot.domain.accounts import Account, RateBudget
from campaignbot.domain.clock import SimulatedClock
from campaignbot.domain.content import Content
from campaignbot.domain.findings import Finding
from campaignbot.domain.metrics import Metrics
from campaignbot.domain.publication import Publication, Receipt
from campaignbot.platforms.outcomes import Outcome, Published
from campaignbot.platforms.protocol import (
    AccountIdentity,
    BeforeCreate,
    ExternalPost,
    Progress,
    no_progress,
)
from campaignbot.platforms.registry import load_platform
from campaignbot.publishing.asking import Prepared
from campaignbot.publishing.hand_over import Handed
from campaignbot.publishing.publisher import Publisher, PublishingPolicy
from campaignbot.publishing.steps import OnStep, pass_by
from campaignbot.storage import publications
from campaignbot.storage.database import Database


@dataclass
class FakeAdapter:
    """Does as it is told, and remembers what it was asked.

    `first` is done before the create request; an outcome of its own ends the attempt there.
    """

    outcome: Outcome = field(default_factory=lambda: Published("1", "https://x.example/1"))
    found: ExternalPost | None = None
    error_before: Exception | None = None
    first: Callable[[Progress], Outcome | None] = lambda _progress: None
    error_after: Exception | None = None
    receipt: Receipt | None = None
    sent: list[Content] = field(default_factory=list)
    resumed: list[Receipt | None] = field(default_factory=list)
    looked: int = 0
    listed: tuple[ExternalPost, ...] = ()
    replied_to: list[str | None] = field(default_factory=list)
    told: tuple[RateBudget, ...] = ()
    edited: list[tuple[str, Content]] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)

    def verify(self) -> AccountIdentity:
        return AccountIdentity("1", "fake")

    def publish(
        self,
        content: Content,
        *,
        resume: Receipt | None,
        before_create: BeforeCreate,
        reply_to: str | None = None,
        progress: Progress = no_progress,
    ) -> Outcome:
        self.resumed.append(resume)
        self.replied_to.append(reply_to)
        if self.error_before is not None:
            raise self.error_before
        if (ended := self.first(progress)) is not None:
            return ended
        before_create(self.receipt)
        self.sent.append(content)
        if self.error_after is not None:
            raise self.error_after
        return self.outcome

    def find_published(
        self,
        content: Content,
        since: datetime,
        receipt: Receipt | None,
        reply_to: str | None = None,
    ) -> ExternalPost | None:
        self.looked += 1
        return self.found

    def recent_posts(self, since: datetime) -> Iterator[ExternalPost]:
        yield from self.listed

    def edit(self, external_id: str, content: Content) -> None:
        self.edited.append((external_id, content))

    def delete(self, external_id: str) -> None:
        self.deleted.append(external_id)

    def fetch_metrics(self, external_ids: Sequence[str]) -> Mapping[str, Metrics]:
        raise NotImplementedError

    def fetch_account_metrics(self) -> Metrics:
        raise NotImplementedError

    def budgets(self) -> Sequence[RateBudget]:
        return self.told

    def close(self) -> None:
        pass


class Press:
    """A publisher whose every platform is one fake adapter."""

    def __init__(
        self,
        database: Database,
        clock: SimulatedClock,
        adapter: FakeAdapter,
        blocking: Sequence[Finding] = (),
        pack_error: OSError | None = None,
        policy: PublishingPolicy | None = None,
        owner: str = "press",
        on_step: OnStep = pass_by,
        platforms: Sequence[str] = ("linkedin", "x", "manual"),
    ) -> None:
        self._database, self._pack_error = database, pack_error
        self.packs: list[str] = []
        self.publisher = Publisher(
            database,
            clock,
            {name: load_platform(name) for name in platforms},
            lambda _account: adapter,
            self._pack,
            owner=owner,
            policy=policy,
            prepare=lambda _p, _a: Prepared(blocking, lambda: adapter),
            uniform=lambda: 0.5,
            on_step=on_step,
        )

    def _pack(self, publication: Publication, _account: Account) -> Handed:
        if self._pack_error is not None:
            raise self._pack_error
        self.packs.append(publication.reference)
        return Handed(Path(publication.reference))

    def tick(self) -> dict[str, int]:
        return dict(self.publisher.tick().counts)

    def now(self, publication: Publication) -> Publication:
        with self._database.read() as tx:
            return publications.publication_by_id(tx, publication.id)
