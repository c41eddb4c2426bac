"""Cases on numbers: none is made up, and where there is none the reason is told."""

from __future__ import annotations

from datetime import timedelta

from campaignbot.domain.metrics import Metric, Metrics, Missing
from campaignbot.platforms.conformance.acts import LINK, draft, published
from campaignbot.platforms.conformance.stand import Case, NotApplicable, Stand


def _of(stand: Stand, made: str) -> Metrics:
    metrics = stand.adapter().fetch_metrics([made])[made]
    assert not set(metrics.values) & set(metrics.missing), "a number that is there and missing"
    told = set(metrics.values) | set(metrics.missing)
    assert told >= set(stand.platform.metrics), f"no word on {set(stand.platform.metrics) - told}"
    return metrics


def _another(made: str, number: int) -> str:
    """Return an id of the same form that belongs to no post."""
    return f"{made[:-4]}{number:04}"


def _measures(stand: Stand) -> None:
    made = published(stand, draft(stand, "Meet mij.", link=LINK))
    assert _of(stand, made).taken_at_utc == stand.clock.now()
    assert stand.adapter().fetch_account_metrics().values[Metric.FOLLOWERS] > 0


def _grows(stand: Stand) -> None:
    made = published(stand, draft(stand, "Gezien worden.", link=LINK))
    stand.pass_time(timedelta(days=1))
    first = _of(stand, made).values
    assert first.get(Metric.IMPRESSIONS, first.get(Metric.REACTIONS, 0)) > 0
    stand.pass_time(timedelta(days=2))
    second = _of(stand, made).values
    assert all(second[metric] >= first[metric] for metric in first)


def _zero_is_a_number(stand: Stand) -> None:
    metrics = _of(stand, published(stand, draft(stand, "Net geplaatst.", link=LINK)))
    assert set(metrics.values.values()) <= {0}
    # A platform that leaves out what nobody has seen tells neither zero nor anything else.
    assert set(metrics.missing.values()) <= {stand.silence}


def _no_number_is_no_zero(stand: Stand) -> None:
    made = published(stand, draft(stand, "Nog geen cijfers.", link=LINK))
    stand.pass_time(timedelta(days=1))
    stand.fail("metrics", "no_numbers", times=9)
    metrics = _of(stand, made)
    assert not metrics.values, f"numbers that the platform did not tell: {metrics.values}"
    assert set(metrics.missing.values()) == {stand.silence}, metrics.missing


def _what_is_too_young_has_numbers_later(stand: Stand) -> None:
    if stand.silence is not Missing.TOO_YOUNG:
        raise NotApplicable("what the platform leaves out is not said to come later")
    made = published(stand, draft(stand, "Straks cijfers.", link=LINK))
    stand.pass_time(timedelta(days=1))
    stand.fail("metrics", "no_numbers")
    first = _of(stand, made)
    assert first.missing and set(first.missing.values()) == {Missing.TOO_YOUNG}, first.missing
    later = _of(stand, made)
    assert not later.missing and set(first.missing) <= set(later.values)


def _a_retired_number_empties_no_other(stand: Stand) -> None:
    made = published(stand, draft(stand, "Eén cijfer minder.", link=LINK))
    stand.pass_time(timedelta(days=1))
    gone, adapter = stand.retire_metric(), stand.adapter()
    for _ in range(2):
        metrics = adapter.fetch_metrics([made])[made]
        assert metrics.missing.get(gone) in {Missing.RETIRED, Missing.NOT_OFFERED}
        assert len(metrics.values) >= len(stand.platform.metrics) - 2, "others went with it"
    adapter.close()


def _what_is_gone_has_no_numbers(stand: Stand) -> None:
    made = published(stand, draft(stand, "Meet mij.", link=LINK))
    other = published(stand, draft(stand, "Haal mij weg.", link=LINK))
    stand.adapter().delete(other)
    unknown = _another(made, 999)
    told = stand.adapter().fetch_metrics([made, other, unknown])
    assert made in told
    for post in (other, unknown):
        assert not told.get(post) or not told[post].values, "numbers of a post that is not there"


def _what_is_gone_empties_no_other(stand: Stand) -> None:
    made = [published(stand, draft(stand, f"Bericht {n}.", link=f"{LINK}{n}")) for n in range(4)]
    stand.pass_time(timedelta(days=1))
    alone = {post: _of(stand, post) for post in made}
    stand.adapter().delete(made[1])
    told = stand.adapter().fetch_metrics([made[0], _another(made[0], 998), *made[1:]])
    for post in (made[0], *made[2:]):
        assert told[post] == alone[post], "another post was taken down, and its numbers went along"


def _takes_a_whole_batch(stand: Stand) -> None:
    made = [published(stand, draft(stand, f"Bericht {n}.", link=f"{LINK}{n}")) for n in range(3)]
    stand.pass_time(timedelta(days=1))
    others = [_another(made[0], n) for n in range(stand.platform.metrics_batch - len(made))]
    told = stand.adapter().fetch_metrics([*others, *made])
    assert {post for post, metrics in told.items() if metrics.values} == set(made)


def _tells_of_old_posts(stand: Stand) -> None:
    made = published(stand, draft(stand, "Lang geleden.", link=LINK))
    stand.pass_time(timedelta(days=60))
    assert _of(stand, made).values


CASES = (
    Case("measures posts and the account", _measures),
    Case("numbers grow", _grows),
    Case("zero is told as zero, or as not seen yet", _zero_is_a_number),
    Case("no number is never told as zero", _no_number_is_no_zero),
    Case("a number that is too young comes later", _what_is_too_young_has_numbers_later),
    Case("a retired number empties no other", _a_retired_number_empties_no_other),
    Case("what is gone or unknown has no numbers", _what_is_gone_has_no_numbers),
    Case("what is gone among many leaves the others their numbers", _what_is_gone_empties_no_other),
    Case("takes a whole batch in one question", _takes_a_whole_batch),
    Case("still tells of a post of 60 days ago", _tells_of_old_posts),
)
