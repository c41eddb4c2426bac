"""Asking platforms about live posts, and what is said when one does not do it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from campaignbot.domain.accounts import Account
from campaignbot.domain.clock import Clock
from campaignbot.domain.errors import Problem, UserError, user_error
from campaignbot.domain.messages import Message
from campaignbot.domain.people import Actor
from campaignbot.domain.publication import Publication, State
from campaignbot.platforms.errors import (
    AuthError,
    ContentRefused,
    PermissionMissing,
    PlatformError,
)
from campaignbot.platforms.protocol import Adapter, Platform

Renew = Callable[[Account, datetime], bool]
_Told = TypeVar("_Told")


def never(_account: Account, _since: datetime) -> bool:
    """Renew nothing."""
    return False


@dataclass(frozen=True, slots=True)
class Reach:
    """How accounts are reached while a person waits.

    `renew` renews an access that was refused in a call begun at that instant, and tells whether to
    try again: nothing may run that renews it in time.
    """

    clock: Clock
    platforms: Mapping[str, Platform]
    open_adapter: Callable[[Account], Adapter]
    renew: Renew = never


class LivePosts:
    """Live posts as one kind of act sees them; `act` begins the keys of what is said."""

    def __init__(self, act: str, reach: Reach) -> None:
        self._act, self._reach = act, reach

    def require(
        self, publication: Publication, states: frozenset[State] = frozenset({State.PUBLISHED})
    ) -> None:
        """Raise UserError unless a publication is in one of these states."""
        if publication.state in states:
            return
        kind = "uncertain" if publication.state is State.UNCERTAIN else "not_live"
        raise user_error(
            f"{self._act}.{kind}",
            remedy=f"{self._act}.{kind}.remedy",
            ref=publication.reference,
        )

    def by_hand(self, publication: Publication, account: Account) -> bool:
        """Tell whether a person placed it, and so has to do this as well."""
        placed_by_a_person = publication.external_id is None
        return placed_by_a_person or self._reach.platforms[account.platform].hands_over

    def said(self, publication: Publication, person: Actor, why: str, *, by_hand: bool) -> Message:
        """Return what is noted with the publication once it was done, or left to a person."""
        key = f"{self._act}.by_hand" if by_hand else f"{self._act}.said"
        link = publication.whereabouts
        return Message(key, {"why": why, "name": person.name, "link": link})

    def do(
        self, publication: Publication, account: Account, do: Callable[[Adapter, str], None]
    ) -> None:
        """Do to a live post, by its external id, what can be repeated without harm.

        UserError when the platform does not do it.
        """
        external_id = publication.external_id
        assert external_id is not None
        self.ask(
            account,
            lambda adapter: do(adapter, external_id),
            ref=publication.reference,
            link=publication.whereabouts,
        )

    def ask(self, account: Account, do: Callable[[Adapter], _Told], **named: str) -> _Told:
        """Return what a platform tells; asking again does no harm.

        UserError, about what is `named`, when it does not tell.
        """

        def refused(kind: str, said: str) -> UserError:
            label = self._reach.platforms[account.platform].label
            params = {"key": account.key, "platform": label, **named, "said": said}
            what = Message(f"{self._act}.{kind}", params)
            return UserError(Problem(what, Message(f"{self._act}.{kind}.remedy", params)))

        try:
            return self._asked(account, do)
        except PlatformError as error:
            raise refused(_kind(error), str(error)) from error
        except UserError:
            raise
        except Exception as error:
            # A defect in an adapter; its text may hold a secret, so only its kind is shown.
            raise refused("refused", type(error).__name__) from error

    def _asked(self, account: Account, do: Callable[[Adapter], _Told]) -> _Told:
        reach, began = self._reach, self._reach.clock.now()
        try:
            return do(reach.open_adapter(account))
        except AuthError:
            if not reach.renew(account, began):
                raise
            return do(reach.open_adapter(account))


def _kind(error: PlatformError) -> str:
    """Class a refusal by what the person can do next."""
    match error:
        case AuthError() | PermissionMissing():
            return "no_access"
        case ContentRefused():
            return "refused"
        case _:
            return "unavailable"
