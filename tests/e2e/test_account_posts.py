"""What stands on an account, from the command line, on every platform."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.e2e.commands import campaignbot
from tests.workdirs import account_of, approve_one, opened, sandboxed, stored

from campaignbot.domain.clock import SystemClock
from campaignbot.domain.publication import Publication, State
from campaignbot.sandbox import Sandbox, SandboxPost
from campaignbot.sandbox.fault import Fault
from campaignbot.yamlfiles import change_yaml


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with sandboxed(tmp_path) as sandbox:
        # What is late waits for the morning; these tests are run at any hour.
        always = {"quiet_from": "07:00", "quiet_until": "07:00"}
        change_yaml(tmp_path / "config" / "campaignbot.yaml", {"publishing": always})
        yield sandbox


def _published(folder: Path, platform: str) -> Publication:
    with opened(folder, SystemClock()) as application:
        approved = approve_one(application, platform, "Kom kijken bij de dijk.")
        application.publisher("test").tick()
        live = stored(application, approved)
    assert live.state is State.PUBLISHED
    return live


def _by_hand(sandbox: Sandbox, folder: Path, platform: str, post_id: str, text: str) -> None:
    with opened(folder, SystemClock()) as application:
        account = account_of(application, platform).external_id
    at = sandbox.world.now() - timedelta(hours=1)
    sandbox.world.add_post(SandboxPost(post_id, platform, account, text, at, raw=text))


@pytest.mark.parametrize("platform", ["linkedin", "facebook", "instagram", "x"])
def test_ours_and_what_others_placed_are_told_apart(
    tmp_path: Path, sandbox: Sandbox, platform: str
) -> None:
    live = _published(tmp_path, platform)
    _by_hand(sandbox, tmp_path, platform, "900000000000000001", "Fijn weekend, allemaal.")
    ran = campaignbot(tmp_path, "account", "posts", platform)
    assert ran.code == 0, ran.err
    ours, other = ran.out.splitlines()
    assert ours.startswith(live.reference) and "Kom kijken bij de dijk." in ours
    assert other.startswith("not ours") and "Fijn weekend, allemaal." in other
    told = campaignbot(tmp_path, "account", "posts", platform, "--json").data
    assert [p["reference"] for p in told["posts"]] == [live.reference, None]
    assert told["posts"][0]["link"] == live.permalink


def test_what_stands_there_twice_ends_with_code_1(tmp_path: Path, sandbox: Sandbox) -> None:
    live = _published(tmp_path, "facebook")
    text = sandbox.world.posts[-1].text
    _by_hand(sandbox, tmp_path, "facebook", "900003_2", text)
    ran = campaignbot(tmp_path, "account", "posts", "facebook")
    assert ran.code == 1 and f"{live.reference} stands there more than once" in ran.err


def test_looking_at_x_says_what_it_cost(tmp_path: Path, sandbox: Sandbox) -> None:
    _published(tmp_path, "x")
    ran = campaignbot(tmp_path, "account", "posts", "x")
    assert "This lookup cost about" in ran.err and "0.001" in ran.err
    cost = campaignbot(tmp_path, "account", "posts", "x", "--json").data["cost"]
    assert cost == {"amount": "0.001", "currency": "USD"}


def test_one_long_text_stays_on_one_line_of_the_window(tmp_path: Path, sandbox: Sandbox) -> None:
    _by_hand(sandbox, tmp_path, "facebook", "900003_3", "Lange dagen op de dijk. " * 20)
    (line,) = campaignbot(tmp_path, "account", "posts", "facebook").out.splitlines()
    assert len(line) < 80 and line.endswith("…")


def test_a_platform_that_is_silent_is_told_in_one_sentence(
    tmp_path: Path, sandbox: Sandbox
) -> None:
    sandbox.world.faults.append(Fault("facebook", "any", "http_503", 9))
    ran = campaignbot(tmp_path, "account", "posts", "facebook")
    assert ran.code == 2 and "does not answer as it should" in ran.err and not ran.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nieuwsbrief"], "posted to by hand"),
        (["unknown"], "unknown"),
        (["facebook", "--days", "0"], "--days"),
    ],
)
def test_what_cannot_be_looked_at_is_an_error(
    tmp_path: Path, sandbox: Sandbox, arguments: list[str], words: str
) -> None:
    ran = campaignbot(tmp_path, "account", "posts", *arguments)
    assert ran.code == 2 and words in ran.err and not ran.out
