"""`python -m campaignbot`."""

from campaignbot.cli.app import main

main()
