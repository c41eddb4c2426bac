"""The hands of a person at the keyboard."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from typing import Any

from textual.pilot import Pilot

_READING = frozenset({"queue", "items", "read", "holds", "calendar"})


async def press(pilot: Pilot[Any], *keys: str) -> None:
    """Press keys, each once the screen shows what the one before led to.

    A key may open a dialog that its worker waits for, so only what is being read is awaited.
    """
    await _until_done(pilot, _READING)
    for key in keys:
        await pilot.press(key)
        await pilot.pause()
        await _until_done(pilot, _READING)


async def settle(pilot: Pilot[Any]) -> None:
    """Let everything come to its end."""
    await _until_done(pilot, None)


async def _until_done(pilot: Pilot[Any], groups: Collection[str] | None) -> None:
    """Wait until nothing runs, nor follows from what ended: a message may start the next."""
    quiet = 0
    while quiet < 3:
        await pilot.pause()
        running = any(
            not worker.is_finished and (groups is None or worker.group in groups)
            for worker in pilot.app.workers
        )
        quiet = 0 if running else quiet + 1


def walk(*keys: str) -> Callable[[Pilot[Any]], Awaitable[None]]:
    """Return what brings a screen to where its picture is taken."""

    async def there(pilot: Pilot[Any]) -> None:
        await press(pilot, *keys)

    return there
