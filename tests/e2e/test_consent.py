"""Connecting through the consent page, as a person does it, on every platform."""

from __future__ import annotations

import json
import os
import pty
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import requests
from tests.consents import CLIENT_SECRET, FAMILIES, connecting, decide, with_apps
from tests.e2e.commands import Ran, campaignbot
from tests.workdirs import account_of, approve_one, opened, sandboxed, stored

from campaignbot.bootstrap import Application
from campaignbot.connecting.check import Verdict, check
from campaignbot.connecting.connect import disconnect
from campaignbot.domain.accounts import AccountState
from campaignbot.domain.clock import SystemClock
from campaignbot.domain.publication import State
from campaignbot.sandbox import Sandbox, SandboxAccount
from campaignbot.storage import credentials
from campaignbot.yamlfiles import change_row

PLATFORMS = tuple(FAMILIES)


@contextmanager
def office(folder: Path) -> Iterator[Sandbox]:
    with sandboxed(folder) as sandbox:
        with_apps(folder, sandbox)
        yield sandbox


def sealed(application: Application, key: str) -> bytes | None:
    with application.database.read() as tx:
        found = credentials.sealed_of(tx, account_of(application, key).id)
    return found[0] if found else None


def kept(folder: Path, key: str) -> bytes | None:
    with opened(folder, SystemClock()) as application:
        return sealed(application, key)


def other_page(sandbox: Sandbox, platform: str = "linkedin") -> str:
    page = "urn:li:organization:424242" if platform == "linkedin" else "424242"
    sandbox.seed_accounts([SandboxAccount(platform, page, "Bakkerij Bol", "token-van-bol")])
    return page


def tokens(sandbox: Sandbox) -> list[str]:
    """Return everything secret that a consent hands around."""
    grants = sandbox.world.grants
    secrets = [CLIENT_SECRET.format(family=family) for family in FAMILIES.values()]
    return [*secrets, *grants.tokens, *grants.codes]


@pytest.mark.parametrize("key", PLATFORMS)
def test_a_consent_connects_an_account_that_then_publishes(tmp_path: Path, key: str) -> None:
    with office(tmp_path) as sandbox:
        with opened(tmp_path, SystemClock()) as application:
            disconnect(application.access, key, by="Anna")
        with connecting(tmp_path, key) as running:
            shown = decide(running.address())
            ran = running.end()
        assert ran.code == 0, ran.err
        assert shown.status_code == 200 and "Thank you" in shown.text
        assert "connected as" in ran.err and "renews the access by itself" in ran.err
        assert not [secret for secret in tokens(sandbox) if secret in ran.out + ran.err]
        assert shown.headers["Referrer-Policy"] == "no-referrer"
        with opened(tmp_path, SystemClock()) as application:
            assert account_of(application, key).state is AccountState.ACTIVE
            assert check(application.access, key)[0].verdict is Verdict.FINE
            publication = approve_one(application, key, "Met toestemming geplaatst.")
            application.publisher("test").tick()
            assert stored(application, publication).state is State.PUBLISHED


@pytest.mark.parametrize("key", ["linkedin", "facebook", "x"])
def test_a_no_is_one_sentence_and_leaves_the_access_alone(tmp_path: Path, key: str) -> None:
    with office(tmp_path):
        before = kept(tmp_path, key)
        with connecting(tmp_path, key, language="nl") as running:
            shown = decide(running.address(), allow=False)
            ran = running.end()
        assert ran.code == 2 and "geen toestemming gegeven" in ran.err
        assert "Niet gekoppeld" in shown.text and "Traceback" not in ran.err
        assert kept(tmp_path, key) == before


def test_an_answer_with_another_state_is_refused(tmp_path: Path) -> None:
    with office(tmp_path):
        before = kept(tmp_path, "linkedin")
        with connecting(tmp_path, "linkedin") as running:
            sent_to = decide(running.address(), follow=False).headers["Location"]
            forged = re.sub(r"state=[^&]+", "state=forged", sent_to)
            shown = requests.get(forged, timeout=10)
            ran = running.end()
        assert ran.code == 2 and "another try, or to another program" in ran.err
        assert "Not connected" in shown.text and kept(tmp_path, "linkedin") == before


def test_what_else_comes_to_the_port_is_no_answer(tmp_path: Path) -> None:
    with office(tmp_path):
        with connecting(tmp_path, "x") as running:
            address = running.address()
            sent_to = decide(address, follow=False).headers["Location"]
            root = sent_to.partition("/callback")[0]
            for path in ("/favicon.ico", "/callback", "/", "/callback/x?state=1"):
                assert requests.get(root + path, timeout=10).status_code == 404
            assert requests.get(sent_to, timeout=10).status_code == 200
            assert running.end().code == 0


def test_the_address_can_be_pasted_where_no_browser_reaches_this_machine(tmp_path: Path) -> None:
    with office(tmp_path):
        with connecting(tmp_path, "facebook", "--paste", "--json") as running:
            sent_to = decide(running.address(), follow=False).headers["Location"]
            running.type(sent_to)
            ran = running.end()
        assert ran.code == 0, ran.err
        assert ran.data["external_id"] == "900002" and ran.data["renews"] is True
        assert ran.data["person_needed_at"] and ran.data["missing_permissions"] == []
        with connecting(tmp_path, "facebook", "--paste") as running:
            running.address()
            running.type(sent_to)
            ran = running.end()
        assert ran.code == 2 and "another try" in ran.err


def test_on_a_terminal_the_pasted_address_counts_while_it_listens(tmp_path: Path) -> None:
    with office(tmp_path):
        master, slave = pty.openpty()
        environment = {**os.environ, "CAMPAIGNBOT_LANG": "en", "CAMPAIGNBOT_HOME": str(tmp_path)}
        running = subprocess.Popen(
            [sys.executable, "-m", "campaignbot", "account", "connect", "x", "--no-browser"],
            stdin=slave,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
        )
        os.close(slave)
        assert running.stderr is not None
        told = ""
        while "Paste the address" not in told:
            line = running.stderr.readline()
            assert line, told
            told += line
        address = re.search(r"http://\S+", told)
        assert address is not None
        sent_to = decide(address.group(), follow=False).headers["Location"]
        os.write(master, f"{sent_to}\n".encode())
        _, err = running.communicate(timeout=60)
        os.close(master)
        assert running.returncode == 0, told + err
        assert "connected as" in err


def test_waiting_ends_and_ctrl_c_ends_it(tmp_path: Path) -> None:
    with office(tmp_path):
        before = kept(tmp_path, "x")
        with connecting(tmp_path, "x", "--wait", "0") as running:
            ran = running.end()
        assert ran.code == 2 and "No answer came in time" in ran.err
        with connecting(tmp_path, "x") as running:
            running.address()
            running.interrupt()
            ran = running.end()
        assert ran.code == 130 and "Traceback" not in ran.err
        assert kept(tmp_path, "x") == before


def test_a_port_in_use_is_told_before_anybody_consents(tmp_path: Path) -> None:
    with sandboxed(tmp_path) as sandbox:
        port = with_apps(tmp_path, sandbox)
        with socket.socket() as other:
            other.bind(("127.0.0.1", port))
            other.listen()
            ran = campaignbot(tmp_path, "account", "connect", "x", "--no-browser")
        assert ran.code == 2 and str(port) in ran.err and "--paste" in ran.err


def test_our_page_is_taken_among_several_and_another_one_only_by_name(tmp_path: Path) -> None:
    with office(tmp_path) as sandbox:
        bakery = other_page(sandbox)
        with connecting(tmp_path, "linkedin", "--json") as running:
            decide(running.address())
            ran = running.end()
        assert ran.code == 0 and ran.data["external_id"] == "urn:li:organization:900001"
        before = kept(tmp_path, "linkedin")
        with connecting(tmp_path, "linkedin") as running:
            decide(running.address(), pages=[bakery])
            ran = running.end()
        assert ran.code == 2 and "Bakkerij Bol" in ran.err and "--page" in ran.err
        assert kept(tmp_path, "linkedin") == before
        file = tmp_path / "config" / "accounts.yaml"
        file.write_text(f"# Onze accounts.\n{file.read_text()}")
        with connecting(tmp_path, "linkedin", "--page", "424242") as running:
            decide(running.address())
            ran = running.end()
        assert ran.code == 0, ran.err
        assert bakery in file.read_text() and "# Onze accounts." in file.read_text()
        with opened(tmp_path, SystemClock()) as application:
            assert account_of(application, "linkedin").external_id == bakery
            assert check(application.access, "linkedin")[0].verdict is Verdict.FINE


def test_a_page_that_stands_nowhere_yet_is_written_down(tmp_path: Path) -> None:
    with office(tmp_path) as sandbox:
        file = tmp_path / "config" / "accounts.yaml"
        change_row(file, "accounts", "linkedin", {"external_id": ""})
        bakery = other_page(sandbox)
        ran = _connected(tmp_path, "linkedin")
        assert ran.code == 2 and "which one is “linkedin”" in ran.err and bakery in ran.err
        with connecting(tmp_path, "linkedin") as running:
            decide(running.address(), pages=[bakery])
            ran = running.end()
        assert ran.code == 0 and bakery in file.read_text()


def _connected(folder: Path, key: str) -> Ran:
    with connecting(folder, key) as running:
        decide(running.address())
        return running.end()


def test_permissions_that_are_missing_are_named_with_what_they_are_for(tmp_path: Path) -> None:
    with office(tmp_path):
        before = kept(tmp_path, "facebook")
        with connecting(tmp_path, "facebook") as running:
            decide(running.address(), without=["pages_manage_posts", "read_insights"])
            ran = running.end()
        assert ran.code == 2 and "pages_manage_posts (to publish posts)" in ran.err
        assert kept(tmp_path, "facebook") == before
        with connecting(tmp_path, "facebook") as running:
            decide(running.address(), without=["read_insights"])
            ran = running.end()
        assert ran.code == 0 and "read_insights (to read statistics)" in ran.err
        with connecting(tmp_path, "x", "--json") as running:
            decide(running.address(), without=["offline.access"])
            ran = running.end()
        assert ran.data["missing_permissions"] == ["offline.access"]
        assert ran.data["renews"] is False and ran.data["access_ends_at"]


def test_a_check_and_the_list_tell_what_is_missing_and_what_it_is_for(tmp_path: Path) -> None:
    with office(tmp_path) as sandbox:
        with connecting(tmp_path, "facebook") as running:
            decide(running.address(), without=["read_insights"])
            assert running.end().code == 0
        ran = campaignbot(tmp_path, "account", "check", "facebook")
        told = " ".join(ran.out.split())
        assert ran.code == 0 and "no permission to read statistics (read_insights)" in told
        assert "not everything works" in told and "account connect facebook" in told
        listed = campaignbot(tmp_path, "account", "list", language="nl")
        assert "geen recht om statistieken te lezen (read_insights)" in " ".join(listed.out.split())
        data = campaignbot(tmp_path, "account", "list", "--json").data
        assert data["facebook"]["missing_permissions"] == ["read_insights"]
        assert "pages_manage_posts" in data["facebook"]["permissions"]
        # Pasted, and so of a token of which nobody knows.
        assert data["x"]["permissions"] is None and data["x"]["missing_permissions"] is None
        ran = campaignbot(tmp_path, "account", "check", "x", "--json")
        assert ran.code == 0 and ran.data["x"]["permissions"] is None
        assert ran.data["x"]["missing_permissions"] is None
        for value, token in list(sandbox.world.grants.tokens.items()):
            left = tuple(scope for scope in token.scopes if scope != "pages_manage_posts")
            sandbox.world.grants.tokens[value] = replace(token, scopes=left)
        ran = campaignbot(tmp_path, "account", "check", "facebook")
        told = " ".join(ran.out.split())
        assert ran.code == 1 and "a permission is missing: pages_manage_posts" in told
        assert "no permission to publish posts (pages_manage_posts)" in told
        assert "no permission to read statistics (read_insights)" in told
        ran = campaignbot(tmp_path, "account", "check", "facebook", "--json")
        assert ran.code == 1 and ran.data["facebook"]["verdict"] == "lacks_permission"
        missing = {"pages_manage_posts", "read_insights"}
        assert set(ran.data["facebook"]["missing_permissions"]) == missing


def test_a_permission_that_an_app_may_not_ask_for_can_be_left_out(tmp_path: Path) -> None:
    with office(tmp_path):
        with connecting(tmp_path, "linkedin", "--without", "w_organization_social_feed") as running:
            address = running.address()
            assert "w_organization_social_feed" not in address
            decide(address)
            ran = running.end()
        assert ran.code == 0 and "w_organization_social_feed" in ran.err
        ran = campaignbot(tmp_path, "account", "connect", "x", "--without", "tweet.write")
        assert ran.code == 2 and "media.write, offline.access" in ran.err


def test_a_dry_run_says_what_would_be_asked_for_and_asks_nothing(tmp_path: Path) -> None:
    with office(tmp_path) as sandbox:
        asked = sandbox.world.requests.copy()
        ran = campaignbot(tmp_path, "account", "connect", "linkedin", "--dry-run")
        assert ran.code == 0 and "w_organization_social: to publish posts" in ran.err
        told = campaignbot(tmp_path, "account", "connect", "linkedin", "--dry-run", "--json").data
        assert told["key"] == "linkedin" and "w_organization_social" in told["permissions"]
        ran = campaignbot(tmp_path, "account", "app", "x", "--dry-run")
        assert ran.code == 0 and "/callback" in ran.err
        assert sandbox.world.requests == asked


def test_nothing_is_to_be_connected_where_people_place_the_posts(tmp_path: Path) -> None:
    with office(tmp_path):
        ran = campaignbot(tmp_path, "account", "connect", "manual")
        assert ran.code == 0 and "nothing needs to be connected" in ran.err
        file = tmp_path / "config" / "accounts.yaml"
        change_row(file, "accounts", "nieuwsbrief", {"hand_over_to": ["red@waterrijk.example"]})
        ran = campaignbot(tmp_path, "account", "connect", "nieuwsbrief")
        assert ran.code == 0 and "red@waterrijk.example" in ran.err
        told = campaignbot(tmp_path, "account", "connect", "manual", "--json").data
        assert told == {"nieuwsbrief": {"hand_over_to": ["red@waterrijk.example"]}}


def test_an_app_is_kept_from_a_pipe_and_never_shown(tmp_path: Path) -> None:
    with sandboxed(tmp_path):
        secret = "heel-geheim-0123456789"
        ran = campaignbot(
            tmp_path, "account", "app", "instagram", "--json", stdin=f"app-1\n{secret}\n"
        )
        assert ran.code == 0, ran.err
        assert ran.data["app"] == "meta" and ran.data["client_id"] == "app-1"
        listed = campaignbot(tmp_path, "account", "app")
        assert "app-1" in listed.out and listed.out.startswith("Facebook & Instagram · ")
        assert secret not in ran.out + ran.err + listed.out + listed.err
        ran = campaignbot(tmp_path, "account", "app", "facebook", "--forget")
        assert ran.code == 0 and "deleted" in ran.err and "“Facebook & Instagram”" in ran.err
        assert campaignbot(tmp_path, "account", "app", "--json").data == {}
        ran = campaignbot(tmp_path, "account", "app", "linkedin", stdin="app-1\n\n")
        assert ran.code == 2 and "No client secret" in ran.err and "“LinkedIn”" in ran.err


def test_without_an_app_a_token_is_asked_for_and_the_way_to_an_app_told(tmp_path: Path) -> None:
    with sandboxed(tmp_path) as sandbox:
        known = sandbox.world.account("x", "900004")
        assert known is not None
        ran = campaignbot(tmp_path, "account", "connect", "x", stdin=f"{known.token}\n")
        assert ran.code == 0 and "campaignbot account app x" in ran.err
        ran = campaignbot(tmp_path, "account", "connect", "x", "--token", stdin=f"{known.token}\n")
        assert ran.code == 0 and "account app" not in ran.err
        assert "not known which permissions" in ran.err


def test_x_is_connected_with_the_four_keys_of_its_app_and_back_again(tmp_path: Path) -> None:
    with office(tmp_path) as sandbox:
        known = sandbox.world.account("x", "900004")
        assert known is not None
        typed = f"sleutel\nsleutel-geheim\n{known.token}\ntoken-geheim\n"
        ran = campaignbot(tmp_path, "account", "connect", "x", "--keys", stdin=typed)
        assert ran.code == 0, ran.err
        with opened(tmp_path, SystemClock()) as application:
            publication = approve_one(application, "x", "Met vier sleutels.")
            application.publisher("test").tick()
            assert stored(application, publication).state is State.PUBLISHED
        ran = campaignbot(tmp_path, "account", "connect", "x", "--keys", stdin="a\nb\n\n")
        assert ran.code == 2 and "Nothing was entered for access_token" in ran.err
        assert _connected(tmp_path, "x").code == 0
        with opened(tmp_path, SystemClock()) as application:
            blob = sealed(application, "x")
            assert blob is not None
            assert "consumer_key" not in application.access.vault(False).open(blob)
        ran = campaignbot(tmp_path, "account", "connect", "facebook", "--keys")
        assert ran.code == 2 and "no keys" in ran.err


def test_a_key_nobody_knows_and_a_platform_with_several_accounts_are_told(tmp_path: Path) -> None:
    with office(tmp_path):
        ran = campaignbot(tmp_path, "account", "connect", "myspace")
        assert ran.code == 2 and "linkedin" in ran.err
        file = tmp_path / "config" / "accounts.yaml"
        for key in ("gemeente", "bakker"):
            row = {"platform": "x", "name": key, "external_id": f"9{len(key)}"}
            change_row(file, "accounts", key, row)
        text = file.read_text().replace("key: x\n", "key: eerste\n")
        file.write_text(text)
        ran = campaignbot(tmp_path, "account", "connect", "x")
        assert ran.code == 2 and "eerste, gemeente, bakker" in ran.err


def test_a_platform_that_is_in_no_file_yet_gets_its_account(tmp_path: Path) -> None:
    """Against X's own servers nothing can be tried here; the dry run shows what it would be."""
    with office(tmp_path):
        file = tmp_path / "config" / "accounts.yaml"
        text = file.read_text()
        file.write_text(re.sub(r"  - key: x\n(?:    .*\n)+", "", text))
        ran = campaignbot(tmp_path, "account", "connect", "x", "--dry-run")
        assert ran.code == 0 and "app-x" in ran.err


def test_the_list_says_what_renews_itself_and_until_when(tmp_path: Path) -> None:
    with office(tmp_path):
        assert _connected(tmp_path, "x").code == 0
        assert _connected(tmp_path, "facebook").code == 0
        ran = campaignbot(tmp_path, "account", "list", language="nl")
        told = " ".join(ran.out.split())
        assert "de toegang vernieuwt zichzelf: ze loopt tot" in told
        assert "iemand koppelt opnieuw vóór" in told and "nog 89 dagen" in told
        data = json.loads(campaignbot(tmp_path, "account", "list", "--json").out)
        assert data["x"]["renews"] and data["x"]["token_expires_at"] is None
        assert data["facebook"]["renews"] and data["facebook"]["token_expires_at"]
