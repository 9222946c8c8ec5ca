"""`myself-i2i permit`: an artist lets pictures be used as AI input; everything is shown before it is signed."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from pathlib import Path

import click

from myself_i2i.cli._asking import agreed
from myself_i2i.cli._commands import argument, command, option, pass_terminal
from myself_i2i.cli._files import expand, save
from myself_i2i.cli._home import Home, now
from myself_i2i.cli._sources import subject_of
from myself_i2i.cli._terminal import Terminal
from myself_i2i.errors import UsageError
from myself_i2i.inspection.files import read_bounded
from myself_i2i.predicates import Permission, make_statement
from myself_i2i.predicates.permission import AI_INPUT_WORDS, ANYONE
from myself_i2i.wording import Text

__all__ = ["ARTIST_NAME", "KEYID", "OUT", "permission_rows", "permit"]

KEYID = re.compile(r"[0-9a-f]{64}")
ARTIST_NAME = Text(en="Your name or handle.", ja="あなたの名前。")
OUT = Text(en="Where to write the file.", ja="書き出すファイル。")
ASK = Text(en="Sign this permission?", ja="この許可に署名しますか？")
NOT_SIGNED = Text(en="nothing was signed", ja="署名していません")
WROTE = Text(en="wrote {path}: give it to the maker", ja="{path} を書き出しました。相手に渡してください")
TO_ANYONE = Text(en="anyone", ja="だれでも")
NO_END = Text(en="no end", ja="期限なし")
LABELS = {
    "use": Text(en="what is permitted", ja="許可する使い方"),
    "picture": Text(en="picture", ja="対象"),
    "to": Text(en="to", ja="相手"),
    "until": Text(en="until", ja="期限"),
    "conditions": Text(en="conditions", ja="条件"),
    "credit": Text(en="credit", ja="作者表示"),
}


@command(
    "permit",
    Text(
        en="For artists: permit that pictures of yours are used as AI input. Shows what you permit, to whom and until when, "
        "and asks before it signs.",
        ja="自分の絵や写真を、AIの入力画像として使ってよいと許可します。描き手・撮り手の方のためのコマンドで、"
        "何を、だれに、いつまで許可するかを表示し、確認してから署名します。",
    ),
    example="myself-i2i permit cat.png --to anyone --until 2027-12-31 --name hanako",
)
@argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@option(
    "--to",
    "grantee",
    required=True,
    metavar="KEYID|anyone",
    words=Text(en="Whom: a maker's key id, or anyone.", ja="相手。作り手の鍵ID、または anyone（だれでも）。"),
)
@option(
    "--until",
    metavar="YYYY-MM-DD",
    words=Text(
        en="Last day, where you are; without it there is no end.",
        ja="最終日（お住まいの地域の日付）。省略すると無期限。",
    ),
)
@option("--condition", metavar="TEXT", words=Text(en="What you ask in return.", ja="条件。"))
@option("--credit", metavar="TEXT", words=Text(en="How to name you.", ja="作者表示のしかた。"))
@option("--name", metavar="NAME", words=ARTIST_NAME)
@option("--yes", is_flag=True, words=Text(en="Sign without asking.", ja="確認なしで署名します。"))
@option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("permission.json"),
    show_default=True,
    words=OUT,
)
@pass_terminal
@click.pass_context
def permit(
    context: click.Context,
    terminal: Terminal,
    *,
    files: tuple[Path, ...],
    grantee: str,
    until: str | None,
    condition: str | None,
    credit: str | None,
    name: str | None,
    yes: bool,
    out: Path,
) -> None:
    """Show everything, ask, sign one permission/v1 over all the files."""
    if grantee != ANYONE and not KEYID.fullmatch(grantee):
        raise UsageError(
            Text(
                en="got --to {got}, wanted anyone or a key id of 64 hex digits",
                ja="--to {got} は anyone でも鍵ID（16進64桁）でもありません",
            ).format(got=grantee[:80]),
            hint=Text(
                en="the maker sees theirs with `myself-i2i keys show`",
                ja="作り手は `myself-i2i keys show` で確認できます",
            ),
        )
    last = None if until is None else _end_of_day(until)
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
        until=last,
    )
    pictures = [(terminal.text(LABELS["picture"]), subject.name) for subject in subjects]
    terminal.lines([*pictures, *permission_rows(terminal, said)], indent=0)
    if not yes and not agreed(terminal, ASK):
        terminal.say(NOT_SIGNED)
        context.exit(1)
    envelope, _ = home.keep(make_statement(said, subjects), key)
    save(out, envelope.to_json(), new=True)
    terminal.say(WROTE, path=str(out))


def permission_rows(terminal: Terminal, said: Permission) -> list[tuple[str, str]]:
    """Return what a permission says, label and value, for whoever signs it or relies on it."""
    until = (
        NO_END.in_(terminal.language)
        if said.until is None
        else f"{said.until.astimezone():%Y-%m-%d %H:%M %Z}"
    )
    rows = {
        "use": terminal.text(AI_INPUT_WORDS),
        "to": terminal.text(TO_ANYONE) if said.grantee == ANYONE else said.grantee,
        "until": until,
        "conditions": said.conditions,
        "credit": said.credit,
    }
    return [(terminal.text(LABELS[name]), value) for name, value in rows.items() if value]


def _end_of_day(text: str) -> datetime:
    """Read YYYY-MM-DD as the end of that day where the artist is: "until 3 May" includes 3 May."""
    try:
        return datetime.combine(date.fromisoformat(text), time(23, 59, 59)).astimezone(UTC)
    except ValueError:
        raise UsageError(
            Text(
                en="got {text}, wanted a day as 2027-03-31",
                ja="{text} は日付ではありません（例: 2027-03-31）",
            ).format(text=text[:40])
        ) from None
