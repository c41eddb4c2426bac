"""Renewing access before it ends, on any number of machines at once.

A failure never costs an access that works: the new secrets take the place of the old ones in one
step, once they are there, and until then the old ones stay. Only one machine asks at a time, for a
refresh token may be good for one use.
"""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from datetime import datetime, timedelta
from enum import StrEnum

import structlog

from campaignbot.connecting.access import Access
from campaignbot.connecting.apps import require_app
from campaignbot.connecting.lasting import lifetime_of, person_needed_at
from campaignbot.domain.accounts import Account
from campaignbot.domain.errors import UserError
from campaignbot.platforms.consent import Credentials
from campaignbot.platforms.errors import (
    AuthError,
    PermissionMissing,
    PlatformError,
    PlatformUnavailable,
    RateLimitReached,
)
from campaignbot.storage import accounts, credentials
from campaignbot.storage.credentials import Stored
from campaignbot.storage.database import StorageError, Tx

_log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=5)
"""How long one machine may take; another one asks after that."""

_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
_MOST_REFUSALS = 3
# LinkedIn may refuse a token for some seconds after it gave it.
_SETTLES = timedelta(minutes=2)
_FRESH = timedelta(minutes=10)
_ACTOR = "system:renew"


class Renewal(StrEnum):
    """What became of one try to renew. `OVERTAKEN`: somebody else is at it, or was."""

    RENEWED = "renewed"
    FAILED = "failed"
    REFUSED = "refused"
    OVERTAKEN = "overtaken"
    UNSAVED = "unsaved"


def renew_due(access: Access) -> Counter[Renewal]:
    """Renew what is due, one account after the other, and count what became of it."""
    done: Counter[Renewal] = Counter()
    _save_left_over(access)
    with access.database.read() as tx:
        due = credentials.to_renew(tx, access.clock.now())
        by_id = {account.id: account for account in accounts.list_accounts(tx)}
    for stored in due:
        account = by_id[stored.account_id]
        if account.key in access.keys and (known := _opened(access, account, stored)):
            done[_renew(access, account, stored, known)] += 1
    return done


def renew_refused(access: Access, account: Account, since: datetime) -> bool:
    """Renew an access that the platform refused in a call begun at `since`.

    Returns whether trying the call again later makes sense: it was renewed, here or elsewhere, or
    the platform could not be asked. False where only a person can help.
    """
    # Asked again with a refresh token that was used, the platform would refuse.
    _save_left_over(access)
    with access.database.read() as tx:
        stored = credentials.stored_of(tx, account.id)
    known = _opened(access, account, stored) if stored is not None else None
    if stored is None or known is None:
        return False
    now, trouble = access.clock.now(), stored.renewing
    if stored.saved_at_utc >= since or now - stored.saved_at_utc < _SETTLES:
        return True
    if now - stored.saved_at_utc < _FRESH or trouble.refusals >= _MOST_REFUSALS:
        return False
    waits = stored.lifetime.renew_at_utc
    if trouble.failures and waits is not None and waits > now:
        return trouble.refusals == 0
    return _renew(access, account, stored, known) is not Renewal.REFUSED


def renewable(access: Access, account: Account, secrets: Credentials) -> bool:
    """Tell whether these secrets hold what renewing needs."""
    connecting = access.platform(account).connecting
    return connecting is not None and bool(secrets.secrets.get(connecting.renews_by))


def _opened(access: Access, account: Account, stored: Stored) -> Credentials | None:
    """Return what is stored, opened; None where it cannot be renewed here."""
    try:
        secrets = access.vault(False).open(stored.sealed)
    except UserError as error:
        # Another machine may have the right key.
        _log.warning("cannot renew here", account=account.key, problem=error.problems[0].what.key)
        return None
    kept = stored.lifetime
    known = Credentials(
        secrets, kept.expires_at_utc, kept.renew_at_utc, kept.person_by_utc, stored.permissions
    )
    return known if renewable(access, account, known) else None


def _renew(access: Access, account: Account, seen: Stored, known: Credentials) -> Renewal:
    now = access.clock.now()
    with access.database.write() as tx:
        if not credentials.take_to_renew(tx, seen, now=now, until=now + LEASE):
            return Renewal.OVERTAKEN
    try:
        app = require_app(access, account)
        with closing(access.open_consent(account, app, frozenset())) as consent:
            renewed = consent.renew(known, account.external_id)
    except StorageError:
        # Nothing was asked yet; the lease ends by itself.
        raise
    except UserError as error:
        return _failed(access, account, seen, error.problems[0].what.key)
    except (AuthError, PermissionMissing) as error:
        return _failed(access, account, seen, str(error), refused=True)
    except (PlatformUnavailable, RateLimitReached) as error:
        return _failed(access, account, seen, str(error), until=error.until_utc)
    except PlatformError as error:
        return _failed(access, account, seen, str(error))
    except Exception as error:
        # A defect in one adapter must not keep the others from being renewed; its text may hold a
        # secret, so only its kind is kept.
        _log.error("renewing failed", account=account.key, error=type(error).__name__)
        return _failed(access, account, seen, type(error).__name__)
    try:
        return _save(access, account, seen, renewed)
    except StorageError:
        with access.unsaved.lock:
            access.unsaved.by_account[account.id] = (seen, renewed)
        _log.error("renewed, and not saved yet", account=account.key)
        return Renewal.UNSAVED


def _save(access: Access, account: Account, seen: Stored, renewed: Credentials) -> Renewal:
    sealed, lifetime = access.vault(False).seal(renewed.secrets), lifetime_of(renewed)
    with access.database.write() as tx:
        now, granted = access.clock.now(), renewed.permissions
        if not credentials.replace_sealed(tx, seen, sealed, lifetime, now=now, permissions=granted):
            return Renewal.OVERTAKEN
        _tell_end(tx, account)
        accounts.end_expiry(tx, account.id, now=now, actor=_ACTOR)
    _log.info("access renewed", account=account.key, until=lifetime.expires_at_utc)
    return Renewal.RENEWED


def _save_left_over(access: Access) -> None:
    """Save what an earlier try could not; a database that fails again keeps it for the next."""
    with access.unsaved.lock:
        for account_id, (seen, renewed) in list(access.unsaved.by_account.items()):
            with access.database.read() as tx:
                account = accounts.account_by_id(tx, account_id)
            _save(access, account, seen, renewed)
            del access.unsaved.by_account[account_id]


def _failed(
    access: Access,
    account: Account,
    seen: Stored,
    said: str,
    *,
    refused: bool = False,
    until: datetime | None = None,
) -> Renewal:
    """Keep what is stored, and note when to try again."""
    now, trouble = access.clock.now(), seen.renewing
    again: datetime | None = now + min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** min(trouble.failures, 10))
    if until is not None and again is not None:
        again = max(again, until)
    if refused and trouble.refusals + 1 >= _MOST_REFUSALS:
        again = None
    with access.database.write() as tx:
        if not credentials.note_failure(tx, seen, again_at=again, refused=refused, said=said):
            return Renewal.OVERTAKEN
        _tell_end(tx, account)
    _log.warning("access not renewed", account=account.key, said=said, again=again)
    return Renewal.REFUSED if refused else Renewal.FAILED


def _tell_end(tx: Tx, account: Account) -> None:
    """Let people be warned of the day on which only they can help, and of no other."""
    stored = credentials.stored_of(tx, account.id)
    ends = person_needed_at(stored.lifetime, stored.renewing) if stored else None
    accounts.set_token_end(tx, account.id, ends)
