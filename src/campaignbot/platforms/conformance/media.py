"""Cases on pictures, videos and documents, and on the card of a link."""

from __future__ import annotations

from dataclasses import replace

from campaignbot.domain.content import Content, LinkPreview, MediaItem, MediaKind
from campaignbot.domain.publication import Receipt
from campaignbot.platforms import outcomes
from campaignbot.platforms.conformance.acts import (
    LINK,
    Calls,
    Upload,
    document,
    draft,
    expect,
    find,
    finished,
    needs_video,
    picture,
    publish,
    published,
    refused,
    video,
)
from campaignbot.platforms.conformance.failures import what_was_not_read_is_not_absent
from campaignbot.platforms.conformance.stand import Case, NotApplicable, Stand
from campaignbot.platforms.errors import LeaseLost
from campaignbot.platforms.outcomes import Outcome

_SEVERAL_CHUNKS = 9 * 1024 * 1024


def _stands_there(stand: Stand, content: Content) -> None:
    seen = stand.newest()
    assert [m.kind for m in seen.media] == [item.kind for item in content.media]
    for there, item in zip(seen.media, content.media, strict=True):
        assert there.sha256 in {None, item.sha256}, "another file than was approved"
        if item.kind is MediaKind.IMAGE:
            assert there.alt_text == item.alt_text
    assert seen.text == stand.platform.compose(content)


def _of(item: MediaItem, stand: Stand, text: str = "Kijk mee.") -> Content:
    return replace(draft(stand, text, pictures=0), media=(item,))


def _sends_alt_text(stand: Stand) -> None:
    content = draft(stand, "Een bericht met beeld.", pictures=1)
    published(stand, content)
    _stands_there(stand, content)


def _sends_several_in_order(stand: Stand) -> None:
    most = min(4, stand.platform.limits.images.value)
    if most < 2:
        raise NotApplicable("a post holds one picture")
    ordered = draft(stand, "Een bericht met beelden.", pictures=most)
    content = replace(ordered, media=tuple(reversed(ordered.media)))
    published(stand, content)
    _stands_there(stand, content)


def _mixes_pictures_and_videos(stand: Stand) -> None:
    """Where they may not stand together, nothing is left out: all of it is refused."""
    film = video(stand)
    content = replace(draft(stand, "Beeld en film.", pictures=0), media=(film, picture(stand)))
    if not stand.platform.limits.mixed_carousel:
        for media in (content.media, content.media[::-1]):
            refused(stand, publish(stand, replace(content, media=media)))
        return
    expect(publish(stand, content), outcomes.Published)
    _stands_there(stand, content)


def _uploads_again_what_expired(stand: Stand) -> None:
    content = draft(stand, "Te lang blijven liggen.")
    outcome = publish(stand, content, lambda _receipt: stand.expire_uploads())
    _is_not_published(stand, outcome)
    receipt = outcome.receipt if isinstance(outcome, outcomes.Pending) else None
    again = finished(stand, content, publish(stand, content, resume=receipt))
    expect(again, outcomes.Published)
    assert stand.posts() == 1


def _is_not_published(stand: Stand, outcome: Outcome) -> None:
    """Expect that it has to be uploaded anew, which a person or the next attempt does."""
    kinds = (outcomes.Rejected, outcomes.Unavailable, outcomes.Pending)
    assert isinstance(outcome, kinds), f"expected one that can be done again, got {outcome!r}"
    assert stand.posts() == 0


def _publishes_a_video(stand: Stand) -> None:
    content, upload = _of(video(stand), stand), Upload()
    expect(publish(stand, content, progress=upload), outcomes.Published)
    _stands_there(stand, content)


def _tells_how_far_a_video_is(stand: Stand) -> None:
    content, upload = _of(video(stand, size=_SEVERAL_CHUNKS), stand), Upload()
    expect(publish(stand, content, progress=upload), outcomes.Published)
    if stand.platform.public_media and not upload.told:
        raise NotApplicable("the platform fetches the video itself")
    sent = [done for _item, done, _size in upload.told]
    assert sent == sorted(sent) and sent[-1] == _SEVERAL_CHUNKS, sent
    assert len(sent) > 1, "a large video goes in one piece"
    assert {(item, size) for item, _done, size in upload.told} == {
        (content.media[0], _SEVERAL_CHUNKS)
    }


def _stops_a_video_when_the_lease_is_lost(stand: Stand) -> None:
    content, upload = _of(video(stand, size=_SEVERAL_CHUNKS), stand), Upload(LeaseLost())
    calls = Calls()
    try:
        publish(stand, content, calls, progress=upload)
    except LeaseLost:
        assert not calls.receipts and stand.posts() == 0
        return
    if stand.platform.public_media and not upload.told:
        raise NotApplicable("the platform fetches the video itself")
    raise AssertionError("LeaseLost did not pass through")


def _waiting(stand: Stand) -> tuple[Content, Receipt]:
    """Publish a video that the platform is not done with; return it with its receipt."""
    content, calls = _of(video(stand), stand), Calls()
    stand.process_slowly()
    outcome = publish(stand, content, calls)
    assert isinstance(outcome, outcomes.Pending), f"expected Pending, got {outcome!r}"
    assert outcome.retry_after_s > 0 and not calls.receipts and stand.posts() == 0
    return content, outcome.receipt


def _goes_on_where_it_was(stand: Stand) -> None:
    content, receipt = _waiting(stand)
    expect(publish(stand, content, resume=receipt), outcomes.Pending)
    stand.process()
    upload, calls = Upload(), Calls()
    done = publish(stand, content, calls, resume=receipt, progress=upload)
    expect(done, outcomes.Published)
    assert not upload.told, "it was uploaded again"
    assert len(calls.receipts) == 1 and stand.posts() == 1
    _stands_there(stand, content)


def _begins_again_when_the_upload_expired(stand: Stand) -> None:
    content, receipt = _waiting(stand)
    stand.process()
    stand.expire_uploads()
    outcome = publish(stand, content, resume=receipt)
    if not isinstance(outcome, outcomes.Pending | outcomes.Published):
        _is_not_published(stand, outcome)
        outcome = publish(stand, content)
    expect(finished(stand, content, outcome), outcomes.Published)
    assert stand.posts() == 1


def _tells_a_video_that_cannot_be_used(stand: Stand) -> None:
    needs_video(stand)
    digest = stand.keep(b"This is no film. " * 4000, "video/mp4")
    content = _of(replace(video(stand), sha256=digest), stand)
    refused(stand, finished(stand, content, publish(stand, content)))


def _a_cut_upload_creates_nothing(stand: Stand) -> None:
    content, calls = _of(video(stand, size=_SEVERAL_CHUNKS), stand), Calls()
    stand.fail("upload", "drop_before")
    expect(publish(stand, content, calls), outcomes.Unavailable)
    assert not calls.receipts and stand.posts() == 0
    published(stand, content)


def _a_lost_answer_is_found(stand: Stand) -> None:
    content, calls = replace(_of(video(stand), stand), link=LINK), Calls()
    stand.fail("create", "drop_after")
    expect(publish(stand, content, calls), outcomes.Unknown)
    assert stand.posts() == 1
    assert find(stand, content, calls.receipts[0]) is not None


def _a_video_that_was_not_read_is_not_absent(stand: Stand) -> None:
    what_was_not_read_is_not_absent(stand, _of(video(stand), stand))


def _publishes_a_document(stand: Stand) -> None:
    content = _of(document(stand), stand)
    published(stand, content)
    _stands_there(stand, content)
    assert stand.newest().media[0].title == content.media[0].title


def _brings_the_card(stand: Stand) -> None:
    if not stand.platform.needs_preview:
        raise NotApplicable("the platform reads the page of a link itself")
    card = LinkPreview("Werken bij de gemeente", "Alle vacatures.", picture(stand, 7))
    content = replace(draft(stand, "Met een kaart.", link=LINK, pictures=0), preview=card)
    published(stand, content)
    assert stand.newest().preview_title == card.title
    found = find(stand, content)
    assert found is not None


def _mentions(stand: Stand) -> None:
    if stand.mention is None:
        raise NotApplicable("whoever writes puts down the name that the platform knows")
    name, known_as, read = stand.mention
    content = replace(
        draft(stand, f"Samen met @{name} (en #anderen).", pictures=0), mentions={name: known_as}
    )
    if stand.platform.limits.image_required:
        content = replace(content, media=(picture(stand),))
    made = published(stand, content)
    assert stand.newest().text == f"Samen met {read} (en #anderen)."
    found = find(stand, content)
    assert found is not None and found.external_id == made


CASES = (
    Case("sends the alt text of a picture", _sends_alt_text),
    Case("sends several pictures in order", _sends_several_in_order),
    Case("a picture beside a video: both, or refused", _mixes_pictures_and_videos),
    Case("uploads again what expired before create", _uploads_again_what_expired),
    Case("video: publishes it", _publishes_a_video),
    Case("video: tells how far the upload is", _tells_how_far_a_video_is),
    Case("video: stops when the lease is lost", _stops_a_video_when_the_lease_is_lost),
    Case("video: waits for processing, and goes on", _goes_on_where_it_was),
    Case("video: an upload that expired begins again", _begins_again_when_the_upload_expired),
    Case("video: one that cannot be used is rejected", _tells_a_video_that_cannot_be_used),
    Case("video: a cut upload creates nothing", _a_cut_upload_creates_nothing),
    Case("video: cut after create is Unknown, found", _a_lost_answer_is_found),
    Case("video: its receipt proves nothing by itself", _a_video_that_was_not_read_is_not_absent),
    Case("document: publishes it", _publishes_a_document),
    Case("brings the card of a link", _brings_the_card),
    Case("mentions by name", _mentions),
)
