"""Every command keeps the two promises: data as JSON, and a dry run of what acts."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

import typer
from tests.e2e.commands import Ran, commands
from tests.workdirs import account_of, approve_one, opened, sandboxed, stored
from typer.core import TyperGroup

from campaignbot import pipeline
from campaignbot.bootstrap import Application
from campaignbot.cli.app import app
from campaignbot.demo import closing_day, move_dates
from campaignbot.domain.accounts import AccountState
from campaignbot.domain.campaigns import BriefVersion, Campaign
from campaignbot.domain.clock import SystemClock
from campaignbot.domain.publication import Event, Publication
from campaignbot.sandbox import Sandbox
from campaignbot.storage import accounts, campaigns, publications
from campaignbot.yamlfiles import change_yaml

BRIEF = "briefs/adviseur-omgevingsrecht.yaml"
NO_JSON = {
    "tui": "is a screen",
    "daemon": "runs until it is stopped; what is due is data of `status` and `post list`",
    "worker": "runs until it is stopped; what is due is data of `status` and `post list`",
}
NO_DRY_RUN = {
    "tui": "is a screen, on which each act asks first",
    "status": "reads",
    "check-database": "reads",
    "post list": "reads",
    "post show": "reads",
    "account list": "reads",
    "account posts": "reads",
    "alerts list": "reads",
    "media check": "is itself a trial: the picture that it puts on the web is one for that",
}
ACTS = """
demo
init
sandbox
plan {brief}
stop --campaign {campaign}
stop --until 2099-01-01_00:00
resume --account linkedin
resume --post {approved}
service
service --write here.service
backup
restore {backup} --replace
vacancy import briefs/adviseur-omgevingsrecht.html
report week --write --campaign {campaign}
post take-down {live} --reason x
post correct {live} --text Anders. --reason x
post placed {handed} https://krant.example/1
post skip {handed} --reason x
post settle {unsure} --not-there --reason x
post settle {unsure} --published https://x.example/1
post move {approved} --to {later}
post send-again {failed} --at {later}
post reopen {approved}
post cancel {approved}
post comment {approved} Meer_weten?
post media add {approved} {photo} --alt Een_molen. --people none
post media slides {approved}
post media remove {approved} 1
post media order {approved} 2 1
post media words {approved} 1 --alt Een_molen.
post media link {approved}
account connect x
account connect linkedin
account connect nieuwsbrief
account app facebook --client-id 1
account app linkedin --forget
account check
account check instagram
account pause x --reason x
account pause facebook --reason x
account resume facebook
account resume x
account disconnect x
alerts test
alerts connect mail
alerts disconnect mail
media connect
media disconnect
media tidy
"""


def leaves(command: object, *above: str) -> Iterator[tuple[str, set[str]]]:
    """Yield the name of every command, with its options."""
    if isinstance(command, TyperGroup):
        for name, below in command.commands.items():
            yield from leaves(below, *above, name)
    else:
        params = getattr(command, "params", [])
        yield " ".join(above), {option for param in params for option in param.opts}


def known() -> dict[str, set[str]]:
    return dict(leaves(typer.main.get_command(app)))


def test_every_command_has_json_and_a_dry_run_but_for_those_with_a_reason() -> None:
    assert {name for name, options in known().items() if "--json" not in options} == set(NO_JSON)
    without = {name for name, options in known().items() if "--dry-run" not in options}
    assert without == set(NO_DRY_RUN)


def moved(application: Application, publication: Publication, *events: Event) -> Publication:
    digest = publication.content_hash
    now = application.clock.now()
    with application.database.write() as tx:
        for event in events:
            publication = publications.move(
                tx, publication, event, now=now, actor="test", approved_hash=digest
            )
    return publication


def fill(application: Application, sandbox: Sandbox) -> dict[str, str]:
    """Bring posts into each state in which something can be done to them; return what to type."""
    live = approve_one(application, "linkedin", "Kom kijken.")
    application.publisher("test").tick()
    handed = moved(application, approve_one(application, "manual", "Krant."), Event.HAND_OVER)
    unsure = approve_one(application, "x", "Weg?")
    unsure = moved(application, unsure, Event.CLAIM, Event.LOSE_SIGHT)
    failed = approve_one(application, "facebook", "Mislukt.")
    failed = moved(application, failed, Event.CLAIM, Event.FAIL)
    later = application.clock.now() + timedelta(days=3)
    approved = approve_one(application, "linkedin", "Straks.", 2, due_in=timedelta(days=2))
    facebook = account_of(application, "facebook")
    with application.database.write() as tx:
        now, paused = application.clock.now(), AccountState.PAUSED
        accounts.set_account_state(tx, facebook.id, paused, now=now, actor="Mira", reason="rust")
    campaign = planned(application)
    assert stored(application, live).permalink
    return {
        "brief": BRIEF,
        "campaign": campaign.key,
        "live": live.reference,
        "handed": handed.reference,
        "unsure": unsure.reference,
        "failed": failed.reference,
        "approved": approved.reference,
        "later": f"{later:%Y-%m-%d} 10:00",
        "photo": "creatives/photos/polder-met-molen.jpg",
    }


def planned(application: Application) -> Campaign:
    """Store the campaign of the starter's brief, without its posts."""
    proposal = pipeline.propose(
        application.workdir,
        application.workdir / BRIEF,
        application.settings,
        frozenset(application.entries),
        application.clock,
        application.new_id,
    )
    now = application.clock.now()
    campaign = Campaign(application.new_id(), proposal.key, proposal.brief.name, 1, now)
    channels = tuple(offer.channel for offer in proposal.plan.channels)
    version = BriefVersion(campaign.id, 1, proposal.brief, proposal.personas, channels, now)
    with application.database.write() as tx:
        campaigns.save_campaign(tx, campaign, version)
    return campaign


def settle(folder: Path) -> None:
    """Give the folder a mail server and a storage, at which nobody listens."""
    storage = {"bucket": "b", "endpoint": "http://127.0.0.1:9", "key_id": "AKIAVOORB"}
    mail = {"host": "127.0.0.1", "port": 9, "security": "none", "sender": "c@waterrijk.example"}
    change_yaml(
        folder / "config" / "campaignbot.yaml",
        {
            "media": {"s3": storage},
            "mail": mail | {"user": "c"},
            "watch": {"alerts_to": ["mira@waterrijk.example"]},
        },
    )


def state(folder: Path, sandbox: Sandbox) -> dict[str, object]:
    """Return what a dry run may not change: the rows, the files, and what platforms were sent."""
    left_out = {".db", ".db-wal", ".db-shm"}
    files = {
        str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix not in left_out and "sandbox" not in path.parts
    }
    with sqlite3.connect(folder / "data" / "campaignbot.db") as connection:
        rows = list(connection.iterdump())
    connection.close()
    posts = [post.id for post in sandbox.world.posts]
    return {"rows": rows, "files": files, "posts": posts, "pictures": len(sandbox.world.blobs)}


def data_of(ran: Ran) -> object:
    try:
        return json.loads(ran.out)
    except ValueError:
        return f"no JSON: {ran.out} {ran.err}"


def test_every_dry_run_is_one_object_of_data_and_changes_nothing(tmp_path: Path) -> None:
    with sandboxed(tmp_path) as sandbox:
        move_dates(tmp_path, closing_day(date.today()))
        with opened(tmp_path, SystemClock()) as application:
            names = fill(application, sandbox)
        (made,) = commands(tmp_path, (("backup", "--to", "kopie", "--json"), ""))
        names["backup"] = str(made.data["file"])
        settle(tmp_path)
        refused = sandbox.world.account("x", "900004")
        assert refused is not None
        refused.token = "withdrawn"
        typed = [line.split() for line in ACTS.split("\n") if line]
        asked = [[w.replace("_", " ").format(**names) for w in words] for words in typed]
        before = state(tmp_path, sandbox)
        ran = commands(tmp_path, *(((*words, "--json", "--dry-run"), "") for words in asked))
        after = state(tmp_path, sandbox)
    told = {" ".join(words): data_of(done) for words, done in zip(asked, ran, strict=True)}
    wrong = {
        k: v for k, v in told.items() if not isinstance(v, dict) or v.get("dry_run") is not True
    }
    assert not wrong
    checked = told["account check"]
    assert isinstance(checked, dict) and checked["x"]["verdict"] == "expired"
    assert {k: v for k, v in after.items() if v != before[k]} == {}
    acting = known().keys() - NO_DRY_RUN.keys() - NO_JSON.keys()
    assert acting == {name for name in acting if any(t.startswith(name) for t in told)}
