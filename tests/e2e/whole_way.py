"""Approves what was planned and lives through some days of it, with every log at debug.

A program for tests: python -m tests.e2e.whole_way FOLDER SANDBOX_URL UNTIL. The sandbox's clock
goes along. One line of JSON on standard output tells what came of it.
"""

from __future__ import annotations

import json
import logging
import sys
from collections import Counter
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import requests

from campaignbot.bootstrap import Application
from campaignbot.cli.texts import log_to_terminal
from campaignbot.connecting.check import check
from campaignbot.domain.clock import SimulatedClock
from campaignbot.domain.errors import UserError
from campaignbot.domain.publication import Publication, State
from campaignbot.storage import accounts, publications

_STEP = timedelta(hours=8)


def main() -> None:
    folder, url, until = Path(sys.argv[1]), sys.argv[2], datetime.fromisoformat(sys.argv[3])
    logging.basicConfig(level=logging.DEBUG, stream=sys.stderr)
    log_to_terminal(logging.DEBUG)
    now = datetime.fromisoformat(requests.get(f"{url}/control/clock", timeout=10).json()["now"])
    clock = SimulatedClock(now)
    application = Application(folder, clock, environment={})
    _approve(application)
    publisher = application.publisher("whole way")
    instants = {p.due_at_utc for p in _listed(application) if now < p.due_at_utc < until}
    while now < until:
        now += _STEP
        instants.add(min(now, until))
    for instant in sorted(instants):
        clock.move_to(instant)
        told = {"now": instant.isoformat()}
        requests.post(f"{url}/control/clock", json=told, timeout=10).raise_for_status()
        publisher.tick()
        application.collect()
        check(application.access)
        _look(application)
        application.renew_due()
    print(json.dumps(Counter(p.state for p in _listed(application))))
    application.close()


def _look(application: Application) -> None:
    """Look at what stands on each account; some are silent, or refuse."""
    with application.database.read() as tx:
        known = accounts.list_accounts(tx)
    for account in known:
        if not application.access.by_hand(account):
            with suppress(UserError):
                application.recent_posts(account, application.clock.now() - _STEP)


def _listed(application: Application) -> list[Publication]:
    with application.database.read() as tx:
        return list(publications.list_publications(tx))


def _approve(application: Application) -> None:
    """Let a person approve all that may be approved."""
    person = application.actor()
    for publication in _listed(application):
        if publication.state is State.IN_REVIEW:
            if not application.reviews.item(publication.id).blocking:
                application.reviews.approve(publication, person)


if __name__ == "__main__":
    main()
