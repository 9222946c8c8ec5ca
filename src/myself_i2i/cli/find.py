"""`myself-i2i find`: is a picture near to one of the person's own, as their index knows them?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import click

from myself_i2i.cli._bulk import Plan, thumbnail, work_through
from myself_i2i.cli._commands import argument, command, option, pass_terminal
from myself_i2i.cli._files import expand
from myself_i2i.cli._found import FoundPage, look_up_json, look_up_table
from myself_i2i.cli._home import Home
from myself_i2i.cli._terminal import Terminal
from myself_i2i.cli.index import INDEX
from myself_i2i.comparison import Looks
from myself_i2i.comparison.as_json import both
from myself_i2i.comparison.private import SHARED
from myself_i2i.indexing.finding import LookUp
from myself_i2i.indexing.finding import find as find_near
from myself_i2i.indexing.own_index import OwnIndex
from myself_i2i.inspection.files import read_bounded
from myself_i2i.verification import LIMIT
from myself_i2i.wording import Text

__all__ = ["find"]

SCHEMA = "myself-i2i-find/1"
LOOKING = Text(en="looking up", ja="探しています")
UNREADABLE = Text(en="could not be read", ja="読めませんでした")
NOTHING = Text(
    en="{file}: nothing near among {pictures} pictures", ja="{file}: {pictures} 枚の中に近いものはありません"
)
SOME = Text(
    en="{file}: near {near} of {pictures} pictures; of {undecided} it cannot be told",
    ja="{file}: {pictures} 枚のうち {near} 枚に近い（{undecided} 枚は、どちらとも言えません）",
)
FLAT = Text(
    en="{file} has too little structure for all three questions to be asked",
    ja="{file} は手がかりになる構造が少なく、三つの問いのすべては調べられません",
)
NO_PARTS = Text(
    en="parts were not looked for: pip install 'myself-i2i[closeness]'",
    ja="画像の一部は探していません。必要なら: pip install 'myself-i2i[closeness]'",
)
TRUNCATED = Text(
    en="more pictures were within reach of {file} than were compared; the nearest were",
    ja="{file} に近い候補が多すぎたため、近いものから順に比べられる分だけを比べました",
)
LEFT_OUT = Text(
    en="{count} more, of which it cannot be told, are not shown: --limit",
    ja="どちらとも言えない画像がほかに {count} 枚あります（--limit で増やせます）",
)
MANY = Text(
    en="the more pictures are in the index, the more come near by chance: these were looked for among {pictures}",
    ja="索引の画像が多いほど、偶然近くなるものも増えます（今回は {pictures} 枚の中から探しました）",
)


@dataclass(frozen=True, slots=True)
class FindJob:
    """What is the same for every picture."""

    folder: Path
    """The index; each process opens it."""
    preview: bool
    """Whether small previews are wanted."""


def find_path(path: Path, *, job: FindJob) -> dict[str, Any]:
    """Look one picture up; what runs in a worker process."""
    data = read_bounded(path)
    found = find_near(_opened(job.folder), Looks.of(data))
    return {"found": found, "thumbnail": thumbnail(data) if job.preview else None}


@lru_cache(maxsize=1)
def _opened(folder: Path) -> OwnIndex:
    return OwnIndex.open(folder)


@command(
    "find",
    Text(
        en="Is a picture near to one of yours? Looks it up in the index that `index` made: the same picture saved again, "
        "mirrored or turned; the layout kept; a part of yours in it. Nothing leaves this machine. Exit 0 whatever the answer "
        "is, 1 when a picture could not be read.",
        ja="画像が、自分の画像のどれかに近いかを調べます。`index` で作った索引から、同じ画像の保存し直し（反転や回転も）、構図の一致、"
        "自分の画像の一部が使われているものを探します。通信はしません。答えが何であっても終了コードは 0、読めない画像があれば 1 です。",
    ),
    example="myself-i2i find suspect.jpg\nmyself-i2i find suspects/ --html found.html",
)
@argument("paths", metavar="PICTURE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@option(
    "--limit",
    type=click.IntRange(1, 200),
    default=5,
    words=Text(
        en="Most pictures shown of which it cannot be told; near ones are always shown. 5 otherwise.",
        ja="「どちらとも言えない」画像を表示する数。近いものはすべて表示します。指定がなければ 5。",
    ),
)
@option(
    "--html",
    type=click.Path(path_type=Path, dir_okay=False),
    words=Text(en="Write a page with thumbnails.", ja="サムネイルの付いたページを書き出します。"),
)
@option(
    "--jobs",
    type=click.IntRange(1, 256),
    words=Text(en="Worker processes; chosen by itself otherwise.", ja="並列の数。指定がなければ自動。"),
)
@option(
    "--json",
    "as_json",
    is_flag=True,
    words=Text(en="One JSON object a line.", ja="1行に1つのJSONで出力します。"),
)
@pass_terminal
@click.pass_context
def find(
    context: click.Context,
    terminal: Terminal,
    *,
    paths: tuple[Path, ...],
    limit: int,
    html: Path | None,
    jobs: int | None,
    as_json: bool,
) -> None:
    """Look every picture up; one that cannot be read is a line of its own."""
    job = FindJob(Home(terminal).path / INDEX, preview=html is not None)
    OwnIndex.open(job.folder).close()  # said once, before any worker starts
    page = None if html is None else FoundPage(terminal.language)
    failed, pictures = False, 0
    try:
        for done in work_through(
            expand(paths), partial(find_path, job=job), Plan(jobs=jobs), terminal, LOOKING
        ):
            if done.result is None:
                failed = True
                _tell_failure(terminal, done.path, done.failure or UNREADABLE, as_json=as_json)
                continue
            found: LookUp = done.result["found"]
            pictures = found.pictures
            shown = _tell(terminal, done.path, found, limit=limit, as_json=as_json)
            if page is not None:
                page.add(done.path, done.result["thumbnail"], shown)
    finally:
        _let_go(job.folder)
    if page is not None and html is not None:
        page.write(html, terminal)
    if not as_json:
        for text in (MANY.format(pictures=f"{pictures:,}"), SHARED, LIMIT):
            terminal.say(text)
    context.exit(1 if failed else 0)


def _let_go(folder: Path) -> None:
    """Close the index that this process opened; workers end with theirs."""
    if _opened.cache_info().currsize:
        _opened(folder).close()
        _opened.cache_clear()


def _tell(terminal: Terminal, path: Path, found: LookUp, *, limit: int, as_json: bool) -> LookUp:
    """Say what was found for one picture; return what of it was said."""
    shown, left = found.cut(limit)
    if as_json:
        terminal.json({"schema": SCHEMA, "file": str(path), **look_up_json(shown), "limit": both(LIMIT)})
        return shown
    near = sum(one.near for one in shown.found)
    words = SOME if shown.found else NOTHING
    terminal.data(
        words.format(
            file=path, near=near, undecided=len(shown.found) - near + left, pictures=f"{shown.pictures:,}"
        )
    )
    if shown.found:
        terminal.table(look_up_table(shown, terminal))
    for wanted, text in (
        (left, LEFT_OUT),
        (shown.flat, FLAT),
        (not shown.parts, NO_PARTS),
        (shown.truncated, TRUNCATED),
    ):
        if wanted:
            terminal.say(text.format(count=left, file=path))
    return shown


def _tell_failure(terminal: Terminal, path: Path, why: Text, *, as_json: bool) -> None:
    if as_json:
        terminal.json({"schema": SCHEMA, "file": str(path), "failure": both(why)})
    else:
        terminal.data(f"{path}: {terminal.text(why)}")
