"""Runs commands in one process: a list of [arguments, standard input] as JSON on standard input.

Prints a list of [exit code, standard output, standard error].
"""

from __future__ import annotations

import json
import sys
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO

from campaignbot.cli.app import main


def run(arguments: list[str], stdin: str) -> tuple[int, str, str]:
    out, err, code = StringIO(), StringIO(), 0
    sys.argv, sys.stdin = ["campaignbot", *arguments], StringIO(stdin)
    with redirect_stdout(out), redirect_stderr(err):
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
    return code, out.getvalue(), err.getvalue()


if __name__ == "__main__":
    commands = json.load(sys.stdin)
    print(json.dumps([run(*command) for command in commands]))
