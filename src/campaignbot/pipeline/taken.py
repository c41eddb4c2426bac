"""What the accounts have taken already, so that a new campaign chooses other words and times."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from campaignbot.domain.brief import Channel
from campaignbot.drafting.choice import UsedWordings
from campaignbot.storage.database import Database
from campaignbot.storage.used_texts import UsedText, planned_times, used_texts


@dataclass(frozen=True, slots=True)
class Taken:
    """The texts that stand on accounts or wait to, and the local times at which they post.

    `times` are by the account's key.
    """

    texts: Sequence[UsedText] = ()
    times: Mapping[str, Sequence[datetime]] = field(default_factory=dict)


NOTHING_TAKEN = Taken()


def taken_on(database: Database, now: datetime) -> Taken:
    """Return what is taken as of now; times that are past are free."""
    with database.read() as tx:
        return Taken(used_texts(tx), planned_times(tx, now))


def used_wordings(texts: Sequence[UsedText], channels: Iterable[Channel]) -> UsedWordings:
    """Return the wordings that a channel's account has told already."""
    used = UsedWordings()
    for channel in channels:
        for text in texts:
            if text.account == channel.account:
                used.add(channel.key, text.angle, text.wording, text.facts)
    return used
