"""Mail, other messages and pings: sent for real, and every failure is told without a secret."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from tests.watching.listeners import (
    PASSWORD,
    USER,
    Mailbox,
    WebListener,
    mail_server,
    text_of,
    web_listener,
)

from campaignbot.domain.alerts import NotTold
from campaignbot.domain.errors import UserError
from campaignbot.domain.secrets import Secret
from campaignbot.gateways import mail, notify, ping

LETTER = mail.Letter(
    "mira@waterrijk.example",
    "Gemeente Waterrijk: kijk naar WTR-0007 – “één”",
    "Eén bericht.\n",
    "<p>Eén bericht.</p>",
    "<abc@waterrijk.example>",
)


def server(mailbox: Mailbox, **changed: object) -> mail.MailServer:
    values: dict[str, object] = {
        "host": "127.0.0.1",
        "port": mailbox.port,
        "security": mail.MailSecurity.NONE,
        "sender": "campagnes@waterrijk.example",
        "timeout_s": 10.0,
    }
    return mail.MailServer(**(values | changed))  # type: ignore[arg-type]  # all are given by name


def test_a_letter_arrives_as_text_and_as_html() -> None:
    with mail_server(Mailbox()) as mailbox:
        mail.send(server(mailbox), LETTER)
    (got,) = mailbox.letters
    assert got["Subject"] == LETTER.subject and got["To"] == LETTER.to
    assert got["Message-ID"] == LETTER.message_id
    assert text_of(got) == "Eén bericht.\n"
    assert "<p>Eén bericht.</p>" in text_of(got, "html")


def test_a_mailer_sends_to_several_with_attachments_and_says_what_fails() -> None:
    with mail_server(Mailbox()) as mailbox:
        mailer = mail.Mailer(lambda: server(mailbox))
        files = [("beeld-1.jpg", "image/jpeg", b"\xff\xd8beeld")]
        mailer.send(["a@x.example", "b@x.example"], "Pakket", "Tekst", None, files, "<1@x.example>")
    (got,) = mailbox.letters
    assert got["To"] == "a@x.example, b@x.example" and text_of(got) == "Tekst\n"
    (attached,) = got.iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == ("beeld-1.jpg", b"\xff\xd8beeld")
    with pytest.raises(UserError):
        mailer.send(["a@x.example"], "Pakket", "Tekst", None, [], "<1@x.example>")


def test_starttls_with_a_login_keeps_the_password_private(tmp_path: Path) -> None:
    with mail_server(Mailbox(), tls=tmp_path) as mailbox:
        secured = {
            "security": mail.MailSecurity.STARTTLS,
            "user": USER,
            "ca_file": tmp_path / "mail.crt",
        }
        mail.send(server(mailbox, password=Secret(PASSWORD), **secured), LETTER)
        assert len(mailbox.letters) == 1
        with pytest.raises(NotTold) as refused:
            mail.send(server(mailbox, password=Secret("fout-wachtwoord"), **secured), LETTER)
    assert refused.value.what.key == "mail.auth_refused"
    assert not refused.value.may_have_arrived
    assert "fout-wachtwoord" not in str(refused.value.what)
    assert len(mailbox.letters) == 1


def test_a_certificate_that_nobody_vouches_for_gets_no_password(tmp_path: Path) -> None:
    with mail_server(Mailbox(), tls=tmp_path) as mailbox, pytest.raises(NotTold) as refused:
        mail.send(
            server(
                mailbox,
                security=mail.MailSecurity.STARTTLS,
                user=USER,
                password=Secret(PASSWORD),
            ),
            LETTER,
        )
    assert refused.value.what.key == "mail.no_tls"
    assert mailbox.letters == []


def test_a_server_without_starttls_is_refused() -> None:
    with mail_server(Mailbox()) as mailbox, pytest.raises(NotTold) as refused:
        mail.send(server(mailbox, security=mail.MailSecurity.STARTTLS), LETTER)
    assert refused.value.what.key == "mail.no_tls"


def test_a_server_that_is_away_certainly_took_nothing() -> None:
    with mail_server(Mailbox()) as mailbox:
        pass
    with pytest.raises(NotTold) as away:
        mail.send(server(mailbox), LETTER)
    assert away.value.what.key == "mail.unreachable"
    assert not away.value.may_have_arrived


def test_a_reader_whom_the_server_does_not_know_is_named() -> None:
    with mail_server(Mailbox(refused=LETTER.to)) as mailbox, pytest.raises(NotTold) as refused:
        mail.send(server(mailbox), LETTER)
    assert refused.value.what.key == "mail.recipient_refused"
    assert refused.value.what.params["to"] == LETTER.to
    assert "No such user" in str(refused.value.what.params["said"])


def test_a_lost_answer_may_hide_a_letter_that_arrived() -> None:
    with mail_server(Mailbox(drops=True)) as mailbox, pytest.raises(NotTold) as lost:
        mail.send(server(mailbox), LETTER)
    assert len(mailbox.letters) == 1
    assert lost.value.may_have_arrived and lost.value.what.key == "mail.lost"


def test_apprise_brings_a_message_to_a_webhook() -> None:
    with web_listener() as listener:
        notify.send(Secret(f"json://{listener.url}/haak?-token=geheim"), "Onderwerp", "Tekst")
    ((method, path, body),) = listener.got
    assert method == "POST" and path.startswith("/haak")
    assert "Onderwerp" in body and "Tekst" in body


def test_a_webhook_that_refuses_is_told_without_its_address(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with (
        web_listener(WebListener(status=403)) as listener,
        caplog.at_level(logging.DEBUG),
        pytest.raises(NotTold) as refused,
    ):
        notify.send(Secret(f"json://{listener.url}/geheim-token"), "Onderwerp", "Tekst")
    assert refused.value.what.params == {"kind": "json"}
    ours = [record for record in caplog.records if record.name.startswith("apprise")]
    assert not any("geheim-token" in record.getMessage() for record in ours)


def test_an_address_of_no_known_kind_is_refused_without_repeating_it() -> None:
    with pytest.raises(UserError) as refused:
        notify.require_known(Secret("geheimsoort://geheim-token"))
    assert "geheim-token" not in str(refused.value.problems)


def test_the_name_of_an_address_tells_it_from_others_and_hides_it() -> None:
    one, other = Secret("ntfy://onderwerp-1"), Secret("ntfy://onderwerp-2")
    assert notify.name_of(one) == notify.name_of(one) != notify.name_of(other)
    assert notify.name_of(one).startswith("ntfy:") and "onderwerp" not in notify.name_of(one)


def test_a_ping_goes_to_fail_when_all_is_not_well() -> None:
    with web_listener() as listener:
        url = Secret(f"http://{listener.url}/ping/geheim?rid=1")
        ping.ping(url, healthy=True)
        ping.ping(url, healthy=False)
    assert listener.paths == ["/ping/geheim?rid=1", "/ping/geheim/fail?rid=1"]


def test_a_ping_that_fails_never_names_its_address() -> None:
    with web_listener(WebListener(status=404)) as listener:
        url = Secret(f"http://{listener.url}/geheim")
        with pytest.raises(NotTold) as refused:
            ping.ping(url, healthy=True)
    assert refused.value.what.params == {"said": "404"}
    with pytest.raises(NotTold) as away:
        ping.ping(url, healthy=True)
    assert away.value.what.params == {"said": "ConnectionError"}
    assert away.value.__cause__ is None
