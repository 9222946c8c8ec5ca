"""`myself-i2i compare`: how near two pictures are, in private, with dates first and without a verdict."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click

from myself_i2i.cli._commands import argument, command, option, pass_terminal
from myself_i2i.cli._dates import Calendar
from myself_i2i.cli._files import save
from myself_i2i.cli._home import Home, now
from myself_i2i.cli._journal_page import zone_here
from myself_i2i.cli._terminal import Terminal
from myself_i2i.comparison import (
    Comparison,
    Looks,
    NearestFrame,
    Side,
    comparison_document,
    comparison_json,
    nearest_frame,
)
from myself_i2i.comparison import (
    compare as compare_pictures,
)
from myself_i2i.comparison.page import NOTHING_SIGNED, frame_words
from myself_i2i.comparison.private import CHOSEN, KEEP, RULING, SHARED
from myself_i2i.comparison.words import ASKED, chance_words, missed_words, related_words, says
from myself_i2i.inspection.files import read_bounded
from myself_i2i.journal import clock
from myself_i2i.story import Look, Told, html, pdf
from myself_i2i.verification import LIMIT
from myself_i2i.wording import Text

__all__ = ["compare"]

WROTE = Text(
    en="wrote {path}; it is for yourself and whoever it was made for: do not publish it",
    ja="{path} に書き出しました。ご自身と、見せる相手だけのものです。公開しないでください",
)
DATED = Text(en="{name}: {when}, {says}", ja="{name}: {when}、{says}")
UNDATED = Text(en="{name}: {says}", ja="{name}: {says}")
CHANCE = Text(en="  by chance: {says}", ja="  偶然: {says}")
RELATED = Text(en="  related pairs: {says}", ja="  関係のある組: {says}")
MISSED = Text(en="  real pairs that this question misses: {says}", ja="  この問いが見落とす実際の組: {says}")
NOTE = Text(en="  {says}", ja="  {says}")


@command(
    "compare",
    Text(
        en="How near are two pictures? Dates first, then three questions: the same picture saved again, the layout kept as i2i "
        "keeps it, a part of one in the other. Each with how often it is wrong. For you alone; it finds nothing about persons.",
        ja="2枚の画像がどれくらい近いかを調べます。まず日付、次に三つの問い（同じ画像の保存し直しか、i2i で残るような構図の一致があるか、"
        "一方の一部がもう一方にあるか）に、どれくらい外れるかを添えて答えます。手元で使うためのもので、人についての判断はしません。",
    ),
    example="myself-i2i compare mine.png theirs.jpg\nmyself-i2i compare mine.png theirs.jpg --html comparison.html",
)
@argument("mine", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@argument("theirs", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@option(
    "--html",
    "html_to",
    type=click.Path(path_type=Path),
    words=Text(
        en="Write the report as a page, with drawings.",
        ja="報告を、図の入ったページ（HTML）として書き出します。",
    ),
)
@option(
    "--pdf",
    "pdf_to",
    type=click.Path(path_type=Path),
    words=Text(en="Write it as a PDF.", ja="報告をPDFで書き出します。"),
)
@option("--by", metavar="NAME", default="", words=Text(en="Who makes the report.", ja="報告の作成者。"))
@option(
    "--for",
    "recipient",
    metavar="NAME",
    default="",
    words=Text(en="For whom it is made; yourself otherwise.", ja="報告を見せる相手。省略時は自分用。"),
)
@option(
    "--json",
    "as_data",
    is_flag=True,
    words=Text(
        en="Print it as JSON (spec/comparison.schema.json).",
        ja="JSONで出力します（spec/comparison.schema.json）。",
    ),
)
@pass_terminal
def compare(
    terminal: Terminal,
    *,
    mine: Path,
    theirs: Path,
    html_to: Path | None,
    pdf_to: Path | None,
    by: str,
    recipient: str,
    as_data: bool,
) -> None:
    """Compare; exit 0 whatever the answers are, for none of them is a failure."""
    with closing(Calendar(Home(terminal))) as calendar:
        sides = [_side(path, calendar) for path in (mine, theirs)]
        frame = nearest_frame(sides[1].looks, calendar.frames())
    found = compare_pictures(sides[0].looks, sides[1].looks)
    told = Told(by=by, recipient=recipient, made_at=now())
    look = Look(language=terminal.language, zone=zone_here())
    if html_to is not None or pdf_to is not None:
        document = comparison_document(found, sides[0], sides[1], look, told=told, limit=LIMIT, frame=frame)
        if html_to is not None:
            save(html_to, html(document).encode())
            terminal.say(WROTE, path=str(html_to))
        if pdf_to is not None:
            save(pdf_to, pdf(document))
            terminal.say(WROTE, path=str(pdf_to))
    if as_data:
        terminal.json(comparison_json(found, sides[0], sides[1], told=told, limit=LIMIT, frame=frame))
    else:
        _print(terminal, found, sides, frame, look)


def _side(path: Path, calendar: Calendar) -> Side:
    data = read_bounded(path)
    return Side(path.name, Looks.of(data), calendar.dates(data))


def _print(
    terminal: Terminal, found: Comparison, sides: list[Side], frame: NearestFrame | None, look: Look
) -> None:
    for side in sides:
        for one in sorted(side.dates, key=lambda dated: dated.at):
            terminal.data(DATED.format(name=side.name, when=clock(one.at, look.zone), says=one.says))
        if not side.dates:
            terminal.data(UNDATED.format(name=side.name, says=NOTHING_SIGNED))
    if frame is not None:
        terminal.data(frame_words(frame, look))
    for finding in found.findings:
        terminal.data()
        terminal.data(ASKED[finding.question], style="bold")
        terminal.data(NOTE.format(says=says(finding)))
        for words, text in ((CHANCE, chance_words(finding)), (RELATED, related_words(finding))):
            if text is not None:
                terminal.data(words.format(says=text))
        terminal.data(MISSED.format(says=missed_words(finding.question)))
        for note in finding.notes:
            terminal.data(NOTE.format(says=note))
    terminal.data()
    for text in (SHARED, CHOSEN, *KEEP, RULING, LIMIT):
        terminal.data(text)
