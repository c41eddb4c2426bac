"""Counting at the platforms, and asking the database whether it knows the same."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from campaignbot.domain.publication import Publication, State
from campaignbot.storage import attempts, publications
from campaignbot.storage.database import Database, Tx
from campaignbot.storage.tables import attempt, publication

_NUMBER = re.compile(r"Bericht (\d{6})")


@dataclass
class Verdict:
    """What became of all posts; `memory_mb` are the medians of the first and last quarter."""

    posts: int = 0
    doubled: int = 0
    lost: list[str] = field(default_factory=list)
    outside: int = 0
    excused: Counter[str] = field(default_factory=Counter)
    memory_mb: tuple[float, float] = (0.0, 0.0)

    @property
    def holds(self) -> bool:
        """Tell whether every law held. Memory may grow by a tenth: caches fill up."""
        first, last = self.memory_mb
        return not (self.doubled or self.lost or self.outside or last > 1.1 * first)

    def __str__(self) -> str:
        number = self.excused.total()
        excused = f"{number} excused" + "".join(
            f": {reason} ({count})" for reason, count in self.excused.items()
        )
        return (
            f"posts {self.posts}, doubled {self.doubled}, lost {len(self.lost)}, "
            f"outside window {self.outside} ({excused}), "
            f"memory {self.memory_mb[0]:.0f} MB at first, {self.memory_mb[1]:.0f} MB at last"
        )


def judge(database: Database, standing: list[dict[str, Any]], until: datetime) -> Verdict:
    """Compare what stands on the platforms with what was approved and what is stored.

    Only posts whose window was over by then are judged.
    """
    verdict = Verdict()
    there: dict[str, list[dict[str, Any]]] = {}
    for post in standing:
        if (found := _NUMBER.search(post["text"])) and not post["deleted"]:
            there.setdefault(f"S-{found.group(1)}", []).append(post)
    with database.read() as tx:
        stored = publications.list_publications(tx, due_before=until)
        limits = _limits(tx)
        for each in stored:
            if each.window_end_utc > until:
                continue
            copies = there.get(each.reference, [])
            verdict.posts += 1
            verdict.doubled += max(0, len(copies) - 1)
            created = [datetime.fromisoformat(copy["created_at"]) for copy in copies]
            verdict.outside += sum(not _in_window(each, at) for at in created)
            if _agrees(each, copies):
                continue
            if not copies and (reason := _excuse(each, limits)):
                verdict.excused[reason] += 1
            else:
                outcomes = [a.outcome for a in attempts.attempts_of(tx, each.id)]
                verdict.lost.append(f"{each.reference} {each.state} {outcomes}")
    return verdict


@dataclass(frozen=True, slots=True)
class _Limit:
    """A platform's refusal to take more from an account."""

    publication_id: UUID
    at: datetime
    for_the_day: bool


def _limits(tx: Tx) -> dict[UUID, list[_Limit]]:
    """Return what platforms refused for their limits, by account."""
    found: dict[UUID, list[_Limit]] = {}
    rows = tx.execute(
        select(attempt, publication.c.account_id)
        .join(publication, publication.c.id == attempt.c.publication_id)
        .where(attempt.c.outcome == "RateLimited")
    )
    for row in rows:
        limit = _Limit(row.publication_id, row.started_at_utc, "DAY limit" in (row.error or ""))
        found.setdefault(row.account_id, []).append(limit)
    return found


def _excuse(missed: Publication, limits: dict[UUID, list[_Limit]]) -> str | None:
    """Return why nothing could be sent in the window: only a platform's own limit counts."""
    if missed.state is not State.MISSED:
        return None
    for limit in limits.get(missed.account_id, []):
        # LinkedIn counts days in UTC: refused once, nothing of the account goes before midnight.
        same_day = limit.at.date() == missed.window_end_utc.date()
        if limit.for_the_day and same_day and limit.at < missed.window_end_utc:
            return "LinkedIn's limit of the day"
        if limit.publication_id == missed.id:
            return "a platform's rate limit"
    return None


def _in_window(post: Publication, at: datetime) -> bool:
    return post.due_at_utc <= at < post.window_end_utc


def _agrees(post: Publication, copies: list[dict[str, Any]]) -> bool:
    """Tell whether it was published, stands there, and is the post that the database means."""
    ids = {copy["id"] for copy in copies}
    return post.state is State.PUBLISHED and post.external_id in ids
