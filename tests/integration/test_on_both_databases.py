"""The whole way of a post on SQLite and on PostgreSQL: plan, approve, publish, measure, report."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.workdirs import account_of, connect_all, opened, sandboxed

from campaignbot import pipeline
from campaignbot.domain.clock import SimulatedClock
from campaignbot.domain.publication import State
from campaignbot.reporting.weeks import Week
from campaignbot.storage import publications
from campaignbot.summaries import week_text
from campaignbot.yamlfiles import change_yaml

START = datetime(2026, 11, 23, 5, tzinfo=UTC)


def test_one_week_goes_the_whole_way(tmp_path: Path, database_url: str) -> None:
    clock = SimulatedClock(START)
    with sandboxed(tmp_path) as sandbox:
        change_yaml(tmp_path / "config" / "campaignbot.yaml", {"database": database_url})
        sandbox.world.set_clock(clock.now())
        with opened(tmp_path, clock) as application:
            connect_all(application, sandbox)
            brief = tmp_path / "briefs" / "adviseur-omgevingsrecht.yaml"
            proposal = pipeline.propose(
                tmp_path,
                brief,
                application.settings,
                frozenset(application.entries),
                clock,
                application.new_id,
            )
            made = pipeline.make(
                proposal,
                application.database,
                application.settings,
                application.platforms,
                pipeline.open_studio(tmp_path, proposal.brief.brand, application.media),
                clock,
                application.new_id,
            )
            week, manual = START + timedelta(days=6), account_of(application, "manual")
            first = [p for p in made.publications if p.due_at_utc < week]
            for publication in first:
                application.reviews.approve(publication, application.actor())
            publisher = application.publisher("integration")
            for publication in sorted(first, key=lambda p: p.due_at_utc):
                clock.move_to(publication.due_at_utc)
                sandbox.world.set_clock(clock.now())
                publisher.tick()
            clock.move_to(week)
            sandbox.world.set_clock(week)
            assert application.collect().numbers > 0

            with application.database.read() as tx:
                states = {p.state for p in publications.list_publications(tx, due_before=week)}
            assert states == {State.PUBLISHED, State.HANDED_OVER}
            live = [p for p in sandbox.world.posts if not p.deleted]
            by_hand = sum(p.account_id == manual.id for p in first)
            assert len(live) == len(first) - by_hand
            text = week_text(application, made.campaign, Week.parse("2026-W48", "Europe/Amsterdam"))
            assert f"We plaatsten deze week {len(live)} berichten" in text
