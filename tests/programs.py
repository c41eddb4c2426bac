"""The programs that publish, run in a thread of the test, on one working folder."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

from campaignbot.bootstrap import Application
from campaignbot.daemon import Daemon
from campaignbot.domain.clock import Clock
from campaignbot.domain.errors import Problem
from campaignbot.publishing.publisher import TickReport
from campaignbot.publishing.steps import OnStep, Step, pass_by
from campaignbot.worker.process import Worker
from campaignbot.yamlfiles import change_yaml

PROGRAMS = ("daemon", "worker")


def heeds_interrupts() -> None:
    """Let a process that a test starts hear Ctrl-C (as `preexec_fn`).

    Where tests run in the background, the shell has interrupts ignored by all that they start.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Program:
    """A daemon or a worker, and what it said."""

    def __init__(
        self, kind: str, folder: Path, clock: Clock | None = None, on_step: OnStep = pass_by
    ) -> None:
        self.application = Application(folder, clock, environment={})
        self.problems: list[str] = []
        self.told: list[TickReport] = []
        self.error: BaseException | None = None
        made = Daemon if kind == "daemon" else Worker
        self._running = made(self.application, self.told.append, on_step, self._problem)
        self._thread = Thread(target=self._run, name=kind)

    def _problem(self, problem: Problem) -> None:
        self.problems.append(problem.what.key)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._running.stop()
        self._thread.join(60)
        assert not self._thread.is_alive(), "it does not end"

    def _run(self) -> None:
        try:
            self._running.run()
        except BaseException as error:
            self.error = error
        finally:
            self.application.close()


@contextmanager
def running(
    kind: str, folder: Path, clock: Clock | None = None, on_step: OnStep = pass_by
) -> Iterator[Program]:
    """Run one until the block ends; an error that ended it is raised."""
    program = Program(kind, folder, clock, on_step)
    program.start()
    try:
        yield program
    finally:
        program.stop()
    if program.error is not None:
        raise program.error


def at_first(step: Step, act: Callable[[], None]) -> OnStep:
    """Return an `on_step` that does something at one step, the first time only."""
    done: list[Step] = []

    def on_step(passed: Step) -> None:
        if passed is step and not done:
            done.append(passed)
            act()

    return on_step


def use_database(folder: Path, url: str, parallel: int = 4) -> None:
    """Let a working folder use this database, look often, and publish at any time of the day."""
    publishing = {
        "tick_s": 1,
        "spacing_min": 0,
        "quiet_from": "07:00",
        "quiet_until": "07:00",
        "parallel": parallel,
    }
    change_yaml(folder / "config" / "campaignbot.yaml", {"database": url, "publishing": publishing})
