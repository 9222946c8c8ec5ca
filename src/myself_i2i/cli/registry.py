"""`myself-i2i registry`: what the operator of a registry does on its own machine."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from myself_i2i.cli._commands import argument, command, group, option, pass_terminal
from myself_i2i.cli._files import save
from myself_i2i.cli._home import now
from myself_i2i.cli._terminal import Terminal
from myself_i2i.errors import LimitError, UsageError
from myself_i2i.predicates import Suspension
from myself_i2i.predicates.suspension import SuspendedStatement, SuspensionAction, SuspensionReason
from myself_i2i.wording import Text

if TYPE_CHECKING:
    from myself_i2i.registry.importing import Imported, Left
    from myself_i2i.registry.service import Registry
    from myself_i2i.registry.settings import Settings

__all__ = ["registry"]

FILE = "registry.toml"
NEEDED = ("sqlalchemy", "alembic")
DIGEST = re.compile(r"[0-9a-f]{64}")
MISSING = Text(
    en="running a registry needs more packages", ja="登録所を動かすには、追加のパッケージが必要です"
)
INSTALL = Text(
    en="pip install 'myself-i2i[registry]'", ja="pip install 'myself-i2i[registry]' を実行してください"
)
DATA = Text(
    en="Where everything lies; `registry` here otherwise.",
    ja="データを置くフォルダ。指定がなければここの `registry`。",
)
MADE = Text(
    en="{folder} is ready; its settings are in {file}. Keep a copy of its keys, {keys}, in a safe place",
    ja="{folder} の準備ができました。設定は {file} にあります。鍵（{keys}）の控えを安全な場所に取っておいてください",
)
SO_FAR = Text(
    en="{lines} lines: {new} new, {known} here already, {left} left out",
    ja="{lines} 行：新規 {new}、登録済み {known}、取り込まず {left}",
)
LEFT_OUT = Text(en="line {number} was left out: {why}", ja="{number} 行目は取り込みませんでした：{why}")
SAID = Text(en="entry {index} of the log says so", ja="ログの {index} 番に記載しました")
REBUILT = Text(en="all tables were made again from the log", ja="すべての表をログから作り直しました")
REASON = Text(
    en="Why, in one word of a short list; it stands in the public log.",
    ja="理由（一覧から1語）。公開のログに載ります。",
)


@group(
    "registry",
    Text(
        en="For the operator of a registry, on its machine: begin one, bring statements in, suspend and resume.",
        ja="登録所の運営者が、そのマシンで使うコマンドです。登録所の作成、まとめての取り込み、停止と再開ができます。",
    ),
    example="myself-i2i registry init --data registry\nmyself-i2i registry import statements.jsonl",
)
def registry() -> None:
    """The group."""


def _data_option(function: Any) -> Any:
    return option(
        "--data", "folder", metavar="FOLDER", type=click.Path(path_type=Path, file_okay=False), words=DATA
    )(function)


@command(
    "init",
    Text(
        en="Make the folder of a new registry: its keys, its empty log, and a file of settings with every option explained.",
        ja="新しい登録所のフォルダを作ります。鍵、空のログ、すべての項目に説明をつけた設定ファイルができます。",
    ),
    example="myself-i2i registry init --data registry --url https://registry.example",
    parent=registry,
)
@_data_option
@option("--url", words=Text(en="The address that people use (https).", ja="利用者が使うアドレス（https）。"))
@pass_terminal
def init(terminal: Terminal, *, folder: Path | None, url: str | None) -> None:
    """Write the settings, then open the registry once."""
    from myself_i2i.registry.settings import PREFIX  # noqa: PLC0415 - the extra `registry`

    if url is not None:
        os.environ[f"{PREFIX}URL"] = url
    settings = _settings(folder)
    path = settings.home / FILE
    if not path.exists():
        save(path, _explained(terminal, settings), new=True)
    with _opened(settings):
        terminal.say(MADE, folder=str(settings.home), file=str(path), keys=str(settings.keys_folder))


@command(
    "import",
    Text(
        en="Bring in many statements: JSON lines of envelopes, marks with their manifests in base64. Stopped or refused lines "
        "lose nothing: give the same file again.",
        ja="多数の文書をまとめて取り込みます（1行に1件の JSON。目印には base64 のマニフェスト）。途中で止まっても何も失われません。"
        "同じファイルをもう一度渡せば続きから始まります。",
    ),
    example="myself-i2i registry import statements.jsonl --data registry",
    parent=registry,
)
@argument("file", type=click.File("rb"))
@_data_option
@option(
    "--held-elsewhere",
    is_flag=True,
    words=Text(
        en="Take marks without their manifests: you know that they were held against them before.",
        ja="マニフェストのない目印も取り込みます（以前に照合済みだとわかっている場合）。",
    ),
)
@option(
    "--jobs",
    type=click.IntRange(1, 256),
    words=Text(en="Worker processes; chosen by itself otherwise.", ja="並列の数。指定がなければ自動。"),
)
@pass_terminal
@click.pass_context
def import_(
    context: click.Context,
    terminal: Terminal,
    /,
    *,
    file: IO[bytes],
    folder: Path | None,
    held_elsewhere: bool,
    jobs: int | None,
) -> None:
    """Take everything in; exit 1 when a line was left out."""

    def observe(so_far: Imported) -> None:
        terminal.say(SO_FAR, lines=so_far.lines, new=so_far.new, known=so_far.known, left=so_far.left)

    def tell(left: Left) -> None:
        terminal.warn(LEFT_OUT, number=left.line, why=terminal.text(left.why))

    with _opened(_settings(folder)) as opened:
        from myself_i2i.registry.importing import import_lines, longest_line  # noqa: PLC0415 - as above

        done = import_lines(
            _lines(file, longest_line(opened)),
            opened,
            jobs=jobs or os.cpu_count() or 1,
            held_elsewhere=held_elsewhere,
            observe=observe,
            tell=tell,
        )
    context.exit(1 if done.left else 0)


@command(
    "suspend",
    Text(
        en="Stop showing a key, or one statement, as standing. Said in the public log, with a reason; nothing is erased.",
        ja="鍵、またはひとつの文書を、停止中として表示します。理由とともに公開のログに載り、何も消えません。",
    ),
    example="myself-i2i registry suspend KEYID --reason under-review",
    parent=registry,
)
@argument("what", metavar="KEYID|DIGEST")
@option(
    "--reason", type=click.Choice([str(reason) for reason in SuspensionReason]), required=True, words=REASON
)
@_data_option
@pass_terminal
def suspend(terminal: Terminal, *, what: str, reason: str, folder: Path | None) -> None:
    """Say it as the operator."""
    _say(terminal, folder, what, SuspensionAction.SUSPEND, SuspensionReason(reason))


@command(
    "resume",
    Text(
        en="Let a suspended key or statement stand again. Said in the public log.",
        ja="停止した鍵や文書を元に戻します。公開のログに載ります。",
    ),
    example="myself-i2i registry resume KEYID",
    parent=registry,
)
@argument("what", metavar="KEYID|DIGEST")
@option(
    "--reason",
    type=click.Choice([str(reason) for reason in SuspensionReason]),
    default=str(SuspensionReason.REVIEWED),
    show_default=True,
    words=REASON,
)
@_data_option
@pass_terminal
def resume(terminal: Terminal, *, what: str, reason: str, folder: Path | None) -> None:
    """Say it as the operator."""
    _say(terminal, folder, what, SuspensionAction.RESUME, SuspensionReason(reason))


@command(
    "rebuild",
    Text(
        en="Make all tables again from the log, every signature checked anew. Manifests are kept as they are.",
        ja="すべての表をログから作り直します。署名もすべて確認しなおします。マニフェストはそのままです。",
    ),
    example="myself-i2i registry rebuild --data registry",
    parent=registry,
)
@_data_option
@pass_terminal
def rebuild(terminal: Terminal, *, folder: Path | None) -> None:
    """Rebuild."""
    with _opened(_settings(folder)) as opened:
        opened.rebuild()
    terminal.say(REBUILT)


def _say(
    terminal: Terminal, folder: Path | None, what: str, action: SuspensionAction, reason: SuspensionReason
) -> None:
    with _opened(_settings(folder)) as opened:
        said = opened.statement(what)
        if said is None and opened.maker(what) is None:
            raise UsageError(
                Text(
                    en="{what} is neither a key nor a statement of this registry",
                    ja="{what} は、この登録所の鍵でも文書でもありません",
                ).format(what=what[:80]),
                hint=Text(
                    en="give a key id or an envelope's digest, 64 hex digits",
                    ja="鍵ID か封筒のハッシュ値（16進64桁）を指定してください",
                ),
            )
        named = None
        if said is not None:
            named = SuspendedStatement(envelope=said.digest, statement=said.envelope.payload_digest)
        done = opened.suspend(
            Suspension(
                public_key=opened.keys.operator.public_key,
                action=action,
                keyid=None if named else what,
                statement=named,
                reason=reason,
                decided_at=now(),
            )
        )
    terminal.say(SAID, index=done.index)


def _settings(folder: Path | None) -> Settings:
    """Return the settings of the folder, its registry.toml included."""
    if any(find_spec(name) is None for name in NEEDED):
        raise UsageError(MISSING, hint=INSTALL)
    from myself_i2i.registry.settings import PREFIX, Settings  # noqa: PLC0415 - the extra `registry`

    environment = dict(os.environ)
    if folder is not None:
        environment[f"{PREFIX}HOME"] = str(folder)
    path = Path(
        environment.get(f"{PREFIX}FILE", "") or Path(environment.get(f"{PREFIX}HOME", "registry")) / FILE
    )
    return Settings.read(environment, path.read_bytes() if path.exists() else None)


def _opened(settings: Settings) -> Registry:
    from myself_i2i.registry.service import Registry  # noqa: PLC0415 - as above

    return Registry.open(settings)


def _lines(file: IO[bytes], longest: int) -> Iterator[bytes]:
    """Yield the lines, each within its bound: a file of one endless line must not fill the memory."""
    while line := file.readline(longest + 1):
        if len(line) > longest:
            raise LimitError(
                Text(
                    en="a line is longer than {longest} bytes", ja="{longest} バイトを超える行があります"
                ).format(longest=longest)
            )
        yield line


def _explained(terminal: Terminal, settings: Settings) -> bytes:
    """Return a settings file with every option explained; only the address is set."""
    from myself_i2i.registry.settings import OPTIONS  # noqa: PLC0415 - as above

    lines = []
    for name, words in OPTIONS.items():
        value = getattr(settings, name)
        shown = value if isinstance(value, int) else f'"{value}"'
        lines += [f"# {terminal.text(words)}", f"{'' if name == 'url' else '# '}{name} = {shown}", ""]
    return "\n".join(lines).encode()
