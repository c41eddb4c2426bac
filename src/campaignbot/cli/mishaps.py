"""What is said when something fails that nobody foresaw: a sentence, and a log for who mends it."""

from __future__ import annotations

import os
import tempfile
import traceback
from pathlib import Path

from campaignbot.domain.clock import SystemClock
from campaignbot.domain.errors import UserError, user_error

EXIT_CODE = 70
"""EX_SOFTWARE of sysexits.h: the fault is not in what was typed."""


def told(error: Exception, workdir: Path) -> UserError:
    """Write the traceback to a log, and return what to tell the person.

    The message of an error that is not the system's is left out: it is worded for programmers.
    """
    log = str(_log(error, workdir))
    if isinstance(error, OSError) and error.strerror:
        place = str(error.filename) if error.filename is not None else "-"
        return user_error(
            "cli.system_failed",
            remedy="cli.system_failed.remedy",
            said=error.strerror,
            path=place,
            log=log,
        )
    return user_error("cli.failed", remedy="cli.failed.remedy", kind=type(error).__name__, log=log)


def _log(error: Exception, workdir: Path) -> Path:
    """Append to `data/errors.log`; without a working folder, write a file of its own."""
    trace = "".join(traceback.format_exception(error))
    entry = f"{SystemClock().now().isoformat(timespec='seconds')}\n{trace}\n"
    log = (workdir / "data" / "errors.log").resolve()
    try:
        if log.parent.is_dir():
            with os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a") as out:
                out.write(entry)
            return log
    except OSError:
        # A full or read-only disk may be the very error that is told.
        pass
    return _log_elsewhere(entry)


def _log_elsewhere(entry: str) -> Path:
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="campaignbot-", suffix=".log", delete=False
        ) as out:
            out.write(entry)
            return Path(out.name)
    except OSError:
        return Path("-")
