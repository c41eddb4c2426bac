"""What the tests of adapters share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.adapters.linkedin_page import Page
from tests.adapters.meta import Meta, meta_stand
from tests.adapters.stand import running_sandbox

from campaignbot.sandbox import Sandbox


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with running_sandbox() as running:
        yield running


@pytest.fixture
def meta(tmp_path: Path) -> Iterator[Meta]:
    with meta_stand(tmp_path) as stand:
        yield stand


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    """A page on the practice LinkedIn, on which nothing was published yet."""
    sandbox = Sandbox()
    sandbox.start()
    opened = Page(sandbox, tmp_path)
    yield opened
    opened.adapter.close()
    sandbox.stop()
