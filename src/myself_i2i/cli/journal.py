"""`myself-i2i journal`: note work in progress as it is saved, show it, open one frame, check an opening."""

from __future__ import annotations

import secrets
from pathlib import Path

import click

from myself_i2i.cli._commands import argument, command, group, option, pass_terminal
from myself_i2i.cli._files import save
from myself_i2i.cli._home import Home
from myself_i2i.cli._journal import Watch, authorities, check_address
from myself_i2i.cli._journal_opening import (
    IS_NOT,
    LOG_KEY_WORDS,
    RECEIPT_WORDS,
    compare,
    in_log,
    not_to_open,
    pick,
    verified,
)
from myself_i2i.cli._journal_page import as_json, page, words_of, zone_here
from myself_i2i.cli._terminal import Terminal
from myself_i2i.inspection.files import read_bounded
from myself_i2i.journal import (
    DOES_NOT_SHOW,
    Dating,
    Notebook,
    Opening,
    Watcher,
    frames,
    opening_of,
    require_library,
)
from myself_i2i.story import html
from myself_i2i.wording import Text

__all__ = ["journal"]

WATCHING = Text(
    en="watching {folder} as “{work}”; nothing leaves this machine but, with --tsa, a digest. Ctrl-C ends it",
    ja="{folder} を「{work}」として見ています。外に出るのは、--tsa を付けたときのハッシュ値だけです。終了は Ctrl-C",
)
NOTHING = Text(en="nothing has been noted yet", ja="まだ何も記録していません")
HOW_TO = Text(
    en="begin with `myself-i2i journal watch FOLDER`", ja="`myself-i2i journal watch FOLDER` で始められます"
)
WROTE = Text(en="wrote {path}", ja="{path} に書き出しました")
WORK_NAME = Text(en="The work's name; the folder's otherwise.", ja="作品の名前。省略時はフォルダ名。")
UNNAMED = Text(en="unnamed work", ja="名前のない作品")
OPENED = Text(
    en="wrote {path}: whoever has it sees {what} of frame {n}, and by when it was noted. The other frames stay sealed",
    ja="{path} に書き出しました。これを持つ人には、コマ {n} の{what}と、記録の日時がわかります。ほかのコマは封をしたままです",
)
WHAT = {
    "file": Text(en="the file's sha256", ja="ファイルの sha256"),
    "looks": Text(en="the fingerprints", ja="絵柄の指紋"),
    "both": Text(en="the file's sha256 and the fingerprints", ja="ファイルの sha256 と絵柄の指紋"),
}
LABELS = {
    "signer": Text(en="signed by key", ja="署名した鍵"),
    "frame": Text(en="frame", ja="コマ"),
    "work": Text(en="work", ja="作品"),
    "noted": Text(en="noted", ja="記録した日時"),
    "others": Text(en="others add", ja="第三者の裏付け"),
    "logged": Text(en="logged", ja="公開ログ"),
    "sha256": Text(en="file", ja="ファイル"),
    "looks": Text(en="looks", ja="絵柄の指紋"),
    "given": Text(en="the file given", ja="渡されたファイル"),
}
HOLDS = Text(
    en="The opening holds: this was sealed in a signed statement.",
    ja="開示は有効です。署名された記録に封印されていたものです。",
)


@group(
    "journal",
    Text(
        en="For artists: note work in progress as you save it, sealed and dated, without showing it to anyone. Later, open one "
        "frame to show that it existed by then.",
        ja="描き手の方へ。描きかけのファイルを、保存のたびに封をして日付つきで記録します。だれにも見せる必要はありません。あとで1コマだけ"
        "開いて、その時点で存在していたことを示せます。",
    ),
    example="myself-i2i journal watch works/cover --tsa https://tsa.example/",
)
def journal() -> None:
    """Journal."""


@command(
    "watch",
    Text(
        en="Note every work file in FOLDER when it is saved: PNG, JPEG, WebP, PSD, CLIP, KRA, ORA with their looks, others by "
        "their bytes. Runs until Ctrl-C.",
        ja="FOLDER の作業ファイルを、保存のたびに記録します。PNG・JPEG・WebP・PSD・CLIP・KRA・ORA は絵柄も、ほかはハッシュ値だけを封印します。"
        "Ctrl-C まで動き続けます。",
    ),
    parent=journal,
    example="myself-i2i journal watch works/cover\nmyself-i2i journal watch works/cover --once",
)
@argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@option(
    "--once",
    is_flag=True,
    words=Text(en="Note what is there now, and end.", ja="今あるものを記録して終了します。"),
)
@option("--work", metavar="NAME", words=WORK_NAME)
@option(
    "--tsa",
    metavar="URL",
    words=Text(
        en="Ask this time-stamp authority (RFC 3161), at most every 10 minutes; only a digest is sent.",
        ja="このタイムスタンプ局（RFC 3161）に、10分に1回まで頼みます。送るのはハッシュ値だけです。",
    ),
)
@pass_terminal
def watch(terminal: Terminal, *, folder: Path, once: bool, work: str | None, tsa: str | None) -> None:
    """Watch."""
    if tsa is not None:
        check_address(tsa)
        require_library()
    home = Home(terminal)
    key = home.key_or_new()
    name = work or folder.resolve().name or terminal.text(UNNAMED)
    with home.ledger() as ledger:
        run = Watch(
            terminal=terminal,
            home=home,
            ledger=ledger,
            notebook=Notebook(ledger, home.path, key, work=name, randomness=secrets.token_bytes),
            watcher=Watcher(folder.resolve()),
            keyid=key.keyid,
            tsa=tsa,
        )
        if once:
            run.once()
        else:
            terminal.say(WATCHING, folder=str(folder), work=name)
            run.until_stopped()


@command(
    "show",
    Text(
        en="Show what was noted, in order, and who says when. Exit 1 when there is nothing.",
        ja="記録したものを順に、日時とその裏付けとともに表示します。何もなければ終了コードは1です。",
    ),
    parent=journal,
)
@option("--work", metavar="NAME", words=Text(en="Only this work.", ja="この作品だけ。"))
@option(
    "--json",
    "as_data",
    is_flag=True,
    words=Text(
        en="Print it as JSON (spec/journal.schema.json).", ja="JSONで出力します（spec/journal.schema.json）。"
    ),
)
@option(
    "--html",
    "html_to",
    type=click.Path(path_type=Path),
    words=Text(
        en="Write a page, with small pictures of what is still here. It shows your pictures: keep it to yourself.",
        ja="ページ（HTML）に書き出します。手元に残る画像が小さく入るので、取り扱いにご注意ください。",
    ),
)
@pass_terminal
@click.pass_context
def show(
    context: click.Context, terminal: Terminal, *, work: str | None, as_data: bool, html_to: Path | None
) -> None:
    """Show."""
    home, zone = Home(terminal), zone_here()
    with home.ledger() as ledger:
        found = frames(ledger, home.path, roots=authorities(home), work=work)
    if html_to is not None:
        save(html_to, html(page(found, terminal.language, zone)).encode())
        terminal.say(WROTE, path=str(html_to))
    if as_data:
        terminal.json(as_json(found))
    elif not found:
        terminal.say(NOTHING)
        terminal.say(HOW_TO)
    else:
        for frame in found:
            terminal.data(
                f"{frame.number:>5}  {frame.work or terminal.text(UNNAMED)}  {terminal.text(words_of(frame))}"
            )
            terminal.data(f"       {terminal.text(frame.dating.own(zone))}")
            terminal.data(f"       {terminal.text(frame.dating.others(zone))}")
        terminal.data(DOES_NOT_SHOW)
    context.exit(0 if found else 1)


@command(
    "open",
    Text(
        en="Write what opens one frame, to hand it to somebody: WHICH is its file, or its number.",
        ja="1コマを開くためのファイルを書き出します。WHICH は、そのファイルか、コマの番号です。",
    ),
    parent=journal,
    example="myself-i2i journal open works/cover/cover-03.psd --out opening.json",
)
@argument("which")
@option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("opening.json"),
    show_default=True,
    words=Text(en="Where to write it.", ja="書き出し先。"),
)
@option(
    "--work",
    metavar="NAME",
    words=Text(
        en="Whose frame, when several works have that number.",
        ja="同じ番号のコマが複数あるとき、作品の名前。",
    ),
)
@option(
    "--part",
    type=click.Choice(list(WHAT)),
    default="file",
    show_default=True,
    words=Text(
        en="What is opened: the file's digest, how it looks (fingerprints), or both.",
        ja="何を開くか。ファイルのハッシュ値、絵柄の指紋、または両方。",
    ),
)
@option("--with-name", is_flag=True, words=Text(en="Open the work's name too.", ja="作品の名前も開きます。"))
@pass_terminal
def open_(terminal: Terminal, *, which: str, out: Path, work: str | None, part: str, with_name: bool) -> None:
    """Open one frame."""
    home = Home(terminal)
    with home.ledger() as ledger:
        frame = pick(frames(ledger, home.path, roots=authorities(home), work=work), which)
    opening = opening_of(frame, file=part != "looks", looks=part != "file", work=with_name)
    if opening is None or not (opening.file or opening.fingerprints):
        raise not_to_open(frame)
    save(out, opening.to_json(), new=True)
    terminal.say(OPENED, path=str(out), what=terminal.text(WHAT[part]), n=frame.number)
    terminal.say(DOES_NOT_SHOW)


@command(
    "check",
    Text(
        en="Check somebody's opening, with the file where you have it: what was sealed, and by when? Needs no account and no "
        "network. Exit 0 when it holds and FILE is what was opened, 1 when not.",
        ja="受け取った開示ファイルを確かめます。手元にあれば元のファイルも渡してください。何が、いつまでに封印されていたかがわかります。"
        "アカウントも通信もいりません。有効で、FILE が開示されたものと同じなら終了コード0、そうでなければ1です。",
    ),
    parent=journal,
    example="myself-i2i journal check opening.json cover-03.psd",
)
@argument("opening", type=click.Path(path_type=Path))
@argument("file", type=click.Path(path_type=Path), required=False)
@option("--receipt", type=click.Path(path_type=Path), words=RECEIPT_WORDS)
@option("--log-key", metavar="KEY", words=LOG_KEY_WORDS)
@pass_terminal
@click.pass_context
def check(
    context: click.Context,
    terminal: Terminal,
    *,
    opening: Path,
    file: Path | None,
    receipt: Path | None,
    log_key: str | None,
) -> None:
    """Check."""
    home = Home(terminal)
    read = Opening.from_json(read_bounded(opening))
    opened, unread = verified(read, authorities(home))
    logged = None if receipt is None else in_log(home, receipt, read.envelope, log_key)
    same = None if file is None else compare(opened, file)
    zone, dating = zone_here(), Dating(opened.noted_at, opened.stamp, unread)
    rows = {
        "signer": f"{opened.public_key.short_form}  {opened.public_key.keyid}",
        "frame": f"{opened.frame} ({opened.kind})",
        "work": opened.work,
        "noted": terminal.text(dating.own(zone)),
        "others": terminal.text(dating.others(zone)),
        "logged": logged and terminal.text(logged),
        "sha256": opened.sha256 and f"sha256 {opened.sha256}",
        "looks": " ".join(sorted(opened.fingerprints)),
        "given": same and terminal.text(same),
    }
    terminal.data(HOLDS)
    terminal.lines((terminal.text(LABELS[name]), value) for name, value in rows.items() if value)
    terminal.data(DOES_NOT_SHOW)
    context.exit(1 if same is IS_NOT else 0)
