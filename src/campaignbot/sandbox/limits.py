"""Rate limits: how many calls an account and a whole app may make, by the sandbox's clock."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

_QUARTER, _HOUR, _DAY = 900, 3600, 86_400


@dataclass(frozen=True)
class CallLimit:
    """How many calls of a sort are allowed in a window.

    `platform` is "meta" for a limit that Facebook and Instagram share; `on` names what is called
    (the function that answers it, or "any"). `owner` is "account" or "app". `kind` of window:
    "fixed" begins with the first call, "rolling" looks back from each call, "day" ends at midnight
    UTC. `tells` is what a refusal says about time: "reset" (what the platform documents),
    "retry_after", "retry_after_date", "odd" (nonsense) or "nothing".
    """

    platform: str
    on: str
    owner: str
    allowed: int
    window_s: int
    kind: str = "fixed"
    tells: str = "reset"

    @property
    def name(self) -> tuple[str, str, str, int]:
        """What a limit is replaced by; the same calls can have one limit for each window."""
        return self.platform, self.on, self.owner, self.window_s


def _x(on: str, allowed: int) -> CallLimit:
    return CallLimit("x", on, "account", allowed, _QUARTER)


# X: https://docs.x.com/x-api/fundamentals/rate-limits (read 2026-11-24).
# Meta allows 4800 calls a day for each engaged user of a page or account, and 200 an hour for each
# user of an app (https://developers.facebook.com/docs/graph-api/overview/rate-limiting/, same day);
# here 50 and 1000 of them (assumption). LinkedIn publishes no numbers, so none stand here.
DOCUMENTED = (
    _x("create", 100),
    _x("delete", 50),
    _x("timeline", 900),
    _x("lookup", 5000),
    _x("lookup_one", 900),
    _x("me", 75),
    _x("upload", 500),
    _x("initialize", 1875),
    _x("append", 1875),
    _x("finalize", 1875),
    _x("status", 1000),
    _x("metadata", 500),
    CallLimit("x", "create", "app", 10_000, _DAY),
    CallLimit("x", "upload", "app", 50_000, _DAY),
    CallLimit("facebook", "any", "account", 4800 * 50, _DAY, "rolling"),
    CallLimit("instagram", "any", "account", 4800 * 50, _DAY, "rolling"),
    CallLimit("meta", "any", "app", 200 * 1000, _HOUR, "rolling"),
)


@dataclass(frozen=True)
class Reading:
    """How far a limit is used, this call included unless it was refused."""

    limit: CallLimit
    used: int
    resets_at: datetime
    refused: bool = False

    @property
    def remaining(self) -> int:
        return max(0, self.limit.allowed - self.used)

    @property
    def percent(self) -> int:
        return min(100, self.used * 100 // self.limit.allowed) if self.limit.allowed else 100


@dataclass
class _Calls:
    """The calls of one owner in one window."""

    limit: CallLimit
    times: deque[datetime] = field(default_factory=deque)

    def forget(self, now: datetime) -> None:
        if self.limit.kind == "rolling":
            while self.times and not self._covers(self.times[0], now):
                self.times.popleft()
        elif self.times and not self._covers(self.times[0], now):
            self.times.clear()

    def resets_at(self, now: datetime) -> datetime:
        start = self.times[0] if self.times else now
        if self.limit.kind == "day":
            midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
            return midnight + timedelta(days=1)
        return start + timedelta(seconds=self.limit.window_s)

    def _covers(self, start: datetime, now: datetime) -> bool:
        # A clock that was set back begins anew.
        return start <= now < self.resets_at(start)


class Meter:
    """Counts calls against limits, which can be changed at any time."""

    def __init__(self, limits: tuple[CallLimit, ...] = DOCUMENTED) -> None:
        self._limits = {limit.name: limit for limit in limits}
        self._calls: dict[tuple[tuple[str, str, str, int], str], _Calls] = {}

    @property
    def limits(self) -> tuple[CallLimit, ...]:
        return tuple(self._limits.values())

    def set(self, limit: CallLimit) -> None:
        """Put a limit in the place of the one of the same name; what was counted is forgotten."""
        self._limits[limit.name] = limit
        self._calls = {key: calls for key, calls in self._calls.items() if key[0] != limit.name}

    def reset(self) -> None:
        """Go back to the documented limits, with nothing counted."""
        self._limits = {limit.name: limit for limit in DOCUMENTED}
        self._calls.clear()

    def charge(self, platform: str, account: str, on: str, now: datetime) -> list[Reading]:
        """Count a call against all its limits; against none when one of them is used up."""
        ours = {platform, "meta"} if platform in {"facebook", "instagram"} else {platform}
        counted = [
            self._of(limit, account)
            for limit in self._limits.values()
            if limit.platform in ours and limit.on in {on, "any"}
        ]
        for calls in counted:
            calls.forget(now)
        out = {id(c) for c in counted if len(c.times) >= c.limit.allowed}
        if not out:
            for calls in counted:
                calls.times.append(now)
        return [Reading(c.limit, len(c.times), c.resets_at(now), id(c) in out) for c in counted]

    def _of(self, limit: CallLimit, account: str) -> _Calls:
        key = limit.name, account if limit.owner == "account" else "app"
        if key not in self._calls:
            self._calls[key] = _Calls(limit)
        return self._calls[key]
