"""Alerts from the command line: connected, tried, listed, and shown by status where they fail."""

from __future__ import annotations

import stat
from datetime import timedelta
from pathlib import Path

import pytest
from tests.e2e.commands import campaignbot
from tests.watching.listeners import (
    PASSWORD,
    USER,
    Mailbox,
    WebListener,
    mail_server,
    web_listener,
)
from tests.workdirs import opened

from campaignbot.domain.alerts import Alert, AlertKind
from campaignbot.domain.messages import Message
from campaignbot.starter import make_workdir
from campaignbot.storage import alerts, workers
from campaignbot.yamlfiles import change_yaml

MIRA = "mira@waterrijk.example"


@pytest.fixture
def workdir(tmp_path: Path) -> Path:
    make_workdir(tmp_path)
    change_yaml(tmp_path / "config" / "campaignbot.yaml", {"key_file": "data/vault.key"})
    (tmp_path / "config" / "accounts.yaml").write_text("accounts: []\n")
    return tmp_path


def mail_by(workdir: Path, mailbox: Mailbox, **changed: object) -> None:
    mail = {
        "host": "127.0.0.1",
        "port": mailbox.port,
        "security": "none",
        "sender": "campagnes@waterrijk.example",
    }
    change_yaml(
        workdir / "config" / "campaignbot.yaml",
        {"mail": mail | changed, "watch": {"alerts_to": [MIRA]}},
    )


def stored_bytes(workdir: Path) -> bytes:
    return b"".join(path.read_bytes() for path in (workdir / "data").glob("campaignbot.db*"))


def test_a_password_is_tried_kept_unreadable_and_used(workdir: Path, tmp_path: Path) -> None:
    with mail_server(Mailbox(), tls=tmp_path) as mailbox:
        mail_by(workdir, mailbox, security="starttls", user=USER, ca_file="mail.crt")
        ran = campaignbot(workdir, "alerts", "connect", "mail", stdin=f"{PASSWORD}\n")
        assert ran.code == 0, ran.err
        assert len(mailbox.letters) == 1
        assert PASSWORD not in ran.out + ran.err
        assert PASSWORD.encode() not in stored_bytes(workdir)
        ran = campaignbot(workdir, "alerts", "test", "--json")
        assert (ran.code, ran.data) == (0, {f"mail:{MIRA}": "sent"})
        assert len(mailbox.letters) == 2


def test_a_wrong_password_leaves_the_working_one_alone(workdir: Path, tmp_path: Path) -> None:
    with mail_server(Mailbox(), tls=tmp_path) as mailbox:
        mail_by(workdir, mailbox, security="starttls", user=USER, ca_file="mail.crt")
        assert campaignbot(workdir, "alerts", "connect", "mail", stdin=f"{PASSWORD}\n").code == 0
        wrong = campaignbot(workdir, "alerts", "connect", "mail", stdin="fout\n")
        assert wrong.code == 2 and "refuses the name or the password" in wrong.err
        assert campaignbot(workdir, "alerts", "test").code == 0


def test_a_webhook_and_a_watchdog_are_tried_before_they_are_kept(workdir: Path) -> None:
    with web_listener() as hook:
        url = f"json://{hook.url}/haak-geheim"
        assert campaignbot(workdir, "alerts", "connect", "notify", stdin=f"{url}\n").code == 0
        watchdog = f"http://{hook.url}/uuid-geheim"
        ran = campaignbot(workdir, "alerts", "connect", "ping", "--json", stdin=f"{watchdog}\n")
        assert ran.data == {"connected": "ping"}
        assert hook.paths == ["/haak-geheim", "/uuid-geheim"]
        assert b"geheim" not in stored_bytes(workdir)
        hook.status = 500
        again = campaignbot(workdir, "alerts", "connect", "ping", stdin=f"{watchdog}2\n")
        assert again.code == 2 and "500" in again.err and "geheim" not in again.err
        refused = campaignbot(workdir, "alerts", "test")
        assert refused.code == 1 and "geheim" not in refused.out + refused.err
    gone = campaignbot(workdir, "alerts", "disconnect", "notify", "--json")
    assert gone.data == {"disconnected": "notify"}
    left = campaignbot(workdir, "alerts", "test")
    assert left.code == 2 and "no way yet" in left.err


def test_a_dry_run_asks_nothing_and_sends_nothing(workdir: Path) -> None:
    with mail_server(Mailbox()) as mailbox:
        mail_by(workdir, mailbox, user=USER)
        asked = campaignbot(workdir, "alerts", "connect", "mail", "--dry-run")
        assert asked.code == 0 and MIRA in asked.err
        would = campaignbot(workdir, "alerts", "test", "--dry-run")
        assert would.code == 0 and f"mail:{MIRA}" in would.out
        assert mailbox.letters == []


@pytest.mark.parametrize(
    ("service", "stdin", "said"),
    [
        ("mail", "x\n", "No mail server is set"),
        ("notify", "\n", "Nothing was given"),
        ("notify", "geheimsoort://token\n", "no address"),
        ("ping", "geen adres\n", "no web address"),
        ("duif", "x\n", "mail, notify, ping"),
    ],
)
def test_what_cannot_be_connected_is_said(
    workdir: Path, service: str, stdin: str, said: str
) -> None:
    ran = campaignbot(workdir, "alerts", "connect", service, stdin=stdin)
    assert ran.code == 2 and said in ran.err, ran.err
    assert "Traceback" not in ran.err


def test_the_environment_gives_secrets_that_are_stored_nowhere(
    workdir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with web_listener() as hook:
        monkeypatch.setenv("CAMPAIGNBOT_NOTIFY_URLS", f"json://{hook.url}/a\njson://{hook.url}/b")
        assert len(campaignbot(workdir, "alerts", "test", "--json").data) == 2
        assert hook.paths == ["/a", "/b"]


def test_systemd_gives_secrets_as_credentials(
    workdir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "credentials"
    folder.mkdir()
    with web_listener() as hook:
        (folder / "campaignbot-notify-urls").write_text(f"json://{hook.url}/c\n")
        monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(folder))
        assert campaignbot(workdir, "alerts", "test").code == 0
        assert hook.paths == ["/c"]


def test_status_and_list_show_an_alert_that_could_not_be_sent(workdir: Path) -> None:
    with mail_server(Mailbox()) as gone:
        pass
    mail_by(workdir, gone)
    with opened(workdir) as application:
        now, way = application.clock.now(), f"mail:{MIRA}"
        late = Message("alert.missed", {"ref": "WTR-0001", "account": "X", "at": now})
        raised = Alert("missed:WTR-0001:2", AlertKind.MISSED, "WTR-0001", late)
        with application.database.write() as tx:
            alerts.raise_alerts(tx, [raised], [way], now=now)
            alerts.claim_deliveries(tx, way, now=now, until=now)
            why = Message("mail.unreachable", {"host": "mail", "port": "25", "said": "refused"})
            alerts.note_not_sent(tx, [raised.key], way, why, now)
    ran = campaignbot(workdir, "status", "--json")
    assert ran.code == 1 and ran.data["needs_attention"] is True
    assert ran.data["alerts_not_sent"][0]["key"] == raised.key
    assert ran.data["alerts_to"] == [way]
    assert "cannot be reached" in campaignbot(workdir, "status").out
    listed = campaignbot(workdir, "alerts", "list", "--json").data["alerts"]
    assert listed[0]["deliveries"][0]["sent_at"] is None
    assert "tried 1 ×" in campaignbot(workdir, "alerts", "list").out


def test_status_shows_each_machine_with_its_own_problem(workdir: Path) -> None:
    with opened(workdir) as application:
        now = application.clock.now()
        ago = now - timedelta(minutes=10)
        problem = Message("daemon.problem", {"said": "OSError"})
        with application.database.write() as tx:
            workers.beat(tx, workers.Worker("pc-1:10", ago, ago))
            workers.beat(tx, workers.Worker("pc-1:11", now, now))
            workers.beat(tx, workers.Worker("pc-2:12", ago, ago))
            workers.beat(tx, workers.Worker("pc-3:13", ago, now, None, problem))
            workers.beat(tx, workers.Worker("pc-4:14", ago, ago, ago))
    ran = campaignbot(workdir, "status", "--json")
    told = {worker["name"]: worker for worker in ran.data["workers"]}
    assert set(told) == {"pc-1:11", "pc-2:12", "pc-3:13", "pc-4:14"}, "pc-1:10 was replaced"
    assert [told[name]["alive"] for name in sorted(told)] == [True, False, True, False]
    assert "OSError" in told["pc-3:13"]["problem"]
    assert ran.code == 1 and ran.data["daemon_alive"] is True
    for language in ("nl", "en"):
        shown = campaignbot(workdir, "status", language=language)
        assert "pc-2:12" in shown.out and "OSError" in shown.out
        assert max(len(line) for line in shown.out.splitlines()) <= 80


def test_a_folder_in_which_nothing_is_wrong_needs_nobody(workdir: Path) -> None:
    ran = campaignbot(workdir, "status", "--json")
    assert (ran.code, ran.data["needs_attention"]) == (0, False)


def test_the_unit_names_this_folder_and_hands_over_the_key(workdir: Path) -> None:
    shown = campaignbot(workdir, "service")
    assert shown.code == 0
    for line in (
        "Type=notify",
        "Restart=on-failure",
        "KillSignal=SIGTERM",
        f"WorkingDirectory={workdir}",
        f"LoadCredential=campaignbot-key:{workdir}/data/vault.key",
        "NoNewPrivileges=true",
    ):
        assert line in shown.out.splitlines()
    target = workdir / "units" / "campaignbot.service"
    assert campaignbot(workdir, "service", "--write", str(target), "--dry-run").code == 0
    assert not target.exists()
    done = campaignbot(workdir, "service", "--user", "--write", str(target))
    assert done.code == 0 and "systemctl --user enable --now" in done.err
    assert "WantedBy=default.target" in target.read_text()
    assert not target.stat().st_mode & stat.S_IXUSR
    other = campaignbot(workdir, "service", "--write", str(target))
    assert other.code == 2 and "differs" in other.err


def test_a_health_port_in_use_ends_the_daemon_with_a_clear_message(workdir: Path) -> None:
    with web_listener(WebListener()) as taken:
        port = int(taken.url.rpartition(":")[2])
        change_yaml(workdir / "config" / "campaignbot.yaml", {"watch": {"http_port": port}})
        ran = campaignbot(workdir, "daemon")
    assert ran.code == 2 and str(port) in ran.err and "watch.http_port" in ran.err
