"""Watching a folder for `journal watch`: saved files are noted, and what was noted is time-stamped from time to time."""

from __future__ import annotations

import time
import urllib.request
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC
from pathlib import Path
from secrets import token_bytes
from typing import Final
from urllib.parse import urlsplit

from cryptography import x509

from myself_i2i.cli._home import Home, now
from myself_i2i.cli._terminal import Terminal
from myself_i2i.cli._trust import TrustFolder
from myself_i2i.errors import Error, InputError, LedgerError, UsageError
from myself_i2i.journal import (
    RESPONSE_BYTES,
    Keeper,
    KeptStamp,
    Notebook,
    Sealed,
    Watcher,
    WorkFile,
    ask_for_stamp,
    clock,
    read_work_file,
    unstamped,
)
from myself_i2i.journal.batches import MOST
from myself_i2i.ledger import Ledger
from myself_i2i.wording import Text

__all__ = ["POLL", "Watch", "authorities", "check_address"]

POLL: Final = 1.0
"""Seconds between two looks."""
STAMP_EVERY: Final = 600.0
"""Seconds between two time-stamps; whatever was noted meanwhile shares one."""
ONCE: Final = 60.0
"""Seconds for which `--once` waits for files that are being written."""
SECONDS: Final = 30

NOTED = Text(
    en="frame {frame}: {name} noted {at}, picture sealed", ja="コマ {frame}: {name} を記録 {at}（絵柄も封印）"
)
NOTED_DIGEST = Text(
    en="frame {frame}: {name} noted {at}, by its bytes only: no picture in it could be read",
    ja="コマ {frame}: {name} を記録 {at}（中の画像を読めないため、ファイルのハッシュ値のみ）",
)
STAMPED = Text(
    en="time-stamped by {url}: {count} statements", ja="{url} のタイムスタンプを取得しました（{count} 件）"
)
ASKING = Text(en="asking {url} for a time-stamp", ja="{url} にタイムスタンプを頼みます")
LATER = Text(
    en="no time-stamp this time: {why}; what was noted waits for the next",
    ja="今回はタイムスタンプを取得できませんでした: {why}。記録した分は次の機会に取得します",
)
TRY_AGAIN = Text(en="not noted, tried again: {why}", ja="記録できませんでした。もう一度試します: {why}")
LEFT_OUT = Text(en="left out: {why}", ja="記録しませんでした: {why}")
STILL = Text(
    en="still being written after {seconds:g} seconds, not noted: run it again later",
    ja="{seconds:g} 秒待っても書き込み中のファイルがあり、記録していません。あとでもう一度実行してください",
)


@dataclass(slots=True)
class Watch:
    """One run of the command."""

    terminal: Terminal
    home: Home
    ledger: Ledger
    notebook: Notebook
    watcher: Watcher
    keyid: str
    tsa: str | None
    _asked: float = field(default=-STAMP_EVERY, init=False)
    _waits: bool = field(default=True, init=False)
    """Whether something may wait for a time-stamp; an earlier run may have left something."""

    def once(self) -> None:
        """Note what is there, waiting a while for what is being written; time-stamp. Raises Error when it cannot."""
        end = time.monotonic() + ONCE
        while True:
            self._look()
            if not self.watcher.unsettled:
                break
            if time.monotonic() > end:
                self.terminal.warn(STILL, seconds=ONCE)
                break
            time.sleep(POLL)
        self.stamp()

    def until_stopped(self) -> None:
        """Go on until interrupted; a disk that is full, or a folder that is gone, is tried again."""
        try:
            while True:
                try:
                    self._look()
                except (LedgerError, InputError) as error:
                    self.terminal.warn(TRY_AGAIN, why=self.terminal.text(error.message))
                    time.sleep(10 * POLL)
                if time.monotonic() - self._asked >= STAMP_EVERY:
                    self.stamp()
                time.sleep(POLL)
        finally:
            self.stamp()

    def stamp(self) -> None:
        """Have everything time-stamped that is not; when that fails, it is said, and the next time takes it."""
        if self.tsa is None or not self._waits:
            return
        batch = unstamped(self.ledger, self.home.path, self.keyid)
        self._waits = batch is not None
        if batch is None:
            return
        self._asked = time.monotonic()
        self.terminal.say(ASKING, url=self.tsa)
        try:
            response = ask_for_stamp(batch, self.tsa, fetcher=post, randomness=token_bytes)
            Keeper(self.home.path).keep_stamp(KeptStamp(batch, response))
        except Error as error:
            self.terminal.warn(LATER, why=self.terminal.text(error.message))
            return
        self.terminal.say(STAMPED, url=self.tsa, count=len(batch.digests))
        self._waits = len(batch.digests) == MOST

    def _look(self) -> None:
        files = list(self._read(self.watcher.saved(time.time())))
        if not files:
            return
        at = now()
        try:
            noted = self.notebook.note(files, now=at)
        except LedgerError:
            for file in files:
                self.watcher.again(Path(file.path))
            raise
        self._waits = self._waits or bool(noted)
        for frame in noted:
            self._tell(frame, clock(at, at.astimezone().tzinfo or UTC))

    def _read(self, paths: Iterable[Path]) -> Iterable[WorkFile]:
        for path in paths:
            try:
                file = read_work_file(path)
            except InputError as error:
                self.terminal.warn(LEFT_OUT, why=self.terminal.text(error.message))
                continue
            if file is not None and self.watcher.unchanged(file):
                yield file
            else:
                self.watcher.again(path)  # it was saved again meanwhile

    def _tell(self, frame: Sealed, at: str) -> None:
        words = NOTED if frame.fingerprints else NOTED_DIGEST
        self.terminal.say(words, frame=frame.frame, name=Path(frame.about.path).name, at=at)


def authorities(home: Home) -> list[x509.Certificate]:
    """Return the time-stamp authorities known here: the official list, and issuers that the person added."""
    lists = TrustFolder(home.path / "trust").lists()
    return [*lists.tsa.certificates, *lists.private.certificates]


def check_address(url: str) -> None:
    """Raise UsageError for what is no address of a time-stamp authority."""
    if urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).hostname:
        raise UsageError(
            Text(
                en="got {url}, wanted an address that begins with https:// or http://",
                ja="{url} は https:// か http:// で始まるアドレスではありません",
            ).format(url=url[:200])
        )


def post(url: str, query: bytes) -> bytes:
    """Send a time-stamp query and return the answer, bounded. Raises InputError when there is none."""
    request = urllib.request.Request(  # noqa: S310  # the scheme was checked by `check_address`
        url, data=query, headers={"Content-Type": "application/timestamp-query"}
    )
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310  # as above
            body: bytes = answer.read(RESPONSE_BYTES + 1)
    except (OSError, ValueError) as error:
        raise InputError(
            Text(en="could not ask {url}: {why}", ja="{url} に問い合わせできません: {why}").format(
                url=url, why=error
            )
        ) from error
    return body
