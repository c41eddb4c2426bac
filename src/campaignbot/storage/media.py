"""Which files were stored, and what they were made of or who brought them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from sqlalchemy import bindparam, insert, select, update

from campaignbot.domain.content import Content, MediaItem
from campaignbot.domain.publication import State
from campaignbot.storage.database import Tx
from campaignbot.storage.documents import from_document
from campaignbot.storage.tables import CURRENT_CONTENT, content_version, media_file, publication

GIVEN_BY = "given_by"
"""The name in the provenance of who brought a file; not there for pictures made here."""
_PROVENANCE = select(media_file.c.provenance).where(media_file.c.sha256 == bindparam("sha"))


def media_of_publications(tx: Tx) -> Iterator[tuple[State, MediaItem]]:
    """Yield every medium of every publication with the state of that publication, one by one."""
    rows = tx.execute(
        select(publication.c.state, content_version.c.document).join(
            content_version,
            CURRENT_CONTENT,
        ),
        execution_options={"yield_per": 1000},
    )
    for state, document in rows:
        for item in from_document(Content, document).media:
            yield state, item


def save_media(
    tx: Tx,
    sha256: str,
    mime: str,
    size_bytes: int,
    size_px: tuple[int, int],
    provenance: Mapping[str, str],
    *,
    now: datetime,
) -> None:
    """Remember a file of the media store (width, height in pixels); known ones stay as is.

    Of a file that people brought, what was said of it last counts: a consent may have ended.
    """
    known = media_provenance(tx, sha256)
    if GIVEN_BY in known and GIVEN_BY in provenance:
        tx.execute(
            update(media_file)
            .where(media_file.c.sha256 == sha256)
            .values(provenance=dict(provenance))
        )
    if tx.execute(select(media_file.c.sha256).where(media_file.c.sha256 == sha256)).first():
        return
    tx.execute(
        insert(media_file).values(
            sha256=sha256,
            mime=mime,
            size_bytes=size_bytes,
            width_px=size_px[0],
            height_px=size_px[1],
            provenance=dict(provenance),
            stored_at_utc=now,
        )
    )


def media_provenance(tx: Tx, sha256: str) -> Mapping[str, str]:
    """Return what a picture was made of; empty when it is not known."""
    found: Mapping[str, str] | None = tx.execute(_PROVENANCE, {"sha": sha256}).scalar()
    return found or {}
