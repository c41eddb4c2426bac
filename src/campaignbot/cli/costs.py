"""What posts and accounts cost, in words and as data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from campaignbot.cli.texts import tell
from campaignbot.cli.texts import translator as t
from campaignbot.domain.accounts import LinkPlace
from campaignbot.domain.money import Money
from campaignbot.domain.spending import Spent
from campaignbot.platforms.registry import load_platform

if TYPE_CHECKING:
    from campaignbot.pipeline import AccountEstimate


def money_data(amount: Money | None) -> dict[str, str] | None:
    """Return a sum as data; decimals as text, so that none is rounded."""
    if amount is None:
        return None
    return {"amount": f"{amount.amount.normalize():f}", "currency": amount.currency}


def spent_data(spent: Spent | None) -> dict[str, Any] | None:
    if spent is None:
        return None
    return {
        "estimated": money_data(spent.estimated),
        "measured": money_data(spent.measured),
        "total": money_data(spent.total),
    }


def how_spent(spent: Spent) -> str:
    """Return what was spent, told and reckoned apart."""
    words = t()
    parts = [words("cost.measured", sum=spent.measured)] if spent.measured.micros else []
    if spent.estimated.micros or not parts:
        parts.append(words("cost.estimated", sum=spent.estimated))
    return ", ".join(parts)


def spent_line(key: str, spent: Spent, cap: Money | None) -> str:
    if cap is None:
        return t()("cost.status", key=key, how=how_spent(spent))
    return t()("cost.status_of", key=key, how=how_spent(spent), cap=cap)


def show_estimates(estimates: Sequence[AccountEstimate]) -> None:
    """Print what a campaign costs on each account that is charged for."""
    words = t()
    if not estimates:
        return
    tell("")
    tell(words("cost.plan"))
    for one in estimates:
        # Accounts of one organisation bear one name on all platforms.
        name = f"{words(load_platform(one.account.platform).label)} · {one.account.name}"
        tell(f"  {words('cost.plan_account', account=name, n=one.posts, sum=one.total)}")
        for line in _about(one):
            tell(f"      {line}")


def estimates_data(estimates: Sequence[AccountEstimate]) -> dict[str, Any]:
    return {
        one.account.key: {
            "posts": one.posts,
            "estimated": money_data(one.total),
            "link": one.account.link,
            "saved": money_data(one.saved),
            "could_save": money_data(one.could_save),
            "over_monthly_cap": [
                {
                    "from": month.first_day.isoformat(),
                    "total": money_data(month.total),
                    "cap": money_data(month.cap),
                }
                for month in one.over
            ],
        }
        for one in estimates
    }


def _about(one: AccountEstimate) -> Iterator[str]:
    words, key = t(), one.account.key
    if one.account.link is LinkPlace.IN_REPLY:
        yield words("cost.plan_in_reply")
    if one.saved.micros:
        yield words("cost.plan_in_picture", sum=one.saved)
    if one.could_save.micros:
        yield words("cost.plan_could_save", key=key, sum=one.could_save)
    for month in one.over:
        yield words("cost.plan_cap", first=month.first_day, sum=month.total, cap=month.cap)
