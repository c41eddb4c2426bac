"""What cases do on a stand: make content, publish it, and look at what came of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from campaignbot.domain.content import Content, MediaItem
from campaignbot.domain.publication import Receipt
from campaignbot.platforms import outcomes
from campaignbot.platforms.conformance import files
from campaignbot.platforms.conformance.stand import NotApplicable, Stand
from campaignbot.platforms.errors import PlatformError
from campaignbot.platforms.outcomes import Outcome
from campaignbot.platforms.protocol import ExternalPost

LINK = "https://werkenbij.voorbeeld.example/vacature?utm_id=conform1"
AN_HOUR = timedelta(hours=1)


class Calls:
    """Records `before_create`, as publishing would."""

    def __init__(self, error: Exception | None = None) -> None:
        self.receipts: list[Receipt | None] = []
        self._error = error

    def __call__(self, receipt: Receipt | None) -> None:
        self.receipts.append(receipt)
        if self._error is not None:
            raise self._error


class Upload:
    """Records `progress`, as publishing would; raises the error once so many bytes were sent."""

    def __init__(self, error: Exception | None = None, least: int = 0) -> None:
        self.told: list[tuple[MediaItem, int, int]] = []
        self._error, self._least = error, least

    def __call__(
        self, item: MediaItem, sent: int, size: int, /, begun: Receipt | None = None
    ) -> None:
        self.told.append((item, sent, size))
        if self._error is not None and sent >= self._least:
            raise self._error


def draft(stand: Stand, text: str, *, link: str | None = None, pictures: int = 1) -> Content:
    """Return content with pictures that have an alt text each."""
    return Content(text, link, tuple(picture(stand, number) for number in range(pictures)))


def bare(stand: Stand, text: str, *, link: str | None = None) -> Content:
    """Return content with as few pictures as the platform takes."""
    return draft(stand, text, link=link, pictures=int(stand.platform.limits.image_required))


def picture(
    stand: Stand,
    number: int = 0,
    *,
    width: int = 320,
    height: int = 320,
    size: int | None = None,
    alt_text: str | None = None,
) -> MediaItem:
    """Store a JPEG and return it; each number is a picture of its own."""
    data = files.jpeg(width, height, size=size, mark=f"nr {number}")
    told = f"Een effen vlak, nummer {number}." if alt_text is None else alt_text
    return MediaItem(stand.keep(data, "image/jpeg"), "image/jpeg", width, height, told)


def moving_picture(stand: Stand, *, size: int | None = None) -> MediaItem:
    """Store a GIF that moves, and return it."""
    needs_moving_pictures(stand)
    digest = stand.keep(files.gif(320, 320, size=size), "image/gif")
    return MediaItem(digest, "image/gif", 320, 320, "Een vlak wordt licht.")


def publish(
    stand: Stand,
    content: Content,
    calls: Calls | Callable[[Receipt | None], None] | None = None,
    reply_to: str | None = None,
    *,
    resume: Receipt | None = None,
    progress: Upload | None = None,
    timeout_s: float = 10,
) -> Outcome:
    adapter = stand.adapter(timeout_s)
    try:
        return adapter.publish(
            content,
            resume=resume,
            before_create=calls or Calls(),
            reply_to=reply_to,
            progress=progress or Upload(),
        )
    finally:
        adapter.close()


def expect(outcome: Outcome, kind: type[Outcome]) -> None:
    assert isinstance(outcome, kind), f"expected {kind.__name__}, got {outcome!r}"


def refused(stand: Stand, outcome: Outcome, kind: type[Outcome] = outcomes.Rejected) -> None:
    """Expect a refusal in words, after which nothing new is on the account."""
    expect(outcome, kind)
    assert getattr(outcome, "said", "").strip(), "the platform's own words are missing"
    assert stand.posts() == 0, "refused, and yet created"


def finished(stand: Stand, content: Content, outcome: Outcome) -> Outcome:
    """Let the platform do its work as often as it says that it is not done, and go on."""
    for _ in range(3):
        if not isinstance(outcome, outcomes.Pending):
            break
        stand.process()
        outcome = publish(stand, content, resume=outcome.receipt)
    return outcome


def published(stand: Stand, content: Content, reply_to: str | None = None) -> str:
    """Publish, and return the external id."""
    outcome = publish(stand, content, reply_to=reply_to)
    assert isinstance(outcome, outcomes.Published) and outcome.external_id, outcome
    return outcome.external_id


def find(
    stand: Stand,
    content: Content,
    receipt: Receipt | None = None,
    reply_to: str | None = None,
    *,
    timeout_s: float = 10,
) -> ExternalPost | None:
    """Look for what was published within the last hour."""
    adapter = stand.adapter(timeout_s)
    try:
        since = stand.clock.now() - AN_HOUR
        return adapter.find_published(content, since, receipt, reply_to)
    finally:
        adapter.close()


def expect_error(kind: type[PlatformError], act: Callable[[], object], what: str = "") -> None:
    """Expect an act to raise this error, and none that is no PlatformError."""
    try:
        done = act()
    except PlatformError as error:
        assert isinstance(error, kind), f"{what}: expected {kind.__name__}, got {error!r}"
        assert str(error).strip(), f"{what}: an error without words"
        return
    except Exception as error:
        # That nothing else gets out of an adapter is what is looked at.
        raise AssertionError(f"{what}: {error!r} is no PlatformError") from error
    raise AssertionError(f"{what}: expected {kind.__name__}, got {done!r}")


def text_of(stand: Stand, length: int, unit: str = "zin ") -> str:
    """Return a text of exactly this length, as the platform counts, made of a unit."""
    count = stand.platform.count
    length -= stand.platform.length(Content(""))
    text = unit * (length // max(1, count(unit)))
    while text and count(text) > length:
        text = text[: -len(unit)]
    text = text.rstrip()
    return text + "n" * (length - count(text))


def needs_video(stand: Stand) -> None:
    if stand.platform.limits.video is None:
        raise NotApplicable("the adapter takes no videos")


def needs_moving_pictures(stand: Stand) -> None:
    if "image/gif" not in stand.platform.limits.image_mimes:
        raise NotApplicable("the platform takes no moving pictures")


def needs_document(stand: Stand) -> None:
    if stand.platform.limits.document is None:
        raise NotApplicable("the platform knows no documents to leaf through")


def video(stand: Stand, *, duration_ms: int | None = None, size: int = 200_000) -> MediaItem:
    """Store an MP4 that the platform takes, unless told otherwise, and return it."""
    needs_video(stand)
    limits = stand.platform.limits.video
    assert limits is not None
    length = max(4000, limits.duration_min_ms.value) if duration_ms is None else duration_ms
    data = files.mp4(length, size=size, mark=str(size))
    return MediaItem(
        stand.keep(data, "video/mp4"),
        "video/mp4",
        640,
        360,
        "Een molen draait, zonder geluid.",
        "Werken bij de molen",
        length,
    )


def document(stand: Stand, *, pages: int = 3, size: int | None = None) -> MediaItem:
    """Store a PDF and return it."""
    needs_document(stand)
    digest = stand.keep(files.pdf(pages, size=size), "application/pdf")
    return MediaItem(
        digest, "application/pdf", 540, 540, "Drie bladen.", "Werken bij ons", pages=pages
    )
