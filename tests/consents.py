"""Connecting in tests: an app of the practice platforms, the command, and who plays the browser."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from html.parser import HTMLParser
from pathlib import Path
from types import TracebackType

import requests
from tests.e2e.commands import Ran
from tests.programs import heeds_interrupts
from tests.workdirs import opened

from campaignbot.bootstrap import Application
from campaignbot.connecting import apps
from campaignbot.connecting.connect import connect_granted
from campaignbot.connecting.consent import Question, answer_in, code_in, exchanged, for_page
from campaignbot.connecting.pages import chosen
from campaignbot.domain.secrets import Secret
from campaignbot.platforms.consent import Grant, RegisteredApp
from campaignbot.sandbox import Sandbox
from campaignbot.sandbox.oauth_grants import PracticeApp
from campaignbot.yamlfiles import change_yaml

FAMILIES = {"linkedin": "linkedin", "facebook": "meta", "instagram": "meta", "x": "x"}
CLIENT_SECRET = "client-geheim-{family}-0123456789"


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def with_apps(folder: Path, sandbox: Sandbox, *, kept: bool = True, refreshes: bool = True) -> int:
    """Register an app on each practice platform, and keep them; return the port they answer to."""
    port = free_port()
    change_yaml(folder / "config" / "campaignbot.yaml", {"connect": {"port": port}})
    redirects = tuple(f"http://{host}:{port}/callback" for host in ("localhost", "127.0.0.1"))
    for family in set(FAMILIES.values()):
        secret = CLIENT_SECRET.format(family=family)
        sandbox.world.grants.register(
            PracticeApp(family, f"app-{family}", secret, redirects, refreshes)
        )
        if kept:
            host = 1 if family == "x" else 0
            with opened(folder) as application:
                registered = RegisteredApp(f"app-{family}", Secret(secret), redirects[host])
                apps.register(application.access, family, registered, secret_optional=False)
    return port


class _Form(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.fields: list[tuple[str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "input" and "checked" in told:
            self.fields.append((str(told["name"]), str(told["value"])))


def decide(
    address: str,
    *,
    allow: bool = True,
    without: Sequence[str] = (),
    pages: Sequence[str] | None = None,
    follow: bool = True,
) -> requests.Response:
    """Play the browser: open the consent page, fill it in, and go where it leads.

    Unticked are the permissions in `without`, ticked the `pages`, else all that are.
    """
    shown = requests.get(address, timeout=10)
    if shown.url != address or shown.status_code != 200:
        return shown
    fields = [f for f in _Form(shown.text).fields if f[1] not in without]
    if pages is not None:
        fields = [f for f in fields if f[0] != "page"] + [("page", page) for page in pages]
    fields.append(("decision", "allow" if allow else "deny"))
    return requests.post(address, data=fields, timeout=10, allow_redirects=follow)


class Running:
    """A command under way that waits for a consent."""

    def __init__(self, folder: Path, *arguments: str, language: str = "en") -> None:
        environment = {
            **os.environ,
            "CAMPAIGNBOT_LANG": language,
            "CAMPAIGNBOT_HOME": str(folder),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "campaignbot", "account", "connect", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
            preexec_fn=heeds_interrupts,
        )
        self._told = ""

    def __enter__(self) -> Running:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.communicate()

    def address(self) -> str:
        """Return the address of the consent page, once the command listens."""
        assert self._process.stderr is not None
        found = ""
        for line in self._process.stderr:
            self._told += line
            if address := re.search(r"http://\S+", line):
                found = found or address.group()
            # Said when it listens, or reads.
            if "Waiting" in line or "Plak" in line or "Paste" in line or "Wacht" in line:
                return found
        raise AssertionError(self._told)

    def type(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def interrupt(self) -> None:
        import signal

        self._process.send_signal(signal.SIGINT)

    def end(self) -> Ran:
        out, err = self._process.communicate(timeout=60)
        return Ran(self._process.returncode, out, self._told + err)


@contextmanager
def connecting(folder: Path, *arguments: str, language: str = "en") -> Iterator[Running]:
    with Running(folder, *arguments, "--no-browser", language=language) as running:
        yield running


def consented(
    application: Application,
    key: str,
    *,
    without: Sequence[str] = (),
    pages: Sequence[str] | None = None,
) -> Grant:
    """Connect an account by a consent, within this process; return what was granted."""
    access = application.access
    with application.database.read() as tx:
        account = access.account(tx, key)
    with closing(
        access.open_consent(account, apps.require_app(access, account), frozenset())
    ) as consent:
        question = Question()
        address = consent.address(question.state, question.challenge)
        sent_to = decide(address, without=without, pages=pages, follow=False).headers["Location"]
        code = code_in(question, answer_in(sent_to), account.platform)
        grant, reached = exchanged(consent, code, question, account.platform)
        page = chosen(reached, account, account.platform, None)
        assert page is not None
        credentials = for_page(consent, grant, page.external_id, account.platform)
    connect_granted(access, account, credentials, lambda: None)
    return grant
