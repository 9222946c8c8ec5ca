"""`myself-i2i mark`: join what the file, the ledger and the maker say, and write it into a copy of the picture."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import Any

import click

from myself_i2i.cli._bulk import Plan, work_through
from myself_i2i.cli._commands import argument, command, option, pass_terminal
from myself_i2i.cli._files import expand
from myself_i2i.cli._home import Home, now
from myself_i2i.cli._marking import BESIDE, MarkJob, mark_path
from myself_i2i.cli._postkit import write_badges
from myself_i2i.cli._sources import subject_of
from myself_i2i.cli._terminal import Terminal
from myself_i2i.cli.inspect import own_library
from myself_i2i.declaration import GivenSource, parse_by_hand, parse_source
from myself_i2i.errors import Error, InputError, RightsError, UsageError
from myself_i2i.inspection.files import read_bounded
from myself_i2i.ledger import ledger_path
from myself_i2i.verification.pledge import current_pledge
from myself_i2i.wording import Text

__all__ = ["mark"]

MARKING = Text(en="marking", ja="目印を付けています")
NOT_MARKED = Text(en="not marked: {path}", ja="目印を付けませんでした: {path}")
SUMMARY = Text(en="{done} marked, {left} not", ja="目印あり {done} 件、なし {left} 件")
ASKING = Text(en="asking the time-stamp server {url}", ja="タイムスタンプ局 {url} に問い合わせます")


@command(
    "mark",
    Text(
        en="Write a mark into a copy of your pictures: how each was made, every source and why you may use it, and your "
        "pledge. Pixels are never touched, and the original only with --in-place.",
        ja="画像のコピーに目印を書き込みます。どう作ったか、元画像とそれを使ってよい根拠、そして宣言が入ります。"
        "画素は一切変えず、元のファイルも --in-place を付けない限り触りません。",
    ),
    example='myself-i2i mark picture.png\nmyself-i2i mark finished.png --as "i2i drawing.png"',
)
@argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    words=Text(
        en="Folder for the marked copies; `marked` beside each file otherwise.",
        ja="書き出し先のフォルダ。省略時は元のファイルの隣の marked。",
    ),
)
@option(
    "--as",
    "typed",
    metavar='"MODE [ROLE=]FILE…"',
    words=Text(
        en="Say how it was made where the file does not record it.",
        ja="ファイルに記録がないとき、作り方と元画像を自分で申告します。",
    ),
)
@option(
    "--source",
    "named",
    multiple=True,
    metavar="[ROLE=]FILE",
    words=Text(
        en="A source that went in but is not identified in the file.",
        ja="ファイルの記録だけでは特定できない元画像。",
    ),
)
@option(
    "--sources",
    type=click.Path(path_type=Path),
    multiple=True,
    words=Text(
        en="A folder in which recorded inputs are looked for.", ja="記録された入力画像を探すフォルダ。"
    ),
)
@option(
    "--seal-sources",
    "seal",
    is_flag=True,
    words=Text(
        en="Keep to yourself how your sources look: no fingerprints of them in the mark, which says so.",
        ja="元画像の見た目の指紋を目印に入れません（入れていないことは目印に書かれます）。",
    ),
)
@option(
    "--insist",
    is_flag=True,
    words=Text(en="Declare although the file says otherwise.", ja="ファイルの記録と違っていても申告します。"),
)
@option(
    "--strip-prompts",
    is_flag=True,
    words=Text(
        en="Leave the generator's own metadata out of the copy.",
        ja="生成ツールの情報（プロンプトなど）をコピーから取り除きます。",
    ),
)
@option(
    "--prompt",
    metavar="TEXT",
    words=Text(en="Publish this prompt in the metadata.", ja="このプロンプトを公開情報として書き込みます。"),
)
@option("--in-place", is_flag=True, words=Text(en="Replace the original.", ja="元のファイルを置き換えます。"))
@option(
    "--tsa",
    metavar="URL",
    words=Text(
        en="Ask this RFC 3161 server for a time-stamp (network).",
        ja="このタイムスタンプ局（RFC 3161）に問い合わせます（通信あり）。",
    ),
)
@option(
    "--jobs",
    type=click.IntRange(1, 256),
    words=Text(en="Worker processes; chosen by itself otherwise.", ja="並列の数。指定がなければ自動。"),
)
@pass_terminal
@click.pass_context
def mark(
    context: click.Context,
    terminal: Terminal,
    *,
    paths: tuple[Path, ...],
    out: Path | None,
    typed: str | None,
    named: tuple[str, ...],
    sources: tuple[Path, ...],
    seal: bool,
    insist: bool,
    strip_prompts: bool,
    prompt: str | None,
    in_place: bool,
    tsa: str | None,
    jobs: int | None,
) -> None:
    """Mark every file; one that cannot be marked is said and left alone. Exit 1 when any was."""
    if out is not None and in_place:
        raise UsageError(
            Text(en="--out and --in-place exclude each other", ja="--out と --in-place は同時に使えません")
        )
    files = expand(paths, skip=frozenset({BESIDE}))  # copies of an earlier run are not marked again
    by_hand = None if typed is None else parse_by_hand(typed, backslash_escapes=os.sep != "\\")
    listed = (*(by_hand.sources if by_hand else ()), *(parse_source(word) for word in named))
    home = Home(terminal)
    key = home.key()
    with home.ledger() as ledger:
        kept = current_pledge(ledger, key.public_key)
    if tsa is not None:
        terminal.say(ASKING, url=tsa)
    library = own_library(home, sources, terminal)
    given = [(_given(role, Path(file)), Path(file)) for role, file in listed]
    job = MarkJob(
        ledger=ledger_path(home.path),
        key_pem=key.to_pem(),
        pledge=kept.envelope.to_json(),
        chain_pem=home.certificate(key, kept.pledge.display_name or key.public_key.short_form),
        library=library,
        given=tuple(one for one, _ in given),
        files={**library.files(), **{one.sha256: path for one, path in given if one.sha256}},
        seal=seal,
        by_hand=by_hand,
        insist=insist,
        strip=strip_prompts,
        prompt=prompt,
        tsa_url=tsa,
        out=out,
        in_place=in_place,
        at=now(),
    )
    _check_targets(files, job)
    done = _mark_all(terminal, files, job, jobs)
    if len(files) > 1:
        terminal.say(SUMMARY, done=done, left=len(files) - done)
    context.exit(0 if done == len(files) else 1)


def _given(role: str, path: Path) -> GivenSource:
    return GivenSource(role, subject_of(path, read_bounded(path), pixels=True))


def _check_targets(files: list[Path], job: MarkJob) -> None:
    """Refuse to let one marked copy overwrite another of the same name from a different folder."""
    seen: dict[Path, Path] = {}
    for path in files:
        other = seen.setdefault(job.target(path), path)
        if other is not path:
            raise UsageError(
                Text(
                    en="{one} and {other} would both be written to {target}",
                    ja="{one} と {other} の書き出し先が、どちらも {target} になります",
                ).format(one=path, other=other, target=job.target(path)),
                hint=Text(
                    en="mark one folder at a time, or leave --out away",
                    ja="フォルダごとに実行するか、--out を外してください",
                ),
            )


def _mark_all(terminal: Terminal, files: list[Path], job: MarkJob, jobs: int | None) -> int:
    done = 0
    folders = set()
    for one in work_through(files, partial(mark_path, job=job), Plan(jobs=jobs), terminal, MARKING):
        result = one.result
        if result is None or "error" in result:
            terminal.say(NOT_MARKED, path=str(one.path))
            terminal.error(_error(result, one.failure))
            continue
        for note in result["notes"]:
            terminal.warn(Text(**note))
        terminal.data(f"{result['target']}  {result['code']}")
        folders.add(Path(result["target"]).parent)
        done += 1
    for folder in sorted(folders):
        write_badges(folder)
    return done


def _error(result: dict[str, Any] | None, failure: Text | None) -> Error:
    if result is None:
        return InputError(failure or NOT_MARKED)
    return RightsError(Text(**result["error"]), hint=Text(**result["hint"]) if result["hint"] else None)
