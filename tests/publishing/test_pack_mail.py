"""The pack of a channel that people serve goes by mail, once, or it is seen that it did not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.storage.rows import Rows

from campaignbot.domain.clock import SimulatedClock
from campaignbot.domain.content import Content, MediaItem
from campaignbot.domain.errors import user_error
from campaignbot.domain.publication import Event, Publication, State
from campaignbot.i18n import Translator
from campaignbot.publishing.hand_over import PackFolder, hand_over_due
from campaignbot.publishing.pack_mail import MailedPacks
from campaignbot.storage import audit, publications
from campaignbot.storage.database import Database

TO = ("nieuwsbrief@waterrijk.example", "balie@waterrijk.example")
LINK = "https://werkenbij.waterrijk.example/?utm_id=code0001"
PICTURE = MediaItem("a" * 64, "image/jpeg", 1200, 627, "Een brug over de ringvaart.")


@dataclass(frozen=True)
class Sent:
    """One message as it was given to the mail server."""

    to: tuple[str, ...]
    subject: str
    text: str
    attachments: tuple[tuple[str, str, bytes], ...]
    message_id: str


@dataclass
class Outbox:
    """A mail server that remembers, and fails when it is told to."""

    error: Exception | None = None
    lost: Exception | None = None
    sent: list[Sent] = field(default_factory=list)

    def send(
        self,
        to: Sequence[str],
        subject: str,
        text: str,
        html: str | None,
        attachments: Sequence[tuple[str, str, bytes]],
        message_id: str,
    ) -> None:
        if self.error is not None:
            raise self.error
        self.sent.append(Sent(tuple(to), subject, text, tuple(attachments), message_id))
        if self.lost is not None:
            raise self.lost


class Desk:
    """Hands over what is due, by folder and mail."""

    def __init__(self, database: Database, clock: SimulatedClock, folder: Path) -> None:
        self.database, self.clock, self.folder = database, clock, folder
        self.rows, self.outbox = Rows(database, clock), Outbox()
        self.to: tuple[str, ...] = TO
        self.counts: Counter[str] = Counter()
        self.rows.campaign()
        self.rows.vacancy()

    def due(self, *media: MediaItem) -> Publication:
        plain = self.rows.publication(state=State.IN_REVIEW, account=self.rows.account("manual"))
        content = Content("Kom kijken aan de dijk.", LINK, media or (PICTURE,))
        edited = self.rows.move(plain, Event.EDIT, content=content)
        digest = edited.content_hash
        approved = self.rows.move(edited, Event.APPROVE, approved_hash=digest)
        self.clock.advance(timedelta(minutes=1))
        return approved

    def look(
        self, outbox: Outbox | None = None, *, mail: bool = True, language: str = "nl"
    ) -> None:
        t = Translator(language)
        packs = PackFolder(self.folder, lambda _item: b"beeld", t)
        hand_over = MailedPacks(
            packs, lambda _a: self.to, (outbox or self.outbox) if mail else None, t
        )
        add = lambda what: self.counts.update([what])  # noqa: E731
        hand_over_due(self.database, self.clock, ["manual"], hand_over, "test", add)

    def stored(self, publication: Publication) -> Publication:
        with self.database.read() as tx:
            return publications.publication_by_id(tx, publication.id)

    def remark(self, publication: Publication) -> str | None:
        reason = self.stored(publication).reason
        return reason.key if reason else None


@pytest.fixture
def desk(sqlite_database: Database, clock: SimulatedClock, tmp_path: Path) -> Desk:
    return Desk(sqlite_database, clock, tmp_path / "handover")


def test_the_mail_holds_all_that_somebody_needs_to_place_it(desk: Desk) -> None:
    due = desk.due()
    desk.look()
    (mail,) = desk.outbox.sent
    assert mail.to == TO and due.reference in mail.subject and "\n" not in mail.subject
    for words in ("Kom kijken aan de dijk.", LINK, "Een brug over", f"post placed {due.reference}"):
        assert words in mail.text
    assert mail.attachments == (("beeld-1.jpg", "image/jpeg", b"beeld"),)
    assert (desk.folder / due.reference / "bericht.txt").read_text() == mail.text
    after = desk.stored(due)
    assert (after.state, after.reason) == (State.HANDED_OVER, None)
    assert desk.counts == {"handed_over": 1, "pack_mailed": 1}


def test_the_files_of_a_pack_have_names_of_the_readers_language(desk: Desk) -> None:
    due = desk.due()
    desk.look(language="en")
    names = {path.name for path in (desk.folder / due.reference).iterdir()}
    assert names == {"post.txt", "picture-1.jpg"}
    assert "Picture: picture-1.jpg" in desk.outbox.sent[0].text


@pytest.mark.parametrize(
    ("item", "name", "words"),
    [
        (
            MediaItem("b" * 64, "video/mp4", 1280, 720, "Ans loopt.", "Een dag", 12_500),
            "video-1.mp4",
            ("Een dag", "Ans loopt."),
        ),
        (
            MediaItem("c" * 64, "application/pdf", 595, 842, "", "Vijf vragen", pages=3),
            "document-1.pdf",
            ("Vijf vragen",),
        ),
    ],
)
def test_a_video_or_document_is_called_what_it_is(
    desk: Desk, item: MediaItem, name: str, words: tuple[str, ...]
) -> None:
    desk.due(item)
    desk.look()
    (mail,) = desk.outbox.sent
    assert [attached for attached, _, _ in mail.attachments] == [name]
    for word in (name, *words):
        assert word in mail.text


def test_it_is_mailed_once_however_often_one_looks(desk: Desk) -> None:
    desk.due()
    for _ in range(3):
        desk.look()
        desk.clock.advance(timedelta(minutes=30))
    assert len(desk.outbox.sent) == 1


def test_without_addresses_the_folder_is_all(desk: Desk) -> None:
    desk.to = ()
    due = desk.due()
    desk.look()
    assert desk.outbox.sent == [] and desk.remark(due) is None
    assert desk.stored(due).state is State.HANDED_OVER


@pytest.mark.parametrize(
    "error", [ConnectionRefusedError(111, "Connection refused"), user_error("handover.no_mail")]
)
def test_a_mail_that_fails_is_seen_and_tried_again(desk: Desk, error: Exception) -> None:
    due = desk.due()
    desk.outbox.error = error
    desk.look()
    after = desk.stored(due)
    assert after.state is State.HANDED_OVER and desk.remark(due) == "handover.mail_failed"
    assert after.reason is not None
    assert TO[0] in Translator("nl").text(after.reason)
    assert (desk.folder / due.reference / "bericht.txt").exists()
    assert desk.counts["pack_not_mailed"] == 1
    desk.outbox.error = None
    desk.look()
    assert desk.outbox.sent == [], "not before its time"
    desk.clock.advance(timedelta(minutes=2))
    desk.look()
    assert len(desk.outbox.sent) == 1 and desk.remark(due) is None


def test_the_waits_grow_and_end_with_the_window(desk: Desk) -> None:
    due = desk.due()
    desk.outbox.error = OSError("down")
    tries = 0
    while desk.remark(due) != "handover.mail_gave_up":
        before = desk.counts["pack_not_mailed"]
        desk.look()
        tries += desk.counts["pack_not_mailed"] - before
        desk.clock.advance(timedelta(minutes=1))
    assert desk.clock.now() <= due.window_end_utc + timedelta(minutes=1)
    assert 8 <= tries <= 14
    desk.clock.advance(timedelta(hours=2))
    before = desk.counts["pack_not_mailed"]
    desk.look()
    assert desk.counts["pack_not_mailed"] == before, "it is not tried any more"


def test_without_a_mail_server_in_the_settings_that_is_said(desk: Desk) -> None:
    due = desk.due()
    desk.look(mail=False)
    reason = desk.stored(due).reason
    assert reason is not None and "mailserver" in Translator("nl").text(reason)


def test_an_answer_that_was_lost_repeats_the_same_message(desk: Desk) -> None:
    """What cannot be known: it may arrive twice, as one and the same message."""
    desk.due()
    desk.outbox.lost = TimeoutError("timed out")
    desk.look()
    desk.outbox.lost = None
    desk.clock.advance(timedelta(minutes=2))
    desk.look()
    first, second = desk.outbox.sent
    assert first == second and first.message_id == second.message_id


class Killed(BaseException):
    """The process ends here."""


def test_who_dies_while_mailing_leaves_it_to_the_next_one(desk: Desk) -> None:
    due = desk.due()

    class Dies(Outbox):
        def send(self, *arguments: object, **more: object) -> None:
            raise Killed

    with pytest.raises(Killed):
        desk.look(Dies())
    assert desk.remark(due) == "handover.mail_waiting"
    desk.look()
    assert desk.outbox.sent == [], "somebody may still be at it"
    desk.clock.advance(timedelta(minutes=10))
    desk.look()
    assert len(desk.outbox.sent) == 1 and desk.remark(due) is None


def test_of_two_workers_one_mails_it(desk: Desk) -> None:
    """The second looks while the first is at it."""
    due = desk.due()

    class Second(Outbox):
        def send(self, *arguments: object, **more: object) -> None:
            desk.look()

    desk.look(Second())
    assert desk.outbox.sent == []
    assert desk.stored(due).state is State.HANDED_OVER


def test_what_was_placed_meanwhile_stays_placed(desk: Desk) -> None:
    due = desk.due()

    class Quick(Outbox):
        def send(self, *arguments: object, **more: object) -> None:
            desk.rows.move(desk.stored(due), Event.PUBLISH, permalink="https://a.example/1")
            raise OSError("down")

    desk.look(Quick())
    assert desk.stored(due).state is State.PUBLISHED


def test_the_mail_stands_in_the_audit_trail(desk: Desk) -> None:
    due = desk.due()
    desk.look()
    with desk.database.read() as tx:
        lines = [line.action for line in audit.history(tx, due.id)]
    assert lines.count("hand_over") == 2


def test_another_publication_gets_another_message_id(desk: Desk) -> None:
    desk.due()
    other = desk.rows.publication(
        state=State.IN_REVIEW, account=desk.rows.account("manual"), text="Anders."
    )
    digest = other.content_hash
    desk.rows.move(replace(other), Event.APPROVE, approved_hash=digest)
    desk.look()
    assert len({mail.message_id for mail in desk.outbox.sent}) == 2
