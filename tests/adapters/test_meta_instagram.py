"""Instagram: containers, carousels, videos, the number of posts in a day, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.adapters.meta import Meta
from tests.adapters.stand import IDS, NOW
from tests.waiting import wait_until

from campaignbot.domain.accounts import BudgetOwner, RateBudget
from campaignbot.domain.content import Content, MediaItem
from campaignbot.domain.publication import Receipt
from campaignbot.platforms import outcomes
from campaignbot.platforms.advice import Advice
from campaignbot.platforms.errors import LeaseLost
from campaignbot.sandbox import SandboxPost
from campaignbot_meta.containers import BEGUN, CONTAINER, ITEMS
from campaignbot_meta.instagram import PLATFORM
from campaignbot_meta.instagram_account import InstagramAdapter

SINCE = NOW - timedelta(minutes=10)
ACCOUNT = IDS["instagram"]


def posted_by_others(meta: Meta, number: int, ago: timedelta = timedelta(hours=2)) -> None:
    for one in range(number):
        meta.sandbox.world.add_post(
            SandboxPost(f"8{one}", "instagram", ACCOUNT, f"Bericht {one}", meta.clock.now() - ago)
        )


def asked_for_quota(meta: Meta) -> int:
    """Count the calls that have no part in making and publishing a container."""
    return meta.sandbox.world.requests["facebook read"]


def test_a_carousel_mixes_pictures_and_videos_in_order(meta: Meta) -> None:
    items = (meta.picture(1), meta.video(), meta.picture(2), meta.video(seed=1))
    told: list[tuple[str, int, int]] = []
    outcome = meta.publish(
        meta.instagram(),
        Content("Vier beelden.", media=items),
        progress=lambda item, done, size, begun=None: told.append((item.sha256, done, size)),
    )
    assert isinstance(outcome, outcomes.Published), outcome
    post = meta.posts("instagram")[0]
    assert [(m.sha256, m.kind, m.alt_text) for m in post.media] == [
        (item.sha256, str(item.kind), item.alt_text if item.mime == "image/jpeg" else "")
        for item in items
    ]
    videos = [item for item in items if item.mime == "video/mp4"]
    whole = [(v.sha256, meta.store.size(v), meta.store.size(v)) for v in videos]
    assert [one for one in dict.fromkeys(told) if one[1] == one[2]] == whole
    assert outcome.permalink == f"https://www.instagram.com/p/{post.id}/"


@pytest.mark.parametrize("number", [2, 10])
def test_a_carousel_has_two_to_ten_items(meta: Meta, number: int) -> None:
    items = tuple(meta.picture(one) for one in range(number))
    outcome = meta.publish(meta.instagram(), Content("Reeks.", media=items))
    assert isinstance(outcome, outcomes.Published)
    assert [m.alt_text for m in meta.posts("instagram")[0].media] == [i.alt_text for i in items]


@pytest.mark.parametrize("number", [0, 11])
def test_no_picture_or_eleven_are_refused_before_anything_is_made(meta: Meta, number: int) -> None:
    items = tuple(meta.picture(one) for one in range(number))
    outcome = meta.publish(meta.instagram(), Content("Reeks.", media=items))
    assert isinstance(outcome, outcomes.Rejected) and outcome.advice is Advice.PICTURE_NUMBER
    assert not meta.sandbox.world.requests["facebook upload"]


def test_a_reel_is_sent_as_a_stream_and_keeps_the_lease(meta: Meta) -> None:
    item, told = meta.video(size=9_500_000), list[int]()
    outcome = meta.publish(
        meta.instagram(),
        Content("Een dag mee.", media=(item,)),
        progress=lambda _item, done, _size, begun=None: told.append(done),
    )
    assert isinstance(outcome, outcomes.Published), outcome
    size = meta.store.size(item)
    assert told[-1] == size and len(told) >= 3 and told == sorted(told)
    assert [(m.kind, m.sha256) for m in meta.posts("instagram")[0].media] == [
        ("video", item.sha256)
    ]


def test_a_reel_that_is_worked_on_waits_and_goes_on_from_its_container(meta: Meta) -> None:
    meta.sandbox.world.processing_s["instagram"] = 200
    content = Content("Straks.", media=(meta.video(),))
    outcome = meta.publish(meta.instagram(), content)
    assert isinstance(outcome, outcomes.Pending) and outcome.receipt.kind == CONTAINER
    assert not meta.receipts
    assert meta.instagram().find_published(content, SINCE, outcome.receipt) is None
    meta.pass_time(timedelta(minutes=4))
    uploads = meta.sandbox.world.requests["instagram upload"]
    again = meta.publish(meta.instagram(), content, resume=outcome.receipt)
    assert isinstance(again, outcomes.Published) and meta.receipts == [outcome.receipt]
    assert meta.sandbox.world.requests["instagram upload"] == uploads


def test_a_carousel_whose_video_is_worked_on_goes_on_from_its_items(meta: Meta) -> None:
    meta.sandbox.world.processing_s["instagram"] = 200
    content = Content("Straks.", media=(meta.picture(), meta.video()))
    outcome = meta.publish(meta.instagram(), content)
    assert isinstance(outcome, outcomes.Pending) and outcome.receipt.kind == ITEMS
    assert meta.instagram().find_published(content, SINCE, outcome.receipt) is None
    meta.pass_time(timedelta(minutes=4))
    made = len(meta.sandbox.world.pending)
    again = meta.publish(meta.instagram(), content, resume=outcome.receipt)
    assert isinstance(again, outcomes.Published)
    assert len(meta.sandbox.world.pending) == made + 1, "the carousel alone was made"
    kinds = [m.kind for m in meta.posts("instagram")[0].media]
    assert kinds == ["image", "video"]


def test_items_that_expired_are_made_again(meta: Meta) -> None:
    meta.sandbox.world.processing_s["instagram"] = 200
    content = Content("Een dag later.", media=(meta.picture(), meta.video()))
    outcome = meta.publish(meta.instagram(), content)
    assert isinstance(outcome, outcomes.Pending)
    meta.pass_time(timedelta(hours=25))
    meta.sandbox.world.processing_s.clear()
    again = meta.publish(meta.instagram(), content, resume=outcome.receipt)
    assert isinstance(again, outcomes.Published) and len(meta.posts("instagram")) == 1


def film_containers(meta: Meta) -> set[str]:
    pending = meta.sandbox.world.pending
    return {name for name, one in pending.items() if one.get("kind") in {"REELS", "VIDEO"}}


def cut_short(meta: Meta, adapter: InstagramAdapter, content: Content) -> Receipt:
    """Break off an upload after some of it arrived; return the receipt that was to be kept."""
    kept: list[Receipt] = []
    sent: list[int] = []

    def lost(_item: MediaItem, done: int, _size: int, /, begun: Receipt | None = None) -> None:
        if begun is not None:
            kept.append(begun)
        if done:
            sent.append(done)
            raise LeaseLost

    with pytest.raises(LeaseLost):
        meta.publish(adapter, content, progress=lost)
    (receipt,) = kept
    assert receipt.kind == BEGUN
    upload = meta.sandbox.world.pending[receipt.data["id"]]
    wait_until(lambda: len(upload["data"]) == sent[0], "all that was sent has arrived")
    return receipt


@pytest.mark.parametrize("beside", [0, 1], ids=["reel", "carousel"])
def test_an_upload_that_broke_off_goes_on_from_the_byte_that_arrived(
    meta: Meta, beside: int
) -> None:
    pictures = tuple(meta.picture(number) for number in range(beside))
    content = Content("In stukken.", media=(*pictures, meta.video(size=9_000_000)))
    adapter = meta.instagram()
    cut_short(meta, adapter, content)
    made = film_containers(meta)
    outcome = meta.publish(adapter, content)
    assert isinstance(outcome, outcomes.Published), outcome
    assert film_containers(meta) == made, "the same container"
    assert [m.sha256 for m in meta.posts("instagram")[0].media] == [i.sha256 for i in content.media]


def gone_on_with(meta: Meta, content: Content, receipt: Receipt) -> list[int]:
    """Publish with another adapter, as after a restart; return what was told of the upload."""
    told: list[int] = []
    outcome = meta.publish(
        meta.instagram(),
        content,
        resume=receipt,
        progress=lambda _item, done, _size, begun=None: told.append(done),
    )
    assert isinstance(outcome, outcomes.Published), outcome
    (post,) = meta.posts("instagram")
    assert [m.sha256 for m in post.media] == [item.sha256 for item in content.media]
    return told


@pytest.mark.parametrize("beside", [0, 1], ids=["reel", "carousel"])
def test_a_restart_goes_on_with_an_upload_from_the_byte_that_arrived(
    meta: Meta, beside: int
) -> None:
    pictures = tuple(meta.picture(number) for number in range(beside))
    content = Content("Herstart.", media=(*pictures, meta.video(size=9_000_000)))
    receipt = cut_short(meta, meta.instagram(), content)
    assert meta.instagram().find_published(content, SINCE, receipt) is None
    made = film_containers(meta)
    told = gone_on_with(meta, content, receipt)
    assert told[0] > 0, "what had arrived was sent again"
    assert film_containers(meta) == made and len(made) == 1, "the same container"


@pytest.mark.parametrize("changed", ["expired", "forgotten", "caption", "video"])
def test_an_upload_that_is_of_no_more_use_after_a_restart_is_begun_anew(
    meta: Meta, changed: str
) -> None:
    content = Content("Herstart.", media=(meta.video(size=9_000_000),))
    receipt = cut_short(meta, meta.instagram(), content)
    match changed:
        case "expired":
            meta.pass_time(timedelta(hours=25))
        case "forgotten":
            meta.sandbox.world.pending.clear()
        case "caption":
            content = replace(content, text="Anders gezegd.")
        case "video":
            content = replace(content, media=(meta.video(size=9_000_000, seed=1),))
    assert gone_on_with(meta, content, receipt)[0] == 0
    assert meta.posts("instagram")[0].text == content.text


@pytest.mark.parametrize("kind", ["http_500", "malformed", "drop_before"])
def test_an_upload_that_fails_is_unavailable_and_posts_nothing(meta: Meta, kind: str) -> None:
    meta.fail("instagram", "upload", kind, skip=1)
    outcome = meta.publish(meta.instagram(), Content("Mislukt.", media=(meta.video(),)))
    assert isinstance(outcome, outcomes.Unavailable), outcome
    assert not meta.receipts and not meta.posts("instagram")


@pytest.mark.parametrize("duration_ms", [2_900, 15 * 60_000 + 1000])
def test_a_reel_of_the_wrong_length_is_refused_by_the_container(
    meta: Meta, duration_ms: int
) -> None:
    content = Content("Te kort of te lang.", media=(meta.video(duration_ms),))
    outcome = meta.publish(meta.instagram(), content)
    assert isinstance(outcome, outcomes.Rejected) and outcome.advice is Advice.VIDEO_UNFIT
    assert "2207026" in outcome.said and not meta.receipts


def interrupted(meta: Meta, content: Content) -> Receipt:
    def stop(receipt: Receipt | None) -> None:
        meta.receipts.append(receipt)
        raise LeaseLost

    with pytest.raises(LeaseLost):
        meta.publish(meta.instagram(), content, before=stop)
    receipt = meta.receipts.pop()
    assert receipt is not None and receipt.kind == CONTAINER
    return receipt


def test_an_interrupted_post_goes_on_from_its_container(meta: Meta) -> None:
    content = Content("Halverwege gestopt.", media=(meta.picture(),))
    receipt = interrupted(meta, content)
    outcome = meta.publish(meta.instagram(), content, resume=receipt)
    assert isinstance(outcome, outcomes.Published)
    assert meta.receipts == [receipt], "the same container, not a second one"


def test_a_container_that_expired_is_made_again(meta: Meta) -> None:
    content = Content("Een dag later.", media=(meta.picture(),))
    receipt = interrupted(meta, content)
    meta.pass_time(timedelta(hours=25))
    assert meta.instagram().find_published(content, SINCE, receipt) is None
    outcome = meta.publish(meta.instagram(), content, resume=receipt)
    assert isinstance(outcome, outcomes.Published)
    assert meta.receipts[0] is not None and meta.receipts[0].data != receipt.data


def test_a_container_that_meta_forgot_is_made_again(meta: Meta) -> None:
    content = Content("Vergeten.", media=(meta.picture(),))
    receipt = interrupted(meta, content)
    meta.sandbox.world.pending.clear()
    assert isinstance(meta.publish(meta.instagram(), content, resume=receipt), outcomes.Published)


def test_a_container_that_expires_right_before_it_is_published_is_no_lost_post(meta: Meta) -> None:
    def a_day_passes(receipt: Receipt | None) -> None:
        meta.receipts.append(receipt)
        meta.pass_time(timedelta(hours=25))

    content = Content("Net te laat.", media=(meta.picture(),))
    outcome = meta.publish(meta.instagram(), content, before=a_day_passes)
    assert isinstance(outcome, outcomes.Pending), outcome
    again = meta.publish(meta.instagram(), content, resume=outcome.receipt)
    assert isinstance(again, outcomes.Published) and len(meta.posts("instagram")) == 1


def test_a_container_says_whether_it_was_published(meta: Meta) -> None:
    content = Content("Antwoord kwijt.", media=(meta.picture(),))
    meta.fail("instagram", "create", "drop_after")
    assert isinstance(meta.publish(meta.instagram(), content), outcomes.Unknown)
    found = meta.instagram().find_published(content, SINCE, meta.receipts[0])
    assert found is not None and found.external_id == meta.posts("instagram")[0].id


def test_what_its_container_says_was_published_is_never_published_again(meta: Meta) -> None:
    content = Content("Eén keer.", media=(meta.picture(),))
    meta.fail("instagram", "create", "drop_after")
    assert isinstance(meta.publish(meta.instagram(), content), outcomes.Unknown)
    again = meta.publish(meta.instagram(), content, resume=meta.receipts[0])
    assert again == outcomes.Published(
        meta.posts("instagram")[0].id,
        f"https://www.instagram.com/p/{meta.posts('instagram')[0].id}/",
    )
    meta.sandbox.world.visibility_s["instagram"] = 600
    hidden = meta.publish(meta.instagram(), content, resume=meta.receipts[0])
    assert isinstance(hidden, outcomes.Unknown), "published, but not listed yet"
    assert len(meta.posts("instagram")) == 1 and len(meta.receipts) == 1


def test_the_posts_of_a_day_are_asked_for_once_and_counted_down(meta: Meta) -> None:
    posted_by_others(meta, 30)
    adapter = meta.instagram()
    calls = []
    for number in range(3):
        before = asked_for_quota(meta)
        content = Content(f"Bericht {number}.", media=(meta.picture(),))
        assert isinstance(meta.publish(adapter, content), outcomes.Published)
        calls.append(asked_for_quota(meta) - before)
    # The first one asks for the limit as well.
    assert calls[0] - 1 == calls[1] == calls[2]
    told = [b for b in adapter.budgets() if b.bucket == "posts"]
    assert told == [RateBudget(BudgetOwner.ACCOUNT, "posts", 67, NOW + timedelta(hours=1))]


def test_the_limit_of_a_day_is_honoured_before_it_is_hit(meta: Meta) -> None:
    posted_by_others(meta, 100, ago=timedelta(hours=23, minutes=30))
    adapter, content = meta.instagram(), Content("Nr. 101.", media=(meta.picture(),))
    outcome = meta.publish(adapter, content)
    assert isinstance(outcome, outcomes.RateLimited) and outcome.advice is Advice.DAY_LIMIT
    assert (
        outcome.until_utc == NOW + timedelta(hours=1)
        and "platform.day_used_up: 100/100" in outcome.said
    )
    assert not meta.sandbox.world.requests["instagram upload"] and not meta.receipts
    meta.pass_time(timedelta(hours=1))
    assert isinstance(meta.publish(adapter, content), outcomes.Published), "places became free"


def test_what_others_publish_is_noticed_when_few_places_are_left(meta: Meta) -> None:
    posted_by_others(meta, 97)
    adapter = meta.instagram()
    first = meta.publish(adapter, Content("Nr. 98.", media=(meta.picture(),)))
    assert isinstance(first, outcomes.Published)
    posted_by_others(meta, 2)
    last = meta.publish(adapter, Content("Te veel.", media=(meta.picture(),)))
    assert isinstance(last, outcomes.RateLimited) and "platform.day_used_up: 100/100" in last.said


def test_where_the_limit_cannot_be_read_publishing_shows_it(meta: Meta) -> None:
    posted_by_others(meta, 100)
    meta.fail("instagram", "read", "http_500")
    outcome = meta.publish(meta.instagram(), Content("Te veel.", media=(meta.picture(),)))
    assert isinstance(outcome, outcomes.RateLimited) and outcome.advice is Advice.DAY_LIMIT
    assert len(meta.receipts) == 1


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("n" * 2201, Advice.SHORTEN_TEXT),
        (" ".join(f"@naam{n}" for n in range(21)), Advice.FEWER_MENTIONS),
        (" ".join(f"#tag{n}" for n in range(31)), Advice.FEWER_HASHTAGS),
    ],
    ids=["2201 characters", "21 mentions", "31 hashtags"],
)
def test_a_caption_over_a_limit_says_what_to_do(meta: Meta, text: str, advice: Advice) -> None:
    outcome = meta.publish(meta.instagram(), Content(text, media=(meta.picture(),)))
    assert isinstance(outcome, outcomes.Rejected) and outcome.advice is advice, outcome


def test_a_caption_at_all_limits_goes_out(meta: Meta) -> None:
    limits = PLATFORM.limits
    assert limits.mentions and limits.hashtags and limits.text
    words = [f"@naam{n}" for n in range(limits.mentions.value)]
    words += [f"#tag{n}" for n in range(limits.hashtags.value)]
    text = " ".join(words).ljust(limits.text.value - 1) + "!"
    outcome = meta.publish(meta.instagram(), Content(text, media=(meta.picture(),)))
    assert isinstance(outcome, outcomes.Published)


def test_a_name_behind_an_at_sign_becomes_the_users_own(meta: Meta) -> None:
    content = Content(
        "Samen met @Provincie Voorbeeld.",
        media=(meta.picture(),),
        mentions={"Provincie Voorbeeld": "provincievoorbeeld"},
    )
    assert isinstance(meta.publish(meta.instagram(), content), outcomes.Published)
    assert meta.posts("instagram")[0].text == "Samen met @provincievoorbeeld."
    assert PLATFORM.compose(content) == "Samen met @provincievoorbeeld."


@pytest.mark.parametrize(
    ("kind", "mime", "size", "advice"),
    [
        ("PNG", "image/png", (320, 320), Advice.PICTURE_KIND),
        ("JPEG", "image/jpeg", (300, 400), Advice.PICTURE_SHAPE),
        ("JPEG", "image/jpeg", (600, 300), Advice.PICTURE_SHAPE),
    ],
    ids=["a PNG", "too tall", "too wide"],
)
def test_a_picture_that_does_not_fit_says_what_to_do(
    meta: Meta, kind: str, mime: str, size: tuple[int, int], advice: Advice
) -> None:
    item = meta.stored(0, kind, mime, size)
    outcome = meta.publish(meta.instagram(), Content("Past niet.", media=(item,)))
    assert isinstance(outcome, outcomes.Rejected) and outcome.advice is advice, outcome
    assert not meta.receipts


def test_a_picture_that_is_too_big_says_what_to_do(meta: Meta) -> None:
    item = meta.picture()
    data = meta.store.read(item) + bytes(8 * 1024 * 1024)
    big = replace(item, sha256=meta.store.put(data, "image/jpeg"))
    outcome = meta.publish(meta.instagram(), Content("Te zwaar.", media=(big,)))
    assert isinstance(outcome, outcomes.Rejected) and outcome.advice is Advice.PICTURE_TOO_BIG


def test_without_the_permission_to_publish_it_says_which_one(meta: Meta) -> None:
    meta.account("instagram").scopes = ("instagram_basic",)
    outcome = meta.publish(meta.instagram(), Content("Nee.", media=(meta.picture(),)))
    assert isinstance(outcome, outcomes.AuthExpired)
    assert "instagram_content_publish" in outcome.said


def test_another_servers_upload_host_can_be_named(meta: Meta) -> None:
    from campaignbot_meta.instagram_account import InstagramAdapter

    named = meta.context("instagram", upload_url="http://127.0.0.1:9/upload")
    adapter = InstagramAdapter(named, pause=lambda _s: None)
    outcome = meta.publish(adapter, Content("Elders.", media=(meta.video(),)))
    assert isinstance(outcome, outcomes.Unavailable)
    assert outcome.said == "platform.no_connection"
