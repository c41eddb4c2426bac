"""The one sender of e-mail."""

from __future__ import annotations

import ipaddress
import smtplib
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate
from enum import StrEnum
from pathlib import Path

from campaignbot.domain.alerts import NotTold
from campaignbot.domain.errors import Problem, UserError
from campaignbot.domain.messages import Message
from campaignbot.domain.secrets import Secret


class MailSecurity(StrEnum):
    """How the connection is kept private."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed in; nobody logs in without a user and a password."""

    host: str
    port: int
    security: MailSecurity
    sender: str
    user: str | None = None
    password: Secret | None = None
    ca_file: Path | None = None
    timeout_s: float = 20.0


@dataclass(frozen=True, slots=True)
class Letter:
    """What one reader gets. The same `message_id` twice is the same letter twice."""

    to: str
    subject: str
    text: str
    html: str | None
    message_id: str
    attachments: tuple[tuple[str, str, bytes], ...] = ()
    """Name, MIME type and bytes of each."""


class Mailer:
    """Sends mail for whoever hands in its parts; `server` is asked each time, with its password."""

    def __init__(self, server: Callable[[], MailServer]) -> None:
        self._server = server

    def send(
        self,
        to: Sequence[str],
        subject: str,
        text: str,
        html: str | None,
        attachments: Sequence[tuple[str, str, bytes]],
        message_id: str,
    ) -> None:
        """Send one message; UserError when it certainly, or perhaps, did not go."""
        letter = Letter(", ".join(to), subject, text, html, message_id, tuple(attachments))
        try:
            send(self._server(), letter)
        except NotTold as error:
            raise UserError(Problem(error.what)) from error


def send(server: MailServer, letter: Letter) -> None:
    """Hand in one letter; NotTold when the server does not take it, or cannot be reached."""
    mail = _mail(server, letter)
    with _connected(server) as smtp:
        try:
            smtp.send_message(mail)
        except smtplib.SMTPRecipientsRefused as error:
            said = _words(*next(iter(error.recipients.values())))
            raise _failed("mail.recipient_refused", server, said, to=letter.to) from error
        except smtplib.SMTPResponseException as error:
            raise _failed("mail.refused", server, _words(*error.args[:2])) from error
        except (OSError, smtplib.SMTPException) as error:
            # The letter may have been taken, and only the answer be lost.
            raise NotTold(
                Message("mail.lost", {"host": server.host, "said": type(error).__name__}),
                may_have_arrived=True,
            ) from error


@contextmanager
def _connected(server: MailServer) -> Iterator[smtplib.SMTP]:
    smtp: smtplib.SMTP | None = None
    try:
        context = ssl.create_default_context(cafile=server.ca_file)
        if server.security is MailSecurity.TLS:
            smtp = smtplib.SMTP_SSL(
                server.host, server.port, timeout=server.timeout_s, context=context
            )
        else:
            smtp = smtplib.SMTP(server.host, server.port, timeout=server.timeout_s)
        if server.security is MailSecurity.STARTTLS:
            smtp.starttls(context=context)
        _log_in(smtp, server)
    except smtplib.SMTPAuthenticationError as error:
        _hang_up(smtp)
        raise _failed("mail.auth_refused", server, _words(*error.args[:2])) from error
    except smtplib.SMTPResponseException as error:
        _hang_up(smtp)
        raise _failed("mail.refused", server, _words(*error.args[:2])) from error
    except ssl.SSLError as error:
        _hang_up(smtp)
        raise _failed("mail.no_tls", server, error.reason or type(error).__name__) from error
    except smtplib.SMTPNotSupportedError as error:
        _hang_up(smtp)
        raise _failed("mail.no_tls", server, str(error)) from error
    except (OSError, smtplib.SMTPException) as error:
        _hang_up(smtp)
        said = getattr(error, "strerror", None) or type(error).__name__
        raise _failed("mail.unreachable", server, said) from error
    try:
        yield smtp
    finally:
        _hang_up(smtp)


def _log_in(smtp: smtplib.SMTP, server: MailServer) -> None:
    if server.user is None or server.password is None:
        return
    if server.security is MailSecurity.NONE and not _is_this_machine(server.host):
        raise smtplib.SMTPNotSupportedError("security: none")
    smtp.login(server.user, server.password.reveal())


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _hang_up(smtp: smtplib.SMTP | None) -> None:
    if smtp is None:
        return
    try:
        smtp.quit()
    except (OSError, smtplib.SMTPException):
        smtp.close()


def _mail(server: MailServer, letter: Letter) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = server.sender, letter.to, letter.subject
    mail["Date"], mail["Message-ID"] = formatdate(localtime=True), letter.message_id
    # No out-of-office reply to a machine.
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(letter.text)
    if letter.html is not None:
        mail.add_alternative(letter.html, subtype="html")
    for name, mime, data in letter.attachments:
        kind, _, of = mime.partition("/")
        mail.add_attachment(data, maintype=kind, subtype=of, filename=name)
    return mail


def _failed(key: str, server: MailServer, said: str, **more: str) -> NotTold:
    return NotTold(
        Message(key, {"host": server.host, "port": str(server.port), "said": said, **more})
    )


def _words(code: int, said: bytes | str) -> str:
    text = said.decode(errors="replace") if isinstance(said, bytes) else said
    return f"{code} {text}"[:200]
