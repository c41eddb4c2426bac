"""Public holidays, on which nothing is planned."""

from __future__ import annotations

from datetime import date


def public_holidays(first: date, last: date) -> frozenset[date]:
    """Return the Dutch public holidays of the years that the days lie in."""
    # Loaded here: only planning needs it.
    import holidays

    years = range(first.year, last.year + 2)
    return frozenset(holidays.country_holidays("NL", years=years))
