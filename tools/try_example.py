"""Builds the example adapter, installs it beside campaignbot's wheel, and runs its tests there.

The environment is new but for the libraries, which are those of the environment that runs this:
nothing is downloaded. Run by `make example`, which builds campaignbot's own wheel first.
"""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "examples" / "campaignbot-mastodon"
_FROM_THE_WHEEL = """
import campaignbot, sys
from campaignbot.platforms.registry import platform_names
assert campaignbot.__file__.startswith(sys.prefix), campaignbot.__file__
assert "mastodon" in platform_names(), platform_names()
"""


def main() -> int:
    """Return the exit code of the example's tests."""
    with tempfile.TemporaryDirectory() as folder:
        wheels, environment = Path(folder) / "wheels", Path(folder) / "environment"
        build: list[str | Path] = [sys.executable, "-m", "build", "--wheel", "--no-isolation"]
        _run(*build, "--outdir", wheels, EXAMPLE)
        _run(sys.executable, "-m", "venv", "--without-pip", environment)
        python = environment / "bin" / "python"
        site = next(environment.glob("lib/python*/site-packages"))
        # Packages alone: the files beside them that put the checkout on the path are not followed.
        (site / "libraries.pth").write_text(f"{sysconfig.get_path('purelib')}\n")
        built = [*wheels.glob("*.whl"), *(ROOT / "dist").glob("campaignbot-*.whl")]
        pip: list[str | Path] = [
            sys.executable,
            "-m",
            "pip",
            "--python",
            python,
            "--disable-pip-version-check",
        ]
        _run(*pip, "install", "--quiet", "--no-deps", "--no-index", *built)
        _run(python, "-c", _FROM_THE_WHEEL)
        tests = [python, "-m", "pytest", "-q", "-n", "2", "-p", "no:cacheprovider"]
        return subprocess.run(list(map(str, tests)), cwd=EXAMPLE).returncode


def _run(*command: str | Path) -> None:
    subprocess.run(list(map(str, command)), check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(main())
