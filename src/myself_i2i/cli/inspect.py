"""`myself-i2i inspect`: how was this file made, and did an image file go in?"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import click

from myself_i2i import __version__
from myself_i2i.c2pa.trust import TrustSettings
from myself_i2i.cli._bulk import Plan, thumbnail, work_through
from myself_i2i.cli._commands import argument, command, option, pass_terminal
from myself_i2i.cli._files import expand
from myself_i2i.cli._home import Home
from myself_i2i.cli._overview import Overview
from myself_i2i.cli._sources import Library
from myself_i2i.cli._terminal import Terminal
from myself_i2i.cli._trust import TrustFolder
from myself_i2i.cli._words import ANSWERS, MODES, QUESTION, ROLES, word
from myself_i2i.errors import UsageError
from myself_i2i.inspection.files import inspect_bytes, read_bounded
from myself_i2i.inspection.manifests import manifest_reader
from myself_i2i.inspection.matching import match_inputs
from myself_i2i.inspection.report import Inspection
from myself_i2i.ledger import ledger_path
from myself_i2i.verification.evidence import LIMIT
from myself_i2i.wording import Text

__all__ = ["bulk_options", "inspect", "inspect_one", "own_library", "settings_digest"]

LABELS = {
    "tool": Text(en="tool", ja="ツール"),
    "mode": Text(en="how", ja="作り方"),
    "model": Text(en="model", ja="モデル"),
    "strength": Text(en="strength", ja="強度"),
    "input": Text(en="input", ja="入力画像"),
    "signed": Text(en="signed by", ja="署名"),
    "because": Text(en="because", ja="記載"),
    "note": Text(en="note", ja="注記"),
    "loras": Text(en="LoRA and the like", ja="LoRAなど"),
}
MATCHED = Text(en="= {name}", ja="＝ {name}")
WEAK = Text(
    en="same file name as {name}: a hint only", ja="{name} とファイル名が同じ（手がかりにすぎません）"
)
REMARK = Text(en="({note})", ja="（{note}）")
UNNAMED = Text(en="(not named)", ja="（名前なし）")
LEFT_OUT = Text(
    en="left out of --sources, not a picture we read: {name}", ja="--sources で読めなかったファイル: {name}"
)
EVIDENCE_SHOWN = 4


def inspect_one(
    path: Path, *, trust: TrustSettings, library: Library | None = None, preview: bool = False
) -> dict[str, Any]:
    """Inspect one file; what runs in a worker process. Returns the JSON of spec/inspection.md (and a preview)."""
    data = read_bounded(path)
    found: Inspection = inspect_bytes(data, name=str(path), manifest_reader=manifest_reader(trust))
    if library is not None:
        found = match_inputs(found, library.index)
        shown = tuple(replace(match, source=Library.shown(match.source)) for match in found.matches)
        found = replace(found, matches=shown)
    result = found.to_json()
    if preview:
        result["thumbnail"] = thumbnail(data)
    return result


def bulk_options(function: Any) -> Any:
    """The options that every command over many files has."""
    for decorate in (
        option(
            "--html",
            type=click.Path(path_type=Path, dir_okay=False),
            words=Text(
                en="Write a page with thumbnails and charts.",
                ja="サムネイルとグラフの付いたページを書き出します。",
            ),
        ),
        option(
            "--resume",
            type=click.Path(path_type=Path, dir_okay=False),
            words=Text(
                en="Keep finished results in this file and take the run up from there.",
                ja="終わった結果をこのファイルに残し、次はその続きから始めます。",
            ),
        ),
        option(
            "--jobs",
            type=click.IntRange(1, 256),
            words=Text(
                en="Worker processes; chosen by itself otherwise.", ja="並列の数。指定がなければ自動。"
            ),
        ),
        option(
            "--json",
            "as_json",
            is_flag=True,
            words=Text(en="One JSON object a line.", ja="1行に1つのJSONで出力します。"),
        ),
    ):
        function = decorate(function)
    return function


@command(
    "inspect",
    Text(
        en="How was this file made, and did an image file go in? Reads what the generator wrote into PNG, JPEG, WebP and "
        "AVIF files. Not recorded means exactly that.",
        ja="画像がどう作られたか、画像が入力されたかを調べます。生成ツールがPNG・JPEG・WebP・AVIFに書いた情報を読みます。"
        "「記録なし」は、書かれていないというだけの意味です。",
    ),
    example="myself-i2i inspect picture.png\nmyself-i2i inspect pictures/ --html report.html",
)
@argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@option(
    "--sources",
    type=click.Path(path_type=Path),
    multiple=True,
    words=Text(
        en="A folder of pictures that recorded inputs may be found in.",
        ja="入力画像の候補が入ったフォルダ。記録された入力と照合します。",
    ),
)
@bulk_options
@pass_terminal
def inspect(
    terminal: Terminal,
    *,
    paths: tuple[Path, ...],
    sources: tuple[Path, ...],
    html: Path | None,
    resume: Path | None,
    jobs: int | None,
    as_json: bool,
) -> None:
    """Inspect every file; a broken one is a line of its own."""
    home = Home(terminal)
    files = expand(paths)
    library = own_library(home, sources, terminal)
    settings = TrustFolder(home.path / "trust").settings()
    work = partial(inspect_one, trust=settings, library=library, preview=html is not None)
    plan = Plan(jobs=jobs, resume=resume, settings=settings_digest("inspect", home, settings, sources, html))
    overview = Overview(terminal, html, what="inspect")
    for done in work_through(files, work, plan, terminal):
        result = done.result or Inspection(file=str(done.path), error=done.failure).to_json()
        overview.add_inspection(result)
        result.pop("thumbnail", None)
        if as_json:
            terminal.json(result)
        elif len(files) == 1 or terminal.is_short(len(files)):
            render(terminal, result)
    overview.finish(as_json=as_json, files=len(files))
    if not as_json:
        terminal.data(LIMIT)


def settings_digest(what: str, home: Home, trust: TrustSettings, *others: object) -> str:
    """Return what results depend on besides the files, so that a resumed run never shows a stale answer."""
    head = ""
    if ledger_path(home.path).exists():
        with home.ledger() as ledger:
            head = ledger.head.hash
    return hashlib.sha256(
        "\n".join([what, __version__, head, trust.json, *map(str, others)]).encode()
    ).hexdigest()


def own_library(home: Home, folders: tuple[Path, ...], terminal: Terminal) -> Library:
    """Return the person's declared sources and the pictures in `folders` as one index."""
    library = Library()
    if (home.path / "ledger.sqlite").exists():
        with home.ledger() as ledger:
            library.add_ledger(ledger)
    for folder in folders:
        if not folder.exists():
            raise UsageError(Text(en="there is no {path}", ja="{path} がありません").format(path=folder))
        for left_out in library.add_files(expand([folder])):
            terminal.warn(LEFT_OUT, name=str(left_out))
    return library


def render(terminal: Terminal, result: dict[str, Any]) -> None:
    """Write one file's answer for a person."""
    terminal.data(result["file"], style="bold")
    if result["error"]:
        terminal.data(f"  {result['error'][terminal.language]}")
        return
    answer = terminal.text(word(ANSWERS, result["image_input"]))
    tool = " ".join(filter(None, (result["tool"], result["tool_version"]))) or terminal.text(
        ANSWERS["not_recorded"]
    )
    rows = [
        (terminal.text(QUESTION), answer),
        (terminal.text(LABELS["tool"]), tool),
        (terminal.text(LABELS["mode"]), terminal.text(word(MODES, result["mode"]))),
    ]
    if result["model"]:
        rows.append((terminal.text(LABELS["model"]), result["model"]))
    if result["strength"] is not None:
        rows.append((terminal.text(LABELS["strength"]), f"{result['strength']:g}"))
    rows += [(terminal.text(LABELS["input"]), describe_input(terminal, item)) for item in result["inputs"]]
    if loras := result["extras"].get("loras"):
        rows.append((terminal.text(LABELS["loras"]), ", ".join(map(str, loras))))
    if result["attested_by"]:
        rows.append((terminal.text(LABELS["signed"]), result["attested_by"]))
    rows += [
        (terminal.text(LABELS["because"]), f"{e['key']} = {e['value'][:120]}")
        for e in result["evidence"][:EVIDENCE_SHOWN]
    ]
    rows += [(terminal.text(LABELS["note"]), note[terminal.language]) for note in result["notes"]]
    terminal.lines(rows)


def describe_input(terminal: Terminal, item: dict[str, Any]) -> str:
    """One image input in words: role, name, digest, what is known of the name, and which of the person's files it is."""
    name = item["name"] or item["urn"] or terminal.text(UNNAMED)
    parts = [f"{name[:120]} [{terminal.text(word(ROLES, item['role']))}]"]
    if item["sha256"]:
        parts.append(f"sha256 {item['sha256'][:12]}…")
    parts += [f"{kind} {digest[:12]}" for kind, digest in item["hashes"].items()]
    if item["note"]:
        parts.append(terminal.text(REMARK, note=item["note"][terminal.language]))
    parts += [
        terminal.text(WEAK if match["weak"] else MATCHED, name=match["source"])
        for match in item["matches"][:3]
    ]
    return "  ".join(parts)
