"""A worker process that publishes at one simulated instant until it is killed."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

from tests.soak.quiet_log import quieten

from campaignbot.bootstrap import Application
from campaignbot.domain.clock import SimulatedClock


def main() -> None:
    quieten()
    clock = SimulatedClock(datetime.fromisoformat(sys.argv[2]))
    application = Application(Path(sys.argv[1]), clock, environment={})
    publisher = application.publisher(sys.argv[3])
    print("ready", flush=True)
    publisher.tick()
    application.close()


main()
