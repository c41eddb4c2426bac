"""Texts from outside: nothing that a terminal obeys, nothing that a reader does not see."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaignbot.domain.cleaning import clean, clean_content, clean_line
from campaignbot.domain.content import Content, LinkPreview, MediaItem


@pytest.mark.parametrize(
    ("dirty", "clean_text"),
    [
        ("\x1b[31mRood\x1b[0m", "Rood"),
        ("\x1b]0;titel\x07Tekst", "Tekst"),
        ("\x1b]8;;https://kwaad.example\x1b\\hier\x1b]8;;\x1b\\", "hier"),
        ("\x9b2JWeg", "Weg"),
        ("\x1bcNieuw", "Nieuw"),
        ("a\x00b\x08c\x7fd", "abcd"),
        ("van \u202erechts naar links\u202c", "van rechts naar links"),
        ("\ufeffWoord\u200bbreuk", "Woordbreuk"),
        ("twee\r\nregels\rdrie\u2028vier", "twee\nregels\ndrie\nvier"),
        ("e\u0301e\u0301n", "één"),
        ("half \ud83d paar", "half  paar"),
        ("\ufdd0niets\U0001ffff", "niets"),
    ],
)
def test_what_nobody_should_get_is_taken_out(dirty: str, clean_text: str) -> None:
    assert clean(dirty) == clean_text


@pytest.mark.parametrize(
    "text",
    [
        "Gewoon “Nederlands”: ’s middags, €\xa04.241 – café, naïef.",
        "Twee\nregels\ten een tab.",
        "👩‍👩‍👧 en 🏳️‍🌈 en ❤️ en 1️⃣ en 👍🏽",
        "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
        "नमस्ते, مرحبا, 你好",
    ],
)
def test_what_people_write_stays(text: str) -> None:
    assert clean(text) == text


@given(st.text(st.characters(codec=None)))
def test_cleaning_is_done_at_once_and_leaves_nothing_to_obey(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert not any(unicodedata.category(c) in {"Cc", "Cs"} and c not in "\n\t" for c in once)
    once.encode("utf-8")


def test_a_line_stays_one() -> None:
    assert clean_line("  een\n twee\x1b[1m ") == "een twee"


def test_every_word_of_a_content_is_cleaned() -> None:
    esc = "\x1b[5mA"
    item = MediaItem("a" * 64, "image/png", 1, 1, esc, esc)
    content = clean_content(Content(esc, media=(item,), preview=LinkPreview(esc, esc, item)))
    plain = MediaItem("a" * 64, "image/png", 1, 1, "A", "A")
    assert content == Content("A", media=(plain,), preview=LinkPreview("A", "A", plain))
