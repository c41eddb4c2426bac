"""What every screen shares: its services, and showing what went wrong."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

from textual.screen import Screen

from campaignbot.domain.errors import UserError
from campaignbot.i18n import Translator
from campaignbot.storage.publications import StaleVersion
from campaignbot.tui.services import TuiServices

if TYPE_CHECKING:
    from campaignbot.tui.app import CampaignApp


class CampaignScreen(Screen[None]):
    """A screen of the campaign."""

    @property
    def services(self) -> TuiServices:
        return cast("CampaignApp", self.app).services

    @property
    def t(self) -> Translator:
        return self.services.t

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Show a problem that the user can mend as a notice, and go on."""
        try:
            yield
        except UserError as error:
            for problem in error.problems:
                lines = [self.t.text(problem.what)]
                if problem.remedy:
                    lines.append(self.t.text(problem.remedy))
                self.notify("\n".join(lines), severity="error", timeout=10, markup=False)
        except StaleVersion:
            self.notify(self.t("tui.changed_meanwhile"), severity="warning", markup=False)
