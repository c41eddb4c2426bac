"""Every starter angle with the sample brief: fits its platform and passes the checks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest

from campaignbot.briefing.files import load_channels, load_personas, read_brief
from campaignbot.briefing.vacancies import read_vacancy
from campaignbot.checking import CheckSubject, check
from campaignbot.domain.brief import Brief
from campaignbot.domain.campaigns import Slot
from campaignbot.domain.content import Content, MediaItem
from campaignbot.domain.errors import UserError
from campaignbot.domain.findings import Severity
from campaignbot.domain.phases import Phase
from campaignbot.domain.vacancy import FACT_FIELDS, Vacancy, fact_hash
from campaignbot.domain.walltime import WallTime
from campaignbot.drafting.angles import Angle, lacks, load_angles, offered
from campaignbot.drafting.choice import Choice, choose_angles
from campaignbot.drafting.drafts import (
    Draft,
    VisualRequest,
    alt_text,
    link_preview,
    make_draft,
    tracked_link,
)
from campaignbot.drafting.words import facts_of, fill
from campaignbot.i18n import Translator
from campaignbot.platforms.registry import load_platform
from campaignbot.rendering.templates import SIZES

ROOT = Path(__file__).parents[2]
ZONE = "Europe/Amsterdam"
PLATFORMS = ("linkedin", "facebook", "instagram", "x", "manual")
CAREERS = "https://werkenbij.waterrijk.example/"
CODE = "ab12cd34"
ANGLES = load_angles(ROOT / "creatives" / "angles" / "nl")


@cache
def sample() -> tuple[Brief, Vacancy, dict[str, Any]]:
    path = ROOT / "briefs" / "adviseur-omgevingsrecht.yaml"
    page = path.with_suffix(".html")
    accounts = frozenset({"linkedin", "facebook", "instagram", "x", "nieuwsbrief"})
    personas = load_personas(ROOT / "config" / "personas")
    channels = load_channels(ROOT / "config" / "channels.yaml", accounts)
    brief = read_brief(path, personas, channels, date(2026, 11, 24))
    vacancy = read_vacancy(
        str(page), page.read_bytes(), zone=ZONE, new_id=lambda: UUID(int=1)
    ).vacancy
    return brief, vacancy, facts_of(brief, vacancy, vacancy.employer, Translator("nl", ZONE))


def choice_of(angle: Angle, wording: int, phase: Phase) -> Choice:
    day = datetime(2026, 12, 22 if angle.after_closing else 8, 10)
    slot = Slot("kanaal", WallTime(day, ZONE), phase, "p", 0, angle.after_closing)
    return Choice(slot, angle, angle.wordings[wording])


def drafted(choice: Choice, platform: str) -> Draft:
    _, vacancy, facts = sample()
    return make_draft(choice, platform, facts, vacancy, CAREERS)


def content_of(draft: Draft, platform: str, angle: Angle) -> Content:
    assert draft.destination is not None
    link = tracked_link(draft.destination, CODE, platform, "adviseur", angle.key)
    width, height = SIZES[draft.visual.size]
    picture = MediaItem("a" * 64, "image/jpeg", width, height, "Een brug over de rivier")
    content = Content(draft.text, link, (picture,))
    if link not in load_platform(platform).compose(content):
        return replace(content, link=None)
    return content


CASES = [
    pytest.param(angle, number, phase, platform, id=f"{angle.key}-{number}-{phase}-{platform}")
    for angle in ANGLES
    for number in range(len(angle.wordings))
    for phase in angle.phases
    for platform in PLATFORMS
]


@pytest.mark.parametrize(("angle", "number", "phase", "platform"), CASES)
def test_a_starter_angle_fits_its_platform_and_passes_the_checks(
    angle: Angle, number: int, phase: Phase, platform: str
) -> None:
    choice = choice_of(angle, number, phase)
    content = content_of(drafted(choice, platform), platform, angle)
    known = load_platform(platform)
    found = check(
        CheckSubject(
            content=content,
            platform=known,
            phase=phase,
            latent_persona=False,
            planned=choice.slot.planned,
            tracking_code=CODE,
            talent_pool=angle.after_closing,
            vacancy=sample()[1],
        )
    )
    grave = [f"{f.code}: {f.quote}" for f in found if f.severity is not Severity.HINT]
    assert not grave
    if known.limits.text is not None:
        assert known.count(known.compose(content)) <= known.limits.text.value
    assert "{{" not in content.text and "None" not in content.text


def test_there_are_angles_for_every_phase_and_for_the_end() -> None:
    brief, vacancy, _ = sample()
    groups = offered(ANGLES, brief, vacancy)
    assert all(groups[phase] for phase in [*Phase, "last", "after"])


@pytest.mark.parametrize("angle", ANGLES, ids=lambda angle: angle.key)
def test_the_sample_brief_gives_every_angle_its_facts(angle: Angle) -> None:
    brief, vacancy, _ = sample()
    assert lacks(angle, brief, vacancy) == ()


def test_an_angle_without_its_facts_is_not_offered() -> None:
    brief, vacancy, _ = sample()
    poor = replace(vacancy, pay=None)
    groups = offered(ANGLES, replace(brief, story={}), poor)
    assert not any(groups.values())
    clear = next(angle for angle in ANGLES if angle.key == "pay_clear")
    assert lacks(clear, brief, poor) == ("vacancy.pay",)


def slots(channels: list[str], phase: Phase, times: int) -> list[Slot]:
    return [
        Slot(channel, WallTime(datetime(2026, 12, 1 + n, 9), ZONE), phase, "p", n)
        for n in range(times)
        for channel in channels
    ]


def test_no_wording_is_used_twice_on_a_channel() -> None:
    groups = offered(ANGLES, *sample()[:2])
    wanted = slots(["a", "b"], Phase.AWARENESS, 12)
    choices, empty = choose_angles(wanted, groups, None)
    for channel in ("a", "b"):
        told = [(c.angle.key, c.wording) for c in choices if c.slot.channel == channel]
        assert len(told) == len({(key, wording.long) for key, wording in told})
    assert empty and len(choices) + len(empty) == len(wanted)


def test_a_story_has_the_same_angle_on_every_channel() -> None:
    choices, _ = choose_angles(
        slots(["a", "b", "c"], Phase.INTEREST, 3), offered(ANGLES, *sample()[:2]), None
    )
    for story in range(3):
        assert len({c.angle.key for c in choices if c.slot.story == story}) == 1


def test_the_last_days_take_the_reminder_and_after_closing_the_pool() -> None:
    groups = offered(ANGLES, *sample()[:2])
    late = Slot("a", WallTime(datetime(2026, 12, 18, 9), ZONE), Phase.ACTION, "p", 0)
    after = replace(late, after_closing=True)
    choices, _ = choose_angles([late, after], groups, date(2026, 12, 20))
    assert choices[0].angle.last and choices[1].angle.after_closing


def test_a_draft_notes_the_facts_it_used_with_their_hashes() -> None:
    angle = next(angle for angle in ANGLES if angle.key == "five_lines")
    draft = drafted(choice_of(angle, 0, Phase.ACTION), "linkedin")
    vacancy = sample()[1]
    assert {"pay", "last_day", "places", "appointment", "hours_min", "title"} <= set(draft.facts)
    assert set(draft.facts) <= set(FACT_FIELDS)
    assert draft.facts["pay"] == fact_hash(vacancy.pay)


def test_a_story_without_vacancy_facts_depends_on_none() -> None:
    angle = next(angle for angle in ANGLES if angle.key == "myth")
    assert drafted(choice_of(angle, 0, Phase.AWARENESS), "linkedin").facts == {}


@pytest.mark.parametrize(
    ("key", "phase", "leads_to"),
    [
        ("five_lines", Phase.ACTION, "/vacatures/adviseur-omgevingsrecht/solliciteren"),
        ("pay_clear", Phase.DECISION, "/vacatures/adviseur-omgevingsrecht"),
        ("myth", Phase.AWARENESS, "/"),
    ],
)
def test_the_link_leads_where_the_angle_says(key: str, phase: Phase, leads_to: str) -> None:
    angle = next(angle for angle in ANGLES if angle.key == key)
    destination = drafted(choice_of(angle, 0, phase), "linkedin").destination
    assert destination is not None and urlsplit(destination).path == leads_to


def test_a_tracked_link_keeps_the_query_and_drops_what_tracks_for_others() -> None:
    link = tracked_link(
        "https://a.example/v?id=7&utm_source=b&utm_term=c&source=d&leeg=#onder",
        CODE, "linkedin", "adviseur", "action-five_lines",
    )  # fmt: skip
    parts = urlsplit(link)
    assert parse_qs(parts.query, keep_blank_values=True) == {
        "id": ["7"],
        "leeg": [""],
        "utm_source": ["linkedin"],
        "utm_medium": ["social"],
        "utm_campaign": ["adviseur"],
        "utm_content": ["action-five_lines"],
        "utm_id": [CODE],
    }
    assert parts.fragment == "onder"


def test_an_offline_link_says_so() -> None:
    link = tracked_link("https://a.example/", CODE, "manual", "adviseur", "x")
    assert "utm_medium=offline" in link


def test_channels_by_hand_are_told_apart_by_their_links() -> None:
    sources = [
        parse_qs(urlsplit(link).query)["utm_source"]
        for channel in ("nieuwsbrief", "prikbord")
        for link in [tracked_link("https://a.example/", CODE, "manual", "k", "x", channel=channel)]
    ]
    assert sources == [["nieuwsbrief"], ["prikbord"]]


def test_what_a_link_leads_to_is_a_fact_that_the_post_uses() -> None:
    used = {
        link: drafted(choice_of(angle, 0, angle.phases[0]), "linkedin").facts
        for angle in ANGLES
        for link in [angle.link]
    }
    assert "apply_url" in used["apply"] and "url" in used["vacancy"]
    assert not {"url", "apply_url"} & set(used["careers"])


def test_only_print_gets_a_qr_code_and_every_platform_its_own_shape() -> None:
    angle = ANGLES[0]
    made = {p: drafted(choice_of(angle, 0, angle.phases[0]), p).visual for p in PLATFORMS}
    assert [p for p in PLATFORMS if made[p].qr] == ["manual"]
    assert made["instagram"].size == "portrait" and made["linkedin"].size == "landscape"


def test_the_alt_text_tells_the_scene_and_the_words() -> None:
    angle = next(angle for angle in ANGLES if angle.key == "five_lines")
    visual = drafted(choice_of(angle, 0, Phase.ACTION), "linkedin").visual
    told = alt_text("Een tafel.", visual, lambda scene, words: f"{scene} | {words}")
    assert told.startswith("Een tafel | Adviseur omgevingsrecht. 28 tot 36 uur per week")
    assert "€ 4.241" in told.replace("\xa0", " ") and len(told) <= 1000


def test_a_wording_that_names_an_unknown_fact_is_refused_by_name() -> None:
    with pytest.raises(UserError) as caught:
        fill("{{ story.bestaat_niet }}", {"story": {}}, "eigen")
    assert caught.value.problems[0].what.params["name"] == "eigen"


@pytest.mark.parametrize("pattern", ["{{ ''.__class__.__mro__ }}", "{% for %}", "{{ weg }}"])
def test_a_wording_cannot_run_code(pattern: str) -> None:
    with pytest.raises(UserError):
        fill(pattern, {}, "eigen")


def test_pay_comes_with_gross_period_hours_and_scale() -> None:
    pay = sample()[2]["pay"].replace("\xa0", " ")
    assert pay == "€ 4.241 tot € 6.166 bruto per maand bij 36 uur (schaal 11)"


def test_a_fact_that_is_not_known_is_not_there() -> None:
    brief, vacancy, _ = sample()
    bare = replace(vacancy, pay=None, hours_min=None, last_day=None, places=())
    facts = facts_of(brief, bare, "Gemeente Waterrijk", Translator("nl"))
    assert not {"pay", "hours", "last_day", "place"} & set(facts)
    assert facts["organisation"] == "Waterrijk"


@pytest.mark.parametrize(
    ("fields", "title", "description"),
    [
        (
            {"headline": "Werken aan de dijk", "fact_1": "36 uur", "fact_2": "Hoorn"},
            "Werken aan de dijk",
            "36 uur · Hoorn",
        ),
        ({"kicker": "Werken bij", "headline": "Kom"}, "Kom", "Gemeente Voorbeeld"),
        ({"kicker": "Werken bij"}, "Werken bij", "Gemeente Voorbeeld"),
        ({}, "Gemeente Voorbeeld", "Gemeente Voorbeeld"),
    ],
)
def test_the_card_of_a_link_says_what_its_picture_says(
    fields: dict[str, str], title: str, description: str
) -> None:
    picture = MediaItem("a" * 64, "image/jpeg", 1200, 627, "Een dijk.")
    visual = VisualRequest("scene", "landscape", fields, (), qr=False)
    card = link_preview(visual, picture, "Gemeente Voorbeeld")
    assert (card.title, card.description, card.picture) == (title, description, picture)
