"""Findings on content: the same at saving, approving and publishing."""

from campaignbot.checking.check import check
from campaignbot.checking.subject import CheckSubject, MonthlySum, Neighbour, PhotoUse

__all__ = ["CheckSubject", "MonthlySum", "Neighbour", "PhotoUse", "check"]
