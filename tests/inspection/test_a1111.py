import pytest
from hypothesis import given
from hypothesis import strategies as st

from myself_i2i.image.interface import Container, Format, TextEntry
from myself_i2i.inspection.a1111 import read
from myself_i2i.inspection.interface import Answer, Material, Mode, Reading, Role

HEAD = "a harbour at dawn\nNegative prompt: fog\n"
BASE = "Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 11, Size: 512x512, Model hash: 0123456789, Model: harbour_v2"


def material(
    text: str, *, size: tuple[int, int] = (512, 512), xmp: str | None = None, **texts: str
) -> Material:
    """A PNG with `text` as its parameters."""
    entries = (
        TextEntry("parameters", text, "tEXt"),
        *(TextEntry(key, value, "tEXt") for key, value in texts.items()),
    )
    return Material(Container(format=Format.PNG, width=size[0], height=size[1], texts=entries, xmp=xmp))


def reading(settings: str, *, size: tuple[int, int] = (512, 512), base: str = BASE, **more: str) -> Reading:
    """What the reader says of an ordinary text with `settings` added."""
    found = read(material(f"{HEAD}{base}{settings}", size=size, **more))
    assert found is not None
    assert found.evidence
    return found


def answer(settings: str, *, base: str = BASE, size: tuple[int, int] = (512, 512)) -> tuple[Mode, Answer]:
    """Mode and answer only."""
    found = reading(settings, base=base, size=size)
    return found.mode, found.image_input


class TestTextToImage:
    @pytest.mark.parametrize(
        "settings",
        [
            "",
            ", Version: v1.10.1",
            ", ADetailer model: face_yolov8n.pt, ADetailer denoising strength: 0.4, ADetailer mask blur: 4, Version: v1.9.4",
            ', Hashes: {"model": "0123456789"}, Version: v1.8.0',
            ", Refiner: refiner_v1 [aa], Refiner switch at: 0.8, Version: v1.7.0",
            ", Distilled CFG Scale: 3.5, Schedule type: Simple, Module 1: ae, Version: f2.0.1v1.10.1-previous-1-gabcdef0",
            ', FreeU Stages: "[{\\"b\\": 1.2}]", RP Active: True, Tiled Diffusion: {"Method": "MultiDiffusion"}, Version: v1.6.0',
            ', ControlNet 0: "Module: none, Model: None, Weight: 1", Version: v1.9.0',
            ", ControlNet Enabled: False",
            ", layerdiffusion_enabled: True, layerdiffusion_fg_image: False, Version: f0.0.17v1.8.0rc-latest-276",
            ", ENSD: 31337, Conditional mask weight: 1.0",
        ],
    )
    def test_no_image(self, settings: str) -> None:
        """Settings that no loaded picture is behind leave the answer at "no"."""
        assert (Mode.T2I, Answer.NO) == answer(settings)

    def test_extras(self) -> None:
        """Prompt, seed, LoRAs and the rest are recorded as they stand."""
        found = read(
            material(
                f'a harbour <lora:fog_v2:0.7>\nNegative prompt: x\n{BASE}, Lora hashes: "boats: 12ab, fog_v2: 34cd", '
                'TI hashes: "easyneg: 99", Version: v1.10.1'
            )
        )

        assert found is not None
        assert ["fog_v2", "boats"] == found.extras["loras"]
        assert ["easyneg"] == found.extras["embeddings"]
        assert (11, 20, "Euler a", "512x512") == tuple(
            found.extras[key] for key in ("seed", "steps", "sampler", "size")
        )
        assert ("harbour_v2", "v1.10.1") == (found.model, found.tool_version)


class TestSecondPass:
    @pytest.mark.parametrize(
        "settings",
        [
            ", Denoising strength: 0.4, Hires upscale: 2, Hires steps: 10, Hires upscaler: Latent, Version: v1.6.0",
            ", Denoising strength: 0.4, Hires resize: 1024x1024, Hires upscaler: 4x_x",
            ", Denoising strength: 0.7, First pass size: 0x0",
            ", Denoising strength: 0.3, Hires Module 1: Use same choices, Hires CFG Scale: 5, Hires upscale: 2, Version: neo",
        ],
    )
    def test_hires_is_the_tools_own(self, settings: str) -> None:
        """Hires fix, old and new, is a second pass over the tool's own picture."""
        assert (Mode.UPSCALE, Answer.NO) == answer(settings)

    def test_strength_and_size(self) -> None:
        """A hires picture has the size of the second pass, and its strength is reported."""
        found = reading(
            ", Denoising strength: 0.35, Hires upscale: 1.5, Hires upscaler: x, Version: v1.7.0",
            size=(768, 768),
        )

        assert (Answer.NO, 0.35) == (found.image_input, found.strength)
        assert "1.5" == found.extras["second_pass"]["Hires upscale"]

    @pytest.mark.parametrize("resize", ["1024x1024", "1024x0", "0x1024"])
    def test_resize_to_a_size(self, resize: str) -> None:
        """A second pass to a given size, one side of it left open or not, explains the size of the picture."""
        settings = (
            f", Denoising strength: 0.4, Hires resize: {resize}, Hires upscaler: Latent, Version: v1.9.0"
        )

        assert (Mode.UPSCALE, Answer.NO) == answer(settings, size=(1024, 1024))


class TestImageToImage:
    @pytest.mark.parametrize(
        ("settings", "mode"),
        [
            (", Denoising strength: 0.6, Version: v1.10.1", Mode.I2I),
            (", Denoising strength: 0.6, Mask blur: 4", Mode.I2I),
            (", Denoising strength: 0.6, Mask blur: 4, Version: v1.3.2", Mode.I2I),
            (", Denoising strength: 0.6, Mask blur: 4, Version: v1.8.0", Mode.INPAINT),
            (
                ", Denoising strength: 0.6, Mask blur: 4, Masked content: original, Version: v1.8.0",
                Mode.INPAINT,
            ),
            (
                ", Denoising strength: 0.6, Inpaint area: Only masked, Masked area padding: 32, Version: neo",
                Mode.INPAINT,
            ),
            (", Denoising strength: 0.5, Denoising strength change factor: 1", Mode.I2I),
            (
                ", Denoising strength: 0.3, SD upscale overlap: 64, SD upscale upscaler: ESRGAN_4x",
                Mode.UPSCALE,
            ),
            (
                ", Denoising strength: 0.3, Ultimate SD upscale upscaler: 4x, Ultimate SD upscale tile_width: 512",
                Mode.UPSCALE,
            ),
            (", Image CFG scale: 1.5, Denoising strength: 1", Mode.EDIT),
            (', Decode prompt: "a, b", Decode steps: 50, Denoising strength: 1, Version: v1.9.0', Mode.I2I),
            (", layerdiffusion_bg_image: True, Version: f2.0.1v1.10.1", Mode.REFERENCE),
        ],
    )
    def test_loaded_picture(self, settings: str, mode: Mode) -> None:
        """Each trace of the img2img tab says that a picture was loaded."""
        assert (mode, Answer.YES) == answer(settings)

    def test_oldest_builds(self) -> None:
        """Builds of August 2022 spelled it with a capital S and knew no other use for it, zero included."""
        base = "Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 11"

        assert (Mode.I2I, Answer.YES) == answer(", Denoising Strength: 0", base=base)
        assert (Mode.I2I, Answer.YES) == answer(", Denoising strength: 0.75", base=base)

    @pytest.mark.parametrize("settings", [", Denoising strength: 0", ", Denoising strength: 0.7"])
    def test_old_api_is_open(self, settings: str) -> None:
        """A bare denoising strength of a build whose API wrote it for text to image too decides nothing."""
        found = reading(settings)

        assert Answer.NOT_RECORDED is found.image_input
        assert found.notes

    def test_strength_zero_is_open(self) -> None:
        """A strength of zero is the API's default of text to image, unless a mask shows the other tab."""
        assert Answer.NOT_RECORDED is answer(", Denoising strength: 0, Version: v1.5.1")[1]
        assert Answer.YES is answer(", Denoising strength: 0, Mask blur: 4")[1]

    def test_init_image_hash(self) -> None:
        """The md5 of the loaded pixels is passed on, so the loaded file can be found."""
        found = reading(
            ", Denoising strength: 0.5, Init image hash: 0123456789ABCDEF0123456789abcdef, Version: v1.9.0"
        )

        assert {"pixels-md5": "0123456789abcdef0123456789abcdef"} == found.inputs[0].hashes
        assert Role.INIT is found.inputs[0].role


class TestControlNet:
    @pytest.mark.parametrize(
        ("settings", "mode"),
        [
            (
                ', ControlNet 0: "Module: canny, Model: control_v11p [d1], Weight: 0.8", Version: v1.9.0',
                Mode.CONTROLNET,
            ),
            (
                ', ControlNet 0: "preprocessor: openpose, model: control_v11p, weight: 1, starting/ending: (0, 1)"',
                Mode.CONTROLNET,
            ),
            (
                ", ControlNet Enabled: True, ControlNet Module: none, ControlNet Model: control_sd15_depth(aa)",
                Mode.CONTROLNET,
            ),
            (
                ", ControlNet-0 Enabled: True, ControlNet-0 Module: canny, ControlNet-0 Model: c",
                Mode.CONTROLNET,
            ),
            (', ControlNet 0: "Module: reference_only, Model: None"', Mode.REFERENCE),
            (
                ', ControlNet 0: "Module: InsightFace+CLIP-H (IPAdapter), Model: ip-adapter-faceid [1]"',
                Mode.REFERENCE,
            ),
            (', ControlNet 1: "Module: inpaint_only+lama, Model: control_v11p_sd15_inpaint"', Mode.INPAINT),
            (
                ', Denoising strength: 0.4, ControlNet 0: "Module: canny, Model: c", Hires upscale: 2, Version: v1.9.0',
                Mode.CONTROLNET,
            ),
            (
                ', Denoising strength: 0.4, Mask blur: 4, ControlNet 0: "Module: ip-adapter_clip_sd15, Model: ip", Version: v1.9.0',
                Mode.MIXED,
            ),
        ],
    )
    def test_units(self, settings: str, mode: Mode) -> None:
        """An enabled unit took a picture, in every spelling."""
        assert (mode, Answer.YES) == answer(settings)

    def test_unit_is_reported(self) -> None:
        """Module, model and weight stand in the extras, and the input has the right role."""
        found = reading(', ControlNet 0: "Module: canny, Model: c [1], Weight: 0.8, Hr Option: Both"')

        assert [{"module": "canny", "model": "c [1]", "weight": 0.8}] == found.extras["controlnets"]
        assert [Role.CONTROL] == [item.role for item in found.inputs]


class TestLaterWork:
    def test_enlarged_copy_is_not_a_no(self) -> None:
        """A plain text on a picture larger than it explains no longer speaks for the pixels."""
        found = reading("", size=(2048, 2048))

        assert Answer.NOT_RECORDED is found.image_input
        assert found.notes

    def test_smaller_copy_stays_a_no(self) -> None:
        """Making a picture smaller puts nothing in."""
        assert (Mode.T2I, Answer.NO) == answer("", size=(256, 256))

    def test_sheet_of_pictures_stays_a_no(self) -> None:
        """A sheet of a script is larger than each of its pictures, and that is no sign of later work."""
        assert (Mode.T2I, Answer.NO) == answer(", Script: X/Y/Z plot, X Type: Seed", size=(1536, 1024))

    def test_editor(self) -> None:
        """A picture editor named in the file turns "no" into "not recorded", and never a "yes"."""
        plain = reading("", Software="Adobe Photoshop 26.0")
        loaded = reading(", Denoising strength: 0.5, Version: v1.9.0", Software="Adobe Photoshop 26.0")

        assert (Answer.NOT_RECORDED, Answer.YES) == (plain.image_input, loaded.image_input)

    def test_extras_tab(self) -> None:
        """An Extras text alone is an enlarged loaded file; behind a generation it leaves the input open."""
        alone = read(material("Postprocess upscale by: 4, Postprocess upscaler: R-ESRGAN 4x+"))
        behind = reading(", Postprocess upscale by: 4, Postprocess upscaler: R-ESRGAN 4x+", size=(2048, 2048))

        assert alone is not None
        assert (Mode.UPSCALE, Answer.YES) == (alone.mode, alone.image_input)
        assert (Mode.UPSCALE, Answer.NOT_RECORDED) == (behind.mode, behind.image_input)

    def test_edit_model_without_a_trace_is_open(self) -> None:
        """An edit model takes its picture through settings that are not written, so its plain text says nothing."""
        base = BASE.replace("harbour_v2", "flux1-dev-kontext_fp8")

        assert Answer.NOT_RECORDED is answer(", Version: neo", base=base)[1]


class TestWriters:
    @pytest.mark.parametrize(
        ("version", "tool"),
        [
            ("v1.10.1", "AUTOMATIC1111"),
            ("v1.6.0-2-g4afaaf8a", "AUTOMATIC1111"),
            ("f2.0.1v1.10.1-previous-665-gae278f79", "Forge"),
            ("f1.0.5v2-v1.10.1RC-latest-832-g123", "reForge"),
            ("classic", "Forge Classic"),
            ("neo", "Forge Neo"),
            ("neo-2.7", "Forge Neo"),
        ],
    )
    def test_version_names_the_tool(self, version: str, tool: str) -> None:
        """The kin are told apart by their version."""
        assert tool == reading(f", Version: {version}").tool

    @pytest.mark.parametrize(
        "text",
        [
            f"{HEAD}{BASE}, Version: ComfyUI",
            f"{HEAD}{BASE}, Denoising strength: 0.5, Version: ComfyUI",
            f"{HEAD}{BASE}, Version: stable-diffusion.cpp",
            f"{HEAD}{BASE}, App: Somebody's tool",
            f"{HEAD}Steps: 20, CFG scale: 7, Seed: 3, Model: x",
            f"{HEAD}{BASE}".replace("Euler a", "dpmpp_2m_sde"),
            f'{HEAD}{BASE}, Schedule type: Karras, Hashes: {{"model": "aa"}}',
        ],
    )
    def test_imitations_are_not_believed(self, text: str) -> None:
        """A text by a tool that only imitates the style leaves the answer open, whatever it says or leaves out."""
        found = read(material(text))

        assert found is not None
        assert (Mode.UNKNOWN, Answer.NOT_RECORDED) == (found.mode, found.image_input)

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "a cat",
            f"{HEAD}{BASE}, App: SD.Next, Operations: txt2img",
            f"{HEAD}{BASE}, Version: Fooocus v2.5.5",
            f"{HEAD}{BASE}, Civitai resources: []",
            f"{HEAD}{BASE}".replace("0123456789", "unknown"),
        ],
    )
    def test_others_have_their_own_reader(self, text: str) -> None:
        """A text that another reader knows, or that is none, is left alone."""
        assert None is read(material(text))

    def test_exif_and_hidden_text(self) -> None:
        """JPEG and WebP have the text in EXIF; it may also hide in the pixels of a file that says nothing else."""
        exif = Container(format=Format.JPEG, width=512, height=512, exif={"UserComment": HEAD + BASE})
        bare = Container(format=Format.PNG, width=512, height=512, lossless=True)

        assert read(Material(exif)) is not None
        assert read(Material(bare, load_stealth=lambda: HEAD + BASE)) is not None
        assert read(Material(bare)) is None


class TestHostile:
    @given(st.text(alphabet='ControlNet 0:"{}\\,1.[]x', max_size=60), st.text(max_size=60))
    def test_never_raises(self, one: str, other: str) -> None:
        """No settings make the reader raise."""
        for key in (
            "Denoising strength",
            "Size",
            "Hires resize",
            "Hires upscale",
            "ControlNet 0",
            "Version",
            "TI hashes",
        ):
            read(material(f"p\n{BASE}, {key}: {one}, {other}"))
            read(material(f'p\nSteps: 1, Sampler: a, Seed: {other}, {key}: "{one}"', size=(0, 0)))
