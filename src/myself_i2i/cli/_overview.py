"""The end of a long run: one summary table on stdout, one page for looking."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any, Literal

from rich.table import Table

from myself_i2i.bulk.chart import Bar, bar_chart
from myself_i2i.bulk.page import Page
from myself_i2i.bulk.summary import Summary
from myself_i2i.cli._cards import check_card, inspection_card
from myself_i2i.cli._terminal import Terminal, visible
from myself_i2i.cli._words import AGREEMENTS, ANSWERS, INTEGRITY, MODES, QUESTION, ROLES, SIGNERS, word
from myself_i2i.verification.evidence import LIMIT, STEPS
from myself_i2i.wording import Text

__all__ = ["Overview"]

WORDS = {
    "files": Text(en="files", ja="ファイル"),
    "failed": Text(en="could not be read", ja="読めなかったファイル"),
    "modes": Text(en="how made", ja="作り方"),
    "tools": Text(en="tools", ja="ツール"),
    "intact": Text(en="the file", ja="ファイル"),
    "signer": Text(en="who signed, known to whom", ja="署名した人を知っているのは"),
    "steps": Text(en="who says so", ja="根拠の段階"),
    "consistency": Text(en="the file's own metadata against the declaration", ja="ファイル自身の情報と申告"),
    "without": Text(en="inputs without a rights basis yet", ja="使ってよい根拠がまだない入力画像"),
}
TITLES = {
    "inspect": Text(en="How these pictures were made", ja="画像の作られ方"),
    "check": Text(en="What is said about these pictures", ja="画像について言われていること"),
}
INTROS = {
    "inspect": Text(
        en="{files} files. What the files record about themselves; “not recorded” means that the file does not say, in "
        "either direction. t2i makes a picture from words alone; i2i makes it from an image file that is given.",
        ja="{files}件。ファイル自身に書かれていることです。「記録なし」は、書かれていないというだけで、どちらの意味でも"
        "ありません。t2iは文章だけから、i2iは渡した画像ファイルをもとに画像をつくる方法です。",
    ),
    "check": Text(
        en="{files} files. Who says what about each picture, and whether the file's own metadata agrees. A file without "
        "a mark says nothing about anyone.",
        ja="{files}件。だれが何を言っているか、ファイル自身の情報と合っているかをまとめました。目印がないことは、"
        "だれについても何も示しません。",
    ),
}
WROTE = Text(en="wrote {path}", ja="{path} を書き出しました")
MOST_ROWS = 12


class Overview:
    """Counts as results come, and writes table and page at the end."""

    def __init__(self, terminal: Terminal, html: Path | None, *, what: Literal["inspect", "check"]) -> None:
        self.summary = Summary()
        self._terminal = terminal
        self._html = html
        self._what = what
        self._page = Page(terminal.language) if html is not None else None

    def add_inspection(self, result: dict[str, Any]) -> None:
        """Count one file's inspection and draw its card."""
        failed = bool(result["error"])
        self.summary.add(
            answer=None if failed else result["image_input"],
            mode=None if failed else result["mode"],
            tool=None if failed else result["tool"] or self._text(ANSWERS["not_recorded"]),
            without_basis=[
                item["name"] or self._text(word(ROLES, item["role"]))
                for item in result["inputs"]
                if item["role"] != "mask" and not any(not match["weak"] for match in item["matches"])
            ],
            failed=failed,
        )
        if self._page is not None:
            self._page.add(inspection_card(result, self._terminal.language))

    def add_check(self, result: dict[str, Any], thumbnail: str | None) -> None:
        """Count one file's check and draw its card."""
        claims = result["claims"]
        self.summary.add(
            answer=claims["image_input"],
            mode=claims["mode"] or "unknown",
            step=result["step"],
            integrity=result["intact"]["answer"],
            signer=result["signer"]["answer"],
            consistency=result["consistency"]["answer"],
            failed=result["intact"]["answer"] == "unreadable",
        )
        if self._page is not None:
            self._page.add(check_card(result, thumbnail, self._terminal.language))

    def finish(self, *, as_json: bool, files: int) -> None:
        """Write the table (for more than one file) and the page."""
        if files > 1 and not as_json:
            self._terminal.table(self._table())
        if self._page is not None and self._html is not None:
            title = self._text(TITLES[self._what])
            intro = self._text(INTROS[self._what].format(files=f"{self.summary.files:,}"))
            charts = [(heading, bar_chart(heading, bars)) for heading, bars in self._charts() if bars]
            self._page.write(self._html, title=title, intro=intro, charts=charts, limit=self._text(LIMIT))
            self._terminal.say(WROTE, path=str(self._html))

    def _text(self, text: Text) -> str:
        return text.in_(self._terminal.language)

    def _sections(self) -> list[tuple[str, Counter[str], dict[str, Text]]]:
        steps = {step.value: words.name for step, words in STEPS.items()}
        return [
            (self._text(QUESTION), self.summary.answers, ANSWERS),
            (self._text(WORDS["modes"]), self.summary.modes, MODES),
            (self._text(WORDS["tools"]), self.summary.tools, {}),
            (self._text(WORDS["intact"]), self.summary.integrity, INTEGRITY),
            (self._text(WORDS["signer"]), self.summary.signers, SIGNERS),
            (self._text(WORDS["steps"]), self.summary.steps, steps),
            (self._text(WORDS["consistency"]), self.summary.consistency, AGREEMENTS),
            (self._text(WORDS["without"]), self.summary.without_basis, {}),
        ]

    def _charts(self) -> list[tuple[str, list[Bar]]]:
        return [
            (
                heading,
                [
                    Bar(self._text(word(names, key)), n, COLOURS.get(key))
                    for key, n in counts.most_common(MOST_ROWS)
                ],
            )
            for heading, counts, names in self._sections()
        ]

    def _table(self) -> Table:
        table = Table(box=None, pad_edge=False, show_header=False)
        table.add_column()
        table.add_column(justify="right")
        table.add_row(self._text(WORDS["files"]), f"{self.summary.files:,}", style="bold")
        if self.summary.failures:
            table.add_row(self._text(WORDS["failed"]), f"{self.summary.failures:,}")
        for heading, counts, names in self._sections():
            if counts:
                table.add_row("")
                table.add_row(heading, style="bold")
            for key, count in counts.most_common(MOST_ROWS):
                table.add_row("  " + visible(self._text(word(names, key))), f"{count:,}")
            if len(counts) > MOST_ROWS:
                table.add_row(
                    "  …", f"{sum(counts.values()) - sum(n for _, n in counts.most_common(MOST_ROWS)):,}"
                )
        return table


COLOURS = {"yes": "#e69f00", "no": "#0072b2", "not_recorded": "#8a8a8a", "unknown": "#8a8a8a"}
"""The colours of the three answers, the same in charts and on cards."""
