"""A stranger's picture, read apart: bytes in memory only, in a process that may die of them, and nothing else does.

What comes back are fingerprints. The picture itself is written nowhere and forgotten with the request.
"""

from __future__ import annotations

import asyncio
import json
import struct
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Final

import numpy as np

from myself_i2i.errors import Error, InputError, LimitError
from myself_i2i.fingerprint.framing import inside
from myself_i2i.fingerprint.interface import Fingerprint
from myself_i2i.fingerprint.iscc import iscc
from myself_i2i.fingerprint.pdq64 import LEAST_QUALITY, as_flat, orientations, read_orientations
from myself_i2i.fingerprint.reading import FULL, read_colour, read_grey
from myself_i2i.image import read_container
from myself_i2i.indexing import apart
from myself_i2i.indexing.apart import Apart
from myself_i2i.registry.api.errors import CODES, HttpError
from myself_i2i.wording import Text

__all__ = ["Looks", "Pictures", "read_looks", "serve"]

QUEUE: Final = 8
"""Pictures that may wait for each process; one more is told to come again."""
FRAMED: Final = 1024
"""Samples of the shorter side at which a screenshot's page is looked for, where there are as many."""
_PIXELS: Final = struct.Struct(">Q")


@dataclass(frozen=True, slots=True)
class Looks:
    """How a picture looks, as far as the registry looks anything up."""

    pdq64: tuple[bytes, ...]
    """Its `pdq64_v1` as it is, and turned and mirrored: 8 codes; 8 more of what stands in it when it looks like a
    screenshot. None when it is too flat to be looked up by it."""
    iscc: bytes | None
    """Its `iscc_v0` of 256 bits; None when it is too flat."""
    flat: tuple[bytes, ...] = ()
    """Its `pdq64flat_v1`, 8 codes, when it has little structure."""


def read_looks(data: bytes, *, pixels: int) -> Looks:
    """Return how the picture file `data` looks.

    Raises `InputError` when it is no picture that can be decoded, `LimitError` when it has more than `pixels`.
    """
    header = read_container(data)
    if header.width * header.height > pixels:
        raise LimitError(
            Text(
                en="the picture has {got} pixels, wanted at most {most}",
                ja="画像の画素数 {got} が上限 {most} を超えています",
            ).format(got=header.width * header.height, most=pixels)
        )
    turned = read_orientations(data)
    if turned[0].quality < LEAST_QUALITY:
        return Looks((), None, tuple(one.value for one in turned) if as_flat(turned[0]) else ())
    codes = tuple(one.value for one in (*turned, *_framed(data)))
    return Looks(codes, iscc(read_colour(data, side=FULL)).value)


def _framed(data: bytes) -> tuple[Fingerprint, ...]:
    """Return the fingerprints of the picture in a screenshot, none when it is no screenshot or the picture is too flat."""
    grey = read_grey(data, side=FRAMED)
    box = inside(grey)
    if box is None:
        return ()
    top, left, bottom, right = box
    turned = orientations(np.ascontiguousarray(grey[top:bottom, left:right]))
    return turned if turned[0].quality >= LEAST_QUALITY else ()


class Pictures:
    """Reads pictures in `processes` processes below this one, started when first needed. `close` it."""

    def __init__(self, *, processes: int, pixels: int, seconds: float) -> None:
        self._pixels = _PIXELS.pack(pixels)
        self._seconds = seconds
        self._room = processes * (1 + QUEUE)
        self._threads = ThreadPoolExecutor(processes, thread_name_prefix="picture")
        self._idle: SimpleQueue[Apart] = SimpleQueue()
        for _ in range(processes):
            self._idle.put(Apart(__name__))

    async def read(self, data: bytes) -> Looks:
        """Return how a picture looks.

        Raises `InputError` and `LimitError` as `read_looks`, also when it ended its process or took too long, and a 503
        when too many wait.
        """
        if self._room == 0:
            raise HttpError(503, CODES[503])
        self._room -= 1
        reading = asyncio.get_running_loop().run_in_executor(self._threads, self._read, data)
        try:
            return _from_json(await asyncio.shield(reading))
        finally:
            # Not when this request ends, but when the thread does: it cannot be stopped half-way.
            reading.add_done_callback(self._done)

    def close(self) -> None:
        """End the processes, once they are done with what they read."""
        self._threads.shutdown(cancel_futures=True)
        while not self._idle.empty():
            self._idle.get().close()

    def _done(self, reading: asyncio.Future[bytes]) -> None:
        self._room += 1
        if not reading.cancelled():
            reading.exception()  # seen, also when nobody waits any more

    def _read(self, data: bytes) -> bytes:
        process = self._idle.get()
        try:
            return process.ask(self._pixels + data, self._seconds)
        finally:
            self._idle.put(process)


def serve() -> None:
    """Be the process below."""
    apart.serve(_answer)


def _answer(data: bytes) -> bytes:
    (pixels,) = _PIXELS.unpack_from(data)
    try:
        looks = read_looks(data[_PIXELS.size :], pixels=pixels)
    except Error as error:
        return _failure(error.message, limit=isinstance(error, LimitError))
    except MemoryError:
        return _failure(_TOO_MUCH, limit=True)
    except Exception:  # noqa: BLE001  # any failure is this picture's
        return _failure(_UNREADABLE, limit=False)
    told = {
        "pdq64": [code.hex() for code in looks.pdq64],
        "iscc": None if looks.iscc is None else looks.iscc.hex(),
        "flat": [code.hex() for code in looks.flat],
    }
    return json.dumps(told).encode()


def _failure(said: Text, *, limit: bool) -> bytes:
    return json.dumps({"en": said.en, "ja": said.ja, "limit": limit}).encode()


def _from_json(text: bytes) -> Looks:
    """Return what the process below said; raises `InputError`: a picture that took it over may have written it."""
    try:
        told = json.loads(text)
        if "en" in told:
            raise (LimitError if told["limit"] else InputError)(Text(en=str(told["en"]), ja=str(told["ja"])))
        turned = tuple(bytes.fromhex(code) for code in told["pdq64"])
        flat = tuple(bytes.fromhex(code) for code in told["flat"])
        return Looks(turned, None if told["iscc"] is None else bytes.fromhex(told["iscc"]), flat)
    except (ValueError, TypeError, KeyError) as error:
        raise InputError(_UNREADABLE) from error


_TOO_MUCH: Final = Text(
    en="the picture needs more memory than there is for one", ja="画像の処理に必要なメモリが上限を超えました"
)
_UNREADABLE: Final = Text(en="the picture cannot be read", ja="画像を読めません")
