"""Cases on texts: every script and sign comes back whole, is counted as the platform counts."""

from __future__ import annotations

from collections.abc import Callable

from campaignbot.platforms import outcomes
from campaignbot.platforms.conformance.acts import (
    bare,
    draft,
    find,
    publish,
    published,
    refused,
    text_of,
)
from campaignbot.platforms.conformance.stand import Case, NotApplicable, Stand

LONG = 10_000
TRICKY = (
    "Proef (met) [haken] {en} <meer> | * _ ~ @ \\ # en #WerkenVoorJou. "
    "50% & meer; \"aangehaald\" 'zo' “ja” – klaar… € 3.500,-"
)
SIGNS = {
    "ampersands": "Zorg & welzijn, R&D &amp; meer && nog &",
    "angle brackets": "Van < 30 naar > 40 uur: <strong>nu</strong> &lt;echt&gt; <3",
    "quotes and apostrophes": "\"Aan 't werk\", zei 'n collega's baas: &quot;ja&quot; ‘wel’",
}
"""What HTML gives a meaning to; some platforms hand it back escaped."""
SCRIPTS = {
    "emoji sequences": "👩‍👩‍👧 👷🏽‍♀️ 🏳️‍🌈 🇳🇱 1️⃣ ❤️ 🧑🏿‍🤝‍🧑🏻 ",
    "right-to-left texts": "עבודה בעירייה (א) وظيفة في البلدية، رقم ٢٣ \u200fab ",
    "combining marks": "e\u0301e\u0301n a\u0308rger o\u0302\u0323 n\u0303 ",
    "wide characters": "𝔘𝔫𝔦 𐍈 你好 こんにちは 한국 ",
}


def _comes_back(text: str) -> Callable[[Stand], None]:
    def run(stand: Stand) -> None:
        content = bare(stand, text.strip())
        made = published(stand, content)
        composed = stand.platform.compose(content).strip()
        assert stand.newest().text.strip() == composed, "followers read something else"
        found = find(stand, content)
        assert found is not None and found.external_id == made
        assert found.text.strip() == composed, "it is read back as something else"

    return run


def _limit(stand: Stand) -> int:
    limit = stand.platform.limits.text
    if limit is None:
        raise NotApplicable("the platform has no limit")
    return limit.value


def _counted_as_the_platform_does(unit: str) -> Callable[[Stand], None]:
    def run(stand: Stand) -> None:
        most = _limit(stand)
        over = bare(stand, text_of(stand, most + 1, unit))
        if "text" not in stand.not_enforced:
            refused(stand, publish(stand, over))
        full = bare(stand, text_of(stand, most, unit))
        published(stand, full)
        assert stand.newest().text == stand.platform.compose(full)

    return run


def _long_text_is_whole_or_refused(stand: Stand) -> None:
    content = bare(stand, text_of(stand, LONG))
    outcome = publish(stand, content)
    if isinstance(outcome, outcomes.Published):
        assert stand.newest().text == stand.platform.compose(content), "it was cut"
        found = find(stand, content)
        assert found is not None and found.external_id == outcome.external_id
        return
    refused(stand, outcome)
    assert find(stand, content) is None


def _lines_stay(stand: Stand) -> None:
    _comes_back("Regel één.\n\nRegel twee:\n– punt één\n– punt twee\n\nLaatste regel.")(stand)


def _found_by_text_alone(text: str) -> Callable[[Stand], None]:
    def run(stand: Stand) -> None:
        other, content = bare(stand, "Heel iets anders."), bare(stand, text)
        published(stand, other)
        made = published(stand, content)
        found = find(stand, content)
        assert found is not None and found.external_id == made
        assert found.text.strip() == stand.platform.compose(content).strip()
        pictured = draft(stand, f"{text} Met beeld.")
        made = published(stand, pictured)
        found = find(stand, pictured)
        assert found is not None and found.external_id == made, "the picture hides it"

    return run


CASES = (
    Case("every character comes back as it was sent", _comes_back(TRICKY)),
    *(
        Case(f"{name} alone are found by the text", _found_by_text_alone(t))
        for name, t in SIGNS.items()
    ),
    Case("lines and empty lines stay", _lines_stay),
    *(Case(f"{name} come back whole", _comes_back(t)) for name, t in SCRIPTS.items()),
    *(
        Case(f"{name} count as on the platform", _counted_as_the_platform_does(t))
        for name, t in SCRIPTS.items()
    ),
    Case("10,000 characters are whole, or rejected", _long_text_is_whole_or_refused),
)
