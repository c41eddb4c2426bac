"""Every adapter runs the conformance suite against the sandbox, through its real SDK."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.adapters.stand import IDS, VARIANTS, SandboxStand, sandbox_accounts

from campaignbot.platforms.conformance import CASES, Case, NotApplicable
from campaignbot.sandbox import Sandbox


@pytest.fixture(params=sorted([*IDS, *VARIANTS]))
def stand(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SandboxStand]:
    sandbox = Sandbox()
    sandbox.seed_accounts(sandbox_accounts())
    sandbox.start()
    stand = SandboxStand(request.param, sandbox, tmp_path / "media")
    yield stand
    stand.close()
    sandbox.stop()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_conforms(stand: SandboxStand, case: Case) -> None:
    try:
        case.run(stand)
    except NotApplicable as reason:
        pytest.skip(f"{stand.platform.label}: {reason}")
