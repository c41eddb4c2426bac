"""Identifiers: UUIDv7 for rows, short codes for links and for people."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

# Crockford's base 32 without look-alikes: people read these codes out over the telephone.
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"

RandomBits = Callable[[int], int]


def uuid7(now: datetime, random_bits: RandomBits = secrets.randbits) -> UUID:
    """Return a UUID version 7 (RFC 9562 §5.7): 48 bits of Unix milliseconds, then randomness.

    Python 3.11 has none. The clock is handed in, so that simulated time orders rows as well.
    """
    milliseconds = int(now.timestamp() * 1000) & ((1 << 48) - 1)
    value = milliseconds << 80 | 0x7 << 76 | random_bits(12) << 64 | 0b10 << 62 | random_bits(62)
    return UUID(int=value)


def short_code(length: int = 8, random_bits: RandomBits = secrets.randbits) -> str:
    """Return a random code of lower-case base 32 characters (5 bits each)."""
    return "".join(_ALPHABET[random_bits(5)] for _ in range(length))
