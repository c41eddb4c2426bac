"""Starting, watching and ending daemons that wait at a point of publishing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from queue import Empty, Queue
from threading import Thread

from tests.recovery.victim import ENDED, PID, Order

PATIENCE_S = 60.0
"""A process that says nothing for so long hangs."""

_ROOT = Path(__file__).parents[2]


class Victims:
    """Forks daemons from one process that has imported everything; one lives at a time."""

    def __init__(self, log: Path) -> None:
        self._log = log
        with log.open("ab") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.recovery.victim"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                bufsize=0,
                cwd=_ROOT,
            )
        self._told: Queue[tuple[str, str]] = Queue()
        self._living: int | None = None
        self._reader = Thread(target=self._read, name="reports", daemon=True)
        self._reader.start()

    def start(self, order: Order) -> None:
        """Let a daemon begin; it may be at its point as soon as this returns."""
        self._write(order.line())
        self._living = int(self.wait_for(PID)[1])

    def wait_for(self, *words: str) -> tuple[str, str]:
        """Return the first of these words that is told, with what was told with it.

        AssertionError when the process ends before.
        """
        while True:
            try:
                said, value = self._told.get(timeout=PATIENCE_S)
            except Empty:
                self._abort()
                raise AssertionError(f"waited in vain for {words}\n{self._tail()}") from None
            if said == ENDED:
                self._living = None
            if said in words:
                return said, value
            if said == ENDED:
                raise AssertionError(f"ended with {value} before {words}\n{self._tail()}")

    def signal(self, number: signal.Signals) -> None:
        if self._living is not None:
            os.kill(self._living, number)

    def go_on(self) -> None:
        """Let the daemon that waits at its step pass."""
        self._write(b".")

    def ended(self) -> int:
        """Wait for the end of the daemon; return its exit code, negative for a signal."""
        return int(self.wait_for(ENDED)[1])

    def kill(self) -> None:
        """End the daemon as a crash would; does nothing when none lives."""
        if self._living is not None:
            self.signal(signal.SIGKILL)
            self.ended()

    def close(self) -> None:
        self.kill()
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(PATIENCE_S)
        self._reader.join()
        self._process.stdout.close()

    def _abort(self) -> None:
        """End a daemon that hangs; it leaves in the log what its threads were doing."""
        if self._living is not None:
            self.signal(signal.SIGABRT)
            while self._told.get(timeout=PATIENCE_S)[0] != ENDED:
                pass
            self._living = None

    def _write(self, data: bytes) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(data)

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in iter(self._process.stdout.readline, b""):
            said, _, value = line.decode().rstrip("\n").partition(" ")
            self._told.put((said, value))

    def _tail(self) -> str:
        return self._log.read_text()[-6000:]
