"""tweepy's client, with a session that knows a base address and never waits for ever."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import requests
import tweepy
from tweepy.auth import OAuth1UserHandler

from campaignbot.domain.secrets import Secret
from campaignbot.platforms import reasons
from campaignbot.platforms.errors import AuthError
from campaignbot_x.budgets import reset_at
from campaignbot_x.naming import Naming, by_old_names, refuses_a_name

_TWEEPYS_HOST = "https://api.twitter.com"
BASE_URL = "https://api.x.com"
# At debug tweepy writes the headers of every request, and oauthlib what it signs.
_INDISCREET = ("tweepy", "oauthlib", "requests_oauthlib")
OAUTH1 = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")


class _Session(requests.Session):
    """Sends what tweepy asks of its fixed host to the base address, with a timeout.

    `create_headers` are those of the latest answer to a request that creates a post.
    """

    def __init__(self, base_url: str, timeout_s: float) -> None:
        super().__init__()
        self._base_url, self._timeout_s = base_url.rstrip("/"), timeout_s
        self.create_headers: Mapping[str, str] = {}
        self.hooks["response"].append(self._keep_headers)

    def request(self, method: Any, url: Any, *args: Any, **kwargs: Any) -> requests.Response:
        kwargs.setdefault("timeout", self._timeout_s)
        address = str(url).replace(_TWEEPYS_HOST, self._base_url, 1)
        return super().request(method, address, *args, **kwargs)

    def _keep_headers(self, response: requests.Response, **_options: Any) -> None:
        # tweepy fails on a time that is no number, and would hide the answer that carries it.
        if reset_at(response.headers.get("x-rate-limit-reset")) is None:
            response.headers.pop("x-rate-limit-reset", None)
        request = response.request
        if request.method == "POST" and str(request.url).endswith("/2/tweets"):
            self.create_headers = response.headers


class Client(tweepy.Client):  # type: ignore[misc]  # the package has no types
    """tweepy's client on our session, and the media upload of API v2, which tweepy 4.17 lacks.

    With the four secrets of OAuth 1.0a requests are signed; otherwise `access_token` is the
    bearer token of an OAuth 2.0 user.
    """

    def __init__(
        self, secrets: Mapping[str, Secret], base_url: str | None, timeout_s: float
    ) -> None:
        if not secrets.get("access_token"):
            raise AuthError(reasons.NO_TOKEN)
        for name in _INDISCREET:
            logging.getLogger(name).setLevel(logging.INFO)
        self.signs = all(secrets.get(name) for name in OAUTH1)
        if self.signs:
            super().__init__(**{name: secrets[name].reveal() for name in OAUTH1})
        else:
            super().__init__(bearer_token=secrets["access_token"].reveal())
        self.session = _Session(base_url or BASE_URL, timeout_s)
        self._naming = Naming()

    def request(
        self,
        method: str,
        route: str,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        user_auth: bool = False,
    ) -> requests.Response:
        """Send a request, and once more by other names where X refuses those of its parameters.

        A request that X calls invalid carried out nothing.
        """
        asked = params or {}
        try:
            return self._send(method, route, self._naming.sent(asked), json, user_auth)
        except tweepy.BadRequest as error:
            other = self._naming.other(asked)
            if other is None or not refuses_a_name(error):
                raise
        answer = self._send(method, route, other, json, user_auth)
        self._naming.turn()
        return answer

    def _send(
        self, method: str, route: str, params: Mapping[str, Any], json: Any, user_auth: bool
    ) -> requests.Response:
        answer: requests.Response = super().request(
            method, route, params=params, json=json, user_auth=user_auth
        )
        return answer

    def _construct_response(self, response: Any, data_type: Any = None) -> Any:
        return super()._construct_response(by_old_names(response), data_type=data_type)

    def upload_image(self, data: bytes, mime: str) -> str:
        """Upload a picture in one request and return its media id."""
        form = {"media_category": "tweet_image", "media_type": mime}
        answer = self._send_form("/2/media/upload", form, ("picture", data, mime))
        return str(answer.json()["data"]["id"])

    def begin_upload(self, mime: str, size: int, category: str) -> Mapping[str, Any]:
        """Announce a file that is sent in segments; return what X says of it, its id included."""
        body = {"media_type": mime, "total_bytes": size, "media_category": category}
        return self._ask("POST", "/2/media/upload/initialize", json=body)

    def append(self, media_id: str, number: int, segment: bytes) -> None:
        """Send a segment of a file; numbers count from 0."""
        form = {"segment_index": str(number)}
        file = ("segment", segment, "application/octet-stream")
        self._send_form(f"/2/media/upload/{media_id}/append", form, file)

    def end_upload(self, media_id: str) -> Mapping[str, Any]:
        """Say that all segments are there; return what X makes of them."""
        return self._ask("POST", f"/2/media/upload/{media_id}/finalize")

    def upload_status(self, media_id: str) -> Mapping[str, Any]:
        asked = {"command": "STATUS", "media_id": media_id}
        return self._ask("GET", "/2/media/upload", params=asked)

    def set_alt_text(self, media_id: str, text: str) -> None:
        body = {"id": media_id, "metadata": {"alt_text": {"text": text}}}
        self.request("POST", "/2/media/metadata", json=body, user_auth=self.signs)

    def _ask(self, method: str, route: str, **asked: Any) -> Mapping[str, Any]:
        answer = self.request(method, route, user_auth=self.signs, **asked)
        data: Mapping[str, Any] = answer.json()["data"]
        return data

    def _send_form(
        self, route: str, form: Mapping[str, str], media: tuple[str, bytes, str]
    ) -> requests.Response:
        """Send a form with a file, which tweepy's own request cannot."""
        headers = {"User-Agent": self.user_agent}
        auth = None
        if self.signs:
            auth = OAuth1UserHandler(
                self.consumer_key,
                self.consumer_secret,
                self.access_token,
                self.access_token_secret,
            ).apply_auth()
        else:
            headers["Authorization"] = f"Bearer {self.bearer_token}"
        response = self.session.request(
            "POST",
            f"{_TWEEPYS_HOST}{route}",
            headers=headers,
            auth=auth,
            data=form,
            files={"media": media},
        )
        raise_as_tweepy(response)
        return response


def raise_as_tweepy(response: requests.Response) -> None:
    """Raise the error that tweepy itself would raise for this answer."""
    kinds = {
        400: tweepy.BadRequest,
        401: tweepy.Unauthorized,
        403: tweepy.Forbidden,
        404: tweepy.NotFound,
        429: tweepy.TooManyRequests,
    }
    if response.status_code in kinds:
        raise kinds[response.status_code](response)
    if response.status_code >= 500:
        raise tweepy.TwitterServerError(response)
    if not 200 <= response.status_code < 300:
        raise tweepy.HTTPException(response)
