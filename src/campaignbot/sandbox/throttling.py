"""What each platform says of its rate limits: in the headers of answers, and in refusals."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any

from aiohttp import web

from campaignbot.sandbox.limits import CallLimit, Reading

RETRY_AFTER = timedelta(seconds=120)
_BUSINESS_TYPE = {"facebook": "pages", "instagram": "instagram"}
_X_DAY = 86_400
ODD = {
    "x-rate-limit-remaining": "many",
    "x-rate-limit-reset": "soon",
    "x-app-limit-24hour-remaining": "-",
    "x-app-limit-24hour-reset": "9" * 30,
    "X-App-Usage": '{"call_count": "few", "total_time": NaN}',
    "X-Business-Use-Case-Usage": '{"1": [{"type": "pages"}, 7], "2": null}',
    "Retry-After": "later",
}
"""Headers that nobody can read."""


def told(platform: str, account: str, readings: Sequence[Reading], now: datetime) -> dict[str, str]:
    """Return the headers that an answer carries; LinkedIn documents none."""
    match platform:
        case "x":
            return {k: v for reading in readings for k, v in _x_headers(reading).items()}
        case "facebook" | "instagram":
            return _meta_headers(platform, account, readings, now)
        case _:
            return {}


def _x_headers(reading: Reading) -> dict[str, str]:
    name = "x-rate-limit"
    if reading.limit.window_s == _X_DAY:
        name = "x-app-limit-24hour" if reading.limit.owner == "app" else "x-user-limit-24hour"
    return {
        f"{name}-limit": str(reading.limit.allowed),
        f"{name}-remaining": str(reading.remaining),
        f"{name}-reset": str(math.ceil(reading.resets_at.timestamp())),
    }


def _meta_headers(
    platform: str, account: str, readings: Sequence[Reading], now: datetime
) -> dict[str, str]:
    headers = {}
    for reading in readings:
        usage: dict[str, Any] = {
            "call_count": reading.percent,
            "total_cputime": reading.percent // 2,
            "total_time": reading.percent // 2,
        }
        if reading.limit.owner == "app":
            headers["X-App-Usage"] = json.dumps(usage)
            continue
        wait = (reading.resets_at - now).total_seconds() / 60 if not reading.remaining else 0
        usage["estimated_time_to_regain_access"] = math.ceil(wait)
        row = {"type": _BUSINESS_TYPE[platform], **usage}
        headers["X-Business-Use-Case-Usage"] = json.dumps({account: [row]})
    return headers


def refusal_of(
    platform: str, account: str, readings: Sequence[Reading], now: datetime
) -> web.Response:
    """Answer a call for which a limit was used up already."""
    spent = next(reading for reading in readings if reading.refused)
    answer = refusal(platform, spent.limit.owner)
    answer.headers.update(waiting(platform, account, readings, spent.limit.tells, now))
    return answer


def waiting(
    platform: str, account: str, readings: Sequence[Reading], tells: str, now: datetime
) -> dict[str, str]:
    """Return the headers with which a refusal says when to come back."""
    match tells:
        case "retry_after":
            return {"Retry-After": str(int(RETRY_AFTER.total_seconds()))}
        case "retry_after_date":
            return {"Retry-After": format_datetime(now + RETRY_AFTER, usegmt=True)}
        case "odd":
            return ODD
        case "reset":
            return told(platform, account, readings, now)
        case _:
            return {}


def used_up(platform: str, now: datetime) -> list[Reading]:
    """Return the reading of an account that has used up what the platform allows it."""
    window_s = 900 if platform == "x" else 3600
    limit = CallLimit(platform, "any", "account", 100, window_s)
    return [Reading(limit, 100, now + timedelta(seconds=window_s), refused=True)]


def refusal(platform: str, owner: str) -> web.Response:
    """Answer as the platform does when there were too many calls, without any header."""
    match platform:
        case "linkedin":
            whose = "APPLICATION" if owner == "app" else "MEMBER"
            body: dict[str, Any] = {
                "status": 429,
                "serviceErrorCode": 101,
                "code": "TOO_MANY_REQUESTS",
                "message": f"Resource level throttle {whose} DAY limit for calls to this "
                "resource is reached.",
            }
            return web.json_response(body, status=429)
        case "facebook" | "instagram":
            code, message = _meta_words(platform, owner)
            body = {"message": message, "type": "OAuthException", "code": code}
            return web.json_response({"error": {**body, "fbtrace_id": "sandbox"}}, status=400)
        case _:
            body = {
                "title": "Too Many Requests",
                "detail": "Too Many Requests",
                "type": "about:blank",
                "status": 429,
            }
            return web.json_response(body, status=429)


def _meta_words(platform: str, owner: str) -> tuple[int, str]:
    if owner == "app":
        return 4, "(#4) Application request limit reached"
    code, what = (80002, "Instagram") if platform == "instagram" else (80001, "Page")
    return code, (
        f"(#{code}) There have been too many calls to this {what} account. Wait a bit and try "
        "again. For more info, please refer to "
        "https://developers.facebook.com/docs/graph-api/overview/rate-limiting."
    )
