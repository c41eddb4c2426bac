"""What X charges, from the command line: told in status, accounts and posts, and bounded."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.e2e.commands import campaignbot
from tests.workdirs import approve_one, opened, sandboxed, stored

from campaignbot.domain.clock import SimulatedClock, SystemClock
from campaignbot.domain.publication import State
from campaignbot.settings import load_accounts
from campaignbot.yamlfiles import change_yaml


def cap(folder: Path, amount: str) -> None:
    rows: list[dict[str, Any]] = []
    for entry in load_accounts(folder):
        row = {"key": entry.key, "platform": entry.platform, "name": entry.name}
        row |= {"external_id": entry.external_id}
        row |= {"base_url": entry.base_url} if entry.base_url else {}
        rows.append(row | ({"monthly_cap": amount, "spacing_min": 0} if entry.key == "x" else {}))
    change_yaml(folder / "config" / "accounts.yaml", {"accounts": rows})


def test_a_used_up_monthly_sum_is_told_everywhere_and_raising_it_helps(tmp_path: Path) -> None:
    clock = SimulatedClock(SystemClock().now())
    with sandboxed(tmp_path):
        cap(tmp_path, "0.25 USD")
        with opened(tmp_path, clock) as application:
            out = approve_one(application, "x", "Het eerste.")
            kept = approve_one(application, "x", "Het tweede.", due_in=timedelta(seconds=1))
            application.publisher("test").tick()
            clock.advance(timedelta(seconds=2))
            application.publisher("test").tick()
            assert stored(application, out).state is State.PUBLISHED
            assert stored(application, kept).state is State.RETRY_WAITING
        status = campaignbot(tmp_path, "status", "--json").data
        assert status["spent_this_month"]["x"]["estimated"]["amount"] == "0.205"
        assert status["monthly_caps"]["x"] == {"amount": "0.25", "currency": "USD"}
        assert "0.205 estimated by the price list" in campaignbot(tmp_path, "status").out
        listed = campaignbot(tmp_path, "account", "list", "--json").data["x"]
        assert listed["spent_this_month"]["total"]["amount"] == "0.205"
        shown = campaignbot(tmp_path, "post", "show", kept.reference)
        assert "may cost US$ 0.25 this month" in " ".join(shown.out.split())
        assert "Costs an estimated US$ 0.205, by X’s price list." in shown.out
        cap(tmp_path, "1.00 USD")
        with opened(tmp_path, clock) as application:
            clock.advance(timedelta(hours=1))
            application.publisher("test").tick()
            assert stored(application, kept).state is State.PUBLISHED
