"""Credentials as the database knows them: sealed, with how long they last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, and_, bindparam, delete, insert, or_, select, update

from campaignbot.domain.accounts import AccountState
from campaignbot.storage.database import Tx
from campaignbot.storage.tables import account, credential

_SEALED = select(credential.c.encrypted, credential.c.expires_at_utc).where(
    credential.c.account_id == bindparam("of_id", type_=Uuid())
)


@dataclass(frozen=True, slots=True)
class Lifetime:
    """How long sealed secrets last; the fields mean what those of `Credentials` do."""

    expires_at_utc: datetime | None = None
    renew_at_utc: datetime | None = None
    person_by_utc: datetime | None = None


@dataclass(frozen=True, slots=True)
class Renewing:
    """How renewing went since it last worked. `said` are the platform's words of the last failure.

    `until_utc` is set while somebody is at it.
    """

    until_utc: datetime | None = None
    failures: int = 0
    refusals: int = 0
    said: str | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """The sealed secrets of an account, with all that is known of them.

    `permissions` are those of `Credentials`, as they were last told.
    """

    account_id: UUID
    sealed: bytes
    lifetime: Lifetime
    saved_at_utc: datetime
    renewing: Renewing
    permissions: frozenset[str] | None = None


def save_sealed(
    tx: Tx,
    account_id: UUID,
    sealed: bytes,
    lifetime: Lifetime | None,
    *,
    now: datetime,
    permissions: frozenset[str] | None = None,
) -> None:
    """Store the encrypted secrets of an account in place of the earlier ones."""
    values = _fresh(sealed, lifetime or Lifetime(), now, permissions)
    done = tx.execute(
        update(credential).where(credential.c.account_id == account_id).values(**values)
    )
    if done.rowcount == 0:
        tx.execute(insert(credential).values(account_id=account_id, **values))


def sealed_of(tx: Tx, account_id: UUID) -> tuple[bytes, datetime | None] | None:
    """Return the encrypted secrets of an account with their expiry; None when it has none."""
    row = tx.execute(_SEALED, {"of_id": account_id}).one_or_none()
    return (row.encrypted, row.expires_at_utc) if row else None


def stored_of(tx: Tx, account_id: UUID) -> Stored | None:
    """Return all about the secrets of an account; None when it has none."""
    row = tx.execute(select(credential).where(credential.c.account_id == account_id)).one_or_none()
    return _stored(row) if row else None


def all_stored(tx: Tx) -> Mapping[UUID, Stored]:
    """Return the secrets of all accounts that have some."""
    return {row.account_id: _stored(row) for row in tx.execute(select(credential))}


def to_renew(tx: Tx, now: datetime) -> tuple[Stored, ...]:
    """Return what is due to be renewed and in nobody's hands, the most urgent first.

    Paused accounts too: after a long pause their access must not be gone.
    """
    rows = tx.execute(
        select(credential)
        .join(account, account.c.id == credential.c.account_id)
        .where(
            credential.c.renew_at_utc <= now,
            account.c.state != AccountState.NOT_CONNECTED,
            _in_nobodys_hands(now),
        )
        .order_by(credential.c.renew_at_utc)
    )
    return tuple(_stored(row) for row in rows)


def take_to_renew(tx: Tx, seen: Stored, *, now: datetime, until: datetime) -> bool:
    """Take what was seen into one's own hands; False when it changed, or another has it."""
    done = tx.execute(
        update(credential).where(_is(seen), _in_nobodys_hands(now)).values(renewing_until_utc=until)
    )
    return done.rowcount > 0


def replace_sealed(
    tx: Tx,
    seen: Stored,
    sealed: bytes,
    lifetime: Lifetime,
    *,
    now: datetime,
    permissions: frozenset[str] | None = None,
) -> bool:
    """Put renewed secrets in the place of those that were seen; False when others stand there."""
    values = _fresh(sealed, lifetime, now, permissions)
    return tx.execute(update(credential).where(_is(seen)).values(**values)).rowcount > 0


def note_permissions(tx: Tx, account_id: UUID, sealed: bytes, permissions: frozenset[str]) -> None:
    """Note what these secrets of an account allow, unless others stand there by now."""
    these = and_(credential.c.account_id == account_id, credential.c.encrypted == sealed)
    tx.execute(update(credential).where(these).values(permissions=_listed(permissions)))


def note_end(tx: Tx, account_id: UUID, sealed: bytes, lifetime: Lifetime) -> bool:
    """Note when these secrets of an account end, where nothing is known of that; else False."""
    these = and_(
        credential.c.account_id == account_id,
        credential.c.encrypted == sealed,
        credential.c.expires_at_utc.is_(None),
        credential.c.renew_at_utc.is_(None),
        credential.c.person_by_utc.is_(None),
    )
    values = {
        "expires_at_utc": lifetime.expires_at_utc,
        "person_by_utc": lifetime.person_by_utc,
    }
    return tx.execute(update(credential).where(these).values(**values)).rowcount > 0


def note_failure(
    tx: Tx, seen: Stored, *, again_at: datetime | None, refused: bool, said: str
) -> bool:
    """Note that renewing failed and when to try again (None: never); the secrets stay."""
    done = tx.execute(
        update(credential)
        .where(_is(seen))
        .values(
            renewing_until_utc=None,
            renew_at_utc=again_at,
            renew_failures=credential.c.renew_failures + 1,
            renew_refusals=credential.c.renew_refusals + (1 if refused else 0),
            renew_said=said[:500],
        )
    )
    return done.rowcount > 0


def forget_sealed(tx: Tx, account_id: UUID) -> None:
    """Delete the encrypted secrets of an account."""
    tx.execute(delete(credential).where(credential.c.account_id == account_id))


def _is(seen: Stored) -> Any:
    return and_(credential.c.account_id == seen.account_id, credential.c.encrypted == seen.sealed)


def _in_nobodys_hands(now: datetime) -> Any:
    taken = credential.c.renewing_until_utc
    return or_(taken.is_(None), taken <= now)


def _listed(permissions: frozenset[str] | None) -> list[str] | None:
    return None if permissions is None else sorted(permissions)


def _fresh(
    sealed: bytes, lifetime: Lifetime, now: datetime, permissions: frozenset[str] | None
) -> dict[str, Any]:
    return {
        "encrypted": sealed,
        "expires_at_utc": lifetime.expires_at_utc,
        "renew_at_utc": lifetime.renew_at_utc,
        "person_by_utc": lifetime.person_by_utc,
        "saved_at_utc": now,
        "renewing_until_utc": None,
        "renew_failures": 0,
        "renew_refusals": 0,
        "renew_said": None,
        "permissions": _listed(permissions),
    }


def _stored(row: Any) -> Stored:
    return Stored(
        row.account_id,
        row.encrypted,
        Lifetime(row.expires_at_utc, row.renew_at_utc, row.person_by_utc),
        row.saved_at_utc,
        Renewing(row.renewing_until_utc, row.renew_failures, row.renew_refusals, row.renew_said),
        None if row.permissions is None else frozenset(row.permissions),
    )
