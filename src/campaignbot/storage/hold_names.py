"""What people call the thing that a hold covers."""

from __future__ import annotations

from sqlalchemy import select

from campaignbot.domain.accounts import Hold, HoldScope
from campaignbot.storage.database import Tx
from campaignbot.storage.tables import account, campaign, publication, vacancy

_NAMED = {
    HoldScope.CAMPAIGN: (campaign.c.id, campaign.c.key),
    HoldScope.VACANCY: (vacancy.c.id, vacancy.c.reference),
    HoldScope.ACCOUNT: (account.c.id, account.c.key),
    HoldScope.PUBLICATION: (publication.c.id, publication.c.reference),
}


def name_of(tx: Tx, hold: Hold) -> str:
    """Return the key or reference of what a hold covers; empty where it covers everything."""
    if hold.scope is HoldScope.ALL:
        return ""
    identity, name = _NAMED[hold.scope]
    found: str | None = tx.execute(select(name).where(identity == hold.scope_id)).scalar()
    return found or "?"
