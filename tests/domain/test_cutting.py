"""A text that is cut says so."""

from __future__ import annotations

import pytest

from campaignbot.domain.messages import cut


@pytest.mark.parametrize(
    ("text", "room", "shown"),
    [
        ("Kom kijken.", 11, "Kom kijken."),
        ("Kom kijken.", 10, "Kom…"),
        ("Kom kijken bij ons", 11, "Kom kijken…"),
        ("Kom kijken bij ons", 12, "Kom kijken…"),
        ("waterschapsambtenaar", 11, "waterschap…"),
    ],
)
def test_words_stay_whole_and_what_is_left_out_is_told(text: str, room: int, shown: str) -> None:
    assert cut(text, room) == shown
    assert len(shown) <= room
