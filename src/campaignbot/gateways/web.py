"""The one way to fetch a page: guarded against addresses that are nobody's business."""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter

from campaignbot.domain.errors import user_error

MOST_BYTES = 5_000_000
_REDIRECTS = 5
_TIMEOUT_S = 20.0


def fetch(url: str) -> bytes:
    """Return what a web address holds, at most 5 MB.

    Every redirect is looked at again: an address that leads into this machine or a private
    network is refused. UserError for all that goes wrong.
    """
    with requests.Session() as session:
        session.trust_env = False
        session.mount("https://", HTTPAdapter(max_retries=0))
        for _ in range(_REDIRECTS):
            _require_public(url)
            try:
                response = session.get(url, timeout=_TIMEOUT_S, allow_redirects=False, stream=True)
            except requests.RequestException as error:
                raise user_error(
                    "web.failed", remedy="web.failed.remedy", url=url, said=type(error).__name__
                ) from error
            if response.is_redirect:
                url = urljoin(url, response.headers["location"])
                continue
            return _body(response, url)
    raise user_error("web.failed", remedy="web.failed.remedy", url=url, said="redirects")


def _body(response: requests.Response, url: str) -> bytes:
    if response.status_code != 200:
        raise user_error(
            "web.failed", remedy="web.failed.remedy", url=url, said=str(response.status_code)
        )
    data = b""
    for chunk in response.iter_content(65536):
        data += chunk
        if len(data) > MOST_BYTES:
            raise user_error("web.too_big", remedy="web.failed.remedy", url=url)
    return data


def _require_public(url: str) -> None:
    parts = urlsplit(url)
    host = parts.hostname or ""
    try:
        found = socket.getaddrinfo(host, parts.port or 443, type=socket.SOCK_STREAM)
    except OSError:
        raise user_error("web.failed", remedy="web.failed.remedy", url=url, said="DNS") from None
    public = all(ipaddress.ip_address(str(entry[4][0])).is_global for entry in found)
    if parts.scheme not in {"http", "https"} or not public:
        raise user_error("web.not_public", remedy="web.failed.remedy", url=url)
