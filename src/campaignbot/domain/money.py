"""Amounts of money."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in millionths of a currency unit: one API call can cost $0.001."""

    micros: int
    currency: str

    @classmethod
    def of(cls, amount: str | int, currency: str) -> Money:
        """Return the money for a decimal amount in whole units, e.g. ``Money.of("0.015", "USD")``.

        Floats are refused by type; ValueError when the amount is finer than a millionth.
        """
        micros = Decimal(amount) * 1_000_000
        if micros != micros.to_integral_value():
            raise ValueError(f"{amount} {currency} is finer than a millionth")
        return cls(int(micros), currency)

    @property
    def amount(self) -> Decimal:
        return Decimal(self.micros) / 1_000_000

    def __mul__(self, times: int) -> Money:
        return Money(self.micros * times, self.currency)

    def __add__(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} cannot be added")
        return Money(self.micros + other.micros, self.currency)
