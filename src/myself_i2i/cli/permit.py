"""`myself-i2i permit` and `wish`: what an artist allows, and what an artist wishes; `withdraw` takes either back."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time
from pathlib import Path

import click

from myself_i2i.attestation import Envelope
from myself_i2i.cli._commands import argument, command, option, pass_terminal
from myself_i2i.cli._files import expand, save
from myself_i2i.cli._home import Home, now
from myself_i2i.cli._sources import subject_of
from myself_i2i.cli._terminal import Terminal
from myself_i2i.errors import UsageError
from myself_i2i.inspection.files import read_bounded
from myself_i2i.ledger import EntryKind
from myself_i2i.predicates import Permission, Wish, Withdrawal, make_statement
from myself_i2i.predicates.permission import AI_INPUT_WORDS, ANYONE
from myself_i2i.predicates.wish import Scope, WishAnswer
from myself_i2i.wording import Text

__all__ = ["permit", "wish", "withdraw"]

SAYS = Text(en="You permit: {use}", ja="許可する使い方: {use}")
WROTE = Text(en="wrote {path}: give it to the maker", ja="{path} を書き出しました。相手に渡してください")
WROTE_WISH = Text(en="wrote {path}", ja="{path} を書き出しました")
TAKEN = Text(
    en="withdrawn from now on; what was done before stays covered, and the earlier statement stays visible",
    ja="これ以降は取り下げられました。それまでの利用は許可のままで、元の文書も残ります",
)
KEYID = re.compile(r"[0-9a-f]{64}")
NAME = Text(en="Your name or handle.", ja="あなたの名前。")
OUT = Text(en="Where to write the file.", ja="書き出すファイル。")


def _day(text: str | None) -> datetime | None:
    """Read YYYY-MM-DD as the end of that day, UTC: "until 3 May" includes 3 May."""
    if text is None:
        return None
    try:
        return datetime.combine(datetime.strptime(text, "%Y-%m-%d").date(), time(23, 59, 59), UTC)  # noqa: DTZ007  # a day has no zone
    except ValueError:
        raise UsageError(
            Text(
                en="got {text}, wanted a day as 2027-03-31",
                ja="{text} は日付ではありません（例: 2027-03-31）",
            ).format(text=text[:40])
        ) from None


@command(
    "permit",
    Text(
        en="For artists: permit that pictures of yours are used as AI input. Says so in words, to whom, until when.",
        ja="自分の絵や写真を、AIの入力画像として使ってよいと許可します。描き手・撮り手の方のためのコマンドで、相手と期限を書けます。",
    ),
    example="myself-i2i permit cat.png --to anyone --until 2027-12-31 --name hanako",
)
@argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@option(
    "--to",
    "grantee",
    default=ANYONE,
    show_default=True,
    metavar="KEYID|anyone",
    words=Text(en="Whom: a maker's key id, or anyone.", ja="相手。作り手の鍵ID、または anyone（だれでも）。"),
)
@option(
    "--until",
    metavar="YYYY-MM-DD",
    words=Text(en="Last day; without it there is no end.", ja="最終日。省略すると無期限。"),
)
@option("--condition", metavar="TEXT", words=Text(en="What you ask in return.", ja="条件。"))
@option("--credit", metavar="TEXT", words=Text(en="How to name you.", ja="作者表示のしかた。"))
@option("--name", metavar="NAME", words=NAME)
@option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("permission.json"),
    show_default=True,
    words=OUT,
)
@pass_terminal
def permit(
    terminal: Terminal,
    *,
    files: tuple[Path, ...],
    grantee: str,
    until: str | None,
    condition: str | None,
    credit: str | None,
    name: str | None,
    out: Path,
) -> None:
    """Sign one permission/v1 over all the files."""
    if grantee != ANYONE and not KEYID.fullmatch(grantee):
        raise UsageError(
            Text(
                en="got --to {got}, wanted a key id of 64 hex digits",
                ja="--to {got} は鍵ID（16進64桁）ではありません",
            ).format(got=grantee[:80]),
            hint=Text(
                en="the maker sees theirs with `myself-i2i keys show`",
                ja="作り手は `myself-i2i keys show` で確認できます",
            ),
        )
    subjects = [subject_of(path, read_bounded(path)) for path in expand(files)]
    home = Home(terminal)
    key = home.key_or_new()
    said = Permission(
        public_key=key.public_key,
        artist=name,
        grantee=grantee,
        conditions=condition,
        credit=credit,
        valid_from=now(),
        until=_day(until),
    )
    envelope, _ = home.keep(make_statement(said, subjects), key)
    save(out, envelope.to_json())
    terminal.say(SAYS, use=terminal.text(AI_INPUT_WORDS))
    terminal.say(WROTE, path=str(out))


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
@option("--name", metavar="NAME", words=NAME)
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
    save(out, envelope.to_json())
    terminal.say(WROTE_WISH, path=str(out))


@command(
    "withdraw",
    Text(
        en="Take back a statement of yours: a permission, a wish, a source. Not retroactive; it stays visible as withdrawn.",
        ja="自分の許可・意思表示・申告を取り下げます。さかのぼっては効かず、取り下げたものとして残ります。",
    ),
    example="myself-i2i withdraw permission.json --reason 'my mind changed'",
)
@argument("what", metavar="FILE|DIGEST")
@option("--reason", metavar="TEXT", words=Text(en="Why, in your words.", ja="理由（自由記入）。"))
@option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("withdrawal.json"),
    show_default=True,
    words=OUT,
)
@pass_terminal
def withdraw(terminal: Terminal, *, what: str, reason: str | None, out: Path) -> None:
    """Sign a withdrawal/v1 of an envelope of one's own."""
    home = Home(terminal)
    key = home.key()
    if KEYID.fullmatch(what):
        with home.ledger() as ledger:
            entry = ledger.get(what)
        if entry is None or entry.kind is not EntryKind.ENVELOPE:
            raise UsageError(
                Text(en="no envelope {digest} in the ledger", ja="封筒 {digest} は帳簿にありません").format(
                    digest=what
                ),
                hint=Text(en="list them with `ledger show`", ja="`ledger show` で一覧できます"),
            )
        earlier = entry.envelope
    else:
        earlier = Envelope.from_json(read_bounded(Path(what)))
    earlier.verify(key.public_key)
    said = Withdrawal.of(earlier, reason=reason, withdrawn_at=now())
    envelope, _ = home.keep(make_statement(said, said.subjects()), key)
    save(out, envelope.to_json())
    terminal.say(TAKEN)
    terminal.say(WROTE_WISH, path=str(out))
