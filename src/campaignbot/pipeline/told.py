"""What was told on each account already, so that a new campaign tells it in other words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from campaignbot.domain.brief import Channel
from campaignbot.domain.content import text_key
from campaignbot.domain.publication import State
from campaignbot.drafting.angles import Angle
from campaignbot.drafting.drafts import text_of
from campaignbot.storage import accounts, publications
from campaignbot.storage.database import Database

# The same words can be used again where they never appeared, or no longer stand.
_FREE = frozenset({State.REJECTED, State.CANCELLED, State.REMOVED, State.SKIPPED})


@dataclass(frozen=True, slots=True)
class Told:
    """The texts that are taken on an account, by their `text_key`."""

    platform: str
    texts: set[str] = field(default_factory=set)


def told_on(database: Database) -> Mapping[str, Told]:
    """Return what was told, by the key of the account."""
    with database.read() as tx:
        known = {a.id: a for a in accounts.list_accounts(tx)}
        listed = publications.list_publications(tx, states=set(State) - _FREE)
    told = {account.key: Told(account.platform) for account in known.values()}
    for publication in listed:
        told[known[publication.account_id].key].texts.add(text_key(publication.content.text))
    return told


def used_wordings(
    told: Mapping[str, Told],
    channels: Iterable[Channel],
    angles: Sequence[Angle],
    facts: Mapping[str, Any],
) -> Mapping[str, set[tuple[str, int]]]:
    """Return the wordings of angles that a channel's account has told already, by channel."""
    used: dict[str, set[tuple[str, int]]] = defaultdict(set)
    for channel in channels:
        account = told.get(channel.account)
        if account is None or not account.texts:
            continue
        for angle in angles:
            for number, wording in enumerate(angle.wordings):
                if text_key(text_of(angle, wording, account.platform, facts)) in account.texts:
                    used[channel.key].add((angle.key, number))
    return used
