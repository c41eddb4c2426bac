"""The long run: python -m tests.soak [--days N --accounts N --posts N --examples N --seed N]."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.recovery.long_run import run_machine
from tests.soak.quiet_log import quieten
from tests.soak.soak import Measure, Soak


def main() -> int:
    """Run the state machine, then the soak; exit code 1 when a law is broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak")
    parser.add_argument("--days", type=int, default=28)
    parser.add_argument("--accounts", type=int, default=50)
    parser.add_argument("--posts", type=int, default=20_000)
    parser.add_argument("--kills", type=int, default=40)
    parser.add_argument("--examples", type=int, default=400, help="of the state machine; 0: none")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    quieten()
    began = time.monotonic()

    def tell(line: str) -> None:
        print(f"{time.monotonic() - began:6.0f} s  {line}", file=sys.stderr, flush=True)

    with tempfile.TemporaryDirectory(prefix="campaignbot-soak-") as folder:
        if asked.examples:
            steps = run_machine(Path(folder), asked.examples, asked.seed)
            tell("the state machine is done")
            print(f"state machine: {steps} steps, no law broken", flush=True)
        measure = Measure(
            asked.days, asked.accounts, asked.posts, kills=asked.kills, seed=asked.seed
        )
        verdict = Soak(Path(folder), measure, tell).run()
    for told in verdict.lost:
        print(told, file=sys.stderr)
    print(verdict)
    return 0 if verdict.holds else 1


sys.exit(main())
