import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from myself_i2i.fingerprint.interface import ORIGIN, PDQ64, Fingerprint
from myself_i2i.fingerprint.origin import origin
from myself_i2i.fingerprint.pdq64 import distance, read_pdq64
from myself_i2i.fingerprint.reading import read_colour
from myself_i2i.image import decode
from myself_i2i.predicates.generation import Generation
from myself_i2i.recording import Settings
from myself_i2i.recording.looks import LAYOUT_SIDE, fingerprints_of_file, fingerprints_of_image
from tests.recording.conftest import SECONDS, Studio

SIZE = (320, 256)


def drawing(mode: str = "RGB") -> Image.Image:
    """A picture with something to hold on to."""
    blocks = np.random.default_rng(3).integers(0, 256, (8, 10, len(mode)), dtype=np.uint8)
    return Image.fromarray(blocks.repeat(32, axis=0).repeat(32, axis=1).squeeze())


def saved(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def turned() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    return saved(drawing(), exif=exif)


class TestFile:
    @pytest.mark.parametrize(
        "data",
        [saved(drawing()), saved(drawing("L")), saved(drawing("RGBA")), saved(drawing(), "JPEG"), turned()],
        ids=["png", "grey", "transparent", "jpeg", "turned"],
    )
    def test_same(self, data: bytes) -> None:
        """The fingerprint is that of the file, whether it was decoded for another purpose already or not."""
        expected = {PDQ64: read_pdq64(data).text}
        assert (expected, expected) == (fingerprints_of_file(data), fingerprints_of_file(data, decode(data)))

    def test_layout(self) -> None:
        """The layout is told as well when it is asked for."""
        data = saved(drawing(), "WEBP")
        expected = {PDQ64: read_pdq64(data).text, ORIGIN: origin(read_colour(data, side=LAYOUT_SIDE)).text}
        assert expected == fingerprints_of_file(data, layout=True)

    @pytest.mark.parametrize(
        "data", [b"", b"no picture", saved(Image.new("RGB", SIZE)), saved(drawing())[:90]]
    )
    def test_none(self, data: bytes) -> None:
        """What is no picture, or too flat to be told from others, has none; nothing is raised."""
        assert {} == fingerprints_of_file(data, layout=True)


class TestImage:
    def test_memory(self) -> None:
        """Pixels in memory have the fingerprint of the file that they would be saved as."""
        assert fingerprints_of_file(saved(drawing())) == fingerprints_of_image(drawing())

    def test_none(self) -> None:
        """Flat pixels have none."""
        assert {} == fingerprints_of_image(Image.new("RGB", SIZE, (9, 9, 9)))


class TestRecord:
    def record(self, studio: Studio, settings: Settings | None = None) -> tuple[Generation, Path]:
        """One run with a source, its mask and another picture in memory."""
        studio.key()
        files = [studio.folder / name for name in ("rough.png", "mask.png", "out.png")]
        for file in files:
            file.write_bytes(saved(drawing()))
        recorder = studio.recorder(settings)
        run = recorder.begin()
        run.input("init", path=files[0])
        run.input("mask", path=files[1])
        run.input("reference", image=drawing())
        run.input("style", data=saved(drawing(), "JPEG"))
        run.output(files[2])
        assert recorder.flush(SECONDS)
        return studio.records()["out.png"], files[0]

    def test_told(self, studio: Studio) -> None:
        """A record says how its inputs and the finished picture look; of a mask it says nothing."""
        record, source = self.record(studio)
        expected = {PDQ64: read_pdq64(source.read_bytes()).text}
        near = Fingerprint.from_text(PDQ64, record.inputs[3].fingerprints[PDQ64])
        assert (expected, [expected, {}, expected]) == (
            record.fingerprints,
            [item.fingerprints for item in record.inputs[:3]],
        )
        assert distance(near.value, bytes.fromhex(expected[PDQ64])) <= 10

    def test_kept_to_oneself(self, studio: Studio) -> None:
        """A person who wants to keep looks to themselves has records without."""
        record, _ = self.record(studio, Settings(fingerprints=False))
        assert [{}] * 5 == [record.fingerprints, *(item.fingerprints for item in record.inputs)]

    def test_setting(self, studio: Studio) -> None:
        """So does one who says so in the settings file."""
        studio.home.mkdir(exist_ok=True)
        (studio.home / "recording.toml").write_text("fingerprints = false\n")
        record, _ = self.record(studio)
        assert {} == record.fingerprints
