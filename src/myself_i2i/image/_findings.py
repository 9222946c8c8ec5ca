"""The one place where a walk over a stranger's file pays for what it keeps.

Each reader of a container hands its finds here; the bounds of `LIMITS` hold over the whole file, so ten chunks
just below a bound cannot do together what one above it may not.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from myself_i2i.errors import LimitError
from myself_i2i.image.interface import LIMITS, TextEntry
from myself_i2i.wording import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Findings", "decode_text", "inflate", "limit_error"]

MOST_NOTES = 200  # a file of 20,000 broken chunks needs no 20,000 sentences
INFLATE_STEP = 1 << 20


def limit_error(what: Text, got: int | str, bound: int) -> LimitError:
    """Return the error that says which bound a file went over."""
    return LimitError(
        Text(
            en=f"{what.en}: got {got}, read at most {bound}",
            ja=f"{what.ja}が上限を超えています（{got}。上限は{bound}）",
        ),
        hint=Text(
            en="save the picture again without its metadata, or give a smaller file",
            ja="メタデータを除いて保存し直すか、小さいファイルを指定してください",
        ),
    )


def decode_text(raw: bytes) -> str:
    """Return `raw` as UTF-8 where it is valid UTF-8, as Latin-1 otherwise; never raises.

    NovelAI and ComfyUI write UTF-8 into tEXt although the PNG specification says Latin-1 there.
    """
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def inflate(raw: bytes | memoryview, bound: int, *, gzip: bool = False) -> tuple[bytes, bool]:
    """Return what `raw` decompresses to, and whether the stream was whole.

    Stops a decompression bomb: raises `LimitError` as soon as the output would pass `bound` bytes, having made no
    more than that. A damaged or cut stream gives what was readable before the damage.
    """
    machine = zlib.decompressobj(wbits=31 if gzip else 15)
    made = bytearray()
    pending: bytes | memoryview = raw
    try:
        while not machine.eof:
            piece = machine.decompress(pending, min(INFLATE_STEP, bound + 1 - len(made)))
            made += piece
            if len(made) > bound:
                raise limit_error(
                    Text(en="decompressed text in bytes", ja="展開後の文字情報のバイト数"), f">{bound}", bound
                )
            pending = machine.unconsumed_tail
            if not piece and not pending:
                break
    except zlib.error:
        return bytes(made), False
    return bytes(made), machine.eof


class Findings:
    """What one walk has found so far; owned by one call of `read_container`, never shared."""

    def __init__(self) -> None:
        self.width = 0
        self.height = 0
        self.has_alpha = False
        self.lossless = False
        self.texts: list[TextEntry] = []
        self.exif: dict[str, str] = {}
        self.xmp: str | None = None
        self.comments: list[str] = []
        self.manifest_store: bytes | None = None
        self.notes: list[str] = []
        self._spent = 0

    def note(self, sentence: str) -> None:
        """Keep what was broken or skipped."""
        if len(self.notes) < MOST_NOTES:
            self.notes.append(sentence)

    @property
    def room(self) -> int:
        """How many bytes one more text value may have."""
        return min(LIMITS.text, LIMITS.texts - self._spent)

    def spend(self, size: int) -> None:
        """Account for `size` bytes of text; raises `LimitError` past the bounds."""
        if size > self.room:
            raise limit_error(
                Text(en="text in the file in bytes", ja="ファイル内の文字情報のバイト数"), size, self.room
            )
        self._spent += size

    def add_text(self, keyword: str, text: str, chunk: str) -> None:
        """Keep one text entry, up to `LIMITS.entries` of them."""
        if len(self.texts) < LIMITS.entries:
            self.texts.append(TextEntry(keyword=keyword, text=text, chunk=chunk))
            return
        sentence = f"more than {LIMITS.entries} text entries, the rest skipped"
        if sentence not in self.notes:
            self.note(sentence)

    def add_comment(self, raw: bytes) -> None:
        """Keep one JPEG comment."""
        self.spend(len(raw))
        if len(self.comments) < LIMITS.entries:
            self.comments.append(decode_text(raw).rstrip("\0"))

    def add_xmp(self, raw: bytes, where: str) -> None:
        """Keep the first XMP packet; a second one is noted."""
        if self.xmp is not None:
            self.note(f"{where}: a second XMP packet, skipped")
            return
        self.spend(len(raw))
        self.xmp = _decode_xmp(raw)

    def add_exif(self, values: Mapping[str, str]) -> None:
        """Keep EXIF strings; a name already found keeps its first value."""
        for name, value in values.items():
            if name not in self.exif:
                self.spend(len(value))
                self.exif[name] = value

    def add_manifest_store(self, raw: bytes, where: str) -> None:
        """Keep the first C2PA manifest store; a second one is noted."""
        if self.manifest_store is None:
            self.manifest_store = raw
        else:
            self.note(f"{where}: a second C2PA manifest store, skipped")


def _decode_xmp(raw: bytes) -> str:
    """Return the packet as text; XMP is UTF-8 almost always, UTF-16 where the byte order mark says so."""
    if raw[:2] in {b"\xfe\xff", b"\xff\xfe"}:
        return raw.decode("utf-16", errors="replace")
    return decode_text(raw.removeprefix(b"\xef\xbb\xbf"))
