"""Adapters that somebody else made: what is said when one cannot be used."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from campaignbot.domain.errors import Problem, UserError
from campaignbot.platforms.protocol import Platform
from campaignbot.platforms.registry import load_platform, loadable_platforms, platform_names
from campaignbot.starter import make_workdir


def install(site: Path, package: str, entry: str, module: str = "") -> None:
    """Lay a package down as pip would, with one adapter and its module."""
    folder = site / f"{package.replace('-', '_')}-1.0.dist-info"
    folder.mkdir(parents=True)
    (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
    (folder / "entry_points.txt").write_text(f"[campaignbot.adapters]\n{entry}\n")
    if module:
        (site / f"{package.replace('-', '_')}.py").write_text(module)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def refused(name: str) -> Problem:
    with pytest.raises(UserError) as caught:
        load_platform(name)
    (problem,) = caught.value.problems
    assert problem.remedy is not None
    return problem


@pytest.mark.parametrize(
    ("module", "says"),
    [
        ("import something_that_nobody_installed", "something_that_nobody_installed"),
        ("def (", "SyntaxError"),
        ("raise RuntimeError('no licence')", "no licence"),
        ("OTHER = 1", "PLATFORM"),
    ],
)
def test_an_adapter_that_cannot_be_imported_is_named_with_its_package(
    site: Path, module: str, says: str
) -> None:
    install(site, "their-adapter", "theirs = their_adapter:PLATFORM", module)
    sys.modules.pop("their_adapter", None)
    problem = refused("theirs")
    assert problem.what.key == "platform.broken"
    assert problem.what.params["package"] == "their-adapter"
    assert says in str(problem.what.params["reason"])


def test_what_is_no_adapter_is_named_with_its_package(site: Path) -> None:
    install(site, "odd-adapter", "odd = odd_adapter:PLATFORM", "PLATFORM = 'odd'")
    problem = refused("odd")
    assert problem.what.key == "platform.not_one"
    assert problem.what.params["value"] == "odd_adapter:PLATFORM"


def test_two_adapters_of_one_name_are_told_apart_by_their_packages(site: Path) -> None:
    install(site, "second-linkedin", "linkedin = second_linkedin:PLATFORM", "PLATFORM = None")
    problem = refused("linkedin")
    assert problem.what.key == "platform.twice"
    assert problem.what.params["packages"] == "campaignbot, second-linkedin"


def test_a_broken_adapter_that_nobody_uses_stands_in_no_ones_way(site: Path) -> None:
    install(site, "unused-adapter", "unused = unused_adapter:PLATFORM", "import nothing_like_it")
    assert "unused" in platform_names()
    found = loadable_platforms()
    assert "unused" not in found and isinstance(found["linkedin"], Platform)


def test_a_command_that_needs_a_broken_adapter_ends_with_what_to_do(
    tmp_path: Path,
) -> None:
    site, workdir = tmp_path / "site", tmp_path / "work"
    make_workdir(workdir)
    install(site, "their-adapter", "theirs = their_adapter:PLATFORM", "import not_installed_here")
    accounts = workdir / "config" / "accounts.yaml"
    written = accounts.read_text(encoding="utf-8")
    accounts.write_text(written.replace("platform: linkedin", "platform: theirs"), "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "campaignbot", "--workdir", str(workdir), "status"],
        env={
            **os.environ,
            "PYTHONPATH": str(site),
            "CAMPAIGNBOT_LANG": "nl",
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2, done.stderr
    assert "their-adapter" in done.stderr and "not_installed_here" in done.stderr
    assert "pip install" in done.stderr and "Traceback" not in done.stderr
