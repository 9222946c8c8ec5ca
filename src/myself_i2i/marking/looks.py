"""How the marked picture looks, so that its mark is found again when a site took it out of the file."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from PIL.Image import fromarray

from myself_i2i.c2pa import labels
from myself_i2i.errors import InputError
from myself_i2i.fingerprint.interface import Fingerprint
from myself_i2i.fingerprint.iscc import iscc, iscc_unit
from myself_i2i.fingerprint.pdq64 import LEAST_QUALITY, pdq64, read_pdq64
from myself_i2i.fingerprint.reading import read_colour
from myself_i2i.wording import Text

__all__ = ["Looks", "looks_of"]

FULL: Final = 2**31
"""A shorter side that no picture has: a JPEG is then decoded at its size."""
_JPEG: Final = b"\xff\xd8\xff"
_UNREAD: Final = Text(
    en="the picture could not be decoded, so its mark cannot be found again by how it looks",
    ja="画像を復号できなかったため、見た目から目印を探し出すことはできません",
)
_FLAT: Final = Text(
    en="the picture has too little structure for its mark to be found again by how it looks",
    ja="画像に手がかりになる構造が少ないため、見た目から目印を探し出すことはできません",
)


@dataclass(frozen=True, slots=True)
class Looks:
    """What is written of a picture's looks."""

    same: Fingerprint
    """pdq64_v1, for our own assertion."""
    code: Fingerprint
    """iscc_v0 of 256 bits, for the soft binding."""

    def soft_binding(self) -> dict[str, Any]:
        """Return the assertion `c2pa.soft-binding` (C2PA 2.4, "Soft Binding"): one block, the whole picture.

        The value is base64 text: the library writes no CBOR byte strings (spec/mark.md).
        """
        value = base64.b64encode(iscc_unit(self.code)).decode("ascii")
        data = {"alg": labels.SOFT_BINDING_ISCC, "blocks": [{"scope": {}, "value": value}], "pad": []}
        return {"label": labels.SOFT_BINDING, "data": data, "created": True}


def looks_of(data: bytes) -> tuple[Looks | None, tuple[Text, ...]]:
    """Return how the picture file `data` looks, and what the maker should know when that is not to be had.

    Costs one decoding: an ISCC is the one that others get only from the picture at full size.
    """
    try:
        colour = read_colour(data, side=FULL)
        # A JPEG's own grey is not quite that of its colours; what others read of the file counts.
        same = (
            read_pdq64(data) if data.startswith(_JPEG) else pdq64(np.asarray(fromarray(colour).convert("L")))
        )
    except InputError:
        return None, (_UNREAD,)
    if same.quality < LEAST_QUALITY:
        return None, (_FLAT,)
    return Looks(same, iscc(colour)), ()
