"""containers.js under Node: it names what Python's reader finds, and no bytes make it throw."""

from __future__ import annotations

import base64
import json
import random
import struct
import subprocess
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from myself_i2i.c2pa import native
from myself_i2i.image import Format, read_container, sniff
from tests.fingerprint.test_javascript import node
from tests.support import marked
from tests.support.foreign import vendor
from tests.support.pictures import BUILDERS, chunk, jpeg, png, segment, text_chunk, xmp_packet

SCRIPT = files("myself_i2i.web") / "static" / "containers.js"
RUN = """
import { embedded } from "%s";
import { readFileSync } from "node:fs";

console.log(JSON.stringify(JSON.parse(readFileSync(0)).map((file) => embedded(Uint8Array.from(Buffer.from(file, "base64"))))));
"""
SECONDS = 60


def embedded(*pictures: bytes) -> list[dict[str, Any]]:
    """What the script says of each of these files."""
    done = subprocess.run(
        [node(), "--input-type=module", "--eval", RUN % Path(str(SCRIPT)).as_uri()],
        input=json.dumps([base64.b64encode(one).decode() for one in pictures]).encode(),
        capture_output=True,
        check=True,
        timeout=SECONDS,
    )
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


@cache
def marks() -> list[bytes]:
    """A marked picture of each format."""
    maker = marked.person("maker")
    return [marked.i2i(maker, form).data for form in Format]


class TestMark:
    def test_named(self) -> None:
        """Size and label of the manifest are those that the C2PA library finds, in every format, and the mark is seen."""
        for data, said in zip(marks(), embedded(*marks()), strict=True):
            reading = native.read(data, sniff(data).mime)
            store = read_container(data).manifest_store
            assert reading is not None
            assert store is not None
            assert {"size": len(store), "label": reading.label, "mark": True} == said["manifest"]

    def test_tag(self) -> None:
        """The tag that a mark writes into XMP is found wherever XMP is looked for."""
        tags = dict(zip(Format, [one["tag"] for one in embedded(*marks())], strict=True))
        assert {form: None if form is Format.AVIF else "#Myself_i2i" for form in Format} == tags

    def test_other_signers(self) -> None:
        """A vendor's manifest is named, and no mark is seen in it."""
        (said,) = embedded(vendor(marked.plain()))
        assert said["manifest"]["label"].startswith("urn:")
        assert not said["manifest"]["mark"]

    def test_nothing(self) -> None:
        """A plain picture, and what is no picture, carry nothing."""
        plain = [BUILDERS[form](16, 12) for form in Format]
        nothing = {"manifest": None, "tag": None}
        assert [nothing] * 7 == embedded(*plain, b"", b"GIF89a", b"\x89PNG\r\n\x1a\n")


class TestTag:
    def test_where_people_write_it(self) -> None:
        """As a keyword with or without "#", in full width, or in a caption; the tag before it is named as itself."""
        said = {
            "<dc:subject><rdf:Bag><rdf:li>Myself_i2i</rdf:li></rdf:Bag></dc:subject>": "#Myself_i2i",
            "<dc:subject><rdf:Bag><rdf:li> #noi2i </rdf:li></rdf:Bag></dc:subject>": "#Noi2i",
            "<dc:title>夏の空 ＃Ｍｙｓｅｌｆ＿ｉ２ｉ</dc:title>": "#Myself_i2i",
            "<dc:title>#Myself_i2i_fan</dc:title>": None,
            "<dc:title>Myself_i2i</dc:title>": None,
            "<dc:title>x#Myself_i2i</dc:title>": None,
        }
        pictures = [png(xmp=xmp_packet(inner)) for inner in said]
        assert list(said.values()) == [one["tag"] for one in embedded(*pictures)]


class TestHostile:
    def test_cut_and_changed(self) -> None:
        """Files cut anywhere, and files with bytes changed, are read as far as they go."""
        chance = random.Random(5)  # noqa: S311 - the same files on every run
        pictures = []
        for data in marks():
            for _ in range(30):
                pictures.append(data[: chance.randrange(len(data))])
                torn = bytearray(data)
                for _ in range(chance.randrange(1, 60)):
                    torn[chance.randrange(min(len(torn), 9_000))] = chance.randrange(256)
                pictures.append(bytes(torn))
        assert len(pictures) == len(embedded(*pictures))

    def test_lengths_that_lie(self) -> None:
        """Boxes and chunks that claim more than there is, less than a header, or nothing, end the reading."""
        sizes = [0, 1, 2, 7, 8, 9, 2**31, 2**32 - 1]
        boxes = [struct.pack(">I", size) + b"jumb" + bytes(24) for size in sizes]
        large = struct.pack(">I4sQ", 1, b"jumb", 2**63)
        pictures = [png(chunks=[chunk(b"caBX", box)]) for box in (*boxes, large)]
        pictures += [b"RIFF\0\0\0\0WEBPC2PA" + struct.pack("<I", size) for size in sizes]
        pictures += [struct.pack(">I", size) + b"ftypavif" + bytes(8) for size in sizes]
        assert len(pictures) == len(embedded(*pictures))

    def test_many_parts(self) -> None:
        """Tens of thousands of parts, and boxes nested in boxes, take no more than a moment."""
        nested = b""
        for _ in range(2_000):
            described = struct.pack(">I4s", 25, b"jumd") + bytes(17)
            nested = struct.pack(">I4s", len(nested) + 33, b"jumb") + described + nested
        parts = [segment(0xEB, b"JP" + struct.pack(">HI", 1, place) + bytes(16)) for place in range(30_000)]
        texts = [text_chunk("XML:com.adobe.xmp", "<rdf:li " * 20, "iTXt")] * 5_000
        pictures = [png(chunks=[chunk(b"caBX", nested)]), jpeg(segments=parts), png(chunks=texts)]
        assert [None] * 3 == [one["tag"] for one in embedded(*pictures)]
