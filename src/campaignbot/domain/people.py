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

    def includes(self, other: Role) -> bool:
        """Tell whether it allows all that another role does."""
        ranks = tuple(Role)
        return ranks.index(self) >= ranks.index(other)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the team; `language` is the one they are addressed in."""

    id: UUID
    name: str
    role: Role
    language: str
    email: str | None = None


class HowKnown(StrEnum):
    """How the program knows who works with it."""

    OPTION = "option"
    VARIABLE = "variable"
    LOGIN = "login"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever acts, and how that is known. One who is unknown is a reader."""

    person: Person
    how_known: HowKnown

    @classmethod
    def unknown(cls, login: str | None, language: str) -> Actor:
        """Return somebody whom the settings do not name; `login` is None where there is none."""
        nobody = Person(UUID(int=0), login or "?", Role.READER, language)
        return cls(nobody, HowKnown.UNKNOWN)

    @property
    def id(self) -> UUID:
        return self.person.id

    @property
    def name(self) -> str:
        return self.person.name

    @property
    def role(self) -> Role:
        return self.person.role

    @property
    def is_known(self) -> bool:
        return self.how_known is not HowKnown.UNKNOWN


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
