"""Sending a person to a consent page, and hearing what they decided there."""

from __future__ import annotations

import os
import select
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from urllib.parse import urlsplit

import typer

from campaignbot.cli.texts import say
from campaignbot.cli.texts import translator as t
from campaignbot.connecting.apps import loopback_port
from campaignbot.connecting.consent import answer_in
from campaignbot.domain.errors import UserError, user_error
from campaignbot.gateways.loopback import Loopback, answer_page

Check = Callable[[Mapping[str, str]], object]
"""Raises the UserError that an answer means, if it means one."""

_LISTEN_S = 0.2


def answer_to(
    address: str, redirect: str, check: Check, *, browser: bool, paste: bool, wait_s: float
) -> Mapping[str, str]:
    """Show the consent page, and return the answer: from the browser, or pasted.

    On a terminal whichever comes first counts. UserError when none came in time.
    """
    port = None if paste else loopback_port(redirect)
    if port is None:
        _show(address, browser=browser and not paste)
        return _pasted(redirect)
    listener = _listener(port, urlsplit(redirect).path or "/", check)
    listener.start()
    try:
        _show(address, browser=browser)
        say("consent.waiting" if sys.stdin.isatty() else "consent.waiting_here")
        return _first(listener, wait_s)
    finally:
        listener.stop()


def _listener(port: int, path: str, check: Check) -> Loopback:
    try:
        return Loopback(port, path, lambda answer: _page(answer, check))
    except OSError as error:
        raise user_error(
            "consent.port_in_use",
            remedy="consent.port_in_use.remedy",
            port=str(port),
            said=error.strerror or "",
        ) from None


def _page(answer: Mapping[str, str], check: Check) -> str:
    words = t()
    try:
        check(answer)
    except UserError as error:
        text = words.text(error.problems[0].what)
        return answer_page(words.language, words("consent.page_bad"), text, good=False)
    text = words("consent.page_good.text")
    return answer_page(words.language, words("consent.page_good"), text, good=True)


def _show(address: str, *, browser: bool) -> None:
    """Open the browser where there is one to see; the address is told in any case."""
    if browser and _has_screen() and _opened(address):
        say("consent.opened", address=address)
    else:
        say("consent.open_yourself", address=address)


def _opened(address: str) -> bool:
    import webbrowser

    with suppress(webbrowser.Error, OSError):
        return webbrowser.open(address)
    return False


def _has_screen() -> bool:
    """Tell whether a browser would open before the person's eyes, and not on a machine far away."""
    here = os.environ
    if here.get("SSH_CONNECTION") or here.get("SSH_TTY"):
        return False
    if here.get("BROWSER") or sys.platform in {"darwin", "win32"}:
        return True
    return bool(here.get("DISPLAY") or here.get("WAYLAND_DISPLAY"))


def _pasted(redirect: str) -> Mapping[str, str]:
    if sys.stdin.isatty():
        return answer_in(typer.prompt(t()("consent.paste", redirect=redirect), err=True))
    say("consent.paste", redirect=redirect)
    return answer_in(sys.stdin.readline())


def _first(listener: Loopback, wait_s: float) -> Mapping[str, str]:
    ends = time.monotonic() + wait_s
    while (left := ends - time.monotonic()) > 0:
        if (answer := listener.answer(min(_LISTEN_S, left))) is not None:
            return answer
        if (line := _typed()) is not None and line.strip():
            return answer_in(line)
    raise user_error("consent.too_late", remedy="consent.too_late.remedy")


def _typed() -> str | None:
    """Return a line that was typed in; None while there is none, or nobody to type it."""
    # Only POSIX can ask a terminal without waiting for it.
    if sys.platform == "win32" or not sys.stdin.isatty():
        return None
    ready, _, _ = select.select([sys.stdin], [], [], 0)
    return sys.stdin.readline() if ready else None
