"""The simulated audience: laws that hold for every post, and what a marketer would expect."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaignbot.sandbox import LinkPreview, Medium, SandboxAccount, SandboxPost, World
from campaignbot.sandbox.audience import attention, format_of, growth, totals
from campaignbot.sandbox.behaviour import BEHAVIOUR, COMMENT_LAG

TUESDAY = datetime(2026, 11, 24, 9, tzinfo=UTC)
PLATFORMS = sorted(BEHAVIOUR)
MEDIA = {
    "text": [],
    "link": [],
    "image": [Medium("a")],
    "images": [Medium("a"), Medium("b")],
    "video": [Medium("a", kind="video")],
    "document": [Medium("a", kind="document")],
}
YEAR_S = 366 * 86_400


def published(
    world: World, platform: str, format_: str = "image", at: datetime = TUESDAY, number: int = 1
) -> SandboxPost:
    link = "https://a.example/" if format_ == "link" else None
    return world.add_post(
        SandboxPost(str(number), platform, "1", f"Bericht {number}", at, link, MEDIA[format_])
    )


def world_of(platform: str, followers: int = 3000, seed: int = 0) -> World:
    world = World(TUESDAY, seed)
    world.seed_accounts([SandboxAccount(platform, "1", "Gemeente Voorbeeld", "t", followers)])
    return world


@st.composite
def posts(draw: st.DrawFn) -> tuple[World, SandboxPost]:
    platform = draw(st.sampled_from(PLATFORMS))
    world = world_of(platform, draw(st.integers(0, 2_000_000)), draw(st.integers(0, 10**6)))
    at = TUESDAY + timedelta(seconds=draw(st.integers(0, YEAR_S)))
    post = published(world, platform, draw(st.sampled_from(sorted(MEDIA))), at)
    post.link = draw(st.sampled_from([None, "https://a.example/"]))
    return world, post


@given(posts(), st.lists(st.integers(-3600, YEAR_S), min_size=2, max_size=6))
def test_numbers_never_fall_however_often_and_in_whatever_order_they_are_asked_for(
    pair: tuple[World, SandboxPost], ages_s: list[int]
) -> None:
    world, post = pair
    told = {age: totals(world, post, post.created_at + timedelta(seconds=age)) for age in ages_s}
    for earlier, later in pairwise(sorted(told)):
        assert all(told[earlier][name] <= told[later][name] for name in told[later])
    for age in ages_s:
        assert totals(world, post, post.created_at + timedelta(seconds=age)) == told[age]


@given(posts(), st.integers(-3600, YEAR_S))
def test_nobody_acts_who_has_not_seen(pair: tuple[World, SandboxPost], age_s: int) -> None:
    world, post = pair
    told = totals(world, post, post.created_at + timedelta(seconds=age_s))
    assert 0 <= told["reach"] <= told["impressions"]
    for name in ("reactions", "comments", "shares", "saves", "clicks"):
        assert told[name] <= told["reach"], name
    assert told["video_views"] <= told["impressions"]
    if age_s <= 0:
        assert not any(told.values())
    if post.link is None:
        assert told["clicks"] == 0


@given(posts())
def test_editing_a_post_changes_none_of_its_numbers(pair: tuple[World, SandboxPost]) -> None:
    world, post = pair
    later = post.created_at + timedelta(days=2)
    before = totals(world, post, later)
    world.edit(post, "Heel iets anders.")
    assert totals(world, post, later) == before


@given(st.sampled_from(PLATFORMS), st.integers(0, YEAR_S), st.integers(0, YEAR_S))
def test_attention_never_runs_backwards_and_comes_out_even_over_a_week(
    platform: str, start_s: int, later_s: int
) -> None:
    start = TUESDAY + timedelta(seconds=start_s)
    end = start + timedelta(seconds=later_s)
    assert attention(platform, start, end) >= timedelta()
    longer = attention(platform, start, end + timedelta(days=7))
    gained = longer - attention(platform, start, end)
    assert gained.total_seconds() == pytest.approx(7 * 86_400, abs=1)


@given(
    st.sampled_from(PLATFORMS),
    st.sampled_from([datetime(2026, 10, 25, 1, tzinfo=UTC), datetime(2027, 3, 28, 1, tzinfo=UTC)]),
    st.integers(1, 48 * 60),
)
def test_setting_the_clocks_takes_no_attention_back(
    platform: str, switch: datetime, minutes_before: int
) -> None:
    start = switch - timedelta(minutes=minutes_before)
    second = timedelta(seconds=1)
    assert attention(platform, start, switch - second) < attention(platform, start, switch + second)
    gained = attention(platform, start, switch + second) - attention(
        platform, start, switch - second
    )
    assert gained < timedelta(seconds=10)


def test_no_video_is_watched_more_often_than_it_is_shown() -> None:
    world = world_of("instagram", 900_000)
    for number in range(300):
        post = published(world, "instagram", "video", number=number)
        told = totals(world, post, TUESDAY + timedelta(days=9))
        assert 0 < told["video_views"] <= told["impressions"]


@pytest.mark.parametrize("platform", PLATFORMS)
def test_half_of_a_post_is_seen_within_its_half_life_of_attention(platform: str) -> None:
    world = world_of(platform, 400_000)
    half_life = timedelta(hours=BEHAVIOUR[platform].half_life_h)
    for number in range(40):
        post = published(world, platform, number=number)
        final = totals(world, post, TUESDAY + timedelta(days=3650))["impressions"]
        minutes = next(
            m
            for m in range(60 * 24 * 4)
            if totals(world, post, TUESDAY + timedelta(minutes=m))["impressions"] >= final / 2
        )
        looked = attention(platform, TUESDAY, TUESDAY + timedelta(minutes=minutes))
        # A post with a second wave takes longer, and a rare one has it.
        if looked <= half_life * 1.1:
            assert looked >= half_life * 0.9
            return
    pytest.fail("every post took longer than its half-life")


def typical(platform: str, format_: str, name: str, at: datetime = TUESDAY, **more: int) -> float:
    """Return the median of a total over many posts, after a month."""
    world = world_of(platform, **more)
    made = [published(world, platform, format_, at, number) for number in range(300)]
    for post in made:
        post.repeats = 0.0
    return median(totals(world, post, at + timedelta(days=30))[name] for post in made)


def test_formats_differ_as_studies_say() -> None:
    def order(platform: str, *formats: str) -> bool:
        seen = [typical(platform, f, "impressions", followers=50_000) for f in formats]
        return seen == sorted(seen)

    assert order("linkedin", "text", "link", "image", "video", "document")
    assert order("instagram", "image", "images", "video")
    assert order("facebook", "link", "text", "image")
    assert order("x", "link", "text", "image")


def test_a_good_moment_is_worth_something() -> None:
    saturday_night = TUESDAY + timedelta(days=4, hours=17)
    for platform in PLATFORMS:
        good = typical(platform, "image", "impressions", TUESDAY, followers=50_000)
        bad = typical(platform, "image", "impressions", saturday_night, followers=50_000)
        assert good > bad, platform


def test_a_post_of_friday_afternoon_grows_slowly_over_the_weekend() -> None:
    friday = datetime(2026, 11, 27, 15, 30, tzinfo=UTC)
    weekend = attention("linkedin", friday, friday + timedelta(days=2))
    workdays = attention("linkedin", TUESDAY, TUESDAY + timedelta(days=2))
    assert weekend < workdays * 0.7


def test_a_large_account_reaches_more_people_and_a_smaller_share_of_them() -> None:
    small = typical("linkedin", "image", "reach", followers=2000)
    large = typical("linkedin", "image", "reach", followers=200_000)
    assert small < large and small / 2000 > large / 200_000


def test_saying_the_same_again_is_seen_less() -> None:
    world = world_of("linkedin", 50_000)
    first = published(world, "linkedin", number=1)
    fresh = world.add_post(SandboxPost("2", "linkedin", "1", "Heel iets anders dus.", TUESDAY))
    again = world.add_post(SandboxPost("3", "linkedin", "1", first.text, TUESDAY))
    late = TUESDAY + timedelta(days=8)
    forgotten = world.add_post(SandboxPost("4", "linkedin", "1", first.text, late))
    assert [p.repeats for p in (first, fresh, again, forgotten)] == [0.0, 0.0, 1.0, 0.0]
    later = TUESDAY + timedelta(days=5)
    before = totals(world, again, later)["impressions"]
    again.repeats = 0.0
    assert before < totals(world, again, later)["impressions"]


def test_comments_come_later_than_reactions() -> None:
    hour, half_life = timedelta(hours=1), BEHAVIOUR["facebook"].half_life_h
    assert growth(hour, half_life * COMMENT_LAG) < growth(hour, half_life)


def test_a_post_with_a_card_is_a_link_and_one_with_a_picture_is_a_picture() -> None:
    preview = LinkPreview("Kop")
    post = SandboxPost("1", "x", "1", "t", TUESDAY, "https://a.example/", preview=preview)
    assert format_of(post) == "link"
    post.media.append(Medium("a"))
    assert format_of(post) == "image"
