"""Batches: many requests to the Graph in one call, each answered by itself.

https://developers.facebook.com/docs/graph-api/batch-requests (read 2026-11-25). Requests that
depend on one another, and files that go with one, are not imitated.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from campaignbot.sandbox.graph import BASE, VERSIONS, graph_error, params_of
from campaignbot.sandbox.http import PARTS, Handler, bearer, carry_out, parts_of, struck_by

MOST = 50
_WRONG_TOKEN = 190


def routes() -> list[web.RouteDef]:
    return [web.post(BASE, batch), web.post(BASE + "/", batch)]


@web.middleware
async def unfold(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Take a batch apart before anything looks at it: what it does is what stands in it."""
    if request.match_info.handler is batch:
        # A request can be cloned only as long as nobody has read its body.
        blank, values = request.clone(), await params_of(request)
        rows = _rows(values)
        if not isinstance(rows, web.Response):
            request[PARTS] = [await _part(request, blank, row, values) for row in rows]
    return await handler(request)


async def batch(request: web.Request) -> web.Response:
    if request.match_info["version"] not in VERSIONS:
        return graph_error(2635, "(#2635) You are calling a deprecated version of the API.")
    values = await params_of(request)
    if not (bearer(request) or values.get("access_token")):
        return graph_error(2500, "An access token is required to request this resource.")
    rows = _rows(values)
    if isinstance(rows, web.Response):
        return rows
    # What Meta has no time for is not carried out, and its answer is null.
    finished = len(rows) // 2 if struck_by(request) == "unfinished" else len(rows)
    answers = [await _answer(part) for part in parts_of(request)[:finished]]
    if answers and all(_refuses_the_token(answer) for answer in answers):
        # Refused for the whole, once.
        return answers[0]
    with_headers = str(values.get("include_headers", "true")).lower() not in {"false", "0"}
    told = [_told(answer, with_headers) for answer in answers]
    return web.json_response([*told, *[None] * (len(rows) - finished)])


def _rows(values: Mapping[str, Any]) -> list[dict[str, str]] | web.Response:
    try:
        rows = json.loads(str(values.get("batch")))
    except ValueError:
        rows = None
    if not isinstance(rows, list) or not all(_is_request(row) for row in rows):
        return _refusal("batch parameter must be a JSON array")
    if len(rows) > MOST:
        return _refusal(f"Too many requests in batch message. Maximum batch size is {MOST}")
    return rows


def _is_request(row: Any) -> bool:
    return isinstance(row, dict) and all(
        isinstance(row.get(name), str) for name in ("method", "relative_url")
    )


def _refusal(message: str) -> web.Response:
    error = {"message": message, "type": "GraphBatchException", "fbtrace_id": "sandbox"}
    return web.json_response({"error": error}, status=400)


async def _part(
    request: web.Request, blank: web.Request, row: Mapping[str, str], values: Mapping[str, Any]
) -> web.Request:
    """Return one of the requests as if it had come by itself, with the handler that answers it."""
    address = row["relative_url"].lstrip("/")
    if address.partition("/")[0] not in VERSIONS:
        address = f"{request.match_info['version']}/{address}"
    if row.get("body"):
        # The Graph takes parameters from the address and from the body alike.
        address += ("&" if "?" in address else "?") + row["body"]
    headers = {"Host": request.host}
    token = bearer(request) or values.get("access_token")
    if token and "access_token=" not in address:
        headers["Authorization"] = f"Bearer {token}"
    part = blank.clone(method=row["method"], rel_url=f"/facebook/{address}", headers=headers)
    found = await request.app.router.resolve(part)
    found.add_app(request.app)
    # As the application does with a request of its own: there is no other way in.
    part._match_info = found
    return part


async def _answer(part: web.Request) -> web.Response:
    try:
        answer = await carry_out(part)
    except web.HTTPException:
        return graph_error(2500, f"Unknown path components: {part.path}")
    assert isinstance(answer, web.Response)
    return answer


def _refuses_the_token(answer: web.Response) -> bool:
    body = json.loads(answer.text or "null")
    error = body.get("error") if isinstance(body, dict) else None
    return isinstance(error, dict) and error.get("code") == _WRONG_TOKEN


def _told(answer: web.Response, with_headers: bool) -> dict[str, Any]:
    headers = [{"name": name, "value": value} for name, value in answer.headers.items()]
    row = {"code": answer.status, "headers": headers, "body": answer.text}
    return row if with_headers else {name: row[name] for name in ("code", "body")}
