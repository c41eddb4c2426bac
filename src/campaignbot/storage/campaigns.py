"""Campaigns with their briefs, and vacancies."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update

from campaignbot.domain.campaigns import BriefVersion, Campaign
from campaignbot.domain.errors import user_error
from campaignbot.domain.vacancy import Vacancy
from campaignbot.storage.database import Tx
from campaignbot.storage.documents import from_document, to_document
from campaignbot.storage.tables import brief_version, campaign, campaign_vacancy, vacancy


def save_campaign(tx: Tx, wanted: Campaign, version: BriefVersion) -> None:
    """Store a campaign, new or known, with the next version of its brief."""
    known = tx.execute(select(campaign.c.id).where(campaign.c.id == wanted.id)).first()
    if known is None:
        tx.execute(
            insert(campaign).values(
                id=wanted.id,
                key=wanted.key,
                name=wanted.name,
                brief_version=wanted.brief_version,
                created_at_utc=wanted.created_at_utc,
            )
        )
    else:
        tx.execute(
            update(campaign)
            .where(campaign.c.id == wanted.id)
            .values(name=wanted.name, brief_version=wanted.brief_version)
        )
    tx.execute(
        insert(brief_version).values(
            campaign_id=version.campaign_id,
            version=version.version,
            document=to_document(version),
            saved_at_utc=version.saved_at_utc,
        )
    )


def list_campaigns(tx: Tx) -> tuple[Campaign, ...]:
    """Return all campaigns, oldest first."""
    rows = tx.execute(select(campaign).order_by(campaign.c.created_at_utc, campaign.c.key))
    return tuple(_campaign(row) for row in rows)


def campaign_by_key(tx: Tx, key: str) -> Campaign | None:
    row = tx.execute(select(campaign).where(campaign.c.key == key)).one_or_none()
    return _campaign(row) if row else None


def campaign_by_id(tx: Tx, campaign_id: UUID) -> Campaign:
    return _campaign(tx.execute(select(campaign).where(campaign.c.id == campaign_id)).one())


def require_campaign(tx: Tx, key: str) -> Campaign:
    """Return the campaign; UserError with the keys that exist when there is none of this key."""
    found = campaign_by_key(tx, key)
    if found is None:
        known = ", ".join(c.key for c in list_campaigns(tx)) or "-"
        raise user_error("campaign.unknown", remedy="campaign.unknown.remedy", key=key, known=known)
    return found


def brief_version_of(tx: Tx, campaign_id: UUID) -> int:
    """Return the number of the newest version of a campaign's brief."""
    number: int = tx.execute(
        select(campaign.c.brief_version).where(campaign.c.id == campaign_id)
    ).scalar_one()
    return number


def current_brief(tx: Tx, campaign_id: UUID) -> BriefVersion:
    """Return the newest version of a campaign's brief."""
    document = tx.execute(
        select(brief_version.c.document)
        .where(brief_version.c.campaign_id == campaign_id)
        .order_by(brief_version.c.version.desc())
        .limit(1)
    ).scalar_one()
    return from_document(BriefVersion, document)


def save_vacancy(tx: Tx, wanted: Vacancy, *, now: datetime) -> Vacancy:
    """Store a vacancy, or the new reading of the one with its reference; return it as stored.

    The id of a vacancy that is known is kept: posts refer to it.
    """
    row = tx.execute(select(vacancy.c.id).where(vacancy.c.reference == wanted.reference)).first()
    stored = wanted if row is None else replace(wanted, id=row.id)
    values: dict[str, Any] = {
        "title": stored.title,
        "document": to_document(stored),
        "last_day": stored.last_day,
        "closed_at_utc": stored.closed_at_utc,
        "read_at_utc": now,
    }
    if row is None:
        tx.execute(insert(vacancy).values(id=stored.id, reference=stored.reference, **values))
    else:
        tx.execute(update(vacancy).where(vacancy.c.id == stored.id).values(**values))
    return stored


def link_vacancy(tx: Tx, campaign_id: UUID, vacancy_id: UUID, position: int = 0) -> None:
    """Remember that a campaign is about a vacancy, as the first of its brief or a later one."""
    tx.execute(
        insert(campaign_vacancy).values(
            campaign_id=campaign_id, vacancy_id=vacancy_id, position=position
        )
    )


def vacancy_by_reference(tx: Tx, reference: str) -> Vacancy | None:
    document = tx.execute(
        select(vacancy.c.document).where(vacancy.c.reference == reference)
    ).scalar()
    return from_document(Vacancy, document) if document else None


def require_vacancy(tx: Tx, reference: str) -> Vacancy:
    """Return the vacancy; UserError with the references that exist when there is none of this."""
    found = vacancy_by_reference(tx, reference)
    if found is None:
        rows = tx.execute(select(vacancy.c.reference).order_by(vacancy.c.reference)).scalars()
        known = ", ".join(rows) or "-"
        raise user_error(
            "vacancy.no_such", remedy="campaign.unknown.remedy", ref=reference, known=known
        )
    return found


def vacancy_by_id(tx: Tx, vacancy_id: UUID) -> Vacancy:
    document = tx.execute(select(vacancy.c.document).where(vacancy.c.id == vacancy_id)).scalar_one()
    return from_document(Vacancy, document)


def vacancies_of(tx: Tx, campaign_id: UUID) -> tuple[Vacancy, ...]:
    """Return the vacancies that a campaign is about, in the order of its brief."""
    rows = tx.execute(
        select(vacancy.c.document)
        .join(campaign_vacancy, campaign_vacancy.c.vacancy_id == vacancy.c.id)
        .where(campaign_vacancy.c.campaign_id == campaign_id)
        .order_by(campaign_vacancy.c.position)
    ).scalars()
    return tuple(from_document(Vacancy, document) for document in rows)


def _campaign(row: Any) -> Campaign:
    return Campaign(row.id, row.key, row.name, row.brief_version, row.created_at_utc)
