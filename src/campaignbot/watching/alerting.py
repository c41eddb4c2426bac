"""Looks for what people should know, and tells each of them once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog

from campaignbot.domain.alerts import Alert, AlertKind, NotTold
from campaignbot.domain.clock import Clock
from campaignbot.domain.messages import Message
from campaignbot.i18n import Translator
from campaignbot.storage.alerts import (
    Raised,
    claim_deliveries,
    note_not_sent,
    note_sent,
    raise_alerts,
    ways_waiting,
)
from campaignbot.storage.database import Database
from campaignbot.storage.watched import read_watched
from campaignbot.watching.find import Rules, find_alerts
from campaignbot.watching.ways import Way
from campaignbot.watching.wording import worded

_log = structlog.get_logger(__name__)

NOT_AGAIN_FOR = timedelta(hours=1)
"""How long a message that may have arrived is not sent again."""

_FIRST_PAUSE = timedelta(minutes=1)
# Older trouble is no news, also not to a team that has only now set up alerts.
_LOOKS_BACK = timedelta(days=7)


class Alerting:
    """Finds occurrences, stores them, and brings them to people; several workers may do so.

    `ways` is asked anew each time, for a way may be connected while the program runs. `name` is
    this worker's.
    """

    def __init__(
        self,
        database: Callable[[], Database],
        clock: Clock,
        ways: Callable[[], Sequence[Way]],
        translator: Callable[[str], Translator],
        organisation: str,
        rules: Rules,
        comments_for: timedelta,
        name: str,
    ) -> None:
        self._database, self._clock, self._ways = database, clock, ways
        self._translator, self._organisation = translator, organisation
        self._rules, self._comments_for, self._name = rules, comments_for, name
        self._told_directly: dict[tuple[str, str], datetime] = {}

    def look(self, *, comments: bool = True) -> None:
        """Find and store what is new, then send what waits; UserError without the database."""
        ways = {way.name: way for way in self._ways()}
        if not ways:
            # What nobody can be told is not kept to be told late.
            return
        now = self._clock.now()
        since = now - self._comments_for if comments else None
        with self._database().read() as tx:
            seen = read_watched(tx, now, due_since=now - _LOOKS_BACK, comments_since=since)
        found = find_alerts(seen, self._rules)
        if found:
            with self._database().write() as tx:
                fresh = raise_alerts(tx, found, list(ways), now=now)
            for new in fresh:
                _log.warning("alert raised", kind=new.kind, subject=new.subject)
        self._deliver(list(ways.values()))

    def has_problem(self, problem: Message, since: datetime) -> None:
        """Tell that this worker cannot publish: by the database, or without it if need be."""
        alert = Alert(
            key=f"{AlertKind.PROBLEM}:{self._name}:{problem.key}:{since.isoformat()}",
            kind=AlertKind.PROBLEM,
            subject=self._name,
            message=Message("alert.problem", {"worker": self._name, "at": since}),
            reason=problem,
        )
        ways = list(self._ways())
        try:
            with self._database().write() as tx:
                raise_alerts(tx, [alert], [way.name for way in ways], now=self._clock.now())
            self._deliver(ways)
        except Exception as error:
            # In whichever way the database fails, this is the moment to speak.
            _log.warning("alert not stored", error=type(error).__name__)
            self._tell_directly(alert, ways)

    def _deliver(self, ways: Sequence[Way]) -> None:
        with self._database().read() as tx:
            waiting = ways_waiting(tx, self._clock.now())
        for way in ways:
            if way.name not in waiting:
                continue
            now = self._clock.now()
            with self._database().write() as tx:
                taken = claim_deliveries(tx, way.name, now=now, until=now + NOT_AGAIN_FOR)
            if taken:
                self._send(way, taken)

    def _send(self, way: Way, taken: Sequence[Raised]) -> None:
        keys = [raised.alert.key for raised in taken]
        alerts = [raised.alert for raised in reversed(taken)]
        told = worded(alerts, self._translator(way.language), self._organisation)
        try:
            way.tell(told)
        except NotTold as error:
            now = self._clock.now()
            again = now + (
                NOT_AGAIN_FOR if error.may_have_arrived else _pause(taken[0].deliveries[0].tries)
            )
            with self._database().write() as tx:
                note_not_sent(tx, keys, way.name, error.what, again)
            _log.error("alert not sent", way=way.name, problem=error.what.key, alerts=len(keys))
            return
        with self._database().write() as tx:
            note_sent(tx, keys, way.name, now=self._clock.now())
        _log.info("alerts sent", way=way.name, alerts=len(keys))

    def _tell_directly(self, alert: Alert, ways: Sequence[Way]) -> None:
        """Tell without the database, at most once an hour for each reader and kind of problem."""
        now = self._clock.now()
        for way in ways:
            which = (way.name, alert.reason.key if alert.reason else "")
            last = self._told_directly.get(which)
            if last is not None and now - last < NOT_AGAIN_FOR:
                continue
            told = worded([alert], self._translator(way.language), self._organisation)
            try:
                way.tell(told)
            except NotTold as error:
                _log.error("alert not sent", way=way.name, problem=error.what.key, alerts=1)
                if not error.may_have_arrived:
                    continue
            self._told_directly[which] = now


def _pause(tries: int) -> timedelta:
    """Return how long to wait after this many tries: 1, 2, 4 … minutes, at most an hour."""
    doubled: int = 2 ** min(tries - 1, 6)
    return min(NOT_AGAIN_FOR, _FIRST_PAUSE * doubled)
