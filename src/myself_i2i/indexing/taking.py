"""From a file's bytes to all its fingerprints; pure, and picklable by name."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from typing import Any, Final, Self

import numpy as np
from PIL.Image import fromarray

from myself_i2i.errors import InputError
from myself_i2i.fingerprint.interface import ORIGIN, PARTS, PDQ64, Bytes, Fingerprint
from myself_i2i.fingerprint.origin import origin
from myself_i2i.fingerprint.parts import KEPT_SIDE, parts
from myself_i2i.fingerprint.pdq64 import pdq64, read_pdq64
from myself_i2i.fingerprint.reading import read_colour, read_grey
from myself_i2i.wording import Text

__all__ = ["LAYOUT_SIDE", "Taken", "algorithms", "take"]

LAYOUT_SIDE: Final = 256
"""The `side` with which pictures are read for their layout."""
_JPEG: Final = b"\xff\xd8\xff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What was taken from one file, or why nothing was."""

    fingerprints: tuple[Fingerprint, ...] = ()
    """One of each of `algorithms()`, or none when there is a `failure`."""
    shape: tuple[int, int] = (0, 0)
    """Height and width of the picture as it was read: its proportions, not its size."""
    failure: Text | None = None
    """Why there are none, in words; None when there are."""
    lasting: bool = True
    """Whether the same bytes would fail again; what a busy or broken machine did is not lasting."""

    def of(self, algorithm: str) -> Fingerprint | None:
        """Return the fingerprint by `algorithm`, or None."""
        return next((one for one in self.fingerprints if one.algorithm == algorithm), None)

    def to_json(self) -> str:
        """Return it as one line of JSON."""
        failure = None if self.failure is None else {"en": self.failure.en, "ja": self.failure.ja}
        fingerprints = [[one.algorithm, one.text, one.quality] for one in self.fingerprints]
        return json.dumps(
            {"fingerprints": fingerprints, "shape": self.shape, "failure": failure, "lasting": self.lasting}
        )

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Return what `to_json` wrote; raises `InputError` for anything else."""
        try:
            value: dict[str, Any] = json.loads(text)
            fingerprints = tuple(
                Fingerprint.from_text(str(algorithm), str(written), quality=int(quality))
                for algorithm, written, quality in value["fingerprints"]
            )
            height, width = map(int, value["shape"])
            failure, lasting = value["failure"], bool(value["lasting"])
            said = None if failure is None else Text(en=str(failure["en"]), ja=str(failure["ja"]))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise InputError(
                Text(en="these are not fingerprints", ja="指紋のデータではありません")
            ) from error
        return cls(fingerprints=fingerprints, shape=(height, width), failure=said, lasting=lasting)


def algorithms() -> tuple[str, ...]:
    """Return the algorithms that `take` uses here: parts only with the extra `closeness`."""
    return (PDQ64, ORIGIN, PARTS) if find_spec("cv2") else (PDQ64, ORIGIN)


def take(data: bytes) -> Taken:
    """Return the fingerprints of the file `data`, one of each of `algorithms()`.

    Raises `InputError` when it is no picture that can be decoded, `LimitError` when it asks for more than a bound.
    """
    if data.startswith(_JPEG):  # each is decoded as small as will do
        colour = read_colour(data, side=LAYOUT_SIDE)
        found = [read_pdq64(data), origin(colour)]
        grey = partial(read_grey, data, side=KEPT_SIDE)
    else:  # there is no small way to decode it: once, for all
        colour = read_colour(data, side=1)
        grey = partial(_grey, colour)
        found = [pdq64(grey()), origin(colour)]
    if PARTS in algorithms():
        found.append(parts(grey()))
    return Taken(fingerprints=tuple(found), shape=(colour.shape[0], colour.shape[1]))


def _grey(colour: Bytes) -> Bytes:
    """Return what `read_grey` would: the same weights, and grey that was grey before stays as it was."""
    return np.asarray(fromarray(colour).convert("L"))
