import copy
import gc
import io
import pickle
import weakref
from pathlib import Path
from typing import Any

import pytest
from myself_i2i_diffusers._files import SavedFile
from myself_i2i_diffusers._image import RecordedImage, bind, binding_of, file_behind
from PIL import Image, ImageOps, PngImagePlugin

from tests.plugins_diffusers.standins import picture


class Listener:
    """Keeps what a picture says."""

    def __init__(self) -> None:
        self.files: list[Path | None] = []
        self.others: list[Any] = []

    def saved(self, _image: Image.Image, where: Any) -> SavedFile | None:
        """Keep the file."""
        self.files.append(file_behind(where))
        return SavedFile(self.files[-1]) if self.files[-1] else None

    def joined(self, other: Image.Image) -> None:
        """Keep the other picture."""
        self.others.append(other)


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
def image(listener: Listener) -> Image.Image:
    made = picture()
    bind(made, listener)
    return made


class TestPillow:
    def test_isinstance(self, image: Image.Image) -> None:
        """A bound picture is a Pillow picture."""
        assert isinstance(image, Image.Image)

    def test_equal(self, image: Image.Image) -> None:
        """It is equal to the same pixels from either side, and to nothing else."""
        assert image == picture()
        assert picture() == image
        assert image == image.copy()
        assert image != picture("blue")
        assert image != "red"

    def test_unhashable(self, image: Image.Image) -> None:
        """It is as unhashable as every picture of Pillow."""
        with pytest.raises(TypeError):
            hash(image)

    def test_pickle(self, image: Image.Image) -> None:
        """It travels to another process as a plain picture."""
        there = pickle.loads(pickle.dumps(image))  # noqa: S301 - our own bytes
        assert (Image.Image, picture()) == (type(there), there)

    def test_same_bytes(self, image: Image.Image) -> None:
        """It is saved as the same bytes as a plain one."""
        ours, plain = io.BytesIO(), io.BytesIO()
        image.save(ours, "PNG")
        picture().save(plain, "PNG")
        assert plain.getvalue() == ours.getvalue()

    def test_no_cycle(self, listener: Listener) -> None:
        """A picture is freed as soon as nobody holds it, not when the collector comes by."""
        gc.disable()
        try:
            made = picture()
            bind(made, listener)
            gone = weakref.ref(made)
            del made
            assert gone() is None
        finally:
            gc.enable()

    def test_other_classes(self, tmp_path: Path, listener: Listener) -> None:
        """A picture of another class is left as it is."""
        picture().save(tmp_path / "a.png")
        with Image.open(tmp_path / "a.png") as opened:
            bind(opened, listener)
            assert (PngImagePlugin.PngImageFile, None) == (type(opened), binding_of(opened))


class TestSave:
    def test_path(self, image: Image.Image, listener: Listener, tmp_path: Path) -> None:
        """The file is told once it is on disk, as often as it is saved."""
        image.save(tmp_path / "a.png")
        image.save(str(tmp_path / "b.jpg"), quality=80)
        assert [tmp_path / "a.png", tmp_path / "b.jpg"] == listener.files

    def test_relative(
        self, image: Image.Image, listener: Listener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A relative path is told as an absolute one: the program may change folders before it is read."""
        monkeypatch.chdir(tmp_path)
        image.save("a.png")
        assert [tmp_path / "a.png"] == listener.files

    def test_open_file(self, image: Image.Image, listener: Listener, tmp_path: Path) -> None:
        """A file opened by the caller is found by its name."""
        with (tmp_path / "a.png").open("wb") as file:
            image.save(file, "PNG")
        assert [tmp_path / "a.png"] == listener.files

    def test_memory(self, image: Image.Image, listener: Listener) -> None:
        """Bytes in memory are no file."""
        image.save(io.BytesIO(), "PNG")
        assert [None] == listener.files

    def test_failed(self, image: Image.Image, listener: Listener, tmp_path: Path) -> None:
        """What Pillow could not save is not told."""
        with pytest.raises(OSError, match="no-folder"):
            image.save(tmp_path / "no-folder" / "a.png")
        assert [] == listener.files

    def test_method_outlives_picture(self, listener: Listener, tmp_path: Path) -> None:
        """`save` handed to another thread works after the picture's name is gone."""
        made = picture()
        bind(made, listener)
        save = made.save
        del made
        save(tmp_path / "a.png")
        assert [tmp_path / "a.png"] == listener.files

    def test_show(self, image: Image.Image, listener: Listener) -> None:
        """What `show` writes for a viewer is no output."""
        Path(image._dump(format="PNG")).unlink()
        assert [] == listener.files


class TestCopies:
    @pytest.mark.parametrize(
        "made",
        [
            lambda image: image.convert("L"),
            lambda image: image.resize((8, 8)),
            lambda image: image.crop((0, 0, 4, 4)),
            lambda image: image.transpose(Image.Transpose.ROTATE_90),
            lambda image: ImageOps.fit(image, (8, 8)),
            copy.copy,
            copy.deepcopy,
        ],
    )
    def test_same_run(self, image: Image.Image, listener: Listener, made: Any) -> None:
        """A copy that the picture makes of itself alone belongs to the same run."""
        binding = binding_of(made(image))
        assert binding is not None
        assert listener is binding.owner

    def test_untouched(self, image: Image.Image) -> None:
        """A copy is untouched if what it was made of was."""
        small = image.resize((8, 8))
        image.putpixel((0, 0), (0, 0, 0))
        later = image.resize((8, 8))
        states = [(one, binding_of(one)) for one in (small, image, later)]
        assert [True, False, False] == [
            binding is not None and binding.untouched(one) for one, binding in states
        ]

    def test_blend(self, image: Image.Image) -> None:
        """A new picture made of several is nobody's run."""
        assert Image.Image is type(Image.blend(picture(), image, 0.5))

    def test_paste(self, image: Image.Image, listener: Listener) -> None:
        """A picture pasted in is told; a colour is not."""
        other = picture("green", (4, 4))
        image.paste(other, (0, 0))
        image.paste("white", (0, 0, 2, 2))
        assert [other] == listener.others

    def test_alpha_composite(self, listener: Listener) -> None:
        """A picture laid over is told, and not the sum of both; the picture stays bound."""
        made, other = picture(mode="RGBA"), picture("green", (4, 4), "RGBA")
        bind(made, listener)
        made.alpha_composite(other, (2, 2))
        assert [other] == listener.others
        assert isinstance(made, RecordedImage)
        assert (0, 128, 0, 255) == made.getpixel((3, 3))
