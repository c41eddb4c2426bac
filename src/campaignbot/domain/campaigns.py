"""Campaigns, and the brief as it was when the posts were made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from campaignbot.domain.brief import Brief, Channel, Persona
from campaignbot.domain.messages import Message
from campaignbot.domain.phases import Phase
from campaignbot.domain.walltime import WallTime


@dataclass(frozen=True, slots=True)
class Campaign:
    """One brief being carried out. `key` is the brief's file name without its ending."""

    id: UUID
    key: str
    name: str
    brief_version: int
    created_at_utc: datetime


@dataclass(frozen=True, slots=True)
class BriefVersion:
    """Brief, personas and channels as they were; later stages read only this."""

    campaign_id: UUID
    version: int
    brief: Brief
    personas: tuple[Persona, ...]
    channels: tuple[Channel, ...]
    saved_at_utc: datetime


@dataclass(frozen=True, slots=True)
class ChannelProposal:
    """A channel with the reasons for or against it; the marketer decides.

    `score` compares channels of one proposal only. `phases` counts the posts of each phase.
    """

    channel: Channel
    chosen: bool
    score: Decimal
    reasons: tuple[Message, ...]
    phases: Mapping[Phase, int]


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in the calendar: one post on one channel at one time.

    `story` groups slots on several channels that carry the same post. `after_closing` slots turn
    to the talent pool.
    """

    channel: str
    planned: WallTime
    phase: Phase
    persona: str
    story: int
    after_closing: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What the program proposes: channels with reasons, and a calendar in order of time."""

    channels: tuple[ChannelProposal, ...]
    slots: tuple[Slot, ...]
    first_day: date
    last_day: date
    remarks: tuple[Message, ...] = ()
