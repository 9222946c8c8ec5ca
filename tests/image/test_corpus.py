"""Real files, when they are there: our view against Pillow's and c2pa-python's."""

from __future__ import annotations

import io
import os
import warnings
from collections.abc import Iterator
from pathlib import Path

import c2pa
import pytest
from PIL import Image

from myself_i2i.image import (
    decode,
    image_data_digest,
    insert_xmp,
    merge_xmp,
    read_container,
    read_xmp,
    strip_generation_metadata,
    write_xmp,
)

pytestmark = pytest.mark.corpus
PROPERTIES = {"dc:subject": ["#Myself_i2i"]}


@pytest.fixture(scope="module")
def files() -> list[bytes]:
    """The bytes of every real picture there is; the test is skipped where there are none."""
    default = Path(__file__).parents[3] / "shared" / "corpus"
    folder = Path(os.environ.get("MYSELF_I2I_CORPUS", default)) / "generators"
    found = [path.read_bytes() for path in _pictures(folder)]
    if not found:
        pytest.skip("no real files here")
    return found


def _pictures(folder: Path) -> Iterator[Path]:
    return (
        path
        for path in sorted(folder.glob("*"))
        if path.suffix in {".png", ".jpg", ".jpeg", ".webp", ".avif"}
    )


def _opened(data: bytes) -> Image.Image | None:
    """What Pillow alone makes of the file, or None where it refuses it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            image = Image.open(io.BytesIO(data))
            image.load()
        except OSError:
            return None
        return image


class TestRealFiles:
    def test_size_and_text_keys_agree_with_pillow(self, files: list[bytes]) -> None:
        """Where Pillow opens the file, it sees the same size and the same text keys."""
        for data in files:
            image, found = _opened(data), read_container(data)
            if image is not None:
                assert image.size == (found.width, found.height)
                assert set(getattr(image, "text", {})) == {entry.keyword for entry in found.texts}

    def test_manifests_agree_with_c2pa(self, files: list[bytes]) -> None:
        """A manifest store is found exactly where c2pa-python finds one."""
        for data in files:
            found = read_container(data)
            reader = c2pa.Reader.try_create(found.format.mime, io.BytesIO(data))
            assert (reader is not None) == (found.manifest_store is not None)

    def test_changes_keep_the_picture(self, files: list[bytes]) -> None:
        """XMP in, metadata out: digest and pixels stay, and the other properties of an old packet with them."""
        for data in files:
            found, digest = read_container(data), image_data_digest(data)
            packet = merge_xmp(found.xmp, PROPERTIES) if found.xmp else write_xmp(PROPERTIES)
            old = dict(read_xmp(found.xmp).properties) if found.xmp else {}
            assert old | {"dc:subject": ("#Myself_i2i",)} == read_xmp(packet.decode()).properties
            marked, stripped = insert_xmp(data, packet), strip_generation_metadata(data)
            assert digest == image_data_digest(marked) == image_data_digest(stripped)
            assert found.exif == read_container(marked).exif
            assert {} == read_container(stripped).exif
            pixels = decode(data).tobytes()
            assert pixels == decode(marked).tobytes() == decode(stripped).tobytes()
            image = _opened(data)
            assert image is None or pixels == image.tobytes()
