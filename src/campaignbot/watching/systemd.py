"""Telling systemd how the daemon is: ready, alive, stopping (the protocol of sd_notify)."""

from __future__ import annotations

import socket
from collections.abc import Mapping

import structlog

_log = structlog.get_logger(__name__)


class Systemd:
    """Sends to the socket that systemd names in NOTIFY_SOCKET; without one, to nobody."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._address = environment.get("NOTIFY_SOCKET", "")
        self._is_ready = False

    def good_round(self, status: str) -> None:
        """Say that a round succeeded; the first time, that the daemon is ready."""
        ready = () if self._is_ready else ("READY=1",)
        self._is_ready = True
        self._send(*ready, "WATCHDOG=1", f"STATUS={status}")

    def bad_round(self, status: str) -> None:
        """Say what is wrong. The watchdog hears nothing, and restarts us if it lasts."""
        self._send(f"STATUS={status}")

    def stopping(self) -> None:
        self._send("STOPPING=1")

    def _send(self, *lines: str) -> None:
        if self._address[:1] not in {"/", "@"}:
            return
        # A leading @ stands for the zero byte of an abstract socket.
        address = "\0" + self._address[1:] if self._address[0] == "@" else self._address
        text = "\n".join(" ".join(line.split("\n")) for line in lines)
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
                out.settimeout(1.0)
                out.sendto(text.encode(), address)
        except OSError as error:
            _log.warning("systemd not told", error=error.strerror)
