"""How the tool talks.

- stdout is data: what a person piped or asked for. Nothing else is ever written there.
- stderr is talk: progress, warnings, errors with their hints.
- Colours and progress bars only on a terminal; NO_COLOR is honoured.
- Text from strangers' files is shown with control characters made visible: a file must not be able to move the
  cursor, hide text or change what a line seems to say.
"""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text as Styled

from myself_i2i.errors import Error
from myself_i2i.wording import Language, Text

__all__ = ["Terminal", "visible"]

SHORT = 6
"""Up to so many files are shown one by one."""

ERROR = Text(en="error", ja="エラー")
HINT = Text(en="hint", ja="ヒント")
WARNING = Text(en="note", ja="お知らせ")


def visible(text: str) -> str:
    """Return `text` with control and direction-changing characters written as escapes (U+202E and its kind)."""
    return "".join(
        character
        if character in "\n\t" or unicodedata.category(character) not in ("Cc", "Cf", "Cs")
        else f"\\u{ord(character):04x}"
        for character in text
    )


class Terminal:
    """One run's voice, in one language."""

    def __init__(self, language: Language) -> None:
        self.language: Language = language
        self._out = Console(file=sys.stdout, highlight=False, soft_wrap=True, markup=False)
        self._err = Console(file=sys.stderr, highlight=False, soft_wrap=True, markup=False)

    def text(self, text: Text, **values: object) -> str:
        """Return the sentence in the reader's language, its gaps filled with visible text."""
        shown = {name: visible(value) if isinstance(value, str) else value for name, value in values.items()}
        return text.in_(self.language).format(**shown) if values else text.in_(self.language)

    def data(self, line: str | Text = "", *, style: str | None = None) -> None:
        """Write one line of the answer to stdout."""
        said = self.text(line) if isinstance(line, Text) else visible(line)
        self._out.print(Styled(said, style=style or ""))

    def json(self, value: Any) -> None:
        """Write one JSON value to stdout, on one line."""
        sys.stdout.write(json.dumps(value, ensure_ascii=False, allow_nan=False) + "\n")

    def raw(self, text: str) -> None:
        """Write text of our own making to stdout as it is."""
        sys.stdout.write(text)

    @staticmethod
    def is_short(files: int) -> bool:
        """Return whether so many answers can be read one by one; more are summed up in a table."""
        return files <= SHORT

    def table(self, table: Table) -> None:
        """Write a table to stdout."""
        self._out.print(table)

    def say(self, line: Text | str, **values: object) -> None:
        """Write one line of talk to stderr."""
        sys.stdout.flush()  # both may go to one file: keep them in the order they were said
        self._err.print(self.text(line, **values) if isinstance(line, Text) else visible(line))

    def warn(self, line: Text, **values: object) -> None:
        """Write a warning to stderr."""
        sys.stdout.flush()
        self._err.print(Styled(f"{WARNING.in_(self.language)}: ", "yellow") + self.text(line, **values))

    def error(self, error: Error) -> None:
        """Write an error and its hint to stderr."""
        sys.stdout.flush()
        self._err.print(
            Styled(f"{ERROR.in_(self.language)}: ", "bold red") + visible(error.message.in_(self.language))
        )
        if error.hint is not None:
            self._err.print(
                Styled(f"{HINT.in_(self.language)}: ", "bold") + visible(error.hint.in_(self.language))
            )

    @contextmanager
    def progress(self, label: Text, total: int) -> Iterator[Progress | None]:
        """Show a progress bar on stderr while the block runs; None (and nothing shown) off a terminal."""
        if not self._err.is_terminal:
            yield None
            return
        columns = (
            TextColumn(label.in_(self.language)),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=self._err, transient=True) as bar:
            bar.add_task("", total=total)
            yield bar

    def lines(self, pairs: Iterable[tuple[str, str]], *, indent: int = 2) -> None:
        """Write label and value lines, labels padded to one column."""
        rows = list(pairs)
        width = max((_columns(label) for label, _ in rows), default=0)
        for label, value in rows:
            self.data(" " * indent + label + " " * (width - _columns(label) + 2) + value)


def _columns(text: str) -> int:
    """Terminal columns a text takes: East Asian wide characters take two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
