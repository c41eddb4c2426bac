"""Credentials as the database knows them: sealed, with their expiry."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Uuid, bindparam, delete, insert, select, update

from campaignbot.storage.database import Tx
from campaignbot.storage.tables import credential

_SEALED = select(credential.c.encrypted, credential.c.expires_at_utc).where(
    credential.c.account_id == bindparam("of_id", type_=Uuid())
)


def save_sealed(
    tx: Tx, account_id: UUID, sealed: bytes, expires_at_utc: datetime | None, *, now: datetime
) -> None:
    """Store the encrypted secrets of an account in place of the earlier ones."""
    values = {"encrypted": sealed, "expires_at_utc": expires_at_utc, "saved_at_utc": now}
    done = tx.execute(
        update(credential).where(credential.c.account_id == account_id).values(**values)
    )
    if done.rowcount == 0:
        tx.execute(insert(credential).values(account_id=account_id, **values))


def sealed_of(tx: Tx, account_id: UUID) -> tuple[bytes, datetime | None] | None:
    """Return the encrypted secrets of an account with their expiry; None when it has none."""
    row = tx.execute(_SEALED, {"of_id": account_id}).one_or_none()
    return (row.encrypted, row.expires_at_utc) if row else None


def forget_sealed(tx: Tx, account_id: UUID) -> None:
    """Delete the encrypted secrets of an account."""
    tx.execute(delete(credential).where(credential.c.account_id == account_id))
