"""What an approval binds, and when two texts are the same."""

from __future__ import annotations

import json
import string
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaignbot.domain.content import Content, MediaItem, content_hash, normalise_text, text_key

ACCOUNT = UUID(int=7)
PICTURE = MediaItem("a" * 64, "image/jpeg", 1200, 627, "Een brug over de rivier")
CONTENT = Content("Een dag op de dijk", "https://waterrijk.example/?utm_id=1", (PICTURE,))

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
contents = st.builds(
    Content,
    text=texts,
    link=st.none() | texts,
    media=st.lists(
        st.builds(
            MediaItem,
            sha256=st.text("0123456789abcdef", min_size=64, max_size=64),
            mime=st.sampled_from(["image/jpeg", "image/png"]),
            width_px=st.integers(1, 5000),
            height_px=st.integers(1, 5000),
            alt_text=texts,
        ),
        max_size=3,
    ).map(tuple),
    language=st.sampled_from(["nl", "en"]),
    options=st.dictionaries(st.text(string.ascii_letters, max_size=8), texts, max_size=3),
)


@given(contents)
def test_content_survives_json_and_keeps_its_hash(content: Content) -> None:
    back = Content.from_json(json.loads(json.dumps(content.to_json())))
    assert back == content
    assert content_hash(back, ACCOUNT) == content_hash(content, ACCOUNT)


@pytest.mark.parametrize(
    "changed",
    [
        replace(CONTENT, text="Een dag op de dijk."),
        replace(CONTENT, link=None),
        replace(CONTENT, media=()),
        replace(CONTENT, media=(replace(PICTURE, alt_text="Een brug"),)),
        replace(CONTENT, media=(replace(PICTURE, sha256="b" * 64),)),
        replace(CONTENT, language="en"),
        replace(CONTENT, options={"who": "de redactie"}),
    ],
)
def test_every_change_of_content_changes_the_hash(changed: Content) -> None:
    assert content_hash(changed, ACCOUNT) != content_hash(CONTENT, ACCOUNT)


def test_the_same_content_on_another_account_has_another_hash() -> None:
    assert content_hash(CONTENT, UUID(int=8)) != content_hash(CONTENT, ACCOUNT)


def test_the_order_of_options_does_not_change_the_hash() -> None:
    one = replace(CONTENT, options={"a": "1", "b": "2"})
    other = replace(CONTENT, options={"b": "2", "a": "1"})
    assert content_hash(one, ACCOUNT) == content_hash(other, ACCOUNT)


def test_the_order_of_pictures_changes_the_hash() -> None:
    second = replace(PICTURE, sha256="b" * 64)
    one = replace(CONTENT, media=(PICTURE, second))
    other = replace(CONTENT, media=(second, PICTURE))
    assert content_hash(one, ACCOUNT) != content_hash(other, ACCOUNT)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Kom langs", "  kom\n LANGS "),
        ("Caf\u00e9 open", "Cafe\u0301 open"),
        ("een\u00a0twee", "een twee"),
        ("STRASSE", "straße"),
    ],
)
def test_texts_that_read_the_same_have_one_key(one: str, other: str) -> None:
    assert text_key(one) == text_key(other)


def test_texts_in_other_words_have_other_keys() -> None:
    assert text_key("Kom langs") != text_key("Kom eens langs")


@given(texts)
def test_normalising_twice_changes_nothing_but_accents_of_folded_letters(text: str) -> None:
    assert normalise_text(normalise_text(text).upper().lower()).count("  ") == 0
    assert text_key(f" {text}\n") == text_key(text)
