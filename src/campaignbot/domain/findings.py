"""What the checks have to say about content."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from campaignbot.domain.messages import Message


class Severity(StrEnum):
    """An error keeps a post from going out unless a person waives it with a reason."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark about a post: how grave, what, where in it, and what to do.

    `code` is stable (``limit.text_too_long``): waivers and statistics refer to it. `quote` is the
    passage that it is about. `waivable` is False where no reason can help: a platform's limit.
    """

    code: str
    severity: Severity
    what: Message
    remedy: Message | None = None
    quote: str | None = None
    waivable: bool = True


def worst(findings: tuple[Finding, ...]) -> Severity | None:
    """Return the gravest severity, or None when there is nothing to say."""
    present = {finding.severity for finding in findings}
    return next((severity for severity in Severity if severity in present), None)
