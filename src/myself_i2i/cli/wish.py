"""`myself-i2i wish`: what an artist wishes about i2i of their pictures."""

from __future__ import annotations

from pathlib import Path

import click

from myself_i2i.cli._commands import argument, command, option, pass_terminal
from myself_i2i.cli._files import expand, save
from myself_i2i.cli._home import Home, now
from myself_i2i.cli._sources import subject_of
from myself_i2i.cli._terminal import Terminal
from myself_i2i.cli.permit import ARTIST_NAME, OUT
from myself_i2i.errors import UsageError
from myself_i2i.inspection.files import read_bounded
from myself_i2i.predicates import Wish, make_statement
from myself_i2i.predicates.wish import Scope, WishAnswer
from myself_i2i.wording import Text

__all__ = ["wish"]

WROTE = Text(
    en="wrote {path}; publish it where your pictures are: whoever takes it in sees it beside them",
    ja="{path} を書き出しました。作品の掲載場所に置くと、取り込んだ人には作品と並べて表示されます",
)


@command(
    "wish",
    Text(
        en="For artists: say whether others may put your pictures into i2i: yes, no, or ask first.",
        ja="自分の絵や写真のi2i利用について、可・不可・要相談を示します。描き手・撮り手の方のためのコマンドです。",
    ),
    example="myself-i2i wish ask-first --account https://example.com/@hanako --contact hanako@example.com",
)
@argument("answer", type=click.Choice([one.value for one in WishAnswer]))
@argument("files", nargs=-1, type=click.Path(path_type=Path))
@option(
    "--account",
    "accounts",
    multiple=True,
    metavar="URL",
    words=Text(en="For all pictures posted there.", ja="ここに投稿した作品すべてが対象。"),
)
@option("--contact", metavar="TEXT", words=Text(en="How to ask you.", ja="連絡先。"))
@option("--name", metavar="NAME", words=ARTIST_NAME)
@option("--note", metavar="TEXT", words=Text(en="In your words.", ja="自由記入。"))
@option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("wish.json"),
    show_default=True,
    words=OUT,
)
@pass_terminal
def wish(
    terminal: Terminal,
    *,
    answer: str,
    files: tuple[Path, ...],
    accounts: tuple[str, ...],
    contact: str | None,
    name: str | None,
    note: str | None,
    out: Path,
) -> None:
    """Sign one wish/v1."""
    if not files and not accounts:
        raise UsageError(
            Text(en="a wish needs pictures or an account", ja="対象の画像かアカウントを指定してください"),
            hint=Text(
                en="name files, or give --account URL",
                ja="ファイルを並べるか、--account URL を付けてください",
            ),
        )
    home = Home(terminal)
    key = home.key_or_new()
    said = Wish(
        public_key=key.public_key,
        artist=name,
        i2i=WishAnswer(answer),
        scope=Scope.SUBJECTS if files else Scope.ACCOUNTS,
        accounts=accounts,
        contact=contact,
        note=note,
        wished_at=now(),
    )
    subjects = [subject_of(p, read_bounded(p)) for p in expand(files)] if files else [said.account_subject()]
    envelope, _ = home.keep(make_statement(said, subjects), key)
    save(out, envelope.to_json(), new=True)
    terminal.say(WROTE, path=str(out))
