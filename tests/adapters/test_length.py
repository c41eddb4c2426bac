"""The weighted length of a post on X, by the published rules; every example is our own."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from campaignbot_x.addresses import addresses
from campaignbot_x.length import weighted_length

LINK = "https://werkenbij.voorbeeld.example/vacature?utm_id=12345678&utm_source=x"


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
        ("👩🏾‍🚒 en 👨‍🌾", 8),
        ("🇳🇱", 2),
        ("1️⃣", 2),
        ("© 2026", 6),
        ("©\ufe0f 2026", 7),
        # No country, no sequence: X draws the parts.
        ("🇽🇽", 4),
        # Two pictures and a joiner between them that belong to no emoji.
        ("🌊\u200d🌊", 5),
        # Newer than the emoji that X draws as one.
        ("🐦\u200d🔥", 5),
        (LINK, 23),
        ("Zie https://voorbeeld.example.", 28),
        ("https://a.example en https://b.example/zeer/lang/pad/naar/iets", 50),
        ("http://kort.nl", 23),
        ("Kijk op werkenbijwaterrijk.nl of bel.", 8 + 23 + 8),
        ("werkenbij.nl/vacatures/adviseur?nr=7", 23),
        ("Mail naar team@waterrijk.nl", 27),
        ("Loon naar schaal 10.Bel ons.", 28),
        ("versie 2.0 m.b.t. o.a. Node.js", 30),
    ],
)
def test_by_the_table(text: str, length: int) -> None:
    assert weighted_length(text) == length


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Zie www.waterrijk.nl.", ["www.waterrijk.nl"]),
        ("(waterrijk.nl)", ["waterrijk.nl"]),
        ("WATERRIJK.NL nu", ["WATERRIJK.NL"]),
        ("waterrijk.amsterdam/werk", ["waterrijk.amsterdam/werk"]),
        ("https://waterrijk.nl:8443/a_(b)c, ja", ["https://waterrijk.nl:8443/a_(b)c"]),
        ("https://xn--mnchen-3ya.de/", ["https://xn--mnchen-3ya.de/"]),
        ("https://münchen.de en münchen.de", ["https://münchen.de", "münchen.de"]),
        # Without a scheme only Latin letters make an address.
        ("россия.рф", []),
        ("https://россия.рф", ["https://россия.рф"]),
        ("naam_van.iets.nl", ["van.iets.nl"]),
        ("https://naam_van.iets.nl", ["https://naam_van.iets.nl"]),
        ("iets.naam_van.nl", []),
        ("@waterrijk.nl #werk.nl $geld.nl", []),
        ("waterrijk.nlx en waterrijk.nl@elders", []),
        (f"https://{'a' * 64}.nl", []),
        ("einde.Begin", []),
        ("", []),
    ],
)
def test_addresses_with_and_without_a_scheme(text: str, found: list[str]) -> None:
    assert [text[one.start : one.end] for one in addresses(text)] == found


WORDS = st.text(max_size=30) | st.sampled_from(
    [LINK, "waterrijk.nl/werk", "👩‍🚒", "🇳🇱", "1️⃣", "e\u0301", "水", "..", "https://", "\u200d"]
)
TEXTS = st.lists(WORDS, max_size=6).map("".join)


@given(TEXTS)
def test_composed_and_decomposed_texts_count_alike(text: str) -> None:
    decomposed = unicodedata.normalize("NFD", text)
    assert weighted_length(decomposed) == weighted_length(unicodedata.normalize("NFC", text))


@given(TEXTS, TEXTS)
@example("waterrijk", "nl")
def test_what_a_space_parts_is_counted_apart(one: str, other: str) -> None:
    assert weighted_length(f"{one} {other}") == weighted_length(one) + 1 + weighted_length(other)


@given(TEXTS)
def test_no_character_counts_more_than_two_but_for_addresses(text: str) -> None:
    composed = unicodedata.normalize("NFC", text)
    found = addresses(composed)
    outside = len(composed) - sum(one.end - one.start for one in found)
    assert weighted_length(text) <= 2 * outside + 23 * len(found)


@given(TEXTS)
def test_addresses_follow_on_each_other(text: str) -> None:
    found = addresses(text)
    assert all(0 <= one.start < one.end <= len(text) for one in found)
    assert all(one.end < following.start for one, following in pairwise(found))


@given(st.text(st.characters(max_codepoint=4351, exclude_categories=["Cs"]), max_size=40))
@example("U\u0330")
def test_light_characters_count_one_each_but_for_addresses(text: str) -> None:
    """Two light characters can compose to a heavy one: U and U+0330 are U+1E74."""
    composed = unicodedata.normalize("NFC", text)
    found = addresses(composed)
    covered = {place for one in found for place in range(one.start, one.end)}
    weights = [1 if ord(c) <= 4351 else 2 for n, c in enumerate(composed) if n not in covered]
    assert weighted_length(text) == sum(weights) + 23 * len(found)


@pytest.mark.parametrize("piece", ["a.", "nl.", "の.", "a-", "x.nl/(a", "(", "x.nl/!", "👨‍👩‍👧‍👦"])
def test_a_long_text_is_counted_as_the_sum_of_its_parts(piece: str) -> None:
    # Ten thousand characters: what looks again at all that it saw would not come to an end.
    many = " ".join([piece] * 5000)
    assert weighted_length(many) == 5000 * weighted_length(piece) + 4999
    weighted_length(piece * 5000)
