import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myself_i2i.image.interface import Container, Format, TextEntry
from myself_i2i.inspection.fooocus import read
from myself_i2i.inspection.interface import Answer, Material, Mode, Reading, Role

FOOOCUS: dict[str, Any] = {
    "base_model": "modelXL",
    "base_model_hash": "0123456789",
    "loras": [["offset", 0.1, "4852686128"]],
    "metadata_scheme": "fooocus",
    "prompt": "a field",
    "resolution": "(1024, 1024)",
    "sampler": "dpmpp_2m_sde_gpu",
    "seed": "123456789012345678",
    "steps": 30,
    "styles": "['Fooocus V2']",
    "version": "Fooocus v2.5.5",
}
PLUS: dict[str, Any] = {
    "Base Model": "plusXL",
    "LoRAs": [],
    "Prompt": "a field",
    "Version": "FooocusPlus 1.0.0",
    "Styles": "[]",
}
RUINED: dict[str, Any] = {
    "Prompt": "a field",
    "steps": 30,
    "base_model_name": "ruined.safetensors",
    "loras": [["4852686128", "0.1 - offset.safetensors"]],
    "start_step": 0,
    "denoise": None,
    "software": "RuinedFooocus",
}
MRE: dict[str, Any] = {
    "prompt": "a field",
    "base_model": "mreXL",
    "base_clip_skip": -2,
    "refiner_clip_skip": -2,
    "l1": "offset",
    "w1": 0.5,
    "l2": "None",
    "img2img": False,
    "revision": False,
    "control_lora_canny": False,
    "control_lora_depth": False,
    "software": "Fooocus 2.0.78.5 MRE",
}
A1111_SCHEME = (
    "a field\nNegative prompt: fog\nSteps: 30, Sampler: DPM++ 2M SDE Karras, Seed: 5, Size: 1024x1024, CFG scale: 4, "
    'Model: modelXL, Raw prompt: a field, Lora hashes: "offset: 4852686128", Version: Fooocus v2.5.5'
)


def png(data: Any, **texts: str) -> Reading | None:
    """What the reader says of a PNG."""
    text = data if isinstance(data, str) else json.dumps(data)
    entries = tuple(TextEntry(key, value, "tEXt") for key, value in {"parameters": text, **texts}.items())
    return read(Material(Container(format=Format.PNG, width=1024, height=1024, texts=entries)))


def jpeg(data: Any, software: str, scheme: str) -> Reading | None:
    """What the reader says of a JPEG."""
    exif = {
        "UserComment": data if isinstance(data, str) else json.dumps(data),
        "Software": software,
        "MakerNote": scheme,
    }
    return read(Material(Container(format=Format.JPEG, width=1024, height=1024, exif=exif)))


class TestSilentTools:
    @pytest.mark.parametrize(
        ("found", "tool", "version", "model"),
        [
            (png(FOOOCUS, fooocus_scheme="fooocus"), "Fooocus", "v2.5.5", "modelXL"),
            (png(A1111_SCHEME, fooocus_scheme="a1111"), "Fooocus", "v2.5.5", "modelXL"),
            (jpeg(FOOOCUS, "Fooocus v2.5.5", "fooocus"), "Fooocus", "v2.5.5", "modelXL"),
            (jpeg(PLUS, "FooocusPlus 1.0.0", "simple"), "FooocusPlus", "1.0.0", "plusXL"),
            (png(RUINED), "RuinedFooocus", None, "ruined.safetensors"),
            (png(MRE), "Fooocus-MRE", "2.0.78.5 MRE", "mreXL"),
        ],
    )
    def test_never_say_whether_an_image_went_in(
        self, found: Reading | None, tool: str, version: str | None, model: str
    ) -> None:
        """Tools without a field for inputs give "not recorded", with who they are and why."""
        assert found is not None
        assert (Mode.UNKNOWN, Answer.NOT_RECORDED) == (found.mode, found.image_input)
        assert (tool, version, model) == (found.tool, found.tool_version, found.model)
        assert found.evidence
        assert found.notes

    def test_loras_of_every_spelling(self) -> None:
        """LoRA names are found however the member writes them."""
        early = {**RUINED, "loras": "Loras:<offset:0.1>,<other:1>"}

        assert [["offset"], ["offset.safetensors"], ["offset"], ["offset", "other"], ["offset"]] == [
            found.extras["loras"]
            for found in (png(FOOOCUS), png(RUINED), png(MRE), png(early), png(A1111_SCHEME))
            if found is not None
        ]


class TestRecordedInputs:
    def test_ruined_fooocus_denoise(self) -> None:
        """A denoise value in RuinedFooocus was taken from a loaded picture's settings."""
        found = png({**RUINED, "denoise": 0.6, "start_step": 12})

        assert found is not None
        assert (Mode.I2I, Answer.YES, 0.6) == (found.mode, found.image_input, found.strength)

    @pytest.mark.parametrize("extra", [{"denoise": 0.6}, {"start_step": 12}])
    def test_either_is_enough(self, extra: dict[str, Any]) -> None:
        """Either setting alone, with a value, records a loaded picture."""
        found = png({**RUINED, **extra})

        assert found is not None
        assert Answer.YES is found.image_input

    def test_mre_image_to_image(self) -> None:
        """Fooocus-MRE names the loaded picture."""
        found = png({**MRE, "img2img": True, "denoise": 0.7, "start_step": 6, "input_image": "barn.jpg"})

        assert found is not None
        assert (Mode.I2I, Answer.YES, "barn.jpg", 0.7) == (
            found.mode,
            found.image_input,
            found.inputs[0].name,
            found.strength,
        )

    def test_mre_control_and_revision(self) -> None:
        """Its control LoRAs and revision pictures are inputs too."""
        control = png({**MRE, "control_lora_canny": True})
        revision = png({**MRE, "revision": True, "revision_images": ["one.png", "two.png"]})

        assert control is not None
        assert revision is not None
        assert (Mode.CONTROLNET, Role.CONTROL) == (control.mode, control.inputs[0].role)
        assert (Mode.REFERENCE, ["one.png", "two.png"]) == (
            revision.mode,
            [item.name for item in revision.inputs],
        )


class TestOthers:
    @pytest.mark.parametrize(
        "data", [{}, [], {"prompt": "x"}, {"base_model": "x", "prompt": "y"}, "a cat", {"software": "else"}]
    )
    def test_are_left_alone(self, data: Any) -> None:
        """JSON and texts of other tools are not read here."""
        assert None is png(data)

    @given(
        st.recursive(
            st.none() | st.booleans() | st.floats() | st.text(),
            lambda s: st.lists(s) | st.dictionaries(st.text(), s),
        )
    )
    def test_never_raises(self, value: Any) -> None:
        """No value in any field makes the reader raise."""
        png(value)
        for data in (FOOOCUS, RUINED, MRE):
            for key in [*data, "denoise", "start_step", "input_image", "revision_images", "lora_combined_1"]:
                png({**data, key: value})

    def test_nesting_at_the_parsers_limit(self) -> None:
        """A value nested as deep as the parser just allows does not overflow when it is shown."""
        head = json.dumps({**FOOOCUS, "z": 0})[:-2]

        for depth in range(900, 1_000):
            png(head + "[" * depth + "]" * depth + "}")
