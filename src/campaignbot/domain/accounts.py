"""Accounts of the organisation on platforms, and what can hold publications back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from campaignbot.domain.messages import Message
from campaignbot.domain.money import Money


class AccountState(StrEnum):
    """Whether an account can be published to. Any but `ACTIVE` holds its publications.

    `LACKS_PERMISSION`: the token is good, but the platform refused to publish with it. Only
    connecting the account anew ends that.
    """

    ACTIVE = "active"
    NOT_CONNECTED = "not_connected"
    TOKEN_EXPIRED = "token_expired"
    LACKS_PERMISSION = "lacks_permission"
    PAUSED = "paused"

    @property
    def readable(self) -> bool:
        """Whether the account's token is good for reading."""
        return self in {AccountState.ACTIVE, AccountState.LACKS_PERMISSION}


class LinkPlace(StrEnum):
    """Where a post on an account leads its readers on: each costs and reads differently."""

    IN_TEXT = "in_text"
    IN_REPLY = "in_reply"
    IN_PICTURE = "in_picture"


@dataclass(frozen=True, slots=True)
class Account:
    """One page, profile or offline channel of the organisation.

    `key` is the name in `config/accounts.yaml`, `platform` an adapter's name (`manual` for all
    that no adapter posts to), `external_id` the platform's own id of the page. Accounts with the
    same `app` share what their platform allows that app. `spacing` is the least time between two
    posts, None for the team's own. `monthly_cap` is what its posts and readings may cost in a
    calendar month, None for as much as it takes. `link` says where drafts put the link. `lacks` is
    what the platform said when it refused to publish for want of a permission, `unmeasured` when it
    refused the numbers of posts.
    """

    id: UUID
    key: str
    platform: str
    name: str
    external_id: str
    zone: str
    state: AccountState = AccountState.ACTIVE
    token_expires_at_utc: datetime | None = None
    app: str = ""
    spacing: timedelta | None = None
    monthly_cap: Money | None = None
    link: LinkPlace = LinkPlace.IN_TEXT
    lacks: Message | None = field(default=None, hash=False)
    unmeasured: Message | None = field(default=None, hash=False)


class BudgetOwner(StrEnum):
    """Whose a rate budget is: the account's alone, or that of all accounts of its app."""

    ACCOUNT = "account"
    APP = "app"


@dataclass(frozen=True, slots=True)
class RateBudget:
    """What a platform said is left of one of its limits on posting, until it begins anew.

    `remaining` counts posts, or percents where the platform tells a share of what is allowed.
    """

    owner: BudgetOwner
    bucket: str
    remaining: int
    resets_at_utc: datetime


class HoldScope(StrEnum):
    """What a hold covers.

    VACANCY covers every post about one; CLOSED_VACANCY, placed when it closes, only those that
    make no sense without it: what is about the employer or the talent pool goes on.
    """

    ALL = "all"
    CAMPAIGN = "campaign"
    VACANCY = "vacancy"
    CLOSED_VACANCY = "closed_vacancy"
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
