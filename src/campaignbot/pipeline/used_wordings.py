"""Which wordings stand on each account already, so that a new campaign chooses others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from campaignbot.domain.brief import Channel
from campaignbot.drafting.choice import UsedWordings
from campaignbot.storage.database import Database
from campaignbot.storage.used_texts import UsedText, used_texts


def texts_in_use(database: Database) -> tuple[UsedText, ...]:
    """Return what stands on the accounts, or waits to."""
    with database.read() as tx:
        return used_texts(tx)


def used_wordings(texts: Sequence[UsedText], channels: Iterable[Channel]) -> UsedWordings:
    """Return the wordings that a channel's account has told already."""
    used = UsedWordings()
    for channel in channels:
        for text in texts:
            if text.account == channel.account:
                used.add(channel.key, text.angle, text.wording, text.facts)
    return used
