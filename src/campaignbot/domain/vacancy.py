"""A vacancy: the facts that posts may use, each with where it was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from campaignbot.domain.canonical import digest


class PayPeriod(StrEnum):
    """What an amount of pay is for."""

    MONTH = "month"
    YEAR = "year"
    HOUR = "hour"


@dataclass(frozen=True, slots=True)
class Pay:
    """Gross pay in whole currency units as the source states it; None is unknown, never zero.

    `basis_hours` are the weekly hours that the amount is for: a part-time job still shows the
    amount at, say, 36 hours.
    """

    minimum: Decimal | None
    maximum: Decimal | None
    currency: str = "EUR"
    period: PayPeriod | None = None
    basis_hours: Decimal | None = None
    scale: str | None = None
    agreement: str | None = None


@dataclass(frozen=True, slots=True)
class Vacancy:
    """What is known of a vacancy; None is unknown: it is asked for, never guessed.

    `last_day` is the last day on which one can apply, in the zone of the employer (printed as
    "t/m"). `sources` says for a field where it was read. `unsure` names fields whose sources
    contradict each other.
    """

    id: UUID
    reference: str
    title: str
    employer: str
    language: str = "nl"
    description: str = ""
    url: str | None = None
    apply_url: str | None = None
    places: tuple[str, ...] = ()
    hours_min: Decimal | None = None
    hours_max: Decimal | None = None
    pay: Pay | None = None
    appointment: str | None = None
    posted_on: date | None = None
    last_day: date | None = None
    interviews: tuple[date, ...] = ()
    closed_at_utc: datetime | None = None
    sources: Mapping[str, str] = field(default_factory=dict)
    unsure: Mapping[str, str] = field(default_factory=dict)


def fact_hash(value: object) -> str:
    """Return a short hash of a fact's value, after the number of its scheme: ``2:`` and 16 digits.

    Equal facts hash equally however they were written: 4241 and 4241.00. Hashes of the first
    scheme bear no number and equal none of these: what used them is read once more by a person.
    """
    return f"2:{digest(value)[:16]}"


FACT_FIELDS = (
    "title", "employer", "url", "apply_url", "places", "hours_min", "hours_max", "pay",
    "appointment", "last_day", "interviews",
)  # fmt: skip
"""Fields whose change voids the approval of unpublished posts that used them."""


def changed_facts(old: Vacancy, new: Vacancy) -> frozenset[str]:
    """Return the fact fields in which two readings of one vacancy differ."""
    return frozenset(name for name in FACT_FIELDS if getattr(old, name) != getattr(new, name))
