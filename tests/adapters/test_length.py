"""The weighted length of a post on X, by the published rules; every example is our own."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaignbot_x.length import weighted_length


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("gemeente", 8),
        ("ambtenaar\u2019s eind\u2014streep", 23),
        ("é", 1),
        ("e\u0301", 1),
        ("€ 4.241", 8),
        ("水利", 4),
        ("🌊", 2),
        ("👩‍👩‍👧", 2),
        ("👍🏽", 2),
        ("🇳🇱", 2),
        ("1️⃣", 2),
        ("https://werkenbij.voorbeeld.example/vacature?utm_id=12345678&utm_source=x", 23),
        ("Zie https://voorbeeld.example.", 28),
        ("https://a.example en https://b.example/zeer/lang/pad/naar/iets", 50),
        ("http://kort.nl", 23),
    ],
)
def test_by_the_table(text: str, length: int) -> None:
    assert weighted_length(text) == length


@given(st.text(max_size=80))
def test_composed_and_decomposed_texts_count_alike(text: str) -> None:
    decomposed = unicodedata.normalize("NFD", text)
    assert weighted_length(decomposed) == weighted_length(unicodedata.normalize("NFC", text))


@given(st.text(st.characters(max_codepoint=4351, exclude_categories=["Cs"]), max_size=40))
def test_light_characters_never_count_more_than_one(text: str) -> None:
    assert weighted_length(text) <= len(unicodedata.normalize("NFC", text)) + 23 * text.count(
        "http"
    )
