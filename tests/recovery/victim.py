"""A daemon that kills itself, as the machine would, when publishing has passed a given point."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from campaignbot.bootstrap import Application
from campaignbot.daemon import Daemon
from campaignbot.publishing.steps import Step


def main() -> None:
    fatal = Step(sys.argv[2])

    def die(step: Step) -> None:
        if step is fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    Daemon(Application(Path(sys.argv[1]), environment={}), on_step=die).run()


main()
