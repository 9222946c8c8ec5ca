from typing import Any

import pytest

from myself_i2i.inspection import imaginairy
from myself_i2i.inspection.interface import Answer, Mode, Reading, Role
from tests.support.materials import material

SOFTWARE = "Imaginairy / Stable Diffusion OpenHarbour"
BASE: dict[str, Any] = {
    "prompt": [{"text": "a harbour", "weight": 1}],
    "init_image": "None",
    "init_image_strength": 0.2,
    "mask_image": "None",
    "control_inputs": [],
    "outpaint": "",
    "model_weights": {"name": "OpenHarbour"},
}


def read(**fields: Any) -> Reading:
    """What the reader says of a request."""
    reading = imaginairy.read(
        material(exif={"Software": SOFTWARE, "UserComment": {"prompt": {**BASE, **fields}}}, lossless=False)
    )
    assert reading is not None
    assert reading.evidence
    return reading


class TestAnswer:
    def test_text_only(self) -> None:
        """The default strength is written without an init image too and says nothing."""
        reading = read()
        assert (Mode.T2I, Answer.NO, None) == (reading.mode, reading.image_input, reading.strength)

    def test_init(self) -> None:
        """An init image is named; the strength is turned to how much was replaced."""
        reading = read(init_image="sketch.jpg")
        assert (Mode.I2I, Answer.YES, 0.8) == (reading.mode, reading.image_input, reading.strength)
        assert "sketch.jpg" == reading.inputs[0].name

    @pytest.mark.parametrize(
        ("fields", "mode"),
        [
            ({"init_image": "a.png", "mask_image": "m.png"}, Mode.INPAINT),
            ({"init_image": "a.png", "mask_prompt": "the sky"}, Mode.INPAINT),
            ({"init_image": "a.png", "outpaint": "up100"}, Mode.OUTPAINT),
            ({"control_inputs": [{"mode": "canny", "image": "c.png"}]}, Mode.CONTROLNET),
            ({"init_image": "a.png", "control_inputs": [{"mode": "canny"}]}, Mode.MIXED),
        ],
    )
    def test_modes(self, fields: dict[str, Any], mode: Mode) -> None:
        """Mask, outpaint and control make the mode."""
        assert (mode, Answer.YES) == (read(**fields).mode, read(**fields).image_input)

    def test_control_name(self) -> None:
        """A control picture is named."""
        reading = read(control_inputs=[{"mode": "canny", "image": "c.png"}])
        assert [(Role.CONTROL, "c.png")] == [(item.role, item.name) for item in reading.inputs]

    def test_text_summary_only(self) -> None:
        """The description beside it does not tell, so without the request it is not recorded."""
        exif = {"Software": SOFTWARE, "ImageDescription": '"x" init-image-strength:0.2'}
        reading = imaginairy.read(material(exif=exif))
        assert reading is not None
        assert Answer.NOT_RECORDED is reading.image_input

    def test_not_imaginairy(self) -> None:
        """Other software is not imaginAIry."""
        assert imaginairy.read(material(exif={"Software": "GIMP", "UserComment": {"prompt": BASE}})) is None
