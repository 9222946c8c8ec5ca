"""`myself-i2i publish`: put marks and statements into a registry, and keep its receipts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from myself_i2i.attestation import Envelope
from myself_i2i.cli._commands import argument, command, option, pass_terminal
from myself_i2i.cli._files import expand
from myself_i2i.cli._home import Home
from myself_i2i.cli._publishing import Publisher, kept
from myself_i2i.cli._registries import REGISTRY, VARIABLE, Registries
from myself_i2i.cli._terminal import Terminal
from myself_i2i.client.http import Remote
from myself_i2i.client.publishing import Answered
from myself_i2i.errors import Error, RegistryError, UsageError
from myself_i2i.predicates import Journal, Permission, Pledge, Predicate, Profile, Wish, Withdrawal
from myself_i2i.predicates.moments import format_moment
from myself_i2i.wording import Text

__all__ = ["publish"]

SCHEMA = "myself-i2i-publish/1"
KINDS: dict[str, type[Predicate]] = {
    "pledge": Pledge,
    "wish": Wish,
    "permission": Permission,
    "journal": Journal,
    "profile": Profile,
    "withdrawal": Withdrawal,
}
STATEMENT = "DIGEST|FILE|latest"
NOT_PUBLISHED = Text(en="not published: {what}", ja="登録しませんでした: {what}")
DONE = Text(en="the receipts are checked and kept in {folder}", ja="受領証を確認し、{folder} に保存しました")
PUBLIC = Text(
    en="what is published stays in a public log: it can be withdrawn, and never erased",
    ja="登録したものは公開のログに残ります。取り下げはできますが、消すことはできません",
)


@command(
    "publish",
    Text(
        en="Publish marked pictures, so that they are found again where a site takes the mark out: fingerprints and the mark "
        "are sent, the picture is not. Statements in your ledger too. What is published stays in a public log.",
        ja="目印つきの画像を登録します。サイトで目印が消えても、見た目の指紋から見つけられるようになります。送るのは指紋と目印だけで、"
        "画像そのものは送りません。帳簿にある文書も登録できます。登録したものは公開のログに残ります。",
    ),
    example="myself-i2i publish marked/picture.png --registry https://registry.example",
)
@argument("paths", nargs=-1, metavar="[FILE]...", type=click.Path(path_type=Path))
@option("--registry", "url", metavar="URL", envvar=VARIABLE, words=REGISTRY)
@option(
    "--seal-sources",
    "seal",
    is_flag=True,
    words=Text(
        en="Publish only marks that do not show how their sources look.",
        ja="元画像の見た目の指紋が入った目印は登録しません。",
    ),
)
@option(
    "--pledge", multiple=True, metavar=STATEMENT, words=Text(en="A pledge of yours.", ja="あなたの宣言。")
)
@option(
    "--wish", multiple=True, metavar=STATEMENT, words=Text(en="A wish of yours.", ja="あなたの意思表示。")
)
@option(
    "--permission",
    multiple=True,
    metavar=STATEMENT,
    words=Text(en="A permission that you gave.", ja="あなたが出した許可。"),
)
@option(
    "--journal",
    multiple=True,
    metavar=STATEMENT,
    words=Text(en="A sealed journal entry of yours.", ja="封をした制作記録。"),
)
@option(
    "--profile",
    multiple=True,
    metavar=STATEMENT,
    words=Text(en="A profile of yours.", ja="あなたのプロフィール。"),
)
@option(
    "--withdrawal",
    multiple=True,
    metavar=STATEMENT,
    words=Text(en="A withdrawal of yours.", ja="あなたの取り下げ。"),
)
@option(
    "--json",
    "as_json",
    is_flag=True,
    words=Text(en="Write one JSON object a line.", ja="1行に1件の JSON で書き出します。"),
)
@pass_terminal
@click.pass_context
def publish(
    context: click.Context,
    terminal: Terminal,
    /,
    *,
    paths: tuple[Path, ...],
    url: str | None,
    seal: bool,
    as_json: bool,
    **named: tuple[str, ...],
) -> None:
    """Publish everything named; what cannot be is said and left. Exit 1 when any was."""
    if url is None:
        raise UsageError(
            Text(en="no registry was named", ja="登録所が指定されていません"),
            hint=Text(
                en="name it: --registry https://registry.example",
                ja="例: --registry https://registry.example",
            ),
        )
    if not paths and not any(named.values()):
        raise UsageError(
            Text(en="nothing to publish was named", ja="登録するものが指定されていません"),
            hint=Text(en="name marked pictures or statements", ja="目印つきの画像か、文書を指定してください"),
        )
    remote, home = Remote.at(url), Home(terminal)
    files = expand(paths) if paths else []
    key = home.key()
    statements = [
        (what, kept(home, what, KINDS[kind], key)) for kind in KINDS for what in named.get(kind, ())
    ]
    terminal.say(PUBLIC)
    keys = Registries(home.path).keys(remote, terminal)
    publisher = Publisher(terminal=terminal, home=home, remote=remote, keys=keys, key=key)
    done = [
        _tell(terminal, what, result, remote, as_json=as_json)
        for what, result in _results(publisher, statements, files, seal=seal)
    ]
    if any(done):
        terminal.say(DONE, folder=str(home.path / "receipts"))
    context.exit(0 if all(done) else 1)


def _results(
    publisher: Publisher, statements: list[tuple[str, Envelope]], files: list[Path], *, seal: bool
) -> Iterator[tuple[str, tuple[Answered, Path] | Error]]:
    """Publish one after the other; a registry that cannot be reached ends it."""
    for what, envelope in statements:
        try:
            yield what, publisher.statement(envelope)
        except RegistryError:
            raise
        except Error as error:
            yield what, error
    for path in files:
        try:
            yield str(path), publisher.mark(path, seal=seal)
        except RegistryError:
            raise
        except Error as error:
            yield str(path), error


def _tell(
    terminal: Terminal, what: str, result: tuple[Answered, Path] | Error, remote: Remote, *, as_json: bool
) -> bool:
    """Tell what became of one; return whether it was published."""
    if as_json:
        terminal.json({"schema": SCHEMA, "what": what, "registry": remote.url, **_row(result, remote)})
    elif isinstance(result, Error):
        terminal.say(NOT_PUBLISHED, what=what)
        terminal.error(result)
    else:
        answered, _ = result
        link = _link(answered, remote)
        terminal.data(f"{what}  {answered.code}  {link}" if answered.code else f"{what}  {link}")
    return not isinstance(result, Error)


def _row(result: tuple[Answered, Path] | Error, remote: Remote) -> dict[str, Any]:
    if isinstance(result, Error):
        return {"failure": {"en": result.message.en, "ja": result.message.ja}}
    answered, receipt = result
    return {
        "failure": None,
        "index": answered.index,
        "digest": answered.digest,
        "loggedAt": format_moment(answered.logged_at),
        "code": answered.code,
        "link": _link(answered, remote),
        "receipt": str(receipt),
    }


def _link(answered: Answered, remote: Remote) -> str:
    if answered.code:
        return f"{remote.url}/s/{answered.code}"
    return f"{remote.url}/statements/{answered.digest}"
