"""Which texts and times the accounts have taken: what a new campaign leaves alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from campaignbot.storage.database import Tx
from campaignbot.storage.tables import FREE_WORDS, account, post, publication


@dataclass(frozen=True, slots=True)
class UsedText:
    """What a publication was made of; `facts` are those it told, key to hash.

    `angle` and `wording` are keys. A comment bears those of its post, in words of its own.
    """

    account: str
    angle: str
    wording: str
    facts: Mapping[str, str]
    text_key: str


def used_texts(tx: Tx) -> tuple[UsedText, ...]:
    """Return the texts of all publications but those that no longer stand, in no order."""
    rows = tx.execute(
        select(
            account.c.key,
            post.c.angle,
            post.c.wording,
            post.c.facts,
            publication.c.text_key,
        )
        .join(post, post.c.id == publication.c.post_id)
        .join(account, account.c.id == publication.c.account_id)
        .where(publication.c.state.not_in(FREE_WORDS))
    )
    return tuple(UsedText(*row) for row in rows)


def planned_times(tx: Tx, since: datetime) -> Mapping[str, Sequence[datetime]]:
    """Return the local times at which accounts post from an instant on, by the account's key."""
    rows = tx.execute(
        select(account.c.key, publication.c.planned_local)
        .join(account, account.c.id == publication.c.account_id)
        .where(publication.c.due_at_utc >= since, publication.c.state.not_in(FREE_WORDS))
        .order_by(publication.c.due_at_utc)
    )
    found: dict[str, list[datetime]] = {}
    for key, planned in rows:
        found.setdefault(key, []).append(planned)
    return found
