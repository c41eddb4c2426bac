"""Signs of life of a process that publishes, and what keeps it from publishing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import structlog

from campaignbot.bootstrap import Application
from campaignbot.domain.errors import Problem, UserError
from campaignbot.domain.messages import Message
from campaignbot.storage.database import MENDS_ITSELF
from campaignbot.storage.workers import Worker, beat

_log = structlog.get_logger(__name__)

BEAT_S = 15
_ASK_DATABASE_S = 5.0

TellProblem = Callable[[Problem], None]


def tell_nobody(_problem: Problem) -> None:
    """Say nothing."""


class Heartbeat:
    """The row in `worker` that says that this process lives, and what its trouble is.

    A trouble is told once, not at every round: a server that is away for a night would fill the
    log. May be used from several threads.
    """

    def __init__(
        self, application: Application, name: str, tell_problem: TellProblem = tell_nobody
    ) -> None:
        self._application, self._tell_problem = application, tell_problem
        self.name = name
        self.problem: Message | None = None
        self._started_at = datetime.now(UTC)

    def has_problem(self, problem: Problem) -> None:
        """Note what keeps this process from publishing, and tell it if it is new."""
        before, self.problem = self.problem, problem.what
        if before is None or before.key != problem.what.key:
            _log.error("there is a problem", problem=problem.what.key)
            self._tell_problem(problem)

    def failed(self, error: Exception) -> None:
        """Note an error of a round: it must not end the process, nor pass without a word."""
        if isinstance(error, UserError):
            self.has_problem(error.problems[0])
            return
        _log.error("round failed", exc_info=error)
        self.has_problem(Problem(Message("daemon.problem", {"said": type(error).__name__})))

    def solved(self) -> None:
        """Note that publishing works again."""
        if self.problem is not None:
            _log.info("problem solved", problem=self.problem.key)
        self.problem = None

    def beat(self, *, stopped: bool = False) -> None:
        """Store the sign of life; without a database there is none, and that is logged."""
        now = self._application.clock.now()
        ended = now if stopped else None
        alive = Worker(self.name, self._started_at, now, ended, self.problem)
        try:
            with self._application.database.write() as tx:
                beat(tx, alive)
        except UserError as error:
            _log.warning("no heartbeat", problem=error.problems[0].what.key)
        except Exception:
            # A heart that cannot be heard must not stop the work.
            _log.exception("no heartbeat")

    def wait_for_database(
        self, waited: Callable[[float], bool], before_wait: Callable[[], None] = lambda: None
    ) -> None:
        """Return once the database answers, or the end is asked for.

        `waited` waits for some seconds and says whether the end is asked for. UserError when
        waiting cannot help: the database is of a newer version, or none at all.
        """
        pause_s = min(_ASK_DATABASE_S, self._application.settings.publishing.tick_s)
        while not waited(0):
            try:
                with self._application.database.read():
                    self.solved()
                    return
            except UserError as error:
                if error.problems[0].what.key not in MENDS_ITSELF:
                    raise
                self.has_problem(error.problems[0])
                before_wait()
                if waited(pause_s):
                    return
