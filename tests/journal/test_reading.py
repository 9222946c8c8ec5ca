from __future__ import annotations

import io
import os
import struct
import threading
import time
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from myself_i2i.errors import Error, InputError, LimitError
from myself_i2i.fingerprint.interface import ORIGIN, PDQ64
from myself_i2i.fingerprint.pdq64 import distance
from myself_i2i.journal import picture_in, read_work_file
from myself_i2i.journal.reading import SUFFIXES, kind_of
from tests.journal.workfiles import clip, database, drawing, jpeg, png, psd, zipped
from tests.support.mutations import mutations

PICTURE = drawing(3)
PNG = png(PICTURE)
FILES = {
    "a.png": PNG,
    "a.jpg": jpeg(PICTURE),
    "a.psd": psd(PICTURE),
    "packed.psd": psd(PICTURE, packed=True),
    "a.kra": zipped(PNG),
    "a.ora": zipped(PNG, b"image/openraster", stored=True),
    "a.clip": clip(PNG),
}


def pixels(data: bytes | None) -> bytes:
    assert data is not None
    return Image.open(io.BytesIO(data)).convert("RGB").tobytes()


class TestKind:
    @pytest.mark.parametrize(("name", "data"), FILES.items(), ids=list(FILES))
    def test_by_bytes(self, name: str, data: bytes) -> None:
        """A kind that can be told by its bytes is, whatever the file is called."""
        wanted = {"jpg": "jpeg"}.get(name.rsplit(".", 1)[1], name.rsplit(".", 1)[1])
        assert wanted == kind_of(data[:128], name) == kind_of(data[:128], "renamed.sai2")

    def test_by_name(self) -> None:
        """Kinds nobody looks into go by their names; what is neither is "other"."""
        assert ("sai2", "procreate", "psb", "other", "other") == (
            kind_of(b"", "A.SAI2"),
            kind_of(b"PK\x03\x04" + bytes(60), "b.procreate"),
            kind_of(b"8BPS\0\2", "b.psb"),
            kind_of(b"GIF89a", "c.png"),
            kind_of(b"", "noname"),
        )

    def test_webp(self) -> None:
        """WebP is told by its bytes."""
        out = io.BytesIO()
        PICTURE.save(out, "WEBP", lossless=True)
        assert "webp" == kind_of(out.getvalue()[:128], "x")
        assert out.getvalue() == picture_in(out.getvalue(), "webp")


class TestPicture:
    @pytest.mark.parametrize("name", ["a.png", "a.psd", "packed.psd", "a.kra", "a.ora", "a.clip"])
    def test_same_pixels(self, name: str) -> None:
        """The picture inside each kind of file is the one that was put in, pixel for pixel."""
        data = FILES[name]
        assert PICTURE.tobytes() == pixels(picture_in(data, kind_of(data[:128], name)))

    def test_opaque(self) -> None:
        """A kind that is not looked into has no picture, and that is no error."""
        assert None is picture_in(b"anything", "sai2")

    @pytest.mark.parametrize(
        ("kind", "data"),
        [
            ("psd", psd(PICTURE, composite=False)),
            ("psd", psd(PICTURE)[:200]),
            ("psd", psd(PICTURE).replace(struct.pack(">II", 240, 320), struct.pack(">II", 14_000, 14_000))),
            ("kra", b""),
            ("kra", zipped(PNG)[:-3]),
            ("kra", zipped(PNG)[:-22] + b"PK\x06\x07" + bytes(16) + zipped(PNG)[-22:]),
            ("kra", zipped(PNG) + b"comment"),
            ("kra", zipped(PNG).replace(b"mergedimage.png", b"mergedimage.bmp")),
            ("clip", clip(b"")[:-16]),
            ("clip", clip(inner=database(("CREATE TABLE other (x)", ())))),
            ("clip", clip(inner=b"SQLite format 3\0" + bytes(4000))),
            ("clip", b"CSFCHUNK" + bytes(16) + b"CHNKSQLi" + b"\xff" * 8),
        ],
    )
    def test_none_inside(self, kind: str, data: bytes) -> None:
        """A file without a picture, cut, or larger than its bytes can be, is refused with InputError."""
        with pytest.raises(InputError):
            pixels(picture_in(data, kind))

    def test_too_large(self) -> None:
        """A composite past the bound on pixels is refused before memory is taken for it."""
        huge = psd(PICTURE).replace(struct.pack(">II", 240, 320), struct.pack(">II", 300_000, 300_000))
        with pytest.raises(LimitError, match="pixels"):
            picture_in(huge, "psd")

    def test_bomb(self) -> None:
        """A picture inside that would unpack past the bound is not unpacked."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("mimetype", b"application/x-krita", zipfile.ZIP_STORED)
            archive.writestr("mergedimage.png", bytes(129 * 2**20))
        with pytest.raises(InputError, match="mergedimage"):
            picture_in(out.getvalue(), "kra")

    @pytest.mark.parametrize(
        "view",
        [
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) AS ImageData FROM n",
            "SELECT zeroblob(900000000) AS ImageData",
            "SELECT a.name AS ImageData FROM sqlite_master a, sqlite_master b, pragma_function_list c",
        ],
    )
    def test_hostile_database(self, view: str) -> None:
        """A database whose preview is a query without end, or of its own making, is refused, and soon."""
        inner = database(("CREATE TABLE x (y)", ()), (f"CREATE VIEW CanvasPreview AS {view}", ()))
        begun = time.monotonic()
        with pytest.raises(InputError, match="CLIP"):
            picture_in(clip(inner=inner), "clip")
        assert time.monotonic() - begun < 5

    def test_slow_database(self) -> None:
        """A query that would take for ever is stopped."""
        count = (
            "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c LIMIT 2000) SELECT i AS x FROM c"
        )
        tables = [(f"CREATE TABLE t{number} AS {count}", ()) for number in range(4)]
        join = "SELECT t0.x AS ImageData FROM t0, t1, t2, t3 WHERE t0.x + t1.x + t2.x + t3.x = -1"
        inner = database(*tables, (f"CREATE VIEW CanvasPreview AS {join}", ()))
        begun = time.monotonic()
        with pytest.raises(InputError, match="CLIP"):
            picture_in(clip(inner=inner), "clip")
        assert time.monotonic() - begun < 10


class TestReadWorkFile:
    def test_noted(self, tmp_path: Path) -> None:
        """Every kind that is looked into gives nearly the same look of the same picture."""
        looks = {}
        for name, data in FILES.items():
            (tmp_path / name).write_bytes(data)
            file = read_work_file(tmp_path / name)
            assert file is not None
            found = {one.algorithm: one for one in file.fingerprints}
            assert {PDQ64, ORIGIN} <= set(found)
            looks[name] = found[PDQ64].value
        assert max(distance(looks["a.png"], value) for value in looks.values()) <= 6

    def test_without_picture(self, tmp_path: Path) -> None:
        """A file that cannot be looked into is noted by its bytes."""
        path = tmp_path / "a.sai2"
        path.write_bytes(b"whatever a program writes")
        file = read_work_file(path)
        assert file is not None
        assert ("sai2", 25, ()) == (file.kind, file.size, file.fingerprints)

    def test_past_the_limit(self, tmp_path: Path) -> None:
        """A file larger than is read whole has its digest, and no look."""
        path = tmp_path / "a.png"
        path.write_bytes(PNG)
        whole, part = read_work_file(path), read_work_file(path, limit=1000)
        assert whole is not None
        assert part is not None
        assert (whole.sha256, whole.size, ()) == (part.sha256, part.size, part.fingerprints)

    def test_still_written(self, tmp_path: Path) -> None:
        """A file that grows while it is read is not noted."""
        path, stop = tmp_path / "a.clip", threading.Event()
        path.write_bytes(bytes(2**24))

        def write() -> None:
            with path.open("ab") as file:
                while not stop.is_set():
                    file.write(b"more")
                    file.flush()

        writer = threading.Thread(target=write)
        writer.start()
        try:
            assert None is read_work_file(path)
        finally:
            stop.set()
            writer.join()

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
    def test_no_file(self, tmp_path: Path) -> None:
        """What is not there, or is no file, is refused in words; a pipe is not waited for."""
        os.mkfifo(tmp_path / "pipe.png")
        (tmp_path / "folder.png").mkdir()
        for name in ("gone.png", "pipe.png", "folder.png"):
            with pytest.raises(InputError, match=name):
                read_work_file(tmp_path / name)

    @pytest.mark.parametrize("count", [400, pytest.param(20_000, marks=pytest.mark.slow)])
    def test_mutated(self, count: int) -> None:
        """A broken or hostile work file gives a picture or one of our errors, nothing else."""
        small = drawing(2, size=(40, 60))
        whole = [psd(small), psd(small, packed=True), zipped(png(small)), clip(png(small))]
        for data in mutations(whole, count, 20261103):
            kind = kind_of(data[:128], "x")
            try:
                picture_in(data, kind)
            except Error:
                continue

    def test_mutated_is_noted(self, tmp_path: Path) -> None:
        """Whatever is wrong inside a file, it is noted by its bytes at least."""
        small = drawing(2, size=(40, 60))
        path = tmp_path / "work.psd"
        for data in mutations([psd(small), zipped(png(small)), clip(png(small)), png(small)], 60, 7):
            path.write_bytes(data)
            file = read_work_file(path)
            assert file is not None
            assert len(data) == file.size


class TestSuffixes:
    def test_there(self) -> None:
        """The programs artists use are watched."""
        assert {".psd", ".clip", ".kra", ".ora", ".png", ".jpg", ".webp", ".sai2", ".procreate"} <= SUFFIXES
