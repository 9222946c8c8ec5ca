import json
from typing import Any
from xml.sax.saxutils import escape

import pytest

from myself_i2i.inspection import drawthings
from myself_i2i.inspection.interface import Answer, Mode, Reading, Role
from tests.support.materials import material
from tests.support.pictures import xmp_packet

BASE: dict[str, Any] = {
    "c": "a harbour",
    "model": "harbour_xl.ckpt",
    "strength": 1,
    "mask_blur": 1.5,
    "seed": 7,
}
DECODED = {"timings": [{"name": "text_encoded"}, {"name": "sampling"}, {"name": "image_decoded"}]}
ENCODED = {"timings": [{"name": "text_encoded"}, {"name": "image_encoded"}, {"name": "sampling"}]}


def packet(record: object, creator: str = "Draw Things") -> str:
    """The XMP packet of a Draw Things PNG."""
    comment = escape(json.dumps(record))
    return xmp_packet(
        f"<xmp:CreatorTool>{creator}</xmp:CreatorTool><exif:UserComment><rdf:Alt>"
        f'<rdf:li xml:lang="x-default">{comment}</rdf:li></rdf:Alt></exif:UserComment>'
    ).decode()


def read(**fields: Any) -> Reading:
    """What the reader says of a record."""
    reading = drawthings.read(material(xmp=packet({**BASE, "profile": DECODED, **fields})))
    assert reading is not None
    assert reading.evidence
    return reading


class TestAnswer:
    def test_text_only(self) -> None:
        """Full strength, no encoded picture and no control is text to image; the mask blur says nothing."""
        assert (Mode.T2I, Answer.NO, None) == (read().mode, read().image_input, read().strength)

    def test_strength(self) -> None:
        """A strength below 1 means that the canvas was used."""
        reading = read(strength=0.6)
        assert (Mode.I2I, Answer.YES, 0.6) == (reading.mode, reading.image_input, reading.strength)

    def test_newer_strength(self) -> None:
        """The strength may stand only in the newer part of the record."""
        assert Answer.YES is read(strength=None, v2={"strength": 0.5}).image_input

    @pytest.mark.parametrize(
        ("model", "mode"),
        [
            ("flux_1_fill_dev_q8p.ckpt", Mode.INPAINT),
            ("harbour_xl.ckpt", Mode.I2I),
            ("flux_1_kontext_dev.ckpt", Mode.EDIT),
        ],
    )
    def test_encoded_picture(self, model: str, mode: Mode) -> None:
        """An encoded picture is an input, whatever the strength; the model says what for."""
        reading = read(model=model, profile=ENCODED)
        assert (mode, Answer.YES, 1.0) == (reading.mode, reading.image_input, reading.strength)

    @pytest.mark.parametrize(
        ("file", "mode", "role"),
        [
            ("flux_1_redux_f16.ckpt", Mode.REFERENCE, Role.REFERENCE),
            ("ip_adapter_xl.ckpt", Mode.REFERENCE, Role.REFERENCE),
            ("controlnet_depth_1.x.ckpt", Mode.CONTROLNET, Role.CONTROL),
        ],
    )
    def test_control(self, file: str, mode: Mode, role: Role) -> None:
        """A control that is switched on is a picture; its file says of which kind."""
        reading = read(control=[{"file": file, "weight": 1}])
        assert (mode, [role], [file]) == (
            reading.mode,
            [i.role for i in reading.inputs],
            reading.extras["controlnets"],
        )

    def test_control_off(self) -> None:
        """A control of weight 0 had no effect."""
        assert Answer.NO is read(control=[{"file": "controlnet_depth.ckpt", "weight": 0}]).image_input

    def test_control_lora(self) -> None:
        """The FLUX tools that follow edges or depth come as LoRA; a LoRA about depth of field is none of them."""
        assert Mode.CONTROLNET is read(lora=[{"model": "flux_1_depth_dev_lora_f16.ckpt"}]).mode
        assert Answer.NO is read(lora=[{"model": "depth_of_field_lora.ckpt"}]).image_input

    def test_fill_without_timings(self) -> None:
        """A fill model without timings leaves open whether the canvas held a picture."""
        reading = read(model="flux_1_fill_dev.ckpt", profile=None)
        assert (Mode.UNKNOWN, Answer.NOT_RECORDED) == (reading.mode, reading.image_input)

    def test_own_second_pass(self) -> None:
        """The high resolution fix is the tool's own pass."""
        assert (Mode.UPSCALE, Answer.NO) == (
            read(v2={"hiresFix": True}).mode,
            read(v2={"hiresFix": True}).image_input,
        )


class TestRecognition:
    def test_jpeg(self) -> None:
        """JPEGs carry the record in EXIF."""
        exif = {"Software": "Draw Things", "UserComment": {**BASE, "strength": 0.3}}
        reading = drawthings.read(material(exif=exif, lossless=False))
        assert reading is not None
        assert (Answer.YES, 0.3) == (reading.image_input, reading.strength)

    def test_empty_record(self) -> None:
        """A file of Draw Things without a readable record tells nothing."""
        reading = drawthings.read(material(xmp=packet("nothing")))
        assert reading is not None
        assert Answer.NOT_RECORDED is reading.image_input

    @pytest.mark.parametrize("xmp", [None, "", "Draw Things", "<x>Draw Things", packet(BASE, creator="GIMP")])
    def test_not_drawthings(self, xmp: str | None) -> None:
        """The name alone, somewhere in the text, is not enough."""
        assert drawthings.read(material(xmp=xmp)) is None
