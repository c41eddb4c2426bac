"""What a look for trouble needs to know, in one reading of the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, func, select

from campaignbot.domain.accounts import Account, AccountState
from campaignbot.domain.alerts import AlertKind
from campaignbot.domain.metrics import Metric
from campaignbot.domain.publication import CLAIMABLE, Publication, State
from campaignbot.storage.accounts import is_held, list_accounts
from campaignbot.storage.alerts import TotalTold, totals_told
from campaignbot.storage.database import Tx
from campaignbot.storage.overview import SILENT_AFTER, TROUBLE
from campaignbot.storage.publications import list_publications
from campaignbot.storage.tables import account, attempt, credential, post, publication, snapshot
from campaignbot.storage.workers import Worker, list_workers


@dataclass(frozen=True, slots=True)
class Comments:
    """How many comments a published post had at the last reading.

    `lowest_since_told` is the least number read since an alert about them; None without one.
    """

    reference: str
    account: str
    permalink: str | None
    total: int
    lowest_since_told: int | None = None


@dataclass(frozen=True, slots=True)
class Watched:
    """The state of affairs at one instant.

    `cut` are published posts of which followers can read only the beginning. `unasked` are the
    uncertain publications that no machine will look for again. `connected_at`
    tells by account when its secrets were last stored. `late` counts what a worker should have
    taken up by now; `in_hand` names the workers that hold an unfinished attempt. `waiting` are the
    publications that are to be tried again.
    """

    at_utc: datetime
    trouble: tuple[Publication, ...] = ()
    cut: tuple[Publication, ...] = ()
    unasked: frozenset[UUID] = frozenset()
    accounts: tuple[Account, ...] = ()
    connected_at: Mapping[UUID, datetime] = field(default_factory=dict)
    workers: tuple[Worker, ...] = ()
    late: int = 0
    in_hand: frozenset[str] = frozenset()
    comments: tuple[Comments, ...] = ()
    comments_told: Mapping[str, TotalTold] = field(default_factory=dict)
    waiting: tuple[Publication, ...] = ()


def read_watched(
    tx: Tx, now: datetime, *, due_since: datetime, comments_since: datetime | None
) -> Watched:
    """Read it: trouble with posts due since an instant, comments on posts published since another.

    Without `comments_since` comments are left out; reading them takes longest.
    """
    told = totals_told(tx, AlertKind.COMMENTS) if comments_since else {}
    return Watched(
        at_utc=now,
        trouble=list_publications(tx, states=list(TROUBLE), due_from=due_since),
        cut=list_publications(
            tx, states=[State.PUBLISHED], due_from=due_since, reason_key="publishing.cut"
        ),
        unasked=frozenset(
            tx.execute(
                select(publication.c.id).where(
                    publication.c.state == State.UNCERTAIN, publication.c.next_at_utc.is_(None)
                )
            ).scalars()
        ),
        accounts=list_accounts(tx),
        connected_at={
            row.account_id: row.saved_at_utc
            for row in tx.execute(select(credential.c.account_id, credential.c.saved_at_utc))
        },
        workers=list_workers(tx),
        late=late_count(tx, now),
        in_hand=frozenset(
            tx.execute(select(attempt.c.owner).where(attempt.c.ended_at_utc.is_(None))).scalars()
        ),
        comments=_comments(tx, comments_since, told) if comments_since else (),
        comments_told=told,
        waiting=list_publications(tx, states=[State.RETRY_WAITING], due_from=due_since),
    )


def late_count(tx: Tx, now: datetime) -> int:
    """Count what nothing keeps from going out and what yet nobody has taken up."""
    found: int | None = tx.execute(
        select(func.count())
        .select_from(publication)
        .join(post, post.c.id == publication.c.post_id)
        .join(account, account.c.id == publication.c.account_id)
        .where(
            publication.c.next_at_utc <= now - SILENT_AFTER,
            publication.c.state.in_(list(CLAIMABLE)),
            account.c.state == AccountState.ACTIVE,
            func.coalesce(account.c.next_free_at_utc, publication.c.next_at_utc)
            <= now - SILENT_AFTER,
            ~is_held(now),
        )
    ).scalar()
    return int(found or 0)


def _comments(tx: Tx, since: datetime, told: Mapping[str, TotalTold]) -> tuple[Comments, ...]:
    last = (
        select(snapshot.c.publication_id, func.max(snapshot.c.taken_at_utc).label("taken_at_utc"))
        .join(publication, publication.c.id == snapshot.c.publication_id)
        .where(
            snapshot.c.metric == Metric.COMMENTS,
            snapshot.c.value.is_not(None),
            publication.c.state == State.PUBLISHED,
            publication.c.published_at_utc >= since,
        )
        .group_by(snapshot.c.publication_id)
        .subquery()
    )
    rows = tx.execute(
        select(
            publication.c.id,
            publication.c.reference,
            publication.c.permalink,
            account.c.name,
            snapshot.c.value,
        )
        .join(last, last.c.publication_id == publication.c.id)
        .join(account, account.c.id == publication.c.account_id)
        .join(
            snapshot,
            and_(
                snapshot.c.publication_id == publication.c.id,
                snapshot.c.taken_at_utc == last.c.taken_at_utc,
                snapshot.c.metric == Metric.COMMENTS,
            ),
        )
        .where(snapshot.c.value > 0)
        .order_by(publication.c.reference)
    ).all()
    return tuple(
        Comments(
            row.reference, row.name, row.permalink, int(row.value), _lowest(tx, row.id, told_of)
        )
        for row in rows
        for told_of in [told.get(row.reference)]
    )


def _lowest(tx: Tx, publication_id: UUID, told: TotalTold | None) -> int | None:
    """Return the least number since it was told: comments that were deleted can come back."""
    if told is None:
        return None
    lowest: int | None = tx.execute(
        select(func.min(snapshot.c.value)).where(
            snapshot.c.publication_id == publication_id,
            snapshot.c.metric == Metric.COMMENTS,
            snapshot.c.value.is_not(None),
            snapshot.c.taken_at_utc >= told.at_utc,
        )
    ).scalar()
    return told.total if lowest is None else min(told.total, int(lowest))
