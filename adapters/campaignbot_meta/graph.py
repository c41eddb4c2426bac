"""Meta's SDK, set up so that no token stands in an address and no answer is taken on trust."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import urlencode

from facebook_business.api import FacebookAdsApi, FacebookResponse
from facebook_business.session import FacebookSession

from campaignbot.domain.clock import Clock
from campaignbot.platforms import reasons
from campaignbot.platforms.advice import Advice
from campaignbot.platforms.calls import CallLog
from campaignbot.platforms.errors import AuthError, PlatformError, PlatformUnavailable
from campaignbot.platforms.protocol import Credentials
from campaignbot.platforms.redaction import redact
from campaignbot_meta.errors import translated, without_words
from campaignbot_meta.reading import ToldFile
from campaignbot_meta.usage import Usage

API_VERSION = "v26.0"
_VIDEOS = "https://graph-video.facebook.com"
_UPLOADS = "https://rupload.facebook.com"
_PAGE = 50
_MOST_PAGES = 20


class ListTooLong(PlatformUnavailable):
    """A list has more rows than are read: nothing follows from what is not among them."""


class GraphContext(Protocol):
    """What calls need of an `AdapterContext`, whose fields these are."""

    @property
    def credentials(self) -> Credentials: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def base_url(self) -> str | None: ...
    @property
    def timeout_s(self) -> float: ...
    @property
    def calls(self) -> CallLog: ...


@dataclass(frozen=True)
class Question:
    """What is read of one node; an answer without the key that it `needs` is none."""

    path: tuple[str, ...]
    params: Mapping[str, str] = field(default_factory=dict)
    needs: str = ""


class Graph:
    """Calls on the Graph API for one account.

    The SDK would send the token in every address and install a crash reporter; here it goes as a
    header and nothing is reported. The SDK takes a 502 with an HTML body for a success, so each
    answer is checked to be a JSON object of a 2xx status.

    Meta takes videos on hosts of their own; another server that speaks its API has them all, the
    one for Instagram's videos below "rupload" unless `upload_url` names it.
    """

    def __init__(self, context: GraphContext, platform: str, upload_url: str | None = None) -> None:
        token = context.credentials.secrets.get("access_token")
        if not token:
            raise AuthError(reasons.NO_TOKEN)
        self._token, self.clock = token, context.clock
        session = FacebookSession(access_token=token.reveal(), timeout=context.timeout_s)
        session.requests.params.clear()
        session.requests.headers["Authorization"] = f"Bearer {token.reveal()}"
        self.usage = Usage(context.clock)
        session.requests.hooks["response"].append(self.usage.note)
        context.calls.listen(session.requests, platform)
        self._videos, uploads = _VIDEOS, _UPLOADS
        if context.base_url:
            session.GRAPH = self._videos = context.base_url.rstrip("/")
            uploads = f"{session.GRAPH}/rupload"
        self._uploads = (upload_url or uploads).rstrip("/")
        self._session = session
        self._api = FacebookAdsApi(session, api_version=API_VERSION)

    def call(
        self,
        method: str,
        *path: str,
        params: Mapping[str, Any] | None = None,
        files: Mapping[str, tuple[str, bytes, str]] | None = None,
        host: str | None = None,
        needs: str = "",
    ) -> dict[str, Any]:
        """Send one request; return its JSON object. Raises a PlatformError for all else.

        An object without the key that it `needs` is no answer: nothing follows from it.
        """
        with translated(self._token, self.clock):
            answer = self._api.call(
                method,
                path,
                params=dict(params or {}),
                files=dict(files or {}),
                url_override=host,
            )
            body = answer.json()
        return _having(needs, self._checked(int(answer.status()), body, answer.headers()))

    def ask(self, questions: Sequence[Question]) -> list[dict[str, Any] | PlatformError]:
        """Ask at most 50 questions in one call; return the answer, or the error, of each in order.

        Raises what `call` raises where the whole call fails. Meta counts each question against its
        limits, and tells of them beside each answer (so the headers are wanted). It leaves out what
        it has no time for: that is an error, never an answer.
        """
        if not questions:
            return []
        batch = [{"method": "GET", "relative_url": _relative(asked)} for asked in questions]
        with translated(self._token, self.clock):
            # Meta documents the token of a batch as a field of its body alone, so it goes there
            # too; and not through the SDK, whose errors show all fields in their words.
            sent = self._session.requests.post(
                f"{self._session.GRAPH}/{API_VERSION}/",
                data={"batch": json.dumps(batch), "access_token": self._token.reveal()},
                timeout=self._session.timeout,
            )
            answer = _answered(sent.text, sent.status_code, sent.headers)
            rows, status = answer.json(), int(answer.status())
            if not (isinstance(rows, list) and 200 <= status < 300):
                self._checked(status, rows, answer.headers())
        if not isinstance(rows, list) or len(rows) != len(questions):
            raise PlatformUnavailable(reasons.GARBLED)
        self.usage.note_all(_headers(row) for row in rows)
        return [self._answer(asked, row) for asked, row in zip(questions, rows, strict=True)]

    def _answer(self, asked: Question, row: Any) -> dict[str, Any] | PlatformError:
        """Return what one element of a batch holds, as `call` would have told it."""
        if not isinstance(row, dict):
            return PlatformUnavailable(reasons.GARBLED)
        headers = _headers(row)
        try:
            with translated(self._token, self.clock):
                status, body = int(row["code"]), json.loads(row["body"])
                _answered(row["body"], status, headers)
                return _having(asked.needs, self._checked(status, body, headers))
        except PlatformError as error:
            return error

    def call_videos(
        self,
        *path: str,
        params: Mapping[str, Any],
        files: Mapping[str, tuple[str, bytes, str]] | None = None,
    ) -> dict[str, Any]:
        """Send one request to the host that takes a page's videos; as `call`."""
        return self.call("POST", *path, params=params, files=files, host=self._videos)

    def send_file(self, container: str, file: ToldFile, offset: int, size: int) -> None:
        """Send the rest of a video for Instagram, from where its container holds it so far.

        What `file` raises while it is read passes through.
        """
        with translated(self._token, self.clock):
            answer = self._session.requests.post(
                f"{self._uploads}/ig-api-upload/{API_VERSION}/{container}",
                data=file,
                headers={
                    "Authorization": f"OAuth {self._token.reveal()}",
                    "Content-Type": "application/octet-stream",
                    "offset": str(offset),
                    "file_size": str(size),
                },
                timeout=self._session.timeout,
            )
            body = answer.json()
        told = self._checked(answer.status_code, body, answer.headers)
        if told.get("success") is not True:
            raise PlatformUnavailable(reasons.UPLOAD_UNCONFIRMED, advice=Advice.UPLOAD_AGAIN)

    def _checked(self, status: int, body: Any, headers: Mapping[str, str]) -> dict[str, Any]:
        if isinstance(body, dict) and 200 <= status < 300:
            return body
        said = "Meta answered with no JSON object"
        if isinstance(body, dict):
            details = body.get("debug_info") or body.get("error") or {}
            said = redact(str(details.get("message") or "upload refused"), [self._token])
        raise without_words(status, said, headers, self.clock.now())

    def listed(self, *path: str, params: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """Yield the rows of a list, page after page.

        Raises ListTooLong when there is no end to them: what was not found in a part of a
        list is not proved absent.
        """
        asked = {"limit": _PAGE, **params}
        for _ in range(_MOST_PAGES):
            page = self.call("GET", *path, params=asked, needs="data")
            rows = page["data"]
            yield from rows
            after = page.get("paging", {}).get("cursors", {}).get("after")
            if not rows or not after or "next" not in page.get("paging", {}):
                return
            asked["after"] = after
        raise ListTooLong(f"Meta lists more than {_PAGE * _MOST_PAGES} rows")

    def close(self) -> None:
        self._session.requests.close()


def _answered(body: str, status: int, headers: Mapping[str, str]) -> FacebookResponse:
    """Return an answer as the SDK reads it; raises the SDK's error for a failure."""
    answer = FacebookResponse(body, status, headers, call={})
    if answer.is_failure():
        raise answer.error()
    return answer


def _having(needs: str, told: dict[str, Any]) -> dict[str, Any]:
    if needs and needs not in told:
        raise PlatformUnavailable(reasons.about(reasons.GARBLED, needs))
    return told


def _relative(asked: Question) -> str:
    """Return the address within a batch; the token of the whole call is that of each."""
    query = f"?{urlencode(asked.params)}" if asked.params else ""
    return "/".join(asked.path) + query


def _headers(row: Any) -> dict[str, str]:
    """Return the headers of one element of a batch; what cannot be read is left out."""
    told = row.get("headers") if isinstance(row, dict) else None
    pairs = [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []
    return {str(one.get("name")): str(one.get("value")) for one in pairs}


def instant(text: str | None) -> datetime | None:
    """Read Meta's time stamps (2019-05-17T16:24:04+0000)."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S%z") if text else None
