"""The state of a sandbox in a folder, so that what was published outlives the process."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, fields, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from campaignbot.sandbox.accounts import SandboxAccount
from campaignbot.sandbox.oauth_grants import Grants
from campaignbot.sandbox.posts import SandboxPost
from campaignbot.sandbox.world import World


def save(world: World, folder: Path) -> None:
    """Write the state below a folder; a reader sees the old state or the new one."""
    media = folder / "media"
    media.mkdir(parents=True, exist_ok=True)
    for digest in world.blobs.keys() - world.saved_blobs:
        if not (media / digest).exists():
            _write(media / digest, world.blobs[digest])
        world.saved_blobs.add(digest)
    document = {
        "seed": world.seed,
        "last_id": world.last_id,
        "frozen": world.now() if world.frozen else None,
        "accounts": [vars(a) for a in world.accounts.values()],
        "grants": world.grants.to_json(),
        "posts": [vars(p) for p in world.posts],
    }
    _write(folder / "state.json", json.dumps(document, default=_encode).encode())
    world.dirty = False


def load(folder: Path) -> World:
    """Read the state that `save` wrote."""
    document = json.loads((folder / "state.json").read_text())
    frozen = document["frozen"]
    world = World(datetime.fromisoformat(frozen) if frozen else None, document["seed"])
    world.last_id = document["last_id"]
    world.seed_accounts(_decode(SandboxAccount, row) for row in document["accounts"])
    world.grants = Grants.from_json(document.get("grants", {}))
    for row in document["posts"]:
        post = world.add_post(_decode(SandboxPost, row))
        for sha in post.blobs:
            world.blobs[sha] = (folder / "media" / sha).read_bytes()
    world.dirty = False
    return world


def _write(path: Path, data: bytes) -> None:
    unfinished = path.with_name(path.name + ".part")
    unfinished.write_bytes(data)
    os.replace(unfinished, path)


def _encode(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    raise TypeError(type(value).__name__)


def _decode(kind: type[Any], row: dict[str, Any]) -> Any:
    for name in ("created_at", "edited_at", "token_expires_at"):
        if row.get(name):
            row[name] = datetime.fromisoformat(row[name])
    known = {f.name for f in fields(kind)}
    return kind(**{name: value for name, value in row.items() if name in known})
