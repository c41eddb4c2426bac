"""Which channels, and why: from where the personas look and what the channels can bear."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from campaignbot.domain.brief import Brief, Channel, Persona
from campaignbot.domain.campaigns import ChannelProposal
from campaignbot.domain.messages import Message
from campaignbot.domain.phases import Phase

ENOUGH = Decimal("0.35")
"""A channel is proposed from this share of the best channel's score on."""

_DAILY, _WEEKLY = 5, 3


def propose_channels(
    brief: Brief, personas: Sequence[Persona], channels: Sequence[Channel]
) -> tuple[ChannelProposal, ...]:
    """Return every channel with its reasons, the best first; a choice in the brief wins.

    The score is how much the personas look there times how well the phases work there.
    """
    scores = {channel.key: _score(channel, personas) for channel in channels}
    best = max(scores.values(), default=Decimal(0))
    proposals = []
    for channel in channels:
        score = scores[channel.key]
        good = best > 0 and score >= best * ENOUGH
        chosen = channel.key in brief.channels if brief.channels else good
        reasons = [*_reasons(channel, personas), *_verdict(brief, channel, good, score)]
        proposals.append(ChannelProposal(channel, chosen, score, tuple(reasons), {}))
    return tuple(sorted(proposals, key=lambda p: (-p.score, p.channel.key)))


def _weight(channel: Channel, persona: Persona) -> int:
    return next((h.weight for h in persona.media if h.channel == channel.key), 0)


def _score(channel: Channel, personas: Sequence[Persona]) -> Decimal:
    ratings = sum(channel.phases.get(phase, 0) for phase in Phase)
    return Decimal(sum(_weight(channel, persona) for persona in personas) * ratings) / 100


def _reasons(channel: Channel, personas: Sequence[Persona]) -> list[Message]:
    reasons = []
    for persona in personas:
        weight = _weight(channel, persona)
        if weight:
            often = "daily" if weight >= _DAILY else "weekly" if weight >= _WEEKLY else "rarely"
            reasons.append(Message(f"channel.persona.{often}", {"persona": persona.name}))
    if channel.reason:
        reasons.append(Message("channel.own_words", {"words": channel.reason}))
    strong = [phase for phase in Phase if channel.phases.get(phase, 0) >= _DAILY]
    if len(strong) < len(Phase):
        reasons += [Message(f"channel.strong.{phase}") for phase in strong]
    return reasons


def _verdict(brief: Brief, channel: Channel, good: bool, score: Decimal) -> list[Message]:
    if not score:
        return [Message("channel.nobody")]
    named = channel.key in brief.channels
    if brief.channels and named != good:
        return [Message("channel.chosen_by_you" if named else "channel.left_out_by_you")]
    return [] if good else [Message("channel.too_weak")]
