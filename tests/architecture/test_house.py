"""The house: what is generated is fresh, importing does nothing, commands load what they use."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tools.generate_schemas import FOLDER, schemas

HEAVY = {"sqlalchemy", "PIL", "textual", "aiohttp", "tweepy", "facebook_business", "extruct"}
ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", sorted(schemas()))
def test_the_schemas_are_fresh(name: str) -> None:
    told = "run: python tools/generate_schemas.py"
    assert (FOLDER / name).read_text(encoding="utf-8") == schemas()[name], told


def loaded_by(code: str) -> set[str]:
    """Return the heavy packages that some code loads, in a process of its own."""
    program = f"{code}\nimport sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return {name.partition(".")[0] for name in done.stdout.split()} & HEAVY


def test_help_loads_none_of_the_heavy_libraries() -> None:
    assert loaded_by("import campaignbot.cli.app") == set()


def test_the_platforms_are_known_without_their_sdks() -> None:
    code = (
        "from campaignbot.platforms.registry import load_platform, platform_names\n"
        "for name in platform_names(): load_platform(name)"
    )
    assert loaded_by(code) == set()


def test_importing_opens_nothing() -> None:
    """No module of ours connects to a database or a server when it is imported.

    Binding is not watched: urllib3 tries at import whether the machine has IPv6.
    """
    code = (
        "import pkgutil, sys, importlib, campaignbot\n"
        "opened = []\n"
        "def watch(event, args):\n"
        "    if event in {'socket.connect', 'sqlite3.connect'}:\n"
        "        opened.append(event)\n"
        "sys.addaudithook(watch)\n"
        "for module in pkgutil.walk_packages(campaignbot.__path__, 'campaignbot.'):\n"
        "    if 'migrations' not in module.name and not module.name.endswith('__main__'):\n"
        "        importlib.import_module(module.name)\n"
        "assert not opened, opened"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
