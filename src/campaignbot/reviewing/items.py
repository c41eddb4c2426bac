"""A publication as a reviewer sees it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from campaignbot.domain.accounts import Account
from campaignbot.domain.brief import Persona
from campaignbot.domain.facts import Fact
from campaignbot.domain.findings import Finding, Severity
from campaignbot.domain.money import Money
from campaignbot.domain.people import Decision
from campaignbot.domain.publication import Publication
from campaignbot.platforms.protocol import Platform
from campaignbot.storage import accounts, publications, reviews
from campaignbot.storage.database import Database


@dataclass(frozen=True, slots=True)
class Background:
    """What a reviewer judges a post by: the facts that it rests on, and whom it is for."""

    facts: tuple[Fact, ...] = ()
    persona: Persona | None = None


_NO_BACKGROUND = Background()


def no_background(_publication: Publication) -> Background:
    """Nothing is known."""
    return _NO_BACKGROUND


BackgroundOf = Callable[[Publication], Background]
Check = Callable[[Publication, Account], tuple[Finding, ...]]


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """A publication with all that a reviewer needs.

    `text` is what the platform will show; `length` of `most` is counted its way, `most` None where
    there is no limit. `waived` are the codes that somebody let pass for this content. `cost` is
    what the platform charges for it by its price list, None for nothing. `approved_by` are those
    whose approval stands while it waits for `approvals_needed` more.
    """

    publication: Publication
    account: Account
    platform: Platform
    text: str
    length: int
    most: int | None
    findings: tuple[Finding, ...]
    waived: frozenset[str]
    decisions: tuple[tuple[Decision, str], ...]
    cost: Money | None = None
    background: Background = _NO_BACKGROUND
    approved_by: tuple[str, ...] = ()
    approvals_needed: int = 0

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """The errors that nobody has waived: with one of these it cannot be approved."""
        return tuple(
            f
            for f in self.findings
            if f.severity is Severity.ERROR and (f.code not in self.waived or not f.waivable)
        )


def read_item(
    database: Database,
    platforms: Mapping[str, Platform],
    check: Check,
    publication_id: UUID,
    background_of: BackgroundOf = no_background,
) -> ReviewItem:
    """Return one publication as it stands now, freshly checked."""
    with database.read() as tx:
        publication = publications.publication_by_id(tx, publication_id)
        account = accounts.account_by_id(tx, publication.account_id)
        digest = publication.content_hash
        waived = reviews.waived_codes(tx, publication_id, digest)
        decisions = reviews.decisions_about(tx, publication_id)
    platform = platforms[account.platform]
    text = platform.compose(publication.content)
    limit = platform.limits.text_of(reply=publication.follows_id is not None)
    return ReviewItem(
        publication=publication,
        account=account,
        platform=platform,
        text=text,
        length=platform.length(publication.content),
        most=limit.value if limit else None,
        findings=check(publication, account),
        waived=waived,
        decisions=decisions,
        cost=platform.cost(publication.content),
        background=background_of(publication),
    )
