"""Who may do what: a reader looks, an editor changes, an approver also decides."""

from __future__ import annotations

from campaignbot.domain.cleaning import clean
from campaignbot.domain.errors import user_error
from campaignbot.domain.people import Person, Role


def require_approver(person: Person) -> None:
    """Raise UserError when this person may not decide."""
    if person.role is not Role.APPROVER:
        raise user_error(
            "review.not_approver", remedy="review.not_approver.remedy", name=person.name
        )


def require_editor(person: Person) -> None:
    """Raise UserError when this person may only look."""
    if person.role is Role.READER:
        raise user_error("review.not_editor", remedy="review.not_approver.remedy", name=person.name)


def require_reason(reason: str) -> str:
    """Return the reason, clean and without its margins; UserError when there is none."""
    why = clean(reason).strip()
    if not why:
        raise user_error("review.no_reason", remedy="review.no_reason.remedy")
    return why
