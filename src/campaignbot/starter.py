"""The starter files of a working folder, shipped with the program."""

from __future__ import annotations

import json
import re
import shutil
from importlib.resources import files
from pathlib import Path

from campaignbot.gateways.folders import not_writable
from campaignbot.gateways.login import login_name

_PARTS = ("config", "creatives", "briefs")
_MADE = ("data", "media", "reports")
SETTINGS = Path("config") / "campaignbot.yaml"
_LOGIN = re.compile(r"# login: \S+")


def starter_files() -> dict[Path, Path]:
    """Return the starter files: where each goes in a working folder, and where it comes from."""
    root = Path(str(files("campaignbot"))) / "starter"
    if not root.is_dir():
        # An editable install has no copy; the checkout around it is the starter set.
        root = Path(__file__).resolve().parents[2]
    return {
        path.relative_to(root): path
        for part in _PARTS
        for path in sorted((root / part).rglob("*"))
        if path.is_file()
    }


def make_workdir(
    workdir: Path, *, dry_run: bool = False
) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """Put the starter files into a folder; return those written and those that were there.

    A file that exists is never overwritten. The approver of new settings gets the login of whoever
    makes them, so that they can begin. UserError when the folder cannot be written.
    """
    written: list[Path] = []
    kept: list[Path] = []
    for target, source in starter_files().items():
        (kept if (workdir / target).exists() else written).append(target)
        if dry_run or (workdir / target).exists():
            continue
        try:
            (workdir / target).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, workdir / target)
            if target == SETTINGS:
                _name_login(workdir / target)
        except OSError as error:
            raise not_writable(workdir, error) from None
    if not dry_run:
        try:
            for name in _MADE:
                (workdir / name).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise not_writable(workdir, error) from None
    return tuple(written), tuple(kept)


def _name_login(settings: Path) -> None:
    """Write the login of this process where the starter settings have a place for it."""
    login = login_name()
    if login is not None:
        text = settings.read_text(encoding="utf-8")
        # Quoted: a login may look like a number.
        named = _LOGIN.sub(lambda _found: f"login: {json.dumps(login)}", text, count=1)
        settings.write_text(named, encoding="utf-8")
