"""What the tests of adapters share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.adapters.linkedin_page import Page

from campaignbot.sandbox import Sandbox


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    """A page on the practice LinkedIn, on which nothing was published yet."""
    sandbox = Sandbox()
    sandbox.start()
    opened = Page(sandbox, tmp_path)
    yield opened
    opened.adapter.close()
    sandbox.stop()
