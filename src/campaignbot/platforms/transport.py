"""A transport that logs each request and its outcome."""

from __future__ import annotations

import time
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from campaignbot.platforms.calls import CallLog


class LoggingTransport(HTTPAdapter):
    """Sends as requests does, and tells what came of it, also when nothing came back."""

    def __init__(self, calls: CallLog, platform: str) -> None:
        super().__init__()
        self._calls, self._platform = calls, platform

    def send(
        self, request: requests.PreparedRequest, *args: Any, **kwargs: Any
    ) -> requests.Response:
        began = time.monotonic()
        try:
            answer = super().send(request, *args, **kwargs)
        except requests.RequestException as error:
            took = time.monotonic() - began
            self._calls.note(self._platform, request, took, None, type(error).__name__)
            raise
        took = time.monotonic() - began
        self._calls.note(self._platform, request, took, answer, str(answer.status_code))
        return answer
