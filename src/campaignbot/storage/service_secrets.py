"""Sealed secrets that belong to no account: of the mail server, of the ways to alert."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, insert, select, update

from campaignbot.storage.database import Tx
from campaignbot.storage.tables import service_secret


def save_service_secret(tx: Tx, name: str, sealed: bytes, *, now: datetime) -> None:
    """Store an encrypted secret in place of the earlier one of this name."""
    values = {"encrypted": sealed, "saved_at_utc": now}
    done = tx.execute(update(service_secret).where(service_secret.c.name == name).values(**values))
    if done.rowcount == 0:
        tx.execute(insert(service_secret).values(name=name, **values))


def service_secret_of(tx: Tx, name: str) -> bytes | None:
    """Return the encrypted secret of this name; None when there is none."""
    sealed: bytes | None = tx.execute(
        select(service_secret.c.encrypted).where(service_secret.c.name == name)
    ).scalar()
    return sealed


def forget_service_secret(tx: Tx, name: str) -> bool:
    """Delete the secret; False when there was none."""
    done = tx.execute(delete(service_secret).where(service_secret.c.name == name))
    return bool(done.rowcount)


def service_secrets_named(tx: Tx, beginning: str) -> tuple[tuple[str, bytes, datetime], ...]:
    """Return name, encrypted secret and time of storing of all whose name begins so, by name."""
    rows = tx.execute(
        select(service_secret)
        .where(service_secret.c.name.startswith(beginning, autoescape=True))
        .order_by(service_secret.c.name)
    )
    return tuple((row.name, row.encrypted, row.saved_at_utc) for row in rows)
