"""Reading single facts: amounts, hours, dates, as people in the Netherlands write them."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from campaignbot.domain.months import MONTHS

_AMOUNT = r"(?:\d{1,3}(?:[.,]\d{3})+|\d+)(?:[.,]\d{2}\b|,-)?"
_RANGE = re.compile(
    rf"€\s*({_AMOUNT})\s*(?:bruto\s*)?(?:-|–|tot(?: en met)?|en|to|and|t/m)\s*(?:€\s*)?({_AMOUNT})"
)
_MOST_PLAUSIBLE = Decimal(1_000_000)


def amount(value: Any) -> Decimal | None:
    """Return an amount in whole units; None for nothing, zero, text without one, or nonsense.

    "4.241", "6.166,00", "4,241.00" and 4241 are read as they are meant: two digits behind the
    last mark are cents, three are thousands.
    """
    if value is None or isinstance(value, bool):
        return None
    text = re.sub(r"[€\s\xa0]|EUR", "", str(value)).removesuffix(",-")
    if not re.fullmatch(r"-?\d[\d.,]*", text):
        return None
    if re.search(r"[.,]\d{1,2}$", text):
        whole, cents = re.split(r"[.,](?=\d{1,2}$)", text)
        text = f"{re.sub(r'[.,]', '', whole)}.{cents}"
    else:
        text = re.sub(r"[.,]", "", text)
    number = Decimal(text)
    if not 0 < number < _MOST_PLAUSIBLE:
        return None
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number


def amounts_in(text: str) -> tuple[Decimal, Decimal] | None:
    """Return the first range of pay that a text names."""
    for low, high in _RANGE.findall(text):
        minimum, maximum = amount(low), amount(high)
        if minimum and maximum and 1000 <= minimum <= maximum:
            return minimum, maximum
    return None


def highest_in(text: str) -> Decimal | None:
    """Return the amount that a text names as the most one can earn."""
    found = re.search(
        rf"(?:max(?:\.|imaal|imum)?|tot|up to)\s*€\s*({_AMOUNT})", text, re.IGNORECASE
    )
    return amount(found[1]) if found else None


def hours_in(text: str) -> tuple[Decimal, Decimal] | None:
    """Return the weekly hours (least, most) that a text names."""
    found = re.search(
        r"\b(\d{1,2})\s*(?:-|–|tot(?: en met)?|to)\s*(\d{1,2})\s*(?:uur|uren|hours)", text
    )
    if found:
        low, high = Decimal(found[1]), Decimal(found[2])
    elif found := re.search(r"\b(\d{1,2})\s*(?:uur|uren|hours)\s*(?:per|a)\s*we", text):
        low = high = Decimal(found[1])
    else:
        return None
    return (low, high) if 1 <= low <= high <= 48 else None


def scale_in(text: str) -> str | None:
    found = re.search(
        r"\b(?:schaal|scale)\s*(\d{1,2}[A-Z]?(?:\s*/\s*\d{1,2}[A-Z]?)?)", text, re.IGNORECASE
    )
    return found[1].replace(" ", "") if found else None


def basis_hours_in(text: str) -> Decimal | None:
    """Return the weekly hours that an amount of pay is said to be for."""
    found = re.search(
        r"(?:bij|op basis van|o\.b\.v\.|based on|for) (?:een |a )?(\d\d)"
        r"(?:[- ]urige werkweek| ?uur| hours|-hour)",
        text,
    )
    return Decimal(found[1]) if found else None


def day(value: Any, zone: str, reference: date | None = None) -> date | None:
    """Return a date in the employer's zone; None when it is none or lacks its year.

    An instant becomes the day that it is in the zone. `reference` gives the year to a date
    written without one only where the caller knows it.
    """
    text = re.sub(r"\s+", " ", str(value or "")).strip().lower()
    text = re.sub(r"^(?:ma|di|woens|donder|vrij|zater|zon)\w*dag\s+", "", text)
    if found := re.match(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(.*)", text):
        return _local_day(text, found, zone)
    if found := re.match(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})\b", text):
        return _date(int(found[3]), int(found[2]), int(found[1]))
    if found := re.match(r"(\d{1,2}) ([a-z]+)\.?(?: (\d{4}))?\b", text):
        year = int(found[3]) if found[3] else (reference.year if reference else None)
        month = MONTHS.get(found[2])
        return _date(year, month, int(found[1])) if year and month else None
    return None


def _local_day(text: str, found: re.Match[str], zone: str) -> date | None:
    plain = _date(int(found[1]), int(found[2]), int(found[3]))
    if "t" not in found[4]:
        return plain
    try:
        instant = datetime.fromisoformat(text.upper().replace("Z", "+00:00"))
    except ValueError:
        return plain
    return instant.astimezone(ZoneInfo(zone)).date() if instant.tzinfo else instant.date()


def _date(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        return None


def days_in(text: str, reference: date | None) -> tuple[date, ...]:
    """Return the written dates of a text; a missing year is that of the date before it."""
    found = []
    last = reference
    for number, month, year in re.findall(
        rf"\b(\d{{1,2}}) ({'|'.join(MONTHS)})\b(?: (\d{{4}}))?", text.lower()
    ):
        known = int(year) if year else (last.year if last else None)
        if known and (told := _date(known, MONTHS[month], int(number))):
            found.append(told)
            last = told
    return tuple(found)


def web_address(value: Any) -> str | None:
    """Return an address on the web, without foreign campaign parameters; None for all else."""
    text = str(value or "").strip()
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or "." not in host or _is_internal(host):
        return None
    query = "&".join(
        part
        for part in parts.query.split("&")
        if part and not re.match(r"(?:utm_|source=|src=|gclid|fbclid)", part)
    )
    return parts._replace(query=query).geturl()


def _is_internal(host: str) -> bool:
    import ipaddress

    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return host == "localhost" or host.endswith((".local", ".internal", ".localhost"))
