import pytest

from myself_i2i.image.interface import Container, Format, TextEntry
from myself_i2i.inspection._later_work import editor_of, enlarged


def container(
    width: int = 512, height: int = 512, *, software: str | None = None, xmp: str | None = None
) -> Container:
    """A PNG of that size, saved by that program."""
    texts = (TextEntry("Software", software, "tEXt"),) if software else ()
    return Container(format=Format.PNG, width=width, height=height, texts=texts, xmp=xmp)


class TestEditorOf:
    @pytest.mark.parametrize(
        ("software", "xmp"),
        [
            ("Adobe Photoshop 26.1 (Windows)", None),
            ("GIMP 2.10", None),
            (None, '<rdf:Description xmp:CreatorTool="CLIP STUDIO PAINT"/>'),
            (None, "<stEvt:softwareAgent>Affinity Designer 2</stEvt:softwareAgent>"),
        ],
    )
    def test_editors_are_named(self, software: str | None, xmp: str | None) -> None:
        """A program in which a person paints is a sign of later work, with the evidence for it."""
        found = editor_of(container(software=software, xmp=xmp))

        assert found is not None
        assert found[0].value

    @pytest.mark.parametrize(
        "software", [None, "gnome-screenshot", "NovelAI", "canvas 1.0", "ImageMagick", "4fd25bf0-a07e"]
    )
    def test_other_programs_are_not(self, software: str | None) -> None:
        """Generators, converters and viewers put nothing in."""
        assert None is editor_of(container(software=software))

    def test_endless_xmp(self) -> None:
        """A hostile packet of half-open attributes is searched in linear time."""
        assert None is editor_of(container(xmp='CreatorTool = "' * 200_000))


class TestEnlarged:
    @pytest.mark.parametrize(
        ("size", "recorded"),
        [
            ((512, 512), [(512, 512)]),
            ((512, 520), [(512, 512)]),
            ((768, 512), [(512, 768)]),
            ((256, 256), [(512, 512)]),
            ((1024, 1024), [(512, 512), (1024, 1024)]),
            ((0, 0), [(512, 512)]),
            ((768, 512), [None]),
            ((512, 512), [(0, 0)]),
        ],
    )
    def test_explained(self, size: tuple[int, int], recorded: list[tuple[int, int] | None]) -> None:
        """A picture that is as recorded, turned, rounded or smaller is no sign of later work."""
        assert None is enlarged(container(*size), *recorded)

    @pytest.mark.parametrize(
        ("size", "recorded"),
        [
            ((1024, 1024), [(512, 512)]),
            ((512, 700), [(512, 512), None]),
            ((1024, 1024), [None]),
            ((2048, 2048), []),
        ],
    )
    def test_unexplained(self, size: tuple[int, int], recorded: list[tuple[int, int] | None]) -> None:
        """A picture larger than every recorded size was enlarged or put together afterwards."""
        assert enlarged(container(*size), *recorded) is not None
