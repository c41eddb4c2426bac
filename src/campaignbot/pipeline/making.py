"""From proposal to review: every post drafted, drawn and stored."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from uuid import UUID

from campaignbot.domain.audit import AuditEvent
from campaignbot.domain.campaigns import BriefVersion, Campaign
from campaignbot.domain.clock import Clock
from campaignbot.domain.errors import user_error
from campaignbot.domain.publication import Publication
from campaignbot.domain.vacancy import Vacancy
from campaignbot.pipeline.posts import DrawnPost, Mentions, PostMaker
from campaignbot.pipeline.proposing import Proposal
from campaignbot.pipeline.studio import Studio
from campaignbot.platforms.protocol import Platform
from campaignbot.reviewing.vacancies import VacancyChange, compare, take_over
from campaignbot.settings import Settings
from campaignbot.storage import accounts, audit, campaigns, media, publications
from campaignbot.storage.database import Database, Tx
from campaignbot.storage.used_texts import used_texts

Progress = Callable[[str, int, int], None]
"""Told what is being done, how many of how many are done."""


@dataclass(frozen=True, slots=True)
class Made:
    """What was stored: the campaign and its publications, all of them waiting for review.

    `changes` say what the readings of the vacancies meant for posts that were there already.
    """

    campaign: Campaign
    publications: tuple[Publication, ...]
    changes: tuple[VacancyChange, ...] = ()


def make(
    proposal: Proposal,
    database: Database,
    settings: Settings,
    platforms: Mapping[str, Platform],
    studio: Studio,
    clock: Clock,
    new_id: Callable[[], UUID],
    progress: Progress = lambda _what, _done, _of: None,
    mentions: Mentions = MappingProxyType({}),
    *,
    by: str = "system:planning",
) -> Made:
    """Draft and render every post, then store campaign and publications in one transaction.

    `mentions` are the names that each account can mention, by its key; `by` is who asked for it.
    They wait for review.
    Interrupted before its end, it has stored nothing but pictures, which are found again by their
    contents. UserError when the campaign exists already, or there is nothing to tell.
    """
    with database.read() as tx:
        if campaigns.campaign_by_key(tx, proposal.key) is not None:
            raise user_error("plan.exists", remedy="plan.exists.remedy", key=proposal.key)
        if not proposal.choices:
            raise user_error("plan.no_words", remedy="plan.no_words.remedy")
        known = {account.key: account for account in accounts.list_accounts(tx)}
        first = publications.next_reference_number(tx, settings.reference)
        vacancies = tuple(compare(tx, r.vacancy).vacancy for r in proposal.readings)
        used = used_texts(tx)
    stored = {r.vacancy.id: v.id for r, v in zip(proposal.readings, vacancies, strict=True)}
    campaign = Campaign(new_id(), proposal.key, proposal.brief.name, 1, clock.now())
    maker = PostMaker(
        proposal, campaign, stored, settings, platforms, known, studio, new_id, mentions
    )
    for text in used:
        maker.taken.setdefault(text.account, set()).add(text.text_key)
    drawn: list[DrawnPost] = []
    for done, choice in enumerate(proposal.choices):
        progress("draft", done, len(proposal.choices))
        replies = sum(one.reply is not None for one in drawn)
        drawn.append(maker.make(choice, first + done + replies))
    progress("draft", len(proposal.choices), len(proposal.choices))
    with database.write() as tx:
        changes = tuple(
            take_over(tx, vacancy, now=campaign.created_at_utc, new_id=new_id)
            for vacancy in vacancies
        )
        _store(tx, proposal, campaign, vacancies, drawn)
        audit.record(tx, AuditEvent(campaign.created_at_utc, by, "plan", "campaign", campaign.id))
    made = (p for one in drawn for p in (one.publication, one.reply) if p is not None)
    return Made(campaign, tuple(made), changes)


def _store(
    tx: Tx,
    proposal: Proposal,
    campaign: Campaign,
    vacancies: Sequence[Vacancy],
    drawn: Sequence[DrawnPost],
) -> None:
    now = campaign.created_at_utc
    channels = tuple(p.channel for p in proposal.plan.channels)
    version = BriefVersion(campaign.id, 1, proposal.brief, proposal.personas, channels, now)
    campaigns.save_campaign(tx, campaign, version)
    for position, vacancy in enumerate(vacancies):
        campaigns.link_vacancy(tx, campaign.id, vacancy.id, position)
    for post in {one.publication.post.id: one.publication.post for one in drawn}.values():
        publications.add_post(tx, post)
    for one in drawn:
        publications.add_publication(tx, one.publication, now=now, actor="system:drafting")
        if one.reply is not None:
            publications.add_publication(tx, one.reply, now=now, actor="system:drafting")
        media.save_media(
            tx,
            one.rendered.sha256,
            one.rendered.mime,
            len(one.rendered.data),
            (one.rendered.width_px, one.rendered.height_px),
            one.provenance,
            now=now,
        )
