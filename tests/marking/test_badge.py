from __future__ import annotations

import io
from pathlib import Path
from xml.etree import ElementTree as ET  # our own output is parsed here, no stranger's

import pytest
from PIL import Image

from myself_i2i.marking.badge import PLEDGED, badge_png, badge_svg, find_japanese_font
from myself_i2i.wording import LANGUAGES, Language

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("language", LANGUAGES)
class TestSvg:
    def test_accessible(self, language: Language) -> None:
        """It is well formed, says its language, and its words stand in title and description."""
        root = ET.fromstring(badge_svg(language, code="7K3QM-2ZD8R-T"))  # noqa: S314 - our own output
        assert "img" == root.get("role")
        words = root.findtext(f"{SVG}desc") or ""
        assert root.findtext(f"{SVG}title")
        assert PLEDGED.in_(language) in words
        assert "7K3QM-2ZD8R-T" in words
        assert [line.text for line in root.iter(f"{SVG}text")] == words.split(" / ")

    def test_alone(self, language: Language) -> None:
        """It asks for nothing from anywhere: no script, no link, no font file."""
        text = badge_svg(language)
        assert 1 == text.count("http")
        assert not any(part in text for part in ("<script", "href", "url(", "@import"))


class TestPng:
    def test_size(self) -> None:
        """A code makes a third line and never a cut one: the ink stays off the right edge."""
        image = Image.open(io.BytesIO(badge_png("en", code="7K3QM-2ZD8R-T")))
        assert 168 == image.height
        paper = image.getpixel((image.width - 16, 84))
        column = {image.getpixel((image.width - 16, y)) for y in range(60, 110)}
        assert {paper} == column

    def test_without_font(self) -> None:
        """Without a Japanese font the words are English, so no empty boxes are drawn."""
        assert badge_png("en") == badge_png("ja", font=None)

    def test_repeatable(self) -> None:
        """The same badge is the same bytes."""
        assert badge_png("en", code="7K3QM-2ZD8R-T") == badge_png("en", code="7K3QM-2ZD8R-T")

    def test_japanese(self) -> None:
        """With a font the Japanese badge is drawn with it."""
        font = find_japanese_font()
        if font is None:
            pytest.skip("no Japanese font on this machine")
        assert badge_png("ja", font=font) != badge_png("ja", font=None)


class TestFindJapaneseFont:
    def test_preferred(self, tmp_path: Path) -> None:
        """The better of two fonts is taken, wherever it lies."""
        (tmp_path / "deep" / "er").mkdir(parents=True)
        (tmp_path / "ipaexg.ttf").touch()
        (tmp_path / "deep" / "er" / "NotoSansCJK-Regular.ttc").touch()
        assert "NotoSansCJK-Regular.ttc" == getattr(find_japanese_font([tmp_path]), "name", None)

    def test_none(self, tmp_path: Path) -> None:
        """No font, no folder: none."""
        (tmp_path / "DejaVuSans.ttf").touch()
        assert None is find_japanese_font([tmp_path, tmp_path / "missing"])
