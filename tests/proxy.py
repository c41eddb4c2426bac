"""A network between program and server that can be cut, or swallow everything without a word."""

from __future__ import annotations

import socket
from contextlib import suppress
from threading import Event, Lock, Thread


class Proxy:
    """Passes bytes on to a port of this machine; `url` puts it into an address."""

    def __init__(self, target_port: int) -> None:
        self._target_port = target_port
        self._swallowing = Event()
        self._sockets: set[socket.socket] = set()
        self._lock = Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.swallowed = Event()
        Thread(target=self._accept, name="proxy", daemon=True).start()

    def url(self, url: str) -> str:
        """Return the URL with the way through this proxy."""
        return url.replace(f":{self._target_port}/", f":{self.port}/")

    def swallow(self) -> None:
        """From now on take everything, confirm it, and pass nothing on, either way."""
        self.swallowed.clear()
        self._swallowing.set()

    def cut(self) -> None:
        """End all connections at once, as a router does that restarts."""
        with self._lock:
            cut, self._sockets = self._sockets, set()
        for end in cut:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        """Work again, for connections that are made from now on."""
        self._swallowing.clear()
        self.cut()

    def close(self) -> None:
        # A thread that waits in accept is woken by this, not by closing.
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", self._target_port))
            except OSError:
                near.close()
                continue
            with self._lock:
                self._sockets |= {near, far}
            Thread(target=self._pass_on, args=(near, far), daemon=True).start()
            Thread(target=self._pass_on, args=(far, near), daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if self._swallowing.is_set():
                    self.swallowed.set()
                    continue
                sink.sendall(data)
        if not self._swallowing.is_set():
            with suppress(OSError):
                sink.shutdown(socket.SHUT_RDWR)
        source.close()
