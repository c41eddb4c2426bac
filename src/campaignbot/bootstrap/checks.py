"""What is found on publications: the checks, with all of a working folder that they look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from types import MappingProxyType
from uuid import UUID

from campaignbot.bootstrap.folder import WorkingFolder
from campaignbot.checking import CheckSubject, Neighbour, PhotoUse, check
from campaignbot.domain.accounts import Account, LinkPlace
from campaignbot.domain.campaigns import BriefVersion
from campaignbot.domain.facts import FactBook
from campaignbot.domain.findings import Finding, Severity
from campaignbot.domain.publication import Post, Publication
from campaignbot.domain.vacancy import Vacancy
from campaignbot.pipeline.books import campaign_book
from campaignbot.pipeline.costing import monthly_sum
from campaignbot.planning.free_days import public_holidays
from campaignbot.reviewing.items import Background
from campaignbot.storage import campaigns, media, reviews
from campaignbot.storage.database import Tx
from campaignbot.storage.views import in_same_minute, texts_near

_NEAR = timedelta(days=28)


class Checks:
    """Gathers what the checks look at."""

    def __init__(self, folder: WorkingFolder) -> None:
        self._folder = folder
        # A version of a brief never changes, and reading one for every post would be slow.
        self._briefs: dict[tuple[UUID, int], BriefVersion] = {}

    def findings(
        self,
        publication: Publication,
        account: Account,
        brought: Mapping[str, int] = MappingProxyType({}),
    ) -> tuple[Finding, ...]:
        """Return the findings on a publication as it stands now.

        `brought` are the sizes, by hash, of media that are not in the store yet.
        """
        day = publication.planned.local.date()
        with self._folder.database.read() as tx:
            return check(
                replace(
                    self._subject(tx, publication, account, brought),
                    neighbours=_neighbours(tx, publication),
                    holidays=public_holidays(day, day),
                    month=monthly_sum(
                        tx, publication, account, self._folder.platforms[account.platform]
                    ),
                )
            )

    def blocking(self, publication: Publication, account: Account) -> tuple[Finding, ...]:
        """Return the errors that nobody has waived, as of now.

        What stands around a publication is judged when it is approved: it gives no errors.
        """
        with self._folder.database.read() as tx:
            return self.blocking_in(tx, publication, account)

    def blocking_in(
        self, tx: Tx, publication: Publication, account: Account
    ) -> tuple[Finding, ...]:
        """Return those errors by what stands in the database in this transaction."""
        found = check(self._subject(tx, publication, account))
        errors = tuple(f for f in found if f.severity is Severity.ERROR)
        if not errors:
            return ()
        digest = publication.content_hash
        waived = reviews.waived_codes(tx, publication.id, digest)
        return tuple(f for f in errors if f.code not in waived or not f.waivable)

    def _subject(
        self,
        tx: Tx,
        publication: Publication,
        account: Account,
        brought: Mapping[str, int] = MappingProxyType({}),
    ) -> CheckSubject:
        post = publication.post
        vacancy = campaigns.vacancy_by_id(tx, post.vacancy_id) if post.vacancy_id else None
        # The picture of a card shows only where nothing else does.
        shown = publication.content.media or publication.content.files
        told = [media.media_provenance(tx, item.sha256) for item in shown]
        return CheckSubject(
            content=publication.content,
            platform=self._folder.platforms[account.platform],
            phase=post.phase,
            latent_persona=self._is_latent(tx, post),
            planned=publication.planned,
            tracking_code=publication.tracking_code,
            talent_pool=post.talent_pool,
            vacancy=vacancy,
            book=self._book(tx, post, vacancy),
            facts=post.facts,
            needs_open_vacancy=post.needs_open_vacancy,
            photos=tuple(_photo(t) for t in told if t.get("photo")),
            weak_contrasts=tuple(t["weak_contrast"] for t in told if t.get("weak_contrast")),
            media_sizes=tuple(
                brought.get(item.sha256) or self._folder.media_size(item)
                for item in publication.content.media
            ),
            follows=publication.follows_id is not None,
            link_in_text=account.link is LinkPlace.IN_TEXT,
            quiet_from=self._folder.settings.publishing.quiet_from,
            quiet_until=self._folder.settings.publishing.quiet_until,
        )

    def background_of(self, publication: Publication) -> Background:
        """Return the facts that a publication's post rests on, as they are now, and its persona."""
        post = publication.post
        with self._folder.database.read() as tx:
            vacancy = campaigns.vacancy_by_id(tx, post.vacancy_id) if post.vacancy_id else None
            book, version = self._book(tx, post, vacancy), self._brief(tx, post.campaign_id)
        personas = version.personas if version else ()
        return Background(
            tuple(fact for key in sorted(post.facts) if (fact := book.get(key))),
            next((p for p in personas if p.key == post.persona), None),
        )

    def _book(self, tx: Tx, post: Post, vacancy: Vacancy | None) -> FactBook:
        version = self._brief(tx, post.campaign_id)
        return campaign_book(
            version.brief if version else None,
            vacancy,
            version.personas if version else (),
            self._folder.settings,
        )

    def _is_latent(self, tx: Tx, post: Post) -> bool:
        version = self._brief(tx, post.campaign_id)
        return version is not None and any(
            p.latent and p.key == post.persona for p in version.personas
        )

    def _brief(self, tx: Tx, campaign_id: UUID | None) -> BriefVersion | None:
        if campaign_id is None:
            return None
        key = (campaign_id, campaigns.brief_version_of(tx, campaign_id))
        if key not in self._briefs:
            self._briefs[key] = campaigns.current_brief(tx, campaign_id)
        return self._briefs[key]


def _neighbours(tx: Tx, publication: Publication) -> tuple[Neighbour, ...]:
    own, at = publication.account_id, publication.due_at_utc
    same = texts_near(tx, publication.id, own, at - _NEAR, at + _NEAR)
    others = in_same_minute(tx, publication.id, own, at)
    return (
        *(Neighbour(row.reference, True, row.text or "", row.due_at_utc) for row in same),
        *(Neighbour(row.reference, False, "", row.due_at_utc) for row in others),
    )


def _photo(told: Mapping[str, str]) -> PhotoUse:
    until = told.get("consent_until")
    return PhotoUse(
        told["photo"], told.get("people", "none"), date.fromisoformat(until) if until else None
    )
