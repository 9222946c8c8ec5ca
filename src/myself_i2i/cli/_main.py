"""The entry: choose the language, run the command, turn our errors into words and exit codes."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module

import click

from myself_i2i import __version__
from myself_i2i.cli._commands import Group, group, option, terminal_of
from myself_i2i.cli._language import choose_language
from myself_i2i.cli._misuse import misuse
from myself_i2i.cli._terminal import Terminal
from myself_i2i.errors import Error, InputError, UsageError
from myself_i2i.wording import LANGUAGES, Text

__all__ = ["application", "main"]

DONE, NOT, MISUSE, STOPPED = 0, 1, 2, 130
STOPPED_TEXT = Text(en="stopped; what was finished is kept", ja="中断しました。終わった分は残っています")
TRY_HELP = Text(en="try `{path} --help`", ja="`{path} --help` で使い方を確認できます")


COMMANDS = {
    "pledge": "pledge",
    "inspect": "inspect",
    "sources": "sources",
    "mark": "mark",
    "lint": "lint",
    "publish": "publish",
    "certify": "certify",
    "check": "check",
    "ask": "ask",
    "permit": "permit",
    "wish": "wish",
    "withdraw": "withdraw",
    "journal": "journal",
    "index": "index",
    "find": "find",
    "story": "story",
    "compare": "compare",
    "near": "near",
    "ledger": "ledger",
    "keys": "keys",
    "trust": "trust",
    "serve": "serve",
    "registry": "registry",
    "audit": "audit",
    "witness": "witness",
}
"""Command -> module beside this one, in the order of a person's work."""


class _Lazy(Group):
    """Imports a command only when it is asked for: `--version` must not wait for an image library."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in COMMANDS:
            return None
        found: click.Command = getattr(import_module(f"myself_i2i.cli.{COMMANDS[cmd_name]}"), cmd_name)
        return found


@group(
    "myself-i2i",
    Text(
        en="A mark for AI pictures that can be checked: who says so, what was recorded when the picture was made, which "
        "pictures went in and with what right, and what each of these does not show.",
        ja="AI画像に、確かめられる目印を。だれが言っているのか、作ったときに何が記録されたのか、どの画像が入力され、"
        "それを使ってよい根拠は何か。そして、それぞれが何を示さないのか。",
    ),
    example="myself-i2i pledge\nmyself-i2i inspect picture.png\nmyself-i2i mark picture.png\nmyself-i2i check marked/picture.png",
    cls=_Lazy,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@option(
    "--lang",
    type=click.Choice(LANGUAGES),
    expose_value=False,
    words=Text(en="Language; by locale otherwise.", ja="表示の言語。指定がなければ環境に合わせます。"),
)
@option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=lambda context, _, value: _print_version(context, asked=value),
    words=Text(en="Show the version and exit.", ja="バージョンを表示して終了します。"),
)
def application() -> None:
    """The root of all commands."""


def _print_version(context: click.Context, *, asked: bool) -> None:
    if asked and not context.resilient_parsing:
        terminal_of(context).data(f"myself-i2i {__version__}")
        context.exit()


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command line and exit. Data goes to stdout, everything else to stderr."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    terminal = Terminal(choose_language(given))
    sys.exit(run(given, terminal))


def run(arguments: Sequence[str], terminal: Terminal) -> int:
    """Run one command line; return the exit code."""
    try:
        code = application.main(
            _without_language(arguments), prog_name="myself-i2i", standalone_mode=False, obj=terminal
        )
    except Error as error:
        terminal.error(error)
        return MISUSE if isinstance(error, UsageError) else NOT
    except click.exceptions.NoArgsIsHelpError as error:
        terminal.say(error.format_message())
        return MISUSE
    except click.UsageError as error:
        path = error.ctx.command_path if error.ctx else "myself-i2i"
        why = misuse(error)
        terminal.error(InputError(why, hint=TRY_HELP.format(path=path)))
        return MISUSE
    except (click.Abort, KeyboardInterrupt):
        terminal.say(STOPPED_TEXT)
        return STOPPED
    except BrokenPipeError:
        # `| head` closed its end: that is the reader's choice, not an error. Python would complain at exit.
        sys.stdout = None
        return DONE
    return code if isinstance(code, int) else DONE


def _without_language(arguments: Sequence[str]) -> list[str]:
    """Take `--lang xx` out wherever it stands, so that it may follow a command as well as precede it."""
    kept: list[str] = []
    skip = False
    for position, here in enumerate(arguments):
        if here == "--":
            return [*kept, *arguments[position:]]
        if skip:
            skip = False
        elif here == "--lang" and position + 1 < len(arguments) and arguments[position + 1] in LANGUAGES:
            skip = True
        elif here not in {f"--lang={language}" for language in LANGUAGES}:
            kept.append(here)
    return kept
