import pytest
from hypothesis import given
from hypothesis import strategies as st

from myself_i2i.image.interface import Container, Format, TextEntry
from myself_i2i.inspection.interface import Answer, Material, Mode, Reading, Role
from myself_i2i.inspection.sdnext import read

BASE = "Steps: 30, Size: 1024x1024, Sampler: UniPC, Seed: 5, CFG scale: 6, App: SD.Next, Version: 1a2b3c4"


def material(text: str, *, size: tuple[int, int] = (1024, 1024), software: str | None = None) -> Material:
    """A JPEG with `text` as its EXIF comment."""
    exif = {"UserComment": text} | ({"Software": software} if software else {})
    return Material(Container(format=Format.JPEG, width=size[0], height=size[1], exif=exif))


def reading(settings: str, *, size: tuple[int, int] = (1024, 1024), base: str = BASE) -> Reading:
    """What the reader says of a text with `settings`."""
    found = read(material(f"a mill\nNegative prompt: rain\n{base}, {settings}", size=size))
    assert found is not None
    assert found.evidence
    return found


class TestOperations:
    @pytest.mark.parametrize(
        ("settings", "mode", "answer"),
        [
            ("Pipeline: StableDiffusionXLPipeline, Operations: txt2img, Model: m", Mode.T2I, Answer.NO),
            (
                "Pipeline: FluxKontextPipeline, Operations: txt2img, Model: FLUX.1-Kontext-dev",
                Mode.T2I,
                Answer.NO,
            ),
            ("Operations: txt2img; detailer; inpaint, Detailer strength: 0.3", Mode.T2I, Answer.NO),
            ("Operations: upscale; txt2img, Hires size: 2048x2048", Mode.UPSCALE, Answer.NO),
            (
                "Operations: txt2img; img2img; hires, Hires strength: 0.4, Hires steps: 9",
                Mode.UPSCALE,
                Answer.NO,
            ),
            ("Operations: img2img, Init image size: 512x512, Denoising strength: 0.4", Mode.I2I, Answer.YES),
            ("Operations: inpaint, Mask blur: 4, Init image size: 512x512", Mode.INPAINT, Answer.YES),
            ("Operations: img2img; upscale, Init image hash: 01234567", Mode.I2I, Answer.YES),
            ("Operations: img2img; hires, Init image hash: 01234567", Mode.I2I, Answer.YES),
            ("Operations: img2img, Pipeline: HiDreamImageEditingPipeline", Mode.EDIT, Answer.YES),
            ("Operations: img2img, Pipeline: QwenImageEditPlusPipeline", Mode.EDIT, Answer.YES),
            (
                "Operations: txt2img; control, Control type: ControlNet, Control model: Canny",
                Mode.CONTROLNET,
                Answer.YES,
            ),
            ("Operations: control; txt2img, Control type: Reference", Mode.REFERENCE, Answer.YES),
            ("Operations: txt2img, IP Adapter: Base:0.5", Mode.REFERENCE, Answer.YES),
            ("Operations: img2img, Control model: Depth, Control type: ControlNet", Mode.MIXED, Answer.YES),
            ("Operations: control; txt2img", Mode.UNKNOWN, Answer.NOT_RECORDED),
            ("Operations: upscale", Mode.UPSCALE, Answer.NOT_RECORDED),
            ("Operations: detailer", Mode.UNKNOWN, Answer.NOT_RECORDED),
            ("Operations: video; txt2img", Mode.UNKNOWN, Answer.NOT_RECORDED),
            ("Operations: txt2img, Init image hash: 01234567", Mode.UNKNOWN, Answer.NOT_RECORDED),
        ],
    )
    def test_decide(self, settings: str, mode: Mode, answer: Answer) -> None:
        """The set of operations decides, in any order, and the name of the pipeline does not."""
        found = reading(settings)

        assert (mode, answer) == (found.mode, found.image_input)

    def test_init_image_hash(self) -> None:
        """The short hash of the loaded pixels is passed on, so the loaded file can be found."""
        found = reading("Operations: img2img, Init image hash: 9E42A6BE, Denoising strength: 0.3")

        assert {"pixels-sha256-8": "9e42a6be"} == found.inputs[0].hashes
        assert (Role.INIT, 0.3) == (found.inputs[0].role, found.strength)

    def test_foreign_app_in_the_same_style(self) -> None:
        """`Operations` is a record whoever wrote it, and the writer is named."""
        found = reading("Operations: img2img", base="Steps: 4, Seed: 1, App: example.org")

        assert ("example.org (SD.Next-style text)", Answer.YES) == (found.tool, found.image_input)


class TestBefore2024:
    @pytest.mark.parametrize(
        ("settings", "mode", "answer"),
        [
            ("Parser: Full parser, Backend: Diffusers", Mode.T2I, Answer.NO),
            (
                "Parser: Full parser, Second pass: True, Hires steps: 5, Denoising strength: 0.4",
                Mode.UPSCALE,
                Answer.NO,
            ),
            ("Parser: Full parser, Init image size: 512x512, Denoising strength: 0.4", Mode.I2I, Answer.YES),
            ("Parser: Full parser, Mask blur: 4, Denoising strength: 0.4", Mode.INPAINT, Answer.YES),
            ("Parser: Full parser, Denoising strength: 0.4", Mode.UNKNOWN, Answer.NOT_RECORDED),
            ("Parser: Full parser, Init image size: 0x0", Mode.T2I, Answer.NO),
            ("Parser: Full parser, Pipeline: QwenImageEditPipeline", Mode.UNKNOWN, Answer.NOT_RECORDED),
        ],
    )
    def test_texts_without_operations(self, settings: str, mode: Mode, answer: Answer) -> None:
        """Without `Operations` only the settings of a loaded picture are proof of one."""
        found = reading(
            settings, base="Steps: 20, Sampler: Euler a, Seed: 3, Size: 1024x1024, Version: 0123abc"
        )

        assert (mode, answer) == (found.mode, found.image_input)


class TestLaterWork:
    def test_enlarged_or_edited_is_not_a_no(self) -> None:
        """A picture larger than recorded, or saved by an editor, no longer gives a "no"."""
        large = reading("Operations: txt2img", size=(4096, 4096))
        edited = read(material(f"p\n{BASE}, Operations: txt2img", software="GIMP 3.0"))

        assert edited is not None
        assert [Answer.NOT_RECORDED] * 2 == [large.image_input, edited.image_input]

    def test_grids_and_thumbnails_stay_a_no(self) -> None:
        """A grid is larger than its pictures and a thumbnail smaller; neither is later work."""
        grid = reading("Operations: txt2img, Batch: 2x2, Grid: 2x2", size=(2048, 2048))
        small = reading("Operations: txt2img", size=(512, 512))

        assert [Answer.NO] * 2 == [grid.image_input, small.image_input]


class TestOthers:
    @pytest.mark.parametrize(
        "text", ["", "a\nSteps: 1, Sampler: Euler a, Seed: 2, Version: v1.10.1", "a\nSteps: 3, Seed: 1"]
    )
    def test_are_left_alone(self, text: str) -> None:
        """Texts of other tools are not read here."""
        png = Container(format=Format.PNG, width=8, height=8, texts=(TextEntry("parameters", text, "tEXt"),))

        assert None is read(Material(png))

    @given(st.text(alphabet='txt2img;,"\\: {}[]', max_size=60), st.text(max_size=40))
    def test_never_raises(self, one: str, other: str) -> None:
        """No settings make the reader raise."""
        read(
            material(
                f"p\n{BASE}, Operations: {one}, Size: {other}, Control model: {one}, Hires scale: {other}"
            )
        )
