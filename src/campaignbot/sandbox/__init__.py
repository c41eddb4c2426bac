"""The platforms, imitated on loopback: a training ground and a test server.

Written from the platforms' documentation; it imports nothing else of this program, so that it
cannot share a misunderstanding with the adapters. All its numbers are simulated.
"""

from campaignbot.sandbox.accounts import SandboxAccount
from campaignbot.sandbox.posts import LinkPreview, Medium, SandboxPost
from campaignbot.sandbox.scenario import Scenario
from campaignbot.sandbox.server import Sandbox
from campaignbot.sandbox.usernames import username_for
from campaignbot.sandbox.world import World

__all__ = [
    "LinkPreview",
    "Medium",
    "Sandbox",
    "SandboxAccount",
    "SandboxPost",
    "Scenario",
    "World",
    "username_for",
]
