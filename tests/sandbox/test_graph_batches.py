"""The imitated Graph answers batches: each request by itself, as if it had come alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from campaignbot.sandbox import Sandbox, SandboxAccount, SandboxPost
from campaignbot.sandbox.fault import Fault
from campaignbot.sandbox.limits import CallLimit

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@dataclass
class Graph:
    """A page with posts 2001_1 to 2001_4, an Instagram account with posts 31 to 34."""

    sandbox: Sandbox

    def send(
        self, batch: object, token: str | None = "t-facebook", version: str = "v26.0", **form: str
    ) -> requests.Response:
        url = f"{self.sandbox.base_urls['facebook']}/{version}/"
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        text = batch if isinstance(batch, str) else json.dumps(batch)
        return requests.post(url, data={"batch": text, **form}, headers=headers, timeout=10)

    def ask(self, *addresses: str, **more: Any) -> list[Any]:
        answer = self.send([{"method": "GET", "relative_url": one} for one in addresses], **more)
        assert answer.status_code == 200, answer.text
        return list(answer.json())

    def account(self, platform: str = "facebook") -> SandboxAccount:
        return self.sandbox.world.accounts[platform, {"facebook": "2001"}.get(platform, "3001")]


@pytest.fixture
def graph() -> Iterator[Graph]:
    sandbox = Sandbox(now=NOW)
    sandbox.seed_accounts(
        [
            SandboxAccount("facebook", "2001", "Gemeente Voorbeeld", "t-facebook"),
            SandboxAccount("facebook", "2002", "Buurgemeente", "t-buren"),
            SandboxAccount("instagram", "3001", "gemeentevoorbeeld", "t-instagram"),
        ]
    )
    for n in range(1, 5):
        for platform, owner, number in (
            ("facebook", "2001", f"2001_{n}"),
            ("instagram", "3001", f"3{n}"),
        ):
            sandbox.world.add_post(SandboxPost(number, platform, owner, f"Nr. {n}", NOW))
    sandbox.start()
    yield Graph(sandbox)
    sandbox.stop()


def numbers_of(node: str) -> str:
    return f"{node}/insights?metric=post_clicks"


def bodies(rows: list[Any]) -> list[Any]:
    return [json.loads(row["body"]) for row in rows]


def test_each_request_is_answered_in_order_as_if_it_had_come_alone(graph: Graph) -> None:
    addresses = ["2001_2?fields=message", "404404?fields=id", "/v25.0/2001_1?fields=message", "me"]
    rows = graph.ask(*addresses)
    assert [row["code"] for row in rows] == [200, 400, 200, 200]
    second, gone, first, me = bodies(rows)
    assert (second["message"], first["message"], me["id"]) == ("Nr. 2", "Nr. 1", "2001")
    assert (gone["error"]["code"], gone["error"]["error_subcode"]) == (100, 33)
    url = f"{graph.sandbox.base_urls['facebook']}/v26.0"
    alone = [
        requests.get(f"{url}/{one}", headers={"Authorization": "Bearer t-facebook"}, timeout=10)
        for one in (addresses[0], addresses[1])
    ]
    assert [answer.text for answer in alone] == [rows[0]["body"], rows[1]["body"]]


def test_headers_stand_beside_each_answer_unless_they_are_not_wanted(graph: Graph) -> None:
    (row,) = graph.ask("me")
    told = {one["name"]: one["value"] for one in row["headers"]}
    assert told["Content-Type"].startswith("application/json")
    assert json.loads(told["X-Business-Use-Case-Usage"])["2001"][0]["type"] == "pages"
    for no in ("false", "0"):
        assert list(graph.ask("me", include_headers=no)[0]) == ["code", "body"]


def test_more_than_fifty_requests_are_refused_whole(graph: Graph) -> None:
    assert len(graph.ask(*[numbers_of("2001_1")] * 50)) == 50
    refused = graph.send([{"method": "GET", "relative_url": "me"}] * 51)
    assert refused.status_code == 400
    assert "Maximum batch size is 50" in refused.json()["error"]["message"]


@pytest.mark.parametrize("batch", ["{", "{}", '["me"]', '[{"method": "GET"}]', "7"])
def test_what_is_no_list_of_requests_is_refused_whole(graph: Graph, batch: str) -> None:
    refused = graph.send(batch)
    assert refused.status_code == 400
    assert refused.json()["error"]["type"] == "GraphBatchException"


def test_a_token_that_is_no_good_is_refused_for_the_whole(graph: Graph) -> None:
    asked = [{"method": "GET", "relative_url": "me"}] * 2

    def code(token: str | None) -> int:
        return int(graph.send(asked, token).json()["error"]["code"])

    assert (code(None), code("fout")) == (2500, 190)
    graph.account().token_expires_at = NOW
    assert code("t-facebook") == 190
    assert graph.send(asked, version="v21.0").json()["error"]["code"] == 2635


def test_a_token_can_stand_in_the_form_or_in_one_request(graph: Graph) -> None:
    in_form = graph.ask("me", token=None, access_token="t-buren")
    assert bodies(in_form)[0]["id"] == "2002"
    of_another = graph.ask("me", "me?access_token=t-buren", "me?access_token=fout")
    assert [body.get("id") for body in bodies(of_another)] == ["2001", "2002", None]


def test_each_request_needs_its_own_permission(graph: Graph) -> None:
    graph.account().scopes = ("pages_read_engagement",)
    rows = graph.ask(numbers_of("2001_1"), "2001_1?fields=message")
    assert [row["code"] for row in rows] == [403, 200]
    assert "read_insights" in rows[0]["body"]


def test_posts_can_be_made_and_taken_down_in_a_batch(graph: Graph) -> None:
    answer = graph.send(
        [
            {"method": "POST", "relative_url": "2001/feed", "body": "message=Uit+een+reeks"},
            {"method": "DELETE", "relative_url": "2001_1"},
            {"method": "GET", "relative_url": "2001_1"},
        ]
    )
    assert [row["code"] for row in answer.json()] == [200, 200, 400]
    texts = [post.text for post in graph.sandbox.world.live("facebook", "2001")]
    assert texts[0] == "Uit een reeks" and "Nr. 1" not in texts


def test_a_path_that_there_is_not_spoils_no_other(graph: Graph) -> None:
    rows = graph.ask("a/b/c/d", "me")
    assert [row["code"] for row in rows] == [400, 200]
    assert "Unknown path components" in rows[0]["body"]


def test_each_request_counts_against_the_limits_and_the_batch_is_one_call(graph: Graph) -> None:
    graph.sandbox.world.meter.set(CallLimit("facebook", "insights", "account", 3, 3600))
    rows = graph.ask(*[numbers_of(f"2001_{n}") for n in range(1, 5)])
    assert [row["code"] for row in rows] == [200, 200, 200, 400]
    assert json.loads(rows[3]["body"])["error"]["code"] == 80001
    assert graph.sandbox.world.requests == {"facebook metrics": 1}


@pytest.mark.parametrize(("platform", "node"), [("facebook", "2001_1"), ("instagram", "31")])
def test_a_fault_on_what_is_asked_strikes_the_batch(graph: Graph, platform: str, node: str) -> None:
    faults, token = graph.sandbox.world.faults, f"t-{platform}"
    asked = [{"method": "GET", "relative_url": f"{node}/insights?metric=views"}] * 2
    faults.append(
        Fault(platform, "metrics", "http_500", account=graph.account(platform).external_id)
    )
    assert graph.send([{"method": "GET", "relative_url": "me"}], token).status_code == 200
    assert graph.send(asked, token).status_code == 500
    assert graph.send(asked, token).status_code == 200


def test_a_retired_metric_is_refused_to_each_request_that_names_it(graph: Graph) -> None:
    fault = Fault("facebook", "metrics", "retired_metric", metric="post_clicks")
    graph.sandbox.world.faults.append(fault)
    views = "2001_1/insights?metric=post_media_view"
    rows = graph.ask(numbers_of("2001_1"), views, numbers_of("2001_2"))
    assert [row["code"] for row in rows] == [400, 200, 400] and fault.struck == 1


def test_what_is_not_finished_is_null_and_was_not_done(graph: Graph) -> None:
    graph.sandbox.world.faults.append(Fault("facebook", "batch", "unfinished"))
    answer = graph.send([{"method": "DELETE", "relative_url": f"2001_{n}"} for n in range(1, 5)])
    assert [row and row["code"] for row in answer.json()] == [200, 200, None, None]
    left = [post.id for post in graph.sandbox.world.live("facebook", "2001")]
    assert left == ["2001_4", "2001_3"]
    assert len(graph.ask("me", "me")) == 2, "it struck once"
