"""Prints which adapter passes which case: python -m tests.adapters [--json] [PLATFORM …].

See `make conformance`. The platforms are those of the sandbox; each case begins with an empty one.
"""

from __future__ import annotations

import json
import logging
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import structlog
from tests.adapters.stand import IDS, VARIANTS, SandboxStand, sandbox_accounts

from campaignbot.platforms.conformance import TOPICS, Case, Result, Verdict, run, table
from campaignbot.sandbox import Sandbox

_AT_ONCE = 4


class _OwnStand(SandboxStand):
    """A stand that begins and ends its own sandbox."""

    def __init__(self, name: str, folder: Path) -> None:
        sandbox = Sandbox()
        sandbox.seed_accounts(sandbox_accounts())
        sandbox.start()
        super().__init__(name, sandbox, folder)
        self._undo.append(sandbox.stop)


def main() -> int:
    """Run every case on every platform; exit code 1 when an adapter does not conform."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    names = [name for name in sys.argv[1:] if not name.startswith("-")] or [*IDS, *VARIANTS]
    if unknown := set(names) - {*IDS, *VARIANTS}:
        sys.exit(f"no such platform in the sandbox: {', '.join(sorted(unknown))}")
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(_AT_ONCE) as pool:
        results = list(pool.map(lambda at: _result(Path(folder), *at), enumerate(_rows(names))))
    if "--json" in sys.argv:
        print(json.dumps([result.to_json() for result in results], indent=2, ensure_ascii=False))
    else:
        print(table(results))
    return 1 if any(result.verdict is Verdict.FAILED for result in results) else 0


def _rows(names: list[str]) -> Iterator[tuple[str, Case, str]]:
    for topic, cases in TOPICS.items():
        for case in cases:
            for name in names:
                yield topic, case, name


def _result(folder: Path, number: int, row: tuple[str, Case, str]) -> Result:
    topic, case, name = row
    result = run(topic, case, lambda: _OwnStand(name, folder / str(number)))
    return replace(result, platform=name)


if __name__ == "__main__":
    sys.exit(main())
