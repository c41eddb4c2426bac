"""The daemon publishes in real time, and ends cleanly when it is asked to."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from threading import Event, Thread

import pytest
from tests.programs import heeds_interrupts
from tests.workdirs import approve_one, opened, sandboxed, stored

from campaignbot.cli.commands.running import tell_tick
from campaignbot.cli.texts import translator
from campaignbot.domain.clock import SystemClock
from campaignbot.domain.publication import State
from campaignbot.publishing.publisher import TickReport


def test_ctrl_c_ends_it_with_nothing_half_done(tmp_path: Path) -> None:
    with sandboxed(tmp_path) as sandbox:
        with opened(tmp_path) as application:
            publication = approve_one(application, "linkedin", "Vandaag, en maar één keer.")
        environment = {**os.environ, "CAMPAIGNBOT_LANG": "en"}
        daemon = subprocess.Popen(
            [sys.executable, "-m", "campaignbot", "--workdir", str(tmp_path), "daemon"],
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
            preexec_fn=heeds_interrupts,
        )
        assert daemon.stderr is not None
        said: list[str] = []
        published = Event()

        def listen() -> None:
            assert daemon.stderr is not None
            for line in daemon.stderr:
                said.append(line)
                if "published" in line:
                    published.set()
            published.set()

        reader = Thread(target=listen)
        reader.start()
        published.wait(60)
        daemon.send_signal(signal.SIGINT)
        code = daemon.wait(30)
        reader.join()
        daemon.stderr.close()
        assert code == 0, "".join(said)
        assert "nothing is half done" in said[-1]
        assert len(sandbox.world.posts) == 1
        with opened(tmp_path, SystemClock()) as application:
            after = stored(application, publication)
            overview = application.overview()
        assert after.state is State.PUBLISHED and after.permalink
        assert overview.worker is not None and overview.worker.stopped_at_utc is not None
        assert not overview.alive


def test_what_a_platform_refused_is_not_told_as_what_a_reviewer_rejected(
    capsys: pytest.CaptureFixture[str],
) -> None:
    report, t = TickReport(), translator()
    for what in ("rejected", "handed_over", "pack_mailed"):
        report.add(what)
    tell_tick(report)
    told = capsys.readouterr().err
    assert f"1 × {t('outcome.rejected')}\n" in told and t("state.rejected") not in told
    assert f"1 × {t('state.handed_over')}\n" in told and "outcome." not in told
