"""What Meta's answers mean: every documented error, and answers that are none."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from tests.adapters.meta import TOKEN, page_at
from tests.adapters.stand import NOW
from tests.loopback import Quiet, serving

from campaignbot.domain.content import Content
from campaignbot.i18n import Translator
from campaignbot.platforms import errors, outcomes
from campaignbot.platforms.advice import Advice
from campaignbot_meta.codes import BY_CODE, BY_SUBCODE, NotReady


@dataclass
class Server:
    """Answers whatever is asked with the same thing, and keeps what it was asked."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    url: str = ""

    def refuse(self, code: int, subcode: int | None, message: str = "Nee.", **more: object) -> None:
        told = {"message": message, "type": "OAuthException", "code": code, **more}
        if subcode is not None:
            told["error_subcode"] = subcode
        self.status, self.body = 400, json.dumps({"error": told}).encode()


@pytest.fixture
def server() -> Iterator[Server]:
    state = Server()

    class Handler(Quiet):
        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            state.asked.append((self.path, self.headers.get("Authorization")))
            self.send_response(state.status)
            for name, value in state.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(state.body)))
            self.end_headers()
            self.wfile.write(state.body)

        do_GET = do_POST = do_DELETE = answer

    with serving(Handler) as state.url:
        yield state


def refused(server: Server) -> errors.PlatformError:
    adapter = page_at(server.url)
    with pytest.raises(errors.PlatformError) as caught:
        adapter.fetch_account_metrics()
    adapter.close()
    return caught.value


def published(server: Server) -> outcomes.Outcome:
    adapter = page_at(server.url)
    outcome = adapter.publish(
        Content("Eén bericht."), resume=None, before_create=lambda _receipt: None
    )
    adapter.close()
    return outcome


# By what a person must do. Codes without a finer number stand with None.
DOCUMENTED: tuple[
    tuple[type[errors.PlatformError], Advice, tuple[tuple[int, int | None], ...]], ...
]
DOCUMENTED = (
    (errors.AuthError, Advice.CONNECT_AGAIN, ((102, None), (190, None), (190, 458), (190, 460))),
    (errors.AuthError, Advice.CONNECT_AGAIN, ((190, 463), (190, 467), (2500, None))),
    (errors.AuthError, Advice.ACCOUNT_BLOCKED, ((190, 459), (190, 464))),
    (errors.AuthError, Advice.PAGE_ROLE, ((190, 492),)),
    (errors.PermissionMissing, Advice.GRANT_PERMISSION, ((10, None), (200, None), (299, None))),
    (errors.PermissionMissing, Advice.APP_ACCESS, ((3, None),)),
    (errors.PermissionMissing, Advice.PAGE_ROLE, ((6000, 1363042), (6000, 1363005))),
    (
        errors.PermissionMissing,
        Advice.ACCOUNT_BLOCKED,
        ((368, None), (25, 2207050), (100, 1404006), (100, 1404078), (100, 1404112), (1, 4854002)),
    ),
    (
        errors.RateLimitReached,
        Advice.WAIT,
        ((4, None), (17, None), (32, None), (341, None), (613, None), (80001, None), (80002, None)),
    ),
    (errors.RateLimitReached, Advice.SLOW_DOWN, ((368, 1390008),)),
    (errors.RateLimitReached, Advice.DAY_LIMIT, ((9, 2207042),)),
    (errors.RateLimitReached, Advice.ACCOUNT_BLOCKED, ((4, 2207051),)),
    (errors.DuplicateRefused, Advice.CHANGE_CONTENT, ((506, None), (100, 1366051))),
    (errors.PlatformUnavailable, Advice.WAIT, ((1, None), (2, None), (-1, 2207001))),
    (errors.PlatformUnavailable, Advice.WAIT, ((100, 1363047), (100, 1609010))),
    (errors.PlatformUnavailable, Advice.UPLOAD_AGAIN, ((-2, 2207020), (-1, 2207032))),
    (errors.PlatformUnavailable, Advice.UPLOAD_AGAIN, ((-1, 2207053), (6000, 1363019))),
    (errors.PlatformUnavailable, Advice.UPLOAD_AGAIN, ((6000, 1363030), (6000, 1363037))),
    (errors.PlatformUnavailable, Advice.MEDIA_UNREACHABLE, ((-2, 2207003),)),
    (NotReady, Advice.WAIT, ((24, 2207008), (9007, 2207027))),
    (errors.ContentRefused, Advice.MEDIA_UNREACHABLE, ((9004, 2207052),)),
    (errors.ContentRefused, Advice.PICTURE_TOO_BIG, ((36000, 2207004), (100, 1366046))),
    (errors.ContentRefused, Advice.PICTURE_KIND, ((36001, 2207005), (324, None), (100, 1349125))),
    (errors.ContentRefused, Advice.PICTURE_SHAPE, ((36003, 2207009),)),
    (errors.ContentRefused, Advice.PICTURE_NUMBER, ((100, 2207028),)),
    (errors.ContentRefused, Advice.SHORTEN_TEXT, ((36004, 2207010),)),
    (errors.ContentRefused, Advice.FEWER_MENTIONS, ((100, 2207040),)),
    (errors.ContentRefused, Advice.CHANGE_LINK, ((1609005, None), (100, 1609008), (100, 2061006))),
    (errors.ContentRefused, Advice.NEWER_PROGRAM, ((2635, None),)),
    (errors.ContentRefused, Advice.CHECK_MANUALLY, ((100, 2207073),)),
    (
        errors.ContentRefused,
        Advice.VIDEO_UNFIT,
        ((352, 2207026), (100, 2069019), (100, 2207077), (100, 2207082), (6000, 1363031)),
    ),
    (
        errors.ContentRefused,
        Advice.CHANGE_CONTENT,
        (
            *((100, None), (100, 33), (1, 2207057), (24, 2207006), (100, 2207018), (100, 2207023)),
            *((100, 2207035), (100, 2207037), (100, 2207081), (100, 1346003), (100, 1404102)),
        ),
    ),
)
CASES = [
    pytest.param(kind, advice, code, subcode, id=f"{code}/{subcode}")
    for kind, advice, numbers in DOCUMENTED
    for code, subcode in numbers
]


@pytest.mark.parametrize(("kind", "advice", "code", "subcode"), CASES)
def test_every_documented_error_says_what_helps(
    server: Server,
    kind: type[errors.PlatformError],
    advice: Advice,
    code: int,
    subcode: int | None,
) -> None:
    server.refuse(code, subcode, "Meta zegt nee.", error_user_msg="Omdat het niet kan.")
    error = refused(server)
    assert type(error).mro().index(kind) <= 1 and error.advice is advice
    assert str(error) == "Meta zegt nee. Omdat het niet kan." and error.__cause__ is not None
    for language in ("nl", "en"):
        assert Translator(language, "Europe/Amsterdam").has(advice)


def test_every_remedy_of_the_table_has_a_sentence() -> None:
    for _, advice in (*BY_CODE.values(), *BY_SUBCODE.values()):
        assert Translator("nl", "Europe/Amsterdam").has(advice)


def test_an_unknown_error_is_a_refusal_unless_meta_calls_it_passing(server: Server) -> None:
    server.refuse(123_456, None)
    assert type(refused(server)) is errors.ContentRefused
    server.refuse(123_456, None, is_transient=True)
    assert type(refused(server)) is errors.PlatformUnavailable


def test_a_user_token_where_a_page_token_belongs_asks_to_connect_again(server: Server) -> None:
    said = "(#200) Unpublished posts must be posted to a page as the page itself."
    server.refuse(200, None, said)
    assert type(refused(server)) is errors.AuthError


def test_a_wait_that_meta_names_is_kept(server: Server) -> None:
    server.refuse(80001, None)
    row = {"type": "pages", "call_count": 100, "estimated_time_to_regain_access": 17}
    server.headers = {"X-Business-Use-Case-Usage": json.dumps({"2001": [row]})}
    error = refused(server)
    assert isinstance(error, errors.RateLimitReached)
    assert error.until_utc == NOW + timedelta(minutes=17)


@pytest.mark.parametrize("status", [500, 502, 503])
@pytest.mark.parametrize("code", [1, 100, 200])
def test_a_failing_server_proves_nothing_whatever_it_says(
    server: Server, status: int, code: int
) -> None:
    server.refuse(code, None)
    server.status = status
    assert isinstance(published(server), outcomes.Unknown)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (502, b"<html>Bad Gateway</html>"),
        (502, b"<html>no success</html>"),
        (503, b"Service Unavailable"),
        (200, b"<html>Welcome to this Wi-Fi</html>"),
        (200, b""),
        (200, b"null"),
        (200, b"[]"),
        (200, b'["success"]'),
        (200, b"17"),
        (200, b'{"success": false}'),
        (200, b'{"id": ""}'),
        (200, b'{"id": null}'),
        (200, b'{"error": "no object"}'),
        (200, b'{"id": "2001_1"'),
        (302, b'{"id": "2001_1"}'),
        (404, b'{"id": "2001_1"}'),
    ],
)
def test_no_answer_but_a_created_post_is_taken_for_one(
    server: Server, status: int, body: bytes
) -> None:
    server.status, server.body = status, body
    assert isinstance(published(server), outcomes.Unknown)


def test_the_token_goes_in_a_header_and_stands_in_no_address(server: Server) -> None:
    server.body = b'{"id": "2001_1"}'
    assert isinstance(published(server), outcomes.Published)
    assert server.asked == [("/v26.0/2001/feed", f"Bearer {TOKEN}")]


def test_a_token_that_meta_repeats_is_not_said_on(server: Server) -> None:
    server.refuse(190, None, f"Malformed access token {TOKEN} access_token={TOKEN}")
    assert TOKEN not in str(refused(server))
    server.status, server.body = 200, f'["{TOKEN}"]'.encode()
    assert TOKEN not in repr(published(server))


def test_no_crash_reporter_is_installed(server: Server) -> None:
    import sys

    before = sys.excepthook
    page_at(server.url).close()
    assert sys.excepthook is before
