"""Every refusal of LinkedIn's leads to an outcome and to something a person can do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from tests.adapters.linkedin_page import NOW, TOKEN, URN
from tests.adapters.media_files import picture

from campaignbot.domain.clock import SimulatedClock
from campaignbot.domain.content import Content, MediaItem
from campaignbot.domain.secrets import Secret
from campaignbot.gateways.media import MediaStore
from campaignbot.platforms import outcomes
from campaignbot.platforms.advice import Advice
from campaignbot.platforms.errors import (
    AuthError,
    ContentRefused,
    PermissionMissing,
    PlatformError,
    PlatformUnavailable,
    RateLimitReached,
    VersionRetired,
)
from campaignbot.platforms.outcomes import Outcome
from campaignbot.platforms.protocol import AdapterContext, Credentials
from campaignbot_linkedin.adapter import LinkedInAdapter

MIDNIGHT = NOW.replace(hour=0, minute=0) + timedelta(days=1)
POST = "urn:li:share:7"


@dataclass
class Scripted:
    """A server that gives prepared answers: by method and path, (status, body, headers)."""

    answers: dict[str, tuple[int, str, dict[str, str]]] = field(default_factory=dict)
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    port: int = 0

    def say(self, call: str, status: int, body: object = "", **headers: str) -> None:
        text = body if isinstance(body, str) else json.dumps(body)
        self.answers[call] = status, text, headers


@pytest.fixture
def server() -> Iterator[Scripted]:
    scripted = Scripted()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            call = f"{self.command} {self.path.partition('?')[0]}"
            scripted.asked.append((call, self.headers.get("Authorization")))
            status, text, headers = scripted.answers.get(call, (404, "{}", {}))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        do_GET = do_POST = do_PUT = do_DELETE = _answer

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    scripted.port = running.server_address[1]
    thread = Thread(target=running.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield scripted
    running.shutdown()
    running.server_close()
    thread.join()


@pytest.fixture
def media(tmp_path: Path) -> MediaStore:
    return MediaStore(tmp_path)


@pytest.fixture
def adapter(server: Scripted, media: MediaStore) -> Iterator[LinkedInAdapter]:
    context = AdapterContext(
        external_id=URN,
        credentials=Credentials({"access_token": Secret(TOKEN)}),
        media=media,
        clock=SimulatedClock(NOW),
        base_url=f"http://127.0.0.1:{server.port}",
        timeout_s=5,
    )
    opened = LinkedInAdapter(context, lambda _s: None)
    yield opened
    opened.close()


def publish(adapter: LinkedInAdapter, *items: MediaItem) -> Outcome:
    return adapter.publish(
        Content("Tekst.", media=items), resume=None, before_create=lambda _receipt: None
    )


def refusal(status: int, code: str, message: str, service: int | None = None) -> dict[str, object]:
    body: dict[str, object] = {"status": status, "code": code, "message": message}
    return body | ({"serviceErrorCode": service} if service else {})


DAY = "Resource level throttle APPLICATION DAY limit for calls to this resource is reached."
DENIED = "Not enough permissions to access: posts.CREATE.NO_VERSION"
UNPERMITTED = "Unpermitted fields present in REQUEST_BODY: Data Processing Exception"
TABLE: list[tuple[int, str, str, int | None, type[PlatformError], Advice]] = [
    (401, "INVALID_ACCESS_TOKEN", "Invalid access token", 65600, AuthError, Advice.CONNECT_AGAIN),
    (401, "REVOKED_ACCESS_TOKEN", "revoked by the user", 65601, AuthError, Advice.CONNECT_AGAIN),
    (401, "EXPIRED_ACCESS_TOKEN", "has expired", 65602, AuthError, Advice.CONNECT_AGAIN),
    (401, "EMPTY_ACCESS_TOKEN", "Empty oauth2_access_token", 401, AuthError, Advice.CONNECT_AGAIN),
    (403, "ACCESS_DENIED", DENIED, 100, PermissionMissing, Advice.GRANT_PERMISSION),
    (
        403,
        "ACCESS_DENIED",
        "Not enough permissions to access: organizationAcls.FINDER-roleAssignee.NO_VERSION",
        100,
        PermissionMissing,
        Advice.GRANT_PERMISSION,
    ),
    (
        403,
        "ACCESS_DENIED",
        "Organization permissions must be used when using organization as author",
        100,
        PermissionMissing,
        Advice.PAGE_ROLE,
    ),
    (
        403,
        "",
        "Accessing this video resource is forbidden. Please check your permissions for this "
        "resource",
        None,
        PermissionMissing,
        Advice.PAGE_ROLE,
    ),
    (
        403,
        "ACCESS_DENIED",
        "This application is not allowed to use this API",
        100,
        PermissionMissing,
        Advice.APP_ACCESS,
    ),
    (403, "ACCESS_DENIED", UNPERMITTED, 100, ContentRefused, Advice.CHANGE_CONTENT),
    (400, "FIELD_LENGTH_TOO_LONG", "/commentary", None, ContentRefused, Advice.SHORTEN_TEXT),
    (400, "INVALID_URL", "/content/article/source", None, ContentRefused, Advice.CHANGE_LINK),
    (400, "MISSING_FIELD", "/author :: field is", None, ContentRefused, Advice.CHANGE_CONTENT),
    (400, "INVALID_VALUE_FOR_FIELD", "/visibility", None, ContentRefused, Advice.CHANGE_CONTENT),
    (400, "INVALID_URN_TYPE", "/author", None, ContentRefused, Advice.CHANGE_CONTENT),
    (
        400,
        "MEDIA_ASSET_PROCESSING_FAILED",
        "Media asset failed processing",
        None,
        ContentRefused,
        Advice.CHANGE_CONTENT,
    ),
    (
        400,
        "EXPIRED_UPLOAD_URL",
        "The upload URL has expired",
        None,
        PlatformUnavailable,
        Advice.UPLOAD_AGAIN,
    ),
    (
        400,
        "UPDATING_ASSET_FAILED",
        "Not all parts",
        None,
        PlatformUnavailable,
        Advice.UPLOAD_AGAIN,
    ),
    (404, "NOT_FOUND", "Entity not found", None, ContentRefused, Advice.CHANGE_CONTENT),
    (409, "CONFLICT", "Write conflict", None, PlatformUnavailable, Advice.WAIT),
    (413, "", "Too large", None, ContentRefused, Advice.PICTURE_TOO_BIG),
    (422, "UNPROCESSABLE_ENTITY", "Cannot", None, ContentRefused, Advice.CHANGE_CONTENT),
    (
        426,
        "NONEXISTENT_VERSION",
        "Requested version 20251001 is not active",
        None,
        VersionRetired,
        Advice.NEWER_PROGRAM,
    ),
    (
        400,
        "VERSION_MISSING",
        "A version must be present",
        None,
        VersionRetired,
        Advice.NEWER_PROGRAM,
    ),
    (429, "TOO_MANY_REQUESTS", DAY, 101, RateLimitReached, Advice.DAY_LIMIT),
    (500, "INTERNAL_SERVER_ERROR", "Oops", None, PlatformUnavailable, Advice.WAIT),
    (503, "SERVICE_UNAVAILABLE", "Busy", None, PlatformUnavailable, Advice.WAIT),
    (504, "", "Gateway timeout", None, PlatformUnavailable, Advice.WAIT),
    (999, "", "Request denied", None, PlatformUnavailable, Advice.WAIT),
]


@pytest.mark.parametrize(
    ("status", "code", "said", "service", "kind", "advice"),
    TABLE,
    ids=[f"{row[0]} {row[1]} {row[5].name}" for row in TABLE],
)
def test_by_the_table(
    server: Scripted,
    adapter: LinkedInAdapter,
    status: int,
    code: str,
    said: str,
    service: int | None,
    kind: type[PlatformError],
    advice: Advice,
) -> None:
    call = "DELETE /rest/posts/urn%3Ali%3Ashare%3A7"
    server.say(call, status, refusal(status, code, said, service))
    with pytest.raises(kind) as raised:
        adapter.delete(POST)
    assert said in str(raised.value), "LinkedIn's own words are kept"
    assert raised.value.advice is advice


@pytest.mark.parametrize(
    ("status", "code", "outcome"),
    [
        (400, "FIELD_LENGTH_TOO_LONG", outcomes.Rejected),
        (400, "MEDIA_ASSET_WAITING_UPLOAD", outcomes.Pending),
        (401, "REVOKED_ACCESS_TOKEN", outcomes.AuthExpired),
        (403, "ACCESS_DENIED", outcomes.AuthExpired),
        (409, "CONFLICT", outcomes.Unknown),
        (426, "NONEXISTENT_VERSION", outcomes.Unavailable),
        (429, "TOO_MANY_REQUESTS", outcomes.RateLimited),
        (500, "INTERNAL_SERVER_ERROR", outcomes.Unknown),
    ],
)
def test_what_a_refusal_of_the_post_itself_means(
    server: Scripted, adapter: LinkedInAdapter, status: int, code: str, outcome: type[Outcome]
) -> None:
    server.say("POST /rest/posts", status, refusal(status, code, "Nee."))
    assert isinstance(publish(adapter), outcome)


def test_a_daily_limit_ends_at_midnight_utc_and_a_named_time_goes_first(
    server: Scripted, adapter: LinkedInAdapter
) -> None:
    server.say("POST /rest/posts", 429, refusal(429, "TOO_MANY_REQUESTS", DAY))
    first = publish(adapter)
    assert isinstance(first, outcomes.RateLimited) and first.until_utc == MIDNIGHT
    server.say("POST /rest/posts", 429, refusal(429, "", "Slow down"), Retry_After="90")
    second = publish(adapter)
    assert isinstance(second, outcomes.RateLimited)
    assert second.until_utc == NOW + timedelta(seconds=90)
    assert second.advice is Advice.SLOW_DOWN


@pytest.mark.parametrize("body", ["", "<html></html>", "[]", '"nee"', '{"message": null}'])
@pytest.mark.parametrize("status", [400, 403, 500])
def test_an_answer_without_words_still_says_what_was_asked_and_answered(
    server: Scripted, adapter: LinkedInAdapter, status: int, body: str
) -> None:
    server.say("POST /rest/posts", status, body)
    said = getattr(publish(adapter), "said", "")
    assert "POST /rest/posts" in said and str(status) in said


def test_the_code_of_a_single_field_is_read_where_the_whole_has_none(
    server: Scripted, adapter: LinkedInAdapter
) -> None:
    details = {"inputErrors": [{"code": "FIELD_LENGTH_TOO_LONG", "input": {}}]}
    server.say("POST /rest/posts", 422, {"message": "Nee.", "errorDetails": details})
    outcome = publish(adapter)
    assert isinstance(outcome, outcomes.Rejected) and outcome.advice is Advice.SHORTEN_TEXT


@pytest.fixture
def item(media: MediaStore) -> MediaItem:
    return MediaItem(media.put(picture(), "image/jpeg"), "image/jpeg", 320, 320, "Vlak")


def begin(server: Scripted, host: str) -> str:
    address = f"http://{host}:{server.port}/dms-uploads/1"
    server.say(
        "POST /rest/images", 200, {"value": {"uploadUrl": address, "image": "urn:li:image:1"}}
    )
    return "PUT /dms-uploads/1"


@pytest.mark.parametrize("status", [403, 404])
def test_an_upload_address_that_does_not_hold_is_no_fault_of_the_account(
    server: Scripted, adapter: LinkedInAdapter, item: MediaItem, status: int
) -> None:
    server.say(begin(server, "127.0.0.1"), status)
    outcome = publish(adapter, item)
    assert isinstance(outcome, outcomes.Unavailable)
    assert outcome.advice is Advice.UPLOAD_AGAIN


def test_the_token_goes_to_linkedin_alone(
    server: Scripted, adapter: LinkedInAdapter, item: MediaItem
) -> None:
    for host, token in (("127.0.0.1", f"Bearer {TOKEN}"), ("localhost", None)):
        call = begin(server, host)
        server.say(call, 201)
        publish(adapter, item)
        assert [seen for what, seen in server.asked if what == call][-1] == token


@pytest.mark.parametrize("value", [None, [], "x", {"image": "urn:li:image:1"}])
def test_a_malformed_answer_to_a_begun_upload_is_tried_again(
    server: Scripted, adapter: LinkedInAdapter, item: MediaItem, value: object
) -> None:
    server.say("POST /rest/images", 200, {"value": value})
    assert isinstance(publish(adapter, item), outcomes.Unavailable)
