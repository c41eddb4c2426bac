"""Meta's SDK, set up so that no token stands in an address and no answer is taken on trust."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from facebook_business.api import FacebookAdsApi
from facebook_business.session import FacebookSession

from campaignbot.domain.clock import Clock
from campaignbot.domain.metrics import Metric, Metrics, Missing
from campaignbot.platforms.advice import Advice
from campaignbot.platforms.calls import CallLog
from campaignbot.platforms.errors import AuthError, MetricRetired, PlatformUnavailable
from campaignbot.platforms.protocol import Credentials
from campaignbot.platforms.redaction import redact
from campaignbot_meta.codes import NoNumbersYet
from campaignbot_meta.errors import translated, without_words
from campaignbot_meta.reading import ToldFile
from campaignbot_meta.usage import Usage

API_VERSION = "v26.0"
_VIDEOS = "https://graph-video.facebook.com"
_UPLOADS = "https://rupload.facebook.com"
_PAGE = 50
_MOST_PAGES = 20


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
            raise AuthError("Meta: no access token")
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
        self._retired: set[str] = set()

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
        told = self._checked(int(answer.status()), body, answer.headers())
        if needs and needs not in told:
            raise PlatformUnavailable(f"Meta answered without {needs}")
        return told

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
            raise PlatformUnavailable("Meta did not confirm the upload", advice=Advice.UPLOAD_AGAIN)

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

        Raises PlatformUnavailable when there is no end to them: what was not found in a part of a
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
        raise PlatformUnavailable(f"Meta lists more than {_PAGE * _MOST_PAGES} rows")

    def insights(self, node: str, names: Sequence[str]) -> dict[str, Any]:
        """Return the values of a node's metrics by Meta's names.

        One unknown metric makes Meta refuse all of them: then each is asked for by itself, and
        the unknown ones are remembered as retired, for as long as this adapter is open: another
        version of the API may know them again. Empty where Meta has no numbers of so few viewers.
        """
        wanted = [name for name in names if name not in self._retired]
        try:
            return self._insights(node, wanted) if wanted else {}
        except NoNumbersYet:
            return {}
        except MetricRetired:
            if len(wanted) == 1:
                self._retired.add(wanted[0])
                return {}
        return {k: v for name in wanted for k, v in self.insights(node, [name]).items()}

    def is_retired(self, name: str) -> bool:
        return name in self._retired

    def close(self) -> None:
        self._session.requests.close()

    def _insights(self, node: str, names: Sequence[str]) -> dict[str, Any]:
        asked = {"metric": ",".join(names)}
        answer = self.call("GET", node, "insights", params=asked, needs="data")
        values = {}
        for row in answer["data"]:
            told: dict[str, Any] = row.get("total_value") or next(iter(row.get("values") or []), {})
            if "value" in told:
                values[row["name"]] = told["value"]
        return values

    def metrics(self, told: Mapping[str, Any], names: Mapping[str, Metric]) -> Metrics:
        """Return the metrics that these names stand for, with why a number is missing."""
        values: dict[Metric, int] = {}
        missing: dict[Metric, Missing] = {}
        for name, metric in names.items():
            if name in told:
                values[metric] = number(told[name])
            else:
                missing[metric] = Missing.RETIRED if self.is_retired(name) else Missing.TOO_YOUNG
        return Metrics(self.clock.now(), values, missing)


def number(value: Any) -> int:
    """Return a count; Meta splits some of them by kind."""
    if isinstance(value, Mapping):
        return sum(int(part) for part in value.values())
    return int(value)


def instant(text: str | None) -> datetime | None:
    """Read Meta's time stamps (2019-05-17T16:24:04+0000)."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S%z") if text else None
