"""The adapter does what campaignbot asks of every adapter."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from campaignbot.platforms.conformance import CASES, Case, NotApplicable

from stand import MastodonStand


@pytest.fixture
def stand() -> Iterator[MastodonStand]:
    opened = MastodonStand()
    yield opened
    opened.close()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_conforms(stand: MastodonStand, case: Case) -> None:
    try:
        case.run(stand)
    except NotApplicable as reason:
        pytest.skip(str(reason))
