"""Where pictures are put for platforms that fetch them: chosen by the settings, and tried out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib.resources import files
from pathlib import Path

from campaignbot.domain.content import MediaItem
from campaignbot.domain.hosting import PublicHost
from campaignbot.domain.publication import State
from campaignbot.domain.secrets import Secret
from campaignbot.gateways.hosting import OwnFolder, PublicMedia, WebFolder
from campaignbot.gateways.media import MediaStore
from campaignbot.gateways.s3 import Bucket, S3Bucket
from campaignbot.gateways.web import shown
from campaignbot.settings import MediaSettings

_SETTLED = frozenset(
    {State.PUBLISHED, State.REMOVED, State.CANCELLED, State.REJECTED, State.SKIPPED}
)


def open_host(
    chosen: MediaSettings,
    workdir: Path,
    store: MediaStore,
    secret: Callable[[], Secret | None],
    page: Callable[[str], PublicHost],
) -> PublicHost | None:
    """Return the place that the settings name; None where they name none.

    `secret` finds the key of S3; `page` opens the Facebook page of an account's key.
    """
    if chosen.s3 is not None:
        s3 = chosen.s3
        bucket = Bucket(s3.bucket, s3.region, s3.endpoint, s3.prefix, s3.public_url, s3.key_id)
        return S3Bucket(store, bucket, secret)
    if chosen.facebook is not None:
        return page(chosen.facebook)
    if chosen.folder is not None and chosen.public_url is not None:
        return WebFolder(store, workdir / chosen.folder.expanduser(), chosen.public_url)
    return OwnFolder(store) if chosen.public_url or chosen.serve_port else None


def try_out(store: MediaStore, host: PublicHost | None, media: PublicMedia) -> str:
    """Put a picture there, look whether it can be fetched, and take it away again.

    Return the address, without what is secret in it; UserError where it does not work.
    """
    data = files(__package__).joinpath("sample.jpg").read_bytes()
    item = MediaItem(store.put(data, "image/jpeg"), "image/jpeg", 320, 320, "")
    try:
        return shown(media.public_url(item))
    finally:
        if host is not None:
            host.remove(item)
        store.path(item).unlink(missing_ok=True)


def no_longer_needed(known: Iterable[tuple[State, MediaItem]]) -> tuple[MediaItem, ...]:
    """Return the media of posts that are out or given up, but of none that may still go out."""
    settled: dict[str, MediaItem] = {}
    needed: set[str] = set()
    for state, item in known:
        if state in _SETTLED:
            settled[item.sha256] = item
        else:
            needed.add(item.sha256)
    return tuple(item for sha256, item in settled.items() if sha256 not in needed)
