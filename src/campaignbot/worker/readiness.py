"""What a machine must have before it may take part."""

from __future__ import annotations

from campaignbot.bootstrap import Application
from campaignbot.domain.content import MediaItem
from campaignbot.domain.errors import user_error
from campaignbot.domain.publication import CLAIMABLE
from campaignbot.storage import publications


def require_ready(application: Application) -> None:
    """Raise UserError when this machine would fail posts that another can publish.

    It needs the key to every stored credential, and to read the pictures of all that is approved.
    """
    application.connections.require_secrets()
    with application.database.read() as tx:
        waiting = publications.list_publications(tx, states=list(CLAIMABLE))
    for item in {item.sha256: item for p in waiting for item in p.content.files}.values():
        _require_readable(application, item)


def _require_readable(application: Application, item: MediaItem) -> None:
    path = application.media.path(item)
    try:
        with path.open("rb") as file:
            # Opening is not enough: a network folder fails only when it is read.
            file.read(1)
    except OSError as error:
        raise user_error(
            "worker.no_media",
            remedy="worker.no_media.remedy",
            path=str(path),
            folder=str(application.media.folder),
            said=error.strerror or "",
        ) from None
