"""The way of a post from brief to review: one function that every surface calls."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from campaignbot.briefing.completeness import missing_answers
from campaignbot.briefing.files import load_channels, load_personas, read_brief, require_open
from campaignbot.briefing.vacancies import VacancyReading, read_vacancy
from campaignbot.domain.accounts import Account
from campaignbot.domain.brief import Brief, Persona
from campaignbot.domain.campaigns import BriefVersion, Campaign, Plan, Slot
from campaignbot.domain.clock import Clock
from campaignbot.domain.content import Content, MediaItem
from campaignbot.domain.errors import Place, Problem, UserError, user_error
from campaignbot.domain.findings import Finding, Severity
from campaignbot.domain.ids import short_code
from campaignbot.domain.messages import Message
from campaignbot.domain.publication import Post, Publication, State
from campaignbot.domain.vacancy import Vacancy
from campaignbot.drafting.angles import Angle, lacks, load_angles, offered
from campaignbot.drafting.choice import Choice, choose_angles
from campaignbot.drafting.drafts import Draft, alt_text, make_draft, tracked_link
from campaignbot.drafting.words import facts_of
from campaignbot.gateways.media import MediaStore
from campaignbot.i18n import Translator
from campaignbot.planning.calendar import make_calendar
from campaignbot.planning.channels import propose_channels
from campaignbot.planning.free_days import public_holidays
from campaignbot.platforms.protocol import Platform
from campaignbot.rendering import (
    PhotoCard,
    RenderedImage,
    Renderer,
    RenderRequest,
    load_brand,
    load_photos,
    load_templates,
)
from campaignbot.settings import Settings
from campaignbot.storage import accounts, campaigns, media, publications
from campaignbot.storage.database import Database

Progress = Callable[[str, int, int], None]
"""Told what is being done, how many of how many are done."""


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


@dataclass(frozen=True, slots=True)
class Made:
    """What was stored: the campaign and its publications, all of them waiting for review."""

    campaign: Campaign
    publications: tuple[Publication, ...]


@dataclass
class Studio:
    """What drafts are made with: renderer, photos and the store for pictures."""

    renderer: Renderer
    photos: Mapping[str, PhotoCard]
    store: MediaStore
    turns: dict[str, int] = field(default_factory=dict)

    def draw(self, draft: Draft, link: str | None) -> tuple[RenderedImage, PhotoCard | None]:
        photo = self._next_photo(draft.visual.photos)
        request = RenderRequest(
            template=draft.visual.template,
            size=draft.visual.size,
            fields=draft.visual.fields,
            photo=photo.key if photo else None,
            qr=link if draft.visual.qr else None,
        )
        return self.renderer.render(request), photo

    def _next_photo(self, wanted: Sequence[str]) -> PhotoCard | None:
        """Take turns among the photos of the first key or tag that exists."""
        for name in wanted:
            fitting = [p for p in self.photos.values() if name == p.key or name in p.tags]
            if fitting:
                turn = self.turns.get(name, 0)
                self.turns[name] = turn + 1
                return fitting[turn % len(fitting)]
        return None


def open_studio(workdir: Path, brand_key: str, store: MediaStore) -> Studio:
    """Read brand, photos and templates of a working folder; UserError when one is not right."""
    creatives = workdir / "creatives"
    folder = creatives / "brands" / brand_key
    if not folder.is_dir():
        known = ", ".join(sorted(p.name for p in (creatives / "brands").glob("*"))) or "-"
        raise user_error(
            "brand.unknown",
            remedy="brand.unknown.remedy",
            place=Place(folder),
            name=brand_key,
            known=known,
        )
    brand, photos = load_brand(folder), load_photos(creatives / "photos")
    tags = frozenset(photos) | {tag for photo in photos.values() for tag in photo.tags}
    templates = load_templates(creatives / "templates", brand.palette, tags)
    renderer = Renderer(brand, templates, photos, workdir / "data" / "renders")
    return Studio(renderer, photos, store)


def propose(
    workdir: Path,
    brief_path: Path,
    settings: Settings,
    account_keys: frozenset[str],
    clock: Clock,
    new_id: Callable[[], UUID],
) -> Proposal:
    """Read a brief with its vacancy and propose channels, calendar and angles; stores nothing.

    UserError when the brief, the vacancy or a file that they name is not right.
    """
    now = clock.now().astimezone(ZoneInfo(settings.zone)).replace(tzinfo=None)
    today = now.date()
    personas = load_personas(workdir / "config" / "personas")
    channels = load_channels(workdir / "config" / "channels.yaml", account_keys)
    brief = read_brief(brief_path, personas, channels, today)
    readings = tuple(
        _read(brief_path.parent / source, brief_path, settings.zone, new_id)
        for source in brief.vacancies
    )
    for source, reading in zip(brief.vacancies, readings, strict=True):
        require_open(reading.vacancy.last_day, today, str(brief_path.parent / source))
    chosen = tuple(personas[key] for key in brief.personas)
    vacancy = readings[0].vacancy if readings else None
    closing = vacancy.last_day if vacancy else None
    proposals = propose_channels(brief, chosen, tuple(channels.values()))
    last = closing or brief.start + timedelta(weeks=brief.weeks)
    plan = make_calendar(
        brief,
        proposals,
        chosen,
        zone=settings.zone,
        closing_day=closing,
        holidays=public_holidays(brief.start, last),
        not_before=now,
    )
    angles = _angles(workdir / "creatives" / "angles" / brief.language)
    choices, empty = choose_angles(plan.slots, offered(angles, brief, vacancy), closing)
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


def make(
    proposal: Proposal,
    database: Database,
    settings: Settings,
    platforms: Mapping[str, Platform],
    studio: Studio,
    clock: Clock,
    new_id: Callable[[], UUID],
    progress: Progress = lambda _what, _done, _of: None,
) -> Made:
    """Draft and render every post, then store campaign and publications in one transaction.

    They wait for review. Interrupted before its end, it has stored nothing but pictures, which
    are found again by their contents. UserError when the campaign exists already.
    """
    with database.read() as tx:
        if campaigns.campaign_by_key(tx, proposal.key) is not None:
            raise user_error("plan.exists", remedy="plan.exists.remedy", key=proposal.key)
        known = {account.key: account for account in accounts.list_accounts(tx)}
        number = publications.next_reference_number(tx, settings.reference)
    now = clock.now()
    campaign = Campaign(new_id(), proposal.key, proposal.brief.name, 1, now)
    drafted = list(
        _drafts(proposal, campaign, settings, platforms, known, studio, new_id, number, progress)
    )
    version = BriefVersion(
        campaign.id,
        1,
        proposal.brief,
        proposal.personas,
        tuple(p.channel for p in proposal.plan.channels),
        now,
    )
    with database.write() as tx:
        campaigns.save_campaign(tx, campaign, version)
        for reading in proposal.readings:
            campaigns.save_vacancy(tx, reading.vacancy, campaign_id=campaign.id, now=now)
        for publication, rendered, photo in drafted:
            publications.add_post(tx, publication.post)
            publications.add_publication(tx, publication, now=now, actor="system:drafting")
            media.save_media(
                tx,
                rendered.sha256,
                rendered.mime,
                len(rendered.data),
                (rendered.width_px, rendered.height_px),
                _provenance(rendered, photo),
                now=now,
            )
    return Made(campaign, tuple(publication for publication, _, _ in drafted))


def _provenance(rendered: RenderedImage, photo: PhotoCard | None) -> dict[str, str]:
    weak = ", ".join(c.field for c in rendered.contrasts if not c.enough)
    told = {"photo": photo.key if photo else "", "weak_contrast": weak}
    if photo is not None:
        until = photo.consent_until.isoformat() if photo.consent_until else ""
        told |= {"people": photo.people, "consent_until": until}
    return told


def _drafts(
    proposal: Proposal,
    campaign: Campaign,
    settings: Settings,
    platforms: Mapping[str, Platform],
    known: Mapping[str, Account],
    studio: Studio,
    new_id: Callable[[], UUID],
    first_number: int,
    progress: Progress,
) -> Iterator[tuple[Publication, RenderedImage, PhotoCard | None]]:
    brief, vacancy = proposal.brief, proposal.vacancy
    t = Translator(brief.language, settings.zone)
    employer = vacancy.employer if vacancy else settings.organisation
    facts = facts_of(brief, vacancy, employer, t)
    by_channel = {p.channel.key: known[p.channel.account] for p in proposal.plan.channels}
    for done, choice in enumerate(proposal.choices):
        progress("draft", done, len(proposal.choices))
        account = by_channel[choice.slot.channel]
        platform = platforms[account.platform]
        draft = make_draft(choice, platform.name, facts, vacancy, settings.careers_url)
        code = short_code()
        mark = f"{choice.slot.phase}-{choice.angle.key}"
        link = draft.destination and tracked_link(
            draft.destination, code, platform.name, campaign.key, mark
        )
        rendered, photo = studio.draw(draft, link)
        if rendered.unfit:
            raise UserError(*(Problem(message) for message in rendered.unfit))
        studio.store.put(rendered.data, rendered.mime)
        item = MediaItem(
            rendered.sha256,
            rendered.mime,
            rendered.width_px,
            rendered.height_px,
            _alt(draft, photo, brief.language, t),
        )
        content = Content(draft.text, link, (item,), brief.language)
        post = Post(
            id=new_id(),
            campaign_id=campaign.id,
            vacancy_id=vacancy.id if vacancy else None,
            phase=choice.slot.phase,
            persona=choice.slot.persona,
            angle=choice.angle.key,
            language=brief.language,
            facts=draft.facts,
        )
        due = choice.slot.planned.instant
        yield (
            Publication(
                id=new_id(),
                reference=f"{settings.reference}-{first_number + done:04}",
                post=post,
                account_id=account.id,
                content=_without_dead_link(content, platform),
                tracking_code=code,
                planned=choice.slot.planned,
                due_at_utc=due,
                window_end_utc=due + timedelta(hours=settings.publishing.grace_h),
                state=State.IN_REVIEW,
            ),
            rendered,
            photo,
        )
    progress("draft", len(proposal.choices), len(proposal.choices))


def _alt(draft: Draft, photo: PhotoCard | None, language: str, t: Translator) -> str:
    description = photo.description.get(language, "") if photo else ""
    return alt_text(
        description, draft.visual, lambda scene, words: t("drafting.alt", scene=scene, words=words)
    )


def _without_dead_link(content: Content, platform: Platform) -> Content:
    """Leave out a link that the platform shows nowhere: what is approved is what goes out."""
    if content.link and content.link not in platform.compose(content):
        return replace(content, link=None)
    return content
