"""What platforms charge for a post."""

from __future__ import annotations

from datetime import datetime

from campaignbot.domain.publication import Publication
from campaignbot.platforms.protocol import Platform
from campaignbot.storage import statistics
from campaignbot.storage.database import Tx


def note_cost(tx: Tx, publication: Publication, platform: Platform, now: datetime) -> None:
    """Store what the platform's price list says about a post that now stands on it, if it asks."""
    price = platform.cost(publication.content)
    if price is not None:
        statistics.add_cost(
            tx,
            price,
            account_id=publication.account_id,
            publication_id=publication.id,
            now=now,
            estimated=True,
        )
