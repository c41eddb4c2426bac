"""LinkedIn's little text: what is sent comes back as it was written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaignbot.sandbox.linkedin_text import shown
from campaignbot_linkedin.littletext import escape, unescape

RESERVED = "|{}@[]()<>#\\*_~"
texts = st.text(st.sampled_from(RESERVED + "ab Zé€\n#1"), max_size=60) | st.text(max_size=60)


@given(texts)
def test_unescaping_gives_back_every_text(text: str) -> None:
    assert unescape(escape(text)) == text


@given(texts)
def test_followers_read_the_whole_text(text: str) -> None:
    """The sandbox cuts at an unescaped character, as LinkedIn does, by its own reading."""
    assert shown(escape(text)) == text


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
