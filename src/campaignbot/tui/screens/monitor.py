"""The monitor: is the daemon alive, what is due, what went out, what needs a person."""

from __future__ import annotations

from collections.abc import Iterable
from textwrap import shorten

from textual import work
from textual.app import ComposeResult
from textual.widgets import Footer, OptionList, Static
from textual.widgets.option_list import Option

from campaignbot.domain.accounts import AccountState
from campaignbot.domain.policy import Act
from campaignbot.domain.publication import Publication, State
from campaignbot.publishing.stopping import HoldInForce
from campaignbot.reviewing.correcting import blocking
from campaignbot.reviewing.placing import address_or_note
from campaignbot.reviewing.taking_down import TakenDown
from campaignbot.reviewing.words import placement_in_words, wait_in_words
from campaignbot.storage.overview import Overview
from campaignbot.tui.base import CampaignScreen
from campaignbot.tui.messages import OverviewRead
from campaignbot.tui.screens.edit import EditScreen
from campaignbot.tui.widgets.hold_bar import HoldBar, held, what_is_held, why
from campaignbot.tui.widgets.title_bar import TitleBar

_EVERY_S = 5.0
_OUT = 15


class MonitorScreen(CampaignScreen):
    """Reads where everything stands every few seconds."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: dict[str, Publication] = {}
        self._overview: Overview | None = None
        self._holds: tuple[HoldInForce, ...] = ()

    def compose(self) -> ComposeResult:
        yield TitleBar(self.services, "monitor")
        yield HoldBar(self.services)
        yield Static("", id="pulse", markup=False)
        yield OptionList(id="events", markup=False)
        yield Static("", id="about", markup=False)
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        for key, action in (
            ("p", "placed"),
            ("x", "skip"),
            ("n", "not_there"),
            ("v", "correct"),
            ("d", "take_down"),
        ):
            self._bindings.bind(key, action, self.t(f"tui.key.{action}"))
        self.query_one("#events", OptionList).focus()
        self._read()
        self.set_interval(_EVERY_S, self._read)

    def on_resize(self) -> None:
        # The lines are cut to the width of the list, which is known from now on.
        if self._overview is not None:
            self.call_after_refresh(self._show, self._overview)

    def on_screen_resume(self) -> None:
        self._read()

    @work(thread=True, exclusive=True, group="read")
    def _read(self) -> None:
        self.post_message(OverviewRead(self.services.overview(), self.services.holds()))

    def on_overview_read(self, message: OverviewRead) -> None:
        self._holds = message.holds
        self._show(message.overview)

    def _show(self, overview: Overview) -> None:
        self._overview = overview
        self.query_one("#pulse", Static).update("\n".join(self._pulse(overview)))
        events = self.query_one("#events", OptionList)
        place, marked = events.highlighted, self._marked
        self._shown = {}
        events.clear_options()
        for heading, listed in (
            ("tui.trouble", overview.trouble),
            ("tui.handed_over", overview.handed_over),
            ("tui.due", overview.due),
            ("tui.out", overview.out[:_OUT]),
        ):
            events.add_options(self._section(heading, listed, overview))
        if marked in self._shown:
            events.highlighted = events.get_option_index(marked)
        elif events.option_count:
            events.highlighted = min(place if place is not None else 1, events.option_count - 1)
        else:
            nothing = "" if _to_judge(overview) else self.t("tui.nothing_yet")
            self.query_one("#about", Static).update(nothing)

    def _section(
        self, heading: str, listed: Iterable[Publication], overview: Overview
    ) -> list[Option]:
        rows = []
        for publication in listed:
            self._shown[str(publication.id)] = publication
            rows.append(Option(self._line(publication, overview), id=str(publication.id)))
        title = self.t(heading, n=len(rows))
        return [Option(title, disabled=True), *rows] if rows else []

    def _pulse(self, overview: Overview) -> list[str]:
        t = self.t
        lines = []
        if overview.alive:
            lines.append(t("status.alive"))
        elif overview.worker is None:
            lines.append(t("tui.never_ran"))
        else:
            lines.append(t("tui.silent_since", at=overview.worker.heartbeat_at_utc))
        if overview.worker and overview.worker.problem:
            lines.append(t.text(overview.worker.problem))
        if waiting := _to_judge(overview):
            lines.append(t("tui.waiting", n=waiting))
        # The first stands in the line below the title.
        for stopped in self._holds[1:]:
            what, reason = what_is_held(t, held(stopped)), why(t, stopped.hold.reason)
            lines.append(t("tui.held", what=what, reason=reason))
        lines += [
            t("account.lacks.status", key=a.key, **a.lacks.params)
            if a.lacks and a.state is AccountState.LACKS_PERMISSION
            else t("status.unconnected", key=a.key, state=t(f"account.{a.state}"))
            for a in overview.unconnected
        ]
        return lines

    def _line(self, publication: Publication, overview: Overview) -> str:
        t = self.t
        account = overview.accounts[str(publication.account_id)]
        at, phase = publication.published_at_utc or publication.due_at_utc, publication.post.phase
        words = " ".join(publication.content.text.split())
        if publication.id in overview.uploads:
            words = f"({t('post.uploading', percent=overview.uploads[publication.id])}) {words}"
        # The section's heading says the state; one line each, also in 80 columns.
        head = f"{t.instant(at):<16} {account.key:<12} {t(f'phase.short.{phase}'):<10} "
        return head + shorten(words, max(10, self.size.width - len(head) - 4), placeholder=" …")

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        publication = self._shown.get(event.option.id or "")
        if publication is not None:
            self.query_one("#about", Static).update(self._about(publication))

    def _about(self, publication: Publication) -> str:
        t = self.t
        lines = [f"{publication.reference}  {t(f'state.{publication.state}')}"]
        if self._overview and publication.id in self._overview.uploads:
            percent = self._overview.uploads[publication.id]
            lines[0] += f", {t('post.uploading', percent=percent)}"
        if publication.permalink:
            lines.append(publication.permalink)
        if publication.placement:
            lines.append(t.text(placement_in_words(publication.placement)))
        if publication.reason:
            lines.append(t.text(publication.reason))
        if self._overview and publication.id in self._overview.waits:
            lines.append(wait_in_words(t, self._overview.waits[publication.id]))
        if publication.state is State.HANDED_OVER:
            lines.append(t("tui.place_it", ref=publication.reference))
        if publication.state is State.UNCERTAIN:
            lines.append(t("tui.settle_it"))
        return "\n".join(lines)

    @property
    def _marked(self) -> str:
        events = self.query_one("#events", OptionList)
        if events.highlighted is None:
            return ""
        return events.get_option_at_index(events.highlighted).id or ""

    def _selected(self) -> Publication | None:
        return self._shown.get(self._marked)

    def at_hand(self) -> Publication | None:
        return self._selected()

    @work
    async def action_placed(self) -> None:
        publication = self._selected()
        if publication is None or publication.state not in {State.HANDED_OVER, State.UNCERTAIN}:
            self.notify(self.t("tui.not_handed_over"), markup=False)
            return
        uncertain = publication.state is State.UNCERTAIN
        if not self.may(Act.SETTLE if uncertain else Act.PLACE_BY_HAND):
            return
        address = await self.ask(self.t("tui.paste_address"))
        if address is None:
            return
        with self.explained():
            where, note = address_or_note(address)
            await self.act(
                self.services.placing.mark_placed,
                publication,
                self.services.person,
                where,
                note=note,
            )
        self._read()

    @work
    async def action_skip(self) -> None:
        publication = self._selected()
        if publication is None or publication.state is not State.HANDED_OVER:
            self.notify(self.t("tui.not_handed_over"), markup=False)
            return
        if not self.may(Act.PLACE_BY_HAND):
            return
        reason = await self.ask(self.t("tui.why_skip"))
        if reason is None:
            return
        with self.explained():
            await self.act(self.services.placing.skip, publication, self.services.person, reason)
        self._read()

    @work
    async def action_not_there(self) -> None:
        publication = self._selected()
        if publication is None or publication.state is not State.UNCERTAIN:
            self.notify(self.t("tui.not_uncertain"), markup=False)
            return
        if not self.may(Act.SETTLE):
            return
        reason = await self.ask(self.t("tui.why_not_there"))
        if reason is None:
            return
        with self.explained():
            await self.act(
                self.services.placing.settle_absent, publication, self.services.person, reason
            )
        self._read()

    @work
    async def action_correct(self) -> None:
        publication, services = self._selected(), self.services
        if publication is None or publication.state is not State.PUBLISHED:
            self.notify(self.t("tui.not_correctable"), markup=False)
            return
        with self.explained():
            # Whether it can be done is said before anybody writes.
            text = publication.content.text
            await self.act(services.correct.preview, publication, services.person, text)
            await self._correct(publication)
        self._read()

    async def _correct(self, publication: Publication) -> None:
        correct, person = self.services.correct, self.services.person
        item = await self.act(self.services.reviews.item, publication.id)
        content = await self.app.push_screen_wait(EditScreen(item, self.t, text_alone=True))
        if content is None:
            return
        previewed = await self.act(correct.preview, publication, person, content.text)
        waivers = await self.reasons_for([f for f in blocking(previewed.findings) if f.waivable])
        if waivers is None:
            return
        reason = await self.ask(self.t("tui.why_correct", ref=publication.reference))
        if reason is None:
            return
        self.notify(self.t("tui.correcting", ref=publication.reference), markup=False)
        done = await self.act(correct, publication, person, content.text, reason, waivers)
        self.notify(self.t("correct.did", ref=publication.reference), markup=False)
        if done.by_hand:
            said = self.t("correct.yours", ref=publication.reference, link=publication.whereabouts)
            self.notify(said, severity="warning", timeout=20, markup=False)

    @work
    async def action_take_down(self) -> None:
        publication = self._selected()
        if publication is None or publication.state is not State.PUBLISHED:
            self.notify(self.t("tui.not_live"), markup=False)
            return
        if not self.may(Act.TAKE_DOWN):
            return
        reason = await self.ask(self.t("tui.why_take_down", ref=publication.reference))
        if reason is None:
            return
        self.notify(self.t("tui.taking_down", ref=publication.reference), markup=False)
        with self.explained():
            done = await self.act(
                self.services.take_down, publication, self.services.person, reason
            )
            self._tell_taken_down(done)
        self._read()

    def _tell_taken_down(self, done: TakenDown) -> None:
        t = self.t
        lines = [t("take_down.did", ref=p.reference) for p in done.removed]
        lines += [t("take_down.cancelled", ref=p.reference) for p in done.cancelled]
        if lines:
            self.notify("\n".join(lines), markup=False)
        for key, listed in (("take_down.yours", done.by_hand), ("tui.left_there", done.left)):
            for publication in listed:
                said = t(key, ref=publication.reference, link=publication.whereabouts)
                self.notify(said, severity="warning", timeout=20, markup=False)


def _to_judge(overview: Overview) -> int:
    states = overview.by_state()
    return sum(states.get(s, 0) for s in (State.IN_REVIEW, State.CHANGES_REQUESTED))
