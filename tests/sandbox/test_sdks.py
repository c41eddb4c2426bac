"""What the platforms' own SDKs call for single objects: the practice platforms answer it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
import tweepy
from facebook_business.adobjects.page import Page
from facebook_business.adobjects.pagepost import PagePost
from facebook_business.api import FacebookAdsApi
from facebook_business.session import FacebookSession

from campaignbot.sandbox import Sandbox, SandboxAccount, SandboxPost

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
PAGE = "urn:li:organization:1"
ACCOUNTS = [
    SandboxAccount("linkedin", PAGE, "Voorbeeld", "t-linkedin", 9000),
    SandboxAccount("facebook", "2001", "Gemeente Voorbeeld", "t-facebook", 50_000),
    SandboxAccount("x", "4001", "Gemeente Voorbeeld", "t-x", username="voorbeeld"),
    SandboxAccount("x", "4002", "Waterschap", "t-ander", username="waterschap"),
]


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    running = Sandbox(now=NOW)
    running.seed_accounts(ACCOUNTS)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def graph(sandbox: Sandbox) -> FacebookAdsApi:
    session = FacebookSession(access_token="t-facebook")
    session.GRAPH = sandbox.base_urls["facebook"]
    return FacebookAdsApi(session, api_version="v26.0")


def add(sandbox: Sandbox, platform: str, account: str, number: str) -> SandboxPost:
    made, text = NOW - timedelta(days=3), f"Bericht {number}"
    return sandbox.world.add_post(SandboxPost(number, platform, account, text, made, raw=text))


def test_metas_sdk_reads_a_page_and_a_post_as_objects(
    sandbox: Sandbox, graph: FacebookAdsApi
) -> None:
    post = add(sandbox, "facebook", "2001", "2001_1")
    assert Page("2001", api=graph).api_get(fields=["name"])["name"] == "Gemeente Voorbeeld"
    read = PagePost(post.id, api=graph).api_get(fields=["message", "shares"])
    assert read["message"] == post.text and read["shares"]["count"] > 0


def test_shares_are_left_out_while_there_are_none(sandbox: Sandbox, graph: FacebookAdsApi) -> None:
    fresh = sandbox.world.add_post(SandboxPost("2001_9", "facebook", "2001", "Net gezet.", NOW))
    read = PagePost(fresh.id, api=graph).api_get(fields=["message", "shares"])
    assert read["message"] == fresh.text and "shares" not in read


@pytest.mark.parametrize("edge", ["get_feed", "get_posts", "get_published_posts"])
def test_metas_sdk_lists_the_posts_of_a_page(
    sandbox: Sandbox, graph: FacebookAdsApi, edge: str
) -> None:
    ids = [add(sandbox, "facebook", "2001", f"2001_{n}").id for n in range(3)]
    rows = getattr(Page("2001", api=graph), edge)(fields=["id", "message"])
    assert [row["id"] for row in rows] == ids[::-1]


def test_metas_sdk_deletes_a_post_as_an_object(sandbox: Sandbox, graph: FacebookAdsApi) -> None:
    post = add(sandbox, "facebook", "2001", "2001_1")
    PagePost(post.id, api=graph).api_delete()
    assert post.deleted


def test_tweepy_reads_one_post_and_one_account(sandbox: Sandbox) -> None:
    post = add(sandbox, "x", "4001", "19000001")
    client = tweepy.Client(bearer_token="t-x")
    client.session.mount("https://api.twitter.com", _Local(sandbox.base_urls["x"]))
    assert client.get_tweet(post.id, tweet_fields=["public_metrics"]).data.text == post.text
    assert client.get_user(id="4002").data.username == "waterschap"
    absent = client.get_tweet("19000009")
    assert absent.data is None and absent.errors[0]["resource_id"] == "19000009"
    assert client.get_user(id="999").errors[0]["resource_type"] == "user"
    with pytest.raises(tweepy.BadRequest):
        client.get_tweet("geen-nummer")


class _Local(requests.adapters.HTTPAdapter):
    """Sends what tweepy asks of its fixed host to the practice platform."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url

    def send(self, request: Any, *args: Any, **kwargs: Any) -> requests.Response:
        request.url = request.url.replace("https://api.twitter.com", self._url, 1)
        return super().send(request, *args, **kwargs)


def linkedin(sandbox: Sandbox, path: str, **changed: str | None) -> requests.Response:
    headers = {
        "Authorization": "Bearer t-linkedin",
        "Linkedin-Version": "202610",
        "X-Restli-Protocol-Version": "2.0.0",
    }
    sent = headers | {name.replace("_", "-"): value for name, value in changed.items()}
    return requests.get(
        f"{sandbox.base_urls['linkedin']}/rest/{path}",
        headers={name: value for name, value in sent.items() if value is not None},
        timeout=5,
    )


def test_linkedin_tells_of_all_posts_of_a_page_together(sandbox: Sandbox) -> None:
    """Without a list of posts its statistics are those of the page, since ever."""
    asked = (
        f"organizationalEntityShareStatistics?q=organizationalEntity&organizationalEntity={PAGE}"
    )
    (nothing,) = linkedin(sandbox, asked).json()["elements"]
    assert nothing["totalShareStatistics"]["impressionCount"] == 0
    urns = [add(sandbox, "linkedin", PAGE, f"urn:li:share:{n}").id for n in range(1, 4)]
    (whole,) = linkedin(sandbox, asked).json()["elements"]
    listed = ",".join(urn.replace(":", "%3A") for urn in urns)
    parts = linkedin(sandbox, f"{asked}&shares=List({listed})").json()["elements"]
    assert whole["organizationalEntity"] == PAGE and len(parts) == 3
    for name in ("impressionCount", "clickCount", "likeCount", "shareCount"):
        total = sum(part["totalShareStatistics"][name] for part in parts)
        assert whole["totalShareStatistics"][name] == total
    assert 0 < whole["totalShareStatistics"]["engagement"] < 1


def test_linkedin_tells_how_often_a_page_was_looked_at(sandbox: Sandbox) -> None:
    add(sandbox, "linkedin", PAGE, "urn:li:share:1")
    asked = f"organizationPageStatistics?q=organization&organization={PAGE}"
    (row,) = linkedin(sandbox, asked).json()["elements"]
    assert row["totalPageStatistics"]["views"]["allPageViews"]["pageViews"] > 0


@pytest.mark.parametrize("header", ["Linkedin_Version", "X_Restli_Protocol_Version"])
def test_linkedin_wants_both_of_its_headers(sandbox: Sandbox, header: str) -> None:
    answer = linkedin(sandbox, "organizations/1", **{header: None})
    assert answer.status_code == 400 and header.replace("_", "-") in answer.json()["message"]
    assert linkedin(sandbox, "organizations/1").status_code == 200


def test_linkedin_wants_the_protocol_that_its_documentation_names(sandbox: Sandbox) -> None:
    answer = linkedin(sandbox, "organizations/1", X_Restli_Protocol_Version="1.0.0")
    assert answer.status_code == 400
