"""The line at the top: where one is, who works here, and that it is practice."""

from __future__ import annotations

from textual.widgets import Static

from campaignbot.tui.services import TuiServices

_SCREENS = ("review", "monitor", "calendar")


class TitleBar(Static):
    """Names the screens with their keys, this one in brackets, and the person."""

    def __init__(self, services: TuiServices, here: str) -> None:
        t = services.t
        tabs = []
        for number, name in enumerate(_SCREENS, start=1):
            tab = f"{number} {t(f'tui.title.{name}')}"
            tabs.append(f"[{tab}]" if name == here else f" {tab} ")
        practice = f"  ·  {t('tui.simulated')}" if services.simulated else ""
        super().__init__(f"{''.join(tabs)}{practice}  ·  {_who(services)}", markup=False)


def _who(services: TuiServices) -> str:
    name = services.person.name
    return name if services.person.is_known else services.t("tui.unknown_person", login=name)
