"""A segment: one immutable file of codes with the tables of multi-index hashing, mapped into memory. spec/search.md.

A segment is derived data. It is written whole under its final checksum or not at all, and a file that is not, byte
for byte, what was written is never searched: `read_segment` gives None, and the caller scans the truth instead.
"""

from __future__ import annotations

import json
import mmap
import os
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import numpy as np

from myself_i2i.search.mih import Codes, Tables, bucket_table, widths, words

__all__ = ["FORMAT", "HEADER_BYTES", "SUFFIX", "Segment", "read_segment", "write_segment"]

FORMAT: Final = "myself-i2i-segment-1"
"""Stands in the header; another layout gets another name."""
HEADER_BYTES: Final = 4096
"""Where the arrays begin: a page, so that they lie well in memory."""
SUFFIX: Final = ".segment"

_CHUNK: Final = 2**24


@dataclass(frozen=True, slots=True)
class Segment:
    """What is said of a segment where it is listed: enough to know its file from any other."""

    name: str
    """The file's name without suffix; never used twice."""
    kind: str
    """The kind whose codes it holds."""
    bits: int
    """Length of a code in bits."""
    after: int
    """It holds the codes of all records of its kind with sequence numbers greater than this ..."""
    upto: int
    """... and not greater than this, that were live when it was written. May hold codes of deleted ones as well."""
    count: int
    """How many codes, each once, at least 1."""
    checksum: int
    """CRC-32 of all that follows the header."""

    @property
    def header(self) -> bytes:
        """The file's first `HEADER_BYTES` bytes: there is one right header for a segment, and readers compare it whole."""
        said = {"format": FORMAT, **asdict(self), "widths": widths(self.bits, self.count)}
        return json.dumps(said, separators=(",", ":")).encode().ljust(HEADER_BYTES - 1) + b"\n"


def write_segment(folder: Path, codes: Codes, *, name: str, kind: str, after: int, upto: int) -> Segment:
    """Write the codes (each once, at least one) with their tables to `folder`; durable once this returns.

    Raises `OSError` when the disk does not take it; no half-written file is left then under the segment's name.
    """
    path = folder / (name + SUFFIX)
    unfinished = path.with_suffix(".unfinished")
    bits = codes.shape[1] * 64
    try:
        with unfinished.open("wb+") as file:
            file.seek(HEADER_BYTES)
            for part in _parts(codes, widths(bits, len(codes))):
                file.write(part)
            file.flush()
            # Of what the disk gives back, so that what it did not take well is noticed now.
            segment = Segment(name, kind, bits, after, upto, len(codes), _checksum(unfinished))
            file.seek(0)
            file.write(segment.header)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
        _sync_folder(folder)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    return segment


def read_segment(folder: Path, segment: Segment) -> Tables | None:
    """Return the segment's tables, mapped; None when the file is not byte for byte what was written.

    Reads the whole file once. Raises `FileNotFoundError` when there is none. The file MUST not be shortened while
    mapped; nothing of ours does that, and deleting it is safe.
    """
    path = folder / (segment.name + SUFFIX)
    sizes = widths(segment.bits, segment.count)
    columns, buckets = segment.bits // 64, sum(1 << size for size in sizes) + 1
    counts = (segment.count * columns, buckets, segment.count * len(sizes))
    with path.open("rb") as file:
        whole = HEADER_BYTES + 8 * counts[0] + 4 * (counts[1] + counts[2])
        if os.fstat(file.fileno()).st_size != whole or file.read(HEADER_BYTES) != segment.header:
            return None
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    if _checksum(path) != segment.checksum:
        return None
    codes = np.frombuffer(mapped, "<u8", counts[0], HEADER_BYTES)
    starts = np.frombuffer(mapped, "<u4", counts[1], HEADER_BYTES + 8 * counts[0])
    rows = np.frombuffer(mapped, "<u4", counts[2], HEADER_BYTES + 8 * counts[0] + 4 * counts[1])
    return Tables(codes.reshape(-1, columns), sizes, starts, rows)


def _parts(codes: Codes, sizes: tuple[int, ...]) -> Iterator[memoryview]:
    """Yield what follows the header: codes, where all buckets start, row numbers word by word."""
    yield np.ascontiguousarray(codes, "<u8").data
    yield np.zeros(1, "<u4").data
    rows = []
    for at, (word, size) in enumerate(zip(words(codes, sizes), sizes, strict=True)):
        ends, numbers = bucket_table(word, size)
        yield (ends + np.uint32(at * len(codes))).astype("<u4", copy=False).data
        rows.append(numbers)
    for numbers in rows:
        yield numbers.astype("<u4", copy=False).data


def _checksum(path: Path) -> int:
    found = 0
    with path.open("rb") as file:
        file.seek(HEADER_BYTES)
        while chunk := file.read(_CHUNK):
            found = zlib.crc32(chunk, found)
    return found


def _sync_folder(folder: Path) -> None:
    """Make the file's name durable as well; systems that cannot open a folder keep names by themselves."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
