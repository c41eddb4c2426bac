"""Accounts, and what holds publications back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Uuid,
    and_,
    bindparam,
    exists,
    insert,
    or_,
    select,
    update,
)

from campaignbot.domain.accounts import Account, AccountState, Hold, HoldScope
from campaignbot.domain.audit import AuditEvent
from campaignbot.domain.messages import Message
from campaignbot.domain.money import Money
from campaignbot.storage import audit
from campaignbot.storage.database import Tx
from campaignbot.storage.tables import account, hold, post, publication

_BY_ID = select(account).where(account.c.id == bindparam("account_id", type_=Uuid()))
_BY_IDS = select(account).where(account.c.id.in_(bindparam("account_ids", expanding=True)))


def save_account(tx: Tx, wanted: Account) -> Account:
    """Insert the account, or bring the one with the same key up to date.

    An account that exists keeps its id and, on the same platform, its state: what `accounts.yaml`
    says does not connect or disconnect anything.
    """
    row = tx.execute(select(account).where(account.c.key == wanted.key)).one_or_none()
    if row is None:
        tx.execute(insert(account).values(**_account_values(wanted)))
        return wanted
    kept = replace(wanted, id=row.id)
    if row.platform == wanted.platform:
        stored = _account(row)
        kept = replace(
            kept,
            state=stored.state,
            token_expires_at_utc=stored.token_expires_at_utc,
            lacks=stored.lacks,
            unmeasured=stored.unmeasured,
        )
    tx.execute(update(account).where(account.c.id == row.id).values(**_account_values(kept)))
    return kept


def list_accounts(tx: Tx) -> tuple[Account, ...]:
    """Return all accounts in order of their keys."""
    return tuple(_account(row) for row in tx.execute(select(account).order_by(account.c.key)))


def account_by_key(tx: Tx, key: str) -> Account | None:
    row = tx.execute(select(account).where(account.c.key == key)).one_or_none()
    return _account(row) if row else None


def account_by_id(tx: Tx, account_id: UUID) -> Account:
    return _account(tx.execute(_BY_ID, {"account_id": account_id}).one())


def accounts_by_ids(tx: Tx, account_ids: Iterable[UUID]) -> tuple[Account, ...]:
    """Return these accounts, in no order."""
    return tuple(_account(row) for row in tx.execute(_BY_IDS, {"account_ids": list(account_ids)}))


def set_account_state(
    tx: Tx,
    account_id: UUID,
    state: AccountState,
    *,
    now: datetime,
    actor: str,
    token_expires_at_utc: datetime | None = None,
    reason: str | None = None,
) -> None:
    """Change whether an account can be published to, with a line in the audit trail.

    An account that a person paused or disconnected meanwhile does not become TOKEN_EXPIRED: what
    they decided stands. It is so once its pause ends.
    """
    values: dict[str, Any] = {"state": state, "resumes_as": None}
    if token_expires_at_utc is not None:
        values["token_expires_at_utc"] = token_expires_at_utc
    if state is AccountState.TOKEN_EXPIRED:
        _set_unless_decided(tx, account_id, state, values, now=now, actor=actor)
        return
    if state in {AccountState.ACTIVE, AccountState.NOT_CONNECTED}:
        values["lacks"] = None
    before = account_by_id(tx, account_id).state
    if state is AccountState.PAUSED and before is not AccountState.PAUSED:
        values["resumes_as"] = before
    tx.execute(update(account).where(account.c.id == account_id).values(**values))
    _record_state(tx, account_id, before, state, now=now, actor=actor, reason=reason)


def note_lacking(tx: Tx, account_id: UUID, why: Message, *, now: datetime, actor: str) -> None:
    """Hold an account that lacks a permission; `why` is kept until it is connected anew.

    What a person decided meanwhile stands, as in `set_account_state`.
    """
    state = AccountState.LACKS_PERMISSION
    values = {"state": state, "lacks": why.to_json()}
    _set_unless_decided(tx, account_id, state, values, now=now, actor=actor)


def note_connected(tx: Tx, account_id: UUID, *, now: datetime, actor: str) -> None:
    """Let an account with new secrets go on, and forget what the old ones lacked.

    A pause stays; after it the account goes on.
    """
    new: dict[str, Any] = {"lacks": None, "unmeasured": None}
    if account_by_id(tx, account_id).state is AccountState.PAUSED:
        new["resumes_as"] = AccountState.ACTIVE
    else:
        set_account_state(tx, account_id, AccountState.ACTIVE, now=now, actor=actor)
    tx.execute(update(account).where(account.c.id == account_id).values(**new))


def end_expiry(tx: Tx, account_id: UUID, *, now: datetime, actor: str) -> None:
    """Let an account whose token had expired go on with a good one, after its pause if it has one.

    What it lacks a permission for it lacks still.
    """
    found = account_by_id(tx, account_id)
    state = AccountState.LACKS_PERMISSION if found.lacks else AccountState.ACTIVE
    if found.state is AccountState.TOKEN_EXPIRED:
        set_account_state(tx, account_id, state, now=now, actor=actor)
    tx.execute(
        update(account)
        .where(account.c.id == account_id, account.c.resumes_as == AccountState.TOKEN_EXPIRED)
        .values(resumes_as=state)
    )


def end_lack(tx: Tx, account_id: UUID, *, now: datetime, actor: str) -> None:
    """Let an account go on to which a permission was given that it lacked, after its pause."""
    found = account_by_id(tx, account_id)
    if found.state is AccountState.LACKS_PERMISSION:
        set_account_state(tx, account_id, AccountState.ACTIVE, now=now, actor=actor)
    tx.execute(
        update(account)
        .where(account.c.id == account_id, account.c.resumes_as == AccountState.LACKS_PERMISSION)
        .values(resumes_as=AccountState.ACTIVE)
    )
    tx.execute(update(account).where(account.c.id == account_id).values(lacks=None))


def state_after_pause(tx: Tx, account_id: UUID) -> AccountState:
    """Return how a paused account stands once its pause ends."""
    found: AccountState | None = tx.execute(
        select(account.c.resumes_as).where(account.c.id == account_id)
    ).scalar_one()
    return found or AccountState.ACTIVE


def end_pause(tx: Tx, account_id: UUID, state: AccountState, *, now: datetime, actor: str) -> None:
    tx.execute(
        update(account).where(account.c.id == account_id).values(state=state, resumes_as=None)
    )
    _record_state(tx, account_id, AccountState.PAUSED, state, now=now, actor=actor)


def note_unmeasured(tx: Tx, account_id: UUID, why: Message | None) -> None:
    """Keep why the numbers of an account's posts cannot be read; None once they can."""
    told = why.to_json() if why else None
    tx.execute(update(account).where(account.c.id == account_id).values(unmeasured=told))


def _set_unless_decided(
    tx: Tx,
    account_id: UUID,
    state: AccountState,
    values: Mapping[str, Any],
    *,
    now: datetime,
    actor: str,
) -> None:
    """Set a state that a machine found, below what a person decided."""
    before = account_by_id(tx, account_id).state
    this = account.c.id == account_id
    free = account.c.state.not_in([AccountState.PAUSED, AccountState.NOT_CONNECTED])
    if tx.execute(update(account).where(this, free).values(**values)).rowcount > 0:
        _record_state(tx, account_id, before, state, now=now, actor=actor)
        return
    hidden = {**values, "state": AccountState.PAUSED, "resumes_as": state}
    tx.execute(update(account).where(this, account.c.state == AccountState.PAUSED).values(**hidden))


def _record_state(
    tx: Tx,
    account_id: UUID,
    before: AccountState,
    state: AccountState,
    *,
    now: datetime,
    actor: str,
    reason: str | None = None,
) -> None:
    if before == state:
        return
    after = {"state": state} if reason is None else {"state": state, "reason": reason}
    audit.record(
        tx,
        AuditEvent(now, actor, "set_state", "account", account_id, {"state": before}, after),
    )


def set_token_end(tx: Tx, account_id: UUID, ends_at_utc: datetime | None) -> None:
    """Let the access of an account end for its people then; None where no end is known."""
    tx.execute(
        update(account).where(account.c.id == account_id).values(token_expires_at_utc=ends_at_utc)
    )


def postpone_account(tx: Tx, account_id: UUID, until_utc: datetime) -> None:
    """Let nothing be claimed for the account before this instant; never moves it forward."""
    tx.execute(
        update(account)
        .where(
            account.c.id == account_id,
            or_(account.c.next_free_at_utc.is_(None), account.c.next_free_at_utc < until_utc),
        )
        .values(next_free_at_utc=until_utc)
    )


def place_hold(tx: Tx, new: Hold) -> None:
    """Hold back what the hold covers, at once: the claim looks at it in its own transaction."""
    tx.execute(
        insert(hold).values(
            id=new.id,
            scope=new.scope,
            scope_id=new.scope_id,
            reason=new.reason.to_json(),
            by=new.by,
            from_utc=new.from_utc,
            until_utc=new.until_utc,
            lifted_at_utc=new.lifted_at_utc,
        )
    )
    audit.record(
        tx,
        AuditEvent(
            new.from_utc, new.by, "hold", "hold", new.id,
            {}, {"scope": new.scope, "scope_id": str(new.scope_id or "")},
        ),
    )  # fmt: skip


def lift_holds(
    tx: Tx, scope: HoldScope, scope_id: UUID | None, *, now: datetime, actor: str
) -> tuple[Hold, ...]:
    """Lift the holds of exactly this scope; return those that were lifted."""
    lifted = tuple(
        found
        for found in active_holds(tx, now)
        if found.scope is scope and found.scope_id == scope_id
    )
    for found in lifted:
        tx.execute(update(hold).where(hold.c.id == found.id).values(lifted_at_utc=now))
        audit.record(tx, AuditEvent(now, actor, "lift", "hold", found.id))
    return lifted


def active_holds(tx: Tx, now: datetime) -> tuple[Hold, ...]:
    """Return the holds in force, oldest first."""
    rows = tx.execute(select(hold).where(_in_force(now)).order_by(hold.c.from_utc, hold.c.id))
    return tuple(
        Hold(
            id=row.id,
            scope=row.scope,
            scope_id=row.scope_id,
            reason=Message.from_json(row.reason),
            by=row.by,
            from_utc=row.from_utc,
            until_utc=row.until_utc,
            lifted_at_utc=row.lifted_at_utc,
        )
        for row in rows
    )


def is_held(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Return the condition that a hold covers the row of publication joined with its post."""
    covers = or_(
        hold.c.scope == HoldScope.ALL,
        and_(hold.c.scope == HoldScope.ACCOUNT, hold.c.scope_id == publication.c.account_id),
        and_(hold.c.scope == HoldScope.PUBLICATION, hold.c.scope_id == publication.c.id),
        and_(hold.c.scope == HoldScope.CAMPAIGN, hold.c.scope_id == post.c.campaign_id),
        and_(hold.c.scope == HoldScope.VACANCY, hold.c.scope_id == post.c.vacancy_id),
        and_(
            hold.c.scope == HoldScope.CLOSED_VACANCY,
            hold.c.scope_id == post.c.vacancy_id,
            post.c.needs_open_vacancy,
        ),
    )
    return exists().where(_in_force(now), covers).correlate(publication, post)


def _in_force(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    return and_(
        # Not "from its time on": it holds from when it is stored, also when the clock is set back.
        hold.c.lifted_at_utc.is_(None),
        or_(hold.c.until_utc.is_(None), hold.c.until_utc > now),
    )


def _account(row: Any) -> Account:
    return Account(
        id=row.id,
        key=row.key,
        platform=row.platform,
        name=row.name,
        external_id=row.external_id,
        zone=row.zone,
        state=row.state,
        token_expires_at_utc=row.token_expires_at_utc,
        app=row.app,
        spacing=None if row.spacing_s is None else timedelta(seconds=row.spacing_s),
        monthly_cap=None if row.cap_micros is None else Money(row.cap_micros, row.cap_currency),
        link=row.link_place,
        lacks=Message.from_json(row.lacks) if row.lacks else None,
        unmeasured=Message.from_json(row.unmeasured) if row.unmeasured else None,
    )


def _account_values(wanted: Account) -> dict[str, Any]:
    return {
        "id": wanted.id,
        "key": wanted.key,
        "platform": wanted.platform,
        "name": wanted.name,
        "external_id": wanted.external_id,
        "zone": wanted.zone,
        "state": wanted.state,
        "token_expires_at_utc": wanted.token_expires_at_utc,
        "app": wanted.app or wanted.platform,
        "spacing_s": None if wanted.spacing is None else int(wanted.spacing.total_seconds()),
        "cap_micros": wanted.monthly_cap and wanted.monthly_cap.micros,
        "cap_currency": wanted.monthly_cap and wanted.monthly_cap.currency,
        "link_place": wanted.link,
        "lacks": wanted.lacks and wanted.lacks.to_json(),
        "unmeasured": wanted.unmeasured and wanted.unmeasured.to_json(),
    }
