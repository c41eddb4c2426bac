"""The composition root: builds every part for one working folder and hands them to each other."""

from campaignbot.bootstrap.application import Application as Application
from campaignbot.bootstrap.application import worker_name as worker_name
