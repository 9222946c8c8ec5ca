from typing import Any

import pytest

from myself_i2i.inspection import swarmui
from myself_i2i.inspection.interface import Answer, Mode, Reading, Role
from tests.support.materials import material

BASE = {"prompt": "a harbour", "model": "harbour-xl", "seed": 1, "steps": 20, "swarm_version": "0.9.6.3"}


def read(*, unused: list[str] | None = None, **params: Any) -> Reading:
    """What the reader says of these parameters."""
    extra = {"date": "2025-06-27", "unused_parameters": unused or []}
    record = {"sui_image_params": {**BASE, **params}, "sui_extra_data": extra}
    reading = swarmui.read(material({"parameters": record}))
    assert reading is not None
    assert reading.evidence
    return reading


class TestAnswer:
    def test_text_only(self) -> None:
        """Without image settings it is text to image."""
        assert (Mode.T2I, Answer.NO) == (read().mode, read().image_input)

    def test_named_init(self) -> None:
        """A picture on the server is named."""
        reading = read(initimage="inputs/harbour.png", initimagecreativity=0.4)
        assert (Mode.I2I, 0.4, "inputs/harbour.png") == (
            reading.mode,
            reading.strength,
            reading.inputs[0].name,
        )

    def test_dropped_init(self) -> None:
        """A picture from the browser is dropped from the record; its creativity shows that it was there."""
        reading = read(initimagecreativity=0.4)
        assert (Mode.I2I, Answer.YES, 0.4) == (reading.mode, reading.image_input, reading.strength)
        assert "browser" in reading.notes[0].en

    def test_unused(self) -> None:
        """A setting that SwarmUI itself lists as unused had no effect."""
        assert Answer.NO is read(initimagecreativity=0.4, unused=["initimagecreativity"]).image_input

    @pytest.mark.parametrize("extra", [{"maskimage": "m.png"}, {"useinpaintingencode": True}])
    def test_inpaint(self, extra: dict[str, Any]) -> None:
        """A mask, or the inpainting encoder, makes it inpainting."""
        reading = read(initimage="a.png", **extra)
        assert (Mode.INPAINT, [Role.INIT, Role.MASK]) == (
            reading.mode,
            [item.role for item in reading.inputs],
        )

    def test_control(self) -> None:
        """A control model is a control picture, named where it is; "(None)" is none."""
        reading = read(controlnetmodel="canny", controlnettwomodel="depth", controlnettwoimageinput="d.png")
        assert (Mode.CONTROLNET, [None, "d.png"]) == (reading.mode, [item.name for item in reading.inputs])
        assert Answer.NO is read(controlnetmodel="(None)").image_input

    @pytest.mark.parametrize(
        ("model", "mode"), [("harbour-xl", Mode.REFERENCE), ("flux1-kontext-dev", Mode.EDIT)]
    )
    def test_prompt_images(self, model: str, mode: Mode) -> None:
        """Pictures in the prompt are references, or what an edit model edits."""
        reading = read(model=model, promptimages="a.png|b.png")
        assert (mode, ["a.png", "b.png"]) == (reading.mode, [item.name for item in reading.inputs])

    def test_own_second_pass(self) -> None:
        """The refiner's enlargement works on the tool's own picture."""
        reading = read(refinerupscale=2, refinercontrolpercentage=0.3, refinermethod="PostApply")
        assert (Mode.UPSCALE, Answer.NO, None) == (reading.mode, reading.image_input, reading.strength)

    def test_refiner_without_enlarging(self) -> None:
        """Refiner settings alone are no second picture size."""
        assert Mode.T2I is read(refinersteps=50, refinerupscale=1).mode

    def test_data_is_not_a_name(self) -> None:
        """Embedded data is not given out as a name."""
        assert read(initimage="data:image/png;base64,AAAA").inputs[0].name is None

    def test_empty(self) -> None:
        """Empty parameters tell nothing."""
        reading = swarmui.read(material(exif={"UserComment": {"sui_image_params": {}}}))
        assert reading is not None
        assert Answer.NOT_RECORDED is reading.image_input


class TestRecognition:
    def test_exif(self) -> None:
        """JPEGs carry the record in EXIF."""
        assert swarmui.read(material(exif={"UserComment": {"sui_image_params": BASE}})) is not None

    @pytest.mark.parametrize("value", ["a\nSteps: 2", "{}", '{"sui_image_params": 3}', "sui_image_params"])
    def test_not_swarmui(self, value: str) -> None:
        """Other parameters are not SwarmUI's."""
        assert swarmui.read(material({"parameters": value})) is None
