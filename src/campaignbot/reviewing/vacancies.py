"""What a new reading of a vacancy means for the posts that use its facts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from campaignbot.domain.accounts import Hold, HoldScope
from campaignbot.domain.facts import book_of
from campaignbot.domain.messages import Message
from campaignbot.domain.publication import Event, Publication, State
from campaignbot.domain.vacancy import Vacancy, changed_facts
from campaignbot.storage import accounts, campaigns, publications
from campaignbot.storage.database import Tx

ACTOR = "system:vacancy"
# What a person sees outside, or may see in a moment: only a person can mend it.
_OUT = frozenset({State.PUBLISHED, State.HANDED_OVER, State.PUBLISHING, State.UNCERTAIN})
_DECIDED = frozenset({State.APPROVED, State.RETRY_WAITING, State.MISSED, State.FAILED})
_IN_HAND = frozenset({State.DRAFT, State.IN_REVIEW, State.CHANGES_REQUESTED})


@dataclass(frozen=True, slots=True)
class VacancyChange:
    """A reading of a vacancy against what was known, and the posts that it touches.

    `vacancy` bears the id under which it is stored. `touched` are not out and must be read again,
    `live` are out, or with the person who places them. `used` tells whether any post refers to the
    vacancy. `closed` and `opened` say what this reading changes, not how it stands.
    """

    vacancy: Vacancy
    changed: frozenset[str] = frozenset()
    touched: tuple[Publication, ...] = ()
    live: tuple[Publication, ...] = ()
    used: bool = False
    closed: bool = False
    opened: bool = False


def compare(tx: Tx, read: Vacancy) -> VacancyChange:
    """Return what storing this reading would change; stores nothing."""
    known = campaigns.vacancy_by_reference(tx, read.reference)
    if known is None:
        return VacancyChange(read, closed=read.closed_at_utc is not None)
    fresh = replace(read, id=known.id)
    if read.closed_at_utc is not None and known.closed_at_utc is not None:
        fresh = replace(fresh, closed_at_utc=known.closed_at_utc)
    changed = changed_facts(known, fresh)
    closed = fresh.closed_at_utc is not None and known.closed_at_utc is None
    posts = publications.list_publications(tx, vacancy_id=known.id)
    concerned = [p for p in posts if _concerns(p, fresh, changed, closed)]
    return VacancyChange(
        vacancy=fresh,
        changed=changed,
        touched=tuple(p for p in concerned if p.state in _DECIDED | _IN_HAND),
        live=tuple(p for p in concerned if p.state in _OUT),
        used=bool(posts),
        closed=closed,
        opened=fresh.closed_at_utc is None and known.closed_at_utc is not None,
    )


def take_over(tx: Tx, read: Vacancy, *, now: datetime, new_id: Callable[[], UUID]) -> VacancyChange:
    """Store a reading, and do in the same transaction what follows from it.

    Approvals of posts that used a changed fact are void. A vacancy that closed holds the posts
    that need it open; one that opened again lets them go on.
    """
    change = compare(tx, read)
    campaigns.save_vacancy(tx, change.vacancy, now=now)
    for publication in change.touched:
        used = publication.post.facts.keys() & _keys(change.changed)
        if publication.state in _DECIDED and used:
            _void(tx, publication, {key.partition(".")[2] for key in used}, now)
    if change.closed:
        reason = Message("hold.vacancy_closed", {"ref": read.reference})
        hold = Hold(new_id(), HoldScope.CLOSED_VACANCY, change.vacancy.id, reason, ACTOR, now)
        accounts.place_hold(tx, hold)
    if change.opened:
        accounts.lift_holds(tx, HoldScope.CLOSED_VACANCY, change.vacancy.id, now=now, actor=ACTOR)
    return change


def _concerns(
    publication: Publication, fresh: Vacancy, changed: frozenset[str], closed: bool
) -> bool:
    post = publication.post
    outdated = book_of(vacancy=fresh).outdated(post.facts) & _keys(changed)
    return bool(outdated) or (closed and post.needs_open_vacancy)


def _keys(names: Iterable[str]) -> set[str]:
    """Return the keys in the book of facts of these fields of a vacancy."""
    return {f"vacancy.{name}" for name in names}


def _void(tx: Tx, publication: Publication, used: set[str], now: datetime) -> None:
    publications.move(
        tx,
        publication,
        Event.EDIT,
        now=now,
        actor=ACTOR,
        approved_hash=None,
        retry_at_utc=None,
        receipt=None,
        reason=Message("review.fact_changed", {"facts": ", ".join(sorted(used))}),
    )
