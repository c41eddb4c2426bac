"""What `plan` proposes: channels, calendar and angles, before anything is stored."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from campaignbot.briefing.completeness import missing_answers
from campaignbot.briefing.files import load_channels, load_personas, read_brief, require_open
from campaignbot.briefing.vacancies import VacancyReading, read_vacancy
from campaignbot.domain.brief import Brief, Channel, Persona
from campaignbot.domain.campaigns import Plan, Slot
from campaignbot.domain.clock import Clock
from campaignbot.domain.errors import Place, Problem, UserError, user_error
from campaignbot.domain.findings import Finding, Severity
from campaignbot.domain.messages import Message
from campaignbot.domain.vacancy import Vacancy
from campaignbot.drafting.angles import Angle, lacks, load_angles, offered
from campaignbot.drafting.choice import Choice, choose_angles
from campaignbot.drafting.words import facts_of
from campaignbot.i18n import Translator
from campaignbot.pipeline.told import Told, used_wordings
from campaignbot.planning.calendar import make_calendar
from campaignbot.planning.channels import propose_channels
from campaignbot.planning.free_days import public_holidays
from campaignbot.settings import Settings


@dataclass(frozen=True, slots=True)
class Proposal:
    """What `plan` proposes, before anything is stored."""

    key: str
    brief: Brief
    personas: tuple[Persona, ...]
    plan: Plan
    readings: tuple[VacancyReading, ...]
    findings: tuple[Finding, ...]
    unusable: Mapping[str, tuple[str, ...]]
    choices: tuple[Choice, ...]
    empty: tuple[Slot, ...]

    @property
    def vacancy(self) -> Vacancy | None:
        return self.readings[0].vacancy if self.readings else None


def propose(
    workdir: Path,
    brief_path: Path,
    settings: Settings,
    account_keys: frozenset[str],
    clock: Clock,
    new_id: Callable[[], UUID],
    told: Mapping[str, Told] = MappingProxyType({}),
) -> Proposal:
    """Read a brief with its vacancy and propose channels, calendar and angles; stores nothing.

    `told` is what stands on the accounts already: the same words are not proposed there again.
    UserError when the brief, the vacancy or a file that they name is not right.
    """
    now = clock.now().astimezone(ZoneInfo(settings.zone)).replace(tzinfo=None)
    personas = load_personas(workdir / "config" / "personas")
    channels = load_channels(workdir / "config" / "channels.yaml", account_keys)
    brief = read_brief(brief_path, personas, channels, now.date())
    readings = _vacancies(brief, brief_path, settings.zone, now.date(), new_id)
    chosen = tuple(personas[key] for key in brief.personas)
    vacancy = readings[0].vacancy if readings else None
    closing = vacancy.last_day if vacancy else None
    plan = _plan(brief, chosen, tuple(channels.values()), settings.zone, closing, now)
    angles = _angles(workdir / "creatives" / "angles" / brief.language)
    groups = offered(angles, brief, vacancy)
    usable = {angle.key: angle for group in groups.values() for angle in group}
    facts = facts_for(brief, vacancy, settings)
    used = used_wordings(told, channels.values(), tuple(usable.values()), facts)
    choices, empty = choose_angles(plan.slots, groups, closing, used)
    return Proposal(
        key=brief_path.stem,
        brief=brief,
        personas=chosen,
        plan=plan,
        readings=readings,
        findings=(
            *missing_answers(brief, [r.vacancy for r in readings]),
            *(f for r in readings for f in r.findings),
        ),
        unusable=_unusable(angles, brief, vacancy),
        choices=choices,
        empty=empty,
    )


def facts_for(brief: Brief, vacancy: Vacancy | None, settings: Settings) -> Mapping[str, Any]:
    """Return the facts that posts of a brief are worded with, in its language."""
    employer = vacancy.employer if vacancy else settings.organisation
    return facts_of(brief, vacancy, employer, Translator(brief.language, settings.zone))


def _plan(
    brief: Brief,
    personas: Sequence[Persona],
    channels: Sequence[Channel],
    zone: str,
    closing: date | None,
    now: datetime,
) -> Plan:
    last = closing or brief.start + timedelta(weeks=brief.weeks)
    return make_calendar(
        brief,
        propose_channels(brief, personas, channels),
        personas,
        zone=zone,
        closing_day=closing,
        holidays=public_holidays(brief.start, last),
        not_before=now,
    )


def _vacancies(
    brief: Brief, brief_path: Path, zone: str, today: date, new_id: Callable[[], UUID]
) -> tuple[VacancyReading, ...]:
    sources = [brief_path.parent / source for source in brief.vacancies]
    readings = tuple(_read(source, brief_path, zone, new_id) for source in sources)
    for source, reading in zip(sources, readings, strict=True):
        require_open(reading.vacancy.last_day, today, str(source))
    return readings


def _angles(folder: Path) -> tuple[Angle, ...]:
    angles = load_angles(folder)
    if not angles:
        raise user_error("angle.none", remedy="angle.none.remedy", place=Place(folder))
    return angles


def _read(path: Path, brief_path: Path, zone: str, new_id: Callable[[], UUID]) -> VacancyReading:
    try:
        data = path.read_bytes()
    except OSError:
        raise UserError(
            Problem(
                Message("vacancy.no_file", {"path": str(path)}),
                Message("vacancy.no_file.remedy"),
                Place(brief_path, field="vacancies"),
            )
        ) from None
    return read_vacancy(str(path), data, zone=zone, new_id=new_id)


def _unusable(
    angles: Sequence[Angle], brief: Brief, vacancy: Vacancy | None
) -> Mapping[str, tuple[str, ...]]:
    missing = {angle.name: lacks(angle, brief, vacancy) for angle in angles}
    return {name: needs for name, needs in missing.items() if needs}


def refuse_incomplete(proposal: Proposal, brief_path: Path) -> None:
    """Raise UserError when an answer is missing without which no honest campaign can be made."""
    errors = [f for f in proposal.findings if f.severity is Severity.ERROR]
    if errors:
        raise UserError(*(Problem(f.what, f.remedy, Place(brief_path)) for f in errors))
