"""Making findings."""

from __future__ import annotations

from campaignbot.domain.findings import Finding, Severity
from campaignbot.domain.messages import Message, Param


def finding(
    code: str,
    severity: Severity,
    *,
    quote: str | None = None,
    waivable: bool = True,
    **params: Param,
) -> Finding:
    """Return a finding whose sentence and remedy stand in the catalogue under its code."""
    key = f"check.{code}"
    return Finding(
        code,
        severity,
        Message(key, params),
        Message(f"{key}.remedy", params),
        quote,
        waivable,
    )


def error(code: str, *, quote: str | None = None, waivable: bool = True, **p: Param) -> Finding:
    return finding(code, Severity.ERROR, quote=quote, waivable=waivable, **p)


def warning(code: str, *, quote: str | None = None, **params: Param) -> Finding:
    return finding(code, Severity.WARNING, quote=quote, waivable=True, **params)


def hint(code: str, *, quote: str | None = None, **params: Param) -> Finding:
    return finding(code, Severity.HINT, quote=quote, waivable=True, **params)
