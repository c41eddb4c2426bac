"""The pages and profiles of the imitated platforms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass
class SandboxAccount:
    """A page or profile. `page_id` is the Facebook page that an Instagram account belongs to.

    `roles` are those of whom the token speaks for, on a LinkedIn page.
    """

    platform: str
    external_id: str
    name: str
    token: str
    followers: int = 1000
    token_expires_at: datetime | None = None
    scopes: tuple[str, ...] = ()
    page_id: str | None = None
    username: str | None = None
    roles: tuple[str, ...] = ("ADMINISTRATOR",)
    # What is left of the credits bought at X, in millionths of a dollar; None is as much as needed.
    credits_micros: int | None = None
