"""The help of the commands, as it stands on a narrow terminal."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.e2e.commands import commands

GROUPS = ((), ("post",), ("post", "media"), ("account",), ("alerts",), ("media",), ("report",))


@pytest.mark.parametrize("language", ["nl", "en"])
def test_no_command_is_told_in_half_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    told = commands(tmp_path, *(((*group, "--help"), "") for group in GROUPS), language=language)
    lines = [line for ran in told for line in ran.out.splitlines()[1:]]
    assert sum(line.startswith("  ") for line in lines) > 40
    assert not [line for line in lines if line.endswith("...")]
