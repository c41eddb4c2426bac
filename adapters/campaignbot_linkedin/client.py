"""python-linkedin-v2's application, corrected where it is too old for the versioned API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import requests
from linkedin_v2.linkedin import LinkedInApplication

from campaignbot.domain.clock import Clock
from campaignbot.domain.secrets import Secret
from campaignbot.platforms import reasons
from campaignbot.platforms.errors import PlatformUnavailable
from campaignbot_linkedin import version
from campaignbot_linkedin.errors import raise_for_answer, unreachable

BASE_URL = "https://api.linkedin.com"
_PAGE = 50


class VersionedApplication(LinkedInApplication):  # type: ignore[misc]  # the package has no types
    """Sends the token as a bearer header, never in an address, and names the API version.

    The package puts the token into the query string, forces JSON on everything, and reads errors
    in a way that fails on Python 3.
    """

    def __init__(self, token: Secret, base_url: str | None, timeout_s: float, clock: Clock) -> None:
        super().__init__(token=token.reveal())
        self._secret, self._timeout_s, self._clock = token, timeout_s, clock
        self.base_url = (base_url or BASE_URL).rstrip("/")
        self.session = requests.Session()

    def make_request(
        self,
        method: str,
        url: str,
        data: Any = None,
        params: Any = None,
        headers: dict[str, str] | None = None,
        timeout: float | None = None,
    ) -> requests.Response:
        """Send one request; `url` is a path below the base or a full upload address.

        `data` is a JSON object, or what has a length and can be read. Raises a PlatformError for
        every answer that is not a success.
        """
        address = url if url.startswith("http") else f"{self.base_url}{url}"
        try:
            response = self.session.request(
                method.upper(),
                address,
                params=params,
                json=data if isinstance(data, dict) else None,
                data=None if isinstance(data, dict) else data,
                headers=self._headers(address) | (headers or {}),
                timeout=timeout or self._timeout_s,
            )
        except requests.RequestException as error:
            raise unreachable(error) from error
        raise_for_answer(response, self._secret, self._clock.now())
        return response

    def _headers(self, address: str) -> dict[str, str]:
        """Return what every request carries; the token goes to LinkedIn's own hosts only."""
        host = urlsplit(address).hostname or ""
        ours = host == urlsplit(self.base_url).hostname or f".{host}".endswith(".linkedin.com")
        token = {"Authorization": f"Bearer {self._secret.reveal()}"} if ours else {}
        return token | {
            "Linkedin-Version": version.NAME,
            "X-Restli-Protocol-Version": "2.0.0",
        }

    def json(self, method: str, url: str, *, needs: str = "", **request: Any) -> dict[str, Any]:
        """Send one request and return the JSON object of its answer.

        An object without the key that it `needs` is no answer: nothing follows from it.
        """
        response = self.make_request(method, url, **request)
        try:
            body = response.json()
        except requests.JSONDecodeError as error:
            raise unreachable(error) from error
        if not isinstance(body, dict):
            raise PlatformUnavailable(reasons.GARBLED)
        if needs and needs not in body:
            raise PlatformUnavailable(reasons.about(reasons.GARBLED, needs))
        return body

    def listed(self, url: str, headers: dict[str, str] | None = None) -> Iterator[dict[str, Any]]:
        """Yield the elements of a list, page after page; `url` may have a query already."""
        joint, start = "&" if "?" in url else "?", 0
        while True:
            asked = f"{url}{joint}count={_PAGE}&start={start}"
            page = self.json("GET", asked, needs="elements", headers=headers)
            elements = page["elements"]
            yield from elements
            start += len(elements)
            if not elements or start >= int(page.get("paging", {}).get("total", 0)):
                return
