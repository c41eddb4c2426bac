"""What users of other schedulers suffered on Instagram and Facebook, each as a case to survive.

Named after the issue threads of gitroomhq/postiz-app (P), inovector/mixpost (M) and
trypostit/trypost (T).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.adapters.meta import Meta, meta_stand
from tests.workdirs import approve_one, opened, sandboxed, stored

from campaignbot.domain.clock import SystemClock
from campaignbot.domain.content import Content, MediaItem
from campaignbot.domain.messages import Message
from campaignbot.domain.metrics import Metric, Missing
from campaignbot.domain.publication import State
from campaignbot.gateways.media import MediaStore
from campaignbot.i18n import Translator
from campaignbot.platforms import outcomes
from campaignbot.platforms.advice import Advice
from campaignbot.platforms.protocol import AdapterContext
from campaignbot.sandbox import graph_insights
from campaignbot.sandbox.fault import Fault
from campaignbot.yamlfiles import change_yaml
from campaignbot_meta.instagram_account import InstagramAdapter


@pytest.fixture
def meta(tmp_path: Path) -> Iterator[Meta]:
    with meta_stand(tmp_path) as stand:
        yield stand


class SaysWhereverItIs(MediaStore):
    """Hands out one address without a look at it, as other tools do."""

    def __init__(self, folder: Path, url: str) -> None:
        super().__init__(folder)
        self.url = url

    def public_url(self, item: MediaItem) -> str:
        return self.url


@pytest.mark.parametrize("url", ["", "http://127.0.0.1:9/weg.jpg", "https://niet.example/a.jpg"])
def test_a_picture_that_instagram_cannot_fetch_is_told_with_what_to_do(
    meta: Meta, url: str
) -> None:
    """P#1129, P#1004, P#486, M#197: 9004/2207052, even for an empty URI."""
    known = meta.context("instagram")
    context = AdapterContext(
        known.external_id,
        known.credentials,
        SaysWhereverItIs(meta.store.folder, url),
        known.clock,
        known.base_url,
    )
    adapter = InstagramAdapter(context, pause=lambda _s: None)
    outcome = meta.publish(adapter, Content("Kijk.", media=(meta.picture(),)))
    assert isinstance(outcome, outcomes.Rejected) and outcome.advice is Advice.MEDIA_UNREACHABLE
    assert outcome.said and not meta.receipts and not meta.posts("instagram")


def test_no_empty_or_unreachable_address_ever_reaches_instagram(tmp_path: Path) -> None:
    """P#1129, P#1004: our own look at the address comes first, and nothing is sent."""
    with sandboxed(tmp_path) as sandbox, opened(tmp_path, SystemClock()) as application:
        publication = approve_one(application, "instagram", "Het beeld is van het web.")
        change_yaml(
            tmp_path / "config" / "campaignbot.yaml",
            {"media": {"public_url": "http://127.0.0.1:9/weg"}},
        )
        with opened(tmp_path, SystemClock()) as later:
            later.publisher("test").tick()
        told = stored(application, publication)
        assert told.state is State.RETRY_WAITING and told.reason is not None
        what = told.reason.params["what"]
        assert isinstance(what, Message) and what.key == "media.unreachable"
        assert not sandbox.world.requests["facebook upload"]


def test_a_post_whose_address_cannot_be_read_is_published_all_the_same(meta: Meta) -> None:
    """P#1562: published, yet reported as an error because the permalink read failed."""
    for kind in ("http_500", "malformed", "drop_before", "rate_limit"):
        content = Content(f"Geplaatst, ook bij {kind}.", media=(meta.picture(),))
        # What is read before are the posts of the day and the state of the container.
        meta.fail("instagram", "read", kind, skip=2)
        outcome = meta.publish(meta.instagram(), content)
        assert outcome == outcomes.Published(meta.posts("instagram")[0].id, None), kind
        meta.fail("facebook", "read", kind, skip=1)
        film = Content(f"Video, ook bij {kind}.", media=(meta.video(),))
        assert isinstance(meta.publish(meta.page(), film), outcomes.Published), kind
    assert not meta.sandbox.world.faults or all(f.times == 0 for f in meta.sandbox.world.faults)
    assert len(meta.posts("instagram")) == len(meta.posts("facebook")) == 4


@pytest.mark.parametrize("platform", ["facebook", "instagram"])
def test_one_retired_metric_leaves_all_others_their_numbers(
    meta: Meta, monkeypatch: pytest.MonkeyPatch, platform: str
) -> None:
    """P#1609, M PR#86, T PR#320: one retired metric empties all post statistics."""
    table, name = {
        "facebook": ("POST_METRICS", "post_media_view"),
        "instagram": ("MEDIA_METRICS", "views"),
    }[platform]
    adapter = meta.page() if platform == "facebook" else meta.instagram()
    outcome = meta.publish(adapter, Content("Meet mij.", media=(meta.picture(),)))
    assert isinstance(outcome, outcomes.Published)
    meta.pass_time(timedelta(days=3))
    whole = adapter.fetch_metrics([outcome.external_id])[outcome.external_id]
    assert Metric.IMPRESSIONS in whole.values
    # What the platform knows is data of the sandbox; Meta retires some of it every year.
    monkeypatch.setattr(graph_insights, table, getattr(graph_insights, table) - {name})
    left = adapter.fetch_metrics([outcome.external_id])[outcome.external_id]
    assert left.missing[Metric.IMPRESSIONS] is Missing.RETIRED
    assert set(left.values) == set(whole.values) - {Metric.IMPRESSIONS}
    adapter.close()


FAILURES = {
    "upload http_500": State.RETRY_WAITING,
    "create rate_limit": State.RETRY_WAITING,
    "create http_500": State.UNCERTAIN,
    "create malformed": State.UNCERTAIN,
    "no permission": State.RETRY_WAITING,
    "token ended": State.RETRY_WAITING,
    "picture": State.FAILED,
}


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("platform", ["facebook", "instagram"])
def test_no_failure_is_silent(tmp_path: Path, platform: str, failure: str) -> None:
    """P#1126, P#1144: a post is not there, and nobody says why."""
    with sandboxed(tmp_path) as sandbox, opened(tmp_path, SystemClock()) as application:
        entry = next(e for e in application.entries.values() if e.platform == platform)
        account = sandbox.world.account(platform, entry.external_id)
        assert account is not None
        match failure.split():
            case ["no", _]:
                account.scopes = ("pages_read_engagement", "instagram_basic")
            case ["token", _]:
                account.token_expires_at = sandbox.world.now()
            case [on, kind]:
                sandbox.world.faults.append(Fault(platform, on, kind))
        publication = approve_one(application, platform, "Mislukt.")
        if failure == "picture":
            application.media.path(publication.content.media[0]).unlink()
        application.publisher("test").tick()
        told = stored(application, publication)
        assert told.state is FAILURES[failure] and told.reason is not None
        for language in ("nl", "en"):
            said = Translator(language, "Europe/Amsterdam").text(told.reason)
            assert len(said) > 30 and "{" not in said and "advice." not in said
