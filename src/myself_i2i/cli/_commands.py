"""Click, in two languages: every help text is a `Text`, shown in the reader's language when help is written.

Click's own words ("Usage", "Options", its usage errors) come through `gettext`; the few that a person meets are
kept here in Japanese, because Click ships no catalogue.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar

import click
from click.formatting import HelpFormatter

from myself_i2i.cli._terminal import Terminal
from myself_i2i.wording import Language, Text

__all__ = ["Command", "Group", "argument", "command", "option", "pass_terminal", "terminal_of"]

F = TypeVar("F", bound=Callable[..., Any])

USAGE = Text(en="Usage: ", ja="使い方: ")
OPTIONS = Text(en="Options", ja="オプション")
COMMANDS = Text(en="Commands", ja="コマンド")
EXAMPLE = Text(en="Example", ja="例")
HELP = Text(en="Show this message and exit.", ja="この説明を表示して終了します。")


def terminal_of(context: click.Context) -> Terminal:
    """Return the terminal made for this run."""
    terminal = context.find_root().obj
    return terminal if isinstance(terminal, Terminal) else Terminal("en")


def _language(context: click.Context) -> Language:
    return terminal_of(context).language


class _Bilingual(click.Command):
    """A command whose help is a `Text`."""

    words: Text
    example: str

    def format_usage(self, ctx: click.Context, formatter: HelpFormatter) -> None:
        pieces = self.collect_usage_pieces(ctx)
        formatter.write_usage(ctx.command_path, " ".join(pieces), prefix=USAGE.in_(_language(ctx)))

    def format_help_text(self, ctx: click.Context, formatter: HelpFormatter) -> None:
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(self.words.in_(_language(ctx)))
        if self.example:
            with formatter.section(EXAMPLE.in_(_language(ctx))):
                for line in self.example.splitlines():
                    formatter.write(f"{' ' * formatter.current_indent}{line}\n")

    def format_options(self, ctx: click.Context, formatter: HelpFormatter) -> None:
        options = (one for one in self.get_params(ctx) if isinstance(one, click.Option))
        rows = [row for one in options if (row := one.get_help_record(ctx))]
        if rows:
            with formatter.section(OPTIONS.in_(_language(ctx))):
                formatter.write_dl(rows)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        found = super().get_help_option(ctx)
        if found is not None:
            found.help = HELP.in_(_language(ctx))
        return found

    def brief(self, language: Language) -> str:
        """The first sentence, for the list of commands."""
        return re.split(r"(?<=[?？])\s*|(?<=。)|(?<=\.)\s", self.words.in_(language))[0].rstrip(".。")


class Command(_Bilingual):
    """One command."""


class Group(_Bilingual, click.Group):
    """A command with commands under it."""

    def format_options(self, ctx: click.Context, formatter: HelpFormatter) -> None:
        _Bilingual.format_options(self, ctx, formatter)
        self.format_commands(ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: HelpFormatter) -> None:
        rows = []
        for name in self.list_commands(ctx):
            found = self.get_command(ctx, name)
            if isinstance(found, _Bilingual):
                rows.append((name, found.brief(_language(ctx))))
        if rows:
            with formatter.section(COMMANDS.in_(_language(ctx))):
                formatter.write_dl(rows)

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(self.commands)  # in the order of a person's work, not of the alphabet


class _Option(click.Option):
    words: Text

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        self.help = self.words.in_(_language(ctx))
        return super().get_help_record(ctx)


def command(
    name: str,
    words: Text,
    *,
    example: str = "",
    parent: click.Group | None = None,
    **settings: Any,
) -> Callable[[Callable[..., Any]], Command]:
    """Make a command of the function; `words` is its help, `example` a line or two that run as they stand."""

    def decorate(function: Callable[..., Any]) -> Command:
        made = click.command(name, cls=Command, **settings)(function)
        made.words, made.example = words, example
        if parent is not None:
            parent.add_command(made)
        return made

    return decorate


def group(
    name: str, words: Text, *, example: str = "", cls: type[Group] = Group, **settings: Any
) -> Callable[[Callable[..., Any]], Group]:
    """Make a group of the function."""

    def decorate(function: Callable[..., Any]) -> Group:
        made = click.group(name, cls=cls, **settings)(function)
        made.words, made.example = words, example
        return made

    return decorate


def option(*names: str, words: Text, **settings: Any) -> Callable[[F], F]:
    """Add an option whose help is a `Text`."""

    def decorate(function: F) -> F:
        decorated = click.option(*names, cls=_Option, **settings)(function)
        decorated.__click_params__[-1].words = words  # type: ignore[attr-defined]  # where click keeps them
        return decorated

    return decorate


argument = click.argument


def pass_terminal(function: F) -> F:
    """Give the function this run's `Terminal` as its first argument."""
    return click.make_pass_decorator(Terminal)(function)  # type: ignore[return-value]  # same function, one argument fewer
