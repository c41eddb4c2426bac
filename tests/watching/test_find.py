"""What is worth an alert, and when the same thing is another occurrence."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from tests.conftest import MONDAY

from campaignbot.domain.accounts import Account, AccountState
from campaignbot.domain.alerts import AlertKind
from campaignbot.domain.content import Content
from campaignbot.domain.messages import Message, Param
from campaignbot.domain.money import Money
from campaignbot.domain.phases import Phase
from campaignbot.domain.publication import Post, Publication, State
from campaignbot.domain.walltime import WallTime
from campaignbot.platforms.registry import load_platform
from campaignbot.platforms.versions import ApiVersion
from campaignbot.publishing.costs import CAP_REACHED
from campaignbot.storage.alerts import TotalTold
from campaignbot.storage.watched import Comments, Watched
from campaignbot.storage.workers import Worker
from campaignbot.watching.find import Rules, find_alerts

ACCOUNT = Account(uuid4(), "linkedin", "linkedin", "Gemeente Waterrijk", "1", "Europe/Amsterdam")
PUBLICATION = Publication(
    id=uuid4(),
    reference="WTR-0007",
    post=Post(uuid4(), None, None, Phase.AWARENESS, "p", "a", "nl"),
    account_id=ACCOUNT.id,
    content=Content("Tekst"),
    tracking_code="code0007",
    planned=WallTime.at(MONDAY, "Europe/Amsterdam"),
    due_at_utc=MONDAY,
    window_end_utc=MONDAY + timedelta(hours=6),
    state=State.FAILED,
    reason=Message("publishing.rejected", {"platform": "LinkedIn", "said": "te lang"}),
    permalink="https://linkedin.example/7",
)
SEEN = Watched(MONDAY, accounts=(ACCOUNT,))


def kinds(seen: Watched, rules: Rules | None = None) -> list[str]:
    return [alert.kind for alert in find_alerts(seen, rules or Rules())]


def keys(seen: Watched) -> list[str]:
    return [alert.key for alert in find_alerts(seen, Rules())]


def test_nothing_is_told_while_all_is_well() -> None:
    worker = Worker("a:1", MONDAY, MONDAY)
    assert find_alerts(replace(SEEN, workers=(worker,)), Rules()) == ()


def test_a_monthly_sum_that_is_used_up_is_told_once_a_month_and_again_when_it_was_raised() -> None:
    def waiting(cap: str, until: datetime, ref: str) -> Publication:
        params: dict[str, Param] = {"key": "x", "cap": Money.of(cap, "USD"), "from": until}
        reason = Message(CAP_REACHED, params)
        return replace(PUBLICATION, state=State.RETRY_WAITING, reason=reason, reference=ref)

    def told(*posts: Publication) -> set[str]:
        return set(keys(replace(SEEN, waiting=posts)))

    january, february = MONDAY + timedelta(days=40), MONDAY + timedelta(days=70)
    once = told(waiting("25", january, "WTR-1"), waiting("25", january, "WTR-2"))
    assert len(once) == 1
    assert told(waiting("30", january, "WTR-1")) != once
    assert told(waiting("25", february, "WTR-1")) != once
    other = replace(PUBLICATION, state=State.RETRY_WAITING)
    assert not told(other)


@pytest.mark.parametrize("state", [State.FAILED, State.MISSED])
def test_a_post_that_did_not_go_out_is_told_with_its_reason_and_link(state: State) -> None:
    (alert,) = find_alerts(replace(SEEN, trouble=(replace(PUBLICATION, state=state),)), Rules())
    assert (alert.kind, alert.subject) == (AlertKind(state), "WTR-0007")
    assert alert.message.params["account"] == "Gemeente Waterrijk"
    assert alert.reason == PUBLICATION.reason
    assert alert.permalink == "https://linkedin.example/7"


def test_failing_again_after_a_person_sent_it_again_is_another_occurrence() -> None:
    first, again = PUBLICATION, replace(PUBLICATION, version=5)
    assert keys(replace(SEEN, trouble=(first,))) != keys(replace(SEEN, trouble=(again,)))
    assert keys(replace(SEEN, trouble=(first,))) == keys(replace(SEEN, trouble=(first,)))


@pytest.mark.parametrize(
    ("checks", "since", "unasked", "told"),
    [
        (0, timedelta(minutes=1), False, False),
        (1, timedelta(minutes=1), False, True),
        (0, timedelta(minutes=1), True, True),
        (0, timedelta(minutes=15), False, True),
    ],
    ids=["being looked for", "not found at first", "only a person can", "platform silent"],
)
def test_an_uncertain_post_is_told_when_it_stays_so(
    checks: int, since: timedelta, unasked: bool, told: bool
) -> None:
    unsure = replace(
        PUBLICATION,
        state=State.UNCERTAIN,
        uncertain_checks=checks,
        uncertain_since_utc=MONDAY - since,
    )
    seen = replace(SEEN, trouble=(unsure,), unasked=frozenset([unsure.id] if unasked else []))
    assert kinds(seen) == (["uncertain"] if told else [])


def test_a_person_who_has_to_decide_hears_of_it_although_it_was_looked_for_in_vain_before() -> None:
    unsure = replace(
        PUBLICATION, state=State.UNCERTAIN, uncertain_checks=1, uncertain_since_utc=MONDAY
    )
    looking = replace(SEEN, trouble=(unsure,))
    asked = replace(looking, unasked=frozenset([unsure.id]))
    assert kinds(looking) == kinds(asked) == ["uncertain"]
    assert keys(looking) != keys(asked)


@pytest.mark.parametrize(
    ("left", "told"),
    [
        (timedelta(days=15), []),
        (timedelta(days=14), ["14"]),
        (timedelta(days=8), ["14"]),
        (timedelta(days=6), ["7"]),
        (timedelta(hours=3), ["1"]),
    ],
)
def test_access_that_ends_is_told_14_7_and_1_days_before(left: timedelta, told: list[str]) -> None:
    account = replace(ACCOUNT, token_expires_at_utc=MONDAY + left)
    found = find_alerts(replace(SEEN, accounts=(account,)), Rules())
    assert [alert.key.rpartition(":")[2] for alert in found] == told
    assert all(alert.kind is AlertKind.EXPIRES for alert in found)


@pytest.mark.parametrize(
    ("day", "told"),
    [
        ("2027-08-15", []),
        ("2027-08-16", ["60"]),
        ("2027-09-30", ["60"]),
        ("2027-10-01", ["14"]),
        ("2027-10-14", ["1"]),
        ("2027-10-15", ["0"]),
        ("2028-01-01", ["0"]),
    ],
)
def test_a_version_that_ends_is_told_from_60_days_before(day: str, told: list[str]) -> None:
    version = ApiVersion("202610", date(2027, 10, 15))
    rules = Rules(platforms={"linkedin": replace(load_platform("linkedin"), api_version=version)})
    now = datetime.fromisoformat(f"{day}T09:00:00+00:00")
    found = find_alerts(replace(SEEN, at_utc=now), rules)
    assert [alert.key.rpartition(":")[2] for alert in found] == told
    assert all(alert.message.params["day"] == version.sunset_on for alert in found)


def test_a_version_that_ends_is_no_matter_where_nothing_is_connected() -> None:
    version = ApiVersion("202610", date(2026, 11, 1))
    rules = Rules(platforms={"linkedin": replace(load_platform("linkedin"), api_version=version)})
    assert kinds(SEEN, rules) == ["version"]
    absent = replace(ACCOUNT, state=AccountState.NOT_CONNECTED)
    assert kinds(replace(SEEN, accounts=(absent,)), rules) == []
    other = replace(ACCOUNT, platform="x")
    assert kinds(replace(SEEN, accounts=(other,)), rules) == []


def test_a_post_without_its_end_is_told_with_where_it_ends() -> None:
    reason = Message("publishing.cut", {"platform": "LinkedIn", "shown": "tot hier"})
    cut = replace(PUBLICATION, state=State.PUBLISHED, reason=reason)
    (alert,) = find_alerts(replace(SEEN, cut=(cut,)), Rules())
    assert (alert.kind, alert.reason) == (AlertKind.CUT, reason)
    assert alert.permalink == "https://linkedin.example/7"


def test_ended_access_is_told_once_for_each_time_it_was_connected() -> None:
    ended = replace(ACCOUNT, state=AccountState.TOKEN_EXPIRED)

    def told(connected: datetime) -> list[str]:
        return keys(replace(SEEN, accounts=(ended,), connected_at={ended.id: connected}))

    assert told(MONDAY) == told(MONDAY) != told(MONDAY + timedelta(days=60))
    silently = replace(ACCOUNT, token_expires_at_utc=MONDAY)
    assert kinds(replace(SEEN, accounts=(silently,))) == ["expired"]


@pytest.mark.parametrize(
    ("late", "in_hand", "stopped", "told"),
    [(1, False, False, True), (0, True, False, True), (0, False, False, False),
     (1, False, True, False)],
    ids=["something is due", "holds a post", "nothing to do", "said goodbye"],
)  # fmt: skip
def test_a_silent_worker_is_told_while_there_is_work(
    late: int, in_hand: bool, stopped: bool, told: bool
) -> None:
    seen_at = MONDAY - timedelta(minutes=5)
    worker = Worker("pc-2:99", seen_at, seen_at, seen_at if stopped else None)
    held = frozenset(["pc-2:99"] if in_hand else [])
    seen = replace(SEEN, workers=(worker,), late=late, in_hand=held)
    assert kinds(seen) == (["silent"] if told else [])


def test_comments_are_told_when_there_are_more_than_were_told() -> None:
    def told(total: int, lowest: int | None, last: TotalTold | None) -> list[tuple[str, object]]:
        read = Comments("WTR-0007", "Gemeente Waterrijk", "https://x.example/7", total, lowest)
        known = {} if last is None else {"WTR-0007": last}
        seen = replace(SEEN, comments=(read,), comments_told=known)
        return [(a.key, a.message.params["n"]) for a in find_alerts(seen, Rules())]

    long_ago, just_now = MONDAY - timedelta(hours=4), MONDAY - timedelta(hours=3)
    assert told(3, None, None) == [("comments:WTR-0007:1", 3)]
    assert told(3, 3, TotalTold(1, 3, long_ago)) == []
    assert told(5, 3, TotalTold(1, 3, long_ago)) == [("comments:WTR-0007:2", 2)]
    assert told(5, 3, TotalTold(1, 3, just_now)) == [], "at most one in four hours"
    assert told(3, 1, TotalTold(2, 3, long_ago)) == [("comments:WTR-0007:3", 2)], "two were deleted"
