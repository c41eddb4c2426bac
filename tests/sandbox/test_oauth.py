"""Consent at the practice platforms: what they refuse, remember, and say that they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import Request, urlopen

import pytest
import requests
from tests.consents import decide

from campaignbot.sandbox import Sandbox, SandboxAccount

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
REDIRECT = "http://localhost:8765/callback"
PAGES = [
    SandboxAccount("linkedin", "urn:li:organization:1", "Waterrijk", "seeded-linkedin"),
    SandboxAccount("linkedin", "urn:li:organization:2", "Bol", "seeded-linkedin-2"),
    SandboxAccount("facebook", "20", "Waterrijk", "seeded-facebook"),
    SandboxAccount("instagram", "30", "waterrijk", "seeded-instagram", page_id="20"),
    SandboxAccount("x", "40", "Waterrijk", "seeded-x"),
]
PATHS = {
    "linkedin": "/linkedin/oauth/v2/authorization",
    "meta": "/facebook/v26.0/dialog/oauth",
    "x": "/x/i/oauth2/authorize",
}
SCOPES = {
    "linkedin": "w_organization_social rw_organization_admin",
    "meta": "pages_manage_posts,pages_show_list",
    "x": "tweet.read tweet.write users.read offline.access",
}
# The example of https://www.rfc-editor.org/rfc/rfc7636#appendix-B.
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    running = Sandbox(now=NOW)
    running.seed_accounts(PAGES)
    running.start()
    yield running
    running.stop()


def address(sandbox: Sandbox, family: str, **other: str) -> str:
    asked = {
        "response_type": "code",
        "client_id": f"practice-{family}",
        "redirect_uri": REDIRECT,
        "state": "abc",
        "scope": SCOPES[family],
    }
    if family == "x":
        asked |= {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}
    return f"{sandbox.url}{PATHS[family]}?{urlencode(asked | other)}"


@pytest.mark.parametrize(
    ("language", "allow"), [("nl-NL,nl;q=0.9,en;q=0.5", "Toestaan"), ("en", "Allow")]
)
def test_the_consent_page_speaks_the_language_of_the_browser(
    sandbox: Sandbox, language: str, allow: str
) -> None:
    asked = Request(address(sandbox, "x"), headers={"Accept-Language": language})
    with urlopen(asked) as page:
        shown = page.read().decode()
    assert f">{allow}</button>" in shown and f'<html lang="{language[:2]}">' in shown


def code(sandbox: Sandbox, family: str) -> str:
    sent_to = decide(address(sandbox, family), follow=False).headers["Location"]
    assert sent_to.startswith(REDIRECT)
    told = parse_qs(urlsplit(sent_to).query)
    assert told["state"] == ["abc"]
    return told["code"][0]


def tokens(sandbox: Sandbox, family: str, **form: str) -> requests.Response:
    app = {"client_id": f"practice-{family}", "client_secret": f"practice-{family}-secret"}
    path = {
        "linkedin": "/linkedin/oauth/v2/accessToken",
        "meta": "/facebook/v26.0/oauth/access_token",
        "x": "/x/2/oauth2/token",
    }[family]
    auth = (app["client_id"], app["client_secret"]) if family == "x" else None
    return requests.post(sandbox.url + path, data=app | form, auth=auth, timeout=10)


def granted(sandbox: Sandbox, family: str) -> Mapping[str, Any]:
    form = {"grant_type": "authorization_code", "redirect_uri": REDIRECT}
    answer = tokens(sandbox, family, code=code(sandbox, family), code_verifier=VERIFIER, **form)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize("family", PATHS)
def test_the_page_says_that_it_is_practice(sandbox: Sandbox, family: str) -> None:
    page = requests.get(address(sandbox, family), headers={"Accept-Language": "en"}, timeout=10)
    assert page.status_code == 200 and "Practice platform" in page.text


@pytest.mark.parametrize("family", PATHS)
@pytest.mark.parametrize(
    "wrong", [{"client_id": "unknown"}, {"redirect_uri": "http://evil.example/callback"}]
)
def test_an_unknown_app_or_address_is_sent_nowhere(
    sandbox: Sandbox, family: str, wrong: dict[str, str]
) -> None:
    for ask in (requests.get, requests.post):
        answer = ask(address(sandbox, family, **wrong), timeout=10, allow_redirects=False)
        assert answer.status_code == 400 and "Location" not in answer.headers


def test_a_scope_that_is_unknown_is_refused(sandbox: Sandbox) -> None:
    for family in ("linkedin", "x"):
        answer = requests.get(
            address(sandbox, family, scope="read.minds"), timeout=10, allow_redirects=False
        )
        assert answer.status_code == 302 and "error=" in answer.headers["Location"]
    assert requests.get(address(sandbox, "meta", scope="x"), timeout=10).status_code == 400


def test_x_wants_a_state_and_a_challenge(sandbox: Sandbox) -> None:
    for lacking in ("state", "code_challenge"):
        assert requests.get(address(sandbox, "x", **{lacking: ""}), timeout=10).status_code == 400
    plain = address(sandbox, "x", code_challenge_method="plain")
    assert requests.get(plain, timeout=10).status_code == 400


def test_a_refresh_token_of_x_works_once(sandbox: Sandbox) -> None:
    first = granted(sandbox, "x")
    form = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    second = tokens(sandbox, "x", **form)
    assert second.status_code == 200
    assert second.json()["refresh_token"] != first["refresh_token"]
    assert tokens(sandbox, "x", **form).status_code == 400
    assert sandbox.world.by_token("x", first["access_token"]) is None
    assert sandbox.world.by_token("x", second.json()["access_token"]) is not None


def test_the_refresh_token_of_linkedin_ends_when_it_was_to_end(sandbox: Sandbox) -> None:
    first = granted(sandbox, "linkedin")
    form = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    sandbox.world.set_clock(NOW + timedelta(days=300))
    answer = tokens(sandbox, "linkedin", **form).json()
    assert answer["refresh_token"] == first["refresh_token"]
    assert answer["refresh_token_expires_in"] == 65 * 86_400
    sandbox.world.set_clock(NOW + timedelta(days=365))
    assert tokens(sandbox, "linkedin", **form).status_code == 400


def test_a_member_of_linkedin_speaks_for_the_page_that_a_request_is_about(
    sandbox: Sandbox,
) -> None:
    token = granted(sandbox, "linkedin")["access_token"]
    headers = {
        "Authorization": f"Bearer {token}",
        "Linkedin-Version": "202610",
        "X-Restli-Protocol-Version": "2.0.0",
    }
    roles = requests.get(
        f"{sandbox.url}/linkedin/rest/organizationAcls?q=roleAssignee", headers=headers, timeout=10
    ).json()["elements"]
    assert [r["organization"] for r in roles] == [p.external_id for p in PAGES[:2]]
    for page in PAGES[:2]:
        body = {
            "author": page.external_id,
            "commentary": "Hallo",
            "visibility": "PUBLIC",
            "lifecycleState": "PUBLISHED",
            "distribution": {"feedDistribution": "MAIN_FEED"},
        }
        requests.post(
            f"{sandbox.url}/linkedin/rest/posts", json=body, headers=headers, timeout=10
        ).raise_for_status()
        assert len(sandbox.world.live("linkedin", page.external_id)) == 1


def test_the_token_of_a_page_is_good_for_its_instagram_account(sandbox: Sandbox) -> None:
    person = granted(sandbox, "meta")["access_token"]
    rows = requests.get(
        f"{sandbox.url}/facebook/v26.0/me/accounts",
        headers={"Authorization": f"Bearer {person}"},
        timeout=10,
    ).json()["data"]
    (row,) = rows
    assert row["instagram_business_account"]["id"] == "30"
    page = row["access_token"]
    for platform, number in (("facebook", "20"), ("instagram", "30")):
        account = sandbox.world.by_token(platform, page)
        assert account is not None and account.external_id == number
        assert account.token_expires_at is None


def test_meta_tells_of_a_token_to_its_own_app_only(sandbox: Sandbox) -> None:
    person = granted(sandbox, "meta")["access_token"]
    url = f"{sandbox.url}/facebook/v26.0/debug_token"
    for by, status in (("practice-meta|practice-meta-secret", 200), ("practice-meta|x", 400)):
        answer = requests.get(
            url,
            params={"input_token": person},
            headers={"Authorization": f"Bearer {by}"},
            timeout=10,
        )
        assert answer.status_code == status
        if status == 200:
            told = answer.json()["data"]
            assert told["is_valid"] and told["scopes"] == SCOPES["meta"].split(",")
            assert told["data_access_expires_at"] == (NOW + timedelta(days=90)).timestamp()


def test_what_was_granted_outlives_the_process(tmp_path: Path) -> None:
    first = Sandbox(tmp_path, now=NOW)
    first.seed_accounts(PAGES)
    first.start()
    known = granted(first, "x")
    first.stop()
    second = Sandbox(tmp_path)
    second.start()
    try:
        assert second.world.by_token("x", known["access_token"]) is not None
        form = {"grant_type": "refresh_token", "refresh_token": known["refresh_token"]}
        assert tokens(second, "x", **form).status_code == 200
    finally:
        second.stop()


def test_an_app_is_registered_over_the_control_api(sandbox: Sandbox) -> None:
    row = {"family": "x", "client_id": "mine", "redirects": ["http://127.0.0.1:1/x"]}
    requests.post(f"{sandbox.url}/control/apps", json=row, timeout=10).raise_for_status()
    asked = address(sandbox, "x", client_id="mine", redirect_uri="http://127.0.0.1:1/x")
    assert requests.get(asked, timeout=10).status_code == 200
