"""Packs that also go by mail, to whoever places them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from campaignbot.domain.accounts import Account
from campaignbot.domain.errors import UserError
from campaignbot.domain.publication import Publication
from campaignbot.i18n import Translator
from campaignbot.publishing.hand_over import Handed, PackFolder


class Mailer(Protocol):
    """Sends one message; UserError or OSError when it certainly, or perhaps, did not go."""

    def send(
        self,
        to: Sequence[str],
        subject: str,
        text: str,
        html: str | None,
        attachments: Sequence[tuple[str, str, bytes]],
        message_id: str,
    ) -> None: ...


class MailedPacks:
    """Makes packs in their folder, and readies a mail for the accounts that ask for one.

    The Message-ID follows from the publication. After a crash between sending and recording, or an
    answer of the mail server that was lost, the same message may be sent once more under it; mail
    programs show it once.
    """

    def __init__(
        self,
        folder: PackFolder,
        recipients: Callable[[Account], Sequence[str]],
        mailer: Mailer | None,
        translator: Translator,
    ) -> None:
        """Take a `mailer` of None where the team's settings name no mail server."""
        self._folder, self._recipients = folder, recipients
        self._mailer, self._t = mailer, translator

    def __call__(self, publication: Publication, account: Account) -> Handed:
        handed = self._folder(publication, account)
        to = tuple(self._recipients(account))
        if not to:
            return handed
        return replace(handed, to=", ".join(to), send=lambda: self._send(publication, account, to))

    def _send(self, publication: Publication, account: Account, to: Sequence[str]) -> str | None:
        if self._mailer is None:
            return self._t("handover.no_mail")
        pack = self._folder.pack(publication, account)
        subject = " ".join(pack.title.split())
        message_id = f"<{publication.id}@handover.campaignbot>"
        try:
            self._mailer.send(to, subject, pack.text, None, pack.files, message_id)
        except UserError as error:
            return self._t.text(error.problems[0].what)
        except OSError as error:
            return error.strerror or type(error).__name__
        return None
