"""Whether publishing goes on: what the latest rounds of this process came to."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from campaignbot.domain.clock import Clock
from campaignbot.domain.messages import Message


@dataclass(frozen=True, slots=True)
class Trouble:
    """What keeps this process from publishing, since when, and for how many seconds by now."""

    problem: Message
    since_utc: datetime
    lasts_s: float


class Rounds:
    """Remembers the last good round; for several threads.

    `stale_s` is how long there may be none. Durations are the machine's own: its wall clock may
    be set while it runs.
    """

    def __init__(
        self, clock: Clock, stale_s: float, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._clock, self._stale_s, self._monotonic = clock, stale_s, monotonic
        self._lock = Lock()
        self._began = monotonic()
        self._good: float | None = None
        self._bad: tuple[Message, datetime, float] | None = None

    def note(self, problem: Message | None) -> None:
        """Note that a round ended, well without a problem."""
        now = self._monotonic()
        with self._lock:
            if problem is None:
                self._good, self._bad = now, None
            elif self._bad is None or self._bad[0].key != problem.key:
                self._bad = (problem, self._clock.now(), now)

    @property
    def last_good_age_s(self) -> float | None:
        """How long ago the last good round ended; None when there was none."""
        with self._lock:
            return None if self._good is None else self._monotonic() - self._good

    @property
    def trouble(self) -> Trouble | None:
        with self._lock:
            if self._bad is None:
                return None
            problem, since, began = self._bad
            return Trouble(problem, since, self._monotonic() - began)

    def reasons(self) -> tuple[Message, ...]:
        """Return why this process may not be publishing; none when all is well."""
        trouble, age = self.trouble, self.last_good_age_s
        if trouble is not None:
            return (trouble.problem,)
        if age is None:
            return (Message("health.no_round_yet"),)
        if age > self._stale_s:
            return (Message("health.stale", {"seconds": int(age)}),)
        return ()
