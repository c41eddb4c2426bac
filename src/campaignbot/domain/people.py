"""People who decide, and what they decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """What a person may do: a reader looks, an editor edits, an approver also approves."""

    READER = "reader"
    EDITOR = "editor"
    APPROVER = "approver"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the team; `language` is the one they are addressed in."""

    id: UUID
    name: str
    role: Role
    language: str
    email: str | None = None


class Verdict(StrEnum):
    """The outcome of one look at one publication."""

    APPROVED = "approved"
    CHANGES_REQUESTED = "changes_requested"
    REJECTED = "rejected"
    TAKEN_BACK = "taken_back"


@dataclass(frozen=True, slots=True)
class Decision:
    """Who decided what about exactly which content, and why."""

    id: UUID
    publication_id: UUID
    person_id: UUID
    verdict: Verdict
    content_hash: str
    taken_at_utc: datetime
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Waiver:
    """A person lets a finding pass, for this content only, and says why."""

    publication_id: UUID
    finding_code: str
    content_hash: str
    person_id: UUID
    reason: str
    given_at_utc: datetime
