"""A Mastodon server in memory: what the documentation tells, and nothing of the adapter.

https://docs.joinmastodon.org/methods/statuses/ and /methods/media/ (read 2026-11-24)
"""

from __future__ import annotations

import hashlib
import html
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import Message
from email.parser import BytesParser
from email.policy import HTTP
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

ALL_SCOPES = frozenset({"read", "write:statuses", "write:media"})
_MOST, _MOST_MEDIA, _MOST_ALT, _MOST_BYTES = 500, 4, 1500, 16 * 1024 * 1024
_EXTENDS = "[\u0300-\u036f\u0591-\u05bd\u20d0-\u20ff\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]"
_DRAWN = f"[\u2190-\u2bff\U0001f000-\U0001f1e5\U0001f200-\U0001faff]{_EXTENDS}*"
_CHARACTER = re.compile(
    f"[\U0001f1e6-\U0001f1ff]{{2}}|{_DRAWN}(?:\u200d{_DRAWN})*|.{_EXTENDS}*", re.DOTALL
)
_URL = re.compile(r"https?://\S+")
# What comes back, by the kind of fault, of a request that was carried out.
_SPOILT = {
    "malformed": (200, b'{"id": "12'),
    "empty": (200, b""),
    "hollow": (200, b"{}"),
    "http_500_after": (500, b"<h1>We're sorry, but something went wrong</h1>"),
}


@dataclass
class Fault:
    """The next requests of a sort that go wrong; "any" is every sort."""

    on: str
    kind: str
    times: int

    def strikes(self, sort: str) -> bool:
        if self.on not in {sort, "any"} or not self.times:
            return False
        self.times -= 1
        return True


@dataclass
class Server:
    """Accounts by token, posts and media; `wait` is what a slow answer waits for."""

    now: datetime
    accounts: dict[str, str] = field(default_factory=dict)
    scopes: dict[str, frozenset[str]] = field(default_factory=dict)
    expired: set[str] = field(default_factory=set)
    posts: list[dict[str, Any]] = field(default_factory=list)
    media: dict[str, dict[str, Any]] = field(default_factory=dict)
    blobs: dict[str, bytes] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    keys: dict[str, tuple[datetime, dict[str, Any]]] = field(default_factory=dict)
    wait: Event = field(default_factory=Event)
    last_id: int = 110_000_000_000_000_000

    def start(self) -> str:
        """Listen, and return the address."""
        imitation = self

        class Handler(_Handler):
            server_state = imitation

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self._thread = Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def stop(self) -> None:
        self.wait.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def next_id(self) -> str:
        self.last_id += 65_536
        return str(self.last_id)

    def live(self, account: str) -> list[dict[str, Any]]:
        """Return an account's posts, newest first, replies among them."""
        return [post for post in reversed(self.posts) if post["account"]["id"] == account]

    def find(self, post_id: str) -> dict[str, Any] | None:
        return next((post for post in self.posts if post["id"] == post_id), None)


class Refused(Exception):
    """An answer that is an error."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(said)
        self.status = status


class _Handler(BaseHTTPRequestHandler):
    server_state: Server

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_PUT(self) -> None:
        self._serve()

    def do_DELETE(self) -> None:
        self._serve()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def _serve(self) -> None:
        data = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        sort = _sort(self.command, urlsplit(self.path).path)
        fault = next((f for f in self.server_state.faults if f.strikes(sort)), None)
        kind = fault.kind if fault else ""
        if kind.startswith(("drop_before", "slow_before")):
            return self._fall_silent(kind)
        if answer := self._refusal(kind):
            return self._answer(*answer)
        status, body, headers = self._carried_out(data)
        if kind in {"drop_after", "slow_after"}:
            return self._fall_silent(kind)
        if kind in _SPOILT:
            return self._answer(*_SPOILT[kind], {})
        if kind == "other_shape":
            body = {} if isinstance(body, list) else []
        if kind == "no_numbers":
            body = _without_numbers(body)
        if kind == "odd_headers":
            headers = {"X-RateLimit-Remaining": "many", "X-RateLimit-Reset": "soon"}
        self._answer(status, json.dumps(body).encode(), headers)

    def _fall_silent(self, kind: str) -> None:
        if kind.startswith("slow"):
            self.server_state.wait.wait(60)
        self.close_connection = True
        self.connection.close()

    def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _refusal(self, kind: str) -> tuple[int, bytes, dict[str, str]] | None:
        """Return what is answered in place of carrying out the request."""
        later = self.server_state.now + timedelta(seconds=120)
        sorry = b"<html>Service Unavailable</html>"
        too_many = json.dumps({"error": "Too many requests"}).encode()
        spent = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": later.isoformat()}
        odd = {"X-RateLimit-Remaining": "many", "X-RateLimit-Reset": "soon", "Retry-After": "later"}
        return {
            "http_500": (500, sorry, {}),
            "http_503": (503, sorry, {}),
            "http_503_retry_after": (503, sorry, {"Retry-After": "120"}),
            "rate_limit": (429, too_many, spent),
            "rate_limit_bare": (429, too_many, {}),
            "rate_limit_odd": (429, too_many, odd),
            "retry_after": (429, too_many, {"Retry-After": "120"}),
            "retry_after_date": (429, too_many, {"Retry-After": format_datetime(later, True)}),
        }.get(kind)

    def _carried_out(self, data: bytes) -> tuple[int, Any, dict[str, str]]:
        server, parts = self.server_state, urlsplit(self.path)
        told = {
            "X-RateLimit-Limit": "300",
            "X-RateLimit-Remaining": "298",
            "X-RateLimit-Reset": (server.now + timedelta(minutes=5)).isoformat(),
        }
        try:
            account = self._account()
            for method, pattern, scope, act in _ROUTES:
                found = re.fullmatch(pattern, parts.path)
                if method == self.command and found:
                    token = self.headers["Authorization"].removeprefix("Bearer ")
                    if scope not in server.scopes.get(token, ALL_SCOPES):
                        raise Refused(403, "This action is outside the authorized scopes")
                    call = Call(server, account, found.groups(), self.headers, data, parts.query)
                    status, body = act(call)
                    return status, body, told
            raise Refused(404, "Record not found")
        except Refused as refused:
            return refused.status, {"error": str(refused)}, told

    def _account(self) -> str:
        server, given = self.server_state, self.headers.get("Authorization", "")
        token = given.removeprefix("Bearer ")
        if token in server.expired:
            raise Refused(401, "The access token expired")
        if token not in server.accounts:
            raise Refused(401, "The access token is invalid")
        return server.accounts[token]


@dataclass(frozen=True)
class Call:
    """A request that is allowed: who asks, and for what."""

    server: Server
    account: str
    ids: tuple[str, ...]
    headers: Message
    data: bytes
    query: str

    @property
    def json(self) -> dict[str, Any]:
        body: dict[str, Any] = json.loads(self.data)
        return body

    @property
    def asked(self) -> dict[str, list[str]]:
        return parse_qs(self.query)

    def post(self, *, own: bool = False) -> dict[str, Any]:
        found = self.server.find(self.ids[0])
        if found is None or (own and found["account"]["id"] != self.account):
            raise Refused(404, "Record not found")
        return found


def _sort(method: str, path: str) -> str:
    if method == "POST":
        return "upload" if path == "/api/v2/media" else "create"
    return "metrics" if path == "/api/v1/statuses" else "read"


def me(call: Call) -> tuple[int, Any]:
    who = f"account{call.account}"
    return 200, {"id": call.account, "username": who, "acct": who, "followers_count": 1200}


def upload(call: Call) -> tuple[int, Any]:
    kind = call.headers["Content-Type"].encode()
    form = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + kind + b"\r\n\r\n" + call.data)
    fields = dict(_fields(form))
    data, alt = fields["file"], fields.get("description", b"").decode()
    if len(data) > _MOST_BYTES:
        raise Refused(422, "Validation failed: File file size must be less than 16 MB")
    if len(alt) > _MOST_ALT:
        raise Refused(422, "Validation failed: Description is too long (maximum 1500 characters)")
    number, digest = call.server.next_id(), hashlib.sha256(data).hexdigest()
    call.server.media[number] = {
        "id": number,
        "type": "image",
        "url": f"https://files.example/{number}",
        "description": alt,
        "sha256": digest,
    }
    # The larger ones are processed after the answer.
    if len(data) > 1_000_000:
        return 202, {**call.server.media[number], "url": None}
    return 200, call.server.media[number]


def _fields(form: Any) -> Iterator[tuple[str, bytes]]:
    for part in form.iter_parts():
        name = part.get_param("name", header="content-disposition")
        yield str(name), part.get_payload(decode=True)


def medium(call: Call) -> tuple[int, Any]:
    if call.ids[0] not in call.server.media:
        raise Refused(404, "Record not found")
    return 200, call.server.media[call.ids[0]]


def create(call: Call) -> tuple[int, Any]:
    server, body = call.server, call.json
    key = f"{call.account} {call.headers.get('Idempotency-Key', '')}"
    if key in server.keys and server.now - server.keys[key][0] < timedelta(hours=1):
        return 200, server.keys[key][1]
    parent = body.get("in_reply_to_id")
    if parent is not None and server.find(parent) is None:
        raise Refused(404, "The post you are trying to reply to does not appear to exist.")
    number = server.next_id()
    post = {
        "id": number,
        "created_at": server.now.isoformat().replace("+00:00", ".000Z"),
        "in_reply_to_id": parent,
        "url": f"https://example.social/@account{call.account}/{number}",
        "account": {"id": call.account},
        "media_attachments": _attached(server, body),
        **_worded(body),
    }
    server.posts.append(post)
    if "Idempotency-Key" in call.headers:
        server.keys[key] = server.now, post
    return 200, _shown(server, post)


def _attached(server: Server, body: dict[str, Any]) -> list[dict[str, Any]]:
    ids = body.get("media_ids", [])
    if len(ids) > _MOST_MEDIA:
        raise Refused(422, "Validation failed: Cannot attach more than 4 files")
    if any(number not in server.media for number in ids):
        raise Refused(422, "Media attachments could not be found")
    if not body.get("status", "").strip() and not ids:
        raise Refused(422, "Validation failed: Text can't be blank")
    return [server.media[number] for number in ids]


def _worded(body: dict[str, Any]) -> dict[str, Any]:
    text = body.get("status", "")
    if len(_CHARACTER.findall(_URL.sub("x" * 23, text))) > _MOST:
        raise Refused(422, f"Validation failed: Text character limit of {_MOST} exceeded")
    return {"text": text, "content": _html(text), "language": body.get("language")}


def _html(text: str) -> str:
    def linked(found: re.Match[str]) -> str:
        scheme, rest = found.group().split("//", 1)
        return (
            f'<a href="{found.group()}" rel="nofollow"><span class="invisible">{scheme}//</span>'
            f'<span class="ellipsis">{rest[:30]}</span>'
            f'<span class="invisible">{rest[30:]}</span></a>'
        )

    safe = _URL.sub(linked, html.escape(text))
    return "".join(f"<p>{p.replace(chr(10), '<br />')}</p>" for p in safe.split("\n\n"))


def _shown(server: Server, post: dict[str, Any]) -> dict[str, Any]:
    made = datetime.fromisoformat(post["created_at"])
    hours = int((server.now - made).total_seconds() // 3600)
    counts = {"favourites_count": hours, "replies_count": hours // 8, "reblogs_count": hours // 4}
    return {**post, **counts}


def listed(call: Call) -> tuple[int, Any]:
    found = [post for post in call.server.live(call.ids[0]) if post["in_reply_to_id"] is None]
    if "max_id" in call.asked:
        found = [post for post in found if int(post["id"]) < int(call.asked["max_id"][0])]
    return 200, [_shown(call.server, p) for p in found[: int(call.asked.get("limit", ["20"])[0])]]


def several(call: Call) -> tuple[int, Any]:
    found = [call.server.find(number) for number in call.asked.get("id[]", [])[:20]]
    return 200, [_shown(call.server, post) for post in found if post]


def one(call: Call) -> tuple[int, Any]:
    return 200, _shown(call.server, call.post())


def context(call: Call) -> tuple[int, Any]:
    below = [p for p in call.server.posts if p["in_reply_to_id"] == call.post()["id"]]
    return 200, {"ancestors": [], "descendants": [_shown(call.server, post) for post in below]}


def edit(call: Call) -> tuple[int, Any]:
    post = call.post(own=True)
    # What an edit leaves out is removed.
    post |= {"media_attachments": _attached(call.server, call.json), **_worded(call.json)}
    return 200, _shown(call.server, post)


def delete(call: Call) -> tuple[int, Any]:
    post = call.post(own=True)
    call.server.posts.remove(post)
    return 200, post


def _without_numbers(body: Any) -> Any:
    rows = body if isinstance(body, list) else []
    return [{k: v for k, v in row.items() if not k.endswith("_count")} for row in rows]


_STATUS = r"/api/v1/statuses/(\d+)"
_ROUTES: tuple[tuple[str, str, str, Callable[[Call], tuple[int, Any]]], ...] = (
    ("GET", "/api/v1/accounts/verify_credentials", "read", me),
    ("GET", r"/api/v1/accounts/(\d+)/statuses", "read", listed),
    ("POST", "/api/v2/media", "write:media", upload),
    ("GET", r"/api/v1/media/(\d+)", "write:media", medium),
    ("POST", "/api/v1/statuses", "write:statuses", create),
    ("GET", "/api/v1/statuses", "read", several),
    ("GET", _STATUS, "read", one),
    ("GET", f"{_STATUS}/context", "read", context),
    ("PUT", _STATUS, "write:statuses", edit),
    ("DELETE", _STATUS, "write:statuses", delete),
)
