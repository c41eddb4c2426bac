"""What was published, as followers would see it on each platform; drawn by ourselves."""

from campaignbot.sandbox.wall.pages import routes

__all__ = ["routes"]
