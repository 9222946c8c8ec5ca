import pytest

from myself_i2i.image.interface import Container, Format, TextEntry
from myself_i2i.inspection._settings import (
    Writer,
    evidence_of,
    extras_of,
    find_infotext,
    names_edit_model,
    writer_of,
)
from myself_i2i.inspection.infotext import parse
from myself_i2i.inspection.interface import Material

BASE = "p\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1, Size: 512x512, Model hash: 0123456789"


class TestWriterOf:
    @pytest.mark.parametrize(
        ("settings", "writer"),
        [
            ("", Writer.A1111),
            (", Version: v1.10.0-amd-5-g12345678", Writer.A1111),
            (", Version: 1.6.0", Writer.A1111),
            (", Version: neo", Writer.A1111),
            (", Version: 1a2b3c4", Writer.SDNEXT),
            (", App: SD.Next, Version: 1a2b3c4", Writer.SDNEXT),
            (", Operations: txt2img", Writer.SDNEXT),
            (", Version: Fooocus v2.5.5", Writer.FOOOCUS),
            (", Civitai resources: []", Writer.CIVITAI),
            (", Civitai resources: [], Version: ComfyUI", Writer.COMFYUI),
            (", Civitai resources: [], Version: v1.9.0", Writer.A1111),
            (", Version: somebody 3", Writer.OTHER),
            (", App: else", Writer.OTHER),
        ],
    )
    def test_by_what_only_it_writes(self, settings: str, writer: Writer) -> None:
        """Each writer is known by settings that only it writes."""
        info = parse(BASE + settings)

        assert info is not None
        assert writer is writer_of(info)


class TestFindInfotext:
    @pytest.mark.parametrize(
        ("container", "place"),
        [
            (
                Container(
                    format=Format.PNG, width=1, height=1, texts=(TextEntry("parameters", BASE, "zTXt"),)
                ),
                "PNG parameters",
            ),
            (
                Container(format=Format.WEBP, width=1, height=1, exif={"UserComment": BASE}),
                "EXIF UserComment",
            ),
            (Container(format=Format.JPEG, width=1, height=1, comments=("x", BASE)), "JPEG comment"),
            (
                Container(
                    format=Format.PNG, width=1, height=1, texts=(TextEntry("UserComment", BASE, "tEXt"),)
                ),
                "PNG UserComment",
            ),
        ],
    )
    def test_every_place(self, container: Container, place: str) -> None:
        """The text is found in every place that tools and converters put it."""
        found = find_infotext(Material(container))

        assert found is not None
        assert place == found[1]

    def test_pixels_are_decoded_only_when_nothing_else_is_there(self) -> None:
        """A file with texts of its own never costs a decode."""

        def fail() -> str | None:
            raise AssertionError

        busy = Container(
            format=Format.PNG, width=1, height=1, lossless=True, texts=(TextEntry("prompt", "{}", "tEXt"),)
        )

        assert None is find_infotext(Material(busy, load_stealth=fail))


class TestEvidenceAndExtras:
    def test_evidence_names_place_and_key_as_written(self) -> None:
        """Evidence has the key as the file spells it, each once, and skips what is not there."""
        info = parse(BASE)
        assert info is not None

        assert [("PNG parameters: Seed", "1")] == [
            (item.key, item.value)
            for item in evidence_of(info, "PNG parameters", ["seed", "SEED", "Nothing", None])
        ]

    def test_extras_are_bounded(self) -> None:
        """Endless prompts and settings give bounded extras."""
        info = parse(
            "x" * 100_000 + "\nSteps: 1, " + ", ".join(f"k{index}: {'v' * 1_000}" for index in range(500))
        )
        assert info is not None

        extras = extras_of(info)

        assert len(str(extras)) < 60_000

    @pytest.mark.parametrize(
        "name", ["flux1-kontext-dev", "Qwen-Image-Edit-2509", "instruct-pix2pix", "HiDream-E1-1", "OmniGen2"]
    )
    def test_edit_models(self, name: str) -> None:
        """Models made to edit a given picture are known by name."""
        assert names_edit_model(None, name)

    @pytest.mark.parametrize("name", ["editorial_xl", "flux1-dev", "credits", ""])
    def test_other_models(self, name: str) -> None:
        """Other names are not taken for one."""
        assert not names_edit_model(name)
