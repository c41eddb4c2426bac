"""What is particular to Mastodon: its idempotency key, HTML for text, its way of counting."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from campaignbot.domain.content import Content
from campaignbot.domain.secrets import Secret
from campaignbot.platforms import outcomes
from campaignbot.platforms.errors import AuthError
from campaignbot.platforms.protocol import AdapterContext, Credentials

from campaignbot_mastodon import PLATFORM
from campaignbot_mastodon.length import count
from campaignbot_mastodon.reading import plain
from stand import Files, MastodonStand


@pytest.fixture
def stand() -> Iterator[MastodonStand]:
    opened = MastodonStand()
    yield opened
    opened.close()


def publish(stand: MastodonStand, content: Content) -> outcomes.Outcome:
    return stand.adapter().publish(content, resume=None, before_create=lambda _receipt: None)


def test_the_same_post_sent_again_within_the_hour_is_one_post(stand: MastodonStand) -> None:
    content = Content("Antwoord kwijt.")
    stand.fail("create", "drop_after")
    assert isinstance(publish(stand, content), outcomes.Unknown)
    assert isinstance(publish(stand, content), outcomes.Published)
    assert stand.posts() == 1
    stand.pass_time(timedelta(hours=2))
    publish(stand, content)
    assert stand.posts() == 2


def test_a_post_behind_many_newer_ones_is_found(stand: MastodonStand) -> None:
    sought = Content("Het gezochte bericht.")
    first = publish(stand, sought)
    for number in range(45):
        publish(stand, Content(f"Later {number}."))
    found = stand.adapter().find_published(sought, stand.clock.now(), None)
    assert isinstance(first, outcomes.Published) and found is not None
    assert found.external_id == first.external_id


def test_an_account_without_a_server_is_told_what_it_lacks(stand: MastodonStand) -> None:
    secrets = {"access_token": Secret("geheim")}
    context = AdapterContext("42", Credentials(secrets), Files(), stand.clock)
    with pytest.raises(AuthError, match="base_url"):
        PLATFORM.open_adapter(context)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("zes én", 6),
        ("ze\u0301s", 3),
        ("👩‍👩‍👧🏳️‍🌈", 2),
        ("🇳🇱🇧🇪", 2),
        ("👷🏽‍♀️!", 2),
        ("https://werkenbij.voorbeeld.example/een/lang/adres?utm_id=1", 23),
        ("(https://a.example/b).", 26),
        ("@gemeente@voorbeeld.example", 9),
    ],
)
def test_a_text_is_counted_as_mastodon_does(text: str, length: int) -> None:
    assert count(text) == length


def test_html_becomes_the_text_it_was_made_of() -> None:
    html = (
        '<p>A &amp; B &lt;c&gt;<br />regel</p><p><a href="https://x.example/a?b=1&amp;c=2">'
        '<span class="invisible">https://</span><span>x.example/a?b=1&amp;c=2</span></a></p>'
    )
    assert plain(html) == "A & B <c>\nregel\n\nhttps://x.example/a?b=1&c=2"
