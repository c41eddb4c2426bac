"""Cases on correcting the text of a live post."""

from __future__ import annotations

from dataclasses import replace

from campaignbot.platforms.conformance.acts import (
    LINK,
    draft,
    expect_error,
    find,
    published,
)
from campaignbot.platforms.conformance.stand import Case, NotApplicable, Stand
from campaignbot.platforms.conformance.texts import TRICKY
from campaignbot.platforms.errors import AuthError, PlatformError, PlatformUnavailable


def _needs_edit(stand: Stand) -> None:
    if not stand.platform.can_edit:
        raise NotApplicable("the text of a live post cannot be corrected")


def _corrects(stand: Stand) -> None:
    _needs_edit(stand)
    first = draft(stand, "Een bericht met een tiepfout.", link=LINK)
    made = published(stand, first)
    media = stand.newest().media
    second = replace(first, text=f"Een bericht zonder. {TRICKY}")
    for _ in range(2):
        stand.adapter().edit(made, second)
        assert stand.posts() == 1
        assert stand.newest().text == stand.platform.compose(second)
        assert stand.newest().media == media, "its pictures changed"
        found = find(stand, second)
        assert found is not None and found.external_id == made
        assert found.text.strip() == stand.platform.compose(second).strip()


def _refuses_what_is_gone(stand: Stand) -> None:
    _needs_edit(stand)
    content = draft(stand, "Straks weg.")
    made = published(stand, content)
    stand.adapter().delete(made)
    expect_error(PlatformError, lambda: stand.adapter().edit(made, content), "edit")
    assert stand.posts() == 0


def _tells_failures(stand: Stand) -> None:
    _needs_edit(stand)
    content = draft(stand, "Blijft staan.")
    made, other = published(stand, content), replace(content, text="Iets anders.")
    stand.fail("any", "http_500")
    expect_error(PlatformUnavailable, lambda: stand.adapter().edit(made, other), "edit")
    assert stand.newest().text == stand.platform.compose(content)
    stand.expire_token()
    expect_error(AuthError, lambda: stand.adapter().edit(made, other), "edit")
    assert stand.newest().text == stand.platform.compose(content)


CASES = (
    Case("edit: gives a live post another text, also twice", _corrects),
    Case("edit: refuses a post that is gone", _refuses_what_is_gone),
    Case("edit: tells a failure and an expired token", _tells_failures),
)
