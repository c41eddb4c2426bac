"""How an account stands, in words and as data."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from campaignbot.cli.connections import permissions_data, worded
from campaignbot.cli.costs import money_data, spent_data, spent_line
from campaignbot.cli.texts import tell, width
from campaignbot.cli.texts import translator as t
from campaignbot.domain.accounts import Account, AccountState
from campaignbot.platforms.registry import load_platform

if TYPE_CHECKING:
    from campaignbot.domain.messages import Message
    from campaignbot.platforms.consent import Permission
    from campaignbot.platforms.protocol import Platform
    from campaignbot.storage.standings import Standing

_WARN_DAYS = 14


def show(found: Standing, now: datetime) -> None:
    """Print an account: a heading, and below it each thing worth knowing."""
    account = found.account
    platform = t()(load_platform(account.platform).label)
    tell_block(f"{account.key} · {platform} · {account.name}", *_lines(found, now))


def tell_block(heading: str, *lines: str) -> None:
    """Print a heading with lines below it, within the width of the window."""
    _tell(heading, "")
    for line in lines:
        _tell(line, "  ")


def version_warnings(platforms: Iterable[Platform], now: datetime) -> tuple[Message, ...]:
    """Return what to know of versions of platforms' APIs that end soon, or have ended."""
    return tuple(
        warning
        for platform in platforms
        if platform.api_version
        and (warning := platform.api_version.warning(platform.label, now.date()))
    )


def data(found: Standing, now: datetime) -> dict[str, Any]:
    account, ends, words = found.account, found.account.token_expires_at_utc, t()
    return {
        "platform": account.platform,
        "name": account.name,
        "external_id": account.external_id,
        "state": account.state,
        "lacks_permission": account.lacks.params["said"] if account.lacks else None,
        "no_statistics": account.unmeasured.params["said"] if account.unmeasured else None,
        "token_expires_at": ends.isoformat() if ends else None,
        "token_days_left": _days(ends, now) if ends else None,
        **_access(found),
        **permissions_data(_granted(found), _lacking(found)),
        "waiting": found.waiting,
        "holds": [words.text(hold.reason) for hold in found.holds],
        "pause_reason": found.paused.after.get("reason") if found.paused else None,
        "limits_used_up": {b.bucket: b.resets_at_utc.isoformat() for b in found.used_up},
        "spent_this_month": spent_data(found.spent),
        "monthly_cap": money_data(account.monthly_cap),
        "next_free_at": found.next_free_at_utc.isoformat() if found.next_free_at_utc else None,
    }


def _access(found: Standing) -> dict[str, Any]:
    lasts, trouble = found.lifetime, found.renewing
    ends, again = (lasts.expires_at_utc, lasts.renew_at_utc) if lasts else (None, None)
    return {
        "access_ends_at": ends.isoformat() if ends else None,
        "renews": again is not None,
        "renews_at": again.isoformat() if again else None,
        "renewing_failed": trouble.failures if trouble else 0,
        "renewing_said": t().reason(trouble.said) if trouble and trouble.said else None,
    }


def _lines(found: Standing, now: datetime) -> Iterator[str]:
    words, account = t(), found.account
    if found.paused is not None:
        why = str(found.paused.after.get("reason", "-"))
        at = found.paused.at_utc
        yield words("account.list.paused", by=words.actor(found.paused.actor), since=at, reason=why)
    elif account.state is AccountState.ACTIVE and load_platform(account.platform).hands_over:
        yield words("account.list.by_hand")
    elif account.state is not AccountState.LACKS_PERMISSION or account.lacks is None:
        yield words(f"account.{account.state}")
    yield from _refusals(account)
    if account.token_expires_at_utc is not None:
        yield from _expiry(found, account.token_expires_at_utc, now)
    yield from _renewal(found)
    for permission in _lacking(found):
        yield words("account.not_granted", **worded(permission))
    for hold in found.holds:
        reason = words.text(hold.reason)
        yield words("account.list.held", reason=reason, by=words.actor(hold.by))
    for budget in found.used_up:
        # What it is called is its adapter's to choose; one without words shows as it is.
        known = words.has(f"budget.{budget.bucket}")
        limit = words(f"budget.{budget.bucket}") if known else budget.bucket
        yield words("account.list.used_up", limit=limit, until=budget.resets_at_utc)
    if found.next_free_at_utc is not None:
        yield words("account.list.next_free", at=found.next_free_at_utc)
    if found.spent is not None:
        yield spent_line(account.key, found.spent, account.monthly_cap)
    yield words("account.list.waiting", n=found.waiting)


def _granted(found: Standing) -> frozenset[str] | None:
    """Return what is known to be granted; of an earlier access, that is over."""
    return None if found.account.state is AccountState.NOT_CONNECTED else found.permissions


def _lacking(found: Standing) -> tuple[Permission, ...]:
    """Return the permissions that are known to be missing."""
    connecting = load_platform(found.account.platform).connecting
    return connecting.lacking(_granted(found)) if connecting else ()


def _refusals(account: Account) -> Iterator[str]:
    """Yield what the platform refuses the account for want of a permission."""
    words = t()
    if account.lacks is not None:
        yield words("account.lacks", **account.lacks.params)
        yield words("account.list.connect_again", key=account.key)
    if account.unmeasured is not None:
        yield words.text(account.unmeasured)


def _renewal(found: Standing) -> Iterator[str]:
    words, lasts, trouble = t(), found.lifetime, found.renewing
    if lasts is None or trouble is None:
        return
    if (at := lasts.renew_at_utc) is not None and (until := lasts.expires_at_utc) is not None:
        yield words(
            "account.list.renews", at=words.long_instant(at), until=words.long_instant(until)
        )
    elif at is not None:
        yield words("account.list.renews_person")
    if trouble.failures:
        said = trouble.said or "-"
        if words.has(said):
            # What is missing is ours, not the platform's: the app, for one.
            said = words(said, key=found.account.key)
        yield words("account.list.not_renewed", n=trouble.failures, said=said)


def _expiry(found: Standing, ends: datetime, now: datetime) -> Iterator[str]:
    words, left = t(), _days(ends, now)
    day = ends.astimezone(words.zone).date()
    if ends <= now:
        yield words("account.list.ended", day=day)
    elif found.lifetime is not None and found.lifetime.person_by_utc == ends:
        yield words("account.list.person_by", day=day, n=left)
    else:
        yield words("account.list.ends", day=day, n=left)
    told = found.account.lacks is not None or found.account.state is AccountState.NOT_CONNECTED
    if left <= _WARN_DAYS and not told:
        yield words("account.list.connect_again", key=found.account.key)


def _days(ends: datetime, now: datetime) -> int:
    """Return the whole days that are left, 0 on the last one and after."""
    return max(0, (ends - now).days)


def _tell(text: str, indent: str) -> None:
    wrapped = textwrap.wrap(
        text,
        width(),
        initial_indent=indent,
        subsequent_indent=f"{indent}  ",
        break_on_hyphens=False,
    )
    tell("\n".join(wrapped))
