"""Faults as the control API takes them: read, or refused with what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field, TypeAdapter, ValidationError

from campaignbot.sandbox.fault import Fault
from campaignbot.sandbox.scenario import told_by, troubles

# Those that no scenario offers: they strike what only a test can wait for or look at.
KINDS = frozenset(troubles()) | {
    "hold_before",
    "hold_after",
    "http_500_after",
    "hollow",
    "other_shape",
    "no_numbers",
}


def _known(kind: str) -> str:
    if kind not in KINDS:
        raise ValueError(f"no kind of fault; there are {', '.join(sorted(KINDS))}")
    return kind


@dataclass(frozen=True)
class AskedFault:
    """A fault in the words of the control API; see `Fault`."""

    __pydantic_config__: ClassVar[Mapping[str, object]] = {"extra": "forbid"}

    kind: Annotated[str, AfterValidator(_known)]
    platform: Literal["*", "linkedin", "facebook", "instagram", "x"] = "*"
    on: Literal[
        "any",
        "create",
        "edit",
        "upload",
        "read",
        "metrics",
        "oauth",
        "processing",
        "fetching",
        "batch",
    ] = "any"
    times: Annotated[int, Field(ge=1)] = 1
    delay_s: Annotated[float, Field(ge=0)] = 0.0
    skip: Annotated[int, Field(ge=0)] = 0
    rate: Annotated[float, Field(gt=0, le=1)] | None = None
    seed: int = 0
    account: str | None = None
    metric: str = ""


def read(value: Any) -> Fault | list[dict[str, str]]:
    """Return a fault from plain values, or what is wrong with them: field and problem."""
    try:
        asked = TypeAdapter(AskedFault).validate_python(value)
    except ValidationError as error:
        return told_by(error)
    return Fault(
        asked.platform,
        asked.on,
        asked.kind,
        asked.times,
        asked.delay_s,
        skip=asked.skip,
        rate=asked.rate,
        seed=asked.seed,
        account=asked.account,
        metric=asked.metric,
    )
