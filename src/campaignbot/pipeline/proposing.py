"""What `plan` proposes: channels, calendar and angles, before anything is stored."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
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
from campaignbot.drafting.choice import Choice, Offer, choose_angles
from campaignbot.drafting.words import vocabulary
from campaignbot.files import MAX_PAGE_BYTES, read_bytes
from campaignbot.i18n import Translator
from campaignbot.pipeline.books import campaign_book
from campaignbot.pipeline.taken import NOTHING_TAKEN, Taken, used_wordings
from campaignbot.planning.calendar import PlanningInput, make_plan
from campaignbot.planning.channels import propose_channels
from campaignbot.planning.free_days import public_holidays
from campaignbot.settings import Settings


@dataclass(frozen=True, slots=True)
class Proposal:
    """What `plan` proposes, before anything is stored.

    `unusable` names for each angle that cannot be used the facts that it lacks.
    """

    key: str
    brief: Brief
    personas: tuple[Persona, ...]
    plan: Plan
    readings: tuple[VacancyReading, ...]
    findings: tuple[Finding, ...]
    unusable: Mapping[str, tuple[str, ...]]
    choices: tuple[Choice, ...]
    empty: tuple[Slot, ...]


def propose(
    workdir: Path,
    brief_path: Path,
    settings: Settings,
    account_keys: frozenset[str],
    clock: Clock,
    new_id: Callable[[], UUID],
    taken: Taken = NOTHING_TAKEN,
) -> Proposal:
    """Read a brief with its vacancies and propose channels, calendar and angles; stores nothing.

    `taken` is what stands on the accounts already: neither the same words nor the same times are
    proposed there again.
    UserError when the brief, a vacancy or a file that they name is not right.
    """
    now = clock.now().astimezone(ZoneInfo(settings.zone)).replace(tzinfo=None)
    personas = load_personas(workdir / "config" / "personas")
    channels = load_channels(workdir / "config" / "channels.yaml", account_keys)
    brief = read_brief(brief_path, personas, channels, now.date())
    readings = _vacancies(brief, brief_path, settings.zone, now.date(), new_id)
    chosen = tuple(personas[key] for key in brief.personas)
    closing = max((d for r in readings if (d := r.vacancy.last_day)), default=None)
    plan = make_plan(
        _planning_input(
            brief, chosen, tuple(channels.values()), settings, closing, now, taken.times
        )
    )
    angles = _angles(workdir / "creatives" / "angles" / brief.language)
    vacancies = [r.vacancy for r in readings]
    offers = _offers(brief, vacancies, chosen, settings, angles)
    choices, empty = choose_angles(
        plan.slots, offers, used_wordings(taken.texts, channels.values())
    )
    unusable = _unusable(angles, offers)
    return Proposal(
        key=brief_path.stem,
        brief=brief,
        personas=chosen,
        plan=plan,
        readings=readings,
        findings=(
            *missing_answers(brief, vacancies, unusable),
            *(f for r in readings for f in r.findings),
        ),
        unusable=unusable,
        choices=choices,
        empty=empty,
    )


def _offers(
    brief: Brief,
    vacancies: Sequence[Vacancy],
    personas: Sequence[Persona],
    settings: Settings,
    angles: Sequence[Angle],
) -> tuple[Offer, ...]:
    t = Translator(brief.language, settings.zone)
    about: Sequence[Vacancy | None] = vacancies or [None]
    books = [campaign_book(brief, vacancy, personas, settings) for vacancy in about]
    known = [vocabulary(book, t) for book in books]
    return tuple(
        Offer(words, offered(angles, words), vacancy)
        for vacancy, words in zip(about, known, strict=True)
    )


def _planning_input(
    brief: Brief,
    personas: Sequence[Persona],
    channels: Sequence[Channel],
    settings: Settings,
    closing: date | None,
    now: datetime,
    occupied: Mapping[str, Sequence[datetime]],
) -> PlanningInput:
    last = closing or brief.start + timedelta(weeks=brief.weeks)
    return PlanningInput(
        brief,
        propose_channels(brief, personas, channels),
        personas,
        zone=settings.zone,
        closing_day=closing,
        holidays=public_holidays(brief.start, last),
        not_before=now,
        quiet_from=settings.publishing.quiet_from,
        quiet_until=settings.publishing.quiet_until,
        occupied=occupied,
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
    if not path.exists():
        raise UserError(
            Problem(
                Message("vacancy.no_file", {"path": str(path)}),
                Message("vacancy.no_file.remedy"),
                Place(brief_path, field="vacancies"),
            )
        )
    data = read_bytes(path, MAX_PAGE_BYTES)
    return read_vacancy(str(path), data, zone=zone, new_id=new_id)


def _unusable(angles: Sequence[Angle], offers: Sequence[Offer]) -> Mapping[str, tuple[str, ...]]:
    """Return the angles that no vacancy has the facts for, by name, with what the first lacks."""
    missing = {angle.name: [lacks(angle, offer.known) for offer in offers] for angle in angles}
    return {name: needs[0] for name, needs in missing.items() if all(needs)}


def refuse_incomplete(proposal: Proposal, brief_path: Path) -> None:
    """Raise UserError when an answer is missing without which no honest campaign can be made."""
    errors = [f for f in proposal.findings if f.severity is Severity.ERROR]
    if errors:
        raise UserError(*(Problem(f.what, f.remedy, Place(brief_path)) for f in errors))
