"""The summary in words: HTML for a mailbox or browser, and plain text with the same facts."""

from __future__ import annotations

import base64
import os
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined

from campaignbot.domain.content import MediaItem, MediaKind
from campaignbot.domain.messages import Message
from campaignbot.domain.metrics import Metric
from campaignbot.domain.phases import Phase
from campaignbot.domain.publication import Placement, Publication
from campaignbot.domain.rollups import GroupTotals, Rollup
from campaignbot.gateways.folders import not_writable, require_folder
from campaignbot.i18n import Translator
from campaignbot.reporting.summary import WeekSummary

Thumbnail = Callable[[MediaItem, int], bytes]
"""Gives a picture at a width in pixels, as JPEG."""

_WIDTH = 76
_THUMBNAIL_PX = 320
_SHOWN = (Metric.IMPRESSIONS, Metric.REACH, Metric.CLICKS, Metric.REACTIONS)


@dataclass(frozen=True, slots=True)
class SummaryFiles:
    """Where the summary of a week was written."""

    html: Path
    text: Path


def as_html(summary: WeekSummary, t: Translator, thumbnail: Thumbnail) -> str:
    """Return the summary as one HTML page that needs nothing else: pictures are inside."""
    return _render("week.html.j2", summary, t, thumbnail)


def as_text(summary: WeekSummary, t: Translator) -> str:
    """Return the summary as plain text of at most 76 columns."""
    raw = _render("week.txt.j2", summary, t, None)
    lines = []
    for line in raw.splitlines():
        indent = " " * (len(line) - len(line.lstrip()))
        if line.startswith("- "):
            indent = "  "
        lines += textwrap.wrap(
            line, _WIDTH, subsequent_indent=indent, break_long_words=False,
            break_on_hyphens=False,
        ) or [""]  # fmt: skip
    return "\n".join(lines).strip() + "\n"


def write_summary(
    folder: Path, summary: WeekSummary, t: Translator, thumbnail: Thumbnail
) -> SummaryFiles:
    """Write both forms, whole or not at all; writing again replaces them.

    UserError when the folder cannot be written.
    """
    require_folder(folder)
    stem = f"week-{summary.week.name}-{summary.campaign.key}-{t.language}"
    paths = SummaryFiles(folder / f"{stem}.html", folder / f"{stem}.txt")
    forms = {paths.html: as_html(summary, t, thumbnail), paths.text: as_text(summary, t)}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, text in forms.items():
            path.with_name(path.name + ".part").write_text(text, encoding="utf-8")
        for path in forms:
            os.replace(path.with_name(path.name + ".part"), path)
    except OSError as error:
        raise not_writable(folder, error) from error
    return paths


def _render(name: str, summary: WeekSummary, t: Translator, thumbnail: Thumbnail | None) -> str:
    environment = Environment(
        autoescape=name.endswith(".html.j2"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    source = (files("campaignbot.reporting") / name).read_text(encoding="utf-8")
    return environment.from_string(source).render(t=t, **_View(summary, t, thumbnail).values())


class _View:
    """The summary with every number and date already worded for one reader."""

    def __init__(self, summary: WeekSummary, t: Translator, thumbnail: Thumbnail | None) -> None:
        self._summary, self._t, self._thumbnail = summary, t, thumbnail

    def values(self) -> dict[str, Any]:
        s, t = self._summary, self._t
        return {
            "s": s,
            "language": t.language,
            "period": f"{t.short_date(s.week.monday)} – {t.short_date(s.week.last_day)}",
            "headline": self._headline(),
            "posts": [self._post(post) for post in s.went_out],
            "numbers": self._numbers(),
            "phases": self._groups(
                s.since_start,
                {p: s.since_start.by_phase[p] for p in Phase if p in s.since_start.by_phase},
                lambda key: self._phase_name(key).capitalize(),
            ),
            "channels": self._groups(s.since_start, s.since_start.by_channel, self._channel_name),
            "goals": [self._goal(goal) for goal in s.goals],
            "changes": [self._worded(m) for m in s.changes],
            "watch": [self._worded(m) for m in s.watch],
            "coming": [self._coming(p) for p in s.coming],
            "costs": [t.money(c.amount, c.currency) for c in s.since_start.costs],
        }

    def _headline(self) -> str:
        s = self._summary
        clicks = s.this_week.total.total(Metric.CLICKS)
        sentences = [self._t("report.headline.posts", n=len(s.went_out))]
        if clicks is None:
            sentences.append(self._t("report.headline.no_numbers"))
        else:
            sentences += [
                self._t("report.headline.clicks", n=clicks),
                self._t("report.headline.applications", n=s.this_week.total.applications),
            ]
        return " ".join(sentences)

    def _number(self, value: int | None) -> str:
        return self._t("report.unknown") if value is None else self._t.number(value)

    def _numbers(self) -> list[dict[str, str]]:
        s, t = self._summary, self._t
        rows = [
            {
                "name": t(f"metric.{metric}"),
                "week": self._number(s.this_week.total.total(metric)),
                "start": self._number(s.since_start.total.total(metric)),
                "known": self._known(s.since_start, metric),
            }
            for metric in _SHOWN
        ]
        rows.append(
            {
                "name": t("report.applications"),
                "week": t.number(s.this_week.total.applications),
                "start": t.number(s.since_start.total.applications),
                "known": "",
            }
        )
        return rows

    def _known(self, rollup: Rollup, metric: Metric) -> str:
        """Say of how many posts a number is known, where that is not all of them."""
        tally = rollup.total.metrics.get(metric)
        if tally is None or tally.known == tally.posts:
            return ""
        return self._t("report.known", known=tally.known, posts=tally.posts)

    def _groups(
        self, rollup: Rollup, groups: Any, name: Callable[[str], str]
    ) -> list[dict[str, Any]]:
        most = max((g.total(Metric.IMPRESSIONS) or 0 for g in groups.values()), default=0)
        rows = []
        for key, group in groups.items():
            shown: GroupTotals = group
            impressions = shown.total(Metric.IMPRESSIONS)
            rows.append(
                {
                    "name": name(key),
                    "posts": self._t.number(shown.posts),
                    "impressions": self._number(impressions),
                    "engagement": self._number(shown.engagement),
                    "clicks": self._number(shown.total(Metric.CLICKS)),
                    "applications": self._t.number(shown.applications),
                    "share": round(100 * (impressions or 0) / most) if most else 0,
                }
            )
        return rows

    def _phase_name(self, key: str) -> str:
        return self._t(f"phase.{Phase(key)}")

    def _channel_name(self, key: str) -> str:
        return self._summary.channel_names.get(key, key)

    def _post(self, post: Any) -> dict[str, Any]:
        publication: Publication = post.publication
        placement = publication.placement or Placement()
        pictures = (m for m in publication.content.files if m.kind is MediaKind.IMAGE)
        shown = placement.photo or next(pictures, None)
        picture = None
        if self._thumbnail is not None and shown is not None:
            data = base64.b64encode(self._thumbnail(shown, _THUMBNAIL_PX)).decode()
            picture = {"src": f"data:image/jpeg;base64,{data}", "alt": shown.alt_text}
        at = publication.published_at_utc
        return {
            "channel": self._channel_name(post.channel),
            "phase": self._phase_name(publication.post.phase),
            "when": self._t.instant(at) if at else "",
            "text": textwrap.shorten(publication.content.text, 150, placeholder=" …"),
            # A practice post stands at no address on the web.
            "permalink": None if self._summary.simulated else publication.permalink,
            "note": placement.note,
            "picture": picture,
            "impressions": self._number(post.totals.total(Metric.IMPRESSIONS)),
            "engagement": self._number(post.totals.engagement),
            "clicks": self._number(post.totals.total(Metric.CLICKS)),
        }

    def _goal(self, goal: Any) -> dict[str, Any]:
        t = self._t
        share = 0
        if goal.now is not None and goal.target:
            share = min(100, round(100 * goal.now / goal.target))
        weeks = max(1, -(-goal.days_left // 7))
        left = max(0, goal.target - goal.now) if goal.now is not None else None
        return {
            "name": t(f"goal.{goal.kind}"),
            "now": t(f"report.unknown.{goal.measured_by}")
            if goal.now is None
            else t.number(goal.now),
            "target": t.number(goal.target),
            "baseline": t.number(goal.baseline) if goal.baseline is not None else None,
            "share": share,
            "left": t("report.reached")
            if left == 0
            else t("report.goal_over", left=left or 0)
            if goal.days_left < 0
            else t("report.per_week", n=-(-int(left or 0) // weeks), days=goal.days_left),
        }

    def _coming(self, publication: Publication) -> dict[str, str]:
        return {
            "when": self._t.instant(publication.due_at_utc),
            "phase": self._phase_name(publication.post.phase),
            "text": textwrap.shorten(publication.content.text, 90, placeholder=" …"),
        }

    def _worded(self, message: Message) -> str:
        params = dict(message.params)
        if "channel" in params:
            params["channel"] = self._channel_name(str(params["channel"]))
        return self._t(message.key, **params)
