"""LinkedIn's little text: what is sent comes back as it was written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaignbot.sandbox.linkedin_text import shown
from campaignbot_linkedin.littletext import escape, is_reserved, unescape

RESERVED = "|{}@[]()<>#\\*_~"
letters = st.sampled_from(RESERVED + "ab Zé€\n#1")
texts = st.text(letters, max_size=60) | st.text(max_size=60)
names = st.text(letters, min_size=1, max_size=8)
urns = st.sampled_from(["urn:li:organization:12", "urn:li:person:a-B_9", "no urn", ""])


@given(texts)
def test_unescaping_gives_back_every_text(text: str) -> None:
    assert unescape(escape(text)) == text


@given(texts)
def test_followers_read_the_whole_text(text: str) -> None:
    """The sandbox cuts at an unescaped character, as LinkedIn does, by its own reading."""
    assert shown(escape(text)) == text


@given(st.lists(texts | names.map("@{}".format)).map(" ".join), st.dictionaries(names, urns))
def test_mentions_change_nothing_that_is_read(text: str, mentions: dict[str, str]) -> None:
    little = escape(text, mentions)
    assert unescape(little) == text
    assert shown(little) == text


@given(texts)
def test_nothing_reserved_is_left_bare(text: str) -> None:
    little = escape(text.replace("#", ""))
    bare = [c for at, c in enumerate(little) if is_reserved(c) and not _is_escaped(little, at)]
    assert bare == []


def _is_escaped(little: str, at: int) -> bool:
    """Whether a character is escaped, or is a backslash that escapes another."""
    before = len(little[:at]) - len(little[:at].rstrip("\\"))
    return before % 2 == 1 or little[at] == "\\"


@pytest.mark.parametrize("character", RESERVED)
def test_each_reserved_character_cuts_the_text_unless_it_is_escaped(character: str) -> None:
    text = f"Voor {character} na"
    assert shown(text) == "Voor "
    assert shown(escape(text)) == text == unescape(escape(text))


WATER = {"Waterschap": "urn:li:organization:7", "Waterschap Rijk": "urn:li:organization:8"}


@pytest.mark.parametrize(
    ("text", "little"),
    [
        ("Met @Waterschap.", "Met @[Waterschap](urn:li:organization:7)."),
        ("@Waterschap Rijk!", "@[Waterschap Rijk](urn:li:organization:8)!"),
        ("@Waterschappen", r"\@Waterschappen"),
        ("mail@Waterschap", r"mail\@Waterschap"),
        ("@waterschap", r"\@waterschap"),
        ("Waterschap", "Waterschap"),
        ("#Water @Waterschap", r"{hashtag|\#|Water} @[Waterschap](urn:li:organization:7)"),
    ],
)
def test_whoever_is_mentioned_is_linked(text: str, little: str) -> None:
    assert escape(text, WATER) == little


def test_a_mention_without_an_id_of_linkedins_stays_text() -> None:
    assert escape("Met @Waterschap.", {"Waterschap": "@waterschap"}) == r"Met \@Waterschap."


@pytest.mark.parametrize(
    ("little", "text"),
    [
        (r"{hashtag|\#|Water} en #Dijk", "#Water en #Dijk"),
        ("{hashtag|#|Water}", "#Water"),
        ("{hashtag|\uff03|Water}", "\uff03Water"),
        (r"@[Water\_schap](urn:li:organization:7) \(x\)", "@Water_schap (x)"),
        ("@[Eva](urn:li:person:a1)", "@Eva"),
    ],
)
def test_every_way_in_which_linkedin_writes_an_element_is_read(little: str, text: str) -> None:
    assert unescape(little) == text


@pytest.mark.parametrize(
    ("text", "little"),
    [
        ("#Omgevingsrecht nu", r"{hashtag|\#|Omgevingsrecht} nu"),
        ("(v/m/x)", r"\(v/m/x\)"),
        ("a#b", r"a\#b"),
        ("# los", r"\# los"),
        ("#Een_Twee", r"{hashtag|\#|Een\_Twee}"),
    ],
)
def test_hashtags_stay_clickable_and_the_rest_is_escaped(text: str, little: str) -> None:
    assert escape(text) == little
