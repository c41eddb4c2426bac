"""While a large file is uploaded: its attempt keeps its lease, and people see how far it is."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from campaignbot.domain.clock import Clock
from campaignbot.domain.content import MediaItem
from campaignbot.domain.publication import Receipt
from campaignbot.platforms.errors import LeaseLost
from campaignbot.storage import attempts
from campaignbot.storage.claims import Claim
from campaignbot.storage.database import Database

_log = structlog.get_logger(__name__)

_EVERY = timedelta(seconds=3)
"""How often at most it is written down: an adapter may tell of every part that it sends."""


class Upload:
    """Told by an adapter how far it is; raises LeaseLost when the work is another's by now.

    `begun` is the receipt that it told of last, None before that.
    """

    def __init__(self, database: Database, clock: Clock, claim: Claim) -> None:
        self._database, self._clock, self._claim = database, clock, claim
        self._noted_at_utc: datetime | None = None
        self.begun: Receipt | None = None

    def __call__(
        self, item: MediaItem, done: int, size: int, /, begun: Receipt | None = None
    ) -> None:
        now, attempt = self._clock.now(), self._claim.attempt
        lately = self._noted_at_utc is not None and abs(now - self._noted_at_utc) < _EVERY
        if lately and (begun is None or begun == self.begun):
            return
        self._noted_at_utc = now
        percent = min(done * 100 // max(size, 1), 100)
        ours = self._database.together(
            lambda tx: attempts.renew_lease(
                tx,
                attempt,
                now=now,
                lease_end_utc=now + attempt.lease,
                upload_percent=percent,
                receipt=begun,
            )
        )
        _log.info(
            "uploading",
            publication=self._claim.publication.reference,
            account=self._claim.account.key,
            kind=str(item.kind),
            percent=percent,
        )
        if not ours:
            raise LeaseLost
        self.begun = begun or self.begun
