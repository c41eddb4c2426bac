"""Who works with a folder, and what the team has decided about who may do what."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from campaignbot.domain.errors import user_error
from campaignbot.domain.people import HowKnown
from campaignbot.domain.policy import Policy, ReviewRule
from campaignbot.gateways.login import login_name
from campaignbot.settings import PersonEntry, Settings
from campaignbot.yamlfiles import place_in

VARIABLE = "CAMPAIGNBOT_PERSON"


@dataclass(frozen=True, slots=True)
class Found:
    """Who was found in the settings, None where nobody was, and how.

    `login` is that of this process; None where the machine has no name for it.
    """

    entry: PersonEntry | None
    how_known: HowKnown
    login: str | None


def find_actor(
    settings: Settings, workdir: Path, asked: str | None, environment: Mapping[str, str]
) -> Found:
    """Return who works here: as asked for, else as the environment says, else by their login.

    UserError when somebody is asked for whom the settings do not name.
    """
    login = login_name()
    given = (
        (asked, HowKnown.OPTION, "person.no_such"),
        (environment.get(VARIABLE), HowKnown.VARIABLE, "person.no_such_variable"),
    )
    for name, how, key in given:
        if name is not None and (how is HowKnown.OPTION or name.strip()):
            return Found(_named(settings, workdir, name, key), how, login)
    for entry in settings.people:
        if login is not None and login in entry.logins:
            return Found(entry, HowKnown.LOGIN, login)
    return Found(None, HowKnown.UNKNOWN, login)


def policy_of(settings: Settings, channels: Collection[str], workdir: Path) -> Policy:
    """Return the policy of the settings; UserError when a rule is about no channel."""
    review = settings.review
    rules = [ReviewRule(review.approvers, review.not_the_last_editor)]
    for number, rule in enumerate(review.where):
        if rule.channel is not None and rule.channel not in channels:
            raise user_error(
                "settings.no_channel",
                remedy="settings.no_channel.remedy",
                place=place_in(_file(workdir), "review", "where", number, "channel"),
                name=rule.channel,
                known=", ".join(channels),
            )
        rules.append(ReviewRule(rule.approvers, rule.not_the_last_editor, rule.phase, rule.channel))
    return Policy(tuple(rules), {entry.name: entry.role for entry in settings.people})


def _named(settings: Settings, workdir: Path, name: str, key: str) -> PersonEntry:
    wanted = name.strip().casefold()
    for entry in settings.people:
        if wanted in (entry.name.casefold(), *(login.casefold() for login in entry.logins)):
            return entry
    known = ", ".join(
        f"{entry.name} ({', '.join(entry.logins)})" if entry.logins else entry.name
        for entry in settings.people
    )
    raise user_error(
        key if known else "person.nobody",
        remedy=f"{key}.remedy" if known else "person.nobody.remedy",
        name=name,
        known=known,
        variable=VARIABLE,
        file=str(_file(workdir)),
    )


def _file(workdir: Path) -> Path:
    return workdir / "config" / "campaignbot.yaml"
