"""Publications that a person carries out: the pack is made ready at its time."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from campaignbot.domain.accounts import Account
from campaignbot.domain.clock import Clock
from campaignbot.domain.content import MediaItem, MediaKind
from campaignbot.domain.errors import UserError
from campaignbot.domain.messages import Message, Param
from campaignbot.domain.publication import Event, Publication, State
from campaignbot.i18n import Translator
from campaignbot.publishing.steps import OnStep, Step, pass_by
from campaignbot.storage import accounts, claims, publications
from campaignbot.storage.database import Database

_log = structlog.get_logger(__name__)

_MAIL_TAKES = timedelta(minutes=10)
_MOST_WAIT_MIN = 60
_KEPT = timedelta(days=7)
_WORDS = {MediaKind.IMAGE: "picture", MediaKind.VIDEO: "video", MediaKind.DOCUMENT: "document"}
_UNSENT_MAIL = frozenset({"handover.mail_waiting", "handover.mail_failed"})


@dataclass(frozen=True, slots=True)
class Handed:
    """A pack that lies ready in its folder.

    `send` mails it to `to`, and returns what went wrong, or None; where nobody asked for a mail,
    it is None.
    """

    folder: Path
    to: str = ""
    send: Callable[[], str | None] | None = None


HandOver = Callable[[Publication, Account], Handed]
"""Makes the pack of a publication; making it again changes nothing."""


def hand_over_due(
    database: Database,
    clock: Clock,
    platforms: Sequence[str],
    hand_over: HandOver,
    owner: str,
    add: Callable[[str], None],
    on_step: OnStep = pass_by,
) -> None:
    """Make the packs that are due, each before its publication is said to be handed over.

    Mail goes after that, so that of several workers one sends it. While its sending is not
    recorded as done the publication says so, and it is tried again, under the same Message-ID, as
    long as its window is open.
    """
    now = clock.now()
    with database.read() as tx:
        due = claims.due_on_platforms(tx, now, platforms)
        waiting = publications.list_publications(
            tx, states=[State.HANDED_OVER], due_from=now - _KEPT, due_before=now
        )
        unsent = (p for p in waiting if _mail_is_due(p, now))
        chosen = [(p, accounts.account_by_id(tx, p.account_id)) for p in (*due, *unsent)]
    for publication, account in chosen:
        try:
            handed = hand_over(publication, account)
        except (OSError, UserError) as error:
            # A full disk or a lost picture: the others go on, and this one is tried again.
            _log.error("pack not made", publication=publication.reference, error=str(error))
            add("hand_over_failed")
            continue
        on_step(Step.PACK_MADE)
        first = publication.state is not State.HANDED_OVER
        # A person who cancels it at the same time goes first; an unused pack does no harm.
        with suppress(publications.StaleVersion):
            ready = _note(database, clock, publication, owner, _waiting(publication, handed, now))
            log = _log.bind(publication=publication.reference, folder=str(handed.folder))
            if first:
                log.info("publication handed over")
                add("handed_over")
            if handed.send is not None:
                said = handed.send()
                problem = said if said is None else _failed(ready, handed, said, clock.now())
                _note(database, clock, ready, owner, problem)
                log.info("pack mailed") if said is None else log.error("pack not mailed", said=said)
                add("pack_mailed" if said is None else "pack_not_mailed")


def _note(
    database: Database, clock: Clock, publication: Publication, owner: str, remark: Message | None
) -> Publication:
    with database.write() as tx:
        return publications.move(
            tx,
            publication,
            Event.HAND_OVER,
            now=clock.now(),
            actor=f"system:{owner}",
            reason=remark,
        )


def _mail_is_due(publication: Publication, now: datetime) -> bool:
    remark = publication.reason
    if remark is None or remark.key not in _UNSENT_MAIL:
        return False
    again = remark.params["again"]
    return isinstance(again, datetime) and again <= now


def _waiting(publication: Publication, handed: Handed, now: datetime) -> Message | None:
    """Say that the mail is on its way: who dies while sending it leaves this to the next one."""
    if handed.send is None:
        return None
    tries = _tries(publication) + 1
    return Message(
        "handover.mail_waiting", {"to": handed.to, "tries": tries, "again": now + _MAIL_TAKES}
    )


def _failed(publication: Publication, handed: Handed, said: str, now: datetime) -> Message:
    tries = _tries(publication)
    again = now + timedelta(minutes=min(2**tries, _MOST_WAIT_MIN))
    told: dict[str, Param] = {"to": handed.to, "said": said, "ref": publication.reference}
    if again >= publication.window_end_utc:
        return Message("handover.mail_gave_up", told)
    return Message("handover.mail_failed", {**told, "tries": tries, "again": again})


def _tries(publication: Publication) -> int:
    tries = publication.reason.params.get("tries", 0) if publication.reason else 0
    return tries if isinstance(tries, int) else 0


@dataclass(frozen=True, slots=True)
class Pack:
    """What a person needs to place a publication; `files` are name, MIME type and bytes."""

    title: str
    text: str
    files: tuple[tuple[str, str, bytes], ...]


class PackFolder:
    """Writes packs below a folder: text, pictures with their descriptions, and what to do."""

    def __init__(
        self,
        folder: Path,
        read_media: Callable[[MediaItem], bytes],
        translator: Translator,
    ) -> None:
        self._folder, self._read_media, self._t = folder, read_media, translator

    def __call__(self, publication: Publication, account: Account) -> Handed:
        """Write the pack and return its folder."""
        pack, folder = self.pack(publication, account), self._folder / publication.reference
        folder.mkdir(parents=True, exist_ok=True)
        for name, _, data in pack.files:
            _write(folder / name, data)
        _write(folder / f"{self._t('handover.file.post')}.txt", pack.text.encode())
        return Handed(folder)

    def pack(self, publication: Publication, account: Account) -> Pack:
        """Put the pack together, in the team's language."""
        content, t, files = publication.content, self._t, []
        title = t("handover.title", channel=account.name, ref=publication.reference)
        lines = [
            title,
            t("handover.when", at=publication.due_at_utc),
            "",
            content.text,
            "",
            *([t("handover.link", link=content.link), ""] if content.link else []),
        ]
        for number, item in enumerate(content.media, start=1):
            ending = item.mime.rpartition("/")[2].replace("jpeg", "jpg")
            name = f"{t(f'handover.file.{_WORDS[item.kind]}')}-{number}.{ending}"
            files.append((name, item.mime, self._read_media(item)))
            words = {"name": name, "alt": item.alt_text, "title": item.title}
            lines += [t(f"handover.{_WORDS[item.kind]}", **words), ""]
        lines += [t("handover.then", ref=publication.reference), ""]
        return Pack(title, "\n".join(lines), tuple(files))


def _write(path: Path, data: bytes) -> None:
    # Whole or not at all: a person may open the folder at any moment.
    unfinished = path.with_name(path.name + ".part")
    unfinished.write_bytes(data)
    os.replace(unfinished, path)
