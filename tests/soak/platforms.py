"""The practice platforms in a process of their own, with bad weather: faults at a share of calls.

Prints its address when it listens, and ends when its standard input does.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator

from campaignbot.sandbox import Sandbox
from campaignbot.sandbox.fault import Fault

KINDS = ("drop_before", "drop_after", "http_500", "http_503", "malformed", "empty", "rate_limit")


class Weather(list[Fault]):
    """As many faults as there are calls; each call meets one by chance, of any kind."""

    def __init__(self, share: float, seed: int) -> None:
        super().__init__()
        self._share, self._dice = share, random.Random(seed)

    def __iter__(self) -> Iterator[Fault]:
        if self._dice.random() < self._share:
            yield Fault("*", "any", self._dice.choice(KINDS))


def main() -> None:
    # Nothing is saved: writing down all posts every second is no part of what is measured.
    sandbox = Sandbox()
    sandbox.world.faults = Weather(float(sys.argv[1]), int(sys.argv[2]))
    sandbox.start()
    print(sandbox.url, flush=True)
    sys.stdin.read()
    sandbox.stop()


main()
