"""One line of the table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from time import perf_counter


@dataclass(frozen=True)
class Figure:
    """A measured value; `most` or `least` is its target, neither for one that is only told."""

    name: str
    value: float
    unit: str
    most: float | None = None
    least: float | None = None

    @property
    def met(self) -> bool | None:
        if self.most is not None:
            return self.value <= self.most
        return self.value >= self.least if self.least is not None else None

    def row(self) -> str:
        target = "" if self.most is None and self.least is None else (
            f"<= {self.most:g}" if self.most is not None else f">= {self.least:g}"
        )  # fmt: skip
        met = {True: "yes", False: "NO", None: "-"}[self.met]
        return f"{self.name:<58}{self.value:>10.2f}  {self.unit:<8}{target:>10}  {met}"

    def to_json(self) -> dict[str, object]:
        return {
            "name": self.name,
            "value": round(self.value, 4),
            "unit": self.unit,
            "target": self.most if self.most is not None else self.least,
            "met": self.met,
        }


def timed(work: Callable[[], object], times: int) -> list[float]:
    """Return how long each of a number of runs took, in seconds."""
    spent = []
    for _ in range(times):
        start = perf_counter()
        work()
        spent.append(perf_counter() - start)
    return spent


def middle_ms(spent: Sequence[float]) -> float:
    return median(spent) * 1000


def p99_ms(spent: Sequence[float]) -> float:
    return quantiles(spent, n=100)[98] * 1000
