"""Everything that is known about one publication."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from campaignbot.domain.audit import AuditEvent
from campaignbot.domain.publication import Attempt, Publication
from campaignbot.reviewing.items import ReviewItem
from campaignbot.reviewing.reviews import Reviews
from campaignbot.storage import attempts, audit, publications
from campaignbot.storage.database import Database
from campaignbot.storage.follow_ups import follow_ups_of
from campaignbot.storage.waits import Wait, waits


@dataclass(frozen=True, slots=True)
class Dossier:
    """A publication as a reviewer sees it, with its past; attempts and history oldest first.

    `wait` is what keeps it from going out at its time, None where nothing does.
    """

    item: ReviewItem
    parent: Publication | None
    follow_ups: tuple[Publication, ...]
    attempts: tuple[Attempt, ...]
    history: tuple[AuditEvent, ...]
    wait: Wait | None


def read_dossier(database: Database, reviews: Reviews, reference: str, now: datetime) -> Dossier:
    """Return all about the publication of this reference; UserError when there is none."""
    with database.read() as tx:
        found = publications.publication_by_reference(tx, reference)
        follows = found.follows_id
        parent = publications.publication_by_id(tx, follows) if follows else None
        follow_ups = follow_ups_of(tx, found.id)
        tried = attempts.attempts_of(tx, found.id)
        history = audit.history(tx, found.id)
        wait = waits(tx, [found], now).get(found.id)
    return Dossier(reviews.item(found.id), parent, follow_ups, tried, history, wait)
