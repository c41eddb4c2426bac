"""One post as it will look, with what the checks say and what was decided."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Label, Static

from campaignbot.domain.content import MediaKind
from campaignbot.domain.findings import Severity
from campaignbot.domain.publication import State
from campaignbot.i18n import Translator
from campaignbot.reviewing.items import ReviewItem
from campaignbot.reviewing.words import background_in_words, content_in_words
from campaignbot.tui.screens.edit import count_text
from campaignbot.tui.services import TuiServices

_PICTURE_COLUMNS = 48
_MARKS = {Severity.ERROR: "!!", Severity.WARNING: "! ", Severity.HINT: "· "}


class PostDetail(VerticalScroll):
    """Shows an item; `show` replaces it."""

    can_focus = True

    def __init__(self, services: TuiServices, item: ReviewItem | None = None) -> None:
        super().__init__()
        self._services, self._item = services, item

    @property
    def item(self) -> ReviewItem | None:
        """The post that stands here, just as it was read."""
        return self._item

    def compose(self) -> ComposeResult:
        if self._item is None:
            yield Static(self._services.t("tui.nothing_selected"), classes="empty", markup=False)
            return
        yield from self._head(self._item)
        yield Static(self._item.text, classes="post", markup=False)
        yield from self._findings(self._item)
        yield from self._pictures(self._item)
        yield from self._background(self._item)
        yield from self._decisions(self._item)

    async def show(self, item: ReviewItem | None) -> None:
        """Show another post, or the same one as it is now; what is read further stays in place."""
        before, self._item = self._item, item
        if item == before:
            return
        await self.recompose()
        if not (before and item and before.publication.id == item.publication.id):
            self.scroll_home(animate=False)

    def _head(self, item: ReviewItem) -> ComposeResult:
        t, publication = self._services.t, item.publication
        state = publication.state
        stands = found(t, item) if state is State.IN_REVIEW else t(f"state.{state}")
        heading = f"{t(item.platform.label)} · {item.account.name} · {stands}"
        yield Label(heading, classes="heading", markup=False)
        yield Label(
            t(
                "tui.facts",
                ref=publication.reference,
                at=publication.due_at_utc,
                phase=t(f"phase.{publication.post.phase}"),
                persona=_persona(item),
            ),
            classes="facts",
            markup=False,
        )
        if item.approved_by:
            names = ", ".join(item.approved_by)
            words = t("post.approved_by", names=names, n=item.approvals_needed)
            yield Label(words, classes="facts", markup=False)

    def _pictures(self, item: ReviewItem) -> ComposeResult:
        content = item.publication.content
        card = content.preview and content.preview.picture
        for picture in content.media or ([card] if card else []):
            path = self._services.picture(picture)
            drawn = picture.kind is MediaKind.IMAGE and path.exists()
            if self._services.show_picture is not None and drawn:
                shown = self._services.show_picture(path)
                shown.add_class("picture")
                # A cell of a terminal is about twice as high as it is wide.
                rows = round(_PICTURE_COLUMNS * picture.height_px / picture.width_px / 2)
                shown.styles.width, shown.styles.height = _PICTURE_COLUMNS, rows
                yield shown
        for words in content_in_words(self._services.t, content, self._services.size):
            yield Static(words, classes="alt", markup=False)

    def _findings(self, item: ReviewItem) -> ComposeResult:
        t = self._services.t
        yield Label(count_text(t, item.length, item.most), classes="count", markup=False)
        if item.cost is not None:
            cost = t("cost.post", sum=item.cost, platform=t(item.platform.label))
            yield Label(cost, classes="count", markup=False)
        yield Label(t("tui.findings"), classes="heading", markup=False)
        if not item.findings:
            yield Static(t("tui.no_findings"), classes="facts", markup=False)
        for finding in item.findings:
            waived = f" ({t('tui.waived')})" if finding.code in item.waived else ""
            quote = f" “{finding.quote}”" if finding.quote else ""
            lines = [
                f"{_MARKS[finding.severity]} {t(f'severity.{finding.severity}')}{waived}: "
                f"{t.text(finding.what)}{quote}"
            ]
            if finding.remedy:
                lines.append(f"   {t.text(finding.remedy)}")
            classes = f"finding {finding.severity}"
            yield Static("\n".join(lines), classes=classes, markup=False)

    def _background(self, item: ReviewItem) -> ComposeResult:
        lines = "\n".join(background_in_words(self._services.t, item.background))
        if lines:
            yield Label(self._services.t("background.title"), classes="heading", markup=False)
            yield Static(lines, classes="facts", markup=False)

    def _decisions(self, item: ReviewItem) -> ComposeResult:
        t = self._services.t
        for decision, name in item.decisions:
            words = t(f"verdict.{decision.verdict}")
            why = f": {decision.reason}" if decision.reason else ""
            line = f"{t.instant(decision.taken_at_utc)}  {name}  {words}{why}"
            yield Static(line, classes="facts", markup=False)


def _persona(item: ReviewItem) -> str:
    """Return the name that the campaign's brief gives the persona; its key without one."""
    persona = item.background.persona
    return persona.name if persona else item.publication.post.persona


def found(t: Translator, item: ReviewItem) -> str:
    """Return in a few words what the checks say: "In orde", "1 fout, 2 keer let op"."""
    warnings = sum(f.severity is Severity.WARNING for f in item.findings)
    said = []
    if item.blocking:
        said.append(t("tui.errors", n=len(item.blocking)))
    if warnings:
        said.append(t("tui.warnings", n=warnings))
    return ", ".join(said) or t("tui.in_order")
