"""Work-in-progress files as paint programs write them, made by code: the smallest that hold a picture."""

from __future__ import annotations

import io
import sqlite3
import struct
import zipfile
from contextlib import closing

import numpy as np
from PIL import Image, ImageDraw

COLOURS = ((200, 60, 40), (40, 90, 180), (30, 140, 70), (240, 190, 60))


def drawing(stage: int, *, seed: int = 7, size: tuple[int, int] = (240, 320)) -> Image.Image:
    """A drawing at one stage of the work: lines first, then shapes, then more of both. `stage` is 1 or more."""
    chance = np.random.default_rng(seed)
    height, width = size
    picture = Image.new("RGB", (width, height), (250, 248, 240))
    draw = ImageDraw.Draw(picture)
    for step in range(stage * 6):
        box = sorted(chance.uniform(0, 1, 2)), sorted(chance.uniform(0, 1, 2))
        corners = [box[0][0] * width, box[1][0] * height, box[0][1] * width, box[1][1] * height]
        draw.ellipse(corners, fill=COLOURS[step % 4] if step % 3 else None, outline=(20, 20, 30), width=3)
    return picture


def png(picture: Image.Image) -> bytes:
    """The picture as PNG."""
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def jpeg(picture: Image.Image, quality: int = 80) -> bytes:
    """The picture as JPEG."""
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return out.getvalue()


def psd(
    picture: Image.Image, *, composite: bool = True, packed: bool = False, layers: bytes = b"junk" * 9
) -> bytes:
    """A PSD with resources, layers that nobody should look into, and the picture as its composite."""
    samples = np.asarray(picture.convert("RGB"))
    height, width, channels = samples.shape
    head = b"8BPS" + struct.pack(">H6xHIIHH", 1, channels, height, width, 8, 3)
    version = struct.pack(">IB", 1, composite) + struct.pack(">I", 0) * 2 + struct.pack(">I", 1)
    resources = b"".join(_resource(number, body) for number, body in ((1005, bytes(16)), (1057, version)))
    planes = samples.transpose(2, 0, 1)
    if packed:
        rows = [_pack_bits(row.tobytes()) for plane in planes for row in plane]
        body = b"\0\1" + b"".join(struct.pack(">H", len(row)) for row in rows) + b"".join(rows)
    else:
        body = b"\0\0" + planes.tobytes()
    sections = [b"", resources, layers]
    return head + b"".join(struct.pack(">I", len(one)) + one for one in sections) + body


def _resource(number: int, body: bytes) -> bytes:
    padded = body + bytes(len(body) % 2)
    return b"8BIM" + struct.pack(">HH", number, 0) + struct.pack(">I", len(body)) + padded


def _pack_bits(row: bytes) -> bytes:
    """PackBits without runs: valid, and easy to see through."""
    pieces = [row[start : start + 128] for start in range(0, len(row), 128)]
    return b"".join(bytes([len(piece) - 1]) + piece for piece in pieces)


def zipped(picture: bytes, media: bytes = b"application/x-krita", *, stored: bool = False) -> bytes:
    """A KRA, or with "image/openraster" an ORA, with the picture as mergedimage.png."""
    out = io.BytesIO()
    kind = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", media, zipfile.ZIP_STORED)
        archive.writestr("maindoc.xml", "<DOC/>", kind)
        archive.writestr("mergedimage.png", picture, kind)
    return out.getvalue()


def database(*statements: tuple[str, tuple[object, ...]]) -> bytes:
    """An SQLite database as bytes."""
    with closing(sqlite3.connect(":memory:")) as connection:
        for statement, values in statements:
            connection.execute(statement, values)
        connection.commit()
        return connection.serialize()


def clip(picture: bytes | None = None, *, inner: bytes | None = None) -> bytes:
    """A CLIP file with the picture as the preview of its canvas, or with another database inside."""
    if inner is None:
        table = (
            "CREATE TABLE CanvasPreview (_PW_ID INTEGER, CanvasId INTEGER, ImageType INTEGER, ImageData BLOB)"
        )
        inner = database((table, ()), ("INSERT INTO CanvasPreview VALUES (1, 1, 1, ?)", (picture,)))
    chunks = [(b"CHNKHead", bytes(40)), (b"CHNKExta", bytes(100)), (b"CHNKSQLi", inner), (b"CHNKFoot", b"")]
    body = b"".join(name + struct.pack(">Q", len(data)) + data for name, data in chunks)
    return b"CSFCHUNK" + struct.pack(">QQ", 24 + len(body), 24) + body
