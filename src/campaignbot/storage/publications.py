"""Posts and publications: stored, read, and moved through their life."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Unpack
from uuid import UUID

from sqlalchemy import Select, Uuid, bindparam, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from typing_extensions import TypedDict

from campaignbot.domain.audit import AuditEvent
from campaignbot.domain.content import HASH_SCHEME, Content, scheme_of, text_key
from campaignbot.domain.errors import UserError, user_error
from campaignbot.domain.messages import Message
from campaignbot.domain.publication import (
    Event,
    Placement,
    Post,
    Publication,
    Receipt,
    State,
    next_state,
)
from campaignbot.domain.walltime import WallTime
from campaignbot.storage import audit
from campaignbot.storage.database import Tx
from campaignbot.storage.documents import from_document, to_document
from campaignbot.storage.tables import (
    CURRENT_CONTENT,
    FREE_WORDS,
    content_version,
    post,
    publication,
)


class StaleVersion(Exception):
    """Somebody else changed the publication since it was read: read it again."""


class Change(TypedDict, total=False):
    """The fields that can change together with a state; None clears a field."""

    approved_hash: str | None
    retry_at_utc: datetime | None
    receipt: Receipt | None
    external_id: str | None
    permalink: str | None
    placement: Placement | None
    published_at_utc: datetime | None
    uncertain_since_utc: datetime | None
    uncertain_checks: int
    reason: Message | None
    content: Content
    planned: WallTime
    due_at_utc: datetime
    window_end_utc: datetime


def add_post(tx: Tx, new: Post) -> None:
    """Store a post; its publications come after it."""
    tx.execute(
        insert(post).values(
            id=new.id,
            campaign_id=new.campaign_id,
            vacancy_id=new.vacancy_id,
            phase=new.phase,
            persona=new.persona,
            angle=new.angle,
            language=new.language,
            facts=dict(new.facts),
            needs_open_vacancy=new.needs_open_vacancy,
            talent_pool=new.talent_pool,
            story=new.story,
            wording=new.wording,
            layout=new.layout,
            photo=new.photo,
        )
    )


def add_publication(tx: Tx, new: Publication, *, now: datetime, actor: str) -> None:
    """Store a new publication with its first content.

    Raises UserError when the account already has a live publication with the same text.
    """
    digest = new.content_hash
    values = {
        "id": new.id,
        "reference": new.reference,
        "post_id": new.post.id,
        "account_id": new.account_id,
        "content_hash": digest,
        "text_key": text_key(new.content.text),
        "tracking_code": new.tracking_code,
        "planned_local": new.planned.local,
        "planned_zone": new.planned.zone,
        "due_at_utc": new.due_at_utc,
        "window_end_utc": new.window_end_utc,
        "state": new.state,
        "version": new.version,
        "next_at_utc": _next_at(new),
        "follows_id": new.follows_id,
        "variant": new.variant,
    }
    with _text_unique(tx, new.reference):
        tx.execute(insert(publication).values(**values))
    _save_content(tx, new.id, digest, new.content, now, actor)
    audit.record(
        tx,
        AuditEvent(
            now, actor, "add", "publication", new.id,
            {}, {"state": new.state, "content_hash": digest, "due_at": new.due_at_utc.isoformat()},
        ),
    )  # fmt: skip


def move(
    tx: Tx,
    before: Publication,
    event: Event,
    *,
    now: datetime,
    actor: str,
    **change: Unpack[Change],
) -> Publication:
    """Move a publication to the state that the transition table names, and change its fields.

    The only function that changes a state. Raises IllegalTransition when the table has no such
    move, and StaleVersion when the row is no longer of the version that `before` was read at.
    """
    after = _after(before, event, change)
    values = _values(before, after)
    if "content" not in change:
        done = tx.execute(_MOVE, values)
    else:
        digest = after.content_hash
        values |= {"content_hash": digest, "text_key": text_key(after.content.text)}
        _save_content(tx, after.id, digest, after.content, now, actor)
        # Only other words can break their uniqueness: no state that is left out of it leads back.
        with _text_unique(tx, before.reference):
            done = tx.execute(_MOVE_WITH_CONTENT, values)
    if done.rowcount != 1:
        raise _stale(before)
    audit.record(tx, _moved(before, after, event, now, actor))
    if after.state is State.PUBLISHED and before.state is not State.PUBLISHED:
        _release_followers(tx, after)
    return after


def move_alike(
    tx: Tx,
    before: Sequence[Publication],
    event: Event,
    *,
    now: datetime,
    actor: str,
    **change: Unpack[Change],
) -> tuple[Publication, ...]:
    """Move several publications as `move` does, all or none, with the same change but no content.

    Not for an event that publishes: what follows a post would not be looked at.
    """
    after = tuple(_after(one, event, change) for one in before)
    done = tx.execute(_MOVE, [_values(b, a) for b, a in zip(before, after, strict=True)])
    if done.rowcount != len(after):
        raise StaleVersion("one of several publications changed since they were read")
    audit.record_all(
        tx, [_moved(b, a, event, now, actor) for b, a in zip(before, after, strict=True)]
    )
    return after


def _after(before: Publication, event: Event, change: Change) -> Publication:
    after = replace(
        before, state=next_state(before.state, event), version=before.version + 1, **change
    )
    return replace(after, hash_scheme=HASH_SCHEME) if "content" in change else after


def _values(before: Publication, after: Publication) -> dict[str, Any]:
    return {
        "read_id": before.id,
        "read_version": before.version,
        "read_state": before.state,
        "state": after.state,
        "version": after.version,
        "next_at_utc": _next_at(after),
        "approved_hash": after.approved_hash,
        "retry_at_utc": after.retry_at_utc,
        "receipt": _receipt_json(after.receipt),
        "external_id": after.external_id,
        "permalink": after.permalink,
        "placement": after.placement.to_json() if after.placement else None,
        "published_at_utc": after.published_at_utc,
        "uncertain_since_utc": after.uncertain_since_utc,
        "uncertain_checks": after.uncertain_checks,
        "reason": after.reason.to_json() if after.reason else None,
        "planned_local": after.planned.local,
        "planned_zone": after.planned.zone,
        "due_at_utc": after.due_at_utc,
        "window_end_utc": after.window_end_utc,
    }


def require_text_free(tx: Tx, wanted: Publication) -> None:
    """Raise UserError when another live publication of the account has the text of this one."""
    row = tx.execute(
        select(publication.c.id).where(
            publication.c.account_id == wanted.account_id,
            publication.c.text_key == text_key(wanted.content.text),
            publication.c.id != wanted.id,
            publication.c.state.not_in(FREE_WORDS),
        )
    ).first()
    if row is not None:
        raise _same_text(wanted.reference)


def require_current(tx: Tx, seen: Publication) -> None:
    """Raise StaleVersion when a publication changed since it was read."""
    if publication_by_id(tx, seen.id).version != seen.version:
        raise _stale(seen)


def note_read_back(
    tx: Tx,
    uncertain: Publication,
    checks: int,
    next_at: datetime | None,
    reason: Message | None = None,
) -> None:
    """Remember that an uncertain publication was looked for in vain, and when to look again.

    None looks no more. A `reason` takes the place of the one it has.
    """
    told = {"reason": reason.to_json()} if reason else {}
    tx.execute(
        update(publication)
        .where(publication.c.id == uncertain.id, publication.c.version == uncertain.version)
        .values(uncertain_checks=checks, next_at_utc=next_at, **told)
    )


def look_again(tx: Tx, account_id: UUID, now: datetime) -> None:
    """Let the uncertain publications of an account be looked for that nobody looks for any more."""
    tx.execute(
        update(publication)
        .where(
            publication.c.account_id == account_id,
            publication.c.state == State.UNCERTAIN,
            publication.c.next_at_utc.is_(None),
        )
        .values(next_at_utc=now)
    )


def postpone(tx: Tx, publication_id: UUID, until_utc: datetime) -> None:
    """Let the daemon look at a waiting publication not before this instant; no state changes."""
    tx.execute(_POSTPONE, {"read_id": publication_id, "next_at_utc": until_utc})


def publication_by_id(tx: Tx, publication_id: UUID) -> Publication:
    return _publication(tx.execute(_BY_ID, {"read_id": publication_id}).one())


def publications_by_ids(tx: Tx, ids: Iterable[UUID]) -> tuple[Publication, ...]:
    """Return these publications, in no order."""
    return tuple(_publication(row) for row in tx.execute(_BY_IDS, {"read_ids": list(ids)}))


def publication_by_reference(tx: Tx, reference: str) -> Publication:
    """Return the publication that people call by this reference; UserError when none is."""
    typed = reference.strip()
    row = tx.execute(_select().where(publication.c.reference.in_([typed, typed.upper()]))).first()
    if row is None:
        raise user_error("publication.unknown", remedy="publication.unknown.remedy", ref=reference)
    return _publication(row)


def list_publications(
    tx: Tx,
    *,
    states: Collection[State] | None = None,
    campaign_id: UUID | None = None,
    vacancy_id: UUID | None = None,
    account_id: UUID | None = None,
    due_from: datetime | None = None,
    due_before: datetime | None = None,
    published_from: datetime | None = None,
    reason_key: str | None = None,
    limit: int | None = None,
) -> tuple[Publication, ...]:
    """Return publications in order of their due instants; a filter that is None lets all pass.

    No screen reads without a `limit`: see `storage.views` for what lists show.
    """
    query = _select().order_by(publication.c.due_at_utc, publication.c.id)
    if states is not None:
        query = query.where(publication.c.state.in_(list(states)))
    if campaign_id is not None:
        query = query.where(post.c.campaign_id == campaign_id)
    if vacancy_id is not None:
        query = query.where(post.c.vacancy_id == vacancy_id)
    if account_id is not None:
        query = query.where(publication.c.account_id == account_id)
    if due_from is not None:
        query = query.where(publication.c.due_at_utc >= due_from)
    if due_before is not None:
        query = query.where(publication.c.due_at_utc < due_before)
    if published_from is not None:
        query = query.where(publication.c.published_at_utc >= published_from)
    if reason_key is not None:
        query = query.where(publication.c.reason["key"].as_string() == reason_key)
    if limit is not None:
        query = query.limit(limit)
    return tuple(_publication(row) for row in tx.execute(query))


def latest_published(tx: Tx, limit: int) -> tuple[Publication, ...]:
    """Return what went out last, the latest first."""
    query = (
        _select()
        .where(publication.c.state == State.PUBLISHED)
        .order_by(publication.c.published_at_utc.desc(), publication.c.id)
        .limit(limit)
    )
    return tuple(_publication(row) for row in tx.execute(query))


def next_reference_number(tx: Tx, prefix: str) -> int:
    """Return the number after the highest reference with this prefix (``WTR-0007`` → 8)."""
    length = func.length(publication.c.reference)
    highest = tx.execute(
        select(publication.c.reference)
        .where(
            publication.c.reference.like(f"{prefix}-%"),
            # Of references of one length the last in the alphabet is the highest.
            publication.c.reference.not_like(f"{prefix}-%-%"),
        )
        .order_by(length.desc(), publication.c.reference.desc())
        .limit(1)
    ).scalar()
    tail = (highest or "").removeprefix(f"{prefix}-")
    return int(tail) + 1 if tail.isdecimal() else 1


def _moved(
    before: Publication, after: Publication, event: Event, now: datetime, actor: str
) -> AuditEvent:
    old: dict[str, object] = {"state": before.state}
    new: dict[str, object] = {"state": after.state}
    if before.content != after.content:
        old["content_hash"] = before.content_hash
        new["content_hash"] = after.content_hash
    if before.due_at_utc != after.due_at_utc:
        old["due_at"], new["due_at"] = before.due_at_utc.isoformat(), after.due_at_utc.isoformat()
    for name in ("external_id", "permalink", "approved_hash"):
        if getattr(before, name) != getattr(after, name):
            old[name], new[name] = getattr(before, name), getattr(after, name)
    if after.placement and after.placement != before.placement:
        new["placement"] = after.placement.to_json()
    if after.reason:
        # A reason that brings its remedy along is named by what is wrong.
        what = after.reason.params.get("what")
        new["reason"] = what.key if isinstance(what, Message) else after.reason.key
        if "why" in after.reason.params:
            new["why"] = str(after.reason.params["why"])
    return AuditEvent(now, actor, event, "publication", after.id, old, new)


@contextmanager
def _text_unique(tx: Tx, reference: str) -> Iterator[None]:
    """Word a broken uniqueness of texts; a savepoint lets the transaction live on."""
    try:
        with tx.begin_nested():
            yield
    except IntegrityError as error:
        if "text_key" not in str(error.orig):
            raise
        raise _same_text(reference) from error


def _stale(seen: Publication) -> StaleVersion:
    return StaleVersion(f"publication {seen.reference} changed since it was read")


def _same_text(reference: str) -> UserError:
    return user_error("publication.same_text", remedy="publication.same_text.remedy", ref=reference)


def _release_followers(tx: Tx, parent: Publication) -> None:
    """Keep what follows a post as far behind it as was planned, when the post itself was late."""
    late = (parent.published_at_utc or parent.due_at_utc) - parent.due_at_utc
    rows = tx.execute(_FOLLOWERS, {"read_id": parent.id}).all()
    for row in rows:
        postpone(tx, row.id, row.due_at_utc + max(late, timedelta(0)))


def _save_content(
    tx: Tx, publication_id: UUID, digest: str, content: Content, now: datetime, actor: str
) -> None:
    known = tx.execute(
        select(content_version.c.content_hash).where(
            content_version.c.publication_id == publication_id,
            content_version.c.content_hash == digest,
        )
    ).first()
    if known is None:
        tx.execute(
            insert(content_version).values(
                publication_id=publication_id,
                content_hash=digest,
                document=to_document(content),
                saved_at_utc=now,
                saved_by=actor,
            )
        )


def _next_at(pub: Publication) -> datetime | None:
    match pub.state:
        case State.APPROVED:
            return pub.due_at_utc
        case State.RETRY_WAITING:
            return pub.retry_at_utc or pub.due_at_utc
        case State.UNCERTAIN:
            return pub.uncertain_since_utc
        case _:
            return None


def _receipt_json(receipt: Receipt | None) -> dict[str, object] | None:
    return {"kind": receipt.kind, "data": dict(receipt.data)} if receipt else None


def _select() -> Select[Any]:
    return (
        select(
            publication,
            content_version.c.document,
            post.c.campaign_id,
            post.c.vacancy_id,
            post.c.phase,
            post.c.persona,
            post.c.angle,
            post.c.language,
            post.c.facts,
            post.c.needs_open_vacancy,
            post.c.talent_pool,
            post.c.story,
            post.c.wording,
            post.c.layout,
            post.c.photo,
        )
        .join(post, post.c.id == publication.c.post_id)
        .join(
            content_version,
            CURRENT_CONTENT,
        )
    )


def _publication(row: Any) -> Publication:
    return Publication(
        id=row.id,
        reference=row.reference,
        post=Post(
            id=row.post_id,
            campaign_id=row.campaign_id,
            vacancy_id=row.vacancy_id,
            phase=row.phase,
            persona=row.persona,
            angle=row.angle,
            language=row.language,
            facts=row.facts,
            needs_open_vacancy=row.needs_open_vacancy,
            talent_pool=row.talent_pool,
            story=row.story,
            wording=row.wording,
            layout=row.layout,
            photo=row.photo,
        ),
        account_id=row.account_id,
        content=from_document(Content, row.document),
        tracking_code=row.tracking_code,
        planned=WallTime(row.planned_local, row.planned_zone),
        due_at_utc=row.due_at_utc,
        window_end_utc=row.window_end_utc,
        state=row.state,
        version=row.version,
        approved_hash=row.approved_hash,
        retry_at_utc=row.retry_at_utc,
        receipt=Receipt(row.receipt["kind"], row.receipt["data"]) if row.receipt else None,
        external_id=row.external_id,
        permalink=row.permalink,
        placement=Placement.from_json(row.placement) if row.placement else None,
        published_at_utc=row.published_at_utc,
        uncertain_since_utc=row.uncertain_since_utc,
        uncertain_checks=row.uncertain_checks,
        reason=Message.from_json(row.reason) if row.reason else None,
        follows_id=row.follows_id,
        hash_scheme=scheme_of(row.content_hash),
        variant=row.variant,
    )


_ID = bindparam("read_id", type_=Uuid())
_BY_ID = _select().where(publication.c.id == _ID)
_BY_IDS = _select().where(publication.c.id.in_(bindparam("read_ids", expanding=True)))
_MOVED = (
    "state",
    "version",
    "next_at_utc",
    "approved_hash",
    "retry_at_utc",
    "receipt",
    "external_id",
    "permalink",
    "placement",
    "published_at_utc",
    "uncertain_since_utc",
    "uncertain_checks",
    "reason",
    "planned_local",
    "planned_zone",
    "due_at_utc",
    "window_end_utc",
)
_AS_READ = update(publication).where(
    publication.c.id == _ID,
    publication.c.version == bindparam("read_version"),
    publication.c.state == bindparam("read_state", type_=publication.c.state.type),
)
_MOVE = _AS_READ.values({name: bindparam(name) for name in _MOVED})
_MOVE_WITH_CONTENT = _AS_READ.values(
    {name: bindparam(name) for name in (*_MOVED, "content_hash", "text_key")}
)
_POSTPONE = (
    update(publication)
    .where(publication.c.id == _ID, publication.c.next_at_utc.is_not(None))
    .values(next_at_utc=bindparam("next_at_utc"))
)
_FOLLOWERS = select(publication.c.id, publication.c.due_at_utc).where(
    publication.c.follows_id == _ID, publication.c.next_at_utc.is_not(None)
)
