import json
import os
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myself_i2i.errors import InputError, LimitError
from myself_i2i.inspection.files import inspect_bytes, inspect_file, read_bounded
from myself_i2i.inspection.interface import Answer, Mode
from myself_i2i.inspection.manifests import manifest_reader
from myself_i2i.wording import Text
from tests.support.pictures import avif, chunk, jpeg, manifest_store, picture, png, webp, with_stealth

BUILDERS: dict[str, Callable[..., bytes]] = {"png": png, "jpeg": jpeg, "webp": webp, "avif": avif}
COMMENT = {"sampler": "k_euler", "uc": "x", "prompt": "a harbour", "request_type": "PromptGenerateRequest"}
SWARM = json.dumps({"sui_image_params": {"prompt": "a harbour", "initimage": "a.png"}})


class TestInspectFile:
    def test_file(self, tmp_path: Path) -> None:
        """A file is inspected by its bytes and named as it was given."""
        path = tmp_path / "night.jpg"
        path.write_bytes(png(texts={"parameters": SWARM}))
        found = inspect_file(path)
        assert (str(path), "png", Answer.YES, None) == (
            found.file,
            found.format,
            found.image_input,
            found.error,
        )
        assert "night" == inspect_file(path, name="night").file

    def test_missing(self, tmp_path: Path) -> None:
        """A missing file is an answer with an error, in both languages."""
        found = inspect_file(tmp_path / "none.png")
        assert found.error is not None
        assert "there is no file" in found.error.en
        assert "ありません" in found.error.ja
        assert Answer.NOT_RECORDED is found.image_input

    def test_folder(self, tmp_path: Path) -> None:
        """A folder is no file."""
        found = inspect_file(tmp_path)
        assert found.error is not None
        assert "regular file" in found.error.en

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
    def test_pipe(self, tmp_path: Path) -> None:
        """A pipe is refused: reading it could wait for ever."""
        path = tmp_path / "pipe.png"
        os.mkfifo(path)
        assert inspect_file(path).error is not None

    def test_odd_name(self) -> None:
        """A name no system can open is an error of the answer, not an exception."""
        assert inspect_file("a\0b.png").error is not None

    def test_not_a_picture(self, tmp_path: Path) -> None:
        """A text file is an answer with an error."""
        path = tmp_path / "notes.png"
        path.write_text("not a picture", encoding="utf-8")
        found = inspect_file(path)
        assert found.error is not None
        assert (None, Mode.UNKNOWN) == (found.tool, found.mode)

    def test_too_large(self, tmp_path: Path) -> None:
        """A file over the bound is refused; one of exactly the bound is read."""
        path = tmp_path / "large.png"
        path.write_bytes(bytes(101))
        assert 101 == len(read_bounded(path, limit=101))
        with pytest.raises(LimitError, match="larger than"):
            read_bounded(path, limit=100)

    @pytest.mark.skipif(not Path("/proc/version").exists(), reason="needs files of unknown size")
    def test_unknown_size(self) -> None:
        """A file whose size the system gives as 0 is read to its end all the same, and bounded."""
        path = Path("/proc/version")
        assert path.read_bytes() == read_bounded(path)
        with pytest.raises(LimitError, match="larger than"):
            read_bounded(path, limit=5)

    def test_memory(self, tmp_path: Path) -> None:
        """Reading a small file takes no memory for the largest one."""
        path = tmp_path / "small.png"
        path.write_bytes(bytes(100))
        tracemalloc.start()
        try:
            read_bounded(path)
            assert tracemalloc.get_traced_memory()[1] < 2**20
        finally:
            tracemalloc.stop()


class TestInspectBytes:
    @pytest.mark.parametrize("kind", BUILDERS)
    def test_plain(self, kind: str) -> None:
        """A picture without a record is not recorded, in every format."""
        found = inspect_bytes(BUILDERS[kind](), strict=True)
        assert (kind, None, Answer.NOT_RECORDED, None) == (
            found.format,
            found.tool,
            found.image_input,
            found.error,
        )

    def test_hidden_text(self) -> None:
        """Text hidden in the pixels is found where every other text was stripped."""
        hidden = json.dumps({"Software": "NovelAI", "Comment": json.dumps(COMMENT)})
        found = inspect_bytes(png(image=with_stealth(picture(64, 64, "RGBA"), hidden)), strict=True)
        assert ("NovelAI", Answer.NO) == (found.tool, found.image_input)

    def test_undecodable_pixels(self) -> None:
        """Metadata is read although the pixels cannot be decoded."""
        data = png(texts={"parameters": SWARM})
        broken = data.replace(b"IDAT", b"IDAX", 1)
        assert Answer.YES is inspect_bytes(broken, strict=True).image_input

    @given(st.binary(max_size=200))
    def test_any_bytes(self, data: bytes) -> None:
        """Any bytes give an answer."""
        assert inspect_bytes(data, strict=True).to_json()["error"]

    @given(st.data(), st.sampled_from(sorted(BUILDERS)))
    def test_damaged_pictures(self, data: st.DataObject, kind: str) -> None:
        """A damaged picture gives an answer."""
        whole = bytearray(BUILDERS[kind](8, 8))
        for _ in range(data.draw(st.integers(1, 5))):
            whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
        cut = data.draw(st.integers(1, len(whole)))
        assert inspect_bytes(bytes(whole[:cut]), strict=True).to_json()["image_input"] == "not_recorded"


class TestManifest:
    def test_injected(self) -> None:
        """The reader given is asked with bytes and media type, and its report is used."""
        asked: list[str] = []

        def reader(data: bytes, mime: str) -> dict[str, Any]:
            asked.append(mime)
            assert data.startswith(b"\x89PNG")
            return {"active_manifest": "a", "manifests": {"a": {"claim_generator": "Brush/1"}}}

        marked = png(chunks=[chunk(b"caBX", manifest_store())])
        assert "Brush" == inspect_bytes(marked, manifest_reader=reader, strict=True).tool
        assert ["image/png"] == asked

    def test_no_trace(self) -> None:
        """A file without a trace of a manifest is not handed to the reader at all: it takes milliseconds."""

        def reader(_data: bytes, _mime: str) -> None:
            pytest.fail("asked for nothing")

        assert inspect_bytes(png(), manifest_reader=reader, strict=True).tool is None

    def test_failing(self) -> None:
        """A manifest that cannot be read costs no other answer, and the notes say why."""

        def reader(_data: bytes, _mime: str) -> None:
            raise InputError(Text(en="two stores", ja="二つあります"))

        marked = png(texts={"parameters": SWARM}, chunks=[chunk(b"caBX", manifest_store())])
        found = inspect_bytes(marked, manifest_reader=reader, strict=True)
        assert Answer.YES is found.image_input
        assert "two stores" in found.notes[-1].en

    def test_unread(self) -> None:
        """Without a reader, a manifest in the file is not passed over in silence."""
        found = inspect_bytes(png(chunks=[chunk(b"caBX", manifest_store())]), strict=True)
        assert any("was not read" in note.en for note in found.notes)

    @pytest.mark.parametrize("kind", ["png", "jpeg"])
    def test_real_reader(self, kind: str) -> None:
        """The project's own C2PA reader finds no manifest in a plain picture, and survives a broken one."""
        reader = manifest_reader()
        found = inspect_bytes(BUILDERS[kind](), manifest_reader=reader, strict=True)
        assert (None, None) == (found.tool, found.error)
        broken = inspect_bytes(
            png(chunks=[chunk(b"caBX", manifest_store())]), manifest_reader=reader, strict=True
        )
        assert any("C2PA" in note.en for note in broken.notes)
