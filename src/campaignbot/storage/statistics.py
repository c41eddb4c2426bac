"""Numbers that came back: snapshots, applications, costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import String, Uuid, and_, bindparam, func, insert, select

from campaignbot.domain.metrics import Metric, Metrics, Missing
from campaignbot.domain.money import Money
from campaignbot.domain.publication import Publication
from campaignbot.domain.spending import Spent
from campaignbot.storage.database import Tx
from campaignbot.storage.tables import application, cost, post, publication, snapshot
from campaignbot.storage.types import UtcInstant

_ADD_COST = insert(cost)
_SPENT = (
    select(cost.c.estimated, func.sum(cost.c.amount_micros))
    .where(
        cost.c.account_id == bindparam("of_account", type_=Uuid()),
        cost.c.currency == bindparam("of_currency", type_=String()),
        cost.c.incurred_at_utc >= bindparam("start", type_=UtcInstant()),
        cost.c.incurred_at_utc < bindparam("end", type_=UtcInstant()),
    )
    .group_by(cost.c.estimated)
)


@dataclass(frozen=True, slots=True)
class Application:
    """An application as the ATS counts it: its own number, never a name.

    `tracking_code` is None where it came by a way that the campaign does not track.
    """

    reference: str
    tracking_code: str | None
    stage: str
    received_on: date
    simulated: bool = False


def add_snapshot(
    tx: Tx, metrics: Metrics, *, publication_id: UUID | None = None, account_id: UUID | None = None
) -> int:
    """Store one reading; return how many numbers it held. Exactly one of the ids is given."""
    owner = {"publication_id": publication_id, "account_id": account_id}
    rows: list[dict[str, object]] = [
        {**owner, "metric": m, "value": v, "missing": None, "taken_at_utc": metrics.taken_at_utc}
        for m, v in metrics.values.items()
    ]
    rows += [
        {**owner, "metric": m, "value": None, "missing": why, "taken_at_utc": metrics.taken_at_utc}
        for m, why in metrics.missing.items()
    ]
    column = snapshot.c.publication_id if publication_id else snapshot.c.account_id
    known = set(
        tx.execute(
            select(snapshot.c.metric).where(
                column == (publication_id or account_id),
                snapshot.c.taken_at_utc == metrics.taken_at_utc,
            )
        ).scalars()
    )
    fresh = [row for row in rows if row["metric"] not in known]
    if fresh:
        tx.execute(insert(snapshot), fresh)
    return len(metrics.values)


def totals_at(
    tx: Tx, publication_ids: Sequence[UUID], at: datetime
) -> Mapping[UUID, Mapping[Metric, int | Missing]]:
    """Return for each publication the last known total of each metric, taken at or before `at`.

    A metric that was never told is absent; one that could not be told has the reason.
    """
    if not publication_ids:
        return {}
    last = (
        select(
            snapshot.c.publication_id,
            snapshot.c.metric,
            func.max(snapshot.c.taken_at_utc).label("taken_at_utc"),
        )
        .where(snapshot.c.publication_id.in_(list(publication_ids)), snapshot.c.taken_at_utc <= at)
        .group_by(snapshot.c.publication_id, snapshot.c.metric)
        .subquery()
    )
    rows = tx.execute(
        select(snapshot).join(
            last,
            and_(
                last.c.publication_id == snapshot.c.publication_id,
                last.c.metric == snapshot.c.metric,
                last.c.taken_at_utc == snapshot.c.taken_at_utc,
            ),
        )
    )
    totals: dict[UUID, dict[Metric, int | Missing]] = {}
    for row in rows:
        told = row.value if row.value is not None else row.missing
        totals.setdefault(row.publication_id, {})[row.metric] = told
    return totals


def account_total_at(tx: Tx, account_id: UUID, metric: Metric, at: datetime) -> int | None:
    """Return the last known total of an account's metric, taken at or before `at`."""
    value: int | None = tx.execute(
        select(snapshot.c.value)
        .where(
            snapshot.c.account_id == account_id,
            snapshot.c.metric == metric,
            snapshot.c.value.is_not(None),
            snapshot.c.taken_at_utc <= at,
        )
        .order_by(snapshot.c.taken_at_utc.desc())
        .limit(1)
    ).scalar()
    return value


def last_snapshots(tx: Tx) -> Mapping[UUID, datetime]:
    """Return for every measured publication when it was last measured."""
    rows = tx.execute(
        select(snapshot.c.publication_id, func.max(snapshot.c.taken_at_utc))
        .where(snapshot.c.publication_id.is_not(None))
        .group_by(snapshot.c.publication_id)
    )
    return {row[0]: row[1] for row in rows}


def last_account_snapshot(tx: Tx, account_id: UUID) -> datetime | None:
    """Return when the account itself was last measured."""
    instant: datetime | None = tx.execute(
        select(func.max(snapshot.c.taken_at_utc)).where(snapshot.c.account_id == account_id)
    ).scalar()
    return instant


def add_applications(tx: Tx, found: Sequence[Application]) -> int:
    """Store applications that are not known yet, by their reference; return how many were new."""
    known = set(
        tx.execute(
            select(application.c.reference).where(
                application.c.reference.in_([a.reference for a in found])
            )
        ).scalars()
    )
    fresh = {a.reference: a for a in found if a.reference not in known}
    for new in fresh.values():
        tx.execute(
            insert(application).values(
                reference=new.reference,
                tracking_code=new.tracking_code,
                stage=new.stage,
                received_on=new.received_on,
                simulated=new.simulated,
            )
        )
    return len(fresh)


def applications_by_publication(
    tx: Tx, *, received_from: date | None = None, received_before: date | None = None
) -> Mapping[UUID, tuple[Application, ...]]:
    """Return the applications that came through each publication's tracked link."""
    query = select(publication.c.id, application).join(
        publication, publication.c.tracking_code == application.c.tracking_code
    )
    if received_from is not None:
        query = query.where(application.c.received_on >= received_from)
    if received_before is not None:
        query = query.where(application.c.received_on < received_before)
    found: dict[UUID, list[Application]] = {}
    for row in tx.execute(query.order_by(application.c.received_on, application.c.id)):
        found.setdefault(row[0], []).append(
            Application(row.reference, row.tracking_code, row.stage, row.received_on, row.simulated)
        )
    return {publication_id: tuple(items) for publication_id, items in found.items()}


def add_cost(
    tx: Tx,
    amount: Money,
    *,
    account_id: UUID,
    publication_id: UUID | None,
    now: datetime,
    estimated: bool,
) -> None:
    """Store what a platform charges, or what we reckon that it will."""
    tx.execute(
        _ADD_COST,
        {
            "publication_id": publication_id,
            "account_id": account_id,
            "amount_micros": amount.micros,
            "currency": amount.currency,
            "estimated": estimated,
            "incurred_at_utc": now,
        },
    )


def note_price(tx: Tx, live: Publication, price: Money | None, *, now: datetime) -> None:
    """Store what the platform's price list says about a post that now stands on it, if it asks."""
    if price is not None:
        add_cost(
            tx,
            price,
            account_id=live.account_id,
            publication_id=live.id,
            now=now,
            estimated=True,
        )


def costs_between(tx: Tx, campaign_id: UUID, start: datetime, end: datetime) -> tuple[Money, ...]:
    """Return a campaign's costs from `start` until before `end`, one sum per currency."""
    rows = tx.execute(
        select(cost.c.currency, func.sum(cost.c.amount_micros))
        .join(publication, publication.c.id == cost.c.publication_id)
        .join(post, post.c.id == publication.c.post_id)
        .where(
            post.c.campaign_id == campaign_id,
            cost.c.incurred_at_utc >= start,
            cost.c.incurred_at_utc < end,
        )
        .group_by(cost.c.currency)
        .order_by(cost.c.currency)
    )
    return tuple(Money(int(row[1]), row[0]) for row in rows)


def spent(tx: Tx, account_id: UUID, currency: str, start: datetime, end: datetime) -> Spent:
    """Return what an account cost in this currency from `start` until before `end`."""
    of = {"of_account": account_id, "of_currency": currency, "start": start, "end": end}
    sums = {bool(row[0]): Money(int(row[1]), currency) for row in tx.execute(_SPENT, of)}
    nothing = Money(0, currency)
    return Spent(measured=sums.get(False, nothing), estimated=sums.get(True, nothing))


def charged_in(tx: Tx, account_id: UUID) -> str | None:
    """Return the currency in which an account was charged last; None where it never was."""
    currency: str | None = tx.execute(
        select(cost.c.currency)
        .where(cost.c.account_id == account_id)
        .order_by(cost.c.id.desc())
        .limit(1)
    ).scalar()
    return currency
