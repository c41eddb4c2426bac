"""What platforms charge for a post, and the most that an account may cost in a month."""

from __future__ import annotations

from datetime import datetime, timedelta

from campaignbot.domain.accounts import Account
from campaignbot.domain.messages import Message
from campaignbot.domain.money import Money
from campaignbot.domain.publication import Publication, State
from campaignbot.domain.spending import month_of
from campaignbot.platforms.protocol import Platform
from campaignbot.storage import publications, statistics
from campaignbot.storage.database import Tx

CAP_REACHED = "publishing.cap_reached"
LOOK_AGAIN = timedelta(hours=1)
"""A cap may be raised meanwhile."""


def too_dear(
    tx: Tx, publication: Publication, account: Account, platform: Platform, now: datetime
) -> tuple[Message, datetime] | None:
    """Return why a post must wait for its account's cap, and when to look again; None: it may go.

    What may have gone out and is not found yet counts as if it had. Nothing else of the account can
    go out meanwhile: one post of an account is published at a time.
    """
    cap, price = account.monthly_cap, platform.cost(publication.content)
    if cap is None or price is None:
        return None
    month = month_of(now, account.zone)
    spent = statistics.spent(
        tx, account.id, cap.currency, month.begins_at_utc, month.ends_at_utc
    ).total
    unsure = publications.list_publications(tx, states=[State.UNCERTAIN], account_id=account.id)
    for other in unsure:
        spent += platform.cost(other.content) or Money(0, cap.currency)
    if spent.micros + price.micros <= cap.micros:
        return None
    reason = Message(
        CAP_REACHED,
        {
            "account": account.name,
            "key": account.key,
            "cap": cap,
            "spent": spent,
            "price": price,
            "from": month.ends_at_utc,
        },
    )
    return reason, min(now + LOOK_AGAIN, month.ends_at_utc)
