"""The app: three screens, one set of keys."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from textual.app import App
from textual.screen import Screen
from textual.widget import Widget

from campaignbot.bootstrap import Application
from campaignbot.domain.policy import unknown_problem
from campaignbot.tui.screens.calendar import CalendarScreen
from campaignbot.tui.screens.dialogs import HelpDialog
from campaignbot.tui.screens.monitor import MonitorScreen
from campaignbot.tui.screens.review import ReviewScreen
from campaignbot.tui.services import TuiServices, services_of


class CampaignApp(App[None]):
    """Review, follow, look ahead; everything by keyboard."""

    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = False
    NOTIFICATION_TIMEOUT = 3
    MODES: ClassVar[dict[str, str | Callable[[], Screen[Any]]]] = {
        "review": ReviewScreen,
        "monitor": MonitorScreen,
        "calendar": CalendarScreen,
    }

    def __init__(self, services: TuiServices) -> None:
        super().__init__()
        self.services = services
        self.title = "campaignbot"
        t = services.t
        for key, mode in (("1", "review"), ("2", "monitor"), ("3", "calendar")):
            # Named in the title bar: the footer of 80 columns is for what can be done here.
            self._bindings.bind(key, f"switch_mode('{mode}')", t(f"tui.title.{mode}"), show=False)
        self._bindings.bind("question_mark", "show_help", t("tui.key.help"))
        self._bindings.bind("q", "quit", t("tui.key.quit"))

    def on_mount(self) -> None:
        self.theme = "textual-dark"
        self.switch_mode("review")
        problem = unknown_problem(self.services.policy, self.services.person)
        if problem is not None:
            lines = [self.services.t.text(said) for said in (problem.what, problem.remedy) if said]
            self.notify("\n".join(lines), severity="warning", timeout=20, markup=False)

    def action_show_help(self) -> None:
        self.push_screen(HelpDialog(self.services.t("tui.help")))


def run(application: Application) -> None:
    """Open the screens on a working folder until the person leaves."""
    CampaignApp(services_of(application, _picture_widget())).run()


def _picture_widget() -> Any:
    """Return what shows a picture in this terminal.

    It asks the terminal what it can before the app takes it over, so it is loaded here.
    """
    from textual_image.widget import AutoImage

    def show(path: Path) -> Widget:
        picture: Widget = AutoImage(path)
        return picture

    return show
