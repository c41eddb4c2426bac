"""Drafts for Mastodon are written as this package says: campaignbot itself never heard of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from campaignbot.briefing.files import load_channels, load_personas, read_brief
from campaignbot.domain.campaigns import Slot
from campaignbot.domain.content import Content
from campaignbot.domain.facts import book_of
from campaignbot.domain.walltime import WallTime
from campaignbot.drafting.angles import lacks, load_angles, offered
from campaignbot.drafting.choice import Choice, Offer
from campaignbot.drafting.drafts import make_draft, tracked_link
from campaignbot.drafting.words import vocabulary
from campaignbot.i18n import Translator
from campaignbot.platforms.registry import load_platform
from campaignbot.settings import load_accounts
from campaignbot.starter import make_workdir

from campaignbot_mastodon import PLATFORM

ZONE = "Europe/Amsterdam"
CAREERS = "https://werkenbij.waterrijk.example/"


@pytest.fixture
def choices(tmp_path: Path) -> list[Choice]:
    """Every starter angle that a brief without a vacancy can tell, for one slot."""
    make_workdir(tmp_path)
    accounts = frozenset(entry.key for entry in load_accounts(tmp_path))
    personas = load_personas(tmp_path / "config" / "personas")
    channels = load_channels(tmp_path / "config" / "channels.yaml", accounts)
    source = tmp_path / "briefs" / "adviseur-omgevingsrecht.yaml"
    brief = read_brief(source, personas, channels, datetime(2026, 12, 1).date())
    book = book_of(brief, None, organisation="Gemeente Waterrijk", careers_url=CAREERS)
    known = vocabulary(book, Translator("nl", ZONE))
    angles = load_angles(tmp_path / "creatives" / "angles" / "nl")
    usable = [angle for angle in angles if not lacks(angle, known)]
    at = WallTime(datetime(2026, 12, 8, 10), ZONE)
    return [
        Choice(
            Slot("mastodon", at, angle.phases[0], "p", 0, angle.after_closing),
            angle,
            angle.wordings[0],
            Offer(known, offered(angles, known)),
        )
        for angle in usable
    ]


def test_drafts_are_written_in_the_style_of_this_package(choices: list[Choice]) -> None:
    installed = load_platform("mastodon")
    assert installed.style == PLATFORM.style and PLATFORM.limits.text is not None
    assert len(choices) > 1
    for choice in choices:
        draft = make_draft(choice, installed, choice.offer.known)
        assert draft.variant == "medium" and draft.visual.size == "wide" and not draft.visual.qr
        tags = choice.angle.hashtags[:2]
        assert draft.text.endswith("\n\n" + " ".join(f"#{tag}" for tag in tags)) or not tags
        assert draft.destination is not None
        link = tracked_link(draft.destination, "code", installed, "k", choice.angle.key)
        assert "utm_source=mastodon" in link and "utm_medium=social" in link
        assert PLATFORM.length(Content(draft.text, link)) <= PLATFORM.limits.text.value


def test_another_style_makes_other_drafts(choices: list[Choice]) -> None:
    choice = next(c for c in choices if len(c.angle.hashtags) > 1)
    plain = replace(PLATFORM, style=replace(PLATFORM.style, hashtags=0, picture_size="square"))
    ours = make_draft(choice, PLATFORM, choice.offer.known)
    other = make_draft(choice, plain, choice.offer.known)
    assert "#" in ours.text and "#" not in other.text
    assert (ours.visual.size, other.visual.size) == ("wide", "square")
