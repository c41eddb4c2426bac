"""What has to be settled before anything is published: dead workers, windows that are over."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

import structlog

from campaignbot.domain.clock import Clock
from campaignbot.domain.messages import Message
from campaignbot.domain.publication import Attempt, Event, State
from campaignbot.publishing.missed import why_missed
from campaignbot.storage import attempts, publications, waiting
from campaignbot.storage.database import Database

_log = structlog.get_logger(__name__)

Add = Callable[[str], None]

# Less is what clocks of several machines differ by, and what a time server corrects.
_SET_BACK = timedelta(minutes=1)


class Tidier:
    """Settles what time has decided; any number of workers may do so at once."""

    def __init__(
        self, database: Database, clock: Clock, owner: str, lease: timedelta, spacing: timedelta
    ) -> None:
        self._database, self._clock, self._actor = database, clock, f"system:{owner}"
        self._lease, self._spacing = lease, spacing
        self._last: datetime | None = None

    def tidy(self, add: Add) -> None:
        """Settle all that is there to settle, and count it through `add`."""
        self._look_at_clock(add)
        self._recover(add)
        self._miss(add)

    def _look_at_clock(self, add: Add) -> None:
        """At the start, and when the clock was set back: undo what only a false time explains."""
        now, last = self._clock.now(), self._last
        self._last = now
        if last is not None and now > last - _SET_BACK:
            return
        if last is not None:
            _log.warning("clock set back", by_s=(last - now).total_seconds())
            add("clock_set_back")
        with self._database.write() as tx:
            freed = waiting.forget_false_waits(tx, now=now, spacing=self._spacing)
            moved = 0
            if last is not None:
                waiting.shorten_waits(tx, now=now, by=last - now)
            else:
                moved = waiting.follow_zone_rules(tx, now=now, actor=self._actor)
        if freed or moved:
            _log.warning("times mended", accounts=freed, publications=moved)

    def _recover(self, add: Add) -> None:
        """Settle what dead workers left: released if nothing was sent, else uncertain."""
        now = self._clock.now()
        with self._database.read() as tx:
            abandoned = attempts.abandoned_attempts(tx, now, now + self._lease)
        for attempt in abandoned:
            self._abandon(attempt, add)

    def _abandon(self, attempt: Attempt, add: Add) -> None:
        with self._database.write() as tx:
            now = self._clock.now()
            if not attempts.end_attempt(tx, attempt, now=now, outcome="abandoned", error=None):
                return
            left = publications.publication_by_id(tx, attempt.publication_id)
            if left.state is not State.PUBLISHING:
                return
            if attempt.request_sent_at_utc is None:
                event, change = Event.RELEASE, publications.Change(reason=None)
            else:
                event, change = (
                    Event.LOSE_SIGHT,
                    publications.Change(
                        uncertain_since_utc=min(attempt.request_sent_at_utc, now),
                        uncertain_checks=0,
                        reason=Message("publishing.worker_died"),
                    ),
                )
            moved = publications.move(tx, left, event, now=now, actor=self._actor, **change)
        _log.warning("attempt abandoned", publication=left.reference, state=moved.state)
        add("recovered")

    def _miss(self, add: Add) -> None:
        """Say of every publication whose window is over that it was missed."""
        with self._database.read() as tx:
            late = waiting.past_their_window(tx, self._clock.now())
        for publication in late:
            # A person who cancels or moves it at the same time goes first.
            with suppress(publications.StaleVersion), self._database.write() as tx:
                now = self._clock.now()
                reason = why_missed(tx, publication, now)
                publications.move(
                    tx, publication, Event.MISS, now=now, actor=self._actor, reason=reason
                )
                _log.warning("publication missed", publication=publication.reference)
                add("missed")
