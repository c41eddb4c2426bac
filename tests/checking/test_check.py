"""What the checks find, and what they leave alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaignbot.briefing.markup import plain_text
from campaignbot.checking import CheckSubject, MonthlySum, Neighbour, PhotoUse, check
from campaignbot.checking.last_days import last_days_in
from campaignbot.domain.brief import Brief, BriefKind, Consent, FactKind, StoryFact
from campaignbot.domain.content import Content, MediaItem
from campaignbot.domain.facts import FactBook, book_of
from campaignbot.domain.findings import Finding, Severity
from campaignbot.domain.money import Money
from campaignbot.domain.phases import Phase
from campaignbot.domain.vacancy import Pay, PayPeriod, Vacancy
from campaignbot.domain.walltime import WallTime
from campaignbot.i18n import LANGUAGES, Translator
from campaignbot.platforms.registry import load_platform

CASES = Path(__file__).parents[1] / "briefing" / "cases"
NOON = WallTime(datetime(2026, 12, 8, 12), "Europe/Amsterdam")
MB = 1_000_000
PICTURE = MediaItem("a" * 64, "image/jpeg", 1200, 627, "Een brug")
VACANCY = Vacancy(
    UUID(int=1),
    "VB-1",
    "Adviseur",
    "Gemeente Voorbeeld",
    places=("Voorbeeldstad",),
    pay=Pay(Decimal(4241), Decimal(6166), "EUR", PayPeriod.MONTH, Decimal(36)),
    last_day=date(2026, 12, 20),
)
COMPLETE = (
    "Adviseur in Voorbeeldstad. € 4.241 tot € 6.166 bruto per maand bij 36 uur. "
    "Een contract voor een jaar. Reageer t/m 20 december."
)


def subject(text: str, platform: str = "manual", **changed: Any) -> CheckSubject:
    plain = CheckSubject(
        content=Content(text),
        platform=load_platform(platform),
        phase=Phase.DECISION,
        latent_persona=False,
        planned=NOON,
        tracking_code="code",
    )
    if "vacancy" in changed:
        changed.setdefault("book", book_of(vacancy=changed["vacancy"]))
    return replace(plain, **changed)


def found(text: str, platform: str = "manual", **changed: Any) -> dict[str, Finding]:
    return {f.code: f for f in check(subject(text, platform, **changed))}


POOR = plain_text((CASES / "poor-jargon-no-salary.html").read_text().split("<body>")[1])


@pytest.mark.parametrize(
    ("phrase", "code"),
    [
        ("jonge hond", "words.age_direct"),
        ("jonge, dynamische team", "words.age_direct"),
        ("tussen de 25 en 35 jaar", "words.age_direct"),
        ("net klaar met je studie", "words.age_indirect"),
        ("digital natives", "words.age_indirect"),
        ("minimaal 10 jaar relevante ervaring", "words.age_indirect"),
        ("is hij", "words.gender"),
        ("schakelt hij", "words.gender"),
        ("man met lef", "words.gender"),
        ("met ballen", "words.gender"),
        ("ninja", "words.gender"),
        ("meisjes", "words.gender"),
        ("secretaresse", "words.gender"),
        ("de boys", "words.gender"),
        ("moedertaal", "words.origin"),
        ("fit en", "words.health"),
        ("marktconform", "words.claim"),
        ("stakeholders", "words.jargon"),
        ("conform", "words.jargon"),
        ("middels", "words.jargon"),
        ("SLA", "words.abbreviation"),
        ("KPI", "words.abbreviation"),
        ("MJP-B", "words.abbreviation"),
        ("DB", "words.abbreviation"),
        ("AB", "words.abbreviation"),
        ("P&C", "words.abbreviation"),
    ],
)
def test_every_poor_phrase_of_a_vacancy_text_is_quoted(phrase: str, code: str) -> None:
    assert phrase in {f.quote for f in check(subject(POOR)) if f.code == code}


def test_a_sentence_of_about_fifty_words_is_too_long() -> None:
    lengths = [f.what.params["n"] for f in check(subject(POOR)) if f.code == "words.long_sentence"]
    assert max(int(str(n)) for n in lengths) > 40


@pytest.mark.parametrize(
    "text",
    [
        "Je begeleidt jongeren van 12 tot 18 jaar.",
        "Jongerenwerk voor jonge gezinnen.",
        "Je hebt drie jaar ervaring.",
        "Adviseur (m/v/x) in Voorbeeldstad.",
        "Een man en een vrouw lopen over de dijk.",
        "Wij werken aan een fietspad van 12 kilometer.",
        "Fitnessen kan na het werk.",
        "Je verdient € 900 netto minder belasting.",
        "Op dinsdag lunchen we samen.",
    ],
)
def test_ordinary_sentences_are_left_alone(text: str) -> None:
    assert found(text) == {}


@pytest.mark.parametrize(
    ("phase", "text", "code"),
    [
        (Phase.AWARENESS, "Solliciteer bij ons.", "phase.vacancy_in_awareness"),
        (Phase.AWARENESS, "Bekijk de vacature.", "phase.vacancy_in_awareness"),
        (Phase.INTEREST, "Reageer snel!", "phase.pressure_in_interest"),
        (Phase.DECISION, "Je verdient € 4.241 per maand.", "pay.no_gross"),
        (Phase.DECISION, "Je verdient € 4.241 bruto.", "pay.no_period"),
        (Phase.DECISION, "Een keuzebudget (IKB) plus vakantiegeld en € 4.241 bruto per maand.",
         "pay.holiday_twice"),
        (Phase.DECISION, "Klik hier voor meer.", "access.click_here"),
        (Phase.DECISION, "\U0001d400\U0001d401 vet", "access.special_letters"),
        (Phase.DECISION, "GEWELDIG werk", "access.capitals"),
        (Phase.DECISION, "\U0001f600 Hallo", "access.emoji_first"),
        (Phase.DECISION, "Hallo \U0001f600\U0001f600\U0001f600\U0001f600", "access.many_emoji"),
        (Phase.DECISION, "Kom. #a #b #c #d #e #f", "hashtags.many"),
        (Phase.DECISION, "Kom. #werkenbijdegemeente", "hashtags.no_capitals"),
        (Phase.DECISION, "  ", "limit.no_text"),
        (Phase.DECISION, "Dit is de laatste kans.", "words.claim"),
    ],
)  # fmt: skip
def test_a_text_gets_its_finding(phase: Phase, text: str, code: str) -> None:
    assert code in found(text, phase=phase)


def test_the_phase_decides_what_may_be_said() -> None:
    assert found("Bekijk de vacature.", phase=Phase.DECISION) == {}
    assert found("Bekijk de vacature.", phase=Phase.INTEREST) == {}


def test_a_latent_persona_is_not_pressed() -> None:
    pressed = found(COMPLETE + " Solliciteer.", phase=Phase.ACTION, latent_persona=True)
    assert "phase.pressure_on_latent" in pressed


def test_a_complete_action_post_passes() -> None:
    assert found(COMPLETE, phase=Phase.ACTION, vacancy=VACANCY) == {
        k: v
        for k, v in found(COMPLETE, phase=Phase.ACTION, vacancy=VACANCY).items()
        if k == "action.no_link"
    }


@pytest.mark.parametrize(
    ("left_out", "code"),
    [
        ("€ 4.241 tot € 6.166 bruto per maand bij 36 uur. ", "action.no_pay"),
        ("Een contract voor een jaar. ", "action.no_appointment"),
        (" in Voorbeeldstad", "action.no_place"),
        ("Reageer t/m 20 december.", "action.no_closing_day"),
        (" bij 36 uur", "pay.no_basis"),
    ],
)
def test_an_action_post_holds_every_basic_fact(left_out: str, code: str) -> None:
    text = COMPLETE.replace(left_out, "")
    assert code in found(text, phase=Phase.ACTION, vacancy=VACANCY)


@pytest.mark.parametrize(
    "how",
    [
        "T/m 20 december.",
        "tot en met zondag 20 december",
        "until 20 December",
        "by Sunday 20th December 2026",
        "vóór 21 december",
    ],
)
def test_the_closing_day_can_be_worded_in_several_ways(how: str) -> None:
    text = COMPLETE.replace("Reageer t/m 20 december.", how)
    assert found(text, phase=Phase.ACTION, vacancy=VACANCY, link_in_text=False) == {}


@pytest.mark.parametrize("words", ["Stand by us.", "Reageer t/m zondag.", "Reageer t/m 31 juni."])
def test_words_without_a_date_name_no_closing_day(words: str) -> None:
    text = COMPLETE.replace("Reageer t/m 20 december.", words)
    assert "action.no_closing_day" in found(text, phase=Phase.ACTION, vacancy=VACANCY)


def test_another_closing_day_than_the_vacancys_is_questioned() -> None:
    text = COMPLETE.replace("20 december", "27 december")
    finding = found(text, phase=Phase.ACTION, vacancy=VACANCY)["text.other_last_day"]
    assert (finding.quote, finding.what.params["day"]) == ("t/m 27 december", VACANCY.last_day)


def test_no_call_goes_out_after_the_closing_day() -> None:
    late = WallTime(datetime(2026, 12, 21, 12), "Europe/Amsterdam")
    assert "action.after_closing" in found(
        COMPLETE, phase=Phase.ACTION, vacancy=VACANCY, planned=late
    )
    about_it = found(
        "Zo ziet je dag eruit.", vacancy=VACANCY, planned=late, needs_open_vacancy=True
    )
    assert about_it["action.after_closing"].severity is Severity.ERROR
    assert found("Zo ziet onze stad eruit.", vacancy=VACANCY, planned=late) == {}


def test_a_talent_pool_post_belongs_after_the_closing_day() -> None:
    late = WallTime(datetime(2026, 12, 21, 12), "Europe/Amsterdam")
    pool: dict[str, Any] = {"phase": Phase.ACTION, "vacancy": VACANCY, "talent_pool": True}
    assert found("Blijf op de hoogte.", planned=late, **pool) == {}
    assert "pool.before_closing" in found("Blijf op de hoogte.", **pool)


@pytest.mark.parametrize("talent_pool", [False, True])
@pytest.mark.parametrize("vacancy", [VACANCY, None])
def test_a_last_day_that_is_over_when_the_post_goes_out_is_an_error(
    talent_pool: bool, vacancy: Vacancy | None
) -> None:
    new_years_eve = WallTime(datetime(2026, 12, 31, 12), "Europe/Amsterdam")
    finding = found(
        "T/m zondag 6 december kun je reageren.",
        planned=new_years_eve,
        talent_pool=talent_pool,
        vacancy=vacancy,
    )["text.last_day_past"]
    assert finding.severity is Severity.ERROR and finding.quote == "T/m zondag 6 december"


@given(st.dates(date(2026, 1, 2), date(2030, 12, 30)), st.integers(-180, 180))
def test_a_day_without_a_year_is_the_one_nearest_to_the_post(near: date, apart: int) -> None:
    day = near + timedelta(days=apart)
    named = Translator("nl").day(day).rsplit(" ", 1)[0]
    assert [n.day for n in last_days_in(f"Reageer t/m {named}.", near)] == [day]


def test_a_countdown_grows_old() -> None:
    for text in ("Nog 3 dagen: nog 3 dagen.", "Only two days left.", "Reageren kan tot morgen."):
        assert "text.relative_date" in found(text)
    assert found("De huizen van morgen.") == {}


@pytest.mark.parametrize(
    ("link", "code"),
    [
        ("http://a.example/?utm_id=code", "link.not_https"),
        ("https://a.example/", "link.not_tracked"),
        ("https://a.example/?utm_id=ander", "link.not_tracked"),
    ],
)
def test_a_link_is_safe_and_tracked(link: str, code: str) -> None:
    assert set(found("Kom.", content=Content("Kom.", link))) == {code}


def test_a_tracked_link_passes() -> None:
    assert found("", content=Content("Kom.", "https://a.example/?utm_id=code")) == {}


@pytest.mark.parametrize(
    ("platform", "media", "sizes", "code"),
    [
        ("x", (PICTURE,) * 5, (), "limit.too_many_pictures"),
        ("x", (PICTURE, replace(PICTURE, mime="image/gif")), (), "limit.moving_picture"),
        ("instagram", (), (), "limit.no_picture"),
        ("instagram", (replace(PICTURE, height_px=3000),), (), "limit.picture_shape"),
        ("instagram", (replace(PICTURE, mime="image/png"),), (), "limit.picture_kind"),
        ("x", (replace(PICTURE, alt_text="a" * 1001),), (), "limit.alt_text_too_long"),
        ("x", (PICTURE,), (6 * 1024 * 1024,), "limit.picture_too_big"),
    ],
)
def test_a_platforms_limit_cannot_be_waived(
    platform: str, media: tuple[MediaItem, ...], sizes: tuple[int, ...], code: str
) -> None:
    finding = found("", platform, content=Content("Kom.", media=media), media_sizes=sizes)[code]
    assert finding.severity is Severity.ERROR and not finding.waivable


@pytest.mark.parametrize("platform", ["linkedin", "instagram", "x"])
def test_a_text_may_be_as_long_as_the_limit_and_no_longer(platform: str) -> None:
    limit = load_platform(platform).limits.text
    assert limit is not None
    assert "limit.text_too_long" not in found("a" * limit.value, platform)
    finding = found("a" * (limit.value + 1), platform)["limit.text_too_long"]
    assert finding.what.params["length"] == limit.value + 1 and not finding.waivable


def test_a_picture_without_alt_text_is_an_error() -> None:
    content = Content("Kom.", media=(replace(PICTURE, alt_text=" "),))
    assert found("", content=content)["alt_text.missing"].severity is Severity.ERROR


WORDS = "Vandaag lopen negen collega's langs de nieuwe dijk bij Voorbeeldstad."


def neighbour(text: str, days: int = 3, same_account: bool = True) -> Neighbour:
    return Neighbour("VB-2", same_account, text, NOON.instant + timedelta(days=days))


@pytest.mark.parametrize(
    ("other", "alike"),
    [
        (neighbour(WORDS), True),
        (neighbour(WORDS.replace("negen", "zeven")), True),
        (neighbour(WORDS, days=-3), True),
        (neighbour(WORDS, days=40), False),
        (neighbour(WORDS, same_account=False), False),
        (neighbour("Een bakker wilde boven zijn zaak gaan wonen."), False),
    ],
)
def test_the_same_words_return_only_after_weeks_or_elsewhere(other: Neighbour, alike: bool) -> None:
    assert ("repetition.alike" in found(WORDS, neighbours=(other,))) is alike


def test_two_posts_in_the_same_minute_are_noticed() -> None:
    other = Neighbour("VB-2", False, "Anders.", NOON.instant.replace(second=30))
    assert "time.same_minute" in found("Kom.", neighbours=(other,))
    later = replace(other, due_at_utc=NOON.instant + timedelta(minutes=1))
    assert found("Kom.", neighbours=(later,)) == {}


@pytest.mark.parametrize(
    ("hour", "minute", "quiet"), [(6, 59, True), (7, 0, False), (20, 59, False), (21, 0, True)]
)
def test_quiet_hours_are_those_of_the_reader(hour: int, minute: int, quiet: bool) -> None:
    at = WallTime(datetime(2026, 12, 8, hour, minute), "Europe/Amsterdam")
    assert ("time.quiet_hours" in found("Kom.", planned=at)) is quiet


@pytest.mark.parametrize(
    ("hour", "begins", "ends", "quiet"),
    [
        (22, 23, 6, False),
        (23, 23, 6, True),
        (5, 23, 6, True),
        (6, 23, 6, False),
        (1, 0, 5, True),
        (5, 0, 5, False),
        (3, 7, 7, False),
    ],
)
def test_quiet_hours_are_those_of_the_team(hour: int, begins: int, ends: int, quiet: bool) -> None:
    at = WallTime(datetime(2026, 12, 8, hour), "Europe/Amsterdam")
    told = found("Kom.", planned=at, quiet_from=time(begins), quiet_until=time(ends))
    assert ("time.quiet_hours" in told) is quiet
    if quiet:
        assert told["time.quiet_hours"].what.params == {
            "begin": f"{ends:02}:00",
            "end": f"{begins:02}:00",
        }


@pytest.mark.parametrize(
    ("local", "code", "goes"),
    [
        (datetime(2027, 3, 28, 2, 30), "time.skipped", "03:30"),
        (datetime(2026, 10, 25, 2, 30), "time.doubled", "02:30"),
        (datetime(2026, 10, 26, 2, 30), None, None),
    ],
)
def test_a_time_that_the_clocks_skip_or_show_twice_is_said(
    local: datetime, code: str | None, goes: str | None
) -> None:
    told = found("Kom.", planned=WallTime(local, "Europe/Amsterdam"))
    assert {name for name in told if name in {"time.skipped", "time.doubled"}} == (
        {code} if code else set()
    )
    if code:
        assert told[code].severity is Severity.HINT
        assert told[code].what.params["goes"] == goes
        assert str(goes) in Translator("nl").text(told[code].what)


@pytest.mark.parametrize("platform", ["linkedin", "facebook", "instagram", "x"])
def test_a_comment_may_be_as_long_as_a_comment_may(platform: str) -> None:
    limit = load_platform(platform).limits.text_of(reply=True)
    assert limit is not None
    assert "limit.text_too_long" not in found("a" * limit.value, platform, follows=True)
    finding = found("a" * (limit.value + 1), platform, follows=True)["limit.text_too_long"]
    assert finding.what.params["most"] == limit.value


def test_what_follows_a_post_needs_no_picture_and_repeats_no_facts() -> None:
    plain = found("Vragen? Stel ze hier.", "instagram", phase=Phase.ACTION, vacancy=VACANCY)
    assert {"limit.no_picture", "action.no_pay"} <= set(plain)
    below = found(
        "Vragen? Stel ze hier.", "instagram", phase=Phase.ACTION, vacancy=VACANCY, follows=True
    )
    assert not {code for code in below if code.startswith(("limit.", "action."))}


def test_a_public_holiday_is_hinted_at() -> None:
    assert "time.public_holiday" in found("Kom.", holidays=frozenset({date(2026, 12, 8)}))


@pytest.mark.parametrize(
    ("photo", "code"),
    [
        (PhotoUse("dijk", "none", None), None),
        (PhotoUse("team", "recognisable", date(2026, 12, 8)), None),
        (PhotoUse("team", "recognisable", None), "photo.no_consent"),
        (PhotoUse("team", "recognisable", date(2026, 12, 7)), "photo.consent_over"),
    ],
)
def test_people_in_a_photo_have_agreed_until_the_day(photo: PhotoUse, code: str | None) -> None:
    assert set(found("Kom.", photos=(photo,))) == ({code} if code else set())


def test_weak_contrast_is_an_error_that_names_the_field() -> None:
    finding = found("Kom.", weak_contrasts=("headline",))["picture.contrast"]
    assert finding.what.params["field"] == "headline"


@given(st.text(max_size=200))
def test_the_same_text_always_gets_the_same_findings_gravest_first(text: str) -> None:
    first = check(subject(text, "x"))
    assert first == check(subject(text, "x"))
    order = [list(Severity).index(finding.severity) for finding in first]
    assert order == sorted(order)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_finding_is_worded_with_its_remedy(language: str) -> None:
    t = Translator(language)
    late = WallTime(datetime(2026, 12, 25, 23, tzinfo=None), "Europe/Amsterdam")
    for finding in check(
        subject(
            POOR,
            phase=Phase.ACTION,
            vacancy=VACANCY,
            planned=late,
            weak_contrasts=("headline",),
            neighbours=(Neighbour("VB-2", True, POOR, late.instant.astimezone(UTC)),),
        )
    ):
        assert finding.remedy is not None
        for message in (finding.what, finding.remedy):
            said = t.text(message)
            assert not said.startswith("check.") and "{" not in said


def story(**changed: Any) -> FactBook:
    values: dict[str, Any] = {"text": "Ik leg altijd uit wat wél kan.", **changed}
    told = {"quote": StoryFact(**values)}
    return book_of(Brief("b", BriefKind.VACANCY, "m", date(2026, 12, 1), story=told))


CONSENT = Consent("een adviseur", date(2026, 11, 1), until=date(2026, 12, 7))


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"consent": replace(CONSENT, until=None)}, None),
        ({"consent": replace(CONSENT, until=date(2026, 12, 8))}, None),
        ({"consent": CONSENT}, "fact.consent_over"),
        ({}, "fact.no_consent"),
        ({"kind": FactKind.SENTENCES}, None),
        ({"kind": FactKind.SENTENCES, "valid_until": date(2026, 12, 8)}, None),
        ({"kind": FactKind.SENTENCES, "valid_until": date(2026, 12, 7)}, "fact.expired"),
    ],
)
def test_a_story_is_told_with_consent_and_while_it_holds(
    changed: dict[str, Any], code: str | None
) -> None:
    book = story(**changed)
    facts = book.hashes(["story.quote"])
    grave = {c: f.severity for c, f in found("Kom erbij.", book=book, facts=facts).items()}
    assert grave == ({code: Severity.ERROR} if code else {})
    assert found("Kom erbij.", book=book) == {}, "a post that does not tell it is left alone"


def test_a_fact_that_changed_or_went_is_an_error_until_it_changes_once_more() -> None:
    told = story(kind=FactKind.SENTENCES).hashes(["story.quote"])
    codes = [
        set(found("Kom erbij.", book=book, facts=told))
        for book in (
            story(kind=FactKind.SENTENCES, text="Iets anders."),
            story(kind=FactKind.SENTENCES, text="Weer iets anders."),
            FactBook(),
        )
    ]
    assert all(len(c) == 1 and "fact.changed.story.quote." in min(c) for c in codes)
    assert len(set.union(*codes)) == 3


def test_where_a_fact_was_read_may_change() -> None:
    told = story(kind=FactKind.SENTENCES, source="jaarverslag").hashes(["story.quote"])
    elsewhere = story(kind=FactKind.SENTENCES, source="website", on=date(2026, 11, 1))
    assert found("Kom erbij.", book=elsewhere, facts=told) == {}


def test_a_closed_vacancy_stops_what_needs_it_open() -> None:
    closed = replace(VACANCY, closed_at_utc=datetime(2026, 12, 1, tzinfo=UTC))
    finding = found("Kom erbij.", vacancy=closed, needs_open_vacancy=True)["fact.vacancy_closed"]
    assert finding.severity is Severity.ERROR and not finding.waivable
    assert found("Kom erbij.", vacancy=closed) == {}
    assert found("Kom erbij.", vacancy=VACANCY, needs_open_vacancy=True) == {}


MINUTE = Neighbour("VB-3", False, "", NOON.instant)
OVER = MonthlySum("Voorbeeld", date(2026, 12, 1), Money.of("26", "USD"), Money.of("25", "USD"))
LONG = "Wij werken elke dag aan " + "heel " * 22 + "mooie dijken."


@pytest.mark.parametrize(
    ("text", "changed", "code", "severity"),
    [
        ("Kom.", {"neighbours": (MINUTE,)}, "time.same_minute", Severity.WARNING),
        ("Kom.", {"planned": WallTime(datetime(2026, 12, 8, 22), "Europe/Amsterdam")},
         "time.quiet_hours", Severity.WARNING),
        ("Kom.", {"month": OVER}, "cost.cap", Severity.WARNING),
        ("Kom.", {"holidays": frozenset({date(2026, 12, 8)})}, "time.public_holiday",
         Severity.HINT),
        ("Kom.", {"weak_contrasts": ("headline",)}, "picture.contrast", Severity.ERROR),
        ("Kom.", {"photos": (PhotoUse("dijk", "", None),)}, "photo.people_unknown",
         Severity.WARNING),
        ("Kom.", {"photos": (PhotoUse("dijk", "Anna", None),)}, "photo.no_consent",
         Severity.ERROR),
        ("Kom.", {"photos": (PhotoUse("dijk", "Anna", date(2026, 12, 7)),)},
         "photo.consent_over", Severity.ERROR),
        ("De beste werkgever.", {}, "words.claim", Severity.WARNING),
        ("Klik hier.", {}, "access.click_here", Severity.WARNING),
        ("\U0001d400\U0001d401 vet", {}, "access.special_letters", Severity.WARNING),
        ("Hallo \U0001f600\U0001f600\U0001f600\U0001f600", {}, "access.many_emoji",
         Severity.WARNING),
        (LONG, {}, "words.long_sentence", Severity.WARNING),
        ("Kom. " + " ".join(f"#Tag{n}" for n in range(6)), {}, "hashtags.many",
         Severity.WARNING),
        ("Solliciteer.", {"phase": Phase.AWARENESS}, "phase.vacancy_in_awareness",
         Severity.ERROR),
        ("Reageer snel.", {"phase": Phase.INTEREST}, "phase.pressure_in_interest",
         Severity.ERROR),
        ("Solliciteer.", {"phase": Phase.ACTION, "latent_persona": True},
         "phase.pressure_on_latent", Severity.WARNING),
        ("Jonge hond gezocht.", {}, "words.age_direct", Severity.ERROR),
        ("Een ninja.", {}, "words.gender", Severity.WARNING),
    ],
)  # fmt: skip
def test_what_a_finding_weighs(
    text: str, changed: dict[str, Any], code: str, severity: Severity
) -> None:
    assert found(text, **changed)[code].severity is severity


def test_a_sum_that_is_just_reached_is_no_finding() -> None:
    reached = replace(OVER, total=OVER.cap)
    assert "cost.cap" not in found("Kom.", month=reached)


@pytest.mark.parametrize(("number", "refused"), [(30, False), (31, True)])
def test_a_platform_takes_so_many_hashtags_and_no_more(number: int, refused: bool) -> None:
    text = "Kom. " + " ".join(f"#Tag{n}" for n in range(number))
    codes = found(text, "instagram")
    assert ("limit.too_many_hashtags" in codes) is refused
    assert ("hashtags.many" in codes) is not refused


@pytest.mark.parametrize(("words", "told"), [(16, False), (17, True)])
def test_three_sentences_that_are_long_on_average_are_hinted_at(words: int, told: bool) -> None:
    sentence = " ".join(["Wij", *["werken"] * (words - 2), "samen."])
    assert ("words.long_on_average" in found(" ".join([sentence] * 3))) is told
    assert "words.long_on_average" not in found(" ".join([sentence] * 2))


TRACKED = "https://a.example/?utm_id=code"


@pytest.mark.parametrize(
    ("platform", "link", "text", "changed", "missing"),
    [
        ("linkedin", None, COMPLETE, {}, True),
        ("x", None, COMPLETE, {}, True),
        ("x", TRACKED, COMPLETE, {}, False),
        ("x", None, COMPLETE, {"link_in_text": False}, False),
        ("x", None, f"{COMPLETE} {TRACKED}", {}, False),
        ("x", None, COMPLETE, {"talent_pool": True}, False),
        ("instagram", None, COMPLETE, {}, False),
    ],
)
def test_a_call_to_apply_says_where(
    platform: str, link: str | None, text: str, changed: dict[str, Any], missing: bool
) -> None:
    content = Content(text, link)
    codes = found("", platform, content=content, phase=Phase.ACTION, vacancy=VACANCY, **changed)
    assert ("action.no_link" in codes) is missing
