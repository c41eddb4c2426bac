"""A vacancy read again: what it says now, and what follows for its posts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from uuid import UUID
from zoneinfo import ZoneInfo

from campaignbot.briefing.files import require_open
from campaignbot.briefing.vacancies import VacancyReading, read_vacancy
from campaignbot.domain.audit import AuditEvent
from campaignbot.domain.clock import Clock
from campaignbot.reviewing.vacancies import VacancyChange, compare, take_over
from campaignbot.storage import audit
from campaignbot.storage.database import Database


@dataclass(frozen=True, slots=True)
class Imported:
    """A reading of a vacancy, and what it changes."""

    reading: VacancyReading
    change: VacancyChange


def import_vacancy(
    source: str,
    data: bytes,
    database: Database,
    zone: str,
    clock: Clock,
    new_id: Callable[[], UUID],
    *,
    by: str = "system:import",
    dry_run: bool = False,
) -> Imported:
    """Read a vacancy's page and take it over in one transaction; with `dry_run`, only compare.

    `by` is who asked for it. A closing date in the past closes a vacancy that posts are about; for
    any other it is a UserError, as there is nothing to campaign for.
    """
    reading = read_vacancy(source, data, zone=zone, new_id=new_id)
    now, vacancy = clock.now(), reading.vacancy
    today = now.astimezone(ZoneInfo(zone)).date()
    if vacancy.last_day is not None and vacancy.last_day < today:
        vacancy = replace(vacancy, closed_at_utc=now)
    with database.read() as tx:
        change = compare(tx, vacancy)
    if not change.used:
        require_open(vacancy.last_day, today, source)
    if not dry_run:
        with database.write() as tx:
            change = take_over(tx, vacancy, now=now, new_id=new_id)
            audit.record(tx, AuditEvent(now, by, "import", "vacancy", change.vacancy.id))
    return Imported(replace(reading, vacancy=change.vacancy), change)
