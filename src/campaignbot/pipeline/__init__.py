"""The way of a post from brief to review: what every surface calls, stage after stage."""

from campaignbot.pipeline.making import Made, Progress, make
from campaignbot.pipeline.proposing import Proposal, propose, refuse_incomplete
from campaignbot.pipeline.studio import Studio, open_studio

__all__ = [
    "Made",
    "Progress",
    "Proposal",
    "Studio",
    "make",
    "open_studio",
    "propose",
    "refuse_incomplete",
]
