"""What X refuses, and what that leads to; its own words are kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import requests
from tests.adapters.films import film
from tests.adapters.stand import IDS, NOW
from tests.adapters.xs import OnX

from campaignbot.domain.clock import SimulatedClock
from campaignbot.domain.content import Content
from campaignbot.domain.secrets import Secret
from campaignbot.gateways.media import MediaStore
from campaignbot.platforms import outcomes
from campaignbot.platforms.advice import Advice
from campaignbot.platforms.outcomes import Outcome
from campaignbot.platforms.protocol import AdapterContext, Credentials
from campaignbot.sandbox import Sandbox
from campaignbot.sandbox.limits import CallLimit
from campaignbot_x import PLATFORM

_TYPES = "https://api.x.com/2/problems"


@pytest.fixture
def x(sandbox: Sandbox, tmp_path: Path) -> OnX:
    return OnX(sandbox, tmp_path)


def publish(x: OnX, text: str, token: str | None = None) -> Outcome:
    adapter = x.adapter(token)
    try:
        return adapter.publish(Content(text), resume=None, before_create=lambda _r: None)
    finally:
        adapter.close()


def test_credits_that_are_used_up_are_to_be_paid_and_lose_no_connection(x: OnX) -> None:
    x.account.credits_micros = 15_000
    assert isinstance(publish(x, "Het eerste."), outcomes.Published)
    outcome = publish(x, "Het tweede.")
    assert isinstance(outcome, outcomes.RateLimited) and outcome.advice is Advice.PAY
    assert "CreditsDepleted" in outcome.said


def test_a_post_with_a_link_costs_what_x_asks_for_it(x: OnX) -> None:
    x.account.credits_micros = 215_000
    assert isinstance(publish(x, "Met werkenbij.nl erin."), outcomes.Published)
    assert x.account.credits_micros == 15_000


def test_a_token_of_the_app_alone_may_not_post(x: OnX) -> None:
    outcome = publish(x, "Goedemorgen.", token="A" * 40)
    assert isinstance(outcome, outcomes.AuthExpired) and outcome.advice is Advice.CONNECT_AGAIN


def test_a_second_cashtag_is_refused(x: OnX) -> None:
    outcome = publish(x, "Koersen van $AAA en $BBB.")
    assert isinstance(outcome, outcomes.Rejected) and "one cashtag" in outcome.said


def test_the_limit_of_the_day_is_told_apart(x: OnX) -> None:
    x.sandbox.world.meter.set(CallLimit("x", "create", "app", 1, 86_400))
    assert isinstance(publish(x, "Het eerste."), outcomes.Published)
    outcome = publish(x, "Het tweede.")
    assert isinstance(outcome, outcomes.RateLimited) and outcome.advice is Advice.DAY_LIMIT
    assert outcome.until_utc is not None


def test_what_x_says_of_a_field_is_kept_beside_what_it_says_of_all(x: OnX) -> None:
    outcome = publish(x, "Fout \ufffe teken")
    assert isinstance(outcome, outcomes.Rejected)
    assert "The text holds invalid characters." in outcome.said
    assert "One or more parameters to your request was invalid." in outcome.said


def test_x_says_its_reason_once(x: OnX) -> None:
    x.sandbox.world.meter.set(CallLimit("x", "create", "account", 0, 900))
    outcome = publish(x, "Goedemorgen.")
    assert isinstance(outcome, outcomes.RateLimited)
    assert outcome.said == "429 Too Many Requests"


@pytest.mark.parametrize("step", ["initialize", "append", "finalize", "upload"])
def test_an_upload_that_x_does_not_know_blames_no_content(
    sandbox: Sandbox, tmp_path: Path, step: str
) -> None:
    """Neither a way of uploading that is gone nor an upload that is makes a post wrong."""
    with forwarding(sandbox.base_urls["x"], step) as url:
        x = OnX(sandbox, tmp_path, url)
        if step == "upload":
            item = x.keep(b"\xff\xd8\xff" + bytes(90), "image/jpeg")
        else:
            item = replace(x.keep(film(8000, 3000), "video/mp4"), duration_ms=8000)
        adapter = x.adapter()
        outcome = adapter.publish(
            Content("Kijk mee.", media=(item,)), resume=None, before_create=lambda _r: None
        )
        adapter.close()
    assert isinstance(outcome, outcomes.Unavailable)
    assert outcome.advice is Advice.UPLOAD_AGAIN and "404" in outcome.said


@contextmanager
def forwarding(target: str, lost: str) -> Iterator[str]:
    """Stand before X, and answer 404 to a step of an upload."""

    class Between(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if self.path.endswith(f"/{lost}"):
                return self._answer(404, json.dumps(_problem(404, "Not Found")).encode())
            headers = {k: v for k, v in self.headers.items() if k.lower() != "host"}
            answer = requests.post(target + self.path, data=body, headers=headers, timeout=5)
            return self._answer(answer.status_code, answer.content)

        def _answer(self, status: int, data: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Between)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Refusing(BaseHTTPRequestHandler):
    """Answers every request with one refusal."""

    status: int
    body: dict[str, Any]

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        data = json.dumps(self.body).encode()
        self.send_response(self.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        pass


def _problem(status: int, detail: str, kind: str = "about:blank", **more: Any) -> dict[str, Any]:
    return {"title": "Forbidden", "detail": detail, "type": kind, "status": status, **more}


@pytest.mark.parametrize(
    ("status", "body", "kind", "advice"),
    [
        (
            403,
            _problem(
                403,
                "When authenticating requests, you must use keys from an App in a Project.",
                f"{_TYPES}/client-forbidden",
                reason="client-not-enrolled",
            ),
            outcomes.AuthExpired,
            Advice.APP_ACCESS,
        ),
        (
            403,
            _problem(403, "Your client app is not configured with the appropriate oauth1 app "
                     "permissions for this endpoint.", f"{_TYPES}/oauth1-permissions"),
            outcomes.AuthExpired,
            Advice.GRANT_PERMISSION,
        ),
        (
            403,
            _problem(403, "User has been suspended: [4001].", f"{_TYPES}/user-suspended"),
            outcomes.AuthExpired,
            Advice.ACCOUNT_BLOCKED,
        ),
        (
            429,
            {**_problem(429, "Usage cap exceeded: Monthly product cap", f"{_TYPES}/usage-capped"),
             "title": "UsageCapExceeded"},
            outcomes.RateLimited,
            Advice.PAY,
        ),
        (
            400,
            _problem(400, "Your Tweet text is too long."),
            outcomes.Rejected,
            Advice.SHORTEN_TEXT,
        ),
        (
            403,
            _problem(403, "The Tweet contains an invalid URL."),
            outcomes.Rejected,
            Advice.CHANGE_LINK,
        ),
        (
            403,
            _problem(403, "This user is not allowed to post a video longer than 2 minutes"),
            outcomes.Rejected,
            Advice.VIDEO_UNFIT,
        ),
        (
            403,
            _problem(403, "You are not permitted to perform this action."),
            outcomes.Rejected,
            Advice.CHANGE_CONTENT,
        ),
        (503, _problem(503, "Service Unavailable"), outcomes.Unknown, None),
    ],
    ids=lambda value: value["detail"][:40] if isinstance(value, dict) else None,
)  # fmt: skip
def test_every_refusal_leads_to_its_remedy(
    tmp_path: Path, status: int, body: dict[str, Any], kind: type[Outcome], advice: Advice | None
) -> None:
    outcome = refused_with(tmp_path, status, body)
    assert isinstance(outcome, kind)
    assert str(body["detail"]) in getattr(outcome, "said", "")
    assert getattr(outcome, "advice", None) is advice


def test_every_field_that_x_refuses_is_named_with_its_reason(tmp_path: Path) -> None:
    body = {
        "errors": [
            {"parameters": {"reply.to": ["7"]}, "message": "is not valid"},
            {"parameters": {"card_uri": ["x"]}, "detail": "may not be used"},
            {"message": "Invalid Request"},
            "odd",
        ],
        "title": "Invalid Request",
        "detail": "One or more parameters to your request was invalid.",
    }
    outcome = refused_with(tmp_path, 400, body)
    assert isinstance(outcome, outcomes.Rejected)
    assert outcome.said == (
        "400 Bad Request: Invalid Request: One or more parameters to your request was invalid. "
        "reply.to: is not valid; card_uri: may not be used; odd"
    )


def refused_with(folder: Path, status: int, body: dict[str, Any]) -> Outcome:
    """Publish on a server that answers everything with one refusal."""
    handler = type("Refusing", (_Refusing,), {"status": status, "body": body})
    server = HTTPServer(("127.0.0.1", 0), handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        adapter = PLATFORM.open_adapter(
            AdapterContext(
                external_id=IDS["x"],
                credentials=Credentials({"access_token": Secret("geheim-0123456789")}),
                media=MediaStore(folder),
                clock=SimulatedClock(NOW),
                base_url=f"http://127.0.0.1:{server.server_port}",
                timeout_s=5,
            )
        )
        outcome = adapter.publish(Content("Tekst."), resume=None, before_create=lambda _r: None)
        adapter.close()
        return outcome
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
