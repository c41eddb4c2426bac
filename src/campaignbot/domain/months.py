"""The names of months as people write them in dates, in Dutch and English."""

from __future__ import annotations

_NAMES = (
    ("januari", "january", "jan"), ("februari", "february", "feb"),
    ("maart", "march", "mrt", "mar"), ("april", "apr"), ("mei", "may"), ("juni", "june", "jun"),
    ("juli", "july", "jul"), ("augustus", "august", "aug"), ("september", "sept", "sep"),
    ("oktober", "october", "okt", "oct"), ("november", "nov"), ("december", "dec"),
)  # fmt: skip

MONTHS = {name: number for number, names in enumerate(_NAMES, start=1) for name in names}
"""The number of a month by each of its names, in small letters."""
