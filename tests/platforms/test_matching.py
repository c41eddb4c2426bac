"""Whether followers can read a text to its end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaignbot.platforms.matching import ends_at

LINK = "https://werkenbij.voorbeeld.example/vacature?utm_id=abc12345"
SENT = f"Kom werken aan de dijk (32 uur) bij het mooiste waterschap.\n\n{LINK}"


@pytest.mark.parametrize(
    ("shown", "end"),
    [
        (SENT, None),
        (SENT.upper().replace("HTTPS", "https"), None),
        (SENT.replace("\n\n", " "), None),
        (SENT.replace(LINK, "https://lnkd.in/abc"), None),
        (f"{SENT} https://t.co/beeld", None),
        (SENT.replace("werken aan", "werken &amp; aan"), None),
        ("Kom werken aan de dijk ", "Kom werken aan de dijk"),
        (SENT.removesuffix(LINK), "(32 uur) bij het mooiste waterschap."),
        ("", ""),
    ],
)
def test_a_text_without_its_end_is_told_by_its_last_words(shown: str, end: str | None) -> None:
    told = ends_at(SENT, shown)
    assert told == end or (end is not None and told is not None and told.endswith(end))


@given(st.text(st.characters(exclude_categories=["Cs", "Zs", "Cc"]), min_size=60), st.data())
def test_whatever_is_cut_off_the_end_is_missed(text: str, data: st.DataObject) -> None:
    cut = data.draw(st.integers(1, 20))
    assert ends_at(text, text) is None
    assert ends_at(f"{text}, en dat is het einde van dit bericht", text[:-cut]) is not None
