"""What posts cost before they are published: one by one, a month, a campaign."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from campaignbot.checking import MonthlySum
from campaignbot.domain.accounts import Account, LinkPlace
from campaignbot.domain.content import Content, MediaItem
from campaignbot.domain.money import Money
from campaignbot.domain.publication import Publication, State
from campaignbot.domain.spending import Month, month_of
from campaignbot.domain.walltime import WallTime
from campaignbot.drafting.choice import Choice
from campaignbot.drafting.drafts import Draft, make_draft
from campaignbot.pipeline.linking import place_link
from campaignbot.pipeline.proposing import Proposal
from campaignbot.pipeline.studio import Studio
from campaignbot.platforms.protocol import Platform
from campaignbot.settings import Settings
from campaignbot.storage import accounts, publications, statistics
from campaignbot.storage.database import Database, Tx

# Every draft has one picture with a description.
_PICTURE = MediaItem("0" * 64, "image/jpeg", 1600, 900, "-")
# What costs nothing any more, or is among the costs already.
_SETTLED = frozenset(
    {
        State.REJECTED,
        State.CANCELLED,
        State.SKIPPED,
        State.MISSED,
        State.FAILED,
        State.PUBLISHED,
        State.REMOVED,
    }
)


def monthly_sum(
    tx: Tx, publication: Publication, account: Account, platform: Platform
) -> MonthlySum | None:
    """Return what the account costs in the month of a publication, up to and with it.

    That is what was spent and what is planned before it; None for an account without a cap.
    """
    cap, price = account.monthly_cap, platform.cost(publication.content)
    if cap is None or price is None:
        return None
    month = month_of(publication.due_at_utc, account.zone)
    place = publication.due_at_utc, publication.id
    before = [
        other
        for other in planned(tx, account, month)
        if other.id != publication.id and (other.due_at_utc, other.id) < place
    ]
    total = spent(tx, account, cap.currency, month) + price
    for other in before:
        total += platform.cost(other.content) or Money(0, cap.currency)
    return MonthlySum(account.name, first_day(month, account), total, cap)


def spent(tx: Tx, account: Account, currency: str, month: Month) -> Money:
    begins, ends = month.begins_at_utc, month.ends_at_utc
    return statistics.spent(tx, account.id, currency, begins, ends).total


def planned(tx: Tx, account: Account, month: Month) -> tuple[Publication, ...]:
    """Return what may still go out on an account in a month."""
    return publications.list_publications(
        tx,
        states=set(State) - _SETTLED,
        account_id=account.id,
        due_from=month.begins_at_utc,
        due_before=month.ends_at_utc,
    )


def first_day(month: Month, account: Account) -> date:
    return WallTime.at(month.begins_at_utc, account.zone).local.date()


@dataclass(frozen=True, slots=True)
class MonthEstimate:
    """What an account costs in a month, with a campaign and all that is there already."""

    first_day: date
    total: Money
    cap: Money


@dataclass(frozen=True, slots=True)
class AccountEstimate:
    """What a campaign costs on one account, by the price list; replies count as posts.

    `saved` is what links in pictures save, `could_save` what they would. `over` are the months in
    which the account's cap would be passed.
    """

    account: Account
    posts: int
    total: Money
    saved: Money
    could_save: Money
    over: tuple[MonthEstimate, ...] = ()


def estimate(
    proposal: Proposal,
    database: Database,
    settings: Settings,
    platforms: Mapping[str, Platform],
    studio: Studio,
) -> tuple[AccountEstimate, ...]:
    """Return what a proposal costs on each account that is charged for; stores nothing."""
    with database.read() as tx:
        known = {account.key: account for account in accounts.list_accounts(tx)}
        by_channel = {p.channel.key: known[p.channel.account] for p in proposal.plan.channels}
        priced: defaultdict[str, list[_Priced]] = defaultdict(list)
        for choice in proposal.choices:
            account = by_channel[choice.slot.channel]
            platform = platforms[account.platform]
            draft = make_draft(choice, platform, choice.offer.known)
            if one := _priced(choice, draft, account, platform, studio):
                priced[account.key].append(one)
        return tuple(
            _estimate(tx, known[key], platforms[known[key].platform], found)
            for key, found in sorted(priced.items())
        )


@dataclass(frozen=True, slots=True)
class _Priced:
    """What one post costs as it is placed, with its link in the text, and in the picture."""

    due: datetime
    publications: int
    price: Money
    in_text: Money
    in_picture: Money


def _priced(
    choice: Choice, draft: Draft, account: Account, platform: Platform, studio: Studio
) -> _Priced | None:
    plain = Content(draft.text, media=(_PICTURE,))
    linked = replace(plain, link=draft.destination)
    without, with_link = platform.cost(plain), platform.cost(linked)
    if without is None or with_link is None:
        return None
    place = place_link(draft, account.link, studio).place
    in_picture = place_link(draft, LinkPlace.IN_PICTURE, studio).place
    reply = platform.cost(Content("", draft.destination)) or Money(0, without.currency)
    prices = {
        LinkPlace.IN_TEXT: with_link,
        LinkPlace.IN_PICTURE: without,
        LinkPlace.IN_REPLY: without + reply,
    }
    return _Priced(
        choice.slot.planned.instant,
        2 if place is LinkPlace.IN_REPLY else 1,
        prices[place],
        with_link,
        prices[in_picture],
    )


def _estimate(
    tx: Tx, account: Account, platform: Platform, found: Sequence[_Priced]
) -> AccountEstimate:
    nothing = Money(0, found[0].price.currency)
    total = sum((one.price for one in found), nothing)
    cheapest = sum((one.in_picture for one in found), nothing)
    in_text = sum((one.in_text for one in found), nothing)
    chosen = account.link is LinkPlace.IN_PICTURE
    return AccountEstimate(
        account,
        sum(one.publications for one in found),
        total,
        saved=Money(in_text.micros - total.micros, total.currency) if chosen else nothing,
        could_save=nothing if chosen else Money(total.micros - cheapest.micros, total.currency),
        over=_over(tx, account, platform, found),
    )


def _over(
    tx: Tx, account: Account, platform: Platform, found: Sequence[_Priced]
) -> tuple[MonthEstimate, ...]:
    cap = account.monthly_cap
    if cap is None:
        return ()
    over = []
    for month in sorted({month_of(p.due, account.zone) for p in found}, key=_begin):
        total = spent(tx, account, cap.currency, month)
        for other in planned(tx, account, month):
            total += platform.cost(other.content) or Money(0, cap.currency)
        for one in found:
            if month.begins_at_utc <= one.due < month.ends_at_utc:
                total += one.price
        if total.micros > cap.micros:
            over.append(MonthEstimate(first_day(month, account), total, cap))
    return tuple(over)


def _begin(month: Month) -> datetime:
    return month.begins_at_utc
