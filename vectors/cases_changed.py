"""Marks that something happened to."""

from __future__ import annotations

import io

from PIL import Image
from tests.support.foreign import ShortLived
from tests.support.marked import (
    generated,
    i2i,
    marked,
    plain,
)
from tests.support.pictures import chunk, png, text_chunk

from myself_i2i.image import strip_generation_metadata
from vectors.case import (
    ALICE,
    GOOD,
    PICTURE,
    REFUSED,
    Case,
)

__all__ = ["CHANGED"]


def flipped(data: bytes, word: bytes) -> bytes:
    """One bit changed, a little after a word."""
    place = data.index(word) + len(word) + 24
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def saved_again(data: bytes) -> bytes:
    """Decoded and encoded anew, metadata gone."""
    buffer = io.BytesIO()
    Image.open(io.BytesIO(data)).save(buffer, "JPEG", quality=80)
    return buffer.getvalue()


def expired() -> bytes:
    """A mark whose certificate ended."""
    short = ShortLived(ALICE)
    data = marked(short.person, generated("png")).data
    short.wait()
    return data


def after_header(data: bytes, part: bytes) -> bytes:
    """A PNG with something put right after its header."""
    return data[:33] + part + data[33:]


CHANGED = [
    Case(
        name="pixel_changed_fail",
        what="One bit of the coded picture changed.",
        why="Neither hard binding nor image data digest fit any more.",
        make=lambda: flipped(i2i(ALICE).data, b"IDAT"),
        expected={**REFUSED, "intact": "changed", "step": "tagged"},
    ),
    Case(
        name="text_added_fail",
        what="A text chunk added after marking.",
        why="The file is not the signed one; the statements still name its picture and are used.",
        make=lambda: after_header(i2i(ALICE).data, text_chunk("Comment", "hello")),
        expected={**GOOD, "intact": "changed", "consistent": False},
    ),
    Case(
        name="trailing_bytes_fail",
        what="Bytes appended after marking.",
        why="The hash covers the whole file.",
        make=lambda: i2i(ALICE).data + b"trailing",
        expected={**GOOD, "intact": "changed", "consistent": False},
    ),
    Case(
        name="xmp_edited_fail",
        what="The keyword in the XMP changed after marking.",
        why="The hash covers the XMP.",
        make=lambda: i2i(ALICE).data.replace(b"Myself_i2i</rdf:li>", b"Myself_i2j</rdf:li>"),
        expected={**GOOD, "intact": "changed", "consistent": False},
    ),
    Case(
        name="assertion_changed_fail",
        what="A role in the mark's assertion changed; every envelope in it is whole.",
        why="The claim's hash of the assertion does not fit, so the signer does not vouch for it.",
        make=lambda: i2i(ALICE).data.replace(b'"roles":["init"]', b'"roles":["mask"]'),
        expected={**REFUSED, "intact": "changed", "step": "tagged"},
    ),
    Case(
        name="cut_short_fail",
        what="The last third is missing.",
        why="What is left cannot be read to its end.",
        make=lambda: (data := i2i(ALICE, "jpeg").data)[: len(data) * 2 // 3],
        suffix="jpeg",
        expected={"marked": False, "intact": "changed", "consistent": False},
    ),
    Case(
        name="moved_fail",
        what="The manifest store of a marked picture put into another picture.",
        why="Hard binding and image data digest are of the first picture.",
        make=lambda: png(64, 64, seed=3, chunks=[chunk(b"caBX", i2i(ALICE).manifest_store)]),
        expected={**REFUSED, "intact": "changed"},
    ),
    Case(
        name="stripped_fail",
        what="A site removed all metadata.",
        why="Nothing is there to check; that shows nothing in any direction.",
        make=lambda: plain().data,
        expected={
            "marked": False,
            "refused": False,
            "intact": "nothing_to_check",
            "signer": "nobody",
            "step": "not_recorded",
            "consistent": False,
        },
    ),
    Case(
        name="stripped_sidecar_fail",
        what="A stripped copy with the store that was kept beside the original.",
        why="The coded picture is the marked one, so the statements are used; the file's bytes are not.",
        make=lambda: strip_generation_metadata(PICTURE.data),
        sidecar=lambda: i2i(ALICE).manifest_store,
        expected={**GOOD, "intact": "changed", "consistency": "silent", "consistent": False},
    ),
    Case(
        name="saved_again_sidecar_fail",
        what="A copy that a site saved as JPEG anew, with the store of the original.",
        why="No part of it is the marked one, and nothing here may guess that it looks alike.",
        make=lambda: saved_again(i2i(ALICE).data),
        suffix="jpeg",
        sidecar=lambda: i2i(ALICE).manifest_store,
        expected={**REFUSED, "intact": "changed"},
    ),
    Case(
        name="expired_fail",
        what="A mark under a certificate that ended, without a time-stamp.",
        why="Whoever holds the key could still sign with it and set the clock back.",
        make=expired,
        expected={**GOOD, "intact": "expired", "consistent": False},
    ),
]
