"""Watches one process that publishes: alerts, signs of life, health; never in its way."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event, Thread

import structlog

from campaignbot.domain.alerts import NotTold
from campaignbot.domain.errors import UserError
from campaignbot.domain.messages import Message
from campaignbot.domain.secrets import Secret
from campaignbot.i18n import Translator
from campaignbot.storage.database import Database
from campaignbot.watching.alerting import Alerting
from campaignbot.watching.health import HealthServer, health_page
from campaignbot.watching.rounds import Rounds
from campaignbot.watching.systemd import Systemd

_log = structlog.get_logger(__name__)

LOOK_S = 10.0
"""How often it is looked whether people should know something."""

_PING_S = 60.0
_COMMENTS_S = 300.0
# A problem that goes by itself within this time wakes nobody.
_PROBLEM_FOR_S = 60.0
_END_S = 30.0

SendPing = Callable[[Secret, bool], None]


class Watch:
    """Is told after every round how it went, and does the rest in a thread of its own.

    Nothing here raises into publishing, waits for it, or is waited for by it.
    """

    def __init__(
        self,
        rounds: Rounds,
        alerting: Alerting,
        systemd: Systemd,
        translator: Translator,
        ping_url: Callable[[], Secret | None],
        send_ping: SendPing,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rounds, self._alerting, self._systemd = rounds, alerting, systemd
        self._t, self._ping_url, self._send_ping = translator, ping_url, send_ping
        self._monotonic = monotonic
        self._pinged: float | None = None
        self._comments_read: float | None = None
        self._said: str | None = None
        self._stop, self._wake = Event(), Event()
        self._thread = Thread(target=self._run, name="watch", daemon=True)
        self.server: HealthServer | None = None

    def start(self) -> None:
        if self.server is not None:
            self.server.start()
        self._thread.start()

    def after_round(self, problem: Message | None) -> None:
        """Note how a round of publishing ended."""
        was_well = not self._rounds.reasons()
        self._rounds.note(problem)
        if was_well != (problem is None):
            self._wake.set()
        if problem is None:
            self._systemd.good_round(self._t("health.good"))
        else:
            self._systemd.bad_round(self._t.text(problem))

    def stopping(self) -> None:
        """Say that this process ends as soon as what is in hand is done."""
        self._systemd.stopping()

    def stop(self) -> None:
        """End; a message that is on its way is waited for, within reason."""
        self._stop.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(_END_S)
        if self.server is not None:
            self.server.stop()

    def once(self) -> None:
        """Look once: tell people what is new, and the outside watchdog how we are."""
        self._tell_people()
        self._ping()

    def _run(self) -> None:
        while True:
            self._wake.wait(LOOK_S)
            self._wake.clear()
            if self._stop.is_set():
                return
            self.once()

    def _tell_people(self) -> None:
        try:
            trouble = self._rounds.trouble
            if trouble is not None and trouble.lasts_s >= _PROBLEM_FOR_S:
                self._alerting.has_problem(trouble.problem, trouble.since_utc)
            with_comments = self._is_time(self._comments_read, _COMMENTS_S)
            self._alerting.look(comments=with_comments)
            if with_comments:
                self._comments_read = self._monotonic()
            self._said = None
        except UserError as error:
            self._say_once(error.problems[0].what.key)
        except Exception as error:
            # Its text may hold a secret of a way to tell: only its kind is kept.
            self._say_once(type(error).__name__)

    def _ping(self) -> None:
        try:
            url = self._ping_url()
            if url is None or not self._is_time(self._pinged, _PING_S):
                return
            self._pinged = self._monotonic()
            self._send_ping(url, not self._rounds.reasons())
        except NotTold as error:
            _log.warning("watchdog not reached", said=str(error.what.params.get("said")))
        except Exception as error:
            # This thread must live on, or nothing is told any more; the text may hold the address.
            _log.warning("watchdog not reached", said=type(error).__name__)

    def _is_time(self, last: float | None, every_s: float) -> bool:
        return last is None or self._monotonic() - last >= every_s

    def _say_once(self, problem: str) -> None:
        if self._said != problem:
            _log.warning("watching failed", problem=problem)
        self._said = problem


def health(
    rounds: Rounds, database: Callable[[], Database], translator: Translator
) -> Callable[[], tuple[int, str, bytes]]:
    """Return the page that says whether this process publishes."""

    def page() -> tuple[int, str, bytes]:
        reasons = list(rounds.reasons())
        try:
            with database().read():
                pass
        except UserError as error:
            reasons += [p.what for p in error.problems if p.what not in reasons]
        except Exception as error:
            # In whichever way the database fails, the page has to say so instead of failing too.
            reasons.append(Message("daemon.problem", {"said": type(error).__name__}))
        age = rounds.last_good_age_s
        return health_page(
            not reasons,
            [translator.text(reason) for reason in reasons],
            last_round_s=None if age is None else round(age),
        )

    return page
