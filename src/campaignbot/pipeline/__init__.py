"""The way of a post from brief to review: what every surface calls, stage after stage."""

from campaignbot.pipeline.costing import AccountEstimate, estimate
from campaignbot.pipeline.importing import Imported, import_vacancy
from campaignbot.pipeline.making import Made, Progress, make
from campaignbot.pipeline.proposing import Proposal, propose, refuse_incomplete
from campaignbot.pipeline.studio import Studio, open_studio
from campaignbot.pipeline.taken import taken_on

__all__ = [
    "AccountEstimate",
    "Imported",
    "Made",
    "Progress",
    "Proposal",
    "Studio",
    "estimate",
    "import_vacancy",
    "make",
    "open_studio",
    "propose",
    "refuse_incomplete",
    "taken_on",
]
