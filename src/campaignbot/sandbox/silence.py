"""Answers of a platform that has no numbers (yet) for the posts that it was asked about."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web


def without_numbers(answer: web.StreamResponse) -> web.StreamResponse:
    """Return an answer to a question for statistics with every number left out.

    LinkedIn and Meta leave out the rows, X the fields of its rows.
    """
    if not isinstance(answer, web.Response) or answer.status != 200 or not answer.text:
        return answer
    body: Any = json.loads(answer.text)
    if not isinstance(body, dict):
        return answer
    if "elements" in body:
        body["elements"] = []
    if isinstance(body.get("data"), list):
        body["data"] = [_of_x(row) for row in body["data"] if "values" not in row]
    return web.json_response(body)


def _of_x(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if not name.endswith("_metrics")}
