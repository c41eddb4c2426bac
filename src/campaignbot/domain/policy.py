"""Who may do what: one policy for the command line, the screens and the stages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from campaignbot.domain.errors import Problem, UserError
from campaignbot.domain.messages import Message, Param
from campaignbot.domain.people import Actor, Role
from campaignbot.domain.phases import Phase


class Act(StrEnum):
    """What people do that not everybody may. Looking is no act: everybody may look."""

    PLAN = "plan"
    IMPORT_VACANCY = "import_vacancy"
    EDIT = "edit"
    RESCHEDULE = "reschedule"
    COMMENT = "comment"
    CANCEL = "cancel"
    TAKE_DOWN = "take_down"
    PLACE_BY_HAND = "place_by_hand"
    SETTLE = "settle"
    HOLD = "hold"
    APPROVE = "approve"
    REQUEST_CHANGES = "request_changes"
    REJECT = "reject"
    TAKE_BACK = "take_back"
    SEND_AGAIN = "send_again"
    CORRECT = "correct"
    RESUME = "resume"
    PAUSE_ACCOUNT = "pause_account"
    CONNECT = "connect"


_FOR_EDITORS = (
    Act.PLAN,
    Act.IMPORT_VACANCY,
    Act.EDIT,
    Act.RESCHEDULE,
    Act.COMMENT,
    Act.CANCEL,
    Act.TAKE_DOWN,
    Act.PLACE_BY_HAND,
    Act.SETTLE,
    Act.HOLD,
)
ROLE_FOR: Mapping[Act, Role] = MappingProxyType(
    {act: Role.EDITOR if act in _FOR_EDITORS else Role.APPROVER for act in Act}
)
"""The least role that an act takes."""


@dataclass(frozen=True, slots=True)
class ReviewRule:
    """How many people approve a post of this phase and channel; None means any.

    `not_the_last_editor` says that whoever changed the content last is not one of them.
    """

    approvers: int = 1
    not_the_last_editor: bool = False
    phase: Phase | None = None
    channel: str | None = None

    def covers(self, content: ApprovedContent) -> bool:
        return self.phase in (None, content.phase) and self.channel in (None, content.channel)


@dataclass(frozen=True, slots=True)
class ApprovedContent:
    """What an approval is about: one content on one channel, which is an account's key.

    `last_editor` is None where the program wrote it; `approved_by` are those whose approval of
    exactly this content stands.
    """

    reference: str
    phase: Phase
    channel: str
    last_editor: str | None = None
    approved_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ruling:
    """Whether something is allowed; if not, why, and what to do."""

    refusal: Problem | None = None

    @property
    def allowed(self) -> bool:
        return self.refusal is None

    def require(self) -> None:
        """Raise UserError when it is refused."""
        if self.refusal is not None:
            raise UserError(self.refusal)


_ALLOWED = Ruling()


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules of one team; `people` are the names and roles of all in it."""

    rules: tuple[ReviewRule, ...] = (ReviewRule(),)
    people: Mapping[str, Role] = field(default_factory=dict)

    def may(self, actor: Actor, act: Act, content: ApprovedContent | None = None) -> Ruling:
        """Tell whether somebody may do something; acts that approve need the content."""
        if not actor.is_known:
            return _refused(_unknown_key(actor, self.people), **self._who(actor))
        if not actor.role.includes(ROLE_FOR[act]):
            return self._role_too_low(actor, act)
        if content is None:
            return _ALLOWED
        rule = self.rule_for(content)
        match act:
            case Act.APPROVE:
                return self._may_approve(actor, content, rule)
            case Act.SEND_AGAIN | Act.CORRECT:
                return self._may_decide_alone(actor, act, content, rule)
            case _:
                return _ALLOWED

    def rule_for(self, content: ApprovedContent) -> ReviewRule:
        """Return what is asked of approvals of a content: the strictest of all rules on it."""
        covering = [rule for rule in self.rules if rule.covers(content)]
        return ReviewRule(
            max((rule.approvers for rule in covering), default=1),
            any(rule.not_the_last_editor for rule in covering),
        )

    def completes(self, actor: Actor, content: ApprovedContent) -> bool:
        """Tell whether the approval of this person is the last one that is needed."""
        rule = self.rule_for(content)
        return len(_counted(rule, content, actor.name)) >= rule.approvers

    def still_needed(self, content: ApprovedContent) -> int:
        """Return how many approvals are still to come."""
        rule = self.rule_for(content)
        return max(0, rule.approvers - len(_counted(rule, content)))

    def _may_approve(self, actor: Actor, content: ApprovedContent, rule: ReviewRule) -> Ruling:
        if rule.not_the_last_editor and actor.name == content.last_editor:
            return _refused("policy.last_editor", **self._others(actor, content))
        if actor.name in content.approved_by and not self.completes(actor, content):
            return _refused(
                "policy.approved_already",
                n=self.still_needed(content),
                **self._others(actor, content),
            )
        return _ALLOWED

    def _may_decide_alone(
        self, actor: Actor, act: Act, content: ApprovedContent, rule: ReviewRule
    ) -> Ruling:
        """Judge what changes what is live, or goes out, by one press: nobody can join later."""
        if act is Act.CORRECT:
            # Whoever corrects it wrote the new words, which nobody has approved yet.
            counted = set() if rule.not_the_last_editor else {actor.name}
        else:
            counted = _counted(rule, content, actor.name)
        if len(counted) >= rule.approvers:
            return _ALLOWED
        return _refused(f"policy.alone.{act}", ref=content.reference)

    def _role_too_low(self, actor: Actor, act: Act) -> Ruling:
        needed = ROLE_FOR[act]
        able = [name for name, role in self.people.items() if role.includes(needed)]
        return _refused(
            "policy.role" if able else "policy.role_of_nobody",
            name=actor.name,
            role=Message(f"role.{actor.role}"),
            act=Message(f"act.{act}"),
            needed=Message(f"role.{needed}"),
            people=", ".join(able),
        )

    def _who(self, actor: Actor) -> dict[str, Param]:
        names = list(self.people)
        return {
            "login": actor.name,
            "people": ", ".join(names),
            "first": names[0] if names else "",
        }

    def _others(self, actor: Actor, content: ApprovedContent) -> dict[str, Param]:
        able = [
            name
            for name, role in self.people.items()
            if role.includes(ROLE_FOR[Act.APPROVE])
            and name not in {actor.name, *content.approved_by}
        ]
        return {
            "name": actor.name,
            "ref": content.reference,
            "people": ", ".join(able) or "-",
        }


ONE_APPROVER = Policy()
"""What holds where a team has not decided otherwise."""


def unknown_problem(policy: Policy, actor: Actor) -> Problem | None:
    """Return that nobody knows who acts, and what to do about it; None for somebody known."""
    return None if actor.is_known else policy.may(actor, Act.APPROVE).refusal


def _counted(rule: ReviewRule, content: ApprovedContent, also: str | None = None) -> set[str]:
    """Return whose approvals count."""
    given = {*content.approved_by, *([also] if also else [])}
    return given - {content.last_editor} if rule.not_the_last_editor else given


def _unknown_key(actor: Actor, people: Mapping[str, Role]) -> str:
    if not people:
        return "policy.nobody"
    return "policy.no_login" if actor.name == "?" else "policy.unknown"


def _refused(key: str, **params: Param) -> Ruling:
    return Ruling(Problem(Message(key, params), Message(f"{key}.remedy", params)))
