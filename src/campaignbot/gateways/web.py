"""The one way to reach a page: guarded against addresses that are nobody's business."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter

from campaignbot.domain.errors import UserError, user_error

MOST_BYTES = 5_000_000
_REDIRECTS = 5
_TIMEOUT_S = 20.0
# Some servers, and signed addresses, know no HEAD.
_NO_HEAD = {400, 403, 405, 501}


@dataclass(frozen=True, slots=True)
class Seen:
    """What an address says that it holds; `size` in bytes, None where it does not say."""

    mime: str
    size: int | None


def fetch(url: str) -> bytes:
    """Return what a web address holds, at most 5 MB.

    Every redirect is looked at again: an address that leads into this machine or a private
    network is refused. UserError for all that goes wrong.
    """
    with _asked("GET", url) as response:
        _require_ok(response, url)
        return _body(response, url)


def look(url: str, *, here_too: bool = False) -> Seen:
    """Ask what stands at a web address, without fetching it; guarded as `fetch` is.

    `here_too` allows addresses of this machine, where practice platforms are served.
    """
    with _asked("HEAD", url, here_too) as response:
        if response.status_code not in _NO_HEAD:
            return _seen(response, url)
    with _asked("GET", url, here_too) as response:
        return _seen(response, url)


@contextmanager
def _asked(method: str, url: str, here_too: bool = False) -> Iterator[requests.Response]:
    """Send one request, along its redirects, and close the connection after use."""
    address = url
    with requests.Session() as session:
        session.trust_env = False
        session.mount("https://", HTTPAdapter(max_retries=0))
        for _ in range(_REDIRECTS):
            _require_public(address, url, here_too)
            try:
                response = session.request(
                    method,
                    address,
                    timeout=_TIMEOUT_S,
                    allow_redirects=False,
                    stream=True,
                    # The length is that of the file itself, not of a packed one.
                    headers={"Accept-Encoding": "identity"} if method == "HEAD" else None,
                )
            except requests.RequestException as error:
                raise _failed(url, error) from error
            with response:
                if not response.is_redirect:
                    yield response
                    return
                address = urljoin(address, response.headers["location"])
    raise user_error("web.failed", remedy="web.failed.remedy", url=shown(url), said="redirects")


def _failed(url: str, error: Exception) -> UserError:
    late = isinstance(error, requests.Timeout)
    said = "platform.no_answer" if late else "platform.no_connection"
    return user_error("web.failed", remedy="web.failed.remedy", url=shown(url), said=said)


def shown(url: str) -> str:
    """Return an address as it may be said: without user and query, which can hold secrets."""
    parts = urlsplit(url)
    host = (parts.hostname or "") + (f":{parts.port}" if parts.port else "")
    return f"{parts.scheme}://{host}{parts.path}"


def _seen(response: requests.Response, url: str) -> Seen:
    _require_ok(response, url)
    length = response.headers.get("Content-Length", "")
    mime = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    return Seen(mime, int(length) if length.isdigit() else None)


def _require_ok(response: requests.Response, url: str) -> None:
    if response.status_code != 200:
        said = str(response.status_code)
        raise user_error("web.failed", remedy="web.failed.remedy", url=shown(url), said=said)


def _body(response: requests.Response, url: str) -> bytes:
    data = b""
    try:
        for chunk in response.iter_content(65536):
            data += chunk
            if len(data) > MOST_BYTES:
                raise user_error("web.too_big", remedy="web.failed.remedy", url=shown(url))
    except requests.RequestException as error:
        raise _failed(url, error) from error
    return data


def _require_public(address: str, url: str, here_too: bool) -> None:
    parts = urlsplit(address)
    host = parts.hostname or ""
    try:
        found = socket.getaddrinfo(host, parts.port or 443, type=socket.SOCK_STREAM)
    except (OSError, ValueError):
        raise user_error(
            "web.failed", remedy="web.failed.remedy", url=shown(url), said="DNS"
        ) from None
    addresses = [ipaddress.ip_address(str(entry[4][0])) for entry in found]
    public = all(a.is_global or (here_too and a.is_loopback) for a in addresses)
    if parts.scheme not in {"http", "https"} or not public:
        raise user_error("web.not_public", remedy="web.failed.remedy", url=shown(url))
