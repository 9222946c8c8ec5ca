"""`myself-i2i keys`: show, export, import. A key is made by the first `pledge`, `permit` or `wish`."""

from __future__ import annotations

from pathlib import Path

import click

from myself_i2i.cli._commands import argument, command, group, pass_terminal
from myself_i2i.cli._home import Home, ask_passphrase, protected
from myself_i2i.cli._terminal import Terminal
from myself_i2i.errors import KeyFileError
from myself_i2i.ledger import DEFAULT_KEY
from myself_i2i.wording import Text

__all__ = ["keys"]

EXPORTED = Text(
    en="wrote a copy of your key to {path}; whoever has it can sign as you, so keep it like a house key",
    ja="鍵の控えを {path} に書き出しました。これを持つ人はあなたとして署名できます。家の鍵のように保管してください",
)
IMPORTED = Text(en="took in key {short}", ja="鍵 {short} を取り込みました")


@group(
    "keys",
    Text(
        en="Your signing key: show, export, import. It never leaves this computer by itself.",
        ja="署名の鍵の表示・書き出し・取り込み。鍵が勝手にこのパソコンの外へ出ることはありません。",
    ),
    example="myself-i2i keys export my-key-backup.pem",
)
def keys() -> None:
    """Keys."""


@command(
    "show", Text(en="Show your key and where it lies.", ja="鍵と、その置き場所を表示します。"), parent=keys
)
@pass_terminal
def show(terminal: Terminal) -> None:
    """Print the short form, the key id, the public key and the path."""
    home = Home(terminal)
    key = home.key().public_key
    terminal.data(f"{key.short_form}  {key.keyid}")
    terminal.data(str(home.keys.path()))
    terminal.raw(key.to_pem().decode())


@command(
    "export",
    Text(
        en="Copy your key to a new file, passphrase and all.",
        ja="鍵を新しいファイルに書き出します（パスフレーズもそのまま）。",
    ),
    parent=keys,
)
@argument("file", type=click.Path(path_type=Path))
@pass_terminal
def export(terminal: Terminal, file: Path) -> None:
    """Write the backup; never overwrites."""
    Home(terminal).keys.export(DEFAULT_KEY, file)
    terminal.say(EXPORTED, path=str(file))


@command(
    "import",
    Text(
        en="Bring your key back from a copy. A key that is already here is never overwritten.",
        ja="控えから鍵を戻します。すでにある鍵を上書きすることはありません。",
    ),
    parent=keys,
)
@argument("file", type=click.Path(path_type=Path))
@pass_terminal
def import_(terminal: Terminal, file: Path) -> None:
    """Open the copy first, then put it in place."""
    home = Home(terminal)
    try:
        key = home.keys.import_(file)
    except KeyFileError:
        if not protected(file):
            raise
        key = home.keys.import_(file, passphrase=ask_passphrase(terminal))
    terminal.say(IMPORTED, short=key.public_key.short_form)
