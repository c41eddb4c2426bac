"""What people placed on an account themselves, or saw there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from campaignbot.domain.clock import Clock
from campaignbot.domain.content import MediaItem
from campaignbot.domain.errors import user_error
from campaignbot.domain.messages import Message, cut
from campaignbot.domain.people import Actor
from campaignbot.domain.policy import ONE_APPROVER, Act, Policy
from campaignbot.domain.publication import Event, Placement, Publication, State
from campaignbot.platforms.protocol import Platform
from campaignbot.reviewing.along import end
from campaignbot.reviewing.reasons import require_reason
from campaignbot.storage import accounts, publications, statistics
from campaignbot.storage.database import Database

_SCHEMES = ("https://", "http://")


class Placing:
    """Notes what people did or saw; every act is one transaction with its audit line.

    A dry run checks the same and returns how the publication would be; nothing is noted.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        platforms: Mapping[str, Platform],
        policy: Policy = ONE_APPROVER,
    ) -> None:
        self._database, self._clock, self._platforms = database, clock, platforms
        self._policy = policy

    def mark_placed(
        self,
        publication: Publication,
        person: Actor,
        address: str | None = None,
        *,
        note: str = "",
        photo: MediaItem | None = None,
        dry_run: bool = False,
    ) -> Publication:
        """Note where somebody placed a publication that was handed over, or was uncertain.

        What was handed over may stand where no address leads: then a remark or a photo tells.
        Noting the same again changes nothing.
        """
        act = Act.SETTLE if publication.state is State.UNCERTAIN else Act.PLACE_BY_HAND
        self._policy.may(person, act).require()
        permalink = address.strip() if address is not None else None
        told = Placement(note.strip(), photo) if note.strip() or photo else None
        noted = publication.permalink, publication.placement
        if publication.state is State.PUBLISHED and noted == (permalink, told):
            return publication
        _require_place(publication, permalink, told)
        event = Event.PUBLISH if publication.state is State.HANDED_OVER else Event.FIND
        if dry_run:
            return replace(publication.after(event), permalink=permalink, placement=told)
        now = self._clock.now()
        with self._database.write() as tx:
            placed = publications.move(
                tx,
                publication,
                event,
                now=now,
                actor=person.name,
                permalink=permalink,
                placement=told,
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
        self, publication: Publication, person: Actor, reason: str, *, dry_run: bool = False
    ) -> Publication:
        """Note that an uncertain publication is not on its platform: somebody looked.

        It counts as failed; whoever may approve can send it again.
        """
        self._policy.may(person, Act.SETTLE).require()
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
        self, publication: Publication, person: Actor, reason: str, *, dry_run: bool = False
    ) -> Publication:
        """Note that a publication that was handed over is not placed after all."""
        self._policy.may(person, Act.PLACE_BY_HAND).require()
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


def address_or_note(told: str) -> tuple[str | None, str]:
    """Return what somebody wrote of a place as an address, or as a remark.

    One word with a dot or a slash is meant as an address, also where it is none yet.
    """
    told = told.strip()
    one_word = len(told.split()) == 1
    if told.startswith(_SCHEMES) or (one_word and any(mark in told for mark in "./")):
        return told, ""
    return None, told


def _require_place(publication: Publication, permalink: str | None, told: Placement | None) -> None:
    """Raise UserError where nothing tells where a publication stands."""
    by_hand = publication.state is not State.UNCERTAIN
    if permalink is None and told is not None and by_hand:
        return
    if permalink is None or not permalink.startswith(_SCHEMES):
        raise user_error(
            "review.no_address",
            remedy="review.no_address.or_note" if by_hand else "review.no_address.remedy",
            value=cut(permalink if permalink is not None else told.note if told else "", 60),
        )
