"""What `find` found, as a table, as JSON and as a page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.table import Table

from myself_i2i.bulk.chart import Bar, bar_chart
from myself_i2i.bulk.page import Card, Page, Row
from myself_i2i.cli._bulk import thumbnail
from myself_i2i.cli._terminal import Terminal, visible
from myself_i2i.comparison import Finding, Nearness, Question, finding_json, rank
from myself_i2i.comparison.private import KEEP, RULING, SHARED
from myself_i2i.comparison.words import ANSWERS, ASKED, chance_words, related_words, says
from myself_i2i.errors import Error
from myself_i2i.indexing.finding import Found, LookUp
from myself_i2i.inspection.files import read_bounded
from myself_i2i.verification import LIMIT
from myself_i2i.wording import Language, Text

__all__ = ["FoundPage", "look_up_json", "look_up_table"]

HEADS = {
    "file": Text(en="your picture", ja="自分の画像"),
    Question.SAME: Text(en="same picture (bits of 256)", ja="同じ画像（256ビット中）"),
    Question.LAYOUT: Text(en="layout (distance)", ja="構図（距離）"),
    Question.PART: Text(en="a part (strength)", ja="一部（強さ）"),
    "chance": Text(en="unrelated pairs this near", ja="無関係でもこの近さの組"),
}
CHANCE = Text(en="{seen} of {pairs}", ja="{pairs} 組中 {seen} 組")
MEASURES = {
    Question.SAME: Text(en="{answer}, {value:.0f}", ja="{answer}（{value:.0f}）"),
    Question.LAYOUT: Text(en="{answer}, {value:.2f}", ja="{answer}（{value:.2f}）"),
    Question.PART: Text(en="{answer}, {value:.1f}", ja="{answer}（{value:.1f}）"),
}
TITLE = Text(en="Near to your pictures?", ja="自分の画像に近いか")
INTRO = Text(
    en="{files} pictures were looked up in your own index. Each answer stands with how often unrelated pictures come as near.",
    ja="{files} 枚の画像を、自分の索引から探しました。どの答えにも、無関係な画像どうしでもそのくらい近くなる頻度を添えています。",
)
BARS = Text(en="Pictures looked up", ja="調べた画像")
SOME_NEAR = Text(en="near to one of yours", ja="自分の画像に近い")
SOME_UNDECIDED = Text(en="cannot tell", ja="どちらとも言えない")
NONE_NEAR = Text(en="nothing near", ja="近いものなし")
LOOKED_UP = Text(
    en="looked up among {pictures} pictures: {near} near", ja="{pictures} 枚から検索: 近いもの {near} 枚"
)
FOUND = Text(en="{answer}: {file}", ja="{answer}: {file}")
MORE = Text(en="in full", ja="くわしく")
ALSO = Text(en="also", ja="同じファイル")
BY_CHANCE = Text(en="by chance", ja="偶然")
RELATED = Text(en="related pairs", ja="関係のある組")
WROTE = Text(
    en="wrote {path}; it is for yourself: do not publish it",
    ja="{path} に書き出しました。手元だけで使い、公開しないでください",
)


def look_up_json(found: LookUp) -> dict[str, Any]:
    """Return one look-up as JSON values."""
    return {
        "failure": None,
        "index": {"files": found.files, "pictures": found.pictures},
        "found": [
            {
                "files": [str(path) for path in one.files],
                "sha256": one.sha256,
                "near": one.near,
                "questions": [finding_json(finding) for finding in one.findings],
            }
            for one in found.found
        ],
        "not_near": found.others,
        "flat": found.flat,
        "parts": found.parts,
        "truncated": found.truncated,
    }


def look_up_table(found: LookUp, terminal: Terminal) -> Table:
    """Return one look-up as a table: a line for each picture of the index that is near, or may be."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for head in HEADS.values():
        table.add_column(terminal.text(head), overflow="fold")
    for one in found.found:
        table.add_row(
            visible(str(_from_here(one.files[0]))),
            *(terminal.text(_short(finding)) for finding in one.findings),
            terminal.text(_chance(one)),
        )
    return table


class FoundPage:
    """The page: each picture that was looked up, followed by those it is near to."""

    def __init__(self, language: Language) -> None:
        self._language: Language = language
        self._page = Page(language)
        self._near = self._undecided = self._none = 0

    def add(self, path: Path, preview: str | None, found: LookUp) -> None:
        """Draw one look-up."""
        near = sum(one.near for one in found.found)
        self._near += bool(near)
        self._undecided += not near and bool(found.found)
        self._none += not found.found
        headline = LOOKED_UP.format(pictures=f"{found.pictures:,}", near=near)
        self._page.add(
            Card(
                title=path.name,
                folder=_folder(path),
                headline=headline.in_(self._language),
                tone="unknown",
                thumbnail=preview,
            )
        )
        for one in found.found:
            self._page.add(self._card(path, one))

    def write(self, path: Path, terminal: Terminal) -> None:
        """Write the page, and say so."""
        bars = [
            Bar(SOME_NEAR.in_(self._language), self._near),
            Bar(SOME_UNDECIDED.in_(self._language), self._undecided),
            Bar(NONE_NEAR.in_(self._language), self._none),
        ]
        title = BARS.in_(self._language)
        intro = (INTRO.format(files=f"{self._near + self._undecided + self._none:,}"), *KEEP, SHARED)
        self._page.write(
            path,
            title=TITLE.in_(self._language),
            intro=" ".join(text.in_(self._language) for text in intro),
            charts=[(title, bar_chart(title, bars))],
            limit=f"{RULING.in_(self._language)} {LIMIT.in_(self._language)}",
        )
        terminal.say(WROTE, path=str(path))

    def _card(self, looked_up: Path, found: Found) -> Card:
        answer = ANSWERS[Nearness.NEAR if found.near else Nearness.CANNOT_TELL]
        first, *others = found.files
        headline = FOUND.format(answer=answer, file=looked_up.name)
        return Card(
            title=first.name,
            folder=_folder(first),
            headline=headline.in_(self._language),
            tone="yes" if found.near else "unknown",
            thumbnail=_preview(first),
            rows=[self._row(ASKED[one.question], says(one)) for one in found.findings],
            details=[
                *(self._row(ALSO, Text(en=str(path), ja=str(path))) for path in others),
                *(row for one in found.findings for row in self._details(one)),
            ],
            fold=MORE.in_(self._language),
        )

    def _details(self, finding: Finding) -> list[Row]:
        told = ((BY_CHANCE, chance_words(finding)), (RELATED, related_words(finding)))
        rows = [self._row(label, words) for label, words in told if words is not None]
        return [*rows, *(self._row(ASKED[finding.question], note) for note in finding.notes)]

    def _row(self, label: Text, value: Text) -> Row:
        return Row(label.in_(self._language), value.in_(self._language))


def _short(finding: Finding) -> Text:
    answer = ANSWERS[finding.answer]
    return (
        answer
        if finding.value is None
        else MEASURES[finding.question].format(answer=answer, value=finding.value)
    )


def _chance(found: Found) -> Text:
    chance = min(found.findings, key=rank).chance
    return (
        Text(en="", ja="")
        if chance is None
        else CHANCE.format(seen=f"{chance.seen:,}", pairs=f"{chance.pairs:,}")
    )


def _from_here(path: Path) -> Path:
    """Return the shorter way to say where a file is."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _folder(path: Path) -> str:
    return "" if str(path.parent) == "." else str(path.parent)


def _preview(path: Path) -> str | None:
    try:
        return thumbnail(read_bounded(path))
    except Error:
        return None  # it was there when it was indexed
