"""Real servers on loopback that take mail and HTTP requests, and remember them."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from threading import Condition, Thread
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "campagne", "geheim-wachtwoord-42"


@dataclass
class Mailbox:
    """Takes every letter but those to `refused`; with `drops` it takes them and hangs up."""

    refused: str = ""
    drops: bool = False
    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    _more: Condition = field(default_factory=Condition)

    def wait_for(self, number: int, timeout_s: float = 60) -> list[EmailMessage]:
        """Return the letters once there are so many of them."""
        with self._more:
            assert self._more.wait_for(lambda: len(self.letters) >= number, timeout_s)
        return self.letters

    async def handle_RCPT(
        self, server: Any, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address == self.refused:
            return "550 No such user here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        letter = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        with self._more:
            self.letters.append(letter)
            self._more.notify_all()
        if self.drops:
            server.transport.abort()
        return "250 OK"

    @property
    def subjects(self) -> list[str]:
        return [str(letter["Subject"]) for letter in self.letters]

    def texts_to(self, address: str) -> list[str]:
        return [text_of(letter) for letter in self.letters if letter["To"] == address]


def text_of(letter: EmailMessage, kind: str = "plain") -> str:
    body = letter.get_body((kind,))
    assert body is not None
    text: str = body.get_content().replace("\r\n", "\n")
    return text


@contextmanager
def mail_server(mailbox: Mailbox, *, port: int = 0, tls: Path | None = None) -> Iterator[Mailbox]:
    """Run a mail server; with a folder for its certificate it wants STARTTLS and a login."""
    secured: dict[str, Any] = {}
    if tls is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(*certificate(tls))
        secured = {
            "tls_context": context,
            "require_starttls": True,
            "auth_required": True,
            "authenticator": _check,
        }
    mailbox.port = port or free_port()
    controller = Controller(mailbox, hostname="127.0.0.1", port=mailbox.port, **secured)
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _check(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
    good = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=good, handled=False)


def certificate(folder: Path) -> tuple[Path, Path]:
    """Make a certificate for 127.0.0.1 that signed itself; return it and its key, as files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    cert_file, key_file = folder / "mail.crt", folder / "mail.key"
    cert_file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return cert_file, key_file


@dataclass
class WebListener:
    """Answers every request with `status`, and remembers method, path and body."""

    status: int = 200
    url: str = ""
    got: list[tuple[str, str, str]] = field(default_factory=list)
    more: Condition = field(default_factory=Condition)

    def wait_for(self, number: int, timeout_s: float = 60) -> list[str]:
        """Return the paths once there were so many requests."""
        with self.more:
            assert self.more.wait_for(lambda: len(self.got) >= number, timeout_s)
        return self.paths

    @property
    def paths(self) -> list[str]:
        return [path for _, path, _ in self.got]


@contextmanager
def web_listener(listener: WebListener | None = None) -> Iterator[WebListener]:
    kept = listener or WebListener()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            size = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(size).decode()
            with kept.more:
                kept.got.append((self.command, self.path, body))
                kept.more.notify_all()
            self.send_response(kept.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_POST = do_GET

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kept.url = f"127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield kept
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
