"""One post of a campaign: worded, drawn, tracked, and placed in the calendar."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property
from uuid import UUID

from campaignbot.domain.accounts import Account, LinkPlace
from campaignbot.domain.campaigns import Campaign
from campaignbot.domain.content import Content, MediaItem, text_key
from campaignbot.domain.errors import Problem, UserError
from campaignbot.domain.ids import short_code
from campaignbot.domain.mentions import with_mentions
from campaignbot.domain.publication import Post, Publication, State
from campaignbot.drafting.choice import Choice
from campaignbot.drafting.drafts import Draft, alt_text, link_preview, make_draft, tracked_link
from campaignbot.i18n import Translator
from campaignbot.pipeline.linking import below, place_link, reply_words, with_qr_told
from campaignbot.pipeline.proposing import Proposal
from campaignbot.pipeline.studio import Studio
from campaignbot.platforms.protocol import Platform
from campaignbot.rendering import PhotoCard, RenderedImage
from campaignbot.settings import Settings

Mentions = Mapping[str, Mapping[str, str]]
# What stays true of the employer when the vacancy is closed.
_EMPLOYER = "vacancy.employer"


@dataclass(frozen=True, slots=True)
class DrawnPost:
    """A publication that is not stored yet, with its picture, the photo in it, and its reply."""

    publication: Publication
    rendered: RenderedImage
    photo: PhotoCard | None
    reply: Publication | None = None

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

    `vacancies` give the id under which each vacancy of the proposal is stored. `mentions` are the
    names that each account can mention, with their ids. `taken` are the texts that stand on each
    account, as `text_key`s by its key. `posts` are the messages that were made so far: what
    several channels tell is one.
    """

    proposal: Proposal
    campaign: Campaign
    vacancies: Mapping[UUID, UUID]
    settings: Settings
    platforms: Mapping[str, Platform]
    known: Mapping[str, Account]
    studio: Studio
    new_id: Callable[[], UUID]
    mentions: Mentions
    taken: dict[str, set[str]] = field(default_factory=dict)
    posts: dict[Hashable, Post] = field(default_factory=dict)

    def make(self, choice: Choice, number: int) -> DrawnPost:
        """Return the post of a choice; UserError when its words do not fit the picture."""
        account = self._accounts[choice.slot.channel]
        platform, code = self.platforms[account.platform], short_code()
        draft = make_draft(choice, platform, choice.offer.known)
        placed = place_link(draft, account.link, self.studio)
        draft = placed.draft
        link = self._link(draft, choice, platform, code)
        post = self._post(choice, draft)
        rendered, photo = self.studio.draw(draft, link, post.photo)
        if rendered.unfit:
            raise UserError(*(Problem(message) for message in rendered.unfit))
        self.studio.store.put(rendered.data, rendered.mime)
        item = MediaItem(
            rendered.sha256,
            rendered.mime,
            rendered.width_px,
            rendered.height_px,
            self._alt(draft, photo, placed.place),
        )
        content = self._content(draft, link, item, account, platform)
        if placed.place is not LinkPlace.IN_TEXT:
            content = replace(content, link=None, preview=None)
        made = self._publication(choice, draft, post, content, account, code, number)
        reply = None
        if placed.place is LinkPlace.IN_REPLY:
            reply = self._reply(made, choice, draft, account)
        return DrawnPost(made, rendered, photo, reply)

    def _content(
        self, draft: Draft, link: str | None, item: MediaItem, account: Account, platform: Platform
    ) -> Content:
        preview = None
        if platform.needs_preview and link:
            # Shown once somebody takes the picture out.
            preview = link_preview(draft.visual, item, self.settings.organisation)
        content = Content(draft.text, link, (item,), self._language, preview=preview)
        content = with_mentions(content, self.mentions.get(account.key, {}))
        return _without_dead_link(content, platform)

    def _reply(
        self, post: Publication, choice: Choice, draft: Draft, account: Account
    ) -> Publication:
        """Return the reply that holds the link; its reference is the next after its post's."""
        platform, code, prefix = self.platforms[account.platform], short_code(), self._prefix
        link = self._link(draft, choice, platform, code, "-reply")
        taken = self.taken.setdefault(account.key, set())
        words = reply_words(draft, post, taken, self._t)
        taken.add(text_key(words))
        number = int(post.reference.removeprefix(prefix)) + 1
        reply = replace(
            post, id=self.new_id(), reference=f"{prefix}{number:04}", tracking_code=code
        )
        return below(post, reply, Content(words, link, (), self._language))

    def _link(
        self, draft: Draft, choice: Choice, platform: Platform, code: str, ending: str = ""
    ) -> str | None:
        """Return the tracked link of a post; `ending` tells its reply apart from it."""
        return draft.destination and tracked_link(
            draft.destination,
            code,
            platform,
            self.campaign.key,
            f"{choice.slot.phase}-{choice.angle.key}{ending}",
            channel=choice.slot.channel,
        )

    def _publication(
        self,
        choice: Choice,
        draft: Draft,
        post: Post,
        content: Content,
        account: Account,
        code: str,
        number: int,
    ) -> Publication:
        slot = choice.slot
        due = slot.planned.instant
        return Publication(
            id=self.new_id(),
            reference=f"{self._prefix}{number:04}",
            post=post,
            account_id=account.id,
            content=content,
            tracking_code=code,
            planned=slot.planned,
            due_at_utc=due,
            window_end_utc=due + timedelta(hours=self.settings.publishing.grace_h),
            state=State.IN_REVIEW,
            variant=draft.variant,
        )

    def _post(self, choice: Choice, draft: Draft) -> Post:
        """Return the message of a choice: the one that another channel tells already, or a new."""
        slot, vacancy = choice.slot, choice.offer.vacancy
        message = (
            slot.phase, slot.persona, slot.after_closing,
            choice.angle.key, choice.wording.id, vacancy and vacancy.id,
        )  # fmt: skip
        if message not in self.posts:
            about_it = any(key.startswith("vacancy.") and key != _EMPLOYER for key in draft.facts)
            self.posts[message] = Post(
                id=self.new_id(),
                campaign_id=self.campaign.id,
                vacancy_id=self.vacancies[vacancy.id] if vacancy else None,
                phase=slot.phase,
                persona=slot.persona,
                angle=choice.angle.key,
                language=self._language,
                facts=draft.facts,
                needs_open_vacancy=not slot.after_closing and about_it,
                talent_pool=slot.after_closing,
                story=slot.story,
                wording=choice.wording.id,
                layout=draft.visual.template,
                photo=self.studio.choose_photo(draft.visual.photos),
            )
        return self.posts[message]

    @property
    def _prefix(self) -> str:
        return f"{self.settings.reference}-"

    @property
    def _language(self) -> str:
        return self.proposal.brief.language

    @cached_property
    def _t(self) -> Translator:
        return Translator(self._language, self.settings.zone)

    @cached_property
    def _accounts(self) -> Mapping[str, Account]:
        return {p.channel.key: self.known[p.channel.account] for p in self.proposal.plan.channels}

    def _alt(self, draft: Draft, photo: PhotoCard | None, place: LinkPlace) -> str:
        description = photo.description.get(self._language, "") if photo else ""
        told = alt_text(
            description,
            draft.visual,
            lambda scene, words: self._t("drafting.alt", scene=scene, words=words),
        )
        if place is LinkPlace.IN_PICTURE and draft.destination is not None:
            return with_qr_told(told, draft.destination, self._t)
        return told


def _without_dead_link(content: Content, platform: Platform) -> Content:
    """Leave out a link that the platform shows nowhere: what is approved is what goes out."""
    if content.link and content.link not in platform.compose(content):
        return replace(content, link=None, preview=None)
    return content
