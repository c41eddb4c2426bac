"""Reading what OAuth servers answer: tokens, terms and refusals."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import requests

from campaignbot.domain.secrets import Secret
from campaignbot.platforms.consent import RegisteredApp
from campaignbot.platforms.errors import AuthError, PlatformUnavailable, RateLimitReached
from campaignbot.platforms.oauth import (
    ends_in,
    permissions_in,
    renewal,
    secrets_of,
    token_answer,
)

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
APP = RegisteredApp("app-1", Secret("geheim"), "http://localhost/")


def answer(status: int, body: str) -> requests.Response:
    found = requests.Response()
    found.status_code, found.reason = status, "Reason"
    found._content = body.encode()
    return found


@pytest.mark.parametrize("value", ["", "   ", None, 17, ["token"]])
def test_an_empty_token_is_no_token(value: object) -> None:
    with pytest.raises(PlatformUnavailable):
        secrets_of(APP, {"access_token": value})


def test_what_was_not_given_anew_stays() -> None:
    first = secrets_of(APP, {"access_token": "a", "refresh_token": "r"})
    for given in ({"access_token": "b"}, {"access_token": "b", "refresh_token": ""}):
        assert secrets_of(APP, given, first) == {
            "access_token": Secret("b"),
            "refresh_token": Secret("r"),
            "client_id": Secret("app-1"),
        }


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, '{"error": "invalid_grant"}', AuthError),
        (401, '{"error": "invalid_client", "error_description": "no geheim"}', AuthError),
        (400, "<html>proxy</html>", PlatformUnavailable),
        (404, "", PlatformUnavailable),
        (429, "{}", RateLimitReached),
        (500, '{"error": "server_error"}', PlatformUnavailable),
        (503, "<html></html>", PlatformUnavailable),
        (200, "", PlatformUnavailable),
        (200, "[]", PlatformUnavailable),
        (200, '"ok"', PlatformUnavailable),
        (302, "{}", PlatformUnavailable),
    ],
)
def test_only_a_clear_refusal_is_one(status: int, body: str, kind: type[Exception]) -> None:
    with pytest.raises(kind) as raised:
        token_answer(answer(status, body), (Secret("geheim"),), NOW)
    assert "geheim" not in str(raised.value)


def test_an_answer_in_order_comes_back() -> None:
    assert token_answer(answer(200, '{"access_token": "a"}'), (), NOW) == {"access_token": "a"}


def test_terms_and_permissions_are_read_as_they_come() -> None:
    assert ends_in(NOW, 60) == ends_in(NOW, "60") == NOW + timedelta(minutes=1)
    for odd in (None, 0, "soon", "", 10**20):
        assert ends_in(NOW, odd) is None
    assert permissions_in("a,b c  d") == frozenset("abcd")
    assert permissions_in("") == frozenset()
    hour = timedelta(hours=1)
    assert renewal(NOW, hour, True) == NOW - hour
    assert renewal(NOW, hour, False) is renewal(None, hour, True) is None
