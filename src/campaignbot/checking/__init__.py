"""Findings on content: the same at saving, approving and publishing."""

from campaignbot.checking.check import check
from campaignbot.checking.subject import CheckSubject, Neighbour, PhotoUse

__all__ = ["CheckSubject", "Neighbour", "PhotoUse", "check"]
