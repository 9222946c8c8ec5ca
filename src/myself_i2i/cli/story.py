"""`myself-i2i story`: how one picture came to be, back to its sources, and the report a maker can show."""

from __future__ import annotations

import hashlib
from pathlib import Path

import click

from myself_i2i.cli._bulk import thumbnail
from myself_i2i.cli._commands import argument, command, option, pass_terminal
from myself_i2i.cli._files import expand, save
from myself_i2i.cli._home import Home, now
from myself_i2i.cli._terminal import Terminal
from myself_i2i.errors import Error, UsageError
from myself_i2i.image import image_data_digest
from myself_i2i.inspection.files import read_bounded
from myself_i2i.ledger import Ledger
from myself_i2i.predicates import Generation, Pledge
from myself_i2i.rights import LedgerStatements, SourceFile
from myself_i2i.story import (
    Document,
    Look,
    Shelf,
    Story,
    Told,
    as_json,
    draw,
    fill_shelf,
    html,
    lines,
    make_report,
    report_document,
    statements_of,
    story_document,
    svg,
    tell,
)
from myself_i2i.story import pdf as as_pdf
from myself_i2i.verification import LIMIT
from myself_i2i.wording import Text

__all__ = ["story"]

THUMBNAILS = 300
"""Most pictures shown small; a page with more would be too heavy to open."""
PAGE_KINDS, PAPER_KINDS = {".html", ".htm"}, {".pdf"}

WROTE = Text(en="wrote {path}", ja="{path} に書き出しました")
NOT_RECORDED = Text(
    en="nothing in your ledger tells how {name} was made: not recorded",
    ja="{name} の作り方は、帳簿に記録がありません（記録なし）",
)
HOW_TO = Text(
    en="a recorder writes it down when a picture is made; `myself-i2i mark` writes down what the file itself records",
    ja="記録係を入れておくと、生成時に記録されます。`myself-i2i mark` は、ファイル自身にある情報を記録します",
)


@command(
    "story",
    Text(
        en="How one picture came to be, step by step, back to its sources. From your ledger's signed records; with a drawing, a "
        "page, or a report to show to a shop or a lawyer. It shows records and finds nothing about rights.",
        ja="1枚の画像がどう作られたかを、元画像までさかのぼって示します。帳簿の署名つきの記録をもとに、図、ページ、販売サイトや弁護士に"
        "見せる報告書も作れます。示すのは記録であり、権利についての判断はしません。",
    ),
    example="myself-i2i story finished.png\nmyself-i2i story finished.png --report report.html --pictures works/",
)
@argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@option(
    "--pictures",
    type=click.Path(path_type=Path),
    multiple=True,
    words=Text(
        en="A folder in which the other pictures are looked for, to show them small.",
        ja="ほかの画像を探すフォルダ。見つかった画像を小さく表示します。",
    ),
)
@option(
    "--svg",
    "svg_to",
    type=click.Path(path_type=Path),
    words=Text(en="Draw it.", ja="図をSVGで書き出します。"),
)
@option(
    "--html",
    "html_to",
    type=click.Path(path_type=Path),
    words=Text(en="Write it as a page.", ja="1枚のページ（HTML）として書き出します。"),
)
@option(
    "--report",
    type=click.Path(path_type=Path),
    metavar="FILE.html|FILE.pdf",
    words=Text(
        en="Write the authorship report: prompts and trials over time, selection, hand work, sources, pledge.",
        ja="制作の記録の報告書を書き出します（プロンプトと試行の経過、選択、加筆修正、元画像、宣言）。",
    ),
)
@option(
    "--by",
    metavar="NAME",
    default="",
    words=Text(
        en="Who makes the report; your pledge's name otherwise.", ja="報告書の作成者。省略時は宣言の名前。"
    ),
)
@option(
    "--for",
    "recipient",
    metavar="NAME",
    default="",
    words=Text(en="For whom the report is made.", ja="報告書の提出先。"),
)
@option(
    "--json",
    "as_data",
    is_flag=True,
    words=Text(
        en="Print it as JSON (spec/story.schema.json).", ja="JSONで出力します（spec/story.schema.json）。"
    ),
)
@pass_terminal
@click.pass_context
def story(
    context: click.Context,
    terminal: Terminal,
    *,
    file: Path,
    pictures: tuple[Path, ...],
    svg_to: Path | None,
    html_to: Path | None,
    report: Path | None,
    by: str,
    recipient: str,
    as_data: bool,
) -> None:
    """Tell the story of FILE; exit 1 when nothing of it is recorded."""
    if report is not None and report.suffix.lower() not in PAGE_KINDS | PAPER_KINDS:
        raise _not_a_report(report)
    with Home(terminal).ledger() as ledger:
        told = tell(LedgerStatements(ledger), _start(file))
        shelf = _shelf(told, file, pictures, everything=report is not None)
        look = _look(terminal, told, shelf, small=any((svg_to, html_to, report)))
        made: list[tuple[Path, bytes]] = []
        if svg_to is not None:
            made.append((svg_to, svg(draw(told, look), standalone=True).encode()))
        if html_to is not None:
            made.append((html_to, html(story_document(told, look, limit=LIMIT)).encode()))
        if report is not None:
            who = Told(by=by, recipient=recipient, made_at=now())
            document = _report(ledger, told, who, look, shelf=shelf if pictures else None)
            paper = report.suffix.lower() in PAPER_KINDS
            made.append((report, as_pdf(document) if paper else html(document).encode()))
    for path, data in made:
        save(path, data)
        terminal.say(WROTE, path=str(path))
    if as_data:
        terminal.json(as_json(told, file=str(file), limit=LIMIT))
    else:
        _print(terminal, told, look, file)
    context.exit(0 if told.steps else 1)


def _start(file: Path) -> SourceFile:
    """Return the picture asked about, by its digests. Raises InputError when it is no picture we read."""
    data = read_bounded(file)
    return SourceFile(
        name=file.name, sha256=hashlib.sha256(data).hexdigest(), image_data=image_data_digest(data)
    )


def _shelf(told: Story, file: Path, folders: tuple[Path, ...], *, everything: bool) -> Shelf:
    """Return the files that are there; a report counts what was kept and so needs all of them."""
    paths = [file, *(expand(folders) if folders else ())]
    wanted = {digest for picture in told.pictures for digest in picture.sha256s}
    return fill_shelf(
        paths, names={picture.name for picture in told.pictures}, wanted=None if everything else wanted
    )


def _look(terminal: Terminal, told: Story, shelf: Shelf, *, small: bool) -> Look:
    thumbnails = {}
    for picture in told.pictures[:THUMBNAILS] if small else ():
        path = shelf.find(picture)
        try:
            preview = None if path is None else thumbnail(read_bounded(path))
        except Error:
            continue  # it could be read a moment ago; a story without its preview is still the story
        if preview is not None:
            thumbnails[picture.id] = preview
    zone = now().astimezone().tzinfo
    return Look(language=terminal.language, thumbnails=thumbnails, **({"zone": zone} if zone else {}))


def _report(ledger: Ledger, told: Story, who: Told, look: Look, *, shelf: Shelf | None) -> Document:
    made = make_report(
        told,
        LedgerStatements(ledger),
        records=statements_of(ledger, Generation.PREDICATE_TYPE),
        pledges=statements_of(ledger, Pledge.PREDICATE_TYPE),
        told=who,
        kept=None if shelf is None else shelf.kept,
    )
    return report_document(made, look, limit=LIMIT)


def _print(terminal: Terminal, told: Story, look: Look, file: Path) -> None:
    if not told.steps:
        terminal.say(NOT_RECORDED, name=file.name)
        terminal.say(HOW_TO)
        return
    for line in lines(told, look):
        terminal.data(line)
    for note in told.notes:
        terminal.warn(note)
    terminal.data(LIMIT)


def _not_a_report(path: Path) -> UsageError:
    return UsageError(
        Text(
            en="a report is written as .html or .pdf, got {name}",
            ja="報告書は .html か .pdf で書き出します（指定: {name}）",
        ).format(name=path.name),
        hint=Text(en="for example --report report.html", ja="例: --report report.html"),
    )
