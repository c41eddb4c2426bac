"""The audit trail: who did what to which object, before and after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

_PROGRAM = "system"


def is_program(actor: str) -> bool:
    """Tell the parts of the program (`system:` and which) from people by the name of an actor."""
    return actor.partition(":")[0] == _PROGRAM


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """One line of the trail; never changed, never removed.

    `actor` is a person's name, or one that `is_program` knows. `before` and `after`
    hold the fields that changed, never a secret.
    """

    at_utc: datetime
    actor: str
    action: str
    object_kind: str
    object_id: UUID
    before: Mapping[str, object] = field(default_factory=dict)
    after: Mapping[str, object] = field(default_factory=dict)
