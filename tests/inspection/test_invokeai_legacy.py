import base64
import hashlib
from typing import Any

import pytest

from myself_i2i.inspection import invokeai_legacy
from myself_i2i.inspection._words import EMBEDDED
from myself_i2i.inspection.interface import Answer, Mode, Reading, Role
from tests.support.materials import material

DIGEST = hashlib.sha256(b"a sketch").hexdigest()
SETTINGS = "-s 50 -S 42 -W 512 -H 512 -C 7.5"


def read(dream: str | None = None, image: dict[str, Any] | None = None, **record: Any) -> Reading:
    """What the reader says of a command line and an `image` record."""
    texts: dict[str, Any] = {} if dream is None else {"Dream": dream}
    if image is not None or record:
        texts["sd-metadata"] = {
            "model_id": "stable-diffusion-1.4",
            "app_version": "v2.0",
            "image": image,
            **record,
        }
    reading = invokeai_legacy.read(material(texts))
    assert reading is not None
    assert reading.evidence
    return reading


class TestCommand:
    @pytest.mark.parametrize(
        "dream", [f'"a harbour" {SETTINGS} -A k_lms', "a harbour -s50 -W512 -V 1,0.2 -S3 -Ak_lms"]
    )
    def test_text_only(self, dream: str) -> None:
        """A command without a picture is text to image, with or without spaces and quotes."""
        reading = read(dream)
        assert (Mode.T2I, Answer.NO) == (reading.mode, reading.image_input)

    @pytest.mark.parametrize(
        "flag", ["-I /pictures/harbour.png", "-I/pictures/harbour.png", "--init_img=/pictures/harbour.png"]
    )
    def test_init(self, flag: str) -> None:
        """The init picture is named exactly as it was typed, and the strength told."""
        reading = read(f'"a harbour" {SETTINGS} {flag} -f 0.7')
        assert (Mode.I2I, Answer.YES, 0.7) == (reading.mode, reading.image_input, reading.strength)
        assert ["/pictures/harbour.png"] == [item.name for item in reading.inputs]

    def test_quoted_name(self) -> None:
        """A name with spaces stands in quotes."""
        assert "my sketch.png" == read(f'"x" {SETTINGS} -I "my sketch.png"').inputs[0].name

    def test_flag_inside_prompt(self) -> None:
        """A flag inside the quoted prompt is part of the prompt."""
        assert Answer.NO is read(f'"draw -I /pictures/x.png" {SETTINGS}').image_input

    def test_mask(self) -> None:
        """A mask makes it inpainting; both files are named."""
        reading = read(f'"x" {SETTINGS} -I a.png -M m.png')
        assert (Mode.INPAINT, [Role.INIT, Role.MASK]) == (
            reading.mode,
            [item.role for item in reading.inputs],
        )

    def test_text_mask(self) -> None:
        """A mask made from words makes it inpainting too."""
        assert Mode.INPAINT is read(f'"x" {SETTINGS} -I a.png -tm hair').mode

    def test_mask_preview(self) -> None:
        """A preview of a mask shows a loaded picture and is no generation."""
        reading = read("!mask ./a.png -tm hair 0.5")
        assert (Mode.UNKNOWN, Answer.YES, "./a.png") == (
            reading.mode,
            reading.image_input,
            reading.inputs[0].name,
        )

    @pytest.mark.parametrize("dream", ["<too lazy to implement>", "", "hello there"])
    def test_no_command(self, dream: str) -> None:
        """A text that is no command tells nothing."""
        assert (Mode.UNKNOWN, Answer.NOT_RECORDED) == (read(dream).mode, read(dream).image_input)

    def test_embedded(self) -> None:
        """A picture embedded as data is known by the sha256 of its bytes; the data itself is not printed."""
        uri = "data:image/png;base64," + base64.b64encode(b"a sketch").decode()
        reading = read(f'"x" {SETTINGS} -I {uri} -f 0.5')
        assert (DIGEST, None, EMBEDDED) == (
            reading.inputs[0].sha256,
            reading.inputs[0].name,
            reading.inputs[0].note,
        )

    def test_embedded_damage(self) -> None:
        """Damaged embedded data is an input without a digest."""
        reading = read(f'"x" {SETTINGS} -I data:image/png;base64,@@@')
        assert (Answer.YES, None) == (reading.image_input, reading.inputs[0].sha256)


class TestRecord:
    def test_type(self) -> None:
        """The type decides where nothing speaks against it; a strength on a text run says nothing."""
        assert Answer.NO is read(image={"type": "txt2img", "strength": 0.75}).image_input
        assert Answer.YES is read(image={"type": "img2img"}).image_input

    def test_digest(self) -> None:
        """`orig_hash` is the sha256 of the init file, beside its name from the command."""
        reading = read(
            f'"x" {SETTINGS} -I /pictures/s.png',
            {"type": "img2img", "orig_hash": DIGEST, "strength_steps": 0.4},
        )
        assert [("/pictures/s.png", DIGEST)] == [(item.name, item.sha256) for item in reading.inputs]
        assert 0.4 == reading.strength

    @pytest.mark.parametrize("digest", ["abc", 7, None, "Z" * 64])
    def test_no_digest(self, digest: object) -> None:
        """What is no sha256 is not given out as one."""
        assert read(image={"type": "img2img", "orig_hash": digest}).inputs[0].sha256 is None

    @pytest.mark.parametrize("tool", ["outcrop", "outpaint"])
    def test_reopened(self, tool: str) -> None:
        """`!fix` opens a finished picture: outpainting, although the copied record says txt2img."""
        step = {"tool": tool, "dream_command": '!fix "pictures/old.png" -s 50 -c top 64'}
        reading = read(image={"type": "txt2img", "postprocessing": [step]})
        assert (Mode.OUTPAINT, Answer.YES) == (reading.mode, reading.image_input)
        assert ["pictures/old.png"] == [item.name for item in reading.inputs]

    @pytest.mark.parametrize(("flags", "mode"), [("-U 2 0.75", Mode.UPSCALE), ("-G 0.8", Mode.EDIT)])
    def test_fixed(self, flags: str, mode: Mode) -> None:
        """`!fix` may also enlarge or repair a loaded picture."""
        step = {
            "tool": "upscale" if mode is Mode.UPSCALE else "gfpgan",
            "dream_command": f"!fix old.png {flags}",
        }
        reading = read(image={"type": "txt2img", "postprocessing": [step]})
        assert (mode, Answer.YES) == (reading.mode, reading.image_input)

    def test_own_upscale(self) -> None:
        """Enlarging within the same run loads nothing."""
        steps = [{"type": "esrgan", "scale": 2, "strength": 0.75}]
        reading = read(image={"type": "txt2img", "postprocessing": steps})
        assert (Mode.UPSCALE, Answer.NO) == (reading.mode, reading.image_input)

    def test_images(self) -> None:
        """Early versions wrote a list of images."""
        assert Answer.NO is read(image=None, images=[{"type": "txt2img"}]).image_input

    def test_unknown_type(self) -> None:
        """A type that is not known here leaves the question open."""
        assert Answer.NOT_RECORDED is read(image={"type": "hologram"}).image_input

    def test_not_invokeai(self) -> None:
        """Without its texts it is not InvokeAI."""
        assert invokeai_legacy.read(material({"parameters": "x"})) is None
