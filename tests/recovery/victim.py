"""Daemons that wait at a given point of publishing until they are told to go on, or are killed.

This process imports everything once and then forks a daemon for each order, because starting
Python takes longer than all that is tested. It holds no connection and starts no thread, so the
children share nothing. Orders and answers are lines; see `Order`.
"""

from __future__ import annotations

import faulthandler
import os
import traceback
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from json import dumps, loads
from pathlib import Path
from threading import Lock

import psycopg

import campaignbot_linkedin.adapter
import campaignbot_meta.instagram_account
import campaignbot_meta.page
import campaignbot_x.adapter
from campaignbot.bootstrap import Application
from campaignbot.daemon import Daemon
from campaignbot.domain.clock import SimulatedClock
from campaignbot.publishing.steps import Step

# Loaded here, so that no child has to.
LOADED = (
    campaignbot_linkedin.adapter,
    campaignbot_meta.instagram_account,
    campaignbot_meta.page,
    campaignbot_x.adapter,
    psycopg,
)

PID, AT_POINT, STOPPING, TICKED, PAUSED, ENDED = "pid at stopping ticked paused ended".split()
"""What is told: a child's number; what it does; how it ended (as `os.waitstatus_to_exitcode`)."""


@dataclass(frozen=True, slots=True)
class Order:
    """One daemon: its working folder, its instant, and the steps at which it waits, each once."""

    folder: str
    now: str
    steps: Sequence[str]

    def line(self) -> bytes:
        return dumps(asdict(self)).encode() + b"\n"


class Reports:
    """The way back to the tests; what else is printed goes to standard error."""

    def __init__(self) -> None:
        self._out = os.dup(1)
        os.dup2(2, 1)

    def tell(self, what: str, value: object = "") -> None:
        os.write(self._out, f"{what} {value}\n".encode())


class ToldDaemon(Daemon):
    """A daemon that waits at some steps, and tells when a round with any step in it is over."""

    def __init__(self, application: Application, reports: Reports, waits: Sequence[Step]) -> None:
        super().__init__(application, on_step=self._pass)
        self._passed = False
        self._reports, self._once = reports, {step: Lock() for step in waits}

    def stop(self) -> None:
        super().stop()
        self._reports.tell(STOPPING)

    def tick(self) -> None:
        self._passed = False
        super().tick()
        if self._passed:
            self._reports.tell(TICKED)

    def _pass(self, step: Step) -> None:
        self._passed = True
        if step in self._once and self._once[step].acquire(blocking=False):
            self._reports.tell(AT_POINT)
            if not os.read(0, 1):
                # Whoever gives the orders is gone.
                os._exit(1)


def _daemon(order: Order, reports: Reports) -> None:
    clock = SimulatedClock(datetime.fromisoformat(order.now))
    application = Application(Path(order.folder), clock, environment={})
    daemon = ToldDaemon(application, reports, [Step(step) for step in order.steps])
    daemon.stop_on_signals()
    daemon.run()
    application.close()


def _child(order: Order, reports: Reports) -> None:
    code = 1
    try:
        _daemon(order, reports)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def _watch(pid: int, reports: Reports) -> None:
    while True:
        _, status = os.waitpid(pid, os.WUNTRACED)
        if os.WIFSTOPPED(status):
            reports.tell(PAUSED)
        else:
            reports.tell(ENDED, os.waitstatus_to_exitcode(status))
            return


def main() -> None:
    """Carry out orders until standard input is closed."""
    reports = Reports()
    faulthandler.enable()
    with open(0, "rb", buffering=0, closefd=False) as orders:
        while line := orders.readline():
            order = Order(**loads(line))
            pid = os.fork()
            if pid == 0:
                _child(order, reports)
            reports.tell(PID, pid)
            _watch(pid, reports)


if __name__ == "__main__":
    main()
