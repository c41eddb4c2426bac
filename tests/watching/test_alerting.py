"""Trouble reaches every reader once, over all workers, and what fails is tried again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

import pytest
from structlog.testing import capture_logs
from tests.storage.rows import Rows
from tests.watching.listeners import Mailbox, WebListener, mail_server, text_of, web_listener

from campaignbot.domain.alerts import Alert, AlertKind
from campaignbot.domain.clock import SimulatedClock
from campaignbot.domain.messages import Message
from campaignbot.domain.publication import Event, Publication
from campaignbot.domain.secrets import Secret
from campaignbot.gateways.mail import MailSecurity, MailServer
from campaignbot.i18n import Translator
from campaignbot.storage import alerts
from campaignbot.storage.database import Database
from campaignbot.watching.alerting import Alerting
from campaignbot.watching.find import Rules
from campaignbot.watching.ways import MailWay, NotifyWay, Way

MIRA, JO = "mira@waterrijk.example", "jo@waterrijk.example"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mail_server(Mailbox()) as running:
        yield running


class Team:
    """Readers of alerts about one database, and workers that tell them."""

    def __init__(self, database: Database, clock: SimulatedClock) -> None:
        self.database, self.clock = database, clock
        self.rows = Rows(database, clock)
        self.ways: list[Way] = []

    def reader(self, mailbox: Mailbox, address: str = MIRA, language: str = "nl") -> None:
        server = MailServer(
            "127.0.0.1", mailbox.port, MailSecurity.NONE, "c@waterrijk.example", timeout_s=10
        )
        self.ways.append(MailWay(server, address, language))

    def worker(self, name: str = "pc-1:1", database: Database | None = None) -> Alerting:
        return Alerting(
            lambda: database or self.database,
            self.clock,
            lambda: self.ways,
            lambda language: Translator(language),
            "Gemeente Waterrijk",
            Rules(),
            timedelta(days=30),
            name,
        )

    def failed(self, said: str = "tekst te lang") -> Publication:
        claimed = self.rows.move(self.rows.approved(), Event.CLAIM)
        told = {"platform": "LinkedIn", "said": said, "advice": "advice.shorten_text"}
        reason = Message("publishing.rejected", told)
        return self.rows.move(claimed, Event.FAIL, reason=reason)

    def unsent(self) -> Sequence[alerts.Raised]:
        with self.database.read() as tx:
            return alerts.not_sent(tx, [way.name for way in self.ways])


@pytest.fixture
def team(database: Database, clock: SimulatedClock) -> Team:
    return Team(database, clock)


def test_a_failed_post_is_told_once_by_many_workers(team: Team, mailbox: Mailbox) -> None:
    team.reader(mailbox)
    post = team.failed()
    for name in ("pc-1:1", "pc-2:2", "pc-1:1"):
        team.worker(name).look()
    assert mailbox.subjects == [
        f"Gemeente Waterrijk: kijk naar {post.reference}, het is niet geplaatst"
    ]
    (text,) = mailbox.texts_to(MIRA)
    assert "LinkedIn weigert dit bericht: “tekst te lang”. Maak de tekst korter." in text
    assert f"campaignbot post send-again {post.reference}" in text


def test_several_alerts_of_one_look_are_one_letter(team: Team, mailbox: Mailbox) -> None:
    team.reader(mailbox)
    posts = [team.failed() for _ in range(3)]
    team.worker().look()
    assert len(mailbox.letters) == 1
    assert "(en nog 2 meldingen)" in mailbox.subjects[0]
    for body in (text_of(mailbox.letters[0]), text_of(mailbox.letters[0], "html")):
        assert all(post.reference in body for post in posts)


def test_every_reader_is_told_in_their_own_language(team: Team, mailbox: Mailbox) -> None:
    team.reader(mailbox, MIRA, "nl")
    team.reader(mailbox, JO, "en")
    team.failed()
    team.worker().look()
    assert "is mislukt" in mailbox.texts_to(MIRA)[0]
    assert "failed: the post of" in mailbox.texts_to(JO)[0]


def test_what_a_platform_said_is_text_and_never_markup(team: Team, mailbox: Mailbox) -> None:
    team.reader(mailbox)
    team.failed('<img src="https://spy.example/">')
    team.worker().look()
    assert "<img" not in text_of(mailbox.letters[0], "html")


def test_a_mail_server_that_is_away_is_tried_again_and_shown(team: Team) -> None:
    with mail_server(Mailbox()) as gone:
        port = gone.port
    team.reader(gone)
    team.failed()
    with capture_logs() as said:
        team.worker().look()
    assert [line["problem"] for line in said if line["event"] == "alert not sent"] == [
        "mail.unreachable"
    ]
    (waiting,) = team.unsent()
    assert waiting.deliveries[0].problem is not None
    with mail_server(Mailbox(), port=port) as back:
        team.worker().look()
        assert back.letters == [], "not before its time"
        team.clock.advance(timedelta(minutes=1))
        team.worker("pc-2:2").look()
        assert len(back.letters) == 1
        team.clock.advance(timedelta(hours=2))
        team.worker().look()
        assert len(back.letters) == 1
    assert team.unsent() == ()


def test_each_failure_doubles_the_pause_up_to_an_hour(team: Team) -> None:
    with mail_server(Mailbox()) as gone:
        pass
    team.reader(gone)
    team.failed()
    pauses = []
    for _ in range(8):
        now = team.clock.now()
        team.worker().look()
        again = team.unsent()[0].deliveries[0].next_try_at_utc
        pauses.append((again - now) // timedelta(minutes=1))
        team.clock.advance(again - now)
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60]


def test_a_letter_that_may_have_arrived_is_not_sent_again_within_the_hour(team: Team) -> None:
    with mail_server(Mailbox(drops=True)) as mailbox:
        team.reader(mailbox)
        team.failed()
        team.worker().look()
        team.clock.advance(timedelta(minutes=59))
        team.worker("pc-2:2").look()
        assert len(mailbox.letters) == 1
        mailbox.drops = False
        team.clock.advance(timedelta(minutes=1))
        team.worker().look()
    first, second = mailbox.letters
    assert first["Message-ID"] == second["Message-ID"], "the same letter, for who has both"


def test_a_worker_that_died_while_it_sent_keeps_nobody_uninformed(
    team: Team, mailbox: Mailbox
) -> None:
    team.reader(mailbox)
    team.failed()
    team.worker().look()
    post = team.failed()
    now = team.clock.now()
    found_by_the_dead = Alert(
        f"failed:{post.reference}:{post.version}",
        AlertKind.FAILED,
        post.reference,
        Message("alert.failed", {"ref": post.reference, "account": "?", "at": now}),
    )
    with team.database.write() as tx:
        alerts.raise_alerts(tx, [found_by_the_dead], [team.ways[0].name], now=now)
        alerts.claim_deliveries(tx, team.ways[0].name, now=now, until=now + timedelta(hours=1))
    team.worker("pc-2:2").look()
    assert len(mailbox.letters) == 1
    team.clock.advance(timedelta(hours=1))
    team.worker("pc-2:2").look()
    assert post.reference in text_of(mailbox.letters[1])


def test_one_way_that_fails_holds_up_no_other(team: Team, mailbox: Mailbox) -> None:
    with web_listener(WebListener(status=500)) as hook:
        team.ways.append(NotifyWay(Secret(f"json://{hook.url}/"), "nl"))
        team.reader(mailbox)
        post = team.failed()
        team.worker().look()
        assert len(mailbox.letters) == 1 and len(hook.got) >= 1
        hook.status = 200
        tries = len(hook.got)
        team.clock.advance(timedelta(minutes=1))
        team.worker().look()
        assert len(hook.got) == tries + 1 and post.reference in hook.got[-1][2]
    assert len(mailbox.letters) == 1


def test_trouble_of_before_there_was_a_way_to_tell_is_told_only_while_it_is_news(
    team: Team, mailbox: Mailbox
) -> None:
    team.failed()
    team.worker().look()
    team.clock.advance(timedelta(days=8))
    fresh = team.failed()
    team.reader(mailbox)
    team.worker().look()
    assert mailbox.subjects == [
        f"Gemeente Waterrijk: kijk naar {fresh.reference}, het is niet geplaatst"
    ]


def test_a_database_that_is_away_is_told_without_it_once_an_hour(
    sqlite_database: Database, clock: SimulatedClock, mailbox: Mailbox
) -> None:
    team = Team(sqlite_database, clock)
    team.reader(mailbox)
    away = Database("postgresql://campaignbot@127.0.0.1:1/campaignbot")
    worker = team.worker(database=away)
    problem = Message("storage.unreachable", {"url": away.shown})
    since = clock.now()
    for _ in range(3):
        worker.has_problem(problem, since)
        clock.advance(timedelta(minutes=20))
    assert mailbox.subjects == [
        "Gemeente Waterrijk: help de daemon op pc-1:1, hij kan niet plaatsen"
    ]
    assert "De databaseserver" in text_of(mailbox.letters[0])
    worker.has_problem(problem, since)
    assert len(mailbox.letters) == 2
    away.close()


def test_a_problem_of_one_worker_is_told_once_through_the_database(
    team: Team, mailbox: Mailbox
) -> None:
    team.reader(mailbox)
    worker, since = team.worker(), team.clock.now()
    for _ in range(3):
        worker.has_problem(Message("daemon.problem", {"said": "OSError"}), since)
        team.clock.advance(timedelta(hours=1))
    assert len(mailbox.letters) == 1
