"""Reading statistics from the platforms."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from campaignbot.domain.accounts import Account, AccountState
from campaignbot.domain.clock import Clock
from campaignbot.domain.messages import Message
from campaignbot.domain.metrics import Metrics, Missing
from campaignbot.domain.publication import Publication, State
from campaignbot.platforms.errors import AuthError, PermissionMissing, PlatformError
from campaignbot.platforms.protocol import Adapter, Platform
from campaignbot.storage import accounts, publications, statistics
from campaignbot.storage.database import Database

_log = structlog.get_logger(__name__)

_H, _D = timedelta(hours=1), timedelta(days=1)
_EARLY = (1 * _H, 3 * _H, 6 * _H, 12 * _H, 1 * _D, 2 * _D, 3 * _D)
_DAILY_UNTIL = 14 * _D
# The last weekly reading is that of the sixtieth day.
_READ_UNTIL = (60 + 7) * _D


@dataclass
class CollectReport:
    """What one round of reading brought; `failed` are accounts with the platform's words."""

    posts: int = 0
    numbers: int = 0
    gone: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)


def reading_due(published_at: datetime, last: datetime | None, now: datetime) -> bool:
    """Tell whether a post is worth a reading: often at first, then daily, then weekly, to 60 days.

    Most of what happens to a post happens in its first days.
    """
    age = now - published_at
    if age < _EARLY[0] or age > _READ_UNTIL:
        return False
    if last is None:
        return True
    marks = [mark for mark in _EARLY if mark <= age]
    step = _D if age <= _DAILY_UNTIL else 7 * _D
    if age > _EARLY[-1]:
        marks.append(_EARLY[-1] + step * ((age - _EARLY[-1]) // step))
    return last < published_at + marks[-1]


def collect(
    database: Database,
    clock: Clock,
    platforms: Mapping[str, Platform],
    open_adapter: Callable[[Account], Adapter],
    renew: Callable[[Account, datetime], bool] = lambda _account, _since: False,
) -> CollectReport:
    """Read what is due of every account; one that fails does not keep the others from it.

    `renew` renews an access that was refused in a call begun at an instant, and tells whether that
    helps: then it is read at the next turn.
    """
    report, now = CollectReport(), clock.now()
    for account, posts in _due(database, now).items():
        platform = platforms[account.platform]
        if platform.hands_over or not account.state.readable:
            continue
        try:
            adapter = open_adapter(account)
            refused = _read_posts(database, adapter, account, platform, posts, report, now)
            _note_refusal(database, account, platform, refused, report)
            _read_account(database, adapter, account, now)
        except PlatformError as error:
            if isinstance(error, AuthError) and not renew(account, now):
                _hold_account(database, account, now)
            report.failed[account.key] = str(error)
            _log.warning("statistics not read", account=account.key, said=str(error))
    return report


def _note_refusal(
    database: Database,
    account: Account,
    platform: Platform,
    refused: PermissionMissing | None,
    report: CollectReport,
) -> None:
    """Keep for people which permission lacks, until the numbers can be read."""
    why = None
    if refused is not None:
        told = {"platform": platform.label, "said": str(refused), "advice": str(refused.advice)}
        why = Message("account.unmeasured", told)
        report.failed[account.key] = str(refused)
        _log.warning("statistics not allowed", account=account.key, said=str(refused))
    if why != account.unmeasured:
        with database.write() as tx:
            accounts.note_unmeasured(tx, account.id, why)


def _hold_account(database: Database, account: Account, now: datetime) -> None:
    """Say that the account must be connected again, before a post has to find out."""
    with database.write() as tx:
        accounts.set_account_state(
            tx, account.id, AccountState.TOKEN_EXPIRED, now=now, actor="system:measuring"
        )


def _due(database: Database, now: datetime) -> Mapping[Account, list[Publication]]:
    with database.read() as tx:
        last = statistics.last_snapshots(tx)
        by_id = {account.id: account for account in accounts.list_accounts(tx)}
        found: dict[UUID, list[Publication]] = defaultdict(list)
        for publication in publications.list_publications(
            tx, states=[State.PUBLISHED], published_from=now - _READ_UNTIL
        ):
            at = publication.published_at_utc
            if publication.external_id and at and reading_due(at, last.get(publication.id), now):
                found[publication.account_id].append(publication)
    return {by_id[account_id]: posts for account_id, posts in found.items()}


def _read_posts(
    database: Database,
    adapter: Adapter,
    account: Account,
    platform: Platform,
    posts: list[Publication],
    report: CollectReport,
    now: datetime,
) -> PermissionMissing | None:
    """Read the numbers of an account's posts; return the refusal where a permission lacks.

    The posts then count as read, without numbers: they are asked for again at the usual times.
    """
    refused: PermissionMissing | None = None
    batch = platform.metrics_batch
    for start in range(0, len(posts), batch):
        asked = {p.external_id or "": p for p in posts[start : start + batch]}
        try:
            told = adapter.fetch_metrics(list(asked))
        except PermissionMissing as error:
            refused = error
            _note_unallowed(database, platform, asked.values(), now)
            continue
        with database.write() as tx:
            for external_id, metrics in told.items():
                report.numbers += statistics.add_snapshot(
                    tx, metrics, publication_id=asked[external_id].id
                )
            if told and platform.read_price is not None:
                statistics.add_cost(
                    tx,
                    platform.read_price * len(told),
                    account_id=account.id,
                    publication_id=None,
                    now=now,
                    estimated=True,
                )
        report.posts += len(told)
        report.gone += [asked[i].reference for i in asked if i not in told]
    return refused


def _note_unallowed(
    database: Database, platform: Platform, posts: Iterable[Publication], now: datetime
) -> None:
    metrics = Metrics(now, missing=dict.fromkeys(platform.metrics, Missing.NO_PERMISSION))
    with database.write() as tx:
        for publication in posts:
            statistics.add_snapshot(tx, metrics, publication_id=publication.id)


def _read_account(database: Database, adapter: Adapter, account: Account, now: datetime) -> None:
    with database.read() as tx:
        last = statistics.last_account_snapshot(tx, account.id)
    if last is not None and now - last < _D:
        return
    metrics = adapter.fetch_account_metrics()
    with database.write() as tx:
        statistics.add_snapshot(tx, metrics, account_id=account.id)
