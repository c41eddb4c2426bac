"""Scenarios: what goes wrong when, on which platform, as one readable list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar, Literal, get_args
from zoneinfo import ZoneInfo

from pydantic import Field, TypeAdapter, ValidationError

from campaignbot.sandbox.fault import Fault
from campaignbot.sandbox.world import World

_ZONE = ZoneInfo("Europe/Amsterdam")
_STRICT: Mapping[str, object] = {"extra": "forbid"}

Platform = Literal["all", "linkedin", "facebook", "instagram", "x"]
Operation = Literal["any", "create", "upload", "read", "metrics"]
Trouble = Literal[
    "drop_before",
    "drop_after",
    "http_400_empty",
    "http_500",
    "http_503",
    "http_503_retry_after",
    "malformed",
    "empty",
    "slow",
    "rate_limit",
    "rate_limit_bare",
    "rate_limit_odd",
    "retry_after",
    "retry_after_date",
    "odd_headers",
    "token_expired",
    "retired_metric",
    "processing_slow",
    "processing_fails",
    "media_not_fetchable",
    "expired_upload",
    "cut_text",
    "wrong_author",
    "unfinished",
]
# What these strike follows from what they are.
_FIXED = {
    "token_expired": "any",
    "retired_metric": "metrics",
    "processing_slow": "processing",
    "processing_fails": "processing",
    "media_not_fetchable": "fetching",
    "expired_upload": "upload",
    "cut_text": "create",
    "wrong_author": "create",
    "unfinished": "batch",
}
_MAX_MINUTES = 366 * 24 * 60
_POLLS = 3
"""How often a platform says "still busy" when a scenario does not say how often."""


@dataclass(frozen=True)
class Step:
    """One thing that goes wrong, from when on, and how often.

    It begins at `at` (without a zone: Dutch time), or `after_minutes` from the beginning of the
    scenario, or at once; then after `after_requests` more calls that it is meant for and that no
    step above it has struck. It strikes `times` calls (1 when nothing is said), or that `share` of
    them, or all for `lasts_minutes`.
    """

    __pydantic_config__: ClassVar[Mapping[str, object]] = _STRICT

    trouble: Trouble
    platform: Platform = "all"
    account: str | None = None
    operation: Operation | None = None
    at: datetime | None = None
    after_minutes: Annotated[float, Field(ge=0, le=_MAX_MINUTES)] | None = None
    after_requests: Annotated[int, Field(ge=0)] = 0
    times: Annotated[int, Field(ge=1)] | None = None
    share: Annotated[float, Field(gt=0, le=1)] | None = None
    lasts_minutes: Annotated[float, Field(gt=0, le=_MAX_MINUTES)] | None = None
    seconds: Annotated[float, Field(gt=0, le=600)] | None = None
    metric: str | None = None
    note: str = ""

    def begins(self, start: datetime) -> datetime:
        if self.at is not None:
            return self.at if self.at.tzinfo else self.at.replace(tzinfo=_ZONE)
        return start + timedelta(minutes=self.after_minutes or 0)

    def fault(self, start: datetime, seed: int) -> Fault:
        """Return it as a fault of a scenario that begins at `start`."""
        begins = self.begins(start)
        lasts = timedelta(minutes=self.lasts_minutes) if self.lasts_minutes else None
        share, times = self.share, self.times
        if share is None and times is None and (lasts or self.trouble == "retired_metric"):
            share = 1.0
        return Fault(
            "*" if self.platform == "all" else self.platform,
            _FIXED.get(self.trouble) or self.operation or "any",
            self.trouble,
            times or (_POLLS if self.trouble == "processing_slow" else 1),
            self.seconds or 0.0,
            skip=self.after_requests,
            rate=share,
            seed=seed,
            account=self.account,
            begins_at=begins,
            ends_at=begins + lasts if lasts else None,
            metric=self.metric or "",
        )


@dataclass(frozen=True)
class Scenario:
    """What goes wrong on the practice platforms, and what it teaches."""

    __pydantic_config__: ClassVar[Mapping[str, object]] = _STRICT

    title: Annotated[str, Field(min_length=1)]
    steps: tuple[Step, ...]
    about: str = ""
    seed: int = 0


@dataclass(frozen=True)
class Complaint:
    """What of a step does not fit together; `problem` is a word for it, not a sentence."""

    step: int | None
    name: str
    problem: str

    @property
    def location(self) -> tuple[str | int, ...]:
        return (self.name,) if self.step is None else ("steps", self.step, self.name)


def complaints(scenario: Scenario) -> Iterator[Complaint]:
    """Find what each value allows by itself and the whole does not."""
    if not scenario.steps:
        yield Complaint(None, "steps", "no_steps")
    for number, step in enumerate(scenario.steps):
        for name, problem in _misfits(step):
            yield Complaint(number, name, problem)


def _misfits(step: Step) -> Iterator[tuple[str, str]]:
    if step.trouble == "slow" and step.seconds is None:
        yield "seconds", "missing_seconds"
    if step.trouble != "slow" and step.seconds is not None:
        yield "seconds", "only_slow"
    if step.trouble == "retired_metric" and not step.metric:
        yield "metric", "missing_metric"
    if step.trouble != "retired_metric" and step.metric:
        yield "metric", "only_retired_metric"
    if step.trouble in _FIXED and step.operation is not None:
        yield "operation", "operation_follows"
    if step.at is not None and step.after_minutes is not None:
        yield "after_minutes", "two_beginnings"
    if step.share is not None and step.times is not None:
        yield "share", "times_and_share"
    if step.trouble == "token_expired" and (step.times or step.share or step.lasts_minutes):
        name = next(n for n in ("times", "share", "lasts_minutes") if getattr(step, n))
        yield name, "token_stays_expired"


@dataclass
class Playing:
    """A scenario that runs: when it began, and the fault of each step."""

    scenario: Scenario
    started_at: datetime
    faults: list[Fault] = field(default_factory=list)

    def told(self, now: datetime) -> list[dict[str, Any]]:
        """Return each step with whether it waits, strikes or is over, and how often it struck."""
        return [
            {
                "trouble": step.trouble,
                "platform": step.platform,
                "note": step.note,
                "begins_at": step.begins(self.started_at).isoformat(),
                "state": fault.state(now),
                "struck": fault.struck,
            }
            for step, fault in zip(self.scenario.steps, self.faults, strict=True)
        ]


def play(world: World, scenario: Scenario) -> Playing:
    """Begin a scenario now, in the place of the one that runs; other faults stay."""
    stop(world)
    now = world.now()
    faults = [step.fault(now, scenario.seed + i) for i, step in enumerate(scenario.steps)]
    world.faults.extend(faults)
    world.playing = Playing(scenario, now, faults)
    return world.playing


def stop(world: World) -> None:
    """End the scenario that runs, if one does; what it did to accounts stays."""
    if world.playing is not None:
        ours = {id(fault) for fault in world.playing.faults}
        world.faults[:] = [fault for fault in world.faults if id(fault) not in ours]
    world.playing = None


def read(value: Any) -> Scenario | list[dict[str, str]]:
    """Return a scenario from plain values, or what is wrong with them: field and problem."""
    try:
        scenario = TypeAdapter(Scenario).validate_python(value)
    except ValidationError as error:
        return told_by(error)
    found = [
        {"field": ".".join(map(str, c.location)), "problem": c.problem}
        for c in complaints(scenario)
    ]
    return found or scenario


def told_by(error: ValidationError) -> list[dict[str, str]]:
    """Return what is wrong with plain values, as the control API tells it: field and problem."""
    return [
        {"field": ".".join(str(part) for part in e["loc"]), "problem": e["msg"]}
        for e in error.errors()
    ]


def troubles() -> tuple[str, ...]:
    return get_args(Trouble)
