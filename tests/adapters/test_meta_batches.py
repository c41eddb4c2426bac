"""The numbers of many posts in one call: what one answer says of one post, and of no other."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.adapters.meta import TOKEN, Meta, page_at
from tests.adapters.stand import IDS, NOW
from tests.loopback import Quiet, serving

from campaignbot.domain.accounts import BudgetOwner, RateBudget
from campaignbot.domain.clock import SimulatedClock
from campaignbot.domain.content import Content
from campaignbot.domain.metrics import Metric, Metrics, Missing
from campaignbot.platforms import errors, outcomes
from campaignbot.platforms.registry import load_platform
from campaignbot.sandbox import SandboxPost, graph_insights
from campaignbot.sandbox.limits import CallLimit
from campaignbot_meta import usage
from campaignbot_meta.instagram_account import InstagramAdapter
from campaignbot_meta.page import FacebookPageAdapter

BOTH = pytest.mark.parametrize("platform", ["facebook", "instagram"])


def adapter_of(meta: Meta, platform: str) -> FacebookPageAdapter | InstagramAdapter:
    return meta.page() if platform == "facebook" else meta.instagram()


def posted(meta: Meta, platform: str, number: int) -> list[str]:
    """Put posts of two days ago on an account; return their ids."""
    form = {"facebook": f"{IDS['facebook']}_9{{:03}}"}.get(platform, "9{:03}")
    ids = [form.format(n) for n in range(number)]
    ago = meta.clock.now() - timedelta(days=2)
    for one in ids:
        meta.sandbox.world.add_post(SandboxPost(one, platform, IDS[platform], one, ago))
    return ids


def calls(meta: Meta, kind: str = "metrics") -> int:
    return meta.sandbox.world.requests[f"facebook {kind}"]


@BOTH
def test_the_numbers_of_fifty_posts_are_one_call(meta: Meta, platform: str) -> None:
    assert load_platform(platform).metrics_batch == 50
    posts, adapter = posted(meta, platform, 50), adapter_of(meta, platform)
    told = adapter.fetch_metrics(posts)
    assert list(told) == posts and calls(meta) == 1 and calls(meta, "read") == 0
    for metrics in told.values():
        assert metrics.values[Metric.IMPRESSIONS] > 0 and not metrics.missing
    assert adapter.fetch_metrics([]) == {} and calls(meta) == 1


@BOTH
def test_many_posts_have_the_numbers_that_each_has_alone(meta: Meta, platform: str) -> None:
    posts, adapter = posted(meta, platform, 4), adapter_of(meta, platform)
    alone = {post: adapter.fetch_metrics([post])[post] for post in posts}
    assert adapter.fetch_metrics(posts) == alone
    assert len({metrics.values[Metric.IMPRESSIONS] for metrics in alone.values()}) > 1


@BOTH
def test_what_is_gone_and_a_comment_are_left_out_and_no_other(meta: Meta, platform: str) -> None:
    posts, world = posted(meta, platform, 5), meta.sandbox.world
    gone = world.find(platform, posts[1])
    assert gone is not None
    world.delete(gone)
    comment = f"{posts[0]}_1"
    world.add_post(SandboxPost(comment, platform, IDS[platform], "1", NOW, reply_to=posts[0]))
    told = adapter_of(meta, platform).fetch_metrics([*posts[:3], comment, *posts[3:], "2001_404"])
    assert list(told) == [posts[0], *posts[2:]]
    assert all(metrics.values for metrics in told.values())


@BOTH
def test_a_retired_metric_is_found_out_with_one_post_and_all_are_asked_again_at_once(
    meta: Meta, platform: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    table, name, metric = {
        "facebook": ("POST_METRICS", "post_clicks", Metric.CLICKS),
        "instagram": ("MEDIA_METRICS", "saved", Metric.SAVES),
    }[platform]
    monkeypatch.setattr(graph_insights, table, getattr(graph_insights, table) - {name})
    posts, adapter = posted(meta, platform, 50), adapter_of(meta, platform)
    for asked in (3, 4):
        told = adapter.fetch_metrics(posts)
        assert calls(meta) == asked, "remembered as retired"
        assert sorted(told) == posts
        for metrics in told.values():
            assert metrics.missing == {metric: Missing.RETIRED}
            assert set(metrics.values) == set(load_platform(platform).metrics) - {metric}


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("http_500", errors.PlatformUnavailable),
        ("drop_after", errors.PlatformUnavailable),
        ("malformed", errors.PlatformUnavailable),
        ("empty", errors.PlatformUnavailable),
        ("hollow", errors.PlatformUnavailable),
        ("other_shape", errors.PlatformUnavailable),
        ("unfinished", errors.PlatformUnavailable),
        ("http_400_empty", errors.PlatformUnavailable),
        ("rate_limit", errors.RateLimitReached),
        ("token_expired", errors.AuthError),
    ],
)
@BOTH
def test_a_call_that_fails_tells_of_no_post(
    meta: Meta, platform: str, kind: str, error: type[errors.PlatformError]
) -> None:
    posts, adapter = posted(meta, platform, 3), adapter_of(meta, platform)
    meta.fail(platform, "metrics", kind)
    with pytest.raises(error):
        adapter.fetch_metrics(posts)
    if kind != "token_expired":
        assert len(adapter.fetch_metrics(posts)) == 3


def test_each_post_counts_against_the_limit_and_all_is_told_when_it_is_reached(meta: Meta) -> None:
    day = timedelta(days=1)
    limit = CallLimit("facebook", "any", "account", 10, int(day.total_seconds()), "rolling")
    meta.sandbox.world.meter.set(limit)
    posts, page = posted(meta, "facebook", 10), meta.page()
    page.fetch_metrics(posts[:4])
    kinds = {budget.bucket: budget for budget in page.budgets()}
    assert kinds["pages"] == RateBudget(BudgetOwner.ACCOUNT, "pages", 60, NOW + timedelta(hours=1))
    with pytest.raises(errors.RateLimitReached, match="80001") as caught:
        page.fetch_metrics(posts)
    assert caught.value.until_utc == NOW + day
    kinds = {budget.bucket: budget for budget in page.budgets()}
    assert kinds["pages"].remaining == 0


def test_of_answers_that_came_together_the_scarcest_counts() -> None:
    noted = usage.Usage(SimulatedClock(NOW))
    used = [30, 90, 50]
    noted.note_all({"X-App-Usage": json.dumps({"call_count": share})} for share in used)
    assert [budget.remaining for budget in noted.budgets()] == [10]
    noted.note_all([{"X-App-Usage": json.dumps({"call_count": 20})}])
    assert [budget.remaining for budget in noted.budgets()] == [80], "a later answer tells anew"


def films(meta: Meta, number: int) -> list[str]:
    """Publish videos of which only the video's own number is known."""
    told = []
    for seed in range(number):
        meta.fail("facebook", "read", "http_500", skip=1)
        content = Content(f"Film {seed}.", media=(meta.video(seed=seed),))
        outcome = meta.publish(meta.page(), content)
        assert isinstance(outcome, outcomes.Published) and "_" not in outcome.external_id
        told.append(outcome.external_id)
    return told


def test_the_posts_of_many_videos_are_looked_up_in_one_call(meta: Meta) -> None:
    videos, posts = films(meta, 3), posted(meta, "facebook", 2)
    meta.pass_time(timedelta(days=1))
    read, counted = calls(meta, "read"), calls(meta)
    told = meta.page().fetch_metrics([videos[0], posts[0], "404404", *videos[1:], posts[1]])
    assert told.keys() == {*videos, *posts}
    # What is not to be seen is looked for: whose the token is, and the list of videos.
    assert calls(meta, "read") == read + 3 and calls(meta) == counted + 1
    assert all(told[video].values[Metric.VIDEO_VIEWS] > 0 for video in videos)


@pytest.mark.parametrize("kind", ["http_500", "unfinished"])
def test_a_video_whose_post_cannot_be_looked_up_is_not_taken_for_gone(
    meta: Meta, kind: str
) -> None:
    videos = films(meta, 2)
    meta.fail("facebook", "read", kind)
    with pytest.raises(errors.PlatformUnavailable):
        meta.page().fetch_metrics(videos)


# What Meta may answer, word for word, and the practice platform does not.

Answers = Callable[[str, list[str]], Any]
"""Tells what stands in a batch for one node and the metrics that are asked of it."""


@dataclass
class Server:
    """Answers batches by a function; keeps what it was asked."""

    answers: Answers = lambda node, names: counted(names)
    whole: Callable[[list[Any]], bytes] = lambda rows: json.dumps(rows).encode()
    status: int = 200
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    batches: list[list[tuple[str, list[str]]]] = field(default_factory=list)
    url: str = ""

    def page(self) -> FacebookPageAdapter:
        return page_at(self.url)

    def told(self, *nodes: str) -> dict[str, Metrics]:
        page = self.page()
        told = dict(page.fetch_metrics(nodes))
        page.close()
        return told


@pytest.fixture
def server() -> Iterator[Server]:
    state = Server()

    class Handler(Quiet):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            state.asked.append((self.path, body, self.headers["Authorization"]))
            asked = [_asked(row) for row in json.loads(parse_qs(body)["batch"][0])]
            state.batches.append(asked)
            self._send(state.whole([state.answers(*one) for one in asked]), state.status)

        def do_GET(self) -> None:
            # Who the token speaks for, and lists that hold nothing.
            self._send(json.dumps({"id": IDS["facebook"], "data": []}).encode(), 200)

        def _send(self, answer: bytes, status: int) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

    with serving(Handler) as state.url:
        yield state


def _asked(row: dict[str, str]) -> tuple[str, list[str]]:
    assert row["method"] == "GET"
    parts = urlsplit(row["relative_url"])
    node, _, edge = parts.path.partition("/")
    assert edge == "insights"
    return node, parse_qs(parts.query)["metric"][0].split(",")


def row(body: object, code: int = 200) -> dict[str, Any]:
    return {"code": code, "body": json.dumps(body)}


def counted(names: list[str], value: Any = 7) -> dict[str, Any]:
    told = {name: {"share": 2} if "activity" in name else value for name in names}
    return row({"data": [{"name": n, "values": [{"value": v}]} for n, v in told.items()]})


def refusal(code: int, said: str, status: int = 400) -> dict[str, Any]:
    return row({"error": {"message": said, "type": "OAuthException", "code": code}}, status)


NO_METRIC = "(#100) The value must be a valid insights metric"
USED = {"2001": [{"type": "pages", "call_count": 100, "estimated_time_to_regain_access": 17}]}


def only_for(node: str, answer: Any) -> Answers:
    return lambda asked, names: answer if asked == node else counted(names)


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (refusal(190, "Session has expired"), errors.AuthError, "Session has expired"),
        (refusal(200, "Requires read_insights", 403), errors.PermissionMissing, "read_insights"),
        (refusal(80001, "Too many calls"), errors.RateLimitReached, "Too many calls"),
        (refusal(2, "Try again"), errors.PlatformUnavailable, "Try again"),
        (refusal(100, "Whatever it means", 500), errors.PlatformUnavailable, "Whatever"),
        (refusal(123_456, "Something new"), errors.ContentRefused, "Something new"),
        (None, errors.PlatformUnavailable, "platform.garbled"),
        ([], errors.PlatformUnavailable, "platform.garbled"),
        ({}, errors.PlatformUnavailable, "garbled"),
        ({"code": 200}, errors.PlatformUnavailable, "garbled"),
        ({"code": "ok", "body": '{"data": []}'}, errors.PlatformUnavailable, "garbled"),
        ({"code": 200, "body": None}, errors.PlatformUnavailable, "garbled"),
        ({"code": 200, "body": {"data": []}}, errors.PlatformUnavailable, "garbled"),
        ({"code": 200, "body": '{"data": ['}, errors.PlatformUnavailable, "garbled"),
        ({"code": 200, "body": "null"}, errors.PlatformUnavailable, "no JSON object"),
        ({"code": 502, "body": '{"data": []}'}, errors.PlatformUnavailable, "502"),
        ({"code": 502, "body": '{"debug_info": "x"}'}, errors.PlatformUnavailable, "garbled"),
        (row({}), errors.PlatformUnavailable, "platform.garbled: data"),
        (row({"data": [7]}), errors.PlatformUnavailable, "form"),
        (row({"data": {"name": "post_clicks"}}), errors.PlatformUnavailable, "form"),
        (row({"data": [{"values": [{"value": 1}]}]}), errors.PlatformUnavailable, "form"),
        (counted(["post_clicks"], "many"), errors.PlatformUnavailable, "platform.garbled"),
        (counted(["post_clicks"], None), errors.PlatformUnavailable, "platform.garbled"),
    ],
)
def test_what_is_no_number_of_one_post_is_raised_and_never_told_as_one(
    server: Server, answer: Any, error: type[errors.PlatformError], words: str
) -> None:
    server.answers = only_for("2001_2", answer)
    with pytest.raises(error, match=words) as caught:
        server.told("2001_1", "2001_2", "2001_3")
    assert type(caught.value) is error
    assert len(server.asked) == 1, "nothing is tried again"


@pytest.mark.parametrize(
    "whole",
    [
        lambda rows: json.dumps(rows[1:]).encode(),
        lambda rows: json.dumps([*rows, rows[0]]).encode(),
        lambda rows: json.dumps({"data": rows}).encode(),
        lambda rows: b"[",
        lambda rows: b"<html>Welcome to this Wi-Fi</html>",
    ],
    ids=["too short", "too long", "no list", "half", "a page"],
)
def test_an_answer_that_is_not_one_for_each_post_tells_of_none(
    server: Server, whole: Callable[[list[Any]], bytes]
) -> None:
    server.whole = whole
    with pytest.raises(errors.PlatformUnavailable):
        server.told("2001_1", "2001_2")


def test_a_list_with_the_status_of_a_failure_is_no_answer(server: Server) -> None:
    server.status = 502
    with pytest.raises(errors.PlatformUnavailable, match="502"):
        server.told("2001_1", "2001_2")


def test_how_long_to_wait_stands_beside_the_answer_about_one_post(server: Server) -> None:
    told = [{"name": "X-Business-Use-Case-Usage", "value": json.dumps(USED)}]
    server.answers = only_for("2001_2", {**refusal(80001, "Te veel."), "headers": told})
    page = server.page()
    with pytest.raises(errors.RateLimitReached) as caught:
        page.fetch_metrics(["2001_1", "2001_2"])
    until = NOW + timedelta(minutes=17)
    assert caught.value.until_utc == until
    assert page.budgets() == (RateBudget(BudgetOwner.ACCOUNT, "pages", 0, until),)
    page.close()


@pytest.mark.parametrize("headers", [None, "x", 7, [None, "x", {}, {"name": "X-App-Usage"}]])
def test_headers_that_nobody_can_read_spoil_no_numbers(server: Server, headers: Any) -> None:
    server.answers = lambda node, names: {**counted(names), "headers": headers}
    assert server.told("2001_1")["2001_1"].values[Metric.CLICKS] == 7


def test_too_few_viewers_of_one_post_hide_the_numbers_of_no_other(server: Server) -> None:
    said = "(#10) Not enough viewers for the media to show insights"
    server.answers = only_for("2001_2", refusal(10, said))
    told = server.told("2001_1", "2001_2", "2001_3")
    assert set(told["2001_2"].missing.values()) == {Missing.TOO_YOUNG}
    assert not told["2001_2"].values
    for post in ("2001_1", "2001_3"):
        assert told[post].values[Metric.CLICKS] == 7 and not told[post].missing


def knows(**unknown: set[str]) -> Answers:
    """Answer as if posts of some kinds, by their last letter, did not know every metric."""

    def answer(node: str, names: list[str]) -> Any:
        refused = unknown.get(node[-1], set()) & set(names)
        return refusal(100, NO_METRIC) if refused else counted(names)

    return answer


def test_what_only_posts_of_another_kind_know_is_not_retired(server: Server) -> None:
    server.answers = knows(b={"post_clicks"}, c={"post_media_view", "post_clicks"})
    page = server.page()
    posts = ["2001_1a", "2001_1b", "2001_2b", "2001_1c", "2001_2a"]
    told = page.fetch_metrics(posts)
    assert told.keys() == set(posts)
    for post in ("2001_1a", "2001_2a"):
        assert not told[post].missing and told[post].values[Metric.CLICKS] == 7
    for post in ("2001_1b", "2001_2b"):
        assert told[post].missing == {Metric.CLICKS: Missing.NOT_OFFERED}
    assert set(told["2001_1c"].missing) == {Metric.CLICKS, Metric.IMPRESSIONS}
    assert set(told["2001_1c"].missing.values()) == {Missing.NOT_OFFERED}
    assert page.fetch_metrics(["2001_1a"])["2001_1a"] == told["2001_1a"]
    page.close()


def test_a_post_that_too_few_saw_does_not_prove_that_a_metric_is_known(server: Server) -> None:
    few = refusal(10, "(#10) Not enough viewers for the media to show insights")

    def answer(node: str, names: list[str]) -> Any:
        if node == "2001_1":
            return few
        return refusal(100, NO_METRIC) if "post_clicks" in names else counted(names)

    server.answers = answer
    told = server.told("2001_1", "2001_2")
    assert told["2001_2"].missing == {Metric.CLICKS: Missing.RETIRED}
    assert not told["2001_1"].values
    assert told["2001_1"].missing[Metric.CLICKS] is Missing.RETIRED
    assert told["2001_1"].missing[Metric.REACH] is Missing.TOO_YOUNG


def test_metrics_that_are_refused_together_and_told_one_by_one_are_not_told(
    server: Server,
) -> None:
    server.answers = lambda _node, names: (
        refusal(100, NO_METRIC) if len(names) > 1 else counted(names)
    )
    with pytest.raises(errors.PlatformUnavailable, match=r"platform\.garbled"):
        server.told("2001_1", "2001_2")
    assert len(server.asked) == 2


@pytest.mark.parametrize("seen", [set(), {"post_clicks"}, {"post_media_view"}])
def test_a_post_that_goes_while_it_is_asked_one_by_one_holds_no_other_up(
    server: Server, seen: set[str]
) -> None:
    gone = refusal(100, "Object with ID '2001_1' does not exist")

    def answer(node: str, names: list[str]) -> Any:
        if node == "2001_1" and len(names) == 1 and not seen & set(names):
            return gone
        return refusal(100, NO_METRIC) if "post_clicks" in names else counted(names)

    server.answers = answer
    told = server.told("2001_1", "2001_2")
    assert list(told) == ["2001_2"]
    assert told["2001_2"].missing == {Metric.CLICKS: Missing.RETIRED}


def test_the_token_stands_in_no_address_no_question_and_no_error(server: Server) -> None:
    page = server.page()
    page.fetch_metrics(["2001_1", "2001_2"])
    server.answers = only_for("2001_2", refusal(190, f"No: {TOKEN} access_token={TOKEN}"))
    with pytest.raises(errors.AuthError) as caught:
        page.fetch_metrics(["2001_1", "2001_2"])
    page.close()
    assert TOKEN not in str(caught.value) and "***" in str(caught.value)
    for path, body, header in server.asked:
        assert path == "/v26.0/" and header == f"Bearer {TOKEN}"
        # Meta documents it as a field of the whole, which no log shows.
        fields = parse_qs(body)
        assert fields["access_token"] == [TOKEN]
        assert "token" not in fields["batch"][0].lower()


def test_no_error_of_a_whole_batch_shows_the_token(meta: Meta) -> None:
    account = meta.sandbox.world.account("facebook", IDS["facebook"])
    assert account is not None
    page, token = meta.page(), account.token
    account.token = "a-newer-one"
    with pytest.raises(errors.AuthError) as caught:
        page.fetch_metrics(["2001_1"])
    page.close()
    assert token not in f"{caught.value} {caught.value.__cause__}"
