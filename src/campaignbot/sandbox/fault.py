"""What goes wrong on purpose, and where a request is held."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Collection
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event
from typing import Literal


class Gate:
    """Where a request is held: `reached` once it stands there, `done` once it is over.

    May be used from any thread. A request that was dropped is never answered; whether it was
    carried out is a matter of where it was held.
    """

    def __init__(self) -> None:
        self.reached, self.done = Event(), Event()
        self._let_go: Future[bool] = Future()

    def let_go(self) -> None:
        self._decide(True)

    def drop(self) -> None:
        self._decide(False)

    async def wait(self) -> bool:
        """Hold the request; return whether it may go on."""
        self.reached.set()
        return await asyncio.wrap_future(self._let_go)

    def _decide(self, let_go: bool) -> None:
        if not self._let_go.done():
            self._let_go.set_result(let_go)


@dataclass
class Fault:
    """Something that goes wrong on purpose: a number of times, or for ever at a rate.

    It begins after `skip` calls that it is meant for. `rate` is the share of calls that it
    strikes, drawn from `seed`; then `times` says nothing. It strikes from `begins_at` until
    `ends_at` by the sandbox's clock, and only calls of `account`, where those are given.
    """

    platform: str
    on: str
    kind: str
    times: int = 1
    delay_s: float = 0.0
    skip: int = 0
    rate: float | None = None
    seed: int = 0
    gate: Gate = field(default_factory=Gate)
    account: str | None = None
    begins_at: datetime | None = None
    ends_at: datetime | None = None
    metric: str = ""
    struck: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)

    def is_meant_for(
        self, platform: str, on: Collection[str], account: str | None, now: datetime
    ) -> bool:
        return (
            self.platform in {platform, "*"}
            and (self.on == "any" or self.on in on)
            and self.account in {None, account}
            and (self.begins_at is None or self.begins_at <= now)
            and (self.ends_at is None or now < self.ends_at)
        )

    def state(self, now: datetime) -> Literal["waiting", "striking", "over"]:
        if (self.ends_at is not None and now >= self.ends_at) or (
            self.rate is None and self.times <= 0
        ):
            return "over"
        begun = self.begins_at is None or self.begins_at <= now
        return "striking" if begun and self.skip <= 0 else "waiting"

    def strikes(self) -> bool:
        """Tell whether it strikes a call that it is meant for."""
        if self.skip > 0:
            self.skip -= 1
            return False
        if self.rate is not None:
            strikes = self._dice.random() < self.rate
        else:
            strikes = self.times > 0
            self.times -= strikes
        self.struck += strikes
        return strikes
