import pytest
from hypothesis import given
from hypothesis import strategies as st

from myself_i2i.image.interface import Container, Format, TextEntry
from myself_i2i.inspection.interface import Answer, Material, Mode, Reading
from myself_i2i.inspection.krita import read

TEXT = (
    "a fox <lora:line_art:0.8>\nNegative prompt: blur\n"
    "Steps: 20, Sampler: Euler - euler_a, CFG scale: 5.0, Seed: 77, Size: 512x768, Model hash: unknown, Model: ink.safetensors"
)
IPTC = "http://cv.iptc.org/newscodes/digitalsourcetype/"


def reading(text: str, source_type: str | None = None) -> Reading | None:
    """What the reader says of a PNG that the plug-in saved."""
    xmp = f'<rdf:Description Iptc4xmpExt:DigitalSourceType="{IPTC}{source_type}"/>' if source_type else None
    texts = (TextEntry("parameters", text, "iTXt"),)
    return read(Material(Container(format=Format.PNG, width=512, height=768, texts=texts, xmp=xmp)))


class TestKrita:
    @pytest.mark.parametrize(
        ("settings", "source_type", "mode", "answer"),
        [
            (", Denoising strength: 0.6", None, Mode.I2I, Answer.YES),
            (", Denoising strength: 0.6", "compositeWithTrainedAlgorithmicMedia", Mode.I2I, Answer.YES),
            ("", "compositeWithTrainedAlgorithmicMedia", Mode.INPAINT, Answer.YES),
            ("", "trainedAlgorithmicMedia", Mode.T2I, Answer.NOT_RECORDED),
            ("", None, Mode.UNKNOWN, Answer.NOT_RECORDED),
        ],
    )
    def test_canvas(self, settings: str, source_type: str | None, mode: Mode, answer: Answer) -> None:
        """Strength below one or a composite source type means the canvas; control layers keep the rest open."""
        found = reading(TEXT + settings, source_type)

        assert found is not None
        assert (mode, answer) == (found.mode, found.image_input)
        assert found.evidence

    def test_recorded_settings(self) -> None:
        """Model, LoRA and strength are recorded; the plug-in's placeholder hash is not taken for one."""
        found = reading(TEXT + ", Denoising strength: 0.25")

        assert found is not None
        assert ("ink.safetensors", 0.25, ["line_art"]) == (found.model, found.strength, found.extras["loras"])
        assert "model_hash" not in found.extras

    def test_others_are_left_alone(self) -> None:
        """A text with a real model hash is not this plug-in's."""
        assert None is reading(TEXT.replace("unknown", "0123456789"))
        assert None is reading("a fox")

    @given(st.text(max_size=80), st.text(max_size=80))
    def test_never_raises(self, one: str, other: str) -> None:
        """No text and no XMP make the reader raise."""
        reading(f"{TEXT}, Denoising strength: {one}", other)
