"""Whose approvals of a content stand, and who wrote it last: read from the audit trail."""

from __future__ import annotations

from collections.abc import Sequence

from campaignbot.domain.audit import AuditEvent, is_program
from campaignbot.domain.people import Verdict
from campaignbot.domain.policy import ApprovedContent
from campaignbot.domain.publication import Event, Publication, State
from campaignbot.storage import accounts, audit, reviews
from campaignbot.storage.database import Tx


def approved_content(tx: Tx, publication: Publication) -> ApprovedContent:
    """Return what an approval of a publication is about, with the approvals of it that stand.

    While it waits for review, a change of words or time leaves none of the earlier ones standing.
    """
    history = audit.history(tx, publication.id)
    names = _approvers(tx, publication)
    if publication.state is State.IN_REVIEW:
        since = _endorsed_since_change(history)
        names = tuple(name for name in names if name in since)
    return ApprovedContent(
        publication.reference,
        publication.post.phase,
        accounts.account_by_id(tx, publication.account_id).key,
        _last_editor(history),
        names,
    )


def _approvers(tx: Tx, publication: Publication) -> tuple[str, ...]:
    """Return who approved exactly this content, the first one first."""
    digest, names = publication.content_hash, dict[str, None]()
    for decision, name in reviews.decisions_about(tx, publication.id):
        if decision.content_hash != digest:
            continue
        if decision.verdict is Verdict.APPROVED:
            names[name] = None
        elif decision.verdict is Verdict.TAKEN_BACK:
            # Taken back, it waits for review as if nobody had approved it.
            names.clear()
    return tuple(names)


def _endorsed_since_change(history: Sequence[AuditEvent]) -> set[str]:
    """Return who approved it after everything else that happened to it.

    To move along with the post that it follows voids no approval.
    """
    names = set()
    for event in reversed(history):
        if event.action == Event.ENDORSE:
            names.add(event.actor)
        elif event.action != Event.RESCHEDULE:
            break
    return names


def _last_editor(history: Sequence[AuditEvent]) -> str | None:
    """Return who changed the content last, or wrote it; None where the program did."""
    wrote = [
        event
        for number, event in enumerate(history)
        if number == 0
        or (event.action in {Event.EDIT, Event.CORRECT} and "content_hash" in event.after)
    ]
    return wrote[-1].actor if wrote and not is_program(wrote[-1].actor) else None
