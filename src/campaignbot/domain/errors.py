"""Errors that a user can mend."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from campaignbot.domain.messages import Message


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the user's own files something stands; line and column count from 1."""

    file: Path | None = None
    line: int | None = None
    field: str | None = None

    def __str__(self) -> str:
        head = str(self.file) if self.file else ""
        if self.line is not None:
            head = f"{head}:{self.line}"
        return f"{head}, {self.field}" if head and self.field else head or (self.field or "")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: where, what, and what to do."""

    what: Message
    remedy: Message | None = None
    place: Place | None = None


class UserError(Exception):
    """Input that cannot be used: shown as one clear message, exit code 2, nothing written."""

    def __init__(self, *problems: Problem) -> None:
        if not problems:
            raise ValueError("a UserError needs at least one problem")
        super().__init__("; ".join(f"{p.place or ''} {p.what.key}".strip() for p in problems))
        self.problems = problems


def user_error(
    key: str,
    /,
    *,
    remedy: str | None = None,
    place: Place | None = None,
    **params: str | int,
) -> UserError:
    """Return a UserError of one problem; the same params fill the sentence and its remedy."""
    what = Message(key, params)
    return UserError(Problem(what, Message(remedy, params) if remedy else None, place))
