"""The ways to reach people: e-mail to each reader, and every other address of the team."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from campaignbot.domain.people import Role
from campaignbot.domain.secrets import Secret
from campaignbot.gateways import mail, notify
from campaignbot.settings import MailSettings, Settings
from campaignbot.watching.wording import Told


class Way(Protocol):
    """One reader by one means. `name` is stored and shown; it holds no secret."""

    @property
    def name(self) -> str: ...

    @property
    def language(self) -> str: ...

    def tell(self, told: Told) -> None:
        """Send; NotTold when that fails."""
        ...


@dataclass(frozen=True, slots=True)
class MailWay:
    """A letter to one address."""

    server: mail.MailServer
    address: str
    language: str

    @property
    def name(self) -> str:
        return f"mail:{self.address}"

    def tell(self, told: Told) -> None:
        domain = self.server.sender.rpartition("@")[2].strip("> ") or "campaignbot.invalid"
        letter = mail.Letter(
            self.address, told.subject, told.text, told.html, f"<{told.key}@{domain}>"
        )
        mail.send(self.server, letter)


@dataclass(frozen=True, slots=True)
class NotifyWay:
    """A message to one address that Apprise knows."""

    url: Secret
    language: str

    @property
    def name(self) -> str:
        return f"notify:{notify.name_of(self.url)}"

    def tell(self, told: Told) -> None:
        notify.send(self.url, told.subject, told.text)


def mail_ways(settings: Settings, password: Secret | None, workdir: Path) -> tuple[MailWay, ...]:
    """Return a way to each reader, in their language; none where no mail server is set."""
    if settings.mail is None:
        return ()
    server = mail_server(settings.mail, password, workdir)
    languages = {p.email.lower(): p.language for p in settings.people if p.email}
    return tuple(
        MailWay(server, address, languages.get(address.lower(), settings.language))
        for address in readers(settings)
    )


def mail_server(chosen: MailSettings, password: Secret | None, workdir: Path) -> mail.MailServer:
    """Return the mail server of the settings; a relative path is one of the working folder."""
    return mail.MailServer(
        host=chosen.host,
        port=chosen.port,
        security=chosen.security,
        sender=chosen.sender,
        user=chosen.user,
        password=password,
        ca_file=workdir / chosen.ca_file.expanduser() if chosen.ca_file else None,
    )


def readers(settings: Settings) -> tuple[str, ...]:
    """Return the addresses that alerts go to: those of the settings, else of all approvers."""
    approvers = [p.email for p in settings.people if p.role is Role.APPROVER and p.email]
    return tuple(dict.fromkeys(settings.watch.alerts_to or approvers))


def notify_ways(urls: Secret | None, language: str) -> tuple[NotifyWay, ...]:
    """Return a way for each address of a list with blanks or lines between."""
    found: Sequence[str] = urls.reveal().split() if urls is not None else ()
    return tuple(NotifyWay(Secret(url), language) for url in dict.fromkeys(found))
