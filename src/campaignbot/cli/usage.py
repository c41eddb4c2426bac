"""Help pages and errors in how a command was typed, in the language of whoever sits here.

Typer words these in English only, and builds most sentences before anybody can ask for another
language. So they are recognised here and said anew; one that is not known stays as it came.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import typer

# Typer has its own copy of click, and offers these classes nowhere else.
from typer._click import Command, HelpFormatter
from typer._click.exceptions import ClickException, NoArgsIsHelpError, UsageError
from typer.core import TyperGroup

from campaignbot.cli.texts import translator as t

_SAID = tuple(
    (re.compile(pattern, re.DOTALL), key)
    for pattern, key in (
        (r"No such option: (?P<name>\S+) \(Possible options: (?P<near>.+)\)", "no_option_near"),
        (r"No such option: (?P<name>\S+)", "no_option"),
        (r"No such command '(?P<name>.*)'\. Did you mean (?P<near>.+)\?", "no_command_near"),
        (r"No such command '(?P<name>.*)'\.", "no_command"),
        (r"Missing command\.", "missing_command"),
        (r"Missing argument '(?P<name>.+?)'\..*", "missing_argument"),
        (r"Missing option '(?P<name>.+?)'\..*", "missing_option"),
        (r"Got unexpected extra argument\(s\) \((?P<said>.*)\)", "extra_argument"),
        (r"Option '(?P<name>.+)' requires (an argument|\d+ arguments)\.", "option_alone"),
        (r"Option '(?P<name>.+)' does not take a value\.", "option_value"),
        (r"Invalid value for '(?P<name>.+?)': (?P<said>.*)", "invalid"),
    )
)
_WRONG = tuple(
    (re.compile(pattern, re.DOTALL), key)
    for pattern, key in (
        (r"Input should be a valid integer.*", "whole_number"),
        (r"Input should be a valid number.*", "number"),
        (r"Unable to parse input string as an integer, exceeded.*", "too_large"),
        (r"Input should be greater than or equal to (?P<least>\S+)", "least"),
        (r"Input should be less than or equal to (?P<most>\S+)", "most"),
        (r"Value error, '(?P<value>.*)' is not one of (?P<known>.+)\.", "choice"),
        (r"Value error, '(?P<value>.*)' does not match the formats? .*", "day"),
    )
)
_TYPE = re.compile(r"<(?:list\[)?(?P<kind>[^<>]+?)\]?>")
_NEEDED = re.compile(r"\{([^{}]*)\}")
_RANGE = re.compile(r"(?:(?P<least>[\d.]+)<=)?x(?:>=(?P<from>[\d.]+))?(?:<=(?P<most>[\d.]+))?")
_EXTRA = re.compile(r"\[(?:env var: (?P<env>[^\];]+))?(?:; )?(?P<rest>[^\]]*)\]\Z")


def run(app: typer.Typer) -> int:
    """Carry out what was typed, and return the exit code."""
    command = typer.main.get_command(app)
    for each in _below(command):
        _word(each)
    try:
        ended = command.main(prog_name="campaignbot", standalone_mode=False)
    except NoArgsIsHelpError as error:
        typer.echo(error.format_message(), err=True)
        return error.exit_code
    except ClickException as error:
        _show(error)
        return error.exit_code
    except typer.Abort:
        typer.echo(t()("usage.aborted"), err=True)
        return 1
    return ended if isinstance(ended, int) else 0


def _below(command: Command) -> Iterator[Command]:
    yield command
    if isinstance(command, TyperGroup):
        for each in command.commands.values():
            yield from _below(each)


def _word(command: Command) -> None:
    """Let a command speak the language; its summary is shown whole instead of cut."""
    command.context_class = _Context
    command.short_help = command.help
    command.options_metavar = t()("usage.options")
    if isinstance(command, TyperGroup):
        command.subcommand_metavar = t()("usage.subcommand")
    for param in command.params:
        if param.param_type_name == "argument" or param.metavar:
            param.metavar = _name(param.metavar or param.name or "")


def _name(name: str) -> str:
    key = f"usage.name.{name.strip('[]…').lower()}"
    return t()(key) if t().has(key) else name


class _Page(HelpFormatter):
    """Writes a help page."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        # What must be given stands in capitals; braces would look like something to type.
        bare = _NEEDED.sub(r"\1", args)
        super().write_usage(prog, bare, prefix or f"{t()('usage.usage')} ")

    def write_heading(self, heading: str) -> None:
        key = f"usage.heading.{heading.lower()}"
        super().write_heading(t()(key) if t().has(key) else heading)

    def write_dl(
        self, rows: Sequence[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        super().write_dl([_row(*row) for row in rows], col_max, col_spacing)


class _Context(typer.Context):
    formatter_class = _Page


def _row(first: str, second: str) -> tuple[str, str]:
    """Word what is typed and what it is for; what there is to choose from goes to the latter."""
    found, explained = _TYPE.search(first), _explained(second)
    if found is not None and "|" in found["kind"]:
        known = found["kind"].replace("|", ", ")
        explained = f"{explained} {t()('usage.choices', known=known)}"
    return _TYPE.sub(_type, first), explained


def _type(found: re.Match[str]) -> str:
    kind = found["kind"]
    if "|" in kind:
        kind = "choice"
    elif kind.startswith("%"):
        kind = "day"
    key = f"usage.type.{kind.lower().replace(' ', '_')}"
    return f"<{t()(key) if t().has(key) else kind}>"


def _explained(help_text: str) -> str:
    if help_text == "Show this message and exit.":
        return t()("usage.help")
    return _EXTRA.sub(_extra, help_text)


def _extra(found: re.Match[str]) -> str:
    told = [t()("usage.env", name=found["env"])] if found["env"] else []
    for part in filter(None, found["rest"].split("; ")):
        if part == "required":
            told.append(t()("usage.required"))
        elif part.startswith("default: "):
            told.append(t()("usage.default", value=part.removeprefix("default: ")))
        else:
            told.append(_range(part))
    return f"[{'; '.join(told)}]"


def _range(part: str) -> str:
    """Word which numbers an option takes; anything else stays as it came."""
    if (found := _RANGE.fullmatch(part)) is None:
        return part
    least, most = found["least"] or found["from"], found["most"]
    if least and most:
        return t()("usage.range", least=least, most=most)
    return t()("usage.range_least", least=least) if least else part


def _show(error: ClickException) -> None:
    context = error.ctx if isinstance(error, UsageError) else None
    if context is not None:
        typer.echo(context.get_usage(), err=True)
        command = f"{context.command_path} {context.help_option_names[0]}"
        typer.echo(f"{t()('usage.try', command=command)}\n", err=True)
    typer.echo(f"{t()('usage.error')} {_sentence(error.format_message())}", err=True)


def _sentence(said: str) -> str:
    for pattern, key in _SAID:
        if found := pattern.fullmatch(said):
            values = found.groupdict()
            if key == "invalid":
                values["said"] = _wrong(values["said"])
            return t()(f"usage.{key}", **values)
    return said


def _wrong(said: str) -> str:
    for pattern, key in _WRONG:
        if found := pattern.fullmatch(said):
            return t()(f"usage.wrong.{key}", **found.groupdict())
    return said
