"""One post of a campaign: worded, drawn, tracked, and placed in the calendar."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from campaignbot.domain.accounts import Account
from campaignbot.domain.campaigns import Campaign
from campaignbot.domain.content import Content, MediaItem
from campaignbot.domain.errors import Problem, UserError
from campaignbot.domain.ids import short_code
from campaignbot.domain.mentions import with_mentions
from campaignbot.domain.publication import Post, Publication, State
from campaignbot.domain.vacancy import Vacancy
from campaignbot.drafting.choice import Choice
from campaignbot.drafting.drafts import Draft, alt_text, link_preview, make_draft, tracked_link
from campaignbot.i18n import Translator
from campaignbot.pipeline.proposing import Proposal, facts_for
from campaignbot.pipeline.studio import Studio
from campaignbot.platforms.protocol import Platform
from campaignbot.rendering import PhotoCard, RenderedImage
from campaignbot.settings import Settings

Mentions = Mapping[str, Mapping[str, str]]
# Facts that stay true when the vacancy is closed.
_EMPLOYER = {"employer"}


@dataclass(frozen=True, slots=True)
class DrawnPost:
    """A publication that is not stored yet, with its picture and the photo in it."""

    publication: Publication
    rendered: RenderedImage
    photo: PhotoCard | None

    @property
    def provenance(self) -> dict[str, str]:
        """What the picture was made of, as far as later checks need it."""
        weak = ", ".join(c.field for c in self.rendered.contrasts if not c.enough)
        told = {"photo": self.photo.key if self.photo else "", "weak_contrast": weak}
        if self.photo is not None:
            until = self.photo.consent_until.isoformat() if self.photo.consent_until else ""
            told |= {"people": self.photo.people, "consent_until": until}
        return told


@dataclass(frozen=True)
class PostMaker:
    """Makes the posts of one proposal; `known` are the accounts by key.

    `vacancy` is the proposal's, under the id by which it is stored. `mentions` are the names that
    each account can mention, with their ids.
    """

    proposal: Proposal
    campaign: Campaign
    vacancy: Vacancy | None
    settings: Settings
    platforms: Mapping[str, Platform]
    known: Mapping[str, Account]
    studio: Studio
    new_id: Callable[[], UUID]
    mentions: Mentions

    def make(self, choice: Choice, number: int) -> DrawnPost:
        """Return the post of a choice; UserError when its words do not fit the picture."""
        account = self._accounts[choice.slot.channel]
        platform, code = self.platforms[account.platform], short_code()
        draft = make_draft(
            choice, platform.name, self._facts, self.vacancy, self.settings.careers_url
        )
        mark = f"{choice.slot.phase}-{choice.angle.key}"
        link = draft.destination and tracked_link(
            draft.destination,
            code,
            platform.name,
            self.campaign.key,
            mark,
            channel=choice.slot.channel,
        )
        rendered, photo = self.studio.draw(draft, link)
        if rendered.unfit:
            raise UserError(*(Problem(message) for message in rendered.unfit))
        self.studio.store.put(rendered.data, rendered.mime)
        item = MediaItem(
            rendered.sha256,
            rendered.mime,
            rendered.width_px,
            rendered.height_px,
            self._alt(draft, photo),
        )
        content = Content(
            draft.text,
            link,
            (item,),
            self._language,
            # Shown once somebody takes the picture out.
            preview=link_preview(draft.visual, item, self.settings.organisation)
            if platform.needs_preview and link
            else None,
        )
        content = with_mentions(content, self.mentions.get(account.key, {}))
        content = _without_dead_link(content, platform)
        return DrawnPost(
            self._publication(choice, draft, content, account, code, number), rendered, photo
        )

    def _publication(
        self,
        choice: Choice,
        draft: Draft,
        content: Content,
        account: Account,
        code: str,
        number: int,
    ) -> Publication:
        slot = choice.slot
        due = slot.planned.instant
        return Publication(
            id=self.new_id(),
            reference=f"{self.settings.reference}-{number:04}",
            post=Post(
                id=self.new_id(),
                campaign_id=self.campaign.id,
                vacancy_id=self.vacancy.id if self.vacancy else None,
                phase=slot.phase,
                persona=slot.persona,
                angle=choice.angle.key,
                language=self._language,
                facts=draft.facts,
                needs_open_vacancy=not slot.after_closing and bool(draft.facts.keys() - _EMPLOYER),
            ),
            account_id=account.id,
            content=content,
            tracking_code=code,
            planned=slot.planned,
            due_at_utc=due,
            window_end_utc=due + timedelta(hours=self.settings.publishing.grace_h),
            state=State.IN_REVIEW,
        )

    @property
    def _language(self) -> str:
        return self.proposal.brief.language

    @cached_property
    def _t(self) -> Translator:
        return Translator(self._language, self.settings.zone)

    @cached_property
    def _facts(self) -> Mapping[str, Any]:
        return facts_for(self.proposal.brief, self.vacancy, self.settings)

    @cached_property
    def _accounts(self) -> Mapping[str, Account]:
        return {p.channel.key: self.known[p.channel.account] for p in self.proposal.plan.channels}

    def _alt(self, draft: Draft, photo: PhotoCard | None) -> str:
        description = photo.description.get(self._language, "") if photo else ""
        return alt_text(
            description,
            draft.visual,
            lambda scene, words: self._t("drafting.alt", scene=scene, words=words),
        )


def _without_dead_link(content: Content, platform: Platform) -> Content:
    """Leave out a link that the platform shows nowhere: what is approved is what goes out."""
    if content.link and content.link not in platform.compose(content):
        return replace(content, link=None, preview=None)
    return content
