"""Single posts from the command line: look, take down, report back, stop one of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from tests import media_files
from tests.e2e.commands import Ran, campaignbot
from tests.workdirs import approve_one, opened, sandboxed, stored

from campaignbot.domain.clock import SimulatedClock, SystemClock
from campaignbot.domain.people import Role
from campaignbot.domain.publication import Event, Publication, State
from campaignbot.sandbox import Sandbox
from campaignbot.sandbox.fault import Fault
from campaignbot.settings import load_settings
from campaignbot.storage import publications
from campaignbot.yamlfiles import change_yaml


@dataclass
class Room:
    """A working folder beside a running sandbox."""

    folder: Path
    sandbox: Sandbox

    def run(self, *arguments: str) -> Ran:
        return campaignbot(self.folder, *arguments)

    def approved(self, platform: str = "linkedin", text: str = "Kom kijken.") -> Publication:
        with opened(self.folder, SystemClock()) as application:
            return approve_one(application, platform, text)

    def published(self, platform: str = "linkedin", text: str = "Kom kijken.") -> Publication:
        with opened(self.folder, SystemClock()) as application:
            approved = approve_one(application, platform, text)
            application.publisher("test").tick()
            return stored(application, approved)

    def moved(self, publication: Publication, *events: Event) -> Publication:
        with opened(self.folder, SystemClock()) as application:
            digest = publication.content_hash
            for event in events:
                with application.database.write() as tx:
                    publication = publications.move(
                        tx,
                        publication,
                        event,
                        now=application.clock.now(),
                        actor="test",
                        approved_hash=digest,
                    )
        return publication

    def state(self, publication: Publication) -> State:
        with opened(self.folder, SystemClock()) as application:
            return stored(application, publication).state

    def live(self) -> int:
        """Return how many posts and comments followers see; no comment without its post."""
        there = [post for post in self.sandbox.world.posts if not post.deleted]
        ids = {post.id for post in there}
        return sum(post.reply_to is None or post.reply_to in ids for post in there)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with sandboxed(tmp_path) as sandbox:
        # What is late waits for the morning; these tests are run at any hour.
        always = {"quiet_from": "07:00", "quiet_until": "07:00"}
        change_yaml(tmp_path / "config" / "campaignbot.yaml", {"publishing": always})
        yield Room(tmp_path, sandbox)


def refused(ran: Ran, *words: str) -> None:
    assert ran.code == 2, f"{ran.code}: {ran.out}{ran.err}"
    assert "Traceback" not in ran.err
    for word in words:
        assert word in ran.err, ran.err


def test_a_live_post_is_taken_down_and_its_past_is_told(room: Room) -> None:
    live = room.published()
    assert live.state is State.PUBLISHED and room.live() == 1
    would = room.run("post", "take-down", live.reference, "--dry-run")
    assert "Would take down" in would.err and room.live() == 1
    refused(room.run("post", "take-down", live.reference), "reason")
    assert room.live() == 1
    done = room.run("post", "take-down", live.reference, "--reason", "Wrong pay.", "--json")
    assert done.code == 0 and done.data["removed"] == [live.reference]
    assert room.live() == 0
    again = room.run("post", "take-down", live.reference, "--reason", "Wrong pay.")
    assert again.code == 0 and "already" in again.err
    told = room.run("post", "show", live.reference, "--json").data
    assert (told["state"], told["link"]) == ("removed", live.permalink)
    assert [a["outcome"] for a in told["attempts"]] == ["Published"]
    assert "attempt 1: published" in room.run("post", "show", live.reference).out
    last = told["history"][-1]
    assert (last["by"], last["after"]["why"]) == ("Mira de Wit", "Wrong pay.")
    shown = room.run("post", "show", live.reference)
    assert "Kom kijken." in shown.out and "Wrong pay." in shown.out and not shown.err
    assert "published (the program)" in shown.out and "system:" not in shown.out


def test_posts_are_listed_within_the_window(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    room.approved(text="Aan de Havenkade wonen sinds mei honderdveertig gezinnen, en dat is veel.")
    (line,) = room.run("post", "list").out.splitlines()
    assert len(line) <= 80 and line.endswith("…") and "Aan de" in line


@pytest.mark.parametrize(("language", "program"), [("nl", "het programma"), ("en", "the program")])
def test_the_past_says_in_words_what_the_program_did_by_itself(
    room: Room, language: str, program: str
) -> None:
    live = room.published()
    shown = campaignbot(room.folder, "post", "show", live.reference, language=language).out
    assert f"({program})" in shown and "system:" not in shown
    told = room.run("post", "show", live.reference, "--json").data
    assert told["history"][-1]["by"] == "system:test"


def test_a_revoked_token_leaves_everything_and_asks_to_connect(room: Room) -> None:
    live = room.published("x")
    known = room.sandbox.world.account("x", "900004")
    assert known is not None
    known.token = "ander-geheim"
    ran = room.run("post", "take-down", live.reference, "--reason", "fout")
    refused(ran, "still there", "account connect x", live.permalink or "?")
    assert room.state(live) is State.PUBLISHED and room.live() == 1


def test_a_platform_that_does_not_answer_asks_to_try_again(room: Room) -> None:
    live = room.published("facebook")
    room.sandbox.world.faults.append(Fault("facebook", "any", "http_503", 9))
    ran = room.run("post", "take-down", live.reference, "--reason", "fout")
    refused(ran, "still there", "Try again")
    assert room.state(live) is State.PUBLISHED


def test_what_was_laid_ready_is_reported_placed_or_skipped(room: Room) -> None:
    first, second = room.published("manual", "Een."), room.published("manual", "Twee.")
    assert {room.state(first), room.state(second)} == {State.HANDED_OVER}
    refused(room.run("post", "placed", first.reference, "bij de balie"), "https://")
    room.run("post", "placed", first.reference, "https://a.example/1", "--dry-run")
    assert room.state(first) is State.HANDED_OVER
    done = room.run("post", "placed", first.reference, "https://a.example/1", "--json")
    assert done.data["state"] == "published"
    assert room.run("post", "placed", first.reference, "https://a.example/1").code == 0
    refused(room.run("post", "skip", second.reference), "reason")
    assert room.run("post", "skip", second.reference, "--reason", "vol").code == 0
    assert room.state(second) is State.SKIPPED
    refused(room.run("post", "placed", second.reference, "https://a.example/2"), "post show")
    taken = room.run("post", "take-down", first.reference, "--reason", "fout")
    assert taken.code == 0 and "https://a.example/1" in taken.err


def test_an_approval_is_taken_back_until_the_post_is_sent(room: Room) -> None:
    approved, sending = room.approved(), room.moved(room.approved("x"), Event.CLAIM)
    room.run("post", "reopen", approved.reference, "--dry-run")
    assert room.state(approved) is State.APPROVED
    assert room.run("post", "reopen", approved.reference, "--json").data["state"] == "in_review"
    shown = room.run("post", "show", approved.reference, "--json").data
    assert shown["decisions"][-1]["verdict"] == "taken_back"
    refused(room.run("post", "reopen", approved.reference), "post show")
    refused(room.run("post", "reopen", sending.reference), "post show")


def test_a_post_moves_to_now(room: Room) -> None:
    approved = room.approved()
    ran = room.run("post", "move", approved.reference, "--to", "now", "--json")
    assert ran.data["changed"] and ran.data["state"] == "in_review"


def test_a_poster_is_reported_placed_with_a_remark_and_a_photo(room: Room, tmp_path: Path) -> None:
    poster = room.published("manual", "Een poster.")
    refused(room.run("post", "placed", poster.reference), "--note", "--photo")
    notes = tmp_path / "poster.txt"
    notes.write_text("geen foto")
    told = ("post", "placed", poster.reference, "--note", "Prikbord")
    refused(room.run(*told, "--photo", str(notes)), "poster.txt")
    refused(room.run(*told, "--photo", str(media_files.video(tmp_path / "a.mp4"))), "a.mp4")
    stored = set((room.folder / "media").rglob("*.*"))
    photo = media_files.picture(tmp_path / "poster.jpg")
    assert room.run(*told, "--photo", str(photo), "--dry-run").code == 0
    assert room.state(poster) is State.HANDED_OVER
    assert set((room.folder / "media").rglob("*.*")) == stored
    assert room.run(*told, "--photo", str(photo)).code == 0
    (kept,) = set((room.folder / "media").rglob("*.*")) - stored
    shown = room.run("post", "show", poster.reference)
    assert "Placed: Prikbord" in shown.out and kept.name[:12] in shown.out
    data = room.run("post", "show", poster.reference, "--json").data
    assert data["placement"]["note"] == "Prikbord"
    assert data["placement"]["photo"]["sha256"] == kept.stem
    assert room.run("check-database").code == 0


def test_an_uncertain_post_is_settled_by_a_person_and_sent_again(room: Room) -> None:
    lost = room.moved(room.approved(), Event.CLAIM, Event.LOSE_SIGHT)
    refused(room.run("post", "settle", lost.reference), "--not-there")
    both = ("--published", "https://a.example/1", "--not-there", "--reason", "x")
    refused(room.run("post", "settle", lost.reference, *both), "--not-there")
    refused(room.run("post", "cancel", lost.reference), "uncertain")
    ran = room.run("post", "settle", lost.reference, "--not-there", "--reason", "Looked.")
    assert ran.code == 0 and room.state(lost) is State.FAILED
    refused(room.run("post", "send-again", lost.reference, "--at", "morgen"), "2026-12-01 09:00")
    refused(
        room.run("post", "send-again", lost.reference, "--at", "2020-01-01 09:00"), "has passed"
    )
    again = room.run("post", "send-again", lost.reference, "--at", "2099-03-29 02:30")
    assert again.code == 0 and "03:30" in again.err, "the clocks skip that time"
    assert room.state(lost) is State.APPROVED
    assert room.run("post", "cancel", lost.reference, "--json").data["state"] == "cancelled"


def test_an_uncertain_post_that_is_there_gets_its_address(room: Room) -> None:
    lost = room.moved(room.approved("x"), Event.CLAIM, Event.LOSE_SIGHT)
    ran = room.run("post", "settle", lost.reference, "--published", "https://x.example/1", "--json")
    assert ran.data == {
        "reference": lost.reference,
        "state": "published",
        "link": "https://x.example/1",
        "placement": None,
    }
    refused(room.run("post", "settle", lost.reference, "--not-there", "--reason", "x"), "published")


def test_a_comment_is_refused_where_the_program_cannot_place_one(room: Room) -> None:
    by_hand = room.approved("manual")
    ran = room.run("post", "comment", by_hand.reference, "Vragen?", "--after", "5")
    refused(ran, "cannot place a comment")


@pytest.mark.parametrize("platform", ["linkedin", "facebook", "instagram", "x"])
def test_a_comment_goes_below_its_post_and_is_taken_down_with_it(room: Room, platform: str) -> None:
    live = room.published(platform)
    made = room.run("post", "comment", live.reference, "Vragen? Stel ze hier.", "--json")
    assert made.code == 0, made.err
    clock = SimulatedClock(SystemClock().now())
    with opened(room.folder, clock) as application:
        (waiting,) = application.reviews.queue()
        application.reviews.approve(waiting, application.actor())
        clock.advance(timedelta(minutes=10))
        application.publisher("test").tick()
        assert stored(application, waiting).state is State.PUBLISHED
        assert stored(application, waiting).external_id is not None
    taken = room.run("post", "take-down", live.reference, "--reason", "fout", "--json")
    assert taken.code == 0, taken.out + taken.err
    assert taken.data["removed"] == [live.reference, made.data["reference"]]
    assert room.live() == 0


def test_posts_are_listed_by_state(room: Room) -> None:
    live, waiting = room.published("x", "Een."), room.approved("x", "Twee.")
    listed = room.run("post", "list", "--json").data["posts"]
    assert [p["reference"] for p in listed] == [live.reference, waiting.reference]
    some = room.run("post", "list", "--state", "goedgekeurd").out
    assert waiting.reference in some and live.reference not in some
    refused(room.run("post", "list", "--state", "gone"), "gone", "approved, ")
    refused(room.run("post", "list", "--campaign", "geen"), "geen")


def test_a_reader_takes_nothing_down(room: Room) -> None:
    live = room.published()
    (person,) = load_settings(room.folder).people
    change_yaml(
        room.folder / "config" / "campaignbot.yaml",
        {"people": [{"name": person.name, "role": str(Role.READER), "login": person.login}]},
    )
    refused(
        room.run("post", "take-down", live.reference, "--reason", "fout"), "has the role reader"
    )
    assert room.live() == 1


def test_one_post_is_stopped_and_goes_on_by_itself(room: Room) -> None:
    held = room.approved()
    refused(room.run("stop", "--post", held.reference, "--account", "linkedin"), "one thing")
    refused(room.run("stop", "--vacancy", "geen"), "geen")
    refused(room.run("stop", "--until", "2020-01-01 09:00"), "passed")
    until = ("--until", "2099-12-01 09:00")
    stopped = room.run("stop", "--post", held.reference, *until, "--reason", "wacht", "--json")
    assert stopped.data["scope"] == "publication"
    assert stopped.data["until"] == "2099-12-01 08:00:00+00:00", "wall time of the settings' zone"
    with opened(room.folder, SystemClock()) as application:
        application.publisher("test").tick()
    assert room.state(held) is State.APPROVED
    left = room.run("resume")
    assert held.reference in left.err and "wacht" in left.err, "what is still stopped is told"
    went = json.loads(room.run("resume", "--post", held.reference, "--json").out)
    assert len(went["lifted"]) == 1 and went["still_held"] == []
    with opened(room.folder, SystemClock()) as application:
        application.publisher("test").tick()
    assert room.state(held) is State.PUBLISHED


def test_a_list_says_where_a_text_goes_on_and_keeps_within_80_columns(room: Room) -> None:
    room.approved(text="Voor een vergunning de deur uitgaat, lees je haar helemaal.")
    room.approved("x", "Kom kijken.")
    long, short = room.run("post", "list").out.splitlines()
    assert long.endswith("…") and len(long) <= 80 and "  Voor een vergunning" in long
    assert "Kom kijken. http" in short or short.endswith("Kom kijken.")
    for line in room.run("status").out.splitlines():
        assert len(line) <= 80 and (line.endswith("…") if "Voor een" in line else True)


@pytest.mark.parametrize(
    ("language", "spaced", "stopped", "paused"),
    [
        ("nl", "niet vlak na elkaar", "Stilgezet: kapotte link.", "staat stil: verhuizing"),
        ("en", "do not come close", "Stopped: kapotte link.", "is paused: verhuizing"),
    ],
)
def test_what_holds_up_a_post_is_told_where_it_is_listed_and_shown(
    room: Room, language: str, spaced: str, stopped: str, paused: str
) -> None:
    def told(*arguments: str) -> str:
        return " ".join(campaignbot(room.folder, *arguments, language=language).out.split())

    room.published(text="Een.")
    waiting = room.approved(text="Twee.")
    for command in (("post", "list"), ("post", "show", waiting.reference), ("status",)):
        assert spaced in told(*command), command
    (row,) = room.run("post", "list", "--state", "approved", "--json").data["posts"]
    until = datetime.fromisoformat(row["waits_until"])
    assert "close after each other" in row["waits_for"] and until > waiting.due_at_utc
    room.run("account", "pause", "linkedin", "--reason", "verhuizing")
    assert paused in told("post", "list") and spaced not in told("post", "list")
    room.run("account", "resume", "linkedin")
    room.run("stop", "--reason", "kapotte link.")
    assert told("post", "list").count(stopped) == 1 and stopped in told("post", "list")
    assert stopped in told("post", "show", waiting.reference)


def wall(at: datetime) -> str:
    return at.astimezone(ZoneInfo("Europe/Amsterdam")).strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("language", "would", "did", "already"),
    [
        ("nl", "Zou {ref} verplaatsen", "{ref} is verplaatst naar", "niets veranderd"),
        ("en", "Would move {ref}", "{ref} is moved to", "nothing has changed"),
    ],
)
def test_a_moved_post_waits_for_a_decision_again_and_its_comment_moves_along(
    room: Room, language: str, would: str, did: str, already: str
) -> None:
    post = room.approved()
    made = room.run("post", "comment", post.reference, "Vragen?", "--after", "7", "--json")
    there = datetime(2027, 3, 2, 9, 0, tzinfo=ZoneInfo("Europe/Amsterdam"))
    to = ("post", "move", post.reference, "--to", wall(there))
    tried = campaignbot(room.folder, *to, "--dry-run", language=language)
    assert tried.code == 0 and would.format(ref=post.reference) in tried.err
    assert room.state(post) is State.APPROVED
    done = campaignbot(room.folder, *to, language=language)
    assert done.code == 0 and did.format(ref=post.reference) in done.err, done.err
    with opened(room.folder, SystemClock()) as application:
        moved = stored(application, post)
        with application.database.read() as tx:
            comment = publications.publication_by_reference(tx, made.data["reference"])
    assert (moved.state, moved.due_at_utc, moved.approved_hash) == (State.IN_REVIEW, there, None)
    assert moved.window_end_utc - there == post.window_end_utc - post.due_at_utc
    assert comment.due_at_utc == there + timedelta(minutes=7)
    room.moved(moved, Event.APPROVE)
    again = campaignbot(room.folder, *to, language=language)
    assert again.code == 0 and already in again.err
    assert room.state(post) is State.APPROVED, "it is there already: nothing is void"


def test_what_cannot_be_moved_is_said_and_stays(room: Room) -> None:
    live, waiting = room.published("x", "Een."), room.approved("linkedin", "Twee.")
    refused(room.run("post", "move", live.reference, "--to", "2027-03-02 09:00"), "published")
    refused(room.run("post", "move", waiting.reference, "--to", "2026-01-01 09:00"), "passed")
    refused(room.run("post", "move", waiting.reference, "--to", "tomorrow"), "tomorrow")
    (person,) = load_settings(room.folder).people
    change_yaml(
        room.folder / "config" / "campaignbot.yaml",
        {"people": [{"name": person.name, "role": str(Role.READER), "login": person.login}]},
    )
    ran = room.run("post", "move", waiting.reference, "--to", "2027-03-02 09:00")
    refused(ran, "has the role reader")
    assert room.state(waiting) is State.APPROVED


def test_what_the_checks_find_at_the_new_time_is_told(room: Room) -> None:
    post = room.approved()
    to = ("post", "move", post.reference, "--to", "2027-03-28 02:30", "--dry-run")
    assert "time.skipped" in {f["code"] for f in room.run(*to, "--json").data["findings"]}
    told = room.run(*to)
    assert told.code == 0 and told.out.startswith("hint: "), told.out
    assert room.state(post) is State.APPROVED
