"""Why a publication did not get out before its window was over."""

from __future__ import annotations

from datetime import datetime

from campaignbot.domain.accounts import Account, AccountState
from campaignbot.domain.messages import Message, Param
from campaignbot.domain.publication import Publication, State
from campaignbot.platforms.advice import Advice
from campaignbot.publishing.costs import CAP_REACHED
from campaignbot.storage import accounts, standings
from campaignbot.storage.database import Tx
from campaignbot.storage.waits import covers

# They say that it is tried again, which is over.
_OF_NO_USE_NOW = {Advice.WAIT, Advice.DAY_LIMIT, Advice.UPLOAD_AGAIN}
_EXPIRED, _RENEWED = "publishing.auth_expired", "publishing.auth_renewed"


def why_missed(tx: Tx, publication: Publication, now: datetime) -> Message:
    """Return what kept a publication back last: a person, its account, or the platform's words."""
    until, kept_back = publication.window_end_utc, publication.reason
    if kept_back is not None and kept_back.key == CAP_REACHED:
        return Message("publishing.missed_for_cap", kept_back.params)
    account = accounts.account_by_id(tx, publication.account_id)
    return (
        _paused(tx, account, until)
        or _stopped(tx, publication, now)
        or _without_access(publication, account)
        or (_refused(publication, kept_back) if publication.state is State.RETRY_WAITING else None)
        or Message("publishing.missed", {"until": until})
    )


def _paused(tx: Tx, account: Account, until: datetime) -> Message | None:
    pause = standings.pause_of(tx, account)
    if pause is None:
        return None
    reason = str(pause.after.get("reason"))
    told = {"account": account.name, "by": pause.actor, "reason": reason}
    return Message("publishing.missed.paused", {"until": until, **told})


def _stopped(tx: Tx, publication: Publication, now: datetime) -> Message | None:
    for hold in accounts.active_holds(tx, now):
        if covers(hold, publication):
            return _because(publication, hold.reason)
    return None


def _without_access(publication: Publication, account: Account) -> Message | None:
    """Say what the account lacks; a post that was refused for it keeps the platform's words."""
    told: dict[str, Param] = {"account": account.name, "key": account.key}
    told["until"] = publication.window_end_utc
    if account.state is AccountState.LACKS_PERMISSION:
        return _refused(publication, account.lacks)
    expired = account.state is AccountState.TOKEN_EXPIRED
    if expired and (publication.reason is None or publication.reason.key != _EXPIRED):
        return Message("publishing.missed.token_expired", told)
    if account.state is AccountState.NOT_CONNECTED:
        return Message("publishing.missed.not_connected", told)
    return None


def _refused(publication: Publication, reason: Message | None) -> Message | None:
    """Say what an attempt, or the last one before it, ran into."""
    if reason is None:
        return None
    said, advice = reason.params.get("said"), reason.params.get("advice")
    if said is None or advice is None:
        return _because(publication, reason)
    told = {**reason.params, "until": publication.window_end_utc}
    if advice in _OF_NO_USE_NOW or reason.key == _RENEWED:
        return Message("publishing.missed.told", told)
    return Message("publishing.missed.advised", told)


def _because(publication: Publication, reason: Message) -> Message:
    until = publication.window_end_utc
    return Message("publishing.missed.because", {"until": until, "because": reason})
