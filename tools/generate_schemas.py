"""Writes the JSON Schemas of the files that people write, for editors that check while one types.

Run: python tools/generate_schemas.py
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from campaignbot.briefing.files import Channels
from campaignbot.domain.brief import Brief, Persona
from campaignbot.drafting.angles import Angle
from campaignbot.rendering.brand import PhotoCard
from campaignbot.rendering.templates import Template
from campaignbot.sandbox import Scenario
from campaignbot.settings import Accounts, Settings
from campaignbot.yamlfiles import json_schema

FOLDER = Path(__file__).resolve().parent.parent / "config" / "schema"
KINDS: dict[str, Any] = {
    "campaignbot": Settings,
    "accounts": Accounts,
    "channels": Channels,
    "persona": Persona,
    "brief": Brief,
    "angle": Angle,
    "template": Template,
    "photo": PhotoCard,
    "scenario": Scenario,
}


def schemas() -> dict[str, str]:
    """Return every schema file by its name, as it should stand in the folder."""
    return {
        f"{name}.json": json.dumps(json_schema(kind), indent=1, ensure_ascii=False) + "\n"
        for name, kind in KINDS.items()
    }


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, text in schemas().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
