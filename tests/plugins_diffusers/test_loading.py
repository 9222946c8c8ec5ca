import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from myself_i2i_diffusers import load_image
from myself_i2i_diffusers._files import file_of
from PIL import Image

from tests.plugins_diffusers.standins import picture


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Stands in for `diffusers.utils`; the list has what it was asked for."""
    asked: list[Any] = []
    module: Any = ModuleType("diffusers.utils")

    def theirs(image: Any, convert_method: Any = None) -> Image.Image:
        asked.append((image, convert_method))
        return picture()

    module.load_image = theirs
    monkeypatch.setitem(sys.modules, "diffusers", ModuleType("diffusers"))
    monkeypatch.setitem(sys.modules, "diffusers.utils", module)
    return asked


class TestLoadImage:
    @pytest.mark.parametrize("kind", [str, Path])
    def test_file(self, tmp_path: Path, kind: Any) -> None:
        """A file becomes RGB, and is remembered."""
        picture(mode="L", colour="white").save(tmp_path / "a.png")
        loaded = load_image(kind(tmp_path / "a.png"))
        assert ("RGB", tmp_path / "a.png") == (loaded.mode, file_of(loaded))

    def test_upright(self, tmp_path: Path) -> None:
        """A photo is turned upright, and still is its file."""
        exif = Image.Exif()
        exif[0x0112] = 6
        Image.new("RGB", (8, 16)).save(tmp_path / "a.png", exif=exif)
        loaded = load_image(tmp_path / "a.png")
        assert ((16, 8), tmp_path / "a.png") == (loaded.size, file_of(loaded))

    def test_address(self, host: list[Any]) -> None:
        """An address is fetched by diffusers, and remembered as an address."""
        loaded = load_image("https://example.org/a.png")
        assert ([("https://example.org/a.png", None)], "https://example.org/a.png") == (
            host,
            loaded.__dict__["filename"],
        )

    def test_conversion(self, host: list[Any], tmp_path: Path) -> None:
        """A conversion of the caller's is left to diffusers."""
        picture().save(tmp_path / "a.png")
        load_image(str(tmp_path / "a.png"), convert_method=None)
        assert [(str(tmp_path / "a.png"), None)] == host

    def test_picture(self, host: list[Any]) -> None:
        """A picture goes to diffusers as it is."""
        image = picture()
        load_image(image)
        assert image is host[0][0]
