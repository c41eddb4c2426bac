"""Commands to begin with: demo, init, sandbox."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from campaignbot.cli.options import (
    DryRun,
    Json,
    chosen_in,
    warn_of_actor,
    warn_of_place,
    workdir_of,
)
from campaignbot.cli.texts import Steps, help_text, log_to_terminal, say, tell, tell_json
from campaignbot.cli.texts import translator as t
from campaignbot.domain.clock import SystemClock
from campaignbot.domain.errors import user_error
from campaignbot.domain.people import HowKnown

if TYPE_CHECKING:
    from campaignbot.demo import DemoResult
    from campaignbot.sandbox import Sandbox
    from campaignbot.settings import AccountEntry

_ = help_text
DEMO_FOLDER = Path("campaignbot-demo")
SANDBOX_PORT = 8770
"""Not the port of `connect`, on which the answers of the consent pages arrive."""

_FAMILIES = {"meta": ("facebook", "instagram")}


def register(app: typer.Typer) -> None:
    app.command("demo", help=_("cli.demo"))(demo)
    app.command("init", help=_("cli.init"))(init)
    app.command("sandbox", help=_("cli.sandbox"))(sandbox)


def demo(
    context: typer.Context,
    json: Json = False,
    dry_run: DryRun = False,
    today: Annotated[str | None, typer.Option("--today", help=_("cli.demo_today"))] = None,
) -> None:
    """Run the demonstration."""
    from campaignbot.demo import run_demo

    log_to_terminal()
    folder = chosen_in(context).workdir or DEMO_FOLDER
    day = _day(today) if today else SystemClock().now().astimezone().date()
    if dry_run:
        if json:
            tell_json({"simulated": True, "workdir": str(folder.resolve())}, dry_run=True)
        else:
            say("demo.would", folder=str(folder))
        return
    steps = Steps()
    result = run_demo(folder.resolve(), day, steps)
    steps.end()
    if json:
        tell_json(result.to_json())
        return
    _show(result)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise user_error("cli.bad_day", remedy="cli.bad_day.remedy", value=text) from None


def _show(result: DemoResult) -> None:
    tell("")
    tell(t()("demo.done", applications=result.applications))
    tell("")
    for name, chosen, why in result.channels:
        tell(f"  {t()('plan.yes' if chosen else 'plan.no')} {name}: {why}")
    tell("")
    for platform, states in result.states.items():
        told = ", ".join(f"{n} {t()(f'state.{state}')}" for state, n in sorted(states.items()))
        tell(f"  {platform:<10} {told}")
    tell("")
    again = f"{_program()} --workdir {_near(result.workdir)}"
    if result.acting_as is not None:
        again += f' --as "{result.acting_as}"'
    tell(t()("demo.look"))
    tell(f"  {_near(result.summaries[-2])}")
    tell(f"  {_near(result.workdir / 'media')}/")
    tell(f"  {_near(result.workdir / 'reports' / 'handover')}/")
    tell("")
    tell(t()("demo.next", n=result.waiting))
    tell(f"  {again} tui")
    tell(f"  {again} sandbox      # {t()('demo.sandbox')}")
    tell(f"  {again} daemon       # {t()('demo.daemon')}")
    tell(f"  {again} status")


def _program() -> str:
    """Return how the program is called from here: by its name only where the shell finds it."""
    if shutil.which("campaignbot"):
        return "campaignbot"
    beside = Path(sys.executable).with_name("campaignbot")
    return _near(beside) if beside.exists() else "python -m campaignbot"


def _near(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def init(context: typer.Context, json: Json = False, dry_run: DryRun = False) -> None:
    """Make a working folder, or bring its database up to date."""
    from campaignbot.gateways.login import login_name
    from campaignbot.starter import SETTINGS, make_workdir

    folder = workdir_of(context)
    written, kept = make_workdir(folder, dry_run=dry_run)
    if not dry_run:
        from campaignbot.bootstrap import Application

        application = Application(folder, acting_as=chosen_in(context).acting_as)
        actor = application.actor()
        warn_of_place(application)
        warn_of_actor(application)
        application.close()
    if json:
        tell_json(
            {
                "folder": str(folder.resolve()),
                "written": [str(p) for p in written],
                "dry_run": dry_run,
            }
        )
        return
    key = "init.would" if dry_run else "init.done"
    say(key, folder=str(folder.resolve()), written=len(written), kept=len(kept))
    if not dry_run:
        if actor.how_known is HowKnown.LOGIN and SETTINGS in written:
            say("init.acting", name=actor.name, login=login_name() or "")
        say("init.next")


def sandbox(
    context: typer.Context,
    port: Annotated[
        int | None, typer.Option("--port", min=1, max=65535, help=_("cli.sandbox_port"))
    ] = None,
    scenario: Annotated[
        str | None, typer.Option("--scenario", help=_("cli.sandbox_scenario"))
    ] = None,
    listing: Annotated[
        bool, typer.Option("--list-scenarios", help=_("cli.sandbox_list_scenarios"))
    ] = False,
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Serve the imitated platforms until Ctrl-C."""
    from urllib.parse import urlsplit

    from campaignbot.cli.scenarios import list_scenarios, read_scenario, show_scenarios
    from campaignbot.gateways.folders import not_writable
    from campaignbot.sandbox import Sandbox
    from campaignbot.settings import load_accounts, load_settings

    log_to_terminal()
    folder = workdir_of(context)
    load_settings(folder)
    entries = load_accounts(folder)
    if listing:
        rows = list_scenarios(folder, entries)
        tell_json({"scenarios": rows}) if json else show_scenarios(rows)
        return
    trouble = read_scenario(folder, scenario, entries) if scenario else None
    known = [urlsplit(e.base_url).port for e in entries if e.base_url]
    chosen = port or next((p for p in known if p), SANDBOX_PORT)
    server = Sandbox(folder / "data" / "sandbox", port=chosen)
    if dry_run:
        if json:
            _tell_keys(server, entries, _seed(server, entries), json=True, dry_run=True)
            return
        say("sandbox.would", port=str(chosen))
        if trouble is not None:
            say("scenario.would", title=trouble.title, n=len(trouble.steps))
        return
    _start(server, folder)
    tokens = _seed(server, entries)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    server.world.set_clock(None)
    if trouble is not None:
        server.play(trouble)
        control = f"{server.url}/control/scenario"
        say("scenario.begins", title=trouble.title, n=len(trouble.steps), url=control)
    try:
        _tell_keys(server, entries, tokens, json=json)
        say("sandbox.running", url=server.url, since=SystemClock().now())
        server.wait()
    except KeyboardInterrupt:
        pass
    except OSError as error:
        raise not_writable(folder, error) from None
    finally:
        server.stop()
        say("sandbox.stopped")


def _tell_keys(
    server: Sandbox,
    entries: tuple[AccountEntry, ...],
    tokens: dict[str, str],
    *,
    json: bool,
    dry_run: bool = False,
) -> None:
    """Tell with which practice tokens, and through which practice apps, one connects."""
    apps = server.world.grants.apps.values()
    if json:
        told: dict[str, object] = {"url": server.url, "base_urls": server.base_urls}
        told |= {"tokens": tokens, "apps": {app.family: app.client_id for app in apps}}
        tell_json(told, dry_run=dry_run)
        return
    missing = {
        entry.key: f"base_url: {server.base_urls[entry.platform]}"
        for entry in entries
        if entry.platform in server.base_urls and entry.base_url != server.base_urls[entry.platform]
    }
    known = {
        ", ".join(_FAMILIES.get(app.family, (app.family,))): (
            f"{app.client_id}  {app.client_secret or '-'}"
        )
        for app in apps
    }
    for heading, rows in (
        ("sandbox.base_urls", missing),
        ("sandbox.tokens", tokens),
        ("sandbox.apps", known),
    ):
        if rows:
            say(heading)
            widest = max(map(len, rows))
            for name, shown in rows.items():
                typer.echo(f"  {name:<{widest}}  {shown}", err=True)


def _start(server: Sandbox, folder: Path) -> None:
    from campaignbot.gateways.folders import not_writable

    try:
        server.start()
    except OSError as error:
        if error.filename is not None:
            raise not_writable(folder, error) from None
        raise user_error(
            "sandbox.port_in_use",
            remedy="sandbox.port_in_use.remedy",
            port=str(server.port),
            said=os.strerror(error.errno or 0),
        ) from None


def _seed(server: Sandbox, entries: tuple[AccountEntry, ...]) -> dict[str, str]:
    """Give the sandbox the accounts that it does not know yet; return a practice token each."""
    from campaignbot.sandbox import SandboxAccount, username_for

    tokens = {}
    for entry in entries:
        if entry.platform not in server.base_urls:
            continue
        account = server.world.account(entry.platform, entry.external_id)
        if account is None:
            token = f"oefen-{entry.key}"
            account = SandboxAccount(
                entry.platform,
                entry.external_id,
                entry.name,
                token,
                username=username_for(entry.platform, entry.name),
            )
            server.seed_accounts([account])
        tokens[entry.key] = account.token
    return tokens
