"""Prints the table of benchmarks: python -m benchmarks [--json] [GROUP …]."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from benchmarks.adapters import adapter_cpu, metrics_calls
from benchmarks.daemon import idle_daemon, punctuality
from benchmarks.figures import Figure
from benchmarks.programs import demonstration, starting
from benchmarks.publishing import claiming, publishing_rate
from benchmarks.screens import screens
from benchmarks.visuals import rendering
from benchmarks.workers import workers

GROUPS = (
    demonstration,
    publishing_rate,
    claiming,
    idle_daemon,
    punctuality,
    workers,
    adapter_cpu,
    metrics_calls,
    rendering,
    screens,
    starting,
)


def main() -> int:
    """Measure everything; exit code 1 when a target is not met."""
    figures: list[Figure] = []
    wanted = [name for name in sys.argv[1:] if not name.startswith("-")]
    for group in GROUPS:
        if wanted and group.__name__ not in wanted:
            continue
        print(f"measuring {group.__name__.replace('_', ' ')} …", file=sys.stderr)
        with tempfile.TemporaryDirectory() as folder:
            figures += group(Path(folder))
    if "--json" in sys.argv:
        print(json.dumps([figure.to_json() for figure in figures], indent=2))
    else:
        print(f"{'name':<58}{'value':>10}  {'unit':<8}{'target':>10}  met")
        for figure in figures:
            print(figure.row())
    return 0 if all(figure.met is not False for figure in figures) else 1


sys.exit(main())
