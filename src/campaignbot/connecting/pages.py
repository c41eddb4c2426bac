"""Which page of a grant an account is connected with."""

from __future__ import annotations

from collections.abc import Sequence

from campaignbot.domain.accounts import Account
from campaignbot.domain.errors import user_error
from campaignbot.platforms.consent import Page


def chosen(
    pages: Sequence[Page], account: Account, platform: str, asked_for: str | None
) -> Page | None:
    """Return the page to connect; None where only a person can say which one.

    The one asked for, else that of `config/accounts.yaml`, else the only one. UserError when there
    is none, or the person may not post there.
    """
    if not pages:
        raise user_error("consent.no_pages", remedy="consent.no_pages.remedy", platform=platform)
    if asked_for is not None:
        found = next((p for p in pages if _is(p, asked_for)), None)
        if found is None:
            raise user_error(
                "consent.page_unknown",
                remedy="consent.pages_are.remedy",
                page=asked_for,
                pages=names(pages),
            )
        return require_may_post(found)
    if account.external_id:
        ours = next((p for p in pages if p.external_id == account.external_id), None)
        return require_may_post(ours) if ours else None
    return require_may_post(pages[0]) if len(pages) == 1 else None


def require_may_post(page: Page) -> Page:
    """Return the page; UserError when the person's role on it does not allow posting."""
    if not page.may_post:
        raise user_error(
            "consent.may_not_post", remedy="consent.may_not_post.remedy", name=page.name
        )
    return page


def require_choice(pages: Sequence[Page], account: Account) -> None:
    """Raise the UserError that tells a script to choose a page."""
    key = "consent.choose" if not account.external_id else "consent.other_pages"
    raise user_error(
        key,
        remedy="consent.pages_are.remedy" if key == "consent.choose" else f"{key}.remedy",
        key=account.key,
        page=account.external_id,
        pages=names(pages),
    )


def names(pages: Sequence[Page]) -> str:
    return ", ".join(f"{page.name} ({page.external_id})" for page in pages)


def _is(page: Page, asked_for: str) -> bool:
    """Tell whether an id names the page; of a LinkedIn page the number alone will do."""
    return asked_for in {page.external_id, page.external_id.rsplit(":", 1)[-1]}
