"""Which weekly summaries were written."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import insert, update

from campaignbot.storage.database import Tx
from campaignbot.storage.tables import sent_summary


def save_summary(
    tx: Tx, campaign_id: UUID, week_start: date, language: str, folder: str, *, now: datetime
) -> None:
    """Remember that the summary of a week was written, and where."""
    same = (
        (sent_summary.c.campaign_id == campaign_id)
        & (sent_summary.c.week_start == week_start)
        & (sent_summary.c.language == language)
    )
    values = {"folder": folder, "written_at_utc": now}
    if tx.execute(update(sent_summary).where(same).values(**values)).rowcount == 0:
        tx.execute(
            insert(sent_summary).values(
                campaign_id=campaign_id, week_start=week_start, language=language, **values
            )
        )
