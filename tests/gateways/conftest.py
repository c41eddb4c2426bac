"""A picture that waits to be put on the web."""

from __future__ import annotations

from pathlib import Path

import pytest

from campaignbot.domain.content import MediaItem
from campaignbot.gateways.media import MediaStore

PICTURE = b"\xff\xd8\xff no real picture, but bytes"


@pytest.fixture
def store(tmp_path: Path) -> MediaStore:
    return MediaStore(tmp_path / "media")


@pytest.fixture
def item(store: MediaStore) -> MediaItem:
    return MediaItem(store.put(PICTURE, "image/jpeg"), "image/jpeg", 320, 320, "Een vlak.")
