"""Reading a file for an upload, and telling how far it got."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import BinaryIO

_TELL_EVERY = 4 * 1024 * 1024
_BLOCK = 64 * 1024


class ToldFile:
    """The rest of a file from `offset`; `told` hears how much of it went out, now and then.

    What `told` raises ends the upload. The length is what is left to send: it is how the HTTP
    library learns the length of the body, so there must be no position that it could ask for.
    """

    def __init__(self, file: BinaryIO, offset: int, size: int, told: Callable[[int], None]) -> None:
        file.seek(offset)
        self._file, self._done, self._size, self._told = file, offset, size, told
        self._next = offset + _TELL_EVERY

    def __len__(self) -> int:
        return self._size - self._done

    def __iter__(self) -> Iterator[bytes]:
        while block := self.read(_BLOCK):
            yield block

    def read(self, size: int = -1) -> bytes:
        # Asked for the next part, so what was read before is on its way.
        if self._done >= self._next or self._done == self._size:
            self._told(self._done)
            self._next = self._done + _TELL_EVERY
        data = self._file.read(size)
        self._done += len(data)
        return data
