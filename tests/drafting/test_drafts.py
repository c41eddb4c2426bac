"""Every starter angle with the sample brief: fits its platform and passes the checks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, get_args
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
from campaignbot.domain.facts import book_of
from campaignbot.domain.findings import Severity
from campaignbot.domain.phases import Phase
from campaignbot.domain.vacancy import Vacancy, fact_hash
from campaignbot.domain.walltime import WallTime
from campaignbot.drafting.angles import Angle, Wording, lacks, load_angles, offered
from campaignbot.drafting.choice import Choice, Offer, UsedWordings, choose_angles
from campaignbot.drafting.drafts import (
    Draft,
    VisualRequest,
    alt_text,
    link_preview,
    make_draft,
    tracked_link,
)
from campaignbot.drafting.words import Vocabulary, fill, terms_in, vocabulary
from campaignbot.i18n import Translator
from campaignbot.platforms.registry import load_platform
from campaignbot.platforms.style import DraftStyle, PictureSize
from campaignbot.rendering.templates import SIZES

ROOT = Path(__file__).parents[2]
ZONE = "Europe/Amsterdam"
PLATFORMS = ("linkedin", "facebook", "instagram", "x", "manual")
CAREERS = "https://werkenbij.waterrijk.example/"
CODE = "ab12cd34"
ANGLES = load_angles(ROOT / "creatives" / "angles" / "nl")


@cache
def sample() -> tuple[Brief, Vacancy, Vocabulary]:
    path = ROOT / "briefs" / "adviseur-omgevingsrecht.yaml"
    page = path.with_suffix(".html")
    accounts = frozenset({"linkedin", "facebook", "instagram", "x", "nieuwsbrief"})
    personas = load_personas(ROOT / "config" / "personas")
    channels = load_channels(ROOT / "config" / "channels.yaml", accounts)
    brief = read_brief(path, personas, channels, date(2026, 11, 24))
    vacancy = read_vacancy(
        str(page), page.read_bytes(), zone=ZONE, new_id=lambda: UUID(int=1)
    ).vacancy
    return brief, vacancy, known_of(brief, vacancy)


def known_of(brief: Brief, vacancy: Vacancy | None) -> Vocabulary:
    book = book_of(brief, vacancy, organisation="Gemeente Waterrijk", careers_url=CAREERS)
    return vocabulary(book, Translator("nl", ZONE))


def offer() -> Offer:
    _, vacancy, known = sample()
    return Offer(known, offered(ANGLES, known), vacancy)


def choice_of(angle: Angle, wording: int, phase: Phase) -> Choice:
    day = datetime(2026, 12, 22 if angle.after_closing else 8, 10)
    slot = Slot("kanaal", WallTime(day, ZONE), phase, "p", 0, angle.after_closing)
    return Choice(slot, angle, angle.wordings[wording], offer())


def drafted(choice: Choice, platform: str) -> Draft:
    return make_draft(choice, load_platform(platform), choice.offer.known)


def content_of(draft: Draft, platform: str, angle: Angle) -> Content:
    assert draft.destination is not None
    link = tracked_link(draft.destination, CODE, load_platform(platform), "adviseur", angle.key)
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
    draft = drafted(choice, platform)
    content = content_of(draft, platform, angle)
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
            book=sample()[2].book,
            facts=draft.facts,
        )
    )
    grave = [f"{f.code}: {f.quote}" for f in found if f.severity is not Severity.HINT]
    assert not grave
    if known.limits.text is not None:
        assert known.count(known.compose(content)) <= known.limits.text.value
    assert "{{" not in content.text and "None" not in content.text


def test_there_are_angles_for_every_phase_and_for_the_end() -> None:
    groups = offer().groups
    assert all(groups[phase] for phase in [*Phase, "last", "after"])


@pytest.mark.parametrize("angle", ANGLES, ids=lambda angle: angle.key)
def test_the_sample_brief_gives_every_angle_its_facts(angle: Angle) -> None:
    assert lacks(angle, sample()[2]) == ()


def test_an_angle_without_its_facts_is_not_offered() -> None:
    brief, vacancy, _ = sample()
    poor = replace(vacancy, pay=None)
    groups = offered(ANGLES, known_of(replace(brief, story={}), poor))
    assert not any(groups.values())
    clear = next(angle for angle in ANGLES if angle.key == "pay_clear")
    assert lacks(clear, known_of(brief, poor)) == ("pay", "vacancy.pay")


@pytest.mark.parametrize("left_out", ["how_to_apply", "benefits", "close_to_home", "team"])
def test_a_story_that_is_not_told_never_stops_a_plan(left_out: str) -> None:
    """Whatever an angle's words name without declaring it leaves out that angle, and no other."""
    brief, vacancy, _ = sample()
    story = {key: fact for key, fact in brief.story.items() if key != left_out}
    known = known_of(replace(brief, story=story), vacancy)
    usable = {a.key: a for group in offered(ANGLES, known).values() for a in group}
    for angle in usable.values():
        for wording in angle.wordings:
            for pattern in (*wording.patterns, *angle.visual.patterns):
                assert f"story.{left_out} " not in pattern
                fill(pattern, known.words, angle.key)
    assert 0 < len(ANGLES) - len(usable) < 6


@pytest.mark.parametrize("taken_out", [("pay",), ("places", "hours_min"), ("last_day",)])
def test_a_vacancy_that_lacks_a_fact_never_stops_a_plan(taken_out: tuple[str, ...]) -> None:
    brief, vacancy, _ = sample()
    nothing: dict[str, Any] = {n: () if n == "places" else None for n in taken_out}
    poor = known_of(brief, replace(vacancy, **nothing))
    for group in offered(ANGLES, poor).values():
        for angle in group:
            for pattern in (p for w in angle.wordings for p in w.patterns):
                fill(pattern, poor.words, angle.key)


def test_a_wording_whose_facts_are_not_known_leaves_the_others() -> None:
    brief, vacancy, _ = sample()
    angle = ANGLES[0]
    more = Wording("b", "{{ role.mandate }}", "Kort.", "Korter.")
    both = replace(angle, wordings=(more, *angle.wordings))
    known = known_of(brief, vacancy)
    assert lacks(both, known) == ()
    (usable,) = offered([both], known)[Phase.AWARENESS]
    assert usable.wordings == angle.wordings
    assert lacks(replace(angle, wordings=(more,)), known) == ("role.mandate",)


def slots(channels: list[str], phase: Phase, times: int) -> list[Slot]:
    return [
        Slot(channel, WallTime(datetime(2026, 12, 1 + n, 9), ZONE), phase, "p", n)
        for n in range(times)
        for channel in channels
    ]


def test_no_wording_is_used_twice_on_a_channel() -> None:
    wanted = slots(["a", "b"], Phase.AWARENESS, 12)
    choices, empty = choose_angles(wanted, [offer()])
    for channel in ("a", "b"):
        told = [(c.angle.key, c.wording) for c in choices if c.slot.channel == channel]
        assert len(told) == len({(key, wording.long) for key, wording in told})
    assert empty and len(choices) + len(empty) == len(wanted)


def test_a_story_has_the_same_angle_on_every_channel() -> None:
    choices, _ = choose_angles(slots(["a", "b", "c"], Phase.INTEREST, 3), [offer()])
    for story in range(3):
        assert len({c.angle.key for c in choices if c.slot.story == story}) == 1


def test_the_last_days_take_the_reminder_and_after_closing_the_pool() -> None:
    late = Slot("a", WallTime(datetime(2026, 12, 18, 9), ZONE), Phase.ACTION, "p", 0)
    after = replace(late, after_closing=True)
    choices, _ = choose_angles([late, after], [offer()])
    assert choices[0].angle.last and choices[1].angle.after_closing


def other_offer(closes: date) -> Offer:
    """A second vacancy of the same brief."""
    brief, vacancy, _ = sample()
    other = replace(vacancy, id=UUID(int=2), reference="WTR-2", title="Planoloog", last_day=closes)
    known = known_of(brief, other)
    return Offer(known, offered(ANGLES, known), other)


def test_stories_take_turns_among_the_vacancies_of_a_brief() -> None:
    offers = [offer(), other_offer(date(2026, 12, 20))]
    choices, _ = choose_angles(slots(["a"], Phase.ACTION, 4), offers)
    assert [c.offer.vacancy and c.offer.vacancy.title for c in choices] == [
        "Adviseur omgevingsrecht", "Planoloog", "Adviseur omgevingsrecht", "Planoloog",
    ]  # fmt: skip
    texts = {drafted(c, "linkedin").text for c in choices}
    assert len(texts) == 4


def test_a_vacancy_that_has_closed_is_told_of_no_more() -> None:
    offers = [offer(), other_offer(date(2026, 12, 2))]
    choices, _ = choose_angles(slots(["a"], Phase.ACTION, 6), offers)
    late = [c.offer.vacancy for c in choices if c.slot.planned.local.date() > date(2026, 12, 2)]
    assert late and all(one and one.reference == "WTR-2026-088" for one in late)


@pytest.mark.parametrize("same_pay", [True, False])
def test_a_wording_with_another_fact_in_it_is_another_text(same_pay: bool) -> None:
    angle = next(angle for angle in ANGLES if angle.key == "five_lines")
    earlier = choice_of(angle, 0, Phase.ACTION)
    brief, vacancy, _ = sample()
    assert vacancy.pay is not None
    pay = vacancy.pay if same_pay else replace(vacancy.pay, maximum=Decimal(7000))
    now = replace(earlier.offer, known=known_of(brief, replace(vacancy, pay=pay)))
    used = UsedWordings()
    used.add("a", angle.key, angle.wordings[0].id, drafted(earlier, "linkedin").facts)
    assert (("a", replace(earlier, offer=now)) in used) is same_pay
    assert ("b", earlier) not in used


def test_a_draft_notes_the_facts_it_used_with_their_hashes() -> None:
    angle = next(angle for angle in ANGLES if angle.key == "five_lines")
    draft = drafted(choice_of(angle, 0, Phase.ACTION), "linkedin")
    vacancy = sample()[1]
    names = {"pay", "last_day", "places", "appointment", "hours_min", "title", "apply_url"}
    assert {f"vacancy.{name}" for name in names} <= set(draft.facts)
    assert draft.facts["vacancy.pay"] == fact_hash(vacancy.pay)


def test_a_story_about_the_employer_depends_on_no_vacancy() -> None:
    angle = next(angle for angle in ANGLES if angle.key == "myth")
    told = drafted(choice_of(angle, 0, Phase.AWARENESS), "linkedin").facts
    assert set(told) == {"story.myth", "organisation.careers_url"}


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
        CODE, load_platform("linkedin"), "adviseur", "action-five_lines",
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
    link = tracked_link("https://a.example/", CODE, load_platform("manual"), "adviseur", "x")
    assert "utm_medium=offline" in link


def test_channels_by_hand_are_told_apart_by_their_links() -> None:
    sources = [
        parse_qs(urlsplit(link).query)["utm_source"]
        for channel in ("nieuwsbrief", "prikbord")
        for link in [
            tracked_link(
                "https://a.example/", CODE, load_platform("manual"), "k", "x", channel=channel
            )
        ]
    ]
    assert sources == [["nieuwsbrief"], ["prikbord"]]


def test_what_a_link_leads_to_is_a_fact_that_the_post_uses() -> None:
    used = {
        link: drafted(choice_of(angle, 0, angle.phases[0]), "linkedin").facts
        for angle in ANGLES
        for link in [angle.link]
    }
    assert "vacancy.apply_url" in used["apply"] and "vacancy.url" in used["vacancy"]
    assert not {"vacancy.url", "vacancy.apply_url"} & set(used["careers"])


def test_only_print_gets_a_qr_code_and_every_platform_its_own_shape() -> None:
    angle = ANGLES[0]
    made = {p: drafted(choice_of(angle, 0, angle.phases[0]), p).visual for p in PLATFORMS}
    assert [p for p in PLATFORMS if made[p].qr] == ["manual"]
    assert made["instagram"].size == "portrait" and made["linkedin"].size == "landscape"


def test_a_platform_that_nobody_here_heard_of_is_drafted_for_in_its_own_style() -> None:
    """Whatever its name: only what it says of itself counts."""
    angle = next(angle for angle in ANGLES if len(angle.hashtags) > 1)
    choice = choice_of(angle, 0, angle.phases[0])
    theirs = replace(
        load_platform("linkedin"),
        name="elders",
        style=DraftStyle("short", "square", hashtags=2, hashtags_inline=True),
        hands_over=True,
    )
    draft = make_draft(choice, theirs, choice.offer.known)
    tags = " ".join(f"#{tag}" for tag in angle.hashtags[:2])
    short = fill(choice.wording.short, choice.offer.known.words, angle.key)
    assert draft.text == f"{short} {tags}" and draft.variant == "short"
    assert draft.visual.size == "square" and draft.visual.qr
    assert draft.destination is not None
    link = tracked_link(draft.destination, CODE, theirs, "k", "x", channel="krant")
    assert parse_qs(urlsplit(link).query)["utm_source"] == ["krant"]
    social = tracked_link(draft.destination, CODE, replace(theirs, hands_over=False), "k", "x")
    assert parse_qs(urlsplit(social).query)["utm_source"] == ["elders"]


def test_every_size_that_a_platform_can_ask_for_is_drawn() -> None:
    assert set(get_args(PictureSize)) == set(SIZES)


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


@pytest.mark.parametrize(
    "pattern",
    [
        "{{ 1/0 }}",
        "{{ 'a' * 10**10 }}",
        "{% include 'x' %}",
        "{% for a in range(9) %}{{ a }}{% endfor %}",
        "{% for a in story.x %}{% for b in story.x %}{{ b }}{% endfor %}{% endfor %}",
        "{{ 5 | join }}",
        "{{ '%s' | format('x') }}",
    ],
)
def test_a_wording_that_does_more_than_name_and_choose_is_refused(pattern: str) -> None:
    with pytest.raises(UserError) as caught:
        fill(pattern, {"story": {"x": ["a", "b"]}}, "eigen")
    assert caught.value.problems[0].what.key == "angle.not_allowed"


def test_a_wording_has_an_end() -> None:
    with pytest.raises(UserError) as caught:
        fill("{% for a in story.x %}{{ story.y }}{% endfor %}",
             {"story": {"x": ["a"] * 1000, "y": "b" * 1000}}, "eigen")  # fmt: skip
    assert caught.value.problems[0].what.key == "angle.too_long"


def test_an_unknown_word_is_named_in_the_words_of_the_angle() -> None:
    with pytest.raises(UserError) as caught:
        fill("{{ story.weg }} {{ story.x }}", {"story": {"x": "a"}}, "eigen")
    assert caught.value.problems[0].what.key == "angle.unknown_word"
    assert caught.value.problems[0].what.params["word"] == "story.weg"


def test_pay_comes_with_gross_period_hours_and_scale() -> None:
    pay = sample()[2].words["pay"].replace("\xa0", " ")
    assert pay == "€ 4.241 tot € 6.166 bruto per maand bij 36 uur (schaal 11)"


def test_a_fact_that_is_not_known_is_not_there() -> None:
    brief, vacancy, _ = sample()
    bare = replace(vacancy, pay=None, hours_min=None, last_day=None, places=())
    words = known_of(brief, bare).words
    assert not {"pay", "hours", "last_day", "place"} & set(words)
    assert words["organisation"] == "Waterrijk"


@pytest.mark.parametrize(
    ("pattern", "terms"),
    [
        ("{{ story.team }} in {{ place }}", {"story.team", "place"}),
        ("{{ role['focus'][0] }}", {"role.focus"}),
        ("{% for task in role.focus %}{{ task }} {% endfor %}", {"role.focus"}),
        ("{% set x = pay %}{{ x }}", {"pay"}),
        ("{{ story }}", {"story"}),
        ("geen {{", set()),
        ("Kom erbij.", set()),
    ],
)
def test_the_names_that_a_pattern_uses_are_found(pattern: str, terms: set[str]) -> None:
    assert terms_in([pattern]) == terms


def test_the_role_profile_can_be_told() -> None:
    _, _, known = sample()
    assert fill("{{ role.focus | join(' en ') }}.", known.words, "eigen") == (
        "Nieuwe plannen binnen een week beoordelen en Adviezen schrijven die iedereen kan volgen."
    )
    assert known.facts_in(["{{ role.focus }}"]) == {"role.focus"}


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
