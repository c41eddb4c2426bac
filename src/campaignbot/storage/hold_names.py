"""What people call the thing that a hold covers."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from campaignbot.domain.accounts import HoldScope
from campaignbot.storage.database import Tx
from campaignbot.storage.tables import account, campaign, publication, vacancy

_NAMED = {
    HoldScope.CAMPAIGN: (campaign.c.id, campaign.c.key),
    HoldScope.VACANCY: (vacancy.c.id, vacancy.c.reference),
    HoldScope.CLOSED_VACANCY: (vacancy.c.id, vacancy.c.reference),
    HoldScope.ACCOUNT: (account.c.id, account.c.key),
    HoldScope.PUBLICATION: (publication.c.id, publication.c.reference),
}


def name_of(tx: Tx, scope: HoldScope, scope_id: UUID | None) -> str:
    """Return the key or reference of what a hold covers; empty where it covers everything."""
    if scope is HoldScope.ALL:
        return ""
    identity, name = _NAMED[scope]
    found: str | None = tx.execute(select(name).where(identity == scope_id)).scalar()
    return found or "?"
