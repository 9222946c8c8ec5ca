"""`myself-i2i index`: the person's own index of pictures, made and kept up to date, to be searched with `find`."""

from __future__ import annotations

from collections import Counter
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import click

from myself_i2i.cli._commands import argument, command, option, pass_terminal
from myself_i2i.cli._files import expand
from myself_i2i.cli._home import Home
from myself_i2i.cli._terminal import Terminal
from myself_i2i.errors import UsageError
from myself_i2i.fingerprint.interface import PARTS
from myself_i2i.fingerprint.taking import algorithms
from myself_i2i.indexing.own_index import OwnIndex
from myself_i2i.indexing.running import Indexed, Outcome, index_files, prune
from myself_i2i.indexing.spreading import FEW, here, spread
from myself_i2i.wording import Text

__all__ = ["INDEX", "index"]

SCHEMA = "myself-i2i-index/1"
INDEX = "index"
"""The folder of the index, in the person's data folder."""
READING = Text(en="fingerprinting", ja="指紋を取っています")
SENDING = Text(
    en="the pictures are sent to the workers of {address}",
    ja="画像を {address} の計算ノードに送って処理します",
)
SUMMARY = Text(
    en="{added} added, {known} known, {unchanged} unchanged, {failed} could not be read",
    ja="追加 {added} 件、登録済み {known} 件、変更なし {unchanged} 件、読めない {failed} 件",
)
PRUNED = Text(
    en="{pruned} forgotten that are no longer there", ja="なくなったファイル {pruned} 件を除きました"
)
STANDS = Text(
    en="the index holds {pictures} pictures in {files} files; it stays on this machine",
    ja="索引には {files} ファイル・{pictures} 枚の画像があります。索引はこのパソコンの外に出ません",
)
WITHOUT_PARTS = Text(
    en="parts of pictures are left out: pip install 'myself-i2i[closeness]'",
    ja="画像の一部を探すための指紋は省きました。必要なら: pip install 'myself-i2i[closeness]'",
)


@command(
    INDEX,
    Text(
        en="Make an index of your pictures, or bring it up to date, to look others up in with `find`. A run that was "
        "stopped goes on where it was; files that did not change are passed over. Exit 0 when all could be read, 1 when "
        "some could not.",
        ja="手元の画像の索引を作ります（2回目からは変わった分だけ更新します）。`find` でこの索引を検索できます。"
        "途中で止めても続きから始まります。すべて読めれば終了コード 0、読めないファイルがあれば 1 です。",
    ),
    example="myself-i2i index pictures/\nmyself-i2i find suspect.jpg",
)
@argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@option(
    "--prune",
    "pruning",
    is_flag=True,
    words=Text(
        en="Forget indexed files that are no longer there.", ja="なくなったファイルを索引から除きます。"
    ),
)
@option(
    "--scheduler",
    metavar="ADDRESS",
    words=Text(
        en="Use this Dask cluster (tcp://HOST:PORT). It gets the pictures, and can run code here: only one you trust.",
        ja="この Dask クラスタ（tcp://ホスト:ポート）で処理します。画像が送られ、相手はこのパソコンでプログラムを動かせるので、信頼できるものだけを指定してください。",
    ),
)
@option(
    "--jobs",
    type=click.IntRange(1, 256),
    words=Text(
        en="Processes on this machine; chosen by itself otherwise.", ja="並列の数。指定がなければ自動。"
    ),
)
@option(
    "--json",
    "as_json",
    is_flag=True,
    words=Text(en="One JSON object a line.", ja="1行に1つのJSONで出力します。"),
)
@pass_terminal
@click.pass_context
def index(
    context: click.Context,
    terminal: Terminal,
    *,
    paths: tuple[Path, ...],
    pruning: bool,
    scheduler: str | None,
    jobs: int | None,
    as_json: bool,
) -> None:
    """Index every file; a broken one is a line of its own."""
    if scheduler is not None and jobs is not None:
        raise UsageError(
            Text(
                en="--scheduler and --jobs exclude each other", ja="--scheduler と --jobs は同時に使えません"
            )
        )
    files = list(dict.fromkeys(path.absolute() for path in expand(paths)))
    if scheduler is not None:
        terminal.say(SENDING, address=scheduler)
    if PARTS not in algorithms():
        terminal.warn(WITHOUT_PARTS)
    home = Home(terminal)
    home.make()
    counted: Counter[Outcome] = Counter()
    with OwnIndex.open(home.path / INDEX, write=True) as own, terminal.progress(READING, len(files)) as bar:
        take = partial(spread, jobs=jobs, scheduler=scheduler) if _many(files, scheduler, jobs) else here
        for one in index_files(own, files, algorithms(), take):
            counted[one.outcome] += 1
            if bar is not None:
                bar.advance(bar.task_ids[0])
            _tell(terminal, one, as_json=as_json)
        for one in prune(own) if pruning else ():
            counted[one.outcome] += 1
            _tell(terminal, one, as_json=as_json)
        stands = own.catalogue.counts()
    terminal.say(SUMMARY, **{str(outcome): counted[outcome] for outcome in Outcome})
    if counted[Outcome.PRUNED]:
        terminal.say(PRUNED, pruned=counted[Outcome.PRUNED])
    terminal.say(STANDS, files=stands[0], pictures=stands[1])
    context.exit(1 if counted[Outcome.FAILED] else 0)


def _many(files: list[Path], scheduler: str | None, jobs: int | None) -> bool:
    """Whether a cluster is worth starting; without Dask one process does all, unless one was asked for."""
    if scheduler is not None:
        return True
    return find_spec("distributed") is not None and (jobs or 0) != 1 and (bool(jobs) or len(files) > FEW)


def _tell(terminal: Terminal, one: Indexed, *, as_json: bool) -> None:
    if as_json:
        failure = None if one.failure is None else {"en": one.failure.en, "ja": one.failure.ja}
        terminal.json({"schema": SCHEMA, "file": str(one.path), "outcome": one.outcome, "error": failure})
    elif one.failure is not None:
        terminal.data(f"{one.path}: {terminal.text(one.failure)}")
