"""`myself-i2i pledge`: read the text, sign exactly that text, keep it."""

from __future__ import annotations

from pathlib import Path

import click

from myself_i2i.attestation import Envelope, Statement
from myself_i2i.cli._asking import agreed
from myself_i2i.cli._commands import argument, command, group, option, pass_terminal
from myself_i2i.cli._home import Home, ask_passphrase, now
from myself_i2i.cli._terminal import Terminal
from myself_i2i.inspection.files import read_bounded
from myself_i2i.predicates.moments import format_moment
from myself_i2i.predicates.pledge import Pledge
from myself_i2i.predicates.tags import TAG
from myself_i2i.predicates.texts import LATEST_PLEDGE, known_pledge_text, pledge_text
from myself_i2i.predicates.withdrawal import Withdrawal
from myself_i2i.verification.pledge import current_pledge, latest_pledge, verified_pledge
from myself_i2i.wording import Text

__all__ = ["pledge"]

ASK = Text(en="Sign this pledge?", ja="この宣言に署名しますか？")
ASK_NAME = Text(
    en="The name or handle you post under (it will stand in your marks)",
    ja="投稿に使っている名前（目印に書かれます）",
)
DONE = Text(
    en="pledged to text {version} ({language}, sha256 {digest}…) with key {short}",
    ja="宣言しました: 第{version}版（{language}、sha256 {digest}…）、鍵 {short}",
)
NOT_SIGNED = Text(en="nothing was signed", ja="署名していません")
NEXT = Text(
    en="now carry the tag {tag} where you post",
    ja="投稿先やプロフィールに、タグ {tag} を付けてください",
)
WITHDRAWN = Text(
    en="withdrawn: from now on the pledge is shown as withdrawn; it is not erased",
    ja="取り下げました。これからは「取り下げ済み」と表示されます。宣言そのものは消えません",
)
LABELS = {
    "text": Text(en="text", ja="宣言文"),
    "name": Text(en="name", ja="名前"),
    "accounts": Text(en="accounts", ja="アカウント"),
    "pledged": Text(en="pledged at", ja="宣言した日時"),
    "key": Text(en="key", ja="鍵"),
    "state": Text(en="state", ja="状態"),
}
IN_FORCE = Text(en="in force", ja="有効")
TAKEN_BACK = Text(en="withdrawn at {when}", ja="{when} に取り下げ")
SHOWS_NOT = Text(
    en="The signature holds: the holder of this key agreed to this text. It does not show how any single picture "
    "was made, or who the holder is.",
    ja="署名は有効です。この鍵の持ち主が、この文に賛同しました。一枚一枚の絵がどうつくられたか、持ち主がだれかまでは"
    "示しません。",
)
UNKNOWN_TEXT = Text(
    en="the text signed is none that this version carries", ja="このバージョンが知らない宣言文です"
)


@group(
    "pledge",
    Text(
        en="Read the pledge and sign it. The two rules, what is allowed, and what it does not cover are shown first; "
        "exactly the text shown is signed.",
        ja="宣言文を読んで署名します。二つの約束、使ってよいもの、扱わないことが表示され、表示された文そのものに署名します。",
    ),
    example="myself-i2i pledge --name hanako --account https://example.com/@hanako",
    invoke_without_command=True,
)
@option(
    "--name",
    metavar="NAME",
    words=Text(en="The name or handle you post under.", ja="投稿に使っている名前。"),
)
@option(
    "--account",
    "accounts",
    metavar="URL",
    multiple=True,
    words=Text(
        en="A profile where the tag stands; may be given again.",
        ja="タグを付けているプロフィールのURL。何度でも指定できます。",
    ),
)
@option(
    "--yes",
    is_flag=True,
    words=Text(en="Sign without asking, after reading.", ja="読んだうえで、確認なしで署名します。"),
)
@option(
    "--passphrase",
    "protect",
    is_flag=True,
    words=Text(
        en="Protect a newly made key with a passphrase (asked for).",
        ja="新しく作る鍵をパスフレーズで保護します（入力を求めます）。",
    ),
)
@pass_terminal
@click.pass_context
def pledge(
    context: click.Context,
    terminal: Terminal,
    name: str | None,
    accounts: tuple[str, ...],
    *,
    yes: bool,
    protect: bool,
) -> None:
    """Show, ask, sign, keep."""
    if context.invoked_subcommand is not None:
        return
    text = pledge_text(LATEST_PLEDGE, terminal.language)
    terminal.data(text.text.rstrip())
    if not yes and not agreed(terminal, ASK):
        terminal.say(NOT_SIGNED)
        context.exit(1)
    handle = name or (None if yes else click.prompt(terminal.text(ASK_NAME), err=True, default=""))
    home = Home(terminal)
    key = home.key_or_new(passphrase=ask_passphrase(terminal, confirm=True) if protect else None)
    made = Pledge(
        text_version=text.version,
        language=text.language,
        text_sha256=text.sha256,
        public_key=key.public_key,
        display_name=handle or None,
        accounts=accounts,
        tags=(TAG,),
        pledged_at=now(),
    )
    home.keep(Statement.make([made.subject()], made.PREDICATE_TYPE, made.to_json()), key)
    short = key.public_key.short_form
    terminal.say(DONE, version=text.version, language=text.language, digest=text.sha256[:12], short=short)
    terminal.say(NEXT, tag=TAG)


def _show(terminal: Terminal, made: Pledge, state: str) -> None:
    known = known_pledge_text(made.text_sha256)
    text = f"{made.text_version} ({made.language}) sha256 {made.text_sha256}"
    rows = {
        "text": text if known else f"{text}: {terminal.text(UNKNOWN_TEXT)}",
        "name": made.display_name or "-",
        "accounts": " ".join(made.accounts) or "-",
        "pledged": format_moment(made.pledged_at),
        "key": f"{made.public_key.short_form}  {made.public_key.keyid}",
        "state": state,
    }
    terminal.lines(((terminal.text(LABELS[label]), value) for label, value in rows.items()), indent=0)


@command(
    "show",
    Text(en="Show your pledge and whether it is in force.", ja="自分の宣言と、有効かどうかを表示します。"),
    parent=pledge,
)
@option(
    "--json",
    "as_json",
    is_flag=True,
    words=Text(en="Print the envelope as JSON.", ja="封筒をJSONで出力します。"),
)
@pass_terminal
def show(terminal: Terminal, *, as_json: bool) -> None:
    """Print the latest pledge."""
    home = Home(terminal)
    with home.ledger() as ledger:
        kept = latest_pledge(ledger, home.key().public_key)
    if as_json:
        terminal.raw(kept.envelope.to_json().decode() + "\n")
        return
    taken = kept.withdrawal
    state = IN_FORCE if taken is None else TAKEN_BACK.format(when=format_moment(taken.withdrawn_at))
    _show(terminal, kept.pledge, terminal.text(state))


@command(
    "verify",
    Text(
        en="Check somebody's pledge file: does the signature hold, and which text was signed?",
        ja="宣言のファイルを確かめます。署名が有効か、どの文に署名したかを表示します。",
    ),
    parent=pledge,
)
@argument("file", type=click.Path(path_type=Path))
@pass_terminal
def verify(terminal: Terminal, file: Path) -> None:
    """Verify the envelope against the key that it introduces."""
    _show(terminal, verified_pledge(Envelope.from_json(read_bounded(file))), "-")
    terminal.data(terminal.text(SHOWS_NOT))


@command(
    "withdraw",
    Text(
        en="Take your pledge back. It stays visible as what it was until now.",
        ja="宣言を取り下げます。これまでの宣言は、そのまま記録に残ります。",
    ),
    parent=pledge,
)
@option("--reason", metavar="TEXT", words=Text(en="Why, in your words.", ja="理由（自由記入）。"))
@pass_terminal
def withdraw(terminal: Terminal, reason: str | None) -> None:
    """Sign a withdrawal of the pledge in force."""
    home = Home(terminal)
    key = home.key()
    with home.ledger() as ledger:
        kept = current_pledge(ledger, key.public_key)
    taken = Withdrawal.of(kept.envelope, reason=reason, withdrawn_at=now())
    home.keep(Statement.make(taken.subjects(), taken.PREDICATE_TYPE, taken.to_json()), key)
    terminal.say(WITHDRAWN)
