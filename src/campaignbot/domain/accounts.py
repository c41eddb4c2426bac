"""Accounts of the organisation on platforms, and what can hold publications back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from campaignbot.domain.messages import Message


class AccountState(StrEnum):
    """Whether an account can be published to. Any but `ACTIVE` holds its publications."""

    ACTIVE = "active"
    NOT_CONNECTED = "not_connected"
    TOKEN_EXPIRED = "token_expired"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Account:
    """One page, profile or offline channel of the organisation.

    `key` is the name in `config/accounts.yaml`, `platform` an adapter's name (`manual` for all
    that no adapter posts to), `external_id` the platform's own id of the page.
    """

    id: UUID
    key: str
    platform: str
    name: str
    external_id: str
    zone: str
    state: AccountState = AccountState.ACTIVE
    token_expires_at_utc: datetime | None = None


class HoldScope(StrEnum):
    """What a hold covers."""

    ALL = "all"
    CAMPAIGN = "campaign"
    VACANCY = "vacancy"
    ACCOUNT = "account"
    PUBLICATION = "publication"


@dataclass(frozen=True, slots=True)
class Hold:
    """Keeps what it covers from being claimed, from now until it is lifted.

    `scope_id` is None for `HoldScope.ALL` only. `by` is a person's name or `system`.
    """

    id: UUID
    scope: HoldScope
    scope_id: UUID | None
    reason: Message
    by: str
    from_utc: datetime
    until_utc: datetime | None = None
    lifted_at_utc: datetime | None = None
