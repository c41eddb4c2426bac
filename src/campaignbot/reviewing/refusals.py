"""What acts on live posts say when the platform does not do them."""

from __future__ import annotations

from collections.abc import Callable

from campaignbot.domain.accounts import Account
from campaignbot.domain.errors import UserError, user_error
from campaignbot.domain.publication import Publication
from campaignbot.platforms.errors import (
    AuthError,
    ContentRefused,
    PermissionMissing,
    PlatformError,
)
from campaignbot.platforms.protocol import Adapter, Platform


def at_platform(
    act: str,
    publication: Publication,
    account: Account,
    platform: Platform,
    open_adapter: Callable[[Account], Adapter],
    do: Callable[[Adapter, str], None],
) -> None:
    """Do something to a live post, by its external id.

    UserError, with words that begin with `act`, when the platform does not do it.
    """
    assert publication.external_id is not None
    try:
        do(open_adapter(account), publication.external_id)
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
