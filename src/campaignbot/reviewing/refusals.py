"""Acts on live posts at their platform, and what they say when it does not do them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from campaignbot.domain.accounts import Account
from campaignbot.domain.clock import Clock
from campaignbot.domain.errors import UserError, user_error
from campaignbot.domain.publication import Publication
from campaignbot.platforms.errors import (
    AuthError,
    ContentRefused,
    PermissionMissing,
    PlatformError,
)
from campaignbot.platforms.protocol import Adapter, Platform

Renew = Callable[[Account, datetime], bool]


def never(_account: Account, _since: datetime) -> bool:
    """Renew nothing."""
    return False


@dataclass(frozen=True, slots=True)
class Reach:
    """How accounts are reached.

    `renew` renews an access that was refused in a call begun at that instant, and tells whether to
    try again: nothing may run that renews it in time.
    """

    clock: Clock
    open_adapter: Callable[[Account], Adapter]
    renew: Renew = never

    def do(self, account: Account, act: Callable[[Adapter], None]) -> None:
        """Do something that can be repeated without harm."""
        began = self.clock.now()
        try:
            act(self.open_adapter(account))
        except AuthError:
            if not self.renew(account, began):
                raise
            act(self.open_adapter(account))


def at_platform(
    act: str,
    publication: Publication,
    account: Account,
    platform: Platform,
    reach: Reach,
    do: Callable[[Adapter, str], None],
) -> None:
    """Do something to a live post, by its external id.

    UserError, with words that begin with `act`, when the platform does not do it.
    """
    external_id = publication.external_id
    assert external_id is not None
    try:
        reach.do(account, lambda adapter: do(adapter, external_id))
    except PlatformError as error:
        kind, said = _kind(error), str(error)
        raise _refused(act, kind, said, publication, account, platform) from error
    except UserError:
        raise
    except Exception as error:
        # A defect in an adapter; its text may hold a secret, so only its kind is shown.
        said = type(error).__name__
        raise _refused(act, "refused", said, publication, account, platform) from error


def _refused(
    act: str,
    kind: str,
    said: str,
    publication: Publication,
    account: Account,
    platform: Platform,
) -> UserError:
    return user_error(
        f"{act}.{kind}",
        remedy=f"{act}.{kind}.remedy",
        said=said,
        ref=publication.reference,
        key=account.key,
        platform=platform.label,
        link=publication.permalink or "-",
    )


def _kind(error: PlatformError) -> str:
    """Class a refusal by what the person can do next."""
    match error:
        case AuthError() | PermissionMissing():
            return "no_access"
        case ContentRefused():
            return "refused"
        case _:
            return "unavailable"
