"""What adapters send is what is counted, previewed and checked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.adapters.stand import IDS, SandboxStand, running_sandbox
from tests.checking.test_check import subject

from campaignbot.checking import check
from campaignbot.domain.content import Content
from campaignbot.platforms import outcomes
from campaignbot.platforms.registry import load_platform
from campaignbot.sandbox import Sandbox

LINK = "https://werkenbij.voorbeeld.example/vacature?utm_id=count-1"
PIECES = st.sampled_from(
    [
        "werk",
        "waterrijk.nl",
        "👩🏾‍🚒",
        "🇳🇱",
        "e\u0301",
        "水",
        "(haakjes)",
        "#Tag",
        "@naam",
        "\n\n",
        "€ 4.241",
    ]
)
TEXTS = st.lists(PIECES, min_size=1, max_size=90).map(" ".join)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with running_sandbox() as running:
        yield running


@pytest.mark.parametrize("name", ["linkedin", "facebook", "x"])
def test_followers_read_what_was_counted(name: str, sandbox: Sandbox, tmp_path: Path) -> None:
    stand = SandboxStand(name, sandbox, tmp_path)
    adapter = stand.adapter()
    try:
        for text in ("Kijk op waterrijk.nl.", "👩🏾‍🚒 (met haakjes) #Tag", "e\u0301 en 水"):
            content = Content(f"{text} Voor {name}.", f"{LINK}-{name}-{len(text)}")
            outcome = adapter.publish(content, resume=None, before_create=lambda _r: None)
            assert isinstance(outcome, outcomes.Published), outcome
            seen = sandbox.world.find(name, outcome.external_id)
            assert seen is not None
            assert stand.platform.count(seen.text) == stand.platform.length(content)
    finally:
        adapter.close()
        stand.close()


@pytest.mark.parametrize("name", [*sorted(IDS), "manual"])
@given(text=TEXTS, linked=st.booleans())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_a_text_is_too_long_for_the_checks_exactly_when_its_count_says_so(
    name: str, text: str, linked: bool
) -> None:
    platform, content = load_platform(name), Content(text, LINK if linked else None)
    found = {f.code: f for f in check(subject("", name, content=content))}
    most, length = platform.limits.text, platform.length(content)
    assert length == platform.count(platform.compose(content))
    assert ("limit.text_too_long" in found) == (most is not None and length > most.value)
