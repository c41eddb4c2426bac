"""What people placed on an account themselves, or saw there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from campaignbot.domain.clock import Clock
from campaignbot.domain.errors import user_error
from campaignbot.domain.messages import Message, cut
from campaignbot.domain.people import Person
from campaignbot.domain.publication import Event, Publication, State
from campaignbot.platforms.protocol import Platform
from campaignbot.reviewing.along import end
from campaignbot.reviewing.permissions import require_editor, require_reason
from campaignbot.storage import accounts, publications, statistics
from campaignbot.storage.database import Database


class Placing:
    """Notes what people did or saw; every act is one transaction with its audit line.

    A dry run checks the same and returns how the publication would be; nothing is noted.
    """

    def __init__(self, database: Database, clock: Clock, platforms: Mapping[str, Platform]) -> None:
        self._database, self._clock, self._platforms = database, clock, platforms

    def mark_placed(
        self, publication: Publication, person: Person, address: str, *, dry_run: bool = False
    ) -> Publication:
        """Note where somebody placed a publication that was handed over, or was uncertain.

        Noting the same address again changes nothing.
        """
        require_editor(person)
        if publication.state is State.PUBLISHED and publication.permalink == address.strip():
            return publication
        if not address.startswith(("https://", "http://")):
            raise user_error(
                "review.no_address", remedy="review.no_address.remedy", value=cut(address, 60)
            )
        event = Event.PUBLISH if publication.state is State.HANDED_OVER else Event.FIND
        if dry_run:
            return replace(publication.after(event), permalink=address.strip())
        now = self._clock.now()
        with self._database.write() as tx:
            placed = publications.move(
                tx,
                publication,
                event,
                now=now,
                actor=person.name,
                permalink=address.strip(),
                published_at_utc=publication.uncertain_since_utc or now,
                uncertain_since_utc=None,
                receipt=None,
                reason=None,
            )
            if event is Event.FIND:
                # It went out by the platform's API, which may charge for it.
                account = accounts.account_by_id(tx, placed.account_id)
                # An account that left the settings has no price list any more.
                if platform := self._platforms.get(account.platform):
                    statistics.note_price(tx, placed, platform.cost(placed.content), now=now)
        return placed

    def settle_absent(
        self, publication: Publication, person: Person, reason: str, *, dry_run: bool = False
    ) -> Publication:
        """Note that an uncertain publication is not on its platform: somebody looked.

        It counts as failed; whoever may approve can send it again.
        """
        require_editor(person)
        said = Message("review.not_there", {"why": require_reason(reason), "name": person.name})
        if dry_run:
            return publication.after(Event.FAIL)
        with self._database.write() as tx:
            return publications.move(
                tx,
                publication,
                Event.FAIL,
                now=self._clock.now(),
                actor=person.name,
                uncertain_since_utc=None,
                receipt=None,
                reason=said,
            )

    def skip(
        self, publication: Publication, person: Person, reason: str, *, dry_run: bool = False
    ) -> Publication:
        """Note that a publication that was handed over is not placed after all."""
        require_editor(person)
        said = Message("review.said", {"why": require_reason(reason)})
        if dry_run:
            return publication.after(Event.SKIP)
        with self._database.write() as tx:
            return end(
                tx,
                publication,
                Event.SKIP,
                now=self._clock.now(),
                actor=person.name,
                reason=said,
            )
