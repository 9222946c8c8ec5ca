"""`myself-i2i lint`: is every picture in a folder recorded, and does every recorded input have a rights basis?"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import click

from myself_i2i.attestation import SHA256, Statement
from myself_i2i.cli._bulk import Plan, work_through
from myself_i2i.cli._commands import argument, command, option, pass_terminal
from myself_i2i.cli._files import expand
from myself_i2i.cli._home import Home
from myself_i2i.cli._terminal import Terminal
from myself_i2i.errors import Error
from myself_i2i.inspection.files import read_bounded
from myself_i2i.ledger import Ledger, ledger_path
from myself_i2i.recording.lint import Linted, Owner, Remembered, lint_picture
from myself_i2i.recording.spool import spooled
from myself_i2i.rights import LedgerStatements
from myself_i2i.wording import Text

__all__ = ["lint"]

SCHEMA = "myself-i2i-lint/1"
READING = Text(en="looking up", ja="確かめています")
SUMMARY = Text(
    en="{files} pictures, {recorded} recorded, {missing} with something missing",
    ja="画像 {files} 件: 記録あり {recorded} 件、足りないものがある画像 {missing} 件",
)
ALL_THERE = Text(
    en="everything that lint asks for is there: a record for each picture, a rights basis for each input",
    ja="すべてそろっています（どの画像にも記録があり、どの入力にも使ってよい根拠があります）",
)
BY_HAND = Text(
    en='a picture that you worked on by hand: myself-i2i ledger link BEFORE AFTER --hand "what you did"',
    ja='手を加えて仕上げた画像は: myself-i2i ledger link 作業前 作業後 --hand "何をしたか"',
)
SHOWS_NOT = Text(
    en="this shows what is written down, not that it is whole or true",
    ja="ここで分かるのは何が書き留められているかで、漏れがないことや事実であることではありません",
)
UNREADABLE = Text(en="could not be read", ja="読めませんでした")


@dataclass(frozen=True, slots=True)
class LintJob:
    """What is the same for every file."""

    ledger: Path
    """The person's ledger; each worker opens it."""
    owner: Owner
    """Whose records count."""


def lint_path(path: Path, *, job: LintJob) -> dict[str, Any]:
    """Return what is missing for one file, JSON-ready."""
    return _to_json(path, lint_picture(path, read_bounded(path), _look_up(job.ledger).statements, job.owner))


class _LookUp:
    """The open ledger of one process, and what was verified in it: a source of a thousand pictures is verified once."""

    def __init__(self, path: Path) -> None:
        self.ledger = Ledger.open(path, create=False)
        self.statements = Remembered(LedgerStatements(self.ledger))


@functools.lru_cache(maxsize=1)
def _look_up(path: Path) -> _LookUp:
    return _LookUp(path)


def _let_go(path: Path) -> None:
    """Close the ledger that this process opened for look-ups; workers end with theirs."""
    if _look_up.cache_info().currsize:
        _look_up(path).ledger.close()
        _look_up.cache_clear()


def _to_json(path: Path, found: Linted) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "file": str(path),
        "recorded": found.written_by is not None,
        "written_by": found.written_by,
        "problems": [
            {"says": {"en": one.says.en, "ja": one.says.ja}, "command": one.command} for one in found.problems
        ],
    }


@command(
    "lint",
    Text(
        en="Is every picture in a folder recorded, and does everything that went in have a rights basis? Prints what is "
        "missing, with the command that mends it. Exit 0 when nothing is.",
        ja="フォルダの画像にすべて記録があり、使った画像すべてに「使ってよい根拠」があるかを確かめます。足りないものを、"
        "補うコマンドとともに表示します。すべてそろっていれば終了コードは 0 です。",
    ),
    example="myself-i2i lint output/",
)
@argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@option(
    "--json",
    "as_json",
    is_flag=True,
    words=Text(en="One JSON object a line.", ja="1行に1つのJSONで出力します。"),
)
@option(
    "--jobs",
    type=click.IntRange(1, 256),
    words=Text(en="Worker processes; chosen by itself otherwise.", ja="並列の数。指定がなければ自動。"),
)
@pass_terminal
@click.pass_context
def lint(
    context: click.Context, terminal: Terminal, *, paths: tuple[Path, ...], as_json: bool, jobs: int | None
) -> None:
    """Look every file up; nothing is changed but that waiting records are entered."""
    files = expand(paths)
    job = _job(Home(terminal))
    recorded = missing = 0
    said: set[str] = set()
    try:
        for done in work_through(files, partial(lint_path, job=job), Plan(jobs=jobs), terminal, READING):
            result = done.result or _failed(done.path, done.failure)
            recorded += result["recorded"]
            missing += bool(result["problems"])
            if as_json:
                terminal.json(result)
            else:
                _show(terminal, result, said)
    finally:
        _let_go(job.ledger)
    terminal.say(SUMMARY, files=len(files), recorded=recorded, missing=missing)
    if not as_json:
        if recorded < len(files):
            terminal.say(BY_HAND)
        elif not missing:
            terminal.say(ALL_THERE)
        terminal.say(SHOWS_NOT)
    context.exit(1 if missing else 0)


def _job(home: Home) -> LintJob:
    """Enter what waits, with the key where it opens, and say whose records count."""
    home.ledger().close()
    if spooled(home.path) or not home.own_keyids():
        try:
            own = home.own_keyids() | {home.key().keyid}
        except Error:
            own = home.own_keyids()
            if not own:
                raise
    else:
        own = home.own_keyids()
    return LintJob(ledger_path(home.path), Owner(own, _waiting(home.path)))


def _waiting(home: Path) -> frozenset[str]:
    """Return the files whose records still wait."""
    found: set[str] = set()
    for path in spooled(home):
        try:
            found |= Statement.parse(path.read_bytes()).digests(SHA256)
        except (OSError, Error):
            continue  # signed already, or not readable: the command that tried to enter it said so
    return frozenset(found)


def _failed(path: Path, failure: Text | None) -> dict[str, Any]:
    why = failure or UNREADABLE
    return {
        "schema": SCHEMA,
        "file": str(path),
        "recorded": False,
        "written_by": None,
        "problems": [{"says": {"en": why.en, "ja": why.ja}, "command": None}],
    }


def _show(terminal: Terminal, result: dict[str, Any], said: set[str]) -> None:
    """Write what is missing; a command that mends many pictures is written once."""
    for problem in result["problems"]:
        terminal.data(f"{result['file']}: {problem['says'][terminal.language]}")
        command = problem["command"]
        if command is not None and command not in said:
            said.add(command)
            terminal.data(f"  $ {command}")
