"""Comments on the practice platforms: as each documents them, and kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import requests

from campaignbot.sandbox import Sandbox, SandboxAccount, SandboxPost, World
from campaignbot.sandbox.audience import totals
from campaignbot.sandbox.saving import load, save

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
ORGANISATION = "urn:li:organization:1001"
ACCOUNTS = (
    SandboxAccount("linkedin", ORGANISATION, "Gemeente Voorbeeld", "t-linkedin"),
    SandboxAccount("facebook", "2001", "Gemeente Voorbeeld", "t-facebook"),
    SandboxAccount("instagram", "3001", "Gemeente Voorbeeld", "t-instagram"),
    SandboxAccount("x", "4001", "Gemeente Voorbeeld", "t-x", username="voorbeeld"),
)
POSTS = {
    "linkedin": "urn:li:share:700",
    "facebook": "2001_700",
    "instagram": "701",
    "x": "702",
}


@dataclass
class Asked:
    """How a comment is written on one platform."""

    platform: str
    sandbox: Sandbox

    def write(self, text: str, post: str | None = None) -> requests.Response:
        post = post or POSTS[self.platform]
        base, headers = self.sandbox.base_urls[self.platform], self._headers()
        if self.platform == "linkedin":
            body: Any = {"actor": ORGANISATION, "object": post, "message": {"text": text}}
            url = f"{base}/rest/socialActions/{quote(post, safe='')}/comments"
            return requests.post(url, json=body, headers=headers, timeout=5)
        if self.platform == "x":
            body = {"text": text, "reply": {"in_reply_to_tweet_id": post}}
            return requests.post(f"{base}/2/tweets", json=body, headers=headers, timeout=5)
        url = f"{base}/v26.0/{post}/comments"
        return requests.post(url, data={"message": text}, headers=headers, timeout=5)

    def _headers(self) -> dict[str, str]:
        return {
            "Authorization": f"Bearer t-{self.platform}",
            "Linkedin-Version": "202610",
            "X-Restli-Protocol-Version": "2.0.0",
        }

    def account(self) -> SandboxAccount:
        return next(a for (p, _), a in self.sandbox.world.accounts.items() if p == self.platform)

    def comments(self) -> list[SandboxPost]:
        return self.sandbox.world.replies(self.platform, POSTS[self.platform])


@pytest.fixture(params=sorted(POSTS))
def asked(request: pytest.FixtureRequest) -> Iterator[Asked]:
    sandbox = Sandbox(now=NOW)
    sandbox.seed_accounts(replace(account) for account in ACCOUNTS)
    for account in ACCOUNTS:
        post = POSTS[account.platform]
        sandbox.world.add_post(
            SandboxPost(post, account.platform, account.external_id, "Het bericht", NOW)
        )
    sandbox.start()
    yield Asked(request.param, sandbox)
    sandbox.stop()


def test_a_comment_stands_below_its_post_and_is_none_itself(asked: Asked) -> None:
    assert asked.write("Meer weten?").status_code in {200, 201}
    assert [c.text for c in asked.comments()] == ["Meer weten?"]
    account = asked.account()
    live = asked.sandbox.world.live(account.platform, account.external_id)
    assert [post.text for post in live] == ["Het bericht"]


def test_the_length_of_a_comment_has_its_own_limit(asked: Asked) -> None:
    limit = {"linkedin": 1250, "facebook": 8000, "instagram": 2200, "x": 280}[asked.platform]
    assert asked.write("a" * (limit + 1)).status_code in {400, 403}
    assert asked.write("a" * limit).status_code in {200, 201}
    assert asked.write("  ").status_code == 400
    assert len(asked.comments()) == 1


def test_a_post_that_is_gone_takes_no_comment(asked: Asked) -> None:
    post = asked.sandbox.world.find(asked.platform, POSTS[asked.platform])
    assert post is not None
    asked.sandbox.world.delete(post)
    answer = asked.write("Te laat.")
    words = {
        "linkedin": (404, "NOT_FOUND"),
        "facebook": (400, "does not exist"),
        "instagram": (400, "does not exist"),
        "x": (403, "deleted or not visible"),
    }
    status, said = words[asked.platform]
    assert answer.status_code == status and said in answer.text
    assert not asked.comments()


def test_a_comment_needs_its_own_permission(asked: Asked) -> None:
    asked.account().scopes = ("tweet.read", "w_organization_social", "pages_manage_posts")
    answer = asked.write("Mag niet.")
    assert answer.status_code == 403 and not asked.comments()


def test_only_x_documents_that_it_refuses_the_same_words_twice(asked: Asked) -> None:
    asked.write("Hetzelfde.")
    again = asked.write("Hetzelfde.").status_code
    assert again == 403 if asked.platform == "x" else again in {200, 201}


def test_faults_on_create_strike_comments_too(asked: Asked) -> None:
    requests.post(
        f"{asked.sandbox.url}/control/faults",
        json={"platform": asked.platform, "on": "create", "kind": "http_503"},
        timeout=5,
    )
    assert asked.write("Mislukt.").status_code == 503 and not asked.comments()
    assert asked.write("Gelukt.").status_code in {200, 201}


def test_the_wall_shows_comments_below_their_post(asked: Asked) -> None:
    asked.write("Vraag het Eva <b>nu</b>")
    page = requests.get(asked.sandbox.url, timeout=5).text
    below = page[page.index('<ul class="replies"') :]
    assert "Vraag het Eva &lt;b&gt;nu&lt;/b&gt;" in below[: below.index("</ul>")]
    rows = requests.get(f"{asked.sandbox.url}/control/posts", timeout=5).json()["posts"]
    assert [row["reply_to"] for row in rows if row["reply_to"]] == [POSTS[asked.platform]]


def test_comments_outlive_the_process(tmp_path: Path) -> None:
    world = World(NOW)
    world.add_post(SandboxPost("1", "x", "4001", "Het bericht", NOW))
    world.add_post(SandboxPost("2", "x", "4001", "Erbij", NOW, reply_to="1"))
    save(world, tmp_path)
    again = load(tmp_path)
    assert [reply.id for reply in again.replies("x", "1")] == ["2"]
    assert again.posts == world.posts


def test_own_comments_are_counted_among_the_comments_of_a_post() -> None:
    world = World(NOW + timedelta(hours=1))
    post = world.add_post(SandboxPost("1", "x", "4001", "Het bericht", NOW))
    before = totals(world, post)["comments"]
    world.add_post(SandboxPost("2", "x", "4001", "Erbij", NOW, reply_to="1"))
    assert totals(world, post)["comments"] == before + 1
