from pathlib import Path

from myself_i2i_diffusers._files import file_of, remember
from PIL import Image

from tests.plugins_diffusers.standins import picture


def saved(path: Path) -> Path:
    image = picture()
    image.putpixel((1, 2), (0, 9, 0))
    image.save(path)
    return path


class TestFileOf:
    def test_opened(self, tmp_path: Path) -> None:
        """A picture opened from a file is that file."""
        with Image.open(saved(tmp_path / "a.png")) as image:
            assert tmp_path / "a.png" == file_of(image)

    def test_changed_since(self, tmp_path: Path) -> None:
        """A picture that was worked on is no longer its file."""
        with Image.open(saved(tmp_path / "a.png")) as image:
            image.putpixel((0, 0), (0, 0, 0))
            assert file_of(image) is None

    def test_file_replaced(self, tmp_path: Path) -> None:
        """A file that holds another picture by now is not named."""
        with Image.open(saved(tmp_path / "a.png")) as image:
            image.load()
            picture("blue").save(tmp_path / "b.png")
            (tmp_path / "b.png").replace(tmp_path / "a.png")
            assert file_of(image) is None

    def test_gone(self, tmp_path: Path) -> None:
        """A file that is gone, or a picture by now, is not named."""
        with Image.open(saved(tmp_path / "a.png")) as image:
            image.load()
            (tmp_path / "a.png").write_bytes(b"no picture")
            assert file_of(image) is None
            (tmp_path / "a.png").unlink()
            assert file_of(image) is None

    def test_orientation(self, tmp_path: Path) -> None:
        """A photo that was turned upright, as diffusers does, is still its file."""
        exif = Image.Exif()
        exif[0x0112] = 6
        image = Image.new("RGB", (8, 16))
        image.putpixel((1, 2), (255, 255, 255))
        image.save(tmp_path / "a.png", exif=exif)
        upright = image.transpose(Image.Transpose.ROTATE_270)
        upright.__dict__["filename"] = str(tmp_path / "a.png")
        assert tmp_path / "a.png" == file_of(upright)

    def test_converted(self, tmp_path: Path) -> None:
        """Another mode of the same pixels is still its file."""
        picture(mode="L", colour="white").save(tmp_path / "a.png")
        image = picture("white")
        image.__dict__["filename"] = tmp_path / "a.png"
        assert tmp_path / "a.png" == file_of(image)

    def test_unread(self, tmp_path: Path) -> None:
        """A picture that was only opened is its file without being decoded, unless the file was replaced since."""
        path = saved(tmp_path / "a.png")
        with Image.open(path) as image:
            assert path == file_of(image)
            assert image.tile
            picture("blue").save(tmp_path / "b.png")
            (tmp_path / "b.png").replace(path)
            assert file_of(image) is None

    def test_draft(self, tmp_path: Path) -> None:
        """A JPEG that is opened in a smaller size is not its file."""
        Image.new("RGB", (64, 64), "red").save(tmp_path / "a.jpg")
        with Image.open(tmp_path / "a.jpg") as image:
            image.draft("RGB", (16, 16))
            assert image.tile
            assert file_of(image) is None

    def test_remembered(self, tmp_path: Path) -> None:
        """A remembered picture is its file until either changes."""
        path = saved(tmp_path / "a.png")
        loaded = []
        for _ in range(3):
            with Image.open(path) as opened:
                loaded.append(opened.convert("RGB"))
            remember(loaded[-1], str(path))
        loaded[1].putpixel((0, 0), (1, 1, 1))
        assert [path, None] == [file_of(image) for image in loaded[:2]]
        picture("blue").save(path)
        assert file_of(loaded[2]) is None

    def test_no_name(self) -> None:
        """A picture made in memory has no file; nor has one with an empty or odd name."""
        image = picture()
        assert file_of(image) is None
        for name in ("", 3, "no\0path" * 9, "/no/such/file.png"):
            image.__dict__["filename"] = name
            assert file_of(image) is None
