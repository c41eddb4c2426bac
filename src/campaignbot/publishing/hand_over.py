"""Publications that a person carries out: the pack is made ready at its time."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import structlog

from campaignbot.domain.accounts import Account
from campaignbot.domain.clock import Clock
from campaignbot.domain.content import MediaItem
from campaignbot.domain.errors import UserError
from campaignbot.domain.publication import Event, Publication
from campaignbot.i18n import Translator
from campaignbot.publishing.steps import OnStep, Step, pass_by
from campaignbot.storage import accounts, claims, publications
from campaignbot.storage.database import Database

_log = structlog.get_logger(__name__)

HandOver = Callable[[Publication, Account], Path]
"""Makes the pack of a publication and returns its folder; making it again changes nothing."""


def hand_over_due(
    database: Database,
    clock: Clock,
    platforms: Sequence[str],
    hand_over: HandOver,
    owner: str,
    add: Callable[[str], None],
    on_step: OnStep = pass_by,
) -> None:
    """Make the packs that are due, each before its publication is said to be handed over."""
    with database.read() as tx:
        due = [
            (publication, accounts.account_by_id(tx, publication.account_id))
            for publication in claims.due_on_platforms(tx, clock.now(), platforms)
        ]
    for publication, account in due:
        try:
            folder = hand_over(publication, account)
        except (OSError, UserError) as error:
            # A full disk or a lost picture: the others go on, and this one is tried again.
            _log.error("pack not made", publication=publication.reference, error=str(error))
            add("hand_over_failed")
            continue
        on_step(Step.PACK_MADE)
        # A person who cancels it at the same time goes first; an unused pack does no harm.
        with suppress(publications.StaleVersion), database.write() as tx:
            publications.move(
                tx, publication, Event.HAND_OVER, now=clock.now(), actor=f"system:{owner}"
            )
        _log.info("publication handed over", publication=publication.reference, folder=str(folder))
        add("handed_over")


class PackFolder:
    """Writes packs below a folder: text, pictures with their descriptions, and what to do."""

    def __init__(
        self,
        folder: Path,
        read_media: Callable[[MediaItem], bytes],
        translator: Translator,
    ) -> None:
        self._folder, self._read_media, self._t = folder, read_media, translator

    def __call__(self, publication: Publication, account: Account) -> Path:
        pack = self._folder / publication.reference
        pack.mkdir(parents=True, exist_ok=True)
        content, t = publication.content, self._t
        lines = [
            t("handover.title", channel=account.name, ref=publication.reference),
            t("handover.when", at=publication.due_at_utc),
            "",
            content.text,
            "",
            *([t("handover.link", link=content.link), ""] if content.link else []),
        ]
        for number, item in enumerate(content.media, start=1):
            name = f"beeld-{number}.{item.mime.rpartition('/')[2].replace('jpeg', 'jpg')}"
            _write(pack / name, self._read_media(item))
            lines += [t("handover.picture", name=name, alt=item.alt_text), ""]
        lines += [t("handover.then", ref=publication.reference), ""]
        _write(pack / "bericht.txt", "\n".join(lines).encode())
        return pack


def _write(path: Path, data: bytes) -> None:
    # Whole or not at all: a person may open the folder at any moment.
    unfinished = path.with_name(path.name + ".part")
    unfinished.write_bytes(data)
    os.replace(unfinished, path)
